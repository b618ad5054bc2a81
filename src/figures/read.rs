//! Reading one event of the evidence as a reader sees it: any field, its civil time, its actor's name and role at its time.

use crate::audit_log::{Lens, StoredEvent};
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::definition::EventColumn;
use crate::directory::Person;
use crate::event::actor_key;
use crate::figures::mask::Mask;
use crate::query::Field;
use chrono::{Datelike, Timelike};

/// What events are read with.
#[derive(Clone, Copy)]
pub(super) struct Reader<'a> {
    pub(super) lens: &'a Lens,
    pub(super) zone: &'a Zone,
    /// Replaces what must not be told: numbers in the log, and dates by their distance from the period's first day. Names
    /// are replaced before an event is read.
    pub(super) mask: Option<&'a Mask>,
}

impl<'a> Reader<'a> {
    fn person(&self, of: &StoredEvent) -> Option<&'a Person> {
        self.lens.directory.at(&actor_key(&of.event.actor), of.event.time)
    }

    /// A field as text. The actor as written in this event; an instant in UTC.
    pub(super) fn field(&self, field: Field, of: &StoredEvent) -> String {
        let event = &of.event;
        let person = |text: fn(&Person) -> &String| self.person(of).map(text).cloned().unwrap_or_default();
        match field {
            Field::Source => of.source.clone(),
            Field::Actor => event.actor.clone(),
            Field::Action => event.action.clone(),
            Field::ActionClass => event.class.as_str().to_owned(),
            Field::Module => event.module.clone(),
            Field::Record => event.record.clone(),
            Field::RecordName => event.record_name.clone(),
            Field::Outcome => event.outcome.as_str().to_owned(),
            Field::Ip => event.origin.ip.clone(),
            Field::Agent => event.origin.agent.clone(),
            Field::Channel => event.origin.channel.clone(),
            Field::ActorRole => person(|person| &person.role),
            Field::ActorTeam => person(|person| &person.team),
            Field::ActorKind => person(|person| &person.kind),
            Field::ActorKnown => if self.person(of).is_some() { "known" } else { "unknown" }.to_owned(),
            Field::Affected => event.affected.map(|count| count.to_string()).unwrap_or_default(),
            Field::Time if self.mask.is_some() => self.time(event.time),
            Field::Time => format!("{}Z", Zone::utc().civil(event.time).format("%Y-%m-%dT%H:%M:%S")),
            Field::OutsideHours => if self.outside_hours(of) { "yes" } else { "no" }.to_owned(),
            Field::Hour => self.zone.civil(event.time).hour().to_string(),
            Field::Weekday => self.zone.civil(event.time).weekday().number_from_monday().to_string(),
        }
    }

    /// Whether an event lies outside the working hours of its actor's team, as [`Field::OutsideHours`] says.
    fn outside_hours(&self, of: &StoredEvent) -> bool {
        let (hours, person) = (&self.lens.hours, self.person(of));
        if person.is_some_and(|person| hours.exempt_kinds.contains(&person.kind)) {
            return false;
        }
        let profile = hours.profile(person.map(|person| person.team.as_str()).filter(|team| !team.is_empty()));
        let own = profile.timezone.as_ref().and_then(|name| self.lens.zones.get(name));
        hours.is_outside(profile, own.unwrap_or(self.zone).civil(of.event.time))
    }

    /// A column of an events section.
    pub(super) fn column(&self, column: EventColumn, of: &StoredEvent) -> String {
        let event = &of.event;
        match column {
            EventColumn::Field(field) => self.field(field, of),
            EventColumn::Time => self.time(event.time),
            EventColumn::ActorName => {
                let name = self.person(of).map(|person| person.name.clone()).filter(|name| !name.is_empty());
                name.unwrap_or_else(|| event.actor.clone())
            }
            EventColumn::Details => {
                let pairs = event.details.iter().map(|(name, value)| format!("{name}: {value}"));
                pairs.collect::<Vec<_>>().join("; ")
            }
            EventColumn::Changes => {
                let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
                let change = |c: &crate::event::Change| format!("{}: {} → {}", c.field, said(&c.old), said(&c.new));
                event.changes.iter().map(change).collect::<Vec<_>>().join("; ")
            }
            EventColumn::Number => self.number(of),
        }
    }

    /// An event's number in the log, or what stands for it.
    pub(super) fn number(&self, of: &StoredEvent) -> String {
        self.mask.map_or_else(|| of.number.clone(), |mask| mask.number(&of.number))
    }

    /// A civil time with the distance from UTC; under a mask the moved one, in no language yet, without a distance that would
    /// tell where.
    pub(super) fn time(&self, at: Millis) -> String {
        match self.mask {
            Some(_) => self.page_time(at),
            None => civil_text(self.zone, at),
        }
    }

    /// A civil time as it stands among the cells of a page, moved under a mask.
    fn page_time(&self, at: Millis) -> String {
        let civil = self.zone.civil(at);
        self.mask.map_or(civil, |mask| mask.mover().civil(civil)).format(PAGE_TIME).to_string()
    }

    /// A column as the page shows it, where room is short: the time (in no language yet) without the distance from UTC (the page says its
    /// zone), details without what only repeats the channel, and without a name where there is one alone. The evidence
    /// file has [`column`](Self::column), whole.
    pub(super) fn on_page(&self, column: EventColumn, of: &StoredEvent) -> String {
        match column {
            EventColumn::Time => self.page_time(of.event.time),
            EventColumn::Details => {
                let channel = &of.event.origin.channel;
                let told = |value: &str| !value.eq_ignore_ascii_case(channel) || channel.is_empty();
                let pairs: Vec<_> = of.event.details.iter().filter(|(_, value)| told(value)).collect();
                match pairs.as_slice() {
                    [(_, value)] => (*value).clone(),
                    many => many.iter().map(|(name, value)| format!("{name}: {value}")).collect::<Vec<_>>().join("; "),
                }
            }
            other => self.column(other, of),
        }
    }
}

/// A field of an event as text: as [`crate::query::Dimension::Field`] groups by it, but the actor as written in this event.
pub fn field(field: Field, of: &StoredEvent, lens: &Lens, zone: &Zone) -> String {
    Reader { lens, zone, mask: None }.field(field, of)
}

/// How a time stands among the cells of a page, and a moved one in an evidence file, for `wording` to say in the report's language.
pub const PAGE_TIME: &str = "%Y-%m-%d %H:%M:%S";

/// A civil time with the distance from UTC, so that the hour that comes twice in autumn is told apart.
pub(super) fn civil_text(zone: &Zone, at: Millis) -> String {
    let offset = zone.offset_at(at);
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs() / 60);
    let civil = zone.civil(at).format("%Y-%m-%d %H:%M:%S");
    format!("{civil} {sign}{:02}:{:02}", minutes / 60, minutes % 60)
}

/// The name of a column, as in definitions.
pub(super) fn column_name(column: EventColumn) -> &'static str {
    match column {
        EventColumn::Field(field) => field.name(),
        EventColumn::Time => "time",
        EventColumn::ActorName => "actor_name",
        EventColumn::Details => "details",
        EventColumn::Changes => "changes",
        EventColumn::Number => "number",
    }
}
