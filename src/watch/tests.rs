//! Tests of watch rules: each kind of test at its edges, over the log that is the oracle.

use super::{Against, Found, watch};
use crate::audit_log::memory::MemoryLog;
use crate::audit_log::{Append, BatchAbout, Lens, Sink};
use crate::calendar::zone::{Zone, ZoneRules};
use crate::calendar::{Millis, Span};
use crate::definition::Alerting;
use crate::definition::watch::Rule;
use crate::event::{ActionClass, Event, Origin, Outcome, Rejected};
use crate::source::{RecordedField, Records, Source};
use chrono::NaiveDateTime;
use std::collections::BTreeMap;

fn berlin() -> Zone {
    ZoneRules::bundled().zone("Europe/Berlin").unwrap()
}

fn at(civil: &str) -> Millis {
    let read = NaiveDateTime::parse_from_str(civil, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(civil, "%Y-%m-%d %H:%M"));
    berlin().instant(read.unwrap())
}

fn event(time: Millis, actor: &str, class: ActionClass) -> Event {
    Event {
        id: None,
        time,
        time_written: String::new(),
        actor: actor.into(),
        action: class.as_str().into(),
        class,
        module: "Deals".into(),
        record: String::new(),
        record_name: String::new(),
        outcome: Outcome::Unknown,
        origin: Origin::default(),
        affected: None,
        changes: Vec::new(),
        details: BTreeMap::new(),
        line: 1,
    }
}

fn login(time: Millis, actor: &str, outcome: Outcome, ip: &str) -> Event {
    let origin = Origin { ip: ip.into(), ..Origin::default() };
    Event { outcome, origin, module: String::new(), ..event(time, actor, ActionClass::Login) }
}

fn source(name: &str, fields: &[RecordedField]) -> Source {
    Source {
        name: name.into(),
        title: name.into(),
        records: Records { classes: Default::default(), fields: fields.iter().copied().collect() },
        rhythm: None,
        retention_days: None,
    }
}

const ALL: [RecordedField; 5] =
    [RecordedField::Actor, RecordedField::Module, RecordedField::Outcome, RecordedField::Ip, RecordedField::Affected];

fn log(source: &Source, events: Vec<Event>) -> MemoryLog {
    let mut log = MemoryLog::new();
    add(&mut log, source, events);
    log
}

fn add(log: &mut MemoryLog, source: &Source, events: Vec<Event>) {
    let mut feed = |sink: &mut dyn Sink| events.iter().try_for_each(|event| sink.event(event.clone()));
    log.add_batch(source, &BatchAbout::default(), at("2026-12-01 09:00"), &[], &mut feed).unwrap();
}

fn rule(test: &str) -> Rule {
    let text = format!("title: A rule\nseverity: high\ndo: Look.\n{test}\n");
    let read = Rule::read("rule", "rule.yaml", &text, &berlin(), &ZoneRules::bundled(), Alerting::default());
    read.unwrap_or_else(|problems| panic!("{problems:#?}"))
}

fn days(from: &str, to: &str) -> Span {
    Span { from: at(&format!("{from} 00:00")), to: at(&format!("{to} 00:00")) }
}

fn found(log: &MemoryLog, rule: &Rule, span: Span) -> Found {
    let against = Against { log, lens: &Lens::default(), now: at("2026-12-01 09:30") };
    watch(&[rule], span, against).unwrap().remove(0)
}

/// What is said of each finding.
fn said(log: &MemoryLog, test: &str, span: Span) -> Vec<String> {
    found(log, &rule(test), span).raised.into_iter().map(|raised| raised.say).collect()
}

fn minutes(from: &str, step: i64, count: i64) -> impl Iterator<Item = Millis> {
    let first = at(from);
    (0..count).map(move |n| first + n * step * 60_000)
}

#[test]
fn one_finding_a_group_and_day_however_many_events() {
    let fails =
        |from, count, who| minutes(from, 1, count).map(move |time| login(time, who, Outcome::Failure, "192.0.2.1"));
    let mut events: Vec<Event> = fails("2026-11-03 02:00", 40, "ann").collect();
    events.extend(fails("2026-11-03 10:00", 9, "ben"));
    events.extend(fails("2026-11-04 10:00", 10, "ben"));
    let log = log(&source("logins", &ALL), events);
    let test = "where: { action_class: login, outcome: failure }\nby: actor\nper: day\nat_least: 10\nsay: \"{who} {value} {limit} {when}\"";
    let want = ["ann 40 10 Tuesday 3 November 2026", "ben 10 10 Wednesday 4 November 2026"];
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), want);
    // Looked for in any part of the day, it is the same finding.
    let whole = found(&log, &rule(test), days("2026-11-01", "2026-12-01")).raised;
    let noon = Span { from: at("2026-11-03 12:00"), to: at("2026-11-03 12:01") };
    assert_eq!(found(&log, &rule(test), noon).raised, whole[..1]);
    assert_eq!((whole[0].total, whole[0].events.len()), (40, 40));
    assert_eq!((whole[0].count, whole[0].line), (40, Some(10)));
}

