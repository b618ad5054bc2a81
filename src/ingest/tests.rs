//! Tests of reading whole files: the real logs beside the project, the traps that the notes list, and any bytes at all.

use super::*;
use crate::audit_log::Added;
use crate::event::{ActionClass, Change, Event, Outcome, Rejected};
use proptest::prelude::*;
use std::io::{Cursor, Write};

/// Keeps what it is given.
#[derive(Default)]
struct Kept {
    events: Vec<Event>,
    rejected: Vec<Rejected>,
    no_event: u64,
}

impl Sink for Kept {
    fn event(&mut self, event: Event) -> Result<Added, String> {
        self.events.push(event);
        Ok(Added::New)
    }
    fn rejected(&mut self, row: Rejected) -> Result<Added, String> {
        self.rejected.push(row);
        Ok(Added::New)
    }
    fn no_event(&mut self) -> Result<(), String> {
        self.no_event += 1;
        Ok(())
    }
}

fn read_with(bytes: &[u8], mapping: &Mapping) -> Result<(Kept, Summary), ReadError> {
    let mut kept = Kept::default();
    let mut progress = 0;
    let rules = ZoneRules::bundled();
    let summary = read(&mut Cursor::new(bytes), "test.csv", mapping, &rules, &mut kept, &mut |bytes| progress = bytes)?;
    assert_eq!(progress, bytes.len() as u64);
    assert_eq!(summary.rows, summary.events + summary.rejected + summary.no_event);
    assert_eq!(summary.events, kept.events.len() as u64);
    assert_eq!(summary.rejected, kept.rejected.len() as u64);
    assert_eq!(summary.no_event, kept.no_event);
    Ok((kept, summary))
}

fn preset(name: &str) -> Mapping {
    Mapping::preset(name).unwrap().unwrap()
}

fn mapping(text: &str) -> Mapping {
    let records = "records: { fields: [actor], actions: all }\n";
    Mapping::load(&format!("name: test\ntitle: Test\n{records}{text}"), "test.yaml").unwrap()
}

/// Time, actor and action by their own names.
fn simple() -> Mapping {
    mapping("columns: { time: time, actor: actor, action: action }\n")
}

fn simple_rows(text: &str) -> (Kept, Summary) {
    read_with(text.as_bytes(), &simple()).unwrap()
}

fn real(path: &str) -> Option<std::fs::File> {
    let shared = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/");
    let file = std::fs::File::open(format!("{shared}{path}")).ok();
    if file.is_none() {
        eprintln!("skipped: {shared}{path} is not here");
    }
    file
}

