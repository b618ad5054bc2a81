//! Marks as operations of printpdf, and the fonts that they use.

use super::mark::{Mark, TextLine, Word};
use super::pages::Page;
use crate::chart::Colour;
use crate::typeface::{FaceId, Fonts, Run, Subset};
use printpdf::{
    Color, DictItem, Line, LineDashPattern, LinePoint, Op, PaintMode, PdfFontHandle, PdfPage, Point, Polygon,
    PolygonRing, Pt, Rect, Rgb, TextItem, TextMatrix, WindingOrder,
};
use std::collections::BTreeMap;

/// Codes are handed to printpdf as characters from here on, one for each glyph of the smaller font.
pub(super) const FIRST_CODE: u32 = 0x1_0000;

/// The name of a font inside the file.
pub(super) fn font_name(face: FaceId) -> String {
    format!("T{}", face.index())
}

/// Writes pages; collects the glyphs they use.
pub(super) struct Writer<'w, 'f> {
    fonts: &'w Fonts<'f>,
    /// Of the page that is written.
    paper: (f64, f64),
    pub subsets: BTreeMap<FaceId, Subset>,
    ops: Vec<Op>,
    fill: Option<Colour>,
    stroke: Option<Colour>,
    thickness: f64,
    dash: Option<(f64, f64)>,
    font: Option<(FaceId, f64)>,
    /// Text that waits to be shown, and where the viewer's pen will be after it.
    items: Vec<TextItem>,
    codes: String,
    pen: Option<(f64, f64)>,
}

/// The outline of a character that no font has.
struct Hollow {
    x: f64,
    y: f64,
    width: f64,
    size: f64,
    colour: Colour,
}

/// A part of a word, placed in thousandths of the em from its left end.
enum Spelled {
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

fn pt(value: f64) -> Pt {
    Pt(round(value))
}

/// A hundredth of a point is finer than any printer.
fn round(value: f64) -> f32 {
    ((value * 100.0).round() / 100.0) as f32
}

fn rgb(Colour(red, green, blue): Colour) -> Color {
    let part = |value: u8| ((f64::from(value) / 255.0 * 1000.0).round() / 1000.0) as f32;
    Color::Rgb(Rgb { r: part(red), g: part(green), b: part(blue), icc_profile: None })
}

impl<'w, 'f> Writer<'w, 'f> {
    pub fn new(fonts: &'w Fonts<'f>) -> Writer<'w, 'f> {
        Writer {
            fonts,
            paper: (0.0, 0.0),
            subsets: BTreeMap::new(),
            ops: Vec::new(),
            fill: None,
            stroke: None,
            thickness: -1.0,
            dash: None,
            font: None,
            items: Vec::new(),
            codes: String::new(),
            pen: None,
        }
    }

    /// One page.
    pub fn page(&mut self, page: &Page) -> PdfPage {
        // Every page begins with the state of the format.
        (self.fill, self.stroke, self.thickness, self.dash, self.font) = (None, None, -1.0, None, None);
        self.paper = page.sheet.size;
        for mark in &page.marks {
            self.mark(mark);
        }
        let paper = Rect {
            x: Pt(0.0),
            y: Pt(0.0),
            width: pt(self.paper.0),
            height: pt(self.paper.1),
            mode: None,
            winding_order: None,
        };
        PdfPage {
            media_box: paper.clone(),
            trim_box: paper.clone(),
            crop_box: paper,
            ops: std::mem::take(&mut self.ops),
        }
    }

    fn flip(&self, y: f64) -> f64 {
        self.paper.1 - y
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text(line) => self.text(line),
            Mark::Rect { x, y, width, height, fill } => {
                self.fill(*fill);
                let bottom = self.flip(y + height);
                self.ops.push(Op::DrawRectangle {
                    rectangle: Rect {
                        x: pt(*x),
                        y: pt(bottom),
                        width: pt(*width),
                        height: pt(*height),
                        mode: Some(PaintMode::Fill),
                        winding_order: None,
                    },
                });
            }
            Mark::Area { points, fill } => {
                self.fill(*fill);
                let points = points.iter().map(|point| self.point(*point, false)).collect();
                self.fill_ring(points);
            }
            Mark::Stroke { points, width, colour, dash } => {
                self.pen_style(*width, *colour, *dash);
                let points = points.iter().map(|point| self.point(*point, false)).collect();
                self.ops.push(Op::DrawLine { line: Line { points, is_closed: false } });
            }
            Mark::Dot { centre: (x, y), radius, fill } => {
                self.fill(*fill);
                // Four curves make a circle to a thousandth.
                let (r, c) = (*radius, radius * 0.552_284_75);
                let ring = [
                    ((x + r, *y), false),
                    ((x + r, y + c), true),
                    ((x + c, y + r), true),
                    ((*x, y + r), false),
                    ((x - c, y + r), true),
                    ((x - r, y + c), true),
                    ((x - r, *y), false),
                    ((x - r, y - c), true),
                    ((x - c, y - r), true),
                    ((*x, y - r), false),
                    ((x + c, y - r), true),
                    ((x + r, y - c), true),
                    ((x + r, *y), false),
                ];
                let points = ring.into_iter().map(|(point, curve)| self.point(point, curve)).collect();
                self.fill_ring(points);
            }
            Mark::Link { .. } | Mark::Target { .. } | Mark::Outline { .. } => {}
        }
    }

