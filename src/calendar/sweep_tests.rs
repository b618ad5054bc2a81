//! The sweep: every cadence over ten years in the zones of the world; each period once, in order, after it is over.

use super::cadence::{Cadence, Covers, Firing};
use super::crontab::Crontab;
use super::fiscal::FiscalStart;
use super::period::{Period, Unit};
use super::workdays::{Holidays, MonthDay, Shift, Workdays, easter};
use super::zone::{Zone, ZoneRules};
use chrono::{Datelike, Days, NaiveDate, NaiveTime, Weekday};
use std::fmt::Write as _;
use std::sync::Arc;

/// Zones whose clocks do what clocks rarely do: gaps at midnight, of half an hour, of a day; odd distances; none at all.
const ODD: [&str; 14] = [
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/New_York",
    "America/Nuuk",
    "America/Santiago",
    "America/St_Johns",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Apia",
    "Pacific/Chatham",
    "UTC",
];

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn cadences() -> Vec<(String, Cadence)> {
    let holidays = (2000..2060).flat_map(|year| {
        let easter = easter(year).unwrap();
        let fixed = [(1, 1), (5, 1), (12, 25), (12, 26)].map(|(m, d)| NaiveDate::from_ymd_opt(year, m, d).unwrap());
        fixed.into_iter().chain([easter - Days::new(2), easter + Days::new(1)])
    });
    let days = holidays.map(|day| (day, "Holiday".to_owned())).collect();
    let workdays = Workdays {
        holidays: Some(Arc::new(Holidays { name: "test".into(), days, spelled_until: None })),
        ..Workdays::default()
    };
    let mut all = Vec::new();
    let mut add = |name: String, firing: Firing, covers: Covers, shift: Option<Shift>| {
        all.push((name, Cadence { firing, covers, workdays: workdays.clone(), shift }));
    };
    for text in ["00:00:00", "02:15:00", "02:30:00", "23:30:00"] {
        let at: NaiveTime = text.parse().unwrap();
        add(format!("daily {text}"), Firing::Daily { at }, Covers::Last(Unit::Day), None);
        for on in [Weekday::Mon, Weekday::Sun] {
            add(format!("weekly {on} {text}"), Firing::Weekly { on, at }, Covers::Last(Unit::Week), None);
        }
        for (every, unit) in [(1, Unit::Month), (3, Unit::Quarter), (12, Unit::Year)] {
            for day in [
                MonthDay::Number(1),
                MonthDay::Number(30),
                MonthDay::Last,
                MonthDay::Weekday(1, Weekday::Mon),
                MonthDay::LastWeekday(Weekday::Fri),
                MonthDay::Workday(1),
                MonthDay::WorkdayFromEnd(1),
            ] {
                add(
                    format!("{unit:?} {day:?} {text}"),
                    Firing::Monthly { every, first: 1, day, at },
                    Covers::Last(unit),
                    None,
                );
            }
        }
        for month in [2, 4, 7, 10, 12] {
            let start = FiscalStart::new(month);
            for (every, unit) in [(3, Unit::Quarter), (12, Unit::Year)] {
                let unit = unit.beginning(start);
                for day in [MonthDay::Number(1), MonthDay::Last, MonthDay::Workday(1)] {
                    let firing = Firing::Monthly { every, first: month, day, at };
                    add(format!("{unit:?} {day:?} {text}"), firing, Covers::Last(unit), None);
                }
            }
        }
        let shift = Some(Shift::After);
        add(format!("daily after {text}"), Firing::Daily { at }, Covers::Last(Unit::Day), shift);
        let first = Firing::Monthly { every: 1, first: 1, day: MonthDay::Number(1), at };
        add(format!("monthly after {text}"), first, Covers::Last(Unit::Month), shift);
        let late = Firing::Monthly { every: 1, first: 1, day: MonthDay::Number(15), at };
        add(format!("monthly before {text}"), late, Covers::Last(Unit::Month), Some(Shift::Before));
    }
    for (expression, covers) in [
        ("30 2 * * *", Covers::Last(Unit::Day)),
        ("15 2 * * FRI-MON", Covers::SinceLastFiring),
        ("0 0 13 * FRI", Covers::SinceLastFiring),
        ("0 0 29 FEB *", Covers::SinceLastFiring),
        ("0 30 2 * * 7", Covers::Last(Unit::Week)),
    ] {
        add(format!("cron {expression}"), Firing::Cron(Crontab::parse(expression).unwrap()), covers, None);
    }
    all
}

/// How many periods of a unit begin in a span, counted day by day.
fn begins(unit: Unit, from: NaiveDate, end: NaiveDate) -> usize {
    let begins = |day: &NaiveDate| match unit {
        Unit::Day => true,
        Unit::Week => day.weekday() == Weekday::Mon,
        Unit::Month => day.day() == 1,
        Unit::Quarter => day.day() == 1 && day.month() % 3 == 1,
        Unit::Year => day.ordinal() == 1,
        Unit::FiscalQuarter(start) => day.day() == 1 && day.month().abs_diff(start.month()) % 3 == 0,
        Unit::FiscalYear(start) => day.day() == 1 && day.month() == start.month(),
    };
    from.iter_days().take_while(|day| *day < end).filter(begins).count()
}