#[test]
fn the_servicenow_history_is_read_whole() {
    let Some(mut file) = real("servicenow/incident_event_log.csv.gz") else { return };
    let mut kept = Kept::default();
    let mapping = preset("servicenow-history");
    let summary = read(&mut file, "log.csv.gz", &mapping, &ZoneRules::bundled(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    let first = &kept.events[0];
    assert_eq!((first.time, first.time_written.as_str()), (1_456_708_980_000, "29/2/2016 01:23"));
    assert_eq!(
        (first.actor.as_str(), first.action.as_str(), first.class),
        ("Updated by 21", "New", ActionClass::Create)
    );
    assert_eq!((first.record.as_str(), first.module.as_str(), first.line), ("INC0000045", "incident", 2));
    assert_eq!(first.details.get("category").map(String::as_str), Some("Category 55"));
    assert_eq!(first.details.get("cmdb_ci"), None);
    let actors: std::collections::BTreeSet<&str> = kept.events.iter().map(|event| event.actor.as_str()).collect();
    let records: std::collections::BTreeSet<&str> = kept.events.iter().map(|event| event.record.as_str()).collect();
    assert_eq!((actors.len(), records.len()), (846, 24_918));
    let robot = kept.events.iter().filter(|event| event.actor == "Updated by 908").count();
    assert!((0.25..0.26).contains(&(robot as f64 / 141_712.0)));
}

#[test]
fn the_servicenow_changes_are_read_whole() {
    let Some(mut file) = real("servicenow/derived_audit.jsonl.gz") else { return };
    let mut kept = Kept::default();
    let mapping = preset("servicenow-changes");
    let summary = read(&mut file, "log.jsonl.gz", &mapping, &ZoneRules::bundled(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!((summary.rows, summary.events, summary.rejected), (141_712, 141_712, 0));
    let change = |field: &str, old: Option<&str>, new: Option<&str>| Change {
        field: field.to_owned(),
        old: old.map(str::to_owned),
        new: new.map(str::to_owned),
    };
    assert_eq!(
        kept.events[3].changes,
        [change("incident_state", Some("Resolved"), Some("Closed")), change("active", Some("true"), Some("false"))]
    );
    assert!(kept.events.iter().all(|event| event.details.is_empty() && event.class != ActionClass::Other));
    assert!(kept.events.iter().flat_map(|event| &event.changes).all(|change| change.old.as_deref() != Some("?")));
}

#[test]
fn a_file_that_ends_in_the_middle_of_a_row_loses_that_row_only() {
    let (kept, _) = simple_rows(
        "time,actor,action,note\n2026-01-01T00:00Z,a,Added,\"one\n line\"\n2026-01-02T00:00Z,b,Added,\"cut of",
    );
    assert_eq!(kept.events.len(), 1);
    assert_eq!(kept.events[0].details["note"], "one\n line");
    let row = &kept.rejected[0];
    assert_eq!((row.line, row.around), (4, Some(kept.events[0].time)));
    assert!(row.reason.contains("a quote is opened and not closed"), "{}", row.reason);
    assert_eq!(row.raw, "time,actor,action,note\n2026-01-02T00:00Z,b,Added,\"cut of");
}

#[test]
fn a_stray_quote_does_not_swallow_the_rows_behind_it() {
    let (kept, summary) = simple_rows(
        "time,actor,action\n2026-01-01T00:00Z,\"a,Added\n2026-01-02T00:00Z,b,Added\n2026-01-03T00:00Z,\"c\",Added\n2026-01-04T00:00Z,d,Added\n",
    );
    let actors: Vec<&str> = kept.events.iter().map(|event| event.actor.as_str()).collect();
    assert_eq!(actors, ["b", "c", "d"]);
    assert_eq!((kept.rejected[0].line, summary.rows), (2, 4));
    let mut many = String::from("time,actor,action\n2026-01-01T00:00Z,\"a,Added\n");
    for _ in 0..200_000 {
        many.push_str("2026-01-02T00:00Z,b,Added\n");
    }
    let (kept, _) = simple_rows(&many);
    assert_eq!((kept.events.len(), kept.rejected.len()), (200_000, 1));
}

#[test]
fn rows_with_too_few_or_too_many_fields_are_rejected_with_their_line() {
    let (kept, _) = simple_rows(
        "\u{feff}time;actor;action\r\n\r\n2026-01-01T00:00Z;a;Added\r\n2026-01-02T00:00Z;b\r\n2026-01-03T00:00Z;c;Added;more\r\n",
    );
    assert_eq!(kept.events[0].action, "Added");
    let shown: Vec<(u64, &str)> = kept.rejected.iter().map(|row| (row.line, row.reason.as_str())).collect();
    assert_eq!(shown, [(4, "the row has 2 fields, the header 3"), (5, "the row has 4 fields, the header 3")]);
}

#[test]
fn delimiters_are_told_from_the_header() {
    for text in [
        "time\tactor\taction\n2026-01-01T00:00Z\ta,b;c\tAdded",
        "sep=;\ntime;actor;action\n2026-01-01T00:00Z;\"a,b;c\";Added\n",
    ] {
        assert_eq!(simple_rows(text).0.events[0].actor, "a,b;c");
    }
}

#[test]
fn bytes_that_are_no_utf8_reject_their_row() {
    let bytes = b"time,actor,action\n2026-01-01T00:00Z,J\xfcrgen,Added\n2026-01-02T00:00Z,\xe2\x82,\xac\n2026-01-03T00:00Z,c,Added\n";
    let (kept, _) = read_with(bytes, &simple()).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 2));
    assert!(kept.rejected[0].reason.contains("not UTF-8"));
    let retry = simple();
    let retry = Retry::new(&retry, &ZoneRules::bundled()).unwrap();
    assert!(matches!(retry.row(&kept.rejected[0]), Row::Rejected(_)));
}

#[test]
fn a_missing_column_is_a_problem_that_names_what_there_is() {
    let Err(ReadError::Problems(problems)) = read_with(b"Tiem,actor,action\n1,2,3\n", &simple()) else { panic!() };
    assert_eq!(
        problems[0].to_string(),
        "test.csv:1:1: no column for `time` (looked for `time`); the header has: Tiem, actor, action. Did you mean `Tiem`?"
    );
    for bytes in [b"".as_slice(), b"\xff\xfet\0i\0", b"\"open\n"] {
        assert!(matches!(read_with(bytes, &simple()), Err(ReadError::Problems(_))));
    }
}

#[test]
fn a_json_line_that_is_cut_or_doubles_a_key_is_rejected_and_the_rest_goes_in() {
    let text = concat!(
        "{\"time\":\"2026-01-01T00:00:00Z\",\"actor\":\"a\",\"action\":\"x\",\"more\":{\"deep\":{\"er\":[1,{\"b\":2}],\"nil\":null},\"n\":5,\"e\":{}}}\n",
        "{\"time\":\"2026-01-02T00:00:00Z\",\"actor\":\"a\",\"acti\n",
        "\n",
        "{\"time\":\"2026-01-03T00:00:00Z\",\"actor\":\"a\",\"action\":\"x\",\"action\":\"y\"}\n",
        "[1]\n",
        "{\"time\":\"2026-01-03T00:00:00Z\",\"actor\":\"a\"}\n",
        "{\"time\":1767484800000,\"actor\":\"a\",\"Action\":\"x\"}",
    );
    let mapping = mapping("times: [iso, epoch ms]\ncolumns: { time: time, actor: actor, action: action }\n");
    let (kept, _) = read_with(text.as_bytes(), &mapping).unwrap();
    assert_eq!(kept.events.len(), 2);
    let details: Vec<(&str, &str)> = kept.events[0].details.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
    assert_eq!(details, [("more.deep.er", "[1,{\"b\":2}]"), ("more.e", "{}"), ("more.n", "5")]);
    let shown: Vec<(u64, &str)> = kept.rejected.iter().map(|row| (row.line, row.reason.as_str())).collect();
    assert!(shown[0].1.starts_with("not JSON: EOF"), "{shown:?}");
    assert!(shown[1].1.contains("`action` is there twice"), "{shown:?}");
    assert_eq!(shown[2], (5, "the line is JSON, but not an object"));
    assert_eq!(shown[3], (6, "nothing for `action` (looked for `action`); the row has: time, actor"));
    assert_eq!(kept.events[1].line, 7);
}

#[test]
fn impossible_times_reject_their_row_near_the_one_before() {
    let mapping = mapping("timezone: Europe/Berlin\ncolumns: { time: time, actor: actor, action: action }\n");
    let text = b"time,actor,action\n2026-03-29T01:59,a,x\n2026-03-29T02:30,a,x\n2026-02-30T02:30,a,x\n1970-01-01T00:00,a,x\n2026-03-30T00:00,a,\n";
    let (kept, _) = read_with(text, &mapping).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 4));
    assert!(kept.rejected[0].reason.contains("clocks were put forward"));
    assert_eq!(kept.rejected[2].around, Some(kept.events[0].time));
    assert_eq!(kept.rejected[3].reason, "the row has no action");
    assert_ne!(kept.rejected[3].around, Some(kept.events[0].time), "its own time could be read");
}

