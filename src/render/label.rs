//! Labels: a line of text on a picture, in the directions that every other text of a report has (`document::direction`).

use crate::document::direction::{self, Direction};
use crate::typeface::{Fonts, Shaped, flow};
use std::sync::Arc;

/// A part of a label.
pub(super) struct Piece {
    pub shaped: Arc<Shaped>,
    /// From the label's left end, in thousandths of the em.
    pub at: f64,
}

/// The parts of a label in the order of reading, and its width. `base`: the way that the report runs.
pub(super) fn label(fonts: &Fonts, text: &str, bold: bool, base: Direction) -> (Vec<Piece>, f64) {
    let way = direction::of(text, base);
    let directions = flow::isolated(way == Direction::Right, &direction::runs(text, way));
    let mut parts: Vec<(usize, usize, u8)> = Vec::new();
    for (at, character) in text.char_indices() {
        let (level, end) = (directions.level(at), at + character.len_utf8());
        match parts.last_mut() {
            Some((_, last, known)) if *known == level => *last = end,
            _ => parts.push((at, end, level)),
        }
    }
    let levels: Vec<u8> = parts.iter().map(|(.., level)| *level).collect();
    let mut pieces: Vec<Piece> = parts
        .iter()
        .filter_map(|(start, end, level)| text.get(*start..*end).map(|part| fonts.shape(part, bold, level % 2 == 1)))
        .map(|shaped| Piece { shaped, at: 0.0 })
        .collect();
    let mut pen = 0.0;
    for at in flow::visual(&levels) {
        if let Some(piece) = pieces.get_mut(at) {
            piece.at = pen;
            pen += f64::from(piece.shaped.width);
        }
    }
    (pieces, pen)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_runs_as_the_report_unless_most_of_it_runs_the_other_way() {
        let fonts = Fonts::shipped().unwrap();
        let drawn = |text: &str, base| -> (Vec<String>, Vec<String>) {
            let (mut pieces, _) = label(&fonts, text, false, base);
            let texts = |pieces: &[Piece]| pieces.iter().map(|piece| piece.shaped.text.trim().to_string()).collect();
            let read = texts(&pieces);
            pieces.sort_by(|one, other| one.at.total_cmp(&other.at));
            (read, texts(&pieces))
        };
        // Begins with a name of another direction, and stays a sentence from the left.
        let (read, seen) = drawn("שרה deleted records", Direction::Left);
        assert_eq!((read.clone(), read), (seen, vec!["שרה".to_string(), "deleted records".to_string()]));
        // Mostly Hebrew: the Latin word stands at the left end.
        let (read, seen) = drawn("מחק את העסקה Deal", Direction::Left);
        assert_eq!((read[1].as_str(), seen[0].as_str()), ("Deal", "Deal"));
        let (_, seen) = drawn("Deal שרה כהן", Direction::Right);
        assert_eq!(seen.last().unwrap(), "Deal");
    }
}
