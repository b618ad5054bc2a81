//! Definition: what a report says, when, and to whom, as meant. Reading one from YAML gives this, or every Problem at once.

pub mod builtin;
mod house;
mod read;
pub mod review;
pub mod watch;
pub mod words;

pub use house::{House, MayGet};
pub use read::watch::Alerting;
pub use read::{Mailing, address, conditions, duration, holidays, is_address};

use crate::calendar::Millis;
use crate::calendar::cadence::Cadence;
use crate::calendar::zone::Zone;
use crate::finding::Severity;
use crate::query::{self, Compare, Dimension, Field, Filter};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// The audience that stands for all parts of a divided report, as long as they are not known.
pub const PARTS: &str = "*";

/// What a webhook's name stands behind, where addresses may stand too.
pub const WEBHOOK: &str = "webhook:";

/// What a role's name stands behind, where addresses may stand too.
pub const ROLE: &str = "role:";

/// The audience of what belongs to no part.
pub const REST: &str = "rest";

/// Groups of fewer people than this are shown as one in the version for training sessions, unless the definition says
/// otherwise.
pub const SMALLEST_GROUP: u32 = 5;

/// The audience of the version for training sessions.
pub const TRAINING: &str = "training";

/// One file of `schedules/`, as meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    /// File stem: its name for ever.
    pub stem: String,
    /// SHA-256 of the file's bytes, hex.
    pub digest: String,
    /// Title of the report.
    pub title: String,
    /// What it is for, a sentence under the title; may be empty.
    pub purpose: String,
    /// Tag of the file of words that it is written in; `None`: as the theme says.
    pub language: Option<String>,
    /// Address that is told when it fails.
    pub owner: String,
    /// When it is issued. Of several schedules the first one: its zone is that of the whole report.
    pub schedule: Schedule,
    /// Further schedules, in the same zone. No period is covered by two.
    pub also: Vec<Schedule>,
    /// What its figures are compared with, first the one that tiles show first.
    pub compare: Vec<Comparison>,
    /// Which events the whole report is about.
    pub filter: Filter,
    /// Whether figures are set beside what is normal for them, where a section does not say otherwise.
    pub normal: bool,
    /// Measures by name: the built-in ones that are used, and its own.
    pub measures: BTreeMap<String, Measure>,
    /// What crosses a line, with what to do then.
    pub thresholds: Vec<Threshold>,
    /// Rules that raise findings, within its filter and in its zone.
    pub watch: Vec<watch::Rule>,
    /// The parts, in order.
    pub sections: Vec<Section>,
    /// On which condition its editions are mailed.
    pub send: Sending,
    /// To whom the whole report goes. Empty with no other audience: written `recipients: none`, archived only.
    pub recipients: Vec<Recipient>,
    /// An edition for each part, beside the whole or instead of it.
    pub division: Option<Division>,
    /// To whom the version for training sessions goes; empty: there is none.
    pub training: Vec<Recipient>,
    /// In that version, groups of fewer people are shown as one.
    pub smallest_group: u32,
    /// Who is asked to review its editions; `None`: nobody is, and whoever wants to may.
    pub review: Option<review::ReviewAsked>,
    /// After a lost connection nobody knows whether the mail arrived: resend the same bytes, or hold for a person.
    pub on_unknown: OnUnknown,
    /// Template, `report.tera` if not said.
    pub template: String,
}

/// When a definition is issued.
#[derive(Clone, Debug, PartialEq)]
pub struct Schedule {
    /// The firings and the period that each covers.
    pub cadence: Cadence,
    /// The zone of firings, periods, days and hours.
    pub zone: Zone,
    /// Waits so long after the firing for late rows, in milliseconds (the firing's time stays the nominal one).
    pub after: Millis,
    /// Waits for an import of this source that reaches the period's end, at most so long after the firing.
    pub wait_for: Option<(String, Millis)>,
    /// What becomes of firings that were missed.
    pub catch_up: CatchUp,
    /// How many days back catching up goes.
    pub catch_up_days: u32,
    /// Firings from this day on are due even before the definition was activated.
    pub since: Option<NaiveDate>,
}

