//! Mask: a report for training sessions. Whatever would tell who and when is replaced before any figure is computed, so that
//! what the log holds of names never comes into the figures, and nothing that is made from them can tell it.
//!
//! * Figures are computed over a log ([`MaskedLog`]) that answers with pseudonyms: people, records, addresses and programs by
//!   keyed names, the same from edition to edition; details and changes by their number alone; everything in the order of the
//!   pseudonyms, so that not even the order of rows tells a name.
//! * Teams, roles, modules, verbatim actions and channels stand as they are where at least so many people share them; smaller
//!   groups are one, `others`. Numbers of the merged are counted as one group, not summed up.
//! * What the definition's author wrote is searched for names that the log or the directory holds (`texts`).
//! * Dates are told by their distance from the period's first day ([`crate::calendar::relative`]).

mod dates;
mod log;
mod texts;
mod words;

pub use log::MaskedLog;

use crate::audit_log::{AuditLog, EARLIEST, LATEST, Lens, LogError, StoredEvent};
use crate::calendar::Span;
use crate::calendar::period::Period;
use crate::calendar::relative::Mover;
use crate::definition::Definition;
use crate::directory::{Directory, Person};
use crate::event::{Change, actor_key};
use crate::query::{Count, Dimension, Field, Filter, Measure, Query};
use crate::seal::pseudonym::PseudonymKey;
use std::collections::{BTreeMap, BTreeSet};

/// What smaller groups are called together.
pub const OTHERS: &str = "others";

/// Digits of a person's tag. Where two people would have one name, both get [`LONGER`] ones.
const DIGITS: usize = 3;
const LONGER: usize = 8;
/// Digits of what there are many more of.
const MANY: usize = 10;

/// Fields whose values are shared by people: shown where enough of them do.
const SHARED: [Field; 5] = [Field::ActorTeam, Field::ActorRole, Field::Module, Field::Action, Field::Channel];

/// How one edition is masked.
#[derive(Clone, Debug)]
pub struct Mask {
    key: PseudonymKey,
    smallest: u32,
    /// Pseudonyms by actor key.
    people: BTreeMap<String, String>,
    /// Values of shared fields that are shown.
    shown: BTreeMap<Field, BTreeSet<String>>,
    /// Names that the author's texts hold, with what stands for them.
    found: BTreeMap<String, String>,
    mover: Mover,
}

