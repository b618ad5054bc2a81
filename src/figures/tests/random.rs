//! Random logs: sums agree however they are cut, and nothing depends on the order of import.

use super::fixture::*;
use crate::definition::*;
use crate::event::{ActionClass, Event, Outcome};
use crate::figures::{Amount, Body};
use crate::query::{Dimension, Field, Filter};
use proptest::prelude::*;

fn any_event() -> impl Strategy<Value = Event> {
    let classes = prop::sample::select(vec![ActionClass::Create, ActionClass::Delete, ActionClass::Export]);
    let actors = prop::sample::select(vec!["ada", "BO", "bo", "x/y", "Others", "%", "", "Ωmega"]);
    let modules = prop::sample::select(vec!["Deals", "Leads", "", "%rest", "a/b"]);
    (2_u32..23, 0_u32..24, 0_u32..60, actors, classes, modules, prop::option::of(0_u64..50)).prop_map(
        |(day, hour, minute, actor, class, module, affected)| {
            let time = format!("2026-11-{day:02} {hour:02}:{minute:02}");
            Event { affected, outcome: Outcome::Unknown, ..event(&time, actor, class, module) }
        },
    )
}

fn sections() -> Vec<Section> {
    let field = Dimension::Field;
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let series = |split| SectionKind::Series {
        measure: "events".into(),
        by: Dimension::Day,
        split,
        form: SeriesForm::StackedBars,
        periods: 2,
        table: false,
    };
    let by = vec![field(Field::Actor), field(Field::Module)];
    vec![
        section("days", Filter::All, series(Some(Field::Actor))),
        section("all-days", Filter::All, series(None)),
        section(
            "rank",
            Filter::All,
            SectionKind::Ranking { by, measures: list(&["events", "deleted"]), limit: 3, chart: RankingForm::None },
        ),
        section(
            "table",
            Filter::All,
            SectionKind::Crosstab {
                measure: "deleted".into(),
                rows: field(Field::Module),
                columns: field(Field::Actor),
                limit: 2,
            },
        ),
        section(
            "map",
            Filter::All,
            SectionKind::Heatmap {
                measure: "events".into(),
                rows: field(Field::Weekday),
                columns: field(Field::Hour),
                split: Some(Field::Module),
            },
        ),
    ]
}

fn number(amount: Amount) -> i64 {
    match amount {
        Amount::Whole(value) => value,
        _ => 0,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn however_it_is_cut_it_adds_up(events in prop::collection::vec(any_event(), 0..60)) {
        let mut log = Counting::default();
        log.import(&crm(), "2026-11-23 06:00", events);
        let (figures, _) = run(&definition(sections()), &week(), &log);
        prop_assert_eq!(log.answers.get(), 1);
        let total = |name: &str| number(figures.total(name).unwrap().now.amount);
        for section in &figures.sections {
            match &section.body {
                Body::Series(series) => {
                    let this_week = |row: &crate::figures::SeriesRow| -> i64 {
                        row.figures.iter().skip(7).map(|figure| number(figure.amount)).sum()
                    };
                    prop_assert_eq!(series.categories.len(), 14);
                    prop_assert_eq!(series.series.iter().map(this_week).sum::<i64>(), total("events"));
                }
                Body::Ranking(ranking) => {
                    for (index, name) in ["events", "deleted"].into_iter().enumerate() {
                        let shown: i64 = ranking.rows.iter().map(|row| number(row.figures[index].amount)).sum();
                        let rest = ranking.rest.get(index).and_then(Option::as_ref).map_or(0, |rest| number(rest.amount));
                        prop_assert_eq!(shown + rest, total(name));
                        prop_assert_eq!(number(ranking.total[index].amount), total(name));
                    }
                    let first: Vec<i64> = ranking.rows.iter().map(|row| number(row.figures[0].amount)).collect();
                    prop_assert!(first.is_sorted_by(|a, b| a >= b));
                }
                Body::Crosstab(table) => {
                    for row in table.rows.iter().map(|row| &row.figures).chain([&table.total]) {
                        let (last, cells) = row.split_last().unwrap();
                        prop_assert_eq!(cells.iter().map(|cell| number(cell.amount)).sum::<i64>(), number(last.amount));
                    }
                    prop_assert_eq!(number(table.total.last().unwrap().amount), total("deleted"));
                }
                Body::Heatmap(map) => {
                    let cells: i64 = map.panels.iter().flat_map(|panel| panel.cells.iter().flatten()).sum();
                    prop_assert_eq!(cells, total("events"));
                }
                _ => {}
            }
        }
        let labels: std::collections::BTreeSet<u32> = figures.all().iter().map(|figure| figure.label).collect();
        prop_assert_eq!(labels.len(), figures.all().len());
    }
}
