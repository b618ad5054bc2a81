//! Prove: the way from one event up to the head, and from an older head to the newest.

use super::answer::chunk::day_text;
use super::answer::segments_of;
use super::dictionary::Dictionaries;
use super::events;
use super::manifest::Manifest;
use super::state::State;
use super::storage::{damaged, sql};
use crate::audit_log::proof::{EventProof, Path, day_leaves};
use crate::audit_log::roots::day_of;
use crate::audit_log::{Head, LogError};
use crate::event::Event;
use crate::seal::bytes::Writer;
use crate::seal::canonical::{self, canonical};
use crate::seal::hash::Hash;
use crate::seal::tree;
use rusqlite::Connection;

/// The proof of an event, by `BATCH-INDEX`. All dictionaries must be loaded. Error: it does not hold.
pub(super) fn prove(
    db: &Connection,
    state: &State,
    texts: &Dictionaries,
    number: &str,
) -> Result<EventProof, LogError> {
    let none = || LogError::Refused(format!("there is no event {number}"));
    let (batch_number, index) = number.split_once('-').ok_or_else(none)?;
    let (batch_number, index): (u64, u64) =
        (batch_number.parse().map_err(|_| none())?, index.parse().map_err(|_| none())?);
    let batch = state.batch(batch_number).ok_or_else(none)?;
    let segments = segments_of(db, batch_number)?;
    let mut day = None;
    for segment in &segments {
        if events::numbers(db, *segment)?.contains(&index) {
            day = Some(segment.day);
            break;
        }
    }
    let gone = || match state.newest_retired(&batch.source.name) {
        Some(retired) if (1..=batch.rows.added).contains(&index) => LogError::Refused(format!(
            "event {number} is of a day that was retired on {} by {} ({}): its bytes are gone, so it can no more be proven. \
             The root of its day is still in the log: a proof that was written before still holds",
            day_text(day_of(retired.at)),
            retired.by,
            retired.reason
        )),
        _ => none(),
    };
    let day = day.ok_or_else(gone)?;
    let mut of_day: Vec<(u64, Event)> = Vec::new();
    for segment in segments.into_iter().filter(|segment| segment.day == day) {
        of_day.extend(events::load(db, segment, texts)?);
    }
    let place = of_day.iter().position(|(at, _)| *at == index).ok_or_else(none)?;
    let (_, event) = of_day.get(place).ok_or_else(none)?;
    let source = &batch.source.name;
    let mut scratch = Writer::new();
    let leaves: Vec<Hash> =
        of_day.iter().map(|(_, event)| canonical::hashes(event, source, &mut scratch).leaf).collect();

    let body: Vec<u8> = db
        .query_row("SELECT body FROM manifests WHERE batch = ?1", [batch_number as i64], |row| row.get(0))
        .map_err(sql)?;
    let manifest = Manifest::read(&body).map_err(damaged(format!("manifest of batch {batch_number}")))?;
    let day_place = manifest.days.iter().position(|root| root.day == day).ok_or_else(none)?;
    let day_root = manifest.days.get(day_place).ok_or_else(none)?;

    let mut records: Vec<(Hash, Vec<u8>)> = Vec::new();
    let mut find = db.prepare_cached("SELECT body FROM records ORDER BY number").map_err(sql)?;
    let mut rows = find.query([]).map_err(sql)?;
    let mut record_place = None;
    while let Some(row) = rows.next().map_err(sql)? {
        let body: Vec<u8> = row.get(0).map_err(sql)?;
        if record_place.is_none() && is_batch(&body, batch_number) {
            record_place = Some(records.len());
        }
        records.push((tree::leaf(&body), body));
    }
    let record_place = record_place.ok_or_else(none)?;
    let record_leaves: Vec<Hash> = records.iter().map(|(leaf, _)| *leaf).collect();
    let record = records.get(record_place).map(|(_, body)| hex::encode(body)).ok_or_else(none)?;
    let proof = EventProof {
        number: format!("{batch_number}-{index}"),
        event: hex::encode(canonical(event, source)),
        in_day: Path::new(&leaves, place).ok_or_else(none)?,
        day: hex::encode(day_root.bytes()),
        in_batch: Path::new(&day_leaves(&manifest.days), day_place).ok_or_else(none)?,
        record,
        in_log: Path::new(&record_leaves, record_place).ok_or_else(none)?,
        head: state.head(),
    };
    proof.check().map_err(damaged(format!("the way from event {number} to the head")))?;
    Ok(proof)
}

fn is_batch(body: &[u8], number: u64) -> bool {
    use crate::audit_log::record::Record;
    matches!(Record::read(body), Ok(Record::Batch(record)) if record.batch.number == number)
}

/// Hashes of the leaves of all records.
fn record_leaves(db: &Connection) -> Result<Vec<Hash>, LogError> {
    let mut find = db.prepare_cached("SELECT body FROM records ORDER BY number").map_err(sql)?;
    let rows = find.query_map([], |row| Ok(tree::leaf(row.get_ref(0)?.as_blob()?))).map_err(sql)?;
    rows.collect::<Result<_, _>>().map_err(sql)
}

/// The head as it was when the log had so many records; `None` if it never had.
pub(super) fn head_at(db: &Connection, size: u64) -> Result<Option<Head>, LogError> {
    let leaves = record_leaves(db)?;
    let first = usize::try_from(size).ok().and_then(|size| leaves.get(..size));
    Ok(first.map(|leaves| Head { size, root: tree::root(leaves).hex() }))
}

/// The RFC 6962 consistency proof from the first `size` records to all of them.
pub(super) fn consistency(db: &Connection, size: u64) -> Result<Option<Vec<String>>, LogError> {
    let leaves = record_leaves(db)?;
    let path = usize::try_from(size).ok().and_then(|size| tree::consistency(&leaves, size));
    Ok(path.map(|hashes| hashes.iter().map(Hash::hex).collect()))
}
