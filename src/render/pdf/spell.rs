//! Which glyphs are drawn for a word, by the codes that the file's fonts give them.

use super::mark::Word;
use super::tree::Tag;
use super::write::BLACK;
use crate::chart::Colour;
use crate::typeface::{FaceId, Fonts, Run, Subset};
use std::collections::BTreeMap;

/// A part of a word, placed in thousandths of the em from its left end.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Glyph {
        face: FaceId,
        at: (f32, f32),
        code: u16,
        advance: u16,
    },
    /// A character that no font has.
    Unknown {
        at: f32,
        advance: f32,
        character: u32,
    },
}

/// How far letters of one glyph stand apart, in thousandths of the em: enough to be sorted.
const STEP: f32 = 10.0;

/// The outline of a character that no font has.
pub(super) struct Hollow {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub size: f64,
    pub colour: Colour,
}

/// Spells words; collects the glyphs that they use.
pub(super) struct Speller<'w, 'f> {
    fonts: &'w Fonts<'f>,
    pub subsets: BTreeMap<FaceId, Subset>,
}

impl<'w, 'f> Speller<'w, 'f> {
    pub fn new(fonts: &'w Fonts<'f>) -> Speller<'w, 'f> {
        Speller { fonts, subsets: BTreeMap::new() }
    }

    /// What is drawn for a word, in the order of reading, and whether the codes say the whole text.
    pub fn spell(&mut self, word: &Word, parts: &mut Vec<Part>) -> bool {
        let mut plain = true;
        let mut x = 0.0;
        let first = parts.len();
        let text_of = |start: u32, len: u32| word.shaped.text.get(start as usize..(start + len) as usize);
        for Run { face, glyphs } in &word.shaped.runs {
            for glyph in glyphs {
                let mut text = text_of(glyph.start, glyph.len).unwrap_or_default();
                let at = (x + glyph.dx, glyph.dy);
                x += glyph.advance;
                let Some(face) = *face else {
                    plain = false;
                    let character = text.chars().next().map_or(0, u32::from);
                    parts.push(Part::Unknown { at: at.0, advance: glyph.advance, character });
                    continue;
                };
                let subset = self.subsets.entry(face).or_insert_with(|| Subset::new(self.fonts, face));
                // Viewers sort what runs from right to left by where each letter stands. A glyph for several letters would be
                // sorted as a whole, so each letter but the first stands on a glyph of its own that draws nothing, a little
                // further to the left.
                if word.shaped.rtl
                    && let Some(empty) = self.fonts.empty_glyph(face)
                    && let Some(first) = text.chars().next()
                {
                    let (head, rest) = text.split_at(first.len_utf8());
                    let steps = (0..rest.chars().count()).rev().map(|step| (step + 1) as f32 * STEP);
                    for (character, step) in rest.chars().rev().zip(steps) {
                        let (code, advance, said) = subset.code(self.fonts, empty, character.encode_utf8(&mut [0; 4]));
                        plain &= said;
                        parts.push(Part::Glyph { face, at: (at.0 - step, 0.0), code, advance });
                    }
                    text = head;
                }
                let (code, advance, said) = subset.code(self.fonts, glyph.id, text);
                plain &= said && !text.is_empty();
                parts.push(Part::Glyph { face, at, code, advance });
            }
        }
        // Drawn as it is read: a program that walks through the structure takes the letters in the order of the content.
        if word.shaped.rtl
            && let Some(own) = parts.get_mut(first..)
        {
            own.reverse();
        }
        plain
    }

    /// The number of a character that no font has, in two rows of small digits: parts with their size, and their place from the
    /// left end of the character's box and above the baseline.
    pub fn number(&mut self, character: u32, size: f64, width: f64) -> Vec<(Part, f64, f64, f64)> {
        let digits = format!("{character:04X}");
        let half = digits.len().div_ceil(2);
        let small = size * 0.36;
        // Blanks at both ends, so that a viewer sees the character as wide as its box and adds no space beside it.
        let rows = [
            (" ", 0.0, 0.0, size),
            (digits.get(..half).unwrap_or_default(), size * 0.1, size * 0.40, small),
            (digits.get(half..).unwrap_or_default(), size * 0.1, size * 0.02, small),
            (" ", width - size * 0.26, 0.0, size),
        ];
        let mut placed = Vec::new();
        for (text, left, rise, size) in rows {
            let shaped = self.fonts.shape(text, false, false);
            let word = Word { dx: 0.0, rise: 0.0, size, colour: BLACK, shaped, tag: Tag::NONE };
            let mut parts = Vec::new();
            self.spell(&word, &mut parts);
            placed.extend(parts.into_iter().map(|part| (part, size, left, rise)));
        }
        placed
    }
}
