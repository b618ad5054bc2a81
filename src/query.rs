//! Query: a question to the audit log with its period, and Table: the answer. Free of SQL, of definitions and of wording.

use crate::calendar::fiscal::FiscalStart;
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use crate::event::{ActionClass, Outcome};
use serde::{Deserialize, Serialize};

/// A field of an event, or of the directory's row for its actor at its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Field {
    Source,
    Actor,
    Action,
    ActionClass,
    Module,
    Record,
    RecordName,
    Outcome,
    Ip,
    Agent,
    Channel,
    /// Directory, as at the event's time. Empty text: the directory does not know the actor.
    ActorRole,
    ActorTeam,
    ActorKind,
    /// `known` or `unknown`: whether the directory knows the actor at that time.
    ActorKnown,
    /// Number of records affected, one where the source gives none; above `i64::MAX` it is that.
    Affected,
    /// The instant.
    Time,
    /// `yes` or `no`: outside the working hours of the actor's team (the default ones where there is no team or the
    /// directory does not know the actor). Always `no` for exempt kinds of actor.
    OutsideHours,
    /// Hour of the day, 0 to 23, in the query's zone.
    Hour,
    /// Monday = 1 to Sunday = 7, in the query's zone.
    Weekday,
}

impl Field {
    /// All of them with the name that definitions use.
    pub const ALL: [(Field, &'static str); 20] = [
        (Field::Source, "source"),
        (Field::Actor, "actor"),
        (Field::Action, "action"),
        (Field::ActionClass, "action_class"),
        (Field::Module, "module"),
        (Field::Record, "record"),
        (Field::RecordName, "record_name"),
        (Field::Outcome, "outcome"),
        (Field::Ip, "origin.ip"),
        (Field::Agent, "origin.agent"),
        (Field::Channel, "origin.channel"),
        (Field::ActorRole, "actor.role"),
        (Field::ActorTeam, "actor.team"),
        (Field::ActorKind, "actor.kind"),
        (Field::ActorKnown, "actor.known"),
        (Field::Affected, "affected"),
        (Field::Time, "time"),
        (Field::OutsideHours, "outside_hours"),
        (Field::Hour, "hour"),
        (Field::Weekday, "weekday"),
    ];

    /// The name that definitions use.
    pub fn name(self) -> &'static str {
        Field::ALL.iter().find(|(field, _)| *field == self).map_or("", |(_, name)| name)
    }

    /// The field of a name.
    pub fn parse(name: &str) -> Option<Field> {
        Field::ALL.iter().find(|(_, known)| *known == name).map(|(field, _)| *field)
    }

    /// Whether its values are numbers or instants, so that they can be compared by size.
    pub fn is_number(self) -> bool {
        matches!(self, Field::Affected | Field::Time | Field::Hour | Field::Weekday)
    }
}

/// How two numbers are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum Compare {
    Less,
    AtMost,
    More,
    AtLeast,
}

impl Compare {
    /// Whether `left` stands so to `right`.
    pub fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Compare::Less => left < right,
            Compare::AtMost => left <= right,
            Compare::More => left > right,
            Compare::AtLeast => left >= right,
        }
    }
}

/// Which events count. Text is compared exactly, but actors by [`crate::event::actor_key`] (a prefix too).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Every event.
    All,
    /// The field is one of these texts (action classes and outcomes by their written form, numbers in decimal).
    OneOf(Field, Vec<String>),
    /// The field's text begins so.
    Prefix(Field, String),
    /// A number (or instant, in milliseconds) stands so to another. Never of a field that is no number.
    Number(Field, Compare, i64),
    /// All of them hold; true if there are none.
    And(Vec<Filter>),
    /// At least one holds; false if there are none.
    Or(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
}

/// What rows of a table are broken down by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dimension {
    /// A field's value; numbers in decimal, without leading zeros. Actors are grouped by key and shown as first written
    /// in the log (in the first event by number of the batches that are not voided).
    Field(Field),
    /// Civil day in the query's zone: key is its date, `2026-11-22`.
    Day,
    /// ISO week: `2026-W47`.
    Week,
    /// `2026-11`.
    Month,
    /// `2026-Q4`.
    Quarter,
    /// `2026`.
    Year,
    /// `FY2026-04-Q1`, of a fiscal year that begins in this month.
    FiscalQuarter(FiscalStart),
    /// `FY2026-04`.
    FiscalYear(FiscalStart),
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Count {
    /// Events.
    Events,
    /// Sum of records affected (one for an event without a number).
    Affected,
    /// Different values of a field (the empty text is not a value).
    Distinct(Field),
    /// Different values of a field whose first event in the whole log, voided batches aside and whatever the filter,
    /// lies in the query's period; counted in the group where an event of that value passes the filter. (The empty text
    /// is not a value.)
    FirstSeen(Field),
    /// Most events in any half-open window of so many milliseconds; 0 if the window has no length.
    Burst(Millis),
    /// The p-th percentile (0 to 100, nearest rank: the smallest value with at least p % of values at or below it)
    /// of events per value of a field, over values with at least one event (the empty text is not a value). 0 if there
    /// are none.
    Percentile(Field, u8),
}

