//! Reading `schedule:`: when a report is issued, which period it covers, what it waits for, what becomes of missed firings.

use super::super::{CatchUp, Schedule};
use super::common::length;
use crate::calendar::Millis;
use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::crontab::Crontab;
use crate::calendar::period::Unit;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::written::{Fields, Node, Reader, nearest};
use chrono::{Datelike, NaiveTime, Weekday};

const KEYS: [&str; 13] = [
    "every",
    "on",
    "day",
    "at",
    "cron",
    "period",
    "timezone",
    "after",
    "wait_for",
    "at_most",
    "catch_up",
    "catch_up_days",
    "since",
];

const UNITS: [(&str, Unit); 5] = [
    ("day", Unit::Day),
    ("week", Unit::Week),
    ("month", Unit::Month),
    ("quarter", Unit::Quarter),
    ("year", Unit::Year),
];

const WEEKDAYS: [(&str, Weekday); 7] = [
    ("monday", Weekday::Mon),
    ("tuesday", Weekday::Tue),
    ("wednesday", Weekday::Wed),
    ("thursday", Weekday::Thu),
    ("friday", Weekday::Fri),
    ("saturday", Weekday::Sat),
    ("sunday", Weekday::Sun),
];

const HOUR: Millis = 60 * 60 * 1000;

/// The longest that a report may wait.
const LONGEST_WAIT: Millis = 31 * 24 * HOUR;

/// The unit of a cadence's periods.
pub(super) fn unit(cadence: &Cadence) -> Option<Unit> {
    match cadence.covers {
        Covers::Last(unit) => Some(unit),
        Covers::SinceLastFiring => None,
    }
}

pub(super) fn read<'a>(reader: &Reader<'a>, node: &'a Node, rules: &ZoneRules) -> Option<Schedule> {
    let fields = reader.fields(node, &KEYS)?;
    let zone = fields.need("timezone").and_then(|node| zone(reader, node, rules));
    let cadence = cadence(&fields);
    let after = if fields.has("after") { length(&fields, "after", 0, LONGEST_WAIT) } else { Some(0) };
    let at_most = if fields.has("at_most") { length(&fields, "at_most", 0, LONGEST_WAIT) } else { Some(36 * HOUR) };
    if fields.has("at_most") && !fields.has("wait_for") {
        reader.problem(
            place(&fields, "at_most"),
            "`at_most` says how long to wait, but not for what",
            "Add `wait_for: SOURCE`",
        );
    }
    let wait_for = match fields.get("wait_for") {
        Some(node) => reader.text(node).zip(at_most).map(|(source, at_most)| Some((source.to_owned(), at_most))),
        None => (!fields.has("wait_for")).then_some(None),
    };
    let catch_up = match fields.get("catch_up") {
        Some(node) => reader.choice(
            node,
            "`catch_up`",
            &[("all", CatchUp::All), ("latest", CatchUp::Latest), ("none", CatchUp::None)],
        ),
        None => Some(CatchUp::All),
    };
    let catch_up_days = match fields.get("catch_up_days") {
        Some(node) => reader.integer(node, 0..=3660).and_then(|days| u32::try_from(days).ok()),
        None => Some(35),
    };
    let since = match fields.get("since") {
        Some(node) => {
            let day = reader.date(node);
            if day.is_some_and(|day| !(1970..=2200).contains(&day.year())) {
                reader.wrong(node, "a day from 1970 to 2200");
            }
            day.map(Some)
        }
        None => Some(None),
    };
    Some(Schedule {
        cadence: cadence?,
        zone: zone?,
        after: after?,
        wait_for: wait_for?,
        catch_up: catch_up?,
        catch_up_days: catch_up_days?,
        since: since?,
    })
}

/// The zone of a name, which may be a city; a Problem if these rules do not know it.
fn zone(reader: &Reader<'_>, node: &Node, rules: &ZoneRules) -> Option<Zone> {
    let text = node.as_text().unwrap_or_default();
    // Zone databases look names up in folders: what is not a name must not get there.
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "/_+-".contains(c));
    let zone = if plain { rules.zone(text) } else { None };
    if zone.is_none() {
        let names = rules.names();
        let instead = match nearest(text, names.iter().map(String::as_str)) {
            Some(name) => format!("Did you mean `{name}`?"),
            None => match names.iter().find(|name| ends_like(name, text)) {
                Some(name) => format!("Did you mean `{name}`?"),
                None => "Write an IANA name as in `Europe/Berlin`, `America/New_York` or `UTC`".to_owned(),
            },
        };
        reader.problem(node.at, format!("unknown time zone `{text}`"), instead);
    }
    zone
}

/// `Berlin`, `berlin` and `New York` for the zone of that city.
fn ends_like(name: &str, text: &str) -> bool {
    let city = name.rsplit('/').next().unwrap_or(name);
    !text.is_empty() && city.eq_ignore_ascii_case(&text.trim().replace(' ', "_"))
}

