//! Reading: one field of one event through the lens, as text or as a number. One event at a time, without any cache.

use super::Placed;
use crate::audit_log::Lens;
use crate::calendar::zone::Zone;
use crate::directory::Person;
use crate::event::actor_key;
use crate::query::{Field, Filter};
use chrono::{Datelike, Timelike};

/// What an event is read with.
#[derive(Clone, Copy)]
pub(super) struct Reading<'a> {
    pub(super) lens: &'a Lens,
    pub(super) zone: &'a Zone,
}

impl<'a> Reading<'a> {
    fn person(&self, of: Placed<'_>) -> Option<&'a Person> {
        self.lens.directory.at(&actor_key(&of.event.actor), of.event.time)
    }

    /// The text by which a field is compared and grouped. Actors: their key.
    pub(super) fn text(&self, field: Field, of: Placed<'_>) -> String {
        let event = of.event;
        match field {
            Field::Source => of.batch.source.name.clone(),
            Field::Actor => actor_key(&event.actor),
            Field::Action => event.action.clone(),
            Field::ActionClass => event.class.as_str().to_owned(),
            Field::Module => event.module.clone(),
            Field::Record => event.record.clone(),
            Field::RecordName => event.record_name.clone(),
            Field::Outcome => event.outcome.as_str().to_owned(),
            Field::Ip => event.origin.ip.clone(),
            Field::Agent => event.origin.agent.clone(),
            Field::Channel => event.origin.channel.clone(),
            Field::ActorRole => self.person(of).map(|person| person.role.clone()).unwrap_or_default(),
            Field::ActorTeam => self.person(of).map(|person| person.team.clone()).unwrap_or_default(),
            Field::ActorKind => self.person(of).map(|person| person.kind.clone()).unwrap_or_default(),
            Field::ActorKnown => if self.person(of).is_some() { "known" } else { "unknown" }.to_owned(),
            Field::OutsideHours => if self.outside_hours(of) { "yes" } else { "no" }.to_owned(),
            Field::Affected | Field::Time | Field::Hour | Field::Weekday => {
                self.number(field, of).map(|number| number.to_string()).unwrap_or_default()
            }
        }
    }

    fn number(&self, field: Field, of: Placed<'_>) -> Option<i64> {
        let civil = || self.zone.civil(of.event.time);
        match field {
            Field::Affected => Some(i64::try_from(of.event.records_affected()).unwrap_or(i64::MAX)),
            Field::Time => Some(of.event.time),
            Field::Hour => Some(i64::from(civil().hour())),
            Field::Weekday => Some(i64::from(civil().weekday().number_from_monday())),
            _ => None,
        }
    }

    fn outside_hours(&self, of: Placed<'_>) -> bool {
        let hours = &self.lens.hours;
        let person = self.person(of);
        if person.is_some_and(|person| hours.exempt_kinds.contains(&person.kind)) {
            return false;
        }
        let profile = hours.profile(person.map(|person| person.team.as_str()).filter(|team| !team.is_empty()));
        let own = profile.timezone.as_ref().and_then(|name| self.lens.zones.get(name));
        hours.is_outside(profile, own.unwrap_or(self.zone).civil(of.event.time))
    }

    /// Whether an event passes a filter.
    pub(super) fn passes(&self, filter: &Filter, of: Placed<'_>) -> bool {
        match filter {
            Filter::All => true,
            Filter::OneOf(Field::Actor, texts) => {
                texts.iter().any(|text| actor_key(text) == actor_key(&of.event.actor))
            }
            Filter::OneOf(field, texts) => texts.contains(&self.text(*field, of)),
            Filter::Prefix(Field::Actor, prefix) => self.text(Field::Actor, of).starts_with(&actor_key(prefix)),
            Filter::Prefix(field, prefix) => self.text(*field, of).starts_with(prefix),
            Filter::Number(field, compare, bound) => {
                self.number(*field, of).is_some_and(|number| compare.holds(number, *bound))
            }
            Filter::And(list) => list.iter().all(|filter| self.passes(filter, of)),
            Filter::Or(list) => list.iter().any(|filter| self.passes(filter, of)),
            Filter::Not(filter) => !self.passes(filter, of),
        }
    }
}
