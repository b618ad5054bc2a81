//! Calendar periods: a day, week, month, quarter or year, named by its civil label, and the span it has in a zone.

use super::Span;
use super::fiscal::FiscalStart;
use super::zone::Zone;
use chrono::{Datelike, Days, Months, NaiveDate, Weekday};
use serde::{Deserialize, Serialize};

/// How a person may write a period.
pub const EXAMPLES: &str = "2026-11-30, 2026-W48, 2026-11, 2026-Q4, 2026, or of a fiscal year FY2026-04-Q3, FY2026-04";

/// What a period is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// A civil day.
    Day,
    /// An ISO 8601 week, Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
    /// A quarter of a fiscal year that begins in this month.
    #[serde(rename = "fiscal_quarter")]
    FiscalQuarter(FiscalStart),
    /// A fiscal year that begins in this month.
    #[serde(rename = "fiscal_year")]
    FiscalYear(FiscalStart),
}

impl Unit {
    /// The same of a year that begins in another month than January, for quarters and years; what it is otherwise.
    pub fn beginning(self, start: Option<FiscalStart>) -> Unit {
        match (self, start) {
            (Unit::Quarter, Some(start)) => Unit::FiscalQuarter(start),
            (Unit::Year, Some(start)) => Unit::FiscalYear(start),
            (unit, _) => unit,
        }
    }

    /// What kind of unit it is, whenever its years begin.
    pub fn kind(self) -> Unit {
        match self {
            Unit::FiscalQuarter(_) => Unit::Quarter,
            Unit::FiscalYear(_) => Unit::Year,
            unit => unit,
        }
    }
}

/// Some civil days, `first` to the day before `end`, with the label that identifies them for ever.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Period {
    /// First civil day inside.
    pub first: NaiveDate,
    /// First civil day after.
    pub end: NaiveDate,
    /// The unit, where the period is one; `None` for a free span of days.
    pub unit: Option<Unit>,
}

impl Period {
    /// The period of a unit in which a day lies.
    pub fn containing(unit: Unit, day: NaiveDate) -> Period {
        let first = match unit {
            Unit::Day => day,
            Unit::Week => day - Days::new(u64::from(day.weekday().num_days_from_monday())),
            Unit::Month => day.with_day(1).unwrap_or(day),
            Unit::Quarter => month_start(day.year(), (day.month0() / 3) * 3 + 1, day),
            Unit::Year => month_start(day.year(), 1, day),
            Unit::FiscalQuarter(start) => start.quarter_first(day),
            Unit::FiscalYear(start) => start.year_first(day),
        };
        let end = match unit {
            Unit::Day => first + Days::new(1),
            Unit::Week => first + Days::new(7),
            Unit::Month => first + Months::new(1),
            Unit::Quarter | Unit::FiscalQuarter(_) => first + Months::new(3),
            Unit::Year | Unit::FiscalYear(_) => first + Months::new(12),
        };
        Period { first, end, unit: Some(unit) }
    }

    /// A free span of civil days.
    pub fn days(first: NaiveDate, end: NaiveDate) -> Period {
        Period { first, end, unit: None }
    }

    /// The period just before: the same unit, or the same number of days.
    pub fn before(&self) -> Period {
        match self.unit {
            Some(unit) => Period::containing(unit, self.first - Days::new(1)),
            None => {
                let days = (self.end - self.first).num_days().unsigned_abs();
                Period::days(self.first - Days::new(days), self.first)
            }
        }
    }

    /// The period just after.
    pub fn after(&self) -> Period {
        match self.unit {
            Some(unit) => Period::containing(unit, self.end),
            None => {
                let days = (self.end - self.first).num_days().unsigned_abs();
                Period::days(self.end, self.end + Days::new(days))
            }
        }
    }

    /// The same period a year before; weeks go by ISO week number (week 53 to week 52 where the year before has none).
    pub fn year_before(&self) -> Period {
        match self.unit {
            Some(Unit::Week) => {
                let week = self.first.iso_week();
                let first = NaiveDate::from_isoywd_opt(week.year() - 1, week.week(), Weekday::Mon)
                    .or_else(|| NaiveDate::from_isoywd_opt(week.year() - 1, 52, Weekday::Mon))
                    .unwrap_or(self.first - Days::new(364));
                Period::containing(Unit::Week, first)
            }
            Some(unit) => Period::containing(unit, self.first - Months::new(12)),
            None => Period::days(self.first - Months::new(12), self.end - Months::new(12)),
        }
    }

