//! Working hours as written: profiles by team, holidays, and who is exempt.

use super::read::{line, zone};
use crate::calendar::hours::{Profile, WorkingHours};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::seal::sha256_hex;
use crate::written::{Fields, Node, Reader};
use chrono::NaiveDate;
use std::collections::BTreeMap;
use std::fmt::Write;

const DAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// A day's minutes `[from, to)`, or `None` for a day off.
type Day = Option<(u16, u16)>;

/// What holds where nothing is written: Monday to Friday, 08:00 to 18:00; integrations are exempt.
pub(super) fn usual() -> WorkingHours {
    let exempt_kinds = ["service".to_owned(), "system".to_owned()].into();
    WorkingHours { exempt_kinds, ..WorkingHours::default() }
}

/// Working hours, and the zones that their profiles name.
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    node: &'a Node,
    rules: &ZoneRules,
) -> (WorkingHours, BTreeMap<String, Zone>) {
    let (mut hours, mut zones) = (usual(), BTreeMap::new());
    let Some(top) = reader.fields(node, &["default", "teams", "holidays", "exempt_kinds"]) else {
        return (hours, zones);
    };
    if let Some(node) = top.get("default")
        && let Some(profile) = profile(reader, node, &hours.default, rules, &mut zones)
    {
        if profile.week.iter().all(Option::is_none) {
            reader.problem(node.at, "`default` has no working day", "Name at least one in `days`");
        }
        hours.default = profile;
    }
    for entry in top.map("teams") {
        if entry.key.trim().is_empty() {
            reader.problem(entry.at, "a team without a name", "Write its name as in the directory");
        }
        if let Some(profile) = profile(reader, &entry.value, &hours.default, rules, &mut zones) {
            hours.teams.insert(entry.key.clone(), profile);
        }
    }
    if let Some(node) = top.get("holidays") {
        hours.holidays = holidays(reader, node);
    }
    if let Some(node) = top.get("exempt_kinds") {
        let known = [("person", "person"), ("service", "service"), ("system", "system")];
        let kinds = reader.one_or_more(node).iter().filter_map(|item| reader.choice(item, "kind of actor", &known));
        hours.exempt_kinds = kinds.map(str::to_owned).collect();
    }
    (hours, zones)
}

/// `days` and `hours`, weekdays by name, or both: then the weekdays go before. Without any of them it is `base`'s week.
fn profile<'a>(
    reader: &Reader<'a>,
    node: &'a Node,
    base: &Profile,
    rules: &ZoneRules,
    zones: &mut BTreeMap<String, Zone>,
) -> Option<Profile> {
    let mut known = vec!["days", "hours", "timezone"];
    known.extend(DAYS);
    let fields = reader.fields(node, &known)?;
    let timezone = fields.get("timezone").and_then(|node| zone(reader, node, rules)).map(|zone| {
        let name = zone.name().to_owned();
        zones.insert(name.clone(), zone);
        name
    });
    let says_days = known.iter().any(|key| *key != "timezone" && fields.has(key));
    let week = if says_days { week(reader, fields)? } else { base.week };
    // A team that only has other hours still lives where everybody does.
    Some(Profile { week, timezone: timezone.or_else(|| base.timezone.clone()) })
}

/// `None` if anything in it is wrong, so that no Problem follows from another one.
fn week(reader: &Reader<'_>, fields: Fields<'_, '_>) -> Option<[Day; 7]> {
    let mut sound = true;
    let chosen = chosen(reader, fields, &mut sound);
    let mut read = |key: &str| {
        let day = fields.get(key).and_then(|node| span(reader, node));
        sound &= day.is_some();
        day.flatten()
    };
    let hours = if fields.has("hours") { read("hours") } else { None };
    let mut week: [Day; 7] = [None; 7];
    let mut unsaid = Vec::new();
    for (index, (name, day)) in DAYS.iter().zip(week.iter_mut()).enumerate() {
        // Nobody expects work on a weekend that is not named; of other days it must be said.
        let usual = index < 5;
        if fields.has(name) {
            *day = read(name);
        } else if fields.has("hours") {
            *day = hours.filter(|_| chosen.map_or(usual, |chosen| chosen.get(index) == Some(&true)));
        } else if usual && !fields.has("days") {
            unsaid.push(*name);
        }
    }
    if fields.has("days") && !fields.has("hours") {
        fields.need("hours");
        return None;
    }
    if !unsaid.is_empty() {
        let what = format!("the hours of {} are not said", unsaid.join(", "));
        reader.problem(fields.node().at, what, "Add them (`none` for a day off), or `hours` for all days not named");
        return None;
    }
    sound.then_some(week)
}

