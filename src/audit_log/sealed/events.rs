//! Events: whole events out of a segment's three bodies and the dictionaries. For evidence, proofs and verification.

use super::answer::chunk::Segment;
use super::dictionary::{Adding, Dictionaries};
use super::recognise::{Key, key};
use super::segment::{AFFECTED, Bodies, CLASS, Columns, Heat, INDEX, KINDS, Kind, OUTCOME, TIME, each_cold, read_cold};
use super::storage::{damaged, decompress, sql};
use crate::audit_log::LogError;
use crate::event::{ActionClass, Event, Origin, Outcome};
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use crate::seal::canonical::{Parts, content_of_parts, id_hash};
use crate::seal::sha256;
use rusqlite::{Connection, OptionalExtension};
use std::collections::BTreeSet;

/// Reads the bodies of a segment.
pub(super) fn bodies(db: &Connection, segment: Segment) -> Result<Bodies, LogError> {
    let body = |statement: &str| -> Result<Vec<u8>, LogError> {
        let found = db
            .prepare_cached(statement)
            .and_then(|mut find| find.query_row([segment.id], |row| row.get(0)).optional())
            .map_err(sql)?;
        found.ok_or_else(|| LogError::Damaged(format!("{segment}: a part of it is missing")))
    };
    Ok(Bodies {
        hot: body("SELECT body FROM hot WHERE segment = ?1")?,
        warm: body("SELECT body FROM warm WHERE segment = ?1")?,
        cold: body("SELECT body FROM cold WHERE segment = ?1")?,
    })
}

/// Reads the events of a segment with their numbers in the batch. All dictionaries must be loaded.
pub(super) fn load(db: &Connection, segment: Segment, texts: &Dictionaries) -> Result<Vec<(u64, Event)>, LogError> {
    decode(&bodies(db, segment)?, segment.events, texts).map_err(damaged(segment))
}

/// The numbers in the batch of a segment's events, from its hot columns alone.
pub(super) fn numbers(db: &Connection, segment: Segment) -> Result<BTreeSet<u64>, LogError> {
    let body = body(db, Heat::Hot, segment)?;
    let numbers = Columns::open(Heat::Hot, &body, segment.events).and_then(|columns| columns.numbers(INDEX));
    Ok(numbers.map_err(damaged(segment))?.into_iter().map(|number| number as u64).collect())
}

/// Reads the hot or warm body of a segment.
pub(super) fn body(db: &Connection, heat: Heat, segment: Segment) -> Result<Vec<u8>, LogError> {
    let table = if heat == Heat::Hot { "hot" } else { "warm" };
    let body: Option<Vec<u8>> = db
        .prepare_cached(&format!("SELECT body FROM {table} WHERE segment = ?1"))
        .and_then(|mut find| find.query_row([segment.id], |row| row.get(0)).optional())
        .map_err(sql)?;
    body.ok_or_else(|| LogError::Damaged(format!("{segment}: its {table} part is missing")))
}

/// Decodes bodies that should have so many events.
pub(super) fn decode(bodies: &Bodies, events: usize, texts: &Dictionaries) -> Result<Vec<(u64, Event)>, SealError> {
    let hot = Columns::open(Heat::Hot, &bodies.hot, events)?;
    let warm = Columns::open(Heat::Warm, &bodies.warm, events)?;
    let cold = read_cold(&bodies.cold, events)?;
    let index = hot.numbers(INDEX)?;
    let time = hot.numbers(TIME)?;
    let class = hot.codes(CLASS, ActionClass::ALL.len())?;
    let outcome = hot.codes(OUTCOME, Outcome::ALL.len())?;
    let affected = hot.numbers(AFFECTED)?;
    let mut codes: [Vec<u32>; KINDS] = Default::default();
    for (column, kind) in codes.iter_mut().zip(Kind::ALL) {
        let (heat, place) = kind.place();
        let columns = if heat == Heat::Hot { &hot } else { &warm };
        *column = columns.codes(place, texts.texts(kind).len())?;
    }
    let text = |kind: Kind, at: usize| {
        let code = codes.get(kind as usize).and_then(|column| column.get(at));
        let text = code.and_then(|code| texts.texts(kind).get(*code as usize));
        text.map(|text| text.to_string()).unwrap_or_default()
    };
    let missing = || SealError::Malformed("a column is too short".to_owned());
    let mut all = Vec::with_capacity(cold.len());
    for (at, cold) in cold.into_iter().enumerate() {
        let event = Event {
            id: cold.id,
            time: *time.get(at).ok_or_else(missing)?,
            time_written: cold.time_written,
            actor: text(Kind::Actor, at),
            action: text(Kind::Action, at),
            class: named(&ActionClass::ALL, &class, at).ok_or_else(missing)?,
            module: text(Kind::Module, at),
            record: text(Kind::Record, at),
            record_name: text(Kind::RecordName, at),
            outcome: named(&Outcome::ALL, &outcome, at).ok_or_else(missing)?,
            origin: Origin { ip: text(Kind::Ip, at), agent: text(Kind::Agent, at), channel: text(Kind::Channel, at) },
            affected: cold.affected,
            changes: cold.changes,
            details: cold.details,
            line: cold.line,
        };
        // The hot number is a copy for questions; the cold one tells also whether there was one.
        if i64::try_from(event.records_affected()).unwrap_or(i64::MAX) != *affected.get(at).ok_or_else(missing)? {
            return Err(SealError::Malformed("hot and cold parts do not agree".to_owned()));
        }
        all.push((*index.get(at).ok_or_else(missing)? as u64, event));
    }
    Ok(all)
}

