//! One font file: which characters it has, and its sizes.

use super::FontError;
use rustybuzz::ttf_parser;

/// Sizes of a font in thousandths of its em.
#[derive(Clone, Debug, PartialEq)]
pub struct Metrics {
    /// Its PostScript name.
    pub name: String,
    /// Above the baseline.
    pub ascent: i16,
    /// Below the baseline; negative.
    pub descent: i16,
    /// Height of capitals.
    pub cap_height: i16,
    /// Left, bottom, right and top of what any glyph covers.
    pub bounds: [i16; 4],
    /// 400 regular, 700 bold.
    pub weight: u16,
}

/// A parsed font.
pub(super) struct Face<'a> {
    pub bytes: &'a [u8],
    pub index: u32,
    pub shaper: rustybuzz::Face<'a>,
    pub metrics: Metrics,
    /// Thousandths of an em for one unit of the font.
    pub scale: f32,
    /// Outlines in the CFF form (most CJK fonts).
    pub cff: bool,
    /// A glyph that draws nothing and takes no room.
    pub empty: Option<u16>,
}

impl<'a> Face<'a> {
    pub fn parse(name: &str, bytes: &'a [u8], index: u32) -> Result<Face<'a>, FontError> {
        let shaper =
            rustybuzz::Face::from_slice(bytes, index).ok_or_else(|| FontError::Unreadable(name.to_string()))?;
        let units = shaper.units_per_em();
        if units <= 0 {
            return Err(FontError::Unreadable(name.to_string()));
        }
        let scale = 1000.0 / units as f32;
        let to_em = |value: i16| (f32::from(value) * scale).round() as i16;
        let bounds = shaper.global_bounding_box();
        let postscript = shaper
            .names()
            .into_iter()
            .filter(|entry| entry.name_id == ttf_parser::name_id::POST_SCRIPT_NAME)
            .find_map(|entry| entry.to_string())
            .unwrap_or_else(|| name.to_string());
        let metrics = Metrics {
            // A name in a PDF is ASCII without blanks and delimiters.
            name: postscript.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').take(60).collect(),
            ascent: to_em(shaper.ascender()),
            descent: to_em(shaper.descender()),
            cap_height: to_em(shaper.capital_height().unwrap_or((714.0 / scale) as i16)),
            bounds: [bounds.x_min, bounds.y_min, bounds.x_max, bounds.y_max].map(to_em),
            weight: shaper.weight().to_number(),
        };
        let cff = shaper.tables().glyf.is_none();
        let empty = ['\u{200c}', '\u{200d}', '\u{200b}', '\u{feff}']
            .into_iter()
            .filter_map(|character| shaper.glyph_index(character))
            .find(|glyph| shaper.glyph_hor_advance(*glyph) == Some(0) && shaper.glyph_bounding_box(*glyph).is_none())
            .map(|glyph| glyph.0);
        Ok(Face { bytes, index, shaper, metrics, scale, cff, empty })
    }

    pub fn has(&self, character: char) -> bool {
        self.shaper.glyph_index(character).is_some_and(|glyph| glyph.0 != 0)
    }

    /// Advance of a glyph as a viewer takes it from the file: whole thousandths of an em.
    pub fn advance(&self, glyph: u16) -> u16 {
        let units = self.shaper.glyph_hor_advance(ttf_parser::GlyphId(glyph)).unwrap_or(0);
        (f32::from(units) * self.scale).round() as u16
    }
}
