//! Damage: whatever is changed in what is sealed, verification finds it and says where, and nothing panics.

use super::*;
use crate::audit_log::verdict::{Fault, Place};
use crate::query::EvidenceQuery;
use proptest::prelude::*;
use proptest::sample::Index;

/// Every sealed blob of the file: its table, the column, and its rowid.
fn blobs(log: &SealedLog) -> Vec<(&'static str, &'static str, i64)> {
    let sealed = [
        ("records", "body"),
        ("records", "leaf"),
        ("manifests", "body"),
        ("hot", "body"),
        ("warm", "body"),
        ("cold", "body"),
        ("dictionaries", "body"),
        ("id_runs", "filter"),
        ("id_keys", "body"),
        ("firsts", "body"),
        ("quarantine", "raw"),
        ("quarantine", "reason"),
    ];
    let rowids = |(table, column): (&'static str, &'static str)| {
        let mut find = log.db.prepare(&format!("SELECT rowid FROM {table}")).unwrap();
        let rows = find.query_map([], |row| row.get(0)).unwrap();
        rows.map(|id| (table, column, id.unwrap())).collect::<Vec<_>>()
    };
    sealed.into_iter().flat_map(rowids).collect()
}

fn change(log: &SealedLog, table: &str, column: &str, id: i64, with: impl FnOnce(&mut Vec<u8>)) {
    let find = format!("SELECT CAST({column} AS BLOB) FROM {table} WHERE rowid = ?1");
    let mut body: Vec<u8> = log.db.query_row(&find, [id], |row| row.get(0)).unwrap();
    with(&mut body);
    let kind = if table == "quarantine" { "TEXT" } else { "BLOB" };
    let update = format!("UPDATE {table} SET {column} = CAST(?2 AS {kind}) WHERE rowid = ?1");
    log.db.execute(&update, (id, body)).unwrap();
}

/// Asks everything, for its errors: there may be some, but no panic.
fn ask_everything(log: &SealedLog) {
    let fields: Vec<Dimension> = Field::ALL.iter().map(|(field, _)| Dimension::Field(*field)).collect();
    let counts: Vec<Count> =
        Field::ALL.iter().flat_map(|(field, _)| [Count::Distinct(*field), Count::FirstSeen(*field)]).collect();
    let _ = log.answer(&[query(ALWAYS, &fields, &counts)], &Lens::default());
    let evidence =
        EvidenceQuery { span: ALWAYS, zone: crate::calendar::zone::Zone::utc(), filter: Filter::All, limit: 9 };
    let _ = log.evidence(&evidence, &Lens::default());
    let _ = (log.coverage(ALWAYS, 1), log.batch_counts(ALWAYS), log.quarantine(false), log.proof("1-7"));
}

fn fault(log: &SealedLog) -> Fault {
    let fault = log.verify().unwrap().fault;
    fault.expect("it does not hold")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_flipped_byte_is_found(flips in prop::collection::vec((any::<Index>(), any::<Index>(), 1u8..), 8)) {
        thread_local! { static LOGS: [InFolder; 2] = [rich(), retired()]; }
        LOGS.with(|logs| -> Result<(), TestCaseError> {
            for (which, (blob, at, flip)) in flips.into_iter().enumerate() {
                let rich = &logs[which % 2];
                let all = blobs(&rich.log);
                let (table, column, id) = all[blob.index(all.len())];
                let (mut before, mut same) = (Vec::new(), false);
                change(&rich.log, table, column, id, |body| {
                    before.clone_from(body);
                    let at = at.index(body.len());
                    body[at] ^= flip;
                    // What is derived is compared by what it says: a bit of the compression may differ and say the same.
                    // Once a part of the batch is retired, its bytes are sealed.
                    same = table == "firsts" && which % 2 == 0 && firsts::read(&before) == firsts::read(body);
                });
                let log = SealedLog::open(&rich.folder.path().join("log")).unwrap();
                prop_assert_eq!(log.verify().unwrap().holds(), same, "{} of {} {}", column, table, id);
                ask_everything(&log);
                change(&rich.log, table, column, id, |body| *body = before);
            }
            prop_assert!(logs.iter().all(|rich| rich.log.verify().unwrap().holds()));
            Ok(())
        })?;
    }

    #[test]
    fn a_file_with_a_flipped_byte_does_not_hold_or_says_the_same(flips in prop::collection::vec((any::<Index>(), 0u8..8), 6)) {
        thread_local! { static WHOLE: (InFolder, Vec<u8>, String) = in_one_file(); }
        WHOLE.with(|(rich, whole, said)| -> Result<(), TestCaseError> {
            let copy = rich.folder.path().join("copy");
            for (at, bit) in flips {
                let mut hurt = whole.clone();
                let at = at.index(hurt.len());
                hurt[at] ^= 1 << bit;
                for beside in ["copy-wal", "copy-shm"] {
                    let _ = std::fs::remove_file(rich.folder.path().join(beside));
                }
                std::fs::write(&copy, hurt).unwrap();
                let Ok(log) = SealedLog::open_read_only(&copy) else { continue };
                if log.verify().is_ok_and(|verdict| verdict.holds()) {
                    prop_assert_eq!(&everything(&log), said, "bit {} of byte {}", bit, at);
                }
            }
            Ok(())
        })?;
    }
}

