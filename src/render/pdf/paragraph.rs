//! A paragraph: shaped once, broken into lines for any width (UAX #14, see `lines`), each line laid out by direction (UAX #9).

use super::Setting;
use super::mark::{Mark, TextLine, Word};
use super::rich::{Ink, Rich};
use super::tree::{Role, Tag};
use crate::document::direction::{self, Direction};
use crate::typeface::{Shaped, flow};
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// Where lines begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Align {
    /// Where the paragraph's direction begins.
    Start,
    /// At the left, whatever the direction.
    Left,
    /// At the right: numbers.
    Right,
    /// In the middle.
    Middle,
    /// So far from the left: numbers that are aligned on their point.
    At(f64),
}

/// A shaped stretch of one look and level.
#[derive(Clone, Debug)]
pub(super) struct Bit {
    pub shaped: Arc<Shaped>,
    pub ink: usize,
    pub level: u8,
    /// Smaller than its look says, because nothing less fits.
    pub shrink: f64,
}

/// What stands between two places where a line may end.
#[derive(Debug)]
pub(super) struct Piece {
    pub word: Range<usize>,
    pub gap: Range<usize>,
    pub width: f64,
    pub gap_width: f64,
    /// A line ends here.
    pub hard: bool,
    code: bool,
}

/// A paragraph that can be set in any width.
#[derive(Debug)]
pub(super) struct Paragraph {
    pub inks: Vec<Ink>,
    pub bits: Vec<Bit>,
    pub pieces: Vec<Piece>,
    rtl: bool,
    /// Whether anything in it runs from right to left.
    turns: bool,
    /// The element of the structure that it is; none: decoration.
    owner: Cell<Tag>,
    /// What the last part that was drawn belongs to.
    last: Cell<Option<(Stretch, Tag)>>,
    /// Width without any line break but those that it must have.
    pub natural: f64,
    /// The last line is as long as the others: headings.
    pub even: bool,
    /// From one baseline to the next.
    pub leading: f64,
    /// From the top of a line to its baseline.
    pub ascent: f64,
}

/// One line, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Line {
    pub bits: Vec<Bit>,
    pub width: f64,
    /// Blanks that the end of the line takes away: they are read, and not seen.
    pub tail: Vec<Bit>,
}

/// What makes a part of a paragraph an element of its own: the link that it is in, and whether it runs from right to left.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    link: Option<usize>,
    turned: bool,
    owner: Tag,
}

/// The directions of a paragraph: as the report runs, unless most of its letters run the other way (`document::direction`).
fn directions(setting: &Setting, text: &str) -> flow::Directions {
    let base = if setting.rtl { Direction::Right } else { Direction::Left };
    if base == Direction::Left && flow::plain(text) {
        return flow::Directions { rtl: false, levels: None };
    }
    let way = direction::of(text, base);
    flow::isolated(way == Direction::Right, &direction::runs(text, way))
}

/// Longer stretches are shaped in parts: cutting a long word must not shape its whole rest for every line.
const LONGEST: usize = 48;

/// Rounding of sums of widths.
pub(super) const SLACK: f64 = 0.01;

impl Paragraph {
    /// Shapes the text. `leading` is the distance of baselines as a multiple of the largest size.
    pub fn new(setting: &Setting, rich: Rich, leading: f64) -> Paragraph {
        let Rich { text, spans } = rich;
        let size = spans.iter().map(|(_, ink)| ink.size).fold(0.0, f64::max).max(1.0);
        let directions = directions(setting, &text);
        let mut paragraph = Paragraph {
            inks: Vec::with_capacity(spans.len()),
            bits: Vec::new(),
            pieces: Vec::new(),
            rtl: directions.rtl,
            turns: directions.rtl || directions.levels.is_some(),
            owner: Cell::new(Tag::NONE),
            last: Cell::new(None),
            natural: 0.0,
            even: false,
            leading: size * leading,
            // Capitals stand in the middle of the line.
            ascent: size * (leading + 0.714) / 2.0,
        };
        let ends: Vec<usize> = spans.iter().map(|(end, _)| *end).collect();
        paragraph.inks.extend(spans.into_iter().map(|(_, ink)| ink));
        let mut start = 0;
        for (end, hard) in flow::breaks(&text) {
            let Some(part) = text.get(start..end) else { continue };
            let word_end = start + part.trim_end().len();
            let word = paragraph.shape(setting, &text, start..word_end, &ends, &directions);
            let gap = paragraph.shape(setting, &text, word_end..end, &ends, &directions);
            let code = word.clone().all(|at| {
                paragraph.bits.get(at).and_then(|bit| paragraph.inks.get(bit.ink)).is_some_and(|ink| ink.code)
            });
            paragraph.pieces.push(Piece {
                width: paragraph.width(&word),
                gap_width: paragraph.width(&gap),
                code,
                word,
                gap,
                hard: hard && (end < text.len() || part.ends_with('\u{2028}')),
            });
            start = end;
        }
        paragraph.natural = paragraph.max_width();
        paragraph
    }

