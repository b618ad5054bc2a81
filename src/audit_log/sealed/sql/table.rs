//! Table: `events` as SQLite sees it, a virtual table over the segments of the log.
//!
//! The one file of the crate with `unsafe`: rusqlite's traits for virtual tables are `unsafe` to implement, because SQLite
//! is handed pointers to these structs and takes them for its own. What they ask for is kept here: both structs are
//! `repr(C)`, and SQLite's part is their first field. There is no unsafe block: nothing else is done with pointers.
#![allow(unsafe_code)]

use super::block::{Block, Cell};
use super::columns::Column;
use super::narrow::{Compare, Narrow, Rows, is_useful};
use super::reading::Reading;
use crate::audit_log::sealed::answer::chunk::Segment;
use rusqlite::fallible_iterator::FallibleIterator;
use rusqlite::ffi;
use rusqlite::types::{Value, ValueRef};
use rusqlite::vtab::{Context, Filters, IndexConstraintOp, IndexInfo, Module, VTab, VTabConnection, VTabCursor};
use rusqlite::{Connection, Error};
use std::borrow::Cow;
use std::ffi::{CStr, CString, c_int};
use std::sync::Arc;

/// Makes the table `events` known to a connection.
pub(super) fn register(db: &Connection, reading: &Arc<Reading>) -> Result<(), Error> {
    const MODULE: Module<'static, Events> = Module::eponymous_only_module();
    db.create_module(c"events", &MODULE, Some(reading.clone()))
}

/// The table.
#[repr(C)]
struct Events {
    base: ffi::sqlite3_vtab,
    reading: Arc<Reading>,
}

// SAFETY: `repr(C)`, and the base is the first field.
unsafe impl<'vtab> VTab<'vtab> for Events {
    type Aux = Arc<Reading>;
    type Cursor = Cursor;

    fn connect(
        _: &mut VTabConnection,
        reading: Option<&Arc<Reading>>,
        _: &[u8],
        _: &[u8],
        _: &[u8],
        _: &[&[u8]],
    ) -> Result<(Cow<'static, CStr>, Events), Error> {
        let reading = reading.ok_or_else(|| Error::ModuleError("there is no log".to_owned()))?.clone();
        let declaration = CString::new(Column::declaration())?;
        Ok((Cow::Owned(declaration), Events { base: ffi::sqlite3_vtab::default(), reading }))
    }

    /// Tells SQLite which conditions save reading, and how much each of them does.
    fn best_index(&self, info: &mut IndexInfo) -> Result<bool, Error> {
        let mut useful = Vec::new();
        for (place, constraint) in info.constraints().enumerate() {
            let compare = match constraint.operator() {
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_EQ => Compare::Equal,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GT => Compare::More,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_GE => Compare::AtLeast,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LT => Compare::Less,
                IndexConstraintOp::SQLITE_INDEX_CONSTRAINT_LE => Compare::AtMost,
                _ => continue,
            };
            // Under another collation other texts are equal, and their order is another one.
            if constraint.is_usable() && info.collation(place).is_ok_and(|name| name == "BINARY") {
                let is_in = compare == Compare::Equal && info.is_in_constraint(place)?;
                let compare = if is_in { Compare::In } else { compare };
                if let Some(column) = Column::at(constraint.column()).filter(|column| is_useful(*column, compare)) {
                    useful.push((place, column, compare));
                }
            }
        }
        let mut plan = String::new();
        let mut rows = self.reading.state.live().map(|batch| batch.rows.added).sum::<u64>().max(1) as f64;
        for (argument, (place, column, compare)) in (1..).zip(&useful) {
            if *compare == Compare::In {
                // All values at once: the log is read once, and not once for each.
                info.set_in_constraint(*place, true)?;
            }
            // Not omitted: SQLite checks each row again.
            info.constraint_usage(*place).set_argv_index(argument);
            rows /= match (column, compare) {
                (Column::Source | Column::Class | Column::Outcome, _) => 4.0,
                (_, Compare::Equal) => 30.0,
                (_, Compare::In) => 10.0,
                _ => 3.0,
            };
            plan.push_str(&format!("{}{}", *column as u8, compare.letter()));
        }
        info.set_idx_str(&plan);
        info.set_estimated_rows(rows.max(1.0) as i64);
        info.set_estimated_cost(rows.max(1.0) * 2.0);
        Ok(true)
    }

