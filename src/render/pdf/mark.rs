//! What is drawn on a page, as values: placed text, areas, lines, links. Points, from the left and from the top downwards.

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
    /// Where a click leads to: `#id` or an address.
    Link { x: f64, y: f64, width: f64, height: f64, to: Rc<str> },
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
    /// From left to right.
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
            Mark::Rect { x, y, .. } | Mark::Link { x, y, .. } => {
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
            Mark::Target { y, .. } | Mark::Outline { y, .. } => *y += dy,
        }
    }

    /// Left, top, right and bottom of what it draws; text by its line from the tallest letter to the lowest. `None`: draws nothing.
    #[cfg(test)]
    pub fn bounds(&self) -> Option<[f64; 4]> {
        let hull = |points: &[(f64, f64)], by: f64| {
            points.iter().fold(None, |hull: Option<[f64; 4]>, (x, y)| {
                let [left, top, right, bottom] = hull.unwrap_or([*x, *y, *x, *y]);
                Some([left.min(x - by), top.min(y - by), right.max(x + by), bottom.max(y + by)])
            })
        };
        match self {
            Mark::Text(line) => {
                let first = line.words.first()?;
                let mut bounds = [line.x + first.dx, line.y, line.x + first.dx, line.y];
                for word in &line.words {
                    bounds[0] = bounds[0].min(line.x + word.dx);
                    bounds[1] = bounds[1].min(line.y - word.rise - 0.76 * word.size);
                    bounds[2] = bounds[2].max(line.x + word.dx + word.width());
                    bounds[3] = bounds[3].max(line.y - word.rise + 0.24 * word.size);
                }
                Some(bounds)
            }
            Mark::Rect { x, y, width, height, .. } | Mark::Link { x, y, width, height, .. } => {
                Some([*x, *y, x + width, y + height])
            }
            Mark::Area { points, .. } => hull(points, 0.0),
            Mark::Stroke { points, width, .. } => hull(points, width / 2.0),
            Mark::Dot { centre, radius, .. } => hull(&[*centre], *radius),
            Mark::Target { .. } | Mark::Outline { .. } => None,
        }
    }
}

/// A thin horizontal line.
pub(super) fn hairline(x: f64, y: f64, width: f64, thickness: f64, colour: Colour) -> Mark {
    Mark::Stroke { points: vec![(x, y), (x + width, y)], width: thickness, colour, dash: None }
}
