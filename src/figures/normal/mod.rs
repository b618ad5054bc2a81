//! Normal: what earlier periods say of a number: between which limits it lies as a rule, from how many that was learnt, and
//! how the number stands to them.
//!
//! Decisions. Looked at are the twelve periods of the same kind before: weeks, months, and of a day the same weekday
//! (holidays apart); where those are too few, days of the same sort, working or off. Months and quarters look at the same
//! one of the years before too, if the log has four of them: what is usual in every December is normal. A period is not
//! learnt from if the log does not reach it, if a source that counts had not begun or was silent in it, or if holidays
//! leave it less than half the working days: it stays in the list, with the reason. Everything is whole numbers (thousandths
//! of what is counted): the same figures give the same limits for ever. How the limits are drawn: see [`limits`].

pub(super) mod find;
mod limits;
mod past;

pub(super) use past::{Past, Point};

use super::Amount;
use super::measure::Rated;
use limits::{Limits, SCALE};
use serde::{Deserialize, Serialize};

/// From fewer earlier periods nothing is learnt.
pub const FEWEST: usize = 6;
/// So many earlier periods of the same kind are looked at.
pub const LOOKED_AT: u64 = 12;
/// The same month or quarter of so many years before is looked at …
pub(super) const YEARS: usize = 5;
/// … if the log has at least so many of them.
pub(super) const FEWEST_YEARS: usize = 4;

/// What is normal for a number, and how it stands to that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Normal {
    /// How the number stands to it.
    pub standing: Standing,
    /// The limits, both inside, and the median: as the figure's own kind of number, at its own number of days or its own
    /// whole. `NotInLog` with too little history.
    pub low: Amount,
    /// See `low`.
    pub middle: Amount,
    /// See `low`.
    pub high: Amount,
    /// What kind of periods it was learnt from.
    pub like: Like,
    /// From how many.
    pub learnt_from: u64,
    /// How many of those are the same month or quarter of years before.
    pub years: u64,
    /// So many are needed at least.
    pub needed: u64,
    /// Every earlier period that was looked at, oldest first.
    pub earlier: Vec<Earlier>,
}

/// How a number stands to what is normal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Inside.
    Within,
    /// Above the upper limit.
    Above,
    /// Below the lower limit.
    Below,
    /// Of a group: who or what it is about was never seen in the log before this period.
    New,
    /// Too few earlier periods could be learnt from.
    TooLittle,
    /// It lies below, but a source was silent in part of it: that it is less says nothing.
    Silent,
}

/// What a number's earlier periods have in common with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Like {
    /// The same weekday, Monday = 1, no holidays.
    Weekday(u8),
    /// Any working day.
    WorkingDay,
    /// Any day on which nobody is expected: weekends and holidays.
    DayOff,
    /// Calendar weeks.
    Week,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
    /// Spans of as many days.
    Span,
}

/// An earlier period.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Earlier {
    /// Its label.
    pub label: String,
    /// The number then.
    pub amount: Amount,
    /// Why it was not learnt from, if it was not.
    pub left_out: Option<LeftOut>,
}

/// Why an earlier period is not learnt from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftOut {
    /// The log does not reach so far back.
    BeforeLog,
    /// Not every source that counts had begun.
    NotBegun,
    /// A source that counts was silent in part of it.
    Silent,
    /// It is a holiday, or holidays leave it less than half the working days of the other.
    Holidays,
    /// There was nothing to take a share of.
    Nothing,
    /// Who or what it is about had not yet been seen.
    Unseen,
}

/// The median of whole numbers, and the most that is normal beside them: `spreads` times as far from it as the middle half
/// reaches, and never nearer than chance (see `limits`); `None` for fewer than are learnt from.
pub fn usual(values: &[i64], spreads: u8) -> Option<(i64, i64)> {
    if values.len() < FEWEST {
        return None;
    }
    let scaled = values.iter().map(|value| i128::from(*value).saturating_mul(SCALE)).collect();
    let found = limits::limits_at(scaled, i128::from(spreads))?;
    let whole = |value: i128| i64::try_from(value.div_euclid(SCALE)).unwrap_or(i64::MAX);
    Some((whole(found.middle), whole(found.high)))
}

impl Normal {
    /// Whether it lies outside.
    pub fn is_outside(&self) -> bool {
        matches!(self.standing, Standing::Above | Standing::Below)
    }

    /// Whether there are limits.
    pub fn is_learnt(&self) -> bool {
        self.low.ratio().is_some()
    }

    /// How many earlier periods were left out, by reason.
    pub fn left_out(&self) -> std::collections::BTreeMap<LeftOut, u64> {
        let mut counts = std::collections::BTreeMap::new();
        for reason in self.earlier.iter().filter_map(|earlier| earlier.left_out) {
            *counts.entry(reason).or_insert(0) += 1;
        }
        counts
    }

    /// Whether nothing was counted in any period that it was learnt from.
    pub fn nothing_before(&self) -> bool {
        let mut learnt = self.earlier.iter().filter(|earlier| earlier.left_out.is_none()).peekable();
        learnt.peek().is_some() && learnt.all(|earlier| earlier.amount.is_zero())
    }
}

/// The limits of several readings of the same history, as the figure's kind of number. `rated`: the figure now.
fn limited(amount: &Amount, rated: &Rated, limits: Limits) -> (Amount, Amount, Amount) {
    let small = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let scaled = small(i128::from(rated.over).saturating_mul(SCALE));
    let as_kind = |value: i128| match amount {
        Amount::Share { .. } => Amount::Share { part: small(value).min(scaled), whole: scaled },
        Amount::Mean { .. } => Amount::Mean { sum: small(value), over: scaled },
        _ if value % SCALE == 0 => Amount::Whole(small(value / SCALE)),
        _ => Amount::Mean { sum: small(value), over: small(SCALE) },
    };
    let Limits { low, middle, high } = limits;
    match amount {
        // A whole number lies between two others exactly if it lies between these: rounded inwards.
        Amount::Whole(_) => (
            Amount::Whole(small((low + SCALE - 1).div_euclid(SCALE))),
            as_kind(middle),
            Amount::Whole(small(high.div_euclid(SCALE))),
        ),
        _ => (as_kind(low), as_kind(middle), as_kind(high)),
    }
}
