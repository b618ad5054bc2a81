//! Fiscal years: the month in which a year of accounts begins, where that is not the calendar's.

use chrono::{Datelike, Months, NaiveDate};
use serde::{Deserialize, Serialize};

/// The month in which a fiscal year begins: February to December. One that begins in January is the calendar's year, and has
/// no other name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct FiscalStart(u32);

impl FiscalStart {
    /// Of a month, January = 1; `None` for January, and for what is no month.
    pub fn new(month: u32) -> Option<FiscalStart> {
        (2..=12).contains(&month).then_some(FiscalStart(month))
    }

    /// The month, January = 1.
    pub fn month(self) -> u32 {
        self.0
    }

    /// First day of the fiscal quarter in which a day lies.
    pub fn quarter_first(self, day: NaiveDate) -> NaiveDate {
        self.first(day, 3)
    }

    /// First day of the fiscal year in which a day lies.
    pub fn year_first(self, day: NaiveDate) -> NaiveDate {
        self.first(day, 12)
    }

    /// Which quarter of its fiscal year a day lies in, from 1.
    pub fn quarter_of(self, day: NaiveDate) -> u32 {
        self.months_into(day) / 3 + 1
    }

    /// Whole months of the fiscal year before the one in which a day lies.
    fn months_into(self, day: NaiveDate) -> u32 {
        (day.month() + 12 - self.0) % 12
    }

    fn first(self, day: NaiveDate, length: u32) -> NaiveDate {
        day.with_day(1).unwrap_or(day) - Months::new(self.months_into(day) % length)
    }
}

impl TryFrom<u32> for FiscalStart {
    type Error = String;

    fn try_from(month: u32) -> Result<Self, Self::Error> {
        FiscalStart::new(month).ok_or_else(|| format!("{month} is no month from 2 to 12"))
    }
}

impl From<FiscalStart> for u32 {
    fn from(start: FiscalStart) -> u32 {
        start.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::period::{Period, Unit};
    use super::*;
    use proptest::prelude::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Quarter and year of a year that begins in a month, January with them: those are the calendar's.
    fn units(month: u32) -> [Unit; 2] {
        [Unit::Quarter, Unit::Year].map(|unit| unit.beginning(FiscalStart::new(month)))
    }

    #[test]
    fn labels_tell_the_month_and_the_year_in_which_it_begins() {
        let of = |month, text: &str| units(month).map(|unit| Period::containing(unit, day(text)).label());
        assert_eq!(of(1, "2026-11-22"), ["2026-Q4", "2026"]);
        assert_eq!(of(4, "2026-11-22"), ["FY2026-04-Q3", "FY2026-04"]);
        assert_eq!(of(4, "2026-03-31"), ["FY2025-04-Q4", "FY2025-04"]);
        assert_eq!(of(4, "2026-04-01"), ["FY2026-04-Q1", "FY2026-04"]);
        assert_eq!(of(10, "2026-11-22"), ["FY2026-10-Q1", "FY2026-10"]);
        assert_eq!(of(2, "2026-01-31"), ["FY2025-02-Q4", "FY2025-02"]);
        assert_eq!(of(12, "2026-12-01"), ["FY2026-12-Q1", "FY2026-12"]);
        for wrong in
            ["FY2026", "FY2026-01", "FY2026-13", "FY2026-4", "FY2026-04-Q5", "FY2026-04-Q", "FY2026-04-", "fy2026-04"]
        {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
        for wrong in ["FY+026-04", "FY2026-04-Q+1", "FY2026-04-Q01", "FY2026-04..FY2026-05", "FY2026-04-Q1-Q1", "FYäöü"]
        {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn labels_of_one_kind_sort_by_time() {
        let mut labels: Vec<String> = Vec::new();
        let mut at = Period::containing(units(4)[0], day("2024-05-01"));
        for _ in 0..12 {
            labels.push(at.label());
            at = at.after();
        }
        let mut sorted = labels.clone();
        sorted.sort();
        assert_eq!(labels, sorted);
    }

    #[test]
    fn a_year_before_is_the_same_quarter_of_the_fiscal_year_before() {
        let before = |label: &str| Period::parse(label).unwrap().year_before().label();
        assert_eq!(before("FY2026-04-Q1"), "FY2025-04-Q1");
        assert_eq!(before("FY2026-10"), "FY2025-10");
    }

    #[test]
    fn a_start_is_kept_as_its_month() {
        let unit = Unit::Year.beginning(FiscalStart::new(4));
        let kept = serde_json::to_string(&unit).unwrap();
        assert_eq!(kept, r#"{"fiscal_year":4}"#);
        assert_eq!(serde_json::from_str::<Unit>(&kept).unwrap(), unit);
        assert!(serde_json::from_str::<Unit>(r#"{"fiscal_year":1}"#).is_err());
    }

    #[test]
    fn years_and_quarters_of_each_month_hold_each_day_once() {
        for month in 1..=12 {
            let [quarter, year] = units(month);
            let mut covered = day("2019-01-01");
            let mut at = Period::containing(quarter, covered);
            let mut in_year = Vec::new();
            while at.first < day("2032-01-01") {
                assert!(at.first <= covered && covered < at.end, "{month} {at:?}");
                assert_eq!(at.end, at.first + Months::new(3));
                let whole = Period::containing(year, at.first);
                assert!(whole.first <= at.first && at.end <= whole.end, "{month} {at:?} {whole:?}");
                assert_eq!(whole.first.month(), month);
                in_year.push(whole.label());
                covered = at.end;
                at = at.after();
            }
            in_year.dedup();
            assert!((13..=14).contains(&in_year.len()), "{month}: each year has its quarters in one row: {in_year:?}");
        }
    }

    proptest! {
        #[test]
        fn each_unit_parts_the_calendar(offset in 0i64..100_000, month in 1u32..=12, long: bool) {
            let unit = units(month)[usize::from(long)];
            let day = day("1900-01-01") + chrono::Duration::days(offset);
            let period = Period::containing(unit, day);
            prop_assert!(period.first <= day && day < period.end);
            prop_assert_eq!(period.first.day(), 1);
            prop_assert_eq!(period.after().first, period.end);
            prop_assert_eq!(period.before().end, period.first);
            prop_assert_eq!(&period.after().before(), &period);
            prop_assert_eq!(Period::parse(&period.label()), Some(period.clone()));
            let year_before = period.year_before();
            prop_assert_eq!((year_before.unit, year_before.end + Months::new(12)), (period.unit, period.end));
            for inside in period.each_day() {
                prop_assert_eq!(&Period::containing(unit, inside), &period);
            }
        }
    }
}