    fn open(&'vtab mut self) -> Result<Cursor, Error> {
        Ok(Cursor {
            base: ffi::sqlite3_vtab_cursor::default(),
            reading: self.reading.clone(),
            narrow: Narrow::default(),
            segments: Vec::new().into_iter(),
            block: None,
            rows: Rows::All(0),
            at: 0,
        })
    }
}

/// A walk through the rows that are left.
#[repr(C)]
struct Cursor {
    base: ffi::sqlite3_vtab_cursor,
    reading: Arc<Reading>,
    narrow: Narrow,
    /// Those to come.
    segments: std::vec::IntoIter<Segment>,
    /// The one being read; `None` at the end.
    block: Option<Block>,
    rows: Rows,
    /// Place among `rows`.
    at: usize,
}

impl Cursor {
    /// Goes on to the next segment that has rows.
    fn next_block(&mut self) -> Result<(), Error> {
        loop {
            self.at = 0;
            let Some(segment) = self.segments.next() else {
                self.block = None;
                return Ok(());
            };
            let block = Block::new(segment);
            self.rows = self.narrow.rows(&self.reading, &block).map_err(|error| self.reading.failed(error))?;
            let is_empty = match &self.rows {
                Rows::All(count) => *count == 0,
                Rows::Some(rows) => rows.is_empty(),
            };
            if !is_empty {
                self.block = Some(block);
                return Ok(());
            }
        }
    }

    fn row(&self) -> usize {
        match &self.rows {
            Rows::All(_) => self.at,
            Rows::Some(rows) => rows.get(self.at).map_or(0, |row| *row as usize),
        }
    }
}

// SAFETY: `repr(C)`, and the base is the first field.
unsafe impl VTabCursor for Cursor {
    fn filter(&mut self, _: c_int, plan: Option<&str>, arguments: &Filters<'_>) -> Result<(), Error> {
        self.narrow = Narrow::default();
        let values: Vec<ValueRef<'_>> = arguments.iter().collect();
        let conditions = plan.unwrap_or_default().split_inclusive(|c: char| !c.is_ascii_digit());
        for (place, (condition, value)) in conditions.zip(&values).enumerate() {
            let (column, letter) = condition.split_at(condition.len().saturating_sub(1));
            let column = column.parse().ok().and_then(Column::at);
            let compare = letter.chars().next().and_then(Compare::of_letter);
            let (Some(column), Some(compare)) = (column, compare) else {
                return Err(Error::ModuleError(format!("a plan that is none: {condition}")));
            };
            let taken = if compare == Compare::In {
                // SQLite takes each value back when the next one is asked for.
                let list: Vec<Value> =
                    arguments.in_values(place)?.map(|value| Ok(Value::try_from(value)?)).collect()?;
                let list: Vec<ValueRef<'_>> = list.iter().map(ValueRef::from).collect();
                self.narrow.take(&self.reading, column, compare, &list)
            } else {
                self.narrow.take(&self.reading, column, compare, std::slice::from_ref(value))
            };
            taken.map_err(|error| self.reading.failed(error))?;
        }
        let segments = self.narrow.segments(&self.reading).map_err(|error| self.reading.failed(error))?;
        self.segments = segments.into_iter();
        self.next_block()
    }

    fn next(&mut self) -> Result<(), Error> {
        self.at += 1;
        let count = match &self.rows {
            Rows::All(count) => *count,
            Rows::Some(rows) => rows.len(),
        };
        if self.at < count { Ok(()) } else { self.next_block() }
    }

    fn eof(&self) -> bool {
        self.block.is_none()
    }

    fn column(&self, context: &mut Context, column: c_int) -> Result<(), Error> {
        let (Some(block), Some(column)) = (&self.block, Column::at(column)) else { return Ok(()) };
        match block.cell(&self.reading, self.row(), column).map_err(|error| self.reading.failed(error))? {
            Cell::Null => context.set_result(rusqlite::types::Null),
            Cell::Number(number) => context.set_result(number),
            Cell::Text(text) => context.set_result(text),
            Cell::Made(text) => context.set_result(text),
        }
    }

    fn rowid(&self) -> Result<i64, Error> {
        let Some(block) = &self.block else { return Ok(0) };
        let indices = block.indices(&self.reading).map_err(|error| self.reading.failed(error))?;
        let index = indices.get(self.row()).copied().unwrap_or(0);
        Ok((block.segment.batch as i64) << 40 | index)
    }
}
