//! Watch rules as meant: which events, by whom, how many in what time raise a finding, how bad that is and what to do.

use crate::calendar::Millis;
use crate::calendar::period::Unit;
use crate::calendar::zone::Zone;
use crate::finding::Severity;
use crate::query::{Count, Field, Filter};
use chrono::NaiveDate;

/// So many findings of a rule a day, where it does not say otherwise: nobody reads on after ten.
pub const AT_MOST: u32 = 10;

/// A rule. One finding for each group and span, however many events there are.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    /// The stem of its file; of one that stands in a definition `DEFINITION/NAME`.
    pub name: String,
    /// SHA-256 of what is written, hex.
    pub digest: String,
    /// As a heading.
    pub title: String,
    /// The zone of days and hours.
    pub zone: Zone,
    /// Which events are looked at, without those that are known to be good.
    pub filter: Filter,
    /// A finding for each of these; none: for all together.
    pub by: Vec<Field>,
    /// What makes a finding of them.
    pub test: Test,
    /// What is known to be good.
    pub exceptions: Vec<Exception>,
    /// How bad.
    pub severity: Severity,
    /// A sentence, see [`PLACES`].
    pub say: String,
    /// What to do.
    pub do_this: String,
    /// At most so many findings a civil day; the others are one that says how many they are.
    pub at_most: u32,
    /// Who is mailed at once, as recipients are written.
    pub alert: Vec<String>,
}

/// What makes a finding.
#[derive(Clone, Debug, PartialEq)]
pub enum Test {
    /// So much in a span.
    Count {
        /// What is counted.
        count: Count,
        /// In which span.
        per: Per,
        /// The least that is too much.
        at_least: i64,
    },
    /// More than is normal for the group, learnt from its spans before.
    Normal {
        /// What is counted.
        count: Count,
        /// In which span: days (the same weekday), weeks or months.
        unit: Unit,
        /// So many times as far from the median as the middle half reaches.
        spreads: u8,
        /// Never less than this.
        floor: i64,
    },
    /// So many events, then one of another kind, by the same group.
    Sequence {
        /// At least so many.
        at_least: u64,
        /// What follows.
        then: Filter,
        /// From the first of them to what follows.
        within: Millis,
    },
    /// Nothing at all in a span that is over.
    Absent {
        /// Which spans.
        unit: Unit,
        /// Of days, working days alone.
        working: bool,
        /// So long after the span's end it is said.
        after: Millis,
    },
    /// Rows that could not be read and wait in quarantine, so many of a source in a span.
    Unreadable {
        /// Which spans.
        unit: Unit,
        /// The least that is too much.
        at_least: i64,
    },
    /// A value that the group never had before.
    FirstSeen {
        /// Of which field.
        field: Field,
        /// A group that is younger than this has everything for the first time: nothing is said of it.
        learn: Millis,
        /// Of a new value on its first day, so many events at least.
        at_least: i64,
    },
}

/// The span that is counted over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Per {
    /// Civil hours.
    Hour,
    /// Calendar spans.
    Unit(Unit),
    /// Any span of that length. One finding a day, with the most there was.
    Sliding(Millis),
}

/// What is known to be good: why, and until when.
#[derive(Clone, Debug, PartialEq)]
pub struct Exception {
    /// Which events.
    pub filter: Filter,
    /// Why.
    pub reason: String,
    /// The first day on which it is no exception any more.
    pub until: NaiveDate,
}

/// What is filled into a rule's sentence.
pub const PLACES: [&str; 7] = ["value", "limit", "who", "when", "what", "normal", "then"];

impl Rule {
    /// Whether a place of its sentence has something to be filled in.
    pub fn has_place(test: &Test, by: &[Field], place: &str) -> bool {
        match place {
            "value" => !matches!(test, Test::Absent { .. }),
            "limit" => matches!(
                test,
                Test::Count { .. } | Test::Normal { .. } | Test::Sequence { .. } | Test::Unreadable { .. }
            ),
            "who" => !by.is_empty(),
            "when" => true,
            "what" => matches!(test, Test::FirstSeen { .. }),
            "normal" => matches!(test, Test::Normal { .. }),
            "then" => matches!(test, Test::Sequence { .. }),
            _ => false,
        }
    }
}
