//! Settings of working hours: profiles for everybody and by team, holidays, and kinds of actor that they do not apply to.

use crate::calendar::hours::{Profile, WorkingHours};
use crate::calendar::zone::ZoneRules;
use crate::definition::{time, zone};
use crate::written::{Fields, Node, Problem, Reader};
use chrono::{NaiveDate, Timelike};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

const PROFILE_KEYS: [&str; 10] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "days", "hours", "timezone"];

/// Monday to Friday, 08:00 to 18:00, for people.
pub(super) fn default() -> WorkingHours {
    WorkingHours { exempt_kinds: ["service", "system"].map(str::to_owned).into(), ..WorkingHours::default() }
}

/// The hours, and the file with more holidays.
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    node: &'a Node,
    rules: &ZoneRules,
) -> Option<(WorkingHours, Option<PathBuf>)> {
    let fields = reader.fields(node, &["default", "teams", "holidays", "exempt_kinds"])?;
    let mut hours = default();
    if let Some(node) = fields.get("default") {
        hours.default = profile(reader, node, rules).unwrap_or_default();
    }
    for entry in fields.map("teams") {
        if let Some(profile) = profile(reader, &entry.value, rules) {
            hours.teams.insert(entry.key.clone(), profile);
        }
    }
    if let Some(node) = fields.get("exempt_kinds") {
        let kinds = [("person", "person"), ("service", "service"), ("system", "system")];
        let found = reader.one_or_more(node).iter().filter_map(|item| reader.choice(item, "kind of actor", &kinds));
        hours.exempt_kinds = found.map(str::to_owned).collect::<BTreeSet<_>>();
    }
    let mut file = None;
    if let Some(node) = fields.get("holidays") {
        file = holidays(&fields, node, &mut hours.holidays);
    }
    Some((hours, file))
}

/// `{ days: mon-fri, hours: "08:00-18:00" }`, or a line for each day; days that are not named are off.
fn profile<'a>(reader: &Reader<'a>, node: &'a Node, rules: &ZoneRules) -> Option<Profile> {
    let fields = reader.fields(node, &PROFILE_KEYS)?;
    let mut week = [None; 7];
    let short = fields.has("days") || fields.has("hours");
    let single: Vec<&str> = DAYS.iter().copied().filter(|day| fields.has(day)).collect();
    if let (true, Some(day)) = (short, single.first()) {
        let what = format!("`{day}` and `days` both say when people work");
        reader.problem(node.at, what, "Write `days` and `hours`, or a line for each day");
    } else if short {
        let hours = fields.need("hours").and_then(|node| span(reader, node));
        let days = match fields.get("days") {
            Some(node) => reader.one_or_more(node).iter().flat_map(|item| days(reader, item)).collect(),
            None => (0..5).collect::<Vec<usize>>(),
        };
        for day in days {
            if let Some(place) = week.get_mut(day) {
                *place = hours;
            }
        }
    } else if single.is_empty() {
        reader.problem(
            node.at,
            "the profile does not say when people work",
            "Write `days: mon-fri` and `hours: \"08:00-18:00\"`",
        );
    } else {
        for (day, place) in DAYS.iter().zip(&mut week) {
            *place = match fields.get(day) {
                Some(node) if node.as_text() == Some("off") => None,
                Some(node) => span(reader, node),
                None => None,
            };
        }
    }
    let timezone = fields.get("timezone").and_then(|node| zone(reader, node, rules)).map(|zone| zone.name().to_owned());
    Some(Profile { week, timezone })
}

/// `08:00-18:00` as minutes of the day.
fn span(reader: &Reader<'_>, node: &Node) -> Option<(u16, u16)> {
    let text = node.as_text().unwrap_or_default();
    let minute = |text: &str| match text.trim() {
        "24:00" => Some(24 * 60),
        text => time(text).and_then(|time| u16::try_from(time.hour() * 60 + time.minute()).ok()),
    };
    let span = text.split_once(['-', '–']).and_then(|(from, to)| Some((minute(from)?, minute(to)?)));
    match span {
        Some((from, to)) if from < to => Some((from, to)),
        Some(_) => {
            let instead =
                "Hours are within one day: the night after a late shift is outside working hours, or `00:00-24:00`";
            reader.problem(node.at, format!("`{text}` ends before it begins"), instead);
            None
        }
        None => {
            reader.wrong(node, "hours of a day as in \"08:00-18:00\"");
            None
        }
    }
}

