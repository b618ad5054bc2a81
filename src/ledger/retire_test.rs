//! Tests: what may be retired and what not, that its messages are gone for good, and that everything still verifies.

use super::super::hold::Covered;
use super::super::outbox::{Decision, Sender};
use super::super::retry::RetryPolicy;
use super::super::sample::{key, record, request};
use super::super::{LedgerError, NewSmaller, Verdict};
use super::*;
use crate::dispatch::{Receipt, Stage};
use crate::edition::Trigger;

fn issued(ledger: &mut Ledger, revision: u32) -> Vec<i64> {
    let trigger = if revision > 0 { Trigger::Revision("why".into()) } else { Trigger::Schedule };
    let key = key(revision);
    let claim = ledger.claim(&request(&key, &trigger), 0).unwrap();
    ledger.record(&claim, &record(&key), 1).unwrap().dispatches
}

fn sent(ledger: &mut Ledger, dispatch: i64) {
    let attempt = ledger.begin(dispatch, Sender { process: "p", lease: 1_000 }, 2).unwrap();
    ledger.dot(&attempt, 3).unwrap();
    ledger.settle(&attempt, &Receipt::Sent("250 ok".into()), &RetryPolicy::default(), 4).unwrap();
}

fn retire(ledger: &mut Ledger, revision: u32) -> Result<EditionRetired, LedgerError> {
    ledger.retire_edition(&key(revision), "7 years", "ann", "policy", 10)
}

fn holds(ledger: &Ledger) -> bool {
    matches!(ledger.verify().unwrap(), Verdict::Holds(_))
}

#[test]
fn its_messages_go_and_what_happened_stays() {
    let mut ledger = Ledger::in_memory().unwrap();
    let dispatches = issued(&mut ledger, 0);
    issued(&mut ledger, 1);
    sent(&mut ledger, dispatches[0]);
    assert!(matches!(retire(&mut ledger, 0), Err(LedgerError::Refused(why)) if why.contains("neither sent nor")));
    ledger.decide(dispatches[1], Decision::Cancel, "ann", "left", 5).unwrap();
    let messages = ledger.messages(&key(0)).unwrap();
    assert!((messages.count, messages.open) == (2, 0) && messages.bytes > 0, "{messages:?}");

    let retired = retire(&mut ledger, 0).unwrap();
    assert_eq!((retired.by.as_str(), retired.at, retired.key.clone()), ("ann", 10, key(0)));
    assert_eq!(ledger.messages(&key(0)).unwrap().bytes, 0);
    assert!(ledger.messages(&key(1)).unwrap().bytes > 0, "another edition's stay");
    assert!(holds(&ledger));
    let record = ledger.edition(&key(0)).unwrap().unwrap();
    assert_eq!(record.files[0].name, "weekly.pdf");
    assert_eq!(ledger.dispatches(&key(0)).unwrap()[0].attempts[0].words, "250 ok");
    assert_eq!(ledger.retirements().unwrap(), [retired]);
    assert!(matches!(retire(&mut ledger, 0), Err(LedgerError::Refused(_))), "once");
    assert!(matches!(retire(&mut ledger, 7), Err(LedgerError::Absent(_))));
    let head = ledger.head().unwrap();
    ledger.compact().unwrap();
    assert!(holds(&ledger) && ledger.head().unwrap() == head);
}

#[test]
fn nothing_under_a_hold_is_retired_until_it_is_released() {
    let mut ledger = Ledger::in_memory().unwrap();
    for dispatch in issued(&mut ledger, 0) {
        sent(&mut ledger, dispatch);
    }
    let other = Covered { report: Some("other".into()), ..Covered::default() };
    ledger.hold(&other, "ann", "case 1", 5).unwrap();
    let day = |text: &str| Some(text.parse().unwrap());
    // 2026-W47 ends on the 22nd of November.
    let span = Covered { report: None, from: day("2026-11-22"), to: day("2026-11-30") };
    let hold = ledger.hold(&span, "ann", "case 2", 5).unwrap();
    assert!(matches!(retire(&mut ledger, 0), Err(LedgerError::Refused(why)) if why.contains("legal hold")));
    assert!(ledger.messages(&key(0)).unwrap().bytes > 0);
    ledger.release_hold(hold.number, "ben", "settled", 6).unwrap();
    retire(&mut ledger, 0).unwrap();
    assert!(holds(&ledger));
}