#[test]
fn the_same_person_in_two_casings_keeps_both_spellings() {
    let (kept, _) =
        simple_rows("time,actor,action\n2026-01-01T00:00Z,GradyA@x.com ,a\n2026-01-01T00:00Z,gradya@x.com,a\n");
    assert_eq!((kept.events[0].actor.as_str(), kept.events[1].actor.as_str()), ("GradyA@x.com", "gradya@x.com"));
    assert_eq!(crate::event::actor_key(&kept.events[0].actor), crate::event::actor_key(&kept.events[1].actor));
}

#[test]
fn an_outcome_comes_from_the_action_first() {
    let mapping = mapping(concat!(
        "columns: { time: CreationTime, actor: UserId, action: Operation, outcome: ResultStatus, origin: { ip: ClientIP } }\n",
        "actions: [ { is: UserLoginFailed, class: login, outcome: failure }, { prefix: UserLog, class: login }, { otherwise: other } ]\n",
        "outcomes: { success: [Success, Succeeded, \"True\"], partial: [PartiallySucceeded], failure: [Failed, Failure] }\n",
        "timezone: UTC\n",
    ));
    let text = concat!(
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"UserLoginFailed\",\"ResultStatus\":\"Success\",\"ClientIP\":\"[2001:DB8::1]:443\"}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"UserLoggedIn\",\"ResultStatus\":\"succeeded\"}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"Set\",\"ResultStatus\":true}\n",
        "{\"CreationTime\":\"2026-01-01T00:00:00\",\"UserId\":\"a\",\"Operation\":\"Set\"}\n",
    );
    let (kept, _) = read_with(text.as_bytes(), &mapping).unwrap();
    let outcomes: Vec<Outcome> = kept.events.iter().map(|event| event.outcome).collect();
    assert_eq!(outcomes, [Outcome::Failure, Outcome::Success, Outcome::Success, Outcome::Unknown]);
    assert_eq!(kept.events[0].class, ActionClass::Login);
    assert_eq!(kept.events[0].details["ResultStatus"], "Success");
    assert_eq!(
        (kept.events[0].origin.ip.as_str(), kept.events[0].details["ClientIP"].as_str()),
        ("2001:db8::1", "[2001:DB8::1]:443")
    );
}

