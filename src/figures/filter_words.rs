//! Filters in words, as a reader of the report would say them, with the names that definitions use.

use crate::query::{Compare, Dimension, Field, Filter};

/// A filter in words; empty for all.
pub fn filter(filter: &Filter) -> String {
    match filter {
        Filter::All => String::new(),
        other => say(other, false),
    }
}

/// The name of a dimension, as in definitions.
pub fn dimension(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Field(field) => field.name(),
        Dimension::Day => "day",
        Dimension::Week => "week",
        Dimension::Month => "month",
        Dimension::Quarter | Dimension::FiscalQuarter(_) => "quarter",
        Dimension::Year | Dimension::FiscalYear(_) => "year",
    }
}

/// A field as a reader calls it.
pub fn field(field: Field) -> &'static str {
    match field {
        Field::Source => "source",
        Field::Actor => "actor",
        Field::Action => "action",
        Field::ActionClass => "kind of action",
        Field::Module => "module",
        Field::Record => "record",
        Field::RecordName => "name of the record",
        Field::Outcome => "outcome",
        Field::Ip => "ip",
        Field::Agent => "agent",
        Field::Channel => "channel",
        Field::ActorRole => "role",
        Field::ActorTeam => "team",
        Field::ActorKind => "kind of actor",
        Field::ActorKnown => "actor in the directory",
        Field::Affected => "records affected",
        Field::Time => "time",
        Field::OutsideHours => "outside working hours",
        Field::Hour => "hour",
        Field::Weekday => "weekday",
    }
}

/// A comparison in words, before a number.
pub fn compare(compare: Compare) -> &'static str {
    match compare {
        Compare::Less => "less than",
        Compare::AtMost => "at most",
        Compare::More => "more than",
        Compare::AtLeast => "at least",
    }
}

fn say(filter: &Filter, inner: bool) -> String {
    match filter {
        Filter::All => "every event".to_owned(),
        Filter::OneOf(of, values) => format!("{} is {}", field(*of), any_of(*of, values)),
        Filter::Prefix(of, start) => format!("{} begins with “{start}”", field(*of)),
        Filter::Number(Field::Time, how, at) => format!("time is {} {}", when(*how), instant(*at)),
        Filter::Number(of, how, bound) => format!("{} is {} {bound}", field(*of), compare(*how)),
        Filter::And(list) if list.is_empty() => "every event".to_owned(),
        Filter::Or(list) if list.is_empty() => "no event".to_owned(),
        Filter::And(list) => joined(list, " and ", inner),
        Filter::Or(list) => joined(list, " or ", inner),
        Filter::Not(part) => match part.as_ref() {
            Filter::OneOf(of, values) => format!("{} is not {}", field(*of), any_of(*of, values)),
            Filter::Prefix(of, start) => format!("{} does not begin with “{start}”", field(*of)),
            other => format!("not ({})", say(other, false)),
        },
    }
}

fn joined(list: &[Filter], with: &str, inner: bool) -> String {
    let parts: Vec<String> = list.iter().map(|part| say(part, list.len() > 1)).collect();
    let text = parts.join(with);
    if inner && list.len() > 1 { format!("({text})") } else { text }
}

fn any_of(field: Field, values: &[String]) -> String {
    let shown: Vec<String> = values.iter().map(|value| value_words(field, value)).collect();
    match shown.as_slice() {
        [] => "none".to_owned(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} or {last}", before.join(", ")),
    }
}

fn value_words(field: Field, value: &str) -> String {
    match (field, value) {
        (_, "") => "empty".to_owned(),
        (Field::Weekday, number) => weekday(number).unwrap_or(number).to_owned(),
        (_, value) => value.to_owned(),
    }
}

/// Monday to Sunday for 1 to 7.
pub fn weekday(number: &str) -> Option<&'static str> {
    const NAMES: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    let index: usize = number.parse().ok()?;
    NAMES.get(index.checked_sub(1)?).copied()
}

fn when(how: Compare) -> &'static str {
    match how {
        Compare::Less => "before",
        Compare::AtMost => "at or before",
        Compare::More => "after",
        Compare::AtLeast => "at or after",
    }
}

fn instant(at: i64) -> String {
    let civil = crate::calendar::zone::Zone::utc().civil(at);
    format!("{} UTC", civil.format("%Y-%m-%d %H:%M:%S"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_as_a_reader_would() {
        let not = |inner| Filter::Not(Box::new(inner));
        assert_eq!(filter(&Filter::All), "");
        let deals = Filter::is(Field::Module, "Deals").and(not(Filter::is(Field::ActorRole, "Administrator")));
        assert_eq!(filter(&deals), "module is Deals and role is not Administrator");
        let or = Filter::Or(vec![Filter::failed(), Filter::Number(Field::Affected, Compare::More, 1)]);
        assert_eq!(filter(&or), "outcome is failure or denied or records affected is more than 1");
        assert_eq!(
            filter(&or.clone().and(Filter::is(Field::Weekday, "7"))),
            "(outcome is failure or denied or records affected is more than 1) and weekday is Sunday"
        );
        assert_eq!(filter(&not(deals)), "not (module is Deals and role is not Administrator)");
        assert_eq!(filter(&Filter::is(Field::ActorTeam, "")), "team is empty");
        assert_eq!(
            filter(&Filter::Number(Field::Time, Compare::AtLeast, 0)),
            "time is at or after 1970-01-01 00:00:00 UTC"
        );
    }
}