    fn shape(
        &mut self,
        setting: &Setting,
        text: &str,
        range: Range<usize>,
        ends: &[usize],
        directions: &flow::Directions,
    ) -> Range<usize> {
        let first = self.bits.len();
        let mut start = range.start;
        let mut ink = ends.partition_point(|end| *end <= start);
        let mut level = directions.level(start);
        let mut count = 0;
        let Some(part) = text.get(range.clone()) else { return first..first };
        for (at, character) in part.char_indices().map(|(at, character)| (at + range.start, character)) {
            let next_ink =
                if ends.get(ink).is_some_and(|end| *end <= at) { ends.partition_point(|end| *end <= at) } else { ink };
            let next_level = directions.level(at);
            let long = count >= LONGEST && flow::may_cut_before(character);
            if at > start && (next_ink != ink || next_level != level || long) {
                self.push(setting, text, start..at, ink, level);
                (start, count) = (at, 0);
            }
            (ink, level, count) = (next_ink, next_level, count + 1);
        }
        if start < range.end {
            self.push(setting, text, start..range.end, ink, level);
        }
        first..self.bits.len()
    }

    fn push(&mut self, setting: &Setting, text: &str, range: Range<usize>, ink: usize, level: u8) {
        let (Some(part), Some(look)) = (text.get(range), self.inks.get(ink)) else { return };
        // The end of a line has no glyph.
        let part = part.trim_end_matches('\u{2028}');
        if part.is_empty() {
            return;
        }
        let shaped = setting.fonts.shape(part, look.bold, level % 2 == 1);
        setting.note_missing(&shaped, text);
        self.bits.push(Bit { shaped, ink, level, shrink: 1.0 });
    }

    pub fn bit_width(&self, bit: &Bit) -> f64 {
        let size = self.inks.get(bit.ink).map_or(0.0, |ink| ink.size) * bit.shrink;
        f64::from(bit.shaped.width) * size / 1000.0
    }

    /// Sets it in type of another size.
    pub fn scale(&mut self, part: f64) {
        for ink in &mut self.inks {
            ink.size *= part;
            ink.rise *= part;
        }
        for piece in &mut self.pieces {
            piece.width *= part;
            piece.gap_width *= part;
        }
        for size in [&mut self.natural, &mut self.leading, &mut self.ascent] {
            *size *= part;
        }
    }

    /// Whether it runs from right to left.
    pub fn runs_rtl(&self) -> bool {
        self.rtl
    }

    /// The width of the text before a byte, where all of it runs from left to right on one line.
    pub fn width_to(&self, end: usize) -> Option<f64> {
        let (mut at, mut width) = (0, 0.0);
        for bit in &self.bits {
            if bit.level % 2 == 1 {
                return None;
            }
            let length = bit.shaped.text.len();
            if at + length <= end {
                width += self.bit_width(bit);
            } else {
                let glyphs = bit.shaped.glyphs().filter(|glyph| at + (glyph.start as usize) < end);
                let part: f64 = glyphs.map(|glyph| f64::from(glyph.advance)).sum();
                width += part * self.inks.get(bit.ink)?.size * bit.shrink / 1000.0;
            }
            at += length;
            if at >= end {
                return (!self.pieces.iter().any(|piece| piece.hard)).then_some(width);
            }
        }
        None
    }

    fn width(&self, bits: &Range<usize>) -> f64 {
        self.bits.get(bits.clone()).unwrap_or_default().iter().map(|bit| self.bit_width(bit)).sum()
    }

    /// The width of the longest word; a longer one than `longest`, and anything that may be broken anywhere, counts as that at most.
    pub fn min_width(&self, longest: f64) -> f64 {
        let of = |piece: &Piece| piece.width.min(if piece.code { longest / 2.0 } else { longest });
        self.pieces.iter().map(of).fold(0.0, f64::max)
    }

    /// See `natural`.
    fn max_width(&self) -> f64 {
        let (mut widest, mut line, mut gap) = (0.0_f64, 0.0, 0.0);
        for piece in &self.pieces {
            line += gap + piece.width;
            gap = piece.gap_width;
            widest = widest.max(line);
            if piece.hard {
                (line, gap) = (0.0, 0.0);
            }
        }
        widest
    }

    /// It is this element of the structure, from now on.
    pub fn own(&self, tag: Tag) {
        self.owner.set(tag);
        self.last.set(None);
    }

    /// What is read where a line ends because the text says so.
    pub fn end_of(&self, setting: &Setting, piece: &Piece) -> Option<Bit> {
        let before = self.bits.get(..piece.gap.end).and_then(|bits| bits.last());
        let (ink, level) = before.map_or((0, u8::from(self.rtl)), |bit| (bit.ink, bit.level));
        Some(Bit { shaped: setting.fonts.line_end()?, ink, level, shrink: 1.0 })
    }

