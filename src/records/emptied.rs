//! Emptied: which changes took a field's value away. Read from the events of a module, newest last.

use super::{Rules, fold};
use crate::calendar::Millis;
use crate::event::{ActionClass, Event};

/// A change that took the value of a field away and put none in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The event's number in the log.
    pub event: String,
    /// When.
    pub time: Millis,
    /// Who, as the log writes it.
    pub actor: String,
    /// Which record: its id.
    pub record: String,
    /// Which field: an index into [`Rules::fields`].
    pub field: usize,
}

/// What an event took away: of fields that the rules look at, those that said something before and say nothing after. A
/// value that a source gives before, and none after, was taken away.
pub fn taken<'e>(rules: &'e Rules, number: &'e str, event: &'e Event) -> impl Iterator<Item = Taken> + 'e {
    let changes = if event.class == ActionClass::Update { event.changes.as_slice() } else { &[] };
    changes.iter().filter_map(move |change| {
        let says = |value: &Option<String>| value.as_ref().is_some_and(|value| !rules.says_nothing(value));
        if !says(&change.old) || says(&change.new) || event.record.trim().is_empty() {
            return None;
        }
        let field = rules.fields.iter().position(|field| fold(&field.name) == fold(&change.field))?;
        Some(Taken {
            event: number.to_owned(),
            time: event.time,
            actor: event.actor.clone(),
            record: event.record.trim().to_owned(),
            field,
        })
    })
}
