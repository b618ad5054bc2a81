//! A paragraph: shaped once, broken into lines for any width (UAX #14), each line laid out by direction (UAX #9).

use super::Setting;
use super::mark::{Mark, TextLine, Word};
use super::rich::{Ink, Rich};
use super::tree::{Role, Tag};
use crate::typeface::{Shaped, flow};
use std::cell::Cell;
use std::ops::Range;
use std::sync::Arc;

/// Where lines begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Align {
    /// Where the paragraph's direction begins.
    Start,
    /// At the right: numbers.
    Right,
    /// In the middle.
    Middle,
}

/// A shaped stretch of one look and level.
#[derive(Clone, Debug)]
struct Bit {
    shaped: Arc<Shaped>,
    ink: usize,
    level: u8,
    /// Smaller than its look says, because nothing less fits.
    shrink: f64,
}

/// What stands between two places where a line may end.
#[derive(Debug)]
struct Piece {
    word: Range<usize>,
    gap: Range<usize>,
    width: f64,
    gap_width: f64,
    /// A line ends here.
    hard: bool,
    code: bool,
}

/// A paragraph that can be set in any width.
#[derive(Debug)]
pub(super) struct Paragraph {
    inks: Vec<Ink>,
    bits: Vec<Bit>,
    pieces: Vec<Piece>,
    rtl: bool,
    /// Whether anything in it runs from right to left.
    turns: bool,
    /// The element of the structure that it is; none: decoration.
    pub owner: Cell<Tag>,
    /// What the last part that was drawn belongs to.
    last: Cell<Option<(Stretch, Tag)>>,
    /// From one baseline to the next.
    pub leading: f64,
    /// From the top of a line to its baseline.
    pub ascent: f64,
}

/// One line, in the order of the text.
#[derive(Debug, Default)]
pub(super) struct Line {
    bits: Vec<Bit>,
    pub width: f64,
    /// Blanks that the end of the line takes away: they are read, and not seen.
    tail: Vec<Bit>,
}

/// What makes a part of a paragraph an element of its own: the link that it is in, and whether it runs from right to left.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    link: Option<usize>,
    turned: bool,
    owner: Tag,
}

/// Longer stretches are shaped in parts: cutting a long word must not shape its whole rest for every line.
const LONGEST: usize = 48;

/// Rounding of sums of widths.
const SLACK: f64 = 0.01;

