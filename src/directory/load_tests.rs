//! Tests of loading the directory.

use super::*;
use crate::calendar::zone::ZoneRules;
use proptest::prelude::*;

fn berlin() -> Zone {
    ZoneRules::bundled().zone("Europe/Berlin").unwrap()
}

fn problems(text: &str, file: &str) -> Vec<String> {
    load(text, file, &berlin()).unwrap_err().iter().map(ToString::to_string).collect()
}

const GOOD: &str = "Actor,Full Name,Kind,Team,Role,Manager,Email,From,Until\r\n\
    ann@x.com,\"Ann, A.\",person,Sales,Rep,bob@x.com,ann@x.com,2026-01-01,2026-03-29\r\n\
    Ann@X.com,\"Ann, A.\",person,Sales,Administrator,bob@x.com,ann@x.com,2026-03-29,\r\n\
    bob@x.com,Bob,,Sales,Head,,bob@x.com,,\r\n\
    sync,CRM sync,Service,,,,,,\r\n";

#[test]
fn an_event_is_read_with_the_row_that_held_at_its_time() {
    let directory = load(GOOD, "people.csv", &berlin()).unwrap();
    let midnight = 1_774_738_800_000; // 2026-03-29T00:00 in Berlin
    let role = |when| directory.at("ann@x.com", when).map(|person| person.role.as_str());
    assert_eq!(role(midnight - 1), Some("Rep"));
    assert_eq!(role(midnight), Some("Administrator"));
    assert_eq!(role(0), None);
    assert_eq!(directory.at("bob@x.com", 0).unwrap().kind, "person");
    assert_eq!(directory.at("sync", 0).unwrap().kind, "service");
    assert_eq!(directory.rows()[0].name, "Ann, A.");
}

#[test]
fn yaml_says_the_same() {
    let text = "- { actor: bob@x.com, name: Bob, team: Sales, role: Head, email: bob@x.com }\n\
                - actor: sync\n  kind: service\n  from: 2026-01-01\n  manager: BOB@x.com\n";
    let directory = load(text, "people.yaml", &berlin()).unwrap();
    assert_eq!(directory.rows().len(), 2);
    assert_eq!(directory.rows()[1].from, Some(1_767_222_000_000));
}

#[test]
fn every_mistake_is_shown_at_once_with_its_place() {
    let text = "actor,name,kind,team,role,manager,email,from,until\n\
        a,A,persn,,,b,a@x,2026-02-30,\n\
        \"b\",\"B, with\ntwo lines\",,,,bb,b at x,2026-03-01,2026-03-01\n\
        ,C,,,,,,,\n\
        a,A,,,,,,2026-01-01,\n\
        short,row\n";
    assert_eq!(
        problems(text, "people.csv"),
        [
            "people.csv:2:5: unknown kind `persn`. Did you mean `person`?",
            "people.csv:2:19: `2026-02-30` is no day. Write it as in 2026-11-22",
            "people.csv:4:15: the manager `bb` is no actor here. Did you mean `b`?",
            "people.csv:4:18: `b at x` is no address. Write it as in name@example.com",
            "people.csv:4:36: the row ends on 2026-03-01, not after it begins on 2026-03-01. \
             `until` is the first day on which the row no longer holds",
            "people.csv:5:1: the row has no actor. Write what the logs call this person",
            "people.csv:6:1: two rows of `a` hold on the same day (the other is in line 2). \
             End the earlier one: `until` is the first day on which it no longer holds",
            "people.csv:7:1: the row has 2 fields, the header 9",
        ]
    );
    assert_eq!(
        problems("name,kinds\nA,person\n", "people.csv"),
        [
            "people.csv:1:1: no column `actor`. Name the column that holds what the logs call a person",
            "people.csv:1:6: unknown column `kinds`. Did you mean `kind`?",
        ]
    );
    assert_eq!(problems("", "people.csv"), ["people.csv:1:1: the file is empty"]);
    let yaml = "- actor: a\n  knd: person\n  from: soon\n- name: B\n";
    assert_eq!(
        problems(yaml, "people.yaml"),
        [
            "people.yaml:2:3: unknown key `knd`. Did you mean `kind`?",
            "people.yaml:3:9: `soon` is no day. Write it as in 2026-11-22",
            "people.yaml:4:3: the row has no actor. Write what the logs call this person",
        ]
    );
}

#[test]
fn an_open_row_overlaps_all_that_follow() {
    let text = "actor,from,until\na,,\na,2026-01-01,2026-02-01\na,2026-02-01,\n";
    let shown = problems(text, "p.csv");
    assert_eq!(shown.len(), 2, "{shown:?}");
    assert!(load("actor,from,until\na,,2026-01-01\na,2026-01-01,\n", "p.csv", &berlin()).is_ok());
}

proptest! {
    #[test]
    fn no_text_panics(text in "[a@,\";\\n\\r .0-9-]{0,80}", yaml in any::<bool>()) {
        let text = if yaml { text } else { format!("actor,kind,from,until,manager,email\n{text}") };
        let _ = load(&text, if yaml { "p.yaml" } else { "p.csv" }, &berlin());
    }
}