    fn point(&self, (x, y): (f64, f64), bezier: bool) -> LinePoint {
        LinePoint { p: Point { x: pt(x), y: pt(self.flip(y)) }, bezier }
    }

    fn fill_ring(&mut self, points: Vec<LinePoint>) {
        let polygon = Polygon {
            rings: vec![PolygonRing { points }],
            mode: PaintMode::Fill,
            winding_order: WindingOrder::NonZero,
        };
        self.ops.push(Op::DrawPolygon { polygon });
    }

    fn fill(&mut self, colour: Colour) {
        if self.fill != Some(colour) {
            self.flush();
            self.fill = Some(colour);
            self.ops.push(Op::SetFillColor { col: rgb(colour) });
        }
    }

    fn pen_style(&mut self, width: f64, colour: Colour, dash: Option<(f64, f64)>) {
        if self.stroke != Some(colour) {
            self.stroke = Some(colour);
            self.ops.push(Op::SetOutlineColor { col: rgb(colour) });
        }
        if self.thickness != width {
            self.thickness = width;
            self.ops.push(Op::SetOutlineThickness { pt: pt(width) });
        }
        if self.dash != dash {
            self.dash = dash;
            let pattern = dash.map(|(on, off)| [round(on), round(off)]);
            let dash = LineDashPattern { offset: 0.0, pattern: pattern.into_iter().flatten().collect() };
            self.ops.push(Op::SetLineDashPattern { dash });
        }
    }

    fn text(&mut self, line: &TextLine) {
        let mut hollows = Vec::new();
        self.ops.push(Op::StartTextSection);
        self.pen = None;
        for word in &line.words {
            let (spelled, plain) = self.spell(word);
            if !plain {
                self.say(&word.shaped.text);
            }
            self.word(line, word, &spelled, &mut hollows);
            if !plain {
                self.unsay();
            }
        }
        self.flush();
        self.ops.push(Op::EndTextSection);
        for hollow in hollows {
            self.hollow(&hollow);
        }
    }

    /// Begins a stretch whose text is said beside its glyphs.
    fn say(&mut self, text: &str) {
        self.flush();
        let mut data = vec![0xfe, 0xff];
        data.extend(text.encode_utf16().flat_map(u16::to_be_bytes));
        let map = BTreeMap::from([("ActualText".to_string(), DictItem::String { data, literal: false })]);
        self.ops
            .push(Op::BeginMarkedContentWithProperties { tag: "Span".to_string(), properties: DictItem::Dict { map } });
    }

    fn unsay(&mut self) {
        self.flush();
        self.ops.push(Op::EndMarkedContent);
    }

    /// What is drawn for a word, with the code of each glyph, and whether the codes say the whole text.
    fn spell(&mut self, word: &Word) -> (Vec<Spelled>, bool) {
        let mut plain = true;
        let mut spelled = Vec::new();
        let mut x = 0.0;
        for Run { face, glyphs } in &word.shaped.runs {
            for glyph in glyphs {
                let (start, end) = (glyph.start as usize, (glyph.start + glyph.len) as usize);
                let text = word.shaped.text.get(start..end).unwrap_or_default();
                let at = (x + glyph.dx, glyph.dy);
                x += glyph.advance;
                let Some(face) = *face else {
                    plain = false;
                    let character = text.chars().next().map_or(0, u32::from);
                    spelled.push(Spelled::Unknown { at: at.0, advance: glyph.advance, character });
                    continue;
                };
                let subset = self.subsets.entry(face).or_insert_with(|| Subset::new(self.fonts, face));
                let mut text = text;
                // Viewers turn what runs from right to left letter by letter. A glyph for several letters would be turned as a
                // whole, so each letter but the first stands on a glyph of its own that draws nothing.
                if word.shaped.rtl
                    && let Some(empty) = self.fonts.empty_glyph(face)
                    && let Some(first) = text.chars().next()
                {
                    let (head, rest) = text.split_at(first.len_utf8());
                    for character in rest.chars().rev() {
                        let (code, advance, said) = subset.code(self.fonts, empty, character.encode_utf8(&mut [0; 4]));
                        plain &= said;
                        spelled.push(Spelled::Glyph { face, at: (at.0, 0.0), code, advance });
                    }
                    text = head;
                }
                let (code, advance, said) = subset.code(self.fonts, glyph.id, text);
                plain &= said && !text.is_empty();
                spelled.push(Spelled::Glyph { face, at, code, advance });
            }
        }
        (spelled, plain)
    }

