//! Directory: people with role, team, manager, kind and address, in dated rows; an event is read with the row that held at its time.

mod load;
mod places;

pub use load::{KINDS, load};
pub use places::Manager;

use crate::calendar::Millis;
use crate::event::actor_key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What somebody is, from one instant to another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// As sources write the actor; matched by [`actor_key`].
    pub actor: String,
    /// Full name.
    pub name: String,
    /// `person`, `service` or `system`.
    pub kind: String,
    /// Team, or empty.
    pub team: String,
    /// Role, or empty.
    pub role: String,
    /// Actor of the manager, or empty.
    pub manager: String,
    /// Address, or empty.
    pub email: String,
    /// First instant for which the row holds; `None`: always before.
    pub from: Option<Millis>,
    /// First instant for which it no longer holds; `None`: still.
    pub until: Option<Millis>,
}

/// All rows, found by actor and instant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Directory {
    rows: Vec<Person>,
    by_key: BTreeMap<String, Vec<usize>>,
}

impl Directory {
    /// Keeps rows in their order; where two hold at an instant, the later row wins (loading reports that as a Problem).
    pub fn new(rows: Vec<Person>) -> Directory {
        let mut by_key: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, person) in rows.iter().enumerate() {
            by_key.entry(actor_key(&person.actor)).or_default().push(index);
        }
        Directory { rows, by_key }
    }

    /// All rows.
    pub fn rows(&self) -> &[Person] {
        &self.rows
    }

    /// The rows of an actor key, as indices into [`rows`](Self::rows).
    pub fn indices(&self, key: &str) -> &[usize] {
        self.by_key.get(key).map_or(&[], Vec::as_slice)
    }

    /// The row that held for an actor key at an instant.
    pub fn at(&self, key: &str, when: Millis) -> Option<&Person> {
        self.indices(key)
            .iter()
            .rev()
            .map(|index| &self.rows[*index])
            .find(|person| person.from.is_none_or(|from| from <= when) && person.until.is_none_or(|until| when < until))
    }
}
