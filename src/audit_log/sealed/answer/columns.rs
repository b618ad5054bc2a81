//! Columns: each dimension or field that questions use, in a zone, as whole-number codes, and what the codes stand for.

use super::world::World;
use crate::audit_log::LogError;
use crate::audit_log::sealed::segment::Kind;
use crate::event::{ActionClass, Outcome};
use crate::query::{Dimension, Field, period_label};
use std::collections::HashMap;

/// A column with what its codes mean.
pub(super) struct Column {
    pub(super) dimension: Dimension,
    /// Place of the zone in which it is read.
    pub(super) zone: usize,
    pub(super) meaning: Meaning,
}

/// What codes stand for.
pub(super) enum Meaning {
    /// Texts of a dictionary; 0 is none.
    Text(Kind),
    /// Persons.
    Actor,
    /// These texts, known before any event is read.
    Names(Vec<String>),
    /// Numbers, as they are met.
    Numbers { values: Vec<i64>, codes: HashMap<i64, u32> },
    /// Labels of calendar periods, as their civil days (counted from 1970) are met; `complete`: all that can be met were.
    Periods { labels: Vec<String>, codes: HashMap<String, u32>, days: HashMap<i64, u32>, complete: bool },
}

/// The dictionary of a field, if it has one. Actors have one, but are not compared by it.
pub(super) fn kind_of(field: Field) -> Option<Kind> {
    Some(match field {
        Field::Action => Kind::Action,
        Field::Module => Kind::Module,
        Field::Record => Kind::Record,
        Field::RecordName => Kind::RecordName,
        Field::Ip => Kind::Ip,
        Field::Agent => Kind::Agent,
        Field::Channel => Kind::Channel,
        _ => return None,
    })
}

/// Whether the zone of the query makes a difference.
pub(super) fn needs_zone(dimension: Dimension) -> bool {
    match dimension {
        Dimension::Field(field) => matches!(field, Field::OutsideHours | Field::Hour | Field::Weekday),
        _ => true,
    }
}

impl Column {
    /// A column; reads what its codes need to be made. `label`: whether their texts will be asked too.
    pub(super) fn new(
        world: &mut World<'_>,
        dimension: Dimension,
        zone: usize,
        label: bool,
    ) -> Result<Column, LogError> {
        let names = |list: &[&str]| Meaning::Names(list.iter().map(|name| (*name).to_owned()).collect());
        let meaning = match dimension {
            Dimension::Field(Field::Source) => Meaning::Names(world.sources.clone()),
            Dimension::Field(Field::Actor) => {
                world.need_actors()?;
                Meaning::Actor
            }
            Dimension::Field(Field::ActionClass) => names(&ActionClass::ALL.map(ActionClass::as_str)),
            Dimension::Field(Field::Outcome) => names(&Outcome::ALL.map(Outcome::as_str)),
            Dimension::Field(field @ (Field::ActorRole | Field::ActorTeam | Field::ActorKind | Field::ActorKnown)) => {
                world.need_people()?;
                let names = world.names(field);
                Meaning::Names(names.map(|names| names.names.clone()).unwrap_or_default())
            }
            Dimension::Field(Field::OutsideHours) => {
                world.need_people()?;
                names(&["no", "yes"])
            }
            Dimension::Field(Field::Hour) => Meaning::Names((0..24).map(|hour| hour.to_string()).collect()),
            Dimension::Field(Field::Weekday) => Meaning::Names((0..8).map(|day| day.to_string()).collect()),
            Dimension::Field(Field::Affected | Field::Time) => {
                Meaning::Numbers { values: Vec::new(), codes: HashMap::new() }
            }
            Dimension::Field(field) => match kind_of(field) {
                Some(kind) => {
                    if label {
                        world.need_texts(kind)?;
                    }
                    Meaning::Text(kind)
                }
                None => Meaning::Names(Vec::new()),
            },
            _ => Meaning::Periods { labels: Vec::new(), codes: HashMap::new(), days: HashMap::new(), complete: false },
        };
        Ok(Column { dimension, zone, meaning })
    }

