//! Figures: the exact numbers of every section, with their addresses and labels; what is stored as `figures.json`.
//! No text for readers is made here except what the definition's author wrote: wording comes later, from these numbers.

mod address;
mod amount;
mod body;
mod comparison;
mod context;
mod coverage;
mod crosstab;
pub mod divide;
mod error;
mod events;
mod explain;
mod figure_out;
pub mod filter_words;
mod heatmap;
pub mod mask;
mod measure;
mod names;
mod normal;
mod plan;
mod ranking;
mod read;
mod reconcile;
mod recorded;
mod restated;
mod sequence;
mod series;
mod summary;
mod thresholds;

pub use body::{
    Body, Crosstab, Events, Heatmap, KeyedRow, MeasureHead, Panel, Ranking, SequenceFound, Sequences, Series, SeriesRow,
};
pub use coverage::{SourceDeclared, shortest_gap, silences};
pub use error::FigureError;
pub use events::{CUT, EvidenceFile, MOST_ROWS};
pub use explain::{Explained, explain};
pub use figure_out::{FORMAT, figure_out, figure_out_masked};
pub use measure::{Reach, reach, without};
pub use normal::{Earlier, LOOKED_AT, LeftOut, Like, Normal, Standing, usual};
pub use read::{PAGE_TIME, field};
pub use restated::{Changed, CoverageChanged, Place, Restated, restated};
pub use sequence::{InSequence, in_sequence};
pub use series::OTHERS;

use crate::audit_log::{Batch, Head, SourceCoverage};
use crate::calendar::period::Period;
use crate::calendar::{Millis, Span};
use crate::phrase::Phrase;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Everything that an edition says in numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// Version of this layout.
    pub format: u32,
    /// The period.
    pub period: Covered,
    /// The periods compared with, in the definition's order.
    pub compared: Vec<Compared>,
    /// Sections in order.
    pub sections: Vec<Section>,
    /// Every measure of the definition over the whole period: for conditions, thresholds, mails.
    pub totals: BTreeMap<String, Total>,
    /// What crossed its threshold, worst first.
    pub crossed: Vec<Crossed>,
    /// How many thresholds the definition has.
    #[serde(default)]
    pub thresholds: u64,
    /// Thresholds that could not be judged. That nothing crossed them says nothing.
    #[serde(default)]
    pub unjudged: Vec<Unjudged>,
    /// What the log can vouch for.
    pub coverage: Coverage,
    /// Events counted and not counted.
    pub reconciliation: Reconciliation,
    /// Batches with events in the period or in a compared one.
    pub batches: Vec<BatchUsed>,
    /// Head of the log that was read.
    pub head: Head,
    /// Full names of actors that appear anywhere in these figures, by actor, as at the end of the period.
    pub names: BTreeMap<String, String>,
    /// Of a revision: what it changed against the edition that it revises, filled in when that one is read. `None` for a
    /// first issue, and where the figures of that edition are lost, which its facts say.
    pub restated: Option<Restated>,
}

/// A period with its instants.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Covered {
    /// The civil period.
    pub period: Period,
    /// Its label.
    pub label: String,
    /// IANA name of the zone.
    pub zone: String,
    /// Half-open, UTC.
    pub span: Span,
    /// Civil days.
    pub days: i64,
    /// Working days (default profile, holidays out).
    pub working_days: i64,
    /// Holidays inside, by date.
    pub holidays: BTreeMap<chrono::NaiveDate, String>,
}

/// What is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// `previous`, `year_before`, `same_weekdays`.
    pub kind: ComparedKind,
    /// One period, or the several whose mean is taken; oldest first.
    pub periods: Vec<Covered>,
    /// Whether the log has events that early: without, nothing is compared.
    pub in_log: bool,
    /// Sources in scope that do not speak for all of those periods: a rise against them may be their silence.
    pub partial: Vec<PartialThen>,
}

/// A source that does not speak for all of what is compared with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialThen {
    /// Its name.
    pub source: String,
    /// When its rhythm was broken.
    pub silent: Vec<Span>,
    /// Its first event, where it had not yet begun.
    pub begins: Option<Millis>,
}

/// How a comparison came about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum ComparedKind {
    Previous,
    YearBefore,
    SameWeekdays,
}

/// One number with its address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    /// `section/row/column`: stable from edition to edition.
    pub address: String,
    /// 1, 2 …: printed as F1, F2 … in reading order.
    pub label: u32,
    /// The number, or that there is none.
    pub amount: Amount,
    /// Sources in scope that do not record what it needs; if `amount` is a number, it counts the others.
    pub not_recorded_by: Vec<String>,
}

/// A number, exactly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// A count.
    Whole(i64),
    /// A share: `part` of `whole`.
    Share {
        /// Numerator.
        part: i64,
        /// Denominator; 0: nothing to take a share of.
        whole: i64,
    },
    /// A mean.
    Mean {
        /// Numerator.
        sum: i64,
        /// Denominator; 0: no day to divide by.
        over: i64,
    },
    /// No source in scope records what it needs.
    NotRecorded,
    /// The log does not reach there (comparisons with times before the first event).
    NotInLog,
}

