//! Tests: whatever is done in whatever order, the state follows from the entries; and every change by hand is found.

use super::happening::Happening;
use super::outbox::{Attempt, Decision, Sender};
use super::retry::{OnUnknown, RetryPolicy};
use super::sample::{key, notice, record, request};
use super::{Claim, ClaimRequest, Ledger, LedgerError, Verdict};
use crate::dispatch::Receipt;
use crate::edition::{EditionKey, Trigger};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

#[derive(Clone, Copy, Debug)]
enum Step {
    Activate(u8),
    Claim { week: u8, revision: u32, gone: bool },
    Extend(usize),
    Record { claim: usize, hold: bool },
    Fail(usize),
    Missed(u8),
    Begin(usize),
    Dot(usize),
    Settle(usize, u8),
    Recover(bool),
    Decide(usize, u8),
    Wait(u32),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        1 => (0..3u8).prop_map(Step::Activate),
        4 => (0..3u8, 0..3u32, any::<bool>())
            .prop_map(|(week, revision, gone)| Step::Claim { week, revision, gone }),
        1 => (0..4usize).prop_map(Step::Extend),
        4 => (0..4usize, any::<bool>()).prop_map(|(claim, hold)| Step::Record { claim, hold }),
        1 => (0..4usize).prop_map(Step::Fail),
        1 => (0..3u8).prop_map(Step::Missed),
        4 => (0..4usize).prop_map(Step::Begin),
        4 => (0..4usize).prop_map(Step::Dot),
        4 => (0..4usize, 0..4u8).prop_map(|(attempt, receipt)| Step::Settle(attempt, receipt)),
        1 => any::<bool>().prop_map(Step::Recover),
        1 => (0..4usize, 0..4u8).prop_map(|(dispatch, decision)| Step::Decide(dispatch, decision)),
        2 => (0..4_000_000u32).prop_map(Step::Wait),
    ];
    prop::collection::vec(step, 0..60)
}

fn week(week: u8, revision: u32) -> EditionKey {
    EditionKey { period: format!("2026-W{week:02}"), ..key(revision) }
}

/// Counted from the newest: old claims and attempts are tried too.
fn newest<T>(all: &[T], back: usize) -> Option<&T> {
    all.len().checked_sub(back + 1).and_then(|index| all.get(index))
}

#[derive(Default)]
struct World {
    now: i64,
    claims: Vec<Claim>,
    attempts: Vec<Attempt>,
}

impl World {
    /// A refusal is fine, everything else is not: it would be a bug behind the scenes.
    fn take(&mut self, ledger: &mut Ledger, step: Step) -> Result<(), LedgerError> {
        let (now, policy) = (self.now, RetryPolicy::default());
        match step {
            Step::Activate(digest) => drop(ledger.activate("weekly", &digest.to_string(), None, now)?),
            Step::Claim { week: number, revision, gone } => {
                let trigger = if revision > 0 { Trigger::Revision("why".into()) } else { Trigger::Schedule };
                let (key, gone) = (week(number, revision), move |_: &str| gone);
                let request = ClaimRequest { gone: &gone, ..request(&key, &trigger) };
                self.claims.extend(ledger.claim(&request, now));
            }
            Step::Extend(back) => {
                if let Some(claim) = newest(&self.claims, back) {
                    ledger.extend(claim, 500, now)?;
                }
            }
            Step::Record { claim, hold } => {
                if let Some(claim) = newest(&self.claims, claim) {
                    let mut record = record(&claim.key);
                    if hold {
                        record.dispatches.iter_mut().for_each(|dispatch| dispatch.on_unknown = OnUnknown::Hold);
                    }
                    ledger.record(claim, &record, now)?;
                }
            }
            Step::Fail(back) => {
                if let Some(claim) = newest(&self.claims, back) {
                    let notice = notice(&format!("failed {}", claim.key));
                    ledger.fail(claim, "no", Some(&notice), now)?;
                }
            }
            Step::Missed(number) => {
                let notice = notice(&format!("missed {number}"));
                ledger.missed(&week(number, 0), 0, "too old", Some(&notice), now)?;
            }
            Step::Begin(which) => {
                if let Some(dispatch) = ledger.pending(now)?.get(which) {
                    self.attempts.push(ledger.begin(dispatch.id, Sender { process: "p", lease: 1_000 }, now)?);
                }
            }
            Step::Dot(back) => {
                if let Some(attempt) = newest(&self.attempts, back) {
                    ledger.dot(attempt, now)?;
                }
            }
            Step::Settle(back, receipt) => {
                if let Some(attempt) = newest(&self.attempts, back) {
                    let words = "words".to_owned();
                    let receipt = match receipt {
                        0 => Receipt::Sent(words),
                        1 => Receipt::Later(words),
                        2 => Receipt::Never(words),
                        _ => Receipt::Unknown(words),
                    };
                    ledger.settle(attempt, &receipt, &policy, now)?;
                }
            }
            Step::Recover(gone) => drop(ledger.recover(&|_| gone, &policy, now)?),
            Step::Decide(which, decision) => {
                if let Some(dispatch) = ledger.open_dispatches()?.get(which) {
                    let decision =
                        [Decision::Hold, Decision::Release, Decision::Cancel, Decision::Retry][usize::from(decision)];
                    ledger.decide(dispatch.id, decision, "me", "why", now)?;
                }
            }
            Step::Wait(millis) => self.now += i64::from(millis),
        }
        Ok(())
    }
}

