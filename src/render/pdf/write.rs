//! Marks as the content of a page. It is written directly: printpdf's operations, made into objects of lopdf and then into bytes,
//! took most of the time of a long report.

use super::content::Content;
use super::mark::{Mark, TextLine, Word};
use super::pages::Page;
use super::spell::{Hollow, Part, Speller};
use super::tree::{Role, Tag, Tree};
use crate::chart::Colour;
use crate::typeface::{FaceId, Fonts};
use std::collections::BTreeMap;

/// Where a part of an element's content stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placed {
    pub tag: Tag,
    pub page: u32,
    /// Its number on the page.
    pub number: u32,
}

/// What a stretch of content is marked as.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Marked {
    No,
    Artifact,
    /// A stretch of an element.
    Content(Tag),
}

/// Writes pages; collects the glyphs they use, and what of the structure stands where.
pub(super) struct Writer<'w, 'f> {
    pub speller: Speller<'w, 'f>,
    pub placed: Vec<Placed>,
    /// Left, bottom, right and top of figures.
    pub boxes: BTreeMap<Tag, [f64; 4]>,
    tree: Option<&'w Tree>,
    /// Of the page that is written.
    paper: (f64, f64),
    content: Content,
    page: u32,
    count: u32,
    marked: Marked,
    /// A figure is one stretch, whatever is in it.
    in_figure: bool,
}

impl<'w, 'f> Writer<'w, 'f> {
    /// `tree`: the structure, if the file has one.
    pub fn new(fonts: &'w Fonts<'f>, tree: Option<&'w Tree>) -> Writer<'w, 'f> {
        Writer {
            speller: Speller::new(fonts),
            placed: Vec::new(),
            boxes: BTreeMap::new(),
            tree,
            paper: (0.0, 0.0),
            content: Content::default(),
            page: 0,
            count: 0,
            marked: Marked::No,
            in_figure: false,
        }
    }

    /// The content of the next page.
    pub fn page(&mut self, page: &Page) -> Vec<u8> {
        self.count = 0;
        self.paper = page.sheet.size;
        for mark in &page.marks {
            self.mark(mark);
        }
        self.end();
        self.content.end_text();
        self.page += 1;
        self.content.take()
    }

    fn flip(&self, y: f64) -> f64 {
        self.paper.1 - y
    }

    /// What follows belongs to an element, or to none.
    fn begin(&mut self, tag: Tag, said: Option<&str>) {
        if self.in_figure || self.tree.is_none() {
            if let Some(text) = said {
                self.content.begin_said(text);
            }
            return;
        }
        let Some(name) = self.tree.and_then(|tree| tree.role(tag)).map(Role::name) else {
            if self.marked != Marked::Artifact {
                self.end();
                self.content.begin_artifact();
                self.marked = Marked::Artifact;
            }
            if let Some(text) = said {
                self.content.begin_said(text);
            }
            return;
        };
        if self.marked == Marked::Content(tag) && said.is_none() {
            return;
        }
        self.end();
        self.content.begin_marked(name, self.count, said);
        self.placed.push(Placed { tag, page: self.page, number: self.count });
        self.count += 1;
        self.marked = Marked::Content(tag);
    }

    /// Ends what is marked.
    fn end(&mut self) {
        if self.marked != Marked::No && !self.in_figure {
            self.content.end_marked();
            self.marked = Marked::No;
        }
    }

    /// Graphics follow: text objects and graphics cannot share a stretch that began inside of one.
    fn graphics(&mut self, tag: Tag) {
        if self.content.in_text() {
            self.end();
            self.content.end_text();
        }
        self.begin(tag, None);
    }

    fn text_mode(&mut self) {
        if !self.content.in_text() {
            self.end();
            self.content.begin_text();
        }
    }

    fn mark(&mut self, mark: &Mark) {
        match mark {
            Mark::Text(line) => self.text(line),
            Mark::Figure { tag, marks } => self.figure(mark, *tag, marks),
            Mark::Link { .. } | Mark::Target { .. } | Mark::Outline { .. } => {}
            drawn => {
                self.graphics(Tag::NONE);
                self.draw(drawn);
            }
        }
    }

