//! Tests of ad-hoc statements: what `events` says is what the oracle says, only what is asked is read, nothing is changed.

mod refusing;

use super::*;
use crate::audit_log::contract::{DAY, HOUR, InFolder, MONDAY, add, add_rows, berlin, event, query, rejected, sealed};
use crate::audit_log::{Append, EvidenceQuery, Query, StoredEvent};
use crate::calendar::Span;
use crate::calendar::hours::WorkingHours;
use crate::directory::{Directory, Person};
use crate::event::{ActionClass, Change, Event, Origin, Outcome, actor_key};
use crate::query::{Count, Dimension, Field, Filter};
use proptest::prelude::*;

const ALWAYS: Span = crate::audit_log::contract::ALWAYS;

fn lens() -> Lens {
    let person = |actor: &str, team: &str, until: Option<i64>, from: Option<i64>| Person {
        actor: actor.into(),
        name: format!("{actor} of {team}"),
        kind: if actor == "Bot" { "service" } else { "person" }.into(),
        team: team.into(),
        role: "Clerk".into(),
        from,
        until,
        ..Person::default()
    };
    let moved = Some(MONDAY + 3 * DAY);
    let hours = WorkingHours { exempt_kinds: ["service".to_owned()].into(), ..WorkingHours::default() };
    let rows =
        vec![person("Ann", "Sales", moved, None), person("ann", "Support", None, moved), person("Bot", "", None, None)];
    Lens { directory: Directory::new(rows), hours, ..Lens::default() }
}

fn ask_within(log: &SealedLog, statement: &str, timeout: Option<Duration>) -> Result<Vec<String>, SqlError> {
    let (zone, lens) = (berlin(), lens());
    let question = Question { statement, zone: &zone, lens: &lens, timeout };
    let mut out = Vec::new();
    log.sql(&question, &mut |part| {
        if let Part::Row(values) = part {
            let texts: Vec<String> = values
                .iter()
                .map(|value| match value {
                    Value::Null => "-".to_owned(),
                    Value::Integer(number) => number.to_string(),
                    Value::Real(number) => format!("{number:?}"),
                    Value::Text(text) => text.to_string(),
                    Value::Bytes(bytes) => format!("{bytes:?}"),
                })
                .collect();
            out.push(texts.join("|"));
        }
        ControlFlow::Continue(())
    })?;
    Ok(out)
}

#[track_caller]
fn ask(log: &SealedLog, statement: &str) -> Vec<String> {
    ask_within(log, statement, None).unwrap_or_else(|error| panic!("{statement}: {error}"))
}

#[track_caller]
fn one(log: &SealedLog, statement: &str) -> String {
    let rows = ask(log, statement);
    assert_eq!(rows.len(), 1, "{statement}: {rows:?}");
    rows.into_iter().next().unwrap()
}

fn wrong(log: &SealedLog, statement: &str) -> (String, Option<usize>) {
    match ask_within(log, statement, None) {
        Err(SqlError::Wrong { what, at }) => (what, at),
        other => panic!("{statement}: {other:?}"),
    }
}

/// Events of every shape over ten days, from two sources; one batch is void.
fn rich() -> InFolder {
    let made = |n: i64| {
        let mut one = event(MONDAY + n * 97 * 60_000 + n % 1000, ["Ann", "ann ", "Bob", "Bot", ""][n as usize % 5]);
        one.class = ActionClass::ALL[n as usize % 14];
        one.action = format!("Did {}", n % 14);
        one.outcome = Outcome::ALL[n as usize % 5];
        one.module = ["Deals", "", "Ställe"][n as usize % 3].into();
        one.id = (n % 3 == 0).then(|| format!("id-{n}"));
        one.record = format!("rec-{}", n % 11);
        one.origin =
            Origin { ip: if n % 2 == 0 { format!("10.0.0.{}", n % 7) } else { String::new() }, ..Origin::default() };
        one.affected = (n % 4 == 0).then_some(n as u64);
        if n % 6 == 0 {
            one.changes = vec![Change { field: "Stage".into(), old: None, new: Some(format!("'{n}\"")) }];
            one.details.insert("Remark".to_owned(), format!("{n} {{}}"));
        }
        one.line = n as u64 + 2;
        one
    };
    let mut all = sealed();
    let events: Vec<Event> = (0..150).map(made).collect();
    add_rows(&mut all.log, "crm", &events[..100], &[rejected("broken", None)], &[]).unwrap();
    add(&mut all.log, "erp", &events[90..]);
    add(&mut all.log, "crm", &events[100..130]);
    all.log.void(3, MONDAY, "ann", "wrong file").unwrap();
    all
}

fn stored(log: &SealedLog) -> Vec<StoredEvent> {
    let all = EvidenceQuery { span: ALWAYS, zone: berlin(), filter: Filter::All, limit: usize::MAX };
    log.evidence(&all, &lens()).unwrap().events
}

