//! Repeats: the same event again is recognised by its id, else by its content with the multiplicity of one file.

use super::*;

for_each_engine!(
    the_same_file_again_adds_nothing,
    equal_lines_of_one_file_are_events_of_their_own,
    ids_are_per_source,
    an_id_wins_over_content,
    content_is_everything_but_the_line,
    rejected_rows_repeat_too,
);

fn counts(batch: &Batch) -> (u64, u64, u64) {
    (batch.rows.added, batch.rows.repeated, batch.rows.quarantined)
}

fn the_same_file_again_adds_nothing(log: &mut impl Engine) {
    let file: Vec<Event> = (0..50).map(|n| event(MONDAY + n % 7 * DAY + n, "Ann")).collect();
    assert_eq!(counts(&add(log, "crm", &file)), (50, 0, 0));
    assert_eq!(counts(&add(log, "crm", &file)), (0, 50, 0));
    let reversed: Vec<Event> = file.iter().rev().cloned().collect();
    assert_eq!(counts(&add(log, "crm", &reversed)), (0, 50, 0));
    assert_eq!(counts(&add(log, "erp", &file)), (50, 0, 0), "another source is another system");
}

fn equal_lines_of_one_file_are_events_of_their_own(log: &mut impl Engine) {
    let same = |count: usize| vec![event(MONDAY, "Ann"); count];
    assert_eq!(counts(&add(log, "crm", &same(2))), (2, 0, 0));
    assert_eq!(counts(&add(log, "crm", &same(2))), (0, 2, 0));
    assert_eq!(counts(&add(log, "crm", &same(3))), (1, 2, 0));
    assert_eq!(counts(&add(log, "crm", &same(1))), (0, 1, 0));
    log.void(1, 0, "ann", "test").unwrap();
    assert_eq!(counts(&add(log, "crm", &same(3))), (2, 1, 0), "of voided batches nothing counts");
}

fn with_id(id: &str, time: Millis, actor: &str) -> Event {
    Event { id: Some(id.to_owned()), ..event(time, actor) }
}

fn ids_are_per_source(log: &mut impl Engine) {
    assert_eq!(counts(&add(log, "crm", &[with_id("1", MONDAY, "Ann"), with_id("2", MONDAY, "Ann")])), (2, 0, 0));
    assert_eq!(counts(&add(log, "erp", &[with_id("1", MONDAY, "Ann")])), (1, 0, 0));
    assert_eq!(counts(&add(log, "crm", &[with_id("1", MONDAY + 9 * DAY, "Bob")])), (0, 1, 0), "whatever else it says");
    assert_eq!(counts(&add(log, "crm", &[with_id("3", MONDAY, "Ann"), with_id("3", MONDAY, "Ann")])), (1, 1, 0));
    log.void(1, 0, "ann", "test").unwrap();
    assert_eq!(counts(&add(log, "crm", &[with_id("1", MONDAY, "Ann"), with_id("3", MONDAY, "Ann")])), (1, 1, 0));
}

fn an_id_wins_over_content(log: &mut impl Engine) {
    let unnamed = Event { id: Some(String::new()), ..event(MONDAY, "Ann") };
    add(log, "crm", &[event(MONDAY, "Ann")]);
    assert_eq!(counts(&add(log, "crm", &[with_id("1", MONDAY, "Ann")])), (1, 0, 0));
    assert_eq!(counts(&add(log, "crm", &[event(MONDAY, "Ann")])), (0, 1, 0));
    assert_eq!(counts(&add(log, "crm", &[unnamed.clone(), unnamed.clone()])), (2, 0, 0), "an empty id is no id");
    assert_eq!(counts(&add(log, "crm", &[unnamed])), (0, 1, 0));
}

fn content_is_everything_but_the_line(log: &mut impl Engine) {
    let base = event(MONDAY, "Ann");
    add(log, "crm", std::slice::from_ref(&base));
    assert_eq!(counts(&add(log, "crm", &[Event { line: 99, ..base.clone() }])), (0, 1, 0));
    let mut others = vec![base.clone(); 9];
    others[0].time_written.push('Z');
    others[1].actor = "ann".into();
    others[2].outcome = Outcome::Unknown;
    others[3].affected = Some(1);
    others[4].details.insert("a".into(), "".into());
    others[5].origin.channel = "ui".into();
    others[6].record_name = "x".into();
    others[7].class = ActionClass::Other;
    others[8].changes = vec![crate::event::Change { field: "a".into(), old: None, new: None }];
    assert_eq!(counts(&add(log, "crm", &others)), (9, 0, 0));
}

fn rejected_rows_repeat_too(log: &mut impl Engine) {
    let (a, b) = (rejected("a", None), rejected("b", Some(MONDAY)));
    let mut add = |name: &str, rows: &[Rejected]| counts(&add_rows(log, name, &[], rows, &[]).unwrap());
    assert_eq!(add("crm", &[a.clone(), b.clone(), a.clone()]), (0, 0, 3));
    assert_eq!(add("crm", &[a.clone(), b.clone(), a.clone()]), (0, 3, 0));
    assert_eq!(add("crm", &[Rejected { reason: "other".into(), line: 7, ..a.clone() }]), (0, 1, 0));
    assert_eq!(add("erp", &[a]), (0, 0, 1));
}
