//! Retention: old editions go as far as the policy allows it, what a legal hold covers stays, and everything says so afterwards.

use crate::home::{Home, SETTINGS};
use crate::samples::daily;
use serde_json::json;
use std::fs;

/// The daily report, issued for the 30th of November on the first of December; mail as sent. `keep`: its policy.
fn home(keep: &str) -> Home {
    let home = daily();
    home.ok(["issue"]);
    home.file("quarterday.yaml", format!("{SETTINGS}{keep}\n"));
    home
}

const POLICY: &str = "keep: { editions: 1 month }";
const REASON: [&str; 2] = ["--reason", "kept as long as the policy says"];

fn retire(home: &Home, arguments: &[&str]) -> String {
    home.ok(["retire"].iter().chain(arguments).chain(&REASON))
}

/// Whether some bytes are anywhere below `var`.
fn in_var(home: &Home, text: &str) -> bool {
    fn below(folder: &std::path::Path, text: &[u8]) -> bool {
        fs::read_dir(folder).unwrap().any(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() {
                return below(&path, text);
            }
            fs::read(path).unwrap().windows(text.len()).any(|part| part == text)
        })
    }
    below(&home.path("var"), text.as_bytes())
}

#[test]
fn files_and_mails_go_and_what_was_issued_is_still_known_and_proven() {
    let home = home(POLICY);
    let before = home.json(&["history"])[0].clone();
    // As it stands in the mails: text is never packed there.
    let words = "Content-Disposition: attachment";
    assert!(in_var(&home, words));
    home.now("2027-01-01T08:30:00Z");
    assert_eq!(retire(&home, &[]), "Nothing is there to be removed.\n", "a month is not over on the same day");
    home.now("2027-01-02T08:30:00Z");
    let would = retire(&home, &["--dry-run"]);
    assert!(would.starts_with("would remove ") && would.ends_with("\nNothing was removed (--dry-run).\n"), "{would}");
    assert!(
        would.contains(" and 2 mails of daily/2026-11-30, ") && would.contains("issued 1 Dec 2026 08:30, kept 1 month")
    );
    assert!(!home.edition_files("daily/2026-11-30").is_empty());

    let said = retire(&home, &[]);
    assert!(said.starts_with(&would.lines().next().unwrap().replace("would remove", "removed")), "{said}");
    assert!(said.contains("The ledger's file has ") && said.contains("What stays: "), "{said}");
    assert!(!home.path("var/editions/daily/2026-11-30").exists());
    assert!(!in_var(&home, words), "neither in the ledger nor beside it");
    assert_eq!(retire(&home, &[]), "Nothing is there to be removed.\n");

    let gone = "removed by retention on 2 Jan 2027 08:30 by ";
    let why = " (kept 1 month): kept as long as the policy says";
    let verified = home.ok(["verify"]);
    assert!(verified.contains("holds: ledger: "), "{verified}");
    let verified = home.ok(["verify", "daily/2026-11-30"]);
    assert!(verified.contains(&format!("not checked: files: {gone}")) && verified.contains(why), "{verified}");
    assert!(verified.contains("holds: head of the log: "), "{verified}");
    let history = home.ok(["history"]);
    assert!(
        history.contains(&format!("The files of daily/2026-11-30 were {gone}")) && history.contains(why),
        "{history}"
    );
    let after = &home.json(&["history"])[0];
    for known in ["files", "figures_sha256", "log_head", "dispatches", "at"] {
        assert_eq!(after[known], before[known], "{known}");
    }
    assert_eq!(after["retired"]["policy"], json!("1 month"));
    for command in [&["render", "daily/2026-11-30"][..], &["explain", "daily/2026-11-30", "F1"]] {
        home.run(command).fails(1, &["daily/2026-11-30 was removed by retention on 2 Jan 2027 08:30 by "]);
    }
    // It is issued all the same, and the next one goes on from it.
    assert!(!home.run(["issue", "daily", "--period", "2026-11-30"]).out.contains("issued for"));
    assert_eq!(home.run(["issue"]).code, 0);
    assert!(home.standing().contains(&"daily/2026-11-30 issued".to_owned()));
    home.ok(["verify"]);
    home.ok(["backup", "saved"]);
}

#[test]
fn what_a_legal_hold_covers_stays_until_it_is_released() {
    let home = home(POLICY);
    home.now("2027-02-02T08:30:00Z");
    home.run(["hold", "add", "--reason", "x"]).fails(2, &["--report", "--from"]);
    home.run(["hold", "add", "--all", "--reason", " "]).fails(2, &["recorded with its reason"]);
    home.run(["hold", "add", "--report", "dialy", "--reason", "x"]).fails(2, &["no report `dialy`; there are: daily"]);
    home.run(["hold", "add", "--from", "2027-01-02", "--to", "2027-01-01", "--reason", "x"]).fails(2, &["is after"]);
    assert_eq!(home.ok(["hold", "list"]), "No legal hold stands.\n");
    home.ok(["hold", "add", "--report", "daily", "--from", "2026-12-01", "--reason", "not this period"]);
    let said = home.ok(["hold", "add", "--from", "2026-11-30", "--to", "2026-11-30", "--reason", "case 7"]);
    let number = said.split(' ').nth(2).unwrap().to_owned();
    assert_eq!(said, format!("Legal hold {number} (everything, 2026-11-30 to 2026-11-30) stands from now on.\n"));
    let list = home.ok(["hold", "list"]);
    assert!(list.contains("case 7") && list.contains("daily, from 2026-12-01"), "{list}");

    let stays = format!("stays: legal hold {number} (everything, 2026-11-30 to 2026-11-30): case 7\n");
    for arguments in [&["--dry-run"][..], &[], &["daily", "--before", "2026-12-31"]] {
        let said = retire(&home, arguments);
        assert!(said.contains(&stays) && !said.contains(" mails of "), "{said}");
    }
    assert!(retire(&home, &[]).ends_with("\nNothing was removed.\n"));
    assert!(!home.edition_files("daily/2026-11-30").is_empty());
    assert!(home.ok(["verify", "daily/2026-11-30"]).contains("holds: file "));

    home.run(["hold", "release", "99", "--reason", "x"]).fails(2, &["there is no hold 99"]);
    home.ok(["hold", "release", &number, "--reason", "case 7 is settled"]);
    home.run(["hold", "release", &number, "--reason", "x"]).fails(2, &["was released before"]);
    let list = home.ok(["hold", "list", "--all"]);
    assert!(list.contains("2 Feb 2027 08:30 by ") && list.contains(": case 7 is settled"), "{list}");
    assert!(!home.ok(["hold", "list"]).contains("case 7"));
    assert!(retire(&home, &[]).starts_with("removed "));
    home.ok(["verify", "ledger"]);
}

