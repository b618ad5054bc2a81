//! Normal: the median and the quartiles of earlier values.

use super::{Amount, Normal};

/// From fewer earlier values nothing is learnt.
const FEWEST: usize = 6;

/// Median and quartiles (linear between neighbours), in hundredths of what is shown. `None` from fewer than six numbers.
pub(super) fn normal(earlier: &[Amount]) -> Option<Normal> {
    let mut values: Vec<i64> = earlier.iter().filter_map(Amount::hundredths).collect();
    if values.len() < FEWEST {
        return None;
    }
    values.sort_unstable();
    let learnt_from = values.len() as u64;
    let quartile = |quarters: usize| {
        let place = (values.len() - 1) * quarters;
        let (index, rest) = (place / 4, (place % 4) as i128);
        let low = i128::from(*values.get(index)?);
        let high = values.get(index + 1).map_or(low, |high| i128::from(*high));
        i64::try_from((low * (4 - rest) + high * rest) / 4).ok()
    };
    Some(Normal { low: quartile(1)?, middle: quartile(2)?, high: quartile(3)?, learnt_from })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles() {
        let of = |values: &[i64]| normal(&values.iter().map(|v| Amount::Whole(*v)).collect::<Vec<_>>());
        assert_eq!(of(&[1, 2, 3, 4, 5]), None);
        assert_eq!(of(&[7, 1, 3, 5, 2, 4, 6]), Some(Normal { low: 250, middle: 400, high: 550, learnt_from: 7 }));
        assert_eq!(of(&[1, 2, 3, 4, 5, 6]), Some(Normal { low: 225, middle: 350, high: 475, learnt_from: 6 }));
        let missing = [Amount::NotInLog, Amount::Whole(9)];
        assert_eq!(normal(&missing), None, "what is not there teaches nothing");
    }
}
