//! `finding`: the register as people use it: what they report, who sees to it, what became of it; never changed, only added to.

use crate::home::Home;

const FORM: &str = "From: Ben Cole <ben@example.com>\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n> Title: 300 contacts exported at night\n> Severity: high\n> When: 2026-11-29 22:15\n> Module: Contacts\n> What happened:\nI saw the mail.\n";

/// An installation with two findings.
fn two() -> Home {
    let home = Home::new();
    home.ok(["finding", "add", "Deals deleted twice", "--when", "2026-11-30", "--module", "Deals", "--by", "Ana Ruiz"]);
    home.file("form.eml", FORM);
    home.ok(["finding", "add", "--from-mail", "form.eml"]);
    home
}

#[test]
fn what_people_report_enters_as_new_and_is_listed_worst_first() {
    let home = Home::new();
    assert_eq!(home.ok(["finding", "list"]), "Nothing was found yet.\n");
    let said = home.ok(["finding", "add", "Deals deleted twice", "--severity", "low", "--note", "Twice in a week."]);
    assert_eq!(said, "F-2026-0001 is new: Deals deleted twice\n");
    home.file("form.eml", FORM);
    assert_eq!(
        home.ok(["finding", "add", "--from-mail", "form.eml"]),
        "F-2026-0002 is new: 300 contacts exported at night\n"
    );
    // The same told again is another finding: who says that they are one is a person.
    home.ok(["finding", "add", "Deals deleted twice"]);
    let list = home.ok(["finding", "list"]);
    let firsts: Vec<&str> = list.lines().map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!(firsts, ["Finding", "F-2026-0002", "F-2026-0003", "F-2026-0001"], "{list}");
    let shown = home.ok(["finding", "show", "2"]);
    for words in
        ["F-2026-0002  300 contacts", "high", "I saw the mail.", "Contacts", "2026-11-29 22:15", "ben@example.com"]
    {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    home.ok(["verify", "ledger"]);
}

#[test]
fn the_form_that_is_printed_is_the_form_that_is_read() {
    let home = Home::new();
    let form = home.ok(["finding", "template"]);
    home.file("form.txt", form.replacen("Title: ", "Title: Odd login", 1));
    assert!(home.ok(["finding", "add", "--from-mail", "form.txt"]).contains("Odd login"));
    home.file("empty.txt", &form);
    home.run(["finding", "add", "--from-mail", "empty.txt"]).fails(2, &["empty.txt:3", "there is no title"]);
    home.file("page.eml", "From: a@example.com\nContent-Type: text/html\n\n<b>x</b>\n");
    home.run(["finding", "add", "--from-mail", "page.eml"]).fails(2, &["text/html", "plain text file"]);
    home.run(["finding", "add", "--from-mail", "none.eml"]).fails(1, &["none.eml cannot be read"]);
    assert_eq!(home.json(&["finding", "list"]).as_array().unwrap().len(), 1);
}

#[test]
fn what_became_of_it_is_added_and_kept() {
    let home = two();
    assert_eq!(
        home.ok(["finding", "assign", "1", "--owner", "Carla Novak", "--due", "2026-12-10", "--ticket", "OPS-12"]),
        "F-2026-0001 is in review, owner Carla Novak, due 2026-12-10: Deals deleted twice\n"
    );
    home.ok([
        "finding",
        "note",
        "1",
        "--impact",
        "Two quotes lost",
        "--action",
        "Only leads may delete deals",
        "--target",
        "no deletion by sales",
        "--due",
        "2026-12-05",
    ]);
    home.now("2026-12-06T08:00:00Z");
    assert!(home.ok(["finding", "show", "1"]).contains("overdue"));
    home.ok([
        "finding",
        "close",
        "1",
        "--reason",
        "Right taken away",
        "--done",
        "1",
        "--effect",
        "none since",
        "--by",
        "Carla Novak",
    ]);
    home.run(["finding", "assign", "1", "--owner", "Ben"])
        .fails(2, &["F-2026-0001 is closed", "finding reopen F-2026-0001 --reason"]);
    home.run(["finding", "note", "1", "--done", "1"]).fails(2, &["action 1 of F-2026-0001 is done already"]);
    let shown = home.json(&["finding", "show", "F-2026-1"]);
    assert_eq!(
        (&shown["state"], &shown["owner"], &shown["ticket"]),
        (&"resolved".into(), &"Carla Novak".into(), &"OPS-12".into())
    );
    assert_eq!(shown["actions"][0]["effect"], "none since");
    assert_eq!(shown["history"].as_array().unwrap().len(), 4);
    assert_eq!(shown["history"][3]["by"]["name"], "Carla Novak");
    home.ok(["finding", "reopen", "1", "--reason", "Again"]);
    assert!(home.ok(["finding", "list", "--owner", "carla novak"]).contains("F-2026-0001"));
    home.ok(["finding", "accept", "1", "2", "--until", "2026-12-31", "--reason", "Migration"]);
    assert_eq!(home.ok(["finding", "list"]), "None fits, of 2 findings.\n");
    home.now("2027-01-01T08:00:00Z");
    assert_eq!(home.ok(["finding", "list", "--overdue"]).lines().count(), 3);
    home.ok(["finding", "mark-case", "2", "--bad", "--title", "The night export"]);
    assert_eq!(home.json(&["finding", "show", "2"])["case"]["title"], "The night export");
    home.ok(["finding", "mark-case", "2", "--withdraw", "--reason", "too easy to guess"]);
    home.ok(["verify", "ledger"]);
}

#[test]
fn what_is_wrong_is_told_and_leaves_nothing() {
    let home = two();
    home.run(["finding", "show", "9"]).fails(2, &["there is no finding `9`", "the last is F-2026-0002"]);
    home.run(["finding", "assign", "1", "--due", "2026-11-01"])
        .fails(2, &["--due 2026-11-01 is over: today is 2026-12-01"]);
    home.run(["finding", "assign", "1", "--ticket", "X"]).fails(2, &["--owner"]);
    home.run(["finding", "note", "1"]).fails(2, &["--text"]);
    home.run(["finding", "close", "1", "--reason", " "]).fails(2, &["--reason is empty"]);
    home.run(["finding", "close", "1", "9", "--reason", "x"]).fails(2, &["there is no finding `9`"]);
    home.run(["finding", "reopen", "1", "--reason", "x"]).fails(2, &["F-2026-0001 is open"]);
    home.run(["finding", "add", "x", "--when", "2027-01-01"]).fails(2, &["in the future"]);
    home.run(["finding", "add", "x", "--severity", "awful"]).fails(2, &["low, medium or high"]);
    home.run(["finding", "mark-case", "1", "--withdraw", "--reason", "x"]).fails(2, &["not marked as a case"]);
    assert!(home.json(&["finding", "list"]).as_array().unwrap().iter().all(|one| one["state"] == "new"));
    // A number of two years has to be written out.
    home.now("2027-02-01T08:00:00Z").ok(["finding", "add", "Later"]);
    home.run(["finding", "show", "1"]).fails(2, &["could be F-2026-0001 or F-2027-0001"]);
    assert!(home.ok(["finding", "show", "2027-1"]).contains("Later"));
}

#[test]
fn the_filters_choose() {
    let home = two();
    home.ok(["finding", "assign", "2", "--owner", "Ben Cole"]);
    let ids = |arguments: &[&str]| -> Vec<String> {
        let all: Vec<&str> = ["finding", "list"].into_iter().chain(arguments.iter().copied()).collect();
        let found = home.json(&all);
        found.as_array().unwrap().iter().map(|one| one["finding"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&["--severity", "high"]), ["F-2026-0002"]);
    assert_eq!(ids(&["--severity", "medium"]), ["F-2026-0002", "F-2026-0001"]);
    assert_eq!(ids(&["--state", "new"]), ["F-2026-0001"]);
    assert_eq!(ids(&["--state", "new", "--state", "in-review"]).len(), 2);
    assert_eq!(ids(&["--owner", "none"]), ["F-2026-0001"]);
    assert_eq!(ids(&["--rule", "none"]).len(), 2);
    assert!(ids(&["--rule", "exports"]).is_empty() && ids(&["--overdue"]).is_empty());
}
