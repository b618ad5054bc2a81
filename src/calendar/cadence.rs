//! Cadence: on which civil moments something is issued, and which period each firing covers.

use super::crontab::Crontab;
use super::period::{Period, Unit};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

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
    Cron(Crontab),
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

/// Firings are looked for so far in each direction: an expression that fires at all does so within forty years (the 29th
/// of February on a certain weekday, over 2100).
const HORIZON_DAYS: usize = 41 * 366;

/// Firings are computed for these years only, so that no arithmetic on dates can leave chrono's range.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9998;

impl Firing {
    /// Whether it fires on a civil day.
    pub fn fires_on(&self, day: NaiveDate) -> bool {
        match self {
            Firing::Daily { .. } => true,
            Firing::Weekly { on, .. } => day.weekday() == *on,
            Firing::Monthly { every, day: wanted, .. } => {
                let last = u32::from(day.num_days_in_month());
                day.month0().is_multiple_of((*every).max(1)) && day.day() == u32::from(*wanted).clamp(1, last)
            }
            Firing::Cron(crontab) => crontab.fires_on(day),
        }
    }

    /// The civil times of day at which it fires, in order.
    fn times(&self) -> Vec<NaiveTime> {
        match self {
            Firing::Daily { at } | Firing::Weekly { at, .. } | Firing::Monthly { at, .. } => vec![*at],
            Firing::Cron(crontab) => crontab.times().collect(),
        }
    }

    /// The last day before `day` on which it fires.
    fn day_before(&self, day: NaiveDate) -> Option<NaiveDate> {
        let before = day.pred_opt()?;
        before.iter_days().rev().take(HORIZON_DAYS).find(|day| self.fires_on(*day))
    }
}

impl Cadence {
    /// The firings whose nominal civil day is `from` or later, in order, without end (but for the end of the calendar).
    /// Civil days are the identity: what daylight saving does to a day neither loses nor doubles its firing.
    pub fn firings_from(&self, from: NaiveDate) -> impl Iterator<Item = FiringAt> + '_ {
        let times = self.firing.times();
        let start = if YEARS.contains(&from.year()) { Some(from) } else { None };
        let mut searching = start;
        let days = std::iter::from_fn(move || {
            let day = searching?.iter_days().take(HORIZON_DAYS).find(|day| self.firing.fires_on(*day));
            let day = day.filter(|day| YEARS.contains(&day.year()));
            searching = day.and_then(|day| day.succ_opt());
            day
        });
        days.flat_map(move |day| {
            let period = self.covered_on(day);
            times
                .clone()
                .into_iter()
                .filter_map(move |at| Some(FiringAt { civil: day.and_time(at), period: period.clone()? }))
        })
    }

    /// The last `count` firings at or before a civil moment, oldest first.
    pub fn last_firings(&self, moment: NaiveDateTime, count: usize) -> Vec<FiringAt> {
        let mut found: Vec<FiringAt> = Vec::new();
        let mut day = self.firing.fires_on(moment.date()).then(|| moment.date());
        day = day.or_else(|| self.firing.day_before(moment.date()));
        while let Some(today) = day.filter(|day| YEARS.contains(&day.year()) && found.len() < count) {
            if let Some(period) = self.covered_on(today) {
                let times =
                    self.firing.times().into_iter().rev().map(|at| today.and_time(at)).filter(|civil| *civil <= moment);
                found.extend(times.map(|civil| FiringAt { civil, period: period.clone() }));
            }
            day = self.firing.day_before(today);
        }
        found.truncate(count);
        found.reverse();
        found
    }

    /// The firing that covers a period; `None` if none does.
    pub fn firing_for(&self, period: &Period) -> Option<FiringAt> {
        let later = self.firings_from(period.end).take_while(|firing| firing.period.first <= period.first);
        later.filter(|firing| firing.period == *period).last()
    }

    /// What a firing on a civil day covers.
    fn covered_on(&self, day: NaiveDate) -> Option<Period> {
        match self.covers {
            Covers::Last(unit) => Some(Period::containing(unit, day).before()),
            Covers::SinceLastFiring => Some(Period::days(self.firing.day_before(day)?, day)),
        }
    }

    /// Two firings that would cover the same period, if there are such: then the cadence cannot be kept, because an
    /// edition is known by its period. Looks at the 28 years from 2024 on, after which the calendar repeats.
    pub fn clash(&self) -> Option<(FiringAt, FiringAt)> {
        let from = NaiveDate::from_ymd_opt(2024, 1, 1)?;
        let end = from.checked_add_months(Months::new(28 * 12))?.checked_add_days(Days::new(31))?;
        let mut before: Option<FiringAt> = None;
        for firing in self.firings_from(from).take_while(|firing| firing.civil.date() < end) {
            if let Some(before) = before.filter(|before| before.period.first >= firing.period.first) {
                return Some((before, firing));
            }
            before = Some(firing);
        }
        None
    }
}

#[cfg(test)]
#[path = "cadence_tests.rs"]
mod tests;
