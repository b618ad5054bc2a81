//! Retiring: old events leave the log as far as the policy of their source allows it, and everything says so afterwards.

use crate::home::Home;
use crate::samples::{CRM, DAILY};
use serde_json::json;

const SETTINGS: &str =
    "timezone: UTC\nzone_rules: bundled\nmail: { from: \"Quarterday <reports@example.com>\", folder: mail }\n";

/// The daily report's log: three events on the 29th, of Anna and Carla; four on the 30th, of Anna and Ben.
fn home(sources: &str) -> Home {
    let home = Home::new();
    home.file("quarterday.yaml", format!("{SETTINGS}sources: {{ {sources} }}\n"));
    home.definition("daily", &DAILY.replace("since: 2026-11-30", "since: 2026-11-29")).file("crm.csv", CRM);
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    home
}

const POLICY: &str = "zoho-crm: { rhythm: every day, keep_days: 1 }";

fn retire(home: &Home, before: &str) -> String {
    home.ok(["log", "retire", "--before", before, "--reason", "kept as long as the policy says"])
}

/// Whether some bytes are anywhere in the log's files.
fn in_file(home: &Home, text: &str) -> bool {
    crate::home::names(&home.path("var")).iter().filter(|name| name.starts_with("log.")).any(|name| {
        let bytes = std::fs::read(home.path("var").join(name)).unwrap();
        bytes.windows(text.len()).any(|part| part == text.as_bytes())
    })
}

#[test]
fn whole_days_go_and_the_rest_is_proven_as_before() {
    let home = home(POLICY);
    home.ok(["log", "checkpoint", "--out", "kept.txt"]);
    let proof = home.ok(["verify", "log", "--event", "1-7"]);
    // As far as compression leaves it in the clear: the domain is only a reference to the one before.
    assert!(in_file(&home, "carl") && in_file(&home, "Novak"));
    let would = home.ok(["log", "retire", "--before", "2026-11-30", "--reason", "x", "--dry-run"]);
    let removed = "3 events of zoho-crm before 30 Nov 2026 00:00\n";
    assert_eq!(would, format!("would remove {removed}Nothing was removed (--dry-run).\n"));
    assert_eq!(home.json(&["log", "list"])["head"]["size"], 1);
    let said = retire(&home, "2026-11-30");
    assert!(said.starts_with(&format!("removed {removed}The log's file has ")), "{said}");
    // Who and what is in no remaining event is nowhere in the file; who is, stays.
    assert!(!in_file(&home, "carl") && !in_file(&home, "Novak") && !in_file(&home, "Meyer"));
    assert!(in_file(&home, "anna@example.com") && in_file(&home, "Valves"));

    let verified = home.ok(["verify", "log", "--checkpoint", "kept.txt"]);
    assert!(
        verified.contains("holds: log: 4 events in 1 batch (3 more were retired; the roots of their days hold)"),
        "{verified}"
    );
    assert!(verified.contains("holds: checkpoint kept.txt"), "{verified}");
    home.ok(["verify", "log", "--event", "1-4"]);
    home.run(["verify", "log", "--event", "1-7"]).fails(
        2,
        &["event 1-7 is of a day that was retired on 2026-12-01 by", "a proof that was written before still holds"],
    );
    assert!(crate::auditor::check(&serde_json::from_str(&proof).unwrap()).is_ok());
    let list = home.ok(["log", "list"]);
    assert!(list.contains("Retired: 3 events of zoho-crm before 30 Nov 2026 00:00 on 1 Dec 2026 08:30 by "), "{list}");
    assert!(list.contains(": kept as long as the policy says\n"), "{list}");
    let told = &home.json(&["log", "list"])["retired"][0];
    assert_eq!((&told["events"], &told["keep_days"]), (&json!(3), &json!(1)));
    assert_eq!(retire(&home, "2026-11-30"), "Nothing is there to be removed.\n");
    assert_eq!(retire(&home, "2026-11-29"), "Nothing is there to be removed.\n");
}

#[test]
fn the_same_file_does_not_bring_back_what_was_retired() {
    let home = home(POLICY);
    retire(&home, "2026-11-30");
    let ran = home.run(["import", "crm.csv", "--mapping", "zoho-crm"]);
    ran.fails(0, &["3 rows were left out: they lie on days of this source that were retired"]);
    let counts = "7 rows read = 0 added + 4 repeated + 0 quarantined + 0 no event + 3 of retired days\n";
    assert!(ran.out.contains(counts), "{ran:#?}");
    assert!(!in_file(&home, "carl"));
    assert_eq!(home.json(&["verify", "log"])["log"]["events"], 4);
}

