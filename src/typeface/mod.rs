//! Typeface: the shipped fonts, measured and shaped. Every character is either set by a font or reported as missing; none is dropped.
//!
//! A text is set by the first font of the chain that has its characters: Noto Sans (Latin, Greek, Cyrillic), Hebrew, Arabic, Math
//! (≤ ≥ ≠ − → …), Symbols 2 (▲ ▼ ✓ ✗ ● ␀ …), then the fonts that the settings name. Nothing is read from the host's own fonts: the
//! same text has the same width everywhere.

mod face;
pub mod flow;
mod outline;
mod shape;
mod subset;
mod width;

pub use face::Metrics;
pub use outline::Step;
pub use shape::{Glyph, Run, Shaped};
pub use subset::{Code, Subset};

use face::Face;
use std::collections::HashMap;
use std::sync::{Arc, Mutex};

/// Which font of the chain: an index that is stable for one [`Fonts`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FaceId(u8);

impl FaceId {
    /// As a number, for naming the font in a file.
    pub fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// A font that the settings name, for scripts that the shipped ones lack (CJK).
#[derive(Clone, Copy, Debug)]
pub struct ExtraFont<'a> {
    /// For messages: the path.
    pub name: &'a str,
    /// The file: TrueType, OpenType or a collection.
    pub bytes: &'a [u8],
    /// Which font of a collection; 0 otherwise.
    pub index: u32,
}

/// From this weight on a font is bold: it is asked for bold text first, and for other text last.
const BOLD: u16 = 600;

/// What keeps a font from being used.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum FontError {
    #[error("{0} is not a font that can be read (TrueType or OpenType)")]
    Unreadable(String),
    #[error("too many fonts: at most 200")]
    TooMany,
    #[error("the glyphs of {0} cannot be put into a file: {1}")]
    Subset(String, String),
}

/// The chain of fonts, with a cache of what was shaped. Share one between chart and page: labels are measured as they are set.
pub struct Fonts<'a> {
    faces: Vec<Face<'a>>,
    regular: Vec<FaceId>,
    bold: Vec<FaceId>,
    cache: Mutex<[HashMap<Box<str>, Arc<Shaped>>; 4]>,
}

/// More shaped words than this are not kept: a long report has some tens of thousands of different ones.
const CACHE_LIMIT: usize = 60_000;

/// The shipped fonts: name, whether it is bold (`None`: serves both), file.
const SHIPPED: [(&str, Option<bool>, &[u8]); 8] = [
    ("NotoSans-Regular", Some(false), include_bytes!("../../report-templates/fonts/NotoSans-Regular.ttf")),
    ("NotoSans-Bold", Some(true), include_bytes!("../../report-templates/fonts/NotoSans-Bold.ttf")),
    ("NotoSansHebrew-Regular", Some(false), include_bytes!("../../report-templates/fonts/NotoSansHebrew-Regular.ttf")),
    ("NotoSansHebrew-Bold", Some(true), include_bytes!("../../report-templates/fonts/NotoSansHebrew-Bold.ttf")),
    ("NotoSansArabic-Regular", Some(false), include_bytes!("../../report-templates/fonts/NotoSansArabic-Regular.ttf")),
    ("NotoSansArabic-Bold", Some(true), include_bytes!("../../report-templates/fonts/NotoSansArabic-Bold.ttf")),
    ("NotoSansMath-Regular", None, include_bytes!("../../report-templates/fonts/NotoSansMath-Regular.ttf")),
    ("NotoSansSymbols2-Regular", None, include_bytes!("../../report-templates/fonts/NotoSansSymbols2-Regular.ttf")),
];