/// A measure over a period, with its comparisons in the order of [`Figures::compared`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Total {
    /// As a heading.
    pub title: String,
    /// What is counted.
    pub unit: String,
    /// `neither`, `down`, `up`.
    pub good: String,
    /// Now.
    pub now: Figure,
    /// Then; one for each comparison. Means over several periods are `Mean { sum, over: periods }`; for counts of
    /// periods of unlike length, `per_working_day` has what is to be compared.
    pub before: Vec<Amount>,
    /// The same per working day, `(now, before…)`, where this and a compared period differ in working days; empty otherwise
    /// or where the measure is not a count of events or records.
    pub per_working_day: Vec<Amount>,
    /// Target: comparison in words of [`crate::query::Compare`], value, met or not; `None` without target or number.
    pub target: Option<TargetMet>,
    /// One for each comparison: the sources that count here and do not speak for all of those periods.
    pub partial: Vec<Vec<String>>,
    /// The measure's values over the periods before this one (up to 13, oldest first, this one last): for sparks.
    pub history: Vec<(String, Amount)>,
    /// What is normal for it; `None` where it is not asked for, or where there is no number.
    pub normal: Option<Normal>,
}

/// A target and whether it was met.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct TargetMet {
    pub compare: crate::query::Compare,
    pub value: i64,
    pub met: bool,
}

/// A section's numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Section {
    /// First part of its addresses.
    pub id: String,
    /// Heading, as the author wrote it; may be empty.
    pub title: String,
    /// Sentence under it, as the author wrote it; may be empty.
    pub note: String,
    /// Begins a new page.
    pub new_page: bool,
    /// Stands on turned pages of its own.
    #[serde(default)]
    pub landscape: bool,
    /// Opens with sentences made from its figures.
    #[serde(default)]
    pub words: bool,
    /// Its filter on top of the definition's; `None` for all.
    pub filter: Option<Phrase>,
    /// The numbers.
    pub body: Body,
}

/// A measure's name with its total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedTotal {
    /// Name of the measure.
    pub name: String,
    /// Its numbers.
    pub total: Total,
}

/// A threshold that was crossed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Crossed {
    pub name: String,
    /// `high`, `medium`, `low`.
    pub severity: String,
    pub measure: MeasureHead,
    /// Group dimension and key; empty without.
    pub by: String,
    pub key: String,
    pub figure: Figure,
    /// The line itself, as the figure's kind of number.
    pub limit: Amount,
    pub compare: crate::query::Compare,
    /// First comparison of the same measure and group.
    pub before: Amount,
    /// As the author wrote them; placeholders not yet filled.
    pub say: String,
    pub do_this: String,
}

/// A threshold that could not be judged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Unjudged {
    /// Its name.
    pub name: String,
    /// What it looks at.
    pub measure: MeasureHead,
    /// `NotRecorded` or `NotInLog`.
    pub amount: Amount,
    /// Sources that do not record what it needs.
    pub not_recorded_by: Vec<String>,
}

/// What the log can vouch for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Coverage {
    /// Over all sources in scope.
    pub verdict: Verdict,
    /// Each source in scope.
    pub sources: Vec<SourceVerdict>,
}

/// Complete only if every source has a declared rhythm, an import that reaches the period's end, no unexplained silence and
/// no quarantined row in the period; without declared rhythm unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Verdict {
    Complete,
    Unknown,
    Partial,
}

/// One source's coverage.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SourceVerdict {
    /// As the log knows it.
    pub known: SourceCoverage,
    /// Verdict.
    pub verdict: Verdict,
    /// Silent stretches inside the period that its rhythm does not allow.
    pub silent: Vec<Span>,
    /// Whether an import reaches the period's end.
    pub reaches_end: bool,
    /// Rejected rows that count in the period.
    pub rejected: u64,
    /// Events of the period.
    pub events: Figure,
}

/// `log = in_scope + excluded`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Reconciliation {
    /// Events of the period in the log.
    pub log: i64,
    /// Those that the definition's filter lets through.
    pub in_scope: i64,
    pub excluded: i64,
    /// Sum over the batches of the period: equals `log`.
    pub by_batches: i64,
    /// Sections that break all of the scope's events down: their sums, each equal to the section's own total.
    pub sections: Vec<(String, i64, i64)>,
    /// People in scope whom the directory knows / does not know, and the events of the latter.
    pub actors_known: i64,
    pub actors_unknown: i64,
    pub events_of_unknown: i64,
}

/// A batch and what it gave.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchUsed {
    /// As sealed.
    pub batch: Batch,
    /// Its events in the period.
    pub in_period: u64,
}

impl Figures {
    /// A source's rows: convenience for wording.
    pub fn total(&self, measure: &str) -> Option<&Total> {
        self.totals.get(measure)
    }
}

#[cfg(test)]
mod tests;
