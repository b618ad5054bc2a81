//! Tests of shapes (JSON documents, headless CSV, lines of text), of encodings and packing, and of what a mapping can say
//! of where a value comes from.

use super::*;
use std::io::Write;

fn events(bytes: &[u8], mapping: &Mapping) -> Vec<Event> {
    let (kept, _) = read_with(bytes, mapping).unwrap();
    assert_eq!(kept.rejected, [], "nothing should be rejected");
    kept.events
}

fn actors(bytes: &[u8], mapping: &Mapping) -> Vec<String> {
    events(bytes, mapping).into_iter().map(|event| event.actor).collect()
}

const COLUMNS: &str = "columns: { time: time, actor: actor, action: action }\n";

#[test]
fn json_may_be_lines_an_array_or_documents_with_a_list() {
    let row = |actor: &str| format!("{{\"time\":\"2026-01-01T00:00Z\",\"actor\":\"{actor}\",\"action\":\"x\"}}");
    let (a, b) = (row("a"), row("b"));
    let rows = mapping(&format!("format: json\nrows: [Records, data.items]\n{COLUMNS}"));
    for text in [
        format!("{a}\n{b}\n"),
        format!("[{a},{b}]"),
        format!("[\n{a},\n{b}\n]\n"),
        format!("{}\n{}", a.replace(',', ",\n  "), b.replace('{', "{\n")),
        format!("{{\"Records\":[{a},{b}],\"next\":\"x\"}}"),
        format!("{{\"next\":{{\"Records\":1}},\n\"Records\" : [{a}\n,{b}]}}\n"),
        format!("{{\"Records\":[{a}]}}\n{{\"Records\":[{b}]}}\n"),
        format!("{{\"data\":{{\"items\":[{a},{b}]}}}}"),
        format!("\u{feff}[{a},{b}]"),
    ] {
        assert_eq!(actors(text.as_bytes(), &rows), ["a", "b"], "{text}");
    }
    let (kept, summary) = read_with(format!("[{a},{{\"time\":\n{b}").as_bytes(), &rows).unwrap();
    assert_eq!((kept.events.len(), summary.rejected), (1, 1));
    assert!(kept.rejected[0].reason.contains("the file may be cut off here"), "{:?}", kept.rejected);
}

#[test]
fn every_encoding_gives_the_same_events() {
    let text = "time,actor,action\n2026-01-01T00:00Z,J\u{fc}rgen,x\n";
    let utf16 = |bytes: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let latin: Vec<u8> = text.chars().map(|c| c as u8).collect();
    for bytes in [
        text.as_bytes().to_vec(),
        [b"\xef\xbb\xbf", text.as_bytes()].concat(),
        [b"\xff\xfe".to_vec(), utf16(u16::to_le_bytes)].concat(),
        [b"\xfe\xff".to_vec(), utf16(u16::to_be_bytes)].concat(),
        utf16(u16::to_le_bytes),
        latin.clone(),
    ] {
        assert_eq!(actors(&bytes, &simple()), ["J\u{fc}rgen"], "{bytes:?}");
    }
    let (_, summary) = read_with(&latin, &simple()).unwrap();
    assert!(summary.notes.iter().any(|note| note.contains("Latin-1")), "{summary:?}");
    // What the mapping says goes before what the bytes look like.
    let strict = mapping(&format!("encoding: utf-8\n{COLUMNS}"));
    assert_eq!(read_with(&latin, &strict).unwrap().1.rejected, 1);
}

fn tar_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o600);
        header.set_cksum();
        builder.append_data(&mut header, name, *bytes).unwrap();
    }
    builder.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