    fn word(&mut self, line: &TextLine, word: &Word, spelled: &[Spelled], hollows: &mut Vec<Hollow>) {
        self.fill(word.colour);
        let em = word.size / 1000.0;
        let baseline = self.flip(line.y) + word.rise;
        let left = line.x + word.dx;
        for part in spelled {
            match part {
                Spelled::Glyph { face, at, code, advance } => {
                    let at = (left + f64::from(at.0) * em, baseline + f64::from(at.1) * em);
                    self.glyph(*face, word.size, at, *code, *advance);
                }
                Spelled::Unknown { at, advance, character } => {
                    let x = left + f64::from(*at) * em;
                    let width = f64::from(*advance) * em;
                    self.number(*character, (x, baseline), word.size, width);
                    hollows.push(Hollow { x, y: line.y - word.rise, width, size: word.size, colour: word.colour });
                }
            }
        }
    }

    /// The number of a character that no font has, in two rows of small digits.
    fn number(&mut self, character: u32, (x, baseline): (f64, f64), size: f64, width: f64) {
        let digits = format!("{character:04X}");
        let half = digits.len().div_ceil(2);
        let small = size * 0.36;
        let blank = size * 0.26;
        // Blanks at both ends, so that a viewer sees the character as wide as its box and adds no space beside it.
        let rows = [
            (" ", x, 0.0, size),
            (digits.get(..half).unwrap_or_default(), x + size * 0.1, size * 0.40, small),
            (digits.get(half..).unwrap_or_default(), x + size * 0.1, size * 0.02, small),
            (" ", x + width - blank, 0.0, size),
        ];
        for (text, left, rise, size) in rows {
            let shaped = self.fonts.shape(text, false, false);
            let word = Word { dx: 0.0, rise: 0.0, size, colour: Colour(0, 0, 0), shaped };
            for part in self.spell(&word).0 {
                if let Spelled::Glyph { face, at, code, advance } = part {
                    let at = (left + f64::from(at.0) * size / 1000.0, baseline + rise);
                    self.glyph(face, size, at, code, advance);
                }
            }
        }
    }

    fn hollow(&mut self, hollow: &Hollow) {
        self.pen_style(hollow.size * 0.04, hollow.colour, None);
        let (left, right) = (hollow.x + hollow.size * 0.05, hollow.x + hollow.width - hollow.size * 0.05);
        let (top, bottom) = (hollow.y - hollow.size * 0.72, hollow.y + hollow.size * 0.06);
        let corners = [(left, top), (right, top), (right, bottom), (left, bottom)];
        let points = corners.into_iter().map(|corner| self.point(corner, false)).collect();
        self.ops.push(Op::DrawLine { line: Line { points, is_closed: true } });
    }

    /// Shows a glyph at a place (y upwards). Neighbours on one baseline become one operation.
    fn glyph(&mut self, face: FaceId, size: f64, (x, y): (f64, f64), code: u16, advance: u16) {
        if self.font != Some((face, size)) {
            self.flush();
            self.font = Some((face, size));
            let font = PdfFontHandle::External(printpdf::FontId(font_name(face)));
            self.ops.push(Op::SetFont { font, size: Pt((size * 1000.0).round() as f32 / 1000.0) });
            self.pen = None;
        }
        let near = self.pen.filter(|(pen_x, pen_y)| (pen_y - y).abs() < 0.005 && (x - pen_x).abs() < 20.0 * size);
        let pen_x = match near {
            Some((pen_x, _)) => {
                // Numbers between the glyphs are thousandths of the em, and move to the left.
                let by = ((pen_x - x) * 1000.0 / size).round();
                if by != 0.0 {
                    self.close();
                    self.items.push(TextItem::Offset(by as f32));
                }
                pen_x - by * size / 1000.0
            }
            None => {
                self.flush();
                self.ops.push(Op::SetTextMatrix { matrix: TextMatrix::Translate(pt(x), pt(y)) });
                f64::from(round(x))
            }
        };
        self.codes.extend(char::from_u32(FIRST_CODE + u32::from(code)));
        self.pen = Some((pen_x + f64::from(advance) * size / 1000.0, y));
    }

    fn close(&mut self) {
        if !self.codes.is_empty() {
            self.items.push(TextItem::Text(std::mem::take(&mut self.codes)));
        }
    }

    fn flush(&mut self) {
        self.close();
        if !self.items.is_empty() {
            self.ops.push(Op::ShowText { items: std::mem::take(&mut self.items) });
        }
    }
}