impl Mask {
    /// Learns from the log what a report may show: who there is, which groups are large enough, which names its texts hold.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn learn(
        key: &PseudonymKey,
        smallest: u32,
        log: &dyn AuditLog,
        lens: &Lens,
        definition: &Definition,
        period: &Period,
    ) -> Result<Mask, LogError> {
        let zone = &definition.schedule.zone;
        let ever = Span { from: EARLIEST, to: LATEST };
        let query = |span: Span, filter: &Filter, by: Field, count: Count| Query {
            span,
            zone: zone.clone(),
            filter: filter.clone(),
            by: vec![Dimension::Field(by)],
            measures: vec![Measure { count, filter: Filter::All }],
        };
        let mut queries = vec![query(ever, &Filter::All, Field::Actor, Count::Events)];
        let span = period.span(zone);
        let people = Count::Distinct(Field::Actor);
        queries.extend(SHARED.map(|field| query(span, &definition.filter, field, people.clone())));
        let mut tables = log.answer(&queries, lens)?.into_iter();
        let first = |row: &crate::query::Row| row.keys.first().cloned().unwrap_or_default();
        let actors = tables.next().unwrap_or_default();
        let of_directory = lens.directory.rows().iter();
        let named = of_directory.flat_map(|person| [person.actor.clone(), person.manager.clone()]);
        let keys: BTreeSet<String> = actors
            .rows
            .iter()
            .map(first)
            .chain(named)
            .map(|actor| actor_key(&actor))
            .filter(|k| !k.is_empty())
            .collect();
        let mut shown = BTreeMap::new();
        for (field, table) in SHARED.into_iter().zip(tables) {
            let enough = |row: &&crate::query::Row| {
                let count = row.values.first().copied().unwrap_or(0);
                let value = first(row);
                // The empty text is no group but what is not known of anybody.
                value.is_empty() || (count >= i64::from(smallest) && value != OTHERS)
            };
            let mut values: BTreeSet<String> = table.rows.iter().filter(enough).map(first).collect();
            values.insert(String::new());
            shown.insert(field, values);
        }
        let mover = Mover::new(period.first, zone);
        let people = pseudonyms(key, &keys);
        let mut mask = Mask { key: key.clone(), smallest, people, shown, found: BTreeMap::new(), mover };
        mask.found = mask.names_in(&texts::of(definition), log, lens, zone)?;
        Ok(mask)
    }

    /// So many people at least share what is shown of a group.
    pub fn smallest(&self) -> u32 {
        self.smallest
    }

    /// Moves dates.
    pub fn mover(&self) -> &Mover {
        &self.mover
    }

    /// What stands for a value of a field. The empty text stays: it is nobody's.
    pub fn value(&self, field: Field, text: &str) -> String {
        let tagged = |kind: &str, what: &str| format!("{what} {}", words::short(&self.key.tag(kind, text), MANY));
        match field {
            _ if text.is_empty() => String::new(),
            Field::Actor => self.person(text),
            Field::Record => tagged("record", "Record"),
            Field::RecordName => tagged("record name", "Name"),
            Field::Ip => tagged("ip", "Address"),
            Field::Agent => tagged("agent", "Program"),
            field if SHARED.contains(&field) => {
                let shown = self.shown.get(&field).is_some_and(|shown| shown.contains(text));
                if shown { text.to_owned() } else { OTHERS.to_owned() }
            }
            // Words of this program's own, and of who imports: classes, outcomes, kinds, sources, numbers.
            _ => text.to_owned(),
        }
    }

    /// What stands for an actor.
    fn person(&self, actor: &str) -> String {
        let key = actor_key(actor);
        if key.is_empty() {
            return String::new();
        }
        let unheard = || words::person(&self.key.tag("actor", &key), LONGER);
        self.people.get(&key).cloned().unwrap_or_else(unheard)
    }

    /// What stands for an event's number in the log.
    pub(super) fn number(&self, number: &str) -> String {
        format!("E{}", words::short(&self.key.tag("event", number), MANY))
    }

    /// The directory and the working hours as the edition may see them: people by their pseudonyms, without names and
    /// addresses, in the groups that are shown. Numbers are asked for with the true one.
    pub fn lens(&self, lens: &Lens) -> Lens {
        let masked = |person: &Person| Person {
            actor: self.person(&person.actor),
            name: String::new(),
            kind: person.kind.clone(),
            team: self.value(Field::ActorTeam, &person.team),
            role: self.value(Field::ActorRole, &person.role),
            manager: String::new(),
            email: String::new(),
            from: person.from,
            until: person.until,
        };
        let mut hours = lens.hours.clone();
        let shown = |team: &String| self.value(Field::ActorTeam, team) == *team;
        hours.teams.retain(|team, _| shown(team));
        let zones = lens.zones.clone();
        Lens { directory: Directory::new(lens.directory.rows().iter().map(masked).collect()), hours, zones }
    }

    /// An event as the edition may see it. Its time stays true until all is computed.
    fn event(&self, mut stored: StoredEvent) -> StoredEvent {
        let event = &mut stored.event;
        event.actor = self.person(&event.actor);
        event.action = self.value(Field::Action, &event.action);
        event.module = self.value(Field::Module, &event.module);
        event.record = self.value(Field::Record, &event.record);
        event.record_name = self.value(Field::RecordName, &event.record_name);
        event.origin.ip = self.value(Field::Ip, &event.origin.ip);
        event.origin.agent = self.value(Field::Agent, &event.origin.agent);
        event.origin.channel = self.value(Field::Channel, &event.origin.channel);
        let hidden = |count: usize| format!("[{count}]");
        if !event.details.is_empty() {
            event.details = [("…".to_owned(), hidden(event.details.len()))].into();
        }
        if !event.changes.is_empty() {
            event.changes =
                vec![Change { field: hidden(event.changes.len()), old: Some("…".into()), new: Some("…".into()) }];
        }
        event.id = None;
        event.time_written = String::new();
        event.line = 0;
        stored
    }

    /// The person or thing behind a pseudonym, among those that the log or the directory has.
    ///
    /// # Errors
    /// A log that cannot be read.
    pub fn behind(
        &self,
        pseudonym: &str,
        log: &dyn AuditLog,
        lens: &Lens,
        definition: &Definition,
        period: &Period,
    ) -> Result<Vec<(Field, String)>, LogError> {
        let wanted = pseudonym.trim().to_lowercase();
        let mut found: Vec<(Field, String)> = Vec::new();
        for (actor, name) in &self.people {
            if name.to_lowercase() == wanted {
                found.push((Field::Actor, actor.clone()));
            }
        }
        let kind = |field: Field| match field {
            Field::Record => "record ",
            Field::RecordName => "name ",
            Field::Ip => "address ",
            _ => "program ",
        };
        for field in [Field::Record, Field::RecordName, Field::Ip, Field::Agent] {
            if !wanted.starts_with(kind(field)) {
                continue;
            }
            let zone = &definition.schedule.zone;
            let events = Measure { count: Count::Events, filter: Filter::All };
            // Of the period and the ones compared with: a year is before what any report shows beside it.
            let span = period.span(zone);
            let by = vec![Dimension::Field(field)];
            let query = Query { span, zone: zone.clone(), filter: Filter::All, by, measures: vec![events] };
            for row in log.answer(&[query], lens)?.into_iter().flat_map(|table| table.rows) {
                let value = row.keys.into_iter().next().unwrap_or_default();
                if self.value(field, &value).to_lowercase() == wanted {
                    found.push((field, value));
                }
            }
        }
        Ok(found)
    }
}

/// A field whose values are replaced one by one.
fn is_name(field: Field) -> bool {
    matches!(field, Field::Actor | Field::Record | Field::RecordName | Field::Ip | Field::Agent)
}

/// A name for each key, no two the same.
fn pseudonyms(key: &PseudonymKey, keys: &BTreeSet<String>) -> BTreeMap<String, String> {
    let of = |actor: &String, digits: usize| words::person(&key.tag("actor", actor), digits);
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    for actor in keys {
        *taken.entry(of(actor, DIGITS)).or_insert(0) += 1;
    }
    let name = |actor: &String| {
        let short = of(actor, DIGITS);
        if taken.get(&short) == Some(&1) { short } else { of(actor, LONGER) }
    };
    keys.iter().map(|actor| (actor.clone(), name(actor))).collect()
}
