//! Proof: what shows, with nothing but hashing, that one event is in the log of a given head.
//!
#![doc = include_str!("PROOF.md")]

use super::record::Record;
use super::roots::DayRoot;
use super::{Head, StoredEvent};
use crate::seal::bytes::Reader;
use crate::seal::hash::Hash;
use crate::seal::{SealError, canonical, tree};
use serde::{Deserialize, Serialize};

/// The way from an event up to the head of the log. Hashes and bytes are hexadecimal, so that it can be kept as JSON and
/// checked by a small program that knows RFC 6962: event leaf → day root → day leaf → batch root, which stands in the
/// batch record → record leaf → root of the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventProof {
    /// `BATCH-INDEX`. The batch is proven; of the index, only the event's place in its day is (`in_day.index`).
    pub number: String,
    /// Canonical bytes of the event: SHA-256 of 0x00 and these is its leaf.
    pub event: String,
    /// Its place in the tree of its batch and UTC day, and the way up to `day`'s root.
    pub in_day: Path,
    /// The day as a leaf of its batch: day (zigzag LEB128, days since 1970), events (LEB128), root (32 bytes).
    pub day: String,
    /// The day's place among the batch's days, and the way up to the batch root.
    pub in_batch: Path,
    /// The batch record, a leaf of the log; the batch root stands in it as 64 hexadecimal digits.
    pub record: String,
    /// The record's place in the log's tree, and the way up to the head's root.
    pub in_log: Path,
    /// The head that it is proven against.
    pub head: Head,
}

/// A leaf's place in a tree, and the hashes beside the way up (RFC 6962, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Path {
    /// From 0.
    pub index: u64,
    /// Leaves of the tree.
    pub size: u64,
    /// From the bottom up.
    pub hashes: Vec<String>,
}

impl Path {
    /// The way up from a leaf; `None` if there is no such leaf.
    pub(super) fn new(leaves: &[Hash], index: usize) -> Option<Path> {
        let hashes = tree::inclusion(leaves, index)?.iter().map(Hash::hex).collect();
        Some(Path { index: index as u64, size: leaves.len() as u64, hashes })
    }

    fn check(&self, bytes: &[u8], root: Hash) -> Result<(), SealError> {
        let hashes: Option<Vec<Hash>> = self.hashes.iter().map(|text| Hash::parse(text)).collect();
        let hashes = hashes.ok_or_else(|| malformed("a hash of a path"))?;
        tree::check_inclusion(tree::leaf(bytes), self.index, self.size, &hashes, root)
    }
}

impl EventProof {
    /// Checks every step and gives the event that is proven. What is not checked here: that `head` is the head that you
    /// have from elsewhere (an edition, a mail, a checkpoint). Compare it.
    pub fn check(&self) -> Result<StoredEvent, SealError> {
        let bytes = |text: &str| hex::decode(text).map_err(|_| malformed("hexadecimal digits"));
        let (event, day, record) = (bytes(&self.event)?, bytes(&self.day)?, bytes(&self.record)?);
        let mut from = Reader::new(&day);
        let (_, events) = (from.signed()?, from.number()?);
        let day_root = Hash::from_slice(from.raw(32)?).ok_or_else(|| malformed("a day's root"))?;
        from.end()?;
        if events != self.in_day.size {
            return Err(SealError::Broken("the day has another number of events".to_owned()));
        }
        self.in_day.check(&event, day_root)?;
        let Record::Batch(sealed) = Record::read(&record)? else {
            return Err(SealError::Broken("the record is not that of a batch".to_owned()));
        };
        let batch_root = Hash::parse(&sealed.batch.root).ok_or_else(|| malformed("a batch root"))?;
        self.in_batch.check(&day, batch_root)?;
        if self.in_log.size != self.head.size {
            return Err(SealError::Broken("the way up is that of another head".to_owned()));
        }
        let root = Hash::parse(&self.head.root).ok_or_else(|| malformed("the head's root"))?;
        self.in_log.check(&record, root)?;
        let (source, event) = canonical::read(&event)?;
        let of_batch = self.number.split_once('-').map(|(batch, _)| batch.to_owned());
        if source != sealed.batch.source.name || of_batch != Some(sealed.batch.number.to_string()) {
            return Err(SealError::Broken("the event is of another source or batch".to_owned()));
        }
        Ok(StoredEvent { number: self.number.clone(), source, event })
    }
}

/// The leaves of a batch's tree.
pub(super) fn day_leaves(days: &[DayRoot]) -> Vec<Hash> {
    days.iter().map(|day| tree::leaf(&day.bytes())).collect()
}

fn malformed(what: &str) -> SealError {
    SealError::Malformed(format!("{what} in a proof"))
}
