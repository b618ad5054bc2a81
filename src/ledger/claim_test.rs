//! Tests: who may make an edition, what makes a claim void, and who is told of a failure.

use super::history::{Filter, Status};
use super::outbox::{Decision, Sender};
use super::retry::RetryPolicy;
use super::sample::{key, notice, record, request};
use super::{Claim, ClaimError, ClaimRequest, Ledger, LedgerError, Standing, Verdict};
use crate::dispatch::{Receipt, Stage};
use crate::edition::{EditionKey, Trigger};

const SENDER: Sender = Sender { process: "p", lease: 1_000 };

fn claim(ledger: &mut Ledger, key: &EditionKey, now: i64) -> Result<Claim, ClaimError> {
    ledger.claim(&request(key, &Trigger::Schedule), now)
}

#[test]
fn an_edition_is_issued_once() {
    let mut ledger = Ledger::in_memory().unwrap();
    let held = claim(&mut ledger, &key(0), 0).unwrap();
    assert!(!held.again);
    assert!(matches!(claim(&mut ledger, &key(0), 10), Err(ClaimError::ClaimedByOther { until: 1_000, .. })));
    let recorded = ledger.record(&held, &record(&key(0)), 20).unwrap();
    assert_eq!((recorded.dispatches.len(), recorded.mended), (2, false));
    assert!(matches!(claim(&mut ledger, &key(0), 30), Err(ClaimError::AlreadyIssued(_))));
    assert!(matches!(ledger.record(&held, &record(&key(0)), 40), Err(LedgerError::Stale(_))));
    let identity = ("weekly".to_owned(), String::new(), "2026-W47".to_owned());
    let standing = Standing { status: Status::Issued, issued: Some(0), latest: 0 };
    assert_eq!(ledger.issued().unwrap().get(&identity), Some(&standing));
}

#[test]
fn a_dead_makers_claim_is_taken_over_and_the_dead_cannot_write() {
    let mut ledger = Ledger::in_memory().unwrap();
    let old = claim(&mut ledger, &key(0), 0).unwrap();
    ledger.extend(&old, 5_000, 500).unwrap();
    assert!(claim(&mut ledger, &key(0), 5_499).is_err());
    let new = claim(&mut ledger, &key(0), 5_500).unwrap();
    assert!(new.again && new.fence > old.fence);
    assert!(matches!(ledger.record(&old, &record(&key(0)), 5_600), Err(LedgerError::Stale(_))));
    assert!(matches!(ledger.extend(&old, 1, 5_600), Err(LedgerError::Stale(_))));
    assert!(matches!(ledger.fail(&old, "late", None, 5_600), Err(LedgerError::Stale(_))));
    // Known to be gone: no waiting for the lease.
    let key_0 = key(0);
    let gone = ClaimRequest { gone: &|claimer| claimer == "p", ..request(&key_0, &Trigger::Schedule) };
    let newest = ledger.claim(&gone, 5_601).unwrap();
    ledger.record(&newest, &record(&key(0)), 5_700).unwrap();
    assert_eq!(ledger.dispatches(&key(0)).unwrap().len(), 2);
}

#[test]
fn the_owner_is_told_of_the_first_failure_and_of_the_mending() {
    let mut ledger = Ledger::in_memory().unwrap();
    let notice = notice("failed");
    for (now, first) in [(0, true), (10, false), (20, false)] {
        let held = claim(&mut ledger, &key(0), now).unwrap();
        assert_eq!(ledger.fail(&held, "the log is silent", Some(&notice), now).unwrap(), first);
    }
    assert_eq!(ledger.pending(20).unwrap().len(), 1, "one notice");
    let failed = Filter { status: Some(Status::Failed), ..Filter::default() };
    let rows = ledger.editions(&failed).unwrap();
    assert_eq!((rows.len(), rows[0].failures, rows[0].reason.as_str()), (1, 3, "the log is silent"));
    let held = claim(&mut ledger, &key(0), 30).unwrap();
    assert!(held.again);
    assert!(ledger.record(&held, &record(&key(0)), 30).unwrap().mended);
    assert!(ledger.editions(&failed).unwrap().is_empty());
}

