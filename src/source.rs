//! Source: a system that events come from, what it records at all, how often it is expected to speak, and how long it remembers.

use crate::event::ActionClass;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// What a source records. A figure that needs what is missing here reads "not recorded", never 0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Records {
    /// Action classes that can appear at all.
    pub classes: BTreeSet<ActionClass>,
    /// Fields that are filled.
    pub fields: BTreeSet<RecordedField>,
}

/// A field of an event that a source may or may not record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum RecordedField {
    Actor,
    Module,
    Record,
    RecordName,
    Outcome,
    Ip,
    Agent,
    Channel,
    Affected,
    Changes,
}

impl RecordedField {
    /// All of them.
    pub const ALL: [RecordedField; 10] = [
        RecordedField::Actor,
        RecordedField::Module,
        RecordedField::Record,
        RecordedField::RecordName,
        RecordedField::Outcome,
        RecordedField::Ip,
        RecordedField::Agent,
        RecordedField::Channel,
        RecordedField::Affected,
        RecordedField::Changes,
    ];

    /// As it is written in mappings.
    pub fn as_str(self) -> &'static str {
        match self {
            RecordedField::Actor => "actor",
            RecordedField::Module => "module",
            RecordedField::Record => "record",
            RecordedField::RecordName => "record_name",
            RecordedField::Outcome => "outcome",
            RecordedField::Ip => "ip",
            RecordedField::Agent => "agent",
            RecordedField::Channel => "channel",
            RecordedField::Affected => "affected",
            RecordedField::Changes => "changes",
        }
    }
}

/// How often a source is expected to record something. Longer silence wants an explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rhythm {
    /// On every civil day.
    EveryDay,
    /// On every working day (holidays excepted).
    EveryWorkingDay,
    /// At least once in so many hours.
    EveryHours(u32),
}

/// A source as it is known when its events are imported: sealed with each batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Short name, `zoho-crm`: what definitions and events say.
    pub name: String,
    /// What it is called in a report.
    pub title: String,
    /// What it records at all.
    pub records: Records,
    /// How often it is expected to speak; `None`: not declared, so coverage is unknown.
    pub rhythm: Option<Rhythm>,
    /// Days after which the vendor forgets; `None`: not declared.
    pub retention_days: Option<u32>,
}
