//! Ranking: groups with their measures, largest first; the rest summed up; checked against the total over all groups.

use super::amount::largest_first;
use super::context::Context;
use super::error::FigureError;
use super::measure::{Counted, add, named};
use super::normal::{Normal, Past, Point, Standing};
use super::plan::{Answers, Later, Plan, Slots};
use super::reconcile::{Checked, adds_up};
use super::{Amount, Body, Figure, KeyedRow, Ranking, address};
use crate::definition::{RankingForm, Section};
use crate::query::{Count, Dimension, Field, Filter, Measure};

/// So many rows are judged by their history: who reads on, reads a list.
const MOST_JUDGED: usize = 100;

struct Column {
    counted: Counted,
    groups: Slots,
    whole: Slots,
}

/// A group's keys, the numbers behind each column, the amounts.
struct Group {
    keys: Vec<String>,
    values: Vec<Vec<i64>>,
    amounts: Vec<Amount>,
}

pub(super) fn ranking<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    section: &'a Section,
    by: &'a [Dimension],
    measures: &'a [String],
    limit: usize,
    chart: RankingForm,
) -> Result<Later<'a, (Body, Checked)>, FigureError> {
    let span = context.covered.span;
    let mut columns = Vec::with_capacity(measures.len());
    for name in measures {
        let counted = Counted::new(context, named(context, &section.id, name)?, &section.filter).grouped(context, by);
        let groups = counted.ask(plan, span, by);
        let whole = counted.ask(plan, span, &[]);
        columns.push(Column { counted, groups, whole });
    }
    let first = columns.first().filter(|_| section.normal);
    let judge = first.map(|column| Judge::ask(plan, context, column.counted.clone(), by, &section.filter));
    Ok(Box::new(move |answers| {
        let days = context.days(context.period());
        let mut groups = groups(&columns, answers, |column, values| column.counted.amount(values, days));
        let mut checked = Vec::new();
        for (index, column) in columns.iter().enumerate() {
            let whole = answers.at(&column.whole, &[]);
            let mut sum = Vec::new();
            groups.iter().filter_map(|group| group.values.get(index)).for_each(|values| add(&mut sum, values));
            if column.counted.adds_up() {
                checked.extend(adds_up(&section.id, &sum, &whole)?);
            }
        }
        groups.retain(|group| group.amounts.iter().any(|amount| amount.ratio().is_some_and(|(a, _)| a != 0)));
        let first = |group: &Group| group.amounts.first().copied().unwrap_or(Amount::NotInLog);
        groups.sort_by(|a, b| largest_first(&first(a), &first(b)).then_with(|| a.keys.cmp(&b.keys)));
        let rest = groups.split_off(limit.min(groups.len()));
        let id = &section.id;
        let figure = |column: &Column, row: &str, amount| {
            column.counted.figure(address::under(row, &address::part(&column.counted.head.name)), amount)
        };
        let rows = groups.into_iter().enumerate().map(|(place, group)| {
            let row = address::keyed(id, &group.keys);
            let keys: Vec<(Dimension, &str)> = by.iter().copied().zip(group.keys.iter().map(String::as_str)).collect();
            let figures = columns.iter().zip(&group.amounts).map(|(column, amount)| {
                let address = address::under(&row, &address::part(&column.counted.head.name));
                column.counted.of_group(&context.sources, &keys, address, *amount)
            });
            let figures: Vec<Figure> = figures.collect();
            let counted = figures.first().is_some_and(|figure| figure.amount.ratio().is_some());
            let judge = judge.as_ref().filter(|_| counted && place < MOST_JUDGED);
            let normal = judge.and_then(|judge| judge.group(context, answers, &group));
            KeyedRow { figures, keys: group.keys, normal }
        });
        let rows = rows.collect();
        let under = |name| address::under(&address::keyed(id, &[]), name);
        let summed = columns.iter().enumerate().map(|(index, column)| {
            let mut sum = Vec::new();
            rest.iter().filter_map(|group| group.values.get(index)).for_each(|values| add(&mut sum, values));
            let amount = column.counted.amount(&sum, days);
            column.counted.adds_up().then(|| figure(column, &under(address::REST), amount))
        });
        let summed: Vec<Option<Figure>> = if rest.is_empty() { Vec::new() } else { summed.collect() };
        let total = columns.iter().map(|column| {
            let amount = column.counted.amount(&answers.at(&column.whole, &[]), days);
            figure(column, &under(address::TOTAL), amount)
        });
        let mut body = Ranking {
            by: by.iter().map(|dimension| super::filter_words::dimension(*dimension).to_owned()).collect(),
            total: total.collect(),
            columns: columns.iter().map(|column| column.counted.head.clone()).collect(),
            rows,
            more: rest.len() as u64,
            rest: summed,
            chart: form_name(chart).to_owned(),
            together: Vec::new(),
        };
        if chart == RankingForm::Pareto {
            body.together = together(&body, id);
        }
        Ok((Body::Ranking(body), checked.into_iter().next()))
    }))
}

