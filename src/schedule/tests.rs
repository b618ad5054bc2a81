//! Tests of schedules: nothing before activation, nothing lost, nothing twice, the rest said.

use super::*;
use crate::calendar::cadence::{Cadence, Covers, Firing};
use crate::calendar::period::{Period, Unit};
use crate::calendar::workdays::MonthDay;
use crate::calendar::zone::ZoneRules;
use crate::definition::OnUnknown;
use crate::query::Filter;
use chrono::{NaiveTime, Weekday};
use proptest::prelude::*;
use std::collections::BTreeSet;

const HOUR: Millis = 60 * 60 * 1000;

fn definition(stem: &str, unit: Unit) -> Definition {
    let at = NaiveTime::from_hms_opt(7, 0, 0).unwrap();
    let firing = match unit {
        Unit::Day => Firing::Daily { at },
        Unit::Week => Firing::Weekly { on: Weekday::Mon, at },
        _ => Firing::Monthly { every: 1, first: 1, day: MonthDay::Number(1), at },
    };
    Definition {
        stem: stem.into(),
        digest: String::new(),
        title: String::new(),
        purpose: String::new(),
        language: None,
        owner: String::new(),
        schedule: Schedule {
            cadence: Cadence::new(firing, Covers::Last(unit)),
            zone: ZoneRules::bundled().zone("Europe/Berlin").unwrap(),
            after: 0,
            wait_for: None,
            catch_up: CatchUp::All,
            catch_up_days: 35,
            since: None,
        },
        also: vec![],
        compare: vec![],
        filter: Filter::All,
        normal: true,
        measures: BTreeMap::new(),
        thresholds: vec![],
        watch: vec![],
        sections: vec![],
        send: Default::default(),
        recipients: vec![],
        division: None,
        training: Vec::new(),
        smallest_group: 5,
        review: None,
        on_unknown: OnUnknown::Resend,
        template: String::new(),
    }
}

fn at(civil: &str) -> Millis {
    ZoneRules::bundled().zone("Europe/Berlin").unwrap().instant(civil.parse().unwrap())
}

/// Agenda of one definition, activated at a moment, with nothing settled but what is given.
fn look(definition: &Definition, activated: &str, settled: &[&str], reached: Option<Millis>, now: &str) -> Agenda {
    let activations = BTreeMap::from([(definition.stem.clone(), at(activated))]);
    let known = Known {
        activations: &activations,
        settled: &|key| settled.contains(&key.to_string().as_str()),
        reaches: &|_, end| reached.is_some_and(|reached| reached >= end),
    };
    agenda(std::slice::from_ref(definition), &known, at(now))
}

fn keys(list: &[Due]) -> Vec<String> {
    list.iter().map(|due| format!("{}{}", due.key, if due.late { " late" } else { "" })).collect()
}

#[test]
fn due_starts_at_activation() {
    let daily = definition("daily", Unit::Day);
    // Thirteen old months in the log change nothing: only firings from the activation on are due.
    let agenda = look(&daily, "2026-11-23T06:00:00", &[], None, "2026-11-23T06:59:59");
    assert_eq!(agenda, Agenda::default());
    let agenda = look(&daily, "2026-11-23T06:00:00", &[], None, "2026-11-23T07:00:00");
    assert_eq!(keys(&agenda.due), ["daily/2026-11-22"]);
    let agenda = look(&daily, "2026-11-23T07:00:01", &[], None, "2026-11-23T12:00:00");
    assert_eq!(agenda, Agenda::default());
    let settled = look(&daily, "2026-11-23T06:00:00", &["daily/2026-11-22"], None, "2026-11-23T07:00:00");
    assert_eq!(settled, Agenda::default());
    // One that was never accepted is not due at all.
    let known = Known { activations: &BTreeMap::new(), settled: &|_| false, reaches: &|_, _| true };
    assert_eq!(due(&[daily], &known, at("2026-11-23T08:00:00")), []);
}