impl Paragraph {
    /// Shapes the text. `leading` is the distance of baselines as a multiple of the largest size.
    pub fn new(setting: &Setting, rich: Rich, leading: f64) -> Paragraph {
        let Rich { text, spans } = rich;
        let size = spans.iter().map(|(_, ink)| ink.size).fold(0.0, f64::max).max(1.0);
        let directions = flow::directions(&text);
        let mut paragraph = Paragraph {
            inks: Vec::with_capacity(spans.len()),
            bits: Vec::new(),
            pieces: Vec::new(),
            rtl: directions.rtl,
            turns: directions.rtl || directions.levels.is_some(),
            owner: Cell::new(Tag::NONE),
            last: Cell::new(None),
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

    fn bit_width(&self, bit: &Bit) -> f64 {
        let size = self.inks.get(bit.ink).map_or(0.0, |ink| ink.size) * bit.shrink;
        f64::from(bit.shaped.width) * size / 1000.0
    }

    fn width(&self, bits: &Range<usize>) -> f64 {
        self.bits.get(bits.clone()).unwrap_or_default().iter().map(|bit| self.bit_width(bit)).sum()
    }

    /// The width of the longest word; a longer one than `longest`, and anything that may be broken anywhere, counts as that at most.
    pub fn min_width(&self, longest: f64) -> f64 {
        let of = |piece: &Piece| piece.width.min(if piece.code { longest / 2.0 } else { longest });
        self.pieces.iter().map(of).fold(0.0, f64::max)
    }

    /// The width without any line break but those that it must have.
    pub fn max_width(&self) -> f64 {
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

    /// Breaks it into lines that are not wider than `width`. At least one.
    pub fn lines(&self, setting: &Setting, width: f64) -> Vec<Line> {
        let mut lines = Vec::new();
        let mut line = Line::default();
        let mut gap: Option<&Piece> = None;
        let bits = |range: &Range<usize>| self.bits.get(range.clone()).unwrap_or_default();
        for piece in &self.pieces {
            let gap_width = gap.map_or(0.0, |gap| gap.gap_width);
            if line.width + gap_width + piece.width > width + SLACK {
                // Blanks at the end of a line take no room.
                if let Some(gap) = gap.take() {
                    line.tail.extend_from_slice(bits(&gap.gap));
                }
                if !line.bits.is_empty() || !line.tail.is_empty() {
                    lines.push(std::mem::take(&mut line));
                }
            }
            if let Some(gap) = gap.take() {
                line.bits.extend_from_slice(bits(&gap.gap));
                line.width += gap.gap_width;
            }
            if piece.width <= width + SLACK {
                line.bits.extend_from_slice(bits(&piece.word));
                line.width += piece.width;
            } else {
                for bit in bits(&piece.word) {
                    self.cut(setting, bit.clone(), width, &mut line, &mut lines);
                }
            }
            gap = Some(piece);
            if piece.hard {
                line.tail.extend_from_slice(bits(&piece.gap));
                line.tail.extend(self.end_of(setting, piece));
                lines.push(std::mem::take(&mut line));
                gap = None;
            }
        }
        line.tail.extend_from_slice(gap.map_or(&[], |gap| bits(&gap.gap)));
        if !line.bits.is_empty() || lines.is_empty() {
            lines.push(line);
        }
        lines
    }

    /// What is read where a line ends because the text says so.
    fn end_of(&self, setting: &Setting, piece: &Piece) -> Option<Bit> {
        let before = self.bits.get(..piece.gap.end).and_then(|bits| bits.last());
        let (ink, level) = before.map_or((0, u8::from(self.rtl)), |bit| (bit.ink, bit.level));
        Some(Bit { shaped: setting.fonts.line_end()?, ink, level, shrink: 1.0 })
    }

    /// Adds a part of a word that is longer than a line, cut wherever the line is full.
    fn cut(&self, setting: &Setting, mut bit: Bit, width: f64, line: &mut Line, lines: &mut Vec<Line>) {
        let Some(ink) = self.inks.get(bit.ink) else { return };
        loop {
            let whole = self.bit_width(&bit);
            if line.width + whole <= width + SLACK {
                line.width += whole;
                line.bits.push(bit);
                return;
            }
            let mut cuts = cuts(&bit.shaped, (width - line.width) * 1000.0 / (ink.size * bit.shrink));
            let text = bit.shaped.text.clone();
            let reshape = |part: &str| Bit {
                shaped: setting.fonts.shape(part, ink.bold, bit.shaped.rtl),
                ink: bit.ink,
                level: bit.level,
                shrink: bit.shrink,
            };
            // A part may be wider alone than inside its word: then the cut before it is tried.
            let part = loop {
                let Some(at) = cuts.pop() else { break None };
                let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { break None };
                let head = reshape(head);
                if line.width + self.bit_width(&head) <= width + SLACK {
                    break Some((head, reshape(tail)));
                }
            };
            match part {
                Some((head, tail)) => {
                    line.width += self.bit_width(&head);
                    line.bits.push(head);
                    lines.push(std::mem::take(line));
                    bit = tail;
                }
                None if !line.bits.is_empty() => lines.push(std::mem::take(line)),
                // Not even one letter fits into an empty line: it is set smaller.
                None => {
                    let at = first_cut(&text);
                    let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { return };
                    let mut head = reshape(head);
                    let natural = self.bit_width(&head).max(0.001);
                    head.shrink *= (width / natural).min(1.0);
                    line.width += self.bit_width(&head);
                    line.bits.push(head);
                    if tail.is_empty() {
                        return;
                    }
                    bit = reshape(tail);
                    lines.push(std::mem::take(line));
                }
            }
        }
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
            Align::Start => 0.0,
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

/// Where a shaped word may be cut so that the part before is not wider than `room` (thousandths of the em), in order.
fn cuts(shaped: &Shaped, room: f64) -> Vec<usize> {
    let mut cuts = Vec::new();
    let mut used = 0.0;
    let mut visit = |glyph: &crate::typeface::Glyph| {
        let at = glyph.start as usize;
        if at > 0
            && used <= room
            && shaped.text.get(at..).and_then(|rest| rest.chars().next()).is_some_and(flow::may_cut_before)
        {
            cuts.push(at);
        }
        used += f64::from(glyph.advance);
    };
    if shaped.rtl {
        shaped.glyphs().rev().for_each(&mut visit)
    } else {
        shaped.glyphs().for_each(&mut visit)
    }
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// The end of the first letter with its marks.
fn first_cut(text: &str) -> usize {
    text.char_indices().skip(1).find(|(_, character)| flow::may_cut_before(*character)).map_or(text.len(), |(at, _)| at)
}