/// The days of `days`; `None` if it is not written.
fn chosen(reader: &Reader<'_>, fields: Fields<'_, '_>, sound: &mut bool) -> Option<[bool; 7]> {
    let known: Vec<(&str, usize)> = DAYS.iter().enumerate().map(|(index, name)| (*name, index)).collect();
    *sound &= !fields.has("days");
    let node = fields.get("days")?;
    *sound = true;
    let mut chosen = [false; 7];
    for item in reader.one_or_more(node) {
        let index = reader.choice(item, "day of the week", &known);
        *sound &= index.is_some();
        if let Some(day) = index.and_then(|index| chosen.get_mut(index)) {
            if *day {
                reader.problem(item.at, format!("`{}` is named twice", item.as_text().unwrap_or_default()), "");
            }
            *day = true;
        }
    }
    Some(chosen)
}

/// `08:00-18:00`, or `none`.
fn span(reader: &Reader<'_>, node: &Node) -> Option<Day> {
    let text = node.as_text().map(str::trim);
    if text == Some("none") {
        return Some(None);
    }
    let read = |text: &str| {
        let (from, to) = text.split_once(['-', '–'])?;
        Some((minute(from.trim())?, minute(to.trim())?))
    };
    match text.and_then(read) {
        None => {
            reader.wrong(node, "hours as in \"08:00-18:00\", or `none`");
            None
        }
        Some((from, to)) if from >= to => {
            let what = format!("`{}` ends before it begins", text.unwrap_or_default());
            reader.problem(node.at, what, "Hours lie within one day, from 00:00 to 24:00");
            None
        }
        Some(span) => Some(Some(span)),
    }
}

fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if !(1..=2).contains(&hour.len()) || minute.len() != 2 || !digits(hour) || !digits(minute) {
        return None;
    }
    let (hour, minute): (u16, u16) = (hour.parse().ok()?, minute.parse().ok()?);
    let of_day = hour * 60 + minute;
    (minute < 60 && of_day <= 24 * 60).then_some(of_day)
}

/// `2026-12-25: Christmas Day`, or a list of days.
fn holidays<'a>(reader: &Reader<'a>, node: &'a Node) -> BTreeMap<NaiveDate, String> {
    let mut holidays = BTreeMap::new();
    if let Some(entries) = node.as_map() {
        for entry in entries {
            let day = Some(entry.key.as_str()).filter(|key| key.len() == 10);
            match day.and_then(|day| NaiveDate::parse_from_str(day, "%Y-%m-%d").ok()) {
                Some(day) => {
                    if let Some(name) = line(reader, &entry.value) {
                        holidays.insert(day, name);
                    }
                }
                None => {
                    let what = format!("`{}` is no day of the calendar", entry.key);
                    reader.problem(entry.at, what, "Write it as in `2026-12-25: Christmas Day`");
                }
            }
        }
        return holidays;
    }
    for item in reader.one_or_more(node) {
        if let Some(day) = reader.date(item)
            && holidays.insert(day, "Holiday".to_owned()).is_some()
        {
            reader.problem(item.at, format!("{day} is named twice"), "Keep one of the two");
        }
    }
    holidays
}

/// SHA-256 (hex) over a text that says everything in one way only: names go with their length.
pub(super) fn digest(hours: &WorkingHours) -> String {
    let mut text = String::from("quarterday working hours 1\n");
    let mut profile = |name: &str, profile: &Profile| {
        let days = profile.week.map(|day| day.map_or("none".to_owned(), |(from, to)| format!("{from}-{to}")));
        let zone = profile.timezone.as_deref().unwrap_or("-");
        let _ = writeln!(text, "{}:{name} {} {zone}", name.len(), days.join(" "));
    };
    profile("", &hours.default);
    for (team, written) in &hours.teams {
        profile(team, written);
    }
    for (day, name) in &hours.holidays {
        let _ = writeln!(text, "{day} {}:{name}", name.len());
    }
    let exempt: Vec<&str> = hours.exempt_kinds.iter().map(String::as_str).collect();
    let _ = writeln!(text, "exempt {}", exempt.join(" "));
    sha256_hex(text.as_bytes())
}

#[cfg(test)]
#[path = "hours_tests.rs"]
mod tests;
