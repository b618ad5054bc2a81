//! Retire: whole UTC days of a source taken out of the file, with every text that no remaining event has.
//!
//! What is sealed of them stays: day roots in the manifests (so batch roots still follow from them) and the leaf hashes of
//! quarantined rows. What changes in the file (dictionaries without the retired texts, manifests) is sealed anew by the
//! record of the retirement, which names the new manifest of every batch that it touched.

use super::answer::segments_everywhere;
use super::dictionary::{self, Dictionaries};
use super::events::body;
use super::firsts::{self, CLASS, COLUMNS, OUTCOME};
use super::import::add_record;
use super::manifest::Manifest;
use super::segment::{self, Columns, Heat, Kind};
use super::state::State;
use super::storage::{damaged, sql};
use crate::audit_log::quarantine::{self, is_before};
use crate::audit_log::record::Record;
use crate::audit_log::roots::day_of;
use crate::audit_log::{Batch, LogError, RetireOrder, Retired};
use crate::calendar::Millis;
use crate::event::{ActionClass, Outcome, Rejected, actor_key};
use crate::seal::bytes::Writer;
use crate::seal::hash::{Hash, Hasher, sha256};
use rusqlite::{Connection, OptionalExtension};
use std::collections::{BTreeMap, HashSet};

/// Does it, inside a transaction. All dictionaries must be loaded. Where there is nothing to remove, nothing is changed.
pub(super) fn retire(
    db: &Connection,
    state: &State,
    texts: &Dictionaries,
    order: &RetireOrder,
    now: Millis,
) -> Result<Retired, LogError> {
    let mut retired = crate::audit_log::begin_retiring(order, state.retired_before(&order.source), now)?;
    let mut manifests = BTreeMap::new();
    for batch in state.batches.iter().filter(|batch| batch.source.name == order.source) {
        let mut manifest = read_manifest(db, batch.number)?;
        let before = manifest.clone();
        retired.events += remove_days(db, batch.number, order.before, &mut manifest)?;
        retired.rows += remove_rows(db, batch, order.before, &mut manifest)?;
        if manifest != before {
            manifests.insert(batch.number, manifest);
        }
    }
    if retired.events == 0 && retired.rows == 0 {
        return Ok(retired);
    }
    // Marks of earlier retirements may have to go too, where the last event that kept them is gone now.
    for batch in state.touched() {
        if !manifests.contains_key(batch) {
            manifests.insert(*batch, read_manifest(db, *batch)?);
        }
    }
    let used = Used::of(db, texts)?;
    forget_texts(db, &used, &mut manifests)?;
    let mut sealed = Vec::new();
    for (number, mut manifest) in manifests {
        let of_source = state.batch(number).is_some_and(|batch| batch.source.name == order.source);
        forget_firsts(db, number, of_source.then_some(order.before), &used)?;
        manifest.derived = Some(derived(db, number)?);
        let bytes = manifest.bytes();
        let changed = db
            .execute("UPDATE manifests SET body = ?2 WHERE batch = ?1 AND body != ?2", (number as i64, &bytes))
            .map_err(sql)?;
        if changed > 0 {
            sealed.push((number, sha256(&bytes)));
        }
    }
    add_record(db, state.records() + 1, &Record::Retire { retired: retired.clone(), manifests: sealed })?;
    Ok(retired)
}

/// The list of what is stored for a batch.
pub(super) fn read_manifest(db: &Connection, batch: u64) -> Result<Manifest, LogError> {
    let place = || format!("manifest of batch {batch}");
    let body: Option<Vec<u8>> = db
        .query_row("SELECT body FROM manifests WHERE batch = ?1", [batch as i64], |row| row.get(0))
        .optional()
        .map_err(sql)?;
    let body = body.ok_or_else(|| LogError::Damaged(format!("{}: it is missing", place())))?;
    Manifest::read(&body).map_err(damaged(place()))
}