fn named<T: Copy>(all: &[T], codes: &[u32], at: usize) -> Option<T> {
    all.get(*codes.get(at)? as usize).copied()
}

/// Appends the keys by which a segment's events are recognised, without making the events.
pub(super) fn keys(
    db: &Connection,
    segment: Segment,
    texts: &[Adding],
    source: &str,
    keys: &mut Vec<Key>,
) -> Result<(), LogError> {
    keys_of(&bodies(db, segment)?, segment.events, texts, source, keys).map_err(damaged(segment))
}

fn keys_of(
    bodies: &Bodies,
    events: usize,
    texts: &[Adding],
    source: &str,
    keys: &mut Vec<Key>,
) -> Result<(), SealError> {
    let hot = Columns::open(Heat::Hot, &bodies.hot, events)?;
    let warm = Columns::open(Heat::Warm, &bodies.warm, events)?;
    let time = hot.numbers(TIME)?;
    let class = hot.codes(CLASS, ActionClass::ALL.len())?;
    let outcome = hot.codes(OUTCOME, Outcome::ALL.len())?;
    let mut codes: [Vec<u32>; KINDS] = Default::default();
    for ((column, kind), texts) in codes.iter_mut().zip(Kind::ALL).zip(texts) {
        let (heat, place) = kind.place();
        let columns = if heat == Heat::Hot { &hot } else { &warm };
        *column = columns.codes(place, texts.len())?;
    }
    let cold = decompress(&bodies.cold)?;
    let missing = || SealError::Malformed("a column is too short".to_owned());
    let mut scratch = Writer::new();
    let mut at = 0;
    each_cold(&cold, events, |cold| {
        let text = |kind: Kind| {
            let code = codes.get(kind as usize).and_then(|column| column.get(at)).copied().unwrap_or(0);
            texts.get(kind as usize).map_or(&[][..], |texts| texts.text(code))
        };
        let id = Reader::new(cold.id).text_option()?.unwrap_or_default();
        let hash = if id.is_empty() {
            let parts = Parts {
                id: cold.id,
                time: *time.get(at).ok_or_else(missing)?,
                time_written: cold.time_written,
                actor: text(Kind::Actor),
                action: text(Kind::Action),
                class: named(&ActionClass::ALL, &class, at).ok_or_else(missing)?,
                module: text(Kind::Module),
                record: text(Kind::Record),
                record_name: text(Kind::RecordName),
                outcome: named(&Outcome::ALL, &outcome, at).ok_or_else(missing)?,
                ip: text(Kind::Ip),
                agent: text(Kind::Agent),
                channel: text(Kind::Channel),
                affected: cold.affected,
                changes: cold.changes,
                details: cold.details,
            };
            scratch.clear();
            content_of_parts(&mut scratch, &parts, source);
            sha256(scratch.as_slice())
        } else {
            id_hash(source, id.as_bytes(), &mut scratch)
        };
        keys.push(key(hash));
        at += 1;
        Ok(())
    })
}
