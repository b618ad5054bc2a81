//! Retire: what is removed, what of it is still known, and what later imports of the same days come to.

use super::*;
use crate::query::Field;

for_each_engine!(
    whole_days_of_one_source_go,
    nothing_comes_back,
    what_cannot_be_retired_is_refused,
    who_was_there_before_is_not_new,
    who_is_gone_is_forgotten,
    rows_in_quarantine_go_too,
    voided_batches_are_retired_too,
    coverage_tells_it,
);

/// An event a day, beginning on Monday.
fn days(count: i64, actor: &str) -> Vec<Event> {
    (0..count)
        .map(|day| Event { record: format!("{actor} {day}"), ..event(MONDAY + day * DAY + HOUR, actor) })
        .collect()
}

fn by_actor(log: &impl Engine, span: Span, count: Count) -> Vec<String> {
    ask(log, query(span, &[Dimension::Field(Field::Actor)], &[count]))
}

fn whole_days_of_one_source_go(log: &mut impl Engine) {
    let one = add(log, "crm", &days(5, "Ann"));
    add(log, "erp", &days(5, "Bob"));
    let (head, before) = (log.head().unwrap(), MONDAY + 3 * DAY);
    let retired = retire(log, "crm", before).unwrap();
    assert_eq!((retired.events, retired.rows, retired.before), (3, 0, before));
    assert_eq!((retired.by.as_str(), retired.reason.as_str(), retired.keep_days), ("ann", "policy", 30));
    assert_eq!(log.retirements().unwrap(), [retired]);
    assert_eq!(log.head().unwrap().size, head.size + 1);
    assert_eq!(by_actor(log, ALWAYS, Count::Events), ["Ann: 2", "Bob: 5"]);
    assert_eq!(log.batch_counts(ALWAYS).unwrap(), [(1, 2), (2, 5)].into());
    assert_eq!(log.batches().unwrap()[0], one, "what was sealed of the batch stays");
    let again = retire(log, "crm", before).unwrap();
    assert_eq!((again.events, log.head().unwrap().size), (0, head.size + 1), "nothing is recorded for nothing");
    assert_eq!(retire(log, "crm", MONDAY + 9 * DAY).unwrap().events, 2);
    assert_eq!(by_actor(log, ALWAYS, Count::Events), ["Bob: 5"]);
}

fn nothing_comes_back(log: &mut impl Engine) {
    let mut events = days(4, "Ann");
    events[0].id = Some("id".to_owned());
    add(log, "crm", &events);
    retire(log, "crm", MONDAY + 2 * DAY).unwrap();
    let again = add_rows(log, "crm", &events, &[rejected("old", Some(MONDAY)), rejected("new", None)], &[]).unwrap();
    let rows = again.rows;
    assert_eq!((rows.read, rows.added, rows.repeated, rows.quarantined, rows.retired), (6, 0, 2, 1, 3));
    assert_eq!(again.span, None);
    assert_eq!(add(log, "erp", &events).rows.added, 4, "another source has its own retention");
}

fn what_cannot_be_retired_is_refused(log: &mut impl Engine) {
    add(log, "crm", &days(4, "Ann"));
    assert!(
        matches!(retire(log, "crm", MONDAY + HOUR), Err(LogError::Refused(words)) if words.contains("whole UTC days"))
    );
    retire(log, "crm", MONDAY + 2 * DAY).unwrap();
    assert!(matches!(retire(log, "crm", MONDAY + DAY), Err(LogError::Refused(words)) if words.contains("already")));
    assert_eq!(retire(log, "idp", MONDAY + DAY).unwrap().events, 0);
    assert_eq!(log.head().unwrap().size, 2);
}

fn who_was_there_before_is_not_new(log: &mut impl Engine) {
    let mut events = days(4, "Ann");
    events[0].actor = "ANN".to_owned();
    events.push(event(MONDAY + 3 * DAY, "Cy"));
    add(log, "crm", &events);
    let late = Span { from: MONDAY + 2 * DAY, to: MONDAY + 9 * DAY };
    retire(log, "crm", late.from).unwrap();
    assert_eq!(by_actor(log, late, Count::FirstSeen(Field::Actor)), ["ANN: 0", "Cy: 1"]);
    let about_then = Span { from: late.from - 1, to: late.to };
    assert_eq!(
        by_actor(log, about_then, Count::FirstSeen(Field::Actor)),
        ["ANN: 1", "Cy: 1"],
        "only that it was before"
    );
    let of_all = query(late, &[], &[Count::FirstSeen(Field::Module), Count::FirstSeen(Field::Source)]);
    assert_eq!(ask(log, of_all), [": 0 0"]);
}

fn who_is_gone_is_forgotten(log: &mut impl Engine) {
    add(log, "crm", &days(2, "Ann"));
    add(log, "crm", &days(4, "Bob"));
    retire(log, "crm", MONDAY + 2 * DAY).unwrap();
    // Nothing tells that she was there before: nothing of her is left.
    add(log, "crm", &[event(MONDAY + 5 * DAY, "Ann"), event(MONDAY + 5 * DAY, "Bob")]);
    assert_eq!(by_actor(log, ALWAYS, Count::Events), ["Ann: 1", "Bob: 3"]);
    let late = Span { from: MONDAY + 2 * DAY, to: MONDAY + 9 * DAY };
    assert_eq!(by_actor(log, late, Count::FirstSeen(Field::Actor)), ["Ann: 1", "Bob: 0"]);
}

fn rows_in_quarantine_go_too(log: &mut impl Engine) {
    let rows = [rejected("old", Some(MONDAY)), rejected("young", Some(MONDAY + 3 * DAY)), rejected("some time", None)];
    add_rows(log, "crm", &days(4, "Ann"), &rows, &[]).unwrap();
    add_rows(log, "crm", &days(1, "Bob"), &[rejected("with Bob", None)], &[]).unwrap();
    assert_eq!(retire(log, "crm", MONDAY + 2 * DAY).unwrap().rows, 2);
    let left = |log: &dyn AuditLog| {
        let rows = log.quarantine(false).unwrap();
        rows.into_iter().map(|row| (row.id, row.row.raw)).collect::<Vec<_>>()
    };
    assert_eq!(left(log), [(2, "young".to_owned()), (3, "some time".to_owned())]);
    add_rows(log, "crm", &[], &[rejected("later", None)], &[2]).unwrap();
    assert_eq!(left(log).last().unwrap().0, 5, "no number is given twice");
}

fn voided_batches_are_retired_too(log: &mut impl Engine) {
    add(log, "crm", &days(4, "Ann"));
    log.void(1, MONDAY, "ann", "wrong file").unwrap();
    assert_eq!(retire(log, "crm", MONDAY + 2 * DAY).unwrap().events, 2);
    assert_eq!(add(log, "crm", &days(4, "Ann")).rows.retired, 2);
}

fn coverage_tells_it(log: &mut impl Engine) {
    add(log, "crm", &days(4, "Ann"));
    let before = MONDAY + 2 * DAY;
    let retired = retire(log, "crm", before).unwrap();
    let of = |from: Millis, to: Millis| log.coverage(Span { from, to }, 1).unwrap().remove(0);
    let whole = of(MONDAY, MONDAY + 9 * DAY);
    assert_eq!((whole.events, whole.first), (2, Some(before + HOUR)));
    assert_eq!(whole.retired, Some(retired));
    assert_eq!(of(before, MONDAY + 9 * DAY).retired, None);
}
