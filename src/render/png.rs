//! PNG: a picture painted with the shipped fonts, for mails, whose programs show neither SVG nor fonts of ours.
//!
//! The same picture gives the same bytes everywhere: painting is plain arithmetic without the processor's wide registers, colours
//! are kept in a palette in a fixed order, nothing says when or by what it was made.

mod ink;
mod palette;

use crate::chart::{Colour, Picture, Shape};
use crate::document::direction::Direction;
use crate::typeface::Fonts;
use tiny_skia::{FillRule, LineCap, LineJoin, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

/// What keeps a picture from being painted.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PngError {
    #[error("a picture of {0} by {1} pixels cannot be painted: at most {MOST} each way, and at least one")]
    Size(u32, u32),
    #[error("the PNG cannot be written: {0}")]
    Write(#[from] png::EncodingError),
}

/// No picture of a report comes near; more is a mistake that would cost memory.
const MOST: u32 = 16_000;

/// Paints a picture on white, so many pixels wide; its height follows. For a screen of high density give twice the pixels of the
/// width that it is shown with. `base`: the way that the report runs.
pub fn png(picture: &Picture, fonts: &Fonts, base: Direction, width_px: u32) -> Result<Vec<u8>, PngError> {
    let scale = f64::from(width_px) / picture.width.max(1e-9);
    let height_px = (picture.height * scale).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
    let size = PngError::Size(width_px, height_px);
    if width_px.max(height_px) > MOST {
        return Err(size);
    }
    let mut canvas = Canvas { map: Pixmap::new(width_px, height_px).ok_or(size)?, scale: scale as f32 };
    canvas.map.fill(tiny_skia::Color::WHITE);
    for shape in &picture.shapes {
        canvas.shape(shape, fonts, base);
    }
    Ok(palette::encode(canvas.map.data(), width_px, height_px)?)
}

/// What is painted on.
struct Canvas {
    map: Pixmap,
    /// Pixels for a point.
    scale: f32,
}

impl Canvas {
    fn shape(&mut self, shape: &Shape, fonts: &Fonts, base: Direction) {
        match shape {
            Shape::Area { points, fill } => {
                if let Some(path) = polygon(points, true) {
                    self.fill(&path, *fill);
                }
            }
            Shape::Line { points, width, colour, dash } => {
                if let Some(path) = polygon(points, false) {
                    self.stroke(&path, *width, *colour, *dash);
                }
            }
            Shape::Dot { centre: (x, y), radius, fill } => {
                if let Some(path) = PathBuilder::from_circle(*x as f32, *y as f32, *radius as f32) {
                    self.fill(&path, *fill);
                }
            }
            Shape::Text { at, size, bold, colour, anchor, text } => {
                let text = ink::Text { at: *at, size: *size, bold: *bold, anchor: *anchor, text, base };
                let (filled, boxes) = text.paths(fonts);
                if let Some(path) = filled {
                    self.fill(&path, *colour);
                }
                if let Some(path) = boxes {
                    self.stroke(&path, size * 0.04, *colour, None);
                }
            }
        }
    }

    fn fill(&mut self, path: &Path, colour: Colour) {
        let transform = Transform::from_scale(self.scale, self.scale);
        self.map.fill_path(path, &paint(colour), FillRule::Winding, transform, None);
    }

    fn stroke(&mut self, path: &Path, width: f64, colour: Colour, dash: Option<(f64, f64)>) {
        let stroke = Stroke {
            width: width as f32,
            line_cap: LineCap::Butt,
            line_join: LineJoin::Round,
            dash: dash.and_then(|(on, off)| StrokeDash::new(vec![on as f32, off as f32], 0.0)),
            ..Stroke::default()
        };
        let transform = Transform::from_scale(self.scale, self.scale);
        self.map.stroke_path(path, &paint(colour), &stroke, transform, None);
    }
}

fn paint(colour: Colour) -> Paint<'static> {
    let mut paint = Paint::default();
    paint.set_color_rgba8(colour.0, colour.1, colour.2, 255);
    paint.anti_alias = true;
    paint
}

fn polygon(points: &[(f64, f64)], closed: bool) -> Option<Path> {
    let mut path = PathBuilder::new();
    for (place, (x, y)) in points.iter().enumerate() {
        match place {
            0 => path.move_to(*x as f32, *y as f32),
            _ => path.line_to(*x as f32, *y as f32),
        }
    }
    if closed {
        path.close();
    }
    path.finish()
}

#[cfg(test)]
mod tests;
