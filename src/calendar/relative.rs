//! Relative: dates told by their distance from a period's first day, as dates of an age of which no log tells.
//!
//! A version of a report that must not say when things happened moves every date of it into the years 1100 to 1799: the
//! period's first day becomes the first of January of a year that begins with the same weekday. Whoever words dates knows
//! that age ([`day_offset`], [`period_offset`]) and says "day 3" or "week 1, Tuesday"; who does not know it would say a date
//! of another century, and never the true one.

use super::Millis;
use super::period::{Period, Unit};
use super::zone::Zone;
use chrono::{Datelike, Days, Months, NaiveDate, NaiveDateTime, NaiveTime, Weekday};

/// Years that stand for the first day of a period, by its weekday from Monday: each begins with that weekday, and each has
/// more than forty years of its own on both sides.
const YEARS: [i32; 7] = [1151, 1247, 1349, 1452, 1554, 1650, 1747];

/// The day that stands for a period's first day.
fn base(weekday: Weekday) -> NaiveDate {
    let year = YEARS.get(weekday.num_days_from_monday() as usize).copied().unwrap_or(1151);
    NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default()
}

/// The day that stands for the first day of the period that a moved date belongs to; `None`: it is no moved date.
fn base_of(day: NaiveDate) -> Option<NaiveDate> {
    let century = usize::try_from(day.year().checked_sub(1100)? / 100).ok()?;
    let year = YEARS.get(century).filter(|_| day.year() >= 1100)?;
    NaiveDate::from_ymd_opt(*year, 1, 1)
}

/// Days since the period's first day, of a moved date; negative before it. `None`: it is a true date.
pub fn day_offset(day: NaiveDate) -> Option<i64> {
    Some((day - base_of(day)?).num_days())
}

/// The calendar week of the period in which a moved date lies, from 1 (the one that the period begins in); 0 and less before.
pub fn week_number(day: NaiveDate) -> Option<i64> {
    let base = base_of(day)?;
    let monday = |day: NaiveDate| day - Days::new(u64::from(day.weekday().num_days_from_monday()));
    Some((monday(day) - monday(base)).num_days() / 7 + 1)
}

/// Periods of a unit since the one that the period begins in, of a moved period. `None`: it is a true one, or no unit.
pub fn period_offset(period: &Period) -> Option<(Unit, i64)> {
    let base = base_of(period.first)?;
    let unit = period.unit?;
    let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
    let apart = months(period.first) - months(base);
    Some((
        unit,
        match unit {
            Unit::Day => day_offset(period.first)?,
            Unit::Week => week_number(period.first)? - 1,
            Unit::Month => apart,
            Unit::Quarter | Unit::FiscalQuarter(_) => apart.div_euclid(3),
            Unit::Year | Unit::FiscalYear(_) => apart.div_euclid(12),
        },
    ))
}

/// Moves dates of one report.
#[derive(Clone, Debug, PartialEq)]
pub struct Mover {
    first: NaiveDate,
    zone: Zone,
}

impl Mover {
    /// For a report on a period that begins with this civil day, in this zone.
    pub fn new(first: NaiveDate, zone: &Zone) -> Mover {
        Mover { first, zone: zone.clone() }
    }

    /// A day, moved. Its weekday stays. Days that lie more than a lifetime away come to the age's edge.
    pub fn day(&self, day: NaiveDate) -> NaiveDate {
        let apart = (day - self.first).num_days().clamp(-16_000, 16_000);
        let base = base(self.first.weekday());
        if apart < 0 { base - Days::new(apart.unsigned_abs()) } else { base + Days::new(apart.unsigned_abs()) }
    }

    /// A civil time, moved.
    pub fn civil(&self, at: NaiveDateTime) -> NaiveDateTime {
        self.day(at.date()).and_time(at.time())
    }

    /// An instant as the report's clock shows it, moved; to be read in UTC. The ends of time stay.
    pub fn instant(&self, at: Millis) -> Millis {
        if at == Millis::MIN || at == Millis::MAX {
            return at;
        }
        self.civil(self.zone.civil(at)).and_utc().timestamp_millis()
    }

