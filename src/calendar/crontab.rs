//! Crontab: a cron expression as everybody knows it, read into the civil days and times on which it fires. The home of the
//! `cron` crate.
//!
//! The crate knows how to walk through what an expression stands for, but speaks a dialect of its own: seconds first,
//! weekdays from Sunday = 1, AND where crontab means OR, no ranges over the end, blanks inside items, the years 1970 to
//! 2100, `30 FEB` without a word. So the fields are read here, by crontab's grammar, written out for the crate as plain lists of
//! numbers, and what it enumerates is civil time: it is asked in UTC, which has no gaps and overlaps, and never in a zone,
//! where it loses and doubles firings ([`super::zone`] has the rule for those).

mod fields;

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, Utc, Weekday};
use fields::{Fields, refused};
use std::collections::BTreeSet;
use std::str::FromStr;

/// A cron expression: five fields (minute, hour, day of month, month, weekday), or six with seconds in front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crontab {
    expression: String,
    fields: Fields,
    /// What enumerates the firings: one, or, where either of the day fields may hold, one for each of them that ever does.
    schedules: Vec<cron::Schedule>,
}

/// Why an expression cannot be taken, and what to write instead (may be empty).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{what}")]
pub struct Refused {
    /// What is wrong.
    pub what: String,
    /// What to write instead.
    pub instead: String,
}

/// The years that the crate knows.
const KNOWN: std::ops::RangeInclusive<i32> = 1970..=2100;

/// Years among them that hold every kind of year, by its first weekday and its length.
const MODELS: std::ops::RangeInclusive<i32> = 2000..=2027;

/// An expression that fires at all does so within so many years: the 29th of February on a certain weekday, over 2100.
const HORIZON_YEARS: usize = 41;

impl Crontab {
    /// Reads an expression; `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly` stand for what crontab says they do.
    ///
    /// # Errors
    /// Whatever is not crontab's language, with what to write instead; and an expression that never fires.
    pub fn parse(expression: &str) -> Result<Crontab, Refused> {
        let written = expression.trim();
        let fields = Fields::read(written)?;
        let mut schedules = Vec::new();
        for dialect in dialects(&fields) {
            let schedule = cron::Schedule::from_str(&dialect).map_err(|error| {
                refused(format!("the cron expression `{written}` cannot be kept: {error}"), "Write it in another way")
            })?;
            if first_in(*MODELS.start(), &schedule).is_some() {
                schedules.push(schedule);
            }
        }
        if schedules.is_empty() {
            return Err(refused(
                format!("the cron expression `{written}` never fires: no month that it names has such a day"),
                "For the last day of every month, write `every: month, day: last`",
            ));
        }
        Ok(Crontab { expression: written.to_owned(), fields, schedules })
    }

    /// As it was written.
    pub fn expression(&self) -> &str {
        &self.expression
    }

    /// Whether it fires on a civil day. Day of month OR weekday where both are restricted, as crontab does.
    pub fn fires_on(&self, day: NaiveDate) -> bool {
        self.day_from(day) == Some(day)
    }

    /// The first civil day on which it fires, this one or a later one; `None` at the end of the calendar.
    pub fn day_from(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut from = day;
        for _ in 0..=HORIZON_YEARS {
            let model = model(from.year());
            let start = start_of(from.with_year(model)?);
            let moments = self.schedules.iter().filter_map(|one| one.after(&before(start)).next());
            let found = moments.map(|at| at.date_naive()).filter(|day| day.year() == model).min();
            if let Some(found) = found {
                return found.with_year(from.year());
            }
            from = NaiveDate::from_ymd_opt(from.year().checked_add(1)?, 1, 1)?;
        }
        None
    }

