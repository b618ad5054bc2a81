//! World: what codes mean. Who actors are and were, what sources are called, in which zones times are read.

use crate::audit_log::sealed::dictionary::Dictionaries;
use crate::audit_log::sealed::firsts;
use crate::audit_log::sealed::segment::Kind;
use crate::audit_log::sealed::state::State;
use crate::audit_log::{Lens, LogError};
use crate::calendar::Millis;
use crate::calendar::hours::Profile;
use crate::calendar::zone::Zone;
use crate::event::actor_key;
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap};

/// Everything outside the segments that an answer needs, read as far as it is needed.
pub(in crate::audit_log::sealed) struct World<'a> {
    pub(super) db: &'a Connection,
    pub(super) state: &'a State,
    pub(super) lens: &'a Lens,
    texts: &'a mut Dictionaries,
    loaded: [bool; crate::audit_log::sealed::segment::KINDS],
    pub(super) zones: Vec<Zone>,
    /// Names of sources, in order.
    pub(super) sources: Vec<String>,
    actors: Option<Actors>,
    people: Option<People>,
}

/// Actors: codes of the dictionary are spellings, codes here are persons.
pub(super) struct Actors {
    /// By spelling.
    pub(super) of_spelling: Vec<u32>,
    /// By code: the key.
    pub(super) keys: Vec<String>,
    /// By code: the first spelling in a batch that counts.
    pub(super) first_spelling: Vec<Option<u32>>,
}

/// What the directory says, by code of the actor and then by time.
pub(super) struct People {
    /// By actor: from when on which row of the directory holds. The row after the last one: none does.
    pub(super) stretches: Vec<Vec<(Millis, u32)>>,
    pub(super) roles: Names,
    pub(super) teams: Names,
    pub(super) kinds: Names,
    /// By row: place of the working hours among `profiles`; `None`: they do not apply.
    pub(super) profile_of: Vec<Option<usize>>,
    /// Working hours with the place of their own zone.
    pub(super) profiles: Vec<(Profile, Option<usize>)>,
}

/// Names that the directory's rows have, as codes. The first is the empty one.
#[derive(Default)]
pub(super) struct Names {
    pub(super) names: Vec<String>,
    pub(super) of_row: Vec<u32>,
}

impl Names {
    fn new<'t>(texts: impl Iterator<Item = &'t str>) -> Names {
        let mut names = Names { names: vec![String::new()], of_row: Vec::new() };
        let mut known = BTreeMap::from([("", 0)]);
        // One row more, for nobody.
        for text in texts.chain([""]) {
            let code = *known.entry(text).or_insert_with(|| {
                names.names.push(text.to_owned());
                names.names.len() as u32 - 1
            });
            names.of_row.push(code);
        }
        names
    }
}

impl<'a> World<'a> {
    pub(in crate::audit_log::sealed) fn new(
        db: &'a Connection,
        state: &'a State,
        texts: &'a mut Dictionaries,
        lens: &'a Lens,
    ) -> World<'a> {
        let mut sources: Vec<String> = state.batches.iter().map(|batch| batch.source.name.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        World {
            db,
            state,
            lens,
            texts,
            loaded: Default::default(),
            zones: Vec::new(),
            sources,
            actors: None,
            people: None,
        }
    }

    /// The place of a zone.
    pub(super) fn zone(&mut self, zone: &Zone) -> usize {
        match self.zones.iter().position(|known| known == zone) {
            Some(place) => place,
            None => {
                self.zones.push(zone.clone());
                self.zones.len() - 1
            }
        }
    }

    /// Reads a dictionary.
    pub(super) fn need_texts(&mut self, kind: Kind) -> Result<(), LogError> {
        if let Some(loaded @ false) = self.loaded.get_mut(kind as usize) {
            self.texts.load(self.db, kind)?;
            *loaded = true;
        }
        Ok(())
    }

    /// A dictionary that was read.
    pub(super) fn texts(&self, kind: Kind) -> &[Box<str>] {
        self.texts.texts(kind)
    }

    /// How many codes a column can have: any number where its dictionary was not read.
    pub(super) fn codes(&self, kind: Kind) -> usize {
        let loaded = self.loaded.get(kind as usize).copied().unwrap_or(false);
        if loaded { self.texts(kind).len() } else { u32::MAX as usize }
    }