/// What becomes of missed firings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum CatchUp {
    #[default]
    All,
    Latest,
    None,
}

/// What becomes of a dispatch whose outcome nobody knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum OnUnknown {
    #[default]
    Resend,
    Hold,
}

/// What a period is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// The period before (`previous period`).
    Previous,
    /// The same period a year before (`year before`).
    YearBefore,
    /// The mean of so many same weekdays before, for days (`4 same weekdays`).
    SameWeekdays(u8),
}

/// A measure with its name.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    /// Name in definitions, `failed_logins`.
    pub name: String,
    /// As a heading, `Failed logins`.
    pub title: String,
    /// What is counted, in the plural, for axes: `logins`, `records`, `%`.
    pub unit: String,
    /// How it is counted.
    pub kind: MeasureKind,
    /// Which direction is good.
    pub good: Good,
    /// What it should be in the period.
    pub target: Option<Target>,
}

/// How a measure is counted.
#[derive(Clone, Debug, PartialEq)]
pub enum MeasureKind {
    /// A count.
    Count(query::Measure),
    /// A share, part of whole.
    Rate {
        /// Numerator.
        part: query::Measure,
        /// Denominator.
        whole: query::Measure,
    },
    /// A mean per day of the period.
    PerDay {
        /// What.
        of: query::Measure,
        /// Working days only as denominator (numerator counts all).
        working: bool,
    },
}

impl MeasureKind {
    /// Whether its numbers over groups of events add up to the number over all of them. Different people of two teams may be the
    /// same ones, and shares of two teams are no share of both.
    pub fn adds_up(&self) -> bool {
        match self {
            MeasureKind::Count(of) | MeasureKind::PerDay { of, .. } => {
                matches!(of.count, query::Count::Events | query::Count::Affected)
            }
            MeasureKind::Rate { .. } => false,
        }
    }

    /// Whether it is a plain number of events or records: its numbers of one day after the other add up, too.
    pub fn is_volume(&self) -> bool {
        matches!(self, MeasureKind::Count(_)) && self.adds_up()
    }
}

/// Which direction of a measure is good: chooses the colour of changes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Good {
    #[default]
    Neither,
    Down,
    Up,
}

/// A value to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Target {
    /// How the figure should stand to it.
    pub compare: Compare,
    /// The value; in hundredths of a percent for rates, in hundredths for means.
    pub value: i64,
}

/// A line that a figure may cross.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// Name, `failed-logins-by-person`: unique in the definition.
    pub name: String,
    /// Measure by name.
    pub measure: String,
    /// One judgement for each group; `None`: for the whole period.
    pub by: Option<Field>,
    /// On top of the definition's filter.
    pub filter: Filter,
    /// Crossed if the figure stands so …
    pub compare: Compare,
    /// … to this.
    pub limit: Limit,
    /// How bad.
    pub severity: Severity,
    /// What to say: a sentence; `{value}`, `{who}` (the group), `{limit}`, `{before}` are filled in. Empty: a plain sentence.
    pub say: String,
    /// What to do.
    pub do_this: String,
}

/// What a threshold compares with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// A number (for rates in hundredths of a percent, for means in hundredths).
    Value(i64),
    /// So many hundredths times the first comparison's value, but at least `floor`.
    TimesBefore {
        /// Hundredths: 200 is twice.
        hundredths: i64,
        /// Never below this.
        floor: i64,
    },
}

/// A part of the report.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// Unique in the definition; the first part of figures' addresses. From `id:`, else from the title, else from the kind.
    pub id: String,
    /// Heading; may be empty.
    pub title: String,
    /// A sentence under the heading; may be empty.
    pub note: String,
    /// Begins a new page.
    pub new_page: bool,
    /// Stands on turned pages of its own: wide tables.
    pub landscape: bool,
    /// Opens with sentences made from its figures.
    pub words: bool,
    /// On top of the definition's filter.
    pub filter: Filter,
    /// Whether its figures are set beside what is normal for them: summaries, series, rankings.
    pub normal: bool,
    /// What it shows.
    pub kind: SectionKind,
}

