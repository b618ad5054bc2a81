//! Tests of cadences: every period exactly once, whatever clocks do.

use super::*;
use crate::calendar::zone::ZoneRules;
use proptest::prelude::*;
use std::collections::BTreeSet;

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn time(text: &str) -> NaiveTime {
    text.parse().unwrap()
}

/// A day of the month; 32 is the last one.
fn number(day: u8) -> MonthDay {
    if day > 31 { MonthDay::Last } else { MonthDay::Number(day) }
}

fn cron(expression: &str, covers: Covers) -> Cadence {
    Cadence::new(Firing::Cron(Crontab::parse(expression).unwrap()), covers)
}

fn shown(cadence: &Cadence, from: &str, count: usize) -> Vec<String> {
    let firings = cadence.firings_from(day(from)).take(count);
    firings.map(|f| format!("{} {}", f.civil.format("%Y-%m-%d %H:%M"), f.period.label())).collect()
}

#[test]
fn each_kind_fires_when_it_says_and_covers_the_last_whole_unit() {
    let at = time("07:00:00");
    let daily = Cadence::new(Firing::Daily { at }, Covers::Last(Unit::Day));
    assert_eq!(shown(&daily, "2026-11-23", 2), ["2026-11-23 07:00 2026-11-22", "2026-11-24 07:00 2026-11-23"]);
    let weekly = Cadence::new(Firing::Weekly { on: Weekday::Mon, at }, Covers::Last(Unit::Week));
    assert_eq!(shown(&weekly, "2026-11-24", 2), ["2026-11-30 07:00 2026-W48", "2026-12-07 07:00 2026-W49"]);
    let monthly =
        |every, day, unit| Cadence::new(Firing::Monthly { every, first: 1, day: number(day), at }, Covers::Last(unit));
    assert_eq!(
        shown(&monthly(1, 32, Unit::Month), "2027-01-01", 3),
        ["2027-01-31 07:00 2026-12", "2027-02-28 07:00 2027-01", "2027-03-31 07:00 2027-02"]
    );
    assert_eq!(shown(&monthly(1, 30, Unit::Month), "2028-02-01", 1), ["2028-02-29 07:00 2028-01"]);
    assert_eq!(
        shown(&monthly(3, 1, Unit::Quarter), "2026-11-23", 2),
        ["2027-01-01 07:00 2026-Q4", "2027-04-01 07:00 2027-Q1"]
    );
    assert_eq!(shown(&monthly(12, 5, Unit::Year), "2026-11-23", 1), ["2027-01-05 07:00 2026"]);
    assert_eq!(shown(&cron("0 7 * * 1", Covers::Last(Unit::Week)), "2026-11-24", 1), ["2026-11-30 07:00 2026-W48"]);
}

#[test]
fn since_the_last_firing_covers_every_day_once() {
    let cadence = cron("0 7 * * MON,THU", Covers::SinceLastFiring);
    assert_eq!(
        shown(&cadence, "2026-11-23", 3),
        [
            "2026-11-23 07:00 2026-11-19..2026-11-22",
            "2026-11-26 07:00 2026-11-23..2026-11-25",
            "2026-11-30 07:00 2026-11-26..2026-11-29"
        ]
    );
    assert_eq!(cadence.clash(), None);
}

#[test]
fn a_firing_is_found_by_its_period_and_backwards() {
    let cadence = Cadence::new(Firing::Weekly { on: Weekday::Mon, at: time("07:00:00") }, Covers::Last(Unit::Week));
    let before = |moment: &str| {
        let found = cadence.last_firings(moment.parse().unwrap(), 2);
        found.iter().map(|f| f.period.label()).collect::<Vec<_>>()
    };
    assert_eq!(before("2026-11-23T07:00:00"), ["2026-W46", "2026-W47"]);
    assert_eq!(before("2026-11-23T06:59:59"), ["2026-W45", "2026-W46"]);
    let firing = cadence.firing_for(&Period::parse("2026-W47").unwrap()).unwrap();
    assert_eq!(firing.civil.to_string(), "2026-11-23 07:00:00");
    assert_eq!(cadence.firing_for(&Period::parse("2026-11").unwrap()), None);
    let twice = cron("0 7 1 * *", Covers::Last(Unit::Month));
    assert_eq!(twice.firing_for(&Period::parse("2026-10").unwrap()).unwrap().civil.to_string(), "2026-11-01 07:00:00");
}

