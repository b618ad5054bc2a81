//! Normal: more than a group's own days, weeks or months before let expect.

use super::At;
use super::hit::Hit;
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::figures::{LOOKED_AT, usual};
use crate::query::Table;

/// How far back is learnt: so many of the same kind.
pub(super) fn learnt_from(unit: Unit, span: Span, zone: &Zone) -> Span {
    let first = Period::containing(unit, zone.civil(span.from).date());
    Span { from: like_before(&first).last().map_or(span.from, |period| period.span(zone).from), to: span.to }
}

/// The spans before that are like one, newest first: the same weekday, the weeks or the months before.
fn like_before(period: &Period) -> Vec<Period> {
    let mut list = Vec::new();
    let mut one = period.clone();
    for _ in 0..LOOKED_AT {
        one = if period.unit == Some(Unit::Day) {
            Period::containing(Unit::Day, one.first - chrono::Days::new(7))
        } else {
            one.before()
        };
        list.push(one.clone());
    }
    list
}

pub(super) fn hits(at: &At<'_>, table: &Table, unit: Unit, spreads: u8, floor: i64) -> Vec<Hit> {
    let asked = super::whole(unit, at.span, at.zone());
    let begun = at.reach.counting.iter().filter_map(|(_, first)| *first).max().unwrap_or(Millis::MAX);
    let holidays = &at.against.lens.hours.holidays;
    let mut found = Vec::new();
    for (group, values) in at.by_span(table) {
        let Some(known) = values.keys().next().map(|first| at.zone().day_start(*first).max(begun)) else { continue };
        for (first, value) in values.iter().filter(|(_, value)| **value >= floor) {
            let period = Period::containing(unit, *first);
            if !asked.contains(period.span(at.zone()).from) {
                continue;
            }
            let day_off = |period: &Period| unit == Unit::Day && holidays.contains_key(&period.first);
            let earlier: Vec<i64> = like_before(&period)
                .iter()
                .filter(|before| before.span(at.zone()).from >= known && (day_off(&period) || !day_off(before)))
                .map(|before| values.get(&before.first).copied().unwrap_or(0))
                .collect();
            let Some((middle, high)) = usual(&earlier, spreads) else { continue };
            if *value > high {
                let mut hit = Hit::of_period(at, group, &period, *value);
                (hit.limit, hit.normal) = (Some(high.max(floor)), Some(middle));
                found.push(hit);
            }
        }
    }
    found
}
