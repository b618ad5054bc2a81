//! Tests: killed at every step of issuing and delivering, nothing is lost, and nothing doubled except after the dot.

use super::LedgerError;
use super::commit_faults::{self, at_commit};
use super::outbox::Sender;
use super::retry::RetryPolicy;
use super::sample::{key, record, request};
use super::{ClaimError, ClaimRequest, Ledger, Verdict};
use crate::calendar::Millis;
use crate::dispatch::{Receipt, Stage};
use crate::edition::Trigger;
use std::collections::BTreeMap;
use std::path::Path;

/// What the mail server has, and how often.
type Server = BTreeMap<String, u32>;

/// One run of the program until it is done or killed. `Err` only if killed.
fn run(path: &Path, server: &mut Server, now: Millis) -> Result<(), LedgerError> {
    let policy = RetryPolicy::default();
    let mut ledger = Ledger::open(path)?;
    ledger.recover(&|_| true, &policy, now)?;
    ledger.activate("weekly", "digest", None, now)?;
    let key = key(0);
    let request = ClaimRequest { gone: &|_| true, ..request(&key, &Trigger::Schedule) };
    match ledger.claim(&request, now) {
        Ok(claim) => drop(ledger.record(&claim, &record(&key), now)?),
        Err(ClaimError::AlreadyIssued(_)) => {}
        Err(ClaimError::Ledger(error)) => return Err(error),
        Err(other) => panic!("{other}"),
    }
    for dispatch in ledger.pending(now)? {
        let attempt = ledger.begin(dispatch.id, Sender { process: "test", lease: 60_000 }, now)?;
        ledger.dot(&attempt, now)?;
        at_commit()?; // after the stage is committed, before the dot leaves
        *server.entry(attempt.outgoing.to.clone()).or_default() += 1;
        let settled = ledger.settle(&attempt, &Receipt::Sent("250 ok".into()), &policy, now)?;
        assert_eq!(settled.stage, Stage::Sent);
    }
    Ok(())
}

#[test]
fn killed_at_every_step_and_run_again_nothing_is_lost_or_doubled_but_after_the_dot() {
    let mut doubled = 0;
    for kill_at in 0.. {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ledger.db");
        let mut server = Server::new();
        let mut left: u32 = kill_at;
        commit_faults::are(move || {
            left = left.checked_sub(1).ok_or_else(|| LedgerError::Later("killed".into()))?;
            Ok(())
        });
        let killed = run(&path, &mut server, 1_000).is_err();
        commit_faults::are(|| Ok(()));

        // Run again until there is nothing to do, as a daemon would.
        let mut now = 2_000;
        loop {
            run(&path, &mut server, now).unwrap();
            match Ledger::open(&path).unwrap().next_pending().unwrap() {
                Some(next) => now = next.max(now),
                None => break,
            }
        }
        let ledger = Ledger::open(&path).unwrap();
        for row in ledger.dispatches(&key(0)).unwrap() {
            let got = server.get(&row.dispatch.to).copied().unwrap_or(0);
            let unknown = row.attempts.iter().filter(|attempt| attempt.outcome == "unknown").count() as u32;
            assert_eq!(row.dispatch.stage, Stage::Sent, "killed at {kill_at}");
            assert!(got >= 1, "lost, killed at {kill_at}");
            assert!(got <= 1 + unknown, "doubled without an unknown outcome, killed at {kill_at}");
            doubled += got - 1;
        }
        assert_eq!(server.len(), 2);
        assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)), "killed at {kill_at}");
        assert_eq!(ledger.editions(&Default::default()).unwrap().len(), 1);
        if !killed {
            // It lived to the end: every step was tried.
            assert!(kill_at > 9, "{kill_at} steps only");
            break;
        }
    }
    // Killed between the server's acceptance and the commit of its answer: once for each reader.
    assert_eq!(doubled, 2);
}