fn cadence(fields: &Fields<'_, '_>) -> Option<Cadence> {
    let reader = fields.reader();
    let firing = match (fields.has("every"), fields.has("cron")) {
        (true, true) => {
            let what = "`every` and `cron` both say when the report is issued";
            reader.problem(place(fields, "cron"), what, "Keep one of the two");
            return None;
        }
        (false, false) => {
            let instead = "Add `every: day` (or week, month, quarter, year), or `cron: \"0 7 * * MON\"`";
            reader.problem(fields.node().at, "the schedule does not say when the report is issued", instead);
            None
        }
        (true, false) => every(fields),
        (false, true) => {
            for key in ["on", "day", "at"].into_iter().filter(|key| fields.has(key)) {
                let what = format!("`{key}` belongs to `every`, and this schedule has a cron expression");
                reader.problem(place(fields, key), what, "Say it in the expression");
            }
            fields.get("cron").and_then(|node| cron(reader, node)).map(|firing| (firing, None))
        }
    };
    let covers = match fields.get("period") {
        Some(node) => {
            let mut known: Vec<(&str, Covers)> =
                UNITS.iter().map(|(name, unit)| (*name, Covers::Last(*unit))).collect();
            known.push(("since last firing", Covers::SinceLastFiring));
            Some(reader.choice(node, "period", &known)?)
        }
        None => None,
    };
    let (firing, unit) = firing?;
    let covers = covers.or(unit.map(Covers::Last)).unwrap_or(Covers::SinceLastFiring);
    let cadence = Cadence { firing, covers };
    if let Some((first, second)) = cadence.clash() {
        let shown = |at: chrono::NaiveDateTime| at.format("%Y-%m-%d %H:%M");
        let what = format!(
            "the firings of {} and {} would both cover {}",
            shown(first.civil),
            shown(second.civil),
            second.period.label()
        );
        let instead = "Let it fire once a period, or choose a shorter `period`";
        let at = if fields.has("period") { place(fields, "period") } else { fields.node().at };
        reader.problem(at, what, instead);
        return None;
    }
    Some(cadence)
}

fn every(fields: &Fields<'_, '_>) -> Option<(Firing, Option<Unit>)> {
    let reader = fields.reader();
    let unit = fields.choice("every", "cadence", &UNITS);
    let at = match fields.get("at") {
        Some(node) => time_at(reader, node),
        None => NaiveTime::from_hms_opt(7, 0, 0),
    };
    let unit = unit?;
    let belongs = |key: &str, to: &str, instead: &str| {
        if fields.has(key) {
            reader.problem(place(fields, key), format!("`{key}` belongs to `every: {to}`"), instead);
        }
    };
    let firing = match unit {
        Unit::Day => {
            belongs("on", "week", "Leave it out, or write `every: week`");
            belongs("day", "month", "Leave it out, or write `every: month`");
            Firing::Daily { at: at? }
        }
        Unit::Week => {
            belongs("day", "month", "Write the weekday: `on: monday`");
            let on = if fields.has("on") { fields.choice("on", "weekday", &WEEKDAYS) } else { Some(Weekday::Mon) };
            Firing::Weekly { on: on?, at: at? }
        }
        Unit::Month | Unit::Quarter | Unit::Year => {
            belongs("on", "week", "Write the day of the month: `day: 1` to `31`, or `day: last`");
            let every = match unit {
                Unit::Quarter => 3,
                Unit::Year => 12,
                Unit::Day | Unit::Week | Unit::Month => 1,
            };
            let day = match fields.get("day") {
                Some(node) if node.as_text() == Some("last") => Some(32),
                Some(node) => {
                    let day =
                        node.as_text().and_then(|text| text.parse::<u8>().ok()).filter(|day| (1..=31).contains(day));
                    if day.is_none() {
                        reader.wrong(node, "a day of the month, 1 to 31, or `last`");
                    }
                    day
                }
                None => Some(1),
            };
            Firing::Monthly { every, day: day?, at: at? }
        }
    };
    Some((firing, Some(unit)))
}

fn cron(reader: &Reader<'_>, node: &Node) -> Option<Firing> {
    let text = node.as_text().unwrap_or_default();
    match Crontab::parse(text) {
        Ok(crontab) => Some(Firing::Cron(crontab)),
        Err(refused) => {
            reader.problem(node.at, refused.what, refused.instead);
            None
        }
    }
}

/// A time of day, `07:00`.
fn time(text: &str) -> Option<NaiveTime> {
    (text.len() == 5).then(|| NaiveTime::parse_from_str(text, "%H:%M").ok()).flatten()
}

fn time_at(reader: &Reader<'_>, node: &Node) -> Option<NaiveTime> {
    let time = node.as_text().and_then(time);
    if time.is_none() {
        reader.wrong(node, "a time of day from \"00:00\" to \"23:59\", as in \"07:00\"");
    }
    time
}

fn place(fields: &Fields<'_, '_>, key: &str) -> crate::written::Position {
    let entry = fields.entries().iter().find(|entry| entry.key == key);
    entry.map_or(fields.node().at, |entry| entry.at)
}
