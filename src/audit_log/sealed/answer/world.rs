//! World: what codes mean. Who actors are and were, what sources are called, in which zones times are read.

use crate::audit_log::sealed::dictionary::Dictionaries;
use crate::audit_log::sealed::firsts;
use crate::audit_log::sealed::segment::Kind;
use crate::audit_log::sealed::state::State;
use crate::audit_log::{Lens, LogError};
use crate::calendar::Millis;
use crate::calendar::hours::Profile;
use crate::calendar::zone::Zone;
use crate::directory::Directory;
use crate::event::actor_key;
use crate::query::Field;
use rusqlite::Connection;
use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// Everything outside the segments that an answer needs, read as far as it is needed.
pub(in crate::audit_log::sealed) struct World<'a> {
    pub(super) db: &'a Connection,
    pub(super) state: &'a State,
    pub(super) lens: &'a Lens,
    texts: &'a mut Dictionaries,
    kept: &'a mut Kept,
    loaded: [bool; crate::audit_log::sealed::segment::KINDS],
    pub(super) zones: Vec<Zone>,
    /// Names of sources, in order.
    pub(super) sources: Vec<String>,
    actors: Option<Rc<Actors>>,
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
    /// By code: its place in the order of the texts that are shown.
    pub(super) ranks: Vec<u32>,
    code_of: HashMap<String, u32>,
}

/// What was worked out of the whole log for one answer and serves for the next, until the log has another record.
#[derive(Default)]
pub(in crate::audit_log::sealed) struct Kept {
    records: u64,
    actors: Option<Rc<Actors>>,
    /// By column of the firsts.
    pub(super) firsts: BTreeMap<usize, Rc<Vec<Option<Millis>>>>,
}

/// What the directory says, by code of the actor and then by time.
pub(super) struct People {
    /// By actor: its row of the directory, whenever; [`DATED`] where that depends on the time.
    rows: Vec<u32>,
    /// From when on which row holds, of those actors.
    dated: HashMap<u32, Vec<(Millis, u32)>>,
    /// The row after the last one: the directory does not know the actor.
    nobody: u32,
    roles: OnceCell<Names>,
    teams: OnceCell<Names>,
    kinds: OnceCell<Names>,
    known: OnceCell<Names>,
    /// By row: place of the working hours among `profiles`; `None`: they do not apply. Empty: the only ones, for all.
    profile_of: Vec<Option<usize>>,
    /// Working hours with the place of their own zone.
    pub(super) profiles: Vec<(Profile, Option<usize>)>,
}

/// Of an actor about whom the directory says different things at different times.
const DATED: u32 = u32::MAX;

impl People {
    /// The row of the directory for an actor at a time.
    #[inline]
    pub(super) fn row(&self, actor: Option<u32>, time: impl FnOnce() -> Millis) -> u32 {
        match actor.and_then(|actor| self.rows.get(actor as usize)) {
            Some(&DATED) => {
                let stretches = actor.and_then(|actor| self.dated.get(&actor)).map_or(&[][..], Vec::as_slice);
                let time = time();
                let place = stretches.partition_point(|(from, _)| *from <= time).saturating_sub(1);
                stretches.get(place).map_or(self.nobody, |(_, row)| *row)
            }
            Some(row) => *row,
            None => self.nobody,
        }
    }

    /// Whether the same working hours apply to everybody.
    pub(super) fn have_one_profile(&self) -> bool {
        self.profile_of.is_empty()
    }

    /// The place of the working hours for a row; `None`: none apply.
    pub(super) fn profile(&self, row: u32) -> Option<usize> {
        self.profile_of.get(row as usize).copied().flatten()
    }
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
        let mut known = HashMap::from([("", 0)]);
        let mut last = ("", 0);
        // One row more, for nobody.
        for text in texts.chain([""]) {
            if text == last.0 {
                names.of_row.push(last.1);
                continue;
            }
            let code = *known.entry(text).or_insert_with(|| {
                names.names.push(text.to_owned());
                names.names.len() as u32 - 1
            });
            names.of_row.push(code);
            last = (text, code);
        }
        names
    }
}

impl<'a> World<'a> {
    pub(in crate::audit_log::sealed) fn new(
        db: &'a Connection,
        state: &'a State,
        texts: &'a mut Dictionaries,
        kept: &'a mut Kept,
        lens: &'a Lens,
    ) -> World<'a> {
        if kept.records != state.records() {
            *kept = Kept { records: state.records(), ..Kept::default() };
        }
        let mut sources: Vec<String> = state.batches.iter().map(|batch| batch.source.name.clone()).collect();
        sources.sort_unstable();
        sources.dedup();
        World {
            db,
            state,
            lens,
            texts,
            kept,
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
        if self.is_loaded(kind) { self.texts(kind).len() } else { u32::MAX as usize }
    }

    /// Whether a dictionary was read.
    pub(super) fn is_loaded(&self, kind: Kind) -> bool {
        self.loaded.get(kind as usize).copied().unwrap_or(false)
    }

