//! Reading `schedule:`: when a report is issued, which period it covers, what it waits for, what becomes of missed firings.

use super::super::{CatchUp, Schedule};
use super::cadence::{self, place};
use super::common::length;
use crate::calendar::Millis;
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::workdays::Calendars;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::written::{Node, Reader, nearest};
use chrono::{Datelike, NaiveDateTime};

const KEYS: [&str; 16] = [
    "every",
    "on",
    "day",
    "at",
    "cron",
    "period",
    "weekend",
    "holidays",
    "shift",
    "timezone",
    "after",
    "wait_for",
    "at_most",
    "catch_up",
    "catch_up_days",
    "since",
];

const HOUR: Millis = 60 * 60 * 1000;

/// The longest that a report may wait.
const LONGEST_WAIT: Millis = 31 * 24 * HOUR;

/// One schedule, or a list of them. `calendars`: see [`cadence::read`].
pub(super) fn read<'a>(
    reader: &Reader<'a>,
    node: &'a Node,
    rules: &ZoneRules,
    fiscal: Option<FiscalStart>,
    calendars: Option<&Calendars>,
) -> Option<Vec<Schedule>> {
    let items = reader.one_or_more(node);
    if items.is_empty() {
        let instead = "Write as in `schedule: { every: month, timezone: Europe/Berlin }`, or a list of such";
        reader.problem(node.at, "the report has no schedule", instead);
        return None;
    }
    let mut found: Vec<Option<Schedule>> = Vec::new();
    for item in items {
        let first = found.first().map(|first| first.as_ref().map(|first| &first.zone));
        found.push(read_one(reader, item, rules, first, fiscal, calendars));
    }
    let sound = apart(reader, items, &found);
    let found = super::all(found)?;
    sound.then_some(found)
}

/// Two schedules of a report must not cover the same period: an edition is known by it.
fn apart(reader: &Reader<'_>, items: &[Node], found: &[Option<Schedule>]) -> bool {
    let mut sound = true;
    let shown = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M");
    for (at, (item, later)) in items.iter().zip(found).enumerate() {
        let Some(later) = later else { continue };
        let before = found.iter().take(at).flatten();
        let clash = before.filter_map(|earlier| earlier.cadence.clash_with(&later.cadence)).next();
        if let Some((one, other)) = clash {
            let (first, second, period) = (shown(one.civil), shown(other.civil), other.period.label());
            let what = format!("the firings of {first} and {second}, of two schedules, would both cover {period}");
            reader.problem(item.at, what, "Give each schedule periods of its own, or leave one of the two out");
            sound = false;
        }
    }
    sound
}

/// `first` is the zone of the report's first schedule, for those that follow it; the inner `None` if that was wrong.
fn read_one<'a>(
    reader: &Reader<'a>,
    node: &'a Node,
    rules: &ZoneRules,
    first: Option<Option<&Zone>>,
    fiscal: Option<FiscalStart>,
    calendars: Option<&Calendars>,
) -> Option<Schedule> {
    let fields = reader.fields(node, &KEYS)?;
    let zone = match first {
        Some(first) if !fields.has("timezone") => first.cloned(),
        Some(Some(first)) => {
            let own = fields.get("timezone").and_then(|node| Some((zone(reader, node, rules)?, node.at)));
            if let Some((_, at)) = own.as_ref().filter(|(own, _)| own.name() != first.name()) {
                let what = format!("a report has one time zone, and its first schedule names {}", first.name());
                reader.problem(*at, what, "Leave it out here, or write a definition for each zone");
                return None;
            }
            own.map(|(own, _)| own)
        }
        _ => fields.need("timezone").and_then(|node| zone(reader, node, rules)),
    };
    let cadence = cadence::read(&fields, fiscal, calendars);
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