    /// The last civil day before this one on which it fires.
    pub fn day_before(&self, day: NaiveDate) -> Option<NaiveDate> {
        let mut last = day.pred_opt()?;
        for _ in 0..=HORIZON_YEARS {
            let model = model(last.year());
            let end = start_of(last.with_year(model)?.succ_opt()?);
            let moments = self.schedules.iter().filter_map(|one| one.after(&end).next_back());
            let found = moments.map(|at| at.date_naive()).filter(|day| day.year() == model).max();
            if let Some(found) = found {
                return found.with_year(last.year());
            }
            last = NaiveDate::from_ymd_opt(last.year().checked_sub(1)?, 12, 31)?;
        }
        None
    }

    /// The civil times of day at which it fires, in order.
    pub fn times(&self) -> impl Iterator<Item = NaiveTime> + '_ {
        // The same on every day, and for each of the schedules.
        let of_one = self.schedules.first().and_then(|one| Some((one, first_in(*MODELS.start(), one)?)));
        of_one.into_iter().flat_map(|(one, first)| {
            let moments = one.after(&before(first)).take_while(move |at| at.date_naive() == first.date_naive());
            moments.map(|at| at.time())
        })
    }

    /// How many times a day.
    pub fn times_a_day(&self) -> usize {
        self.fields.hours.len() * self.fields.minutes.len() * self.fields.seconds.len()
    }

    /// The days of the month, if they are restricted.
    pub fn days_of_month(&self) -> Option<&BTreeSet<u32>> {
        (self.fields.days.len() < 31).then_some(&self.fields.days)
    }

    /// The months, January = 1, if they are restricted.
    pub fn months(&self) -> Option<&BTreeSet<u32>> {
        (self.fields.months.len() < 12).then_some(&self.fields.months)
    }

    /// The weekdays, if they are restricted.
    pub fn weekdays(&self) -> Option<Vec<Weekday>> {
        let weekday = |number: &u32| Weekday::try_from(u8::try_from(*number).ok()?.checked_sub(1)?).ok();
        (self.fields.weekdays.len() < 7).then(|| self.fields.weekdays.iter().filter_map(weekday).collect())
    }

    /// Whether a day needs to match only one of day of month and weekday.
    pub fn either_day(&self) -> bool {
        self.fields.either
    }
}

/// The fields as the crate wants them: lists of numbers, weekdays from Sunday = 1. Where one of the day fields is enough, an
/// expression for each, in which the other one is free.
fn dialects(fields: &Fields) -> Vec<String> {
    let list = |numbers: &BTreeSet<u32>| numbers.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
    let (days, weekdays) = (list(&fields.days), list(&fields.weekdays.iter().map(|day| day % 7 + 1).collect()));
    let times = format!("{} {} {}", list(&fields.seconds), list(&fields.minutes), list(&fields.hours));
    let months = list(&fields.months);
    let of = |days: &str, weekdays: &str| format!("{times} {days} {months} {weekdays}");
    if fields.either { vec![of(&days, "*"), of("*", &weekdays)] } else { vec![of(&days, &weekdays)] }
}

/// The first firing in a year that the crate knows, or in a later one.
fn first_in(year: i32, schedule: &cron::Schedule) -> Option<DateTime<Utc>> {
    schedule.after(&before(start_of(NaiveDate::from_ymd_opt(year, 1, 1)?))).next()
}

/// A year that the crate knows and that has the same days: this one, or one that is as long and begins with the same weekday.
fn model(year: i32) -> i32 {
    if KNOWN.contains(&year) {
        return year;
    }
    let kind = |year: i32| NaiveDate::from_ymd_opt(year, 1, 1).map(|first| (first.weekday(), first.leap_year()));
    MODELS.clone().find(|model| kind(*model) == kind(year)).unwrap_or(year)
}

/// The first moment of a civil day, taken as UTC, which the crate can neither lose nor double.
fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The second before: the crate begins after what it is given.
fn before(moment: DateTime<Utc>) -> DateTime<Utc> {
    moment - TimeDelta::seconds(1)
}

#[cfg(test)]
mod tests;