#[test]
fn rows_that_make_no_event_are_counted() {
    let mapping =
        mapping("columns: { time: time, actor: actor, action: action }\nskip: { Stage: [RequestReceived, Panic] }\n");
    let text = b"time,actor,action,stage\n2026-01-01T00:00Z,a,x,requestreceived\n2026-01-01T00:00Z,a,x,ResponseComplete\nbad,a,x,Panic\n";
    let (kept, summary) = read_with(text, &mapping).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len(), summary.no_event), (1, 0, 2));
    let Err(ReadError::Problems(problems)) = read_with(b"time,actor,action\n", &mapping) else { panic!() };
    assert!(problems[0].what.contains("`Stage`, which a condition looks at"));
}

#[test]
fn changes_come_from_columns_too() {
    let mapping = mapping(
        "columns: { time: time, actor: actor, action: action, changes: { field: Field, old: Old Value, new: New Value } }\n",
    );
    let text = b"time,actor,action,field,old_value,new_value\n2026-01-01T00:00Z,a,x,Stage,Open,Won\n2026-01-01T00:00Z,a,x,,Open,\n";
    let (kept, _) = read_with(text, &mapping).unwrap();
    let change = Change { field: "Stage".into(), old: Some("Open".into()), new: Some("Won".into()) };
    assert_eq!(kept.events[0].changes, [change]);
    assert_eq!((kept.events[1].changes.len(), kept.events[1].details["old_value"].as_str()), (0, "Open"));
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut packer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        packer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        packer.write_all(bytes).unwrap();
    }
    packer.finish().unwrap().into_inner()
}

#[test]
fn packed_files_are_read_and_damaged_ones_refused_whole() {
    let text = b"time,actor,action\n2026-01-01T00:00Z,a,x\n";
    let packed = gz(text);
    assert_eq!(read_with(&packed, &simple()).unwrap().0.events.len(), 1);
    let cut = &packed[..packed.len() - 6];
    assert!(
        matches!(read_with(cut, &simple()), Err(ReadError::Unreadable(_, what)) if what.contains("ends in the middle"))
    );

    let zip = zip_of(&[
        ("a/part1.csv", text),
        ("README.md", b"hello"),
        ("part2.CSV", b"time;actor;action\n2026-01-01T00:00Z;b\n"),
    ]);
    let mut kept = Kept::default();
    let summary =
        read(&mut Cursor::new(&zip), "audit.zip", &simple(), &ZoneRules::bundled(), &mut kept, &mut |_| {}).unwrap();
    assert_eq!((summary.events, summary.rejected, summary.ignored), (1, 1, vec!["README.md".to_owned()]));
    assert_eq!(kept.rejected[0].reason, "in part2.CSV: the row has 2 fields, the header 3");
    let problem = read_with(&zip_of(&[("a.csv", b"x,y\n")]), &simple()).err().unwrap().to_string();
    assert!(problem.starts_with("test.csv/a.csv:1:1: no column for `time`"), "{problem}");
    assert!(matches!(read_with(&zip_of(&[("a.exe", b"x")]), &simple()), Err(ReadError::Refused(..))));
}