#[test]
fn every_column_says_what_the_event_says() {
    let rich = rich();
    let some = |text: &str| if text.is_empty() { "-".to_owned() } else { text.to_owned() };
    let lens = lens();
    let mut expected = Vec::new();
    for StoredEvent { number, source, event } in stored(&rich.log) {
        let civil = berlin().civil(event.time);
        let key = actor_key(&event.actor);
        let person = lens.directory.at(&key, event.time);
        let of = |field: fn(&Person) -> &String| person.map_or("-".to_owned(), |person| some(field(person)));
        let outside = person.is_none_or(|person| person.kind != "service")
            && lens.hours.is_outside(lens.hours.profile(None), civil);
        let changes: Vec<serde_json::Value> = event
            .changes
            .iter()
            .map(|change| serde_json::json!({ "field": change.field, "old": change.old, "new": change.new }))
            .collect();
        let json = |empty: bool, text: String| if empty { "-".to_owned() } else { text };
        let at = chrono::DateTime::from_timestamp_millis(event.time).unwrap();
        expected.push(
            [
                number.clone(),
                at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true),
                event.time.to_string(),
                civil.format("%Y-%m-%d").to_string(),
                civil.format("%G-W%V").to_string(),
                civil.format("%Y-%m").to_string(),
                civil.format("%-H").to_string(),
                civil.format("%u").to_string(),
                source,
                some(&event.actor),
                some(&key),
                of(|person| &person.name),
                of(|person| &person.role),
                of(|person| &person.team),
                of(|person| &person.kind),
                u8::from(outside).to_string(),
                event.action.clone(),
                event.class.as_str().to_owned(),
                some(&event.module),
                some(&event.record),
                some(&event.record_name),
                event.outcome.as_str().to_owned(),
                some(&event.origin.ip),
                some(&event.origin.agent),
                some(&event.origin.channel),
                event.records_affected().to_string(),
                some(event.id.as_deref().unwrap_or_default()),
                event.time_written.clone(),
                json(changes.is_empty(), serde_json::Value::Array(changes).to_string()),
                json(event.details.is_empty(), serde_json::to_string(&event.details).unwrap()),
                number.split_once('-').unwrap().0.to_owned(),
                event.line.to_string(),
            ]
            .join("|"),
        );
    }
    assert_eq!(expected.len(), 160, "the void batch is out");
    let rows = ask(&rich.log, "select * from events order by time_ms, batch, cast(substr(number, 3) as integer)");
    assert_eq!(rows, expected);
}

#[test]
fn statements_agree_with_the_questions_of_reports() {
    let rich = rich();
    let by_team = Query { zone: berlin(), ..query(ALWAYS, &[Dimension::Field(Field::ActorTeam)], &[Count::Events]) };
    let answer = rich.log.answer(&[by_team], &lens()).unwrap();
    let expected: Vec<String> = answer[0].rows.iter().map(|row| format!("{}|{}", row.keys[0], row.values[0])).collect();
    let statement = "select coalesce(actor_team, ''), count(*) from events group by 1 order by 1";
    assert_eq!(ask(&rich.log, statement), expected);
    let outside = Filter::is(Field::OutsideHours, "yes");
    let counted = Query { zone: berlin(), filter: outside, ..query(ALWAYS, &[Dimension::Day], &[Count::Affected]) };
    let answer = rich.log.answer(&[counted], &lens()).unwrap();
    let expected: Vec<String> = answer[0].rows.iter().map(|row| format!("{}|{}", row.keys[0], row.values[0])).collect();
    let statement = "select day, sum(affected) from events where outside_hours group by day order by day";
    assert_eq!(ask(&rich.log, statement), expected);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]
    /// A condition narrows what is read; written so that nothing can be narrowed, it must leave the same rows.
    #[test]
    fn narrowing_never_changes_an_answer(seeds in prop::collection::vec((0usize..25, 0usize..6, any::<prop::sample::Index>()), 40)) {
        let rich = rich();
        let compare = ["=", ">", ">=", "<", "<=", "in"];
        let condition = |(column, operator, value): &(usize, usize, prop::sample::Index)| {
            let column = columns::Column::ALL[*column].1;
            let of = format!("quote({column}) from events union select quote(substr({column}, 1, 7)) from events");
            let values = ask(&rich.log, &format!("select {of} union select quote('') union select '0.5' order by 1"));
            let value = value.get(&values);
            match compare[*operator] {
                "in" => format!("{column} in ({value}, 'create', '10.0.0.2', 'Ann', '2-7', 2)"),
                other => format!("{column} {other} {value}"),
            }
        };
        let conditions: Vec<String> = seeds.iter().map(condition).collect();
        for two in conditions.chunks(2) {
            let both = two.join(" and ");
            let narrow = ask(&rich.log, &format!("select number from events where {both} order by 1"));
            // SQLite does not carry conditions over a limit.
            let wide = ask(&rich.log, &format!("select number from (select * from events limit -1) where {both} order by 1"));
            prop_assert_eq!(narrow, wide, "{}", both);
        }
    }
}

