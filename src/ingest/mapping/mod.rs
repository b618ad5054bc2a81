//! Mapping: what the columns or paths of a foreign file mean, as a YAML file says it. The presets that ship are such files.
//!
//! ```yaml
//! name: my-crm                       # the source's name: small letters, digits, `-`
//! title: My CRM
//! found: Settings > Audit > Export   # where the export is found (optional, as all that follows but columns, records)
//! format: csv                        # or `json lines`; left out: told from the content
//! timezone: Europe/Berlin            # of times without an offset; without it such times are refused
//! times: [iso, "%d/%m/%Y %H:%M", epoch ms]      # in this order; `%Z` (UTC, GMT, US zones) at the end of a pattern
//! "null": ["?", "-"]                 # texts that mean "no value"
//! rhythm: every working day          # or `every day`, `every 6 hours`
//! retention_days: 1095
//! columns:                           # names compared without case, spaces, `_`, `-`, `?`; the first that is there counts
//!   time: [Audited Time, Date]       # time, actor and action must be there; `required: true` makes others so
//!   actor: user.email                # in JSON a dotted path; a number is a place in a list
//!   action: { column: Event, const: Login }     # the constant where there is no value
//!   module: { const: Leads }
//!   affected: { column: Details, pattern: ["{n} records"] }   # or a column of numbers
//!   outcome: Status
//!   origin: { ip: IP, agent: Browser, channel: { column: Source, values: { web: ui } } }
//!   changes: changes                 # {field: [old, new]}; or { field: Field, old: Old, new: New }
//! skip: { Stage: [Received] }        # rows that by design make no event: all conditions hold
//! actions:                           # the first that fits; letter case aside
//!   - { is: [Added], class: create }
//!   - { prefix: UserLoginFailed, class: login, outcome: failure }   # goes before the outcome column
//!   - { contains: role, when: { module: [Setup] }, class: permission }
//!   - { otherwise: other }
//! outcomes: { success: [OK, "0"], failure: [Failed], otherwise: unknown }   # short form; actions may have it too
//! records:                           # what the source records at all: what is not here reads "not recorded"
//!   fields: [actor, module, affected, outcome, ip, agent, channel, changes]
//!   actions: [create, login, permission, other]
//! ```
//!
//! What no field takes is kept in the event's details, under the column's own name; so is the written form of a value
//! that the event keeps in other words (an outcome, a sentence with a number, an address with a port).

mod affected;
mod changes;
mod load;
mod load_rules;
mod presets;
mod read;
mod rules;

pub use presets::{Preset, presets};
pub(super) use read::{Fields, Made, insert};

use super::times::TimeFormat;
use crate::event::{ActionClass, Outcome};
use crate::source::{Records, Rhythm, Source};
use crate::written::{Position, Problem};
use affected::Pattern;
use rules::{Condition, Rules};
use std::collections::BTreeMap;

/// A place in an event that a mapping fills from a column, a path or a constant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)]
pub enum Field {
    Id,
    Time,
    Actor,
    Action,
    Module,
    Record,
    RecordName,
    Affected,
    Outcome,
    Ip,
    Agent,
    Channel,
    /// A JSON object `{field: [old, new]}`.
    Changes,
    ChangeField,
    ChangeOld,
    ChangeNew,
}

impl Field {
    /// How many there are.
    pub const COUNT: usize = 16;

    /// All of them, in the order of their numbers.
    pub const ALL: [Field; Field::COUNT] = [
        Field::Id,
        Field::Time,
        Field::Actor,
        Field::Action,
        Field::Module,
        Field::Record,
        Field::RecordName,
        Field::Affected,
        Field::Outcome,
        Field::Ip,
        Field::Agent,
        Field::Channel,
        Field::Changes,
        Field::ChangeField,
        Field::ChangeOld,
        Field::ChangeNew,
    ];

    /// As mappings and messages write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Field::Id => "id",
            Field::Time => "time",
            Field::Actor => "actor",
            Field::Action => "action",
            Field::Module => "module",
            Field::Record => "record",
            Field::RecordName => "record_name",
            Field::Affected => "affected",
            Field::Outcome => "outcome",
            Field::Ip => "ip",
            Field::Agent => "agent",
            Field::Channel => "channel",
            Field::Changes => "changes",
            Field::ChangeField => "changes.field",
            Field::ChangeOld => "changes.old",
            Field::ChangeNew => "changes.new",
        }
    }
}

