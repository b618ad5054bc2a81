//! Heatmap: a count by two dimensions in natural order, gaps filled, one panel for each value of a split.

use super::amount::largest_first;
use super::context::{Context, slices};
use super::error::FigureError;
use super::measure::{Counted, add, named};
use super::plan::{Answers, Later, Plan, Slots};
use super::reconcile::{Checked, adds_up};
use super::series::OTHERS;
use super::{Amount, Body, Heatmap, Panel, address};
use crate::definition::{Section, SectionKind};
use crate::query::{Dimension, Field};
use std::collections::BTreeSet;

/// So many panels have a value of their own.
const PANELS: usize = 11;
/// More rows or columns cannot be drawn.
const MOST: usize = 120;

pub(super) fn heatmap<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
) -> Result<Later<'a, (Body, Checked)>, FigureError> {
    let SectionKind::Heatmap { measure, rows, columns, split } = &section.kind else {
        return Err(FigureError::section(&section.id, "it is no heatmap"));
    };
    let (rows, columns) = (*rows, *columns);
    let counted = Counted::new(context, named(context, &section.id, measure)?, &section.filter);
    if !counted.is_count() {
        return Err(FigureError::section(&section.id, format!("a heatmap shows counts, and `{measure}` is none")));
    }
    let span = context.covered.span;
    let split: Vec<Dimension> = split.map(Dimension::Field).into_iter().collect();
    let split_name = split.first().map(|by| super::filter_words::dimension(*by).to_owned()).unwrap_or_default();
    let by: Vec<Dimension> = split.iter().copied().chain([rows, columns]).collect();
    let counted = counted.grouped(context, &by);
    let cells = counted.ask(plan, span, &by);
    let panels = counted.ask(plan, span, &split);
    let whole = counted.ask(plan, span, &[]);
    let place = split.len();
    Ok(Box::new(move |answers| {
        let checked = if counted.adds_up() {
            let mut sum = Vec::new();
            answers.rows(&cells).for_each(|(_, values)| add(&mut sum, &values));
            adds_up(&section.id, &sum, &answers.at(&whole, &[]))?
        } else {
            None
        };
        // Cells are plain numbers: where there are none to be had, there are no cells, and the total says why.
        let known = counted.amount(&[], Default::default()).ratio().is_some();
        let side =
            |place, by| if known { keys(context, answers, &cells, place, by, &section.id) } else { Ok(Vec::new()) };
        let (row_keys, column_keys) = (side(place, rows)?, side(place + 1, columns)?);
        let id = address::keyed(&section.id, &[]);
        let read = |panel: Panelled| {
            let number = |row: &String, column: &String| {
                panel.stands_for.iter().fold(0_i64, |sum, key| {
                    let keys: Vec<&str> = key.iter().chain([row, column]).map(String::as_str).collect();
                    sum.saturating_add(answers.at(&cells, &keys).first().copied().unwrap_or(0))
                })
            };
            let line = |row: &String| column_keys.iter().map(|column| number(row, column)).collect();
            let address =
                address::under(&panel.base.map_or(id.clone(), |part| address::under(&id, &part)), address::TOTAL);
            Panel {
                key: panel.key,
                cells: row_keys.iter().map(line).collect(),
                total: counted.figure(address, panel.total),
            }
        };
        let name = |dimension| super::filter_words::dimension(dimension).to_owned();
        let panels = panelled(&counted, answers, &panels, &section.id)?;
        let body = Heatmap {
            measure: counted.head.clone(),
            by: (name(rows), name(columns)),
            split: split_name.clone(),
            panels: panels.into_iter().map(read).collect(),
            rows: row_keys.clone(),
            columns: column_keys.clone(),
        };
        Ok((Body::Heatmap(body), checked))
    }))
}

struct Panelled {
    key: String,
    /// Its part of addresses, under the section's.
    base: Option<String>,
    total: Amount,
    /// Keys of the split (none without split) whose cells are summed up.
    stands_for: Vec<Vec<String>>,
}

/// The panels, largest first; those beyond the limit are summed up.
fn panelled(counted: &Counted, answers: &Answers, panels: &Slots, id: &str) -> Result<Vec<Panelled>, FigureError> {
    let amount = |values: &[i64]| counted.amount(values, Default::default());
    let mut found: Vec<(Vec<String>, Vec<i64>)> =
        answers.rows(panels).map(|(keys, values)| (keys.to_vec(), values)).collect();
    found.retain(|(keys, values)| keys.is_empty() || values.iter().any(|value| *value != 0));
    found.sort_by(|a, b| largest_first(&amount(&a.1), &amount(&b.1)).then_with(|| a.0.cmp(&b.0)));
    let rest = if found.len() > PANELS + 1 { found.split_off(PANELS) } else { Vec::new() };
    if !rest.is_empty() && !counted.adds_up() {
        let reason =
            format!("`{}` cannot be summed up, and its split has more than {PANELS} values", counted.head.name);
        return Err(FigureError::section(id, reason));
    }
    let mut list: Vec<Panelled> = found
        .into_iter()
        .map(|(keys, values)| Panelled {
            key: keys.first().cloned().unwrap_or_default(),
            base: keys.first().map(|key| address::part(key)),
            total: amount(&values),
            stands_for: vec![keys],
        })
        .collect();
    if list.is_empty() {
        let (total, stands_for) = (amount(&[]), Vec::new());
        list.push(Panelled { key: String::new(), base: None, total, stands_for });
    }
    if !rest.is_empty() {
        let mut sum = Vec::new();
        rest.iter().for_each(|(_, values)| add(&mut sum, values));
        list.push(Panelled {
            key: OTHERS.to_owned(),
            base: Some(address::REST.to_owned()),
            total: amount(&sum),
            stands_for: rest.into_iter().map(|(keys, _)| keys).collect(),
        });
    }
    Ok(list)
}

/// Keys in natural order: weekdays, hours and civil periods without gaps; others those that have events, by name.
fn keys(
    context: &Context<'_>,
    answers: &Answers,
    cells: &Slots,
    place: usize,
    dimension: Dimension,
    id: &str,
) -> Result<Vec<String>, FigureError> {
    let keys: Vec<String> = match (dimension, dimension.unit()) {
        (Dimension::Field(Field::Hour), _) => (0..24).map(|hour| hour.to_string()).collect(),
        (Dimension::Field(Field::Weekday), _) => (1..=7).map(|day| day.to_string()).collect(),
        (_, Some(unit)) => {
            let period = context.period();
            slices(unit, period.first, period.end).into_iter().map(|(label, _)| label).collect()
        }
        _ => {
            let counts = answers.rows(cells).filter(|(_, values)| values.iter().any(|value| *value != 0));
            let found: BTreeSet<String> = counts.filter_map(|(keys, _)| keys.get(place).cloned()).collect();
            found.into_iter().collect()
        }
    };
    if keys.len() > MOST {
        let name = super::filter_words::dimension(dimension);
        let reason = format!("`{name}` has {} values, and a heatmap shows at most {MOST}", keys.len());
        return Err(FigureError::section(id, reason));
    }
    Ok(keys)
}
