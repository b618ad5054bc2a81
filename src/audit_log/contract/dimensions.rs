//! Dimensions: what each field, calendar dimension, filter and count means, with answers worked out by hand.

use super::*;
use crate::calendar::fiscal::FiscalStart;
use crate::calendar::hours::Profile;
use crate::directory::{Directory, Person};
use crate::query::{Compare, Field};

for_each_engine!(
    days_are_those_of_the_zone,
    hours_and_weekdays_follow_daylight_saving,
    actors_are_grouped_by_key,
    people_are_read_as_at_the_time,
    working_hours_are_those_of_the_team,
    an_unknown_zone_of_working_hours_is_refused,
    filters_hold_as_written,
    numbers_are_compared_and_grouped,
    counts_are_exact,
    first_seen_looks_at_the_whole_log,
    first_seen_of_what_is_not_stored,
    measures_have_filters_of_their_own,
    questions_together_are_answered_as_alone,
);

fn by(field: Field) -> Dimension {
    Dimension::Field(field)
}

fn days_are_those_of_the_zone(log: &mut impl Engine) {
    // 23:30 UTC is the next day in Berlin; 2026-03-29 has 23 hours there.
    add(log, "crm", &[event(MONDAY + 23 * HOUR + HOUR / 2, "Ann"), event(MONDAY + 20 * HOUR, "Ann")]);
    add(log, "crm", &[event(MONDAY + 27 * DAY - HOUR, "Ann"), event(MONDAY + 28 * DAY - 2 * HOUR, "Ann")]);
    let days = |zone: Zone, unit| ask(log, Query { zone, ..query(ALWAYS, &[unit], &[Count::Events]) });
    assert_eq!(days(Zone::utc(), Dimension::Day), ["2026-03-02: 2", "2026-03-28: 1", "2026-03-29: 1"]);
    assert_eq!(days(berlin(), Dimension::Day), ["2026-03-02: 1", "2026-03-03: 1", "2026-03-29: 1", "2026-03-30: 1"]);
    assert_eq!(days(berlin(), Dimension::Week), ["2026-W10: 2", "2026-W13: 1", "2026-W14: 1"]);
    assert_eq!(days(berlin(), Dimension::Quarter), ["2026-Q1: 4"]);
    let april = FiscalStart::new(4);
    assert_eq!(days(berlin(), Dimension::Quarter.beginning(april)), ["FY2025-04-Q4: 4"]);
    assert_eq!(days(berlin(), Dimension::Year.beginning(april)), ["FY2025-04: 4"]);
    assert_eq!(days(berlin(), Dimension::Month), ["2026-03: 4"]);
}

fn hours_and_weekdays_follow_daylight_saving(log: &mut impl Engine) {
    let change = MONDAY + 27 * DAY + HOUR; // 2026-03-29T01:00Z: Berlin goes from 02:00 to 03:00.
    add(log, "crm", &[event(change - 1, "Ann"), event(change, "Ann")]);
    let hours = Query { zone: berlin(), ..query(ALWAYS, &[by(Field::Weekday), by(Field::Hour)], &[Count::Events]) };
    assert_eq!(ask(log, hours.clone()), ["7 | 1: 1", "7 | 3: 1"]);
    let early = Query { filter: Filter::Number(Field::Hour, Compare::Less, 3), ..hours.clone() };
    assert_eq!(ask(log, early), ["7 | 1: 1"]);
    assert_eq!(ask(log, Query { zone: Zone::utc(), ..hours }), ["7 | 0: 1", "7 | 1: 1"]);
}

fn actors_are_grouped_by_key(log: &mut impl Engine) {
    let others = [event(MONDAY + 3, "ANN"), event(MONDAY + 1, " ann "), event(MONDAY + 2, ""), event(MONDAY + 2, "  ")];
    add(log, "crm", &others);
    let actors = query(ALWAYS, &[by(Field::Actor)], &[Count::Events, Count::Distinct(Field::Actor)]);
    assert_eq!(ask(log, actors.clone()), [": 2 0", "ANN: 2 1"]);
    let some = Query { filter: Filter::is(Field::Actor, "Ann"), ..actors.clone() };
    assert_eq!(ask(log, some), ["ANN: 2 1"]);
    let prefix = Query { filter: Filter::Prefix(Field::Actor, "AN".into()), ..actors };
    assert_eq!(ask(log, prefix), ["ANN: 2 1"]);
}

