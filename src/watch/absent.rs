//! Absent: what should have come in a span and did not. Spans one after the other without anything are one finding.

use super::At;
use super::hit::Hit;
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::query::Table;
use crate::wording::plain;
use std::collections::BTreeMap;

/// So many spans before are looked at, for where a silence began.
const BACK: usize = 35;

pub(super) fn looked_at(unit: Unit, span: Span, zone: &Zone) -> Span {
    let mut first = Period::containing(unit, zone.civil(span.from).date());
    for _ in 0..BACK {
        first = first.before();
    }
    Span { from: first.span(zone).from, to: span.to }
}

pub(super) fn hits(at: &At<'_>, table: &Table, unit: Unit, working: bool, after: Millis) -> Vec<Hit> {
    let (there, none) = (at.by_span(table), BTreeMap::new());
    let mut found = Vec::new();
    for (group, begun) in expected(at) {
        let came = there.get(group.as_slice()).unwrap_or(&none);
        let mut silence: Option<(Period, Period, i64)> = None;
        let span = looked_at(unit, super::whole(unit, at.span, at.zone()), at.zone());
        let mut period = Period::containing(unit, at.zone().civil(span.from).date());
        while period.span(at.zone()).to <= span.to {
            let over = period.span(at.zone());
            let due = over.from >= begun
                && over.to.saturating_add(after) <= at.against.now
                && (!working || at.against.lens.hours.is_working_day(period.first));
            if came.contains_key(&period.first) {
                found.extend(silence.take().map(|silence| hit(at, &group, silence)));
            } else if due {
                let (first, count) = silence.take().map_or((period.clone(), 0), |(first, _, count)| (first, count));
                silence = Some((first, period.clone(), count + 1));
            }
            period = period.after();
        }
        found.extend(silence.map(|silence| hit(at, &group, silence)));
    }
    let asked = super::whole(unit, at.span, at.zone());
    found.retain(|hit| hit.span.from < asked.to && asked.from < hit.span.to);
    found
}

/// Who should have come, and since when: every source that the rule is about, or all of them as one.
fn expected(at: &At<'_>) -> Vec<(Vec<String>, Millis)> {
    let begun = at.reach.counting.iter().filter_map(|(name, first)| Some((name.clone(), (*first)?)));
    if at.rule.by.is_empty() {
        let first = begun.map(|(_, first)| first).min();
        return first.map(|first| (Vec::new(), first)).into_iter().collect();
    }
    begun.filter(|(name, _)| at.counts(name)).map(|(name, first)| (vec![name], first)).collect()
}

fn hit(at: &At<'_>, group: &[String], (first, last, count): (Period, Period, i64)) -> Hit {
    let (from, to) = (first.span(at.zone()), last.span(at.zone()));
    let when = if first == last {
        plain::period(&first)
    } else {
        format!("{} to {}", plain::period(&first), plain::period(&last))
    };
    let mut hit = Hit::new(at, group, Span { from: from.from, to: to.to }, when, count);
    // A silence that goes on is the same one.
    hit.identity = from;
    hit
}
