//! Cadence: on which civil moments something is issued, and which period each firing covers.

use super::period::{Period, Unit};
use chrono::{NaiveDateTime, NaiveTime, Weekday};

/// A cadence as meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Cadence {
    /// When it fires.
    pub firing: Firing,
    /// What a firing covers.
    pub covers: Covers,
}

/// When it fires, in civil time.
#[derive(Clone, Debug, PartialEq)]
pub enum Firing {
    /// Every day.
    Daily {
        /// Civil time of day.
        at: NaiveTime,
    },
    /// Every week.
    Weekly {
        /// Weekday.
        on: Weekday,
        /// Civil time of day.
        at: NaiveTime,
    },
    /// Every month (1), quarter (3) or year (12).
    Monthly {
        /// Months from one to the next; counted from January.
        every: u32,
        /// Day of the month; days that the month lacks, and 32 for `last`, are its last day.
        day: u8,
        /// Civil time of day.
        at: NaiveTime,
    },
    /// A cron expression.
    Cron {
        /// As written.
        expression: String,
    },
}

/// What a firing covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Covers {
    /// The last whole one of this unit that ended at or before the firing's civil moment.
    Last(Unit),
    /// From the civil day of the firing before to the day before this firing's day.
    SinceLastFiring,
}

/// One firing: its nominal civil moment, which is its identity in time, and the period it covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FiringAt {
    /// Nominal civil moment.
    pub civil: NaiveDateTime,
    /// What it covers.
    pub period: Period,
}