#[test]
fn what_failed_until_it_was_too_old_is_missed() {
    let mut ledger = Ledger::in_memory().unwrap();
    let (key, trigger) = (key(0), Trigger::Schedule);
    let claim = ledger.claim(&request(&key, &trigger), 0).unwrap();
    assert!(!ledger.missed(&key, 0, "too old", None, 10).unwrap(), "somebody makes it");
    ledger.fail(&claim, "no", None, 20).unwrap();
    assert!(ledger.missed(&key, 0, "too old", Some(&notice("n@x.example")), 30).unwrap());
    assert!(!ledger.missed(&key, 0, "too old", None, 40).unwrap());
    assert_eq!(ledger.open_dispatches().unwrap().len(), 1);
    assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)));
}

#[test]
fn missed_is_recorded_once_and_made_by_hand_only() {
    let mut ledger = Ledger::in_memory().unwrap();
    assert!(ledger.missed(&key(0), 5, "40 days ago", None, 10).unwrap());
    assert!(!ledger.missed(&key(0), 5, "40 days ago", None, 11).unwrap());
    assert!(matches!(claim(&mut ledger, &key(0), 20), Err(ClaimError::Missed(_))));
    let held = ledger.claim(&request(&key(0), &Trigger::ByHand), 30).unwrap();
    assert!(!held.again);
    ledger.record(&held, &record(&key(0)), 40).unwrap();
    assert!(matches!(ledger.missed(&key(0), 5, "", None, 50), Err(LedgerError::Refused(_))));
    assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)));
}

#[test]
fn revisions_follow_an_issued_edition_and_say_why() {
    let mut ledger = Ledger::in_memory().unwrap();
    let why = Trigger::Revision("late rows".into());
    let refused = |result| matches!(result, Err(ClaimError::OutOfOrder(_)));
    assert!(refused(ledger.claim(&request(&key(1), &why), 0)), "nothing to revise");
    assert!(refused(ledger.claim(&request(&key(0), &why), 0)), "the first is none");
    let first = claim(&mut ledger, &key(0), 0).unwrap();
    assert!(refused(ledger.claim(&request(&key(1), &why), 0)), "not issued yet");
    ledger.record(&first, &record(&key(0)), 0).unwrap();
    assert!(refused(ledger.claim(&request(&key(1), &Trigger::ByHand), 0)), "no reason");
    assert!(refused(ledger.claim(&request(&key(1), &Trigger::Revision(" ".into())), 0)), "no reason");
    assert!(refused(ledger.claim(&request(&key(2), &why), 0)), "one after the other");
    let second = ledger.claim(&request(&key(1), &why), 0).unwrap();
    assert_eq!(ledger.latest_revision(&key(0)).unwrap(), Some(0));
    ledger.record(&second, &record(&key(1)), 1).unwrap();
    assert_eq!(ledger.latest_revision(&key(0)).unwrap(), Some(1));
    assert_eq!(ledger.edition_before(&key(1)).unwrap(), Some(key(0)));
    assert_eq!(ledger.edition_before(&key(0)).unwrap(), None);
    let full = ledger.edition(&key(1)).unwrap().unwrap();
    assert_eq!((full.row.trigger, full.files, full.issued_at), (why, record(&key(1)).files, 1));
    assert_eq!(ledger.edition(&key(2)).unwrap(), None);
}

#[test]
fn the_edition_before_is_of_the_same_series_if_there_is_one() {
    let mut ledger = Ledger::in_memory().unwrap();
    let of = |period: &str| EditionKey { period: period.into(), ..key(0) };
    let mut at = 0;
    let mut issue = |ledger: &mut Ledger, period: &str| {
        at += 1;
        let claimed = claim(ledger, &of(period), at).unwrap();
        ledger.record(&claimed, &record(&of(period)), at).unwrap();
    };
    issue(&mut ledger, "2026-W47");
    // The first of a series follows whatever was last, so that a change of the definition is told.
    assert_eq!(ledger.edition_before(&of("2026-10")).unwrap(), Some(of("2026-W47")));
    issue(&mut ledger, "2026-10");
    issue(&mut ledger, "2026-W48");
    assert_eq!(ledger.edition_before(&of("2026-11")).unwrap(), Some(of("2026-10")));
    assert_eq!(ledger.edition_before(&of("2026-W49")).unwrap(), Some(of("2026-W48")));
}

