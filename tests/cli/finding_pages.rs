//! Findings on the page: sections of the register as at one entry of the ledger, set again the same, and never in a part's report.

use crate::home::Home;
use crate::samples::{CRM, DAILY};

/// The daily report with the register's sections, in all formats, and what else it says.
fn with_findings(more: &str) -> String {
    let sections = "  - findings: { title: What needs somebody, show: all }\n  - actions: { title: What was agreed }\n  - coverage\n";
    let report = DAILY.replace("  - coverage\n", sections).replace("[html, json]", "[html, json, xlsx]");
    format!("{report}{more}")
}

fn home(more: &str) -> Home {
    let home = Home::new();
    home.definition("daily", &with_findings(more)).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

fn two_findings(home: &Home) {
    let found = ["finding", "add", "<240> contacts & more", "--severity", "high", "--when", "2026-11-30 11:30"];
    home.ok(found.into_iter().chain(["--note", "Ben exported 240 records.", "--by", "Ana Ruiz"]));
    home.ok(["finding", "assign", "1", "--owner", "Carla Novak", "--due", "2026-12-05"]);
    home.ok(["finding", "note", "1", "--action", "Take the right away", "--target", "no export by sales"]);
    home.ok(["finding", "add", "Deal deleted", "--when", "2026-11-30"]);
}

fn register(home: &Home, edition: &str) -> serde_json::Value {
    let figures: serde_json::Value = serde_json::from_str(&home.edition_text(edition, "figures.json")).unwrap();
    figures["figures"].clone()
}

#[test]
fn an_edition_tells_of_findings_as_at_its_entry_and_is_set_again_the_same() {
    let home = home("");
    two_findings(&home);
    home.ok(["issue"]);
    let html = home.edition_text("daily/2026-11-30", ".html");
    for words in [
        "What needs somebody",
        "2 new findings. 2 are open.",
        "Open by severity: 1 high, 1 medium, 0 low.",
        "&lt;240&gt; contacts &amp; more",
        "F-2026-0001",
        "Ben exported 240 records.",
        "Carla Novak",
        "due 5 December 2026",
        "Take the right away",
        "Target: no export by sales",
        "nobody yet",
    ] {
        assert!(html.contains(words), "{words}: {html}");
    }
    let before = register(&home, "daily/2026-11-30");
    let entry = before["register"]["entry"].as_i64().unwrap();
    assert!(entry >= 4 && before["register"]["since"].is_null(), "{before}");
    assert!(html.contains(&format!("the register as at entry {entry} of the ledger")), "{html}");
    // What becomes of them later changes nothing of what is issued.
    home.ok(["finding", "close", "1", "2", "--reason", "Agreed"]);
    home.ok(["verify"]);
    let again = home.ok(["render", "daily/2026-11-30", "--format", "html", "-o", "again.html"]);
    assert_eq!(std::fs::read_to_string(home.path("again.html")).unwrap(), html, "{again}");
    let sheets = home.mails().iter().flat_map(|mail| mail.files()).find(|(name, _)| name.ends_with(".xlsx"));
    let text = String::from_utf8_lossy(&unzipped(&sheets.unwrap().1)).into_owned();
    assert!(text.contains("Take the right away") && text.contains("F-2026-0002"), "{text}");
}

fn unzipped(bytes: &[u8]) -> Vec<u8> {
    let mut parts = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut all = Vec::new();
    for at in 0..parts.len() {
        std::io::Read::read_to_end(&mut parts.by_index(at).unwrap(), &mut all).unwrap();
    }
    all
}

#[test]
fn each_finding_is_new_once_and_an_action_comes_back_until_it_is_done() {
    let home = home("");
    two_findings(&home);
    home.ok(["issue"]);
    // Told after the edition of its own day was issued.
    home.ok(["finding", "add", "Told late", "--when", "2026-11-30"]);
    home.ok(["finding", "close", "2", "--reason", "A double"]);
    home.now("2026-12-02T08:30:00Z");
    home.ok(["finding", "note", "1", "--done", "1", "--effect", "none since"]);
    home.ok(["issue"]);
    let next = register(&home, "daily/2026-12-01");
    assert_eq!(next["register"]["new"], 1);
    assert_eq!((&next["register"]["open"], &next["register"]["closed"]), (&2.into(), &1.into()));
    let rows = |figures: &serde_json::Value, kind: &str| -> Vec<serde_json::Value> {
        let sections = figures["sections"].as_array().unwrap();
        let section = sections.iter().find(|section| section["body"]["kind"] == kind).unwrap();
        section["body"]["rows"].as_array().unwrap().clone()
    };
    let told: Vec<(String, bool)> = rows(&next, "findings")
        .iter()
        .map(|row| (row["id"].as_str().unwrap().to_owned(), row["new"].as_bool().unwrap()))
        .collect();
    assert_eq!(
        told,
        [("F-2026-0001".to_owned(), false), ("F-2026-0002".to_owned(), false), ("F-2026-0003".to_owned(), true)]
    );
    assert_eq!(rows(&next, "actions")[0]["effect"], "none since");
    // A revision reckons from where what it revises did, and knows what was said since.
    home.ok(["issue", "daily", "--period", "2026-12-01", "--revise", "--reason", "Asked for"]);
    assert_eq!(register(&home, "daily/2026-12-01-r1")["register"]["since"], next["register"]["since"]);
    home.now("2026-12-03T08:30:00Z");
    home.ok(["issue"]);
    let last = register(&home, "daily/2026-12-02");
    assert_eq!(last["register"]["new"], 0);
    // Done before this period: it comes back no more. Done on its day: once more.
    assert_eq!(rows(&last, "actions").len(), 1);
    home.now("2026-12-04T08:30:00Z");
    home.ok(["issue"]);
    assert!(rows(&register(&home, "daily/2026-12-03"), "actions").is_empty());
    assert!(home.edition_text("daily/2026-12-03", ".html").contains("No action is open"));
}

#[test]
fn mail_may_wait_for_a_finding() {
    let quiet = home("send: { when: a finding }\n");
    quiet.ok(["issue"]);
    assert!(quiet.mails().is_empty() && quiet.ok(["history", "--csv"]).contains("nothing of this came: a finding"));
    let found = home("send: { when: a finding }\n");
    found.ok(["finding", "add", "Odd", "--when", "2026-11-30"]);
    found.ok(["issue"]);
    assert_eq!(found.mails().len(), 2);
}

#[test]
fn what_cannot_be_shown_is_a_mistake_with_its_place() {
    let home = home("");
    let report = with_findings("");
    let wrong = |from: &str, to: &str, said: &[&str]| {
        home.definition("daily", &report.replace(from, to));
        home.run(["check"]).fails(2, said);
    };
    wrong("show: all", "show: opn", &["daily.yaml:", "unknown choice of findings `opn`. Did you mean `open`?"]);
    wrong("show: all", "severity: at least hgh", &["unknown severity `at least hgh`. Did you mean `at least high`?"]);
    wrong("show: all", "where: { actor: a }", &["`findings` counts no events"]);
    wrong("show: all", "limit: 0", &["`limit`"]);
    let each = "{ each: team, to: manager, formats: [html] }";
    wrong(
        "{ to: anna@example.com, formats: [pdf, csv] }",
        each,
        &["findings are of the whole organisation", "a report of its own"],
    );
}