/// What a section shows.
#[derive(Clone, Debug, PartialEq)]
pub enum SectionKind {
    /// Sentences made from the figures: coverage, what crossed its threshold, how these measures changed.
    Verdict {
        /// Measures by name.
        measures: Vec<String>,
    },
    /// Tiles.
    Summary {
        /// Measures by name.
        measures: Vec<String>,
    },
    /// What crossed its threshold, worst first.
    Attention {
        /// At most so many are shown.
        limit: usize,
    },
    /// One measure over time, as a chart.
    Series {
        /// Measure by name.
        measure: String,
        /// Day, week, month, quarter or year.
        by: Dimension,
        /// A series for each value.
        split: Option<Field>,
        /// Form.
        form: SeriesForm,
        /// So many periods up to this one instead of this one alone (`periods: 13`).
        periods: u32,
        /// The chart's numbers in a table below it.
        table: bool,
    },
    /// Groups with their measures, largest first.
    Ranking {
        /// What the groups are.
        by: Vec<Dimension>,
        /// Columns; the first one orders.
        measures: Vec<String>,
        /// At most so many groups; the rest is summed up in a row.
        limit: usize,
        /// The first measure as a chart above the table.
        chart: RankingForm,
    },
    /// One measure by two dimensions, with totals.
    Crosstab {
        /// Measure by name.
        measure: String,
        /// Rows.
        rows: Dimension,
        /// Columns.
        columns: Dimension,
        /// At most so many rows and columns; the rest is summed up.
        limit: usize,
    },
    /// One measure by two dimensions, as shades.
    Heatmap {
        /// Measure by name.
        measure: String,
        /// Rows.
        rows: Dimension,
        /// Columns.
        columns: Dimension,
        /// One panel for each value.
        split: Option<Field>,
    },
    /// The events themselves: evidence.
    Events {
        /// Columns.
        columns: Vec<EventColumn>,
        /// At most so many on the page; all are in the CSV.
        limit: usize,
    },
    /// At least so many of one kind, then one of another, by the same group within a time: failures and then a success.
    Sequence {
        /// What has to happen first, on top of the section's filter.
        first: Filter,
        /// At least so many times.
        at_least: u64,
        /// What then follows.
        then: Filter,
        /// Same actor, same ip …
        by: Field,
        /// From the first of the first to the then, in milliseconds.
        within: Millis,
        /// What each one found says among what crossed its line; `None`: it stands in its own table alone.
        raise: Option<Raise>,
    },
    /// Measures with targets: target, actual, met or not.
    Targets {
        /// Measures by name; each has a target.
        measures: Vec<String>,
    },
    /// A text of the definition's author: paragraphs, `- ` lists, `**strong**`, `` `code` ``.
    Text {
        /// The text.
        text: String,
    },
    /// Coverage by source.
    Coverage {
        /// Short: a strip of one line a source.
        short: bool,
    },
    /// Lines to sign.
    Sign {
        /// Labels.
        lines: Vec<String>,
    },
}

/// How something found is raised.
#[derive(Clone, Debug, PartialEq)]
pub struct Raise {
    /// How bad.
    pub severity: Severity,
    /// A sentence; `{value}`, `{who}` and `{limit}` are filled in. Empty: a plain sentence.
    pub say: String,
    /// What to do.
    pub do_this: String,
}

/// The form of a series' chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum SeriesForm {
    /// Beside each other, where there are several (`bars`, `grouped bars`).
    Bars,
    StackedBars,
    Lines,
    /// Filled; several on top of each other.
    Area,
    /// Running totals from the first day on, as lines.
    Cumulative,
    SmallMultiples,
}

impl SeriesForm {
    /// Whether its parts are drawn on top of each other, so that they have to add up to the whole.
    pub fn is_stacked(self) -> bool {
        matches!(self, SeriesForm::StackedBars | SeriesForm::Area)
    }
}

/// The form of a ranking's chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RankingForm {
    /// A table alone.
    #[default]
    None,
    /// Horizontal bars.
    Bars,
    /// Bars with what they and all before them are of the whole; the table gets a column of that.
    Pareto,
}