    /// The label: `2026-11-22`, `2026-W47`, `2026-11`, `2026-Q4`, `2026`, or `2026-11-03..2026-11-09` (last day inside). Of
    /// a fiscal year with year and month of its first day: `FY2026-04`, `FY2026-04-Q1`.
    pub fn label(&self) -> String {
        match self.unit {
            Some(Unit::Day) => self.first.format("%Y-%m-%d").to_string(),
            Some(Unit::Week) => self.first.format("%G-W%V").to_string(),
            Some(Unit::Month) => self.first.format("%Y-%m").to_string(),
            Some(Unit::Quarter) => format!("{}-Q{}", self.first.year(), self.first.month0() / 3 + 1),
            Some(Unit::Year) => self.first.year().to_string(),
            Some(Unit::FiscalQuarter(start)) => {
                let year = start.year_first(self.first);
                format!("FY{}-Q{}", year.format("%Y-%m"), start.quarter_of(self.first))
            }
            Some(Unit::FiscalYear(_)) => self.first.format("FY%Y-%m").to_string(),
            None => format!("{}..{}", self.first, self.end - Days::new(1)),
        }
    }

    /// Reads a label; `None` if it is not one.
    pub fn parse(label: &str) -> Option<Period> {
        if let Some(fiscal) = label.strip_prefix("FY") {
            return parse_fiscal(fiscal).filter(|period| period.label() == label);
        }
        // Four digits of year, and no sign: a label is its period's name for ever, so there is one way to write it.
        let plain = |label: &str| label.len() >= 4 && label.bytes().take(4).all(|byte| byte.is_ascii_digit());
        let years = label.split("..").all(|one| plain(one) && matches!(one.as_bytes().get(4), None | Some(b'-')));
        if !years {
            return None;
        }
        if let Some((first, last)) = label.split_once("..") {
            let (first, last) = (first.parse::<NaiveDate>().ok()?, last.parse::<NaiveDate>().ok()?);
            return (first <= last).then(|| Period::days(first, last + Days::new(1)));
        }
        if let Some((year, week)) = label.split_once("-W") {
            let first = NaiveDate::from_isoywd_opt(year.parse().ok()?, week.parse().ok()?, Weekday::Mon)?;
            return Some(Period::containing(Unit::Week, first));
        }
        if let Some((year, quarter)) = label.split_once("-Q") {
            let quarter: u32 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
            let first = NaiveDate::from_ymd_opt(year.parse().ok()?, quarter * 3 - 2, 1)?;
            return Some(Period::containing(Unit::Quarter, first));
        }
        match label.split('-').count() {
            1 if label.len() == 4 => {
                Some(Period::containing(Unit::Year, NaiveDate::from_ymd_opt(label.parse().ok()?, 1, 1)?))
            }
            2 => Some(Period::containing(Unit::Month, format!("{label}-01").parse().ok()?)),
            3 => Some(Period::containing(Unit::Day, label.parse().ok()?)),
            _ => None,
        }
    }

    /// The instants of the period in a zone, whatever daylight saving does inside it.
    pub fn span(&self, zone: &Zone) -> Span {
        Span { from: zone.day_start(self.first), to: zone.day_start(self.end) }
    }

    /// How many civil days.
    pub fn day_count(&self) -> i64 {
        (self.end - self.first).num_days()
    }

    /// Every civil day inside, in order.
    pub fn each_day(&self) -> impl Iterator<Item = NaiveDate> + use<> {
        let end = self.end;
        self.first.iter_days().take_while(move |day| *day < end)
    }
}

