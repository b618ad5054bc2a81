//! Run: some keys of ids in order, packed into buckets by their first bits, each bucket readable by itself.
//!
//! A bucket is the number of its keys, the width of their low parts in bits, and then (Elias-Fano) the low parts one after
//! the other and the high parts as distances in unary: about two bits more than the keys need at least.

use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};

/// The bytes of SHA-256 by which an id is known.
///
/// Two ids of a source are taken for one if 72 bits are alike: among a hundred million ids that happens by chance with a
/// probability of one in a million. Somebody who can choose ids needs no search for such a pair: they can give the same id
/// twice. Where an event has no id, it is compared by all of its content.
pub(in crate::audit_log::sealed) const ID_KEY: usize = 9;

/// A shortened hash.
pub(in crate::audit_log::sealed) type IdKey = [u8; ID_KEY];

/// Shortens a hash.
pub(in crate::audit_log::sealed) fn id_key(hash: &[u8]) -> IdKey {
    let mut key = [0; ID_KEY];
    for (to, from) in key.iter_mut().zip(hash) {
        *to = *from;
    }
    key
}

const KEY_BITS: u32 = 8 * ID_KEY as u32;
/// Keys that a bucket should have.
const BUCKET_KEYS: usize = 256;
/// So many buckets at most: enough for four thousand million keys.
const MOST_BITS: u32 = 24;

fn number(key: &IdKey) -> u128 {
    key.iter().fold(0, |number, byte| number << 8 | u128::from(*byte))
}

fn low_bits(value: u128, bits: u32) -> u128 {
    value & !(u128::MAX << bits)
}

/// How many first bits choose the bucket in a run of so many keys.
pub(in crate::audit_log::sealed) fn bucket_bits(keys: usize) -> u32 {
    (keys / BUCKET_KEYS).max(1).next_power_of_two().trailing_zeros().min(MOST_BITS)
}

/// The bucket of a key.
pub(in crate::audit_log::sealed) fn bucket_of(key: &IdKey, bits: u32) -> u64 {
    (number(key) >> (KEY_BITS - bits)) as u64
}

/// The buckets of a run with their numbers, empty ones left out. `keys` are in order.
pub(in crate::audit_log::sealed) fn buckets(keys: &[IdKey]) -> impl Iterator<Item = (u64, Vec<u8>)> {
    let bits = bucket_bits(keys.len());
    keys.chunk_by(move |one, other| bucket_of(one, bits) == bucket_of(other, bits)).filter_map(move |bucket| {
        let first = bucket.first()?;
        Some((bucket_of(first, bits), write(bucket, bits)))
    })
}

fn write(keys: &[IdKey], bits: u32) -> Vec<u8> {
    let rest = KEY_BITS - bits;
    let width = rest.saturating_sub(keys.len().ilog2());
    let mut out = Bits::default();
    for key in keys {
        out.push(low_bits(number(key), width), width);
    }
    let mut before = 0;
    for key in keys {
        let high = low_bits(number(key), rest) >> width;
        for _ in before..high {
            out.push(0, 1);
        }
        out.push(1, 1);
        before = high;
    }
    let mut bucket = Writer::new();
    bucket.number(keys.len() as u64);
    bucket.byte(width as u8);
    bucket.raw(&out.finish());
    bucket.finish()
}

/// The keys of a bucket, in order.
pub(in crate::audit_log::sealed) fn read(bytes: &[u8], bucket: u64, bits: u32) -> Result<Vec<IdKey>, SealError> {
    let mut keys = Vec::new();
    walk(bytes, bits, |rest| {
        let number = u128::from(bucket) << (KEY_BITS - bits) | rest;
        let mut key = [0; ID_KEY];
        for (to, from) in key.iter_mut().rev().zip(number.to_le_bytes()) {
            *to = from;
        }
        keys.push(key);
        true
    })?;
    Ok(keys)
}

