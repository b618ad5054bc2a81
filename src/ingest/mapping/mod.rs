//! Mapping: what the columns or paths of a foreign file mean, as a YAML file says it. The presets that ship are such files.
//!
//! ```yaml
//! name: my-crm                       # the format's name: small letters, digits, `-`
//! source: my-crm                     # the source's name; left out: the format's. Formats of one system share it
//! title: My CRM
//! found: Settings > Audit > Export   # where the export is found (optional, as all that follows but columns, records)
//! format: csv                        # or `json`, `text`; left out: told from the content
//! encoding: latin-1                  # or `utf-8`, `utf-16`; left out: told from the content
//! timezone: Europe/Berlin            # of times without an offset; without it such times are refused
//! times: [iso, "%d/%m/%Y %H:%M", epoch ms]      # in this order; `%Z` (UTC, GMT, US zones) at the end of a pattern
//! "null": ["?", "-"]                 # texts that mean "no value"
//! rhythm: every working day          # or `every day`, `every 6 hours`
//! retention_days: 1095
//! header: [time, user, what]         # csv without a header line
//! vary: true                         # csv whose columns differ: a condition on one that is not there sees no value
//! rows: [Records, value]             # json: where a document holds its list of rows, the first path that is one
//! inside: [log]                      # the row lies in an envelope, whose other values become details
//! # line: rfc5424                    # text: how a line reads; or `cef`, `auditd`, `{ split: " | ", names: [a, b] }`,
//! #                                  # `{ pattern: '^(?<time>\S+) (?<rest>.*)$' }`
//! unfold:                            # in this order, before fields are looked for
//!   - json: Data                     # the text there is JSON: Data.key. `{ json: Data, optional: true }`: it may be text
//!   - csv: { column: message, prefix: "AUDIT: ", names: [kind, class], as: audit }       # a row in a cell: audit.kind
//!   - each: { list: events, as: event }          # one record makes as many rows: event.name; its place is event_index
//!   - pairs: { list: parameters, name: name, value: [value, intValue], as: parameter }   # parameter.NAME
//!   - pattern: { column: Display, match: '^Changed (?<what>.+)$', as: said }             # said.what
//! columns:                           # names compared without case, spaces, `_`, `-`, `?`; the first with a value counts
//!   time: [Audited Time, Date]       # time, actor and action must be there; `required: true` makes others so
//!   actor: user.email                # a dotted path; a number is a place in a list
//!   action: { column: Event, const: Login }     # the constant where there is no value
//!   module: { column: Event, part: '^([^.]+)' } # the first group of a regular expression
//!   id: { join: [Session, Line], with: ":" }    # several values as one
//!   affected: { column: Details, pattern: ["{n} records"] }   # or a column of numbers
//!   outcome: Status
//!   origin: { ip: IP, agent: Browser, channel: { column: Source, values: { web: ui } } }
//!   changes: changes                 # {field: [old, new]}; or { field: Field, old: Old, new: New };
//!                                    # or a list of objects: { list: Properties, field: Name, old: OldValue, new: NewValue }
//! skip: { Stage: [Received] }        # rows that by design make no event: all conditions hold; a list of such: any of them
//! actions:                           # the first that fits; letter case aside
//!   - { is: [Added], class: create }
//!   - { prefix: UserLoginFailed, class: login, outcome: failure }   # goes before the outcome column
//!   - { contains: role, when: { module: [Setup] }, class: permission }
//!   - { when: { code: { from: 400 } }, class: other, outcome: failure }
//!   - { otherwise: other }
//! outcomes: { success: [OK, "0"], failure: [Failed], otherwise: unknown }   # short form; actions may have it too
//! records:                           # what the source records at all: what is not here reads "not recorded"
//!   fields: [actor, module, affected, outcome, ip, agent, channel, changes]
//!   actions: [create, login, permission, other]
//! recognise:                         # how `--format auto` knows it, in a row as it is read (before `unfold`)
//!   all: [Data, Stage]               # must be there; `any`: one of them; `none`: none of them
//!   where: { version: { prefix: "1." } }
//! ```
//!
//! A condition (`skip`, `when`, `where`) names texts of which a value must be one, or asks `{ is, not, prefix, contains,
//! below, from, present }`. It looks at a field where it names one (`action`, `module`, …), else at a column or path.
//!
//! What no field takes is kept in the event's details, under the column's own name; so is the written form of a value
//! that the event keeps in other words (an outcome, a sentence with a number, an address with a port).

