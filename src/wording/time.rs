//! Moments, days, periods and durations in words, always with their zone where it is not plain.

use super::{Dates, Words};
use crate::calendar::period::{Period, Unit};
use crate::calendar::zone::Zone;
use crate::calendar::{Millis, Span};
use chrono::{Datelike, Days, NaiveDate, NaiveDateTime};

fn utc(at: Millis) -> String {
    Zone::utc().civil(at).format("%Y-%m-%dT%H:%M:%SZ").to_string()
}

/// `2026-10-31T23:00:00Z to 2026-11-30T23:00:00Z`: ISO 8601 in every language, but for the word between.
pub fn span_utc(words: &Words, span: &Span) -> String {
    if let Some(said) = words.moved_span(span) {
        return said;
    }
    words.say("date.span", &[("from", &utc(span.from)), ("to", &utc(span.to))])
}

impl Words {
    /// A text of a date with its places filled.
    pub(super) fn dated(&self, key: &str, day: NaiveDate, more: &[(&str, &str)]) -> String {
        let weekday = day.weekday().number_from_monday();
        let parts = [
            ("weekday", self.item("weekdays", weekday)),
            ("wd", self.item("weekdays_short", weekday)),
            ("d", day.day().to_string()),
            ("month", self.item("months", day.month())),
            ("mon", self.item("months_short", day.month())),
            ("year", day.year().to_string()),
            ("yy", format!("{:02}", day.year().rem_euclid(100))),
        ];
        let mut with: Vec<(&str, &str)> = parts.iter().map(|(name, text)| (*name, text.as_str())).collect();
        with.extend(more);
        self.say(key, &with)
    }

    /// A weekday's name, from Monday, 1.
    pub fn weekday(&self, number: u32) -> String {
        self.item("weekdays", number)
    }

    /// `30 Nov 2026 02:51` in a zone.
    pub fn moment(&self, at: Millis, zone: &Zone) -> String {
        if let Some(said) = self.moved_moment(at) {
            return said;
        }
        let civil = zone.civil(at);
        match self.dates {
            Dates::Iso => civil.format("%Y-%m-%d %H:%M").to_string(),
            Dates::Words => self.dated("date.moment", civil.date(), &[("time", &civil.format("%H:%M").to_string())]),
        }
    }

    /// A civil time in a list of events, as short as the period allows: `14:05:00` in one of a day, `3 Mar 14:05` in one of a
    /// year at most.
    pub fn event_time(&self, at: NaiveDateTime, days: i64) -> String {
        let time = at.format("%H:%M").to_string();
        if let Some(said) = self.moved_moment(at.and_utc().timestamp_millis()).filter(|_| days > 1) {
            return said;
        }
        match (days, self.dates) {
            (..=1, _) => at.format("%H:%M:%S").to_string(),
            (_, Dates::Iso) => at.format("%Y-%m-%d %H:%M").to_string(),
            (2..=366, Dates::Words) => self.dated("date.short_moment", at.date(), &[("time", &time)]),
            (_, Dates::Words) => self.dated("date.moment", at.date(), &[("time", &time)]),
        }
    }
    /// The first instant that is too late, as the last one that is not: that of a whole day is `2 Dec 2026 24:00` (ISO 8601-1).
    pub fn until(&self, at: Millis, zone: &Zone) -> String {
        let civil = zone.civil(at);
        match civil.date().pred_opt().filter(|_| civil.time() == chrono::NaiveTime::MIN) {
            Some(day) => match self.dates {
                Dates::Iso => format!("{day} 24:00"),
                Dates::Words => self.dated("date.moment", day, &[("time", "24:00")]),
            },
            None => self.moment(at, zone),
        }
    }

    /// `1 Dec 2026 07:00 (2026-12-01T06:00:00Z)`.
    pub fn moment_both(&self, at: Millis, zone: &Zone) -> String {
        if let Some(said) = self.moved_moment(at) {
            return said;
        }
        format!("{} ({})", self.moment(at, zone), utc(at))
    }

    /// `2026-10-31T23:00:00Z to 2026-11-30T23:00:00Z`.
    pub fn span_utc(&self, span: &Span) -> String {
        span_utc(self, span)
    }

