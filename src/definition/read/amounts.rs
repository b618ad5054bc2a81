//! Amounts: the numbers that figures are held against, in the scale of their measure: `20`, `2 %`, `< 50`, `deletions > 20`.

use super::super::{Measure, MeasureKind};
use crate::query::Compare;

/// How a measure's figures are kept as whole numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scale {
    /// As they are.
    Whole,
    /// In hundredths.
    Hundredths,
    /// In hundredths of a percent.
    Percent,
}

impl Scale {
    pub(super) fn of(measure: &Measure) -> Scale {
        match measure.kind {
            MeasureKind::Count(_) => Scale::Whole,
            MeasureKind::Rate { .. } => Scale::Percent,
            MeasureKind::PerDay { .. } => Scale::Hundredths,
        }
    }

    /// Reads an amount; else what is wrong with it, and what to write instead.
    pub(super) fn amount(self, text: &str) -> Result<i64, (String, String)> {
        let text = text.trim();
        let (number, percent) = match text.strip_suffix('%') {
            Some(number) => (number.trim_end(), true),
            None => (text, false),
        };
        let Some(hundredths) = hundredths(number) else {
            let example = match self {
                Scale::Whole => "20",
                Scale::Hundredths => "2.5",
                Scale::Percent => "2.5 %",
            };
            return Err((
                format!("`{text}` is not a number"),
                format!("Write one as in `{example}`, of two decimals at most"),
            ));
        };
        match (self, percent) {
            (Scale::Whole | Scale::Hundredths, true) => {
                Err((format!("`{text}` is a share, and this measure is not"), format!("Write `{number}`")))
            }
            (Scale::Percent, false) => {
                Err((format!("`{text}` is not a share, and this measure is one"), format!("Write `{text} %`")))
            }
            (Scale::Percent, true) if hundredths > 10_000 => {
                Err((format!("`{text}` is more than the whole"), "A share is 0 % to 100 %".to_owned()))
            }
            (Scale::Whole, false) if hundredths % 100 != 0 => {
                Err((format!("`{text}` is not a whole number, and this measure counts"), String::new()))
            }
            (Scale::Whole, false) => Ok(hundredths / 100),
            (Scale::Percent, true) | (Scale::Hundredths, false) => Ok(hundredths),
        }
    }
}

/// A number of at most two decimals, not negative, in hundredths.
pub(super) fn hundredths(text: &str) -> Option<i64> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(decimals) || decimals.len() > 2 {
        return None;
    }
    let decimals = format!("{decimals:0<2}").parse::<i64>().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(100)?.checked_add(decimals)
}

/// `< 50`, `at most 2 %`: how, and the rest of the text.
pub(super) fn comparison(text: &str) -> Option<(Compare, &str)> {
    const WORDS: [(&str, Compare); 8] = [
        ("<=", Compare::AtMost),
        (">=", Compare::AtLeast),
        ("<", Compare::Less),
        (">", Compare::More),
        ("at most", Compare::AtMost),
        ("at least", Compare::AtLeast),
        ("less than", Compare::Less),
        ("more than", Compare::More),
    ];
    let text = text.trim();
    WORDS.iter().find_map(|(word, compare)| Some((*compare, text.strip_prefix(word)?.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_read_in_the_scale_of_their_measure() {
        assert_eq!(Scale::Whole.amount("20"), Ok(20));
        assert_eq!(Scale::Whole.amount("20.00"), Ok(20));
        assert_eq!(Scale::Percent.amount("2 %"), Ok(200));
        assert_eq!(Scale::Percent.amount("2.5%"), Ok(250));
        assert_eq!(Scale::Percent.amount("100 %"), Ok(10_000));
        assert_eq!(Scale::Hundredths.amount("50"), Ok(5000));
        assert_eq!(Scale::Hundredths.amount("0.07"), Ok(7));
        for (scale, text) in [
            (Scale::Whole, "2 %"),
            (Scale::Whole, "2.5"),
            (Scale::Whole, "-1"),
            (Scale::Whole, ""),
            (Scale::Whole, "99999999999999999999"),
            (Scale::Whole, "9223372036854775807"),
            (Scale::Percent, "2"),
            (Scale::Percent, "100.01 %"),
            (Scale::Hundredths, "1.005"),
            (Scale::Hundredths, "1."),
            (Scale::Hundredths, "1e3"),
        ] {
            assert!(scale.amount(text).is_err(), "{text}");
        }
    }

    #[test]
    fn comparisons_by_sign_and_by_word() {
        assert_eq!(comparison("<= 5"), Some((Compare::AtMost, "5")));
        assert_eq!(comparison("<5"), Some((Compare::Less, "5")));
        assert_eq!(comparison("at most 2 %"), Some((Compare::AtMost, "2 %")));
        assert_eq!(comparison(" more than 7"), Some((Compare::More, "7")));
        assert_eq!(comparison("= 7"), None);
    }
}