#[test]
fn since_goes_back_before_activation_by_periods() {
    let mut monthly = definition("monthly", Unit::Month);
    monthly.schedule.since = Some("2026-09-01".parse().unwrap());
    monthly.schedule.catch_up_days = 365;
    let agenda = look(&monthly, "2026-11-23T06:00:00", &[], None, "2026-11-23T07:00:00");
    assert_eq!(keys(&agenda.due), ["monthly/2026-09 late", "monthly/2026-10 late"]);
    monthly.schedule.catch_up_days = 35;
    let agenda = look(&monthly, "2026-11-23T06:00:00", &[], None, "2026-11-23T07:00:00");
    assert_eq!(keys(&agenda.due), ["monthly/2026-10 late"]);
    assert_eq!(keys(&agenda.missed), ["monthly/2026-09 late"]);
    // A day to come: nothing before it.
    monthly.schedule.since = Some("2027-01-01".parse().unwrap());
    assert_eq!(look(&monthly, "2026-11-23T06:00:00", &[], None, "2027-01-01T08:00:00"), Agenda::default());
    let agenda = look(&monthly, "2026-11-23T06:00:00", &[], None, "2027-02-01T07:30:00");
    assert_eq!(keys(&agenda.due), ["monthly/2027-01"]);
}

#[test]
fn missed_firings_follow_catch_up() {
    let mut daily = definition("daily", Unit::Day);
    let now = "2026-11-23T12:00:00";
    let agenda = look(&daily, "2026-11-20T00:00:00", &["daily/2026-11-20"], None, now);
    assert_eq!(keys(&agenda.due), ["daily/2026-11-19 late", "daily/2026-11-21 late", "daily/2026-11-22 late"]);
    daily.schedule.catch_up = CatchUp::Latest;
    let agenda = look(&daily, "2026-11-20T00:00:00", &["daily/2026-11-20"], None, now);
    assert_eq!(keys(&agenda.due), ["daily/2026-11-22 late"]);
    assert_eq!(keys(&agenda.missed), ["daily/2026-11-19 late", "daily/2026-11-21 late"]);
    daily.schedule.catch_up = CatchUp::None;
    let agenda = look(&daily, "2026-11-20T00:00:00", &["daily/2026-11-20"], None, now);
    assert_eq!(keys(&agenda.due), [""; 0]);
    assert_eq!(agenda.missed.len(), 3);
    // Within the hour it is on time, whatever catch_up says.
    let agenda = look(&daily, "2026-11-23T00:00:00", &[], None, "2026-11-23T08:00:00");
    assert_eq!(keys(&agenda.due), ["daily/2026-11-22"]);
}

#[test]
fn a_closing_delay_moves_the_issue_not_the_firing() {
    let mut weekly = definition("weekly", Unit::Week);
    weekly.schedule.after = 2 * HOUR;
    let agenda = look(&weekly, "2026-11-20T00:00:00", &[], None, "2026-11-23T08:59:00");
    assert_eq!((agenda.due.len(), keys(&agenda.waiting)), (0, vec!["weekly/2026-W47".to_owned()]));
    let agenda = look(&weekly, "2026-11-20T00:00:00", &[], None, "2026-11-23T09:59:00");
    assert_eq!(keys(&agenda.due), ["weekly/2026-W47"]);
    assert_eq!((agenda.due[0].fired, agenda.due[0].at), (at("2026-11-23T07:00:00"), at("2026-11-23T09:00:00")));
}

#[test]
fn a_source_is_waited_for_but_not_for_ever() {
    let mut daily = definition("daily", Unit::Day);
    daily.schedule.wait_for = Some(("zoho-crm".into(), 36 * HOUR));
    let period_end = at("2026-11-23T00:00:00");
    let one = |reached, now| look(&daily, "2026-11-23T00:00:00", &[], reached, now);
    assert_eq!(keys(&one(Some(period_end - 1), "2026-11-23T08:00:00").waiting), ["daily/2026-11-22"]);
    assert_eq!(keys(&one(Some(period_end), "2026-11-23T08:00:00").due), ["daily/2026-11-22"]);
    // Reached late but within the wait: not late.
    assert_eq!(keys(&one(Some(period_end), "2026-11-24T02:00:00").due), ["daily/2026-11-22"]);
    let agenda = one(Some(period_end - 1), "2026-11-24T19:00:00");
    assert_eq!(keys(&agenda.due), ["daily/2026-11-22"]);
    assert_eq!(agenda.due[0].without.as_deref(), Some("zoho-crm"));
    assert_eq!(agenda.due[0].at, at("2026-11-24T19:00:00"));
    assert_eq!(keys(&one(None, "2026-11-24T20:00:01").due), ["daily/2026-11-22 late"]);
}

