//! Collecting: files that arrive in a folder, exports fetched from a vendor, and how each source stands.

use crate::home::{Home, names};
use crate::samples::{CRM, DAILY};
use crate::vendor::Vendor;
use serde_json::Value;
use std::process::Output;
use std::time::{Duration, SystemTime};

const HEAD: &str = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details\n";

fn settings(sources: &str) -> String {
    format!(
        "timezone: UTC\nzone_rules: bundled\nmail: {{ from: \"Quarterday <reports@example.com>\", folder: mail }}\nsources:\n{sources}\n"
    )
}

/// An installation whose CRM exports arrive in `in`.
fn arriving(more: &str) -> Home {
    let home = Home::empty();
    let source = format!(
        "  zoho-crm: {{ rhythm: every day, retention_days: 60, arrives: {{ folder: in, pattern: \"*.csv\"{more} }} }}"
    );
    home.file("quarterday.yaml", settings(&source)).definition("daily", DAILY);
    std::fs::create_dir(home.path("in")).unwrap();
    home
}

/// A file that nobody has touched for an hour.
fn settled(home: &Home, name: &str, bytes: &str) {
    home.file(name, bytes);
    let file = std::fs::File::options().write(true).open(home.path(name)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).unwrap();
}

fn row(day: u32, record: u32) -> String {
    format!("2026-11-{day:02}T10:00:00Z,anna@example.com,Updated,Deals,{record},Pumps,\n")
}

fn batches(home: &Home) -> Vec<String> {
    let list = home.json(&["log", "list"]);
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    list["batches"].as_array().unwrap().iter().map(|batch| text(&batch["about"]["file"])).collect()
}

#[test]
fn what_has_arrived_comes_in_before_it_is_issued_oldest_first_and_once() {
    let home = arriving("");
    settled(&home, "in/2-crm.csv", &format!("{HEAD}{}", row(30, 2)));
    settled(&home, "in/1-crm.csv", &format!("{HEAD}{}", row(29, 1)));
    settled(&home, "in/notes.txt", "not an export");
    settled(&home, "in/3-crm.csv.part", "half");
    home.file("in/4-crm.csv", CRM);
    let said = home.ok(["issue"]);
    assert!(said.contains("1-crm.csv: batch 1 of zoho-crm: 1 row read = 1 added"), "{said}");
    assert!(said.contains("daily/2026-11-30: issued"), "{said}");
    assert_eq!(batches(&home), ["1-crm.csv", "2-crm.csv"], "the fourth may still be being written");
    assert!(home.edition_text("daily/2026-11-30", "figures.json").contains("\"complete\""));
    // By hand, what is whole is taken; then nothing is new.
    assert!(home.ok(["collect"]).contains("4-crm.csv: batch 3 of zoho-crm: 7 rows read = 7 added"));
    assert_eq!(home.ok(["collect", "zoho-crm"]), "zoho-crm: nothing new.\n");
    assert_eq!(home.ok(["issue"]), "Nothing is due.\n");
    // What a person took out does not come back because its file still lies there.
    home.ok(["log", "void", "1", "--reason", "wrong"]);
    assert_eq!(home.ok(["collect"]), "zoho-crm: nothing new.\n");
    // The same bytes under another name.
    settled(&home, "in/5-crm.csv", CRM);
    assert_eq!(home.ok(["collect"]), "zoho-crm: nothing new.\n");
    assert_eq!(batches(&home).len(), 3);
}

#[test]
fn a_bad_file_stops_no_other_and_is_told_once() {
    let home = arriving("");
    settled(&home, "in/1-bad.csv", "a,b\n1,2\n");
    settled(&home, "in/2-crm.csv", &format!("{HEAD}{}", row(30, 2)));
    let ran = home.run(["issue"]);
    ran.fails(1, &["zoho-crm: 1-bad.csv was not imported: 1-bad.csv:1:1: no column for `time`"]);
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert_eq!(batches(&home), ["2-crm.csv"]);
    let again = home.run(["issue"]);
    assert_eq!((again.code, again.err.as_str(), again.out.as_str()), (0, "", "Nothing is due.\n"));
    // It is not forgotten, and by hand it is tried again.
    assert!(home.ok(["sources"]).contains("1 file that arrived was not imported: 1-bad.csv:1:1"));
    home.run(["collect"]).fails(1, &["1-bad.csv was not imported"]);
    // Through another mapping it is tried again by itself.
    let mapping = "name: zoho-crm\ntitle: Own\nformat: csv\nrhythm: every day\ntimezone: UTC\ntimes: iso\ncolumns: { time: [Audited Time, a], actor: [Done By, b], action: { const: x } }\nactions: { otherwise: other }\nrecords: { fields: [actor], actions: [other] }\n";
    home.file("mappings/zoho-crm.yaml", mapping);
    home.ok(["issue"]);
    assert_eq!(batches(&home), ["2-crm.csv", "1-bad.csv"]);
    assert!(!home.ok(["sources"]).contains("was not imported"));
}