/// Removes the segments of a batch's days before an instant; gives how many events they had.
fn remove_days(db: &Connection, batch: u64, before: Millis, manifest: &mut Manifest) -> Result<u64, LogError> {
    let day = day_of(before);
    let of_days = "SELECT id FROM segments WHERE batch = ?1 AND day < ?2";
    for table in ["hot", "warm", "cold"] {
        let statement = format!("DELETE FROM {table} WHERE segment IN ({of_days})");
        db.execute(&statement, (batch as i64, day)).map_err(sql)?;
    }
    db.execute("DELETE FROM segments WHERE batch = ?1 AND day < ?2", (batch as i64, day)).map_err(sql)?;
    // Keys of ids stay: they are hashes, and recognise an id that comes again with another time.
    let mut events = 0;
    manifest.segments.retain(|segment| {
        let stays = segment.day >= day;
        events += if stays { 0 } else { segment.events };
        stays
    });
    Ok(events)
}

/// Removes the quarantined rows of a batch that are of the days before an instant.
fn remove_rows(db: &Connection, batch: &Batch, before: Millis, manifest: &mut Manifest) -> Result<u64, LogError> {
    let mut find = db
        .prepare_cached("SELECT id, line, reason, raw, around FROM quarantine WHERE batch = ?1 ORDER BY id")
        .map_err(sql)?;
    let mut rows = find.query([batch.number as i64]).map_err(sql)?;
    let mut gone = Vec::new();
    while let Some(row) = rows.next().map_err(sql)? {
        let (id, line, reason, raw, around): (i64, i64, String, String, Option<i64>) = row.try_into().map_err(sql)?;
        if is_before(around, batch, before) {
            let row = Rejected { line: line as u64, reason, raw, around };
            gone.push((id as u64, quarantine::leaf(id as u64, &row)));
        }
    }
    for (id, _) in &gone {
        db.execute("DELETE FROM quarantine WHERE id = ?1", [*id as i64]).map_err(sql)?;
    }
    let count = gone.len() as u64;
    manifest.rows.extend(gone);
    manifest.rows.sort_unstable();
    Ok(count)
}

/// Which codes the remaining events have, column by column as `firsts` has them.
struct Used([Vec<bool>; COLUMNS]);

impl Used {
    fn of(db: &Connection, texts: &Dictionaries) -> Result<Used, LogError> {
        let mut used: [Vec<bool>; COLUMNS] = Default::default();
        for (column, kind) in used.iter_mut().zip(Kind::ALL) {
            column.resize(texts.texts(kind).len(), false);
        }
        for (column, len) in [(CLASS, ActionClass::ALL.len()), (OUTCOME, Outcome::ALL.len())] {
            if let Some(column) = used.get_mut(column) {
                column.resize(len, false);
            }
        }
        for segment in segments_everywhere(db)? {
            let (hot, warm) = (body(db, Heat::Hot, segment)?, body(db, Heat::Warm, segment)?);
            let mut mark = || {
                let hot = Columns::open(Heat::Hot, &hot, segment.events)?;
                let warm = Columns::open(Heat::Warm, &warm, segment.events)?;
                let places = Kind::ALL.iter().map(|kind| kind.place());
                let plain = [(Heat::Hot, segment::CLASS), (Heat::Hot, segment::OUTCOME)];
                for (column, (heat, place)) in used.iter_mut().zip(places.chain(plain)) {
                    let columns = if heat == Heat::Hot { &hot } else { &warm };
                    for code in columns.codes(place, column.len())? {
                        if let Some(used) = column.get_mut(code as usize) {
                            *used = true;
                        }
                    }
                }
                Ok(())
            };
            mark().map_err(damaged(segment))?;
        }
        // Another spelling of somebody who remains stays: by it the log knows that they are not new.
        let actors = texts.texts(Kind::Actor);
        if let Some(column) = used.get_mut(Kind::Actor as usize) {
            let keys: HashSet<String> =
                actors.iter().zip(column.iter()).filter(|(_, used)| **used).map(|(text, _)| actor_key(text)).collect();
            for (text, used) in actors.iter().zip(column.iter_mut()) {
                // An empty text is code 0, or one that is retired already.
                *used |= keys.contains(&actor_key(text));
            }
        }
        Ok(Used(used))
    }

    fn has(&self, column: usize, code: usize) -> bool {
        self.0.get(column).and_then(|column| column.get(code)).copied().unwrap_or(false)
    }
}

