//! Series: a measure over time, every period in range, split into at most seven and the others, with what is normal.

use super::amount::largest_first;
use super::comparison::Before;
use super::context::{Context, DayCounts, slices};
use super::error::FigureError;
use super::measure::{Counted, add, named};
use super::normal::{Normal, Past, Point};
use super::plan::{Answers, Later, Plan, Slots};
use super::reconcile::{Checked, adds_up};
use super::{Amount, Body, Figure, Series, SeriesRow, address};
use crate::calendar::period::Period;
use crate::definition::{Section, SectionKind, SeriesForm};
use crate::query::{Dimension, Field};

/// So many values of a split have a series of their own.
const OWN: usize = 7;
/// The series of all others.
pub const OTHERS: &str = "Others";
/// A measure that cannot be summed up has no others: so many values of a split are drawn then, more are refused.
const MOST: usize = 24;

/// One place on the axis of time: its label, its period as long as it is everywhere (the range may cut it; none for an hour
/// of the day), the days it has in range, and whether the log reaches it.
struct Slot {
    label: String,
    whole: Option<Period>,
    days: DayCounts,
    reached: bool,
}

pub(super) fn series<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
) -> Result<Later<'a, (Body, Checked)>, FigureError> {
    let SectionKind::Series { measure, by, split, form, periods, table } = &section.kind else {
        return Err(FigureError::section(&section.id, "it is no series"));
    };
    let counted = Counted::new(context, named(context, &section.id, measure)?, &section.filter);
    let oldest = (1..*periods).fold(context.period().clone(), |period, _| period.before());
    let range = Period::days(oldest.first, context.period().end);
    let span = range.span(context.zone);
    let axis = axis(context, &counted, *by, &range).ok_or_else(|| {
        FigureError::section(&section.id, "a series goes over days, weeks, months, quarters, years or hours")
    })?;
    let whole = counted.ask(plan, span, &[]);
    let by_time = counted.ask(plan, span, &[*by]);
    let by_split = split.map(|field| {
        let field = Dimension::Field(field);
        (counted.ask(plan, span, &[field]), counted.ask(plan, span, &[*by, field]))
    });
    let judged_at_all = section.normal && *form != SeriesForm::Cumulative;
    let past = judged_at_all.then(|| ask_past(plan, context, &counted, &axis));
    let single = *periods <= 1 && split.is_none();
    let running = *form == SeriesForm::Cumulative;
    let places = if running { None } else { Some(axis.len()) };
    let side_by_side = if single { compared(plan, context, section, &counted, *by, places) } else { None };
    Ok(Box::new(move |answers| {
        let totals: Vec<Amount> =
            axis.iter().map(|slot| slot.amount(&counted, &answers.at(&by_time, &[&slot.label]))).collect();
        let checked = if counted.adds_up() {
            let mut sum = Vec::new();
            answers.rows(&by_time).for_each(|(_, values)| add(&mut sum, &values));
            adds_up(&section.id, &sum, &answers.at(&whole, &[]))?
        } else {
            None
        };
        let mut rows = match &by_split {
            None => vec![row(&section.id, &counted, &axis, "", None, &totals)],
            Some((groups, cells)) => split_rows(&section.id, &counted, &axis, answers, groups, cells)?,
        };
        let mut side_by_side = side_by_side.map(|read| read(answers));
        if running {
            rows.iter_mut().chain(&mut side_by_side).for_each(run);
        }
        let total = (form.is_stacked() && rows.len() > 1)
            .then(|| row(&section.id, &counted, &axis, "", Some(address::TOTAL), &totals));
        let judged = |past: Past| -> Vec<Option<Normal>> {
            axis.iter().map(|slot| slot.normal(context, &counted, answers, &past, &by_time)).collect()
        };
        let body = Series {
            title: counted.head.title.clone(),
            unit: counted.head.unit.clone(),
            form: form_name(*form).to_owned(),
            by: super::filter_words::dimension(*by).to_owned(),
            split: split.map(|field| field.name().to_owned()).unwrap_or_default(),
            categories: axis.iter().map(|slot| slot.label.clone()).collect(),
            series: rows,
            total,
            compared: side_by_side,
            table: *table,
            normal: past.map(judged).unwrap_or_default(),
        };
        Ok((Body::Series(body), checked))
    }))
}

impl Slot {
    fn amount(&self, counted: &Counted, values: &[i64]) -> Amount {
        match counted.amount(values, self.days) {
            Amount::NotRecorded => Amount::NotRecorded,
            amount if self.reached => amount,
            _ => Amount::NotInLog,
        }
    }

    /// What is normal here. Of what a range cuts, only counts that follow the days can be judged.
    fn normal(
        &self,
        context: &Context<'_>,
        counted: &Counted,
        answers: &Answers,
        past: &Past,
        by_time: &Slots,
    ) -> Option<Normal> {
        let period = self.whole.as_ref().filter(|_| self.reached)?;
        if context.days(period) != self.days && !counted.is_volume() {
            return None;
        }
        let values = answers.at(by_time, &[&self.label]);
        let days = self.days;
        past.learn(answers, &Point { context, counted, period, days, keys: &[], values: &values, joined: false })
    }
}

/// Asks for what the places of an axis are judged by.
fn ask_past(plan: &mut Plan, context: &Context<'_>, counted: &Counted, axis: &[Slot]) -> Past {
    let points: Vec<Period> = axis.iter().filter(|slot| slot.reached).filter_map(|slot| slot.whole.clone()).collect();
    Past::ask(plan, context, counted, &points, &[])
}