#[test]
fn a_sliding_span_is_found_across_midnight_and_not_where_it_is_a_minute_too_long() {
    let source = source("crm", &ALL);
    let near =
        log(&source, minutes("2026-11-03 23:56", 1, 10).map(|time| event(time, "ann", ActionClass::Update)).collect());
    let test = "by: actor\nper: 10m\nat_least: 10\nsay: \"{value} {when}\"";
    let want = ["10 3 Nov 2026 23:56 to 4 Nov 2026 00:05"];
    for span in [days("2026-11-01", "2026-11-10"), days("2026-11-04", "2026-11-05")] {
        assert_eq!(said(&near, test, span), want);
    }
    // Half-open: the tenth, ten minutes after the first, is outside.
    let mut far: Vec<Event> =
        minutes("2026-11-03 23:56", 1, 9).map(|time| event(time, "ann", ActionClass::Update)).collect();
    far.push(event(at("2026-11-04 00:06"), "ann", ActionClass::Update));
    assert!(said(&log(&source, far), test, days("2026-11-01", "2026-11-10")).is_empty());
    // So it is too where the filter itself turns on the clock.
    let by_hour = format!("where: {{ hour: [23, 0] }}\n{test}");
    assert_eq!(said(&near, &by_hour, days("2026-11-01", "2026-11-10")), want);
    // Different values, not events.
    let test = "by: origin.ip\ndistinct: actor\nper: 1h\nat_least: 3\nsay: \"{who} {value}\"";
    let people = ["a", "b", "b", "B", "c"].into_iter().zip(minutes("2026-11-03 23:40", 9, 5));
    let log = log(&source, people.map(|(who, time)| login(time, who, Outcome::Failure, "192.0.2.9")).collect());
    assert_eq!(said(&log, test, days("2026-11-01", "2026-11-10")), ["192.0.2.9 3"]);
}

#[test]
fn failures_and_then_a_success_in_time_and_by_the_same_one() {
    let test = "where: { action_class: login, outcome: failure }\nby: actor\nat_least: 5\nthen: { where: { action_class: login, outcome: success }, within: 1h }\nsay: \"{who} {value} {then}\"";
    let mut events: Vec<Event> =
        minutes("2026-11-03 23:30", 5, 5).map(|time| login(time, "ann", Outcome::Failure, "192.0.2.1")).collect();
    events.push(login(at("2026-11-04 00:10"), "ann", Outcome::Success, "192.0.2.1"));
    events.push(login(at("2026-11-04 00:11"), "ann", Outcome::Success, "192.0.2.1"));
    // Too late, too few, somebody else.
    events.extend(minutes("2026-11-05 10:00", 1, 5).map(|time| login(time, "ben", Outcome::Failure, "192.0.2.1")));
    events.push(login(at("2026-11-05 11:05"), "ben", Outcome::Success, "192.0.2.1"));
    events.push(login(at("2026-11-05 10:10"), "cat", Outcome::Success, "192.0.2.1"));
    let log = log(&source("logins", &ALL), events);
    assert_eq!(said(&log, test, days("2026-11-01", "2026-11-10")), ["ann 5 4 Nov 2026 00:10"]);
    assert_eq!(said(&log, test, days("2026-11-04", "2026-11-05")).len(), 1, "what came before belongs to it");
    let raised = found(&log, &rule(test), days("2026-11-01", "2026-11-10")).raised.remove(0);
    assert_eq!(raised.total, 6, "the failures, and the success");
}

#[test]
fn days_without_anything_are_one_finding_until_something_comes() {
    let source = source("crm", &ALL);
    let on = |day: u32| event(at(&format!("2026-11-{day:02} 10:00")), "ann", ActionClass::Update);
    // 7, 8, 14, 15 … are weekends; nothing on Wednesday 11, Thursday 12 and from Monday 30 on.
    let log = log(&source, [2, 3, 4, 5, 6, 9, 10, 13, 16, 17, 18, 19, 20, 23, 24, 25, 26, 27].map(on).into());
    let test = "absent: { per: working day, after: 12h }\nby: source\nsay: \"{who}: {when}\"";
    let want = ["crm: Wednesday 11 November 2026 to Thursday 12 November 2026"];
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), want, "the 30th is over for less than twelve hours");
    assert_eq!(said(&log, test, days("2026-11-12", "2026-11-13")), want, "it began before");
    let sooner = "absent: { per: working day, after: 6h }\nby: source\nsay: \"{when}\"";
    assert_eq!(said(&log, sooner, days("2026-11-20", "2026-12-01")), ["Monday 30 November 2026"]);
}