fn person(actor: &str, team: &str, kind: &str, from: Option<Millis>, until: Option<Millis>) -> Person {
    let role = format!("{team} role");
    Person { actor: actor.into(), team: team.into(), kind: kind.into(), role, from, until, ..Person::default() }
}

fn people_are_read_as_at_the_time(log: &mut impl Engine) {
    let moved = MONDAY + DAY;
    let directory = Directory::new(vec![
        person("ANN ", "North", "person", None, Some(moved)),
        person("ann", "South", "person", Some(moved), Some(moved + DAY)),
        person("bot", "", "service", None, None),
    ]);
    let lens = Lens { directory, ..Lens::default() };
    let times = [moved - 1, moved, moved + DAY - 1, moved + DAY];
    add(log, "crm", &times.map(|time| event(time, "Ann")));
    add(log, "crm", &[event(MONDAY, "bot"), event(MONDAY, "nobody")]);
    let ask = |fields: &[Field]| {
        let dimensions: Vec<Dimension> = fields.iter().map(|field| by(*field)).collect();
        ask_through(log, query(ALWAYS, &dimensions, &[Count::Events]), &lens)
    };
    assert_eq!(ask(&[Field::ActorTeam]), [": 3", "North: 1", "South: 2"]);
    assert_eq!(ask(&[Field::ActorKnown]), ["known: 4", "unknown: 2"]);
    assert_eq!(
        ask(&[Field::ActorKind, Field::ActorRole]),
        [" | : 2", "person | North role: 1", "person | South role: 2", "service |  role: 1"]
    );
    let unknown = Query {
        filter: Filter::Not(Box::new(Filter::is(Field::ActorRole, "North role"))),
        ..query(ALWAYS, &[by(Field::ActorKnown)], &[Count::Events, Count::Distinct(Field::ActorTeam)])
    };
    assert_eq!(ask_through(log, unknown, &lens), ["known: 3 1", "unknown: 2 0"]);
}

fn working_hours_are_those_of_the_team(log: &mut impl Engine) {
    let mut lens = Lens {
        directory: Directory::new(vec![
            person("ann", "Night", "person", None, None),
            person("bot", "Night", "service", None, None),
        ]),
        ..Lens::default()
    };
    let kolkata = ZoneRules::bundled().zone("Asia/Kolkata").unwrap();
    let night = Profile { week: [Some((20 * 60, 22 * 60)); 7], timezone: Some("Asia/Kolkata".into()) };
    lens.zones.insert("Asia/Kolkata".into(), kolkata);
    lens.hours.teams.insert("Night".into(), night);
    lens.hours.exempt_kinds.insert("service".into());
    lens.hours.holidays.insert(chrono::NaiveDate::from_ymd_opt(2026, 3, 3).unwrap(), "Holiday".into());
    // 15:00Z is 20:30 in Kolkata and 16:00 in Berlin; 07:30Z is 08:30 in Berlin and out of UTC's default hours.
    let (three, half_past_seven) = (MONDAY + 15 * HOUR, MONDAY + 7 * HOUR + HOUR / 2);
    let events = [
        event(three, "ann"),
        event(half_past_seven, "ann"),
        event(half_past_seven, "bob"),
        event(half_past_seven, "bot"),
        event(three + DAY, "ann"),
        event(three + DAY, "bob"),
        event(three + 5 * DAY, "bob"),
    ];
    add(log, "crm", &events);
    let outside = |zone: Zone| {
        let filter = Filter::is(Field::OutsideHours, "yes");
        ask_through(log, Query { zone, filter, ..query(ALWAYS, &[by(Field::Actor)], &[Count::Events]) }, &lens)
    };
    assert_eq!(outside(berlin()), ["ann: 2", "bob: 2"]);
    assert_eq!(outside(Zone::utc()), ["ann: 2", "bob: 3"]);
    let both = query(ALWAYS, &[by(Field::OutsideHours)], &[Count::Events, Count::Distinct(Field::OutsideHours)]);
    assert_eq!(ask_through(log, both, &lens), ["no: 2 1", "yes: 5 1"]);
}

