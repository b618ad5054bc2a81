//! From characters to placed glyphs: the font for each character, then shaping by font and script.

use super::{FaceId, Fonts};
use rustybuzz::{BufferClusterLevel, Direction, UnicodeBuffer, ttf_parser::Tag};
use unicode_script::{Script, UnicodeScript};

/// A glyph with its place, in thousandths of the em.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Glyph {
    /// Its number in its font; in a [`Run`] without a font, 0.
    pub id: u16,
    /// How far the next one is.
    pub advance: f32,
    /// Drawn this far to the right of its place.
    pub dx: f32,
    /// Drawn this far above the baseline.
    pub dy: f32,
    /// The first byte of the text that it stands for.
    pub start: u32,
    /// How many bytes it stands for. 0: the glyph before (in the order of the text) stands for them.
    pub len: u32,
}

/// Glyphs of one font.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// The font; `None`: no font has these characters, and each is drawn as a box with its number.
    pub face: Option<FaceId>,
    /// From left to right.
    pub glyphs: Vec<Glyph>,
}

/// A text of one direction, shaped.
#[derive(Clone, Debug, PartialEq)]
pub struct Shaped {
    /// The text.
    pub text: Box<str>,
    /// Whether it runs from right to left.
    pub rtl: bool,
    /// From left to right.
    pub runs: Vec<Run>,
    /// Width in thousandths of the em.
    pub width: f32,
    /// Characters that no font has, each as often as it occurs.
    pub missing: Vec<char>,
}

impl Shaped {
    /// All glyphs from left to right.
    pub fn glyphs(&self) -> impl DoubleEndedIterator<Item = &Glyph> {
        self.runs.iter().flat_map(|run| &run.glyphs)
    }
}

/// Characters that are meant to show nothing: joiners, variation selectors, marks of direction.
pub(super) fn shows_nothing(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that turn the direction of what follows: a name that carries one would show its surroundings reversed. They are
/// drawn as a box with their number, and do not act (see `flow`).
pub(super) fn overrides_direction(character: char) -> bool {
    matches!(character, '\u{202a}'..='\u{202e}')
}

/// How far marks may be moved up or down: a tower of a hundred accents stays within its line.
const MARK_LIMIT: f32 = 450.0;

/// A stretch of characters that are shaped together.
struct Stretch {
    face: Option<FaceId>,
    script: Script,
    start: usize,
    end: usize,
}

pub(super) fn shape(fonts: &Fonts, text: &str, bold: bool, rtl: bool) -> Shaped {
    let mut missing = Vec::new();
    let mut stretches: Vec<Stretch> = Vec::new();
    for (at, character) in text.char_indices() {
        let script = character.script();
        let end = at + character.len_utf8();
        let last = stretches.last_mut();
        let face = choose(fonts, bold, character, script, last.as_ref().and_then(|stretch| stretch.face));
        if face.is_none() && !overrides_direction(character) {
            missing.push(character);
        }
        let neutral = |script| matches!(script, Script::Common | Script::Inherited | Script::Unknown);
        match last {
            Some(stretch)
                if stretch.face == face && (neutral(script) || neutral(stretch.script) || stretch.script == script) =>
            {
                stretch.end = end;
                if neutral(stretch.script) {
                    stretch.script = script;
                }
            }
            _ => stretches.push(Stretch { face, script, start: at, end }),
        }
    }
    let mut runs: Vec<Run> = stretches.iter().map(|stretch| run(fonts, text, stretch, rtl)).collect();
    if rtl {
        runs.reverse();
    }
    let width = runs.iter().flat_map(|run| &run.glyphs).map(|glyph| glyph.advance).sum();
    Shaped { text: text.into(), rtl, runs, width, missing }
}

/// The font for a character. What belongs to no script, and marks, stay with the font before them, so that a name in Arabic keeps
/// its full stop and a letter its accent.
fn choose(fonts: &Fonts, bold: bool, character: char, script: Script, before: Option<FaceId>) -> Option<FaceId> {
    if overrides_direction(character) {
        return None;
    }
    let has = |id: &FaceId| fonts.face(*id).is_some_and(|face| face.has(character));
    if matches!(script, Script::Common | Script::Inherited)
        && let Some(before) = before
        && (has(&before) || shows_nothing(character))
    {
        return Some(before);
    }
    let chain = fonts.chain(bold);
    let found = chain.iter().copied().find(has);
    if found.is_none() && shows_nothing(character) { chain.first().copied() } else { found }
}

fn run(fonts: &Fonts, text: &str, stretch: &Stretch, rtl: bool) -> Run {
    let part = text.get(stretch.start..stretch.end).unwrap_or_default();
    let (Some(id), Some(face)) = (stretch.face, stretch.face.and_then(|id| fonts.face(id))) else {
        return boxes(part, stretch.start, rtl);
    };
    let mut buffer = UnicodeBuffer::new();
    for (at, character) in part.char_indices() {
        buffer.add(character, (stretch.start + at) as u32);
    }
    // Marks keep the place of their own character, so that each glyph stands for what it shows.
    buffer.set_cluster_level(BufferClusterLevel::MonotoneCharacters);
    buffer.set_direction(if rtl { Direction::RightToLeft } else { Direction::LeftToRight });
    let tag = Tag::from_bytes_lossy(stretch.script.short_name().as_bytes());
    if let Some(script) = rustybuzz::Script::from_iso15924_tag(tag) {
        buffer.set_script(script);
    }
    let shaped = rustybuzz::shape(&face.shaper, &[], buffer);
    let clusters: Vec<u32> = shaped.glyph_infos().iter().map(|info| info.cluster).collect();
    let glyphs = shaped
        .glyph_infos()
        .iter()
        .zip(shaped.glyph_positions())
        .enumerate()
        .map(|(at, (info, place))| {
            // A cluster reaches to the next one of the text; its first glyph in the order of drawing stands for it.
            let first = at == 0 || clusters.get(at - 1) != Some(&info.cluster);
            let next = if rtl {
                clusters.get(..at).unwrap_or_default().iter().rev().find(|cluster| **cluster != info.cluster)
            } else {
                clusters.get(at..).unwrap_or_default().iter().find(|cluster| **cluster != info.cluster)
            };
            let end = next.copied().unwrap_or(stretch.end as u32);
            Glyph {
                id: info.glyph_id as u16,
                advance: place.x_advance as f32 * face.scale,
                dx: place.x_offset as f32 * face.scale,
                dy: (place.y_offset as f32 * face.scale).clamp(-MARK_LIMIT, MARK_LIMIT),
                start: info.cluster,
                len: if first { end.saturating_sub(info.cluster) } else { 0 },
            }
        })
        .collect();
    Run { face: Some(id), glyphs }
}

/// A box for each character, wide enough for its number in two rows.
fn boxes(part: &str, start: usize, rtl: bool) -> Run {
    let mut glyphs: Vec<Glyph> = part
        .char_indices()
        .map(|(at, character)| Glyph {
            id: 0,
            advance: if u32::from(character) > 0xffff { 900.0 } else { 680.0 },
            dx: 0.0,
            dy: 0.0,
            start: (start + at) as u32,
            len: character.len_utf8() as u32,
        })
        .collect();
    if rtl {
        glyphs.reverse();
    }
    Run { face: None, glyphs }
}
