//! Proving: `explain` leads from a number to its events, `verify` finds what was changed.

use crate::home::Home;
use crate::samples::daily;

fn issued() -> Home {
    let home = daily();
    home.ok(["issue"]);
    home
}

#[test]
fn a_figure_is_explained_by_its_label_and_by_its_address() {
    let home = issued();
    let by_label = home.ok(["explain", "daily/2026-11-30", "F1"]);
    assert_eq!(by_label, home.ok(["explain", "daily/2026-11-30", "summary/events"]));
    assert!(by_label.contains("Value         4\n") && by_label.contains("4 events behind it:"), "{by_label}");
    assert_eq!(by_label.lines().filter(|line| line.starts_with("1-")).count(), 4, "{by_label}");
    let told = home.json(&["explain", "daily/2026-11-30", "summary/deletions"]);
    assert_eq!((&told["events_in_all"], &told["events"][0]["event"]["record_name"]), (&1.into(), &"Valves".into()));
    let short = home.ok(["explain", "daily/2026-11-30", "F1", "--limit", "1"]);
    assert!(short.contains("4 events behind it; the first 1:"), "{short}");
}

#[test]
fn what_is_not_there_is_said_with_what_is() {
    let home = issued();
    home.run(["explain", "daily/2026-11-30", "F999"])
        .fails(1, &["there is no figure `F999` in this edition", "F1 to F"]);
    home.run(["explain", "daily/2026-11-30", "summary/evnts"])
        .fails(1, &["no figure `summary/evnts`", "did you mean `summary/events`?"]);
    home.run(["explain", "daily/2026-11-29", "F1"])
        .fails(1, &["daily/2026-11-29 is not issued; issued: daily/2026-11-30"]);
    home.run(["explain", "dayly/2026-11-30", "F1"])
        .fails(1, &["dayly/2026-11-30 is not issued", "there are editions of daily"]);
    home.run(["verify", "daily"])
        .fails(1, &["`daily` names no edition; write REPORT/PERIOD, such as daily/2026-11-30"]);
}

#[test]
fn everything_holds_until_a_file_is_changed() {
    let home = issued();
    assert!(home.ok(["verify"]).ends_with("Everything that was checked holds.\n"));
    let told = home.json(&["verify", "daily/2026-11-30"]);
    assert_eq!(told["holds"], true);
    let pdf = "var/editions/daily/2026-11-30/daily_2026-11-30.pdf";
    let mut bytes = std::fs::read(home.path(pdf)).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    home.file(pdf, bytes);
    for arguments in [&["verify"][..], &["verify", "daily/2026-11-30"]] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 1, "{ran:#?}");
        assert!(
            ran.out.contains("DOES NOT HOLD: ")
                && ran.out.contains("daily_2026-11-30.pdf: changed since it was issued"),
            "{ran:#?}"
        );
        assert!(ran.out.ends_with("Not everything holds.\n"), "{ran:#?}");
    }
    std::fs::remove_file(home.path(pdf)).unwrap();
    let ran = home.run(["verify"]);
    assert!(ran.code == 1 && ran.out.contains("daily_2026-11-30.pdf: cannot be read"), "{ran:#?}");
}

#[test]
fn figures_that_were_changed_are_not_explained() {
    let home = issued();
    let text = home.edition_text("daily/2026-11-30", "figures.json");
    home.file(
        "var/editions/daily/2026-11-30/figures.json",
        text.replacen("\"preview\": false", "\"preview\": true", 1),
    );
    home.run(["explain", "daily/2026-11-30", "F1"]).fails(1, &["is not the file that was issued"]);
}

#[test]
fn a_flipped_byte_in_the_log_is_found() {
    let home = issued();
    let log = home.path("var/log.sqlite");
    let good = std::fs::read(&log).unwrap();
    // Every leaf's bytes are in a compressed block or a dictionary: names in the dictionary lie there in the clear.
    let at = good.windows(6).position(|bytes| bytes == b"Valves").expect("a name in the log's file");
    let mut bad = good.clone();
    bad[at] ^= 1;
    std::fs::write(&log, bad).unwrap();
    let ran = home.run(["verify", "log"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(format!("{}{}", ran.out, ran.err).len() > 20, "{ran:#?}");
    std::fs::write(&log, good).unwrap();
    assert_eq!(home.run(["verify", "log"]).code, 0);
}

#[test]
fn a_changed_ledger_is_found() {
    let home = issued();
    let path = home.path("var/ledger.sqlite");
    let db = rusqlite::Connection::open(&path).unwrap();
    // The guards against a slip of the hand do not stop somebody who means it.
    let guards: Vec<String> = {
        let mut query = db.prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'").unwrap();
        query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    guards.iter().for_each(|guard| db.execute_batch(&format!("DROP TRIGGER \"{guard}\"")).unwrap());
    let changed = db.execute("UPDATE entries SET at = at + 1 WHERE n = 2", []).unwrap();
    assert_eq!(changed, 1);
    drop(db);
    let ran = home.run(["verify", "ledger"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("DOES NOT HOLD: ledger: entry 2"), "{ran:#?}");
}

#[test]
fn a_log_or_ledger_that_is_gone_does_not_hold_and_is_not_made_anew() {
    for gone in ["log", "ledger"] {
        let home = issued();
        for file in crate::home::names(&home.path("var")).iter().filter(|name| name.starts_with(&format!("{gone}."))) {
            std::fs::remove_file(home.path("var").join(file)).unwrap();
        }
        let ran = home.run(["verify"]);
        assert_eq!(ran.code, 1, "{ran:#?}");
        assert!(ran.out.contains(&format!("DOES NOT HOLD: {gone}: there is none")), "{ran:#?}");
        assert!(!home.path(&format!("var/{gone}.sqlite")).exists());
    }
    let nothing = Home::new();
    nothing.run(["verify"]).fails(1, &["there is nothing to verify", "is this the installation's folder?"]);
    assert!(!nothing.path("var").exists());
}
