//! Everything: every real log that lies beside the project is imported, told by itself where it is known: no row is
//! unaccounted for, nothing is added the second time, and two halves give the same answers as the whole. Without the logs
//! each test says that it is skipped.

use quarterday::audit_log::{AuditLog, Lens, RowCounts};
use quarterday::calendar::Span;
use quarterday::calendar::zone::Zone;
use quarterday::event::Outcome;
use quarterday::ingest::presets;
use quarterday::pipeline::import::{AUTO, Told};
use quarterday::pipeline::{Installation, starter};
use quarterday::query::{EvidenceQuery, Filter};
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::time::Instant;

/// 23 November 2026, 12:00 UTC.
const NOW: i64 = 1_795_435_200_000;

fn data() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    if folder.is_dir() {
        return Some(folder);
    }
    eprintln!("skipped: the real logs do not lie in {}", folder.display());
    None
}

fn installation(home: &Path) -> Installation {
    starter::init(home, true).unwrap();
    for (name, text) in
        [("other-json", include_str!("everything/json.yaml")), ("other-text", include_str!("everything/text.yaml"))]
    {
        std::fs::write(home.join(format!("mappings/{name}.yaml")), text).unwrap();
    }
    Installation::open(home, Some(NOW)).unwrap()
}

fn told() -> Told {
    let otherwise = vec!["other-json".to_owned(), "other-text".to_owned()];
    Told { mapping: AUTO.to_owned(), inside: Some("log".to_owned()), otherwise, ..Told::default() }
}

fn files(folder: &Path) -> Vec<PathBuf> {
    quarterday::pipeline::inputs::inputs(&[folder.to_owned()]).unwrap()
}

#[test]
fn every_file_is_imported_whole_and_adds_nothing_the_second_time() {
    let Some(folder) = data() else { return };
    for file in files(&folder) {
        let home = tempfile::tempdir().unwrap();
        let installation = installation(home.path());
        let mut log = installation.log_to_add().unwrap();
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let mut bring = || -> (RowCounts, BTreeMap<String, RowCounts>) {
            let brought = installation.import(&mut log, &file, &told(), &mut |_, _| {}).unwrap();
            assert_eq!(brought.unknown, Vec::<String>::new(), "{name}");
            let mut all = RowCounts::default();
            let mut each = BTreeMap::new();
            for imported in brought.imported {
                let rows = imported.batch.rows;
                assert_eq!(
                    rows.read,
                    rows.added + rows.repeated + rows.quarantined + rows.no_event + rows.retired,
                    "{name}"
                );
                assert_eq!(rows.read, imported.summary.rows, "{name}");
                all.read += rows.read;
                all.added += rows.added;
                all.repeated += rows.repeated;
                all.quarantined += rows.quarantined;
                all.no_event += rows.no_event;
                each.insert(imported.batch.about.mapping.clone(), rows);
            }
            (all, each)
        };
        let clock = Instant::now();
        let (first, each) = bring();
        let took = clock.elapsed();
        let (second, _) = bring();
        assert_eq!((second.added, second.quarantined), (0, 0), "{name}: {second:?}");
        assert_eq!(second.read, first.read, "{name}");
        assert_eq!(second.repeated + second.no_event, second.read, "{name}");
        println!(
            "{name}: {} read = {} added + {} repeated + {} quarantined + {} no event; {:.2} s",
            first.read,
            first.added,
            first.repeated,
            first.quarantined,
            first.no_event,
            took.as_secs_f64()
        );
        for (mapping, rows) in each {
            println!("    {mapping}: {rows:?}");
        }
        let mut reasons: BTreeMap<String, usize> = BTreeMap::new();
        for row in log.quarantine(true).unwrap() {
            let reason: String =
                row.row.reason.split("; the row has").next().unwrap_or_default().chars().take(90).collect();
            // What differs from row to row is not the reason.
            let reason = reason.split(": ").last().unwrap_or_default().split('`').next().unwrap_or_default().to_owned();
            *reasons.entry(reason).or_default() += 1;
        }
        for (reason, count) in reasons {
            println!("    quarantined {count}: {reason}");
        }
    }
}

