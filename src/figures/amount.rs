//! Amounts as exact rational numbers: compared without rounding.

use super::Amount;
use crate::query::Compare;
use std::cmp::Ordering;

impl Amount {
    /// The number as a fraction; `None` where there is none (not recorded, not in the log, a share or mean of nothing).
    pub fn ratio(&self) -> Option<(i128, i128)> {
        match *self {
            Amount::Whole(value) => Some((i128::from(value), 1)),
            Amount::Share { part, whole } if whole > 0 => Some((i128::from(part), i128::from(whole))),
            Amount::Mean { sum, over } if over > 0 => Some((i128::from(sum), i128::from(over))),
            _ => None,
        }
    }

    /// By size; `None` where one of them is no number.
    pub fn compare(&self, other: &Amount) -> Option<Ordering> {
        let ((a, b), (c, d)) = (self.ratio()?, other.ratio()?);
        Some((a * d).cmp(&(c * b)))
    }

    /// Whether it stands so to another; `None` where one of them is no number.
    pub fn stands(&self, compare: Compare, other: &Amount) -> Option<bool> {
        let order = self.compare(other)?;
        Some(match compare {
            Compare::Less => order == Ordering::Less,
            Compare::AtMost => order != Ordering::Greater,
            Compare::More => order == Ordering::Greater,
            Compare::AtLeast => order != Ordering::Less,
        })
    }

    /// A value as definitions write it (whole for counts, hundredths of a percent for shares, hundredths for means), as
    /// the same kind of number as this one.
    pub fn like(&self, written: i64) -> Amount {
        match self {
            Amount::Share { .. } => Amount::Share { part: written, whole: 10_000 },
            Amount::Mean { .. } => Amount::Mean { sum: written, over: 100 },
            _ => Amount::Whole(written),
        }
    }

    /// In hundredths of what is shown (of a percent for shares), rounded half away from zero.
    pub fn hundredths(&self) -> Option<i64> {
        let scale = if matches!(self, Amount::Share { .. }) { 10_000 } else { 100 };
        let (a, b) = self.ratio()?;
        let (scaled, half) = (a * scale, b / 2);
        i64::try_from(if scaled >= 0 { (scaled + half) / b } else { (scaled - half) / b }).ok()
    }

    /// Whether it is a number and zero.
    pub fn is_zero(&self) -> bool {
        self.ratio().is_some_and(|(a, _)| a == 0)
    }
}

/// Largest first; what is no number comes last.
pub(super) fn largest_first(a: &Amount, b: &Amount) -> Ordering {
    match (a.ratio().is_some(), b.ratio().is_some()) {
        (true, true) => b.compare(a).unwrap_or(Ordering::Equal),
        (a, b) => b.cmp(&a),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fractions_are_compared_exactly() {
        let third = Amount::Share { part: 1, whole: 3 };
        assert_eq!(third.stands(Compare::AtLeast, &third.like(3333)), Some(true));
        assert_eq!(third.stands(Compare::AtLeast, &third.like(3334)), Some(false));
        let mean = Amount::Mean { sum: 7, over: 2 };
        assert_eq!(mean.stands(Compare::AtMost, &mean.like(350)), Some(true));
        assert_eq!(mean.stands(Compare::Less, &mean.like(350)), Some(false));
        assert_eq!(Amount::Share { part: 0, whole: 0 }.stands(Compare::Less, &Amount::Whole(1)), None);
        assert_eq!(Amount::NotRecorded.stands(Compare::Less, &Amount::Whole(1)), None);
    }

    #[test]
    fn order_puts_missing_numbers_last() {
        let mut list = [Amount::NotRecorded, Amount::Whole(1), Amount::Mean { sum: 9, over: 2 }, Amount::Whole(4)];
        list.sort_by(largest_first);
        assert_eq!(list[0], Amount::Mean { sum: 9, over: 2 });
        assert_eq!(list[3], Amount::NotRecorded);
    }

    #[test]
    fn hundredths_round_half_away() {
        assert_eq!(Amount::Mean { sum: 1, over: 8 }.hundredths(), Some(13));
        assert_eq!(Amount::Share { part: 1, whole: 3 }.hundredths(), Some(3333));
        assert_eq!(Amount::Whole(-2).hundredths(), Some(-200));
    }
}
