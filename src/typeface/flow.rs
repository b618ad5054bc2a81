//! Where a text may be broken into lines (UAX #14), and in which direction its parts run (UAX #9).

use super::shape::overrides_direction;
use std::borrow::Cow;
use std::ops::Range;
use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::BreakOpportunity;

/// The directions in a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Directions {
    /// Whether the paragraph as a whole runs from right to left (its first letter with a direction does).
    pub rtl: bool,
    /// Level of each byte; odd: right to left. `None`: all 0.
    pub levels: Option<Vec<u8>>,
}

impl Directions {
    /// The level of the character that begins at a byte.
    pub fn level(&self, at: usize) -> u8 {
        self.levels.as_ref().and_then(|levels| levels.get(at).copied()).unwrap_or(0)
    }
}

/// Text as it is set: control characters as visible ones, ends of lines and paragraphs as U+2028. Others are left alone.
pub fn settable(text: &str) -> Cow<'_, str> {
    let strange = |c: char| c.is_control() || c == '\u{2029}';
    if !text.contains(strange) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "\u{2028}");
    Cow::Owned(
        text.chars()
            .map(|c| match c {
                '\n' | '\u{2029}' => '\u{2028}',
                '\t' => ' ',
                '\u{7f}' => '␡',
                '\u{85}' => '␤',
                '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or(c),
                c => c,
            })
            .collect(),
    )
}

/// The directions of a settable text that is one paragraph.
pub fn directions(text: &str) -> Directions {
    // Below the Hebrew block nothing runs from right to left; General Punctuation holds the marks of direction.
    let plain =
        |c: char| c < '\u{590}' || ('\u{2010}'..='\u{2027}').contains(&c) || ('\u{2030}'..='\u{205f}').contains(&c);
    if text.chars().all(plain) {
        return Directions { rtl: false, levels: None };
    }
    // Embeddings and overrides must not act; U+FFFC is neutral and as long in UTF-8.
    let tamed = text.replace(overrides_direction, "\u{fffc}");
    let info = BidiInfo::new(&tamed, None);
    let rtl = info.paragraphs.first().is_some_and(|paragraph| paragraph.level.is_rtl());
    let levels: Vec<u8> = info.levels.iter().map(|level| level.number()).collect();
    if levels.iter().all(|level| *level == 0) {
        return Directions { rtl, levels: None };
    }
    Directions { rtl, levels: Some(levels) }
}

/// Whether a language, as BCP 47 names it, is written from right to left.
pub fn rtl_language(language: &str) -> bool {
    let mut parts = language.split('-');
    let script = ["Arab", "Hebr", "Thaa", "Syrc", "Nkoo", "Adlm"];
    matches!(parts.next(), Some("ar" | "he" | "iw" | "fa" | "ur" | "ps" | "sd" | "ug" | "yi" | "dv" | "ckb"))
        && !parts.clone().any(|part| part == "Latn" || part == "Cyrl")
        || parts.any(|part| script.contains(&part))
}

/// The order from left to right in which parts with these levels are drawn on one line.
pub fn visual(levels: &[u8]) -> Vec<usize> {
    if levels.iter().all(|level| *level == 0) {
        return (0..levels.len()).collect();
    }
    let levels: Vec<Level> = levels.iter().filter_map(|level| Level::new(*level).ok()).collect();
    BidiInfo::reorder_visual(&levels)
}

/// One line of text as parts of one direction from left to right, each with its level.
pub fn runs(text: &str) -> Vec<(Range<usize>, u8)> {
    let directions = directions(text);
    let mut runs: Vec<(Range<usize>, u8)> = Vec::new();
    for (at, character) in text.char_indices() {
        let level = directions.level(at);
        let end = at + character.len_utf8();
        match runs.last_mut() {
            Some((range, last)) if *last == level => range.end = end,
            _ => runs.push((at..end, level)),
        }
    }
    let levels: Vec<u8> = runs.iter().map(|(_, level)| *level).collect();
    visual(&levels).into_iter().filter_map(|at| runs.get(at).cloned()).collect()
}

/// Where lines may or must end: byte offsets with whether they must. The end of the text is the last one.
pub fn breaks(text: &str) -> impl Iterator<Item = (usize, bool)> + '_ {
    unicode_linebreak::linebreaks(text).map(|(at, kind)| (at, kind == BreakOpportunity::Mandatory))
}

/// Whether a word that is longer than its line may be cut before this character: never between a letter and its marks.
pub fn may_cut_before(character: char) -> bool {
    !unicode_normalization::char::is_combining_mark(character)
        && !super::shape::shows_nothing(character)
        && !('\u{1f3fb}'..='\u{1f3ff}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hebrew_with_a_number_is_reordered() {
        let text = "אבג 123 דהו";
        let parts: Vec<&str> = runs(text).into_iter().map(|(range, _)| &text[range]).collect();
        assert_eq!(parts, [" דהו", "123", "אבג "]);
        assert!(directions(text).rtl);
        assert!(!directions("Deal אבג").rtl);
    }

    #[test]
    fn an_override_in_a_name_does_not_turn_its_surroundings() {
        let text = "file\u{202e}gpj.exe";
        assert_eq!(runs(text), [(0..text.len(), 0)]);
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(settable("a\0b\tc\r\nd\u{1b}\u{7f}"), "a␀b c\u{2028}d␛␡");
        assert!(matches!(settable("plain"), Cow::Borrowed(_)));
    }
}
