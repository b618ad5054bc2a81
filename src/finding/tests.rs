//! Tests of findings: what may be said when, and what it makes of them.

use super::*;

pub(crate) fn raised(rule: &str, group: &str) -> Raised {
    let span = Span { from: 0, to: 86_400_000 };
    Raised {
        key: Raised::key_of(rule, group, span),
        rule: rule.into(),
        rule_digest: "00".into(),
        severity: Severity::Medium,
        title: "Many exports".into(),
        say: "Jane Doe exported 12 times.".into(),
        do_this: "Ask why.".into(),
        group: group.into(),
        span,
        zone: "UTC".into(),
        count: 12,
        line: Some(10),
        total: 12,
        events: vec!["1-1".into(), "1-2".into()],
        edition: None,
        figure: None,
        module: String::new(),
        record: String::new(),
    }
}

const ID: FindingId = FindingId { year: 2026, number: 1 };

fn register() -> Register {
    let mut register = Register::default();
    say(&mut register, 1, What::Raised(Box::new(raised("exports", "jane"))));
    register
}

fn say(register: &mut Register, entry: i64, what: What) {
    let by = Who { account: "root".into(), name: String::new() };
    register.take(ID, Said { entry, at: entry * 1000, by, what }).unwrap();
}

fn change(register: &mut Register, change: Change) -> Result<(), Refusal> {
    let entry = register.entry + 1;
    register.may(ID, std::slice::from_ref(&change), entry * 1000)?;
    say(register, entry, What::Changed(vec![change]));
    Ok(())
}

fn day(text: &str) -> NaiveDate {
    text.parse().unwrap()
}

fn state(register: &Register) -> State {
    register.get(ID).unwrap().state
}

#[test]
fn an_id_is_read_as_it_is_written() {
    assert_eq!(ID.to_string(), "F-2026-0001");
    assert_eq!(FindingId::parse("f-2026-1"), Some(ID));
    let large = FindingId { year: 2026, number: 12_345 };
    assert_eq!(FindingId::parse(&large.to_string()), Some(large));
    assert!(large > FindingId { year: 2026, number: 9_999 });
    for wrong in ["", "F-2026", "F-2026-0", "F-2026-x", "2026-1", "F--1", "F-2026--1", "F-2026-+1"] {
        assert_eq!(FindingId::parse(wrong), None, "{wrong}");
    }
    assert_eq!(serde_json::to_string(&ID).unwrap(), "\"F-2026-0001\"");
    assert_eq!(serde_json::from_str::<FindingId>("\"F-2026-0001\"").unwrap(), ID);
}

#[test]
fn no_two_findings_share_a_key() {
    let span = Span { from: 1, to: 2 };
    let mut keys = vec![
        Raised::key_of("a", "b", span),
        Raised::key_of("a\n1 b", "", span),
        Raised::key_of("", "a\n1 b", span),
        Raised::key_of("a", "b", Span { from: 1, to: 3 }),
        Raised::key_of("ab", "", span),
    ];
    keys.sort();
    keys.dedup();
    assert_eq!(keys.len(), 5);
}

#[test]
fn a_finding_is_new_until_a_person_says_something_of_it() {
    let mut register = register();
    assert_eq!(state(&register), State::New);
    change(&mut register, Change::Case { good: false, title: String::new() }).unwrap();
    assert_eq!(state(&register), State::New);
    change(&mut register, Change::Noted { text: "She was asked.".into() }).unwrap();
    assert_eq!(state(&register), State::InReview);
}