#[test]
fn civil_days_are_found_over_changes_of_the_clock() {
    let mut all = sealed();
    // 2026-03-29 and 2026-10-25 in Berlin, and a night on which Havana's clocks go back from 1:00 to 0:00.
    let times = [
        "2026-03-28T22:59:59.999Z",
        "2026-03-28T23:00:00Z",
        "2026-03-29T21:59:59Z",
        "2026-03-29T22:00:00Z",
        "2026-11-01T04:30:00Z",
        "2026-11-01T05:30:00Z",
    ];
    let events: Vec<Event> = times
        .iter()
        .map(|time| event(chrono::DateTime::parse_from_rfc3339(time).unwrap().timestamp_millis(), "Ann"))
        .collect();
    add(&mut all.log, "crm", &events);
    assert_eq!(one(&all.log, "select count(*) from events where day = '2026-03-29'"), "2");
    assert_eq!(
        one(&all.log, "select group_concat(day) from events where day between '2026-03-28' and '2026-03-29'"),
        "2026-03-28,2026-03-29,2026-03-29"
    );
    assert_eq!(
        one(&all.log, "select count(*) from events where time between '2026-03-28T23' and '2026-03-29T22'"),
        "2"
    );
    assert_eq!(one(&all.log, "select count(*) from events where time >= '2026-03-29'"), "4");
    assert_eq!(one(&all.log, "select count(*) from events where month = '2026-11'"), "2");
}

#[test]
fn only_the_columns_of_the_statement_are_read() {
    let rich = rich();
    rich.log.db.execute_batch("DELETE FROM cold; DELETE FROM warm;").unwrap();
    assert_eq!(
        one(&rich.log, "select count(*), sum(affected), count(distinct actor_key), max(class) from events")
            .split('|')
            .next(),
        Some("160")
    );
    assert_eq!(
        one(
            &rich.log,
            "select count(actor_team) from events where day > '2026-03-04' and outcome in ('denied', 'failure')"
        ),
        "23"
    );
    for statement in ["select ip from events", "select details from events", "select 1 from events where line > 3"] {
        let failed = ask_within(&rich.log, statement, None);
        assert!(
            matches!(&failed, Err(SqlError::Log(LogError::Damaged(words))) if words.contains("missing")),
            "{failed:?}"
        );
    }
    // Not even hot columns, where rows are only counted, nor days outside the condition.
    rich.log
        .db
        .execute("DELETE FROM hot WHERE segment IN (SELECT id FROM segments WHERE day > ?1)", [MONDAY / DAY])
        .unwrap();
    assert_eq!(one(&rich.log, "select count(*) from events"), "160");
    assert_eq!(one(&rich.log, "select count(class) from events where time < '2026-03-03'"), "15");
    assert_eq!(one(&rich.log, "select count(class) from events where time_ms < 1772496000000 and batch = 1"), "15");
    assert!(ask_within(&rich.log, "select count(class) from events where time <= '2026-03-03T00:10'", None).is_ok());
    assert!(ask_within(&rich.log, "select count(class) from events", None).is_err());
    assert!(ask_within(&rich.log, "select count(class) from events where source = 'none'", None).is_ok());
}

#[test]
fn the_short_tables_list_what_the_log_knows() {
    let rich = rich();
    assert_eq!(
        ask(&rich.log, "select batch, source, added, quarantined, voided_by, void_reason from batches"),
        ["1|crm|100|1|-|-", "2|erp|60|0|-|-", "3|crm|30|0|ann|wrong file"]
    );
    assert_eq!(
        ask(&rich.log, "select source, title, events, rejected from sources"),
        ["crm|CRM|100|1", "erp|ERP|60|0"]
    );
    assert_eq!(ask(&rich.log, "SELECT id, reason, raw, settled_by FROM \"Quarantine\""), ["1|no time|broken|-"]);
    assert_eq!(
        ask(
            &rich.log,
            "select e.actor, p.team from events e join people p using (actor_key) where e.time_ms < coalesce(p.until_ms, 1e15) and e.time_ms >= coalesce(p.from_ms, 0) and e.batch = 1 and e.time > '2026-03-05' limit 2"
        ),
        ["Ann|Support", "ann |Support"]
    );
    // What each table is said to have, it has.
    for table in list_tables() {
        let columns: Vec<&str> = table.columns.iter().map(|(name, ..)| *name).collect();
        ask(&rich.log, &format!("select {} from {}", columns.join(", "), table.name));
    }
}

#[test]
fn json_is_taken_apart_and_statements_may_be_built_of_parts() {
    let rich = rich();
    assert_eq!(one(&rich.log, "select details ->> '$.Remark' from events where number = '1-7'"), "6 {}");
    assert_eq!(
        one(&rich.log, "select c.value ->> 'new' from events e, json_each(e.changes) c where e.number = '1-7'"),
        "'6\""
    );
    let statement = "with recursive n(i) as (select 1 union all select i + 1 from n where i < 3) select i, (select count(*) from events where batch = i) from n";
    assert_eq!(ask(&rich.log, statement), ["1|100", "2|60", "3|0"]);
    assert_eq!(
        one(
            &rich.log,
            "with a as materialized (select actor_key, time_ms from events) select count(*) > 0 from a x join a y on x.actor_key = y.actor_key and y.time_ms > x.time_ms"
        ),
        "1"
    );
    assert!(!ask(&rich.log, "explain query plan select * from events where day = '2026-03-03'").is_empty());
}