/// A log of which two thirds of a source's days are retired, and quarantined rows.
fn retired() -> InFolder {
    let mut all = rich();
    let done = crate::audit_log::contract::retire(&mut all.log, "crm", MONDAY + 2 * DAY).unwrap();
    assert!(done.events > 100 && done.rows > 0, "{done:?}");
    assert!(all.log.verify().unwrap().holds());
    all
}

/// A log in one file without anything beside it: its bytes, and everything that it says.
fn in_one_file() -> (InFolder, Vec<u8>, String) {
    let mut all = retired();
    all.log.compact().unwrap();
    let whole = std::fs::read(all.folder.path().join("log")).unwrap();
    let said = everything(&all.log);
    (all, whole, said)
}

/// What a log says, as text: records, events, coverage, quarantine.
fn everything(log: &SealedLog) -> String {
    let evidence =
        EvidenceQuery { span: ALWAYS, zone: crate::calendar::zone::Zone::utc(), filter: Filter::All, limit: 9_999 };
    let by_day = query(
        ALWAYS,
        &[Dimension::Day, Dimension::Field(Field::Actor)],
        &[Count::Events, Count::FirstSeen(Field::Actor)],
    );
    let days: Vec<String> = (0..9)
        .map(|day| Span { from: MONDAY + day * DAY, to: MONDAY + (day + 1) * DAY })
        .map(|span| format!("{:?} {:?}", log.coverage(span, 1).unwrap(), log.batch_counts(span).unwrap()))
        .collect();
    format!(
        "{:?} {:?} {:?} {:?} {:?} {:?} {days:?}",
        log.batches().unwrap(),
        log.retirements().unwrap(),
        log.head().unwrap(),
        log.quarantine(false).unwrap(),
        log.evidence(&evidence, &Lens::default()).unwrap(),
        log.answer(&[by_day], &Lens::default()).unwrap(),
    )
}

#[test]
fn what_is_retired_is_nowhere_in_the_file() {
    let mut all = sealed();
    let mut secret = event(MONDAY, "Zacharias Quill");
    secret.action = "Xylographed".into();
    secret.details.insert("Remark".into(), "vermilion".into());
    let others: Vec<Event> = (1..50).map(|n| event(MONDAY + 2 * DAY + n, "Ann")).collect();
    let events: Vec<Event> = std::iter::once(secret).chain(others).collect();
    add_rows(&mut all.log, "crm", &events, &[rejected("row of Theophania", Some(MONDAY))], &[]).unwrap();
    add_rows(&mut all.log, "erp", &[event(MONDAY, "Bob")], &[], &[]).unwrap();
    let words = ["Zacharias", "Xylographed", "vermilion", "Theophania"];
    let found = |log: &SealedLog, bytes: &[u8]| -> Vec<&str> {
        let mut parts = vec![bytes.to_vec()];
        for (table, column, id) in blobs(log) {
            change(log, table, column, id, |body| {
                parts.push(body.clone());
                parts.extend(storage::decompress(body));
            });
        }
        let has = |word: &&str| parts.iter().any(|part| part.windows(word.len()).any(|at| at == word.as_bytes()));
        words.into_iter().filter(has).collect()
    };
    assert_eq!(found(&all.log, &[]), words);
    let done = crate::audit_log::contract::retire(&mut all.log, "crm", MONDAY + DAY).unwrap();
    assert_eq!((done.events, done.rows), (1, 1));
    all.log.compact().unwrap();
    let mut bytes = Vec::new();
    for name in ["log", "log-wal", "log-shm"] {
        bytes.extend(std::fs::read(all.folder.path().join(name)).unwrap_or_default());
    }
    assert_eq!(found(&all.log, &bytes), Vec::<&str>::new());
    assert!(all.log.verify().unwrap().holds());
    // Who was asked before and is asked now; and a log that is opened anew.
    let again = SealedLog::open(&all.folder.path().join("log")).unwrap();
    assert_eq!(everything(&again), everything(&all.log));
}

