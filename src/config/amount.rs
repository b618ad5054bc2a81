//! Amount: a whole number with its unit, as in `60s` and `10 MB`.

use crate::written::{Node, Reader};
use std::ops::RangeInclusive;

/// Units of time, in seconds.
pub(super) const SECONDS: &[(&str, u64)] = &[
    ("s", 1),
    ("second", 1),
    ("seconds", 1),
    ("m", 60),
    ("min", 60),
    ("minute", 60),
    ("minutes", 60),
    ("h", 3600),
    ("hour", 3600),
    ("hours", 3600),
];

/// Units of size, in bytes: MB is a million, MiB 1024 times 1024.
pub(super) const BYTES: &[(&str, u64)] = &[
    ("bytes", 1),
    ("kB", 1000),
    ("KB", 1000),
    ("KiB", 1 << 10),
    ("MB", 1_000_000),
    ("MiB", 1 << 20),
    ("GB", 1_000_000_000),
    ("GiB", 1 << 30),
];

/// An amount of a range, in the smallest unit; a number without a unit is a Problem. `wanted`: the range in words.
pub(super) fn amount(
    reader: &Reader<'_>,
    node: &Node,
    units: &[(&str, u64)],
    range: RangeInclusive<u64>,
    wanted: &str,
) -> Option<u64> {
    let amount = node.as_text().and_then(|text| parse(text, units)).filter(|amount| range.contains(amount));
    if amount.is_none() {
        reader.wrong(node, wanted);
    }
    amount
}

fn parse(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let digits = text.find(|c: char| !c.is_ascii_digit())?;
    let (number, unit) = text.split_at_checked(digits)?;
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim())?;
    number.parse::<u64>().ok()?.checked_mul(*factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_and_its_unit() {
        assert_eq!(parse("60s", SECONDS), Some(60));
        assert_eq!(parse("5 min", SECONDS), Some(300));
        assert_eq!(parse("10 MB", BYTES), Some(10_000_000));
        assert_eq!(parse("10MiB", BYTES), Some(10_485_760));
        for wrong in
            ["", "60", "s", "-1s", "1.5h", "10 mb", "10 M B", "99999999999999999999 s", "18446744073709551615 h"]
        {
            assert_eq!(parse(wrong, SECONDS).or(parse(wrong, BYTES)), None, "{wrong}");
        }
    }
}
