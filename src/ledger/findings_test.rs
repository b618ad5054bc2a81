//! Tests of findings in the ledger: numbered in order, never twice, only added to, and read back as at any entry.

use super::{Ledger, LedgerError, Raising, Verdict};
use crate::finding::tests::raised;
use crate::finding::{Change, FindingId, Raised, State, Who};

/// 1 December 2026, 08:00 UTC.
const NOW: i64 = 1_796_112_000_000;

fn who() -> Who {
    Who { account: "root".into(), name: "Ana Ruiz".into() }
}

fn raise(ledger: &mut Ledger, all: &[Raised]) -> Vec<Raising> {
    ledger.raise(all, &who(), NOW).unwrap()
}

fn id(number: u32) -> FindingId {
    FindingId { year: 2026, number }
}

fn holds(ledger: &Ledger) {
    assert!(matches!(ledger.verify().unwrap(), Verdict::Holds(_)), "{:?}", ledger.verify().unwrap());
}

#[test]
fn the_same_thing_is_found_once_and_grows() {
    let mut ledger = Ledger::in_memory().unwrap();
    let (a, b) = (raised("exports", "jane"), raised("exports", "bob"));
    assert_eq!(
        raise(&mut ledger, &[a.clone(), b, a.clone()]),
        [Raising::New(id(1)), Raising::New(id(2)), Raising::Known(id(1))]
    );
    let more = Raised { count: 15, total: 15, say: "15 times.".into(), ..a.clone() };
    let before = ledger.head().unwrap().n;
    assert_eq!(raise(&mut ledger, &[more.clone(), a.clone()]), [Raising::Grown(id(1)), Raising::Known(id(1))]);
    assert_eq!(raise(&mut ledger, &[more]), [Raising::Known(id(1))]);
    assert_eq!(ledger.head().unwrap().n, before + 1);
    let register = ledger.register(None).unwrap();
    let finding = register.get(id(1)).unwrap();
    assert_eq!((finding.raised.count, finding.raised.say.as_str(), finding.history.len()), (15, "15 times.", 2));
    assert_eq!(finding.history[0].by, who());
    assert_eq!(register.by_key(&a.key).map(|finding| finding.id), Some(id(1)));
    assert_eq!(raise(&mut ledger, &[]), []);
    // Numbers are counted in each year.
    let next_year = ledger.raise(&[raised("late", "")], &who(), NOW + 31 * 86_400_000).unwrap();
    assert_eq!(next_year, [Raising::New(FindingId { year: 2027, number: 1 })]);
    holds(&ledger);
}

#[test]
fn the_register_is_what_it_was_at_any_entry() {
    let mut ledger = Ledger::in_memory().unwrap();
    raise(&mut ledger, &[raised("exports", "jane")]);
    let first = ledger.register(None).unwrap();
    let close = [Change::Noted { text: "asked".into() }, Change::Closed { reason: "agreed".into() }];
    let closed = ledger.change_findings(&[id(1)], &close, &who(), NOW + 1).unwrap().remove(0);
    assert_eq!((closed.state, closed.closed_at), (State::Resolved, Some(NOW + 1)));
    raise(&mut ledger, &[raised("exports", "bob")]);
    assert_eq!(ledger.register(Some(first.entry)).unwrap(), first);
    assert_eq!(ledger.register(Some(0)).unwrap().findings().count(), 0);
    // An entry that is still to come is as good as the newest: nothing was said after it.
    assert_eq!(ledger.register(Some(99)).unwrap(), ledger.register(None).unwrap());
    holds(&ledger);
}

#[test]
fn what_may_not_be_said_leaves_nothing() {
    let mut ledger = Ledger::in_memory().unwrap();
    raise(&mut ledger, &[raised("exports", "jane")]);
    let close = Change::Closed { reason: "agreed".into() };
    ledger.change_findings(&[id(1)], std::slice::from_ref(&close), &who(), NOW).unwrap();
    let before = ledger.head().unwrap();
    let both = [Change::Noted { text: "x".into() }, close];
    assert!(
        matches!(ledger.change_findings(&[id(1)], &both, &who(), NOW), Err(LedgerError::Refused(why)) if why.contains("reopen"))
    );
    assert!(matches!(ledger.change_findings(&[id(9)], &both, &who(), NOW), Err(LedgerError::Absent(_))));
    assert_eq!(ledger.head().unwrap(), before);
}

#[test]
fn a_finding_that_is_altered_by_hand_is_named() {
    let mut ledger = Ledger::in_memory().unwrap();
    raise(&mut ledger, &[raised("exports", "jane")]);
    ledger.db.execute("UPDATE findings SET count = 1", []).unwrap();
    assert!(matches!(ledger.verify().unwrap(), Verdict::Broken { entry: 1, why } if why.contains("findings")));
    ledger.db.execute("DELETE FROM findings", []).unwrap();
    assert!(matches!(ledger.verify().unwrap(), Verdict::Broken { entry: 1, why } if why.contains("is missing")));
}
