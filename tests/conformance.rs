//! Conformance: the real ServiceNow logs through their mapping files into reports, against a count made here from the
//! raw rows. The logs lie beside the project; without them each test says that it is skipped.

use chrono::{Datelike, NaiveDateTime, Timelike};
use quarterday::audit_log::RowCounts;
use quarterday::calendar::period::Period;
use quarterday::figures::{Amount, Body, Figure, Figures, KeyedRow};
use quarterday::pipeline::import::Told;
use quarterday::pipeline::issue::Press;
use quarterday::pipeline::{Installation, starter};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Rows of each of the two files: what the notes say, and what `wc -l` says without the head.
const ROWS: u64 = 141_712;

/// 5 March 2017, 09:00 UTC: after the last row.
const NOW: i64 = 1_488_704_400_000;

/// One row, as far as it is counted: read from the raw file by this test alone.
struct Raw {
    time: NaiveDateTime,
    actor: String,
    action: String,
    record: String,
    created: bool,
}

#[test]
fn the_history_agrees_with_an_independent_count() {
    let Some(path) = real("incident_event_log.csv.gz") else { return };
    let mut rows = Vec::new();
    let mut reader = csv::Reader::from_reader(unpacked(&path));
    let head = reader.headers().unwrap().clone();
    let at = |name: &str| head.iter().position(|one| one == name).unwrap();
    let (time, actor, action, record, count) =
        (at("sys_updated_at"), at("sys_updated_by"), at("incident_state"), at("number"), at("sys_mod_count"));
    for row in reader.records() {
        let row = row.unwrap();
        rows.push(Raw {
            time: NaiveDateTime::parse_from_str(&row[time], "%d/%m/%Y %H:%M").unwrap(),
            actor: row[actor].to_owned(),
            action: row[action].to_owned(),
            record: row[record].to_owned(),
            created: &row[count] == "0",
        });
    }
    // Through the example that `init` writes, as a person would take it: copied beside it and named by its file.
    agrees(&path, "servicenow-history", include_str!("cases/servicenow/incidents.yaml"), "Awaiting Vendor", &rows);
}

#[test]
fn the_changes_agree_with_an_independent_count() {
    let Some(path) = real("derived_audit.jsonl.gz") else { return };
    let rows: Vec<Raw> = BufReader::new(unpacked(&path))
        .lines()
        .map(|line| {
            let row: serde_json::Value = serde_json::from_str(&line.unwrap()).unwrap();
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            Raw {
                time: NaiveDateTime::parse_from_str(&text("time"), "%Y-%m-%dT%H:%M:%S").unwrap(),
                actor: text("actor"),
                action: text("action"),
                record: text("object_id"),
                created: text("action") == "create",
            }
        })
        .collect();
    agrees(&path, "servicenow-changes", include_str!("cases/servicenow/changes.yaml"), "reopen", &rows);
}

/// Imports the file twice into an installation of its own, issues April 2016, and compares every figure.
fn agrees(file: &Path, mapping: &str, definition: &str, evidence: &str, rows: &[Raw]) {
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    starter::init(home, true).unwrap();
    std::fs::copy(home.join(format!("mappings/examples/{mapping}.yaml")), home.join("mappings/own.yaml")).unwrap();
    std::fs::remove_file(home.join("schedules/example.yaml")).unwrap();
    std::fs::write(home.join("schedules/incidents.yaml"), definition).unwrap();
    let installation = Installation::open(home, Some(NOW)).unwrap();

    let mut log = installation.log_to_add().unwrap();
    let told = Told { mapping: "own".to_owned(), expected_rows: Some(ROWS), ..Told::default() };
    let mut import = || {
        let mut brought = installation.import(&mut log, file, &told, &mut |_, _| {}).unwrap();
        let imported = brought.imported.remove(0);
        assert_eq!(imported.warnings, Vec::<String>::new());
        imported.batch.rows
    };
    assert_eq!(import(), RowCounts { read: ROWS, added: ROWS, ..RowCounts::default() });
    assert_eq!(import(), RowCounts { read: ROWS, repeated: ROWS, ..RowCounts::default() });
    drop(log);
    assert_eq!(rows.len() as u64, ROWS);

    let figures = issued(&installation);
    let april: Vec<&Raw> = rows.iter().filter(|row| (row.time.year(), row.time.month()) == (2016, 4)).collect();
    totals(&figures, rows, &april);
    tables(&figures, &april, evidence);
    let reconciliation = &figures.reconciliation;
    assert_eq!(
        (reconciliation.log, reconciliation.in_scope, reconciliation.excluded),
        (count(&april), count(&april), 0)
    );
}