#[test]
fn a_hold_keeps_the_events_of_its_days_in_the_log() {
    let home = home("");
    let sources = "sources: { zoho-crm: { rhythm: every day, keep_days: 1 } }\n";
    home.file("quarterday.yaml", format!("{}{sources}", SETTINGS.split("sources:").next().unwrap()));
    home.ok(["hold", "add", "--from", "2026-11-29", "--to", "2026-11-29", "--reason", "case 8"]);
    let retire = ["log", "retire", "--before", "2026-11-30", "--reason", "x"];
    for dry in [&["--dry-run"][..], &[]] {
        home.run(retire.iter().chain(dry)).fails(
            2,
            &[
                "zoho-crm has events under legal hold ",
                "(everything, 2026-11-29 to 2026-11-29): case 8. Write --before 2026-11-29",
            ],
        );
    }
    assert_eq!(home.json(&["log", "list"])["head"]["size"], 1);
    home.ok(["hold", "release", &home.json(&["hold", "list"])[0]["number"].to_string(), "--reason", "settled"]);
    home.ok(["hold", "add", "--report", "daily", "--reason", "its editions carry their evidence"]);
    assert!(home.ok(retire).starts_with("removed 3 events"));
}

#[test]
fn nothing_goes_without_a_policy_or_against_it() {
    let refused = |keep: &str, arguments: &[&str], words: &[&str]| {
        let home = home(keep);
        home.now("2027-02-01T08:30:00Z");
        for dry in [&[][..], &["--dry-run"]] {
            home.run(["retire"].iter().chain(arguments).chain(&REASON).chain(dry)).fails(2, words);
        }
        assert!(!home.edition_files("daily/2026-11-30").is_empty());
    };
    refused("", &[], &["there is no policy", "`keep: { editions: 7 years }`"]);
    let before = ["--before", "2026-12-02"];
    refused("", &before, &["daily has no policy", "`keep: { editions: { daily: 7 years } }`"]);
    refused("keep: { editions: forever }", &before, &["daily keeps its editions for ever (`keep` in quarterday.yaml)"]);
    refused(
        "keep: { editions: 1 year }",
        &before,
        &[
            "daily keeps its editions 1 year",
            "those issued before 2026-02-01 may be retired",
            "Write --before 2026-02-01",
        ],
    );
    refused(
        "keep: { editions: { default: 1 day, dialy: forever } }",
        &[],
        &["`keep` in quarterday.yaml: there is no report `dialy`"],
    );
    refused(POLICY, &["dialy"], &["there is no report `dialy`; there are: daily"]);
    refused(POLICY, &["--before", "2027-03-01"], &["2027-03-01 has not come yet"]);
    let home = home("keep: { editions: { default: 1 day, daily: forever } }");
    home.now("2027-02-01T08:30:00Z");
    assert_eq!(retire(&home, &[]), "Nothing is there to be removed.\n");
    home.run(["retire", "--reason", "two\nlines"]).fails(2, &["say why, in one line"]);
    home.run(["retire"]).fails(2, &["--reason"]);
}

#[test]
fn mail_that_waits_keeps_its_edition_and_what_died_half_way_is_finished() {
    let home = daily();
    home.file("quarterday.yaml", format!("{SETTINGS}{POLICY}\n")).file("mail", "in the way");
    assert_eq!(home.run(["issue"]).code, 1);
    home.now("2027-02-01T08:30:00Z");
    let said = retire(&home, &[]);
    assert!(
        said.starts_with("daily/2026-11-30, issued 1 Dec 2026 08:30, stays: mail of it is neither sent nor"),
        "{said}"
    );
    home.ok(["outbox", "cancel", "daily/2026-11-30", "--why", "too late now"]);
    // As if it was killed after the ledger had it.
    let kept = home.path("kept-aside");
    let folder = home.path("var/editions/daily/2026-11-30");
    fs::create_dir(&kept).unwrap();
    for name in home.edition_files("daily/2026-11-30") {
        fs::copy(folder.join(&name), kept.join(&name)).unwrap();
    }
    assert!(retire(&home, &[]).starts_with("removed "));
    fs::rename(&kept, &folder).unwrap();
    let ran = home.run(["verify"]);
    assert!(
        ran.code == 1 && ran.out.contains("but some still lie there: `quarterday retire` removes them"),
        "{ran:#?}"
    );
    assert!(retire(&home, &[]).starts_with("removed what an earlier run had left of daily/2026-11-30\n"));
    home.ok(["verify"]);
}
