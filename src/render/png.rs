//! PNG: a picture painted with the shipped fonts, for mails, whose programs show neither SVG nor fonts of ours.
//!
//! The same picture gives the same bytes everywhere: painting is plain arithmetic without the processor's wide registers, colours
//! are kept in a palette in a fixed order, nothing says when or by what it was made.

mod ink;
mod palette;

use crate::chart::{Colour, Picture, Shape};
use crate::document::direction::Direction;
use crate::document::theme::Raster;
use crate::typeface::Fonts;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
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

/// A logo of more pixels would be larger than the report.
const MOST_READ: u32 = 3_000;

/// How the address begins that a PNG is kept as.
const DATA_URI: &str = "data:image/png;base64,";

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

/// Reads a PNG: its pixels as they look on white paper.
///
/// # Errors
/// What keeps it from being read, as what was written wrong: no PNG, or one with more pixels than a logo can show.
pub fn read(bytes: &[u8]) -> Result<Raster, String> {
    let unreadable = |error: png::DecodingError| format!("is no PNG that can be read: {error}");
    let mut decoder = png::Decoder::new(std::io::Cursor::new(bytes));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().map_err(unreadable)?;
    let (width, height) = reader.info().size();
    if width.max(height) > MOST_READ {
        return Err(format!("has {width} by {height} pixels: at most {MOST_READ} each way"));
    }
    let mut pixels = vec![0; reader.output_buffer_size().ok_or_else(|| "is too large".to_owned())?];
    let frame = reader.next_frame(&mut pixels).map_err(unreadable)?;
    let pixels = pixels.get(..frame.buffer_size()).unwrap_or_default();
    let on_white = |value: u8, alpha: u8| {
        let (value, alpha) = (u32::from(value), u32::from(alpha));
        u8::try_from((value * alpha + 255 * (255 - alpha) + 127) / 255).unwrap_or(u8::MAX)
    };
    let rgb = match frame.color_type {
        png::ColorType::Rgb => pixels.to_vec(),
        png::ColorType::Grayscale => pixels.iter().flat_map(|grey| [*grey; 3]).collect(),
        png::ColorType::GrayscaleAlpha => {
            pixels.as_chunks::<2>().0.iter().flat_map(|[grey, alpha]| [on_white(*grey, *alpha); 3]).collect()
        }
        png::ColorType::Rgba => {
            let whitened = |[r, g, b, a]: &[u8; 4]| [*r, *g, *b].map(|value| on_white(value, *a));
            pixels.as_chunks::<4>().0.iter().flat_map(whitened).collect()
        }
        png::ColorType::Indexed => return Err("is no PNG that can be read".to_owned()),
    };
    Ok(Raster { width, height, rgb, uri: uri(bytes) })
}

/// Reads a PNG that was kept as the address that browsers show it from.
///
/// # Errors
/// As [`read`], and what is no such address.
pub fn read_uri(uri: &str) -> Result<Raster, String> {
    let bytes = uri.strip_prefix(DATA_URI).and_then(|text| STANDARD.decode(text).ok());
    read(&bytes.ok_or_else(|| "is not kept as a PNG".to_owned())?)
}

/// A PNG's bytes as an address (RFC 2397).
pub fn uri(bytes: &[u8]) -> String {
    format!("{DATA_URI}{}", STANDARD.encode(bytes))
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