/// What each row of a ranking by its first column and all before it are of the whole, then with the groups that are summed up.
fn together(ranking: &Ranking, id: &str) -> Vec<Figure> {
    let whole = ranking.total.first();
    let rows = ranking.rows.iter().map(|row| (address::keyed(id, &row.keys), row.figures.first()));
    let rest =
        ranking.rest.first().map(|rest| (address::under(&address::keyed(id, &[]), address::REST), rest.as_ref()));
    let mut part = 0_i64;
    let share = |(row, figure): (String, Option<&Figure>)| {
        let (figure, whole) = (figure?, whole?);
        let (Amount::Whole(own), Amount::Whole(whole)) = (figure.amount, whole.amount) else { return None };
        part = part.saturating_add(own);
        Some(Figure {
            address: address::under(&row, address::TOGETHER),
            label: 0,
            amount: Amount::Share { part, whole },
            not_recorded_by: figure.not_recorded_by.clone(),
        })
    };
    rows.chain(rest).filter_map(share).collect()
}

fn form_name(form: RankingForm) -> &'static str {
    match form {
        RankingForm::None => "",
        RankingForm::Bars => "bars",
        RankingForm::Pareto => "pareto",
    }
}

/// Each group against its own history.
struct Judge {
    counted: Counted,
    past: Past,
    /// Whether the actor or address of a group was first seen in the log in this period, and in those looked back on.
    new: Option<(Slots, Slots)>,
}

impl Judge {
    fn ask(plan: &mut Plan, context: &Context<'_>, counted: Counted, by: &[Dimension], filter: &Filter) -> Judge {
        let this = std::slice::from_ref(&context.covered.period);
        let past = Past::ask(plan, context, &counted, this, by);
        let seen = by.iter().find_map(|dimension| match dimension {
            Dimension::Field(field @ (Field::Actor | Field::Ip)) => Some(*field),
            _ => None,
        });
        let new = seen.map(|field| {
            let filter = context.scope(filter);
            let first_seen = [Measure { count: Count::FirstSeen(field), filter: Filter::All }];
            let mut ask = |span| plan.ask(span, &filter, by, &first_seen);
            (ask(context.covered.span), ask(past.span(context)))
        });
        Judge { counted, past, new }
    }

    fn group(&self, context: &Context<'_>, answers: &Answers, group: &Group) -> Option<Normal> {
        let keys: Vec<&str> = group.keys.iter().map(String::as_str).collect();
        let is = |slots: &Slots| answers.at(slots, &keys).first().is_some_and(|count| *count > 0);
        let (new, joined) = self.new.as_ref().map_or((false, false), |(now, then)| (is(now), is(then)));
        let (counted, period, days) = (&self.counted, context.period(), context.days(context.period()));
        let values = group.values.first()?;
        let mut normal =
            self.past.learn(answers, &Point { context, counted, period, days, keys: &keys, values, joined })?;
        // In a log's first period everybody is new.
        if new && normal.learnt_from > 0 {
            normal.standing = Standing::New;
        }
        Some(normal)
    }
}

/// Groups of all columns; they come from one query, so that their keys are the same.
fn groups(columns: &[Column], answers: &Answers, amount: impl Fn(&Column, &[i64]) -> Amount) -> Vec<Group> {
    let Some(first) = columns.first() else { return Vec::new() };
    let keys = answers.rows(&first.groups).map(|(keys, _)| keys.to_vec());
    let group = |keys: Vec<String>| {
        let at: Vec<&str> = keys.iter().map(String::as_str).collect();
        let values: Vec<Vec<i64>> = columns.iter().map(|column| answers.at(&column.groups, &at)).collect();
        let amounts = columns.iter().zip(&values).map(|(column, values)| amount(column, values)).collect();
        Group { keys, values, amounts }
    };
    keys.map(group).collect()
}
