//! Coverage: verdicts, silence by rhythm, the end of the import.

use super::fixture::*;
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::event::{ActionClass, Event};
use crate::figures::{Amount, Coverage, SourceDeclared, SourceVerdict, Verdict, figure_out};
use crate::query::{Field, Filter};
use crate::source::{Rhythm, Source};
use std::collections::BTreeMap;

fn of(log: &Counting, declared: Option<Rhythm>) -> Coverage {
    told(log, SourceDeclared { rhythm: declared, reaches: None })
}

fn told(log: &Counting, declared: SourceDeclared) -> Coverage {
    let mut definition = definition(Vec::new());
    definition.filter = Filter::is(Field::Source, "crm");
    let declared = BTreeMap::from([("crm".to_owned(), declared)]);
    figure_out(&definition, &week(), log, &lens(), &declared).unwrap().0.coverage
}

/// Events of the CRM at these times of week 47, imported then.
fn log(rhythm: Option<Rhythm>, imported: &str, times: &[&str]) -> Counting {
    let mut log = Counting::default();
    let source = Source { rhythm, ..crm() };
    let events: Vec<Event> = times.iter().map(|time| event(time, "ada", ActionClass::Create, "Leads")).collect();
    log.import(&source, imported, events);
    log
}

const DAILY: [&str; 8] = [
    "2026-11-15 12:00",
    "2026-11-16 00:00",
    "2026-11-17 23:59",
    "2026-11-18 12:00",
    "2026-11-19 12:00",
    "2026-11-20 12:00",
    "2026-11-21 12:00",
    "2026-11-22 00:01",
];

fn only(coverage: &Coverage) -> &SourceVerdict {
    assert_eq!(coverage.sources.len(), 1);
    assert_eq!(coverage.verdict, coverage.sources[0].verdict);
    &coverage.sources[0]
}

fn civil(from: &str, to: &str) -> Span {
    Span { from: at(from), to: at(to) }
}

#[test]
fn complete_needs_a_rhythm_and_an_import_to_the_end() {
    let kept = of(&log(Some(Rhythm::EveryDay), "2026-11-23 00:00", &DAILY), None);
    assert_eq!((only(&kept).verdict, only(&kept).reaches_end), (Verdict::Complete, true));
    assert_eq!(only(&kept).events.amount, Amount::Whole(7));
    assert_eq!(only(&of(&log(None, "2026-11-23 00:00", &DAILY), None)).verdict, Verdict::Unknown);
    let declared = of(&log(None, "2026-11-23 00:00", &DAILY), Some(Rhythm::EveryDay));
    assert_eq!(only(&declared).verdict, Verdict::Complete, "settings may declare it");
    let early = of(&log(Some(Rhythm::EveryDay), "2026-11-22 23:59", &DAILY), None);
    assert_eq!((only(&early).verdict, only(&early).reaches_end), (Verdict::Partial, false));
    assert!(only(&early).silent.is_empty());
}

#[test]
fn an_export_that_ends_before_its_import_does_not_reach_as_far_as_that() {
    let log = log(Some(Rhythm::EveryDay), "2026-11-23 00:03", &DAILY);
    let reaches = |at_: &str| told(&log, SourceDeclared { rhythm: None, reaches: Some(at(at_)) });
    let short = reaches("2026-11-22 23:58");
    assert_eq!((only(&short).verdict, only(&short).reaches_end), (Verdict::Partial, false));
    let whole = reaches("2026-11-23 00:00");
    assert_eq!((only(&whole).verdict, only(&whole).reaches_end), (Verdict::Complete, true));
}

#[test]
fn silent_days_are_civil_days_wholly_without_events() {
    let times: Vec<&str> = DAILY.into_iter().filter(|time| !time.contains("-18") && !time.contains("-19")).collect();
    let found = of(&log(Some(Rhythm::EveryDay), "2026-11-23 06:00", &times), None);
    assert_eq!(only(&found).silent, [civil("2026-11-18 00:00", "2026-11-20 00:00")]);
    assert_eq!(only(&found).verdict, Verdict::Partial);
}

