//! Totals, comparisons, history, targets, thresholds, reconciliation, labels.

use super::fixture::*;
use crate::audit_log::AuditLog;
use crate::calendar::period::Period;
use crate::definition::*;
use crate::event::{ActionClass, Outcome};
use crate::figures::{Amount, Body, ComparedKind, FigureError};
use crate::finding::Severity;
use crate::query::{Compare, Field, Filter};
use std::collections::BTreeSet;

#[test]
fn totals_with_comparisons_and_history() {
    let log = two_weeks();
    let (figures, _) = run(&definition(Vec::new()), &week(), &log);
    assert_eq!(log.answers.get(), 1, "the log is asked once");
    let total = |name: &str| figures.total(name).unwrap();
    assert_eq!(total("events").now.amount, Amount::Whole(7 + 3 + 5));
    assert_eq!(total("events").before, vec![Amount::Whole(7 + 1 + 1), Amount::NotInLog]);
    assert_eq!(total("deleted").now.amount, Amount::Whole(33));
    assert_eq!(total("deleted").before[0], Amount::Whole(4));
    assert_eq!(total("actors").now.amount, Amount::Whole(4));
    assert_eq!(total("new_actors").now.amount, Amount::Whole(2), "ada and carl");
    assert_eq!(total("new_actors").history[0], ("2026-W46".into(), Amount::Whole(2)), "each period by itself");
    assert_eq!(total("failure_rate").now.amount, Amount::Share { part: 3, whole: 5 });
    assert_eq!(total("failure_rate").before[0], Amount::Share { part: 0, whole: 1 });
    assert_eq!(total("per_day").now.amount, Amount::Mean { sum: 15, over: 7 });
    let history = &total("events").history;
    assert_eq!(*history, vec![("2026-W46".into(), Amount::Whole(9)), ("2026-W47".into(), Amount::Whole(15))]);
    assert!(total("events").per_working_day.is_empty(), "both weeks have five working days");
    assert!(!figures.compared[1].in_log);
    assert_eq!(figures.period.working_days, 5);
}

#[test]
fn absent_is_not_zero() {
    let (figures, _) = run(&definition(Vec::new()), &week(), &two_weeks());
    let total = |name: &str| figures.total(name).unwrap();
    assert_eq!(total("failed_logins").now.amount, Amount::Whole(3));
    assert_eq!(total("failed_logins").now.not_recorded_by, ["crm"]);
    assert_eq!(total("deleted").now.not_recorded_by, ["logins"]);
    assert!(total("events").now.not_recorded_by.is_empty());
    assert_eq!(total("agents").now.amount, Amount::NotRecorded);
    assert_eq!(total("agents").now.not_recorded_by, ["crm", "logins"]);
    assert_eq!(total("agents").before[0], Amount::NotRecorded);
    assert_eq!(
        total("not_success").now.amount,
        Amount::Whole(3),
        "the crm has no outcome: its events are not failures"
    );

    let mut only_crm = definition(Vec::new());
    only_crm.filter = Filter::is(Field::Source, "crm");
    let (figures, _) = run(&only_crm, &week(), &two_weeks());
    assert_eq!(figures.total("failed_logins").unwrap().now.amount, Amount::NotRecorded);
    assert_eq!(figures.total("failure_rate").unwrap().now.amount, Amount::NotRecorded);
    assert_eq!(figures.total("failed_logins").unwrap().now.not_recorded_by, ["crm"]);
    assert_eq!(figures.coverage.sources.len(), 1);

    let (figures, _) = run(&definition(Vec::new()), &week(), &Counting::default());
    assert_eq!(figures.total("events").unwrap().now.amount, Amount::NotInLog, "an empty log vouches for nothing");
}

#[test]
fn working_days_count_where_months_differ() {
    let mut log = Counting::default();
    let days = (1..=31).map(|day| event(&format!("2026-08-{day:02} 12:00"), "ada", ActionClass::Create, "Leads"));
    let more = (1..=30).map(|day| event(&format!("2026-09-{day:02} 12:00"), "ada", ActionClass::Create, "Leads"));
    log.import(&crm(), "2026-10-01 06:00", days.chain(more).collect());
    let mut definition = definition(Vec::new());
    definition.compare = vec![Comparison::Previous];
    let (figures, _) = run(&definition, &Period::parse("2026-09").unwrap(), &log);
    assert_eq!(figures.total("events").unwrap().before, vec![Amount::Whole(31)], "August begins with a weekend");
    let per_day = &figures.total("events").unwrap().per_working_day;
    assert_eq!(*per_day, vec![Amount::Mean { sum: 30, over: 22 }, Amount::Mean { sum: 31, over: 21 }]);
    assert!(figures.total("actors").unwrap().per_working_day.is_empty(), "people are no volume");
    assert!(figures.total("failure_rate").unwrap().per_working_day.is_empty());
}

