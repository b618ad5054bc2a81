//! Each kind of section, and explaining every figure that it has.

use super::fixture::*;
use crate::audit_log::AuditLog;
use crate::calendar::period::Period;
use crate::definition::*;
use crate::event::{ActionClass, Outcome};
use crate::figures::{Amount, Body, Figure, FigureError, LeftOut, Standing, explain};
use crate::finding::Severity;
use crate::query::{Dimension, Field, Filter};

fn whole(figures: &[Figure]) -> Vec<i64> {
    let value = |figure: &Figure| match figure.amount {
        Amount::Whole(value) => value,
        other => panic!("{other:?}"),
    };
    figures.iter().map(value).collect()
}

fn series(by: Dimension, split: Option<Field>, periods: u32, measure: &str) -> SectionKind {
    SectionKind::Series { measure: measure.into(), by, split, form: SeriesForm::Bars, periods, table: false }
}

fn ranking(by: &[Field], measures: &[&str], limit: usize) -> SectionKind {
    let by = by.iter().map(|field| Dimension::Field(*field)).collect();
    SectionKind::Ranking {
        by,
        measures: measures.iter().map(|m| (*m).to_owned()).collect(),
        limit,
        chart: RankingForm::Bars,
    }
}

fn crosstab(measure: &str, limit: usize) -> SectionKind {
    let (rows, columns) = (Dimension::Field(Field::Module), Dimension::Field(Field::Actor));
    SectionKind::Crosstab { measure: measure.into(), rows, columns, limit }
}

fn failures_then_success(within_hours: i64) -> SectionKind {
    SectionKind::Sequence {
        first: failed_login(),
        at_least: 3,
        then: Filter::class(ActionClass::Login).and(Filter::is(Field::Outcome, "success")),
        by: Field::Actor,
        within: within_hours * 3_600_000,
        raise: None,
    }
}

fn body(kind: SectionKind) -> Body {
    let (figures, _) = run(&definition(vec![section("it", Filter::All, kind)]), &week(), &two_weeks());
    figures.sections[0].body.clone()
}

#[test]
fn series_has_every_day_and_the_week_before_beside_it() {
    let Body::Series(found) = body(series(Dimension::Day, None, 1, "events")) else { panic!() };
    assert_eq!(found.categories[0], "2026-11-16");
    assert_eq!(whole(&found.series[0].figures), [2, 2, 3, 4, 2, 1, 1]);
    assert_eq!(whole(&found.compared.unwrap().figures), [2, 2, 1, 1, 1, 1, 1]);
    let monday = found.normal[0].as_ref().unwrap();
    assert_eq!((monday.standing, monday.learnt_from), (Standing::TooLittle, 0));
    assert_eq!(monday.left_out().get(&LeftOut::Silent), Some(&4), "the logins were silent on the working days before");
    assert_eq!(found.series[0].figures[3].address, "it/2026-11-19");
}

#[test]
fn series_over_several_periods_tells_empty_from_unknown() {
    let Body::Series(found) = body(series(Dimension::Week, None, 4, "deleted")) else { panic!() };
    assert_eq!(found.categories, ["2026-W44", "2026-W45", "2026-W46", "2026-W47"]);
    let amounts: Vec<_> = found.series[0].figures.iter().map(|figure| figure.amount).collect();
    assert_eq!(amounts, [Amount::NotInLog, Amount::NotInLog, Amount::Whole(4), Amount::Whole(33)]);
    assert_eq!(found.compared, None);
    assert_eq!(found.normal[..2], [None, None], "what is not in the log is not judged");
    assert_eq!(found.normal[3].as_ref().unwrap().standing, Standing::TooLittle);
}

