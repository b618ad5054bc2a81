//! The part of a font that a file uses, and what each of its glyphs stands for.

use super::{FaceId, FontError, Fonts, Metrics};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;

/// The glyphs of one font that a file uses. A glyph's code is its number in the smaller font, in the order of first use.
pub struct Subset {
    face: FaceId,
    remapper: GlyphRemapper,
    texts: BTreeMap<u16, Box<str>>,
    advances: BTreeMap<u16, u16>,
}

impl Subset {
    /// Nothing of a font yet.
    pub fn new(face: FaceId) -> Subset {
        Subset { face, remapper: GlyphRemapper::new(), texts: BTreeMap::new(), advances: BTreeMap::new() }
    }

    /// The code of a glyph, and its advance as a viewer will take it from the file (thousandths of the em).
    pub fn code(&mut self, fonts: &Fonts, glyph: u16) -> (u16, u16) {
        let code = self.remapper.remap(glyph);
        let advance =
            *self.advances.entry(code).or_insert_with(|| fonts.face(self.face).map_or(0, |face| face.advance(glyph)));
        (code, advance)
    }

    /// Says that a glyph stands for a text, and whether it is free to: the first text it was used for is the one that a viewer finds
    /// when it copies or searches. Where this is false the text has to be said beside the glyph (ActualText).
    pub fn stands_for(&mut self, glyph: u16, text: &str) -> bool {
        let code = self.remapper.remap(glyph);
        match self.texts.get(&code) {
            Some(known) => **known == *text,
            None => {
                self.texts.insert(code, text.into());
                true
            }
        }
    }

    /// What each code stands for.
    pub fn texts(&self) -> &BTreeMap<u16, Box<str>> {
        &self.texts
    }

    /// Advance of each code in thousandths of the em.
    pub fn advances(&self) -> &BTreeMap<u16, u16> {
        &self.advances
    }

    /// The smaller font with its metrics, and whether its outlines are CFF.
    pub fn program<'f>(&self, fonts: &'f Fonts) -> Result<(Vec<u8>, &'f Metrics, bool), FontError> {
        let face = fonts.face(self.face).ok_or_else(|| FontError::Unreadable("font".to_string()))?;
        let program = subsetter::subset(face.bytes, face.index, &self.remapper)
            .map_err(|error| FontError::Subset(face.metrics.name.clone(), error.to_string()))?;
        Ok((program, &face.metrics, face.cff))
    }
}