#[test]
fn only_what_the_policy_allows_is_removed() {
    let refused = |sources: &str, before: &str, words: &[&str]| {
        let home = home(sources);
        home.run(["log", "retire", "--before", before, "--reason", "x"]).fails(2, words);
        home.run(["log", "retire", "--before", before, "--reason", "x", "--dry-run"]).fails(2, words);
        assert_eq!(home.json(&["log", "list"])["head"]["size"], 1);
    };
    refused(
        "zoho-crm: { rhythm: every day }",
        "2026-11-30",
        &["zoho-crm has no policy", "under `sources:` in quarterday.yaml", "`zoho-crm: { keep_days: 730 }`"],
    );
    refused("zoho-crm: { keep_days: forever }", "2026-11-30", &["zoho-crm keeps its events for ever"]);
    refused(
        "zoho-crm: { keep_days: 2 }",
        "2026-11-30",
        &[
            "zoho-crm keeps its events 2 days",
            "those before 2026-11-29 may be retired, and 2026-11-30 is later",
            "Write --before 2026-11-29",
        ],
    );
    refused(POLICY, "2027-01-01", &["2027-01-01 has not come yet"]);
    let home = home(POLICY);
    home.file("quarterday.yaml", format!("{SETTINGS}sources: {{ zoho-crm: {{ keep_days: never }} }}\n"));
    home.run(["log", "retire", "--before", "2026-11-30", "--reason", "x"])
        .fails(2, &["`keep_days` must be a whole number of days from 1 to 36500, or `forever`, not the text `never`"]);
    home.file("quarterday.yaml", format!("{SETTINGS}sources: {{ {POLICY} }}\n"));
    home.run(["log", "retire", "--before", "2026-11-30", "--reason", " "]).fails(2, &["say why"]);
    home.run(["log", "retire", "--before", "yesterday", "--reason", "x"]).fails(2, &["--before"]);
    home.run(["log", "retire", "--before", "2026-11-30", "--reason", "x", "--source", "erp"])
        .fails(2, &["the log has no source `erp`; it has: zoho-crm"]);
    Home::new().run(["log", "retire", "--before", "2026-11-30", "--reason", "x"]).fails(1, &["has no log yet"]);
}

#[test]
fn a_day_of_the_installation_is_never_cut() {
    // The 30th begins in Berlin at 23:00 UTC of the 29th: that UTC day reaches into it and stays.
    let home = home(POLICY);
    let settings = SETTINGS.replace("timezone: UTC", "timezone: Europe/Berlin");
    home.file("quarterday.yaml", format!("{settings}sources: {{ {POLICY} }}\n"));
    assert_eq!(retire(&home, "2026-11-30"), "Nothing is there to be removed.\n");
    let said = home.now("2026-12-02T12:00:00Z").ok(["log", "retire", "--before", "2026-12-01", "--reason", "x"]);
    let why = "Days are sealed by UTC: the one that reaches into 2026-12-01 stays whole.\n";
    assert!(said.starts_with(&format!("removed 3 events of zoho-crm before 30 Nov 2026 01:00\n{why}")), "{said}");
}

#[test]
fn a_report_over_retired_days_says_so_and_never_reads_nought() {
    let home = home(POLICY);
    home.ok(["issue", "daily", "--period", "2026-11-29"]);
    retire(&home, "2026-11-30");
    home.ok(["preview", "daily", "--period", "2026-11-29", "--format", "html", "-o", "page.html"]);
    let page = std::fs::read_to_string(home.path("page.html")).unwrap();
    let words = "events before 30 Nov 2026 00:00 were retired on 1 Dec 2026 08:30 by ";
    assert!(page.to_lowercase().contains(&words.to_lowercase()), "{page}");
    assert!(page.contains("not in the log"), "{page}");
    home.ok(["preview", "daily", "--period", "2026-11-29", "--format", "json", "-o", "figures.json"]);
    let figures: serde_json::Value =
        serde_json::from_slice(&std::fs::read(home.path("figures.json")).unwrap()).unwrap();
    let text = figures.to_string();
    assert!(text.contains("\"retired\":{\"source\":\"zoho-crm\""), "{text}");
    assert!(!text.contains("{\"whole\":0}"), "{text}");
    // What was issued before is as it was, and says what became of the events behind it.
    home.ok(["verify"]);
    let explained = home.ok(["explain", "daily/2026-11-29", "F1"]);
    assert!(
        explained.contains(&format!("zoho-crm: {words}")) && explained.contains("they can no more be shown"),
        "{explained}"
    );
    assert!(explained.contains("No events behind it."), "{explained}");
    // A later period is not touched by it.
    home.ok(["preview", "daily", "--period", "2026-11-30", "--format", "html", "-o", "page.html"]);
    let page = std::fs::read_to_string(home.path("page.html")).unwrap();
    assert!(!page.contains("were retired"), "{page}");
}

#[test]
fn a_partly_retired_period_is_incomplete() {
    let home = home(POLICY);
    home.definition("weekly", &DAILY.replace("every: day", "every: week").replace("Daily", "Weekly"));
    retire(&home, "2026-11-30");
    home.ok(["preview", "weekly", "--period", "2026-W48", "--format", "json", "-o", "before.json"]);
    home.definition("monthly", &DAILY.replace("every: day", "every: month").replace("Daily", "Monthly"));
    home.ok(["preview", "monthly", "--period", "2026-11", "--format", "html", "-o", "page.html"]);
    let page = std::fs::read_to_string(home.path("page.html")).unwrap();
    assert!(
        page.contains("partial") && page.to_lowercase().contains("events before 30 nov 2026 00:00 were retired"),
        "{page}"
    );
}