/// `mon`, `monday`, `mon-fri`: numbers, Monday = 0.
fn days(reader: &Reader<'_>, node: &Node) -> Vec<usize> {
    let text = node.as_text().unwrap_or_default();
    let day = |name: &str| {
        let name = name.trim().to_ascii_lowercase();
        DAYS.iter().position(|day| *day == name || (name.len() == 3 && day.starts_with(&name)))
    };
    let found = match text.split_once('-') {
        Some((from, to)) => {
            day(from).zip(day(to)).filter(|(from, to)| from <= to).map(|(from, to)| (from..=to).collect())
        }
        None => day(text).map(|day| vec![day]),
    };
    found.unwrap_or_else(|| {
        reader.wrong(node, "weekdays as in `mon-fri` or `saturday`");
        Vec::new()
    })
}

/// A map of days and names, a list of days (with names behind them), or a file; the file's path is returned.
fn holidays(fields: &Fields<'_, '_>, node: &Node, found: &mut BTreeMap<NaiveDate, String>) -> Option<PathBuf> {
    let reader = fields.reader();
    if let Some(entries) = node.as_map() {
        if let [only] = entries
            && only.key == "file"
        {
            let path = only.value.as_text().filter(|text| !text.is_empty());
            if path.is_none() {
                reader.wrong(&only.value, "a file's path");
            }
            return path.map(PathBuf::from);
        }
        for entry in entries {
            match day(&entry.key) {
                Some(day) => {
                    found.insert(day, entry.value.as_text().unwrap_or_default().trim().to_owned());
                }
                None => reader.problem(
                    entry.at,
                    format!("`{}` is not a day of the calendar", entry.key),
                    "Write as in `2026-12-25: Christmas Day`, or `file: holidays.csv`",
                ),
            }
        }
        return None;
    }
    for item in reader.one_or_more(node) {
        match item.as_text().and_then(line) {
            Some((day, name)) => {
                found.insert(day, name);
            }
            None => reader.wrong(item, "a day, with a name behind it, as in `2026-12-25 Christmas Day`"),
        }
    }
    None
}

/// The holidays of a file: a day and a name on each line, with a comma, semicolon, tab or blank between them. Empty lines,
/// lines that begin with `#`, and a heading are passed over.
pub(super) fn holidays_of_file(file: &str, text: &str) -> Result<BTreeMap<NaiveDate, String>, Vec<Problem>> {
    let mut found = BTreeMap::new();
    let mut problems = Vec::new();
    for (number, row) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let row = row.trim();
        let heading = number == 0 && row.to_ascii_lowercase().starts_with("date");
        if row.is_empty() || row.starts_with('#') || heading {
            continue;
        }
        match line(row) {
            Some((day, name)) => {
                found.insert(day, name);
            }
            None => problems.push(Problem {
                file: file.to_owned(),
                line: number + 1,
                column: 1,
                what: format!("`{}` is not a holiday", row.chars().take(60).collect::<String>()),
                instead: "Write a day and a name on each line, as in `2026-12-25, Christmas Day`".to_owned(),
            }),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems) }
}

fn line(text: &str) -> Option<(NaiveDate, String)> {
    let (date, name) = text.split_at_checked(10).unwrap_or((text, ""));
    let separate = name.is_empty() || name.starts_with([',', ';', '\t', ' ']);
    let name = name.trim_matches([',', ';', '\t', ' ', '"']);
    separate.then(|| day(date)).flatten().map(|day| (day, name.to_owned()))
}

fn day(text: &str) -> Option<NaiveDate> {
    (text.len() == 10).then(|| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()).flatten()
}
