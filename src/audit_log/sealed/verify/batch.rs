//! Batch: one batch recomputed: manifest, dictionaries, segments, events, day roots, batch root, quarantine.

use super::index::Index;
use super::{Expected, Stop, fault, hold};
use crate::audit_log::quarantine::{self, QuarantineDigest};
use crate::audit_log::record::BatchRecord;
use crate::audit_log::roots::{BatchRoots, DayRoot, batch_root, day_of};
use crate::audit_log::sealed::answer::chunk::{Segment, day_text};
use crate::audit_log::sealed::answer::segments_of;
use crate::audit_log::sealed::dictionary::{self, Dictionaries};
use crate::audit_log::sealed::events;
use crate::audit_log::sealed::manifest::{Manifest, SegmentSeal};
use crate::audit_log::verdict::Place;
use crate::calendar::Span;
use crate::event::Rejected;
use crate::seal::bytes::Writer;
use crate::seal::canonical::hashes;
use crate::seal::hash::{Hash, sha256};
use rusqlite::{Connection, OptionalExtension};

/// Recomputes a batch; gives how many events it has, and how many of it are retired. `texts` are the dictionaries before
/// it, and then with it.
pub(super) fn verify(db: &Connection, expected: &Expected, texts: &mut Dictionaries) -> Result<(u64, u64), Stop> {
    let batch = &expected.record.batch;
    let number = batch.number;
    let place = || Place::Batch(number);
    let body: Option<Vec<u8>> =
        db.query_row("SELECT body FROM manifests WHERE batch = ?1", [number as i64], |row| row.get(0)).optional()?;
    let body = body.ok_or_else(|| fault(place(), "the list of what was stored for it is missing"))?;
    hold(
        sha256(&body) == expected.manifest,
        place,
        "the list of what was stored for it is not the one that was sealed",
    )?;
    let manifest = Manifest::read(&body).map_err(|error| fault(place(), error))?;
    let root = batch_root(&manifest.days).hex();
    hold(root == batch.root, place, "its days do not lead to its root")?;
    let first_day = expected.retired.map_or(i64::MIN, day_of);
    let (gone, kept): (Vec<&DayRoot>, Vec<&DayRoot>) = manifest.days.iter().partition(|day| day.day < first_day);
    verify_dictionaries(db, number, &manifest, texts)?;

    let mut roots = BatchRoots::default();
    let mut index = Index::new(number);
    let mut times: Option<Span> = None;
    let segments = find_segments(db, number, &manifest)?;
    for (seal, segment) in manifest.segments.iter().zip(segments) {
        let of_segment = read_segment(db, seal, segment, texts)?;
        let mut scratch = Writer::new();
        let mut span: Option<Span> = None;
        for (at, event) in &of_segment {
            let event_place = || Place::Event(format!("{number}-{at}"));
            hold(day_of(event.time) == seal.day, event_place, "it lies on another day than its segment")?;
            roots.push(event.time, hashes(event, &batch.source.name, &mut scratch).leaf);
            let one = Span { from: event.time, to: event.time.saturating_add(1) };
            span = Some(span.map_or(one, |span| span.cover(&one)));
        }
        hold(span == Some(segment.span), || segment_place(number, seal), "its times are not those of its events")?;
        times = span.map(|span| times.map_or(span, |times| times.cover(&span)));
        index.take(&batch.source.name, &of_segment, texts);
    }
    let days = roots.days();
    for (day, sealed) in days.iter().zip(&kept) {
        hold(day == *sealed, place, &format!("the events of {} do not lead to that day's root", day_text(sealed.day)))?;
    }
    hold(days.len() == kept.len(), place, "a day is missing")?;
    let events: u64 = days.iter().map(|day| day.events).sum();
    let retired: u64 = gone.iter().map(|day| day.events).sum();
    let span = match (times, batch.span) {
        // The first days are gone; what is left must end where the whole did.
        (Some(left), Some(whole)) if retired > 0 => whole.from < left.from && left.to == whole.to,
        (None, Some(_)) => retired > 0,
        (left, whole) => left == whole,
    };
    let counted = events.checked_add(retired) == Some(batch.rows.added);
    hold(counted && span, place, "its events are not those that it says it added")?;
    index.finish(db, events, batch.rows.added, &manifest)?;
    verify_quarantine(db, &expected.record, &manifest)?;
    Ok((events, retired))
}

