//! Tests of what only the embedded engine has: its file, its proofs, its verdict, and what happens when it is hurt.

mod damage;
mod killed;
mod proofs;
mod speed;

use super::*;
use crate::audit_log::contract::{
    ALWAYS, DAY, HOUR, InFolder, MONDAY, about, add, add_rows, event, query, rejected, sealed, source,
};
use crate::audit_log::memory::MemoryLog;
use crate::event::{ActionClass, Change, Origin};
use crate::query::{Count, Dimension, Field, Filter};
use std::time::Duration;

/// Events of every shape, some with ids, over some days, newest first.
fn varied(count: i64) -> Vec<Event> {
    let one = |n: i64| {
        let mut one = event(MONDAY + (count - n) * 17 * 60_000 + n % 3, ["Ann", "ann", "Bob", "Cy"][n as usize % 4]);
        one.line = n as u64 + 2;
        one.id = (n % 3 == 0).then(|| format!("id-{n}"));
        one.record = format!("rec-{}", n % 41);
        one.origin = Origin { ip: format!("10.0.0.{}", n % 7), ..Origin::default() };
        one.affected = (n % 5 == 0).then_some(n as u64);
        one.changes = vec![Change { field: "Stage".into(), old: Some(format!("{n}")), new: None }];
        one.details.insert("Remark".to_owned(), format!("{} of many", n * n));
        one
    };
    (0..count).map(one).collect()
}

/// A log with two sources, a void, a quarantine and a retry.
fn rich() -> InFolder {
    let mut all = sealed();
    add_rows(&mut all.log, "crm", &varied(200), &[rejected("broken", Some(MONDAY)), rejected("bad", None)], &[])
        .unwrap();
    add(&mut all.log, "erp", &varied(90));
    add(&mut all.log, "crm", &varied(240));
    all.log.void(2, MONDAY, "ann", "wrong file").unwrap();
    add_rows(&mut all.log, "crm", &[event(MONDAY, "Dee")], &[], &[1]).unwrap();
    all
}

#[test]
fn a_whole_log_verifies() {
    let rich = rich();
    let verdict = rich.log.verify().unwrap();
    assert_eq!(verdict.fault, None);
    assert_eq!(
        (verdict.batches, verdict.events),
        (4, 200 + 90 + (240 - 67) + 1),
        "every third has an id that the source has"
    );
    assert_eq!(verdict.head, rich.log.head().unwrap());
    assert_eq!(verdict.head.size, 5);
    assert!(sealed().log.verify().unwrap().holds());
}

#[test]
fn a_day_of_many_segments_is_answered_like_the_oracle() {
    let events: Vec<Event> = (0..20_000i64)
        .map(|n| event(MONDAY + (n * 7_919) % DAY, ["Ann", "Bob", "ann", "Cy", "Dee"][n as usize % 5]))
        .collect();
    let (mut memory, mut all) = (MemoryLog::new(), sealed());
    let (one, other) = (add(&mut memory, "crm", &events), add(&mut all.log, "crm", &events));
    assert_eq!(one, other, "the root does not depend on how events are stored");
    let by_hour = query(ALWAYS, &[Dimension::Field(Field::Hour)], &[Count::Events, Count::Burst(HOUR / 60)]);
    let by_actor =
        query(Span { from: MONDAY + HOUR, to: MONDAY + 5 * HOUR }, &[Dimension::Field(Field::Actor)], &[Count::Events]);
    let queries = [by_hour, by_actor];
    let lens = Lens::default();
    assert_eq!(all.log.answer(&queries, &lens).unwrap(), memory.answer(&queries, &lens).unwrap());
    let parts: i64 = all.log.db.query_row("SELECT count(*) FROM segments", [], |row| row.get(0)).unwrap();
    assert_eq!(parts, 2);
    assert!(all.log.verify().unwrap().holds());
}

#[test]
fn a_second_writer_is_told_that_the_log_is_in_use() {
    let mut all = sealed();
    let path = all.folder.path().join("log");
    let mut other = SealedLog::open(&path).unwrap();
    other.set_patience(Duration::ZERO).unwrap();
    let mut feed = |sink: &mut dyn Sink| {
        sink.event(event(MONDAY, "Ann"))?;
        let refused = other.void(1, 0, "ann", "meanwhile");
        assert!(matches!(refused, Err(LogError::Busy(_))), "{refused:?}");
        let count = query(ALWAYS, &[], &[Count::Events]);
        assert_eq!(other.answer(&[count], &Lens::default()).unwrap()[0].rows[0].values, [0], "reading goes on");
        Ok(())
    };
    all.log.add_batch(&source("crm"), &about("a.csv"), 0, &[], &mut feed).unwrap();
    let count = query(ALWAYS, &[Dimension::Field(Field::Actor)], &[Count::Events]);
    assert_eq!(
        other.answer(&[count], &Lens::default()).unwrap()[0].rows[0].keys,
        ["Ann"],
        "a reader sees what came since"
    );
}

