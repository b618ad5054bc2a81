//! Tests of rules and checks: what is asked, what counts as there, what is not known, and what every mistake says.

use super::known::Known;
use super::*;
use crate::calendar::zone::{Zone, ZoneRules};
use crate::event::{ActionClass, Change, Event, Origin, Outcome};
use crate::ingest::times::Times;
use chrono::NaiveDate;
use emptied::{Taken, taken};

const RULES: &str = "\
module: Leads
key: [Record Id, Lead Id]
owner: Lead Owner
created: Created Time
required: [Name]
one_of: [[Email, Phone]]
conditional:
  - when: { Status: [Qualified, Won] }
    required: [Amount]
format: { Email: email, Status: { one_of: [New, Qualified, Won] } }
weight: { Name: 3, Phone: 5 }
unique: Email
";

const HEADER: [&str; 8] = ["Lead Id", "Lead Owner", "Created Time", "name", "Email", "Phone", "Status", "Amount"];

fn rules(text: &str) -> Rules {
    Rules::read("leads.yaml", text).unwrap()
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn times(rules: &Rules) -> Times {
    Times::new(&rules.times, Some("UTC"), &ZoneRules::bundled()).unwrap()
}

/// Rows of `HEADER` through the rules, as at 2026-11-28.
fn checked(text: &str, rows: &[[&str; 8]], taken: Vec<Taken>) -> (Checked, Vec<Faulty>) {
    let rules = rules(text);
    let times = times(&rules);
    let fit = rules.fit(&HEADER.map(str::to_owned)).unwrap();
    let mut checker = Checker::new(&rules, &times, day("2026-11-28"), taken);
    for (line, row) in rows.iter().enumerate() {
        let fields: Vec<Option<&str>> = fit.fields.iter().map(|at| Some(row[*at])).collect();
        checker.record(&Record {
            key: row[fit.key],
            owner: row[fit.owner.unwrap()],
            created: created_on(row[fit.created.unwrap()], &times, &Zone::utc()),
            fields: &fields,
            line: line as u64 + 2,
            ..Record::default()
        });
    }
    checker.finish(Some(Emptied::default()))
}

#[test]
fn what_is_asked_is_counted_and_placeholders_say_nothing() {
    let (checked, faulty) = checked(
        RULES,
        &[
            ["1", "ann", "2026-11-01", "Brandt", "a@b.example", "", "New", ""],
            ["2", "ann", "2026-08-29", " N/A ", "", "-", "qualified", "7"],
            ["3", "ben", "2024-11-28", "Novak", "nonsense", "", "Won", ""],
            ["3", "ben", "2024-11-28", "", "", "", "", ""],
            ["", "", "soon", "Ruiz", "A@B.example ", "", "Lost", ""],
        ],
        Vec::new(),
    );
    assert_eq!((checked.records, checked.repeated, checked.complete), (4, 1, 1));
    // Name and one of Email, Phone of each; Amount of the second and the third.
    assert_eq!((checked.asked, checked.met, checked.malformed), (10, 7, 2));
    let fields: Vec<_> =
        checked.fields.iter().map(|one| (one.label.as_str(), one.asked, one.met, one.placeholders)).collect();
    assert_eq!(fields, [("Name", 4, 3, 1), ("Email or Phone", 4, 3, 1), ("Amount", 2, 1, 0)]);
    assert_eq!(checked.fields[2].condition, "Status: Qualified or Won");
    let forms: Vec<_> = checked.forms.iter().map(|one| (one.field.as_str(), one.filled, one.malformed)).collect();
    assert_eq!(forms, [("Email", 3, 1), ("Status", 4, 1)]);
    assert_eq!(checked.doubled, [Doubled { field: "Email".into(), values: 1, records: 2 }]);
    // Weights: 3 for the name, 5 for the heavier of Email and Phone, 1 where nothing is said.
    let worst: Vec<_> = checked.worst.iter().map(|one| (one.key.as_str(), one.weight)).collect();
    assert_eq!(worst, [("2", 8), ("3", 2), ("line 6", 1)]);
    assert_eq!(faulty[0].lacks, [0, 1]);
    assert_eq!(checked.worst[1].malformed, ["Email"]);
    let groups = |all: &[Group]| -> Vec<(String, u64, u64)> {
        all.iter().map(|one| (one.key.clone(), one.records, one.complete)).collect()
    };
    assert_eq!(groups(&checked.owners), [("ann".into(), 2, 1), ("".into(), 1, 0), ("ben".into(), 1, 0)]);
    // 2026-08-29 to 2026-11-28 is a day short of three months.
    assert_eq!(groups(&checked.ages), [("0".into(), 1, 1), ("1".into(), 1, 0), ("24".into(), 1, 0), ("".into(), 1, 0)]);
}

#[test]
fn ages_are_whole_calendar_months() {
    let age = |created: &str| {
        let (checked, _) = checked(RULES, &[["1", "", created, "N", "a@b.example", "", "New", ""]], Vec::new());
        checked.ages[0].key.clone()
    };
    for (created, from) in [
        ("2026-11-28", "0"),
        ("2026-10-29", "0"),
        ("2026-10-28", "1"),
        ("2026-08-28", "3"),
        ("2025-11-29", "6"),
        ("2025-11-28", "12"),
        ("2024-11-28", "24"),
        ("2027-01-01", "0"),
    ] {
        assert_eq!(age(created), from, "{created}");
    }
}

#[test]
fn what_is_not_known_is_not_asked_for() {
    let rules = rules(RULES);
    let times = times(&rules);
    let mut checker = Checker::new(&rules, &times, day("2026-11-28"), Vec::new());
    // In order of the fields: Name, Email, Phone, Status, Amount.
    for fields in [
        [Some("Brandt"), None, None, None, None],
        [None, Some(""), None, Some("Won"), None],
        [Some(""), Some("a@b.example"), None, Some("Won"), Some("")],
    ] {
        checker.record(&Record { fields: &fields, ..Record::default() });
    }
    let (checked, _) = checker.finish(None);
    let fields: Vec<_> = checked.fields.iter().map(|one| (one.asked, one.met)).collect();
    assert_eq!(fields, [(2, 1), (1, 1), (1, 0)]);
    assert_eq!((checked.records, checked.complete, checked.emptied), (3, 0, None));
}

fn event(time: i64, class: ActionClass, record: &str, changes: &[(&str, &str, &str)]) -> Event {
    let value = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let change = |(field, old, new): &(&str, &str, &str)| Change {
        field: (*field).to_owned(),
        old: value(old),
        new: value(new),
    };
    Event {
        id: None,
        time,
        time_written: String::new(),
        actor: "Ben".to_owned(),
        action: String::new(),
        class,
        module: "Leads".to_owned(),
        record: record.to_owned(),
        record_name: String::new(),
        outcome: Outcome::Unknown,
        origin: Origin::default(),
        affected: None,
        changes: changes.iter().map(change).collect(),
        details: Default::default(),
        line: 1,
    }
}

#[test]
fn changes_that_took_a_value_away_are_found_and_followed_up() {
    let rules = rules(RULES);
    let update = event(
        7,
        ActionClass::Update,
        "2",
        &[
            ("EMAIL", "a@b.example", ""),
            ("Name", "-", ""),
            ("Phone", "5", "6"),
            ("Amount", "7", "n/a"),
            ("Other", "x", ""),
        ],
    );
    let found: Vec<Taken> = taken(&rules, "1-4", &update).collect();
    let fields: Vec<&str> = found.iter().map(|one| rules.fields[one.field].name.as_str()).collect();
    assert_eq!(fields, ["Email", "Amount"]);
    let delete = event(8, ActionClass::Delete, "2", &[("Email", "a@b.example", "")]);
    assert_eq!(taken(&rules, "1-5", &delete).count(), 0);
    let gone = Taken { record: "9".to_owned(), ..found[0].clone() };
    let rows = [["2", "", "", "N", "", "5550100", "New", "12"]];
    let (checked, _) = checked(RULES, &rows, vec![gone, found[0].clone(), found[1].clone()]);
    let emptied = checked.emptied.unwrap();
    assert_eq!((emptied.changes, emptied.still), (3, 1));
    assert_eq!(emptied.actors, [("Ben".to_owned(), 3)]);
    let still: Vec<_> = emptied.newest.iter().map(|one| (one.field.as_str(), one.still)).collect();
    assert_eq!(still, [("Email", Still::Gone), ("Email", Still::Empty), ("Amount", Still::Filled)]);
    let fields: Vec<_> = emptied.fields.iter().map(|one| (one.field.as_str(), one.changes, one.still)).collect();
    assert_eq!(fields, [("Email", 2, 1), ("Amount", 1, 0)]);
}

#[test]
fn the_log_s_records_are_what_their_events_told() {
    let rules = rules(RULES);
    let mut known = Known::default();
    for one in [
        event(1, ActionClass::Create, "1", &[("Name", "", "Brandt"), ("Lead Owner", "", "ann")]),
        event(2, ActionClass::Update, "1", &[("Email", "a@b.example", "")]),
        event(3, ActionClass::Create, "2", &[("Name", "", "Novak")]),
        event(4, ActionClass::Delete, "2", &[]),
        event(5, ActionClass::Read, "", &[]),
    ] {
        known.event(&rules, &one);
    }
    assert_eq!((known.events, known.with_changes, known.since), (5, 3, Some(1)));
    let mut seen = Vec::new();
    known.each(&Zone::utc(), &|owner| format!("team of {owner}"), &mut |record| {
        seen.push((record.key.to_owned(), record.team.to_owned(), record.created, format!("{:?}", record.fields)));
    });
    let fields = format!("{:?}", [Some("Brandt"), Some(""), None, None, None]);
    assert_eq!(seen, [("1".to_owned(), "team of ann".to_owned(), Some(day("1970-01-01")), fields)]);
}

#[test]
fn every_mistake_in_rules_is_told_at_once_with_its_place() {
    let text = "\
module: Leads
key: []
owner:
required: [Email, Phone, email]
one_of: [[Email]]
conditional:
  - when: {}
    required: [Phone]
  - required: [Amount]
  - when: { Status: Won }
format: { Email: mail, Phone: { oneof: [a] } }
weight: { Emial: 3, Phone: 0 }
times: whenever
unqiue: Email
";
    let problems = Rules::read("r.yaml", text).unwrap_err();
    let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "r.yaml:2:6: `key` must be the name of a column, or a list of names of which the first that there is counts, not a list",
            "r.yaml:3:1: `owner` has no value. Write a value, or leave the key out",
            "r.yaml:4:26: `Email` is asked of every record already (line 4). Write it once",
            "r.yaml:5:10: `one_of` needs two fields or more, of which one must be filled. Write `one_of: [[Email, Phone]]`",
            "r.yaml:7:5: `when` names no field. Write `when: { Lead Status: Qualified }`",
            "r.yaml:8:16: `Phone` is asked of every record already (line 4). Write it once",
            "r.yaml:9:5: `when` is missing in `conditional`. Add `when: …` here",
            "r.yaml:10:5: the condition asks for nothing. Add `required: [Amount]`",
            "r.yaml:11:18: `Email` must be `email`, `phone`, `date` or `{ one_of: […] }`, not the text `mail`",
            "r.yaml:11:31: `one_of` is missing in `Phone`. Add `one_of: …` here",
            "r.yaml:11:33: unknown key `oneof` in `Phone`. Did you mean `one_of`?",
            "r.yaml:12:11: `Emial` has a weight, but nothing is asked of it. Did you mean `Email`?",
            "r.yaml:12:28: `Phone` must be a whole number from 1 to 100, not `0`",
            "r.yaml:13:8: unknown time format `whenever`; a time format is `iso`, `epoch s`, `epoch ms`, `epoch us`, `epoch ns` or a pattern such as `%d/%m/%Y %H:%M`",
            "r.yaml:14:1: unknown key `unqiue`. Did you mean `unique`?",
        ]
    );
    let nothing = Rules::read("r.yaml", "module: Leads\nkey: Id\n").unwrap_err();
    assert!(nothing[0].to_string().starts_with("r.yaml:1:1: nothing is asked of the records. Add"), "{nothing:?}");
}

