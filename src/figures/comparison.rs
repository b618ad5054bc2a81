//! Totals: a measure over the period, what it was in the periods compared with, per working day, over history, against its target.

use super::context::{Context, DayCounts};
use super::measure::{Counted, add};
use super::normal::{LOOKED_AT, Past, Point};
use super::plan::{Answers, Later, Plan, Slots};
use super::{Amount, Compared, TargetMet, Total};
use crate::calendar::period::{Period, Unit};
use crate::definition::{Good, Measure};
use crate::query::Filter;
use chrono::Days;

/// Asks for a measure over the period under a filter on top of the definition's; `normal`: and for what is normal.
pub(super) fn total<'a>(
    plan: &mut Plan,
    context: &'a Context<'_>,
    measure: &'a Measure,
    filter: &Filter,
    address: String,
    normal: bool,
) -> Later<'a, Total> {
    let counted = Counted::new(context, measure, filter);
    let now = counted.ask(plan, context.covered.span, &[]);
    let before: Vec<_> =
        context.compared.iter().map(|compared| Before::ask(plan, context, &counted, compared)).collect();
    let history = ask_history(plan, context, &counted, normal);
    let this = std::slice::from_ref(&context.covered.period);
    let past = normal.then(|| Past::ask(plan, context, &counted, this, &[]));
    Box::new(move |answers| {
        let values = answers.at(&now, &[]);
        let days = context.days(context.period());
        let amount = counted.amount(&values, days);
        let then: Vec<(Amount, Vec<i64>, DayCounts)> =
            before.iter().map(|before| before.read(answers, context, &counted)).collect();
        let per_working_day = per_working_day(context, &counted, values.first().copied().unwrap_or(0), &before, &then);
        let normal = past.and_then(|past| {
            let (counted, period) = (&counted, context.period());
            past.learn(answers, &Point { context, counted, period, days, keys: &[], values: &values, joined: false })
        });
        Ok(Total {
            title: measure.title.clone(),
            unit: measure.unit.clone(),
            good: good(measure.good).to_owned(),
            target: measure.target.and_then(|target| {
                let met = amount.stands(target.compare, &amount.like(target.value))?;
                Some(TargetMet { compare: target.compare, value: target.value, met })
            }),
            now: counted.figure(address, amount),
            before: then.into_iter().map(|(amount, _, _)| amount).collect(),
            per_working_day,
            partial: before.iter().map(|before| before.partial(answers, context, &counted)).collect(),
            history: history(answers),
            normal,
        })
    })
}

/// Where the numbers of one comparison will be.
pub(super) struct Before {
    periods: Vec<(Period, Slots)>,
}

impl Before {
    /// Asks for those periods of a comparison that the log reaches for this measure.
    pub(super) fn ask(plan: &mut Plan, context: &Context<'_>, counted: &Counted, compared: &Compared) -> Before {
        Before::ask_by(plan, context, counted, compared, &[])
    }

    /// The same, broken down.
    pub(super) fn ask_by(
        plan: &mut Plan,
        context: &Context<'_>,
        counted: &Counted,
        compared: &Compared,
        by: &[crate::query::Dimension],
    ) -> Before {
        let reached = compared.periods.iter().filter(|then| context.reaches(&then.period, counted.first));
        let reached: Vec<_> = reached.inspect(|then| plan.look(then.span)).collect();
        Before {
            periods: reached.into_iter().map(|then| (then.period.clone(), counted.ask(plan, then.span, by))).collect(),
        }
    }

    fn read(&self, answers: &Answers, context: &Context<'_>, counted: &Counted) -> (Amount, Vec<i64>, DayCounts) {
        self.read_group(answers, context, counted, &[])
    }

    /// The amount of one group; `NotInLog` where the log does not reach any of the periods.
    pub(super) fn read_group(
        &self,
        answers: &Answers,
        context: &Context<'_>,
        counted: &Counted,
        keys: &[&str],
    ) -> (Amount, Vec<i64>, DayCounts) {
        let (mut values, mut days) = (Vec::new(), DayCounts::default());
        for (period, slots) in &self.periods {
            add(&mut values, &answers.at(slots, keys));
            let more = context.days(period);
            days = DayCounts { civil: days.civil + more.civil, working: days.working + more.working };
        }
        let amount = match (self.periods.len(), counted.amount(&[], days)) {
            (_, Amount::NotRecorded) => Amount::NotRecorded,
            (0, _) => Amount::NotInLog,
            (count, _) => counted.mean(&values, count as i64, days),
        };
        (amount, values, days)
    }

