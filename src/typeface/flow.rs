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

/// Whether nothing in a text runs from right to left.
pub fn plain(text: &str) -> bool {
    // Below the Hebrew block nothing does; General Punctuation holds the marks of direction.
    text.chars()
        .all(|c| c < '\u{590}' || ('\u{2010}'..='\u{2027}').contains(&c) || ('\u{2030}'..='\u{205f}').contains(&c))
}

/// The directions of a paragraph whose direction is known. `parts` are its parts in order, each with whether it runs against the
/// paragraph: such a part is isolated, so that a number beside a name does not jump over it.
pub fn isolated(rtl: bool, parts: &[(bool, &str)]) -> Directions {
    if !rtl && parts.iter().all(|(against, part)| !against && plain(part)) {
        return Directions { rtl, levels: None };
    }
    let base = if rtl { Level::rtl() } else { Level::ltr() };
    let levels = |text: &str, base: Level| -> Vec<u8> {
        let tamed = text.replace(overrides_direction, "\u{fffc}");
        BidiInfo::new(&tamed, Some(base)).levels.iter().map(|level| level.number()).collect()
    };
    // What is isolated is one neutral thing to what is around it.
    const THING: &str = "\u{fffc}";
    let outer: String = parts.iter().map(|(against, part)| if *against { THING } else { part }).collect();
    let around = levels(&outer, base);
    let mut all = Vec::new();
    let mut at = 0;
    for (against, part) in parts {
        let length = if *against { THING.len() } else { part.len() };
        if *against {
            // Against the left: level 1 and 2; against the right: 2 and 3.
            let inner = levels(part, if rtl { Level::ltr() } else { Level::rtl() });
            all.extend(inner.into_iter().map(|level| if rtl { level + 2 } else { level }));
        } else {
            all.extend_from_slice(around.get(at..at + length).unwrap_or_default());
        }
        at += length;
    }
    let levels = if all.iter().all(|level| *level == 0) { None } else { Some(all) };
    Directions { rtl, levels }
}

/// The directions of a settable text that is one paragraph, as its first letter with a direction runs.
pub fn directions(text: &str) -> Directions {
    if plain(text) {
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
    fn a_number_beside_a_name_of_another_direction_stays_beside_it() {
        let parts = [(true, "שרה"), (false, " 12 and "), (true, "דוד"), (false, " 3")];
        let directions = isolated(false, &parts);
        let text: String = parts.iter().map(|(_, part)| *part).collect();
        let twelve = text.find("12").unwrap();
        assert_eq!((directions.level(0), directions.level(twelve), directions.level(text.len() - 1)), (1, 0, 0));
        let directions = isolated(true, &[(false, "מחק "), (true, "Deal 12"), (false, " 3")]);
        assert_eq!((directions.level(0), directions.level(7), directions.level(12)), (1, 2, 2));
        assert_eq!(isolated(false, &[(false, "plain")]), Directions { rtl: false, levels: None });
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
