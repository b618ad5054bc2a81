//! Sequence: so many events, then one of another kind, by the same one within a time.

use super::hit::{Hit, day_of};
use super::{At, MOST, scope_of, whole};
use crate::audit_log::{LogError, StoredEvent};
use crate::calendar::period::{Period, Unit};
use crate::calendar::{Millis, Span};
use crate::figures::{field, in_sequence, without};
use crate::query::{EvidenceQuery, Filter, Table};
use crate::wording::plain;
use chrono::{Days, NaiveDate};
use std::collections::BTreeMap;

const DAY: Millis = 86_400_000;

pub(super) fn hits(
    at: &At<'_>,
    (firsts, thens): (&Table, &Table),
    at_least: u64,
    then: &Filter,
    within: Millis,
) -> Result<Vec<Hit>, LogError> {
    let [by] = at.rule.by.as_slice() else { return Ok(Vec::new()) };
    let day = whole(Unit::Day, at.span, at.zone());
    let mut found = Vec::new();
    for (group, days) in candidates(at, firsts, thens, at_least, within) {
        let span = of_days(&days, at);
        let asked = Span { from: span.from.max(day.from), to: span.to.min(day.to) };
        if asked.from >= asked.to {
            continue;
        }
        let read = |filter: Filter, from: Millis| -> Result<Vec<StoredEvent>, LogError> {
            let filter = without(filter, &at.reach.kept_out).and(Filter::is(*by, &group));
            let query =
                EvidenceQuery { span: Span { from, to: asked.to }, zone: at.zone().clone(), filter, limit: MOST };
            let evidence = at.against.log.evidence(&query, at.against.lens)?;
            if evidence.total > evidence.events.len() as u64 {
                return Err(LogError::Refused(format!(
                    "the rule {} would have to look at {} events of {group}, and {MOST} are the limit: give it a narrower `where`",
                    at.rule.name, evidence.total
                )));
            }
            Ok(evidence.events)
        };
        // What followed before uses up what came before it: it is read, too.
        let firsts = read(at.rule.filter.clone(), asked.from - within)?;
        let thens = read(scope_of(at.rule).and(then.clone()), asked.from - within)?;
        let of = |event: &StoredEvent| field(*by, event, at.against.lens, at.zone());
        // One of a group and day: the one with the most before it.
        let mut worst: BTreeMap<Span, Hit> = BTreeMap::new();
        for one in in_sequence(&of, &firsts, &thens, (*by, at_least, within), asked) {
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

/// Groups with stretches of days on which something followed that may have had enough before it: only those are read.
fn candidates(
    at: &At<'_>,
    firsts: &Table,
    thens: &Table,
    at_least: u64,
    within: Millis,
) -> Vec<(String, Vec<NaiveDate>)> {
    let (firsts, thens) = (at.by_span(firsts), at.by_span(thens));
    let at_least = i64::try_from(at_least).unwrap_or(i64::MAX);
    let back = Days::new(u64::try_from(within / DAY + 1).unwrap_or(u64::MAX));
    let mut list: Vec<(String, Vec<NaiveDate>)> = Vec::new();
    for (group, days) in thens {
        let (Some(before), [group]) = (firsts.get(group), group) else { continue };
        let mut stretches: Vec<Vec<NaiveDate>> = Vec::new();
        for day in days.into_keys() {
            let from = day.checked_sub_days(back).unwrap_or(day);
            if before.range(from..=day).map(|(_, count)| count).sum::<i64>() < at_least {
                continue;
            }
            match stretches.last_mut() {
                Some(last) if last.last().and_then(NaiveDate::succ_opt) == Some(day) => last.push(day),
                _ => stretches.push(vec![day]),
            }
        }
        list.extend(stretches.into_iter().map(|days| (group.clone(), days)));
    }
    list
}

/// The span of days that follow each other.
fn of_days(days: &[NaiveDate], at: &At<'_>) -> Span {
    let of = |day: Option<&NaiveDate>| day.map(|day| Period::containing(Unit::Day, *day).span(at.zone()));
    let (first, last) = (of(days.first()), of(days.last()));
    first.zip(last).map_or(Span { from: 0, to: 0 }, |(first, last)| first.cover(&last))
}
