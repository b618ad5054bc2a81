//! Cases: batches, voids, evidence, coverage, quarantine and head.

use super::*;
use crate::query::{EvidenceQuery, Field};

for_each_engine!(
    an_empty_log_answers,
    a_failed_feed_adds_nothing,
    times_without_a_civil_date_are_refused,
    voiding_takes_a_batch_out_of_every_answer,
    evidence_is_whole_and_in_order,
    coverage_tells_gaps_and_ends,
    coverage_of_an_unreadable_file,
    quarantine_is_settled_and_opened_again,
    the_head_grows_with_every_record,
    batch_counts_are_by_span,
);

fn an_empty_log_answers(log: &mut impl Engine) {
    assert_eq!(
        ask(log, query(ALWAYS, &[], &[Count::Events, Count::Distinct(Field::Actor), Count::Burst(5)])),
        [": 0 0 0"]
    );
    assert_eq!(ask(log, query(ALWAYS, &[Dimension::Day], &[Count::Events])), [""; 0]);
    assert_eq!(log.head().unwrap().size, 0);
    assert_eq!(log.head().unwrap().root, crate::seal::sha256_hex(b""));
    assert!(log.coverage(ALWAYS, 0).unwrap().is_empty() && log.batches().unwrap().is_empty());
    let nothing_asked: &[Query] = &[];
    assert!(log.answer(nothing_asked, &Lens::default()).unwrap().is_empty());
}

fn a_failed_feed_adds_nothing(log: &mut impl Engine) {
    add(log, "crm", &[event(MONDAY, "Ann")]);
    let head = log.head().unwrap();
    let mut feed = |sink: &mut dyn Sink| {
        sink.event(event(MONDAY + 1, "Bob"))?;
        sink.rejected(rejected("x", None))?;
        Err("the file ends in the middle of a row".to_owned())
    };
    let failed = log.add_batch(&source("crm"), &about("b.csv"), 0, &[], &mut feed);
    assert!(matches!(failed, Err(LogError::Refused(words)) if words.contains("middle of a row")));
    assert_eq!(log.head().unwrap(), head);
    assert!(log.quarantine(false).unwrap().is_empty());
    assert_eq!(ask(log, query(ALWAYS, &[], &[Count::Events])), [": 1"]);
    assert_eq!(add(log, "crm", &[event(MONDAY + 1, "Bob")]).number, 2);
}

fn times_without_a_civil_date_are_refused(log: &mut impl Engine) {
    for time in [i64::MIN, crate::audit_log::EARLIEST - 1, crate::audit_log::LATEST, i64::MAX] {
        // Whatever the feed makes of the refusal, the batch fails.
        let mut feed = |sink: &mut dyn Sink| {
            assert!(sink.event(event(time, "Ann")).is_err());
            Ok(())
        };
        let failed = log.add_batch(&source("crm"), &about("b.csv"), 0, &[], &mut feed);
        assert!(matches!(failed, Err(LogError::Refused(_))), "{time}");
    }
    let edges = [event(crate::audit_log::EARLIEST, "Ann"), event(crate::audit_log::LATEST - 1, "Ann")];
    add(log, "crm", &edges);
    let years = query(ALWAYS, &[Dimension::Year, Dimension::Week], &[Count::Events]);
    assert_eq!(ask(log, years), ["1 | 0001-W01: 1", "9999 | 9999-W52: 1"]);
}

fn voiding_takes_a_batch_out_of_every_answer(log: &mut impl Engine) {
    let wrong = [event(MONDAY, "BOB"), event(MONDAY + 1, "Ann")];
    add_rows(log, "crm", &wrong, &[rejected("bad", Some(MONDAY))], &[]).unwrap();
    add(log, "crm", &[event(MONDAY + DAY, "bob"), event(MONDAY + 2 * DAY, "Bob")]);
    let by_actor = || query(ALWAYS, &[Dimension::Field(Field::Actor)], &[Count::Events]);
    assert_eq!(ask(log, by_actor()), ["Ann: 1", "BOB: 3"]);
    let later = Span { from: MONDAY + DAY, to: MONDAY + 9 * DAY };
    let new = || query(later, &[], &[Count::FirstSeen(Field::Actor)]);
    assert_eq!(ask(log, new()), [": 0"]);
    log.void(1, MONDAY, "ann", "wrong file").unwrap();
    assert!(matches!(log.void(1, MONDAY, "ann", "again"), Err(LogError::Refused(_))));
    assert!(matches!(log.void(3, MONDAY, "ann", "none"), Err(LogError::Refused(_))));
    assert_eq!(ask(log, by_actor()), ["bob: 2"]);
    assert_eq!(ask(log, new()), [": 1"]);
    assert_eq!(log.batch_counts(ALWAYS).unwrap(), [(2, 2)].into());
    let coverage = log.coverage(ALWAYS, DAY).unwrap();
    assert_eq!((coverage[0].events, coverage[0].rejected), (2, 0));
    assert!(log.quarantine(true).unwrap().is_empty() && log.quarantine(false).unwrap().len() == 1);
    let voided = log.batches().unwrap()[0].voided.clone().unwrap();
    assert_eq!((voided.at, voided.by.as_str(), voided.reason.as_str()), (MONDAY, "ann", "wrong file"));
    let again = add_rows(log, "crm", &wrong, &[rejected("bad", Some(MONDAY))], &[]).unwrap();
    assert_eq!((again.rows.added, again.rows.repeated, again.rows.quarantined), (2, 0, 1));
    assert_eq!(ask(log, by_actor()), ["Ann: 1", "bob: 3"]);
}

