//! Tests of XLSX: read back by another program, it holds what was put in, typed; nothing runs; the same bytes each time.

use super::*;
use calamine::{Data, Reader, Xlsx};
use proptest::prelude::*;
use std::io::Cursor;

fn book(sheets: Vec<Sheet>) -> Workbook {
    Workbook { title: "Weekly".into(), author: "Halden & Voss".into(), created: 1_795_435_200_000, sheets }
}

fn sheet(name: &str, head: &[&str], rows: Vec<Vec<Cell>>) -> Sheet {
    let head = head.iter().map(|head| (*head).to_owned()).collect();
    Sheet { name: name.into(), head, rows, elsewhere: "The rest is in all.csv.".into(), ..Sheet::default() }
}

/// The cells of every sheet, and what a formula in it would say.
fn read(bytes: Vec<u8>) -> Vec<(String, Vec<Vec<Data>>, usize)> {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let names = book.sheet_names();
    let one = |name: String| {
        let cells = book.worksheet_range(&name).unwrap().rows().map(<[Data]>::to_vec).collect();
        let formulas = book.worksheet_formula(&name).unwrap().rows().flatten().filter(|one| !one.is_empty()).count();
        (name, cells, formulas)
    };
    names.into_iter().map(one).collect()
}

/// The files inside, as text.
fn inside(bytes: &[u8]) -> Vec<(String, String)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<String> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
    let mut text = |name: &String| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    names.iter().map(|name| (name.clone(), text(name))).collect()
}

fn day(text: &str) -> NaiveDateTime {
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").unwrap()
}

#[test]
fn cells_are_typed_and_read_back() {
    let rows = vec![
        vec![
            Cell::text("Jürgen Groß"),
            Cell::Whole(17_413),
            Cell::Share { part: 1, whole: 3 },
            Cell::Mean { sum: 7, over: 2 },
            Cell::Time(day("2026-11-29 23:18:05")),
        ],
        vec![
            Cell::Empty,
            Cell::Whole(i64::MAX),
            Cell::Share { part: 0, whole: 0 },
            Cell::Whole(-3),
            Cell::Time(day("1899-05-01 00:00:00")),
        ],
    ];
    let bytes = xlsx(&book(vec![sheet("One", &["Who", "Records", "Share", "Mean", "Time"], rows)])).unwrap();
    let (name, cells, formulas) = read(bytes).remove(0);
    assert_eq!((name.as_str(), formulas), ("One", 0));
    let [head, one, two] = cells.as_slice() else { panic!("{cells:?}") };
    assert_eq!(head[1], Data::String("Records".into()));
    assert_eq!(one[0], Data::String("Jürgen Groß".into()));
    assert_eq!((&one[1], &one[2], &one[3]), (&Data::Float(17_413.0), &Data::Float(1.0 / 3.0), &Data::Float(3.5)));
    let Data::DateTime(time) = &one[4] else { panic!("{:?}", one[4]) };
    // 2026-11-29 is day 46355 as spreadsheets count.
    assert!((time.as_f64() - (46_355.0 + (23.0 * 3600.0 + 18.0 * 60.0 + 5.0) / 86_400.0)).abs() < 1e-9, "{time:?}");
    assert_eq!((&two[0], &two[2]), (&Data::Empty, &Data::Empty));
    assert_eq!(two[1], Data::String(i64::MAX.to_string()), "a number that would lose digits is a text");
    assert_eq!(two[4], Data::String("1899-05-01 00:00:00".into()));
}

