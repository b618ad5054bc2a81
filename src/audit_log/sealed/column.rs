//! Column: whole numbers in as few bytes as they need. Decoding checks every bound; a flipped byte is an error, no panic.
//!
//! A column is a kind, a base and, where the values differ, their distances: 0, all are the base; 1, each is one more than
//! the one before; 2, distances from the base, each of `width` bytes, lowest byte first, in units of `step`; 3, the base is
//! the first value, and then for each other one its distance from the one before, written as in 2.

use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};

const SAME: u8 = 0;
const RISING: u8 = 1;
const PACKED: u8 = 2;
const SORTED: u8 = 3;
/// Times are often whole seconds: then two bytes less are needed.
const STEPS: [u64; 2] = [1000, 1];

/// Appends a column.
pub(super) fn write(out: &mut Writer, values: impl Iterator<Item = i64> + Clone) {
    let mut each = values.clone();
    let first = each.next().unwrap_or(0);
    let (mut least, mut most, mut before) = (first, first, first);
    let (mut sorted, mut rising, mut widest_gap) = (true, true, 0);
    for value in each {
        least = least.min(value);
        most = most.max(value);
        sorted &= value >= before;
        rising &= before.checked_add(1) == Some(value);
        widest_gap = widest_gap.max(value.wrapping_sub(before) as u64);
        before = value;
    }
    let widest = most.wrapping_sub(least) as u64;
    if widest == 0 {
        out.byte(SAME);
        out.signed(least);
        return;
    }
    if rising {
        out.byte(RISING);
        out.signed(least);
        return;
    }
    let distances = values.clone().map(move |value| value.wrapping_sub(least) as u64);
    let step = STEPS.into_iter().find(|step| distances.clone().all(|distance| distance % step == 0)).unwrap_or(1);
    if sorted && width_of(widest_gap / step) < width_of(widest / step) {
        let next = values.clone().skip(1);
        let gaps = next.zip(values).map(|(value, before)| value.wrapping_sub(before) as u64);
        pack(out, SORTED, first, step, widest_gap, gaps);
    } else {
        pack(out, PACKED, least, step, widest, distances);
    }
}

/// Bytes that a distance takes at most.
fn width_of(widest: u64) -> usize {
    (64 - widest.leading_zeros()).div_ceil(8) as usize
}

fn pack(out: &mut Writer, kind: u8, base: i64, step: u64, widest: u64, distances: impl Iterator<Item = u64>) {
    let width = width_of(widest / step).max(1);
    out.byte(kind);
    out.signed(base);
    out.number(step);
    out.byte(width as u8);
    // Division by a constant is quick, by a variable it is not.
    match step {
        1 => distances.for_each(|distance| put(out, distance, width)),
        _ => distances.for_each(|distance| put(out, distance / 1000, width)),
    }
}

fn put(out: &mut Writer, distance: u64, width: usize) {
    let bytes = distance.to_le_bytes();
    out.raw(bytes.get(..width).unwrap_or(&bytes));
}

/// Reads a column of `count` values.
pub(super) fn read(from: &mut Reader<'_>, count: usize) -> Result<Vec<i64>, SealError> {
    let kind = from.byte()?;
    let base = from.signed()?;
    match kind {
        SAME => Ok(vec![base; count]),
        RISING => {
            let end = i64::try_from(count).ok().and_then(|count| base.checked_add(count));
            end.map(|end| (base..end).collect()).ok_or_else(|| malformed("a column that rises too far"))
        }
        PACKED | SORTED => {
            let step = from.number()?;
            let width = usize::from(from.byte()?);
            let written = if kind == SORTED { count.saturating_sub(1) } else { count };
            let size = written.checked_mul(width).ok_or_else(|| malformed("a column that is too long"))?;
            let bytes = from.raw(size)?;
            if step == 0 {
                return Err(malformed("a column without a step"));
            }
            let unpacked = |bytes| match width {
                1 => unpack::<1>(bytes, kind, base, step),
                2 => unpack::<2>(bytes, kind, base, step),
                3 => unpack::<3>(bytes, kind, base, step),
                4 => unpack::<4>(bytes, kind, base, step),
                5 => unpack::<5>(bytes, kind, base, step),
                6 => unpack::<6>(bytes, kind, base, step),
                7 => unpack::<7>(bytes, kind, base, step),
                8 => unpack::<8>(bytes, kind, base, step),
                _ => Err(malformed("a column of a width that there is not")),
            };
            unpacked(bytes)
        }
        _ => Err(malformed("a column of a kind that there is not")),
    }
}