    /// How many codes there are; `None` where that is known only when all events were met.
    pub(super) fn size(&self, world: &World<'_>) -> Option<usize> {
        match &self.meaning {
            Meaning::Text(kind) => world.is_loaded(*kind).then(|| world.texts(*kind).len()),
            Meaning::Actor => world.actors().map(|actors| actors.keys.len()),
            Meaning::Names(names) => Some(names.len()),
            Meaning::Numbers { .. } => None,
            Meaning::Periods { labels, complete, .. } => complete.then_some(labels.len()),
        }
    }

    /// The place of each code in the order of labels, where that is known before.
    pub(super) fn ranks<'w>(&self, world: &'w World<'_>) -> Option<&'w [u32]> {
        match self.meaning {
            Meaning::Actor => world.actors().map(|actors| actors.ranks.as_slice()),
            _ => None,
        }
    }

    /// Whether neighbouring events mostly have the same code, so that counting by it costs next to nothing.
    pub(super) fn comes_in_runs(&self, world: &World<'_>) -> bool {
        match self.dimension {
            Dimension::Field(Field::Source | Field::Hour | Field::Weekday) => true,
            Dimension::Field(Field::OutsideHours) => world.people().is_some_and(|people| people.have_one_profile()),
            Dimension::Field(_) => false,
            _ => true,
        }
    }

    /// Gives codes to the periods of all civil days in question, so that their number is known beforehand.
    pub(super) fn expect_days(&mut self, first: i64, last: i64) {
        if last.saturating_sub(first) > MOST_DAYS {
            return;
        }
        for day in first..=last {
            self.day_code(day);
        }
        if let Meaning::Periods { complete, .. } = &mut self.meaning {
            *complete = true;
        }
    }

    /// The text of a code.
    pub(super) fn label(&self, world: &World<'_>, code: u32) -> String {
        let at = code as usize;
        match &self.meaning {
            Meaning::Text(kind) => world.texts(*kind).get(at).map(|text| text.to_string()).unwrap_or_default(),
            Meaning::Actor => world.actor_label(code),
            Meaning::Names(names) => names.get(at).cloned().unwrap_or_default(),
            Meaning::Numbers { values, .. } => values.get(at).map(i64::to_string).unwrap_or_default(),
            Meaning::Periods { labels, .. } => labels.get(at).cloned().unwrap_or_default(),
        }
    }

    /// Whether a code stands for a value: the empty text is none.
    pub(super) fn is_value(&self, world: &World<'_>, code: u32) -> bool {
        match &self.meaning {
            Meaning::Text(_) => code != 0,
            Meaning::Actor => {
                let key = world.actors().and_then(|actors| actors.keys.get(code as usize));
                key.is_some_and(|key| !key.is_empty())
            }
            Meaning::Names(names) => names.get(code as usize).is_some_and(|name| !name.is_empty()),
            Meaning::Numbers { .. } | Meaning::Periods { .. } => true,
        }
    }

    /// The code of a number.
    pub(super) fn number_code(&mut self, number: i64) -> u32 {
        let Meaning::Numbers { values, codes } = &mut self.meaning else { return 0 };
        *codes.entry(number).or_insert_with(|| {
            values.push(number);
            values.len() as u32 - 1
        })
    }

    /// The code of the period in which a civil day lies.
    pub(super) fn day_code(&mut self, day: i64) -> u32 {
        let dimension = self.dimension;
        let Meaning::Periods { labels, codes, days, .. } = &mut self.meaning else { return 0 };
        *days.entry(day).or_insert_with(|| {
            let date = i32::try_from(day + DAYS_TO_1970).ok().and_then(chrono::NaiveDate::from_num_days_from_ce_opt);
            let label = date.and_then(|date| period_label(dimension, date)).unwrap_or_default();
            *codes.entry(label).or_insert_with_key(|label| {
                labels.push(label.clone());
                labels.len() as u32 - 1
            })
        })
    }
}

/// Days from 0001-01-01 to 1970-01-01, the first counted as 1.
const DAYS_TO_1970: i64 = 719_163;

/// Days beyond which their periods are met as they come: more than a hundred years.
const MOST_DAYS: i64 = 40_000;