#[test]
fn nothing_runs_and_nothing_leads_out() {
    let hostile = [
        "=1+1",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\tx",
        "\rx",
        "=HYPERLINK(\"https://evil.example\")",
        "=cmd|' /C calc'!A0",
        "https://evil.example/",
        "mailto:x@evil.example",
        "internal:Sheet2!A1",
        "a\u{0}b\u{1b}[31m\u{202e}cod",
        "_x0041_",
        "</t><f>1+1</f>",
    ];
    let rows = hostile.iter().map(|text| vec![Cell::text(text)]).collect();
    let bytes = xlsx(&book(vec![sheet("=A1", &["=1+1"], rows)])).unwrap();
    let (_, cells, formulas) = read(bytes.clone()).remove(0);
    assert_eq!(formulas, 0);
    let shown: Vec<&str> = cells.iter().skip(1).map(|row| row[0].as_string_ref()).collect();
    assert_eq!(shown[..5], ["=1+1", "+1", "-2+3", "@SUM(A1)", "\tx"]);
    assert_eq!(shown[5], "\\x0dx");
    assert_eq!(shown[11], "a\\x00b\\x1b[31m\\u{202e}cod");
    assert_eq!(shown[13], "</t><f>1+1</f>");
    for (name, text) in inside(&bytes).iter().filter(|(name, _)| !name.ends_with("sharedStrings.xml")) {
        for word in ["<f>", "<f ", "<hyperlink", "TargetMode", "externalLink", "vbaProject"] {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
}

trait AsText {
    fn as_string_ref(&self) -> &str;
}

impl AsText for Data {
    fn as_string_ref(&self) -> &str {
        match self {
            Data::String(text) => text,
            other => panic!("not a text: {other:?}"),
        }
    }
}

#[test]
fn the_same_workbook_gives_the_same_bytes_and_no_time_of_its_own() {
    let rows = || {
        (0..50)
            .map(|n| vec![Cell::Whole(n), Cell::text(format!("row {n}")), Cell::Share { part: n, whole: 50 }])
            .collect()
    };
    let make = || xlsx(&book(vec![sheet("A", &["n", "text", "share"], rows()), sheet("B", &["n"], rows())])).unwrap();
    let first = make();
    assert_eq!(first, make());
    let core = inside(&first).into_iter().find(|(name, _)| name == "docProps/core.xml").unwrap().1;
    assert!(core.contains("2026-11-23T12:00:00Z"), "{core}");
}

#[test]
fn what_does_not_fit_is_said() {
    let limits = Limits { rows: 5, columns: 2, units: 10 };
    let rows = (0..9).map(|n| vec![Cell::Whole(n), Cell::text("12345678901"), Cell::Whole(1)]).collect();
    let mut one = sheet("A", &["n", "t", "x"], rows);
    one.totals = vec![vec![Cell::text("All"), Cell::Whole(9)]];
    one.elsewhere = "in a.csv".to_owned();
    let cells = read(within(&book(vec![one]), limits).unwrap()).remove(0).1;
    let shown: Vec<Vec<String>> = cells.iter().map(|row| row.iter().map(ToString::to_string).collect()).collect();
    assert_eq!(
        shown,
        [["n", "t"], ["0", "123456789…"], ["1", "123456789…"], ["All", "9"], ["in a.csv", ""]]
            .map(|row| row.map(str::to_owned).to_vec())
    );
}

#[test]
fn names_of_sheets_are_allowed_and_all_different() {
    let long = "Deletions by people who are not administrators";
    let found = names(&[
        "a/b:c*d?[e]\\f",
        "'quoted'",
        "",
        "History",
        long,
        long,
        &long.to_uppercase(),
        "ünïcode",
        "\u{1F600}".repeat(20).as_str(),
    ]);
    let mut seen = Vec::new();
    for name in &found {
        assert!(!name.is_empty() && name.encode_utf16().count() <= 31, "{name}");
        assert!(
            !name.contains(['[', ']', ':', '*', '?', '/', '\\']) && !name.starts_with('\'') && !name.ends_with('\''),
            "{name}"
        );
        assert!(!seen.contains(&name.to_lowercase()), "{found:?}");
        seen.push(name.to_lowercase());
    }
    assert_eq!(found[..4], ["a b c d e f", "quoted", "Sheet", "Sheet 2"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn every_text_is_read_back(texts in prop::collection::vec("\\PC{0,40}|[\\x20-\\x7e\\n\\t]{0,20}|_x[0-9A-F]{4}_", 1..30), name in "\\PC{0,60}") {
        let rows: Vec<Vec<Cell>> = texts.iter().map(|text| vec![Cell::Whole(1), Cell::text(text)]).collect();
        let want: Vec<Cell> = rows.iter().map(|row| row[1].clone()).collect();
        let (_, cells, formulas) = read(xlsx(&book(vec![sheet(&name, &["n", "t"], rows)])).unwrap()).remove(0);
        prop_assert_eq!(formulas, 0);
        for (row, want) in cells.iter().skip(1).zip(&want) {
            let found = match &row[1] {
                Data::Empty => Cell::Empty,
                Data::String(text) => Cell::Text(text.clone()),
                other => return Err(TestCaseError::fail(format!("{other:?}"))),
            };
            prop_assert_eq!(&found, want);
        }
    }
}