#[test]
fn split_sums_up_what_is_too_much() {
    let mut log = two_weeks();
    let more = (0..20).flat_map(|actor| {
        let one = move |hour: usize| {
            event(&format!("2026-11-18 {hour:02}:00"), &format!("p{actor:02}"), ActionClass::Update, "Deals")
        };
        (0..=actor.min(9)).map(one)
    });
    log.import(&crm(), "2026-11-23 07:00", more.collect());
    let kind = series(Dimension::Day, Some(Field::Actor), 1, "events");
    let (figures, _) = run(&definition(vec![section("it", Filter::All, kind)]), &week(), &log);
    let Body::Series(found) = &figures.sections[0].body else { panic!() };
    let keys: Vec<_> = found.series.iter().map(|row| row.key.as_str()).collect();
    assert_eq!(keys, ["p09", "p10", "p11", "p12", "p13", "p14", "p15", "Others"]);
    let sum: i64 = found.series.iter().flat_map(|row| whole(&row.figures)).sum();
    assert_eq!(sum, 15 + 45 + 110, "nothing is lost");

    let kind = series(Dimension::Day, Some(Field::Actor), 1, "actors");
    let error = try_run(&definition(vec![section("it", Filter::All, kind)]), &week(), &log);
    assert!(error.is_ok(), "24 values can be drawn apart");
    let kind = series(Dimension::Field(Field::Module), None, 1, "events");
    let error = try_run(&definition(vec![section("it", Filter::All, kind)]), &week(), &log).unwrap_err();
    assert!(matches!(error, FigureError::Section { .. }), "{error}");
}

#[test]
fn ranking_is_largest_first_with_rest_and_total() {
    let Body::Ranking(found) = body(ranking(&[Field::Actor], &["events", "actors", "deleted"], 2)) else { panic!() };
    let keys: Vec<_> = found.rows.iter().map(|row| row.keys[0].as_str()).collect();
    assert_eq!(keys, ["sync", "bo"], "actors as first written");
    assert_eq!(whole(&found.rows[1].figures), [5, 1, 30]);
    assert_eq!(found.more, 2);
    assert_eq!(found.rest[0].as_ref().unwrap().amount, Amount::Whole(3));
    assert_eq!(found.rest[1], None, "different actors cannot be summed up");
    assert_eq!(whole(&found.total), [15, 4, 33]);
    assert_eq!(found.rows[1].figures[2].address, "it/bo/deleted");

    let Body::Ranking(none) = body(ranking(&[Field::Actor], &["agents"], 2)) else { panic!() };
    assert!(none.rows.is_empty(), "nobody is listed with what is not recorded");
    assert_eq!(none.total[0].amount, Amount::NotRecorded);
}

#[test]
fn crosstab_totals_and_others() {
    let Body::Crosstab(found) = body(crosstab("deleted", 10)) else { panic!() };
    assert_eq!(found.columns, ["bo", "ada", "carl"]);
    let rows: Vec<_> = found.rows.iter().map(|row| (row.keys[0].as_str(), whole(&row.figures))).collect();
    assert_eq!(rows, [("Deals", vec![30, 0, 1, 31]), ("Leads", vec![0, 2, 0, 2])]);
    assert_eq!(whole(&found.total), [30, 2, 1, 33]);
    assert_eq!(found.rows[0].figures[0].address, "it/Deals/bo");
    assert_eq!(found.total[3].address, "it/%total/%total");
    let Body::Crosstab(cut) = body(crosstab("deleted", 1)) else { panic!() };
    assert_eq!(cut.columns, ["bo", "Others"]);
    assert_eq!(whole(&cut.rows[0].figures), [30, 1, 31]);
    assert_eq!(whole(&cut.total), [30, 3, 33]);
}

#[test]
fn a_source_that_does_not_record_something_has_no_zero_of_it() {
    let dimensions = (Dimension::Field(Field::Source), Dimension::Field(Field::ActionClass));
    let kind = SectionKind::Crosstab { measure: "events".into(), rows: dimensions.0, columns: dimensions.1, limit: 10 };
    let Body::Crosstab(found) = body(kind) else { panic!() };
    assert_eq!(found.columns, ["create", "login", "delete"]);
    let amounts = |figures: &[Figure]| figures.iter().map(|figure| figure.amount).collect::<Vec<_>>();
    let (some, none) = (Amount::Whole, Amount::NotRecorded);
    assert_eq!(found.rows[0].keys, ["crm"]);
    assert_eq!(amounts(&found.rows[0].figures), [some(7), none, some(3), some(10)]);
    assert_eq!(found.rows[0].figures[1].not_recorded_by, ["crm"]);
    assert_eq!(amounts(&found.rows[1].figures), [none, some(5), none, some(5)]);
    assert_eq!(whole(&found.total), [7, 5, 3, 15]);
    let Body::Ranking(found) = body(ranking(&[Field::Source], &["events", "deleted", "failed_logins"], 5)) else {
        panic!()
    };
    assert_eq!(amounts(&found.rows[0].figures), [some(10), some(33), none]);
    assert_eq!(amounts(&found.rows[1].figures), [some(5), none, some(3)]);
}