/// Sweeps one cadence over the periods that begin in ten years, in one zone: how many firings there were.
fn sweep(name: &str, cadence: &Cadence, zone: &Zone, from: NaiveDate, end: NaiveDate) -> usize {
    let all = cadence.firings_from(from).skip_while(|firing| firing.period.first < from);
    let firings: Vec<_> = all.take_while(|firing| firing.period.first < end).collect();
    if let Covers::Last(unit) = cadence.covers {
        assert_eq!(firings.len(), begins(unit, from, end), "{name} {}", zone.name());
        assert_eq!(firings[0].period, Period::containing(unit, firings[0].period.first), "{name}");
    }
    let mut before: Option<(i64, i64, NaiveDate)> = None;
    for firing in &firings {
        let (at, span) = (zone.instant(firing.civil), firing.period.span(zone));
        assert!(span.from <= span.to && span.to <= at, "{name} {} {firing:?}", zone.name());
        assert_eq!(Period::parse(&firing.period.label()).as_ref(), Some(&firing.period), "{name}");
        if let Some((sent, to, next)) = before {
            assert!(sent <= at, "{name} {} {firing:?} comes before the one before", zone.name());
            assert_eq!((to, next), (span.from, firing.period.first), "{name} {} {firing:?}", zone.name());
        }
        before = Some((at, span.to, firing.period.end));
    }
    firings.len()
}

#[test]
fn each_period_once_and_in_order_in_odd_zones() {
    let rules = ZoneRules::bundled();
    let mut firings = 0;
    for (index, (name, cadence)) in cadences().iter().enumerate() {
        // Every cadence in some of the zones, over the day that Samoa left out and over a leap year.
        for zone in ODD.iter().skip(index % 5).step_by(5) {
            firings += sweep(name, cadence, &rules.zone(zone).unwrap(), day("2011-06-06"), day("2012-12-31"));
        }
    }
    assert!(firings > 10_000, "{firings}");
}

/// `.ci/long` runs it: every zone, ten years back and ten ahead.
#[test]
#[ignore = "takes minutes; .ci/long runs it"]
fn each_period_once_and_in_order_in_every_zone() {
    let (rules, cadences) = (ZoneRules::bundled(), cadences());
    let names = rules.names();
    let mut firings = 0;
    for name in &names {
        let zone = rules.zone(name).unwrap();
        for (kind, cadence) in &cadences {
            firings += sweep(kind, cadence, &zone, day("2011-01-03"), day("2021-01-04"));
            firings += sweep(kind, cadence, &zone, day("2026-01-05"), day("2036-01-07"));
        }
    }
    println!(
        "{} cadences in {} zones ({}): {firings} firings, each period once",
        cadences.len(),
        names.len(),
        rules.version
    );
}

/// `.ci/long` compares what this writes with croniter: a line for each expression, with its firings from 2024 to 2027, or
/// why it is refused.
#[test]
#[ignore = "writes the file that QUARTERDAY_CRON names; .ci/long runs it"]
fn cron_firings_for_another_implementation() {
    let mut seed: u64 = 20_261_127;
    let mut next = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let mut field = |least: u64, most: u64, names: &[&str]| {
        let one = |next: &mut dyn FnMut(u64) -> u64| {
            let value = least + next(most - least + 1);
            match names.get((value - least) as usize) {
                Some(name) if next(2) == 0 => (*name).to_owned(),
                _ => value.to_string(),
            }
        };
        match next(8) {
            0..=2 => "*".to_owned(),
            3 => format!("*/{}", 1 + next(most)),
            4 => format!("{}-{}", one(&mut next), one(&mut next)),
            5 => format!("{}-{}/{}", one(&mut next), one(&mut next), 1 + next(5)),
            6 => format!("{},{}", one(&mut next), one(&mut next)),
            _ => one(&mut next),
        }
    };
    let months = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
    let weekdays = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
    let mut out = String::new();
    for _ in 0..20_000 {
        let (minute, hour) = (field(0, 59, &[]), field(0, 23, &[]));
        let (of_month, month, weekday) = (field(1, 31, &[]), field(1, 12, &months), field(0, 7, &weekdays));
        // One in four with seconds in front.
        let seconds = field(0, 3, &[]);
        let seconds = if seconds == "0" { field(0, 59, &[]) + " " } else { String::new() };
        let expression = format!("{seconds}{minute} {hour} {of_month} {month} {weekday}");
        match Crontab::parse(&expression) {
            Err(refused) => writeln!(out, "{expression}\t!{refused}").unwrap(),
            Ok(crontab) => {
                let days = day("2024-01-01").iter_days().take_while(|day| day.year() < 2028);
                let fires = days.filter(|day| crontab.fires_on(*day));
                let moments = fires.flat_map(|day| crontab.times().map(move |time| day.and_time(time)));
                let shown: Vec<String> =
                    moments.take(50).map(|at| at.format("%Y-%m-%dT%H:%M:%S").to_string()).collect();
                writeln!(out, "{expression}\t{}", shown.join(" ")).unwrap();
            }
        }
    }
    std::fs::write(std::env::var("QUARTERDAY_CRON").unwrap(), out).unwrap();
}