#[test]
fn what_is_closed_is_left_alone_until_it_is_opened_again() {
    let mut register = register();
    change(&mut register, Change::Closed { reason: "agreed with sales".into() }).unwrap();
    assert_eq!(state(&register), State::Resolved);
    let assign = Change::Assigned { owner: "jane".into() };
    let refused = change(&mut register, assign.clone()).unwrap_err();
    assert!(refused.to_string().contains("finding reopen F-2026-0001 --reason"), "{refused}");
    change(&mut register, Change::Noted { text: "seen again".into() }).unwrap();
    assert_eq!(state(&register), State::Resolved);
    change(&mut register, Change::Reopened { reason: "it was not agreed".into() }).unwrap();
    change(&mut register, assign).unwrap();
    let finding = register.get(ID).unwrap();
    assert_eq!((finding.owner.as_str(), finding.closed_at, finding.reason.as_str()), ("jane", None, ""));
    assert_eq!(finding.history.len(), 5);
    let refused = change(&mut register, Change::Reopened { reason: "x".into() }).unwrap_err();
    assert_eq!(refused, Refusal::Open(ID));
}

#[test]
fn more_than_it_was_closed_for_opens_it_again() {
    let mut register = register();
    let grown = Change::Grown {
        count: 20,
        total: 20,
        events: vec!["1-1".into()],
        say: "Jane Doe exported 20 times.".into(),
        severity: Severity::High,
    };
    change(&mut register, Change::Accepted { until: day("1970-01-05"), reason: "known".into() }).unwrap();
    change(&mut register, grown.clone()).unwrap();
    assert_eq!(state(&register), State::Accepted { until: day("1970-01-05") });
    change(&mut register, Change::Closed { reason: "done".into() }).unwrap();
    change(&mut register, grown).unwrap();
    assert_eq!(state(&register), State::New);
    let finding = register.get(ID).unwrap();
    assert_eq!((finding.raised.count, finding.severity()), (20, Severity::High));
}

#[test]
fn overdue_is_what_is_open_after_its_day() {
    let mut register = register();
    let is = |register: &Register, on: &str| {
        let finding = register.get(ID).unwrap();
        (finding.is_open(day(on)), finding.is_overdue(day(on)))
    };
    assert_eq!(is(&register, "2030-01-01"), (true, false));
    change(&mut register, Change::Due { on: day("2026-11-30") }).unwrap();
    assert_eq!(is(&register, "2026-11-30"), (true, false));
    assert_eq!(is(&register, "2026-12-01"), (true, true));
    change(&mut register, Change::Accepted { until: day("2026-12-31"), reason: "migration".into() }).unwrap();
    assert_eq!(is(&register, "2026-12-31"), (false, false));
    assert_eq!(is(&register, "2027-01-01"), (true, true));
    change(&mut register, Change::Closed { reason: "over".into() }).unwrap();
    assert_eq!(is(&register, "2027-01-01"), (false, false));
}

#[test]
fn an_action_is_done_once() {
    let mut register = register();
    let done = Change::Done { action: 1, effect: "none since".into() };
    let refused = change(&mut register, done.clone()).unwrap_err();
    assert!(refused.to_string().contains("--action"), "{refused}");
    let action = Change::Action {
        text: "Take the right to export away".into(),
        target: "no export by sales".into(),
        owner: String::new(),
        due: Some(day("2026-12-15")),
    };
    change(&mut register, action).unwrap();
    // What is agreed may be done after the finding is closed.
    change(&mut register, Change::Closed { reason: "right taken away".into() }).unwrap();
    change(&mut register, done.clone()).unwrap();
    assert_eq!(change(&mut register, done).unwrap_err(), Refusal::Done(ID, 1));
    let act = &register.get(ID).unwrap().actions[0];
    assert_eq!((act.number, act.done_at.is_some(), act.effect.as_str()), (1, true, "none since"));
}

#[test]
fn several_changes_at_once_are_judged_one_after_the_other() {
    let register = register();
    let close = Change::Closed { reason: "x".into() };
    let due = Change::Due { on: day("2026-12-01") };
    assert!(register.may(ID, &[due.clone(), close.clone()], 0).is_ok());
    assert_eq!(register.may(ID, &[close, due], 0), Err(Refusal::Closed(ID)));
    let absent = FindingId { year: 2026, number: 2 };
    assert_eq!(register.may(absent, &[], 0), Err(Refusal::Absent(absent)));
}
