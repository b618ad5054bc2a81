//! Moments, days, periods and durations in words, always with their zone where it is not plain.

use super::relative;
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use chrono::{Datelike, Days, NaiveDate};

/// `30 Nov 2026 02:51` in a zone.
pub fn moment(at: Millis, zone: &Zone) -> String {
    if let Some(words) = relative::moment(at) {
        return words;
    }
    zone.civil(at).format("%-d %b %Y %H:%M").to_string()
}

/// `1 Dec 2026 07:00 (2026-12-01T06:00:00Z)`.
pub fn moment_both(at: Millis, zone: &Zone) -> String {
    if let Some(words) = relative::moment(at) {
        return words;
    }
    format!("{} ({})", moment(at, zone), utc(at))
}

fn utc(at: Millis) -> String {
    Zone::utc().civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-10-31T23:00:00Z to 2026-11-30T23:00:00Z`.
pub fn span_utc(span: &Span) -> String {
    if let Some(words) = relative::span(span) {
        return words;
    }
    format!("{} to {}", utc(span.from), utc(span.to))
}

/// `2026-11-01 00:00 (+01:00) to 2026-12-01 00:00 (+01:00), Europe/Berlin`.
pub fn span_local(span: &Span, zone: &Zone) -> String {
    if let Some(words) = relative::span(span) {
        return words;
    }
    let one = |at: Millis| {
        let minutes = zone.offset_at(at) / 60;
        let sign = if minutes < 0 { '-' } else { '+' };
        let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
        format!("{} ({offset})", zone.civil(at).format("%Y-%m-%d %H:%M"))
    };
    format!("{} to {}, {}", one(span.from), one(span.to), zone.name())
}

/// `Monday 30 November 2026`.
pub fn day(day: NaiveDate) -> String {
    relative::day(day).unwrap_or_else(|| day.format("%A %-d %B %Y").to_string())
}

/// A period in words: `Monday 30 November 2026`, `week 48 of 2026 (Mon 23 to Sun 29 November)`, `November 2026`,
/// `fourth quarter of 2026`, `2026`, or its first and last day.
pub fn period(period: &Period) -> String {
    if let Some(words) = relative::period(period) {
        return words;
    }
    let (first, last) = (period.first, period.end - Days::new(1));
    match period.unit {
        Some(Unit::Day) => day(first),
        Some(Unit::Week) => {
            let week = first.iso_week();
            let from = if first.month() == last.month() { "%a %-d" } else { "%a %-d %B" };
            format!("Week {} of {} ({} to {})", week.week(), week.year(), first.format(from), last.format("%a %-d %B"))
        }
        Some(Unit::Month) => first.format("%B %Y").to_string(),
        Some(Unit::Quarter) => {
            let name = ["First", "Second", "Third", "Fourth"].get(first.month0() as usize / 3).copied().unwrap_or("");
            format!("{name} quarter of {}", first.year())
        }
        Some(Unit::Year) => first.year().to_string(),
        None => format!("{} to {}", day(first), day(last)),
    }
}

/// A period's label in words; the label itself if it is none.
pub fn period_label(label: &str) -> String {
    Period::parse(label).map_or_else(|| label.to_owned(), |found| period(&found))
}

/// A period's label as short as an axis needs it, among `count` of them.
pub fn short_period(label: &str, count: usize) -> String {
    let Some(period) = Period::parse(label) else { return label.to_owned() };
    if let Some(words) = relative::short(&period, count) {
        return words;
    }
    let first = period.first;
    match period.unit {
        Some(Unit::Day) if count <= 8 => first.format("%a %-d %b").to_string(),
        Some(Unit::Day) => first.format("%-d %b").to_string(),
        Some(Unit::Week) => format!("W{}", first.iso_week().week()),
        Some(Unit::Month) => first.format("%b %y").to_string(),
        Some(Unit::Quarter) => format!("Q{} {}", first.month0() / 3 + 1, first.format("%y")),
        _ => label.to_owned(),
    }
}

/// `24 hours`, `5 minutes`, `2 days 3 hours`.
pub fn duration(millis: Millis) -> String {
    let units = [
        (86_400_000, "day", "days"),
        (3_600_000, "hour", "hours"),
        (60_000, "minute", "minutes"),
        (1_000, "second", "seconds"),
    ];
    if millis == 86_400_000 {
        return "24 hours".to_owned();
    }
    let mut rest = millis.max(0);
    let mut parts = Vec::new();
    for (size, one, many) in units {
        let count = rest / size;
        rest %= size;
        if count > 0 && parts.len() < 2 {
            parts.push(super::plural(count, one, many));
        } else if !parts.is_empty() {
            break;
        }
    }
    if parts.is_empty() { "less than a second".to_owned() } else { parts.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_words() {
        for (label, words) in [
            ("2026-11-30", "Monday 30 November 2026"),
            ("2026-W48", "Week 48 of 2026 (Mon 23 to Sun 29 November)"),
            ("2026-W49", "Week 49 of 2026 (Mon 30 November to Sun 6 December)"),
            ("2026-11", "November 2026"),
            ("2026-Q4", "Fourth quarter of 2026"),
            ("2026", "2026"),
            ("garbage", "garbage"),
        ] {
            assert_eq!(period_label(label), words);
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration(86_400_000), "24 hours");
        assert_eq!(duration(90 * 60_000), "1 hour 30 minutes");
        assert_eq!(duration(3 * 86_400_000 + 60_000), "3 days");
        assert_eq!(duration(10), "less than a second");
    }
}