/// Reads a column of codes, each below `limit`.
pub(super) fn read_codes(from: &mut Reader<'_>, count: usize, limit: usize) -> Result<Vec<u32>, SealError> {
    let mut ahead = from.clone();
    if let Some(codes) = quick_codes(&mut ahead, count) {
        *from = ahead;
        let most = codes.iter().max().map_or(0, |code| *code as usize);
        return if most < limit || codes.is_empty() { Ok(codes) } else { Err(no_such_code()) };
    }
    let values = read(from, count)?;
    let limit = i64::try_from(limit.min(u32::MAX as usize)).unwrap_or(0);
    if values.iter().any(|value| !(0..limit).contains(value)) {
        return Err(no_such_code());
    }
    Ok(values.into_iter().map(|value| value as u32).collect())
}

/// Codes of at most four bytes straight into place: what answers read of each event. `None`: to be read the general way.
fn quick_codes(from: &mut Reader<'_>, count: usize) -> Option<Vec<u32>> {
    if from.byte().ok()? != PACKED {
        return None;
    }
    let base = u32::try_from(from.signed().ok()?).ok()?;
    let (step, width) = (from.number().ok()?, usize::from(from.byte().ok()?));
    let bytes = from.raw(count.checked_mul(width)?).ok()?;
    // No code can run over, whatever the distances are.
    let widest = 1u64.checked_shl(8 * width as u32).filter(|_| width < 4)? - 1;
    if step != 1 || u64::from(base) + widest > u64::from(u32::MAX) {
        return None;
    }
    Some(match width {
        1 => bytes.iter().map(|byte| base + u32::from(*byte)).collect(),
        2 => bytes.as_chunks::<2>().0.iter().map(|pair| base + u32::from(u16::from_le_bytes(*pair))).collect(),
        3 => bytes.as_chunks::<3>().0.iter().map(|[a, b, c]| base + u32::from_le_bytes([*a, *b, *c, 0])).collect(),
        _ => return None,
    })
}

fn no_such_code() -> SealError {
    malformed("a code that no dictionary has")
}

fn unpack<const WIDTH: usize>(bytes: &[u8], kind: u8, base: i64, step: u64) -> Result<Vec<i64>, SealError> {
    let distances = bytes.as_chunks::<WIDTH>().0.iter().map(|chunk| {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(chunk) {
            *to = *from;
        }
        u64::from_le_bytes(wide).wrapping_mul(step) as i64
    });
    if kind == PACKED {
        return Ok(distances.map(|distance| base.wrapping_add(distance)).collect());
    }
    let mut values = Vec::with_capacity(bytes.len() / WIDTH + 1);
    values.push(base);
    let mut last = base;
    values.extend(distances.map(|distance| {
        last = last.wrapping_add(distance);
        last
    }));
    Ok(values)
}

fn malformed(what: &str) -> SealError {
    SealError::Malformed(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn through(values: &[i64]) -> (usize, Vec<i64>) {
        let mut out = Writer::new();
        write(&mut out, values.iter().copied());
        let bytes = out.finish();
        let mut from = Reader::new(&bytes);
        let back = read(&mut from, values.len()).unwrap();
        from.end().unwrap();
        (bytes.len(), back)
    }

    proptest! {
        #[test]
        fn any_values_come_back(values in prop::collection::vec(prop_oneof![any::<i64>(), -3i64..300, 0i64..70_000], 1..50)) {
            prop_assert_eq!(&through(&values).1, &values);
            let mut sorted = values.clone();
            sorted.sort_unstable();
            prop_assert_eq!(&through(&sorted).1, &sorted);
            let codes: Vec<u32> = values.iter().map(|value| (*value as u32) % 70_000).collect();
            let most = codes.iter().copied().max().unwrap_or(0) as usize;
            let mut out = Writer::new();
            write(&mut out, codes.iter().map(|code| i64::from(*code)));
            let bytes = out.finish();
            prop_assert_eq!(read_codes(&mut Reader::new(&bytes), codes.len(), most + 1), Ok(codes.clone()));
            prop_assert!(read_codes(&mut Reader::new(&bytes), codes.len(), most).is_err());
        }

        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, count in 0usize..100, limit in 0usize..300) {
            let codes = read_codes(&mut Reader::new(&bytes), count, limit);
            prop_assert!(codes.is_err() || codes.is_ok_and(|codes| codes.iter().all(|code| (*code as usize) < limit)));
        }
    }

    #[test]
    fn takes_no_more_bytes_than_needed() {
        let second = |n: i64| 1_700_000_000_000 + n * 1000;
        assert!(through(&[7; 1000]).0 < 4);
        assert!(through(&(40..1040).collect::<Vec<_>>()).0 < 4);
        assert!(through(&(0..1000).map(|n| second(n * n % 86_400)).collect::<Vec<_>>()).0 < 3020);
        assert!(through(&(0..1000).map(|n| n * 7 % 200).collect::<Vec<_>>()).0 < 1020);
        assert!(
            through(&(0..1000).map(|n| second(n * 86)).collect::<Vec<_>>()).0 < 1020,
            "in order, the gaps are small"
        );
        assert_eq!(through(&[i64::MIN, i64::MAX]).1, [i64::MIN, i64::MAX]);
    }
}
