//! The outlines of glyphs, for pictures that are painted: the same shapes that a PDF takes from the font itself.

use super::{FaceId, Fonts};
use rustybuzz::ttf_parser::{GlyphId, OutlineBuilder};

/// One step of an outline, in thousandths of the em, y upwards from the baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Step {
    Move(f32, f32),
    Line(f32, f32),
    /// A quadratic curve: its control point, its end.
    Quad(f32, f32, f32, f32),
    /// A cubic curve: its two control points, its end.
    Cubic(f32, f32, f32, f32, f32, f32),
    Close,
}

struct Steps {
    scale: f32,
    steps: Vec<Step>,
}

impl OutlineBuilder for Steps {
    fn move_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Move(x * self.scale, y * self.scale));
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.steps.push(Step::Line(x * self.scale, y * self.scale));
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let s = self.scale;
        self.steps.push(Step::Quad(x1 * s, y1 * s, x * s, y * s));
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let s = self.scale;
        self.steps.push(Step::Cubic(x1 * s, y1 * s, x2 * s, y2 * s, x * s, y * s));
    }

    fn close(&mut self) {
        self.steps.push(Step::Close);
    }
}

impl Fonts<'_> {
    /// The outline of a glyph, to be filled by the non-zero rule; empty for blanks and for what the font does not have.
    pub fn outline(&self, face: FaceId, glyph: u16) -> Vec<Step> {
        let Some(face) = self.face(face) else { return Vec::new() };
        let mut steps = Steps { scale: face.scale, steps: Vec::new() };
        // `None` is a glyph that draws nothing: the steps are empty then.
        face.shaper.outline_glyph(GlyphId(glyph), &mut steps);
        steps.steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_have_outlines_within_their_em_and_blanks_have_none() {
        let fonts = Fonts::shipped().unwrap();
        let steps = |text: &str| {
            let shaped = fonts.shape(text, false, false);
            let run = &shaped.runs[0];
            fonts.outline(run.face.unwrap(), run.glyphs[0].id)
        };
        assert!(steps(" ").is_empty());
        let letter = steps("H");
        assert!(matches!(letter.first(), Some(Step::Move(..))) && letter.last() == Some(&Step::Close));
        let highest = letter.iter().filter_map(|step| match step {
            Step::Move(_, y) | Step::Line(_, y) => Some(*y),
            _ => None,
        });
        assert_eq!(highest.fold(0.0, f32::max), 714.0, "capitals of Noto Sans are 714 thousandths high");
    }
}