#[test]
fn a_log_that_stayed_open_gives_no_code_of_a_retired_text() {
    let mut all = sealed();
    let mut other = SealedLog::open(&all.folder.path().join("log")).unwrap();
    add(&mut all.log, "crm", &[event(MONDAY, "Ann"), event(MONDAY + 3 * DAY, "Bob")]);
    // It knows the texts of now, and is asked to add one that is retired meanwhile.
    add(&mut other, "crm", &[event(MONDAY + 3 * DAY + 1, "Bob")]);
    crate::audit_log::contract::retire(&mut all.log, "crm", MONDAY + DAY).unwrap();
    add(&mut other, "crm", &[event(MONDAY + 4 * DAY, "Ann")]);
    let by_actor = query(ALWAYS, &[Dimension::Field(Field::Actor)], &[Count::Events]);
    for log in [&all.log, &other] {
        let rows = log.answer(std::slice::from_ref(&by_actor), &Lens::default()).unwrap().remove(0).rows;
        let rows: Vec<(String, i64)> = rows.into_iter().map(|row| (row.keys[0].clone(), row.values[0])).collect();
        assert_eq!(rows, [("Ann".to_owned(), 1), ("Bob".to_owned(), 2)]);
        assert!(log.verify().unwrap().holds());
    }
}

#[test]
fn days_that_are_gone_without_a_retirement_are_missed() {
    let retired = retired();
    let place = |statement: &str| {
        retired.log.db.execute_batch("BEGIN").unwrap();
        retired.log.db.execute_batch(statement).unwrap();
        let place = super::super::verify::verify(&retired.log.db).unwrap().fault.map(|fault| fault.place);
        retired.log.db.execute_batch("ROLLBACK").unwrap();
        place
    };
    assert_eq!(place("SELECT 1"), None);
    let last = retired.log.head().unwrap().size;
    // Without its record nothing explains what is missing.
    assert_eq!(place(&format!("DELETE FROM records WHERE number = {last}")), Some(Place::Batch(1)));
    let next_day = "DELETE FROM segments WHERE batch = 1 AND day = (SELECT min(day) FROM segments WHERE batch = 1)";
    assert!(matches!(place(next_day), Some(Place::Segment { batch: 1, .. })));
    assert_eq!(place("DELETE FROM quarantine WHERE id = (SELECT min(id) FROM quarantine)"), Some(Place::Quarantine(1)));
}

#[test]
fn the_first_thing_that_does_not_hold_is_named() {
    let last = |body: &mut Vec<u8>| *body.last_mut().unwrap() ^= 1;
    let after = |table: &str, id: i64| {
        let rich = rich();
        change(&rich.log, table, "body", id, last);
        fault(&rich.log).place
    };
    assert_eq!(after("records", 2), Place::Record(2));
    assert_eq!(after("manifests", 3), Place::Batch(3));
    assert_eq!(after("dictionaries", 1), Place::Dictionary { batch: 1, column: "actors".to_owned() });
    assert_eq!(after("firsts", 1), Place::Index(1));
    assert_eq!(after("cold", 1), Place::Segment { batch: 1, day: "2026-03-02".to_owned(), part: 0 });
}

#[test]
fn a_changed_event_is_found_where_its_bytes_can_still_be_read() {
    let mut all = sealed();
    let events: Vec<Event> = (0..40).map(|n| event(MONDAY + n * 1000, ["Ann", "Bob"][n as usize % 2])).collect();
    add(&mut all.log, "crm", &events);
    // The actors' column has a byte for each event; the one of the fourth event becomes the other code.
    change(&all.log, "hot", "body", 1, |body| {
        let at = body.windows(6).position(|part| part == [0, 1, 0, 1, 0, 1]).unwrap();
        assert_eq!(body[at + 3], 1);
        body[at + 3] = 0;
    });
    assert_eq!(fault(&all.log).place, Place::Segment { batch: 1, day: "2026-03-02".to_owned(), part: 0 });
}

