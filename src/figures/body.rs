//! Bodies: the numbers of each kind of section.

use super::{ActionList, Figure, FindingList, NamedTotal, Normal};
use crate::calendar::Millis;
use serde::{Deserialize, Serialize};

/// The numbers of a section, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Body {
    /// Names of measures in `Figures::totals`.
    Verdict {
        measures: Vec<String>,
    },
    /// Tiles (section filter applied, so not the same as the totals).
    Summary {
        tiles: Vec<NamedTotal>,
    },
    /// Indices into `Figures::crossed`, at most `limit`; `more`: how many are left out.
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
    /// Filled in from the register.
    Findings(FindingList),
    /// Filled in from the register.
    Actions(ActionList),
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

/// A measure over time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Heading of the measure.
    pub title: String,
    /// Unit.
    pub unit: String,
    /// `bars`, `stacked_bars`, `lines`, `area`, `cumulative` (all numbers are running totals), `small_multiples`.
    pub form: String,
    /// `day`, `week` …
    pub by: String,
    /// Name of the field of the split, as in definitions; empty without.
    pub split: String,
    /// Labels of the periods, oldest first, empty ones included.
    pub categories: Vec<String>,
    /// One a value of the split (largest first, at most 7 and `Others`), or one.
    pub series: Vec<SeriesRow>,
    /// Of stacked forms: over all series.
    pub total: Option<SeriesRow>,
    /// The first comparison's values by position, where the section covers one period and the days can be set side by side.
    /// Running totals may be more or fewer than the categories: months differ in length.
    pub compared: Option<SeriesRow>,
    /// Whether the author wants the numbers in a table below the chart.
    pub table: bool,
    /// What is normal at each category, for all series together, each learnt from those before it; `None` where there is no
    /// number. Empty where it is not asked for.
    pub normal: Vec<Option<Normal>>,
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
    /// How the first measure is drawn: `bars`, `pareto`; empty: not.
    pub chart: String,
    /// Of a Pareto chart: what each row and all before it are of the whole, then (if there are more groups) with those.
    pub together: Vec<Figure>,
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
    /// What is normal for the first of them in this group; `None` where it is not asked for, or where there is no number.
    pub normal: Option<Normal>,
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
    /// Name of the field of the split, as in definitions; empty without, and in editions from before it was kept.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub split: String,
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
    /// `high`, `medium`, `low`: raised among what crossed its line; empty: not raised.
    pub severity: String,
    /// As the author wrote them; placeholders not yet filled.
    pub say: String,
    pub do_this: String,
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
