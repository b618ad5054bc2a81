//! Theme: colours, sizes and paper that every renderer reads.

use crate::chart::{Colour, Palette};

/// How reports look.
#[derive(Clone, Debug, PartialEq)]
pub struct Theme {
    /// Paper.
    pub paper: Paper,
    /// Margins in points: top, right, bottom, left.
    pub margins: [f64; 4],
    /// Size of plain text in points.
    pub text_size: f64,
    /// Size of text in tables in points.
    pub table_size: f64,
    /// Text.
    pub ink: Colour,
    /// Quiet text.
    pub quiet: Colour,
    /// Headings and rules of the cover.
    pub accent: Colour,
    /// Rules of tables.
    pub rule: Colour,
    /// Every second row of a table, and tiles.
    pub shade: Colour,
    /// Edges and words that say: good, look at it, bad.
    pub good: Colour,
    /// See `good`.
    pub warn: Colour,
    /// See `good`.
    pub bad: Colour,
    /// Charts.
    pub palette: Palette,
    /// Name of the organisation, printed in the header; may be empty.
    pub organisation: String,
}

/// Paper sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Paper {
    A4,
    Letter,
}

impl Paper {
    /// Width and height in points.
    pub fn size(self) -> (f64, f64) {
        match self {
            Paper::A4 => (595.276, 841.89),
            Paper::Letter => (612.0, 792.0),
        }
    }
}

impl Default for Theme {
    fn default() -> Theme {
        Theme {
            paper: Paper::A4,
            margins: [62.0, 50.0, 58.0, 50.0],
            text_size: 9.5,
            table_size: 8.2,
            ink: Colour(0x1d, 0x24, 0x2b),
            quiet: Colour(0x5a, 0x65, 0x70),
            accent: Colour(0x1f, 0x4e, 0x79),
            rule: Colour(0xd0, 0xd5, 0xdb),
            shade: Colour(0xf4, 0xf6, 0xf8),
            good: Colour(0x1e, 0x6b, 0x45),
            warn: Colour(0x8a, 0x5a, 0x00),
            bad: Colour(0xa8, 0x22, 0x1b),
            palette: Palette::default(),
            organisation: String::new(),
        }
    }
}