/// Empties the texts that no remaining event has. Codes stay what they are: the columns are full of them.
fn forget_texts(db: &Connection, used: &Used, manifests: &mut BTreeMap<u64, Manifest>) -> Result<(), LogError> {
    for (number, manifest) in manifests.iter_mut() {
        let mut find = db
            .prepare_cached("SELECT kind, first, body FROM dictionaries WHERE batch = ?1 ORDER BY kind, first")
            .map_err(sql)?;
        let blocks = find.query_map([*number as i64], |row| row.try_into()).map_err(sql)?;
        let blocks: Vec<(i64, i64, Vec<u8>)> = blocks.collect::<Result<_, _>>().map_err(sql)?;
        if blocks.len() != manifest.dictionaries.len() {
            return Err(LogError::Damaged(format!("dictionaries of batch {number}: not those that were stored")));
        }
        for ((kind, hash), (stored_kind, stored_first, body)) in manifest.dictionaries.iter_mut().zip(blocks) {
            let named = || format!("dictionary of {} of batch {number}", kind.name());
            let (first, texts) = dictionary::read(&body).map_err(damaged(named()))?;
            let kept: Vec<&[u8]> = (first..)
                .zip(&texts)
                .map(|(code, text)| if used.has(*kind as usize, code) { text.as_bytes() } else { b"" })
                .collect();
            if kept.iter().zip(&texts).any(|(kept, text)| *kept != text.as_bytes()) {
                let first = u32::try_from(first).map_err(|_| LogError::Damaged(named()))?;
                let body = dictionary::write(first, &kept)?;
                let update = "UPDATE dictionaries SET body = ?3 WHERE kind = ?1 AND first = ?2";
                db.execute(update, (stored_kind, stored_first, &body)).map_err(sql)?;
                *hash = sha256(&body);
            }
        }
    }
    Ok(())
}

/// Takes out of a batch's firsts what no remaining event has; what was first seen on a retired day (of a batch of the
/// source that is being retired) was first seen before.
fn forget_firsts(db: &Connection, batch: u64, before: Option<Millis>, used: &Used) -> Result<(), LogError> {
    for column in 0..COLUMNS {
        let place = (column as i64, batch as i64);
        let body: Option<Vec<u8>> = db
            .query_row("SELECT body FROM firsts WHERE kind = ?1 AND batch = ?2", place, |row| row.get(0))
            .optional()
            .map_err(sql)?;
        let Some(body) = body else { continue };
        let order = firsts::read(&body).map_err(damaged(format!("what batch {batch} saw first")))?;
        let kept: Vec<(u32, Millis)> = order
            .iter()
            .filter(|(code, _)| used.has(column, *code as usize))
            .map(|(code, time)| (*code, before.filter(|before| time < before).map_or(*time, |before| before - 1)))
            .collect();
        if kept == order {
            continue;
        }
        match firsts::write(&kept)? {
            Some(body) => {
                let update = "UPDATE firsts SET body = ?3 WHERE kind = ?1 AND batch = ?2";
                db.execute(update, (place.0, place.1, body)).map_err(sql)?
            }
            None => db.execute("DELETE FROM firsts WHERE kind = ?1 AND batch = ?2", place).map_err(sql)?,
        };
    }
    Ok(())
}

/// The hash of everything that is derived of a batch and kept: it is sealed once it cannot be derived again.
pub(super) fn derived(db: &Connection, batch: u64) -> Result<Hash, LogError> {
    let mut hasher = Hasher::new();
    for statement in [
        "SELECT kind, 0, 0, body FROM firsts WHERE batch = ?1 ORDER BY kind",
        "SELECT run, keys, 0, filter FROM id_runs WHERE batch = ?1 ORDER BY run",
        "SELECT place, 0, 0, body FROM id_runs JOIN id_keys ON place BETWEEN run << 24 AND (run << 24) + 16777215 \
         WHERE batch = ?1 ORDER BY place",
    ] {
        let mut find = db.prepare_cached(statement).map_err(sql)?;
        let mut rows = find.query([batch as i64]).map_err(sql)?;
        while let Some(row) = rows.next().map_err(sql)? {
            let body = row.get_ref(3).map_err(sql)?.as_blob().map_err(|error| sql(error.into()))?;
            let mut out = Writer::new();
            for column in 0..3 {
                out.signed(row.get(column).map_err(sql)?);
            }
            out.block(body);
            hasher.update(out.as_slice());
        }
        // Rows of one table are never rows of another.
        hasher.update(&[0xff]);
    }
    Ok(hasher.finish())
}
