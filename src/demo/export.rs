//! The files as a vendor's export writes them: newest first, local times with their offset, a dozen rows damaged.

use super::assemble::Row;
use super::dates;
use super::logins::Login;
use super::people;
use chrono::{DateTime, NaiveDate};

/// An instant as the vendor writes it, `2026-11-22T14:03:22+01:00`.
fn time(at: i64) -> String {
    let offset = dates::offset(at);
    let local = DateTime::from_timestamp(at + offset, 0).unwrap_or_default();
    format!("{}+{:02}:00", local.format("%Y-%m-%dT%H:%M:%S"), offset / 3600)
}

/// A line of CSV (RFC 4180), fields quoted where they must be.
fn line(out: &mut Vec<u8>, fields: &[&str]) {
    for (nth, field) in fields.iter().enumerate() {
        if nth > 0 {
            out.push(b',');
        }
        if field.contains([',', '"', '\n', '\r']) {
            out.push(b'"');
            out.extend_from_slice(field.replace('"', "\"\"").as_bytes());
            out.push(b'"');
        } else {
            out.extend_from_slice(field.as_bytes());
        }
    }
    out.push(b'\n');
}

/// What happened to a row on its way into the file.
#[derive(Clone, Copy, Debug)]
pub(super) enum Damage {
    /// The time is this instead.
    Time(&'static str),
    /// Cut after so many bytes.
    Cut(usize),
    /// Only the first so many fields are there.
    Missing(usize),
}

/// Days on which a row is damaged, and how; all in the last month, four in the last week, one on the last day.
pub(super) fn damages() -> [(NaiveDate, Damage); 12] {
    let day = |day| dates::date(2026, 11, day);
    [
        (day(3), Damage::Time("0000-00-00T00:00:00+01:00")),
        (day(5), Damage::Cut(31)),
        (day(9), Damage::Missing(3)),
        (day(11), Damage::Time("")),
        (day(12), Damage::Cut(14)),
        (day(16), Damage::Time("2026-11-16T25:61:07+01:00")),
        (day(17), Damage::Missing(2)),
        (day(20), Damage::Cut(38)),
        (day(24), Damage::Time("#VALUE!")),
        (day(25), Damage::Cut(33)),
        (day(27), Damage::Missing(3)),
        (day(30), Damage::Time("2026-11-3O 10:4")),
    ]
}

/// For every damage the place of the row that it happens to: an ordinary update towards noon, whose loss hides no story.
pub(super) fn places(rows: &[Row]) -> Vec<(usize, Damage)> {
    damages()
        .into_iter()
        .zip(0..)
        .filter_map(|((day, damage), nth)| {
            let noon = dates::instant(day, dates::clock(10 + nth * 5 % 6, nth * 17 % 60));
            let fits = |row: &&Row| {
                row.at >= noon && row.action == "Updated" && row.source == "Web" && !row.details.contains(',')
            };
            let first = rows.partition_point(|row| row.at < noon);
            let place = rows.iter().skip(first).position(|row| fits(&row))?;
            Some((first + place, damage))
        })
        .collect()
}

/// The audit log as Zoho CRM exports it. `rows` are oldest first.
pub(super) fn crm(rows: &[Row]) -> Vec<u8> {
    let accounts = people::accounts();
    let damaged = places(rows);
    let mut out = Vec::with_capacity(rows.len() * 150);
    line(&mut out, &["Audited Time", "Done By", "Action", "Module", "Record Id", "Record Name", "Details", "Source"]);
    for (place, row) in rows.iter().enumerate().rev() {
        let (time, id) = (time(row.at), row.id.map(|id| id.to_string()).unwrap_or_default());
        let actor = accounts.get(row.actor).map_or("", String::as_str);
        let fields = [&time, actor, row.action, row.module, &id, &row.name, &row.details, row.source];
        match damaged.iter().find(|(other, _)| *other == place) {
            None => line(&mut out, &fields),
            Some((_, damage)) => spoilt(&mut out, &fields, *damage),
        }
    }
    out
}

fn spoilt(out: &mut Vec<u8>, fields: &[&str; 8], damage: Damage) {
    match damage {
        Damage::Time(time) => {
            let mut fields = *fields;
            fields[0] = time;
            line(out, &fields);
        }
        Damage::Missing(count) => line(out, fields.get(..count).unwrap_or(fields)),
        Damage::Cut(bytes) => {
            // Time and account are ASCII and never quoted, so a cut within them leaves no quote open.
            let start = out.len();
            line(out, fields);
            out.truncate(start + bytes);
            out.push(b'\n');
        }
    }
}

/// The login history. `logins` are oldest first.
pub(super) fn logins(logins: &[Login]) -> Vec<u8> {
    let accounts = people::accounts();
    let mut out = Vec::with_capacity(logins.len() * 100);
    line(&mut out, &["Login Time", "User", "IP Address", "Browser", "Status", "Login Type"]);
    for login in logins.iter().rev() {
        let actor = accounts.get(login.actor).map_or("", String::as_str);
        let status = if login.success { "Success" } else { "Failed" };
        line(&mut out, &[&time(login.at), actor, &login.ip, login.browser, status, login.kind]);
    }
    out
}

/// The directory.
pub(super) fn people(rows: &[people::Row]) -> Vec<u8> {
    let mut out = Vec::new();
    line(&mut out, &["actor", "name", "kind", "team", "role", "manager", "email", "from", "until"]);
    let day = |day: Option<NaiveDate>| day.map(|day| day.to_string()).unwrap_or_default();
    for row in rows {
        let (from, until) = (day(row.from), day(row.until));
        line(&mut out, &[&row.actor, row.name, row.kind, row.team, row.role, &row.manager, &row.email, &from, &until]);
    }
    out
}