#[test]
fn the_plan_shows_what_comes() {
    let mut weekly = definition("weekly", Unit::Week);
    weekly.schedule.after = 2 * HOUR;
    let definitions = [definition("daily", Unit::Day), weekly, definition("monthly", Unit::Month)];
    let planned = plan(&definitions, at("2026-11-23T08:00:00"), 9);
    assert_eq!(
        keys(&planned),
        [
            "weekly/2026-W47",
            "daily/2026-11-23",
            "daily/2026-11-24",
            "daily/2026-11-25",
            "daily/2026-11-26",
            "daily/2026-11-27",
            "daily/2026-11-28",
            "daily/2026-11-29",
            "weekly/2026-W48",
            "daily/2026-11-30",
            "monthly/2026-11",
            "daily/2026-12-01"
        ]
    );
    assert_eq!(next_moment(&definitions, at("2026-11-23T08:00:00")), Some(at("2026-11-23T09:00:00")));
    assert_eq!(next_moment(&definitions, at("2026-11-23T09:00:00")), Some(at("2026-11-24T07:00:00")));
    let found = for_period(&definitions[2], &Period::parse("2026-10").unwrap()).unwrap();
    assert_eq!((found.key.to_string().as_str(), found.at), ("monthly/2026-10", at("2026-11-01T07:00:00")));
}

/// A weekly report that comes monthly, too.
fn both() -> Definition {
    let mut both = definition("both", Unit::Week);
    both.also = vec![definition("both", Unit::Month).schedule];
    both.also[0].after = 3 * HOUR;
    both
}

#[test]
fn each_schedule_of_a_definition_is_due_by_itself() {
    let mut both = both();
    let agenda = look(&both, "2026-11-20T00:00:00", &[], None, "2026-12-01T09:30:00");
    assert_eq!(keys(&agenda.due), ["both/2026-W47 late", "both/2026-W48 late"]);
    assert_eq!(keys(&agenda.waiting), ["both/2026-11"]);
    let agenda = look(&both, "2026-11-20T00:00:00", &["both/2026-W47", "both/2026-W48"], None, "2026-12-01T10:30:00");
    assert_eq!(keys(&agenda.due), ["both/2026-11"]);
    // The latest of each, whatever the other one missed.
    both.schedule.catch_up = CatchUp::Latest;
    both.also[0].catch_up = CatchUp::Latest;
    let agenda = look(&both, "2026-09-20T00:00:00", &[], None, "2026-12-03T10:30:00");
    assert_eq!(keys(&agenda.due), ["both/2026-W48 late", "both/2026-11 late"]);
    let planned = plan(std::slice::from_ref(&both), at("2026-11-24T08:00:00"), 14);
    assert_eq!(keys(&planned), ["both/2026-W48", "both/2026-11", "both/2026-W49"]);
    assert_eq!(planned[1].at, at("2026-12-01T10:00:00"));
    assert_eq!(keys(&next(&both, at("2026-11-30T07:00:00"), 3)), ["both/2026-11", "both/2026-W49", "both/2026-W50"]);
    // The first of each in any case.
    assert_eq!(keys(&next(&both, at("2026-12-01T07:00:00"), 2)), ["both/2026-W49", "both/2026-W50", "both/2026-12"]);
    assert_eq!(next_moment([&both], at("2026-11-30T07:00:00")), Some(at("2026-12-01T10:00:00")));
    let found = for_period(&both, &Period::parse("2026-10").unwrap()).unwrap();
    assert_eq!(found.at, at("2026-11-01T10:00:00"));
    assert_eq!(for_period(&both, &Period::parse("2026-Q3").unwrap()), None);
}

