//! Lines: where a paragraph is broken. Of all ways with the fewest lines the one whose lines are most alike is taken, and a last
//! line of one short word is avoided. A word that is longer than a line is broken after `@ . / - _`, and only then anywhere.

use super::Setting;
use super::paragraph::{Bit, Line, Paragraph, Piece, SLACK};
use crate::typeface::{Shaped, flow};
use std::borrow::Cow;

/// What stands between two places where this width lets a line end.
struct Unit<'p> {
    bits: Cow<'p, [Bit]>,
    width: f64,
    gap: &'p [Bit],
    gap_width: f64,
    /// What a line that ends here ends with.
    hyphen: Option<Bit>,
    hyphen_width: f64,
    /// How bad it is to end a line here.
    cost: f64,
}

/// A line may end after one of these inside a word that is too long.
const JOINTS: &str = "@./-_:?&=#\\,;+~|";
/// So many units back a line may begin: text without width must not take for ever.
const LONGEST: usize = 1000;
/// Shorter last lines than this part of the width look forgotten.
const SHORT: f64 = 0.35;

impl Paragraph {
    /// Breaks it into lines that are not wider than `width`. At least one.
    pub fn lines(&self, setting: &Setting, width: f64) -> Vec<Line> {
        if self.fits(width) {
            return vec![self.one_line()];
        }
        let mut lines = Vec::new();
        let mut units = Vec::new();
        for (at, piece) in self.pieces.iter().enumerate() {
            self.units(setting, piece, width, &mut units);
            if piece.hard || at + 1 == self.pieces.len() {
                self.break_units(setting, &std::mem::take(&mut units), width, &mut lines);
                if piece.hard
                    && let Some(line) = lines.last_mut()
                {
                    line.tail.extend(self.end_of(setting, piece));
                }
            }
        }
        if lines.is_empty() {
            lines.push(Line::default());
        }
        lines
    }

    /// About how many lines it takes.
    pub fn line_count(&self, width: f64) -> usize {
        if self.fits(width) {
            return 1;
        }
        let (mut count, mut used, mut gap) = (1, 0.0, 0.0);
        for (at, piece) in self.pieces.iter().enumerate() {
            if used > 0.0 && used + gap + piece.width > width + SLACK {
                count += 1;
                (used, gap) = (0.0, 0.0);
            }
            used += gap + piece.width;
            if used > width + SLACK {
                let more = (used / width.max(1.0)).ceil() - 1.0;
                count += more as usize;
                used -= more * width;
            }
            gap = piece.gap_width;
            if piece.hard && at + 1 < self.pieces.len() {
                count += 1;
                (used, gap) = (0.0, 0.0);
            }
        }
        count
    }

    fn fits(&self, width: f64) -> bool {
        self.natural <= width + SLACK && !self.pieces.iter().any(|piece| piece.hard)
    }

    /// All of it on one line, without blanks at its end.
    fn one_line(&self) -> Line {
        let end = self.pieces.last().map_or(0, |piece| piece.word.end);
        let (bits, tail) = self.bits.split_at_checked(end).unwrap_or_default();
        Line { bits: bits.to_vec(), width: self.natural, tail: tail.to_vec() }
    }

