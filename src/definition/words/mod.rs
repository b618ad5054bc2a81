//! Words: a definition's filters, measures, schedule and thresholds in English, for a report's closing pages and for `plan`.

mod times;

pub use times::{catch_up, covers, firing, length, schedule, unit_name, weekday_name};

use super::{Comparison, Condition, Good, Limit, Measure, MeasureKind, Target, Threshold};
use crate::calendar::Millis;
use crate::calendar::period::Unit;
use crate::calendar::zone::Zone;
use crate::query::{self, Compare, Count, Dimension, Field, Filter};
use chrono::{Timelike, Weekday};

/// A filter: `action class is delete and actor's role is not Administrator`. `All` is `every event`. Instants are given in
/// the zone.
pub fn filter(filter: &Filter, zone: &Zone) -> String {
    match filter {
        Filter::All => "every event".to_owned(),
        Filter::OneOf(Field::ActorKnown, values) if values.len() == 1 => {
            known(values.iter().any(|v| v == "known")).to_owned()
        }
        Filter::OneOf(Field::OutsideHours, values) if values.len() == 1 => {
            outside(values.iter().any(|v| v == "yes")).to_owned()
        }
        Filter::OneOf(field, values) => format!("{} is {}", field_name(*field), values_in_words(*field, values)),
        Filter::Prefix(field, prefix) => format!("{} begins with {}", field_name(*field), quoted(prefix)),
        Filter::Number(Field::Time, compare, at) => {
            let at = moment(*at, zone);
            match compare {
                Compare::Less => format!("time is before {at}"),
                Compare::AtMost => format!("time is not after {at}"),
                Compare::More => format!("time is after {at}"),
                Compare::AtLeast => format!("time is not before {at}"),
            }
        }
        Filter::Number(field, compare, number) => {
            format!("{} is {} {}", field_name(*field), self::compare(*compare), value(*field, &number.to_string()))
        }
        Filter::And(parts) if parts.is_empty() => "every event".to_owned(),
        Filter::Or(parts) if parts.is_empty() => "no event".to_owned(),
        Filter::And(parts) => {
            let inside = |part: &Filter| match part {
                Filter::Or(list) if list.len() > 1 => format!("({})", self::filter(part, zone)),
                _ => self::filter(part, zone),
            };
            parts.iter().map(inside).collect::<Vec<_>>().join(" and ")
        }
        Filter::Or(parts) => {
            let inside = |part: &Filter| match part {
                Filter::And(list) if list.len() > 1 => format!("({})", self::filter(part, zone)),
                _ => self::filter(part, zone),
            };
            parts.iter().map(inside).collect::<Vec<_>>().join(" or ")
        }
        Filter::Not(inner) => match inner.as_ref() {
            Filter::OneOf(Field::ActorKnown, values) if values.len() == 1 => {
                known(values.iter().any(|v| v == "unknown")).to_owned()
            }
            Filter::OneOf(Field::OutsideHours, values) if values.len() == 1 => {
                outside(values.iter().any(|v| v == "no")).to_owned()
            }
            Filter::OneOf(field, values) if values.len() == 1 => {
                format!("{} is not {}", field_name(*field), values_in_words(*field, values))
            }
            Filter::OneOf(field, values) => {
                format!("{} is none of {}", field_name(*field), listed(*field, values, "and"))
            }
            Filter::Prefix(field, prefix) => format!("{} does not begin with {}", field_name(*field), quoted(prefix)),
            Filter::All | Filter::Number(..) | Filter::And(_) | Filter::Or(_) | Filter::Not(_) => {
                format!("not ({})", self::filter(inner, zone))
            }
        },
    }
}

fn known(known: bool) -> &'static str {
    if known { "the directory knows the actor" } else { "the directory does not know the actor" }
}

fn outside(outside: bool) -> &'static str {
    if outside { "it is outside working hours" } else { "it is within working hours" }
}

/// A field as words: `actor's role`.
pub fn field_name(field: Field) -> &'static str {
    match field {
        Field::Source => "source",
        Field::Actor => "actor",
        Field::Action => "action",
        Field::ActionClass => "action class",
        Field::Module => "module",
        Field::Record => "record",
        Field::RecordName => "record's name",
        Field::Outcome => "outcome",
        Field::Ip => "address",
        Field::Agent => "agent",
        Field::Channel => "channel",
        Field::ActorRole => "actor's role",
        Field::ActorTeam => "actor's team",
        Field::ActorKind => "actor's kind",
        Field::ActorKnown => "actor known to the directory",
        Field::Affected => "number of records affected",
        Field::Time => "time",
        Field::OutsideHours => "outside working hours",
        Field::Hour => "hour of the day",
        Field::Weekday => "weekday",
    }
}

/// A dimension as words: `day`, `actor's team`.
pub fn dimension(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Field(field) => field_name(field),
        Dimension::Day => "day",
        Dimension::Week => "week",
        Dimension::Month => "month",
        Dimension::Quarter => "quarter",
        Dimension::Year => "year",
    }
}

fn values_in_words(field: Field, values: &[String]) -> String {
    listed(field, values, "or")
}

fn listed(field: Field, values: &[String], last: &str) -> String {
    let words: Vec<String> = values.iter().map(|text| value(field, text)).collect();
    join(&words, last)
}

/// `a`, `a or b`, `a, b or c`.
fn join(words: &[String], last: &str) -> String {
    match words {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., end] => format!("{} {last} {end}", first.join(", ")),
    }
}

fn value(field: Field, text: &str) -> String {
    let weekday =
        text.parse::<u8>().ok().and_then(|number| number.checked_sub(1)).and_then(|n| Weekday::try_from(n).ok());
    match (field, weekday) {
        (Field::Weekday, Some(day)) => weekday_name(day).to_owned(),
        (Field::Hour | Field::Affected, _) => text.to_owned(),
        _ => quoted(text),
    }
}

