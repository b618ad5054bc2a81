//! Reading `where:`: fields with the values that count, and how such conditions are joined.

use super::{Context, all};
use crate::event::{ActionClass, Outcome};
use crate::query::{Compare, Field, Filter};
use crate::written::{Entry, Node};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

const WEEKDAYS: [&str; 7] = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// Reads a map of conditions, all of which must hold.
pub(super) fn read<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Filter> {
    let entries = context.reader.map(node)?;
    if entries.is_empty() {
        context.reader.problem(node.at, "the filter says nothing", "Write `field: value`, or leave `where` out");
        return None;
    }
    let parts = entries.iter().map(|entry| condition(context, entry)).collect();
    Some(joined(all(parts)?))
}

fn joined(parts: Vec<Filter>) -> Filter {
    let flat = parts.into_iter().flat_map(|part| match part {
        Filter::And(inner) => inner,
        other => vec![other],
    });
    flat.fold(Filter::All, Filter::and)
}

fn condition<'a>(context: &Context<'_, 'a>, entry: &'a Entry) -> Option<Filter> {
    let reader = context.reader;
    match entry.key.as_str() {
        "and" => Some(joined(list(context, &entry.value)?)),
        "or" => list(context, &entry.value).map(Filter::Or),
        "not" => read(context, &entry.value).map(|filter| Filter::Not(Box::new(filter))),
        name => {
            let Some(field) = field_of(name) else {
                unknown_field(context, entry.at, name, true);
                return None;
            };
            if entry.value.is_null() {
                let instead = "Write a value, or leave the field out";
                reader.problem(entry.value.at, format!("`{name}` has no value"), instead);
                return None;
            }
            of_field(context, field, &entry.value)
        }
    }
}

/// A field by its name, or by the last part of it where that is enough: `team` for `actor.team`, `ip` for `origin.ip`.
pub(super) fn field_of(name: &str) -> Option<Field> {
    let short = || Field::ALL.iter().find(|(_, known)| known.split_once('.').is_some_and(|(_, last)| last == name));
    Field::parse(name).or_else(|| short().map(|(field, _)| *field))
}

/// Reports a field that nobody knows.
pub(super) fn unknown_field(context: &Context<'_, '_>, at: crate::written::Position, name: &str, joins: bool) {
    let joined = if joins { &["and", "or", "not"][..] } else { &[] };
    let known: Vec<&str> = Field::ALL.iter().map(|(_, name)| *name).chain(joined.iter().copied()).collect();
    context.reader.unknown(at, "field", name, known);
}

/// The filters of `and:` and `or:`.
fn list<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Vec<Filter>> {
    let items = context.reader.list(node)?;
    if items.is_empty() {
        context.reader.problem(node.at, format!("`{}` has nothing to join", node.name), "Write a list of filters");
        return None;
    }
    all(items.iter().map(|item| read(context, item)).collect())
}

/// What a field's value has to be: a value, one of several, or a map of comparisons.
fn of_field<'a>(context: &Context<'_, 'a>, field: Field, node: &'a Node) -> Option<Filter> {
    if node.as_map().is_none() {
        return one_of(context, field, node);
    }
    let comparisons: &[&str] = match field {
        Field::Time => &["before", "after", "from"],
        _ if field.is_number() => &["not", "more than", "at least", "less than", "at most"],
        _ => &["not", "prefix"],
    };
    let fields = context.reader.fields(node, comparisons)?;
    let mut parts = Vec::new();
    for entry in fields.entries().iter().filter(|entry| comparisons.contains(&entry.key.as_str())) {
        let Some(value) = fields.get(&entry.key) else {
            parts.push(None);
            continue;
        };
        parts.push(match entry.key.as_str() {
            "not" => of_field(context, field, value).map(|filter| but_not(field, filter)),
            "prefix" => prefix(context, field, value),
            "more than" => number(context, field, value).map(|n| Filter::Number(field, Compare::More, n)),
            "at least" => number(context, field, value).map(|n| Filter::Number(field, Compare::AtLeast, n)),
            "less than" => number(context, field, value).map(|n| Filter::Number(field, Compare::Less, n)),
            "at most" => number(context, field, value).map(|n| Filter::Number(field, Compare::AtMost, n)),
            "before" => time(context, value).map(|at| Filter::Number(field, Compare::Less, at.first)),
            "from" => time(context, value).map(|at| Filter::Number(field, Compare::AtLeast, at.first)),
            _ => time(context, value).map(|at| match at.end {
                Some(end) => Filter::Number(field, Compare::AtLeast, end),
                None => Filter::Number(field, Compare::More, at.first),
            }),
        });
    }
    if parts.is_empty() {
        // Unknown keys have been reported.
        if fields.entries().is_empty() {
            context.reader.wrong(node, &format!("a value, a list of values, or one of `{}`", comparisons.join("`, `")));
        }
        return None;
    }
    Some(joined(all(parts)?))
}