#[test]
fn a_schedule_that_is_added_later_does_not_bring_what_was_before() {
    let both = both();
    let added = BTreeMap::from([
        ("both".to_owned(), at("2026-03-01T00:00:00")),
        ("both/week".to_owned(), at("2026-03-01T00:00:00")),
        ("both/month".to_owned(), at("2026-11-20T00:00:00")),
    ]);
    let issued = |key: &EditionKey| key.period.contains('W');
    let known = Known { activations: &added, settled: &issued, reaches: &|_, _| true };
    assert_eq!(agenda([&both], &known, at("2026-11-20T12:00:00")), Agenda::default());
    assert_eq!(keys(&agenda([&both], &known, at("2026-12-01T10:30:00")).due), ["both/2026-11"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    /// However often and whenever one looks, with `catch_up: all` each period from activation on is issued exactly once
    /// (or recorded as missed when the machine was off for longer than the window).
    #[test]
    fn each_period_is_settled_once_whenever_one_looks(
        steps in prop::collection::vec(1i64..(60 * 24 * 60), 1..40),
        zone in prop::sample::select(vec!["Europe/Berlin", "Australia/Lord_Howe", "America/Santiago", "Pacific/Apia"]),
        minute in 0u32..1440,
        start in 0i64..(800 * 24 * 60),
        after in 0i64..(48 * 60),
    ) {
        let mut daily = definition("daily", Unit::Day);
        daily.schedule.zone = ZoneRules::bundled().zone(zone).unwrap();
        daily.schedule.after = after * 60_000;
        daily.schedule.cadence.firing = Firing::Daily { at: NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap() };
        let activated = at("2010-10-01T00:00:00") + start * 60_000;
        let activations = BTreeMap::from([("daily".to_owned(), activated)]);
        let mut now = activated;
        let mut settled: BTreeSet<EditionKey> = BTreeSet::new();
        for step in steps {
            now += step * 60_000;
            let known = Known { activations: &activations, settled: &|key| settled.contains(key), reaches: &|_, _| true };
            let found = agenda(std::slice::from_ref(&daily), &known, now);
            for due in found.due.iter().chain(&found.missed) {
                prop_assert!(settled.insert(due.key.clone()), "{} twice", due.key);
                prop_assert!(due.at <= now && due.at >= activated);
            }
        }
        let first = daily.schedule.zone.civil(activated).date();
        let firings = daily.schedule.cadence.firings_from(first - Days::new(2));
        let expected: BTreeSet<String> = firings
            .map(|firing| asked(&daily, &daily.schedule, firing))
            .take_while(|due| due.at <= now)
            .filter(|due| due.fired >= activated)
            .map(|due| due.key.to_string())
            .collect();
        let settled: BTreeSet<String> = settled.iter().map(ToString::to_string).collect();
        prop_assert_eq!(settled, expected);
    }

    /// The clock jumps forward and back, and the rules of the zone change from one look to the next, by an hour or by half a day
    /// (it may even pass the date line): nothing comes twice, and nothing is left out.
    #[test]
    fn jumps_of_the_clock_and_other_rules_lose_and_double_nothing(
        looks in prop::collection::vec((-5_000i64..(20 * 24 * 60), 0usize..4), 1..40),
        minute in 0u32..1440,
        start in 0i64..(800 * 24 * 60),
    ) {
        let rules = [-8, -7, 1, 13].map(|hours| crate::calendar::zone::Zone::fixed(hours * 3600).unwrap());
        let mut both = both();
        both.schedule.cadence.firing = Firing::Weekly { on: Weekday::Sun, at: NaiveTime::from_hms_opt(minute / 60, minute % 60, 0).unwrap() };
        let activated = at("2010-10-01T00:00:00") + start * 60_000;
        let activations = BTreeMap::from([("both".to_owned(), activated)]);
        let (mut now, mut latest) = (activated, activated);
        let mut settled: BTreeSet<EditionKey> = BTreeSet::new();
        for (step, rule) in looks {
            now += step * 60_000;
            latest = latest.max(now);
            both.schedule.zone = rules[rule].clone();
            both.also[0].zone = rules[rule].clone();
            let known = Known { activations: &activations, settled: &|key| settled.contains(key), reaches: &|_, _| true };
            let found = agenda(std::slice::from_ref(&both), &known, now);
            for due in found.due.iter().chain(&found.missed) {
                prop_assert!(settled.insert(due.key.clone()), "{} twice", due.key);
            }
        }
        // Whatever was over under all of the rules at the latest look, and came after the activation under all of them.
        for schedule in both.schedules() {
            for firing in schedule.cadence.firings_from(rules[0].civil(activated).date()) {
                let times = rules.each_ref().map(|rule| rule.instant(firing.civil));
                if times.iter().any(|at| at + schedule.after > latest) {
                    break;
                }
                let key = asked(&both, schedule, firing).key;
                prop_assert!(settled.contains(&key) || times.iter().any(|at| *at < activated), "{key} was lost");
            }
        }
    }
}
