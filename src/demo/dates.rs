//! The demonstration year's calendar: its first and last day, German time, federal holidays, and how busy a day is.

use crate::calendar::Millis;
use chrono::{DateTime, Datelike, Days, NaiveDate, Weekday};

/// Days that are generated: 2025-11-01 to 2026-12-01, the last one only until the export.
pub(super) const DAYS: u64 = 396;

/// The fixed clock: Tuesday 2026-12-01, 09:30 in Berlin.
pub(super) const NOW: Millis = 1_796_113_800_000;

/// When the files were exported: 09:12 on the same morning. Nothing in them is later.
pub(super) const EXPORTED: i64 = NOW / 1000 - 18 * 60;

/// Central European Summer Time of 2026, in seconds since 1970: from 29 March to 25 October, 01:00 UTC each.
///
/// Two constants, and not `calendar::zone`, because the files are what a vendor wrote once: a later rule of some
/// government must not change them. A test compares them with the calendar.
const SUMMER: std::ops::Range<i64> = 1_774_746_000..1_792_890_000;

/// A date of the calendar. Only ever called with dates that exist (a wrong one would be 1970, and the tests show it).
pub(super) fn date(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default()
}

/// The first day of the year.
pub(super) fn first_day() -> NaiveDate {
    date(2025, 11, 1)
}

/// The day with this number, from 0.
pub(super) fn nth_day(number: u64) -> NaiveDate {
    first_day() + Days::new(number)
}

/// Seconds east of UTC in Berlin at an instant (seconds since 1970).
pub(super) fn offset(at: i64) -> i64 {
    if SUMMER.contains(&at) { 7200 } else { 3600 }
}

/// The instant of a time of day (in seconds) in Berlin. Used for times that exist once.
pub(super) fn instant(day: NaiveDate, second: i64) -> i64 {
    let naive = day.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() + second;
    if SUMMER.contains(&(naive - 7200)) { naive - 7200 } else { naive - 3600 }
}

/// The date that calendars in Berlin show at an instant.
pub(super) fn day_of(at: i64) -> NaiveDate {
    DateTime::from_timestamp(at + offset(at), 0).map(|time| time.date_naive()).unwrap_or_default()
}

/// Hours and minutes to seconds of the day.
pub(super) const fn clock(hour: i64, minute: i64) -> i64 {
    hour * 3600 + minute * 60
}

/// The holidays of all German states that fall into the year (2026: Easter Sunday is 5 April).
pub(super) fn is_holiday(day: NaiveDate) -> bool {
    matches!(
        (day.year(), day.month(), day.day()),
        (2025, 12, 25 | 26) | (2026, 1, 1) | (2026, 4, 3 | 6) | (2026, 5, 1 | 14 | 25) | (2026, 10, 3) // Unity Day
    )
}

/// Monday to Friday and no holiday.
pub(super) fn is_working_day(day: NaiveDate) -> bool {
    !matches!(day.weekday(), Weekday::Sat | Weekday::Sun) && !is_holiday(day)
}

/// How busy the house is, in thousandths of an ordinary day.
pub(super) fn season(day: NaiveDate) -> u64 {
    match (day.month(), day.day()) {
        (12, 24 | 31) => 180,
        (12, 27..=30) => 330,
        (12, 19..) => 560,
        (12, _) => 930,
        (1, 1..=6) => 480,
        (1, _) => 960,
        (3, _) => 1050,
        (7, _) => 930,
        (8, _) => 800,
        (9, _) => 1070,
        (10, _) => 1020,
        _ => 1000,
    }
}

/// The last eight days of a quarter, when deals are closed and invoices written (in December before Christmas).
pub(super) fn is_quarter_end(day: NaiveDate) -> bool {
    match day.month() {
        3 => day.day() >= 24,
        6 | 9 => day.day() >= 23,
        12 => (15..=23).contains(&day.day()),
        _ => false,
    }
}

/// The last two working days of a month and the first one of the next, when the books are closed.
pub(super) fn is_month_end(day: NaiveDate) -> bool {
    let others = |range: std::ops::RangeInclusive<i64>| {
        range.filter(|n| {
            let other = day + chrono::Duration::days(*n);
            other.month() == day.month() && is_working_day(other)
        })
    };
    is_working_day(day) && (others(1..=8).count() < 2 || others(-8..=-1).count() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone::ZoneRules;

    #[test]
    fn german_time_is_the_calendars() {
        let zone = ZoneRules::bundled().zone("Europe/Berlin").expect("Berlin");
        for number in 0..DAYS {
            let day = nth_day(number);
            for second in [0, clock(12, 0), clock(23, 59)] {
                let at = instant(day, second);
                assert_eq!(offset(at), i64::from(zone.offset_at(at * 1000)), "{day}");
                assert_eq!(zone.civil(at * 1000).date(), day);
                assert_eq!(day_of(at), day);
            }
        }
        for at in [SUMMER.start - 1, SUMMER.start, SUMMER.end - 1, SUMMER.end] {
            assert_eq!(offset(at), i64::from(zone.offset_at(at * 1000)));
        }
        assert_eq!(zone.civil(NOW).to_string(), "2026-12-01 09:30:00");
        assert_eq!(nth_day(DAYS - 1), date(2026, 12, 1));
    }

    #[test]
    fn the_books_close_around_the_first_of_a_month() {
        let closing: Vec<u32> = (1..=30).filter(|day| is_month_end(date(2026, 11, *day))).collect();
        assert_eq!(closing, [2, 27, 30]);
    }
}
