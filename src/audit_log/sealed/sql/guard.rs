//! Guard: what a statement may do. It may SELECT from the tables that are meant for it, for as long as it may; nothing else.

use super::lists::TABLES;
use rusqlite::Connection;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use std::time::Instant;

/// What is said to a statement that wants more.
pub(super) const REFUSED: &str =
    "only one SELECT over the tables of the log is allowed here: it reads, and changes nothing";

/// Largest text or blob that a statement may make, so that it cannot take all memory at once.
const LARGEST: i32 = 64 << 20;

/// Longest statement.
const LONGEST: i32 = 1 << 20;

/// Instructions of SQLite's machine between two looks at the clock.
const LOOK_EVERY: i32 = 20_000;

/// Sets what every later statement of this connection may do. `until`: when it is stopped.
pub(super) fn set(db: &mut Connection, until: Option<Instant>) -> Result<(), rusqlite::Error> {
    db.set_limit(Limit::SQLITE_LIMIT_LENGTH, LARGEST)?;
    db.set_limit(Limit::SQLITE_LIMIT_SQL_LENGTH, LONGEST)?;
    db.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    if let Some(until) = until {
        db.progress_handler(LOOK_EVERY, Some(move || Instant::now() >= until))?;
    }
    db.authorizer(Some(|context: AuthContext<'_>| match may(context.action) {
        true => Authorization::Allow,
        false => Authorization::Deny,
    }))
}

fn may(action: AuthAction<'_>) -> bool {
    match action {
        AuthAction::Select | AuthAction::Recursive => true,
        AuthAction::Read { table_name, column_name } => {
            // Without a column rows are only counted, perhaps those of a WITH, whatever its name: nothing is read of a table.
            // The last two take JSON apart, row by row.
            column_name.is_empty()
                || ["events", "json_each", "json_tree"].contains(&table_name)
                || TABLES.iter().any(|table| table.name == table_name)
        }
        AuthAction::Function { function_name } => {
            // Both are off by default; a statement has no business with them.
            !["load_extension", "fts3_tokenizer"].contains(&function_name)
        }
        _ => false,
    }
}