/// The figures of April 2016, as issued and read again from the edition's file.
fn issued(installation: &Installation) -> Figures {
    let written = installation.definitions().unwrap().remove(0);
    let mut ledger = installation.ledger().unwrap();
    let press = Press::open(installation).unwrap();
    let run = press.by_hand(&mut ledger, &written, &Period::parse("2016-04").unwrap(), None).unwrap();
    assert!(run.failed.is_empty(), "{:?}", run.failed);
    assert_eq!(run.issued[0].warnings, Vec::<String>::new());
    let text = std::fs::read_to_string(run.issued[0].folder.join("figures.json")).unwrap();
    let mut hinge: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(hinge["figures"].take()).unwrap()
}

/// Counts over the whole month.
fn totals(figures: &Figures, rows: &[Raw], april: &[&Raw]) {
    let mut first: BTreeMap<&str, NaiveDateTime> = BTreeMap::new();
    for row in rows {
        let seen = first.entry(&row.actor).or_insert(row.time);
        *seen = row.time.min(*seen);
    }
    let start = april.iter().map(|row| row.time).min().unwrap().date().with_day(1).unwrap();
    let new = first.values().filter(|time| time.date() >= start && (time.year(), time.month()) == (2016, 4)).count();
    let night: Vec<&Raw> = april.iter().copied().filter(|row| row.time.hour() < 6).collect();
    let mut each: Vec<i64> = by(april, |row| row.actor.clone()).into_values().collect();
    each.sort_unstable();
    let expected = [
        ("events", count(april)),
        ("actors", distinct(april, |row| &row.actor)),
        ("records", distinct(april, |row| &row.record)),
        ("new_actors", new as i64),
        ("by_908", april.iter().filter(|row| row.actor == "Updated by 908").count() as i64),
        ("at_night", count(&night)),
        ("people_at_night", distinct(&night, |row| &row.actor)),
        ("burst", most_in_five_minutes(april)),
        ("median_per_actor", each[each.len().div_ceil(2) - 1]),
    ];
    for (name, value) in expected {
        assert_eq!(figures.totals[name].now.amount, Amount::Whole(value), "{name}");
    }
    // Absent is not zero: this source records neither outcomes nor deletions.
    for name in ["failures", "records_deleted"] {
        assert_eq!(figures.totals[name].now.amount, Amount::NotRecorded, "{name}");
    }
}

