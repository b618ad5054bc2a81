//! Dates told by their distance from the period's first day ([`crate::calendar::relative`]), in words. `None`: a true date,
//! which is worded as such.

use super::Words;
use crate::calendar::period::{Period, Unit};
use crate::calendar::relative::{day_offset, moved_civil, period_offset, week_number};
use crate::calendar::{Millis, Span};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

impl Words {
    /// `day 3, 22:14`.
    pub(super) fn moved_moment(&self, at: Millis) -> Option<String> {
        let (day, time) = moved_civil(at)?;
        let time = time.format("%H:%M").to_string();
        Some(self.say("relative.moment", &[("day", &self.counted_day(day)), ("time", &time)]))
    }

    /// A moved time of an evidence file, to the second: `day 3, 22:14:05`.
    pub fn moved_time(&self, at: NaiveDateTime) -> Option<String> {
        let (day, time) = (self.counted_day(day_offset(at.date())?), at.format("%H:%M:%S").to_string());
        Some(self.say("relative.moment", &[("day", &day), ("time", &time)]))
    }

    /// `day 1, 00:00 to day 8, 00:00`.
    pub(super) fn moved_span(&self, span: &Span) -> Option<String> {
        let (from, to) = (self.moved_moment(span.from)?, self.moved_moment(span.to)?);
        Some(self.say("date.span", &[("from", &from), ("to", &to)]))
    }

    /// `Tuesday of week 1 (day 2)`.
    pub(super) fn moved_day(&self, day: NaiveDate) -> Option<String> {
        let (offset, week) = (day_offset(day)?, week_number(day)?);
        let weekday = self.weekday(day.weekday().number_from_monday());
        Some(if offset < 0 {
            self.say("relative.weekday_before", &[("weekday", &weekday), ("day", &self.counted_day(offset))])
        } else {
            let (week, n) = (week.to_string(), (offset + 1).to_string());
            self.say("relative.weekday", &[("weekday", &weekday), ("week", &week), ("n", &n)])
        })
    }

    /// `Week 1`, `The month before`, `12 months before`, or its first and last day.
    pub(super) fn moved_period(&self, period: &Period) -> Option<String> {
        let Some((unit, offset)) = period_offset(period) else {
            let (first, last) = (self.moved_day(period.first)?, self.moved_day(period.end - Days::new(1))?);
            return Some(self.say("date.span", &[("from", &first), ("to", &last)]));
        };
        let [numbered, last, before] = keys(unit);
        Some(match offset {
            0.. if unit == Unit::Day => self.moved_day(period.first)?,
            0.. => super::first_upper(&self.told(numbered, offset + 1)),
            -1 => super::first_upper(&self.word(last)),
            _ => self.told(before, -offset),
        })
    }

    /// As short as an axis needs it: `Tue, day 2`, `day 2`, `week 1`, `week -2` (there is none with the number 0).
    pub(super) fn moved_short(&self, period: &Period, count: usize) -> Option<String> {
        let (unit, offset) = period_offset(period)?;
        let number = if offset < 0 { offset } else { offset + 1 };
        if unit == Unit::Day && count <= 8 && offset >= 0 {
            let weekday = self.item("weekdays_short", period.first.weekday().number_from_monday());
            return Some(self.say("relative.axis_weekday", &[("wd", &weekday), ("n", &number.to_string())]));
        }
        let [numbered, ..] = keys(unit);
        Some(self.told(numbered, number))
    }

    fn counted_day(&self, offset: i64) -> String {
        match offset {
            0.. => self.told("relative.day", offset + 1),
            -1 => self.word("relative.last_day"),
            _ => self.told("relative.days_before", -offset),
        }
    }

    fn told(&self, key: &str, number: i64) -> String {
        self.say(key, &[("n", &number.to_string())])
    }
}

/// Keys of what a period is called by its number, the one before the first, and those before that.
fn keys(unit: Unit) -> [&'static str; 3] {
    match unit {
        Unit::Day => ["relative.day", "relative.last_day", "relative.days_before"],
        Unit::Week => ["relative.week", "relative.last_week", "relative.weeks_before"],
        Unit::Month => ["relative.month", "relative.last_month", "relative.months_before"],
        Unit::Quarter | Unit::FiscalQuarter(_) => {
            ["relative.quarter", "relative.last_quarter", "relative.quarters_before"]
        }
        Unit::Year | Unit::FiscalYear(_) => ["relative.year", "relative.last_year", "relative.years_before"],
    }
}

#[cfg(test)]
mod tests {
    use crate::calendar::period::Period;
    use crate::calendar::relative::Mover;
    use crate::calendar::zone::Zone;
    use crate::wording::Words;

    #[test]
    fn moved_dates_are_told_by_their_distance() {
        let (zone, words) = (Zone::utc(), Words::english());
        let mover = Mover::new("2026-11-16".parse().unwrap(), &zone);
        let at = |text: &str| mover.instant(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis());
        assert_eq!(words.moment(at("2026-11-18T22:14:00Z"), &zone), "day 3, 22:14");
        assert_eq!(words.moment(at("2026-11-14T22:14:00Z"), &zone), "2 days before, 22:14");
        assert_eq!(words.moment_both(at("2026-11-15T06:00:00Z"), &zone), "the day before, 06:00");
        let period = |label: &str| words.period(&mover.period(&Period::parse(label).unwrap()));
        assert_eq!(period("2026-W47"), "Week 1");
        assert_eq!(period("2026-W46"), "The week before");
        assert_eq!(period("2025-W47"), "52 weeks before");
        assert_eq!(period("2026-11-17"), "Tuesday of week 1 (day 2)");
        let short = |label: &str, count| words.short_period(&mover.label(label), count);
        assert_eq!((short("2026-11-17", 7), short("2026-11-17", 30)), ("Tue, day 2".to_owned(), "day 2".to_owned()));
        assert_eq!(short("2026-W45", 13), "week -2");
    }
}
