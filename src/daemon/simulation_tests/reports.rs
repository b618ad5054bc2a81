//! Reports: definitions of mixed cadences, each with the editions that it must have, found by plain date arithmetic and by
//! nothing of the scheduler: an oracle of its own.

use super::chance::Chance;
use crate::calendar::Millis;
use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, Weekday};

pub(super) const MINUTE: Millis = 60_000;
pub(super) const HOUR: Millis = 60 * MINUTE;
pub(super) const DAY: Millis = 24 * HOUR;

/// A report, and what is asked of it.
#[derive(Clone, Debug)]
pub(super) struct Report {
    pub(super) stem: String,
    kind: Kind,
    at: (u32, u32),
    zone: Place,
    /// Closing delay.
    after: Millis,
    /// It waits so long for a source that never comes.
    in_vain: Option<Millis>,
    pub(super) catch_up: &'static str,
    since: NaiveDate,
    pub(super) to: Vec<String>,
    hold: bool,
}

/// An edition that must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) period: String,
    /// When it is due.
    pub(super) due: Millis,
    /// Whoever begins it later must say that it is late.
    pub(super) late_after: Millis,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Daily,
    Weekly(Weekday),
    Monthly(u32),
    LastOfMonth,
    Quarterly,
    Yearly,
    /// Monday to Friday, by cron, each covering the day before.
    Weekdays,
    /// The 1st and the 15th, by cron, each covering the days since the other.
    TwiceAMonth,
    FirstFriday,
    ThirdBusinessDay,
    /// The 15th, or the Monday after if that is at a weekend.
    Shifted,
}

#[derive(Clone, Copy, Debug)]
enum Place {
    Utc,
    Kolkata,
    Berlin,
    NewYork,
}

impl Place {
    fn name(self) -> &'static str {
        match self {
            Place::Utc => "UTC",
            Place::Kolkata => "Asia/Kolkata",
            Place::Berlin => "Europe/Berlin",
            Place::NewYork => "America/New_York",
        }
    }

    /// Summer of a year, and the offset outside of it, in hours; `None`: there is no summer time, only an offset in minutes.
    fn summer(self, year: i32) -> Option<(Millis, Millis, i64)> {
        let nth_sunday = |month: u32, nth: u64| {
            let first = day(year, month, 1);
            let ahead = (7 - first.weekday().num_days_from_sunday()) % 7;
            first + Days::new(u64::from(ahead) + 7 * (nth - 1))
        };
        // March and October have 31 days: their last Sunday is the one of the last seven.
        let last_sunday = |month: u32| {
            let last = day(year, month, 31);
            last - Days::new(u64::from(last.weekday().num_days_from_sunday()))
        };
        match self {
            Place::Utc | Place::Kolkata => None,
            Place::Berlin => Some((utc(last_sunday(3), 1), utc(last_sunday(10), 1), 1)),
            Place::NewYork => Some((utc(nth_sunday(3, 2), 7), utc(nth_sunday(11, 1), 6), -5)),
        }
    }

    /// The instant of a civil moment: in a gap the first one after it, in an overlap the first of the two.
    fn instant(self, civil: NaiveDateTime) -> Millis {
        let as_utc = civil.and_utc().timestamp_millis();
        let Some((begins, ends, winter)) = self.summer(civil.year()) else {
            return if matches!(self, Place::Kolkata) { as_utc - 330 * MINUTE } else { as_utc };
        };
        let (in_summer, in_winter) = (as_utc - (winter + 1) * HOUR, as_utc - winter * HOUR);
        let is_summer = |at: Millis| (begins..ends).contains(&at);
        match (is_summer(in_summer), is_summer(in_winter)) {
            (true, _) => in_summer,
            (false, false) => in_winter,
            // It is neither summer by summer time nor winter by winter time: it was skipped.
            (false, true) => begins,
        }
    }
}

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).unwrap()
}

fn utc(day: NaiveDate, hour: u32) -> Millis {
    day.and_hms_opt(hour, 0, 0).unwrap().and_utc().timestamp_millis()
}

fn is_weekend(day: NaiveDate) -> bool {
    day.weekday().number_from_monday() > 5
}

/// The month before, by its first day.
fn month_before(day: NaiveDate) -> NaiveDate {
    (day.with_day(1).unwrap() - Days::new(1)).with_day(1).unwrap()
}