    /// `2026-11-01 00:00 (+01:00) to 2026-12-01 00:00 (+01:00), Europe/Berlin`.
    pub fn span_local(&self, span: &Span, zone: &Zone) -> String {
        if let Some(said) = self.moved_span(span) {
            return said;
        }
        let one = |at: Millis| {
            let minutes = zone.offset_at(at) / 60;
            let sign = if minutes < 0 { '-' } else { '+' };
            let offset = format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60);
            format!("{} ({offset})", zone.civil(at).format("%Y-%m-%d %H:%M"))
        };
        let (from, to) = (one(span.from), one(span.to));
        self.say("date.span_in_zone", &[("from", &from), ("to", &to), ("zone", zone.name())])
    }

    /// `Monday 30 November 2026`.
    pub fn day(&self, day: NaiveDate) -> String {
        if let Some(said) = self.moved_day(day) {
            return said;
        }
        match self.dates {
            Dates::Iso => day.format("%Y-%m-%d").to_string(),
            Dates::Words => self.dated("date.day", day, &[]),
        }
    }

    /// `30 November 2026`.
    pub fn date(&self, day: NaiveDate) -> String {
        if let Some(said) = self.moved_day(day) {
            return said;
        }
        match self.dates {
            Dates::Iso => day.format("%Y-%m-%d").to_string(),
            Dates::Words => self.dated("date.date", day, &[]),
        }
    }

    /// A period in words: `Monday 30 November 2026`, `Week 48 of 2026 (Mon 23 to Sun 29 November)`, `November 2026`,
    /// `Fourth quarter of 2026`, `2026`, `Fiscal year 2026/27`, or its first and last day.
    pub fn period(&self, period: &Period) -> String {
        if let Some(said) = self.moved_period(period) {
            return said;
        }
        let (first, last) = (period.first, period.end - Days::new(1));
        match period.unit {
            Some(Unit::Day) => self.day(first),
            Some(Unit::Week) => {
                let week = first.iso_week();
                let (from, to) = match self.dates {
                    Dates::Iso => (self.date(first), self.date(last)),
                    Dates::Words if first.month() == last.month() => {
                        (self.dated("date.week_from", first, &[]), self.dated("date.week_end", last, &[]))
                    }
                    Dates::Words => (self.dated("date.week_end", first, &[]), self.dated("date.week_end", last, &[])),
                };
                let (number, year) = (week.week().to_string(), week.year().to_string());
                self.say("date.week", &[("week", &number), ("year", &year), ("from", &from), ("to", &to)])
            }
            Some(Unit::Month) => self.dated("date.month", first, &[]),
            Some(Unit::Quarter) => {
                let quarter = self.item("quarters", first.month0() / 3 + 1);
                self.say("date.quarter", &[("quarter", &quarter), ("year", &first.year().to_string())])
            }
            Some(Unit::Year) => first.year().to_string(),
            Some(Unit::FiscalQuarter(start)) => {
                let (quarter, year) = (start.quarter_of(first), start.year_first(first));
                let quarter = self.item("quarters", quarter);
                self.say("date.fiscal_quarter", &[("quarter", &quarter), ("years", &both_years(year))])
            }
            Some(Unit::FiscalYear(_)) => self.say("date.fiscal_year", &[("years", &both_years(first))]),
            None => self.say("date.span", &[("from", &self.day(first)), ("to", &self.day(last))]),
        }
    }

    /// A period's label in words; the label itself if it is none.
    pub fn period_label(&self, label: &str) -> String {
        Period::parse(label).map_or_else(|| label.to_owned(), |found| self.period(&found))
    }

    /// A period's label as short as an axis needs it, among `count` of them.
    pub fn short_period(&self, label: &str, count: usize) -> String {
        let Some(period) = Period::parse(label) else { return label.to_owned() };
        if let Some(said) = self.moved_short(&period, count) {
            return said;
        }
        let first = period.first;
        match period.unit {
            Some(Unit::Day) if count <= 8 => self.dated("date.axis_weekday", first, &[]),
            Some(Unit::Day) => self.dated("date.axis_day", first, &[]),
            Some(Unit::Week) => self.say("date.axis_week", &[("week", &first.iso_week().week().to_string())]),
            Some(Unit::Month) => self.dated("date.axis_month", first, &[]),
            Some(Unit::Quarter) => {
                self.dated("date.axis_quarter", first, &[("quarter", &(first.month0() / 3 + 1).to_string())])
            }
            Some(Unit::FiscalQuarter(start)) => {
                let (quarter, year) = (start.quarter_of(first).to_string(), start.year_first(first));
                let years = both_years(year).split_off(2);
                self.say("date.axis_fiscal_quarter", &[("quarter", &quarter), ("years", &years)])
            }
            Some(Unit::FiscalYear(_)) => self.axis_fiscal_year(first),
            Some(Unit::Year) | None => label.to_owned(),
        }
    }

    /// A fiscal year that begins on this day, as short as an axis needs it.
    pub(super) fn axis_fiscal_year(&self, first: NaiveDate) -> String {
        self.say("date.axis_fiscal_year", &[("years", &both_years(first))])
    }

    /// So many days, weeks … : `12 weeks`. `by` is a dimension of time.
    pub fn periods(&self, by: &str, count: i64) -> String {
        let key = match by {
            "hour" => "duration.hours",
            "day" => "duration.days",
            "week" => "duration.weeks",
            "month" => "duration.months",
            "quarter" => "duration.quarters",
            "year" => "duration.years",
            _ => "duration.spans",
        };
        self.count(key, count)
    }

    /// `24 hours`, `5 minutes`, `2 days 3 hours`.
    pub fn duration(&self, millis: Millis) -> String {
        let units = [
            (86_400_000, "duration.days"),
            (3_600_000, "duration.hours"),
            (60_000, "duration.minutes"),
            (1_000, "duration.seconds"),
        ];
        if millis == 86_400_000 {
            return self.word("duration.day_and_night");
        }
        let mut rest = millis.max(0);
        let mut parts = Vec::new();
        for (size, key) in units {
            let count = rest / size;
            rest %= size;
            if count > 0 && parts.len() < 2 {
                parts.push(self.count(key, count));
            } else if !parts.is_empty() {
                break;
            }
        }
        if parts.is_empty() { self.word("duration.nothing") } else { parts.join(" ") }
    }
}