#[test]
fn two_firings_of_one_period_clash() {
    let clash =
        |cadence: Cadence| cadence.clash().map(|(a, b)| format!("{} {} {}", a.civil, b.civil, b.period.label()));
    assert_eq!(
        clash(cron("0 7 1,15 * *", Covers::Last(Unit::Month))).as_deref(),
        Some("2024-01-01 07:00:00 2024-01-15 07:00:00 2023-12")
    );
    assert_eq!(
        clash(cron("0 * * * *", Covers::SinceLastFiring)).as_deref(),
        Some("2024-01-01 00:00:00 2024-01-01 01:00:00 2023-12-31..2023-12-31")
    );
    // Every four weeks by day of month, but a month with a fifth: only now and then.
    assert!(cron("0 7 1,29 * *", Covers::Last(Unit::Week)).clash().is_some());
    let daily = Firing::Daily { at: time("07:00:00") };
    assert!(Cadence::new(daily, Covers::Last(Unit::Week)).clash().is_some());
    let last = Firing::Monthly { every: 1, first: 1, day: MonthDay::Last, at: time("07:00:00") };
    assert_eq!(clash(Cadence::new(last, Covers::Last(Unit::Month))), None);
    // Every Monday's own day: nothing doubled.
    assert_eq!(clash(cron("0 7 * * MON", Covers::Last(Unit::Day))), None);
}

/// Nobody works at Easter 2026 and on New Year's Day 2027.
fn easter() -> Workdays {
    let days = ["2026-04-03", "2026-04-06", "2027-01-01"].iter().map(|text| (day(text), "Off".to_owned())).collect();
    let holidays = crate::calendar::workdays::Holidays { name: "test".into(), days, spelled_until: None };
    Workdays { holidays: Some(std::sync::Arc::new(holidays)), ..Workdays::default() }
}

#[test]
fn days_off_move_the_sending_and_never_the_period() {
    let at = time("07:00:00");
    let monthly = |day, shift| Cadence {
        workdays: easter(),
        shift,
        ..Cadence::new(Firing::Monthly { every: 1, first: 1, day, at }, Covers::Last(Unit::Month))
    };
    let after = monthly(MonthDay::Number(1), Some(Shift::After));
    assert_eq!(
        shown(&after, "2026-12-31", 3),
        ["2027-01-04 07:00 2026-12", "2027-02-01 07:00 2027-01", "2027-03-01 07:00 2027-02"]
    );
    assert_eq!((after.clash(), after.early()), (None, None));
    // From a day between the day that is meant and the day of sending, it is still to come.
    assert_eq!(shown(&after, "2027-01-02", 1), ["2027-01-04 07:00 2026-12"]);
    assert_eq!(shown(&after, "2027-01-05", 1), ["2027-02-01 07:00 2027-01"]);
    let last = |cadence: &Cadence, moment: &str| {
        let found = cadence.last_firings(moment.parse().unwrap(), 2);
        found.iter().map(|f| format!("{} {}", f.civil.date(), f.period.label())).collect::<Vec<_>>()
    };
    assert_eq!(last(&after, "2027-01-03T12:00:00"), ["2026-11-02 2026-10", "2026-12-01 2026-11"]);
    assert_eq!(last(&after, "2027-01-04T07:00:00"), ["2026-12-01 2026-11", "2027-01-04 2026-12"]);
    let before = monthly(MonthDay::Number(6), Some(Shift::Before));
    assert_eq!(
        shown(&before, "2026-04-01", 3),
        ["2026-04-02 07:00 2026-03", "2026-05-06 07:00 2026-04", "2026-06-05 07:00 2026-05"]
    );
    assert_eq!(last(&before, "2026-04-02T07:00:00"), ["2026-03-06 2026-02", "2026-04-02 2026-03"]);
    assert_eq!((before.clash(), before.early()), (None, None));
    let early = monthly(MonthDay::Number(1), Some(Shift::Before)).early().unwrap();
    assert_eq!(format!("{} {}", early.civil, early.period.label()), "2024-05-31 07:00:00 2024-05");
    let first = monthly(MonthDay::Workday(1), None);
    assert_eq!(shown(&first, "2027-01-01", 1), ["2027-01-04 07:00 2026-12"]);
    assert_eq!(first.firing_for(&Period::parse("2026-12").unwrap()).unwrap().civil.date(), day("2027-01-04"));
    // A daily report: what the weekend brought comes on Monday, a period each.
    let daily = Cadence { shift: Some(Shift::After), ..Cadence::new(Firing::Daily { at }, Covers::Last(Unit::Day)) };
    assert_eq!(
        shown(&daily, "2026-11-20", 4),
        [
            "2026-11-20 07:00 2026-11-19",
            "2026-11-23 07:00 2026-11-20",
            "2026-11-23 07:00 2026-11-21",
            "2026-11-23 07:00 2026-11-22"
        ]
    );
    assert_eq!(daily.clash(), None);
}

