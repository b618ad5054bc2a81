//! Tests of CSV as it comes: cut, badly quoted, badly encoded.

use super::*;

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
    let bytes = b"time,actor,action\n2026-01-01T00:00Z,J\xfcrgen,Added\n2026-01-02T00:00Z,\xe2\x82,\xac\n2026-01-03T00:00Z,\xc3\xa9,Added\n";
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