#[test]
fn same_weekdays_are_a_mean_of_those_in_the_log() {
    let mut log = Counting::default();
    let mut events = vec![event("2026-11-01 00:00", "ada", ActionClass::Create, "Leads")];
    for (day, times) in [(2, 5), (9, 2), (16, 3), (23, 7)] {
        events.extend(
            (0..times).map(|i| event(&format!("2026-11-{day:02} 1{i}:00"), "ada", ActionClass::Update, "Leads")),
        );
    }
    log.import(&crm(), "2026-11-24 06:00", events);
    let mut definition = definition(Vec::new());
    definition.compare = vec![Comparison::SameWeekdays(4)];
    let monday = Period::parse("2026-11-23").unwrap();
    let (figures, _) = run(&definition, &monday, &log);
    let compared = &figures.compared[0];
    assert_eq!(compared.kind, ComparedKind::SameWeekdays);
    let labels: Vec<_> = compared.periods.iter().map(|then| then.label.as_str()).collect();
    assert_eq!(labels, ["2026-11-02", "2026-11-09", "2026-11-16"], "the fourth lies before the log");
    assert_eq!(figures.total("events").unwrap().before, vec![Amount::Mean { sum: 10, over: 3 }]);
    assert_eq!(figures.total("events").unwrap().history.len(), 13);

    let error = try_run(&definition, &week(), &log).unwrap_err();
    assert!(matches!(error, FigureError::Definition(_)), "{error}");
}

#[test]
fn targets_are_judged_exactly() {
    let mut definition = definition(vec![section(
        "targets",
        Filter::All,
        SectionKind::Targets { measures: vec!["failure_rate".into(), "deleted".into(), "agents".into()] },
    )]);
    for (name, value) in [("failure_rate", 6000), ("deleted", 32), ("agents", 1)] {
        definition.measures.get_mut(name).unwrap().target = Some(Target { compare: Compare::AtMost, value });
    }
    let (figures, _) = run(&definition, &week(), &two_weeks());
    let Body::Targets { rows } = &figures.sections[0].body else { panic!() };
    assert!(rows[0].total.target.as_ref().unwrap().met, "60 % is at most 60 %");
    assert!(!rows[1].total.target.as_ref().unwrap().met);
    assert_eq!(rows[2].total.target, None, "nothing is met by what is not recorded");
    definition.measures.get_mut("agents").unwrap().target = None;
    let error = try_run(&definition, &week(), &two_weeks()).unwrap_err();
    assert!(error.to_string().contains("section `targets`"), "{error}");
}

fn threshold(name: &str, measure: &str, by: Option<Field>, limit: Limit, severity: Severity) -> Threshold {
    Threshold {
        name: name.into(),
        measure: measure.into(),
        by,
        filter: Filter::All,
        compare: Compare::AtLeast,
        limit,
        severity,
        say: String::new(),
        do_this: String::new(),
    }
}

#[test]
fn thresholds_are_sorted_by_severity_then_by_how_far() {
    let mut definition = definition(vec![
        section("attention", Filter::All, SectionKind::Attention { limit: 2 }),
        section("tiles", Filter::All, SectionKind::Summary { measures: vec!["events".into()] }),
    ]);
    definition.thresholds = vec![
        threshold("busy", "events", None, Limit::Value(10), Severity::Low),
        threshold("deleted", "deleted", Some(Field::Actor), Limit::Value(1), Severity::High),
        threshold(
            "more",
            "deleted",
            Some(Field::Actor),
            Limit::TimesBefore { hundredths: 700, floor: 2 },
            Severity::Medium,
        ),
        threshold("agents", "agents", None, Limit::Value(0), Severity::High),
    ];
    let (figures, _) = run(&definition, &week(), &two_weeks());
    let crossed: Vec<_> = figures.crossed.iter().map(|c| (c.name.as_str(), c.key.as_str())).collect();
    assert_eq!(
        crossed,
        [("deleted", "bo"), ("deleted", "ada"), ("deleted", "carl"), ("more", "bo"), ("more", "ada"), ("busy", "")],
        "nothing is crossed by what is not recorded; carl, unknown to the directory, is kept"
    );
    let more = &figures.crossed[3];
    assert_eq!((more.limit, more.before), (Amount::Whole(28), Amount::Whole(4)));
    assert_eq!(figures.crossed[4].limit, Amount::Whole(2), "ada deleted nothing before: the floor is the line");
    assert_eq!(figures.names.get("bo").map(String::as_str), Some("Bo Dahl"));
    assert_eq!(figures.sections[0].body, Body::Attention { shown: vec![0, 1], more: 4 });
    assert_eq!(figures.crossed[0].figure.address, "%thresholds/deleted/bo");
    assert_eq!(figures.crossed[0].figure.label, 1, "labels follow the order of reading");
    let Body::Summary { tiles } = &figures.sections[1].body else { panic!() };
    assert_eq!((tiles[0].total.now.label, tiles[0].total.now.address.as_str()), (3, "tiles/events"));
    assert_eq!(figures.crossed[2].figure.label, 4, "what is not shown comes after");
    definition.compare.clear();
    let error = try_run(&definition, &week(), &two_weeks()).unwrap_err();
    assert!(error.to_string().contains("threshold `more`"), "{error}");
}

