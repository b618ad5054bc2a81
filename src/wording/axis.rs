//! Labels of axes that are calendars: every way to label the same days, weeks or months, from each one down to its years.

use super::Words;
use crate::calendar::period::{Period, Unit};
use crate::calendar::relative::period_offset;
use chrono::{Datelike, NaiveDate, Weekday};

/// The labels of some places along an axis.
pub type Way = Vec<(usize, String)>;

impl Words {
    /// Ways to label periods (by their labels, oldest first), the finest first; a chart takes the first that has room. Coarser ways
    /// stand on boundaries of the calendar: on the days that begin a week, a month, a quarter, a year. Empty where the labels are no
    /// periods of one unit.
    pub fn axis_ways(&self, labels: &[String]) -> Vec<Way> {
        let periods: Option<Vec<Period>> = labels.iter().map(|label| Period::parse(label)).collect();
        let Some(periods) = periods else { return Vec::new() };
        let Some(unit) = periods.first().and_then(|period| period.unit) else { return Vec::new() };
        if periods.iter().any(|period| period.unit != Some(unit)) {
            return Vec::new();
        }
        if let Some(ways) = self.moved_ways(&periods, unit) {
            return ways;
        }
        let days: Vec<NaiveDate> = periods.iter().map(|period| period.first).collect();
        let all = labels.iter().map(|label| self.short_period(label, labels.len())).enumerate().collect();
        // The first place is always labelled: what comes before a boundary has to be told from what comes after another one.
        let on = |begins: &dyn Fn(&NaiveDate, &NaiveDate) -> bool, text: &dyn Fn(&NaiveDate) -> String| -> Way {
            let first = |place: usize| place.checked_sub(1).and_then(|before| days.get(before));
            let begin = |(place, day): &(usize, &NaiveDate)| first(*place).is_some_and(|before| begins(before, day));
            days.iter().enumerate().filter(begin).map(|(place, day)| (place, text(day))).collect()
        };
        let mut ways: Vec<Way> = vec![all];
        if unit == Unit::Day && labels.len() > 8 {
            ways.push(on_weeks(&days, &|day| self.dated("date.axis_weekday", *day, &[])));
            ways.push(on_weeks(&days, &|day| self.dated("date.axis_day", *day, &[])));
        }
        if matches!(unit, Unit::Day | Unit::Week) {
            let new_month =
                |before: &NaiveDate, day: &NaiveDate| (before.year(), before.month()) != (day.year(), day.month());
            ways.push(on(&new_month, &|day| self.dated("date.axis_month", *day, &[])));
        }
        if matches!(unit, Unit::Day | Unit::Week | Unit::Month) {
            let new_quarter = |before: &NaiveDate, day: &NaiveDate| {
                (before.year(), before.month0() / 3) != (day.year(), day.month0() / 3)
            };
            ways.push(on(&new_quarter, &|day| self.dated("date.axis_month", *day, &[])));
        }
        match unit {
            Unit::FiscalQuarter(start) => {
                let new_year =
                    |before: &NaiveDate, day: &NaiveDate| start.year_first(*before) != start.year_first(*day);
                ways.push(on(&new_year, &|day| self.axis_fiscal_year(*day)));
            }
            Unit::Year | Unit::FiscalYear(_) => {}
            _ => ways.push(on(&|before, day| before.year() != day.year(), &|day| day.year().to_string())),
        }
        telling(ways)
    }

    /// The same for periods that are told by their distance from the first one of the report: each, or every so many of them,
    /// counted from that one. Boundaries of the calendar would tell where in the year they lie, and lie elsewhere. `None`: true
    /// dates.
    fn moved_ways(&self, periods: &[Period], unit: Unit) -> Option<Vec<Way>> {
        let offsets: Option<Vec<i64>> = periods.iter().map(|period| Some(period_offset(period)?.1)).collect();
        let offsets = offsets?;
        let steps: &[i64] = match unit {
            Unit::Day => &[1, 7, 28, 91, 364],
            Unit::Week => &[1, 4, 13, 52],
            Unit::Month => &[1, 3, 12],
            Unit::Quarter | Unit::FiscalQuarter(_) => &[1, 4],
            Unit::Year | Unit::FiscalYear(_) => &[1],
        };
        let way = |step: &i64| -> Way {
            let on_step = |(_, (offset, _)): &(usize, (&i64, &Period))| offset.rem_euclid(*step) == 0;
            let label = |(place, (_, period)): (usize, (&i64, &Period))| {
                Some((place, self.moved_short(period, periods.len())?))
            };
            offsets.iter().zip(periods).enumerate().filter(on_step).filter_map(label).collect()
        };
        Some(telling(steps.iter().map(way).collect()))
    }
}

/// One label alone says nothing of what lies beside it: where every way has one at most, the finest is left, to be thinned.
fn telling(mut ways: Vec<Way>) -> Vec<Way> {
    let finest = ways.first().cloned();
    ways.retain(|way| way.len() > 1);
    if ways.is_empty() { finest.into_iter().collect() } else { ways }
}

