//! Sql: one SELECT over the log, for questions that no report asks. It reads, and can do nothing else.
//!
//! The statement runs in a database of its own in memory, which holds the virtual table `events` and a few short lists;
//! the log's file is not attached to it, so that no statement can reach it but through the virtual table. Rows stream: what
//! sorting or grouping has to keep, SQLite keeps in temporary files once it is large.

mod block;
pub mod columns;
mod guard;
mod lists;
mod narrow;
mod reading;
mod table;

use super::SealedLog;
use super::storage;
use crate::audit_log::{AuditLog, Lens, LogError};
use crate::calendar::zone::Zone;
use reading::Reading;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode};
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A statement with what it is read through.
pub struct Question<'a> {
    /// One SELECT (or WITH … SELECT, or EXPLAIN QUERY PLAN of one).
    pub statement: &'a str,
    /// The zone of days, hours and weekdays.
    pub zone: &'a Zone,
    /// Who people were, and when they were expected to work.
    pub lens: &'a Lens,
    /// Longest time that it may take.
    pub timeout: Option<Duration>,
}

/// One value of an answer.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Value<'a> {
    Null,
    Integer(i64),
    Real(f64),
    /// Text; bytes of a cast that are no UTF-8 are replaced.
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
}

/// What of an answer comes next.
pub enum Part<'a> {
    /// The names of its columns: once, first.
    Head(&'a [String]),
    /// A row.
    Row(&'a [Value<'a>]),
}

/// Why a statement has no answer.
#[derive(Debug, thiserror::Error)]
pub enum SqlError {
    /// The statement is wrong, or asks for what it may not.
    #[error("{what}")]
    Wrong {
        /// What is wrong.
        what: String,
        /// Where in the statement, in bytes from its begin, if SQLite says so.
        at: Option<usize>,
    },
    /// It took longer than it may.
    #[error("the statement took longer than {} s and was stopped", .0.as_secs_f64())]
    TooLong(Duration),
    /// The log could not be read.
    #[error(transparent)]
    Log(#[from] LogError),
}

impl SealedLog {
    /// Runs a statement and gives its columns and rows to `each`, one by one, until that breaks off. The log is seen as
    /// it stands when this begins; events of voided batches are out.
    ///
    /// # Errors
    /// A statement that is wrong; a log that cannot be read.
    pub fn sql(
        &self,
        question: &Question<'_>,
        each: &mut dyn FnMut(Part<'_>) -> ControlFlow<()>,
    ) -> Result<(), SqlError> {
        let started = Instant::now();
        question.lens.check()?;
        let path = self.db.path().unwrap_or_default();
        // A reader of its own: the statement may run for long, and what it sees must not move meanwhile.
        let reading = Arc::new(Reading::open(storage::open_read_only(Path::new(path))?, question)?);
        let mut db = Connection::open_in_memory().map_err(storage::sql)?;
        lists::fill(&mut db, self, question)?;
        table::register(&db, &reading).map_err(storage::sql)?;
        guard::set(&mut db, question.timeout.map(|limit| started + limit)).map_err(storage::sql)?;
        run(&db, question.statement, each).map_err(|error| match reading.failure() {
            Some(failure) => SqlError::Log(failure),
            None => meaning(error, question.timeout),
        })
    }
}

fn run(
    db: &Connection,
    statement: &str,
    each: &mut dyn FnMut(Part<'_>) -> ControlFlow<()>,
) -> Result<(), rusqlite::Error> {
    let mut prepared = db.prepare(statement)?;
    let names: Vec<String> = prepared.column_names().map(str::to_owned).collect();
    if names.is_empty() || !prepared.readonly() {
        return Err(rusqlite::Error::InvalidQuery);
    }
    let count = names.len();
    if each(Part::Head(&names)).is_break() {
        return Ok(());
    }
    let mut rows = prepared.query([])?;
    while let Some(row) = rows.next()? {
        let mut values = Vec::with_capacity(count);
        for column in 0..count {
            values.push(match row.get_ref(column)? {
                ValueRef::Null => Value::Null,
                ValueRef::Integer(number) => Value::Integer(number),
                ValueRef::Real(number) => Value::Real(number),
                ValueRef::Text(bytes) => Value::Text(String::from_utf8_lossy(bytes)),
                ValueRef::Blob(bytes) => Value::Bytes(bytes),
            });
        }
        if each(Part::Row(&values)).is_break() {
            break;
        }
    }
    Ok(())
}

/// What an error of SQLite says to the one who wrote the statement.
fn meaning(error: rusqlite::Error, timeout: Option<Duration>) -> SqlError {
    let wrong = |what: String, at: Option<usize>| SqlError::Wrong { what, at };
    match error {
        rusqlite::Error::SqlInputError { error, msg, offset, .. } => match error.code {
            ErrorCode::AuthorizationForStatementDenied => wrong(guard::REFUSED.to_owned(), None),
            _ => wrong(msg, usize::try_from(offset).ok()),
        },
        rusqlite::Error::SqliteFailure(failure, message) => match failure.code {
            ErrorCode::AuthorizationForStatementDenied => wrong(guard::REFUSED.to_owned(), None),
            ErrorCode::OperationInterrupted => SqlError::TooLong(timeout.unwrap_or_default()),
            ErrorCode::DiskFull | ErrorCode::CannotOpen | ErrorCode::SystemIoFailure | ErrorCode::OutOfMemory => {
                SqlError::Log(LogError::Storage(format!(
                    "room for sorting or grouping is missing ({}): narrow the statement, or set SQLITE_TMPDIR to a folder with more room",
                    message.unwrap_or_else(|| failure.to_string())
                )))
            }
            _ => wrong(message.unwrap_or_else(|| failure.to_string()), None),
        },
        rusqlite::Error::MultipleStatement => wrong("there is more than one statement".to_owned(), None),
        rusqlite::Error::InvalidQuery => wrong(guard::REFUSED.to_owned(), None),
        rusqlite::Error::NulError(_) => wrong("the statement holds a zero byte".to_owned(), None),
        rusqlite::Error::InvalidParameterCount(..) => {
            wrong("the statement has parameters (`?`, `:name`): write the values into it".to_owned(), None)
        }
        other => wrong(other.to_string(), None),
    }
}

/// The tables that a statement may read, beside `events`: name, what it lists, and its columns with what they mean.
pub fn list_tables() -> &'static [lists::ListTable] {
    lists::TABLES
}

#[cfg(test)]
mod tests;