#[test]
fn thresholds_downwards_see_who_fell_silent() {
    let mut definition = definition(Vec::new());
    let mut quiet = threshold("quiet", "deleted", Some(Field::Actor), Limit::Value(1), Severity::Low);
    quiet.compare = Compare::Less;
    quiet.filter = Filter::is(Field::Module, "Contacts");
    definition.thresholds = vec![quiet];
    let mut log = two_weeks();
    let then = bulk("2026-11-11 10:00", "dan", ActionClass::Delete, "Contacts", 4);
    log.import(&crm(), "2026-11-23 07:00", vec![then]);
    let (figures, _) = run(&definition, &week(), &log);
    let crossed: Vec<_> = figures.crossed.iter().map(|c| (c.key.as_str(), c.figure.amount, c.before)).collect();
    assert_eq!(crossed, [("dan", Amount::Whole(0), Amount::Whole(4))]);
}

#[test]
fn everything_adds_up_or_nothing_is_said() {
    let mut definition = definition(vec![section(
        "by-module",
        Filter::All,
        SectionKind::Ranking {
            by: vec![crate::query::Dimension::Field(Field::Module)],
            measures: vec!["events".into()],
            limit: 10,
            chart: RankingForm::None,
        },
    )]);
    definition.filter = Filter::is(Field::ActorKnown, "known");
    let log = two_weeks();
    let (figures, _) = run(&definition, &week(), &log);
    let found = &figures.reconciliation;
    assert_eq!((found.log, found.in_scope, found.excluded, found.by_batches), (15, 14, 1, 15));
    assert_eq!(found.sections, [("by-module".to_owned(), 14, 14)]);
    assert_eq!((found.actors_known, found.actors_unknown, found.events_of_unknown), (3, 0, 0));
    assert_eq!(figures.batches.iter().map(|b| b.in_period).collect::<Vec<_>>(), [10, 5]);
    assert_eq!(figures.head, log.head().unwrap());
    log.lies.set(1);
    let error = try_run(&definition, &week(), &log).unwrap_err();
    assert!(matches!(error, FigureError::Unreconciled(_)), "{error}");
}

#[test]
fn labels_and_addresses_are_unique_and_found() {
    let mut log = two_weeks();
    let odd = login("2026-11-18 12:00", "50%/x", Outcome::Success, "::1");
    log.import(&logins(), "2026-11-23 07:00", vec![odd]);
    let ranking = SectionKind::Ranking {
        by: vec![crate::query::Dimension::Field(Field::Actor)],
        measures: vec!["events".into()],
        limit: 10,
        chart: RankingForm::None,
    };
    let (figures, _) = run(&definition(vec![section("who", Filter::All, ranking)]), &week(), &log);
    let all = figures.all();
    let labels: Vec<u32> = all.iter().map(|figure| figure.label).collect();
    assert_eq!(labels, (1..=all.len() as u32).collect::<Vec<_>>());
    let addresses: BTreeSet<&str> = all.iter().map(|figure| figure.address.as_str()).collect();
    assert_eq!(addresses.len(), all.len());
    let odd = figures.find("who/50%25%2Fx/events").unwrap();
    assert_eq!(figures.find(&format!("F{}", odd.label)).unwrap(), odd);
    assert!(figures.find("F0").is_none() && figures.find("nowhere").is_none());
}

#[test]
fn figures_survive_json() {
    let (figures, _) = run(&definition(Vec::new()), &week(), &two_weeks());
    let text = serde_json::to_string(&figures).unwrap();
    assert_eq!(serde_json::from_str::<crate::figures::Figures>(&text).unwrap(), figures);
    let (again, _) = run(&definition(Vec::new()), &week(), &two_weeks());
    assert_eq!(serde_json::to_string(&again).unwrap(), text);
}
