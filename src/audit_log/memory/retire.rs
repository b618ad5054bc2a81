//! Retire: events of old days dropped, and of what they had only this: that remaining values were there before.

use super::MemoryLog;
use crate::audit_log::quarantine::is_before;
use crate::audit_log::record::Record;
use crate::audit_log::roots::day_of;
use crate::audit_log::{Batch, LogError, RetireOrder, Retired, begin_retiring};
use crate::calendar::Millis;
use crate::event::{Event, actor_key};
use crate::query::Field;
use std::collections::BTreeSet;

/// Fields of which it is kept that a value was there before.
const MARKED: [Field; 10] = [
    Field::Actor,
    Field::Action,
    Field::Module,
    Field::Record,
    Field::RecordName,
    Field::Ip,
    Field::Agent,
    Field::Channel,
    Field::ActionClass,
    Field::Outcome,
];

/// A value that a retired event of a batch had.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    pub(super) field: Field,
    /// As it was written.
    pub(super) text: String,
    /// The first event of the batch that had it, from 1.
    pub(super) index: u64,
    /// Just before what was retired.
    pub(super) time: Millis,
}

impl Mark {
    /// What it is compared by.
    pub(super) fn key(&self) -> String {
        key(self.field, &self.text)
    }
}

fn key(field: Field, text: &str) -> String {
    if field == Field::Actor { actor_key(text) } else { text.to_owned() }
}

fn written(field: Field, event: &Event) -> &str {
    match field {
        Field::Actor => &event.actor,
        Field::Action => &event.action,
        Field::Module => &event.module,
        Field::Record => &event.record,
        Field::RecordName => &event.record_name,
        Field::Ip => &event.origin.ip,
        Field::Agent => &event.origin.agent,
        Field::Channel => &event.origin.channel,
        Field::ActionClass => event.class.as_str(),
        Field::Outcome => event.outcome.as_str(),
        _ => "",
    }
}

impl MemoryLog {
    /// The newest retirement of a source.
    pub(super) fn newest_retired(&self, source: &str) -> Option<&Retired> {
        self.retired.iter().rev().find(|retired| retired.source == source)
    }

    /// Marks of batches that count, with their batch, for a field.
    pub(super) fn marks_of(&self, field: Field) -> impl Iterator<Item = (&Batch, &Mark)> {
        let live = self.batches.iter().zip(&self.marks).filter(|(batch, _)| batch.voided.is_none());
        let all = live.flat_map(|(batch, marks)| marks.iter().map(move |mark| (batch, mark)));
        all.filter(move |(_, mark)| mark.field == field)
    }

    pub(super) fn retire_now(&mut self, order: &RetireOrder, now: Millis) -> Result<Retired, LogError> {
        let already = self.newest_retired(&order.source).map(|retired| retired.before);
        let mut retired = begin_retiring(order, already, now)?;
        let day = day_of(order.before);
        let is_old = |event: &Event| day_of(event.time) < day;
        let kept = self.marks.iter_mut().zip(&mut self.retired_ids);
        for ((batch, events), (marks, ids)) in self.batches.iter().zip(&mut self.events).zip(kept) {
            if batch.source.name != order.source {
                continue;
            }
            for mark in marks.iter_mut() {
                mark.time = mark.time.max(order.before - 1);
            }
            for (index, event) in events.iter().filter(|(_, event)| is_old(event)) {
                for field in MARKED {
                    let text = written(field, event);
                    match marks.iter_mut().find(|mark| mark.field == field && mark.text == text) {
                        Some(mark) => mark.index = mark.index.min(*index),
                        None => {
                            let text = text.to_owned();
                            marks.push(Mark { field, text, index: *index, time: order.before - 1 });
                        }
                    }
                }
                ids.extend(event.id.iter().filter(|id| !id.is_empty()).cloned());
                retired.events += 1;
            }
            events.retain(|(_, event)| !is_old(event));
        }
        let batches = &self.batches;
        let rows = self.quarantine.len();
        self.quarantine.retain(|row| {
            let batch = batches.iter().find(|batch| batch.number == row.batch && batch.source.name == order.source);
            !batch.is_some_and(|batch| is_before(row.row.around, batch, order.before))
        });
        retired.rows = (rows - self.quarantine.len()) as u64;
        if retired.events == 0 && retired.rows == 0 {
            return Ok(retired);
        }
        let remaining: BTreeSet<(Field, String)> = self
            .events
            .iter()
            .flatten()
            .flat_map(|(_, event)| MARKED.map(|field| (field, key(field, written(field, event)))))
            .collect();
        for marks in &mut self.marks {
            marks.retain(|mark| remaining.contains(&(mark.field, mark.key())));
        }
        self.retired.push(retired.clone());
        self.records.push(Record::Retire { retired: retired.clone(), manifests: Vec::new() }.bytes());
        Ok(retired)
    }
}