#[test]
fn a_log_that_was_made_but_never_filled_is_an_empty_log_to_readers_too() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("log");
    std::fs::write(&path, b"").unwrap();
    let log = SealedLog::open_read_only(&path).unwrap();
    assert!(log.verify().unwrap().holds());
    assert_eq!(log.head().unwrap().size, 0);
    std::fs::write(&path, b"not a database, and longer than nothing").unwrap();
    assert!(SealedLog::open_read_only(&path).is_err());
}

#[test]
fn a_read_only_log_cannot_be_changed() {
    let rich = rich();
    let mut reader = SealedLog::open_read_only(&rich.folder.path().join("log")).unwrap();
    assert_eq!(reader.head().unwrap(), rich.log.head().unwrap());
    assert!(reader.verify().unwrap().holds());
    assert!(matches!(reader.void(1, 0, "ann", "no"), Err(LogError::Storage(_))));
    let nothing: &[Event] = &[];
    assert!(add_rows(&mut reader, "crm", nothing, &[], &[]).is_err());
}

#[test]
fn one_pass_reads_only_what_the_questions_need() {
    let rich = rich();
    // Without cold and warm parts, questions about hot columns are still answered.
    rich.log.db.execute_batch("DELETE FROM cold; DELETE FROM warm;").unwrap();
    let hot = query(ALWAYS, &[Dimension::Day], &[Count::Events, Count::Distinct(Field::Actor)]);
    assert!(rich.log.answer(std::slice::from_ref(&hot), &Lens::default()).is_ok());
    let warm = Query { filter: Filter::is(Field::Ip, "10.0.0.1"), ..hot };
    assert!(matches!(rich.log.answer(&[warm], &Lens::default()), Err(LogError::Damaged(_))));
    // Each field by itself: only those whose column is warm need it, and only evidence that is shown needs more.
    let is_warm = |field| [Field::Record, Field::RecordName, Field::Ip, Field::Agent, Field::Channel].contains(&field);
    for (field, name) in Field::ALL {
        let counts = [Count::Events, Count::Distinct(field), Count::FirstSeen(field), Count::Percentile(field, 50)];
        let one = query(ALWAYS, &[Dimension::Field(field)], &counts);
        let answer = rich.log.answer(&[one], &Lens::default());
        assert_eq!(matches!(answer, Err(LogError::Damaged(_))), is_warm(field), "{name}: {answer:?}");
    }
    let filter = Filter::is(Field::Actor, "Ann");
    let evidence =
        |limit| EvidenceQuery { span: ALWAYS, zone: crate::calendar::zone::Zone::utc(), filter: filter.clone(), limit };
    assert!(rich.log.evidence(&evidence(0), &Lens::default()).unwrap().total > 0);
    assert!(matches!(rich.log.evidence(&evidence(1), &Lens::default()), Err(LogError::Damaged(_))));
    assert!(matches!(rich.log.verify().unwrap().fault.unwrap().place, crate::audit_log::verdict::Place::File));
}

#[test]
fn events_are_found_by_their_numbers() {
    let rich = rich();
    let zone = crate::calendar::zone::Zone::utc();
    let every = EvidenceQuery { span: ALWAYS, zone, filter: Filter::All, limit: 1000 };
    let all = rich.log.evidence(&every, &Lens::default()).unwrap();
    let pick = |at: usize| all.events[at].clone();
    let wanted = [pick(300), pick(7), pick(150)];
    let numbers: Vec<String> = wanted.iter().map(|stored| stored.number.clone()).collect();
    assert_eq!(rich.log.events(&numbers).unwrap(), wanted);
    let none = ["9-1", "1-9999", "x", "1", ""].map(str::to_owned);
    assert_eq!(rich.log.events(&none).unwrap(), []);
    // A void batch is out of every answer, and still there to be looked at.
    assert_eq!(rich.log.events(&["2-1".to_owned()]).unwrap().len(), 1);
}
