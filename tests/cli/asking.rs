//! Asking the log: statements and exports, as a person types them.

use crate::home::Home;
use crate::samples::CRM;
use std::io::Write;
use std::process::Stdio;

fn filled() -> Home {
    let home = Home::new();
    home.file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

#[test]
fn a_statement_is_answered_as_table_csv_and_json_lines() {
    let home = filled();
    let statement = "select class, count(*) as events from events group by class order by 2 desc, 1";
    let table = home.run(["sql", statement]);
    assert_eq!(table.code, 0, "{table:#?}");
    assert!(table.out.starts_with("class"), "{table:#?}");
    assert!(table.err.contains("rows)"), "{table:#?}");
    let csv = home.ok(["sql", statement, "--csv"]);
    let json = home.ok(["sql", statement, "--json"]);
    let from_csv: Vec<String> = csv.lines().skip(1).map(str::to_owned).collect();
    let from_json: Vec<String> = json
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .map(|row| format!("{},{}", row["class"].as_str().unwrap(), row["events"]))
        .collect();
    assert!(!from_csv.is_empty());
    assert_eq!(from_csv, from_json);
    assert_eq!(csv, home.ok(["sql", "--csv", statement]), "the same bytes again");
    let total = home.ok(["sql", "--csv", "select count(*) from events"]);
    assert_eq!(total, "count(*)\r\n7\r\n");
}

#[test]
fn a_statement_may_come_from_standard_input() {
    let home = filled();
    for arguments in [vec!["sql", "--csv"], vec!["sql", "--csv", "-"]] {
        let mut running = home
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        running.stdin.take().unwrap().write_all(b"select 1 +\n1 as two;\n").unwrap();
        let done = running.wait_with_output().unwrap();
        assert_eq!(String::from_utf8_lossy(&done.stdout), "two\r\n2\r\n", "{done:?}");
    }
}

#[test]
fn a_wrong_statement_is_a_problem_with_its_place() {
    let home = filled();
    home.run(["sql", "select count(*),\n  clas from events"])
        .fails(2, &["statement:2:3: no such column: clas. Did you mean `class`?"]);
    home.run(["sql", "select * from event"])
        .fails(2, &["statement:1:15: no such table: event. Did you mean `events`?"]);
    home.run(["sql", "delete from batches"]).fails(2, &["only one SELECT"]);
    home.run(["sql", "select 1; select 2"]).fails(2, &["more than one statement"]);
    home.run(["sql", "select 1", "--timeout", "soon"]).fails(2, &["write it as 30s"]);
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n";
    home.run(["sql", endless, "--timeout", "1s"]).fails(1, &["took longer than 1 s"]);
    Home::new().run(["sql", "select 1"]).fails(1, &["has no log yet"]);
}

#[test]
fn the_schema_explains_every_column_without_a_log() {
    let home = Home::new();
    let said = home.ok(["sql", "--schema"]);
    for words in ["events: ", "actor_key", "quarantine: ", "people: ", "voided_by"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    let tables = home.json(&["sql", "--schema"]);
    assert_eq!(tables[0]["table"], "events");
    assert!(tables[0]["columns"].as_array().unwrap().len() > 30);
}

#[test]
fn an_export_holds_every_event_once_in_order_of_time() {
    let home = filled();
    home.run(["export", "--as", "jsonl", "-o", "all.jsonl"]).fails(0, &["all.jsonl: 7 events exported."]);
    let text = std::fs::read_to_string(home.path("all.jsonl")).unwrap();
    let rows: Vec<serde_json::Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(rows.len(), 7);
    assert!(rows.windows(2).all(|two| two[0]["time"].as_str() <= two[1]["time"].as_str()));
    assert_eq!(home.ok(["export", "--as", "jsonl", "-o", "-"]), text, "the same bytes again");
    let asked = home.ok(["sql", "--csv", "select number from events order by time_ms, batch, number"]);
    let numbers: Vec<&str> = rows.iter().map(|row| row["number"].as_str().unwrap()).collect();
    assert_eq!(asked.lines().skip(1).collect::<Vec<_>>(), numbers);
    for form in ["csv", "ocsf"] {
        let out = home.ok(["export", "--as", form, "-o", "-"]);
        assert_eq!(out.lines().count(), if form == "csv" { 8 } else { 7 }, "{out}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(home.path("all.jsonl")).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "for the owner's eyes");
    }
    assert!(!crate::home::names(&home.path("")).iter().any(|name| name.ends_with(".part")));
}

#[test]
fn an_export_is_narrowed_by_days_sources_and_conditions() {
    let home = filled();
    let count = |arguments: &[&str]| {
        let all: Vec<&str> = ["export", "--as", "jsonl", "-o", "-"].iter().chain(arguments).copied().collect();
        home.ok(all).lines().count().to_string()
    };
    let asked = |condition: &str| {
        let statement = format!("select count(*) from events where {condition}");
        home.ok(["sql", "--csv", &statement]).lines().nth(1).unwrap().to_owned()
    };
    let days = home.ok(["sql", "--csv", "select min(day), max(day) from events"]);
    let (first, last) = days.lines().nth(1).unwrap().split_once(',').unwrap();
    assert_eq!(count(&["--from", first, "--to", last]), "7", "the last day is in");
    assert_eq!(count(&["--period", first]), asked(&format!("day = '{first}'")));
    assert_eq!(count(&["--to", first]), asked(&format!("day <= '{first}'")));
    assert_eq!(count(&["--source", "zoho-crm"]), "7");
    assert_eq!(count(&["--where", "action_class: delete"]), asked("class = 'delete'"));
    assert_eq!(
        count(&["--where", "{ not: { action_class: [delete, update] } }"]),
        asked("class not in ('delete', 'update')")
    );
    assert_eq!(count(&["--from", "2030-01-01"]), "0");
    home.run(["export", "--as", "csv", "-o", "-", "--where", "{ action_clas: delete }"])
        .fails(2, &["--where:1:3:", "action_class"]);
    home.run(["export", "--as", "csv", "-o", "-", "--source", "erp"]).fails(2, &["there are: zoho-crm"]);
    home.run(["export", "--as", "csv", "-o", "-", "--from", "2026-02-01", "--to", "2026-01-01"])
        .fails(2, &["before the first"]);
    home.run(["export", "--as", "csv", "-o", "nowhere/x.csv"]).fails(1, &["nowhere/x.csv cannot be written"]);
}

/// What an export says can be read in again, through a mapping, into another log.
#[test]
fn an_export_is_imported_again() {
    let home = filled();
    let exported = home.ok(["export", "--as", "jsonl", "-o", "-"]);
    let other = Home::new();
    other.file("again.jsonl", &exported).file("mappings/again.yaml", AGAIN);
    other.ok(["import", "again.jsonl", "--mapping", "again"]);
    let statement = "select time, actor, action, class, module, record, record_name, outcome, affected, channel from events order by time_ms, number";
    assert_eq!(other.ok(["sql", "--csv", statement]), home.ok(["sql", "--csv", statement]));
}

const AGAIN: &str = "name: zoho-crm\ntitle: Again\nformat: json lines\ntimes: [iso]\ncolumns: { id: id, time: time, actor: actor, action: action, module: module, record: record, record_name: record_name, outcome: outcome, affected: affected, origin: { ip: ip, agent: agent, channel: channel } }\nactions:\n  - { when: { class: [create] }, class: create }\n  - { when: { class: [read] }, class: read }\n  - { when: { class: [update] }, class: update }\n  - { when: { class: [delete] }, class: delete }\n  - { when: { class: [restore] }, class: restore }\n  - { when: { class: [export] }, class: export }\n  - { when: { class: [permission] }, class: permission }\n  - { when: { class: [configure] }, class: configure }\n  - { otherwise: other }\nrecords: { fields: [actor, module, record, record_name, affected, channel], actions: [create, read, update, delete, restore, export, permission, configure, other] }\n";