impl Kind {
    /// What is sent on a day: the first day of its period, and the period's label.
    fn sent_on(self, day: NaiveDate) -> Option<(NaiveDate, String)> {
        let number = day.day();
        let whole_day = |one: NaiveDate| (one, one.format("%Y-%m-%d").to_string());
        let month = || {
            let first = month_before(day);
            (first, first.format("%Y-%m").to_string())
        };
        match self {
            Kind::Daily => Some(whole_day(day - Days::new(1))),
            Kind::Weekdays => (!is_weekend(day)).then(|| whole_day(day - Days::new(1))),
            Kind::Weekly(on) => (day.weekday() == on).then(|| {
                let first = day - Days::new(u64::from(day.weekday().num_days_from_monday()) + 7);
                (first, format!("{}-W{:02}", first.iso_week().year(), first.iso_week().week()))
            }),
            Kind::Monthly(on) => (number == on).then(month),
            Kind::LastOfMonth => ((day + Days::new(1)).day() == 1).then(month),
            Kind::FirstFriday => (day.weekday() == Weekday::Fri && number <= 7).then(month),
            Kind::ThirdBusinessDay => {
                let worked = (1..=number).filter(|n| !is_weekend(day.with_day(*n).unwrap())).count();
                (worked == 3 && !is_weekend(day)).then(month)
            }
            Kind::Shifted => {
                let moved = day.weekday() == Weekday::Mon && (16..=17).contains(&number);
                ((number == 15 && !is_weekend(day)) || moved).then(month)
            }
            Kind::Quarterly => (number == 5 && day.month() % 3 == 1).then(|| {
                let first = (0..3).fold(day, |day, _| month_before(day));
                (first, format!("{}-Q{}", first.year(), first.month().div_ceil(3)))
            }),
            Kind::Yearly => (number == 2 && day.month() == 1)
                .then(|| (day.with_year(day.year() - 1).unwrap().with_day(1).unwrap(), (day.year() - 1).to_string())),
            Kind::TwiceAMonth => match number {
                1 => Some(month_before(day) + Days::new(14)),
                15 => Some(day - Days::new(14)),
                _ => None,
            }
            .map(|first| (first, format!("{first}..{}", day - Days::new(1)))),
        }
    }

    fn written(self, (hour, minute): (u32, u32)) -> String {
        let at = format!("at: \"{hour:02}:{minute:02}\"");
        match self {
            Kind::Daily => format!("every: day, {at}"),
            Kind::Weekly(on) => {
                let names = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];
                format!("every: week, on: {}, {at}", names[on.num_days_from_monday() as usize])
            }
            Kind::Monthly(on) => format!("every: month, day: {on}, {at}"),
            Kind::LastOfMonth => format!("every: month, day: last, {at}"),
            Kind::FirstFriday => format!("every: month, day: first friday, {at}"),
            Kind::ThirdBusinessDay => format!("every: month, day: 3rd business day, {at}"),
            Kind::Shifted => format!("every: month, day: 15, shift: after, {at}"),
            Kind::Quarterly => format!("every: quarter, day: 5, {at}"),
            Kind::Yearly => format!("every: year, day: 2, {at}"),
            Kind::Weekdays => format!("cron: \"{minute} {hour} * * MON-FRI\", period: day"),
            Kind::TwiceAMonth => format!("cron: \"{minute} {hour} 1,15 * *\""),
        }
    }

    /// Not before this day, so that the first firings of a life have whole periods.
    fn since(self, start: NaiveDate) -> NaiveDate {
        let first = start.with_day(1).unwrap();
        match self {
            Kind::Yearly => day(start.year() - 1, 1, 1),
            Kind::Quarterly => month_before(month_before(month_before(first))),
            _ => first,
        }
    }
}

impl Report {
    /// The definition's file.
    pub(super) fn text(&self) -> String {
        let mut schedule = format!("{}, timezone: {}", self.kind.written(self.at), self.zone.name());
        if self.after > 0 {
            schedule.push_str(&format!(", after: {}m", self.after / MINUTE));
        }
        if let Some(in_vain) = self.in_vain {
            schedule.push_str(&format!(", wait_for: never, at_most: {}h", in_vain / HOUR));
        }
        schedule.push_str(&format!(", catch_up: {}, since: {}", self.catch_up, self.since));
        let recipients: String = self.to.iter().map(|to| format!("  - {{ to: {to}, formats: [pdf] }}\n")).collect();
        let hold = if self.hold { "on_unknown: hold\n" } else { "" };
        format!(
            "title: Report {}\nowner: owner@example.com\nschedule: {{ {schedule} }}\n{hold}sections: [coverage]\nrecipients:\n{recipients}",
            self.stem
        )
    }

