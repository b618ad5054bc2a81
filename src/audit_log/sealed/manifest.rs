//! Manifest: the list of everything that was stored for a batch, with the SHA-256 of each piece. Its own hash is sealed.

use super::segment::{Bodies, Kind};
use crate::audit_log::roots::DayRoot;
use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};
use crate::seal::hash::{Hash, sha256};

const VERSION: u8 = 2;

/// A segment with the hashes of its bodies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SegmentSeal {
    pub(super) day: i64,
    /// From 0, in the order of events within the day.
    pub(super) part: u64,
    pub(super) events: u64,
    pub(super) hot: Hash,
    pub(super) warm: Hash,
    pub(super) cold: Hash,
}

impl SegmentSeal {
    pub(super) fn new(day: i64, part: u64, events: u64, bodies: &Bodies) -> SegmentSeal {
        let (hot, warm, cold) = (sha256(&bodies.hot), sha256(&bodies.warm), sha256(&bodies.cold));
        SegmentSeal { day, part, events, hot, warm, cold }
    }
}

/// Everything that was stored for a batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Manifest {
    /// In order of time.
    pub(super) days: Vec<DayRoot>,
    /// In order of day and part.
    pub(super) segments: Vec<SegmentSeal>,
    /// Additions to dictionaries, in order of kind.
    pub(super) dictionaries: Vec<(Kind, Hash)>,
    /// Quarantined rows that were retired: number and leaf hash, in order.
    pub(super) rows: Vec<(u64, Hash)>,
    /// Once something of the batch is retired, what was derived of it can no longer be derived again: its hash.
    pub(super) derived: Option<Hash>,
}

impl Manifest {
    pub(super) fn bytes(&self) -> Vec<u8> {
        let mut out = Writer::new();
        out.byte(VERSION);
        out.number(self.days.len() as u64);
        for day in &self.days {
            out.block(&day.bytes());
        }
        out.number(self.segments.len() as u64);
        for segment in &self.segments {
            out.signed(segment.day);
            out.number(segment.part);
            out.number(segment.events);
            for hash in [segment.hot, segment.warm, segment.cold] {
                out.raw(&hash.0);
            }
        }
        out.number(self.dictionaries.len() as u64);
        for (kind, hash) in &self.dictionaries {
            out.number(*kind as u64);
            out.raw(&hash.0);
        }
        out.number(self.rows.len() as u64);
        for (id, hash) in &self.rows {
            out.number(*id);
            out.raw(&hash.0);
        }
        out.byte(u8::from(self.derived.is_some()));
        if let Some(hash) = self.derived {
            out.raw(&hash.0);
        }
        out.finish()
    }

    pub(super) fn read(bytes: &[u8]) -> Result<Manifest, SealError> {
        let mut from = Reader::new(bytes);
        let version = from.byte()?;
        if version != VERSION {
            return Err(SealError::Malformed(format!("manifest version {version}")));
        }
        let mut manifest = Manifest::default();
        for _ in 0..from.count(35)? {
            let mut day = Reader::new(from.block()?);
            let root = DayRoot { day: day.signed()?, events: day.number()?, root: hash(&mut day)? };
            day.end()?;
            manifest.days.push(root);
        }
        for _ in 0..from.count(99)? {
            manifest.segments.push(SegmentSeal {
                day: from.signed()?,
                part: from.number()?,
                events: from.number()?,
                hot: hash(&mut from)?,
                warm: hash(&mut from)?,
                cold: hash(&mut from)?,
            });
        }
        for _ in 0..from.count(33)? {
            let number = from.number()?;
            let kind = Kind::ALL.into_iter().find(|kind| *kind as u64 == number);
            let kind = kind.ok_or_else(|| SealError::Malformed(format!("dictionary of kind {number}")))?;
            manifest.dictionaries.push((kind, hash(&mut from)?));
        }
        for _ in 0..from.count(33)? {
            manifest.rows.push((from.number()?, hash(&mut from)?));
        }
        if from.flag()? {
            manifest.derived = Some(hash(&mut from)?);
        }
        from.end()?;
        Ok(manifest)
    }
}

fn hash(from: &mut Reader<'_>) -> Result<Hash, SealError> {
    Hash::from_slice(from.raw(32)?).ok_or_else(|| SealError::Malformed("a hash".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_read_back_and_refuses_what_is_cut() {
        let manifest = Manifest {
            days: vec![DayRoot { day: -3, events: 9, root: Hash([4; 32]) }],
            segments: vec![SegmentSeal {
                day: -3,
                part: 0,
                events: 9,
                hot: Hash([1; 32]),
                warm: Hash([2; 32]),
                cold: Hash([3; 32]),
            }],
            dictionaries: vec![(Kind::Actor, Hash([5; 32])), (Kind::Channel, Hash([6; 32]))],
            rows: vec![(7, Hash([7; 32]))],
            derived: Some(Hash([8; 32])),
        };
        let bytes = manifest.bytes();
        assert_eq!(Manifest::read(&bytes), Ok(manifest));
        for cut in 0..bytes.len() {
            assert!(Manifest::read(&bytes[..cut]).is_err(), "cut at {cut}");
        }
    }
}