#[test]
fn a_message_of_an_edition_that_was_not_retired_cannot_go() {
    let mut ledger = Ledger::in_memory().unwrap();
    issued(&mut ledger, 0);
    assert!(ledger.db.execute("UPDATE blobs SET bytes = x''", []).is_err(), "frozen");
    ledger.db.execute_batch("DROP TRIGGER blobs_never_change").unwrap();
    ledger.db.execute("UPDATE blobs SET bytes = x''", []).unwrap();
    assert!(!holds(&ledger));
    // Nor by saying so beside the entries.
    let forged = "INSERT INTO retirements SELECT edition, 0, '', '', '', entry FROM records";
    ledger.db.execute(forged, []).unwrap();
    assert!(matches!(ledger.verify().unwrap(), Verdict::Broken { why, .. } if why.contains("retirements")));
}

#[test]
fn bytes_of_a_retired_message_are_nowhere_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut ledger = Ledger::open(&folder.path().join("ledger")).unwrap();
    let dispatches = issued(&mut ledger, 0);
    dispatches.iter().for_each(|dispatch| sent(&mut ledger, *dispatch));
    let there = || {
        let words = b"\r\n\r\nhello\r\n";
        let files =
            std::fs::read_dir(folder.path()).unwrap().map(|entry| std::fs::read(entry.unwrap().path()).unwrap());
        files.filter(|bytes| bytes.windows(words.len()).any(|part| part == words)).count()
    };
    assert!(there() > 0);
    retire(&mut ledger, 0).unwrap();
    ledger.compact().unwrap();
    assert_eq!(there(), 0);
}

#[test]
fn a_message_that_was_too_large_is_cut_down_as_it_was_frozen_and_all_its_forms_go() {
    let mut ledger = Ledger::in_memory().unwrap();
    let (key, trigger) = (key(0), Trigger::Schedule);
    let claim = ledger.claim(&request(&key, &trigger), 0).unwrap();
    let mut record = record(&key);
    record.dispatches.truncate(1);
    let form = |bytes: usize, formats: &[&str]| NewSmaller {
        message: vec![b'x'; bytes],
        formats: formats.iter().map(|one| (*one).to_owned()).collect(),
        left_out: vec!["a.csv".to_owned()],
    };
    let whole = vec![b'y'; 900];
    record.dispatches[0].outgoing.message.clone_from(&whole);
    record.dispatches[0].smaller = vec![form(500, &["pdf"]), form(300, &[]), form(100, &[])];
    let dispatch = ledger.record(&claim, &record, 1).unwrap().dispatches[0];
    // Which form follows: the largest within a limit that is known, else the next one.
    let too_large = |limit| Receipt::TooLarge { words: "too large".into(), limit };
    for (limit, sent, stage, formats) in [
        (None, 900, Stage::Queued, vec!["pdf".to_owned()]),
        (Some(200), 500, Stage::Queued, Vec::new()),
        (None, 100, Stage::Refused, Vec::new()),
    ] {
        let attempt = ledger.begin(dispatch, Sender { process: "p", lease: 1_000 }, 2).unwrap();
        assert_eq!(attempt.outgoing.message.len(), sent);
        let settled = ledger.settle(&attempt, &too_large(limit), &RetryPolicy::default(), 2).unwrap();
        assert_eq!((settled.stage, settled.not_before), (stage, 2));
        assert_eq!(ledger.dispatches(&key).unwrap()[0].formats, formats);
        assert!(holds(&ledger));
    }
    assert_eq!(ledger.messages(&key).unwrap().bytes, 900 + 500 + 300 + 100);
    // Also those that no dispatch would send any more are frozen, as long as the edition is kept.
    let empty = "UPDATE blobs SET bytes = x''";
    assert!(ledger.db.execute(empty, []).unwrap_err().to_string().contains("messages are frozen"));
    ledger.decide(dispatch, Decision::Cancel, "ann", "too large", 5).unwrap();
    retire(&mut ledger, 0).unwrap();
    assert_eq!(ledger.messages(&key).unwrap().bytes, 0);
    let left: i64 = ledger.db.query_row("SELECT SUM(length(bytes)) FROM blobs", [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
    assert!(holds(&ledger));
}