fn evidence_is_whole_and_in_order(log: &mut impl Engine) {
    let mut full = event(MONDAY + 5, "Ann");
    full.id = Some("e-1".into());
    full.affected = Some(0);
    full.record_name = "Größe \u{5d0}\u{0}<b>".into();
    full.origin = Origin { ip: "::1".into(), agent: "curl".into(), channel: "api".into() };
    full.changes = vec![crate::event::Change { field: "Stage".into(), old: Some("".into()), new: None }];
    full.details = [("x".to_owned(), "1".to_owned()), ("".to_owned(), "".to_owned())].into();
    full.line = u64::MAX;
    add(log, "crm", &[event(MONDAY + 9, "Ann"), full.clone(), event(MONDAY + 5, "Bob")]);
    add(log, "erp", &[event(MONDAY + 5, "Ann"), event(MONDAY + 1, "Ann")]);
    let ask = |limit, filter| {
        let span = Span { from: MONDAY + 1, to: MONDAY + 9 };
        log.evidence(&EvidenceQuery { span, zone: Zone::utc(), filter, limit }, &Lens::default()).unwrap()
    };
    let all = ask(10, Filter::All);
    let numbers: Vec<&str> = all.events.iter().map(|event| event.number.as_str()).collect();
    assert_eq!((all.total, numbers), (4, vec!["2-2", "1-2", "1-3", "2-1"]));
    assert_eq!((all.events[1].event.clone(), all.events[1].source.as_str()), (full, "crm"));
    let first = ask(2, Filter::is(Field::Actor, " ANN "));
    assert_eq!((first.total, first.events.len(), first.events[1].number.as_str()), (3, 2, "1-2"));
    assert_eq!((ask(0, Filter::All).total, ask(0, Filter::All).events.len()), (4, 0));
}

fn coverage_tells_gaps_and_ends(log: &mut impl Engine) {
    let at = |hours: i64| MONDAY + hours * HOUR;
    add(log, "crm", &[event(at(50), "Ann"), event(at(0), "Ann"), event(at(10), "Ann")]);
    add(log, "crm", &[event(at(12), "Ann")]);
    add(log, "idle", &[]);
    let span = |from, to| Span { from: at(from), to: at(to) };
    let of = |span, gap| log.coverage(span, gap).unwrap().remove(0);
    let whole = of(span(0, 60), 10 * HOUR);
    assert_eq!((whole.events, whole.first, whole.last), (4, Some(at(0)), Some(at(50))));
    let open = Span { from: at(50), to: Millis::MAX };
    assert_eq!(whole.gaps, [span(0, 10), span(12, 50), open]);
    let middle = of(span(20, 30), HOUR);
    assert_eq!((middle.events, middle.last_in_span, middle.gaps), (0, None, vec![span(12, 50)]));
    let start = of(span(-5, 11), HOUR);
    assert_eq!(start.gaps, [Span { from: Millis::MIN, to: at(0) }, span(0, 10), span(10, 12)]);
    assert_eq!((start.events, start.last_in_span), (2, Some(at(10))));
    let idle = log.coverage(span(0, 1), HOUR).unwrap().remove(1);
    assert_eq!((idle.source.name.as_str(), idle.events, idle.first), ("idle", 0, None));
    assert_eq!((idle.gaps, idle.imported_at), (vec![ALWAYS], Some(MONDAY)));
}