#[test]
fn a_bomb_is_refused() {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(b"time,actor,action\n").unwrap();
    let mut block = vec![b'x'; 1 << 20];
    block.push(b'\n');
    for _ in 0..300 {
        packer.write_all(&block).unwrap();
    }
    let bomb = packer.finish().unwrap();
    assert!(
        matches!(read_with(&bomb, &simple()), Err(ReadError::Refused(_, what)) if what.contains("unpacks to more"))
    );
}

#[test]
fn a_row_that_never_ends_is_rejected() {
    let mut text = b"time,actor,action\n2026-01-01T00:00Z,a,".to_vec();
    text.extend(std::iter::repeat_n(b'x', MAX_ROW));
    text.extend_from_slice(b"\n2026-01-01T00:00Z,a,x\n");
    let (kept, _) = read_with(&text, &simple()).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 1));
    assert_eq!((kept.rejected[0].line, kept.events[0].line), (2, 3));
    assert_eq!(kept.rejected[0].raw.len(), MAX_RAW);
    let retry = simple();
    let Row::Rejected(again) = Retry::new(&retry, &ZoneRules::bundled()).unwrap().row(&kept.rejected[0]) else {
        panic!()
    };
    assert!(again.reason.starts_with("only a part"));
}

#[test]
fn rejected_rows_are_read_again_with_a_corrected_mapping() {
    let text = b"time;actor;action;note\n01/02/2026 10:00;a;x;\"two\nlines\"\n2026-01-01T00:00Z;a;x;\n";
    let wrong = mapping("columns: { time: time, actor: actor, action: action }\n");
    let (kept, _) = read_with(text, &wrong).unwrap();
    assert_eq!((kept.events.len(), kept.rejected.len()), (1, 1));
    let right = mapping(
        "times: [iso, \"%d/%m/%Y %H:%M\"]\ntimezone: UTC\ncolumns: { time: time, actor: actor, action: action }\n",
    );
    let (whole, _) = read_with(text, &right).unwrap();
    let retry = Retry::new(&right, &ZoneRules::bundled()).unwrap();
    assert_eq!(retry.row(&kept.rejected[0]), Row::Event(Box::new(whole.events[0].clone())));
    let mut again = Kept::default();
    let summary = retry.rows(&kept.rejected, &mut again).unwrap();
    assert_eq!((summary.rows, summary.events), (1, 1));
}

#[test]
fn a_row_count_that_was_told_is_compared() {
    let summary = Summary { rows: 3, ..Summary::default() };
    assert_eq!(summary.unexpected(Some(3)), None);
    assert_eq!(summary.unexpected(None), None);
    assert_eq!(summary.unexpected(Some(4)).unwrap(), "4 rows were expected, 3 were read");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    /// `read_with` checks that every row is accounted for.
    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..300), kind in 0..5u8) {
        let start: &[u8] = match kind {
            0 => b"",
            1 => b"\x1f\x8b\x08\x00",
            2 => b"PK\x03\x04",
            3 => b"{\"time\":",
            _ => b"time,actor,action\n",
        };
        let _ = read_with(&[start, &bytes].concat(), &simple());
    }

    #[test]
    fn no_rows_vanish(rows in proptest::collection::vec("[\",;\\na2026\\-T:Z]{0,30}", 0..20)) {
        let text = format!("time,actor,action\n{}", rows.join("\n"));
        let _ = read_with(text.as_bytes(), &simple());
    }

    #[test]
    fn what_is_written_properly_is_read_as_it_was(actors in proptest::collection::vec("[a-z\",;\\r\\n äß|]{0,12}", 1..12)) {
        let mut out = csv::Writer::from_writer(Vec::new());
        out.write_record(["time", "actor", "action", "note"]).unwrap();
        for actor in &actors {
            out.write_record(["2026-01-01T00:00Z", "x", "x", &format!("<{actor}>")]).unwrap();
        }
        let (kept, _) = read_with(&out.into_inner().unwrap(), &simple()).unwrap();
        let read: Vec<String> = kept.events.iter().map(|event| event.details["note"].clone()).collect();
        let written: Vec<String> = actors.iter().map(|actor| format!("<{actor}>")).collect();
        prop_assert_eq!(read, written);
    }
}