/// A column of an events section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventColumn {
    /// A field.
    Field(Field),
    /// Civil time in the report's zone.
    Time,
    /// The actor's full name from the directory (else the actor).
    ActorName,
    /// Details as `key: value; …`.
    Details,
    /// Changes as `field: old → new; …`.
    Changes,
    /// Number in the log.
    Number,
}

/// On which condition editions are mailed. One that is not is issued and archived all the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sending {
    /// One of these must hold; none written: in any case.
    pub when: Vec<When>,
    /// Whether one in whose period nothing happened is mailed.
    pub empty: bool,
    /// What its readers get instead.
    pub otherwise: Otherwise,
}

impl Default for Sending {
    fn default() -> Self {
        Sending { when: Vec::new(), empty: true, otherwise: Otherwise::Nothing }
    }
}

/// What is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum When {
    /// A figure stands so.
    Figure(Condition),
    /// The threshold of this name is crossed.
    Crossed(String),
    /// Any threshold is crossed.
    AnyCrossed,
}

impl When {
    /// As it is written.
    pub fn written(&self) -> &str {
        match self {
            When::Figure(condition) => &condition.written,
            When::Crossed(name) => name,
            When::AnyCrossed => "any threshold",
        }
    }
}

/// What readers get of an edition that is not mailed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Otherwise {
    /// Nothing.
    #[default]
    Nothing,
    /// A mail that says just that.
    Note,
}

/// Who gets it.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipient {
    /// Address.
    pub to: String,
    /// Attached formats.
    pub formats: Vec<Format>,
    /// Only if this holds.
    pub when: Option<Condition>,
    /// How files are attached.
    pub attach: Attach,
    /// How the address was found: `role:NAME` for somebody who has that role, `vacant:NAME` for who gets it in place of those
    /// who would; empty: it is written.
    pub via: String,
}

/// How files are attached to a mail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Attach {
    /// As they are.
    #[default]
    Plain,
    /// In an archive that opens with the passphrase agreed with the recipient alone; the mail itself tells no figures.
    Encrypted,
}

/// How a report is divided: an edition for each value of a field, or for each name of a list, with nothing of the others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    /// By what.
    pub by: Field,
    /// A file in the installation that names the parts, their values of the field and their addresses; `None`: a part for
    /// each value.
    pub list: Option<String>,
    /// Whether a part in which nothing happened gets its (empty) edition.
    pub send_empty: bool,
    /// Who gets each part's edition.
    pub recipients: Vec<PartRecipient>,
}

/// Who gets a part's edition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PartRecipient {
    /// Whom.
    pub to: PartTo,
    /// Attached formats.
    pub formats: Vec<Format>,
    /// Only if this holds, of the part's own figures.
    pub when: Option<Condition>,
    /// How files are attached.
    pub attach: Attach,
}

/// A recipient by its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartTo {
    /// The manager of the team, or of the person, in the directory as at the period's end.
    Manager,
    /// The address that the list gives.
    List,
    /// The same address for every part.
    Address(String),
}

impl Definition {
    /// Every schedule, in the order of the file.
    pub fn schedules(&self) -> impl Iterator<Item = &Schedule> {
        std::iter::once(&self.schedule).chain(&self.also)
    }

    /// The audiences of each firing: empty for the whole, [`PARTS`] (one for all parts: what they are is in the log), [`TRAINING`].
    pub fn audiences(&self) -> Vec<&'static str> {
        let whole = !self.recipients.is_empty() || (self.division.is_none() && self.training.is_empty());
        let parts = self.division.is_some().then_some(PARTS);
        let training = (!self.training.is_empty()).then_some(TRAINING);
        whole.then_some("").into_iter().chain(parts).chain(training).collect()
    }
}

/// A file format of an edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub enum Format {
    Pdf,
    Html,
    Csv,
    Xlsx,
    Json,
}

/// `deletions > 20`: a measure over the whole period against a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Measure by name.
    pub measure: String,
    /// How it has to stand …
    pub compare: Compare,
    /// … to this.
    pub value: i64,
    /// As written.
    pub written: String,
}
