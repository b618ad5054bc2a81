//! Style: how numbers and dates are written, as a theme or a language chooses.

/// How numbers are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Numbers {
    /// Between groups of three digits, if anything.
    pub group: Option<char>,
    /// Before the fraction.
    pub decimal: char,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers { group: Some(','), decimal: '.' }
    }
}

impl Numbers {
    /// Reads how somebody writes 1234.5: `1,234.5`, `1.234,5`, `1 234,5`, `1'234.5`, `1234.5`. `None` if it is not that number.
    /// A blank is read as one that no line is broken at.
    pub fn read(sample: &str) -> Option<Numbers> {
        let rest = sample.trim().strip_prefix('1')?.strip_suffix('5')?;
        let (group, decimal) = rest.split_once("234")?;
        let sign = |text: &str, allowed: &[char]| {
            let mut letters = text.chars();
            let first = letters.next().filter(|c| allowed.contains(c))?;
            letters.next().is_none().then_some(if first.is_whitespace() { '\u{a0}' } else { first })
        };
        let decimal = sign(decimal, &['.', ','])?;
        let group = match group {
            "" => None,
            group => Some(sign(group, &[',', '.', ' ', '\'', '’', '\u{a0}', '\u{202f}'])?),
        };
        (group != Some(decimal)).then_some(Numbers { group, decimal })
    }

    /// Digits in groups of three.
    pub fn grouped(&self, digits: &str) -> String {
        let Some(group) = self.group else { return digits.to_owned() };
        let mut out = String::with_capacity(digits.len() + digits.len() / 3 + 1);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(group);
            }
            out.push(digit);
        }
        out
    }
}

/// How days are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Dates {
    /// As the language writes them: 3 March 2025, 3. März 2025.
    #[default]
    Words,
    /// 2025-03-03.
    Iso,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_off_a_sample() {
        let read = |sample| Numbers::read(sample).map(|numbers| (numbers.group, numbers.decimal));
        assert_eq!(read("1,234.5"), Some((Some(','), '.')));
        assert_eq!(read("1.234,5"), Some((Some('.'), ',')));
        assert_eq!(read("1 234,5"), Some((Some('\u{a0}'), ',')));
        assert_eq!(read("1'234.5"), Some((Some('\''), '.')));
        assert_eq!(read("1234.5"), Some((None, '.')));
        for wrong in ["", "1,234,5", "1234", "12345", "1x234.5", "1,,234.5", "1.234.5"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn digits_are_grouped() {
        let numbers = Numbers::default();
        let shown: Vec<String> = ["0", "999", "1000", "1234567"].iter().map(|text| numbers.grouped(text)).collect();
        assert_eq!(shown, ["0", "999", "1,000", "1,234,567"]);
        assert_eq!(Numbers { group: None, decimal: '.' }.grouped("1234567"), "1234567");
    }
}