#[test]
fn packed_files_lie_in_each_other() {
    let text = b"time,actor,action\n2026-01-01T00:00Z,a,x\n";
    let zst = zstd::encode_all(text.as_slice(), 1).unwrap();
    assert_eq!(actors(&zst, &simple()), ["a"]);
    let packed = gz(text);
    let tar = tar_of(&[
        ("./a/one.csv", text.as_slice()),
        ("./a/two.csv.gz", packed.as_slice()),
        ("./three.csv.zst", zst.as_slice()),
        ("./README.md", b"no rows"),
        ("./LICENSE", b"no rows either"),
        ("./._one.csv", b"of a Mac"),
        ("./no-ending", text.as_slice()),
    ]);
    for bytes in [tar.clone(), gz(&tar), zstd::encode_all(tar.as_slice(), 1).unwrap()] {
        let (kept, summary) = read_with(&bytes, &simple()).unwrap();
        assert_eq!((kept.events.len(), summary.ignored.len()), (4, 3), "{:?}", summary.ignored);
    }
    let mut deep = gz(text);
    for _ in 0..6 {
        deep = gz(&deep);
    }
    assert!(matches!(read_with(&deep, &simple()), Err(ReadError::Refused(..))));
    let cut = &tar[..700];
    assert!(read_with(cut, &simple()).is_err(), "an archive that ends in the middle is refused whole");
    let mut only = Kept::default();
    let members = |name: &str| name == "a/one.csv";
    let rules = ZoneRules::bundled();
    let summary = read(&mut Cursor::new(&tar), "t.tar", &simple(), &rules, &members, &mut only, &mut |_| {}).unwrap();
    assert_eq!(summary.events, 1);
}

#[test]
fn a_csv_without_a_header_has_the_columns_that_the_mapping_names() {
    let text = b"2026-01-01T00:00Z,a,x\n2026-01-02T00:00Z,b,\"y\nz\"\n";
    let exact = mapping(&format!("format: csv\nheader: [time, actor, action]\n{COLUMNS}"));
    assert_eq!(actors(text, &exact), ["a", "b"]);
    let (kept, _) = read_with(b"2026-01-01T00:00Z,a\n", &exact).unwrap();
    assert_eq!(kept.rejected[0].raw, "2026-01-01T00:00Z,a");
    // An older version of the format has fewer columns.
    let vary = mapping(&format!("format: csv\nheader: [time, actor, action, newer]\nvary: true\n{COLUMNS}"));
    assert_eq!(actors(text, &vary), ["a", "b"]);
    let bad = read_with(b"yesterday,a,x\n", &vary).unwrap().0.rejected.remove(0);
    let mended = mapping(
        "format: csv\nheader: [time, actor, action, newer]\nvary: true\n\
         columns: { time: { const: \"2026-01-01T00:00Z\" }, actor: actor, action: action }\n",
    );
    let retry = Retry::new(&mended, &ZoneRules::bundled()).unwrap();
    assert!(matches!(retry.row(&bad), Row::Event(event) if event.actor == "a"));
}

#[test]
fn a_field_takes_the_first_column_that_has_a_value_several_as_one_or_a_part() {
    let mapping = mapping(
        "\"null\": [\"-\"]\ncolumns:\n  time: time\n  actor: [who, mail]\n  action: action\n  module: { column: action, part: '^([^.]+)[.]' }\n  id: { join: [session, line], with: \":\" }\n",
    );
    let csv = b"time,who,mail,action,session,line\n\
        2026-01-01T00:00Z,Ann,a@x,repo.create,s1,7\n2026-01-01T00:00Z,-,b@x,push,s1,\n";
    let json =
        br#"[{"time":"2026-01-01T00:00Z","who":"Ann","mail":"a@x","action":"repo.create","session":"s1","line":7},
        {"time":"2026-01-01T00:00Z","who":null,"mail":"b@x","action":"push","session":"s1"}]"#;
    for bytes in [csv.as_slice(), json] {
        let events = events(bytes, &mapping);
        let seen: Vec<(&str, &str, &str, Option<&str>)> = events
            .iter()
            .map(|event| (event.actor.as_str(), event.action.as_str(), event.module.as_str(), event.id.as_deref()))
            .collect();
        assert_eq!(seen, [("Ann", "repo.create", "repo", Some("s1:7")), ("b@x", "push", "", Some("s1"))]);
        // The address that no field took is kept; what was taken is not there twice.
        let kept: Vec<(&str, &str)> = events[0].details.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect();
        assert_eq!(kept, [("mail", "a@x")]);
        assert_eq!(events[1].details.len(), 0);
    }
}

