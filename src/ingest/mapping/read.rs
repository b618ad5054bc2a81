//! Read: one row's values, by field, made into an event, or into the reason why they make none.

use super::rules::{Condition, Watched};
use super::{Field, Mapping, changes};
use crate::calendar::Millis;
use crate::event::{ActionClass, Change, Event, Origin, Outcome};
use crate::ingest::times::Times;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::net::IpAddr;

/// What a reader found in a row: a value for each field, the columns that conditions look at, and the rest.
#[derive(Debug, Default)]
pub(in super::super) struct Fields<'a> {
    /// By [`Field`] number, with the column's own name.
    pub(in super::super) values: [Option<(Cow<'a, str>, Cow<'a, str>)>; Field::COUNT],
    /// The value of `changes` if the row is JSON; a CSV cell is read as JSON where it is one.
    pub(in super::super) changes: Option<&'a serde_json::Value>,
    /// Changes that were read from a list of objects.
    pub(in super::super) listed: Vec<Change>,
    /// By place in [`Mapping::watched`].
    pub(in super::super) watched: Vec<Option<Cow<'a, str>>>,
    /// All columns that no field took.
    pub(in super::super) details: BTreeMap<String, String>,
}

/// Bytes beyond which an actor, an action, a record or the like is none.
const MOST_NAME: usize = 8_192;

/// What became of a row.
#[derive(Debug)]
pub(in super::super) enum Made {
    Event(Box<Event>),
    /// Why not, and the row's time where it could be read.
    Rejected(String, Option<Millis>),
    NoEvent,
}

impl Mapping {
    /// Makes an event of a row. `line` is where the row begins.
    pub(in super::super) fn make(&self, mut row: Fields<'_>, times: &Times, line: u64) -> Made {
        for slot in &mut row.values {
            if slot.as_ref().is_some_and(|(_, value)| self.is_null(value.trim())) {
                *slot = None;
            }
        }
        let holds = |all: &Vec<Condition>| all.iter().all(|condition| condition.holds(&|of| self.look(&row, of)));
        if self.skip.iter().any(holds) {
            return Made::NoEvent;
        }
        let Some(written) = self.value(&row, Field::Time) else {
            return Made::Rejected("the row has no time".to_owned(), None);
        };
        let time = match times.read(&written) {
            Ok(time) => time,
            Err(reason) => return Made::Rejected(reason, None),
        };
        let Some(action) = self.value(&row, Field::Action) else {
            return Made::Rejected("the row has no action".to_owned(), Some(time));
        };
        let verdict = self.actions.find(&action, &|of| self.look(&row, of)).copied();
        let own_name = || ActionClass::parse(&action.to_lowercase()).unwrap_or(ActionClass::Other);
        let class = verdict.and_then(|verdict| verdict.class).unwrap_or_else(own_name);
        let outcome = verdict.and_then(|verdict| verdict.outcome).unwrap_or_else(|| self.outcome(&row));
        let affected = self.affected(&mut row);
        let changes = self.changes(&mut row);
        let ip = self.ip(&mut row);
        self.keep(&mut row, Field::Outcome);
        let event = Event {
            id: self.value(&row, Field::Id),
            time,
            time_written: written,
            actor: self.text(&mut row, Field::Actor),
            action,
            class,
            module: self.text(&mut row, Field::Module),
            record: self.text(&mut row, Field::Record),
            record_name: self.text(&mut row, Field::RecordName),
            outcome,
            origin: Origin {
                ip,
                agent: self.text(&mut row, Field::Agent),
                channel: self.text(&mut row, Field::Channel),
            },
            affected,
            changes,
            details: row.details,
            line,
        };
        // What tables are broken down by is a name, not a text: one of a megabyte is a row that went wrong.
        let names = [
            ("actor", &event.actor),
            ("action", &event.action),
            ("module", &event.module),
            ("record", &event.record),
            ("record name", &event.record_name),
            ("agent", &event.origin.agent),
            ("channel", &event.origin.channel),
        ];
        if let Some((name, text)) = names.iter().find(|(_, text)| text.len() > MOST_NAME) {
            let what = format!("the {name} has {} bytes, more than the {MOST_NAME} of a name", text.len());
            return Made::Rejected(what, Some(time));
        }
        Made::Event(Box::new(event))
    }

    /// A field's value as written, outer white space aside; the constant where there is none.
    fn value(&self, row: &Fields<'_>, field: Field) -> Option<String> {
        match row.values.get(field as usize).and_then(Option::as_ref) {
            Some((_, value)) => Some(value.trim().to_owned()),
            None => self.place(field)?.constant.clone(),
        }
    }

    /// A field's value in the mapping's own words for it, where it has some; the source's word is then kept, but for a
    /// channel, which says the same in every event and can be read off the mapping.
    fn text(&self, row: &mut Fields<'_>, field: Field) -> String {
        let value = self.value(row, field).unwrap_or_default();
        match self.place(field).and_then(|place| place.values.get(&value.to_lowercase())) {
            Some(word) if *word != value => {
                if field != Field::Channel {
                    self.keep(row, field);
                }
                word.clone()
            }
            _ => value,
        }
    }

    /// Keeps a field's value verbatim in the details, because the event has no place for what the source wrote.
    fn keep(&self, row: &mut Fields<'_>, field: Field) {
        if let Some((name, value)) = row.values.get(field as usize).and_then(Option::as_ref) {
            insert(&mut row.details, name, value);
        }
    }