#[test]
fn what_is_in_the_log_is_moved_away_and_nothing_is_overwritten() {
    let home = arriving(", after: move to in/done");
    settled(&home, "in/crm.csv", &format!("{HEAD}{}", row(29, 1)));
    home.ok(["issue"]);
    settled(&home, "in/crm.csv", &format!("{HEAD}{}", row(30, 2)));
    home.ok(["issue"]);
    let done = names(&home.path("in/done"));
    assert_eq!(done.len(), 2, "{done:?}");
    assert!(done.contains(&"crm.csv".to_owned()) && done.iter().any(|name| name.ends_with("-crm.csv")), "{done:?}");
    assert_eq!(names(&home.path("in")), ["done"]);
    assert_eq!(batches(&home).len(), 2);
}

#[test]
fn a_folder_that_is_not_there_is_said_and_the_reports_go_out() {
    let home = arriving("");
    std::fs::remove_dir(home.path("in")).unwrap();
    let ran = home.run(["issue"]);
    std::fs::remove_dir_all(home.path("var/collected/zoho-crm")).unwrap();
    ran.fails(1, &["zoho-crm: NOT COLLECTED: the folder ", "of arriving exports cannot be read"]);
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert!(!home.edition_text("daily/2026-11-30", "figures.json").contains("\"complete\""));
    // Nor does what stands in the way of collecting stand in the way of reports.
    home.file("var/collected/zoho-crm", "in the way");
    home.definition("second", DAILY);
    let ran = home.run(["issue"]);
    ran.fails(1, &["zoho-crm: NOT COLLECTED: "]);
    assert!(ran.out.contains("second/2026-11-30: issued"), "{ran:#?}");
    home.run(["collect", "doors"]).fails(2, &["does not say how exports of `doors` come in", "it does for zoho-crm"]);
    home.file("quarterday.yaml", settings("  doors: { arrives: { folder: in } }"));
    home.run(["check"]).fails(2, &["quarterday.yaml:1:1: source `doors`: there is no format `doors`"]);
}

/// An installation that fetches the CRM's log from a vendor on this machine.
fn fetching(vendor: &Vendor) -> Home {
    let home = Home::empty();
    let url = vendor.url();
    let collector = format!(
        "{{ accounts_url: \"{url}\", api_url: \"{url}\", client_id: 1000.ID, refresh_token_env: TEST_TOKEN, client_secret_env: TEST_SECRET }}"
    );
    let source = format!(
        "  zoho-crm:\n    rhythm: every day\n    retention_days: 60\n    collector: {{ zoho-crm: {collector} }}"
    );
    home.file("quarterday.yaml", settings(&source)).definition("daily", DAILY);
    home
}

fn run(home: &Home, arguments: &[&str]) -> crate::home::Ran {
    let output: Output = home
        .command(arguments)
        .env("TEST_TOKEN", "1000.the-refresh-token")
        .env("TEST_SECRET", "the-secret")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap();
    let ran = crate::home::Ran::of(output);
    assert!(!format!("{ran:?}").contains("the-refresh") && !format!("{ran:?}").contains("the-secret"), "{ran:#?}");
    ran
}

#[test]
fn exports_are_fetched_before_it_is_issued_and_only_what_is_new() {
    let vendor = Vendor::start(CRM);
    let home = fetching(&vendor);
    let ran = run(&home, &["issue"]);
    assert_eq!(ran.code, 0, "{ran:#?}");
    assert!(ran.out.contains("of zoho-crm: 7 rows read = 7 added"), "{ran:#?}");
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert!(home.edition_text("daily/2026-11-30", "figures.json").contains("\"complete\""));
    let about = home.json(&["log", "list"])["batches"][0]["about"].clone();
    let filters = about["filters"].as_str().unwrap();
    assert_eq!(filters, "audited_time from 2026-10-02T08:30:00Z to 2026-12-01T08:25:00Z; export 1, file 1 of 1");
    // Soon after, `issue` leaves the vendor alone; somebody who asks does not, and gets what is new, with some overlap.
    home.now("2026-12-01T09:30:00Z");
    run(&home, &["issue"]);
    assert_eq!(vendor.asked().len(), 1);
    let said = run(&home, &["collect"]).out;
    assert!(said.contains("7 rows read = 0 added + 7 repeated"), "{said}");
    assert_eq!(vendor.asked()[1], ["2026-12-01T07:25:00+00:00", "2026-12-01T09:25:00+00:00"]);
    assert_eq!(names(&home.path("var/collected/zoho-crm")).iter().filter(|name| name.ends_with(".csv")).count(), 2);
    // `sources` knows how far it reaches.
    let standing = &home.json(&["sources"])[0];
    assert_eq!(standing["covered_to"], 1_796_117_100_000_i64);
    assert_eq!(standing["days_left"], 60);
}

#[test]
fn an_export_that_ends_before_the_period_does_not_vouch_for_all_of_it() {
    let vendor = Vendor::start(CRM);
    let home = fetching(&vendor);
    let daily = DAILY.replace("at: \"07:00\"", "at: \"00:02\"");
    // Three minutes after midnight: the last five minutes may not be in the vendor's log yet.
    home.definition("daily", &daily).now("2026-12-01T00:03:00Z");
    assert_eq!(run(&home, &["issue"]).code, 0);
    assert!(home.edition_text("daily/2026-11-30", "figures.json").contains("\"reaches_end\": false"));
}

