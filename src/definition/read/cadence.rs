//! Reading the cadence of a schedule: when it fires, what a firing covers, and what becomes of days off.

use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::crontab::Crontab;
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::period::Unit;
use crate::calendar::workdays::{Calendars, Holidays, MonthDay, Shift, Workdays};
use crate::written::{Fields, Node, Reader, did_you_mean};
use chrono::{NaiveDateTime, NaiveTime, Weekday};
use std::sync::Arc;

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

const MONTHS: [(&str, u32); 12] = [
    ("january", 1),
    ("february", 2),
    ("march", 3),
    ("april", 4),
    ("may", 5),
    ("june", 6),
    ("july", 7),
    ("august", 8),
    ("september", 9),
    ("october", 10),
    ("november", 11),
    ("december", 12),
];

/// `fiscal_year_begins:`, a month; the outer `None` if it is wrong, the inner one for the calendar's year.
pub(super) fn fiscal_start(fields: &Fields<'_, '_>) -> Option<Option<FiscalStart>> {
    match fields.get("fiscal_year_begins") {
        Some(_) => fields.choice("fiscal_year_begins", "month", &MONTHS).map(FiscalStart::new),
        None => (!fields.has("fiscal_year_begins")).then_some(None),
    }
}

/// `calendars` are those of the installation. `None` reads a definition of which only its periods matter, because what it
/// asked for was issued long ago: holidays move sendings, never periods, and those of then may be gone.
pub(super) fn read(
    fields: &Fields<'_, '_>,
    fiscal: Option<FiscalStart>,
    calendars: Option<&Calendars>,
) -> Option<Cadence> {
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
        (true, false) => every(fields, fiscal),
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
                UNITS.iter().map(|(name, unit)| (*name, Covers::Last(unit.beginning(fiscal)))).collect();
            known.push(("since last firing", Covers::SinceLastFiring));
            Some(reader.choice(node, "period", &known)?)
        }
        None => None,
    };
    let workdays = workdays(fields, calendars);
    let shift = match fields.get("shift") {
        Some(node) => Some(reader.choice(node, "`shift`", &[("before", Shift::Before), ("after", Shift::After)])?),
        None => None,
    };
    let (firing, unit) = firing?;
    let covers = covers.or(unit.map(Covers::Last)).unwrap_or(Covers::SinceLastFiring);
    let cadence = Cadence { firing, covers, workdays: workdays?, shift };
    sound(fields, &cadence).then_some(cadence)
}

/// Whether a cadence can be kept; what cannot is a Problem.
fn sound(fields: &Fields<'_, '_>, cadence: &Cadence) -> bool {
    let reader = fields.reader();
    let day = match &cadence.firing {
        Firing::Monthly { day, .. } => day.asks_workdays(),
        _ => false,
    };
    if cadence.shift.is_none() && !day {
        for key in ["weekend", "holidays"].into_iter().filter(|key| fields.has(key)) {
            let what = format!("`{key}` has no say in this schedule");
            let instead =
                "Add `shift: after` (or `before`), name a day as in `day: first business day`, or leave it out";
            reader.problem(place(fields, key), what, instead);
        }
    }
    if day && cadence.covers == Covers::SinceLastFiring {
        let what = "periods from one business day to another would change whenever the holidays do";
        reader.problem(place(fields, "period"), what, "Let it cover the last whole month, or name another `day`");
        return false;
    }
    let shown = |at: NaiveDateTime| at.format("%Y-%m-%d %H:%M");
    if let Some((first, second)) = cadence.clash() {
        let what = format!(
            "the firings of {} and {} would both cover {}",
            shown(first.civil),
            shown(second.civil),
            second.period.label()
        );
        let instead = "Let it fire once a period, or choose a shorter `period`";
        let at = if fields.has("period") { place(fields, "period") } else { fields.node().at };
        reader.problem(at, what, instead);
        return false;
    }
    if let Some(early) = cadence.early() {
        let what = format!(
            "the report on {} would go out on {}, before that is over",
            early.period.label(),
            shown(early.civil)
        );
        reader.problem(place(fields, "shift"), what, "Write `shift: after`, or name a later day");
        return false;
    }
    true
}