/// What must hold for any history, read from the entries alone.
fn check_history(ledger: &Ledger) -> Result<(), TestCaseError> {
    let (mut issued, mut fences) = (BTreeSet::new(), BTreeMap::new());
    let mut newest_attempt = BTreeMap::new();
    for entry in ledger.entries(0, 10_000).unwrap() {
        match entry.happening().unwrap() {
            Happening::Claimed { edition, fence, .. } => {
                prop_assert!(!issued.contains(&edition), "claimed after it was issued");
                prop_assert!(fences.insert(edition, fence).is_none_or(|before| before < fence));
            }
            Happening::Recorded { edition, fence, .. } => {
                prop_assert_eq!(fences.get(&edition), Some(&fence), "recorded with an old fence");
                prop_assert!(issued.insert(edition), "issued twice");
            }
            Happening::Attempt { dispatch, number, .. } => {
                let before = newest_attempt.insert(dispatch, (number, false));
                prop_assert_eq!(number, before.map_or(0, |(number, _)| number) + 1);
            }
            Happening::Dot { dispatch, number } => {
                let before = newest_attempt.insert(dispatch, (number, true));
                prop_assert_eq!(before, Some((number, false)), "a dot without its attempt");
            }
            _ => {}
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]
    #[test]
    fn the_state_follows_from_the_entries_and_editions_are_issued_once(steps in steps()) {
        let mut ledger = Ledger::in_memory().unwrap();
        let mut world = World::default();
        for step in steps {
            let before = ledger.head().unwrap();
            match world.take(&mut ledger, step) {
                Ok(()) => {}
                Err(LedgerError::Stale(_) | LedgerError::Refused(_)) => {
                    prop_assert_eq!(ledger.head().unwrap(), before, "refused, and yet written: {:?}", step);
                }
                Err(other) => return Err(TestCaseError::fail(format!("{step:?}: {other}"))),
            }
        }
        prop_assert_eq!(ledger.verify().unwrap(), Verdict::Holds(ledger.head().unwrap()));
        check_history(&ledger)?;
    }
}

/// A ledger with one of everything; entries 1 activated, 2 claimed, 3 recorded, 4 attempt, 5 dot, 6 settled, 7 missed.
fn full() -> Ledger {
    let mut ledger = Ledger::in_memory().unwrap();
    ledger.activate("weekly", "d", None, 0).unwrap();
    let claim = ledger.claim(&request(&key(0), &Trigger::Schedule), 1).unwrap();
    ledger.record(&claim, &record(&key(0)), 2).unwrap();
    let attempt = ledger.begin(1, Sender { process: "p", lease: 1_000 }, 3).unwrap();
    ledger.dot(&attempt, 4).unwrap();
    ledger.settle(&attempt, &Receipt::Sent("250 ok".into()), &RetryPolicy::default(), 5).unwrap();
    ledger.missed(&week(1, 0), 0, "old", None, 6).unwrap();
    assert_eq!(ledger.verify().unwrap(), Verdict::Holds(ledger.head().unwrap()));
    ledger
}

#[test]
fn every_change_by_hand_is_found_at_the_first_entry_that_does_not_hold() {
    let changes = [
        ("UPDATE entries SET body = replace(body, '\"digest\":\"d\"', '\"digest\":\"e\"') WHERE n = 1", 1),
        ("UPDATE entries SET at = at + 1 WHERE n = 2", 2),
        ("UPDATE entries SET kind = 'dot' WHERE n = 4", 4),
        ("UPDATE entries SET hash = replace(hash, 'a', 'b') WHERE n = 5", 5),
        ("UPDATE entries SET prev = replace(prev, 'a', 'b') WHERE n = 5", 5),
        ("DELETE FROM entries WHERE n = 3", 4),
        // The newest cut off, but not what followed from it.
        ("DELETE FROM entries WHERE n = 7", 7),
        ("UPDATE blobs SET bytes = x'00' WHERE sha256 = (SELECT message FROM dispatches WHERE id = 2)", 3),
        ("DELETE FROM blobs", 3),
        ("UPDATE definitions SET digest = 'e'", 1),
        ("UPDATE editions SET status = 'failed' WHERE status = 'issued'", 3),
        ("UPDATE editions SET status = 'issued' WHERE status = 'missed'", 7),
        ("UPDATE editions SET entry = 1 WHERE status = 'issued'", 3),
        ("UPDATE records SET manifest = '{}'", 3),
        ("UPDATE files SET sha256 = replace(sha256, 'a', 'b')", 3),
        ("DELETE FROM files", 3),
        ("UPDATE dispatches SET recipient = 'evil@x.example' WHERE id = 2", 3),
        ("UPDATE dispatches SET stage = 'sent' WHERE id = 2", 3),
        ("UPDATE dispatches SET words = '' WHERE id = 1", 6),
        ("DELETE FROM attempts", 6),
        ("UPDATE attempts SET dot_at = NULL", 6),
        ("INSERT INTO files VALUES (2, 9, 'x.pdf', 'a/b', 'c', 1, 3)", 3),
        ("INSERT INTO definitions VALUES ('other', 'd', NULL, 0, NULL, 2)", 2),
    ];
    for (change, first) in changes {
        let ledger = full();
        ledger.db.pragma_update(None, "foreign_keys", false).unwrap();
        ledger
            .db
            .execute_batch(
                "DROP TRIGGER entries_never_change; DROP TRIGGER entries_never_go; DROP TRIGGER blobs_never_change;
                 DROP TRIGGER blobs_never_go",
            )
            .unwrap();
        assert!(ledger.db.execute(change, []).unwrap() > 0, "{change}");
        match ledger.verify().unwrap() {
            Verdict::Broken { entry, why } => assert_eq!(entry, first, "{change}: {why}"),
            Verdict::Holds(_) => panic!("not found: {change}"),
        }
    }
}

#[test]
fn the_file_itself_refuses_to_change_what_happened() {
    let ledger = full();
    for change in [
        "UPDATE entries SET at = 0 WHERE n = 2",
        "DELETE FROM entries WHERE n = 7",
        "DELETE FROM entries",
        "INSERT INTO entries VALUES (99, 0, 'x', '', '', '')",
        "UPDATE blobs SET bytes = x'00'",
        "DELETE FROM blobs",
        "INSERT INTO editions SELECT 99, definition, audience, period, revision, status, due_at, trigger, by_account,
            fence, claimer, lease_until, failures, reason, at, entry FROM editions WHERE id = 2",
    ] {
        assert!(ledger.db.execute(change, []).is_err(), "{change}");
    }
    assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)));
}

#[test]
fn a_head_kept_elsewhere_shows_a_ledger_that_was_cut_off_or_written_anew() {
    let (ledger, mut shorter) = (full(), Ledger::in_memory().unwrap());
    let printed = ledger.head().unwrap();
    assert!(ledger.contains(&printed).unwrap());
    shorter.activate("weekly", "d", None, 0).unwrap();
    assert!(!shorter.contains(&printed).unwrap());
    let mut anew = Ledger::in_memory().unwrap();
    for n in 0..10 {
        anew.activate("weekly", &n.to_string(), None, n).unwrap();
    }
    assert!(matches!(anew.verify().unwrap(), Verdict::Holds(_)));
    assert!(!anew.contains(&printed).unwrap());
}
