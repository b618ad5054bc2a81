//! Sequence: so many events, then one of another kind, by the same one within a time.

use super::hit::{Hit, day_of};
use super::{At, MOST, scope_of, whole};
use crate::audit_log::{LogError, StoredEvent};
use crate::calendar::period::Unit;
use crate::calendar::{Millis, Span};
use crate::figures::{field, in_sequence, without};
use crate::query::{EvidenceQuery, Filter, Table};
use crate::wording::plain;
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn hits(
    at: &At<'_>,
    (firsts, thens): (&Table, &Table),
    at_least: u64,
    then: &Filter,
    within: Millis,
) -> Result<Vec<Hit>, LogError> {
    let [by] = at.rule.by.as_slice() else { return Ok(Vec::new()) };
    let enough = |table: &Table, least: u64| -> BTreeSet<String> {
        let rows = table.rows.iter().filter(|row| row.values.first().is_some_and(|value| *value as u64 >= least));
        rows.filter_map(|row| at.parts(row)).filter_map(|(group, _)| group.first().cloned()).collect()
    };
    let both: Vec<String> = enough(firsts, at_least).intersection(&enough(thens, 1)).cloned().collect();
    let day = whole(Unit::Day, at.span, at.zone());
    let mut found = Vec::new();
    for group in both {
        let read = |filter: Filter, from: Millis| -> Result<Vec<StoredEvent>, LogError> {
            let filter = without(filter, &at.reach.kept_out).and(Filter::is(*by, &group));
            let query = EvidenceQuery { span: Span { from, to: day.to }, zone: at.zone().clone(), filter, limit: MOST };
            let evidence = at.against.log.evidence(&query, at.against.lens)?;
            if evidence.total > evidence.events.len() as u64 {
                return Err(LogError::Refused(format!(
                    "the rule {} would have to look at {} events of {group}, and {MOST} are the limit: give it a narrower `where`",
                    at.rule.name, evidence.total
                )));
            }
            Ok(evidence.events)
        };
        let firsts = read(at.rule.filter.clone(), day.from - within)?;
        let thens = read(scope_of(at.rule).and(then.clone()), day.from)?;
        let of = |event: &StoredEvent| field(*by, event, at.against.lens, at.zone());
        // One of a group and day: the one with the most before it.
        let mut worst: BTreeMap<Span, Hit> = BTreeMap::new();
        for one in in_sequence(&of, &firsts, &thens, (*by, at_least, within), day) {
            let then_at = one.then.event.time;
            let identity = day_of(at, then_at).span(at.zone());
            let from = one.firsts.first().map_or(then_at, |event| event.event.time);
            let value = one.firsts.len() as i64;
            let mut hit = Hit::new(
                at,
                std::slice::from_ref(&group),
                Span { from, to: then_at + 1 },
                plain::moment(then_at, at.zone()),
                value,
            );
            (hit.identity, hit.limit) = (identity, i64::try_from(at_least).ok());
            let either = Filter::Or(vec![at.rule.filter.clone(), scope_of(at.rule).and(then.clone())]);
            hit.filter = without(either, &at.reach.kept_out).and(Filter::is(*by, &group));
            let known = worst.entry(identity).or_insert_with(|| hit.clone());
            if known.value < value {
                *known = hit;
            }
        }
        found.extend(worst.into_values());
    }
    Ok(found)
}
