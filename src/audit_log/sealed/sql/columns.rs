//! Columns: what the table `events` has, in which order, and what each column means to the one who asks.

/// A column of `events`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Column {
    Number,
    Time,
    TimeMs,
    Day,
    Week,
    Month,
    Hour,
    Weekday,
    Source,
    Actor,
    ActorKey,
    ActorName,
    ActorRole,
    ActorTeam,
    ActorKind,
    OutsideHours,
    Action,
    Class,
    Module,
    Record,
    RecordName,
    Outcome,
    Ip,
    Agent,
    Channel,
    Affected,
    Id,
    TimeWritten,
    Changes,
    Details,
    Batch,
    Line,
}

/// How a column is explained: itself, its name, SQLite's type, what it means.
pub type Explained = (Column, &'static str, &'static str, &'static str);

impl Column {
    /// All of them in the order of the table.
    pub const ALL: [Explained; 32] = [
        (Column::Number, "number", "TEXT", "its address in the log for ever: BATCH-INDEX"),
        (Column::Time, "time", "TEXT", "when, UTC, as in 2026-11-22T08:30:00.000Z: texts compare as times do"),
        (Column::TimeMs, "time_ms", "INTEGER", "when, in milliseconds since 1970"),
        (Column::Day, "day", "TEXT", "civil day in the installation's zone, 2026-11-22"),
        (Column::Week, "week", "TEXT", "ISO week in that zone, 2026-W47"),
        (Column::Month, "month", "TEXT", "month in that zone, 2026-11"),
        (Column::Hour, "hour", "INTEGER", "hour of the day in that zone, 0 to 23"),
        (Column::Weekday, "weekday", "INTEGER", "Monday = 1 to Sunday = 7, in that zone"),
        (Column::Source, "source", "TEXT", "name of its source"),
        (Column::Actor, "actor", "TEXT", "who, as the source wrote it"),
        (Column::ActorKey, "actor_key", "TEXT", "who, in the form by which people are matched: trimmed, lower case"),
        (Column::ActorName, "actor_name", "TEXT", "full name, by the directory as at the event's time"),
        (Column::ActorRole, "actor_role", "TEXT", "role, by the directory as at the event's time"),
        (Column::ActorTeam, "actor_team", "TEXT", "team, by the directory as at the event's time"),
        (Column::ActorKind, "actor_kind", "TEXT", "person, service or system; NULL: the directory does not know them"),
        (Column::OutsideHours, "outside_hours", "INTEGER", "1: outside the working hours of the actor's team; else 0"),
        (Column::Action, "action", "TEXT", "what, verbatim"),
        (Column::Class, "class", "TEXT", "what, by class: create, read, update, delete, login, export, …"),
        (Column::Module, "module", "TEXT", "part of the audited system"),
        (Column::Record, "record", "TEXT", "id of the record acted upon"),
        (Column::RecordName, "record_name", "TEXT", "its name"),
        (Column::Outcome, "outcome", "TEXT", "success, failure, denied, partial or unknown"),
        (Column::Ip, "ip", "TEXT", "network address, or the name a source puts there"),
        (Column::Agent, "agent", "TEXT", "browser, program, device"),
        (Column::Channel, "channel", "TEXT", "ui, api, mobile, import, …"),
        (Column::Affected, "affected", "INTEGER", "records affected; 1 where the source gives no number"),
        (Column::Id, "id", "TEXT", "the source's own id"),
        (Column::TimeWritten, "time_written", "TEXT", "the time as the source wrote it"),
        (
            Column::Changes,
            "changes",
            "TEXT",
            "JSON: [{\"field\":…,\"old\":…,\"new\":…}]; read it with json_each(changes)",
        ),
        (Column::Details, "details", "TEXT", "JSON: everything else by the source's own names; details ->> '$.Name'"),
        (Column::Batch, "batch", "INTEGER", "the batch that brought it"),
        (Column::Line, "line", "INTEGER", "line or record number in the imported file"),
    ];

    /// The column in a place of the table.
    pub(super) fn at(place: i32) -> Option<Column> {
        usize::try_from(place).ok().and_then(|place| Column::ALL.get(place)).map(|(column, ..)| *column)
    }

    /// How the table is declared to SQLite.
    pub(super) fn declaration() -> String {
        let columns: Vec<String> = Column::ALL.iter().map(|(_, name, kind, _)| format!("\"{name}\" {kind}")).collect();
        format!("CREATE TABLE events ({})", columns.join(", "))
    }
}
