//! The part of a font that a file uses, and what each of its glyphs stands for.

use super::{FaceId, FontError, Fonts, Metrics};
use std::collections::BTreeMap;
use subsetter::GlyphRemapper;

/// The glyphs of one font that a file uses, each with a code of its own for every text that it stands for: a viewer that copies or
/// searches finds exactly that text. Codes are given in the order of first use.
pub struct Subset {
    face: FaceId,
    remapper: GlyphRemapper,
    codes: BTreeMap<(u16, Box<str>), u16>,
    used: Vec<Code>,
    /// In fonts with CFF outlines a code is the glyph's number itself, so that it can stand for one text only.
    cff: bool,
}

/// What a code means.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    /// The glyph's number in the smaller font.
    pub glyph: u16,
    /// The text that it stands for; empty for a glyph that only completes its neighbour.
    pub text: Box<str>,
    /// Thousandths of the em to the next glyph, as a viewer takes them from the file.
    pub advance: u16,
}

impl Subset {
    /// Nothing of a font yet.
    pub fn new(fonts: &Fonts, face: FaceId) -> Subset {
        let cff = fonts.face(face).is_some_and(|face| face.cff);
        let mut subset = Subset { face, remapper: GlyphRemapper::new(), codes: BTreeMap::new(), used: Vec::new(), cff };
        // Code 0 is the glyph for what is missing.
        let missing = subset.describe(fonts, 0, "");
        subset.used.push(missing);
        subset
    }

    fn describe(&mut self, fonts: &Fonts, glyph: u16, text: &str) -> Code {
        let advance = fonts.face(self.face).map_or(0, |face| face.advance(glyph));
        Code { glyph: self.remapper.remap(glyph), text: text.into(), advance }
    }

    /// The code of a glyph that stands for a text, its advance, and whether the code says so. Where it does not, the text has to be
    /// said beside the glyph (ActualText).
    pub fn code(&mut self, fonts: &Fonts, glyph: u16, text: &str) -> (u16, u16, bool) {
        if let Some((code, known)) =
            self.codes.get(&(glyph, text.into())).and_then(|code| Some((*code, self.used.get(usize::from(*code))?)))
        {
            return (code, known.advance, true);
        }
        if self.cff {
            return self.glyph_code(fonts, glyph, text);
        }
        let Ok(code) = u16::try_from(self.used.len()) else {
            // 65 536 codes are taken: some other code of this glyph draws the same.
            let known = self.codes.range((glyph, Box::from(""))..).next().filter(|((known, _), _)| *known == glyph);
            let code = known.map_or(0, |(_, code)| *code);
            return (code, self.used.get(usize::from(code)).map_or(0, |code| code.advance), false);
        };
        let described = self.describe(fonts, glyph, text);
        let advance = described.advance;
        self.used.push(described);
        self.codes.insert((glyph, text.into()), code);
        (code, advance, true)
    }

    fn glyph_code(&mut self, fonts: &Fonts, glyph: u16, text: &str) -> (u16, u16, bool) {
        let described = self.describe(fonts, glyph, text);
        let (code, advance) = (described.glyph, described.advance);
        let free = usize::from(code) >= self.used.len();
        if free {
            // Numbers are given one by one, so that this one is the next.
            self.used.push(described);
            self.codes.insert((glyph, text.into()), code);
        }
        (code, advance, free)
    }

    /// What each code means, from 0.
    pub fn codes(&self) -> &[Code] {
        &self.used
    }

    /// Whether a code is the glyph's number itself.
    pub fn by_glyph(&self) -> bool {
        self.cff
    }

    /// The smaller font with the metrics of the whole.
    pub fn program<'f>(&self, fonts: &'f Fonts) -> Result<(Vec<u8>, &'f Metrics), FontError> {
        let face = fonts.face(self.face).ok_or_else(|| FontError::Unreadable("font".to_string()))?;
        let program = subsetter::subset(face.bytes, face.index, &self.remapper)
            .map_err(|error| FontError::Subset(face.metrics.name.clone(), error.to_string()))?;
        Ok((program, &face.metrics))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_glyph_that_stands_for_two_texts_has_two_codes() {
        let fonts = Fonts::shipped().unwrap();
        let shaped = fonts.shape("é", false, false);
        let (face, glyph) = (shaped.runs[0].face.unwrap(), shaped.runs[0].glyphs[0].id);
        let mut subset = Subset::new(&fonts, face);
        let composed = subset.code(&fonts, glyph, "é");
        let decomposed = subset.code(&fonts, glyph, "e\u{301}");
        assert_eq!((composed.0, decomposed.0), (1, 2));
        assert_eq!(subset.code(&fonts, glyph, "é"), composed);
        assert_eq!(subset.codes()[1].glyph, subset.codes()[2].glyph);
        let (program, metrics) = subset.program(&fonts).unwrap();
        assert!(program.len() < 20_000, "{}", program.len());
        assert_eq!(metrics.name, "NotoSans-Regular");
    }
}