#[test]
fn what_is_new_is_new_for_the_group_and_only_once_it_is_known() {
    let mut events: Vec<Event> = (1..=28)
        .map(|day| login(at(&format!("2026-10-{day:02} 09:00")), "ann", Outcome::Success, "192.0.2.1"))
        .collect();
    events.push(login(at("2026-11-05 09:00"), "ann", Outcome::Success, "198.51.100.7"));
    events.push(login(at("2026-11-06 09:00"), "ann", Outcome::Success, "198.51.100.7"));
    events.push(login(at("2026-11-05 09:00"), "new", Outcome::Success, "203.0.113.5"));
    let log = log(&source("logins", &ALL), events);
    let test = "by: actor\nfirst_seen: origin.ip\nsay: \"{who} {what} {when}\"";
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), ["ann 198.51.100.7 Thursday 5 November 2026"]);
    assert!(said(&log, test, days("2026-10-02", "2026-10-29")).is_empty());
}

#[test]
fn more_than_is_normal_is_judged_by_the_groups_own_weeks() {
    let mut events = Vec::new();
    let mut week = at("2026-08-03 10:00");
    for n in 0..17 {
        let count = if n == 15 { 60 } else { 4 + n % 3 };
        events.extend((0..count).map(|k| event(week + k * 60_000, "ann", ActionClass::Permission)));
        // Ben always does that much.
        events.extend((0..60).map(|k| event(week + k * 60_000, "ben", ActionClass::Permission)));
        week += 7 * 86_400_000;
    }
    let log = log(&source("crm", &ALL), events);
    let test = "by: actor\nper: week\nagainst: { spreads: 5, floor: 10 }\nsay: \"{who} {value} {normal} {limit}\"";
    assert_eq!(said(&log, test, days("2026-11-01", "2026-11-30")), ["ann 60 5 11"]);
    // With too little history nothing is said.
    assert!(said(&log, test, days("2026-08-01", "2026-09-01")).is_empty());
}

#[test]
fn a_known_good_exception_holds_until_its_day() {
    let each = ["2026-11-03 10:00", "2026-11-20 10:00"].map(|time| event(at(time), "svc", ActionClass::Export));
    let log = log(&source("crm", &ALL), each.into());
    let test = "where: { action_class: export }\nby: actor\nper: day\nat_least: 1\nsay: \"{who} {when}\"\nunless: [{ where: { actor: svc }, reason: Moving, until: 2026-11-15 }]";
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), ["svc Friday 20 November 2026"]);
}

#[test]
fn beyond_its_budget_a_rule_raises_one_that_says_so() {
    let many = (0..30).map(|n| event(at("2026-11-03 10:00") + n, &format!("user{n:02}"), ActionClass::Delete));
    let log = log(&source("crm", &ALL), many.collect());
    let test = "by: actor\nper: day\nat_least: 1\nat_most: 3 per day\nsay: \"{who}\"";
    let said = said(&log, test, days("2026-11-01", "2026-12-01"));
    assert_eq!(said.len(), 4);
    assert_eq!(said.iter().filter(|one| one.starts_with("user")).count(), 3);
    let rest = said.iter().find(|one| !one.starts_with("user")).unwrap();
    assert!(rest.starts_with("27 more findings of this rule on Tuesday 3 November 2026"), "{rest}");
}

#[test]
fn what_no_source_records_makes_a_rule_blind_and_never_quiet() {
    let log =
        log(&source("crm", &[RecordedField::Actor]), vec![event(at("2026-11-03 10:00"), "ann", ActionClass::Login)]);
    let test = rule("where: { action_class: login, outcome: failure }\nby: actor\nper: day\nat_least: 1\nsay: x");
    let found = found(&log, &test, days("2026-11-01", "2026-12-01"));
    assert!(found.blind && found.raised.is_empty());
    assert_eq!(found.not_recorded_by, ["crm"]);
}

#[test]
fn rows_that_cannot_be_read_are_a_finding_of_their_source() {
    let mut log = MemoryLog::new();
    let around = Some(at("2026-11-03 10:00"));
    let mut feed = |sink: &mut dyn Sink| {
        sink.event(event(at("2026-11-03 10:00"), "ann", ActionClass::Update))?;
        sink.rejected(Rejected { line: 2, raw: "broken".into(), reason: "no time".into(), around })
    };
    log.add_batch(&source("crm", &ALL), &BatchAbout::default(), at("2026-12-01 09:00"), &[], &mut feed).unwrap();
    let test = "unreadable: { per: month }\nby: source\nsay: \"{value} of {who} in {when}\"";
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), ["1 of crm in November 2026"]);
}

#[test]
fn text_of_the_log_is_never_read_as_a_place() {
    let log = log(&source("crm", &ALL), vec![event(at("2026-11-03 10:00"), "{value}{limit}", ActionClass::Update)]);
    let test = "by: actor\nper: day\nat_least: 1\nsay: \"{who}: {value}\"";
    assert_eq!(said(&log, test, days("2026-11-01", "2026-12-01")), ["{value}{limit}: 1"]);
}