#[test]
fn conditions_ask_for_parts_numbers_and_presence_and_skip_wants_all_of_them() {
    let mapping = mapping(
        "columns: { time: time, actor: actor, action: action, outcome: code }\n\
         skip:\n  - { stage: [begun], actor: [a] }\n  - { stage: { prefix: [noise] } }\n\
         outcomes:\n  - { when: { code: { from: 400 } }, outcome: failure }\n  - { when: { code: { below: 400 } }, outcome: success }\n  - { otherwise: unknown }\n\
         actions:\n  - { when: { mail: { present: true } }, class: login }\n  - { when: { stage: { not: [\"\", done] } }, class: read }\n  - { otherwise: other }\n",
    );
    let row = |actor: &str, stage: &str, code: &str, mail: &str| {
        format!("2026-01-01T00:00Z,{actor},x,{code},{stage},{mail}\n")
    };
    let text = format!(
        "time,actor,action,code,stage,mail\n{}{}{}{}{}",
        row("a", "begun", "200", ""),
        row("b", "begun", "404", ""),
        row("c", "NOISE 1", "1", ""),
        row("d", "done", "399.5", "m"),
        row("e", "done", "x", ""),
    );
    let (kept, summary) = read_with(text.as_bytes(), &mapping).unwrap();
    assert_eq!(summary.no_event, 2, "a begun row of b is one, of a none");
    let seen: Vec<(&str, &str, &str)> =
        kept.events.iter().map(|event| (event.actor.as_str(), event.class.as_str(), event.outcome.as_str())).collect();
    assert_eq!(seen, [("b", "read", "failure"), ("d", "login", "success"), ("e", "other", "unknown")]);
}

#[test]
fn lines_of_text_are_split_or_matched_and_those_that_are_neither_are_kept() {
    let split = mapping(&format!("format: text\nline: {{ split: \" | \", names: [time, actor, action] }}\n{COLUMNS}"));
    let (kept, _) = read_with(b"2026-01-01T00:00Z | a | x | y\n\nnonsense\n", &split).unwrap();
    assert_eq!((kept.events[0].action.as_str(), kept.rejected[0].line), ("x | y", 3));
    assert_eq!(kept.rejected[0].reason, "the line has 1 parts, not 3");
    let pattern = mapping(&format!(
        "format: text\nline: {{ pattern: '^(?<time>\\S+) (?<actor>\\w+): (?<action>.*)$' }}\n{COLUMNS}"
    ));
    assert_eq!(actors(b"2026-01-01T00:00Z ann: did it\n", &pattern), ["ann"]);
    let again = Retry::new(&pattern, &ZoneRules::bundled()).unwrap();
    let row = Rejected { line: 9, reason: String::new(), raw: "2026-01-01T00:00Z ann: did".into(), around: None };
    assert!(matches!(again.row(&row), Row::Event(event) if event.line == 9));
}

#[test]
fn several_lines_of_auditd_are_one_event_though_others_lie_between() {
    let mapping = mapping(
        "format: text\nline: auditd\ntimes: epoch s\ncolumns: { time: time, actor: { column: data.auid, const: nobody }, action: type }\n",
    );
    let text = b"type=SYSCALL msg=audit(1700000000.100:5): auid=7 success=yes\n\
        type=LOGIN msg=audit(1700000000.200:6): auid=8 res=1\n\
        type=CWD msg=audit(1700000000.100:5): cwd=\"/tmp\"\n";
    let events = events(text, &mapping);
    let seen: Vec<(&str, &str, u64)> =
        events.iter().map(|event| (event.action.as_str(), event.actor.as_str(), event.line)).collect();
    assert_eq!(seen, [("SYSCALL", "7", 1), ("LOGIN", "8", 2)]);
}

#[test]
fn one_item_of_a_record_that_cannot_be_read_is_rejected_alone_and_can_be_read_again() {
    let written = "format: json\nunfold: [{ each: { list: events, as: event } }]\n\
        columns: { id: { join: [id, event_index], with: \"#\" }, time: event.time, actor: actor, action: event.name }\n";
    let text =
        br#"{"id":"r","actor":"a","events":[{"name":"x","time":"2026-01-01T00:00Z"},{"name":"y","time":"soon"}]}"#;
    let (kept, summary) = read_with(text, &mapping(written)).unwrap();
    assert_eq!((summary.rows, summary.events, summary.rejected), (2, 1, 1));
    assert_eq!(kept.events[0].id.as_deref(), Some("r#0"));
    let mended = mapping(&written.replace("time: event.time", "time: { const: \"2026-01-01T00:00Z\" }"));
    let retry = Retry::new(&mended, &ZoneRules::bundled()).unwrap();
    assert!(matches!(retry.row(&kept.rejected[0]), Row::Event(event) if event.id.as_deref() == Some("r#1")));
}