#[test]
fn a_vendor_that_refuses_stops_no_report_and_the_coverage_says_what_is_missing() {
    let vendor = Vendor::start(CRM);
    vendor.refuse(r#"{"code":"NO_PERMISSION","message":"permission denied","status":"error"}"#);
    let home = fetching(&vendor);
    let ran = run(&home, &["issue"]);
    ran.fails(
        1,
        &["zoho-crm: NOT COLLECTED: Zoho refuses the export: the user of the refresh token may not see the audit log"],
    );
    assert!(ran.out.contains("daily/2026-11-30: issued"), "{ran:#?}");
    assert!(!home.edition_text("daily/2026-11-30", "figures.json").contains("\"complete\""));
    // It is left alone for a while, shown by `sources`, and tried again by hand.
    let again = run(&home, &["issue"]);
    assert_eq!((again.code, again.out.as_str()), (0, "Nothing is due.\n"));
    assert!(
        home.ok(["sources"])
            .contains("zoho-crm: its log could not be fetched from the vendor: Zoho refuses the export")
    );
    assert_eq!(run(&home, &["collect"]).code, 0);
    assert_eq!(batches(&home).len(), 1);
    assert!(!home.ok(["sources"]).contains("could not be fetched"));
    // A secret that is not there is said by the name of its variable.
    home.run(["collect"]).fails(1, &["zoho-crm: NOT COLLECTED: the environment variable TEST_SECRET is not set"]);
    assert!(
        home.ok(["sources"])
            .contains("zoho-crm: its log could not be fetched from the vendor: the environment variable")
    );
}

#[test]
fn an_export_that_cannot_be_imported_is_kept_until_the_mapping_is_mended() {
    let vendor = Vendor::start("When,Who,What\n2026-11-30T10:00:00Z,anna,Added\n");
    let home = fetching(&vendor);
    let ran = run(&home, &["collect"]);
    ran.fails(1, &["was fetched, but cannot be imported: ", "no column for `time`"]);
    let mapping = "name: zoho-crm\ntitle: Own\nformat: csv\nrhythm: every day\ntimezone: UTC\ntimes: iso\ncolumns: { time: When, actor: Who, action: What }\nactions: { otherwise: other }\nrecords: { fields: [actor], actions: [other] }\n";
    home.file("mappings/zoho-crm.yaml", mapping);
    assert!(run(&home, &["collect"]).out.contains("1 row read = 1 added"));
    assert_eq!(vendor.asked().len(), 1, "it was not asked for twice");
}

#[test]
fn sources_say_first_what_is_being_lost() {
    let home = Home::empty();
    let sources = "  zoho-crm: { rhythm: every day, retention_days: 60 }\n  doors: { title: Doors, rhythm: none, retention_days: 30 }\n  lifts: {}";
    home.file("quarterday.yaml", settings(sources)).file("crm.csv", CRM);
    assert!(
        home.ok(["sources"])
            .contains("doors: nothing of it is in the log, and the vendor forgets what is older than 30 days")
    );
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let said = home.ok(["sources"]);
    assert!(said.contains("zoho-crm  "), "{said}");
    assert!(said.contains("59 days") || said.contains("60 days"), "{said}");
    assert!(said.contains("lifts: nothing of it was ever imported."), "{said}");
    assert!(said.contains("lifts: how long the vendor keeps its rows is not declared"), "{said}");
    // Half a year later the vendor has forgotten what nobody imported.
    let said = home.now("2027-01-25T12:00:00Z").ok(["sources"]);
    assert!(said.contains("zoho-crm: the log ends at 30 Nov 2026 17:00, and the vendor forgets after 60 days: rows begin to vanish in 5 days, on 29 Jan 2027; export what is new"), "{said}");
    let said = home.now("2027-02-10T12:00:00Z").ok(["sources"]);
    assert!(said.contains("what is older than 12 Dec 2026 and not in the log is gone"), "{said}");
    let json = home.json(&["sources"]);
    let crm = json.as_array().unwrap().iter().find(|one| one["name"] == "zoho-crm").unwrap();
    assert_eq!(crm["days_left"], -11);
    assert_eq!(crm["to_do"][0]["urgency"], "losing");
}

#[test]
fn silence_and_unread_rows_are_shown() {
    let home = Home::new();
    let rows: String = [1, 2, 3, 7, 8, 30].iter().map(|day| row(*day, 1)).collect();
    home.file("crm.csv", format!("{HEAD}{rows}last Friday,anna@example.com,Updated,Deals,1,,\n"));
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let said = home.ok(["sources"]);
    assert!(
        said.contains(
            "but was silent in 2 stretches of the last 90 days: Mon 9 Nov to Sun 29 Nov 2026 and Wed 4 Nov to Fri 6 Nov 2026"
        ),
        "{said}"
    );
    assert!(said.contains("zoho-crm: 1 row could not be read; `quarterday quarantine list` shows why."), "{said}");
}