/// Texts with blanks or signs in them are set in quotes, so that one sees where they end.
fn quoted(text: &str) -> String {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_.@:/".contains(c));
    if plain { text.to_owned() } else { format!("“{text}”") }
}

/// `more than`, `at least` …
pub fn compare(compare: Compare) -> &'static str {
    match compare {
        Compare::Less => "less than",
        Compare::AtMost => "at most",
        Compare::More => "more than",
        Compare::AtLeast => "at least",
    }
}

/// What a measure counts: `the number of events where action class is login`.
pub fn measure(measure: &Measure, zone: &Zone) -> String {
    match &measure.kind {
        MeasureKind::Count(count) => counted(count, zone),
        MeasureKind::Rate { part, whole } => format!("{}, as a share of {}", counted(part, zone), counted(whole, zone)),
        MeasureKind::PerDay { of, working: false } => {
            format!("{}, divided by the days of the period", counted(of, zone))
        }
        MeasureKind::PerDay { of, working: true } => {
            format!("{}, divided by the working days of the period", counted(of, zone))
        }
    }
}

fn counted(measure: &query::Measure, zone: &Zone) -> String {
    let what = match measure.count {
        Count::Events => "the number of events".to_owned(),
        Count::Affected => "the sum of records affected".to_owned(),
        Count::Distinct(field) => format!("the number of different values of {}", field_name(field)),
        Count::FirstSeen(field) => {
            format!("the number of values of {} never seen before the period", field_name(field))
        }
        Count::Burst(window) => format!("the most events in any {}", length(window)),
        Count::Percentile(field, 50) => format!("the median of events per {}", field_name(field)),
        Count::Percentile(field, percent) => {
            format!("the {} percentile of events per {}", ordinal(percent), field_name(field))
        }
    };
    match &measure.filter {
        Filter::All => what,
        filter => format!("{what} where {}", self::filter(filter, zone)),
    }
}

/// `1st`, `22nd`, `95th`.
fn ordinal(number: u8) -> String {
    let ending = match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    };
    format!("{number}{ending}")
}

/// Which direction of a measure is good, or nothing.
pub fn good(good: Good) -> &'static str {
    match good {
        Good::Neither => "",
        Good::Down => "fewer is better",
        Good::Up => "more is better",
    }
}

/// An amount in a measure's scale: `20`, `2.5 %`.
pub fn amount(measure: &Measure, value: i64) -> String {
    match measure.kind {
        MeasureKind::Count(_) => value.to_string(),
        MeasureKind::Rate { .. } => format!("{} %", hundredths(value)),
        MeasureKind::PerDay { .. } => hundredths(value),
    }
}

/// `150` hundredths: `1.5`.
fn hundredths(value: i64) -> String {
    let (whole, rest) = (value / 100, (value % 100).abs());
    match rest {
        0 => whole.to_string(),
        rest if rest % 10 == 0 => format!("{whole}.{}", rest / 10),
        rest => format!("{whole}.{rest:02}"),
    }
}

/// A target: `at most 2 %`.
pub fn target(measure: &Measure, target: Target) -> String {
    format!("{} {}", compare(target.compare), amount(measure, target.value))
}

/// A threshold: `Failed logins by actor more than 20 (severity high)`.
pub fn threshold(threshold: &Threshold, measure: &Measure, zone: &Zone) -> String {
    let mut words = measure.title.clone();
    if let Some(field) = threshold.by {
        words += &format!(" by {}", field_name(field));
    }
    if threshold.filter != Filter::All {
        words += &format!(" where {}", filter(&threshold.filter, zone));
    }
    words += &match threshold.limit {
        Limit::Value(value) => format!(": {} {}", compare(threshold.compare), amount(measure, value)),
        Limit::TimesBefore { hundredths: times, floor } => {
            let floor = if floor > 0 { format!(", and at least {}", amount(measure, floor)) } else { String::new() };
            format!(": {} {} times the value before{floor}", compare(threshold.compare), hundredths(times))
        }
    };
    words + &format!(" (severity {})", severity(threshold.severity))
}

/// `high`, `medium`, `low`.
pub fn severity(severity: super::Severity) -> &'static str {
    match severity {
        super::Severity::High => "high",
        super::Severity::Medium => "medium",
        super::Severity::Low => "low",
    }
}

/// A condition: `Deletions more than 20`.
pub fn condition(condition: &Condition, measure: &Measure) -> String {
    format!("{} {} {}", measure.title, compare(condition.compare), amount(measure, condition.value))
}

/// What a period is compared with: `the week before`.
pub fn comparison(comparison: Comparison, unit: Option<Unit>) -> String {
    let unit = unit.map_or("span of days", unit_name);
    match comparison {
        Comparison::Previous => format!("the {unit} before"),
        Comparison::YearBefore => format!("the same {unit} a year before"),
        Comparison::SameWeekdays(1) => "the same weekday a week before".to_owned(),
        Comparison::SameWeekdays(count) => format!("the mean of the {count} same weekdays before"),
    }
}

/// An instant in a zone: `2026-11-22 18:00`.
fn moment(at: Millis, zone: &Zone) -> String {
    let civil = zone.civil(at);
    let millis = at.rem_euclid(1000);
    let text = if civil.second() == 0 { civil.format("%Y-%m-%d %H:%M") } else { civil.format("%Y-%m-%d %H:%M:%S") };
    if millis == 0 { text.to_string() } else { format!("{}.{millis:03}", civil.format("%Y-%m-%d %H:%M:%S")) }
}

#[cfg(test)]
mod tests;
