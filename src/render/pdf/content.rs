//! A page's content as bytes: operators of the format, with no more digits than a printer can show.

use super::write::font_name;
use crate::chart::Colour;
use crate::typeface::FaceId;
use std::io::Write;

/// The operators of one page, and the state that they leave a viewer in.
#[derive(Debug, Default)]
pub(super) struct Content {
    out: Vec<u8>,
    fill: Option<Colour>,
    stroke: Option<Colour>,
    /// In hundredths of a point, as everything here.
    thickness: Option<i64>,
    dash: Option<(i64, i64)>,
    in_text: bool,
    font: Option<(FaceId, i64)>,
    /// Where the last line of text began.
    origin: (i64, i64),
    /// Where the viewer's pen is, while text can go on from there.
    pen: Option<(f64, f64)>,
    /// Text that waits to be shown: complete strings with moves between them, and whether a string is open.
    run: Vec<u8>,
    moved: bool,
    string_open: bool,
}

/// A hundredth of a point is finer than any printer.
fn hundredths(value: f64) -> i64 {
    (value * 100.0).round() as i64
}

impl Content {
    /// Everything written, for a new page to begin.
    pub fn take(&mut self) -> Vec<u8> {
        self.flush();
        let room = self.out.len();
        std::mem::replace(self, Content { out: Vec::with_capacity(room), ..Content::default() }).out
    }

    pub fn in_text(&self) -> bool {
        self.in_text
    }

    /// A number of hundredths, and a blank.
    fn number(&mut self, value: i64) {
        if value < 0 {
            self.out.push(b'-');
        }
        let value = value.unsigned_abs();
        let _ = write!(self.out, "{}", value / 100);
        let rest = value % 100;
        if rest > 0 {
            self.out.push(b'.');
            self.out.push(b'0' + (rest / 10) as u8);
            if !rest.is_multiple_of(10) {
                self.out.push(b'0' + (rest % 10) as u8);
            }
        }
        self.out.push(b' ');
    }

    fn real(&mut self, value: f64) {
        self.number(hundredths(value));
    }

    /// An operator whose operands are written.
    pub fn operator(&mut self, operator: &str) {
        self.out.extend_from_slice(operator.as_bytes());
        self.out.push(b'\n');
    }

    fn colour(&mut self, Colour(red, green, blue): Colour, operator: &str) {
        for part in [red, green, blue] {
            let thousandths = (u32::from(part) * 1000 + 127) / 255;
            let _ = match thousandths {
                0 => write!(self.out, "0 "),
                1000 => write!(self.out, "1 "),
                part => write!(self.out, ".{part:03} "),
            };
        }
        self.operator(operator);
    }

    pub fn fill(&mut self, colour: Colour) {
        if self.fill != Some(colour) {
            self.flush();
            self.fill = Some(colour);
            self.colour(colour, "rg");
        }
    }

    pub fn pen(&mut self, width: f64, colour: Colour, dash: Option<(f64, f64)>) {
        if self.stroke != Some(colour) {
            self.stroke = Some(colour);
            self.colour(colour, "RG");
        }
        let width = hundredths(width);
        if self.thickness != Some(width) {
            self.thickness = Some(width);
            self.number(width);
            self.operator("w");
        }
        let dash = dash.map(|(on, off)| (hundredths(on), hundredths(off)));
        if self.dash != dash {
            self.dash = dash;
            self.out.push(b'[');
            if let Some((on, off)) = dash {
                self.number(on);
                self.number(off);
            }
            self.operator("]0 d");
        }
    }

    pub fn point(&mut self, x: f64, y: f64, operator: &str) {
        self.real(x);
        self.real(y);
        self.operator(operator);
    }

    /// A filled rectangle, from its lower left corner.
    /// A picture of the resources, from its lower left corner.
    pub fn image(&mut self, name: &str, (x, y): (f64, f64), width: f64, height: f64) {
        self.operator("q");
        self.real(width);
        self.out.extend_from_slice(b"0 0 ");
        self.real(height);
        self.real(x);
        self.real(y);
        self.operator("cm");
        self.out.extend_from_slice(format!("/{name} ").as_bytes());
        self.operator("Do");
        self.operator("Q");
    }

    pub fn rectangle(&mut self, x: f64, y: f64, width: f64, height: f64) {
        self.real(x);
        self.real(y);
        self.real(width);
        self.real(height);
        self.operator("re f");
    }

    /// A filled circle: four curves make one to a thousandth.
    pub fn circle(&mut self, (x, y): (f64, f64), r: f64) {
        let c = r * 0.552_284_75;
        self.point(x + r, y, "m");
        for [(ax, ay), (bx, by), (dx, dy)] in [
            [(r, c), (c, r), (0.0, r)],
            [(-c, r), (-r, c), (-r, 0.0)],
            [(-r, -c), (-c, -r), (0.0, -r)],
            [(c, -r), (r, -c), (r, 0.0)],
        ] {
            for value in [x + ax, y + ay, x + bx, y + by, x + dx, y + dy] {
                self.real(value);
            }
            self.operator("c");
        }
        self.operator("f");
    }

