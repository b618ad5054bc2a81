//! Sliding: so much in any span of a length, wherever it begins. Days that hold such a span are found by counting, and only the
//! events of those are looked at.

use super::hit::{Hit, day_of};
use super::{At, MOST};
use crate::audit_log::{LogError, StoredEvent};
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::definition::watch::Rule;
use crate::event::actor_key;
use crate::figures::field;
use crate::query::{Count, EvidenceQuery, Field, Filter, Table};
use crate::wording::plain;
use chrono::NaiveDate;
use std::collections::{BTreeMap, HashMap, VecDeque};

/// What is asked: for each group the most in any such span of a day, once by days from midnight to midnight, and once by days
/// from about noon to noon: a span lies within a day of one of the two. By noon it can be asked only where the rule's filter
/// does not itself turn on the hour; otherwise a day and the one before it are looked at together.
pub(super) fn questions(rule: &Rule, asked: Span, length: Millis, count: &Count) -> Vec<(Zone, Span, Count)> {
    let most = || if *count == Count::Events { Count::Burst(length) } else { count.clone() };
    // What began the evening before belongs to it.
    let asked = Span { from: asked.from - DAY, to: asked.to };
    let mut list = vec![(rule.zone.clone(), asked, most())];
    if let Some(noon) = noon_of(&rule.zone, asked.from).filter(|_| length <= NEAR && !by_the_clock(&rule.filter)) {
        list.push((noon, asked, most()));
    }
    list
}

const HOUR: Millis = 3_600_000;
const DAY: Millis = 24 * HOUR;
/// Noon may lie an hour and more off, where clocks are changed.
const NEAR: Millis = 9 * HOUR;

/// A zone whose midnight is about noon in another.
fn noon_of(zone: &Zone, at: Millis) -> Option<Zone> {
    let offset = zone.offset_at(at);
    Zone::fixed(if offset <= 0 { offset + 12 * 3600 } else { offset - 12 * 3600 })
}

/// Whether a filter turns on the time of day.
fn by_the_clock(filter: &Filter) -> bool {
    match filter {
        Filter::All => false,
        Filter::OneOf(field, _) | Filter::Prefix(field, _) | Filter::Number(field, _, _) => {
            matches!(field, Field::Hour | Field::Weekday | Field::OutsideHours)
        }
        Filter::And(list) | Filter::Or(list) => list.iter().any(by_the_clock),
        Filter::Not(inner) => by_the_clock(inner),
    }
}

