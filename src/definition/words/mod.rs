//! Words: a definition's filters, measures, schedule and thresholds as phrases, for a report's closing pages.

mod times;

pub use times::{catch_up, firing, length, schedule};

use super::{Limit, Measure, MeasureKind, Section, SectionKind, Target, Threshold};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::phrase::Phrase;
use crate::query::{self, Compare, Count, Field, Filter};
use chrono::Timelike;

/// A filter: `action class is delete and actor's role is not Administrator`. `All` is `every event`. Instants are given in
/// the zone.
pub fn filter(filter: &Filter, zone: &Zone) -> Phrase {
    match filter {
        Filter::All => Phrase::word("asked.every"),
        Filter::OneOf(Field::ActorKnown, values) if values.len() == 1 => known(values.iter().any(|v| v == "known")),
        Filter::OneOf(Field::OutsideHours, values) if values.len() == 1 => outside(values.iter().any(|v| v == "yes")),
        Filter::OneOf(of, values) if only_nothing(values) => Phrase::say("asked.empty", [("field", field(*of))]),
        Filter::OneOf(field, values) => of_field("asked.is", *field, "values", Phrase::Any(listed(*field, values))),
        Filter::Prefix(field, prefix) => of_field("asked.begins", *field, "start", quoted(prefix)),
        Filter::Number(Field::Time, compare, at) => {
            let key = match compare {
                Compare::Less => "asked.before",
                Compare::AtMost => "asked.until",
                Compare::More => "asked.after",
                Compare::AtLeast => "asked.since",
            };
            Phrase::say(key, [("at", Phrase::text(moment(*at, zone)))])
        }
        Filter::Number(field, compare, number) => {
            of_field("asked.number", *field, "limit", limit(*compare, value(*field, &number.to_string())))
        }
        Filter::And(parts) if parts.is_empty() => Phrase::word("asked.every"),
        Filter::Or(parts) if parts.is_empty() => Phrase::word("asked.none"),
        Filter::And(parts) => {
            let inside = |part: &Filter| match part {
                Filter::Or(list) if list.len() > 1 => bracketed(self::filter(part, zone)),
                _ => self::filter(part, zone),
            };
            joined("asked.and", parts.iter().map(inside))
        }
        Filter::Or(parts) => {
            let inside = |part: &Filter| match part {
                Filter::And(list) if list.len() > 1 => bracketed(self::filter(part, zone)),
                _ => self::filter(part, zone),
            };
            joined("asked.or", parts.iter().map(inside))
        }
        Filter::Not(inner) => match inner.as_ref() {
            Filter::OneOf(Field::ActorKnown, values) if values.len() == 1 => {
                known(values.iter().any(|v| v == "unknown"))
            }
            Filter::OneOf(Field::OutsideHours, values) if values.len() == 1 => {
                outside(values.iter().any(|v| v == "no"))
            }
            Filter::OneOf(of, values) if only_nothing(values) => Phrase::say("asked.given", [("field", field(*of))]),
            Filter::OneOf(field, values) if values.len() == 1 => {
                of_field("asked.is_not", *field, "values", Phrase::Any(listed(*field, values)))
            }
            Filter::OneOf(field, values) => {
                of_field("asked.none_of", *field, "values", Phrase::All(listed(*field, values)))
            }
            Filter::Prefix(field, prefix) => of_field("asked.begins_not", *field, "start", quoted(prefix)),
            Filter::All | Filter::Number(..) | Filter::And(_) | Filter::Or(_) | Filter::Not(_) => {
                Phrase::say("asked.not", [("filter", self::filter(inner, zone))])
            }
        },
    }
}

/// Whether a list holds nothing but the empty text.
fn only_nothing(values: &[String]) -> bool {
    matches!(values, [only] if only.is_empty())
}

/// A sentence of a field and one more thing.
fn of_field(key: &str, of: Field, place: &str, what: Phrase) -> Phrase {
    Phrase::say(key, [("field", field(of)), (place, what)])
}

fn known(known: bool) -> Phrase {
    Phrase::word(if known { "asked.known" } else { "asked.known_not" })
}

fn outside(outside: bool) -> Phrase {
    Phrase::word(if outside { "asked.outside" } else { "asked.inside" })
}

fn bracketed(filter: Phrase) -> Phrase {
    Phrase::say("asked.bracketed", [("filter", filter)])
}

/// `a and b and c`: between conditions no comma stands, for each may have some of its own.
fn joined(key: &str, parts: impl Iterator<Item = Phrase>) -> Phrase {
    parts.reduce(|left, right| Phrase::say(key, [("left", left), ("right", right)])).unwrap_or_else(|| Phrase::text(""))
}

/// A field as words: `actor's role`.
pub fn field(field: Field) -> Phrase {
    Phrase::word(&format!("field.{}", field.name().replace('.', "_")))
}

fn listed(field: Field, values: &[String]) -> Vec<Phrase> {
    values.iter().map(|text| value(field, text)).collect()
}

fn value(field: Field, text: &str) -> Phrase {
    match (field, text.parse::<i64>()) {
        (Field::Weekday, Ok(day @ 1..=7)) => Phrase::word(&format!("weekdays.{day}")),
        (Field::Affected, Ok(number)) => Phrase::Number(number),
        (Field::Hour, _) => Phrase::text(text),
        _ if text.is_empty() => Phrase::word("asked.nothing"),
        _ => quoted(text),
    }
}