/// Where a field's value comes from.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Place {
    /// Header names or dotted paths, the first that a file has is taken. Compared by [`header_key`].
    pub names: Vec<String>,
    /// Taken where no such column is, or it is empty.
    pub constant: Option<String>,
    /// Whether a file without such a column is refused.
    pub required: bool,
    /// Other words for values, by their lower case: `web: ui`. The value as written is then kept in the details.
    pub values: BTreeMap<String, String>,
}

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A header line and rows; the delimiter is guessed from the header.
    Csv,
    /// One JSON object a line.
    JsonLines,
}

/// A mapping file, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Name of the source, unless the person who imports gives another.
    pub name: String,
    /// What the source is called in a report.
    pub title: String,
    /// Where in the vendor's product the export is found; empty if not said.
    pub found: String,
    /// What the source records at all.
    pub records: Records,
    /// How often it is expected to speak.
    pub rhythm: Option<Rhythm>,
    /// Days after which the vendor forgets.
    pub retention_days: Option<u32>,
    /// Zone of times that are written without an offset. The person who imports may set another.
    pub timezone: Option<String>,
    /// How rows are written; `None`: told from the content.
    pub shape: Option<Shape>,
    /// SHA-256 of the mapping's text, hex.
    pub sha256: String,
    /// The mapping file's name, for Problems.
    pub file: String,
    times: Vec<TimeFormat>,
    /// By [`Field`] number.
    places: Vec<Option<Place>>,
    nulls: Vec<String>,
    /// Columns or paths that conditions look at.
    watched: Vec<String>,
    skip: Vec<Condition>,
    actions: Rules<Verdict>,
    outcomes: Rules<Outcome>,
    affected: Vec<Pattern>,
}

/// What a rule says of an action: its class, and an outcome that goes before the outcome column.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Verdict {
    class: Option<ActionClass>,
    outcome: Option<Outcome>,
}

impl Mapping {
    /// Reads a mapping file's text. `file` is its name, for Problems.
    pub fn load(text: &str, file: &str) -> Result<Mapping, Vec<Problem>> {
        load::load(text, file)
    }

    /// A mapping that ships, by name; `None` if there is none of that name.
    pub fn preset(name: &str) -> Option<Result<Mapping, Vec<Problem>>> {
        let preset = presets().iter().find(|preset| preset.name == name)?;
        Some(Mapping::load(preset.text, preset.file))
    }

    /// The source as the mapping declares it, under its own name.
    pub fn source(&self) -> Source {
        Source {
            name: self.name.clone(),
            title: self.title.clone(),
            records: self.records.clone(),
            rhythm: self.rhythm,
            retention_days: self.retention_days,
        }
    }

    /// The formats in which its times are written, in the order in which they are tried.
    pub fn times(&self) -> &[TimeFormat] {
        &self.times
    }

    /// Where a field comes from; `None` if the mapping does not say.
    pub fn place(&self, field: Field) -> Option<&Place> {
        self.places.get(field as usize)?.as_ref()
    }

    /// Columns or paths that `skip` and `when` look at, beyond the fields.
    pub(super) fn watched(&self) -> &[String] {
        &self.watched
    }

    /// Whether a value means that there is none.
    pub(super) fn is_null(&self, value: &str) -> bool {
        value.is_empty() || self.nulls.iter().any(|null| null == value)
    }

    /// A Problem in a file that this mapping was to read.
    pub(super) fn problem_in(file: &str, at: Position, what: String, instead: String) -> Problem {
        Problem { file: file.to_owned(), line: at.line, column: at.column, what, instead }
    }
}

/// The form in which two spellings of a header are the same: lower case, without spaces, `_`, `-` and `?`.
pub fn header_key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    key.extend(
        name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-' | '?')).flat_map(char::to_lowercase),
    );
    key
}

#[cfg(test)]
mod tests;