/// Whether a bucket has a key.
pub(in crate::audit_log::sealed) fn has(bytes: &[u8], key: &IdKey, bits: u32) -> Result<bool, SealError> {
    let wanted = low_bits(number(key), KEY_BITS - bits);
    let mut found = false;
    walk(bytes, bits, |rest| {
        found = rest == wanted;
        rest < wanted
    })?;
    Ok(found)
}

/// Gives the keys of a bucket without their first bits, as long as `take` wants more.
fn walk(bytes: &[u8], bits: u32, mut take: impl FnMut(u128) -> bool) -> Result<(), SealError> {
    let malformed = || SealError::Malformed("a bucket of keys".to_owned());
    let mut from = Reader::new(bytes);
    let count = from.number()?;
    let width = u32::from(from.byte()?);
    let packed = from.raw(from.left())?;
    let rest = KEY_BITS.checked_sub(bits).filter(|rest| width <= *rest).ok_or_else(malformed)?;
    let low_size = count.checked_mul(u64::from(width)).ok_or_else(malformed)?;
    if count == 0 || low_size + count > packed.len() as u64 * 8 {
        return Err(malformed());
    }
    let (mut low_at, mut high_at, mut high) = (0, low_size as usize, 0u128);
    for _ in 0..count {
        while bit(packed, high_at).ok_or_else(malformed)? == 0 {
            high += 1;
            high_at += 1;
        }
        high_at += 1;
        let low = take_bits(packed, low_at, width).ok_or_else(malformed)?;
        low_at += width as usize;
        let key = high << width | low;
        if key >> rest != 0 {
            return Err(malformed());
        }
        if !take(key) {
            return Ok(());
        }
    }
    Ok(())
}

fn bit(bytes: &[u8], at: usize) -> Option<u8> {
    Some(bytes.get(at / 8)? >> (at % 8) & 1)
}

/// Bits from a place on, the lowest first.
fn take_bits(bytes: &[u8], at: usize, width: u32) -> Option<u128> {
    let (first, shift) = (at / 8, at % 8);
    let end = (at + width as usize).div_ceil(8);
    let mut wide = [0; 16];
    for (to, from) in wide.iter_mut().zip(bytes.get(first..end)?) {
        *to = *from;
    }
    Some(low_bits(u128::from_le_bytes(wide) >> shift, width))
}

/// Bits one after the other, the lowest first.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    open: u128,
    count: u32,
}

impl Bits {
    fn push(&mut self, value: u128, width: u32) {
        self.open |= value << self.count;
        self.count += width;
        while self.count >= 8 {
            self.bytes.push(self.open as u8);
            self.open >>= 8;
            self.count -= 8;
        }
    }

    fn finish(mut self) -> Vec<u8> {
        if self.count > 0 {
            self.bytes.push(self.open as u8);
        }
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::sha256;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_keys_come_back(mut keys in prop::collection::vec(any::<IdKey>(), 1..400), other: IdKey) {
            keys.sort_unstable();
            keys.dedup();
            let bits = bucket_bits(keys.len());
            let mut back = Vec::new();
            for (bucket, bytes) in buckets(&keys) {
                let own = read(&bytes, bucket, bits).unwrap();
                for key in &own {
                    prop_assert!(has(&bytes, key, bits).unwrap());
                }
                if bucket_of(&other, bits) == bucket {
                    prop_assert_eq!(has(&bytes, &other, bits).unwrap(), keys.contains(&other));
                }
                back.extend(own);
            }
            prop_assert_eq!(back, keys);
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, bucket in 0u64..8, key: IdKey) {
            let _ = (read(&bytes, bucket, 3), has(&bytes, &key, 3));
        }
    }

    #[test]
    fn takes_two_bits_a_key_more_than_needed() {
        let mut keys: Vec<IdKey> = (0..300_000u32).map(|n| id_key(&sha256(&n.to_le_bytes()).0)).collect();
        keys.sort_unstable();
        let size: usize = buckets(&keys).map(|(_, bytes)| bytes.len()).sum();
        // 72 bits without the 18.2 that say which of them it is.
        assert!(size as f64 * 8.0 / 300_000.0 < 72.0 - 18.2 + 2.3, "{} bits", size as f64 * 8.0 / 300_000.0);
    }
}