pub(super) fn hits(
    at: &At<'_>,
    (by_day, by_noon): (&Table, Option<&Table>),
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Result<Vec<Hit>, LogError> {
    let mut groups: BTreeMap<&[String], Vec<Span>> = BTreeMap::new();
    for (group, days) in at.by_span(by_day) {
        let of = |day: NaiveDate| Period::containing(Unit::Day, day).span(at.zone());
        let with_the_day_before = |(day, value): (&NaiveDate, &i64)| {
            let before = day.pred_opt()?;
            (by_noon.is_none() && days.get(&before)? + value >= at_least).then(|| of(before).cover(&of(*day)))
        };
        let mut spans: Vec<Span> = days.iter().filter_map(with_the_day_before).collect();
        spans.extend(days.iter().filter(|(_, value)| **value >= at_least).map(|(day, _)| of(*day)));
        groups.entry(group).or_default().extend(spans);
    }
    if let Some((table, noon)) = by_noon.zip(noon_of(at.zone(), super::whole(Unit::Day, at.span, at.zone()).from - DAY))
    {
        for (group, days) in at.by_span(table) {
            let over = days.iter().filter(|(_, value)| **value >= at_least);
            groups
                .entry(group)
                .or_default()
                .extend(over.map(|(day, _)| Period::containing(Unit::Day, *day).span(&noon)));
        }
    }
    let mut found = Vec::new();
    for (group, spans) in groups {
        let mut worst: BTreeMap<NaiveDate, Hit> = BTreeMap::new();
        for span in joined(spans) {
            for hit in of_span(at, group, span, count, length, at_least)? {
                let known = worst.entry(hit.day(at)).or_insert_with(|| hit.clone());
                if known.value < hit.value {
                    *known = hit;
                }
            }
        }
        found.extend(worst.into_values());
    }
    Ok(found)
}

/// Spans that meet are one: what lies in two of them is looked at once.
fn joined(mut spans: Vec<Span>) -> Vec<Span> {
    spans.sort();
    let mut list: Vec<Span> = Vec::new();
    for span in spans {
        match list.last_mut() {
            Some(last) if span.from < last.to => *last = last.cover(&span),
            _ => list.push(span),
        }
    }
    list
}

fn of_span(
    at: &At<'_>,
    group: &[String],
    span: Span,
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Result<Vec<Hit>, LogError> {
    let query = EvidenceQuery { span, zone: at.zone().clone(), filter: at.of_group(group), limit: MOST };
    let evidence = at.against.log.evidence(&query, at.against.lens)?;
    if evidence.total == evidence.events.len() as u64 {
        return Ok(episodes(at, group, &evidence.events, count, length, at_least));
    }
    // Too many to be looked at one by one: day by day, and of a day that is too much by itself what it has.
    let days: Vec<Span> = std::iter::successors(Some(day_of(at, span.from)), |day| Some(day.after()))
        .map(|day| day.span(at.zone()))
        .take_while(|day| day.from < span.to)
        .collect();
    if let [day] = days.as_slice() {
        let total = i64::try_from(evidence.total).unwrap_or(i64::MAX);
        let mut hit = Hit::of_period(at, group, &day_of(at, day.from), total);
        hit.limit = Some(at_least);
        return Ok(vec![hit]);
    }
    let each = days.into_iter().map(|day| of_span(at, group, day, count, length, at_least));
    Ok(each.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
}

/// One hit for each day on which a stretch of spans over the line began: the span that has the most.
fn episodes(
    at: &At<'_>,
    group: &[String],
    events: &[StoredEvent],
    count: &Count,
    length: Millis,
    at_least: i64,
) -> Vec<Hit> {
    let mut window: VecDeque<(Millis, String)> = VecDeque::new();
    let mut values: HashMap<String, u64> = HashMap::new();
    let mut worst: BTreeMap<NaiveDate, (i64, Span)> = BTreeMap::new();
    let mut began: Option<NaiveDate> = None;
    for event in events {
        let time = event.event.time;
        while let Some((old, _)) = window.front()
            && time - old >= length
        {
            if let Some((_, value)) = window.pop_front()
                && let Some(times) = values.get_mut(&value)
            {
                *times -= 1;
                if *times == 0 {
                    values.remove(&value);
                }
            }
        }
        let value = match count {
            Count::Distinct(of) => {
                let text = field(*of, event, at.against.lens, at.zone());
                if *of == Field::Actor { actor_key(&text) } else { text }
            }
            _ => String::new(),
        };
        if value.is_empty() && matches!(count, Count::Distinct(_)) {
            continue;
        }
        *values.entry(value.clone()).or_default() += 1;
        window.push_back((time, value));
        let now = match count {
            Count::Distinct(_) => values.len() as i64,
            _ => window.len() as i64,
        };
        if now < at_least {
            began = None;
            continue;
        }
        let from = window.front().map_or(time, |(first, _)| *first);
        let day = *began.get_or_insert_with(|| at.zone().civil(time).date());
        let entry = worst.entry(day).or_insert((0, Span { from, to: time + 1 }));
        if now > entry.0 {
            *entry = (now, Span { from, to: time + 1 });
        }
    }
    let asked = super::whole(Unit::Day, at.span, at.zone());
    let hit = |(day, (value, span)): (NaiveDate, (i64, Span))| {
        let identity = Period::containing(Unit::Day, day).span(at.zone());
        let when = format!("{} to {}", plain::moment(span.from, at.zone()), until(at, span));
        let mut hit = Hit::new(at, group, span, when, value);
        (hit.identity, hit.limit) = (identity, Some(at_least));
        asked.contains(identity.from).then_some(hit)
    };
    worst.into_iter().filter_map(hit).collect()
}

/// The end of a span: its time of day where the day is the same.
fn until(at: &At<'_>, span: Span) -> String {
    let same = day_of(at, span.from) == day_of(at, span.to - 1);
    let civil = at.zone().civil(span.to - 1);
    if same { civil.format("%H:%M").to_string() } else { plain::moment(span.to - 1, at.zone()) }
}
