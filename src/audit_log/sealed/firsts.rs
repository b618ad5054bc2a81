//! Firsts: for each batch, which values it has, in the order in which it met them, and each one's earliest time.
//!
//! Derived, so not sealed. From it comes when a value was first seen in the whole log, and how an actor was first written,
//! both without a look at the events, and right after a batch was voided too.

use super::segment::{KINDS, Kind};
use super::storage::{compress, damaged, decompress, sql};
use crate::audit_log::LogError;
use crate::calendar::Millis;
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use crate::seal::canonical::Parts;
use rusqlite::Connection;

/// Columns of which firsts are kept: those with a dictionary, then action class and outcome.
pub(super) const COLUMNS: usize = KINDS + 2;
/// Place of the action class among them.
pub(super) const CLASS: usize = KINDS;
/// Place of the outcome among them.
pub(super) const OUTCOME: usize = KINDS + 1;

/// The firsts of one column of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct Firsts {
    /// Codes as they were met.
    order: Vec<u32>,
    /// By code: the earliest time, or [`NEVER`].
    earliest: Vec<Millis>,
}

/// Later than any event may be.
const NEVER: Millis = Millis::MAX;

impl Firsts {
    fn push(&mut self, code: u32, time: Millis) {
        let at = code as usize;
        if at >= self.earliest.len() {
            self.earliest.resize(at + 1, NEVER);
        }
        let Some(earliest) = self.earliest.get_mut(at) else { return };
        if time < *earliest {
            if *earliest == NEVER {
                self.order.push(code);
            }
            *earliest = time;
        }
    }

    /// The stored form; `None` if there is nothing to store.
    pub(super) fn bytes(&self) -> Result<Option<Vec<u8>>, LogError> {
        let time = |code: u32| self.earliest.get(code as usize).copied().unwrap_or(NEVER);
        let order: Vec<(u32, Millis)> = self.order.iter().map(|code| (*code, time(*code))).collect();
        write(&order)
    }
}

/// The stored form of codes in the order in which a batch met them, with their earliest times; `None` if there are none.
pub(super) fn write(order: &[(u32, Millis)]) -> Result<Option<Vec<u8>>, LogError> {
    let Some(base) = order.iter().map(|(_, time)| *time).min() else { return Ok(None) };
    let mut out = Writer::new();
    out.signed(base);
    out.number(order.len() as u64);
    for (code, time) in order {
        out.number(u64::from(*code));
        out.number(time.wrapping_sub(base) as u64);
    }
    compress(out.as_slice()).map(Some)
}

/// The firsts of all columns of a batch.
#[derive(Clone, Debug, Default)]
pub(super) struct AllFirsts {
    pub(super) columns: [Firsts; COLUMNS],
}

impl AllFirsts {
    /// The next event, with its codes.
    pub(super) fn push(&mut self, event: &Parts<'_>, codes: [u32; KINDS]) {
        let all = codes.into_iter().chain([event.class as u32, event.outcome as u32]);
        for (column, code) in self.columns.iter_mut().zip(all) {
            column.push(code, event.time);
        }
    }
}

/// Reads the stored form: codes in the order in which the batch met them, with their earliest times.
pub(super) fn read(bytes: &[u8]) -> Result<Vec<(u32, Millis)>, SealError> {
    let bytes = decompress(bytes)?;
    let mut from = Reader::new(&bytes);
    let base = from.signed()?;
    let mut order = Vec::new();
    for _ in 0..from.count(2)? {
        let code = u32::try_from(from.number()?).map_err(|_| SealError::Malformed("a code above 32 bits".into()))?;
        order.push((code, base.wrapping_add(from.number()? as i64)));
    }
    from.end()?;
    Ok(order)
}

/// Gives the firsts of a column to `take`, batch by batch in order of number, for those batches that `live` allows.
pub(super) fn each(
    db: &Connection,
    column: usize,
    live: impl Fn(u64) -> bool,
    mut take: impl FnMut(u32, Millis),
) -> Result<(), LogError> {
    let mut find = db.prepare_cached("SELECT batch, body FROM firsts WHERE kind = ?1 ORDER BY batch").map_err(sql)?;
    let mut rows = find.query([column as i64]).map_err(sql)?;
    while let Some(row) = rows.next().map_err(sql)? {
        let batch: i64 = row.get(0).map_err(sql)?;
        if !live(batch as u64) {
            continue;
        }
        let body = row.get_ref(1).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
        let place = Kind::ALL.get(column).map_or("codes", |kind| kind.name());
        for (code, time) in read(body).map_err(damaged(format!("first-seen {place} of batch {batch}")))? {
            take(code, time);
        }
    }
    Ok(())
}