fn coverage_of_an_unreadable_file(log: &mut impl Engine) {
    add_rows(log, "crm", &[event(MONDAY, "Ann")], &[rejected("a", None), rejected("b", Some(MONDAY + DAY))], &[])
        .unwrap();
    add_rows(log, "bad", &[], &[rejected("a", None)], &[]).unwrap();
    let counts = |from, to| -> Vec<u64> {
        let span = Span { from, to };
        log.coverage(span, HOUR).unwrap().iter().map(|source| source.rejected).collect()
    };
    // Which days the rows of an unreadable file were of is not known: they count everywhere before its import.
    assert_eq!(counts(MONDAY, MONDAY + 1), [0, 1]);
    assert_eq!(counts(MONDAY - DAY, MONDAY + DAY), [1, 1]);
    assert_eq!(counts(MONDAY - DAY, MONDAY + DAY + 1), [1, 2]);
    assert_eq!(counts(MONDAY + DAY, MONDAY + DAY + 1), [0, 1]);
}

fn quarantine_is_settled_and_opened_again(log: &mut impl Engine) {
    let rows = [rejected("a", Some(MONDAY)), rejected("b", None)];
    add_rows(log, "crm", &[event(MONDAY, "Ann")], &rows, &[]).unwrap();
    let ids = |open| -> Vec<(u64, Option<u64>)> {
        log.quarantine(open).unwrap().iter().map(|row| (row.id, row.settled_by)).collect()
    };
    assert_eq!(ids(true), [(1, None), (2, None)]);
    assert_eq!(log.quarantine(true).unwrap()[1].row, rows[1]);
    assert_eq!(log.quarantine(true).unwrap()[1].file, "a.csv");
    for wrong in [&[3][..], &[1, 1]] {
        assert!(matches!(add_rows(log, "crm", &[], &[], wrong), Err(LogError::Refused(_))), "{wrong:?}");
    }
    assert!(matches!(add_rows(log, "erp", &[], &[], &[1]), Err(LogError::Refused(_))), "of another source");
    let retry = add_rows(log, "crm", &[event(MONDAY + 1, "Ann")], &[rows[1].clone()], &[1]).unwrap();
    assert_eq!((retry.number, retry.rows.added, retry.rows.repeated), (2, 1, 1));
    let ids = |open| -> Vec<(u64, Option<u64>)> {
        log.quarantine(open).unwrap().iter().map(|row| (row.id, row.settled_by)).collect()
    };
    assert_eq!((ids(true), ids(false)), (vec![(2, None)], vec![(1, Some(2)), (2, None)]));
    assert!(matches!(add_rows(log, "crm", &[], &[], &[1]), Err(LogError::Refused(_))), "settled already");
    log.void(2, 0, "ann", "bad retry").unwrap();
    assert_eq!(log.quarantine(true).unwrap().len(), 2);
    assert_eq!(log.coverage(ALWAYS, HOUR).unwrap()[0].rejected, 2);
    add_rows(log, "crm", &[], &[], &[1, 2]).unwrap();
    assert_eq!(log.coverage(ALWAYS, HOUR).unwrap()[0].rejected, 0);
}

fn the_head_grows_with_every_record(log: &mut impl Engine) {
    let mut heads = vec![log.head().unwrap()];
    let batch = add(log, "crm", &[event(MONDAY, "Ann"), event(MONDAY + DAY, "Ann")]);
    heads.push(log.head().unwrap());
    log.void(1, MONDAY, "ann", "test").unwrap();
    heads.push(log.head().unwrap());
    assert_eq!(heads.iter().map(|head| head.size).collect::<Vec<_>>(), [0, 1, 2]);
    assert!(heads[1].root != heads[2].root && heads[0].root != heads[1].root);
    assert_eq!(batch.root.len(), 64);
    assert_eq!(batch.span, Some(Span { from: MONDAY, to: MONDAY + DAY + 1 }));
    let empty = add(log, "crm", &[]);
    assert_eq!((empty.number, empty.span, empty.rows.read), (2, None, 0));
    assert_eq!(log.batches().unwrap().len(), 2);
}

fn batch_counts_are_by_span(log: &mut impl Engine) {
    add(log, "crm", &[event(MONDAY, "Ann"), event(MONDAY + 1, "Ann"), event(MONDAY + DAY, "Ann")]);
    add(log, "erp", &[event(MONDAY + 1, "Ann")]);
    let counts = |from, to| log.batch_counts(Span { from, to }).unwrap();
    assert_eq!(counts(MONDAY + 1, MONDAY + 2), [(1, 1), (2, 1)].into());
    assert_eq!(counts(MONDAY + DAY, MONDAY + 2 * DAY), [(1, 1)].into());
    assert_eq!(counts(MONDAY + 2, MONDAY + 2), [].into());
    assert_eq!(counts(MONDAY + 2, MONDAY), [].into());
}