    /// Every edition that must be there at an instant, in order of time.
    pub(super) fn expected(&self, now: Millis) -> Vec<Expected> {
        let last = DateTime::from_timestamp_millis(now).unwrap().date_naive() + Days::new(1);
        let days = self.since.iter_days().take_while(|day| *day <= last);
        let mut all: Vec<Expected> = days
            .filter_map(|day| Some((day, self.kind.sent_on(day)?)))
            .filter(|(_, (first, _))| *first >= self.since)
            .map(|(day, (_, period))| {
                let fired = self.zone.instant(day.and_hms_opt(self.at.0, self.at.1, 0).unwrap());
                let due = fired + self.after.max(self.in_vain.unwrap_or(0));
                Expected { period, due, late_after: due + HOUR }
            })
            .collect();
        all.retain(|expected| expected.due <= now);
        all
    }
}

/// So many reports of mixed cadences: a third of them daily, the others of every other kind, in four zones, at all hours.
pub(super) fn reports(count: usize, start: NaiveDate, chance: &mut Chance) -> Vec<Report> {
    let weekdays = [Weekday::Mon, Weekday::Tue, Weekday::Wed, Weekday::Thu, Weekday::Fri, Weekday::Sat, Weekday::Sun];
    let people: Vec<String> = (1..=9).map(|number| format!("reader{number}@example.com")).collect();
    (0..count)
        .map(|number| {
            let kind = match number % 15 {
                0 | 4 | 7 | 9 | 12 => Kind::Daily,
                1 | 8 => Kind::Weekly(*chance.one_of(&weekdays)),
                2 => Kind::Weekdays,
                3 => Kind::Monthly(u32::try_from(chance.between(1, 28)).unwrap()),
                5 => Kind::TwiceAMonth,
                6 => Kind::LastOfMonth,
                10 => Kind::Quarterly,
                11 => Kind::FirstFriday,
                13 => Kind::ThirdBusinessDay,
                _ if number % 2 == 0 => Kind::Shifted,
                _ => Kind::Yearly,
            };
            // Some fire where clocks are changed: between two and three at night.
            let at = if number % 10 == 9 { (2, 30) } else { (chance.between(0, 23), 5 * chance.between(0, 11)) };
            let readers = chance.between(1, 3);
            let mut to: Vec<String> = (0..readers).map(|_| chance.one_of(&people).clone()).collect();
            to.sort();
            to.dedup();
            Report {
                stem: format!("report-{number:02}"),
                kind,
                at: (u32::try_from(at.0).unwrap(), u32::try_from(at.1).unwrap()),
                zone: *chance.one_of(&[Place::Utc, Place::Kolkata, Place::Berlin, Place::NewYork]),
                after: if chance.once_in(2_000) { chance.between(1, 300) * MINUTE } else { 0 },
                in_vain: chance.once_in(800).then(|| chance.between(1, 30) * HOUR),
                catch_up: match number % 12 {
                    7 if chance.once_in(5_000) => "latest",
                    7 => "none",
                    _ => "all",
                },
                since: kind.since(start),
                to,
                hold: chance.once_in(1_000),
            }
        })
        .collect()
}

#[test]
fn the_oracle_knows_summer_time_and_labels() {
    let at = |place: Place, text: &str| {
        DateTime::from_timestamp_millis(place.instant(text.parse().unwrap())).unwrap().format("%m-%dT%H:%M").to_string()
    };
    assert_eq!(at(Place::Berlin, "2027-03-28T02:30:00"), "03-28T01:00");
    assert_eq!(at(Place::Berlin, "2027-10-31T02:30:00"), "10-31T00:30");
    assert_eq!(at(Place::Berlin, "2027-01-15T07:00:00"), "01-15T06:00");
    assert_eq!(at(Place::NewYork, "2027-03-14T02:30:00"), "03-14T07:00");
    assert_eq!(at(Place::NewYork, "2027-11-07T01:30:00"), "11-07T05:30");
    assert_eq!(at(Place::Kolkata, "2027-07-01T05:30:00"), "07-01T00:00");
    let label = |kind: Kind, day: &str| kind.sent_on(day.parse().unwrap()).map(|(_, label)| label);
    assert_eq!(label(Kind::Weekly(Weekday::Mon), "2027-01-04").as_deref(), Some("2026-W53"));
    assert_eq!(label(Kind::Shifted, "2027-05-17").as_deref(), Some("2027-04"));
    assert_eq!(label(Kind::Quarterly, "2027-01-05").as_deref(), Some("2026-Q4"));
    assert_eq!(label(Kind::TwiceAMonth, "2027-03-01").as_deref(), Some("2027-02-15..2027-02-28"));
    assert_eq!(label(Kind::ThirdBusinessDay, "2027-05-05").as_deref(), Some("2027-04"));
}