    /// A piece as one unit, or as several if it is too long for a line.
    fn units<'p>(&'p self, setting: &Setting, piece: &'p Piece, width: f64, units: &mut Vec<Unit<'p>>) {
        let bits = self.bits.get(piece.word.clone()).unwrap_or_default();
        let gap = self.bits.get(piece.gap.clone()).unwrap_or_default();
        let hyphen = bits.last().filter(|bit| gap.is_empty() && bit.shaped.text.ends_with('\u{ad}')).map(|bit| Bit {
            shaped: setting.fonts.hyphen(self.inks.get(bit.ink).is_some_and(|ink| ink.bold)),
            ..bit.clone()
        });
        let hyphen_width = hyphen.as_ref().map_or(0.0, |bit| self.bit_width(bit));
        let joined = gap.is_empty()
            && bits.last().and_then(|bit| bit.shaped.text.chars().last()).is_some_and(|last| last.is_ascii());
        let cost = if hyphen.is_some() || joined { 0.03 } else { 0.0 };
        let mut unit = Unit {
            bits: Cow::Borrowed(bits),
            width: piece.width,
            gap,
            gap_width: piece.gap_width,
            hyphen,
            hyphen_width,
            cost,
        };
        if piece.width <= width + SLACK {
            return units.push(unit);
        }
        let mut parts = Vec::new();
        for bit in bits {
            self.parts(setting, bit, width, &mut parts);
        }
        let Some((last, last_width, _)) = parts.pop() else { return };
        let whole = |(bit, width, cost): (Bit, f64, f64)| Unit {
            bits: Cow::Owned(vec![bit]),
            width,
            gap: &[],
            gap_width: 0.0,
            hyphen: None,
            hyphen_width: 0.0,
            cost,
        };
        units.extend(parts.into_iter().map(whole));
        unit.bits = Cow::Owned(vec![last]);
        unit.width = last_width;
        units.push(unit);
    }

    /// A part of a word as parts that fit, each with its width and how bad a break after it is.
    fn parts(&self, setting: &Setting, bit: &Bit, width: f64, parts: &mut Vec<(Bit, f64, f64)>) {
        let text = &*bit.shaped.text;
        let mut start = 0;
        let joints = joints(text);
        for end in joints.iter().copied().chain([text.len()]) {
            let Some(part) = text.get(start..end).filter(|part| !part.is_empty()) else { continue };
            let part = if part.len() == text.len() { bit.clone() } else { self.again(setting, bit, part) };
            self.cut(setting, part, width, parts);
            if let Some((.., cost)) = parts.last_mut() {
                *cost = if end < text.len() { 0.05 } else { 0.3 };
            }
            start = end;
        }
    }

    fn again(&self, setting: &Setting, bit: &Bit, part: &str) -> Bit {
        let bold = self.inks.get(bit.ink).is_some_and(|ink| ink.bold);
        Bit { shaped: setting.fonts.shape(part, bold, bit.shaped.rtl), ..bit.clone() }
    }

    /// Cuts a part wherever a line is full. What is left of a word is never a letter or two.
    fn cut(&self, setting: &Setting, mut bit: Bit, width: f64, parts: &mut Vec<(Bit, f64, f64)>) {
        let Some(ink) = self.inks.get(bit.ink) else { return };
        loop {
            let whole = self.bit_width(&bit);
            // Ids and hashes in groups, so that lines can be filled evenly.
            let group = if ink.code { group_end(&bit.shaped.text) } else { None };
            if let Some((head, tail)) = group.and_then(|at| bit.shaped.text.split_at_checked(at)) {
                let head = self.again(setting, &bit, head);
                let head_width = self.bit_width(&head);
                if head_width <= width + SLACK {
                    let tail = self.again(setting, &bit, tail);
                    parts.push((head, head_width, 0.1));
                    bit = tail;
                    continue;
                }
            }
            if whole <= width + SLACK {
                return parts.push((bit, whole, if ink.code { 0.1 } else { 0.3 }));
            }
            let room = if whole < width * 1.3 && !ink.code { whole * 0.62 } else { width };
            let mut cuts = cuts(&bit.shaped, room * 1000.0 / (ink.size * bit.shrink));
            let text = bit.shaped.text.clone();
            // A part may be wider alone than inside its word: then the cut before it is tried.
            let fitting = loop {
                let Some(at) = cuts.pop() else { break None };
                let (Some(head), Some(tail)) = (text.get(..at), text.get(at..)) else { break None };
                let head = self.again(setting, &bit, head);
                if self.bit_width(&head) <= width + SLACK {
                    break Some((head, tail));
                }
            };
            let (head, tail) = fitting.unwrap_or_else(|| {
                // Not even one letter fits: it is set smaller.
                let at = first_cut(&text);
                let (head, tail) = text.split_at_checked(at).unwrap_or((&text, ""));
                let mut head = self.again(setting, &bit, head);
                head.shrink *= (width / self.bit_width(&head).max(0.001)).min(1.0);
                (head, tail)
            });
            let head_width = self.bit_width(&head);
            parts.push((head, head_width, 0.3));
            if tail.is_empty() {
                return;
            }
            bit = self.again(setting, &bit, tail);
        }
    }

    /// Chooses the lines of what stands between two ends of lines.
    fn break_units(&self, setting: &Setting, units: &[Unit], width: f64, lines: &mut Vec<Line>) {
        // For each number of units from the first: the fewest lines, the least cost, and where the last line begins.
        let mut best: Vec<(usize, f64, usize)> = vec![(0, 0.0, 0)];
        for (end, last) in units.iter().enumerate() {
            let mut used = last.hyphen_width;
            let mut found = (usize::MAX, f64::INFINITY, 0);
            for start in (end.saturating_sub(LONGEST)..=end).rev() {
                let (Some(unit), Some(before)) = (units.get(start), best.get(start)) else { break };
                used += unit.width + if start < end { unit.gap_width } else { 0.0 };
                if start < end && used > width + SLACK {
                    break;
                }
                let done = end + 1 == units.len();
                let (free, short) = ((1.0 - used / width).max(0.0), (SHORT - used / width).max(0.0));
                let cost = match (done, before.0) {
                    (false, _) => free * free + last.cost,
                    (true, 0) => 0.0,
                    (true, _) if self.even => free * free,
                    (true, _) => 4.0 * short * short,
                };
                let way = (before.0 + 1, before.1 + cost, start);
                if (way.0, way.1) < (found.0, found.1) {
                    found = way;
                }
            }
            best.push(found);
        }
        let mut ends = Vec::new();
        let mut end = units.len();
        while end > 0 {
            ends.push(end);
            end = best.get(end).map_or(0, |way| way.2.min(end - 1));
        }
        let mut start = 0;
        for end in ends.into_iter().rev() {
            lines.push(self.line(setting, units.get(start..end).unwrap_or_default(), end < units.len()));
            start = end;
        }
    }

    /// A line of these units. `broken`: more of the paragraph follows.
    fn line(&self, setting: &Setting, units: &[Unit], broken: bool) -> Line {
        let mut line = Line::default();
        for (at, unit) in units.iter().enumerate() {
            line.bits.extend_from_slice(&unit.bits);
            line.width += unit.width;
            if at + 1 < units.len() {
                line.bits.extend_from_slice(unit.gap);
                line.width += unit.gap_width;
                continue;
            }
            line.tail.extend_from_slice(unit.gap);
            if broken
                && let Some(hyphen) = &unit.hyphen
                && let Some(last) = line.bits.pop()
            {
                let bare = last.shaped.text.trim_end_matches('\u{ad}');
                if !bare.is_empty() {
                    line.bits.push(self.again(setting, &last, bare));
                }
                line.bits.push(hyphen.clone());
                line.width += unit.hyphen_width;
            }
        }
        line
    }
}

/// Where a word that is too long is best broken: after a joint that no digits stand on both sides of.
fn joints(text: &str) -> Vec<usize> {
    let mut joints = Vec::new();
    let mut before = ' ';
    let mut characters = text.char_indices().peekable();
    while let Some((at, character)) = characters.next() {
        let next = characters.peek().map(|(_, next)| *next);
        let number =
            matches!(character, '.' | ',') && before.is_ascii_digit() && next.is_some_and(|next| next.is_ascii_digit());
        if JOINTS.contains(character) && !number && next.is_some_and(char::is_alphanumeric) {
            joints.push(at + character.len_utf8());
        }
        before = character;
    }
    joints
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

/// The end of the first few letters of an id, if it has more of them.
fn group_end(text: &str) -> Option<usize> {
    const GROUP: usize = 4;
    text.chars().nth(2 * GROUP)?;
    text.char_indices().skip(GROUP).find(|(_, character)| flow::may_cut_before(*character)).map(|(at, _)| at)
}

/// The end of the first letter with its marks.
fn first_cut(text: &str) -> usize {
    text.char_indices().skip(1).find(|(_, character)| flow::may_cut_before(*character)).map_or(text.len(), |(at, _)| at)
}