/// The axis of time over a range. `None` for a dimension that is no time.
fn axis(context: &Context<'_>, counted: &Counted, by: Dimension, range: &Period) -> Option<Vec<Slot>> {
    if by == Dimension::Field(Field::Hour) {
        let slot = |hour: u8| Slot { label: hour.to_string(), whole: None, days: context.days(range), reached: true };
        return Some((0..24).map(slot).collect());
    }
    let unit = by.unit()?;
    let slot = |(label, part): (String, Period)| {
        let whole = Some(Period::containing(unit, part.first));
        // What began before the log but has events is shown as far as it goes: only what has none is not in the log.
        let reached = counted.first.is_some_and(|first| first < part.span(context.zone).to);
        Slot { label, whole, days: context.days(&part), reached }
    };
    Some(slices(unit, range.first, range.end).into_iter().map(slot).collect())
}

fn row(
    id: &str,
    counted: &Counted,
    axis: &[Slot],
    key: &str,
    in_address: Option<&str>,
    amounts: &[Amount],
) -> SeriesRow {
    let base = address::keyed(id, &[]);
    let base = in_address.map_or(base.clone(), |part| address::under(&base, part));
    let figure =
        |(slot, amount): (&Slot, &Amount)| counted.figure(address::under(&base, &address::part(&slot.label)), *amount);
    let figures: Vec<Figure> = axis.iter().zip(amounts).map(figure).collect();
    SeriesRow { key: key.to_owned(), figures }
}

fn split_rows(
    id: &str,
    counted: &Counted,
    axis: &[Slot],
    answers: &Answers,
    groups: &Slots,
    cells: &Slots,
) -> Result<Vec<SeriesRow>, FigureError> {
    let all_days = DayCounts {
        civil: axis.iter().map(|slot| slot.days.civil).sum(),
        working: axis.iter().map(|slot| slot.days.working).sum(),
    };
    let mut values: Vec<(String, Amount)> = answers
        .rows(groups)
        .filter_map(|(keys, values)| Some((keys.first()?.clone(), counted.amount(&values, all_days))))
        .filter(|(_, amount)| amount.ratio().is_some_and(|(a, _)| a != 0))
        .collect();
    values.sort_by(|a, b| largest_first(&a.1, &b.1).then_with(|| a.0.cmp(&b.0)));
    let others = if counted.adds_up() && values.len() > OWN + 1 { values.split_off(OWN) } else { Vec::new() };
    if values.len() > MOST {
        let count = values.len();
        let reason =
            format!("`{}` cannot be summed up, and its split has {count} values: more than {MOST}", counted.head.name);
        return Err(FigureError::section(id, reason));
    }
    if values.is_empty() {
        let amounts: Vec<Amount> = axis.iter().map(|slot| slot.amount(counted, &[])).collect();
        return Ok(vec![row(id, counted, axis, "", None, &amounts)]);
    }
    let mut rows: Vec<SeriesRow> = Vec::with_capacity(values.len() + 1);
    for (key, _) in &values {
        let at = |slot: &Slot| slot.amount(counted, &answers.at(cells, &[&slot.label, key]));
        let amounts: Vec<Amount> = axis.iter().map(at).collect();
        rows.push(row(id, counted, axis, key, Some(&address::part(key)), &amounts));
    }
    if !others.is_empty() {
        let at = |slot: &Slot| {
            let mut sum = Vec::new();
            others.iter().for_each(|(key, _)| add(&mut sum, &answers.at(cells, &[&slot.label, key])));
            slot.amount(counted, &sum)
        };
        let amounts: Vec<Amount> = axis.iter().map(at).collect();
        rows.push(row(id, counted, axis, OTHERS, Some(address::REST), &amounts));
    }
    Ok(rows)
}

type Read<'a> = Box<dyn FnOnce(&Answers) -> SeriesRow + 'a>;

/// The first comparison, place by place: only of one period, without a split, and with as many places as are wanted, if it
/// matters.
fn compared<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
    counted: &Counted,
    by: Dimension,
    places: Option<usize>,
) -> Option<Read<'a>> {
    let compared = context.compared.first()?;
    let [then] = compared.periods.as_slice() else { return None };
    if !compared.in_log {
        return None;
    }
    let axis = axis(context, counted, by, &then.period)?;
    if places.is_some_and(|places| axis.len() != places) {
        return None;
    }
    let before = Before::ask_by(plan, context, counted, compared, &[by]);
    let counted = counted.clone();
    Some(Box::new(move |answers| {
        let at = |slot: &Slot| match before.read_group(answers, context, &counted, &[&slot.label]).0 {
            Amount::Mean { sum, .. } => counted.amount(&[sum], slot.days),
            amount => amount,
        };
        let amounts: Vec<Amount> = axis.iter().map(at).collect();
        row(&section.id, &counted, &axis, "", Some(address::COMPARED), &amounts)
    }))
}

/// Turns the numbers of a row into running totals. What is no number stays so, and adds nothing.
fn run(row: &mut SeriesRow) {
    let mut sum = 0_i64;
    for figure in &mut row.figures {
        if let Amount::Whole(number) = &mut figure.amount {
            sum = sum.saturating_add(*number);
            *number = sum;
        }
    }
}

fn form_name(form: SeriesForm) -> &'static str {
    match form {
        SeriesForm::Bars => "bars",
        SeriesForm::StackedBars => "stacked_bars",
        SeriesForm::Lines => "lines",
        SeriesForm::Area => "area",
        SeriesForm::Cumulative => "cumulative",
        SeriesForm::SmallMultiples => "small_multiples",
    }
}