    fn look(&self, row: &Fields<'_>, of: Watched) -> Option<String> {
        match of {
            Watched::Field(field) => self.value(row, field),
            Watched::Column(index) => {
                let value = row.watched.get(index)?.as_ref()?;
                if self.is_null(value.trim()) { None } else { Some(value.clone().into_owned()) }
            }
        }
    }

    fn outcome(&self, row: &Fields<'_>) -> Outcome {
        let written = self.value(row, Field::Outcome).unwrap_or_default();
        if written.is_empty() && self.outcomes.list.iter().all(|rule| rule.when.is_empty()) {
            return Outcome::Unknown;
        }
        let found = self.outcomes.find(&written, &|of| self.look(row, of)).copied();
        found.or_else(|| Outcome::parse(&written.to_lowercase())).unwrap_or(Outcome::Unknown)
    }

    fn affected(&self, row: &mut Fields<'_>) -> Option<u64> {
        let value = self.value(row, Field::Affected)?;
        let number = if self.affected.is_empty() {
            super::affected::whole(&value)
        } else {
            self.affected.iter().find_map(|pattern| pattern.find(&value))
        };
        // A sentence says more than its number; a number that could not be read must not vanish.
        if !self.affected.is_empty() || number.is_none() {
            self.keep(row, Field::Affected);
        }
        number
    }

    fn changes(&self, row: &mut Fields<'_>) -> Vec<Change> {
        let is_null = |text: &str| self.is_null(text.trim());
        if !row.listed.is_empty() {
            return std::mem::take(&mut row.listed);
        }
        if let Some(field) = self.value(row, Field::ChangeField) {
            let (old, new) = (self.value(row, Field::ChangeOld), self.value(row, Field::ChangeNew));
            if old.is_some() || new.is_some() {
                return vec![Change { field, old, new }];
            }
        }
        // The name of what did not change may be that of another field, which keeps it (an action).
        let name = |field: Field| row.values.get(field as usize).and_then(Option::as_ref).map(|(name, _)| name);
        let others = [Field::Action, Field::Module, Field::Record, Field::RecordName];
        if !others.iter().any(|other| name(*other).is_some() && name(*other) == name(Field::ChangeField)) {
            self.keep(row, Field::ChangeField);
        }
        self.keep(row, Field::ChangeOld);
        self.keep(row, Field::ChangeNew);
        if let Some(value) = row.changes {
            if let Some(list) = changes::of_object(value, &is_null) {
                return list;
            }
        } else if let Some((_, cell)) = row.values.get(Field::Changes as usize).and_then(Option::as_ref) {
            let read = serde_json::from_str(cell).ok().and_then(|value| changes::of_object(&value, &is_null));
            if let Some(list) = read {
                return list;
            }
        }
        self.keep(row, Field::Changes);
        Vec::new()
    }

    fn ip(&self, row: &mut Fields<'_>) -> String {
        let value = self.text(row, Field::Ip);
        let plain = address(&value);
        if plain != value {
            self.keep(row, Field::Ip);
        }
        plain
    }
}

/// An address without port, brackets and scope, in its shortest form, an IPv4 address inside IPv6 as IPv4; what is no
/// address (a service's name) as it is.
fn address(text: &str) -> String {
    let inner = match text.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or(rest),
        // One colon: IPv4 with a port. More: IPv6 itself.
        None => match text.split_once(':') {
            Some((host, port)) if port.bytes().all(|b| b.is_ascii_digit()) && host.parse::<IpAddr>().is_ok() => host,
            _ => text,
        },
    };
    let inner = inner.split('%').next().unwrap_or(inner);
    match inner.parse::<IpAddr>() {
        Ok(address) => address.to_canonical().to_string(),
        Err(_) => text.to_owned(),
    }
}

/// Adds a detail; of two columns with one name the second is called `name (2)`.
pub(in super::super) fn insert(details: &mut BTreeMap<String, String>, name: &str, value: &str) {
    if details.get(name).is_some_and(|there| there == value) {
        return;
    }
    let mut key = name.to_owned();
    let mut copy = 2;
    while details.contains_key(&key) {
        key = format!("{name} ({copy})");
        copy += 1;
    }
    details.insert(key, value.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lose_ports_and_brackets_and_names_stay() {
        for (written, wanted) in [
            ("10.1.2.3", "10.1.2.3"),
            ("10.1.2.3:443", "10.1.2.3"),
            ("[2001:DB8::1]:443", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("2001:0db8:0000::1", "2001:db8::1"),
            ("::ffff:10.1.2.3", "10.1.2.3"),
            ("fe80::1%eth0", "fe80::1"),
            ("::1", "::1"),
            ("Salesforce.com IP", "Salesforce.com IP"),
            ("cloudtrail.amazonaws.com", "cloudtrail.amazonaws.com"),
            ("[local]", "[local]"),
            ("host:8080", "host:8080"),
            ("", ""),
        ] {
            assert_eq!(address(written), wanted, "{written}");
        }
    }

    #[test]
    fn doubled_names_are_both_kept() {
        let mut details = BTreeMap::new();
        insert(&mut details, "a", "1");
        insert(&mut details, "a", "1");
        insert(&mut details, "a", "2");
        insert(&mut details, "a", "3");
        assert_eq!(details.into_iter().collect::<Vec<_>>().len(), 3);
    }
}