/// Every section that breaks the month down.
fn tables(figures: &Figures, april: &[&Raw], evidence: &str) {
    let class = |row: &Raw| if row.created { "create".to_owned() } else { "update".to_owned() };
    let day = |row: &Raw| row.time.date().to_string();
    let mut compared = BTreeSet::new();
    for section in &figures.sections {
        match (&section.body, section.id.as_str()) {
            (Body::Series(series), id @ ("days" | "day-classes")) => {
                let split = id == "day-classes";
                let expected = by(april, |row| (if split { class(row) } else { String::new() }, day(row)));
                let mut shown = BTreeMap::new();
                for one in &series.series {
                    for (category, figure) in series.categories.iter().zip(&one.figures) {
                        shown.insert((one.key.clone(), category.clone()), whole(figure));
                    }
                }
                shown.retain(|_, value| *value != 0);
                assert_eq!((series.categories.len(), shown), (30, expected), "{id}");
            }
            (Body::Ranking(ranking), id) => {
                let expected = match id {
                    "classes" => by(april, class),
                    "actors" => by(april, |row| row.actor.clone()),
                    "records" => by(april, |row| row.record.clone()),
                    other => panic!("no count for {other}"),
                };
                let groups = expected.len();
                let mut order: Vec<(String, i64)> = expected.into_iter().collect();
                order.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
                order.truncate(10);
                assert_eq!(events_by(&ranking.rows), order, "{id}");
                assert_eq!(ranking.rows.len() as u64 + ranking.more, groups as u64, "{id}");
                let rest: i64 = ranking.rest.first().and_then(Option::as_ref).map_or(0, whole);
                assert_eq!(order.iter().map(|(_, value)| value).sum::<i64>() + rest, count(april), "{id}");
            }
            (Body::Crosstab(crosstab), _) => {
                let expected = by(april, |row| row.action.clone());
                let row = &crosstab.rows[0];
                assert_eq!((crosstab.rows.len(), row.keys[0].as_str()), (1, "incident"));
                let shown =
                    crosstab.columns.iter().cloned().zip(row.figures.iter().map(whole)).collect::<BTreeMap<_, _>>();
                assert_eq!(shown, expected);
            }
            (Body::Heatmap(heatmap), _) => {
                let expected =
                    by(april, |row| (row.time.weekday().number_from_monday() as usize - 1, row.time.hour() as usize));
                let cells = &heatmap.panels[0].cells;
                assert_eq!((cells.len(), cells[0].len()), (7, 24));
                for (weekday, hours) in cells.iter().enumerate() {
                    for (hour, value) in hours.iter().enumerate() {
                        let count = expected.get(&(weekday, hour)).copied().unwrap_or(0);
                        assert_eq!(*value, count, "weekday {weekday}, hour {hour}");
                    }
                }
            }
            (Body::Events(events), _) => {
                let all = april.iter().filter(|row| row.action == evidence).count() as i64;
                assert_eq!(whole(&events.total), all);
                assert_eq!(events.shown.len() as i64, all.min(10));
            }
            _ => continue,
        }
        compared.insert(section.id.as_str());
    }
    let all = BTreeSet::from(["actors", "classes", "day-classes", "days", "hours", "records", "rows", "states"]);
    assert_eq!(compared, all);
}

fn events_by(rows: &[KeyedRow]) -> Vec<(String, i64)> {
    rows.iter().map(|row| (row.keys[0].clone(), whole(&row.figures[0]))).collect()
}

fn whole(figure: &Figure) -> i64 {
    match figure.amount {
        Amount::Whole(value) => value,
        other => panic!("{} is no count: {other:?}", figure.address),
    }
}

fn count(rows: &[&Raw]) -> i64 {
    rows.len() as i64
}

fn by<K: Ord>(rows: &[&Raw], key: impl Fn(&Raw) -> K) -> BTreeMap<K, i64> {
    let mut counts = BTreeMap::new();
    for row in rows {
        *counts.entry(key(row)).or_insert(0) += 1;
    }
    counts
}

fn distinct(rows: &[&Raw], value: impl Fn(&Raw) -> &String) -> i64 {
    rows.iter().map(|row| value(row)).collect::<BTreeSet<_>>().len() as i64
}

fn most_in_five_minutes(rows: &[&Raw]) -> i64 {
    let mut times: Vec<i64> = rows.iter().map(|row| row.time.and_utc().timestamp()).collect();
    times.sort_unstable();
    // Half-open: from each event on, those before five minutes later.
    (0..times.len()).map(|at| times.partition_point(|time| *time < times[at] + 300) - at).max().unwrap_or(0) as i64
}

fn unpacked(path: &Path) -> impl std::io::Read {
    flate2::read::GzDecoder::new(std::fs::File::open(path).unwrap())
}

fn real(name: &str) -> Option<PathBuf> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/servicenow").join(name);
    if !path.is_file() {
        println!("skipped: {} is not here", path.display());
        return None;
    }
    Some(path)
}
