//! Where the decimal point of a number stands, so that a column of numbers can be aligned on it.

/// The end of a number's whole part, in bytes, if `.` is the decimal sign and if `,` is. `None`: then it is no number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Whole {
    pub dot: Option<usize>,
    pub comma: Option<usize>,
}

impl Whole {
    pub fn of(self, comma: bool) -> Option<usize> {
        if comma { self.comma } else { self.dot }
    }
}

/// Signs that may stand before the digits.
const BEFORE: &str = "+-−±≤≥<>~≈$€£¥ \u{a0}\u{202f}";
/// Longer words after a number make it a text.
const LONGEST_UNIT: usize = 12;

/// Finds the whole part of a text that is one number, with a sign and a unit at most.
pub(super) fn whole(text: &str) -> Option<Whole> {
    let start = text.find(|c: char| !BEFORE.contains(c))?;
    let (mut end, mut separators) = (start, Vec::new());
    let mut characters = text.get(start..)?.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let at = start + at;
        if character.is_ascii_digit() {
            end = at + 1;
        } else if end == at
            && at > start
            && matches!(character, '.' | ',' | '\'' | '’' | ' ' | '\u{a0}' | '\u{202f}')
            && characters.peek().is_some_and(|(_, next)| next.is_ascii_digit())
        {
            separators.push((at, character));
        } else {
            break;
        }
    }
    let unit = text.get(end..)?;
    if end == start || unit.chars().any(char::is_numeric) || unit.chars().count() > LONGEST_UNIT {
        return None;
    }
    let with = |sign: char| {
        let (groups, fraction) = match separators.split_last() {
            Some(((at, last), groups)) if *last == sign => (groups, Some(*at)),
            _ => (separators.as_slice(), None),
        };
        let whole = fraction.unwrap_or(end);
        // Three digits between the marks of thousands, and one kind of mark.
        let ends = groups.iter().skip(1).map(|(at, _)| *at).chain([whole]);
        let threes = groups.iter().zip(ends).all(|((at, mark), end)| end - at == mark.len_utf8() + 3 && *mark != sign);
        let alike = groups.windows(2).all(|pair| matches!(pair, [(_, one), (_, other)] if one == other));
        (threes && alike).then_some(whole)
    };
    let whole = Whole { dot: with('.'), comma: with(',') };
    (whole != Whole::default()).then_some(whole)
}

/// Whether `,` is the decimal sign of these numbers; where they do not tell, as `usual` says.
pub(super) fn comma(numbers: impl Iterator<Item = Whole>, usual: bool) -> bool {
    let (mut dots, mut commas) = (0, 0);
    for number in numbers {
        dots += usize::from(number.dot.is_some());
        commas += usize::from(number.comma.is_some());
    }
    if dots == commas { usual } else { commas > dots }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> (Option<&str>, Option<&str>) {
        let whole = whole(text).unwrap_or_default();
        (whole.dot.map(|end| &text[..end]), whole.comma.map(|end| &text[..end]))
    }

    #[test]
    fn numbers_and_their_points() {
        assert_eq!(at("12"), (Some("12"), Some("12")));
        assert_eq!(at("1.5"), (Some("1"), None));
        assert_eq!(at("1,293.0"), (Some("1,293"), None));
        assert_eq!(at("1.293,0"), (None, Some("1.293")));
        assert_eq!(at("1,293"), (Some("1,293"), Some("1")));
        assert_eq!(at("1\u{202f}293\u{202f}017,25 %"), (None, Some("1\u{202f}293\u{202f}017")));
        assert_eq!(at("−3"), (Some("−3"), Some("−3")));
        assert_eq!(at("3.25 %"), (Some("3"), None));
        assert_eq!(at("≤ 12 h"), (Some("≤ 12"), Some("≤ 12")));
    }

    #[test]
    fn other_texts_are_none() {
        for text in
            ["", "n/a", "not recorded", "12:30", "30 Nov 2026", "185 (+435)", "F12", "1.2.3", "12 of 20", "٣", "-"]
        {
            assert_eq!(whole(text), None, "{text}");
        }
    }

    #[test]
    fn a_column_tells_its_sign_and_the_language_where_it_does_not() {
        let comma = |texts: &[&str], usual| comma(texts.iter().filter_map(|text| whole(text)), usual);
        assert!(!comma(&["1,293", "2.5"], true));
        assert!(comma(&["1.293", "2,5"], false));
        assert!(comma(&["1.293"], true) && !comma(&["1,293"], false));
    }
}
