//! Tests of the tree: positions, and what is refused.

use super::*;
use proptest::prelude::*;

fn shown(text: &str) -> Vec<String> {
    Tree::parse("t.yaml", text).problems().iter().map(ToString::to_string).collect()
}

fn at(line: usize, column: usize) -> Position {
    Position { line, column }
}

#[test]
fn what_is_missing_at_the_end_is_told_there() {
    assert_eq!(shown("a: [x")[0].split_once(": ").unwrap().0, "t.yaml:1:6");
    assert_eq!(shown("[")[0].split_once(": ").unwrap().0, "t.yaml:1:2");
    assert!(shown("a: [x\n")[0].starts_with("t.yaml:2:1: "));
    assert_eq!(Tree::parse("t.yaml", "a: 1\nb:").root().unwrap().get("b").unwrap().at, at(2, 3));
}

#[test]
fn keys_and_values_know_where_they_stand() {
    let tree = Tree::parse("t.yaml", "\u{feff}ä: [1, 'zwei']\nmap:\n  key: |\n    long\n    text\n  empty:\n");
    let root = tree.root().unwrap();
    assert_eq!(root.at, at(1, 1));
    let list = root.get("ä").unwrap();
    assert_eq!(list.at, at(1, 4));
    assert_eq!(list.as_list().unwrap()[1].at, at(1, 8));
    assert_eq!(&*list.as_list().unwrap()[1].name, "ä");
    let map = root.get("map").unwrap();
    assert_eq!(map.at, at(3, 3));
    assert_eq!(map.get("key").unwrap().as_text(), Some("long\ntext\n"));
    assert_eq!(map.get("empty").unwrap().at, at(6, 3));
    assert!(map.get("empty").unwrap().is_null());
}

#[test]
fn plain_scalars_are_typed_as_yaml_1_2_says() {
    let tree = Tree::parse("t.yaml", "[no, true, 5, '5', 07:00, 1e3, 0o17, 2026-11-22, ~, 'null']");
    let typed = tree.root().unwrap().value();
    let wanted: serde_yaml::Value =
        serde_yaml::from_str("['no', true, 5, '5', '07:00', 1000.0, 15, '2026-11-22', null, 'null']").unwrap();
    assert_eq!(typed, wanted);
}

#[test]
fn bombs_and_tricks_are_refused_with_their_place() {
    assert_eq!(
        shown("a: &x [1]\nb: *x\n"),
        ["t.yaml:1:7: an anchor (`&name`) is not read here. Write the value out where it is needed"]
    );
    assert_eq!(shown("a: !!str 5"), ["t.yaml:1:10: a tag (`!name`) is not read here. Remove the tag"]);
    assert_eq!(
        shown("a: 1\n---\nb: 2\n"),
        ["t.yaml:2:1: a second document begins here. Put it into a file of its own"]
    );
    assert_eq!(shown("a: 1\nb: \u{0}evil: 2\n"), ["t.yaml:2:4: control character U+0000. Remove it"]);
    assert_eq!(shown("? [a]\n: 1\nb: 2\n"), ["t.yaml:1:3: a key must be text. Put quotes around it if text is meant"]);
    assert_eq!(shown(""), ["t.yaml:1:1: the file is empty"]);
    assert_eq!(shown("# only a comment\n"), ["t.yaml:1:1: the file is empty"]);
    assert!(shown(&"[".repeat(100))[0].contains("nested more than 32 deep"));
    assert!(shown(&"[".repeat(1_000_000))[0].contains("recursion limit exceeded. Write it flatter"));
    assert!(shown(&"- ".repeat(400_000))[0].contains("nested more than 32 deep"));
    assert!(shown(&"{a: ".repeat(200_000))[0].contains("recursion limit exceeded. Write it flatter"));
    assert!(shown(&"a".repeat(MAX_BYTES + 1))[0].contains("more than the 1048576 that are read"));
}

#[test]
fn syntax_errors_say_where() {
    let problems = Tree::parse("t.yaml", "a:\n\tb: 2\n").problems().to_vec();
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].line, 2);
    let problems = Tree::parse("t.yaml", "title: this: that\n").problems().to_vec();
    assert_eq!((problems[0].line, problems[0].column), (1, 12));
    assert!(problems[0].instead.contains("quotes"));
    let bytes = Tree::parse_bytes("t.yaml", b"a: 1\nb: caf\xe9\n");
    assert_eq!((bytes.problems()[0].line, bytes.problems()[0].column), (2, 7));
}

#[test]
fn every_doubled_key_is_found_and_the_first_kept() {
    let tree = Tree::parse("t.yaml", "a: 1\nb: {c: 1, c: 2}\na: 3\n");
    let lines: Vec<(usize, usize)> = tree.problems().iter().map(|p| (p.line, p.column)).collect();
    assert_eq!(lines, [(2, 11), (3, 1)]);
    assert_eq!(tree.root().unwrap().get("a").unwrap().as_text(), Some("1"));
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a-c:\\-\\[\\]{}&*!|>'\"%@`#,? \\n\\t~]{0,60}") {
        let tree = Tree::parse("t.yaml", &text);
        prop_assert!(tree.root().is_some() || !tree.problems().is_empty());
    }

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let tree = Tree::parse_bytes("t.yaml", &bytes);
        prop_assert!(tree.root().is_some() || !tree.problems().is_empty());
    }
}