#[test]
fn two_halves_cut_between_distinct_times_give_the_same_answers_as_the_whole() {
    let Some(folder) = data() else { return };
    let cuts = [
        ("servicenow/derived_audit.jsonl.gz", false),
        ("servicenow/incident_event_log.csv.gz", true),
        ("pgaudit/pg15_pgaudit.csv.gz", false),
        ("pgaudit/pg15_pgaudit.jsonl.gz", false),
    ];
    for (name, headed) in cuts {
        let mut text = String::new();
        let packed = std::fs::File::open(folder.join(name)).unwrap();
        flate2::read::MultiGzDecoder::new(packed).read_to_string(&mut text).unwrap();
        let mut lines: Vec<&str> = text.split_inclusive('\n').collect();
        let head = if headed { lines.remove(0) } else { "" };
        let dir = tempfile::tempdir().unwrap();
        let ending = if name.contains(".csv") { "csv" } else { "jsonl" };
        let write = |part: &str, lines: &[&str]| {
            let path = dir.path().join(format!("{part}.{ending}"));
            let mut file = std::fs::File::create(&path).unwrap();
            file.write_all(head.as_bytes()).unwrap();
            lines.iter().for_each(|line| file.write_all(line.as_bytes()).unwrap());
            path
        };
        let middle = cut(&lines, ending == "csv");
        let whole = answers(&[write("whole", &lines)]);
        let halves = answers(&[write("first", &lines[..middle]), write("second", &lines[middle..])]);
        assert_eq!(whole, halves, "{name}");
        println!("{name}: {} lines cut at {middle}, {} answers agree", lines.len(), whole.len());
    }
}

/// A place near the middle where a row begins whose time is another than that of the row before it.
fn cut(lines: &[&str], csv: bool) -> usize {
    let time = |line: &str| line.chars().take(if csv { 23 } else { 45 }).collect::<String>();
    let begins = |line: &str| !csv || line.starts_with("INC") || line.starts_with("20");
    (lines.len() / 2..lines.len())
        .find(|at| begins(lines[*at]) && begins(lines[at - 1]) && time(lines[*at]) != time(lines[at - 1]))
        .unwrap()
}

/// What can be asked of a log without its batches: every event, and what the log knows of its sources.
fn answers(files: &[PathBuf]) -> Vec<String> {
    let home = tempfile::tempdir().unwrap();
    let installation = installation(home.path());
    let mut log = installation.log_to_add().unwrap();
    for file in files {
        let brought = installation.import(&mut log, file, &told(), &mut |_, _| {}).unwrap();
        assert!(
            brought.imported.iter().all(|one| presets().iter().any(|preset| preset.name == one.batch.about.mapping))
        );
    }
    let span = Span { from: 0, to: NOW };
    let query = EvidenceQuery { span, zone: Zone::utc(), filter: Filter::All, limit: usize::MAX };
    let evidence = log.evidence(&query, &Lens::default()).unwrap();
    let mut all: Vec<String> = evidence
        .events
        .iter()
        .map(|stored| {
            let event = &stored.event;
            assert!(Outcome::ALL.contains(&event.outcome));
            format!(
                "{} {} {} {} {} {:?} {:?} {:?} {:?}",
                stored.source,
                event.time,
                event.actor,
                event.action,
                event.record,
                event.id,
                event.origin,
                event.changes,
                event.details
            )
        })
        .collect();
    all.sort();
    for source in log.coverage(span, 86_400_000).unwrap() {
        all.push(format!(
            "{:?} {} {:?} {:?} {:?}",
            source.source.name, source.events, source.first, source.last, source.gaps
        ));
    }
    all
}