fn an_unknown_zone_of_working_hours_is_refused(log: &mut impl Engine) {
    let mut lens = Lens::default();
    lens.hours.default.timezone = Some("Mars/Olympus".into());
    let refused = log.answer(&[query(ALWAYS, &[], &[Count::Events])], &lens);
    assert!(matches!(refused, Err(LogError::Refused(words)) if words.contains("Mars/Olympus")));
}

fn filters_hold_as_written(log: &mut impl Engine) {
    let mut deleted = event(MONDAY, "Ann");
    deleted.class = ActionClass::Delete;
    deleted.outcome = Outcome::Denied;
    deleted.origin.ip = "10.0.0.7".into();
    deleted.module = "deals".into();
    add(log, "crm", &[deleted, event(MONDAY + 1, "Ann"), event(MONDAY + 2, "Bob")]);
    let pass = |filter: Filter| -> i64 {
        log.answer(&[Query { filter, ..query(ALWAYS, &[], &[Count::Events]) }], &Lens::default()).unwrap()[0].rows[0]
            .values[0]
    };
    assert_eq!(pass(Filter::class(ActionClass::Delete)), 1);
    assert_eq!(pass(Filter::failed()), 1);
    assert_eq!(pass(Filter::is(Field::Module, "Deals")), 2, "text is compared exactly");
    assert_eq!(pass(Filter::Prefix(Field::Ip, "10.0.".into())), 1);
    assert_eq!(pass(Filter::Prefix(Field::Ip, "".into())), 3);
    assert_eq!(pass(Filter::is(Field::Ip, "")), 2);
    assert_eq!(pass(Filter::Prefix(Field::ActionClass, "de".into())), 1);
    assert_eq!(pass(Filter::OneOf(Field::Actor, vec![])), 0);
    assert_eq!(pass(Filter::And(vec![])), 3);
    assert_eq!(pass(Filter::Or(vec![])), 0);
    let either = Filter::Or(vec![Filter::is(Field::Actor, "bob"), Filter::failed()]);
    assert_eq!(pass(either.clone()), 2);
    assert_eq!(pass(Filter::Not(Box::new(either))), 1);
    assert_eq!(pass(Filter::is(Field::Source, "crm").and(Filter::is(Field::Actor, "ANN"))), 2);
    assert_eq!(pass(Filter::Number(Field::Module, Compare::More, 0)), 0, "a module is no number");
}

fn numbers_are_compared_and_grouped(log: &mut impl Engine) {
    let many = [None, Some(1), Some(0), Some(20), Some(3), Some(u64::MAX)];
    let events = (0..).zip(many).map(|(n, affected)| Event { affected, ..event(MONDAY + n, "Ann") });
    add(log, "crm", &events.collect::<Vec<_>>());
    let ask =
        |filter| ask(log, Query { filter, ..query(ALWAYS, &[by(Field::Affected)], &[Count::Events, Count::Affected]) });
    let max = "9223372036854775807";
    let huge = format!("{max}: 1 {max}");
    assert_eq!(ask(Filter::All), ["0: 1 0", "1: 2 2", "20: 1 20", "3: 1 3", &huge]);
    assert_eq!(ask(Filter::Number(Field::Affected, Compare::AtLeast, 4)), ["20: 1 20", &huge]);
    assert_eq!(ask(Filter::OneOf(Field::Affected, vec!["1".into(), "03".into()])), ["1: 2 2"]);
    assert_eq!(ask(Filter::Number(Field::Time, Compare::Less, MONDAY + 2)), ["1: 2 2"]);
    assert_eq!(ask(Filter::Prefix(Field::Affected, "2".into())), ["20: 1 20"]);
    let total = ask_through(log, query(ALWAYS, &[], &[Count::Affected]), &Lens::default());
    assert_eq!(total, [format!(": {max}")], "a sum stops at the largest number");
    let last = query(Span { from: MONDAY + 5, to: MONDAY + 6 }, &[by(Field::Time)], &[Count::Events]);
    assert_eq!(ask_through(log, last, &Lens::default()), [format!("{}: 1", MONDAY + 5)]);
}