    /// A period, moved: days and weeks by days, longer ones by their number. In that age every year begins in January: in which
    /// month a fiscal year begins would tell where in the year it lies.
    pub fn period(&self, period: &Period) -> Period {
        let (this, that) = (self.first, period.first);
        let january = NaiveDate::from_ymd_opt(base(this.weekday()).year(), 1, 1).unwrap_or_default();
        let months = |day: NaiveDate| i64::from(day.year()) * 12 + i64::from(day.month0());
        let by = |months: i64| {
            let count = Months::new(u32::try_from(months.unsigned_abs().min(520)).unwrap_or(520));
            if months < 0 { january - count } else { january + count }
        };
        match period.unit {
            Some(unit @ Unit::Month) => Period::containing(unit, by(months(that) - months(this))),
            Some(unit @ Unit::Quarter) => {
                Period::containing(unit, by((months(that).div_euclid(3) - months(this).div_euclid(3)) * 3))
            }
            Some(unit @ Unit::Year) => {
                Period::containing(unit, by((i64::from(that.year()) - i64::from(this.year())) * 12))
            }
            Some(Unit::FiscalQuarter(start)) => {
                let apart = months(start.quarter_first(that)) - months(start.quarter_first(this));
                Period::containing(Unit::Quarter, by(apart))
            }
            Some(Unit::FiscalYear(start)) => {
                let apart = months(start.year_first(that)) - months(start.year_first(this));
                Period::containing(Unit::Year, by(apart))
            }
            Some(unit @ (Unit::Day | Unit::Week)) => Period::containing(unit, self.day(that)),
            None => Period::days(self.day(that), self.day(period.end)),
        }
    }

    /// A label of a period, moved; any other text stays.
    pub fn label(&self, label: &str) -> String {
        Period::parse(label).map_or_else(|| label.to_owned(), |period| self.period(&period).label())
    }
}

/// The civil time of a moved instant.
pub fn moved_civil(at: Millis) -> Option<(i64, NaiveTime)> {
    let civil = Zone::utc().civil(at);
    Some((day_offset(civil.date())?, civil.time()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar::zone::ZoneRules;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn each_year_begins_with_its_weekday_and_has_its_century() {
        for (at, year) in YEARS.into_iter().enumerate() {
            let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap();
            assert_eq!(first.weekday().num_days_from_monday() as usize, at, "{year}");
            assert_eq!((year - 1100) / 100, at as i32);
            assert!((45..=55).contains(&(year % 100)), "{year}");
        }
        assert_eq!(day_offset(day("2026-11-03")), None);
        assert_eq!(day_offset(day("1970-01-01")), None);
        assert_eq!(day_offset(day("0050-01-01")), None);
    }

    #[test]
    fn weekdays_and_distances_stay_and_the_date_goes() {
        for first in (0..14).map(|days| day("2026-10-26") + Days::new(days)) {
            let mover = Mover::new(first, &Zone::utc());
            for apart in [-400_i64, -8, -1, 0, 1, 6, 30, 365] {
                let that = first + chrono::TimeDelta::days(apart);
                let moved = mover.day(that);
                assert_eq!(day_offset(moved), Some(apart), "{first} {apart}");
                assert_eq!(moved.weekday(), that.weekday());
            }
        }
        let berlin = ZoneRules::bundled().zone("Europe/Berlin").unwrap();
        let mover = Mover::new(day("2026-11-02"), &berlin);
        let at = berlin.instant(day("2026-11-03").and_hms_opt(22, 14, 5).unwrap());
        assert_eq!(moved_civil(mover.instant(at)), Some((1, NaiveTime::from_hms_opt(22, 14, 5).unwrap())));
        assert_eq!(mover.instant(Millis::MAX), Millis::MAX);
    }

    #[test]
    fn periods_are_told_by_their_number() {
        let mover = Mover::new(day("2026-11-01"), &Zone::utc());
        let of = |label: &str| period_offset(&Period::parse(&mover.label(label)).unwrap()).unwrap();
        assert_eq!(of("2026-11"), (Unit::Month, 0));
        assert_eq!(of("2026-10"), (Unit::Month, -1));
        assert_eq!(of("2025-11"), (Unit::Month, -12));
        assert_eq!(of("2026-Q4"), (Unit::Quarter, 0));
        assert_eq!(of("2026-Q3"), (Unit::Quarter, -1));
        assert_eq!(of("2024"), (Unit::Year, -2));
        assert_eq!(of("FY2026-10-Q1"), (Unit::Quarter, 0));
        assert_eq!(of("FY2026-02-Q1"), (Unit::Quarter, -3));
        assert_eq!(of("FY2026-02"), (Unit::Year, 0));
        assert_eq!(of("FY2024-12"), (Unit::Year, -1));
        assert_eq!(of("2026-11-30"), (Unit::Day, 29));
        // The first of November 2026 is a Sunday: the month begins in the week of its first day.
        assert_eq!(of("2026-W44"), (Unit::Week, 0));
        assert_eq!(of("2026-W45"), (Unit::Week, 1));
        assert_eq!(mover.label("Deals"), "Deals");
        let weekly = Mover::new(day("2026-11-16"), &Zone::utc());
        let of = |label: &str| period_offset(&Period::parse(&weekly.label(label)).unwrap()).unwrap();
        assert_eq!(
            (of("2026-W47"), of("2026-W46"), of("2025-W47")),
            ((Unit::Week, 0), (Unit::Week, -1), (Unit::Week, -52))
        );
    }
}
