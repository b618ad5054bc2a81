//! Quarantine: the canonical bytes of rejected rows, so that what could not be read is sealed with its batch too.

use super::Batch;
use crate::calendar::Millis;
use crate::event::Rejected;
use crate::seal::bytes::Writer;
use crate::seal::hash::{Hash, Hasher};
use crate::seal::tree;

/// The leaf hash of a row with its number in the log's quarantine: what stays of it when it is retired.
pub(super) fn leaf(id: u64, row: &Rejected) -> Hash {
    let mut out = Writer::new();
    out.number(id);
    out.number(row.line);
    out.text(&row.reason);
    out.text(&row.raw);
    out.byte(u8::from(row.around.is_some()));
    if let Some(around) = row.around {
        out.signed(around);
    }
    tree::leaf(out.as_slice())
}

/// SHA-256 over the leaf hashes of the rows that one batch puts in quarantine, in their order.
#[derive(Clone, Default)]
pub(super) struct QuarantineDigest(Hasher);

impl QuarantineDigest {
    /// The next row, by its [`leaf`].
    pub(super) fn push(&mut self, leaf: Hash) {
        self.0.update(&leaf.0);
    }

    /// The digest of all rows so far.
    pub(super) fn finish(self) -> Hash {
        self.0.finish()
    }
}

/// Whether a row is of the days before an instant, as [`Append::retire`](super::Append::retire) says.
pub(super) fn is_before(around: Option<Millis>, batch: &Batch, before: Millis) -> bool {
    match (around, batch.span) {
        (Some(around), _) => around < before,
        (None, Some(of_batch)) => of_batch.to <= before,
        (None, None) => batch.imported_at < before,
    }
}
