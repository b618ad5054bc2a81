//! Cadence: on which civil moments something is issued, and which period each firing covers.

use super::crontab::Crontab;
use super::period::{Period, Unit};
use super::workdays::{LONGEST_SHIFT, MonthDay, Shift, Workdays};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};
use std::collections::BTreeMap;

/// A cadence as meant.
#[derive(Clone, Debug, PartialEq)]
pub struct Cadence {
    /// When it fires.
    pub firing: Firing,
    /// What a firing covers.
    pub covers: Covers,
    /// Which days are worked on.
    pub workdays: Workdays,
    /// Where a sending goes that would fall on a day off; `None`: it stays.
    pub shift: Option<Shift>,
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
        /// Months from one to the next.
        every: u32,
        /// The month that they are counted from, January = 1: that in which the year begins.
        first: u32,
        /// Day of the month.
        day: MonthDay,
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

impl Covers {
    /// The unit of the periods; `None` where they are spans of days.
    pub fn unit(self) -> Option<Unit> {
        match self {
            Covers::Last(unit) => Some(unit),
            Covers::SinceLastFiring => None,
        }
    }

    /// A name for the kind of periods, for ever: `day`, `quarter`, `fiscal-year-04`, `since-last-firing`.
    pub fn name(self) -> String {
        match self {
            Covers::Last(Unit::Day) => "day".to_owned(),
            Covers::Last(Unit::Week) => "week".to_owned(),
            Covers::Last(Unit::Month) => "month".to_owned(),
            Covers::Last(Unit::Quarter) => "quarter".to_owned(),
            Covers::Last(Unit::Year) => "year".to_owned(),
            Covers::Last(Unit::FiscalQuarter(start)) => format!("fiscal-quarter-{:02}", start.month()),
            Covers::Last(Unit::FiscalYear(start)) => format!("fiscal-year-{:02}", start.month()),
            Covers::SinceLastFiring => "since-last-firing".to_owned(),
        }
    }
}

/// One firing: its nominal civil moment, which is its identity in time, and the period it covers.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct FiringAt {
    /// Nominal civil moment.
    pub civil: NaiveDateTime,
    /// What it covers.
    pub period: Period,
}

/// Firings are looked for so far in each direction: a year and a month hold every kind that is not a cron expression.
const HORIZON_DAYS: usize = 400;

/// Firings are computed for these years only, so that no arithmetic on dates can leave chrono's range.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9998;

impl Firing {
    /// The first civil day on which it fires, this one or a later one, where days are worked on like this.
    fn day_from(&self, day: NaiveDate, workdays: &Workdays) -> Option<NaiveDate> {
        match self {
            Firing::Cron(crontab) => crontab.day_from(day),
            _ => day.iter_days().take(HORIZON_DAYS).find(|day| self.fires_on(*day, workdays)),
        }
    }

    /// The last civil day before this one on which it fires.
    fn day_before(&self, day: NaiveDate, workdays: &Workdays) -> Option<NaiveDate> {
        match self {
            Firing::Cron(crontab) => crontab.day_before(day),
            _ => day.pred_opt()?.iter_days().rev().take(HORIZON_DAYS).find(|day| self.fires_on(*day, workdays)),
        }
    }

