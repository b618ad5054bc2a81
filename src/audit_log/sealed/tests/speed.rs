//! Speed: how long a year of 150 000 events takes to import and to ask. Run by hand: it prints and judges nothing.

use super::*;
use std::time::Instant;

fn year(count: i64) -> Vec<Event> {
    let mut seed = 7u64;
    let mut random = move |below: u64| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % below
    };
    let step = 395 * DAY / count;
    (0..count)
        .map(|n| {
            let mut one =
                event(MONDAY + n * step + random(900) as i64 * 1000, &format!("person{}@example.com", random(60)));
            one.time_written = format!(
                "2025-{:02}-{:02} {:02}:{:02}:{:02}",
                random(12) + 1,
                random(28) + 1,
                random(24),
                random(60),
                random(60)
            );
            one.class = ActionClass::ALL[random(14) as usize];
            one.action = format!("{} record", one.class.as_str());
            one.module = ["Leads", "Deals", "Contacts", "Accounts", "Campaigns"][random(5) as usize].to_owned();
            one.record = format!("52000000{}", random(40_000));
            one.record_name = format!("Record {}", random(40_000));
            one.changes =
                vec![Change { field: "Stage".into(), old: Some("Open".into()), new: Some(format!("{}", random(100))) }];
            one.details.insert("Remark".into(), format!("remark {}", random(1000)));
            one.line = n as u64 + 2;
            one
        })
        .collect()
}

#[test]
#[ignore = "prints times; run by hand"]
fn a_year() {
    let count: i64 = std::env::var("EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(150_000);
    let events = year(count);
    let mut all = sealed();
    let clock = Instant::now();
    add(&mut all.log, "crm", &events);
    println!("import {count}: {:?}", clock.elapsed());
    let clock = Instant::now();
    add(&mut all.log, "crm", &events);
    println!("import again: {:?}", clock.elapsed());
    let _ = all.log.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)");
    let size = std::fs::metadata(all.folder.path().join("log")).unwrap().len();
    println!("bytes an event: {:.1}", size as f64 / count as f64);
    let month = Span { from: MONDAY + 330 * DAY, to: MONDAY + 360 * DAY };
    let dimensions = [
        vec![Dimension::Day],
        vec![Dimension::Field(Field::Actor)],
        vec![Dimension::Field(Field::ActionClass), Dimension::Field(Field::Outcome)],
        vec![Dimension::Field(Field::Weekday), Dimension::Field(Field::Hour)],
        vec![Dimension::Field(Field::Module), Dimension::Field(Field::ActorRole)],
        vec![Dimension::Week, Dimension::Field(Field::ActionClass)],
    ];
    let counts = [
        Count::Events,
        Count::Affected,
        Count::Distinct(Field::Actor),
        Count::Distinct(Field::Record),
        Count::FirstSeen(Field::Actor),
        Count::Burst(300_000),
        Count::Percentile(Field::Actor, 90),
    ];
    let questions = |span: Span| -> Vec<Query> {
        let filters = [
            Filter::All,
            Filter::class(ActionClass::Delete),
            Filter::failed(),
            Filter::is(Field::OutsideHours, "yes"),
            Filter::OneOf(Field::ActionClass, vec!["export".into(), "import".into()]),
        ];
        let each = filters.iter().flat_map(|filter| dimensions.iter().map(move |by| (filter, by)));
        each.map(|(filter, by)| Query {
            filter: filter.clone(),
            zone: crate::audit_log::contract::berlin(),
            ..query(span, by, &counts)
        })
        .collect()
    };
    let path = all.folder.path().join("log");
    let clock = Instant::now();
    let cold = SealedLog::open_read_only(&path).unwrap();
    cold.answer(&questions(month), &Lens::default()).unwrap();
    println!("30 questions of 7 measures, a month, just opened: {:?}", clock.elapsed());
    for (name, span) in [("a month", month), ("all", ALWAYS)] {
        let clock = Instant::now();
        cold.answer(&questions(span), &Lens::default()).unwrap();
        println!("30 questions of 7 measures, {name}: {:?}", clock.elapsed());
    }
    let clock = Instant::now();
    assert!(cold.verify().unwrap().holds());
    println!("verify: {:?}", clock.elapsed());
}