/// One column: what is counted, over which of the query's events.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Measure {
    /// What.
    pub count: Count,
    /// On top of the query's own filter.
    pub filter: Filter,
}

/// A question with its period.
#[derive(Clone, Debug, PartialEq)]
pub struct Query {
    /// Which events by time.
    pub span: Span,
    /// The zone of days, hours, weekdays, and of working hours without a zone of their own.
    pub zone: Zone,
    /// Which events otherwise.
    pub filter: Filter,
    /// Rows.
    pub by: Vec<Dimension>,
    /// Columns.
    pub measures: Vec<Measure>,
}

/// One row of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// One text per dimension.
    pub keys: Vec<String>,
    /// One number per measure.
    pub values: Vec<i64>,
}

/// The answer: rows in order of their keys (by bytes). Groups without an event are absent.
/// A query without dimensions has exactly one row, of zeros if nothing happened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// The rows.
    pub rows: Vec<Row>,
}

/// Which events to show, and how many at most. Newest last; ties by number in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct EvidenceQuery {
    /// Which events by time.
    pub span: Span,
    /// For hours, weekdays and working hours in the filter.
    pub zone: Zone,
    /// Which events otherwise.
    pub filter: Filter,
    /// At most so many are returned; `total` counts them all.
    pub limit: usize,
}

impl Dimension {
    /// Quarters and years as those of a fiscal year; what it is otherwise.
    pub fn beginning(self, start: Option<FiscalStart>) -> Dimension {
        match (self, start) {
            (Dimension::Quarter, Some(start)) => Dimension::FiscalQuarter(start),
            (Dimension::Year, Some(start)) => Dimension::FiscalYear(start),
            (dimension, _) => dimension,
        }
    }

    /// The unit of a dimension of time.
    pub fn unit(self) -> Option<Unit> {
        match self {
            Dimension::Field(_) => None,
            Dimension::Day => Some(Unit::Day),
            Dimension::Week => Some(Unit::Week),
            Dimension::Month => Some(Unit::Month),
            Dimension::Quarter => Some(Unit::Quarter),
            Dimension::Year => Some(Unit::Year),
            Dimension::FiscalQuarter(start) => Some(Unit::FiscalQuarter(start)),
            Dimension::FiscalYear(start) => Some(Unit::FiscalYear(start)),
        }
    }
}

impl From<Unit> for Dimension {
    fn from(unit: Unit) -> Dimension {
        match unit {
            Unit::Day => Dimension::Day,
            Unit::Week => Dimension::Week,
            Unit::Month => Dimension::Month,
            Unit::Quarter => Dimension::Quarter,
            Unit::Year => Dimension::Year,
            Unit::FiscalQuarter(start) => Dimension::FiscalQuarter(start),
            Unit::FiscalYear(start) => Dimension::FiscalYear(start),
        }
    }
}

/// Label of the period in which a civil day lies, for a dimension of time.
pub fn period_label(dimension: Dimension, day: chrono::NaiveDate) -> Option<String> {
    Some(Period::containing(dimension.unit()?, day).label())
}

impl Filter {
    /// `field = value`, for short.
    pub fn is(field: Field, value: &str) -> Filter {
        Filter::OneOf(field, vec![value.to_owned()])
    }

    /// Events of one action class.
    pub fn class(class: ActionClass) -> Filter {
        Filter::is(Field::ActionClass, class.as_str())
    }

    /// Events that failed or were denied.
    pub fn failed() -> Filter {
        Filter::OneOf(Field::Outcome, vec![Outcome::Failure.as_str().into(), Outcome::Denied.as_str().into()])
    }

    /// Both hold; `All` is left out.
    pub fn and(self, other: Filter) -> Filter {
        match (self, other) {
            (Filter::All, other) => other,
            (this, Filter::All) => this,
            (Filter::And(mut list), other) => {
                list.push(other);
                Filter::And(list)
            }
            (this, other) => Filter::And(vec![this, other]),
        }
    }
}
