//! Lists: the short tables beside `events`, filled when a statement names them: batches, sources, quarantine, people.

use super::reading::time_text;
use super::{AuditLog, LogError, Question, SealedLog};
use crate::audit_log::sealed::storage::sql;
use crate::calendar::{Millis, Span};
use rusqlite::{Connection, params};

/// A table with its columns: name, type, meaning.
#[derive(Debug)]
pub struct ListTable {
    /// Its name.
    pub name: &'static str,
    /// What it lists.
    pub what: &'static str,
    /// Its columns.
    pub columns: &'static [(&'static str, &'static str, &'static str)],
}

/// All of them.
pub(super) const TABLES: &[ListTable] = &[
    ListTable {
        name: "batches",
        what: "what each import added, voided ones too",
        columns: &[
            ("batch", "INTEGER", "number, from 1"),
            ("source", "TEXT", "name of its source"),
            ("file", "TEXT", "file name as given"),
            ("sha256", "TEXT", "of the file"),
            ("mapping", "TEXT", "how it was read"),
            ("importer", "TEXT", "account that imported"),
            ("imported", "TEXT", "when, UTC"),
            ("first", "TEXT", "first event, UTC; NULL: it added none"),
            ("last", "TEXT", "last event, UTC"),
            ("rows", "INTEGER", "rows read = added + repeated + quarantined + no_event"),
            ("added", "INTEGER", "events added"),
            ("repeated", "INTEGER", "events that the log had"),
            ("quarantined", "INTEGER", "rows that could not be read"),
            ("no_event", "INTEGER", "rows that by design make no event"),
            ("root", "TEXT", "Merkle root over its events"),
            ("voided", "TEXT", "when it was declared void, UTC; NULL: it counts"),
            ("voided_by", "TEXT", "by whom"),
            ("void_reason", "TEXT", "why"),
        ],
    },
    ListTable {
        name: "sources",
        what: "every source that was ever imported",
        columns: &[
            ("source", "TEXT", "its name"),
            ("title", "TEXT", "what reports call it"),
            ("events", "INTEGER", "events that count"),
            ("first", "TEXT", "first event, UTC"),
            ("last", "TEXT", "last event, UTC"),
            ("rejected", "INTEGER", "open rows in quarantine"),
            ("retention_days", "INTEGER", "days after which the vendor forgets; NULL: not declared"),
            ("imported", "TEXT", "newest import, UTC"),
        ],
    },
    ListTable {
        name: "quarantine",
        what: "rows that could not be read, settled ones too",
        columns: &[
            ("id", "INTEGER", "its number"),
            ("batch", "INTEGER", "the batch that brought it"),
            ("source", "TEXT", "name of its source"),
            ("file", "TEXT", "file name"),
            ("line", "INTEGER", "line in the file"),
            ("reason", "TEXT", "why it could not be read"),
            ("raw", "TEXT", "the row, verbatim"),
            ("settled_by", "INTEGER", "the batch in which a retry brought it in"),
        ],
    },
    ListTable {
        name: "people",
        what: "the directory, one row for each stretch of time",
        columns: &[
            ("actor_key", "TEXT", "what `events.actor_key` has"),
            ("actor", "TEXT", "as the directory writes it"),
            ("name", "TEXT", "full name"),
            ("kind", "TEXT", "person, service or system"),
            ("team", "TEXT", "team"),
            ("role", "TEXT", "role"),
            ("manager", "TEXT", "actor of the manager"),
            ("email", "TEXT", "address"),
            ("from_ms", "INTEGER", "first instant for which the row holds; NULL: always before"),
            ("until_ms", "INTEGER", "first instant for which it no longer holds; NULL: still"),
        ],
    },
];

/// Makes all tables, and fills those that the statement names: a name has no other spelling than its letters.
pub(super) fn fill(db: &mut Connection, log: &SealedLog, question: &Question<'_>) -> Result<(), LogError> {
    let statement = question.statement.to_lowercase();
    let tx = db.transaction().map_err(sql)?;
    for table in TABLES {
        let columns: Vec<String> = table.columns.iter().map(|(name, kind, _)| format!("\"{name}\" {kind}")).collect();
        tx.execute_batch(&format!("CREATE TABLE \"{}\" ({}) STRICT", table.name, columns.join(", "))).map_err(sql)?;
        if !statement.contains(table.name) {
            continue;
        }
        let marks = vec!["?"; table.columns.len()].join(", ");
        let mut insert = tx.prepare(&format!("INSERT INTO \"{}\" VALUES ({marks})", table.name)).map_err(sql)?;
        match table.name {
            "batches" => batches(&mut insert, log)?,
            "sources" => sources(&mut insert, log)?,
            "quarantine" => quarantine(&mut insert, log)?,
            _ => people(&mut insert, question)?,
        }
    }
    tx.commit().map_err(sql)
}

fn batches(insert: &mut rusqlite::Statement<'_>, log: &SealedLog) -> Result<(), LogError> {
    for batch in log.batches()? {
        let (about, rows, voided) = (&batch.about, &batch.rows, batch.voided.as_ref());
        insert
            .execute(params![
                batch.number as i64,
                batch.source.name,
                about.file,
                about.sha256,
                about.mapping,
                about.importer,
                time_text(batch.imported_at),
                batch.span.map(|span| time_text(span.from)),
                batch.span.map(|span| time_text(span.to - 1)),
                rows.read as i64,
                rows.added as i64,
                rows.repeated as i64,
                rows.quarantined as i64,
                rows.no_event as i64,
                batch.root,
                voided.map(|voided| time_text(voided.at)),
                voided.map(|voided| &voided.by),
                voided.map(|voided| &voided.reason),
            ])
            .map_err(sql)?;
    }
    Ok(())
}

fn sources(insert: &mut rusqlite::Statement<'_>, log: &SealedLog) -> Result<(), LogError> {
    let always = Span { from: Millis::MIN, to: Millis::MAX };
    for one in log.coverage(always, Millis::MAX)? {
        insert
            .execute(params![
                one.source.name,
                one.source.title,
                one.events as i64,
                one.first.map(time_text),
                one.last.map(time_text),
                one.rejected as i64,
                one.source.retention_days,
                one.imported_at.map(time_text),
            ])
            .map_err(sql)?;
    }
    Ok(())
}

fn quarantine(insert: &mut rusqlite::Statement<'_>, log: &SealedLog) -> Result<(), LogError> {
    for one in log.quarantine(false)? {
        let settled_by = one.settled_by.map(|batch| batch as i64);
        let (id, batch, line) = (one.id as i64, one.batch as i64, one.row.line as i64);
        insert
            .execute(params![id, batch, one.source, one.file, line, one.row.reason, one.row.raw, settled_by])
            .map_err(sql)?;
    }
    Ok(())
}

fn people(insert: &mut rusqlite::Statement<'_>, question: &Question<'_>) -> Result<(), LogError> {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    for person in question.lens.directory.rows() {
        insert
            .execute(params![
                crate::event::actor_key(&person.actor),
                person.actor,
                some(&person.name),
                some(&person.kind),
                some(&person.team),
                some(&person.role),
                some(&person.manager),
                some(&person.email),
                person.from,
                person.until,
            ])
            .map_err(sql)?;
    }
    Ok(())
}
