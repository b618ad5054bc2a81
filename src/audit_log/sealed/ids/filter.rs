//! Filter: whether a key may be in a run. Never says no to one that is; says yes to about one in a hundred that is not.
//!
//! A Bloom filter in blocks of one cache line (Putze, Sanders, Singler 2007): a look costs one access to memory. Keys are
//! pieces of SHA-256, so their own bits choose the block and the bits in it.

use super::run::IdKey;

const BLOCK: usize = 64;
const BITS_A_KEY: usize = 10;
const PROBES: u32 = 6;

/// A filter over the keys of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::audit_log::sealed) struct Filter {
    bytes: Vec<u8>,
}

impl Filter {
    /// Over some keys.
    pub(in crate::audit_log::sealed) fn new(keys: &[IdKey]) -> Filter {
        let blocks = (keys.len() * BITS_A_KEY).div_ceil(BLOCK * 8).max(1);
        let mut filter = Filter { bytes: vec![0; blocks * BLOCK] };
        for key in keys {
            let (block, bits) = filter.place(key);
            let Some(block) = filter.bytes.get_mut(block..block + BLOCK) else { continue };
            for bit in bits {
                if let Some(byte) = block.get_mut(bit / 8) {
                    *byte |= 1 << (bit % 8);
                }
            }
        }
        filter
    }

    /// As it was stored; `None` if it is none.
    pub(in crate::audit_log::sealed) fn read(bytes: Vec<u8>) -> Option<Filter> {
        (!bytes.is_empty() && bytes.len().is_multiple_of(BLOCK)).then_some(Filter { bytes })
    }

    /// As it is stored.
    pub(in crate::audit_log::sealed) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Whether a key may be in the run.
    pub(in crate::audit_log::sealed) fn may_have(&self, key: &IdKey) -> bool {
        let (block, mut bits) = self.place(key);
        let block = self.bytes.get(block..block + BLOCK).unwrap_or_default();
        bits.all(|bit| block.get(bit / 8).is_some_and(|byte| byte >> (bit % 8) & 1 == 1))
    }

    /// Where the block of a key begins, and its bits in that block.
    fn place(&self, key: &IdKey) -> (usize, impl Iterator<Item = usize> + use<>) {
        // The last eight bytes of nine: the first ones choose the place in the run, and are alike in neighbours.
        let [_, rest @ ..] = *key;
        let word = u64::from_le_bytes(rest);
        let blocks = (self.bytes.len() / BLOCK) as u64;
        let block = ((word >> 32) * blocks) >> 32;
        // The bits of the lower half, spread (Fibonacci hashing), nine for each probe.
        let spread = (word & 0xffff_ffff).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        (block as usize * BLOCK, (0..PROBES).map(move |probe| (spread >> (64 - 9 * (probe + 1)) & 511) as usize))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::sha256;

    fn keys(from: u32, to: u32) -> Vec<IdKey> {
        (from..to).map(|n| super::super::run::id_key(&sha256(&n.to_le_bytes()).0)).collect()
    }

    #[test]
    fn has_all_that_it_was_given_and_few_others() {
        let (own, others) = (keys(0, 20_000), keys(20_000, 60_000));
        let filter = Filter::new(&own);
        assert!(own.iter().all(|key| filter.may_have(key)));
        let wrong = others.iter().filter(|key| filter.may_have(key)).count();
        assert!(wrong < 40_000 * 2 / 100, "{wrong} of 40 000");
        assert_eq!(Filter::read(filter.bytes().to_vec()), Some(filter));
        assert_eq!((Filter::read(Vec::new()), Filter::read(vec![0; 65])), (None, None));
    }
}