#[test]
fn columns_that_the_file_lacks_are_problems_of_the_rules() {
    let rules = rules(RULES);
    let header = ["Id", "Name", "E-Mail Address", "Phone", "Status", "Amount"].map(str::to_owned);
    let shown: Vec<String> = rules.fit(&header).unwrap_err().iter().map(ToString::to_string).collect();
    assert_eq!(shown.len(), 4, "{shown:?}");
    assert!(shown[0].starts_with("leads.yaml:6:11: the file has no column `Email`."), "{shown:?}");
    assert!(
        shown[1].starts_with("leads.yaml:2:6: the file has no column for `key`: `Record Id`, `Lead Id`."),
        "{shown:?}"
    );
    assert!(shown[2].contains("no column for `owner`") && shown[3].contains("no column for `created`"), "{shown:?}");
}

#[test]
fn the_rules_that_ship_are_right() {
    let text = include_str!("../../schedules/records/leads.yaml");
    let rules = rules(text);
    assert_eq!((rules.module.as_str(), rules.asked.len(), rules.forms.len()), ("Leads", 7, 4));
    // What is commented out is right as well.
    let all: String = text.lines().map(|line| format!("{}\n", line.replacen("# times:", "times:", 1))).collect();
    assert_eq!(Rules::read("leads.yaml", &all).unwrap().times.len(), 2);
}
