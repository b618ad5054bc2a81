//! Known: records as the log knows them: what their events told of them, and nothing that none told.

use super::{Alternatives, Record, Rules, fold};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::event::{ActionClass, Event};
use std::collections::BTreeMap;

/// The records of a module, gathered from its events in order of time.
#[derive(Clone, Debug, Default)]
pub struct Known {
    records: BTreeMap<String, Told>,
    /// Events that were looked at.
    pub events: u64,
    /// Those that told what became of a field.
    pub with_changes: u64,
    /// The first of them all.
    pub since: Option<Millis>,
}

/// What is known of one record.
#[derive(Clone, Debug, Default)]
struct Told {
    name: String,
    owner: String,
    team: String,
    created: Option<Millis>,
    gone: bool,
    fields: Vec<Option<String>>,
}

impl Known {
    /// Takes an event of the module. One without a record tells nothing of any.
    pub fn event(&mut self, rules: &Rules, event: &Event) {
        self.events += 1;
        self.since = Some(self.since.map_or(event.time, |since| since.min(event.time)));
        self.with_changes += u64::from(!event.changes.is_empty());
        let record = event.record.trim();
        if record.is_empty() {
            return;
        }
        let told = self.records.entry(record.to_owned()).or_default();
        told.fields.resize(rules.fields.len(), None);
        if !event.record_name.trim().is_empty() {
            told.name.clone_from(&event.record_name);
        }
        match event.class {
            ActionClass::Create => told.created = Some(event.time),
            ActionClass::Delete | ActionClass::Merge | ActionClass::Convert => told.gone = true,
            ActionClass::Restore => told.gone = false,
            _ => {}
        }
        for change in &event.changes {
            let new = change.new.clone().unwrap_or_default();
            let named = |one: &Option<Alternatives>| {
                one.as_ref().is_some_and(|one| one.names.iter().any(|name| fold(name) == fold(&change.field)))
            };
            if named(&rules.owner) {
                told.owner.clone_from(&new);
            }
            if named(&rules.team) {
                told.team.clone_from(&new);
            }
            for (field, slot) in rules.fields.iter().zip(&mut told.fields) {
                if fold(&field.name) == fold(&change.field) {
                    *slot = Some(new.clone());
                }
            }
        }
    }

    /// Gives every record that is there, in order of its id; `team` knows the team of an owner.
    pub fn each(&self, zone: &Zone, team: &dyn Fn(&str) -> String, take: &mut dyn FnMut(&Record<'_>)) {
        for (key, told) in self.records.iter().filter(|(_, told)| !told.gone) {
            let fields: Vec<Option<&str>> = told.fields.iter().map(Option::as_deref).collect();
            let of_owner = if told.team.is_empty() { team(&told.owner) } else { told.team.clone() };
            take(&Record {
                key,
                name: &told.name,
                owner: &told.owner,
                team: &of_owner,
                created: told.created.map(|at| zone.civil(at).date()),
                fields: &fields,
                line: 0,
            });
        }
    }
}
