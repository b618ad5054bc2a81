//! Sealing: `verify log`, proofs of events, checkpoints, and what is found when somebody changes or cuts off the log.

use crate::auditor;
use crate::home::Home;
use crate::samples::{CRM, daily};
use serde_json::{Value, json};

const LATER: &str = "Audited Time,Done By,Action,Module,Record Id,Record Name,Details
2026-12-01T07:00:00Z,dora@example.com,Deleted,Deals,12,Pumps,
";

/// Opens the log's file as somebody would who has SQLite and a motive.
fn by_hand(home: &Home, statements: &str) {
    let db = rusqlite::Connection::open(home.path("var/log.sqlite")).unwrap();
    db.execute_batch(statements).unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
}

/// Everything of the newest batch, so that the rest holds by itself. Tables that have no batch go by their segments.
fn cut_newest_batch(home: &Home) {
    let db = rusqlite::Connection::open(home.path("var/log.sqlite")).unwrap();
    let newest: i64 = db.query_row("SELECT max(batch) FROM manifests", [], |row| row.get(0)).unwrap();
    for table in ["hot", "warm", "cold"] {
        let of_batch = format!("DELETE FROM {table} WHERE segment IN (SELECT id FROM segments WHERE batch = ?1)");
        db.execute(&of_batch, [newest]).unwrap();
    }
    let names = "SELECT m.name FROM sqlite_master m JOIN pragma_table_info(m.name) c \
        WHERE m.type = 'table' AND c.name = 'batch'";
    let tables: Vec<String> =
        db.prepare(names).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() >= 4, "{tables:?}");
    for table in tables {
        db.execute(&format!("DELETE FROM {table} WHERE batch = ?1"), [newest]).unwrap();
    }
    db.execute("DELETE FROM records WHERE number = (SELECT max(number) FROM records)", []).unwrap();
}

fn later(home: &Home) {
    home.file("later.csv", LATER);
    home.ok(["import", "later.csv", "--mapping", "zoho-crm"]);
}