    /// Draws a line into a box: text, and the areas of its links.
    pub fn draw(
        &self,
        setting: &Setting,
        line: &Line,
        (x, y): (f64, f64),
        width: f64,
        align: Align,
        marks: &mut Vec<Mark>,
    ) {
        let left = match align {
            Align::Right => width - line.width,
            Align::Middle => (width - line.width) / 2.0,
            Align::Start if self.rtl => width - line.width,
            Align::Start | Align::Left => 0.0,
            Align::At(left) => left.min((width - line.width).max(0.0)),
        };
        let levels: Vec<u8> = line.bits.iter().map(|bit| bit.level).collect();
        let mut places = vec![0.0; line.bits.len()];
        let mut dx = 0.0;
        for at in flow::visual(&levels) {
            if let (Some(place), Some(bit)) = (places.get_mut(at), line.bits.get(at)) {
                *place = dx;
                dx += self.bit_width(bit);
            }
        }
        // What is not seen stands where the line ends.
        let mut end = if self.rtl { 0.0 } else { line.width };
        for bit in &line.tail {
            let wide = self.bit_width(bit);
            places.push(if self.rtl { end - wide } else { end });
            end += if self.rtl { -wide } else { wide };
        }
        let mut words = Vec::with_capacity(places.len());
        let mut links: Vec<LinkArea> = Vec::new();
        for (bit, dx) in line.bits.iter().chain(&line.tail).zip(&places) {
            let Some(ink) = self.inks.get(bit.ink) else { continue };
            let (stretch, tag) = self.stretch(setting, bit, ink);
            if stretch.turned {
                setting.say(tag, &bit.shaped.text);
            }
            let wide = self.bit_width(bit);
            if ink.link.is_some() {
                let holder = setting.holder_of(tag, Role::Link);
                match links.last_mut() {
                    Some(area) if area.tag == holder && area.touches(*dx, *dx + wide) => area.take(*dx, wide, bit),
                    _ => links.push(LinkArea {
                        start: *dx,
                        end: dx + wide,
                        ink: bit.ink,
                        words: bit.shaped.text.to_string(),
                        tag: holder,
                    }),
                }
            }
            words.push(Word {
                dx: *dx,
                rise: ink.rise,
                size: ink.size * bit.shrink,
                colour: ink.colour,
                shaped: bit.shaped.clone(),
                tag,
            });
        }
        for area in links {
            if let Some(to) = self.inks.get(area.ink).and_then(|ink| ink.link.clone()) {
                marks.push(Mark::Link {
                    x: x + left + area.start,
                    y,
                    width: area.end - area.start,
                    height: self.leading,
                    to,
                    words: area.words.trim().into(),
                    tag: area.tag,
                });
            }
        }
        if !words.is_empty() {
            marks.push(Mark::Text(TextLine { x: x + left, y: y + self.ascent, words }));
        }
    }

    /// The element that a part of the text belongs to. A paragraph without links that runs one way is one element; else each
    /// link is one, and each part that runs the other way, which goes on over the ends of lines.
    fn stretch(&self, setting: &Setting, bit: &Bit, ink: &Ink) -> (Stretch, Tag) {
        let owner = self.owner.get();
        let turned = bit.level > 0 && owner != Tag::NONE;
        // Neighbours of one link have one address; its inks may differ.
        let link = ink.link.as_ref().and_then(|to| self.inks.iter().position(|ink| ink.link.as_ref() == Some(to)));
        let stretch = Stretch { link, turned, owner };
        let last = self.last.get();
        if let Some((known, tag)) = last
            && known == stretch
        {
            return (stretch, tag);
        }
        let plain = !self.turns && self.inks.iter().all(|ink| ink.link.is_none());
        let tag = if plain || owner == Tag::NONE {
            owner
        } else {
            let holder = match (link, last) {
                (Some(_), Some((known, tag))) if known.link == link && known.owner == owner => {
                    setting.holder_of(tag, Role::Link)
                }
                (Some(_), _) => setting.child(owner, Role::Link),
                (None, _) => owner,
            };
            if link.is_some() && !self.turns { holder } else { setting.child(holder, Role::Span) }
        };
        self.last.set(Some((stretch, tag)));
        (stretch, tag)
    }
}

/// Where a link stands on a line.
struct LinkArea {
    start: f64,
    end: f64,
    ink: usize,
    words: String,
    tag: Tag,
}

impl LinkArea {
    fn touches(&self, start: f64, end: f64) -> bool {
        (self.end - start).abs() < 0.1 || (self.start - end).abs() < 0.1
    }

    fn take(&mut self, start: f64, wide: f64, bit: &Bit) {
        self.start = self.start.min(start);
        self.end = self.end.max(start + wide);
        self.words.push_str(&bit.shaped.text);
    }
}
