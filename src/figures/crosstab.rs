//! Crosstab: a measure by two dimensions with its totals; what does not fit is summed up.

use super::amount::largest_first;
use super::context::{Context, DayCounts};
use super::error::FigureError;
use super::measure::{Counted, add, named};
use super::plan::{Answers, Later, Plan, Slots};
use super::reconcile::{Checked, adds_up};
use super::series::OTHERS;
use super::{Body, Crosstab, KeyedRow, address};
use crate::definition::{Section, SectionKind};
use crate::query::Dimension;

/// A measure that cannot be summed up has no others: up to so many rows or columns are shown then, more are refused.
const MOST: usize = 60;

/// Rows or columns: a key with the keys that it stands for.
struct Line {
    key: String,
    in_address: String,
    stands_for: Vec<String>,
}

struct Asked {
    cells: Slots,
    by_row: Slots,
    by_column: Slots,
    whole: Slots,
}

pub(super) fn crosstab<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
) -> Result<Later<'a, (Body, Checked)>, FigureError> {
    let SectionKind::Crosstab { measure, rows, columns, limit } = &section.kind else {
        return Err(FigureError::section(&section.id, "it is no crosstab"));
    };
    let (rows, columns, limit) = (*rows, *columns, *limit);
    let counted = Counted::new(context, named(context, &section.id, measure)?, &section.filter);
    let counted = counted.grouped(context, &[rows, columns]);
    let span = context.covered.span;
    let mut ask = |by: &[Dimension]| counted.ask(plan, span, by);
    let asked =
        Asked { cells: ask(&[rows, columns]), by_row: ask(&[rows]), by_column: ask(&[columns]), whole: ask(&[]) };
    Ok(Box::new(move |answers| {
        let days = context.days(context.period());
        let whole = answers.at(&asked.whole, &[]);
        let checked = if counted.adds_up() {
            let mut sum = Vec::new();
            answers.rows(&asked.cells).for_each(|(_, values)| add(&mut sum, &values));
            adds_up(&section.id, &sum, &whole)?
        } else {
            None
        };
        let row_lines = lines(section, &counted, answers, &asked.by_row, limit, days)?;
        let column_lines = lines(section, &counted, answers, &asked.by_column, limit, days)?;
        let id = address::keyed(&section.id, &[]);
        let figure = |row: Option<&Line>, column: Option<&Line>, values: &[i64]| {
            let part = |line: Option<&Line>| line.map_or(address::TOTAL.to_owned(), |line| line.in_address.clone());
            let address = address::under(&address::under(&id, &part(row)), &part(column));
            let amount = counted.amount(values, days);
            // What stands for several keys is of no one source.
            let lines = [(rows, row), (columns, column)].into_iter().filter_map(|(by, line)| Some((by, line?)));
            let group = lines.map(|(by, line)| match line.stands_for.as_slice() {
                [key] => Some((by, key.as_str())),
                _ => None,
            });
            match group.collect::<Option<Vec<_>>>() {
                Some(group) => counted.of_group(&context.sources, &group, address, amount),
                None => counted.figure(address, amount),
            }
        };
        let table = row_lines.iter().map(|row| {
            let mut figures = Vec::with_capacity(column_lines.len() + 1);
            for column in &column_lines {
                let pairs = row.stands_for.iter().flat_map(|r| column.stands_for.iter().map(move |c| [r, c]));
                let mut sum = Vec::new();
                pairs.for_each(|[r, c]| add(&mut sum, &answers.at(&asked.cells, &[r, c])));
                figures.push(figure(Some(row), Some(column), &sum));
            }
            figures.push(figure(Some(row), None, &summed(answers, &asked.by_row, row)));
            KeyedRow { keys: vec![row.key.clone()], figures, normal: None }
        });
        let table = table.collect();
        let mut total: Vec<_> = column_lines
            .iter()
            .map(|column| figure(None, Some(column), &summed(answers, &asked.by_column, column)))
            .collect();
        total.push(figure(None, None, &whole));
        let name = |dimension| super::filter_words::dimension(dimension).to_owned();
        let body = Crosstab {
            measure: counted.head.clone(),
            by: (name(rows), name(columns)),
            columns: column_lines.into_iter().map(|line| line.key).collect(),
            rows: table,
            total,
        };
        Ok((Body::Crosstab(body), checked))
    }))
}

fn summed(answers: &Answers, slots: &Slots, line: &Line) -> Vec<i64> {
    let mut sum = Vec::new();
    line.stands_for.iter().for_each(|key| add(&mut sum, &answers.at(slots, &[key])));
    sum
}

/// Rows or columns, largest first; groups of zero are left out; beyond the limit they are summed up where they can be.
fn lines(
    section: &Section,
    counted: &Counted,
    answers: &Answers,
    slots: &Slots,
    limit: usize,
    days: DayCounts,
) -> Result<Vec<Line>, FigureError> {
    let mut groups: Vec<_> = answers
        .rows(slots)
        .filter_map(|(keys, values)| Some((keys.first()?.clone(), counted.amount(&values, days))))
        .filter(|(_, amount)| amount.ratio().is_some_and(|(a, _)| a != 0))
        .collect();
    groups.sort_by(|a, b| largest_first(&a.1, &b.1).then_with(|| a.0.cmp(&b.0)));
    let rest = match counted.adds_up() && groups.len() > limit + 1 {
        true => groups.split_off(limit),
        false => Vec::new(),
    };
    if groups.len() > MOST.max(limit + 1) {
        let (name, count) = (&counted.head.name, groups.len());
        let reason = format!("`{name}` cannot be summed up, and there are {count} groups: more than {MOST}");
        return Err(FigureError::section(&section.id, reason));
    }
    let line = |(key, _): (String, _)| Line { in_address: address::part(&key), stands_for: vec![key.clone()], key };
    let mut lines: Vec<Line> = groups.into_iter().map(line).collect();
    if !rest.is_empty() {
        let stands_for = rest.into_iter().map(|(key, _)| key).collect();
        lines.push(Line { key: OTHERS.to_owned(), in_address: address::REST.to_owned(), stands_for });
    }
    Ok(lines)
}