impl<'a> Fonts<'a> {
    /// The shipped fonts only.
    pub fn shipped() -> Result<Fonts<'a>, FontError> {
        Fonts::with_extra(&[])
    }

    /// The shipped fonts, then `extra` in order.
    pub fn with_extra(extra: &[ExtraFont<'a>]) -> Result<Fonts<'a>, FontError> {
        let mut fonts = Fonts {
            faces: Vec::new(),
            regular: Vec::new(),
            bold: Vec::new(),
            cache: Mutex::new([HashMap::new(), HashMap::new(), HashMap::new(), HashMap::new()]),
        };
        let (mut other_regular, mut other_bold) = (Vec::new(), Vec::new());
        for (name, bold, bytes) in SHIPPED {
            let id = fonts.add(name, bytes, 0)?;
            if bold != Some(true) {
                fonts.regular.push(id);
            }
            if bold != Some(false) {
                fonts.bold.push(id);
            }
        }
        for font in extra {
            let id = fonts.add(font.name, font.bytes, font.index)?;
            let bold = fonts.face(id).is_some_and(|face| face.metrics.weight >= BOLD);
            if bold { other_bold.push(id) } else { other_regular.push(id) }
        }
        // A bold text in a script that has only a regular font (or the other way round) is still a text.
        fonts.regular.extend(other_regular.iter().chain(&other_bold));
        fonts.bold.extend(other_bold.iter().chain(&other_regular));
        Ok(fonts)
    }

    fn add(&mut self, name: &str, bytes: &'a [u8], index: u32) -> Result<FaceId, FontError> {
        let id = u8::try_from(self.faces.len()).ok().filter(|id| *id < 200).ok_or(FontError::TooMany)?;
        self.faces.push(Face::parse(name, bytes, index)?);
        Ok(FaceId(id))
    }

    fn face(&self, id: FaceId) -> Option<&Face<'a>> {
        self.faces.get(usize::from(id.0))
    }

    fn chain(&self, bold: bool) -> &[FaceId] {
        if bold { &self.bold } else { &self.regular }
    }

    /// Sizes of a font, in thousandths of its em.
    pub fn metrics(&self, id: FaceId) -> Option<&Metrics> {
        self.face(id).map(|face| &face.metrics)
    }

    /// A glyph of a font that draws nothing and takes no room, if it has one.
    pub fn empty_glyph(&self, id: FaceId) -> Option<u16> {
        self.face(id).and_then(|face| face.empty)
    }

    /// Whether some font has the character (or it is one that shows nothing).
    pub fn covers(&self, character: char) -> bool {
        shape::shows_nothing(character)
            || self.regular.iter().filter_map(|id| self.face(*id)).any(|face| face.has(character))
    }

    /// Shapes a text of one direction: glyphs in the order in which they are drawn from left to right. Cached.
    pub fn shape(&self, text: &str, bold: bool, rtl: bool) -> Arc<Shaped> {
        let slot = usize::from(bold) * 2 + usize::from(rtl);
        // A poisoned lock only means that another thread ended while it looked up a word; the words in it are whole.
        let mut cache = self.cache.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        if let Some(known) = cache.get(slot).and_then(|words| words.get(text)) {
            return known.clone();
        }
        let shaped = Arc::new(shape::shape(self, text, bold, rtl));
        if let Some(words) = cache.get_mut(slot) {
            if words.len() >= CACHE_LIMIT {
                words.clear();
            }
            words.insert(text.into(), shaped.clone());
        }
        shaped
    }

    /// The end of a line where the text says so: a glyph that shows nothing and is read as U+2028.
    pub fn line_end(&self) -> Option<Arc<Shaped>> {
        let blank = self.shape(" ", false, false);
        let glyph = Glyph { start: 0, len: '\u{2028}'.len_utf8() as u32, ..*blank.glyphs().next()? };
        let runs = vec![Run { face: blank.runs.first()?.face, glyphs: vec![glyph] }];
        Some(Arc::new(Shaped { text: "\u{2028}".into(), rtl: false, runs, width: glyph.advance, missing: Vec::new() }))
    }

    /// A hyphen that stands for the soft hyphen (U+00AD) at which a line was broken.
    pub fn hyphen(&self, bold: bool) -> Arc<Shaped> {
        let mut hyphen = (*self.shape("-", bold, false)).clone();
        hyphen.text = "\u{ad}".into();
        for glyph in hyphen.runs.iter_mut().flat_map(|run| &mut run.glyphs) {
            (glyph.start, glyph.len) = (0, 2);
        }
        Arc::new(hyphen)
    }

    /// Shapes one line of text of any direction, as pieces from left to right.
    pub fn line(&self, text: &str, bold: bool) -> Vec<Arc<Shaped>> {
        flow::runs(text)
            .into_iter()
            .filter_map(|(range, level)| Some(self.shape(text.get(range)?, bold, level % 2 == 1)))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_is_set_by_a_shipped_font() {
        let fonts = Fonts::shipped().unwrap();
        for text in
            ["Straße Łódź İstanbul", "Ελένη Παπαδοπούλου", "Юлия Щербакова", "דנה לוי", "محمد علي", "≤ ≥ − → ▲ ▼ ✓ ␀"]
        {
            for bold in [false, true] {
                for piece in fonts.line(text, bold) {
                    assert_eq!(piece.missing, Vec::<char>::new(), "{text} bold {bold}");
                    assert!(piece.width > 0.0);
                }
            }
        }
    }

    #[test]
    fn what_no_font_has_is_reported_and_still_takes_room() {
        let fonts = Fonts::shipped().unwrap();
        let shaped = fonts.shape("a中🔥b", false, false);
        assert_eq!(shaped.missing, ['中', '🔥']);
        assert!(!fonts.covers('中') && fonts.covers('a') && fonts.covers('\u{200d}'));
        assert!(shaped.width > fonts.shape("ab", false, false).width + 800.0);
        assert_eq!(shaped.glyphs().map(|glyph| glyph.len).sum::<u32>(), "a中🔥b".len() as u32);
    }

    #[test]
    fn letters_of_arabic_are_joined_and_kerning_counts() {
        let fonts = Fonts::shipped().unwrap();
        let joined: Vec<u16> = fonts.shape("بب", false, true).glyphs().map(|glyph| glyph.id).collect();
        let alone = fonts.shape("ب", false, true).glyphs().next().unwrap().id;
        assert!(joined.iter().all(|id| *id != alone), "initial and final form differ from the letter alone");
        let apart = fonts.shape("A", false, false).width + fonts.shape("V", false, false).width;
        assert!(fonts.shape("AV", false, false).width < apart);
    }

    #[test]
    fn marks_cannot_climb_out_of_the_line() {
        let fonts = Fonts::shipped().unwrap();
        let tower = format!("Z{}", "\u{0300}\u{0316}".repeat(60));
        assert!(fonts.shape(&tower, false, false).glyphs().all(|glyph| glyph.dy.abs() <= 450.0));
    }
}
