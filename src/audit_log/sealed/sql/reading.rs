//! Reading: the log as one statement sees it from begin to end; shared by all cursors that the statement opens.

use super::{LogError, Question};
use crate::audit_log::Lens;
use crate::audit_log::sealed::dictionary::Dictionaries;
use crate::audit_log::sealed::segment::{KINDS, Kind};
use crate::audit_log::sealed::state::State;
use crate::audit_log::sealed::storage::sql;
use crate::calendar::Millis;
use crate::calendar::zone::Zone;
use crate::event::actor_key;
use chrono::{Datelike, Timelike};
use rusqlite::Connection;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What is read is kept: dictionaries as soon as one column of theirs is asked, and never before.
pub(super) struct Reading {
    /// Inside a read transaction, so that what it sees does not move.
    db: Mutex<Connection>,
    pub(super) state: State,
    texts: [OnceLock<Dictionaries>; KINDS],
    /// By spelling of an actor: the form by which people are matched.
    keys: OnceLock<Vec<String>>,
    pub(super) lens: Lens,
    pub(super) zone: Zone,
    /// What went wrong, kept here because a virtual table can only say words.
    failure: Mutex<Option<LogError>>,
}

impl Reading {
    pub(super) fn open(db: Connection, question: &Question<'_>) -> Result<Reading, LogError> {
        db.execute_batch("BEGIN").map_err(sql)?;
        let mut state = State::default();
        state.refresh(&db)?;
        Ok(Reading {
            db: Mutex::new(db),
            state,
            texts: Default::default(),
            keys: OnceLock::new(),
            lens: question.lens.clone(),
            zone: question.zone.clone(),
            failure: Mutex::default(),
        })
    }

    /// The connection to the log. All of a statement runs in one thread, so nobody waits here.
    pub(super) fn db(&self) -> MutexGuard<'_, Connection> {
        self.db.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The texts of a dictionary; the place is the code.
    pub(super) fn texts(&self, kind: Kind) -> Result<&[Box<str>], LogError> {
        let Some(place) = self.texts.get(kind as usize) else { return Ok(&[]) };
        if place.get().is_none() {
            let mut read = Dictionaries::default();
            read.load(&self.db(), kind)?;
            // Another thread would have read the same.
            let _ = place.set(read);
        }
        Ok(place.get().map_or(&[], |read| read.texts(kind)))
    }

    /// The keys of actors, by the code of their spelling.
    pub(super) fn keys(&self) -> Result<&[String], LogError> {
        let texts = self.texts(Kind::Actor)?;
        Ok(self.keys.get_or_init(|| texts.iter().map(|text| actor_key(text)).collect()))
    }

    /// Keeps what went wrong, and gives the words for it.
    pub(super) fn failed(&self, error: LogError) -> rusqlite::Error {
        let words = error.to_string();
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        rusqlite::Error::ModuleError(words)
    }

    /// What went wrong, if anything did.
    pub(super) fn failure(&self) -> Option<LogError> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// An instant as `2026-11-22T08:30:00.000Z`: always of this length, so that such texts compare as their times do.
pub(super) fn time_text(time: Millis) -> String {
    match chrono::DateTime::from_timestamp_millis(time) {
        Some(at) => {
            let (date, clock) = (at.date_naive(), at.time());
            let mut text = String::with_capacity(24);
            digits(&mut text, date.year().unsigned_abs(), 4);
            for (before, value) in [('-', date.month()), ('-', date.day()), ('T', clock.hour())] {
                text.push(before);
                digits(&mut text, value, 2);
            }
            for value in [clock.minute(), clock.second()] {
                text.push(':');
                digits(&mut text, value, 2);
            }
            text.push('.');
            digits(&mut text, time.rem_euclid(1000) as u32, 3);
            text.push('Z');
            text
        }
        None => time.to_string(),
    }
}

/// Writes a number in so many digits. `format!` takes three times as long, and this is done for every row.
fn digits(text: &mut String, value: u32, count: u32) {
    for place in (0..count).rev() {
        let digit = value / 10u32.pow(place) % 10;
        text.push(char::from_digit(digit, 10).unwrap_or('0'));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit_log::{EARLIEST, LATEST};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn texts_of_times_read_back_and_compare_as_times(one in EARLIEST..LATEST, other in EARLIEST..LATEST) {
            let back = chrono::DateTime::parse_from_rfc3339(&time_text(one)).unwrap();
            prop_assert_eq!(back.timestamp_millis(), one);
            prop_assert_eq!(time_text(one).cmp(&time_text(other)), one.cmp(&other));
        }
    }
}
