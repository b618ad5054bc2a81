//! Limits: from earlier values to the band in which a value is normal. Whole numbers only, and robust: what is learnt does
//! not change because one of six, or two of twelve, were extraordinary.
//!
//! The middle is the median. A value is outside if all of this is true:
//! * it is [`TIMES`] times farther from the median than the middle half is on that side (the quartile, or the median
//!   distance from the median, whichever is farther);
//! * it is farther than chance alone would have it: three times the root of the median, three at least, a tenth of the
//!   median at least. Without that floor, a history that never changed would make a mark of every change;
//! * at most a sixth of the earlier values were as far out, or one, where mostly there was nothing: what happened before, and
//!   not once only, is not new.

/// Values are told in thousandths of what is counted.
pub(super) const SCALE: i128 = 1000;
/// So many times as far as the middle half reaches.
const TIMES: i128 = 5;
/// One in so many earlier values may be extraordinary.
const ONE_IN: usize = 6;

/// In thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Limits {
    pub(super) low: i128,
    pub(super) middle: i128,
    pub(super) high: i128,
}

impl Limits {
    /// Both: the outer limits, the middle of the first.
    pub(super) fn or(self, other: Limits) -> Limits {
        Limits { low: self.low.min(other.low), middle: self.middle, high: self.high.max(other.high) }
    }
}

/// The limits that values (in thousandths, in any order, none below zero) give; `None` without any.
pub(super) fn limits(values: Vec<i128>) -> Option<Limits> {
    limits_at(values, TIMES)
}

/// As [`limits`], so many times as far as the middle half reaches.
pub(super) fn limits_at(mut values: Vec<i128>, times: i128) -> Option<Limits> {
    values.sort_unstable();
    let middle = quartile(&values, 2)?;
    let mut distances: Vec<i128> = values.iter().map(|value| (value - middle).abs()).collect();
    distances.sort_unstable();
    let typical = quartile(&distances, 2)?;
    let up = typical.max(quartile(&values, 3)? - middle);
    let down = typical.max(middle - quartile(&values, 1)?);
    // The root of a count, in thousandths: √(m / 1000) × 1000 = √(m × 1000).
    let chance = 3 * middle.max(SCALE).saturating_mul(SCALE).isqrt();
    let floor = chance.max(middle / 10);
    let spared = if middle == 0 { 1 } else { (values.len() / ONE_IN).max(1) };
    let (seen_low, seen_high) = (values.get(spared), values.get(values.len().checked_sub(spared + 1)?));
    let high = (middle + (up.saturating_mul(times)).max(floor)).max(seen_high.copied().unwrap_or(middle));
    let low = (middle - (down.saturating_mul(times)).max(floor)).min(seen_low.copied().unwrap_or(middle));
    Some(Limits { low: low.max(0), middle, high })
}

/// Of sorted values, linear between neighbours; towards zero where that is no whole number.
fn quartile(sorted: &[i128], quarters: usize) -> Option<i128> {
    let place = sorted.len().checked_sub(1)? * quarters;
    let (index, rest) = (place / 4, (place % 4) as i128);
    let low = *sorted.get(index)?;
    let high = sorted.get(index + 1).copied().unwrap_or(low);
    Some((low * (4 - rest) + high * rest) / 4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Limits of whole numbers, as whole numbers inside.
    fn of(values: &[i128]) -> (i128, i128, i128) {
        let limits = limits(values.iter().map(|value| value * SCALE).collect()).unwrap();
        ((limits.low + SCALE - 1) / SCALE, limits.middle / SCALE, limits.high / SCALE)
    }

    #[test]
    fn what_never_changes_has_a_floor() {
        assert_eq!(of(&[0; 12]), (0, 0, 3));
        assert_eq!(of(&[1; 12]), (0, 1, 4));
        assert_eq!(of(&[100; 12]), (70, 100, 130));
        assert_eq!(of(&[1_000_000; 12]), (900_000, 1_000_000, 1_100_000));
    }

    #[test]
    fn an_outlier_in_history_masks_nothing() {
        let quiet = [10, 12, 9, 11, 10, 13, 8, 10, 11, 9, 12, 10];
        let (low, middle, high) = of(&quiet);
        assert_eq!((low, middle, high), (1, 10, 19));
        let mut loud = quiet;
        (loud[3], loud[7]) = (5_000, 4_000);
        let (_, middle, high) = of(&loud);
        assert!(middle == 10 && high < 30, "{high}");
        assert!(of(&[10, 12, 9, 11, 10, 9_000]).2 < 40, "one of six");
    }

    #[test]
    fn a_steady_rise_is_normal_and_a_leap_is_not() {
        let rising: Vec<i128> = (0..12).map(|week| 1_000 + 50 * week).collect();
        let (_, _, high) = of(&rising);
        assert!((1_600..2_200).contains(&high), "{high}");
    }

    #[test]
    fn what_happens_now_and_then_is_normal() {
        let exports = [0, 0, 0, 5_000, 0, 0, 4_000, 0, 0, 4_500, 0, 0];
        let (_, _, high) = of(&exports);
        assert!((4_000..10_000).contains(&high), "{high}");
    }

    proptest! {
        #[test]
        fn the_middle_half_is_always_inside(values in prop::collection::vec(0i128..1_000_000_000, 6..30)) {
            let found = limits(values.clone()).unwrap();
            prop_assert!(0 <= found.low && found.low <= found.middle && found.middle <= found.high);
            let outside = values.iter().filter(|value| **value < found.low || **value > found.high).count();
            prop_assert!(outside <= 2 * (values.len() / ONE_IN).max(1));
            let mut turned = values.clone();
            turned.reverse();
            prop_assert_eq!(limits(turned), Some(found));
        }
    }
}
