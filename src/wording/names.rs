//! Names of dimensions, columns, keys, verdicts and rhythms as readers know them.

use crate::event::ActionClass;
use crate::figures::Verdict;
use crate::source::{RecordedField, Rhythm};
use std::collections::BTreeMap;

/// Action classes whose absence from a source a reader has to know.
pub const NOTABLE_CLASSES: [(ActionClass, &str); 5] = [
    (ActionClass::Login, "logins"),
    (ActionClass::Export, "exports"),
    (ActionClass::Delete, "deletions"),
    (ActionClass::Permission, "changes of permissions"),
    (ActionClass::Read, "reading of records"),
];

/// A dimension as the head of a column.
pub fn dimension(name: &str) -> &'static str {
    match name {
        "source" => "Source",
        "actor" => "Who",
        "action" => "Action",
        "action_class" => "Kind of action",
        "module" => "Module",
        "record" => "Record id",
        "record_name" => "Record",
        "outcome" => "Outcome",
        "origin.ip" => "Address",
        "origin.agent" => "Program",
        "origin.channel" => "Channel",
        "actor.role" => "Role",
        "actor.team" => "Team",
        "actor.kind" => "Kind of actor",
        "actor.known" => "In the directory",
        "affected" => "Records",
        "outside_hours" => "Outside hours",
        "hour" => "Hour",
        "weekday" => "Weekday",
        "day" => "Day",
        "week" => "Week",
        "month" => "Month",
        "quarter" => "Quarter",
        "year" => "Year",
        "time" => "Time",
        _ => "",
    }
}

/// A column of an events section as its head.
pub fn event_column(name: &str) -> &'static str {
    match name {
        "time" => "Time",
        "actor_name" => "Who",
        "details" => "Details",
        "changes" => "Changes",
        "number" => "Event",
        other => dimension(other),
    }
}

/// A key of a dimension as a reader says it.
pub fn key(dimension: &str, key: &str, names: &BTreeMap<String, String>) -> String {
    match (dimension, key) {
        ("actor", "") => "(no actor)".to_owned(),
        ("actor", key) => names.get(key).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| key.to_owned()),
        // Somebody whom the directory knows may have no team or role: only the kind says that it does not know them.
        ("actor.kind", "") => "not in the directory".to_owned(),
        ("actor.role", "") => "no role known".to_owned(),
        ("actor.team", "") => "no team known".to_owned(),
        ("actor.kind", "person") => "People".to_owned(),
        ("actor.kind", "service") => "Integrations".to_owned(),
        ("actor.kind", "system") => "System".to_owned(),
        ("weekday", number) => {
            let names = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
            let index = number.parse::<usize>().ok().and_then(|day| day.checked_sub(1));
            index.and_then(|index| names.get(index)).map_or_else(|| number.to_owned(), |name| (*name).to_owned())
        }
        ("hour", hour) => format!("{hour}:00"),
        ("day" | "week" | "month" | "quarter" | "year", label) => super::period_label(label),
        (_, "") => "(none)".to_owned(),
        (_, key) => key.to_owned(),
    }
}

/// A verdict as one word.
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Complete => "complete",
        Verdict::Unknown => "unknown",
        Verdict::Partial => "partial",
    }
}

/// How often a source is expected to speak.
pub fn rhythm(rhythm: &Option<Rhythm>) -> String {
    match rhythm {
        Some(Rhythm::EveryDay) => "every day".to_owned(),
        Some(Rhythm::EveryWorkingDay) => "every working day".to_owned(),
        Some(Rhythm::EveryHours(1)) => "every hour".to_owned(),
        Some(Rhythm::EveryHours(hours)) => format!("every {hours} hours"),
        None => "not declared".to_owned(),
    }
}

/// A field that a source may lack.
pub fn recorded_field(field: RecordedField) -> &'static str {
    match field {
        RecordedField::Actor => "who did it",
        RecordedField::Module => "the module",
        RecordedField::Record => "record ids",
        RecordedField::RecordName => "record names",
        RecordedField::Outcome => "outcomes",
        RecordedField::Ip => "network addresses",
        RecordedField::Agent => "programs and browsers",
        RecordedField::Channel => "channels",
        RecordedField::Affected => "numbers of records affected",
        RecordedField::Changes => "values before and after",
    }
}