fn counts_are_exact(log: &mut impl Engine) {
    let at = |seconds: i64, actor: &str| event(MONDAY + seconds * 1000, actor);
    let events =
        [at(0, "a"), at(299, "a"), at(300, "a"), at(599, "a"), at(0, "b"), at(0, "b"), at(900, "c"), at(901, "")];
    add(log, "crm", &events);
    let five_minutes = Count::Burst(300_000);
    assert_eq!(ask(log, query(ALWAYS, &[], &[five_minutes.clone(), Count::Burst(0), Count::Burst(-1)])), [": 4 0 0"]);
    let by_actor = ask(log, query(ALWAYS, &[by(Field::Actor)], &[five_minutes, Count::Burst(i64::MAX)]));
    assert_eq!(by_actor, [": 1 1", "a: 2 4", "b: 2 2", "c: 1 1"], "599 is 300 seconds after 299");
    // Events per actor: 1 (c), 2 (b), 4 (a).
    let percentiles = [0, 33, 34, 66, 67, 100].map(|p| Count::Percentile(Field::Actor, p));
    assert_eq!(ask(log, query(ALWAYS, &[], &percentiles)), [": 1 1 2 2 4 4"]);
    let none = query(Span { from: 0, to: 1 }, &[], &[Count::Percentile(Field::Actor, 50), Count::Affected]);
    assert_eq!(ask(log, none), [": 0 0"]);
}

fn first_seen_looks_at_the_whole_log(log: &mut impl Engine) {
    let ip = |time, ip: &str| Event { origin: Origin { ip: ip.into(), ..Origin::default() }, ..event(time, "Ann") };
    add(log, "crm", &[ip(MONDAY + DAY, "1"), ip(MONDAY + DAY, "2"), ip(MONDAY + DAY, "")]);
    // Older events may come later: then it was not new.
    add(log, "erp", &[ip(MONDAY, "1"), Event { module: "Leads".into(), ..ip(MONDAY + 2 * DAY, "2") }]);
    let day = |n: i64| Span { from: MONDAY + n * DAY, to: MONDAY + (n + 1) * DAY };
    let new = |span, filter| ask(log, Query { filter, ..query(span, &[], &[Count::FirstSeen(Field::Ip)]) });
    assert_eq!(new(day(0), Filter::All), [": 1"]);
    assert_eq!(new(day(1), Filter::All), [": 1"]);
    assert_eq!(new(day(2), Filter::All), [": 0"]);
    let two_days = Span { from: MONDAY + DAY, to: MONDAY + 3 * DAY };
    assert_eq!(new(two_days, Filter::is(Field::Module, "Leads")), [": 1"], "whatever the filter, 2 is of Tuesday");
    let by_module =
        query(two_days, &[by(Field::Module)], &[Count::FirstSeen(Field::Ip), Count::FirstSeen(Field::Module)]);
    assert_eq!(ask(log, by_module), ["Deals: 1 0", "Leads: 1 1"]);
    let others = [Field::Source, Field::ActionClass, Field::Outcome, Field::Actor].map(Count::FirstSeen);
    assert_eq!(ask(log, query(day(0), &[], &others)), [": 1 1 1 1"]);
    assert_eq!(ask(log, query(day(1), &[], &others)), [": 1 0 0 0"]);
}