/// Days that begin a week, and the first one if none does so near it.
fn on_weeks(days: &[NaiveDate], text: &dyn Fn(&NaiveDate) -> String) -> Way {
    let monday = |(_, day): &(usize, &NaiveDate)| day.weekday() == Weekday::Mon;
    days.iter().enumerate().filter(monday).map(|(place, day)| (place, text(day))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::period::Period;

    fn shown(unit: Unit, from: &str, count: usize) -> Vec<String> {
        let mut period = Period::containing(unit, from.parse().unwrap());
        let mut labels = Vec::new();
        for _ in 0..count {
            labels.push(period.label());
            period = Period::containing(unit, period.end);
        }
        let words = |way: Way| way.into_iter().map(|(at, text)| format!("{at} {text}")).collect::<Vec<_>>().join(", ");
        Words::english().axis_ways(&labels).into_iter().map(words).collect()
    }

    #[test]
    fn days_of_a_month_are_labelled_each_or_where_weeks_begin() {
        let ways = shown(Unit::Day, "2026-11-01", 30);
        assert!(ways[0].starts_with("0 1 Nov, 1 2 Nov, 2 3 Nov"), "{}", ways[0]);
        assert_eq!(ways[1], "1 Mon 2 Nov, 8 Mon 9 Nov, 15 Mon 16 Nov, 22 Mon 23 Nov, 29 Mon 30 Nov");
        assert_eq!(ways[2], "1 2 Nov, 8 9 Nov, 15 16 Nov, 22 23 Nov, 29 30 Nov");
        assert_eq!(ways.len(), 3, "no month begins inside");
    }

    #[test]
    fn ticks_of_a_long_span_fall_on_months_quarters_and_years() {
        let ways = shown(Unit::Day, "2025-12-15", 120);
        assert_eq!(ways[3], "17 Jan 26, 48 Feb 26, 76 Mar 26, 107 Apr 26");
        assert_eq!(ways[4], "17 Jan 26, 107 Apr 26");
        assert_eq!(ways.len(), 5);
        let weeks = shown(Unit::Week, "2026-10-05", 13);
        assert!(weeks[0].starts_with("0 W41, 1 W42"), "{}", weeks[0]);
        assert_eq!(weeks[1], "4 Nov 26, 9 Dec 26", "the first weeks that begin in their month");
        let months = shown(Unit::Month, "2024-11-01", 25);
        assert_eq!(months[1], "2 Jan 25, 5 Apr 25, 8 Jul 25, 11 Oct 25, 14 Jan 26, 17 Apr 26, 20 Jul 26, 23 Oct 26");
        assert_eq!(months[2], "2 2025, 14 2026");
    }

    #[test]
    fn fiscal_quarters_are_labelled_by_their_fiscal_years() {
        let quarter = Unit::Quarter.beginning(crate::calendar::fiscal::FiscalStart::new(4));
        let ways = shown(quarter, "2025-07-01", 8);
        assert_eq!(
            ways,
            [
                "0 Q2 25/26, 1 Q3 25/26, 2 Q4 25/26, 3 Q1 26/27, 4 Q2 26/27, 5 Q3 26/27, 6 Q4 26/27, 7 Q1 27/28",
                "3 2026/27, 7 2027/28"
            ]
        );
    }

    #[test]
    fn moved_dates_are_told_by_their_distance_on_every_way() {
        use crate::calendar::relative::Mover;
        use crate::calendar::zone::Zone;
        let moved = |unit: Unit, first: &str, from: &str, count: usize| {
            let mover = Mover::new(first.parse().unwrap(), &Zone::utc());
            let mut period = Period::containing(unit, from.parse().unwrap());
            let mut labels = Vec::new();
            for _ in 0..count {
                labels.push(mover.label(&period.label()));
                period = Period::containing(unit, period.end);
            }
            let words =
                |way: Way| way.into_iter().map(|(at, text)| format!("{at} {text}")).collect::<Vec<_>>().join(", ");
            Words::english().axis_ways(&labels).into_iter().map(words).collect::<Vec<String>>()
        };
        let month = moved(Unit::Day, "2026-11-01", "2026-11-01", 30);
        assert!(month[0].starts_with("0 day 1, 1 day 2, 2 day 3"), "{}", month[0]);
        assert_eq!(month[1..], ["0 day 1, 7 day 8, 14 day 15, 21 day 22, 28 day 29", "0 day 1, 28 day 29"]);
        let months = moved(Unit::Month, "2026-10-01", "2026-04-01", 9);
        assert_eq!(
            months,
            [
                "0 month -6, 1 month -5, 2 month -4, 3 month -3, 4 month -2, 5 month -1, 6 month 1, 7 month 2, 8 month 3",
                "0 month -6, 3 month -3, 6 month 1"
            ]
        );
        let weeks = moved(Unit::Week, "2026-01-01", "2026-01-01", 27);
        assert_eq!(weeks[1], "0 week 1, 4 week 5, 8 week 9, 12 week 13, 16 week 17, 20 week 21, 24 week 25");
        assert_eq!(weeks[2], "0 week 1, 13 week 14, 26 week 27");
        assert_eq!(
            moved(Unit::Day, "2026-11-23", "2026-11-23", 7),
            ["0 Mon, day 1, 1 Tue, day 2, 2 Wed, day 3, 3 Thu, day 4, 4 Fri, day 5, 5 Sat, day 6, 6 Sun, day 7"]
        );
    }

    #[test]
    fn few_days_and_what_is_no_calendar() {
        assert_eq!(shown(Unit::Day, "2026-11-23", 7).len(), 1);
        assert!(Words::english().axis_ways(&["0".into(), "1".into()]).is_empty());
        assert!(Words::english().axis_ways(&[]).is_empty());
    }
}
