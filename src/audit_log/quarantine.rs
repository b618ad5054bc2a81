//! Quarantine: the canonical bytes of rejected rows, so that what could not be read is sealed with its batch too.

use crate::event::Rejected;
use crate::seal::bytes::Writer;
use crate::seal::hash::{Hash, Hasher};

/// SHA-256 over the rows that one batch puts in quarantine, in their order.
#[derive(Clone, Default)]
pub(super) struct QuarantineDigest(Hasher);

impl QuarantineDigest {
    /// The next row, with its number in the log's quarantine.
    pub(super) fn push(&mut self, id: u64, row: &Rejected) {
        let mut out = Writer::new();
        out.number(id);
        out.number(row.line);
        out.text(&row.reason);
        out.text(&row.raw);
        out.byte(u8::from(row.around.is_some()));
        if let Some(around) = row.around {
            out.signed(around);
        }
        self.0.update(out.as_slice());
    }

    /// The digest of all rows so far.
    pub(super) fn finish(self) -> Hash {
        self.0.finish()
    }
}
