//! Tests of words: what a compliance officer reads about a definition, whole.

use super::*;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::definition::{Definition, SectionKind, words};
use crate::query::{Compare, Field, Filter};
use crate::wording::SHIPPED;
use std::fmt::Write;

fn read(text: &str) -> Definition {
    Definition::read("d", "d.yaml", text, &ZoneRules::bundled()).unwrap()
}

fn everything(said: &Words) -> String {
    let definition = read(include_str!("../../definition/tests/everything.yaml"));
    let zone = &definition.schedule.zone;
    let say = |phrase: Phrase| said.phrase(&phrase);
    let mut text = String::new();
    let schedule = &definition.schedule;
    writeln!(text, "{}; {}", say(words::schedule(schedule)), say(words::catch_up(schedule))).unwrap();
    writeln!(text, "{}", say(words::filter(&definition.filter, zone))).unwrap();
    for one in definition.measures.values() {
        write!(text, "{}: {}", said.title(&one.title), say(words::measure(one, zone))).unwrap();
        if let Some(wanted) = one.target {
            write!(text, "; {}", say(words::target(one, wanted))).unwrap();
        }
        writeln!(text).unwrap();
    }
    for one in &definition.thresholds {
        writeln!(text, "{}", say(words::threshold(one, &definition.measures[&one.measure], zone))).unwrap();
    }
    for section in &definition.sections {
        if let SectionKind::Sequence { .. } = &section.kind {
            writeln!(text, "{}", say(words::rule(section, zone).unwrap())).unwrap();
        }
    }
    text
}

#[test]
fn everything_in_words() {
    insta::assert_snapshot!("everything_in_english", everything(Words::english()));
    let german = Words::read("de", "de.yaml", SHIPPED[1].1).unwrap();
    insta::assert_snapshot!("everything_in_german", everything(&german));
}

#[test]
fn a_filter_for_nothing_says_so() {
    let zone = ZoneRules::bundled().zone("Europe/Berlin").unwrap();
    let said = |filter: Filter| Words::english().phrase(&words::filter(&filter, &zone));
    let of = |values: &[&str]| Filter::OneOf(Field::Module, values.iter().map(|value| (*value).to_owned()).collect());
    assert_eq!(said(of(&[""])), "module is empty");
    assert_eq!(said(Filter::Not(Box::new(of(&[""])))), "module is not empty");
    assert_eq!(said(of(&["Deals", ""])), "module is Deals or nothing");
}

#[test]
fn schedules_in_words() {
    let said = |written: &str| {
        let text = format!(
            "title: T\nowner: o@example.com\nschedule: {{ timezone: Europe/Berlin, {written} }}\nsections: [coverage]\nrecipients: none\n"
        );
        Words::english().phrase(&words::schedule(&read(&text).schedule)).replace(" (Europe/Berlin)", "")
    };
    assert_eq!(said("every: week, after: 2h"), "every Monday at 07:00 for the week before, closing 2 hours after");
    assert_eq!(said("every: day, at: \"06:30\""), "every day at 06:30 for the day before");
    assert_eq!(said("every: month"), "on day 1 of every month at 07:00 for the month before");
    assert_eq!(
        said("every: month, day: 31"),
        "on day 31 (or the last day) of every month at 07:00 for the month before"
    );
    assert_eq!(
        said("every: quarter, day: 5"),
        "on day 5 of January, April, July and October at 07:00 for the quarter before"
    );
    assert_eq!(said("every: year"), "on day 1 of January at 07:00 for the year before");
    let fiscal =
        |begins: &str, written: &str| said(&format!("{written} }}\nfiscal_year_begins: {begins}\ncompare: none #"));
    assert_eq!(fiscal("january", "every: year"), said("every: year"));
    assert_eq!(
        fiscal("april", "every: quarter"),
        "on day 1 of January, April, July and October at 07:00 for the fiscal quarter before (fiscal years begin in April)"
    );
    assert_eq!(
        fiscal("february", "every: quarter, day: last"),
        "on the last day of February, May, August and November at 07:00 for the fiscal quarter before (fiscal years begin in February)"
    );
    assert_eq!(
        fiscal("october", "every: year, day: first business day"),
        "on the first business day of October at 07:00 for the fiscal year before (it begins in October)"
    );
    assert_eq!(
        fiscal("july", "cron: \"0 7 3 JUL *\", period: year"),
        "on day 3 of the month in July at 07:00 (cron 0 7 3 JUL *) for the fiscal year before (it begins in July)"
    );
    assert_eq!(
        said("cron: \"0 7 * * 1-5\", period: day"),
        "on Monday, Tuesday, Wednesday, Thursday and Friday at 07:00 (cron 0 7 * * 1-5) for the day before"
    );
    assert_eq!(
        said("cron: \"30 18 1,15 * FRI\""),
        "on day 1 and 15 of the month and on Friday at 18:30 (cron 30 18 1,15 * FRI) for the days since the one before"
    );
    assert_eq!(
        said("cron: \"0 7 1 JAN,JUL *\""),
        "on day 1 of the month in January and July at 07:00 (cron 0 7 1 JAN,JUL *) for the days since the one before"
    );
    assert_eq!(
        said("cron: \"0 7 */2 * FRI\""),
        "on day 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29 and 31 of the month if it is Friday at 07:00 (cron 0 7 */2 * FRI) for the days since the one before"
    );
}

#[test]
fn filters_in_words() {
    let zone = Zone::utc();
    let is = |field, values: &[&str]| Filter::OneOf(field, values.iter().map(|text| (*text).to_owned()).collect());
    let said = |one: Filter| Words::english().phrase(&words::filter(&one, &zone));
    assert_eq!(said(Filter::All), "every event");
    assert_eq!(said(Filter::And(vec![])), "every event");
    assert_eq!(said(Filter::Or(vec![])), "no event");
    assert_eq!(said(is(Field::Module, &["Deals", "Price Books"])), "module is Deals or “Price Books”");
    assert_eq!(said(Filter::Not(Box::new(is(Field::Module, &["A", "B", "C"])))), "module is none of A, B and C");
    assert_eq!(said(is(Field::Module, &[""])), "module is empty");
    assert_eq!(said(is(Field::Weekday, &["1", "7"])), "weekday is Monday or Sunday");
    assert_eq!(said(is(Field::OutsideHours, &["yes"])), "it is outside working hours");
    assert_eq!(said(Filter::Not(Box::new(is(Field::OutsideHours, &["yes"])))), "it is within working hours");
    assert_eq!(said(Filter::Not(Box::new(is(Field::ActorKnown, &["unknown"])))), "the directory knows the actor");
    assert_eq!(said(Filter::Number(Field::Time, Compare::Less, 1500)), "time is before 1970-01-01 00:00:01.500");
    let either = Filter::Or(vec![is(Field::Action, &["x"]), is(Field::Action, &["y"])]);
    let both = Filter::And(vec![either.clone(), is(Field::Actor, &["ann"])]);
    assert_eq!(said(both.clone()), "(action is x or action is y) and actor is ann");
    assert_eq!(
        said(Filter::Or(vec![both, Filter::Not(Box::new(either))])),
        "((action is x or action is y) and actor is ann) or not (action is x or action is y)"
    );
}
