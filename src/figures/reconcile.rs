//! Reconciliation: what must add up, and does, or the edition fails.

use super::Reconciliation;
use super::context::Context;
use super::error::FigureError;
use super::plan::{Later, Plan};
use crate::query::{Count, Field, Filter, Measure};
use std::collections::BTreeMap;

/// A section whose groups add up: sum over them, and its total.
pub(super) type Checked = Option<(String, i64, i64)>;

/// Sums over groups against the number over all; an error if they differ.
pub(super) fn adds_up(section: &str, sum: &[i64], whole: &[i64]) -> Result<Checked, FigureError> {
    let mut first = None;
    for (index, total) in whole.iter().enumerate() {
        let sum = sum.get(index).copied().unwrap_or(0);
        if sum != *total {
            let reason = format!("section `{section}`: its groups sum up to {sum}, but all of them are {total}");
            return Err(FigureError::Unreconciled(reason));
        }
        first.get_or_insert((section.to_owned(), sum, *total));
    }
    Ok(first)
}

/// Asks for everything in the log and in scope, and checks it against the batches.
pub(super) fn reconcile<'a>(
    plan: &mut Plan,
    context: &'a Context<'a>,
    by_batch: &'a BTreeMap<u64, u64>,
) -> Later<'a, Reconciliation> {
    let span = context.covered.span;
    let count = |filter: Filter| Measure { count: Count::Events, filter };
    let actors = |filter: Filter| Measure { count: Count::Distinct(Field::Actor), filter };
    let scope = &context.definition.filter;
    let outside = Filter::Not(Box::new(scope.clone()));
    let log = plan.ask(span, &Filter::All, &[], &[count(Filter::All), count(scope.clone()), count(outside)]);
    let known = |known: &str| Filter::is(Field::ActorKnown, known);
    let people = [actors(known("known")), actors(known("unknown")), count(known("unknown"))];
    let people = plan.ask(span, scope, &[], &people);
    Box::new(move |answers| {
        let number = |slots, index: usize| answers.at(slots, &[]).get(index).copied().unwrap_or(0);
        let by_batches = by_batch.values().fold(0_i64, |sum, n| sum.saturating_add_unsigned(*n));
        let found = Reconciliation {
            log: number(&log, 0),
            in_scope: number(&log, 1),
            excluded: number(&log, 2),
            by_batches,
            sections: Vec::new(),
            actors_known: number(&people, 0),
            actors_unknown: number(&people, 1),
            events_of_unknown: number(&people, 2),
        };
        let Reconciliation { log, in_scope, excluded, .. } = found;
        if log != in_scope + excluded {
            let reason = format!("{log} events in the log, but {in_scope} in scope and {excluded} excluded");
            return Err(FigureError::Unreconciled(reason));
        }
        if log != by_batches {
            let reason = format!("{log} events in the log, but its batches have {by_batches} in the period");
            return Err(FigureError::Unreconciled(reason));
        }
        Ok(found)
    })
}