    /// The sources that count and do not speak for all of those periods.
    fn partial(&self, answers: &Answers, context: &Context<'_>, counted: &Counted) -> Vec<String> {
        let speaks = |name: &str, first, period: &Period| {
            context.reaches(period, first) && !answers.is_silent(name, period.span(context.zone))
        };
        let partial = counted
            .sources
            .iter()
            .filter(|(name, first)| !self.periods.iter().all(|(period, _)| speaks(name, *first, period)));
        partial.map(|(name, _)| name.clone()).collect()
    }

    /// Keys of the groups that had events then.
    pub(super) fn keys(&self, answers: &Answers) -> Vec<Vec<String>> {
        self.periods.iter().flat_map(|(_, slots)| answers.rows(slots).map(|(keys, _)| keys.to_vec())).collect()
    }
}

/// The same per working day, where a period compared with has another number of them (per period) than this one.
fn per_working_day(
    context: &Context<'_>,
    counted: &Counted,
    now: i64,
    before: &[Before],
    past: &[(Amount, Vec<i64>, DayCounts)],
) -> Vec<Amount> {
    let working = context.covered.working_days;
    let differs = before
        .iter()
        .zip(past)
        .any(|(before, (_, _, days))| days.working > 0 && days.working != working * before.periods.len() as i64);
    if !counted.is_volume() || working == 0 || !differs || counted.amount(&[], DayCounts::default()).ratio().is_none() {
        return Vec::new();
    }
    let then = past.iter().map(|(amount, values, days)| match amount {
        Amount::NotInLog | Amount::NotRecorded => *amount,
        _ => Amount::Mean { sum: values.first().copied().unwrap_or(0), over: days.working },
    });
    std::iter::once(Amount::Mean { sum: now, over: working }).chain(then).collect()
}

type History = Box<dyn FnOnce(&Answers) -> Vec<(String, Amount)>>;

/// History in one question broken down by the period's unit; one for each period where it has none (or where what is
/// counted depends on the whole span asked for).
fn ask_history(plan: &mut Plan, context: &Context<'_>, counted: &Counted, normal: bool) -> History {
    let periods = context.history(counted.first);
    let labelled: Vec<_> = periods.iter().map(|period| (period.label(), context.days(period))).collect();
    let counted_by = counted.clone();
    match (context.period().unit, periods.first(), periods.last()) {
        (Some(unit), Some(first), Some(last)) if !counted.counts_first_seen() => {
            // Of days, what is normal looks back farther: one question for both.
            let day = |back: u64| Period::containing(Unit::Day, last.first - Days::new(back));
            let mut days = (0..=7 * LOOKED_AT).rev().map(day).filter(|day| context.reaches(day, counted.first));
            let farther = days.next().filter(|_| normal && unit == Unit::Day).map_or(first.first, |day| day.first);
            let span = Period::days(farther.min(first.first), last.end).span(context.zone);
            let slots = counted.ask(plan, span, &[unit.into()]);
            Box::new(move |answers| {
                let amount = |label: &str, days| counted_by.amount(&answers.at(&slots, &[label]), days);
                labelled.into_iter().map(|(label, days)| (label.clone(), amount(&label, days))).collect()
            })
        }
        _ => {
            let ask = |period: &Period| counted.ask(plan, period.span(context.zone), &[]);
            let slots: Vec<Slots> = periods.iter().map(ask).collect();
            Box::new(move |answers| {
                let amount = |slots: &Slots, days| counted_by.amount(&answers.at(slots, &[]), days);
                labelled.into_iter().zip(&slots).map(|((label, days), at)| (label, amount(at, days))).collect()
            })
        }
    }
}

fn good(good: Good) -> &'static str {
    match good {
        Good::Neither => "neither",
        Good::Down => "down",
        Good::Up => "up",
    }
}