/// Texts with blanks or signs in them are set in quotes, so that one sees where they end.
fn quoted(text: &str) -> Phrase {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "-_.@:/".contains(c));
    if plain { Phrase::text(text) } else { Phrase::Quoted(text.to_owned()) }
}

/// `more than 20`, `at least 2.5 %` …
fn limit(compare: Compare, value: Phrase) -> Phrase {
    let key = match compare {
        Compare::Less => "limit.less",
        Compare::AtMost => "limit.at_most",
        Compare::More => "limit.more",
        Compare::AtLeast => "limit.at_least",
    };
    Phrase::say(key, [("limit", value)])
}

/// What a measure counts: `the number of events where action class is login`.
pub fn measure(measure: &Measure, zone: &Zone) -> Phrase {
    match &measure.kind {
        MeasureKind::Count(count) => counted(count, zone),
        MeasureKind::Rate { part, whole } => {
            Phrase::say("asked.share", [("part", counted(part, zone)), ("whole", counted(whole, zone))])
        }
        MeasureKind::PerDay { of, working } => {
            let key = if *working { "asked.per_working_day" } else { "asked.per_day" };
            Phrase::say(key, [("what", counted(of, zone))])
        }
    }
}

fn counted(measure: &query::Measure, zone: &Zone) -> Phrase {
    let of = |key: &str, of: Field| Phrase::say(key, [("field", field(of))]);
    let what = match measure.count {
        Count::Events => Phrase::word("asked.events"),
        Count::Affected => Phrase::word("asked.affected"),
        Count::Distinct(field) => of("asked.distinct", field),
        Count::FirstSeen(field) => of("asked.first_seen", field),
        Count::Burst(window) => Phrase::say("asked.burst", [("window", Phrase::Length(window))]),
        Count::Percentile(field, 50) => of("asked.median", field),
        Count::Percentile(by, percent) => {
            let percent = Phrase::Number(i64::from(percent));
            Phrase::say("asked.percentile", [("field", field(by)), ("percent", percent)])
        }
    };
    match &measure.filter {
        Filter::All => what,
        filter => Phrase::say("asked.where", [("what", what), ("filter", self::filter(filter, zone))]),
    }
}

/// An amount in a measure's scale: `20`, `2.5 %`.
fn amount(measure: &Measure, value: i64) -> Phrase {
    match measure.kind {
        MeasureKind::Count(_) => Phrase::Number(value),
        MeasureKind::Rate { .. } => Phrase::Percent(value),
        MeasureKind::PerDay { .. } => Phrase::Hundredths(value),
    }
}

/// A target: `at most 2 %`.
pub fn target(measure: &Measure, target: Target) -> Phrase {
    limit(target.compare, amount(measure, target.value))
}

/// A threshold: `Failed logins by actor: more than 20 (severity high)`.
pub fn threshold(threshold: &Threshold, measure: &Measure, zone: &Zone) -> Phrase {
    let mut what = Phrase::Title(measure.title.clone());
    if let Some(by) = threshold.by {
        what = Phrase::say("asked.by", [("what", what), ("field", field(by))]);
    }
    if threshold.filter != Filter::All {
        what = Phrase::say("asked.where", [("what", what), ("filter", filter(&threshold.filter, zone))]);
    }
    let line = match threshold.limit {
        Limit::Value(value) => limit(threshold.compare, amount(measure, value)),
        Limit::TimesBefore { hundredths, floor } => {
            let times = Phrase::say("asked.times_before", [("times", Phrase::Hundredths(hundredths))]);
            let line = limit(threshold.compare, times);
            match floor {
                0 => line,
                floor => Phrase::say("asked.floor", [("line", line), ("floor", amount(measure, floor))]),
            }
        }
    };
    let severity = Phrase::word(&format!("severity.{}", threshold.severity.name()));
    Phrase::say("asked.threshold", [("what", what), ("line", line), ("severity", severity)])
}

/// What a sequence section looks for; `None` for any other section.
pub fn rule(section: &Section, zone: &Zone) -> Option<Phrase> {
    let SectionKind::Sequence { first, at_least, then, by, within, .. } = &section.kind else { return None };
    Some(Phrase::say(
        "asked.sequence",
        [
            ("n", Phrase::Number(i64::try_from(*at_least).unwrap_or(i64::MAX))),
            ("first", filter(first, zone)),
            ("then", filter(then, zone)),
            ("field", field(*by)),
            ("within", Phrase::Length(*within)),
        ],
    ))
}

/// An instant in a zone: `2026-11-22 18:00`, the same in every language.
fn moment(at: Millis, zone: &Zone) -> String {
    let civil = zone.civil(at);
    let millis = at.rem_euclid(1000);
    let text = if civil.second() == 0 { civil.format("%Y-%m-%d %H:%M") } else { civil.format("%Y-%m-%d %H:%M:%S") };
    if millis == 0 { text.to_string() } else { format!("{}.{millis:03}", civil.format("%Y-%m-%d %H:%M:%S")) }
}