#[test]
fn weekends_are_no_silence_for_a_working_day_rhythm() {
    let times = [DAILY[0], DAILY[1], DAILY[2], DAILY[3], DAILY[4], DAILY[5]];
    let found = of(&log(Some(Rhythm::EveryWorkingDay), "2026-11-23 06:00", &times), None);
    assert_eq!(only(&found).verdict, Verdict::Complete, "{:?}", only(&found).silent);
    let found = of(&log(Some(Rhythm::EveryDay), "2026-11-23 06:00", &times), None);
    assert_eq!(only(&found).silent, [civil("2026-11-21 00:00", "2026-11-23 00:00")]);
}

#[test]
fn what_was_never_imported_is_not_silence() {
    let found = of(&log(Some(Rhythm::EveryDay), "2026-11-19 06:00", &DAILY[..3]), None);
    assert_eq!(only(&found).silent, [civil("2026-11-18 00:00", "2026-11-19 00:00")], "looked at, and empty");
    assert!(!only(&found).reaches_end);
    let found = of(&log(Some(Rhythm::EveryDay), "2026-11-18 06:00", &DAILY[..3]), None);
    assert!(only(&found).silent.is_empty() && !only(&found).reaches_end);
}

#[test]
fn hours_count_across_the_edges_but_only_inside() {
    let every = |hours| Some(Rhythm::EveryHours(hours));
    let times = ["2026-11-15 10:00", "2026-11-16 10:00", "2026-11-23 10:00"];
    let found = of(&log(every(24), "2026-11-24 06:00", &times), None);
    assert_eq!(only(&found).silent, [civil("2026-11-16 10:00", "2026-11-23 00:00")], "24 hours sharp are no silence");
    let found = of(&log(every(23), "2026-11-24 06:00", &times), None);
    let expected = [civil("2026-11-16 00:00", "2026-11-16 10:00"), civil("2026-11-16 10:00", "2026-11-23 00:00")];
    assert_eq!(only(&found).silent, expected);
    assert_eq!(only(&of(&log(every(200), "2026-11-24 06:00", &times), None)).verdict, Verdict::Complete);
}

#[test]
fn the_time_before_a_source_begins_is_silence() {
    let found = of(&log(Some(Rhythm::EveryDay), "2026-11-23 06:00", &DAILY[3..]), None);
    assert_eq!(only(&found).silent, [civil("2026-11-16 00:00", "2026-11-18 00:00")]);
}

#[test]
fn a_source_that_is_named_but_was_never_imported_is_partial() {
    let mut definition = definition(Vec::new());
    definition.filter = Filter::OneOf(Field::Source, vec!["crm".into(), "vpn".into()]);
    let log = log(Some(Rhythm::EveryDay), "2026-11-23 06:00", &DAILY);
    let found = figure_out(&definition, &week(), &log, &lens(), &BTreeMap::new()).unwrap().0.coverage;
    let verdicts: Vec<_> = found.sources.iter().map(|s| (s.known.source.name.as_str(), s.verdict)).collect();
    assert_eq!(verdicts, [("crm", Verdict::Complete), ("vpn", Verdict::Partial)]);
    assert_eq!(found.sources[1].events.amount, Amount::NotInLog);
    assert_eq!(found.verdict, Verdict::Partial);
}

#[test]
fn an_empty_period_is_a_result() {
    let log = log(Some(Rhythm::EveryHours(1000)), "2026-12-01 06:00", &DAILY);
    let (figures, _) = run(&definition(Vec::new()), &Period::parse("2026-11-25").unwrap(), &log);
    assert_eq!(figures.total("events").unwrap().now.amount, Amount::Whole(0));
    assert_eq!(figures.coverage.verdict, Verdict::Complete);
    let (none, _) = run(&definition(Vec::new()), &week(), &Counting::default());
    assert_eq!(none.coverage.verdict, Verdict::Unknown, "no source at all vouches for nothing");
}
