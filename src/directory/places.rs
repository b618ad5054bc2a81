//! Places: who holds one in the directory at an instant: the manager of a person, the manager of a team.

use super::{Directory, Person};
use crate::calendar::Millis;
use crate::event::actor_key;
use std::collections::BTreeSet;

/// Who manages somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Manager<'a> {
    /// This person.
    Person(&'a Person),
    /// Nobody is named.
    Nobody,
    /// Somebody is named whom the directory does not know at that time.
    Unknown(String),
    /// Several are named, and none of them is above the others.
    Several(Vec<String>),
}

impl Directory {
    /// The rows that hold at an instant, one for each person, in order of their keys.
    pub fn holding(&self, when: Millis) -> impl Iterator<Item = &Person> {
        self.by_key.keys().filter_map(move |key| self.at(key, when))
    }

    /// The manager that a person's row names.
    pub fn manager_of(&self, actor: &str, when: Millis) -> Manager<'_> {
        match self.at(&actor_key(actor), when) {
            Some(person) => self.one_of([person.manager.as_str()].into_iter().filter(|named| !named.is_empty()), when),
            None => Manager::Nobody,
        }
    }

    /// The manager of a team: whom its people name. Where a manager is of the team, the managers of that manager are not
    /// the team's; of several of the team, the one counts who is under none of the team.
    pub fn manager_of_team(&self, team: &str, when: Millis) -> Manager<'_> {
        let members: Vec<&Person> = self.holding(when).filter(|person| person.team == team).collect();
        let keys: BTreeSet<String> = members.iter().map(|person| actor_key(&person.actor)).collect();
        let named: BTreeSet<String> =
            members.iter().map(|person| actor_key(&person.manager)).filter(|key| !key.is_empty()).collect();
        let top = |key: &&String| {
            let own = self.at(key, when).map(|person| actor_key(&person.manager)).unwrap_or_default();
            keys.contains(*key) && (own == **key || !keys.contains(&own))
        };
        let of_team: Vec<&str> = named.iter().filter(top).map(String::as_str).collect();
        if of_team.is_empty() {
            self.one_of(named.iter().map(String::as_str), when)
        } else {
            self.one_of(of_team.into_iter(), when)
        }
    }

    fn one_of<'n>(&self, mut named: impl Iterator<Item = &'n str>, when: Millis) -> Manager<'_> {
        let Some(first) = named.next() else { return Manager::Nobody };
        let others: Vec<String> = named.map(str::to_owned).collect();
        if !others.is_empty() {
            return Manager::Several(std::iter::once(first.to_owned()).chain(others).collect());
        }
        self.at(&actor_key(first), when).map_or_else(|| Manager::Unknown(first.to_owned()), Manager::Person)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory(rows: &[(&str, &str, &str)]) -> Directory {
        let person = |(actor, team, manager): &(&str, &str, &str)| Person {
            actor: (*actor).to_owned(),
            team: (*team).to_owned(),
            manager: (*manager).to_owned(),
            ..Person::default()
        };
        Directory::new(rows.iter().map(person).collect())
    }

    fn of(rows: &[(&str, &str, &str)]) -> String {
        match directory(rows).manager_of_team("Sales", 0) {
            Manager::Person(person) => person.actor.clone(),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn the_manager_of_a_team_is_whom_its_people_name() {
        assert_eq!(of(&[("ben", "Sales", "Ana"), ("ana", "Sales", "")]), "ana");
        assert_eq!(of(&[("ben", "Sales", "ana"), ("ana", "Sales", "ceo"), ("ceo", "Board", "")]), "ana", "not the ceo");
        assert_eq!(
            of(&[("ben", "Sales", "kim"), ("kim", "Sales", "ana"), ("ana", "Sales", "ana")]),
            "ana",
            "the upper one"
        );
        assert_eq!(of(&[("ben", "Sales", "ceo"), ("ceo", "Board", "")]), "ceo");
        assert_eq!(of(&[("ben", "Sales", "")]), "Nobody");
        assert_eq!(of(&[("ben", "Sales", "zoe")]), "Unknown(\"zoe\")");
        assert_eq!(
            of(&[("ben", "Sales", "x"), ("kim", "Sales", "y"), ("x", "B", ""), ("y", "B", "")]),
            "Several([\"x\", \"y\"])"
        );
        assert_eq!(
            of(&[("a", "Sales", "b"), ("b", "Sales", "a")]),
            "Several([\"a\", \"b\"])",
            "in a circle none is above"
        );
    }
}
