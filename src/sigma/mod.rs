//! Sigma: rules in Sigma's format (detections, correlations, filters), read with every Problem and run over stored events.
//!
//! The format is that of <https://sigmahq.io/sigma-specification/> (2.1). Matching is done by `rsigma`, behind this room's own
//! names: what a rule asks of an event is answered by [`Sources`], which say of each source where the fields of its public
//! rules stand here. A rule that is not understood whole is a [`Problem`] and never runs in part.
//!
//! Time is the events' own, exact to the millisecond. What a rule finds is gathered into one [`Hit`] for each rule, group and
//! civil day, however many events there are: so the same log gives the same hits wherever a pass over it begins, as long as
//! it begins [`Rules::reach`] before the first day that is asked about.

mod apply;
mod evaluate;
mod pages;
mod pending;
mod read;
mod row;
mod sources;

pub use evaluate::{Evaluation, TooMuch};
pub use read::read;
pub use sources::Sources;

use crate::calendar::Millis;
use crate::written::Problem;
use chrono::NaiveDate;

/// How much a rule's author says that its hits matter. A rule that says nothing is of medium level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Level {
    Informational,
    Low,
    Medium,
    High,
    Critical,
}

impl Level {
    /// All of them, as rules write them.
    pub const ALL: [(&'static str, Level); 5] = [
        ("informational", Level::Informational),
        ("low", Level::Low),
        ("medium", Level::Medium),
        ("high", Level::High),
        ("critical", Level::Critical),
    ];

    /// As rules write it.
    pub fn as_str(self) -> &'static str {
        Level::ALL.iter().find(|(_, level)| *level == self).map_or("", |(name, _)| name)
    }
}

/// What a document of a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Looks at one event at a time.
    Detection,
    /// Counts or orders what other rules find.
    Correlation,
    /// Takes events away from other rules.
    Filter,
}

impl Kind {
    /// In words.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Detection => "rule",
            Kind::Correlation => "correlation",
            Kind::Filter => "filter",
        }
    }
}

/// A document that was understood.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// What it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// Its id (a UUID), where it has one.
    pub id: Option<String>,
    /// The name by which correlations call it, where it has one.
    pub name: Option<String>,
    /// How much it matters.
    pub level: Level,
    /// What it is about, in its author's words; empty if they said nothing.
    pub description: String,
    /// The file, as it was named.
    pub file: String,
    /// Line of its first key.
    pub line: usize,
    /// Sources whose events it looks at, in order; `*` where it looks at all.
    pub sources: Vec<String>,
    /// As it is written, with the documents that it calls and those that filter it: all that decides what it finds.
    pub text: String,
    /// Whether it has hits of its own: one that only correlations or filters call has none.
    pub raises: bool,
}

/// Rules that were understood, ready to be run.
#[derive(Clone, Debug, Default)]
pub struct Rules {
    /// What is in the files, in order of file and line.
    pub rules: Vec<Rule>,
    /// As the engine takes them.
    compiled: apply::Compiled,
}

/// What came of reading files.
#[derive(Clone, Debug, Default)]
pub struct Read {
    /// What was understood.
    pub rules: Rules,
    /// What was not, in order of file and line.
    pub problems: Vec<Problem>,
}

/// What a rule found in one group on one day.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Which of [`Rules::rules`].
    pub rule: usize,
    /// The civil day, in the zone asked for, of the events that made it hit.
    pub day: NaiveDate,
    /// What its events have in common: the fields of `group-by` with their values, or who acted. A field that the events
    /// do not have is not in it.
    pub group: Vec<(String, String)>,
    /// First of its events; for a correlation this may lie on the day before, within its span of time.
    pub first: Millis,
    /// Last of its events.
    pub last: Millis,
    /// How many events.
    pub events: u64,
    /// The greatest number that a correlation's condition was true of: events, different values, rules, or their sum.
    pub value: Option<f64>,
    /// Numbers of the events in the log, in order of time; at most [`SHOWN`].
    pub numbers: Vec<String>,
}

/// So many events of a hit are named by their numbers.
pub const SHOWN: usize = 100;

impl Rules {
    /// How long before a day the pass over the log has to begin for that day's hits to be whole: the longest span of
    /// time of a correlation, and of those that it counts.
    pub fn reach(&self) -> Millis {
        self.compiled.reach
    }

    /// The sources whose events are looked at; `None` where a rule looks at all.
    pub fn sources(&self) -> Option<Vec<String>> {
        self.compiled.sources()
    }
}