#[test]
fn rows_that_are_gone_or_came_by_themselves_are_found() {
    let after = |statement: &str| {
        let rich = rich();
        rich.log.db.execute_batch(statement).unwrap();
        let fault = fault(&SealedLog::open(&rich.folder.path().join("log")).unwrap());
        ask_everything(&rich.log);
        fault.place
    };
    assert_eq!(after("DELETE FROM records WHERE number = 2"), Place::Record(2));
    assert_eq!(after("DELETE FROM manifests WHERE batch = 3"), Place::Batch(3));
    assert!(matches!(after("DELETE FROM segments WHERE batch = 3"), Place::Segment { batch: 3, part: 0, .. }));
    assert_eq!(after("DELETE FROM hot WHERE segment = 1"), Place::File);
    assert!(matches!(after("DELETE FROM dictionaries WHERE batch = 4"), Place::Dictionary { batch: 4, .. }));
    assert_eq!(after("DELETE FROM quarantine WHERE id = 2"), Place::Quarantine(1));
    assert_eq!(after("UPDATE quarantine SET raw = 'fine' WHERE id = 2"), Place::Quarantine(1));
    assert_eq!(after("UPDATE quarantine SET batch = 3 WHERE id = 2"), Place::Quarantine(1));
    assert_eq!(
        after("DELETE FROM id_runs WHERE batch = 1; DELETE FROM id_keys WHERE place >> 24 = 1"),
        Place::Index(1)
    );
    assert_eq!(after("DELETE FROM id_runs WHERE batch = 1"), Place::Index(1));
    assert_eq!(after("DELETE FROM id_keys WHERE place >> 24 = 1"), Place::File);
    assert_eq!(after("DELETE FROM firsts WHERE batch = 3"), Place::Index(3));
    assert!(matches!(after("UPDATE segments SET latest = latest - 1 WHERE id = 2"), Place::Segment { batch: 1, .. }));
    assert!(matches!(after("UPDATE segments SET events = events - 1 WHERE id = 2"), Place::Segment { batch: 1, .. }));
    assert_eq!(after("UPDATE segments SET events = 1 << 40 WHERE id = 2"), Place::File);
    let stray = "INSERT INTO segments VALUES (999, 1, 99999, 0, 1, 8639913600000, 8639913600000)";
    assert_eq!(after(stray), Place::Batch(1));
    assert_eq!(after("INSERT INTO hot VALUES (999, x'00')"), Place::File);
    assert_eq!(after("INSERT INTO dictionaries VALUES (0, 999, 9, x'00')"), Place::File);
    assert!(matches!(after("INSERT INTO dictionaries VALUES (0, 999, 1, x'00')"), Place::Dictionary { batch: 1, .. }));
    assert_eq!(after("INSERT INTO dictionaries VALUES (7, 999, 1, x'00')"), Place::Batch(1));
    assert_eq!(after("INSERT INTO id_keys VALUES (99 << 24, x'01')"), Place::File);
    assert_eq!(after("INSERT INTO id_runs SELECT 99, batch, keys, filter FROM id_runs WHERE run = 1"), Place::File);
    assert_eq!(after("INSERT INTO firsts VALUES (77, 1, x'00')"), Place::Index(1));
    let void = "INSERT INTO records SELECT 6, leaf, body FROM records WHERE number = 4";
    assert_eq!(after(void), Place::File, "a batch is not voided twice");
}

#[test]
fn a_file_overwritten_anywhere_does_not_panic() {
    let rich = rich();
    let path = rich.folder.path().join("log");
    rich.log.db.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    let whole = std::fs::read(&path).unwrap();
    let copy = rich.folder.path().join("copy");
    for at in (0..whole.len()).step_by(whole.len() / 150) {
        let mut hurt = whole.clone();
        hurt[at..].iter_mut().take(9).for_each(|byte| *byte ^= 0xa5);
        std::fs::write(&copy, hurt).unwrap();
        let _ = std::fs::remove_file(rich.folder.path().join("copy-wal"));
        let _ = std::fs::remove_file(rich.folder.path().join("copy-shm"));
        if let Ok(log) = SealedLog::open(&copy) {
            let _ = log.verify();
            ask_everything(&log);
        }
    }
}