/// Not so. Of roles and teams: only among those whom the directory knows, because nobody whom it does not know may pass for
/// "not an administrator" (they are counted apart, by `actor.known: unknown`). Of kinds: whoever is not known to be a
/// service may be a person, so that leaving out integrations does not leave out strangers.
fn but_not(field: Field, filter: Filter) -> Filter {
    let not = Filter::Not(Box::new(filter));
    match field {
        Field::ActorRole | Field::ActorTeam => Filter::is(Field::ActorKnown, "known").and(not),
        _ => not,
    }
}

fn one_of<'a>(context: &Context<'_, 'a>, field: Field, node: &'a Node) -> Option<Filter> {
    let reader = context.reader;
    if field == Field::Time {
        reader.wrong(node, "a map as in `{ from: 2026-11-01, before: 2026-12-01 }`");
        return None;
    }
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(node.at, format!("`{}` has no values to choose from", node.name), "Write one at least");
        return None;
    }
    Some(Filter::OneOf(field, all(items.iter().map(|item| value(context, field, item)).collect())?))
}

/// One value of a field, checked where the field has known ones.
fn value<'a>(context: &Context<'_, 'a>, field: Field, node: &'a Node) -> Option<String> {
    let reader = context.reader;
    let text = reader.text(node)?;
    let chosen = |known: &[&str]| {
        let found = known.contains(&text);
        if !found {
            reader.unknown(node.at, &format!("value of `{}`", field.name()), text, known.to_vec());
        }
        found.then(|| text.to_owned())
    };
    match field {
        Field::ActionClass => chosen(&ActionClass::ALL.map(ActionClass::as_str)),
        Field::Outcome => chosen(&Outcome::ALL.map(Outcome::as_str)),
        Field::ActorKind => chosen(&["person", "service", "system"]),
        Field::ActorKnown => chosen(&["known", "unknown"]),
        Field::OutsideHours => match text {
            "true" => Some("yes".to_owned()),
            "false" => Some("no".to_owned()),
            _ => chosen(&["yes", "no"]),
        },
        Field::Affected | Field::Hour | Field::Weekday => number(context, field, node).map(|number| number.to_string()),
        Field::Source
        | Field::Actor
        | Field::Action
        | Field::Module
        | Field::Record
        | Field::RecordName
        | Field::Ip
        | Field::Agent
        | Field::Channel
        | Field::ActorRole
        | Field::ActorTeam
        | Field::Time => Some(text.to_owned()),
    }
}

fn prefix<'a>(context: &Context<'_, 'a>, field: Field, node: &'a Node) -> Option<Filter> {
    let text = context.reader.text(node)?;
    if text.is_empty() {
        context.reader.problem(node.at, "every text begins with nothing", "Write what it begins with");
        return None;
    }
    Some(Filter::Prefix(field, text.to_owned()))
}

/// A number as the field has them; weekdays by name or as Monday = 1 to Sunday = 7.
fn number(context: &Context<'_, '_>, field: Field, node: &Node) -> Option<i64> {
    if field == Field::Weekday
        && let Some(text) = node.as_text()
        && let Some(at) = WEEKDAYS.iter().position(|name| name.eq_ignore_ascii_case(text))
    {
        return i64::try_from(at + 1).ok();
    }
    let range = match field {
        Field::Hour => 0..=23,
        Field::Weekday => 1..=7,
        _ => 0..=i64::MAX,
    };
    if field == Field::Weekday && node.as_text().is_none_or(|text| text.parse::<i64>().is_err()) {
        context.reader.wrong(node, "a weekday, `monday` to `sunday`");
        return None;
    }
    context.reader.integer(node, range)
}

/// A day or a moment.
struct Written {
    /// The day's first instant, or the moment.
    first: i64,
    /// The first instant after the day.
    end: Option<i64>,
}

/// A day or a civil time in the schedule's zone, or a time with an offset of its own.
fn time(context: &Context<'_, '_>, node: &Node) -> Option<Written> {
    let text = node.as_text().unwrap_or_default();
    if let Ok(day) = text.parse::<NaiveDate>()
        && (1..=9998).contains(&day.year())
    {
        let end = day.checked_add_days(Days::new(1))?;
        return Some(Written { first: context.zone.day_start(day), end: Some(context.zone.day_start(end)) });
    }
    let formats = ["%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
    let civil = formats.iter().find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let civil = civil.filter(|civil| (1..=9998).contains(&civil.year()));
    let instant = civil
        .map(|civil| context.zone.instant(civil))
        .or_else(|| chrono::DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis()));
    if instant.is_none() {
        let wanted =
            "a day or a time as in `2026-11-22` or `2026-11-22 18:00` (or with an offset, `2026-11-22T18:00:00Z`)";
        context.reader.wrong(node, wanted);
    }
    instant.map(|first| Written { first, end: None })
}
