//! Divided reports: each part is what its own filter would give, and the parts add up to the whole, however events lie.

use super::fixture::*;
use super::random::any_event;
use crate::definition::*;
use crate::figures::divide::{Divided, PartOf};
use crate::figures::{Amount, Body, Figures, figure_out};
use crate::query::{Dimension, Field, Filter};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn sections() -> Vec<Section> {
    let field = Dimension::Field;
    let list = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    let by = vec![field(Field::Actor), field(Field::Module)];
    vec![
        section(
            "days",
            Filter::All,
            SectionKind::Series {
                measure: "events".into(),
                by: Dimension::Day,
                split: None,
                form: SeriesForm::Bars,
                periods: 1,
                table: false,
            },
        ),
        section(
            "rank",
            Filter::All,
            SectionKind::Ranking { by, measures: list(&["events", "deleted"]), limit: 99, chart: RankingForm::None },
        ),
        section(
            "table",
            Filter::All,
            SectionKind::Crosstab {
                measure: "deleted".into(),
                rows: field(Field::Module),
                columns: field(Field::Actor),
                limit: 99,
            },
        ),
        section("tiles", Filter::All, SectionKind::Summary { measures: list(&["events", "actors", "deleted"]) }),
        section(
            "list",
            Filter::All,
            SectionKind::Events { columns: vec![EventColumn::Field(Field::Actor)], limit: 100 },
        ),
    ]
}

fn parts() -> Vec<PartOf> {
    let of = |values: &[&str]| PartOf::Values(values.iter().map(|value| (*value).to_owned()).collect());
    vec![of(&["Deals"]), of(&["Leads", "a/b"]), of(&["Nowhere"]), PartOf::Rest]
}

/// Numbers that sum up, by address.
fn additive(figures: &Figures) -> BTreeMap<String, i64> {
    let adds =
        |address: &str| !["actors", "agents", "new_actors", "rate", "per_day"].iter().any(|no| address.contains(no));
    let number = |amount: &Amount| match amount {
        Amount::Whole(value) => Some(*value),
        _ => None,
    };
    let mut all: BTreeMap<String, i64> = BTreeMap::new();
    for figure in figures.all().into_iter().filter(|figure| adds(&figure.address)) {
        if let Some(value) = number(&figure.amount).filter(|value| *value != 0) {
            all.insert(figure.address.clone(), value);
        }
    }
    for section in &figures.sections {
        if let Body::Events(events) = &section.body {
            assert_eq!(events.shown.len() as i64, number(&events.total.amount).unwrap());
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn parts_are_what_their_filters_give_and_add_up(events in prop::collection::vec(any_event(), 0..60)) {
        let mut log = Counting::default();
        log.import(&crm(), "2026-11-23 06:00", events);
        let whole = definition(sections());
        let (figures, _) = run(&whole, &week(), &log);
        let (lens, by) = (lens(), Field::Module);
        let asked = log.answers.get();
        let divided = Divided::new(&log, &lens, &whole.schedule.zone, by, parts()).unwrap();
        let mut sum: BTreeMap<String, i64> = BTreeMap::new();
        let mut rows = 0;
        let mut once = None;
        for (at, part) in parts().iter().enumerate() {
            let (of_part, files) =
                figure_out(&whole, &week(), &divided.part(at), &lens, &BTreeMap::new()).unwrap();
            // Everything in one pass, and the events by source of each span once, for all parts together.
            let so_far = log.answers.get() - asked;
            prop_assert_eq!(*once.get_or_insert(so_far), so_far);
            rows += files.iter().map(|file| file.rows.len()).sum::<usize>();
            for (address, value) in additive(&of_part) {
                *sum.entry(address).or_insert(0) += value;
            }
            prop_assert!(of_part.batches.is_empty(), "files are not a part's own");
            let taken = || parts().iter().flat_map(|part| match part {
                PartOf::Values(values) => values.clone(),
                PartOf::Rest => Vec::new(),
            }).collect::<Vec<_>>();
            let filter = match part {
                PartOf::Values(values) => Filter::OneOf(by, values.clone()),
                PartOf::Rest => Filter::Not(Box::new(Filter::OneOf(by, taken()))),
            };
            let narrowed = Definition { filter, ..whole.clone() };
            let expected = figure_out(&narrowed, &week(), &log.log, &lens, &BTreeMap::new()).unwrap();
            prop_assert_eq!(&of_part.sections, &expected.0.sections);
            prop_assert_eq!(&of_part.totals, &expected.0.totals);
            prop_assert_eq!(&files, &expected.1);
        }
        prop_assert_eq!(rows, additive(&figures).get("list/%total").copied().unwrap_or(0) as usize);
        prop_assert_eq!(sum, additive(&figures));
    }
}
