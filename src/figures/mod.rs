//! Figures: the exact numbers of every section, with their addresses and labels; what is stored as `figures.json`.
//! No text for readers is made here except what the definition's author wrote: wording comes later, from these numbers.

use crate::audit_log::{Batch, Head, SourceCoverage};
use crate::calendar::period::Period;
use crate::calendar::{Millis, Span};
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
    /// The measure's values over the periods before this one (up to 13, oldest first, this one last): for sparks and normal.
    pub history: Vec<(String, Amount)>,
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
    /// Its filter on top of the definition's, in words; empty for all.
    pub filter_words: String,
    /// The numbers.
    pub body: Body,
}

/// The numbers of a section, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Body {
    /// Names of measures in [`Figures::totals`].
    Verdict {
        measures: Vec<String>,
    },
    /// Tiles (section filter applied, so not the same as the totals).
    Summary {
        tiles: Vec<NamedTotal>,
    },
    /// Indices into [`Figures::crossed`], at most `limit`; `more`: how many are left out.
    Attention {
        shown: Vec<usize>,
        more: u64,
    },
    Series(Series),
    Ranking(Ranking),
    Crosstab(Crosstab),
    Heatmap(Heatmap),
    Events(Events),
    Sequence(Sequences),
    Targets {
        rows: Vec<NamedTotal>,
    },
    Text {
        text: String,
    },
    Coverage {
        short: bool,
    },
    Sign {
        lines: Vec<String>,
    },
}

/// A measure's name with its total.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedTotal {
    /// Name of the measure.
    pub name: String,
    /// Its numbers.
    pub total: Total,
}

/// A measure over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Heading of the measure.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// `bars`, `stacked_bars`, `lines`, `small_multiples`.
    pub form: String,
    /// `day`, `week` …
    pub by: String,
    /// Name of the field of the split, as in definitions; empty without.
    pub split: String,
    /// Labels of the periods, oldest first, empty ones included.
    pub categories: Vec<String>,
    /// One a value of the split (largest first, at most 7 and `Others`), or one.
    pub series: Vec<SeriesRow>,
    /// The first comparison's values by position, where the section covers one period and the days can be set side by side.
    pub compared: Option<SeriesRow>,
    /// Median and quartiles of the earlier categories, `(low, middle, high)` in hundredths, and from how many they were learnt.
    pub normal: Option<Normal>,
}

/// What is normal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Normal {
    pub low: i64,
    pub middle: i64,
    pub high: i64,
    pub learnt_from: u64,
}

/// One series.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeriesRow {
    /// Value of the split; empty without split.
    pub key: String,
    /// One a category.
    pub figures: Vec<Figure>,
}

/// Groups with measures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ranking {
    /// Names of the dimensions, as in definitions.
    pub by: Vec<String>,
    /// The measures: name, heading, unit.
    pub columns: Vec<MeasureHead>,
    /// Largest first by the first column; ties by key.
    pub rows: Vec<KeyedRow>,
    /// How many more groups there are.
    pub more: u64,
    /// Their sums (columns that cannot be summed are `NotRecorded`… never: then `None`).
    pub rest: Vec<Option<Figure>>,
    /// Over all groups.
    pub total: Vec<Figure>,
    /// Draw bars of the first measure.
    pub chart: bool,
}

/// Head of a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct MeasureHead {
    pub name: String,
    pub title: String,
    pub unit: String,
}

/// A group.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KeyedRow {
    /// One a dimension.
    pub keys: Vec<String>,
    /// One a measure.
    pub figures: Vec<Figure>,
}

/// A measure by two dimensions with totals.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Crosstab {
    /// The measure.
    pub measure: MeasureHead,
    /// Names of the row and column dimensions.
    pub by: (String, String),
    /// Column keys, largest first (`Others` last, if cut).
    pub columns: Vec<String>,
    /// Rows, largest first; figures one a column, then the row's total.
    pub rows: Vec<KeyedRow>,
    /// Totals by column, then over all.
    pub total: Vec<Figure>,
}

/// A measure by two dimensions as shades.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Heatmap {
    /// The measure.
    pub measure: MeasureHead,
    /// Names of the row and column dimensions.
    pub by: (String, String),
    /// Row keys in natural order, gaps filled (weekdays 1–7, hours 0–23).
    pub rows: Vec<String>,
    /// Column keys likewise.
    pub columns: Vec<String>,
    /// One a value of the split (largest first), or one with an empty key.
    pub panels: Vec<Panel>,
}

/// One panel of a heatmap.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Panel {
    /// Value of the split.
    pub key: String,
    /// By row, then by column.
    pub cells: Vec<Vec<i64>>,
    /// Sum of the panel.
    pub total: Figure,
}

/// Events as evidence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Events {
    /// Names of columns, as in definitions.
    pub columns: Vec<String>,
    /// Those on the page, oldest first.
    pub shown: Vec<Vec<String>>,
    /// How many there are.
    pub total: Figure,
    /// Name of the evidence file that holds all of them.
    pub file: String,
    /// SHA-256 of that file, hex; filled in when the file is made.
    pub file_sha256: String,
}

/// Sequences found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct Sequences {
    pub by: String,
    pub at_least: u64,
    pub within: Millis,
    /// Worst (most of the first) first.
    pub found: Vec<SequenceFound>,
    /// How many.
    pub total: Figure,
}

/// One sequence.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct SequenceFound {
    pub key: String,
    /// How many of the first kind lie before the then, within the time.
    pub count: Figure,
    pub first_at: Millis,
    pub last_at: Millis,
    pub then_at: Millis,
    /// Different ips of the first kind and of the then, in order; empty where not recorded.
    pub origins: Vec<String>,
    /// Number in the log of the then.
    pub event: String,
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
