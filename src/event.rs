//! Event: one thing that happened, as the audit log keeps it. Who did what to which record, when, from where, with what outcome.

use crate::calendar::Millis;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What kind of doing an action is, whatever the source calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
#[allow(missing_docs)]
pub enum ActionClass {
    Create,
    Read,
    Update,
    Delete,
    Restore,
    Merge,
    Convert,
    Import,
    Export,
    Login,
    Logout,
    Permission,
    Configure,
    Other,
}

impl ActionClass {
    /// All of them, in the order of their numbers.
    pub const ALL: [ActionClass; 14] = [
        ActionClass::Create,
        ActionClass::Read,
        ActionClass::Update,
        ActionClass::Delete,
        ActionClass::Restore,
        ActionClass::Merge,
        ActionClass::Convert,
        ActionClass::Import,
        ActionClass::Export,
        ActionClass::Login,
        ActionClass::Logout,
        ActionClass::Permission,
        ActionClass::Configure,
        ActionClass::Other,
    ];

    /// As it is written in definitions, mappings and files.
    pub fn as_str(self) -> &'static str {
        match self {
            ActionClass::Create => "create",
            ActionClass::Read => "read",
            ActionClass::Update => "update",
            ActionClass::Delete => "delete",
            ActionClass::Restore => "restore",
            ActionClass::Merge => "merge",
            ActionClass::Convert => "convert",
            ActionClass::Import => "import",
            ActionClass::Export => "export",
            ActionClass::Login => "login",
            ActionClass::Logout => "logout",
            ActionClass::Permission => "permission",
            ActionClass::Configure => "configure",
            ActionClass::Other => "other",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    pub fn parse(text: &str) -> Option<ActionClass> {
        ActionClass::ALL.into_iter().find(|class| class.as_str() == text)
    }
}

/// How it ended. `Unknown` also where the source does not record it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Outcome {
    Success,
    Failure,
    Denied,
    Partial,
    Unknown,
}

impl Outcome {
    /// All of them, in the order of their numbers.
    pub const ALL: [Outcome; 5] =
        [Outcome::Success, Outcome::Failure, Outcome::Denied, Outcome::Partial, Outcome::Unknown];

    /// As it is written in definitions, mappings and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Outcome::Success => "success",
            Outcome::Failure => "failure",
            Outcome::Denied => "denied",
            Outcome::Partial => "partial",
            Outcome::Unknown => "unknown",
        }
    }

    /// Reads what [`as_str`](Self::as_str) writes.
    pub fn parse(text: &str) -> Option<Outcome> {
        Outcome::ALL.into_iter().find(|outcome| outcome.as_str() == text)
    }
}

/// From where and with what it was done. Empty where the source does not say.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Origin {
    /// Network address, without port or brackets, or the name a source puts there.
    pub ip: String,
    /// Browser, program, device.
    pub agent: String,
    /// How: `ui`, `api`, `mobile`, `import`, as the source or its mapping says.
    pub channel: String,
}

/// One field's value before and after.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Change {
    /// Field name as the source calls it.
    pub field: String,
    /// Value before; `None` where it was not given.
    pub old: Option<String>,
    /// Value after; `None` where it was not given.
    pub new: Option<String>,
}

/// One thing that happened. A bulk action is one event with `affected` records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// The source's own id of it, where it has one.
    pub id: Option<String>,
    /// When.
    pub time: Millis,
    /// The time as the source wrote it (with its offset, if it wrote one).
    pub time_written: String,
    /// Who, as the source wrote it. [`actor_key`] is what people are matched by.
    pub actor: String,
    /// What, verbatim.
    pub action: String,
    /// What, by class.
    pub class: ActionClass,
    /// Part of the audited system.
    pub module: String,
    /// Id of the record acted upon; empty if none.
    pub record: String,
    /// Name of the record, where the source gives one.
    pub record_name: String,
    /// How it ended.
    pub outcome: Outcome,
    /// From where.
    pub origin: Origin,
    /// Records affected by a bulk action; `None` where the source gives no number (it then counts as one).
    pub affected: Option<u64>,
    /// Before and after, where the source gives them.
    pub changes: Vec<Change>,
    /// Everything else, verbatim, by the source's own names.
    pub details: BTreeMap<String, String>,
    /// Where in the file: line (or record number) of its first character, from 1.
    pub line: u64,
}

impl Event {
    /// Records affected, one where the source gives no number.
    pub fn records_affected(&self) -> u64 {
        self.affected.unwrap_or(1)
    }
}

/// The form in which one person's differently typed names are the same: trimmed, lower case.
pub fn actor_key(actor: &str) -> String {
    actor.trim().to_lowercase()
}

/// A row that could not be read. It is kept, with its reason, and counts in the coverage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// Line in the file, from 1.
    pub line: u64,
    /// Why, in words for the person who imports.
    pub reason: String,
    /// The row, verbatim (invalid UTF-8 replaced), at most 64 KiB of it.
    pub raw: String,
    /// The row's time if it could be read, else that of the row before it in the file.
    pub around: Option<Millis>,
}