#[test]
fn a_definition_is_activated_once() {
    let mut ledger = Ledger::in_memory().unwrap();
    assert!(ledger.activate("weekly", "d1", Some(7), 10).unwrap());
    assert!(!ledger.activate("weekly", "d1", Some(7), 20).unwrap());
    assert!(ledger.activate("weekly", "d2", Some(7), 30).unwrap());
    let activation = ledger.activations().unwrap().remove("weekly").unwrap();
    assert_eq!((activation.at, activation.since, activation.changed_at), (10, Some(7), Some(30)));
    assert_eq!(activation.digest, "d2");
    assert_eq!(ledger.head().unwrap().n, 2);
}

#[test]
fn each_recipient_is_settled_alone() {
    let mut ledger = Ledger::in_memory().unwrap();
    let policy = RetryPolicy::default();
    let held = claim(&mut ledger, &key(0), 0).unwrap();
    ledger.record(&held, &record(&key(0)), 0).unwrap();
    let ids: Vec<i64> = ledger.pending(0).unwrap().iter().map(|dispatch| dispatch.id).collect();
    let refused = ledger.begin(ids[0], SENDER, 0).unwrap();
    let settled = ledger.settle(&refused, &Receipt::Never("550 no such user".into()), &policy, 1).unwrap();
    assert_eq!((settled.stage, settled.words.as_str()), (Stage::Refused, "550 no such user"));
    assert!(matches!(ledger.settle(&refused, &Receipt::Sent(String::new()), &policy, 2), Err(LedgerError::Stale(_))));
    let later = ledger.begin(ids[1], SENDER, 0).unwrap();
    let waits = ledger.settle(&later, &Receipt::Later("busy".into()), &policy, 1).unwrap();
    assert_eq!(waits.stage, Stage::Queued);
    assert!(ledger.pending(waits.not_before - 1).unwrap().is_empty());
    assert!(matches!(ledger.begin(ids[1], SENDER, waits.not_before - 1), Err(LedgerError::Stale(_))));
    assert_eq!(ledger.next_pending().unwrap(), Some(waits.not_before));
    let again = ledger.begin(ids[1], SENDER, waits.not_before).unwrap();
    assert_eq!(again.outgoing, later.outgoing, "the same bytes under the same Message-ID");
    ledger.dot(&again, waits.not_before).unwrap();
    assert!(ledger.dot(&again, waits.not_before).is_err(), "one dot for an attempt");
    ledger.settle(&again, &Receipt::Sent("250".into()), &policy, waits.not_before).unwrap();
    let rows = ledger.dispatches(&key(0)).unwrap();
    assert_eq!(rows[1].attempts.iter().map(|a| a.outcome.as_str()).collect::<Vec<_>>(), ["later", "sent"]);
    assert!(ledger.open_dispatches().unwrap().is_empty());
}

