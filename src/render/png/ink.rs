//! Ink: a line of text as outlines, shaped and kerned as in the PDF; what no font has as a box with its number.

use crate::chart::Anchor;
use crate::document::direction::Direction;
use crate::render::label::{Piece, label};
use crate::typeface::{Fonts, Shaped, Step, flow};
use tiny_skia::{Path, PathBuilder, Rect};

/// One line of text.
pub struct Text<'t> {
    pub at: (f64, f64),
    pub size: f64,
    pub bold: bool,
    pub anchor: Anchor,
    pub text: &'t str,
    /// The way that the report runs.
    pub base: Direction,
}

impl Text<'_> {
    /// What is filled, and what is only drawn along its edge.
    pub fn paths(&self, fonts: &Fonts) -> (Option<Path>, Option<Path>) {
        let (pieces, width) = label(fonts, &flow::settable(self.text), self.bold, self.base);
        let em = self.size / 1000.0;
        let width = width * em;
        let (x, y) = self.at;
        let left = match self.anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2.0,
            Anchor::End => x - width,
        };
        let (mut filled, mut boxes) = (PathBuilder::new(), PathBuilder::new());
        for Piece { shaped, at } in &pieces {
            set(shaped, fonts, (left + at * em, y), self.size, &mut filled, &mut boxes);
        }
        (filled.finish(), boxes.finish())
    }
}

/// Sets a shaped piece at a place on its baseline.
fn set(
    piece: &Shaped,
    fonts: &Fonts,
    (x, y): (f64, f64),
    size: f64,
    filled: &mut PathBuilder,
    boxes: &mut PathBuilder,
) {
    let em = size / 1000.0;
    let mut pen = x;
    for run in &piece.runs {
        for glyph in &run.glyphs {
            let at = (pen + f64::from(glyph.dx) * em, y - f64::from(glyph.dy) * em);
            match run.face {
                Some(face) => trace(&fonts.outline(face, glyph.id), at, em, filled),
                None => {
                    let character = piece.text.get(glyph.start as usize..).and_then(|rest| rest.chars().next());
                    let width = f64::from(glyph.advance) * em;
                    unknown(character.map_or(0, u32::from), fonts, at, width, size, filled, boxes);
                }
            }
            pen += f64::from(glyph.advance) * em;
        }
    }
}

fn trace(steps: &[Step], (x, y): (f64, f64), em: f64, into: &mut PathBuilder) {
    let px = |value: f32| (x + f64::from(value) * em) as f32;
    let py = |value: f32| (y - f64::from(value) * em) as f32;
    for step in steps {
        match *step {
            Step::Move(a, b) => into.move_to(px(a), py(b)),
            Step::Line(a, b) => into.line_to(px(a), py(b)),
            Step::Quad(a, b, c, d) => into.quad_to(px(a), py(b), px(c), py(d)),
            Step::Cubic(a, b, c, d, e, f) => into.cubic_to(px(a), py(b), px(c), py(d), px(e), py(f)),
            Step::Close => into.close(),
        }
    }
}

/// A box with a character's number in two rows of small digits, as the PDF draws it.
fn unknown(
    character: u32,
    fonts: &Fonts,
    (x, y): (f64, f64),
    width: f64,
    size: f64,
    filled: &mut PathBuilder,
    boxes: &mut PathBuilder,
) {
    let digits = format!("{character:04X}");
    let half = digits.len().div_ceil(2);
    let rows = [(digits.get(..half), 0.40), (digits.get(half..), 0.02)];
    for (text, rise) in rows {
        // The shipped font has all digits: no box within a box.
        let shaped = fonts.shape(text.unwrap_or_default(), false, false);
        set(&shaped, fonts, (x + size * 0.1, y - size * rise), size * 0.36, filled, boxes);
    }
    let corners = Rect::from_ltrb(
        (x + size * 0.05) as f32,
        (y - size * 0.72) as f32,
        (x + width - size * 0.05) as f32,
        (y + size * 0.06) as f32,
    );
    if let Some(corners) = corners {
        boxes.push_rect(corners);
    }
}
