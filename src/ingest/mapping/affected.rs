//! Affected: how many records a bulk action touched, from a number or from a sentence with one.

/// Text around a number: `{n} records`. Found anywhere, letter case and the width of spaces aside.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Pattern {
    before: String,
    after: String,
}

impl Pattern {
    /// Reads a pattern; it must hold `{n}` once, and some text beside it.
    pub(super) fn parse(written: &str) -> Option<Pattern> {
        let (before, after) = written.split_once("{n}")?;
        if after.contains("{n}") || (before.trim().is_empty() && after.trim().is_empty()) {
            return None;
        }
        Some(Pattern { before: spaced(before), after: spaced(after) })
    }

    /// The number in a text, if the pattern is found in it.
    pub(super) fn find(&self, text: &str) -> Option<u64> {
        let text = spaced(text);
        let mut rest = text.as_str();
        let mut standing_alone = true;
        while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
            let (head, tail) = rest.split_at(start);
            let length = number_length(tail);
            let (digits, after) = tail.split_at(length);
            // `v1250` and `3.1250` end in a number that is part of something else.
            let alone = match head.chars().next_back() {
                None => standing_alone,
                Some('.' | ',') if head.len() == 1 => standing_alone,
                Some(c) => !c.is_alphanumeric(),
            };
            let before = text.len() - rest.len() + start;
            let fits = text.get(..before).is_some_and(|before| before.ends_with(&self.before))
                && after.strip_prefix(self.after.as_str()).is_some_and(|next| !next.starts_with(char::is_alphanumeric));
            if alone && fits {
                return whole(digits);
            }
            rest = after;
            standing_alone = false;
        }
        None
    }
}

/// Length of the number that a text begins with, thousands separators included where three digits follow.
fn number_length(text: &str) -> usize {
    let mut length = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    loop {
        let Some(tail) = text.get(length..) else { return length };
        let Some(separator) = tail.chars().next().filter(|c| matches!(c, ',' | '.' | '\'' | '\u{2019}')) else {
            return length;
        };
        let group = tail.get(separator.len_utf8()..).unwrap_or_default();
        let digits = group.find(|c: char| !c.is_ascii_digit()).unwrap_or(group.len());
        if digits != 3 {
            return length;
        }
        length += separator.len_utf8() + 3;
    }
}

/// A whole number, with or without thousands separators.
pub(super) fn whole(text: &str) -> Option<u64> {
    let text = text.trim();
    let starts = text.starts_with(|c: char| c.is_ascii_digit());
    if !starts || number_length(text) != text.len() {
        return None;
    }
    text.chars().filter(char::is_ascii_digit).collect::<String>().parse().ok()
}

/// Lower case, each stretch of white space as one space.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars().flat_map(char::to_lowercase) {
        match c.is_whitespace() {
            true if out.ends_with(' ') => {}
            true => out.push(' '),
            false => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_are_found_in_sentences() {
        let records = Pattern::parse("{n} records").unwrap();
        for (text, wanted) in [
            ("1250 records", Some(1250)),
            ("Mass deleted 1,250  Records (filter: v2)", Some(1250)),
            ("3 fields, 12.500 records", Some(12500)),
            ("v1250 records", None),
            ("1250 recordsets", None),
            ("records: 1250", None),
            ("2.5 records", None),
            ("99999999999999999999 records", None),
            ("", None),
        ] {
            assert_eq!(records.find(text), wanted, "{text}");
        }
        assert_eq!(Pattern::parse("Records: {n}").unwrap().find("done. records: 7"), Some(7));
        assert_eq!(Pattern::parse("Records: {n}").unwrap().find("records: 7th"), None);
        assert!(Pattern::parse("{n}").is_none());
        assert!(Pattern::parse("records").is_none());
    }

    #[test]
    fn whole_numbers_may_have_thousands() {
        assert_eq!(whole(" 1'250 "), Some(1250));
        assert_eq!(whole("0"), Some(0));
        for text in ["", "-1", "1.5", "1e3", "12,50", "1,2500", "x"] {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "\\PC{0,40}", number in any::<u32>()) {
            let pattern = Pattern::parse("{n} records").unwrap();
            let _ = pattern.find(&text);
            let _ = whole(&text);
            prop_assert_eq!(pattern.find(&format!("did {number} records")), Some(u64::from(number)));
        }
    }
}
