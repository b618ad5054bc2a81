//! Dates told by their distance from the period's first day ([`crate::calendar::relative`]), in words. `None`: a true date,
//! which is worded as such.

use crate::calendar::period::{Period, Unit};
use crate::calendar::relative::{day_offset, moved_civil, period_offset, week_number};
use crate::calendar::{Millis, Span};
use chrono::NaiveDate;

/// `day 3, 22:14`.
pub(super) fn moment(at: Millis) -> Option<String> {
    let (day, time) = moved_civil(at)?;
    Some(format!("{}, {}", counted_day(day), time.format("%H:%M")))
}

/// `day 1, 00:00 to day 8, 00:00`.
pub(super) fn span(span: &Span) -> Option<String> {
    Some(format!("{} to {}", moment(span.from)?, moment(span.to)?))
}

/// `Tuesday of week 1 (day 2)`.
pub(super) fn day(day: NaiveDate) -> Option<String> {
    let (offset, week) = (day_offset(day)?, week_number(day)?);
    Some(match offset {
        0.. => format!("{} of week {week} (day {})", day.format("%A"), offset + 1),
        _ => format!("{}, {}", day.format("%A"), counted_day(offset)),
    })
}

/// `Week 1`, `The month before`, `12 months before`, or its first and last day.
pub(super) fn period(period: &Period) -> Option<String> {
    let Some((unit, offset)) = period_offset(period) else {
        let last = period.end - chrono::Days::new(1);
        return Some(format!("{} to {}", day(period.first)?, day(last)?));
    };
    let name = unit_name(unit);
    Some(match offset {
        0.. if unit == Unit::Day => day(period.first)?,
        0.. => format!("{} {}", super::first_upper(name), offset + 1),
        -1 => format!("The {name} before"),
        _ => format!("{} {name}s before", -offset),
    })
}

/// As short as an axis needs it: `Tue, day 2`, `day 2`, `week 1`, `month -1`.
pub(super) fn short(period: &Period, count: usize) -> Option<String> {
    let (unit, offset) = period_offset(period)?;
    Some(match unit {
        Unit::Day if count <= 8 && offset >= 0 => format!("{}, day {}", period.first.format("%a"), offset + 1),
        // Before the first there is no day 0: it is counted back from there.
        _ if offset < 0 => format!("{} {offset}", unit_name(unit)),
        _ => format!("{} {}", unit_name(unit), offset + 1),
    })
}

fn counted_day(offset: i64) -> String {
    match offset {
        0.. => format!("day {}", offset + 1),
        -1 => "the day before".to_owned(),
        _ => format!("{} days before", -offset),
    }
}

fn unit_name(unit: Unit) -> &'static str {
    match unit {
        Unit::Day => "day",
        Unit::Week => "week",
        Unit::Month => "month",
        Unit::Quarter => "quarter",
        Unit::Year => "year",
    }
}

#[cfg(test)]
mod tests {
    use crate::calendar::period::Period;
    use crate::calendar::relative::Mover;
    use crate::calendar::zone::Zone;
    use crate::wording;

    #[test]
    fn moved_dates_are_told_by_their_distance() {
        let zone = Zone::utc();
        let mover = Mover::new("2026-11-16".parse().unwrap(), &zone);
        let at = |text: &str| mover.instant(chrono::DateTime::parse_from_rfc3339(text).unwrap().timestamp_millis());
        assert_eq!(wording::moment(at("2026-11-18T22:14:00Z"), &zone), "day 3, 22:14");
        assert_eq!(wording::moment(at("2026-11-14T22:14:00Z"), &zone), "2 days before, 22:14");
        assert_eq!(wording::moment_both(at("2026-11-15T06:00:00Z"), &zone), "the day before, 06:00");
        let period = |label: &str| wording::period(&mover.period(&Period::parse(label).unwrap()));
        assert_eq!(period("2026-W47"), "Week 1");
        assert_eq!(period("2026-W46"), "The week before");
        assert_eq!(period("2025-W47"), "52 weeks before");
        assert_eq!(period("2026-11-17"), "Tuesday of week 1 (day 2)");
        let short = |label: &str, count| wording::short_period(&mover.label(label), count);
        assert_eq!((short("2026-11-17", 7), short("2026-11-17", 30)), ("Tue, day 2".to_owned(), "day 2".to_owned()));
        assert_eq!(short("2026-W45", 13), "week -2");
    }
}
