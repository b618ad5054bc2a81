//! Thresholds: which figures crossed their line, for the whole period or group by group, worst first.

use super::amount::largest_first;
use super::comparison::Before;
use super::context::Context;
use super::error::FigureError;
use super::measure::Counted;
use super::plan::{Answers, Later, Plan};
use super::{Amount, Crossed, Unjudged, address};
use crate::definition::{Limit, Threshold};
use crate::finding::Severity;
use crate::query::{Compare, Dimension};
use std::collections::BTreeSet;

/// What crossed, and what could not be judged.
type Outcome = (Vec<Crossed>, Vec<Unjudged>);

/// Asks what all thresholds need; answers with what crossed, by severity, then by how far, then by name and key.
pub(super) fn thresholds<'a>(plan: &mut Plan, context: &'a Context<'a>) -> Result<Later<'a, Outcome>, FigureError> {
    let mut asked = Vec::new();
    let mut unjudged = Vec::new();
    for threshold in &context.definition.thresholds {
        let (judge, cannot) = ask(plan, context, threshold)?;
        asked.push(judge);
        unjudged.extend(cannot);
    }
    Ok(Box::new(move |answers| {
        let mut crossed: Vec<(Severity, Amount, Crossed)> = Vec::new();
        for judge in asked {
            crossed.extend(judge(answers)?);
        }
        crossed.sort_by(|a, b| {
            let names = |c: &Crossed| (c.name.clone(), c.key.clone());
            a.0.cmp(&b.0).then_with(|| largest_first(&a.1, &b.1)).then_with(|| names(&a.2).cmp(&names(&b.2)))
        });
        Ok((crossed.into_iter().map(|(_, _, crossed)| crossed).collect(), unjudged))
    }))
}

type Judged = Vec<(Severity, Amount, Crossed)>;

fn ask<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    threshold: &'a Threshold,
) -> Result<(Later<'a, Judged>, Option<Unjudged>), FigureError> {
    let fail = |reason: String| FigureError::Threshold { threshold: threshold.name.clone(), reason };
    let measure = context.definition.measures.get(&threshold.measure);
    let measure = measure.ok_or_else(|| fail(format!("there is no measure `{}`", threshold.measure)))?;
    if matches!(threshold.limit, Limit::TimesBefore { .. }) && context.compared.is_empty() {
        return Err(fail("it compares with the time before, but the report compares with nothing".to_owned()));
    }
    let by: Vec<Dimension> = threshold.by.map(Dimension::Field).into_iter().collect();
    let counted = Counted::new(context, measure, &threshold.filter).grouped(context, &by);
    let unjudged = counted.lacking().map(|(amount, not_recorded_by)| Unjudged {
        name: threshold.name.clone(),
        measure: counted.head.clone(),
        amount,
        not_recorded_by,
    });
    let now = counted.ask(plan, context.covered.span, &by);
    let compared = context.compared.first();
    let before = compared.map(|compared| Before::ask_by(plan, context, &counted, compared, &by));
    let judge: Later<'a, Judged> = Box::new(move |answers| {
        let days = context.days(context.period());
        let judge = |keys: &[String]| {
            let at: Vec<&str> = keys.iter().map(String::as_str).collect();
            let amount = counted.amount(&answers.at(&now, &at), days);
            let then = before.as_ref().map(|before| before.read_group(answers, context, &counted, &at).0);
            let then = then.unwrap_or(Amount::NotInLog);
            let limit = line(threshold.limit, &amount, &then);
            if amount.stands(threshold.compare, &limit) != Some(true) {
                return None;
            }
            let base = address::under(address::THRESHOLDS, &address::part(&threshold.name));
            let address = keys.iter().fold(base, |base, key| address::under(&base, &address::part(key)));
            let crossed = Crossed {
                name: threshold.name.clone(),
                severity: threshold.severity.name().to_owned(),
                measure: counted.head.clone(),
                by: threshold.by.map(|field| field.name().to_owned()).unwrap_or_default(),
                key: keys.first().cloned().unwrap_or_default(),
                figure: counted.figure(address, amount),
                limit,
                compare: threshold.compare,
                before: then,
                say: threshold.say.clone(),
                do_this: threshold.do_this.clone(),
            };
            Some((threshold.severity, how_far(&amount, &limit, threshold.compare), crossed))
        };
        Ok(groups(answers, &now, before.as_ref(), threshold).iter().filter_map(|keys| judge(keys)).collect())
    });
    Ok((judge, unjudged))
}