mod affected;
mod changes;
mod load;
mod load_more;
mod load_rules;
mod presets;
mod read;
mod rules;
mod signature;
mod unfold;

pub(in crate::ingest) use signature::Signature;
pub(super) use unfold::{Unfolded, find, opened, put, text_of};

pub use presets::{Preset, presets};
pub(super) use read::{Fields, Made, insert};

use super::times::TimeFormat;
use crate::event::{ActionClass, Outcome};
use crate::source::{Records, Rhythm, Source};
use crate::written::{Position, Problem};
use affected::Pattern;
use regex::Regex;
use rules::{Condition, Rules};
use std::collections::BTreeMap;
use unfold::Step;

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
    /// Header names or dotted paths, the first that has a value is taken. Compared by [`header_key`].
    pub names: Vec<String>,
    /// All of the names make the value, with this between them.
    pub join: Option<String>,
    /// The part of the value that is meant.
    pub(in crate::ingest) part: Option<Matching>,
    /// Taken where no such column is, or it is empty.
    pub constant: Option<String>,
    /// Whether a file without such a column is refused.
    pub required: bool,
    /// Other words for values, by their lower case: `web: ui`. The value as written is then kept in the details.
    pub values: BTreeMap<String, String>,
}

/// A regular expression, equal to another by its text.
#[derive(Clone, Debug)]
pub(in crate::ingest) struct Matching(pub(in crate::ingest) Regex);

impl PartialEq for Matching {
    fn eq(&self, other: &Matching) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}

impl Matching {
    /// The first group of the first match.
    pub(in crate::ingest) fn part<'t>(&self, text: &'t str) -> Option<&'t str> {
        Some(self.0.captures(text)?.get(1)?.as_str())
    }
}

/// How the rows of a file are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A header line and rows; the delimiter is guessed from the header.
    Csv,
    /// JSON: an array, one object a line, or documents.
    Json,
    /// Lines of text.
    Text,
}

/// How a file's bytes mean characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-8.
    Utf8,
    /// UTF-16, by its byte order mark; without one little-endian.
    Utf16,
    /// UTF-16, big-endian.
    Utf16Be,
    /// Latin-1, as everybody means it: Windows-1252.
    Latin1,
}

/// How a line of text reads.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::ingest) enum LineForm {
    /// The names of what stands between separators.
    Split { by: String, names: Vec<String> },
    /// Named groups.
    Pattern(Matching),
    /// RFC 5424 syslog.
    Rfc5424,
    /// ArcSight's Common Event Format.
    Cef,
    /// The Linux audit daemon's log: several lines are one event.
    Auditd,
}

impl LineForm {
    /// Kinds of lines that are read by code.
    pub(in crate::ingest) const NAMES: [&str; 3] = ["rfc5424", "cef", "auditd"];

    /// One of them by its name.
    pub(in crate::ingest) fn named(name: &str) -> Option<LineForm> {
        match name {
            "rfc5424" => Some(LineForm::Rfc5424),
            "cef" => Some(LineForm::Cef),
            "auditd" => Some(LineForm::Auditd),
            _ => None,
        }
    }
}

/// A list of objects that say what changed.
#[derive(Clone, Debug, PartialEq)]
struct ChangeList {
    list: Vec<String>,
    field: String,
    old: String,
    new: String,
}

/// A mapping file, read and checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Mapping {
    /// Name of the format.
    pub name: String,
    /// Name of the source, unless the person who imports gives another.
    pub source_name: String,
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
    /// How its bytes mean characters; `None`: told from the content.
    pub encoding: Option<Encoding>,
    /// How `--format auto` knows it.
    pub(in crate::ingest) signature: Option<Signature>,
    /// Columns of a CSV without a header line.
    pub(in crate::ingest) header: Option<Vec<String>>,
    /// Whether columns differ between files.
    pub(in crate::ingest) vary: bool,
    /// Where documents hold their list of rows.
    pub(in crate::ingest) rows: Vec<String>,
    /// Paths of envelopes in which a row may lie. The person who imports may add one.
    pub inside: Vec<String>,
    /// How a line reads.
    pub(in crate::ingest) line: Option<LineForm>,
    unfold: Vec<Step>,
    change_list: Option<ChangeList>,
    times: Vec<TimeFormat>,
    /// By [`Field`] number.
    places: Vec<Option<Place>>,
    nulls: Vec<String>,
    /// Columns or paths that conditions look at.
    watched: Vec<String>,
    /// Any of them; of each, all conditions.
    skip: Vec<Vec<Condition>>,
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
            name: self.source_name.clone(),
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