#[test]
fn heatmap_fills_gaps_in_natural_order() {
    let kind = |measure: &str, split| SectionKind::Heatmap {
        measure: measure.into(),
        rows: Dimension::Field(Field::Weekday),
        columns: Dimension::Field(Field::Hour),
        split,
    };
    let Body::Heatmap(found) = body(kind("events", Some(Field::ActorTeam))) else { panic!() };
    assert_eq!(found.rows, ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!(found.split, "actor.team", "so that a reader is told the words of a key");
    assert_eq!((found.columns.len(), found.columns[10].as_str()), (24, "10"));
    let panels: Vec<_> = found.panels.iter().map(|panel| (panel.key.as_str(), panel.total.amount)).collect();
    assert_eq!(panels, [("", Amount::Whole(8)), ("South", Amount::Whole(5)), ("North", Amount::Whole(2))]);
    assert_eq!(found.panels[1].cells[3][23], 3, "Thursday before midnight");
    assert_eq!(found.panels[0].cells.iter().flatten().sum::<i64>(), 8);
    let Body::Heatmap(none) = body(kind("agents", None)) else { panic!() };
    assert!(none.rows.is_empty() && none.panels[0].cells.is_empty(), "no zeros for what is not recorded");
    assert_eq!(none.panels[0].total.amount, Amount::NotRecorded);
    let rate = definition(vec![section("it", Filter::All, kind("failure_rate", None))]);
    assert!(try_run(&rate, &week(), &two_weeks()).unwrap_err().to_string().contains("section `it`"));
}

#[test]
fn events_are_shown_in_part_and_filed_whole() {
    let columns = vec![EventColumn::Time, EventColumn::ActorName, EventColumn::Field(Field::ActorRole)];
    let filter = Filter::class(ActionClass::Delete);
    let (figures, files) = run(
        &definition(vec![section("gone", filter, SectionKind::Events { columns, limit: 2 })]),
        &week(),
        &two_weeks(),
    );
    let Body::Events(found) = &figures.sections[0].body else { panic!() };
    assert_eq!(found.columns, ["time", "actor_name", "actor.role"]);
    assert_eq!(
        found.shown,
        [["2026-11-17 22:00:00", "Bo Dahl", "Sales"], ["2026-11-18 09:00:00", "Ada Ek", "Administrator"],]
    );
    assert_eq!(found.total.amount, Amount::Whole(3));
    assert_eq!(found.file, "test_2026-W47_gone.csv");
    assert_eq!(files[0].header, ["number", "time", "actor_name", "actor.role"]);
    assert_eq!(files[0].rows.len(), 3);
    assert_eq!(files[0].rows[2], ["1-18", "2026-11-18 23:59:00 +01:00", "carl", ""]);
    let filter = format!("{:?}", figures.sections[0].filter);
    assert!(filter.contains("asked.is") && filter.contains("delete"), "{filter}");
}

#[test]
fn sequences_are_found_across_midnight_and_once() {
    let Body::Sequence(found) = body(failures_then_success(24)) else { panic!() };
    assert_eq!(found.total.amount, Amount::Whole(1));
    let hit = &found.found[0];
    assert_eq!((hit.key.as_str(), hit.count.amount), ("bo", Amount::Whole(3)));
    assert_eq!((hit.first_at, hit.then_at), (at("2026-11-19 23:50"), at("2026-11-20 00:03")));
    assert_eq!(hit.origins, ["1.2.3.4", "1.2.3.5"]);

    // The day after: failures of the evening before count; those that an earlier success used up do not.
    let friday = Period::parse("2026-11-20").unwrap();
    let of = |log: &Counting, within| {
        let definition = definition(vec![section("it", Filter::All, failures_then_success(within))]);
        let (figures, _) = run(&Definition { compare: Vec::new(), ..definition }, &friday, log);
        let Body::Sequence(found) = figures.sections[0].body.clone() else { panic!() };
        found.found.len()
    };
    assert_eq!(of(&two_weeks(), 24), 1);
    let mut log = two_weeks();
    log.import(&logins(), "2026-11-23 07:00", vec![login("2026-11-19 23:59", "BO", Outcome::Success, "")]);
    assert_eq!(of(&log, 24), 0);
    let mut late = Counting::default();
    let mut events: Vec<_> =
        (0..3).map(|minute| login(&format!("2026-11-20 08:0{minute}"), "bo", Outcome::Failure, "")).collect();
    events.push(login("2026-11-20 09:01", "bo", Outcome::Success, ""));
    late.import(&logins(), "2026-11-23 07:00", events);
    assert_eq!(of(&late, 1), 0, "the first failure is too old for one hour, two are too few");
    assert_eq!(of(&late, 2), 1);

    let mut only_crm = definition(vec![section("it", Filter::All, failures_then_success(24))]);
    only_crm.filter = Filter::is(Field::Source, "crm");
    let (figures, _) = run(&only_crm, &week(), &two_weeks());
    let Body::Sequence(found) = &figures.sections[0].body else { panic!() };
    assert_eq!(found.total.amount, Amount::NotRecorded);
}

#[test]
fn an_unknown_measure_names_its_section() {
    let kind = SectionKind::Summary { measures: vec!["nothing".into()] };
    let error = try_run(&definition(vec![section("tiles", Filter::All, kind)]), &week(), &two_weeks()).unwrap_err();
    assert_eq!(error.to_string(), "section `tiles` cannot be computed: there is no measure `nothing`");
}

/// Of every figure that counts events, the events that `explain` lists are as many as the figure says.
#[test]
fn every_count_is_explained_by_its_events() {
    let everything = vec![
        section("tiles", Filter::is(Field::Module, "Deals"), SectionKind::Summary { measures: vec!["events".into()] }),
        section("days", Filter::All, series(Dimension::Day, None, 1, "events")),
        section("weeks", Filter::All, series(Dimension::Week, Some(Field::Source), 2, "events")),
        section("who", Filter::All, ranking(&[Field::Actor, Field::ActorTeam], &["events", "failed_logins"], 2)),
        section("table", Filter::All, crosstab("events", 1)),
        section(
            "map",
            Filter::All,
            SectionKind::Heatmap {
                measure: "events".into(),
                rows: Dimension::Field(Field::Weekday),
                columns: Dimension::Day,
                split: Some(Field::ActorKind),
            },
        ),
        section("gone", Filter::class(ActionClass::Delete), SectionKind::Events { columns: Vec::new(), limit: 1 }),
        section("seq", Filter::All, failures_then_success(24)),
    ];
    let mut definition = definition(everything);
    definition.filter = Filter::Not(Box::new(Filter::is(Field::Actor, "carl")));
    definition.thresholds = vec![Threshold {
        name: "busy".into(),
        measure: "events".into(),
        by: Some(Field::Actor),
        filter: Filter::All,
        compare: crate::query::Compare::AtLeast,
        limit: Limit::Value(1),
        severity: Severity::Low,
        say: String::new(),
        do_this: String::new(),
    }];
    definition.measures.retain(|name, _| ["events", "failed_logins", "not_success"].contains(&name.as_str()));
    let log = two_weeks();
    let (figures, _) = run(&definition, &week(), &log);
    let mut counted = 0;
    for figure in figures.all() {
        let Amount::Whole(value) = figure.amount else { continue };
        let explained = explain(&figures, &definition, &format!("F{}", figure.label), 1000)
            .unwrap_or_else(|error| panic!("{}: {error}", figure.address));
        assert_eq!(explained.address, figure.address);
        let evidence = log.evidence(&explained.evidence, &lens()).unwrap();
        assert_eq!(evidence.total as i64, value, "{}: {explained:?}", figure.address);
        counted += 1;
    }
    assert!(counted > 40, "{counted}");
    let cell = explain(&figures, &definition, "map/service/2/2026-11-17", 10).unwrap();
    assert_eq!((cell.amount, cell.label), (Amount::Whole(1), 0));
    assert_eq!(log.evidence(&cell.evidence, &lens()).unwrap().total, 1);
    let day = explain(&figures, &definition, "days/2026-11-18", 10).unwrap();
    assert_eq!(day.group, [("day".to_owned(), "2026-11-18".to_owned())]);
    assert_eq!(day.filter, "actor is not carl");
    for wrong in ["", "F0", "days", "days/x/y/z", "map/service/9/2026-11-17", "%totals/nothing", "who/bo"] {
        assert!(explain(&figures, &definition, wrong, 1).is_err(), "{wrong}");
    }
}
