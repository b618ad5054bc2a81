//! Column: whole numbers in as few bytes as they need. Decoding checks every bound; a flipped byte is an error, no panic.
//!
//! A column is a kind, a base and, where the values differ, their distances from the base: 0, all are the base;
//! 1, each is one more than the one before; 2, distances of `width` bytes, lowest byte first, in units of `step`.

use crate::seal::SealError;
use crate::seal::bytes::{Reader, Writer};

const SAME: u8 = 0;
const RISING: u8 = 1;
const PACKED: u8 = 2;
/// Times are often whole seconds: then two bytes less are needed.
const STEPS: [u64; 2] = [1000, 1];

/// Appends a column.
pub(super) fn write(out: &mut Writer, values: &[i64]) {
    let base = values.iter().copied().min().unwrap_or(0);
    let first = values.first().copied().unwrap_or(0);
    let distance = |value: &i64| value.wrapping_sub(base) as u64;
    let widest = values.iter().map(distance).max().unwrap_or(0);
    if widest == 0 {
        out.byte(SAME);
        out.signed(base);
    } else if values.iter().zip(0..).all(|(value, after): (_, i64)| first.checked_add(after) == Some(*value)) {
        out.byte(RISING);
        out.signed(base);
    } else {
        let step = STEPS.into_iter().find(|step| values.iter().all(|value| distance(value) % step == 0)).unwrap_or(1);
        let width = (64 - (widest / step).leading_zeros()).div_ceil(8) as usize;
        out.byte(PACKED);
        out.signed(base);
        out.number(step);
        out.byte(width as u8);
        for value in values {
            let bytes = (distance(value) / step).to_le_bytes();
            out.raw(bytes.get(..width).unwrap_or(&bytes));
        }
    }
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
        PACKED => {
            let step = from.number()?;
            let width = usize::from(from.byte()?);
            let size = count.checked_mul(width).ok_or_else(|| malformed("a column that is too long"))?;
            let bytes = from.raw(size)?;
            if step == 0 {
                return Err(malformed("a column without a step"));
            }
            let value = |distance: u64| base.wrapping_add(distance.wrapping_mul(step) as i64);
            Ok(match width {
                1 => bytes.iter().map(|byte| value(u64::from(*byte))).collect(),
                2 => packed::<2>(bytes).map(value).collect(),
                3 => packed::<3>(bytes).map(value).collect(),
                4 => packed::<4>(bytes).map(value).collect(),
                5 => packed::<5>(bytes).map(value).collect(),
                6 => packed::<6>(bytes).map(value).collect(),
                7 => packed::<7>(bytes).map(value).collect(),
                8 => packed::<8>(bytes).map(value).collect(),
                _ => return Err(malformed("a column of a width that there is not")),
            })
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

fn packed<const WIDTH: usize>(bytes: &[u8]) -> impl Iterator<Item = u64> {
    bytes.as_chunks::<WIDTH>().0.iter().map(|chunk| {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(chunk) {
            *to = *from;
        }
        u64::from_le_bytes(wide)
    })
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
        write(&mut out, values);
        let bytes = out.finish();
        let mut from = Reader::new(&bytes);
        let back = read(&mut from, values.len()).unwrap();
        from.end().unwrap();
        (bytes.len(), back)
    }

    proptest! {
        #[test]
        fn any_values_come_back(values in prop::collection::vec(prop_oneof![any::<i64>(), -3i64..300, 0i64..70_000], 0..50)) {
            prop_assert_eq!(through(&values).1, values);
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
        assert_eq!(through(&[i64::MIN, i64::MAX]).1, [i64::MIN, i64::MAX]);
    }
}