/// The calendar years in which a fiscal year begins and ends: `2026/27`. Whether a fiscal year is called by the one or the other
/// differs from country to country; both are understood everywhere.
fn both_years(first: NaiveDate) -> String {
    format!("{}/{:02}", first.year(), (first.year() + 1).rem_euclid(100))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_in_words() {
        let german = Words::read("de", "de.yaml", crate::wording::SHIPPED[1].1).unwrap();
        for (label, english, in_german) in [
            ("2026-11-30", "Monday 30 November 2026", "Montag, 30. November 2026"),
            ("2026-W48", "Week 48 of 2026 (Mon 23 to Sun 29 November)", "Woche 48/2026 (Mo 23. bis So 29. November)"),
            (
                "2026-W49",
                "Week 49 of 2026 (Mon 30 November to Sun 6 December)",
                "Woche 49/2026 (Mo 30. November bis So 6. Dezember)",
            ),
            ("2026-11", "November 2026", "November 2026"),
            ("2026-Q4", "Fourth quarter of 2026", "Viertes Quartal 2026"),
            ("FY2026-04-Q1", "First quarter of fiscal year 2026/27", "Erstes Quartal des Geschäftsjahres 2026/27"),
            ("FY1999-10", "Fiscal year 1999/00", "Geschäftsjahr 1999/00"),
            ("2026", "2026", "2026"),
            ("garbage", "garbage", "garbage"),
        ] {
            assert_eq!(Words::english().period_label(label), english);
            assert_eq!(german.period_label(label), in_german);
        }
        let iso = Words::english().clone().styled(None, Dates::Iso);
        assert_eq!(iso.period_label("2026-11-30"), "2026-11-30");
        assert_eq!(iso.period_label("2026-W48"), "Week 48 of 2026 (2026-11-23 to 2026-11-29)");
        assert_eq!(iso.moment(0, &Zone::utc()), "1970-01-01 00:00");
    }

    #[test]
    fn durations() {
        let duration = |millis| Words::english().duration(millis);
        assert_eq!(duration(86_400_000), "24 hours");
        assert_eq!(duration(90 * 60_000), "1 hour 30 minutes");
        assert_eq!(duration(3 * 86_400_000 + 60_000), "3 days");
        assert_eq!(duration(10), "less than a second");
    }
}