    /// Reads who is who.
    pub(super) fn need_actors(&mut self) -> Result<(), LogError> {
        if self.actors.is_some() {
            return Ok(());
        }
        self.need_texts(Kind::Actor)?;
        let mut code_of: HashMap<String, u32> = HashMap::new();
        let mut actors = Actors { of_spelling: Vec::new(), keys: Vec::new(), first_spelling: Vec::new() };
        for spelling in self.texts.texts(Kind::Actor) {
            let key = actor_key(spelling);
            let code = *code_of.entry(key).or_insert_with_key(|key| {
                actors.keys.push(key.clone());
                actors.keys.len() as u32 - 1
            });
            actors.of_spelling.push(code);
        }
        actors.first_spelling.resize(actors.keys.len(), None);
        firsts::each(
            self.db,
            Kind::Actor as usize,
            |batch| self.state.is_live(batch),
            |spelling, _| {
                let code = actors.of_spelling.get(spelling as usize);
                if let Some(first) = code.and_then(|code| actors.first_spelling.get_mut(*code as usize)) {
                    first.get_or_insert(spelling);
                }
            },
        )?;
        self.actors = Some(actors);
        Ok(())
    }

    pub(super) fn actors(&self) -> Option<&Actors> {
        self.actors.as_ref()
    }

    /// How an actor is shown.
    pub(super) fn actor_label(&self, code: u32) -> String {
        let first = self.actors().and_then(|actors| actors.first_spelling.get(code as usize).copied().flatten());
        let spelling = first.and_then(|spelling| self.texts(Kind::Actor).get(spelling as usize));
        spelling.map(|text| text.to_string()).unwrap_or_default()
    }

    /// Lays the directory beside the actors.
    pub(super) fn need_people(&mut self) -> Result<(), LogError> {
        self.need_actors()?;
        if self.people.is_some() {
            return Ok(());
        }
        let (directory, hours) = (&self.lens.directory, &self.lens.hours);
        let nobody = directory.rows().len() as u32;
        let keys = self.actors.as_ref().map_or(&[][..], |actors| &actors.keys);
        let stretches = keys.iter().map(|key| {
            let rows = directory.indices(key);
            let person = |row: &usize| directory.rows().get(*row);
            let mut edges: Vec<Millis> =
                rows.iter().filter_map(person).flat_map(|person| [person.from, person.until]).flatten().collect();
            edges.push(Millis::MIN);
            edges.sort_unstable();
            edges.dedup();
            let holds = |at: Millis| {
                let holding = rows.iter().rev().find(|row| {
                    person(row).is_some_and(|person| {
                        person.from.is_none_or(|from| from <= at) && person.until.is_none_or(|until| at < until)
                    })
                });
                holding.map_or(nobody, |row| *row as u32)
            };
            edges.into_iter().map(|at| (at, holds(at))).collect()
        });
        let stretches = stretches.collect();
        let mut profiles: Vec<(Profile, Option<usize>)> = Vec::new();
        let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        let mut profile_of = Vec::new();
        for person in directory.rows().iter().map(Some).chain([None]) {
            if person.is_some_and(|person| hours.exempt_kinds.contains(&person.kind)) {
                profile_of.push(None);
                continue;
            }
            let team = person.map(|person| person.team.as_str());
            let team = team.filter(|team| !team.is_empty() && hours.teams.contains_key(*team));
            let place = *places.entry(team).or_insert_with(|| {
                profiles.push((hours.profile(team).clone(), None));
                profiles.len() - 1
            });
            profile_of.push(Some(place));
        }
        for (profile, place) in &mut profiles {
            let own = profile.timezone.as_ref().and_then(|name| self.lens.zones.get(name));
            *place = own.map(|zone| match self.zones.iter().position(|known| known == zone) {
                Some(place) => place,
                None => {
                    self.zones.push(zone.clone());
                    self.zones.len() - 1
                }
            });
        }
        let rows = || directory.rows().iter();
        self.people = Some(People {
            stretches,
            roles: Names::new(rows().map(|person| person.role.as_str())),
            teams: Names::new(rows().map(|person| person.team.as_str())),
            kinds: Names::new(rows().map(|person| person.kind.as_str())),
            profile_of,
            profiles,
        });
        Ok(())
    }

    pub(super) fn people(&self) -> Option<&People> {
        self.people.as_ref()
    }
}