#[test]
fn a_sender_that_was_given_up_cannot_go_on_to_the_dot_but_its_success_counts() {
    let mut ledger = Ledger::in_memory().unwrap();
    let policy = RetryPolicy::default();
    let held = claim(&mut ledger, &key(0), 0).unwrap();
    ledger.record(&held, &record(&key(0)), 0).unwrap();
    let slow = ledger.begin(1, SENDER, 0).unwrap();
    assert!(ledger.recover(&|_| false, &policy, 999).unwrap().is_empty(), "its lease is not over");
    let back = ledger.recover(&|_| false, &policy, 1_000).unwrap().remove(0);
    assert_eq!(back.stage, Stage::Queued);
    assert!(matches!(ledger.dot(&slow, 1_001), Err(LedgerError::Stale(_))));
    let other = ledger.begin(1, SENDER, back.not_before).unwrap();
    assert!(matches!(ledger.dot(&slow, back.not_before), Err(LedgerError::Stale(_))), "another one sends it now");
    ledger.dot(&other, back.not_before).unwrap();
    ledger.settle(&other, &Receipt::Sent("250".into()), &policy, back.not_before).unwrap();
    // The second is slow after the dot: unknown, but then the server's answer comes after all.
    let slow = ledger.begin(2, SENDER, 0).unwrap();
    ledger.dot(&slow, 1).unwrap();
    let unknown = ledger.recover(&|_| false, &policy, 1_000).unwrap().remove(0);
    assert_eq!(unknown.stage, Stage::Queued);
    assert!(unknown.not_before >= 1_000 + policy.grace);
    assert!(ledger.settle(&slow, &Receipt::Later("?".into()), &policy, 2_000).is_err());
    assert_eq!(ledger.settle(&slow, &Receipt::Sent("250".into()), &policy, 2_000).unwrap().stage, Stage::Sent);
    assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)));
}

#[test]
fn a_person_decides_and_it_is_recorded_who_and_why() {
    let mut ledger = Ledger::in_memory().unwrap();
    let policy = RetryPolicy::default();
    let held = claim(&mut ledger, &key(0), 0).unwrap();
    ledger.record(&held, &record(&key(0)), 0).unwrap();
    let decide = |ledger: &mut Ledger, decision| ledger.decide(1, decision, "eve@x.example", "asked to", 5);
    assert_eq!(decide(&mut ledger, Decision::Hold).unwrap().stage, Stage::Held);
    assert_eq!(ledger.pending(9).unwrap().len(), 1);
    assert_eq!(decide(&mut ledger, Decision::Release).unwrap().stage, Stage::Queued);
    let attempt = ledger.begin(1, SENDER, 6).unwrap();
    assert!(matches!(decide(&mut ledger, Decision::Cancel), Err(LedgerError::Refused(_))), "under way");
    ledger.settle(&attempt, &Receipt::Never("550".into()), &policy, 7).unwrap();
    assert!(decide(&mut ledger, Decision::Release).is_err(), "it is not held");
    assert_eq!(decide(&mut ledger, Decision::Retry).unwrap().stage, Stage::Queued, "given up, and tried again");
    let cancelled = decide(&mut ledger, Decision::Cancel).unwrap();
    assert_eq!((cancelled.stage, cancelled.words.as_str()), (Stage::Cancelled, "eve@x.example: asked to"));
    assert!(decide(&mut ledger, Decision::Release).is_err() && decide(&mut ledger, Decision::Retry).is_err());
    assert!(matches!(ledger.decide(99, Decision::Hold, "", "", 5), Err(LedgerError::Absent(_))));
}

#[test]
fn two_processes_never_both_claim_or_both_send() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("ledger.db");
    drop(Ledger::open(&path).unwrap());
    let race = |work: &(dyn Fn(&mut Ledger) -> bool + Sync)| {
        let won: usize = std::thread::scope(|scope| {
            let runners: Vec<_> =
                (0..4).map(|_| scope.spawn(|| usize::from(work(&mut Ledger::open(&path).unwrap())))).collect();
            runners.into_iter().map(|runner| runner.join().unwrap()).sum()
        });
        assert_eq!(won, 1);
    };
    for week in 0..5 {
        let key = EditionKey { period: format!("2026-W{week:02}"), ..key(0) };
        race(&|ledger| match claim(ledger, &key, 0) {
            Ok(held) => ledger.record(&held, &record(&key), 0).is_ok(),
            Err(ClaimError::AlreadyIssued(_) | ClaimError::ClaimedByOther { .. }) => false,
            Err(other) => panic!("{other}"),
        });
        race(&|ledger| match ledger.begin(2 * week + 1, SENDER, 0) {
            Ok(_) => true,
            Err(LedgerError::Stale(_)) => false,
            Err(other) => panic!("{other}"),
        });
    }
    assert!(matches!(Ledger::open(&path).unwrap().verify().unwrap(), Verdict::Holds(_)));
}