/// Which days are worked on; `None` if that was said wrongly.
pub(super) fn workdays(fields: &Fields<'_, '_>, calendars: Option<&Calendars>) -> Option<Workdays> {
    let reader = fields.reader();
    let mut workdays = Workdays::default();
    if let Some(node) = fields.get("weekend") {
        let none = node.as_text() == Some("none");
        let days = if none { &[] } else { reader.one_or_more(node) };
        let days: Vec<Option<Weekday>> = days.iter().map(|day| reader.choice(day, "weekday", &WEEKDAYS)).collect();
        workdays.weekend = [false; 7];
        for day in days {
            if let Some(off) = workdays.weekend.get_mut(day?.num_days_from_monday() as usize) {
                *off = true;
            }
        }
        if workdays.weekend == [true; 7] {
            reader.problem(node.at, "every day would be a day off", "Leave out the days that are worked on");
            return None;
        }
    }
    if let Some(node) = fields.get("holidays") {
        let name = reader.text(node)?;
        workdays.holidays = Some(match calendars {
            None => Arc::new(Holidays { name: name.to_owned(), ..Holidays::default() }),
            Some(known) => match known.get(name) {
                Some(Some(holidays)) => Arc::clone(holidays),
                Some(None) => {
                    reader.problem(
                        node.at,
                        format!("the holidays `{name}` have problems of their own"),
                        "Mend their file first",
                    );
                    return None;
                }
                None => {
                    let file = format!("Write them into schedules/holidays/{name}.yaml (or .ics)");
                    let hint = did_you_mean(name, known.keys().map(String::as_str));
                    let instead = if hint.is_empty() { file } else { hint };
                    reader.problem(node.at, format!("there are no holidays `{name}`"), instead);
                    return None;
                }
            },
        });
    }
    Some(workdays)
}

fn every(fields: &Fields<'_, '_>, fiscal: Option<FiscalStart>) -> Option<(Firing, Option<Unit>)> {
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
        Unit::Month | Unit::Quarter | Unit::Year | Unit::FiscalQuarter(_) | Unit::FiscalYear(_) => {
            belongs("on", "week", "Write the day of the month, as in `day: 1`, `day: last` or `day: first monday`");
            let every = match unit {
                Unit::Quarter => 3,
                Unit::Year => 12,
                _ => 1,
            };
            let day = match fields.get("day") {
                Some(node) => month_day(reader, node),
                None => Some(MonthDay::Number(1)),
            };
            Firing::Monthly { every, first: fiscal.map_or(1, FiscalStart::month), day: day?, at: at? }
        }
    };
    Some((firing, Some(unit.beginning(fiscal))))
}

/// `15`, `last`, `first monday`, `3rd business day`, `second last business day`.
fn month_day(reader: &Reader<'_>, node: &Node) -> Option<MonthDay> {
    let text = node.as_text().unwrap_or_default().to_ascii_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    let weekday = |name: &str| WEEKDAYS.iter().find(|(known, _)| *known == name).map(|(_, day)| *day);
    let found = match words.as_slice() {
        ["last"] | ["last", "day"] => Some(MonthDay::Last),
        [number] => number.parse::<u8>().ok().filter(|day| (1..=31).contains(day)).map(MonthDay::Number),
        ["last", "business" | "working", "day"] | ["last", "workday"] => Some(MonthDay::WorkdayFromEnd(1)),
        [nth, "last", "business" | "working", "day"] | [nth, "last", "workday"] => {
            ordinal(nth).filter(|nth| *nth <= MOST_WORKDAYS).map(MonthDay::WorkdayFromEnd)
        }
        [nth, "business" | "working", "day"] | [nth, "workday"] => {
            ordinal(nth).filter(|nth| *nth <= MOST_WORKDAYS).map(MonthDay::Workday)
        }
        ["last", on] => weekday(on).map(MonthDay::LastWeekday),
        [nth, on] => match (ordinal(nth), weekday(on)) {
            (Some(5), Some(_)) => {
                let what = format!("not every month has a {nth} {on}");
                reader.problem(node.at, what, format!("Write `last {on}`"));
                return None;
            }
            (Some(nth @ 1..=4), Some(on)) => Some(MonthDay::Weekday(nth, on)),
            _ => None,
        },
        _ => None,
    };
    if found.is_none() {
        let wanted = "a day of the month: 1 to 31, `last`, `first monday`, `last friday`, `first business day`, `3rd business day` (to the 15th) or `last business day`";
        reader.wrong(node, wanted);
    }
    found
}

/// Every month has so many workdays, but for one that is all holidays.
const MOST_WORKDAYS: u8 = 15;

/// `first`, `1st`.
fn ordinal(text: &str) -> Option<u8> {
    const NAMES: [&str; 5] = ["first", "second", "third", "fourth", "fifth"];
    if let Some(at) = NAMES.iter().position(|name| *name == text) {
        return u8::try_from(at + 1).ok();
    }
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| text.strip_suffix(ending))?;
    digits.parse().ok().filter(|nth| *nth > 0)
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

pub(super) fn place(fields: &Fields<'_, '_>, key: &str) -> crate::written::Position {
    let entry = fields.entries().iter().find(|entry| entry.key == key);
    entry.map_or(fields.node().at, |entry| entry.at)
}