    /// Reads who is who.
    pub(super) fn need_actors(&mut self) -> Result<(), LogError> {
        if self.actors.is_some() {
            return Ok(());
        }
        self.need_texts(Kind::Actor)?;
        if let Some(actors) = &self.kept.actors {
            self.actors = Some(actors.clone());
            return Ok(());
        }
        let spellings = self.texts.texts(Kind::Actor);
        let mut code_of: HashMap<String, u32> = HashMap::with_capacity(spellings.len());
        let mut actors = Actors {
            of_spelling: Vec::with_capacity(spellings.len()),
            keys: Vec::with_capacity(spellings.len()),
            first_spelling: Vec::new(),
            ranks: Vec::new(),
            code_of: HashMap::new(),
        };
        for spelling in spellings {
            let key = actor_key(spelling);
            let code = *code_of.entry(key).or_insert_with_key(|key| {
                actors.keys.push(key.clone());
                actors.keys.len() as u32 - 1
            });
            actors.of_spelling.push(code);
        }
        actors.code_of = code_of;
        actors.first_spelling.resize(actors.keys.len(), None);
        if actors.keys.len() == spellings.len() {
            // Nobody is spelt in two ways: there is nothing to look up.
            actors.first_spelling = (0..spellings.len() as u32).map(Some).collect();
        } else {
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
        }
        let shown = |code: &u32| {
            let spelling = actors.first_spelling.get(*code as usize).copied().flatten();
            spelling.and_then(|spelling| spellings.get(spelling as usize)).map(|text| &**text)
        };
        let mut in_order: Vec<u32> = (0..actors.keys.len() as u32).collect();
        in_order.sort_by(|one, other| shown(one).cmp(&shown(other)));
        let mut ranks = vec![0; in_order.len()];
        for (rank, code) in (0..).zip(in_order) {
            if let Some(place) = ranks.get_mut(code as usize) {
                *place = rank;
            }
        }
        actors.ranks = ranks;
        let actors = Rc::new(actors);
        self.kept.actors = Some(actors.clone());
        self.actors = Some(actors);
        Ok(())
    }

    pub(super) fn actors(&self) -> Option<&Actors> {
        self.actors.as_deref()
    }

    /// When each value of a column was first seen, as import has kept it; `make` reads it where no answer has yet.
    pub(super) fn kept_firsts(
        &mut self,
        column: usize,
        make: impl FnOnce(&World<'_>) -> Result<Vec<Option<Millis>>, LogError>,
    ) -> Result<Rc<Vec<Option<Millis>>>, LogError> {
        if let Some(firsts) = self.kept.firsts.get(&column) {
            return Ok(firsts.clone());
        }
        let firsts = Rc::new(make(self)?);
        self.kept.firsts.insert(column, firsts.clone());
        Ok(firsts)
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
        let (mut rows, mut dated) = (Vec::new(), HashMap::new());
        if let Some(actors) = &self.actors {
            rows.resize(actors.keys.len(), nobody);
            // The directory's rows are looked up among the actors: mostly they are written as keys already.
            for (number, row) in (0..).zip(directory.rows()) {
                let found = actors.code_of.get(&row.actor).or_else(|| actors.code_of.get(&actor_key(&row.actor)));
                let Some(code) = found.copied() else { continue };
                if let Some(known) = rows.get_mut(code as usize) {
                    let alone = *known == nobody && row.from.is_none() && row.until.is_none();
                    *known = if alone { number } else { DATED };
                    if !alone {
                        dated.insert(code, Vec::new());
                    }
                }
            }
            for (code, stretches) in &mut dated {
                let key = actors.keys.get(*code as usize).map_or("", String::as_str);
                *stretches = stretches_of(directory, key, nobody);
            }
        }
        let mut profiles: Vec<(Profile, Option<usize>)> = Vec::new();
        let mut places: BTreeMap<Option<&str>, usize> = BTreeMap::new();
        let mut profile_of = Vec::new();
        if hours.teams.is_empty() && hours.exempt_kinds.is_empty() {
            profiles.push((hours.default.clone(), None));
        } else {
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
        self.people = Some(People {
            rows,
            dated,
            nobody,
            roles: OnceCell::new(),
            teams: OnceCell::new(),
            kinds: OnceCell::new(),
            known: OnceCell::new(),
            profile_of,
            profiles,
        });
        Ok(())
    }

    /// What the directory's rows say in a field, if it is one of theirs; worked out when first asked.
    pub(super) fn names(&self, field: Field) -> Option<&Names> {
        let people = self.people.as_ref()?;
        let each = || self.lens.directory.rows().iter();
        Some(match field {
            Field::ActorRole => people.roles.get_or_init(|| Names::new(each().map(|person| person.role.as_str()))),
            Field::ActorTeam => people.teams.get_or_init(|| Names::new(each().map(|person| person.team.as_str()))),
            Field::ActorKind => people.kinds.get_or_init(|| Names::new(each().map(|person| person.kind.as_str()))),
            Field::ActorKnown => people.known.get_or_init(|| Names {
                names: ["unknown", "known"].map(str::to_owned).to_vec(),
                of_row: each().map(|_| 1).chain([0]).collect(),
            }),
            _ => return None,
        })
    }

    pub(super) fn people(&self) -> Option<&People> {
        self.people.as_ref()
    }
}

/// From when on which row holds for an actor.
fn stretches_of(directory: &Directory, key: &str, nobody: u32) -> Vec<(Millis, u32)> {
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
}