    fn figure(&mut self, whole: &Mark, tag: Tag, marks: &[Mark]) {
        self.graphics(tag);
        if let Some([left, top, right, bottom]) = whole.bounds() {
            self.boxes.insert(tag, [left, self.flip(bottom), right, self.flip(top)]);
        }
        self.in_figure = true;
        for mark in marks {
            if !matches!(mark, Mark::Text(_)) {
                self.content.end_text();
            }
            self.mark(mark);
        }
        self.content.end_text();
        self.in_figure = false;
        self.end();
    }

    fn draw(&mut self, mark: &Mark) {
        match mark {
            Mark::Rect { x, y, width, height, fill } => {
                self.content.fill(*fill);
                self.content.rectangle(*x, self.flip(y + height), *width, *height);
            }
            Mark::Logo { x, y, width, height } => {
                self.content.image(LOGO, (*x, self.flip(y + height)), *width, *height);
            }
            Mark::Area { points, fill } => {
                self.content.fill(*fill);
                self.way(points);
                self.content.operator("f");
            }
            Mark::Stroke { points, width, colour, dash } => {
                self.content.pen(*width, *colour, *dash);
                self.way(points);
                self.content.operator("S");
            }
            Mark::Dot { centre: (x, y), radius, fill } => {
                self.content.fill(*fill);
                self.content.circle((*x, self.flip(*y)), *radius);
            }
            _ => {}
        }
    }

    fn way(&mut self, points: &[(f64, f64)]) {
        for (at, (x, y)) in points.iter().enumerate() {
            let y = self.flip(*y);
            self.content.point(*x, y, if at == 0 { "m" } else { "l" });
        }
    }

    fn text(&mut self, line: &TextLine) {
        let mut hollows = Vec::new();
        let mut parts = Vec::new();
        for word in &line.words {
            parts.clear();
            let plain = self.speller.spell(word, &mut parts);
            if parts.is_empty() {
                continue;
            }
            if self.in_figure {
                self.content.begin_text()
            } else {
                self.text_mode()
            }
            self.begin(word.tag, (!plain).then_some(&*word.shaped.text));
            self.word(line, word, &parts, &mut hollows);
            if !plain {
                self.unsay(word.tag);
            }
        }
        for hollow in hollows {
            self.hollow(&hollow);
        }
    }

    /// Ends a stretch whose text is said beside its glyphs.
    fn unsay(&mut self, tag: Tag) {
        if self.in_figure || self.tree.is_none() || tag == Tag::NONE {
            self.content.end_marked();
        } else {
            self.end();
        }
    }

    fn word(&mut self, line: &TextLine, word: &Word, parts: &[Part], hollows: &mut Vec<Hollow>) {
        self.content.fill(word.colour);
        let em = word.size / 1000.0;
        let baseline = self.flip(line.y) + word.rise;
        let left = line.x + word.dx;
        for part in parts {
            match part {
                Part::Glyph { face, at, code, advance } => {
                    let at = (left + f64::from(at.0) * em, baseline + f64::from(at.1) * em);
                    self.content.glyph(*face, word.size, at, *code, *advance);
                }
                Part::Unknown { at, advance, character } => {
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
        for (part, size, left, rise) in self.speller.number(character, size, width) {
            if let Part::Glyph { face, at, code, advance } = part {
                let at = (x + left + f64::from(at.0) * size / 1000.0, baseline + rise);
                self.content.glyph(face, size, at, code, advance);
            }
        }
    }

    fn hollow(&mut self, hollow: &Hollow) {
        if self.in_figure {
            self.content.end_text();
        } else {
            self.graphics(Tag::NONE);
        }
        self.content.pen(hollow.size * 0.04, hollow.colour, None);
        let (left, right) = (hollow.x + hollow.size * 0.05, hollow.x + hollow.width - hollow.size * 0.05);
        let (top, bottom) = (hollow.y - hollow.size * 0.72, hollow.y + hollow.size * 0.06);
        self.way(&[(left, top), (right, top), (right, bottom), (left, bottom)]);
        self.content.operator("s");
    }
}

/// The name of a font inside the file.
pub(super) fn font_name(face: FaceId) -> String {
    format!("T{}", face.index())
}

/// The name of the logo inside the file.
pub(super) const LOGO: &str = "Logo";

/// Black, for what is drawn without a colour of its own.
pub(super) const BLACK: Colour = Colour(0, 0, 0);