fn first_seen_of_what_is_not_stored(log: &mut impl Engine) {
    let lens = Lens {
        directory: Directory::new(vec![
            person("ann", "North", "person", None, Some(MONDAY + DAY)),
            person("ann", "South", "person", Some(MONDAY + DAY), None),
        ]),
        ..Lens::default()
    };
    add(log, "crm", &[event(MONDAY, "ann"), event(MONDAY + DAY, "ann"), event(MONDAY + DAY + HOUR, "ann")]);
    let counts = [Field::ActorTeam, Field::Hour, Field::Weekday, Field::Affected, Field::Time].map(Count::FirstSeen);
    let tuesday = Span { from: MONDAY + DAY, to: MONDAY + 2 * DAY };
    assert_eq!(ask_through(log, query(tuesday, &[], &counts), &lens), [": 1 1 1 0 2"]);
}

fn measures_have_filters_of_their_own(log: &mut impl Engine) {
    let failed = Event { outcome: Outcome::Failure, ..event(MONDAY + 1, "Bob") };
    add(log, "crm", &[event(MONDAY, "Ann"), failed]);
    let only = |filter| Measure { count: Count::Events, filter };
    let question = Query {
        measures: vec![only(Filter::All), only(Filter::failed()), only(Filter::is(Field::Actor, "ann"))],
        ..query(ALWAYS, &[by(Field::Actor)], &[])
    };
    assert_eq!(ask(log, question.clone()), ["Ann: 1 0 1", "Bob: 1 1 0"]);
    assert_eq!(ask(log, Query { measures: vec![], ..question }), ["Ann: ", "Bob: "]);
}

fn questions_together_are_answered_as_alone(log: &mut impl Engine) {
    let names = ["Ann", "ann ", "Bob", "Cy", ""];
    let one = |n: i64| {
        let mut one = event(MONDAY + n * 5 * HOUR / 2, names.get(n as usize % 5).unwrap_or(&""));
        one.class = ActionClass::ALL.get(n as usize % 3).copied().unwrap_or(ActionClass::Other);
        one.affected = (n % 7 == 0).then_some(n as u64);
        one.module = ["Leads", "Deals"].get(n as usize % 2).copied().unwrap_or_default().to_owned();
        one
    };
    // Two batches over the same days, one of them newest first.
    add(log, "crm", &(0..120).map(|n| one(n * 2)).collect::<Vec<_>>());
    add(log, "erp", &(0..120).rev().map(|n| one(n * 2 + 1)).collect::<Vec<_>>());
    let month = Span { from: MONDAY + 3 * DAY, to: MONDAY + 20 * DAY + HOUR };
    let counts = [
        Count::Events,
        Count::Affected,
        Count::Distinct(Field::Actor),
        Count::FirstSeen(Field::Module),
        Count::Burst(6 * HOUR),
        Count::Percentile(Field::Actor, 50),
    ];
    let dimensions: [&[Dimension]; 8] = [
        &[],
        &[Dimension::Day],
        &[Dimension::Week, by(Field::Actor)],
        &[by(Field::Actor), by(Field::Actor)],
        &[by(Field::Weekday), by(Field::Hour)],
        &[by(Field::ActionClass), by(Field::Module)],
        &[by(Field::Affected)],
        &[by(Field::Source), by(Field::OutsideHours)],
    ];
    let filters = [Filter::All, Filter::is(Field::OutsideHours, "yes"), Filter::class(ActionClass::Read)];
    let mut all = Vec::new();
    for span in [month, ALWAYS] {
        for filter in &filters {
            for by in dimensions {
                all.push(Query { filter: filter.clone(), zone: berlin(), ..query(span, by, &counts) });
            }
        }
    }
    let lens = Lens::default();
    let together = log.answer(&all, &lens).unwrap();
    for (query, table) in all.iter().zip(together) {
        assert!(!table.rows.is_empty(), "{query:?}");
        assert_eq!(log.answer(std::slice::from_ref(query), &lens).unwrap(), [table], "{query:?}");
    }
}