    pub fn begin_text(&mut self) {
        if !self.in_text {
            self.operator("BT");
            self.in_text = true;
            self.origin = (0, 0);
            self.pen = None;
        }
    }

    pub fn end_text(&mut self) {
        if self.in_text {
            self.flush();
            self.operator("ET");
            self.in_text = false;
        }
    }

    /// Begins what is there for the eye only.
    pub fn begin_artifact(&mut self) {
        self.flush();
        self.operator("/Artifact BMC");
    }

    /// Begins a numbered stretch of the structure, with the text that it stands for if its codes do not say it.
    pub fn begin_marked(&mut self, name: &str, number: u32, said: Option<&str>) {
        self.flush();
        // Some readers look for a text only in what is called a span.
        let name = if said.is_some() { "Span" } else { name };
        let _ = write!(self.out, "/{name}<</MCID {number}");
        if let Some(text) = said {
            self.out.extend_from_slice(b"/ActualText");
            utf16(&mut self.out, text);
        }
        self.operator(">>BDC");
    }

    /// Begins a stretch whose text is said beside its glyphs.
    pub fn begin_said(&mut self, text: &str) {
        self.flush();
        self.out.extend_from_slice(b"/Span<</ActualText");
        utf16(&mut self.out, text);
        self.operator(">>BDC");
    }

    pub fn end_marked(&mut self) {
        self.flush();
        self.operator("EMC");
    }

    /// Shows a glyph at a place (y upwards). Neighbours on one baseline become one operation.
    pub fn glyph(&mut self, face: FaceId, size: f64, (x, y): (f64, f64), code: u16, advance: u16) {
        let thousandths = (size * 1000.0).round() as i64;
        if self.font != Some((face, thousandths)) {
            self.flush();
            self.font = Some((face, thousandths));
            let _ = writeln!(self.out, "/{} {} Tf", font_name(face), thousandths as f64 / 1000.0);
            self.pen = None;
        }
        let near = self.pen.filter(|(pen_x, pen_y)| (pen_y - y).abs() < 0.005 && (x - pen_x).abs() < 20.0 * size);
        let pen_x = match near {
            Some((pen_x, _)) => {
                // Numbers between the glyphs are thousandths of the em, and move to the left.
                let by = ((pen_x - x) * 1000.0 / size).round();
                if by != 0.0 {
                    self.close_string();
                    let _ = write!(self.run, "{by}");
                    self.moved = true;
                }
                pen_x - by * size / 1000.0
            }
            None => {
                self.flush();
                let place = (hundredths(x), hundredths(y));
                self.number(place.0 - self.origin.0);
                self.number(place.1 - self.origin.1);
                self.operator("Td");
                self.origin = place;
                place.0 as f64 / 100.0
            }
        };
        if !self.string_open {
            self.run.push(b'(');
            self.string_open = true;
        }
        for byte in code.to_be_bytes() {
            escape(&mut self.run, byte);
        }
        self.pen = Some((pen_x + f64::from(advance) * size / 1000.0, y));
    }

    fn close_string(&mut self) {
        if self.string_open {
            self.run.push(b')');
            self.string_open = false;
        }
    }

    fn flush(&mut self) {
        self.close_string();
        if self.run.is_empty() {
            return;
        }
        if self.moved {
            self.out.push(b'[');
            self.out.append(&mut self.run);
            self.operator("]TJ");
        } else {
            self.out.append(&mut self.run);
            self.operator("Tj");
        }
        self.moved = false;
    }
}

/// A byte inside a string in parentheses.
fn escape(out: &mut Vec<u8>, byte: u8) {
    match byte {
        b'(' | b')' | b'\\' => out.extend_from_slice(&[b'\\', byte]),
        // An end of line in a string would be read as a line feed.
        b'\r' => out.extend_from_slice(b"\\r"),
        byte => out.push(byte),
    }
}

/// Text as the format has it outside of fonts: UTF-16 with a mark, in parentheses.
pub(super) fn utf16(out: &mut Vec<u8>, text: &str) {
    out.extend_from_slice(b"(\xfe\xff");
    for unit in text.encode_utf16() {
        for byte in unit.to_be_bytes() {
            escape(out, byte);
        }
    }
    out.push(b')');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_more_digits_than_they_need() {
        let mut content = Content::default();
        for value in [0.0, 1.0, -0.5, 12.345, 100.0, -3.999, 0.07] {
            content.real(value);
        }
        assert_eq!(String::from_utf8(content.take()).unwrap(), "0 1 -0.5 12.35 100 -4 0.07 ");
    }

    #[test]
    fn strings_are_escaped() {
        let mut out = Vec::new();
        utf16(&mut out, "(\u{0d}\u{5c00}");
        assert_eq!(out, b"(\xfe\xff\x00\\(\x00\\r\\\\\x00)");
    }
}
