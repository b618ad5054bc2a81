//! Workdays: weekends and holidays of a schedule, the days of a month that are named by them, and what becomes of a sending
//! that would fall on a day off.

use chrono::{Datelike, Days, NaiveDate, Weekday};
use std::collections::BTreeMap;
use std::sync::Arc;

/// So many days at most a sending is moved; a longer row of days off is no holiday, and nothing is moved over it.
pub const LONGEST_SHIFT: u64 = 31;

/// The years for which holidays are known, where they come every year.
pub const HOLIDAY_YEARS: std::ops::RangeInclusive<i32> = 1970..=2200;

/// The holidays of a country or a company.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Holidays {
    /// What schedules call them.
    pub name: String,
    /// Every one, with its name.
    pub days: BTreeMap<NaiveDate, String>,
    /// The last year that is spelled out day by day; `None` if all of them come every year.
    pub spelled_until: Option<i32>,
}

/// Holidays by the name that schedules call them; `None` for a file that is there, but wrong.
pub type Calendars = BTreeMap<String, Option<Arc<Holidays>>>;

/// Which days are worked on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workdays {
    /// Days off, Monday first.
    pub weekend: [bool; 7],
    /// Days off by date.
    pub holidays: Option<Arc<Holidays>>,
}

impl Default for Workdays {
    /// Saturday and Sunday are off, and there are no holidays.
    fn default() -> Self {
        Workdays { weekend: [false, false, false, false, false, true, true], holidays: None }
    }
}

impl Workdays {
    /// Whether a civil day is worked on.
    pub fn holds(&self, day: NaiveDate) -> bool {
        let weekend = self.weekend.get(day.weekday().num_days_from_monday() as usize) == Some(&true);
        !weekend && self.holidays.as_ref().is_none_or(|holidays| !holidays.days.contains_key(&day))
    }
}

/// Where a sending goes that would fall on a day off. The period it covers stays what it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shift {
    /// To the last workday before.
    Before,
    /// To the first workday after.
    After,
}

impl Shift {
    /// The day on which a sending of this day goes out. Never turns the order of two days round.
    pub fn moved(self, day: NaiveDate, workdays: &Workdays) -> NaiveDate {
        let reach = LONGEST_SHIFT as usize + 1;
        let found = match self {
            Shift::Before => day.iter_days().rev().take(reach).find(|day| workdays.holds(*day)),
            Shift::After => day.iter_days().take(reach).find(|day| workdays.holds(*day)),
        };
        found.unwrap_or(day)
    }
}

/// A day of a month, as people name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MonthDay {
    /// The so-manieth, from 1; the last one of shorter months.
    Number(u8),
    /// The last one.
    Last,
    /// The so-manieth of a weekday, 1 to 4: every month has those.
    Weekday(u8, Weekday),
    /// The last of a weekday.
    LastWeekday(Weekday),
    /// The so-manieth workday, from 1; the last one of months that have fewer.
    Workday(u8),
    /// The so-manieth workday from the end, from 1; the first one of months that have fewer.
    WorkdayFromEnd(u8),
}

impl MonthDay {
    /// Whether a civil day is this day of its month. A month without any workday has its last day for them.
    pub fn is(self, day: NaiveDate, workdays: &Workdays) -> bool {
        let last = u32::from(day.num_days_in_month());
        match self {
            MonthDay::Number(number) => day.day() == u32::from(number).clamp(1, last),
            MonthDay::Last => day.day() == last,
            MonthDay::Weekday(nth, on) => day.weekday() == on && (day.day() - 1) / 7 + 1 == u32::from(nth),
            MonthDay::LastWeekday(on) => day.weekday() == on && day.day() + 7 > last,
            MonthDay::Workday(nth) => day == nth_workday(month_days(day), last, nth, workdays),
            MonthDay::WorkdayFromEnd(nth) => day == nth_workday(month_days(day).rev(), last, nth, workdays),
        }
    }

    /// Whether holidays have a say in it.
    pub fn asks_workdays(self) -> bool {
        matches!(self, MonthDay::Workday(_) | MonthDay::WorkdayFromEnd(_))
    }
}

/// The days of a day's month.
fn month_days(day: NaiveDate) -> impl DoubleEndedIterator<Item = NaiveDate> {
    let first = day.with_day(1).unwrap_or(day);
    (0..u64::from(day.num_days_in_month())).filter_map(move |later| first.checked_add_days(Days::new(later)))
}

/// The so-manieth workday among days of one month, or the one that comes nearest.
fn nth_workday(days: impl Iterator<Item = NaiveDate>, last: u32, nth: u8, workdays: &Workdays) -> NaiveDate {
    let mut end = NaiveDate::MIN;
    let mut found = None;
    let mut count = 0;
    for day in days {
        if day.day() == last {
            end = day;
        }
        if count < nth && workdays.holds(day) {
            found = Some(day);
            count += 1;
        }
        if count == nth && found.is_some() {
            break;
        }
    }
    found.unwrap_or(end)
}