/// Groups to judge: those with events now, and, where too little crosses the line, those that had some before.
fn groups(
    answers: &Answers,
    now: &super::plan::Slots,
    before: Option<&Before>,
    threshold: &Threshold,
) -> BTreeSet<Vec<String>> {
    let mut keys: BTreeSet<Vec<String>> = answers.rows(now).map(|(keys, _)| keys.to_vec()).collect();
    if matches!(threshold.compare, Compare::Less | Compare::AtMost) {
        keys.extend(before.into_iter().flat_map(|before| before.keys(answers)));
    }
    keys
}

/// The line: the value written, or so many times what was before, but never below the floor. Where nothing is known of
/// before, the floor alone is the line.
fn line(limit: Limit, amount: &Amount, before: &Amount) -> Amount {
    let (hundredths, floor) = match limit {
        Limit::Value(value) => return amount.like(value),
        Limit::TimesBefore { hundredths, floor } => (hundredths, amount.like(floor)),
    };
    let times = |sum: i64, over: i64| Some((sum.checked_mul(hundredths)?, over.checked_mul(100)?));
    let scaled = match *before {
        Amount::Whole(value) => times(value, 1).map(|(sum, over)| whole_or_mean(sum, over)),
        Amount::Mean { sum, over } if over > 0 => times(sum, over).map(|(sum, over)| whole_or_mean(sum, over)),
        Amount::Share { part, whole } if whole > 0 => {
            times(part, whole).map(|(part, whole)| Amount::Share { part, whole })
        }
        _ => None,
    };
    match scaled {
        Some(scaled) if scaled.compare(&floor) == Some(std::cmp::Ordering::Greater) => scaled,
        _ => floor,
    }
}

fn whole_or_mean(sum: i64, over: i64) -> Amount {
    if sum % over == 0 { Amount::Whole(sum / over) } else { Amount::Mean { sum, over } }
}

/// How far a figure is beyond its line: their ratio, upwards or downwards.
fn how_far(amount: &Amount, limit: &Amount, compare: Compare) -> Amount {
    let (Some(a), Some(b)) = (amount.ratio(), limit.ratio()) else { return Amount::NotInLog };
    let (upper, lower) = match compare {
        Compare::More | Compare::AtLeast => (a, b),
        Compare::Less | Compare::AtMost => (b, a),
    };
    let (part, whole) = (upper.0.saturating_mul(lower.1), upper.1.saturating_mul(lower.0));
    if whole == 0 {
        return Amount::Whole(i64::MAX);
    }
    let scaled = part.saturating_mul(1_000_000) / whole;
    Amount::Whole(i64::try_from(scaled).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_is_exact_and_has_a_floor() {
        let twice = Limit::TimesBefore { hundredths: 250, floor: 5 };
        let whole = Amount::Whole(1);
        assert_eq!(line(twice, &whole, &Amount::Whole(4)), Amount::Whole(10));
        assert_eq!(line(twice, &whole, &Amount::Whole(3)), Amount::Mean { sum: 750, over: 100 });
        assert_eq!(line(twice, &whole, &Amount::Whole(1)), Amount::Whole(5));
        assert_eq!(line(twice, &whole, &Amount::NotInLog), Amount::Whole(5));
        assert_eq!(line(twice, &whole, &Amount::Mean { sum: 9, over: 4 }), Amount::Mean { sum: 2250, over: 400 });
        let share = Amount::Share { part: 1, whole: 2 };
        assert_eq!(line(Limit::Value(500), &share, &Amount::NotInLog), Amount::Share { part: 500, whole: 10_000 });
    }

    #[test]
    fn how_far_orders_both_ways() {
        let up = |amount, limit| how_far(&Amount::Whole(amount), &Amount::Whole(limit), Compare::AtLeast);
        assert!(up(30, 10).compare(&up(20, 10)) == Some(std::cmp::Ordering::Greater));
        assert_eq!(up(3, 0), Amount::Whole(i64::MAX));
        let down = |amount, limit| how_far(&Amount::Whole(amount), &Amount::Whole(limit), Compare::Less);
        assert!(down(1, 10).compare(&down(5, 10)) == Some(std::cmp::Ordering::Greater));
    }
}
