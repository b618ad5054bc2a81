//! Result: what came of a check: counts, and the worst records by their id. Kept in the ledger for ever, so no names of
//! records and no values stand in it.

use crate::calendar::Millis;
use serde::{Deserialize, Serialize};

/// What the records of a module came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checked {
    /// The module.
    pub module: String,
    /// The day that ages are told at, `2026-11-28`.
    pub as_at: String,
    /// The records are those that the log knows, and not those of a file.
    pub from_log: bool,
    /// Records that were looked at, each once.
    pub records: u64,
    /// Rows that could not be read as records.
    pub unread: u64,
    /// Rows of a record that stood in the file before.
    pub repeated: u64,
    /// Records that lack nothing and hold nothing malformed, as far as all of it is known.
    pub complete: u64,
    /// What was asked: one for each record and each thing that it must hold.
    pub asked: u64,
    /// How much of it is there.
    pub met: u64,
    /// Values that do not look as they must.
    pub malformed: u64,
    /// For each thing that is asked, in the order of the rules.
    pub fields: Vec<Field>,
    /// For each form, in the order of the rules.
    pub forms: Vec<Malformed>,
    /// By owner, the one with most records first; the key is empty where nobody owns them.
    pub owners: Vec<Group>,
    /// Owners beyond those that are kept, by number of records.
    pub owners_left_out: u64,
    /// By team, the one with most records first; the key is empty where no team is known.
    pub teams: Vec<Group>,
    /// By age; the key is the first of its calendar months, and empty where it is not known.
    pub ages: Vec<Group>,
    /// Values that several records have.
    pub doubled: Vec<Doubled>,
    /// The worst records, by weight.
    pub worst: Vec<Worst>,
    /// What emptied fields, as far as the log tells.
    pub emptied: Option<Emptied>,
}

/// One thing that is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// What it is called.
    pub label: String,
    /// The condition under which it is asked; empty: always.
    pub condition: String,
    /// Of how many records it is asked.
    pub asked: u64,
    /// How many of them have it.
    pub met: u64,
    /// How many of the others have a placeholder there.
    pub placeholders: u64,
}

/// One form.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Malformed {
    /// The field.
    pub field: String,
    /// The form, as the rules write it.
    pub form: String,
    /// In how many records the field says something.
    pub filled: u64,
    /// In how many of them it does not look so.
    pub malformed: u64,
}

/// Records that have something in common.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Group {
    pub key: String,
    pub records: u64,
    pub complete: u64,
    pub asked: u64,
    pub met: u64,
    pub malformed: u64,
}

/// Values of one field that several records have.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubled {
    /// The field.
    pub field: String,
    /// How many values.
    pub values: u64,
    /// How many records have one of them.
    pub records: u64,
}

/// One of the worst records.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Worst {
    /// Its id; where it has none, its line in the file.
    pub key: String,
    /// Who owns it.
    pub owner: String,
    /// The sum of the weights of what it lacks.
    pub weight: u64,
    /// What it lacks.
    pub lacks: Vec<String>,
    /// Fields that do not look as they must.
    pub malformed: Vec<String>,
}

/// Changes that took a field's value away and put none in its place.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emptied {
    /// The first instant that was looked at.
    pub since: Millis,
    /// Sources of the module's events that record values before and after.
    pub recorded_by: Vec<String>,
    /// Sources of the module's events that do not.
    pub not_recorded_by: Vec<String>,
    /// How many such changes.
    pub changes: u64,
    /// How many of the fields are empty still.
    pub still: u64,
    /// By actor as the log writes them, the one with most changes first.
    pub actors: Vec<(String, u64)>,
    /// By field, in the order of the rules.
    pub fields: Vec<EmptiedField>,
    /// The newest of them.
    pub newest: Vec<Emptying>,
}

/// How often one field was emptied.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct EmptiedField {
    pub field: String,
    pub changes: u64,
    /// Empty still.
    pub still: u64,
}

/// One change that emptied a field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Emptying {
    /// The event's number in the log.
    pub event: String,
    /// When.
    pub time: Millis,
    /// Who.
    pub actor: String,
    /// Which record.
    pub record: String,
    /// Which field.
    pub field: String,
    /// How it stands now.
    pub still: Still,
}

/// How a field that was emptied stands now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Still {
    /// It is empty.
    Empty,
    /// It says something again.
    Filled,
    /// The record is not there (any more).
    Gone,
}

/// From which calendar month on a record belongs to an age: the groups of [`Checked::ages`].
pub struct AgeFrom;

impl AgeFrom {
    /// In order.
    pub const ALL: [u32; 6] = [0, 1, 3, 6, 12, 24];

    /// The age of a number of whole calendar months.
    pub fn of(months: u32) -> u32 {
        AgeFrom::ALL.into_iter().rev().find(|from| *from <= months).unwrap_or(0)
    }

    /// The first month after an age; `None`: it has no end.
    pub fn end(from: u32) -> Option<u32> {
        AgeFrom::ALL.into_iter().find(|next| *next > from)
    }
}
