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
    ];
    let rowids = |(table, column): (&'static str, &'static str)| {
        let mut find = log.db.prepare(&format!("SELECT rowid FROM {table}")).unwrap();
        let rows = find.query_map([], |row| row.get(0)).unwrap();
        rows.map(|id| (table, column, id.unwrap())).collect::<Vec<_>>()
    };
    sealed.into_iter().flat_map(rowids).collect()
}

fn change(log: &SealedLog, table: &str, column: &str, id: i64, with: impl FnOnce(&mut Vec<u8>)) {
    let find = format!("SELECT {column} FROM {table} WHERE rowid = ?1");
    let mut body: Vec<u8> = log.db.query_row(&find, [id], |row| row.get(0)).unwrap();
    with(&mut body);
    log.db.execute(&format!("UPDATE {table} SET {column} = ?2 WHERE rowid = ?1"), (id, body)).unwrap();
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
        thread_local! { static RICH: InFolder = rich(); }
        RICH.with(|rich| -> Result<(), TestCaseError> {
            for (blob, at, flip) in flips {
                let all = blobs(&rich.log);
                let (table, column, id) = all[blob.index(all.len())];
                let (mut before, mut same) = (Vec::new(), false);
                change(&rich.log, table, column, id, |body| {
                    before.clone_from(body);
                    let at = at.index(body.len());
                    body[at] ^= flip;
                    // What is derived is compared by what it says: a bit of the compression may differ and say the same.
                    same = table == "firsts" && firsts::read(&before) == firsts::read(body);
                });
                let log = SealedLog::open(&rich.folder.path().join("log")).unwrap();
                prop_assert_eq!(log.verify().unwrap().holds(), same, "{} of {} {}", column, table, id);
                ask_everything(&log);
                change(&rich.log, table, column, id, |body| *body = before);
            }
            prop_assert!(rich.log.verify().unwrap().holds());
            Ok(())
        })?;
    }
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
    assert_eq!(after("INSERT INTO dictionaries VALUES (0, 999, 1, x'00')"), Place::Batch(1));
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
