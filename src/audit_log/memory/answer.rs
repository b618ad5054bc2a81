//! Answer: a table by the definition of each measure, group by group.

use super::reading::Reading;
use super::{MemoryLog, Placed};
use crate::audit_log::{Evidence, Lens, StoredEvent};
use crate::calendar::Millis;
use crate::event::actor_key;
use crate::query::{Count, Dimension, EvidenceQuery, Field, Query, Row, Table, period_label};
use std::collections::{BTreeMap, BTreeSet};

pub(super) fn answer(log: &MemoryLog, query: &Query, lens: &Lens) -> Table {
    let reading = Reading { lens, zone: &query.zone };
    let mut groups: BTreeMap<Vec<String>, Vec<Placed<'_>>> = BTreeMap::new();
    if query.by.is_empty() {
        groups.insert(Vec::new(), Vec::new());
    }
    for placed in log.placed() {
        if query.span.contains(placed.event.time) && reading.passes(&query.filter, placed) {
            let key = query.by.iter().map(|dimension| label(log, reading, *dimension, placed)).collect();
            groups.entry(key).or_default().push(placed);
        }
    }
    let rows = groups.into_iter().map(|(keys, group)| {
        let values = query.measures.iter().map(|measure| {
            let counted: Vec<Placed<'_>> =
                group.iter().copied().filter(|placed| reading.passes(&measure.filter, *placed)).collect();
            count(log, reading, query, measure.count.clone(), &counted)
        });
        Row { values: values.collect(), keys }
    });
    Table { rows: rows.collect() }
}

fn label(log: &MemoryLog, reading: Reading<'_>, dimension: Dimension, of: Placed<'_>) -> String {
    match dimension {
        Dimension::Field(Field::Actor) => {
            let key = actor_key(&of.event.actor);
            let placed = log.placed().map(|one| ((one.batch.number, one.index), one.event.actor.as_str()));
            let marks =
                log.marks_of(Field::Actor).map(|(batch, mark)| ((batch.number, mark.index), mark.text.as_str()));
            let first = placed.chain(marks).filter(|(_, written)| actor_key(written) == key).min();
            first.map(|(_, written)| written.to_owned()).unwrap_or_default()
        }
        Dimension::Field(field) => reading.text(field, of),
        time => period_label(time, reading.zone.civil(of.event.time).date()).unwrap_or_default(),
    }
}

fn count(log: &MemoryLog, reading: Reading<'_>, query: &Query, what: Count, events: &[Placed<'_>]) -> i64 {
    let values = |field: Field| {
        let texts = events.iter().map(move |placed| reading.text(field, *placed));
        texts.filter(|text| !text.is_empty())
    };
    match what {
        Count::Events => events.len() as i64,
        Count::Affected => {
            let each = events.iter().map(|placed| i64::try_from(placed.event.records_affected()).unwrap_or(i64::MAX));
            each.fold(0, i64::saturating_add)
        }
        Count::Distinct(field) => values(field).collect::<BTreeSet<_>>().len() as i64,
        Count::FirstSeen(field) => {
            let mut first: BTreeMap<String, Millis> = BTreeMap::new();
            for placed in log.placed() {
                let time = first.entry(reading.text(field, placed)).or_insert(placed.event.time);
                *time = (*time).min(placed.event.time);
            }
            let before = log.marks_of(field).map(|(_, mark)| (mark.key(), mark.time));
            // Of a source it is known from its batches, whatever became of their events.
            let batches = log.batches.iter().filter(|batch| field == Field::Source && batch.voided.is_none());
            let began = batches.filter_map(|batch| Some((batch.source.name.clone(), batch.span?.from)));
            for (text, at) in before.chain(began) {
                let time = first.entry(text).or_insert(at);
                *time = (*time).min(at);
            }
            let new = |text: &String| first.get(text).is_some_and(|time| query.span.contains(*time));
            values(field).filter(new).collect::<BTreeSet<_>>().len() as i64
        }
        Count::Burst(window) => {
            let mut times: Vec<Millis> = events.iter().map(|placed| placed.event.time).collect();
            times.sort_unstable();
            let in_window = |from: Millis| {
                let end = i128::from(from) + i128::from(window);
                times.iter().filter(|time| **time >= from && i128::from(**time) < end).count() as i64
            };
            times.iter().map(|from| in_window(*from)).max().unwrap_or(0)
        }
        Count::Percentile(field, percent) => {
            let mut per_value: BTreeMap<String, i64> = BTreeMap::new();
            for text in values(field) {
                *per_value.entry(text).or_default() += 1;
            }
            let mut counts: Vec<i64> = per_value.into_values().collect();
            counts.sort_unstable();
            let needed = counts.len() as f64 * f64::from(percent.min(100)) / 100.0;
            let rank = counts.iter().enumerate().position(|(at, _)| (at + 1) as f64 >= needed);
            rank.and_then(|rank| counts.get(rank).copied()).unwrap_or(0)
        }
    }
}

pub(super) fn evidence(log: &MemoryLog, query: &EvidenceQuery, lens: &Lens) -> Evidence {
    let reading = Reading { lens, zone: &query.zone };
    let mut found: Vec<Placed<'_>> = log
        .placed()
        .filter(|placed| query.span.contains(placed.event.time) && reading.passes(&query.filter, *placed))
        .collect();
    found.sort_by_key(|placed| (placed.event.time, placed.batch.number, placed.index));
    let total = found.len() as u64;
    let events = found.into_iter().take(query.limit).map(|placed| StoredEvent {
        number: format!("{}-{}", placed.batch.number, placed.index),
        source: placed.batch.source.name.clone(),
        event: placed.event.clone(),
    });
    Evidence { total, events: events.collect() }
}
