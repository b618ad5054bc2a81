//! Figures that exist for charts: running totals, totals of stacks, what the first groups are of the whole.

use super::fixture::*;
use crate::audit_log::AuditLog;
use crate::calendar::period::{Period, Unit};
use crate::definition::*;
use crate::event::ActionClass;
use crate::figures::{Amount, Body, Figure, Figures, explain};
use crate::query::{Dimension, Field, Filter};
use chrono::NaiveDate;

fn series(form: SeriesForm, split: Option<Field>) -> SectionKind {
    let (measure, by) = ("events".into(), Dimension::Day);
    SectionKind::Series { measure, by, split, form, periods: 1, table: false }
}

fn pareto(limit: usize) -> SectionKind {
    let (by, measures) = (vec![Dimension::Field(Field::Actor)], vec!["events".into()]);
    SectionKind::Ranking { by, measures, limit, chart: RankingForm::Pareto }
}

fn whole(figures: &[Figure]) -> Vec<i64> {
    let value = |figure: &Figure| match figure.amount {
        Amount::Whole(value) => value,
        other => panic!("{other:?}"),
    };
    figures.iter().map(value).collect()
}

fn of(kind: SectionKind) -> (Figures, Definition) {
    let definition = definition(vec![section("it", Filter::All, kind)]);
    (run(&definition, &week(), &two_weeks()).0, definition)
}

/// How many events `explain` lists behind a figure, and of a share those that it is a share of.
fn behind(figures: &Figures, definition: &Definition, address: &str) -> (u64, Option<u64>) {
    let log = two_weeks();
    let explained = explain(figures, definition, address, 1000).unwrap();
    let count = |query| log.evidence(query, &lens()).unwrap().total;
    (count(&explained.evidence), explained.whole.as_ref().map(count))
}

#[test]
fn running_totals_grow_to_the_total_and_each_is_explained_from_the_first_day_on() {
    let (figures, definition) = of(series(SeriesForm::Cumulative, None));
    let Body::Series(found) = &figures.sections[0].body else { panic!() };
    assert_eq!(found.form, "cumulative");
    assert_eq!(whole(&found.series[0].figures), [2, 4, 7, 11, 13, 14, 15]);
    assert_eq!(whole(&found.compared.as_ref().unwrap().figures), [2, 4, 5, 6, 7, 8, 9]);
    assert_eq!(figures.total("events").unwrap().now.amount, Amount::Whole(15));
    for figure in found.series[0].figures.iter().chain(&found.compared.as_ref().unwrap().figures) {
        let Amount::Whole(value) = figure.amount else { panic!() };
        assert_eq!(behind(&figures, &definition, &figure.address), (value as u64, None), "{}", figure.address);
    }
}

#[test]
fn running_totals_of_parts_grow_to_the_parts() {
    let (figures, definition) = of(series(SeriesForm::Cumulative, Some(Field::Actor)));
    let Body::Series(found) = &figures.sections[0].body else { panic!() };
    let last: i64 = found.series.iter().map(|row| *whole(&row.figures).last().unwrap()).sum();
    assert_eq!(last, 15);
    let figure = found.series[1].figures.last().unwrap();
    let Amount::Whole(value) = figure.amount else { panic!() };
    assert_eq!(behind(&figures, &definition, &figure.address).0, value as u64);
}

#[test]
fn months_of_unlike_length_are_set_side_by_side_as_running_totals_only() {
    let mut log = Counting::default();
    let days = [("2026-10-01", 2), ("2026-10-31", 3), ("2026-11-02", 4), ("2026-11-30", 1)];
    let events = days.iter().flat_map(|(day, count)| {
        (0..*count).map(move |hour| event(&format!("{day} {hour:02}:00"), "bo", ActionClass::Update, "Deals"))
    });
    log.import(&crm(), "2026-12-01 07:00", events.collect());
    let month = Period::containing(Unit::Month, NaiveDate::from_ymd_opt(2026, 11, 1).unwrap());
    let of = |form| {
        let definition = definition(vec![section("it", Filter::All, series(form, None))]);
        let Body::Series(found) = run(&definition, &month, &log).0.sections[0].body.clone() else { panic!() };
        found
    };
    assert_eq!(of(SeriesForm::Bars).compared, None, "30 days are not 31");
    let found = of(SeriesForm::Cumulative);
    let (now, before) = (whole(&found.series[0].figures), whole(&found.compared.unwrap().figures));
    assert_eq!((now.len(), now[0], now[29]), (30, 0, 5));
    assert_eq!((before.len(), before[0], before[29], before[30]), (31, 2, 2, 5));
}

#[test]
fn stacks_carry_their_totals() {
    for form in [SeriesForm::StackedBars, SeriesForm::Area] {
        let (figures, definition) = of(series(form, Some(Field::Actor)));
        let Body::Series(found) = &figures.sections[0].body else { panic!() };
        let total = found.total.as_ref().unwrap();
        assert_eq!(whole(&total.figures), [2, 2, 3, 4, 2, 1, 1]);
        for (place, sum) in whole(&total.figures).into_iter().enumerate() {
            assert_eq!(found.series.iter().map(|row| whole(&row.figures)[place]).sum::<i64>(), sum);
        }
        assert_eq!(total.figures[3].address, "it/%total/2026-11-19");
        assert_eq!(behind(&figures, &definition, "it/%total/2026-11-19"), (4, None));
    }
    let Body::Series(found) = of(series(SeriesForm::Lines, Some(Field::Actor))).0.sections[0].body.clone() else {
        panic!()
    };
    assert_eq!(found.total, None, "lines are not on top of each other");
}

#[test]
fn a_pareto_adds_up_row_by_row_to_the_whole() {
    let (figures, definition) = of(pareto(2));
    let Body::Ranking(found) = &figures.sections[0].body else { panic!() };
    let shares: Vec<_> = found.together.iter().map(|figure| (figure.address.as_str(), figure.amount)).collect();
    let share = |part| Amount::Share { part, whole: 15 };
    let expected = [("it/sync/%together", share(7)), ("it/bo/%together", share(12)), ("it/%rest/%together", share(15))];
    assert_eq!(shares, expected);
    for (address, amount) in expected {
        let Amount::Share { part, whole } = amount else { panic!() };
        assert_eq!(behind(&figures, &definition, address), (part as u64, Some(whole as u64)), "{address}");
    }
    let (figures, _) = of(pareto(10));
    let Body::Ranking(all) = &figures.sections[0].body else { panic!() };
    assert_eq!(all.together.last().unwrap().amount, share(15), "without a rest the last row is the whole");
    assert_eq!(all.together.len(), all.rows.len());
}