/// Easter Sunday of the Gregorian calendar (the anonymous algorithm, after Meeus).
pub fn easter(year: i32) -> Option<NaiveDate> {
    let (a, b, c) = (year.rem_euclid(19), year.div_euclid(100), year.rem_euclid(100));
    let (d, e) = (b / 4, b % 4);
    let g = (b - (b + 8) / 25 + 1) / 3;
    let h = (19 * a + b - d - g + 15) % 30;
    let l = (32 + 2 * e + 2 * (c / 4) - h - c % 4) % 7;
    let m = (a + 11 * h + 22 * l) / 451;
    let n = h + l - 7 * m + 114;
    NaiveDate::from_ymd_opt(year, u32::try_from(n / 31).ok()?, u32::try_from(n % 31 + 1).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn off(days: &[&str]) -> Workdays {
        let days = days.iter().map(|text| (day(text), "Off".to_owned())).collect();
        let holidays = Holidays { name: "test".into(), days, spelled_until: None };
        Workdays { holidays: Some(Arc::new(holidays)), ..Workdays::default() }
    }

    /// The day of a month that is meant; there must be exactly one.
    fn of(which: MonthDay, month: &str, workdays: &Workdays) -> u32 {
        let found: Vec<u32> = month_days(day(&format!("{month}-01")))
            .filter(|day| which.is(*day, workdays))
            .map(|day| day.day())
            .collect();
        assert_eq!(found.len(), 1, "{which:?} {month} {found:?}");
        found[0]
    }

    #[test]
    fn days_of_a_month_as_people_name_them() {
        let plain = Workdays::default();
        // November 2026 begins on a Sunday.
        assert_eq!(of(MonthDay::Number(31), "2026-11", &plain), 30);
        assert_eq!(of(MonthDay::Last, "2028-02", &plain), 29);
        assert_eq!(of(MonthDay::Weekday(1, Weekday::Sun), "2026-11", &plain), 1);
        assert_eq!(of(MonthDay::Weekday(1, Weekday::Mon), "2026-11", &plain), 2);
        assert_eq!(of(MonthDay::Weekday(3, Weekday::Tue), "2026-11", &plain), 17);
        assert_eq!(of(MonthDay::Weekday(4, Weekday::Sat), "2026-11", &plain), 28);
        assert_eq!(of(MonthDay::LastWeekday(Weekday::Fri), "2026-11", &plain), 27);
        assert_eq!(of(MonthDay::LastWeekday(Weekday::Mon), "2026-11", &plain), 30);
        assert_eq!(of(MonthDay::Workday(1), "2026-11", &plain), 2);
        assert_eq!(of(MonthDay::Workday(3), "2026-11", &plain), 4);
        assert_eq!(of(MonthDay::WorkdayFromEnd(1), "2026-10", &plain), 30);
        assert_eq!(of(MonthDay::WorkdayFromEnd(2), "2026-10", &plain), 29);
    }

    #[test]
    fn holidays_and_other_weekends_count() {
        let newyear = off(&["2027-01-01", "2027-01-04"]);
        assert_eq!(of(MonthDay::Workday(1), "2027-01", &newyear), 5);
        assert_eq!(of(MonthDay::WorkdayFromEnd(1), "2027-01", &newyear), 29);
        let gulf = Workdays { weekend: [false, false, false, false, true, true, false], holidays: None };
        assert_eq!(of(MonthDay::Workday(1), "2026-11", &gulf), 1);
        assert_eq!(of(MonthDay::WorkdayFromEnd(1), "2026-10", &gulf), 29);
        // A month that is closed altogether still has a day, and one with few workdays its last of them.
        let all: Vec<String> = (1..=30).map(|day| format!("2026-11-{day:02}")).collect();
        let closed = off(&all.iter().map(String::as_str).collect::<Vec<_>>());
        for which in [MonthDay::Workday(1), MonthDay::WorkdayFromEnd(1), MonthDay::Workday(9)] {
            assert_eq!(of(which, "2026-11", &closed), 30);
        }
        let few = off(&all.iter().skip(4).map(String::as_str).collect::<Vec<_>>());
        assert_eq!(of(MonthDay::Workday(9), "2026-11", &few), 4);
        assert_eq!(of(MonthDay::WorkdayFromEnd(9), "2026-11", &few), 2);
    }

    #[test]
    fn every_month_of_ten_years_has_each_of_them_once() {
        let workdays = off(&["2026-01-01", "2026-12-25", "2028-05-01"]);
        let mut kinds = vec![MonthDay::Last, MonthDay::LastWeekday(Weekday::Sun)];
        kinds.extend((1..=31).map(MonthDay::Number));
        kinds.extend((1..=15).flat_map(|nth| [MonthDay::Workday(nth), MonthDay::WorkdayFromEnd(nth)]));
        kinds.extend((1..=4).map(|nth| MonthDay::Weekday(nth, Weekday::Wed)));
        for year in 2024..2034 {
            for month in 1..=12 {
                for kind in &kinds {
                    of(*kind, &format!("{year}-{month:02}"), &workdays);
                }
            }
        }
    }

    #[test]
    fn a_day_off_is_left_for_the_workday_before_or_after() {
        let easter = off(&["2026-04-03", "2026-04-06"]);
        assert_eq!(Shift::After.moved(day("2026-04-03"), &easter), day("2026-04-07"));
        assert_eq!(Shift::Before.moved(day("2026-04-06"), &easter), day("2026-04-02"));
        assert_eq!(Shift::Before.moved(day("2026-04-02"), &easter), day("2026-04-02"));
        let never = Workdays { weekend: [true; 7], holidays: None };
        assert_eq!(Shift::After.moved(day("2026-04-03"), &never), day("2026-04-03"));
    }

    #[test]
    fn easter_is_where_the_churches_have_it() {
        for (year, sunday) in [
            (1961, "1961-04-02"),
            (2000, "2000-04-23"),
            (2008, "2008-03-23"),
            (2024, "2024-03-31"),
            (2025, "2025-04-20"),
            (2026, "2026-04-05"),
            (2038, "2038-04-25"),
            (2076, "2076-04-19"),
        ] {
            assert_eq!(easter(year), Some(day(sunday)));
        }
        assert!((1583..4000).all(|year| easter(year).is_some_and(|day| day.weekday() == Weekday::Sun)));
    }
}