    /// Whether it fires on a civil day, where days are worked on like this.
    pub fn fires_on(&self, day: NaiveDate, workdays: &Workdays) -> bool {
        match self {
            Firing::Daily { .. } => true,
            Firing::Weekly { on, .. } => day.weekday() == *on,
            Firing::Monthly { every, first, day: wanted, .. } => {
                let months = day.month().abs_diff(*first);
                months.is_multiple_of((*every).max(1)) && wanted.is(day, workdays)
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
}

impl Cadence {
    /// A cadence that moves nothing away from days off.
    pub fn new(firing: Firing, covers: Covers) -> Cadence {
        Cadence { firing, covers, workdays: Workdays::default(), shift: None }
    }

    /// The firings whose civil day is `from` or later, in order, without end (but for the end of the calendar).
    /// Civil days are the identity: what daylight saving does to a day neither loses nor doubles its firing.
    pub fn firings_from(&self, from: NaiveDate) -> impl Iterator<Item = FiringAt> + '_ {
        let times = self.firing.times();
        let mut searching = match self.shift {
            Some(Shift::After) => from.checked_sub_days(Days::new(LONGEST_SHIFT)),
            Some(Shift::Before) | None => Some(from),
        };
        searching = searching.filter(|day| YEARS.contains(&day.year()));
        let days = std::iter::from_fn(move || {
            let day = self.firing.day_from(searching?, &self.workdays);
            let day = day.filter(|day| YEARS.contains(&day.year()));
            searching = day.and_then(|day| day.succ_opt());
            day
        });
        let sent = days.map(|day| (day, self.sent_on(day))).filter(move |(_, sent)| *sent >= from);
        sent.flat_map(move |(day, sent)| {
            let period = self.covered_on(day);
            times
                .clone()
                .into_iter()
                .filter_map(move |at| Some(FiringAt { civil: sent.and_time(at), period: period.clone()? }))
        })
    }

    /// The last `count` firings at or before a civil moment, oldest first.
    pub fn last_firings(&self, moment: NaiveDateTime, count: usize) -> Vec<FiringAt> {
        let mut found: Vec<FiringAt> = Vec::new();
        let latest = match self.shift {
            Some(Shift::Before) => moment.date().checked_add_days(Days::new(LONGEST_SHIFT + 1)),
            Some(Shift::After) | None => moment.date().succ_opt(),
        };
        let mut day = latest.and_then(|day| self.day_before(day));
        while let Some(today) = day.filter(|day| YEARS.contains(&day.year()) && found.len() < count) {
            if let Some(period) = self.covered_on(today) {
                let sent = self.sent_on(today);
                let times =
                    self.firing.times().into_iter().rev().map(|at| sent.and_time(at)).filter(|civil| *civil <= moment);
                found.extend(times.map(|civil| FiringAt { civil, period: period.clone() }));
            }
            day = self.day_before(today);
        }
        found.truncate(count);
        found.reverse();
        found
    }

    /// The last day before `day` on which it fires, before anything is moved.
    fn day_before(&self, day: NaiveDate) -> Option<NaiveDate> {
        self.firing.day_before(day, &self.workdays)
    }

    /// The day on which what fires on `day` is sent.
    fn sent_on(&self, day: NaiveDate) -> NaiveDate {
        self.shift.map_or(day, |shift| shift.moved(day, &self.workdays))
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
            Covers::SinceLastFiring => Some(Period::days(self.day_before(day)?, day)),
        }
    }

    /// Two firings that would cover the same period, if there are such: then the cadence cannot be kept, because an
    /// edition is known by its period. Looks at the 28 years from 2024 on, after which the calendar repeats.
    pub fn clash(&self) -> Option<(FiringAt, FiringAt)> {
        let mut before: Option<FiringAt> = None;
        for firing in self.of_one_round() {
            if let Some(before) = before.filter(|before| before.period.first >= firing.period.first) {
                return Some((before, firing));
            }
            before = Some(firing);
        }
        None
    }

    /// A firing that would come before its period is over, if there is such: one that is moved to a day before.
    pub fn early(&self) -> Option<FiringAt> {
        self.shift?;
        self.of_one_round().find(|firing| firing.civil.date() < firing.period.end)
    }

    /// A firing of this cadence and one of another that cover the same period, if there are such.
    pub fn clash_with(&self, other: &Cadence) -> Option<(FiringAt, FiringAt)> {
        // Periods of two units have different names, whatever days they hold.
        if self.covers != other.covers {
            return None;
        }
        let ours: BTreeMap<Period, FiringAt> = self.of_one_round().map(|one| (one.period.clone(), one)).collect();
        other.of_one_round().find_map(|firing| Some((ours.get(&firing.period)?.clone(), firing)))
    }

    /// The firings of 28 years, after which the calendar repeats.
    fn of_one_round(&self) -> impl Iterator<Item = FiringAt> + '_ {
        let from = NaiveDate::from_ymd_opt(2024, 1, 1).unwrap_or_default();
        let end = from + Months::new(28 * 12) + Days::new(31);
        self.firings_from(from).take_while(move |firing| firing.civil.date() < end)
    }
}

#[cfg(test)]
#[path = "cadence_tests.rs"]
mod tests;