#[test]
fn every_firing_of_a_day_comes_once_and_after_its_period_in_every_zone() {
    // The notes' cases: gaps at midnight, at half past two, of half an hour, of a whole day.
    let rules = ZoneRules::bundled();
    for name in rules.names() {
        let zone = rules.zone(&name).unwrap();
        for at in ["00:00:00", "00:30:00", "01:30:00", "02:15:00", "02:30:00", "23:30:00"] {
            let cadence = Cadence::new(Firing::Daily { at: time(at) }, Covers::Last(Unit::Day));
            let mut before = i64::MIN;
            let firings = cadence.firings_from(day("2011-12-01")).take_while(|f| f.civil.date() < day("2012-02-01"));
            let more = cadence.firings_from(day("2026-01-01")).take_while(|f| f.civil.date() < day("2027-01-01"));
            let mut count = 0;
            for firing in firings.chain(more) {
                let instant = zone.instant(firing.civil);
                assert!(instant >= before, "{name} {firing:?}");
                assert!(instant >= firing.period.span(&zone).to, "{name} {firing:?}");
                // A day and no more: the clock then shows that day, or the first moment after a gap.
                assert!(zone.civil(instant) >= firing.civil, "{name} {firing:?}");
                before = instant;
                count += 1;
            }
            assert_eq!(count, 62 + 365);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, ..ProptestConfig::default() })]

    /// Over ten years in zones with gaps: periods follow each other without a gap or an overlap, as days and as instants.
    #[test]
    fn each_period_is_covered_exactly_once(
        kind in 0usize..6,
        minute in 0u32..1440,
        weekday in 0u8..7,
        month_day in 1u8..=32,
        start in 0u64..3650,
        zone in prop::sample::select(vec![
            "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Asia/Beirut", "Africa/Cairo",
            "America/Nuuk", "Pacific/Apia", "Africa/Casablanca", "America/Havana", "UTC", "Asia/Kathmandu",
        ]),
    ) {
        let at = NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap();
        let on = Weekday::try_from(weekday).unwrap();
        let (firing, unit, expected) = match kind {
            0 => (Firing::Daily { at }, Unit::Day, 3653),
            1 => (Firing::Weekly { on, at }, Unit::Week, 521),
            2 => (Firing::Monthly { every: 1, first: 1, day: number(month_day), at }, Unit::Month, 120),
            3 => (Firing::Monthly { every: 3, first: 1, day: number(month_day), at }, Unit::Quarter, 40),
            4 => (Firing::Monthly { every: 12, first: 1, day: number(month_day), at }, Unit::Year, 10),
            _ => (
                Firing::Cron(Crontab::parse(&format!("{} {} * * {weekday}", minute % 60, minute / 60)).unwrap()),
                Unit::Week,
                521,
            ),
        };
        let zone = ZoneRules::bundled().zone(zone).unwrap();
        let cadence = Cadence::new(firing, Covers::Last(unit));
        prop_assert_eq!(cadence.clash(), None);
        let from = day("2009-06-01") + Days::new(start);
        let end = from + Months::new(120);
        let firings: Vec<FiringAt> = cadence.firings_from(from).take_while(|f| f.civil.date() < end).collect();
        prop_assert!(firings.len().abs_diff(expected) <= 1, "{} firings", firings.len());
        for pair in firings.windows(2) {
            let (a, b) = (&pair[0], &pair[1]);
            prop_assert_eq!(a.period.end, b.period.first);
            let (left, right) = (a.period.span(&zone), b.period.span(&zone));
            prop_assert_eq!(left.to, right.from);
            prop_assert!(zone.instant(a.civil) <= zone.instant(b.civil));
            prop_assert!(zone.instant(b.civil) >= right.to);
        }
        let labels: BTreeSet<String> = firings.iter().map(|f| f.period.label()).collect();
        prop_assert_eq!(labels.len(), firings.len());
        // Backwards is the same list.
        let last = firings.last().unwrap().civil;
        prop_assert_eq!(cadence.last_firings(last, firings.len()), firings);
    }

    /// Whatever days an expression fires on, "since the last firing" covers each day once.
    #[test]
    fn since_the_last_firing_leaves_no_day_out(
        days in prop::collection::btree_set(1u32..=31, 1..4),
        months in prop::collection::btree_set(1u32..=12, 1..4),
        weekday in prop::option::of(0u32..=7),
    ) {
        let list = |set: &BTreeSet<u32>| set.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let weekday = weekday.map_or("*".to_owned(), |day| day.to_string());
        let Ok(crontab) = Crontab::parse(&format!("0 7 {} {} {weekday}", list(&days), list(&months))) else {
            return Ok(());
        };
        let cadence = Cadence::new(Firing::Cron(crontab), Covers::SinceLastFiring);
        prop_assert_eq!(cadence.clash(), None);
        let firings: Vec<FiringAt> = cadence.firings_from(day("2020-01-01")).take(60).collect();
        for pair in firings.windows(2) {
            prop_assert_eq!(pair[0].period.end, pair[1].period.first);
            prop_assert!(pair[1].period.first < pair[1].period.end);
        }
    }
}
