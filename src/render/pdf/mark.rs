//! What is drawn on a page, as values: placed text, areas, lines, links. Points, from the left and from the top downwards.

use super::tree::Tag;
use crate::chart::Colour;
use crate::typeface::Shaped;
use std::rc::Rc;
use std::sync::Arc;

/// One thing on a page.
#[derive(Clone, Debug)]
pub(super) enum Mark {
    /// A line of text.
    Text(TextLine),
    /// A filled rectangle.
    Rect { x: f64, y: f64, width: f64, height: f64, fill: Colour },
    /// A filled area.
    Area { points: Vec<(f64, f64)>, fill: Colour },
    /// An open line.
    Stroke { points: Vec<(f64, f64)>, width: f64, colour: Colour, dash: Option<(f64, f64)> },
    /// A filled circle.
    Dot { centre: (f64, f64), radius: f64, fill: Colour },
    /// The theme's logo, for the eye only.
    Logo { x: f64, y: f64, width: f64, height: f64 },
    /// What is seen as one picture: its marks have no structure of their own.
    Figure { tag: Tag, marks: Vec<Mark> },
    /// Where a click leads to: `#id` or an address; and the words that stand there.
    Link { x: f64, y: f64, width: f64, height: f64, to: Rc<str>, words: Rc<str>, tag: Tag },
    /// A place that links lead to.
    Target { y: f64, id: Rc<str> },
    /// A heading for the outline.
    Outline { y: f64, level: u8, text: Rc<str> },
}

/// Text on one baseline.
#[derive(Clone, Debug)]
pub(super) struct TextLine {
    /// Left end.
    pub x: f64,
    /// Baseline.
    pub y: f64,
    /// In the order of reading; each has its own place.
    pub words: Vec<Word>,
}

/// A piece of text of one look and direction.
#[derive(Clone, Debug)]
pub(super) struct Word {
    /// To the right of the line's left end.
    pub dx: f64,
    /// Above the baseline.
    pub rise: f64,
    pub size: f64,
    pub colour: Colour,
    pub shaped: Arc<Shaped>,
    /// The element of the structure that it belongs to.
    pub tag: Tag,
}

impl Word {
    pub fn width(&self) -> f64 {
        f64::from(self.shaped.width) * self.size / 1000.0
    }
}

impl Mark {
    /// Moves it.
    pub fn shift(&mut self, dx: f64, dy: f64) {
        match self {
            Mark::Text(line) => {
                line.x += dx;
                line.y += dy;
            }
            Mark::Rect { x, y, .. } | Mark::Link { x, y, .. } | Mark::Logo { x, y, .. } => {
                *x += dx;
                *y += dy;
            }
            Mark::Area { points, .. } | Mark::Stroke { points, .. } => {
                for (x, y) in points {
                    *x += dx;
                    *y += dy;
                }
            }
            Mark::Dot { centre: (x, y), .. } => {
                *x += dx;
                *y += dy;
            }
            Mark::Figure { marks, .. } => marks.iter_mut().for_each(|mark| mark.shift(dx, dy)),
            Mark::Target { y, .. } | Mark::Outline { y, .. } => *y += dy,
        }
    }

    /// Takes it out of the structure: what is set again (the head of a table) is there for the eye only.
    pub fn again(&self) -> Option<Mark> {
        match self {
            Mark::Text(line) => {
                let mut line = line.clone();
                line.words.iter_mut().for_each(|word| word.tag = Tag::NONE);
                Some(Mark::Text(line))
            }
            Mark::Figure { marks, .. } => {
                Some(Mark::Figure { tag: Tag::NONE, marks: marks.iter().filter_map(Mark::again).collect() })
            }
            Mark::Link { .. } | Mark::Target { .. } | Mark::Outline { .. } => None,
            other => Some(other.clone()),
        }
    }

    /// Left, top, right and bottom of what it draws; text by its line from the tallest letter to the lowest. `None`: draws nothing.
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let hull = |points: &[(f64, f64)], by: f64| {
            points.iter().fold(None, |hull: Option<[f64; 4]>, (x, y)| {
                let [left, top, right, bottom] = hull.unwrap_or([*x, *y, *x, *y]);
                Some([left.min(x - by), top.min(y - by), right.max(x + by), bottom.max(y + by)])
            })
        };
        match self {
            Mark::Text(line) => {
                // Blanks at the end of a line are there to be read, not seen.
                let seen = |word: &&Word| !word.shaped.text.trim().is_empty();
                let first = line.words.iter().find(seen)?;
                let mut bounds = [line.x + first.dx, line.y, line.x + first.dx, line.y];
                for word in line.words.iter().filter(seen) {
                    bounds[0] = bounds[0].min(line.x + word.dx);
                    bounds[1] = bounds[1].min(line.y - word.rise - 0.76 * word.size);
                    bounds[2] = bounds[2].max(line.x + word.dx + word.width());
                    bounds[3] = bounds[3].max(line.y - word.rise + 0.24 * word.size);
                }
                Some(bounds)
            }
            Mark::Rect { x, y, width, height, .. }
            | Mark::Link { x, y, width, height, .. }
            | Mark::Logo { x, y, width, height } => Some([*x, *y, x + width, y + height]),
            Mark::Area { points, .. } => hull(points, 0.0),
            Mark::Stroke { points, width, .. } => hull(points, width / 2.0),
            Mark::Dot { centre, radius, .. } => hull(&[*centre], *radius),
            Mark::Figure { marks, .. } => marks.iter().filter_map(Mark::bounds).reduce(|all, next| {
                [all[0].min(next[0]), all[1].min(next[1]), all[2].max(next[2]), all[3].max(next[3])]
            }),
            Mark::Target { .. } | Mark::Outline { .. } => None,
        }
    }
}

/// A thin horizontal line.
pub(super) fn hairline(x: f64, y: f64, width: f64, thickness: f64, colour: Colour) -> Mark {
    Mark::Stroke { points: vec![(x, y), (x + width, y)], width: thickness, colour, dash: None }
}
