//! Tests of what a statement may not do: change, reach out, take too long; and of how it is told what is wrong.

use super::*;

#[test]
fn a_statement_reads_and_does_nothing_else() {
    let rich = rich();
    let before = rich.log.head().unwrap();
    let file = rich.folder.path().join("other");
    let attach = format!("attach '{}' as other", file.display());
    let into = format!("vacuum into '{}'", file.display());
    for statement in [
        "delete from events",
        "insert into batches (batch) values (9)",
        "update batches set file = ''",
        "drop table batches",
        "create table t (x)",
        "create temp table t (x)",
        "create view v as select 1",
        &attach,
        &into,
        "pragma table_list",
        "select * from pragma_table_list",
        "select * from sqlite_master",
        "select * from records",
        "select load_extension('x')",
        "begin",
        "savepoint s",
        "analyze",
        "reindex",
        "vacuum",
        "",
        "-- nothing",
        "explain delete from batches",
        "select * from dbstat",
        "create virtual table t using fts5(x)",
        "select * from main.sqlite_schema",
        "select fts3_tokenizer('x')",
    ] {
        let (what, _) = wrong(&rich.log, statement);
        assert!(
            what == guard::REFUSED
                || what.starts_with("no such")
                || what.contains("not authorized")
                || what.contains("prohibited")
                || what.contains("may not be modified"),
            "{statement}: {what}"
        );
    }
    assert!(!file.exists());
    assert_eq!(wrong(&rich.log, "select 1; select 2").0, "there is more than one statement");
    assert_eq!(rich.log.head().unwrap(), before);
    assert!(rich.log.verify().unwrap().holds());
}

#[test]
fn a_wrong_statement_is_told_with_its_place() {
    let rich = rich();
    assert_eq!(wrong(&rich.log, "select clas from events"), ("no such column: clas".to_owned(), Some(7)));
    assert_eq!(wrong(&rich.log, "select 'ä', clas from events").1, Some(13));
    assert_eq!(wrong(&rich.log, "select * from event"), ("no such table: event".to_owned(), None));
    assert_eq!(wrong(&rich.log, "selec 1"), ("near \"selec\": syntax error".to_owned(), Some(0)));
    assert!(wrong(&rich.log, "select * from events where actor = ?").0.contains("write the values into it"));
    assert!(wrong(&rich.log, "select abs(-9223372036854775808)").0.contains("overflow"));
    assert!(wrong(&rich.log, "select zeroblob(1000000000)").0.contains("too big"));
}

#[test]
fn a_statement_that_takes_too_long_is_stopped() {
    let rich = rich();
    let endless = "with recursive n(i) as (select 1 union all select i + 1 from n) select count(*) from n";
    let limit = Duration::from_millis(30);
    let stopped = ask_within(&rich.log, endless, Some(limit));
    assert!(matches!(stopped, Err(SqlError::TooLong(after)) if after == limit), "{stopped:?}");
    assert_eq!(ask_within(&rich.log, "select 1", Some(Duration::from_secs(600))).unwrap(), ["1"]);
}

#[test]
fn rows_come_one_by_one_and_the_log_stands_still_meanwhile() {
    let mut rich = rich();
    let path = rich.folder.path().join("log");
    let reader = SealedLog::open_read_only(&path).unwrap();
    let (zone, lens) = (Zone::utc(), Lens::default());
    let question = Question { statement: "select number from events", zone: &zone, lens: &lens, timeout: None };
    let mut seen = 0;
    reader
        .sql(&question, &mut |part| {
            if matches!(part, Part::Row(_)) {
                seen += 1;
                if seen == 1 {
                    rich.log.void(1, MONDAY, "ann", "meanwhile").unwrap();
                    add(&mut rich.log, "crm", &[event(MONDAY + HOUR, "Zoe")]);
                }
            }
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(seen, 160, "as it stood when the statement began");
    assert_eq!(one(&reader, "select count(*) from events"), "61");
    seen = 0;
    let stop = &mut |part: Part<'_>| {
        seen += usize::from(matches!(part, Part::Row(_)));
        if seen == 5 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    reader.sql(&question, stop).unwrap();
    assert_eq!(seen, 5);
}