/// `2026-04`, `2026-04-Q1`: what is not written as a label of its period is not one, which the caller sees to.
fn parse_fiscal(text: &str) -> Option<Period> {
    let (year, quarter) = match text.split_once("-Q") {
        Some((year, quarter)) => (year, Some(quarter.parse::<u32>().ok().filter(|quarter| (1..=4).contains(quarter))?)),
        None => (text, None),
    };
    let first: NaiveDate = format!("{year}-01").parse().ok()?;
    let start = FiscalStart::new(first.month())?;
    Some(match quarter {
        Some(quarter) => {
            let in_year = Months::new(3 * (quarter - 1));
            Period::containing(Unit::FiscalQuarter(start), first.checked_add_months(in_year)?)
        }
        None => Period::containing(Unit::FiscalYear(start), first),
    })
}

fn month_start(year: i32, month: u32, fallback: NaiveDate) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, 1).unwrap_or(fallback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const UNITS: [Unit; 5] = [Unit::Day, Unit::Week, Unit::Month, Unit::Quarter, Unit::Year];

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn labels() {
        let labels = UNITS.map(|unit| Period::containing(unit, day("2026-11-22")).label());
        assert_eq!(labels, ["2026-11-22", "2026-W47", "2026-11", "2026-Q4", "2026"]);
        // Days of a year that belong to a week of another.
        assert_eq!(Period::containing(Unit::Week, day("2027-01-01")).label(), "2026-W53");
        assert_eq!(Period::containing(Unit::Week, day("2024-12-30")).label(), "2025-W01");
        assert_eq!(Period::days(day("2026-11-03"), day("2026-11-10")).label(), "2026-11-03..2026-11-09");
        for wrong in [
            "",
            "26",
            "2026-13",
            "2026-Q5",
            "2026-W54",
            "2025-W53",
            "2026-02-30",
            "2026-11-09..2026-11-03",
            "x..y",
            "99999-W10",
            "+2026-11",
            "-2026-11",
            "2026-11-09..+2026-11-10",
        ] {
            assert_eq!(Period::parse(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_year_before() {
        let before = |label: &str| Period::parse(label).unwrap().year_before().label();
        assert_eq!(before("2026-W53"), "2025-W52");
        assert_eq!(before("2026-W47"), "2025-W47");
        assert_eq!(before("2026-11"), "2025-11");
        assert_eq!(before("2028-02-29"), "2027-02-28");
        assert_eq!(before("2026-Q4"), "2025-Q4");
        assert_eq!(before("2026-11-03..2026-11-09"), "2025-11-03..2025-11-09");
    }

    #[test]
    fn spans_hold_the_hour_that_clocks_gain_or_lose() {
        let zone = crate::calendar::zone::ZoneRules::bundled().zone("Europe/Berlin").unwrap();
        let hours = |label: &str| {
            let span = Period::parse(label).unwrap().span(&zone);
            (span.to - span.from) / 3_600_000
        };
        assert_eq!((hours("2026-03-29"), hours("2026-10-25"), hours("2026-11-22")), (23, 25, 24));
        assert_eq!((hours("2026-03"), hours("2026-10")), (31 * 24 - 1, 31 * 24 + 1));
    }

    proptest! {
        #[test]
        fn each_unit_parts_the_calendar(offset in 0i64..100_000, unit in prop::sample::select(UNITS.to_vec())) {
            let day = day("1900-01-01") + chrono::Duration::days(offset);
            let period = Period::containing(unit, day);
            prop_assert!(period.first <= day && day < period.end);
            prop_assert_eq!(period.after().first, period.end);
            prop_assert_eq!(period.before().end, period.first);
            prop_assert_eq!(&period.after().before(), &period);
            prop_assert_eq!(Period::parse(&period.label()), Some(period.clone()));
            prop_assert_eq!(period.each_day().count() as i64, period.day_count());
            // Every day of it is in the same one, and no other.
            for inside in period.each_day() {
                prop_assert_eq!(&Period::containing(unit, inside), &period);
            }
        }

        #[test]
        fn spans_of_days_follow_each_other(offset in 0i64..50_000, length in 1i64..400) {
            let first = day("1950-01-01") + chrono::Duration::days(offset);
            let period = Period::days(first, first + chrono::Duration::days(length));
            prop_assert_eq!(Period::parse(&period.label()), Some(period.clone()));
            prop_assert_eq!(period.before().end, period.first);
            prop_assert_eq!(&period.after().before(), &period);
        }
    }
}