#[test]
fn the_log_is_held_against_the_heads_in_the_editions() {
    let home = daily();
    let before = home.ok(["verify", "log"]);
    assert!(before.contains("holds: log: 7 events in 1 batch, head 1 "), "{before}");
    assert!(before.contains("no edition, no checkpoint") && before.contains("could not be shown"), "{before}");
    assert_eq!(home.json(&["verify", "log"])["anchored"], false);
    home.ok(["issue"]);
    later(&home);
    let said = home.ok(["verify", "log"]);
    let line =
        "holds: head in edition daily/2026-11-30 of 1 Dec 2026 08:30: the log still begins with these 1 record\n";
    assert!(said.contains(line), "{said}");
    assert!(said.ends_with("Everything that was checked holds.\n"), "{said}");
    let told = home.json(&["verify", "log"]);
    assert_eq!((&told["holds"], &told["anchored"], &told["log"]["events"]), (&json!(true), &json!(true), &json!(8)));

    // Cut off down to before the edition, and everything else goes with it: only the edition's copy tells.
    cut_newest_batch(&home);
    home.ok(["verify", "log"]);
    cut_newest_batch(&home);
    let ran = home.run(["verify", "log"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("holds: log: 0 events in no batches"), "{ran:#?}");
    assert!(
        ran.out.contains("it was made from 1 record, and the log has fewer: its newest part was cut off"),
        "{ran:#?}"
    );
    home.now("2026-12-01T09:00:00Z").ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let ran = home.run(["verify", "log"]);
    assert!(ran.code == 1 && ran.out.contains("the log was rebuilt"), "{ran:#?}");
}

#[test]
fn a_rebuilt_log_is_told_from_the_one_that_was() {
    let home = daily();
    home.ok(["issue"]);
    for file in crate::home::names(&home.path("var")).iter().filter(|name| name.starts_with("log.")) {
        std::fs::remove_file(home.path("var").join(file)).unwrap();
    }
    home.file("crm.csv", CRM.replace("Valves", "Values"));
    home.ok(["import", "crm.csv", "--mapping", "zoho-crm"]);
    let ran = home.run(["verify", "log"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("DOES NOT HOLD: head in edition daily/2026-11-30"), "{ran:#?}");
    assert!(ran.out.contains("are not those that it was made from: the log was rebuilt"), "{ran:#?}");
}

#[test]
fn the_first_thing_that_does_not_hold_is_named_with_what_to_do() {
    let home = daily();
    later(&home);
    by_hand(&home, "UPDATE segments SET latest = latest - 1 WHERE batch = 2");
    let ran = home.run(["verify", "log"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    for words in [
        "DOES NOT HOLD: log: segment 0 of day 2026-12-01 of batch 2: its times are not those of its events",
        "before it 1 batch with 7 events hold",
        "bring it back from a backup",
        "Not everything holds.",
    ] {
        assert!(ran.out.contains(words), "{words}: {ran:#?}");
    }
    let place = &home.json(&["verify", "log"])["log"]["fault"]["place"];
    assert_eq!(place["segment"]["batch"], 2, "{place}");
}

#[test]
fn a_head_whose_manifest_was_changed_is_no_anchor() {
    let home = daily();
    home.ok(["issue"]);
    let manifest = "var/editions/daily/2026-11-30/manifest.json";
    let text = std::fs::read_to_string(home.path(manifest)).unwrap();
    home.file(manifest, text.replace("\"size\": 1", "\"size\": 0"));
    let ran = home.run(["verify", "log"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    assert!(ran.out.contains("head in the manifest of daily/2026-11-30: its signature does not fit"), "{ran:#?}");
}

#[test]
fn an_event_is_proven_to_an_auditor_who_has_only_the_file() {
    let home = daily();
    later(&home);
    let unsigned: Value = serde_json::from_str(&home.ok(["verify", "log", "--event", "1-2"])).unwrap();
    assert_eq!(auditor::check(&unsigned).unwrap().origin, None);
    let key = home.ok(["log", "checkpoint", "--public-key"]);
    let said = home.ok(["verify", "log", "--event", "1-2", "--out", "proof.json"]);
    assert!(said.starts_with("The proof of event 1-2 is in proof.json: it leads to the head of 2 records"), "{said}");
    let proof: Value = serde_json::from_slice(&std::fs::read(home.path("proof.json")).unwrap()).unwrap();
    assert_eq!(proof["verifier_key"], key.trim());
    let proven = auditor::check(&proof).unwrap();
    assert_eq!(
        (proven.source.as_str(), proven.actor.as_str(), proven.action.as_str(), proven.record_name.as_str()),
        ("zoho-crm", "ben@example.com", "Deleted", "Valves")
    );
    assert_eq!((proven.time, proven.file.as_str(), proven.size), (1_796_054_400_000, "crm.csv", 2));
    assert_eq!(proven.root, home.json(&["log", "list"])["head"]["root"].as_str().unwrap());
    assert_eq!(proven.origin.as_deref(), key.split('+').next());
    // Nothing of it can be another: whatever is changed, the auditor sees it.
    type Hurt = fn(&mut Value);
    let hurt: [Hurt; 9] = [
        |proof| flip(&mut proof["event"], 30),
        |proof| flip(&mut proof["day"], 3),
        |proof| flip(&mut proof["record"], 40),
        |proof| proof["in_day"]["index"] = json!(0),
        |proof| proof["in_log"]["size"] = json!(1),
        |proof| flip(&mut proof["head"]["root"], 5),
        |proof| proof["number"] = json!("2-2"),
        |proof| proof["checkpoint"] = json!(proof["checkpoint"].as_str().unwrap().replacen("\n2\n", "\n3\n", 1)),
        |proof| proof["in_log"]["hashes"] = json!([]),
    ];
    for (which, hurt) in hurt.iter().enumerate() {
        let mut forged = proof.clone();
        hurt(&mut forged);
        assert_ne!(forged, proof, "{which}");
        assert!(auditor::check(&forged).is_err(), "{which}");
    }
    home.run(["verify", "log", "--event", "1-2", "--out", "proof.json"]).fails(1, &["is there already"]);
}

/// Another hexadecimal digit at a place.
fn flip(text: &mut Value, at: usize) {
    let mut digits: Vec<u8> = text.as_str().unwrap().bytes().collect();
    digits[at] = if digits[at] == b'0' { b'1' } else { b'0' };
    *text = json!(String::from_utf8(digits).unwrap());
}

#[test]
fn events_that_there_are_not_are_not_proven() {
    let home = daily();
    for event in ["1-8", "2-1", "0-1", "1", "x-y", "-", ""] {
        home.run(["verify", "log", "--event", event]).fails(2, &[&format!("there is no event {event}")]);
    }
    home.run(["verify", "log", "--out", "proof.json"]).fails(2, &["--event"]);
    home.run(["verify", "daily/2026-11-30", "--event", "1-1"]).fails(2, &["--event"]);
}

#[test]
fn a_checkpoint_is_signed_kept_and_held_against_the_log() {
    let home = daily();
    let said = home.ok(["log", "checkpoint", "--out", "kept.txt"]);
    let key = home.ok(["log", "checkpoint", "--public-key"]);
    assert!(said.contains("The checkpoint of 1 record is in kept.txt.") && said.contains(key.trim()), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(home.path("var/key")).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(home.ok(["log", "checkpoint"]), std::fs::read_to_string(home.path("kept.txt")).unwrap());
    home.run(["log", "checkpoint", "--out", "kept.txt"]).fails(1, &["kept.txt is there already and is left as it is"]);
    later(&home);
    let holds = "holds: checkpoint kept.txt: the log still begins with the 1 record that it vouches for\n";
    assert_eq!(home.ok(["log", "checkpoint", "--check", "kept.txt"]), holds);
    assert_eq!(home.ok(["log", "checkpoint", "--check", "kept.txt", "--key", key.trim()]), holds);
    assert!(home.ok(["verify", "log", "--checkpoint", "kept.txt"]).contains(holds));
    home.ok(["log", "checkpoint", "--out", "newer.txt"]);
    assert_eq!(home.json(&["log", "checkpoint", "--check", "newer.txt"])["holds"], true);

    cut_newest_batch(&home);
    home.ok(["verify", "log"]);
    home.ok(["log", "checkpoint", "--check", "kept.txt"]);
    let ran = home.run(["verify", "log", "--checkpoint", "newer.txt"]);
    assert_eq!(ran.code, 1, "{ran:#?}");
    let cut = "DOES NOT HOLD: checkpoint newer.txt: the checkpoint vouches for 2 records, and there are fewer: the newest part was cut off";
    assert!(ran.out.contains(cut), "{ran:#?}");
    assert_eq!(home.run(["log", "checkpoint", "--check", "newer.txt"]).code, 1);
}

#[test]
fn what_is_no_checkpoint_of_this_log_is_said_to_be_so() {
    let (home, other) = (daily(), daily());
    home.ok(["log", "checkpoint", "--out", "kept.txt"]);
    let note = std::fs::read_to_string(home.path("kept.txt")).unwrap();
    let check = |name: &str, bytes: &[u8], words: &str| {
        home.file(name, bytes);
        let ran = home.run(["log", "checkpoint", "--check", name]);
        assert_eq!(ran.code, 1, "{name}: {ran:#?}");
        assert!(
            ran.out.contains(&format!("DOES NOT HOLD: checkpoint {name}: ")) && ran.out.contains(words),
            "{ran:#?}"
        );
    };
    for cut in [0, 10, note.len() / 2, note.len() - 1] {
        check("cut.txt", &note.as_bytes()[..cut], "it is damaged, or no checkpoint");
    }
    check("changed.txt", note.replacen("\n1\n", "\n2\n", 1).as_bytes(), "it was changed after it was signed");
    check("bytes.txt", &[0xff, 0xfe, 0], "not text in UTF-8");
    check("other.txt", other.ok(["log", "checkpoint"]).as_bytes(), "it is not signed by this log's key");
    home.run(["log", "checkpoint", "--check", "nothing.txt"]).fails(1, &["nothing.txt cannot be read"]);
    home.run(["log", "checkpoint", "--check", "kept.txt", "--key", "what"]).fails(2, &["`what` is no verifier key"]);
    let nothing = Home::new();
    nothing.run(["log", "checkpoint"]).fails(1, &["has no log yet"]);
    nothing.file("kept.txt", &note).run(["log", "checkpoint", "--check", "kept.txt"]).fails(1, &["--key"]);
    assert!(!nothing.path("var").exists());
}

#[test]
fn a_key_that_has_signed_is_not_replaced() {
    let home = daily();
    home.ok(["issue"]);
    std::fs::remove_file(home.path("var/key")).unwrap();
    home.run(["log", "checkpoint"]).fails(1, &["put it back from a backup"]);
    assert!(!home.path("var/key").exists());
}

#[test]
fn a_voided_batch_and_a_retry_are_told_as_json_too() {
    let home = daily();
    let told = home.json(&["log", "void", "1", "--reason", "wrong file"]);
    assert_eq!((&told["batch"]["number"], &told["batch"]["voided"]["reason"]), (&json!(1), &json!("wrong file")));
    assert_eq!(told["head"]["size"], 2);
    let mapping = |times: &str| {
        format!(
            "name: door\ntitle: Door\nformat: csv\ntimezone: UTC\ntimes: {times}\ncolumns: {{ time: When, actor: Who, action: What }}\nactions: {{ otherwise: other }}\nrecords: {{ fields: [actor], actions: [other] }}\n"
        )
    };
    home.file("mappings/door.yaml", mapping("iso")).file("door.csv", "When,Who,What\n30.11.2026 10:00,eve,in\n");
    home.ok(["import", "door.csv", "--mapping", "door"]);
    assert_eq!(home.json(&["quarantine", "retry", "door"]), Value::Null);
    home.file("mappings/door.yaml", mapping("\"%d.%m.%Y %H:%M\""));
    let told = home.json(&["quarantine", "retry", "door"]);
    assert_eq!((&told["batch"]["number"], &told["batch"]["rows"]["added"]), (&json!(3), &json!(1)), "{told}");
}

#[test]
fn an_empty_ledger_beside_editions_does_not_hold() {
    let home = daily();
    home.ok(["issue"]);
    for file in crate::home::names(&home.path("var")).iter().filter(|name| name.starts_with("ledger.")) {
        std::fs::remove_file(home.path("var").join(file)).unwrap();
    }
    // Another installation's empty ledger is put in its place: its chain holds.
    let other = Home::new();
    other.ok(["issue"]);
    std::fs::copy(other.path("var/ledger.sqlite"), home.path("var/ledger.sqlite")).unwrap();
    for arguments in [&["verify"][..], &["verify", "ledger"]] {
        let ran = home.run(arguments);
        assert_eq!(ran.code, 1, "{ran:#?}");
        let words = "DOES NOT HOLD: edition in var/editions/daily/2026-11-30: it lies there, but the ledger knows nothing of it";
        assert!(ran.out.contains(words), "{ran:#?}");
    }
}