fn segment_place(batch: u64, seal: &SegmentSeal) -> Place {
    Place::Segment { batch, day: day_text(seal.day), part: seal.part }
}

fn verify_dictionaries(
    db: &Connection,
    number: u64,
    manifest: &Manifest,
    texts: &mut Dictionaries,
) -> Result<(), Stop> {
    let mut find =
        db.prepare_cached("SELECT kind, first, body FROM dictionaries WHERE batch = ?1 ORDER BY kind, first")?;
    let mut rows = find.query([number as i64])?;
    for (kind, hash) in &manifest.dictionaries {
        let place = || Place::Dictionary { batch: number, column: kind.name().to_owned() };
        let row = rows.next()?.filter(|row| row.get(0) == Ok(*kind as i64));
        let row = row.ok_or_else(|| fault(place(), "it is missing"))?;
        let body = row.get_ref(2)?.as_blob().map_err(rusqlite::Error::from)?;
        hold(sha256(body) == *hash, place, "its bytes are not those that were sealed")?;
        let (first, added) = dictionary::read(body).map_err(|error| fault(place(), error))?;
        hold(row.get(1) == Ok(first as i64), place, "it lies in the place of another one")?;
        texts.extend(*kind, first, added).map_err(|error| fault(place(), error))?;
    }
    hold(rows.next()?.is_none(), || Place::Batch(number), "a dictionary that was not sealed")
}

/// The segments of a batch in the file: exactly those of its manifest.
fn find_segments(db: &Connection, number: u64, manifest: &Manifest) -> Result<Vec<Segment>, Stop> {
    let stored = segments_of(db, number)?;
    for (position, seal) in manifest.segments.iter().enumerate() {
        let same = stored.get(position).is_some_and(|segment| {
            (segment.day, segment.part as u64, segment.events as u64) == (seal.day, seal.part, seal.events)
        });
        hold(same, || segment_place(number, seal), "it is missing, or another one stands in its place")?;
    }
    hold(stored.len() == manifest.segments.len(), || Place::Batch(number), "a segment that was not sealed")?;
    Ok(stored)
}

fn read_segment(
    db: &Connection,
    seal: &SegmentSeal,
    segment: Segment,
    texts: &Dictionaries,
) -> Result<Vec<(u64, crate::event::Event)>, Stop> {
    let number = segment.batch;
    let bodies = events::bodies(db, segment)?;
    let changed: Vec<&str> =
        [("hot", &bodies.hot, seal.hot), ("warm", &bodies.warm, seal.warm), ("cold", &bodies.cold, seal.cold)]
            .into_iter()
            .filter(|(_, body, hash): &(_, _, Hash)| sha256(body) != *hash)
            .map(|(name, ..)| name)
            .collect();
    if let Some(name) = changed.first() {
        let what = format!("the bytes of its {name} columns are not those that were sealed");
        return Err(fault(segment_place(number, seal), what));
    }
    events::decode(&bodies, segment.events, texts).map_err(|error| fault(segment_place(number, seal), error))
}

/// The rows that are there and the hashes of those that were retired, in order, are what was sealed.
fn verify_quarantine(db: &Connection, record: &BatchRecord, manifest: &Manifest) -> Result<(), Stop> {
    let number = record.batch.number;
    let mut leaves = manifest.rows.clone();
    let mut find =
        db.prepare_cached("SELECT id, line, reason, raw, around FROM quarantine WHERE batch = ?1 ORDER BY id")?;
    let mut rows = find.query([number as i64])?;
    while let Some(row) = rows.next()? {
        let (id, line, reason, raw, around): (i64, i64, String, String, Option<i64>) = row.try_into()?;
        let row = Rejected { line: line as u64, reason, raw, around };
        leaves.push((id as u64, quarantine::leaf(id as u64, &row)));
    }
    leaves.sort_unstable();
    let mut digest = QuarantineDigest::default();
    leaves.iter().for_each(|(_, leaf)| digest.push(*leaf));
    let same = leaves.len() as u64 == record.batch.rows.quarantined && digest.finish() == record.quarantine;
    hold(same, || Place::Quarantine(number), "its rows are not those that were sealed")
}
