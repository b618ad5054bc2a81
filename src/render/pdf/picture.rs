//! Charts: shapes as marks, placed and scaled.

use super::Setting;
use super::blocks::text_slab;
use super::mark::{Mark, TextLine, Word};
use super::rich::{Ink, Rich};
use super::slab::{Item, Slab};
use super::tree::{Detail, Role, Tag};
use crate::chart::draw::suggested_height;
use crate::chart::{Anchor, Chart, Picture, Shape};
use crate::document::Inline;
use crate::document::direction::Direction;
use crate::render::label::{Piece, label};
use crate::typeface::flow;

/// A chart with its caption above.
pub(super) fn chart(setting: &Setting, name: &str, caption: &[Inline], height: Option<f64>, width: f64) -> Vec<Item> {
    let Some(chart) = setting.charts.get(name) else { return Vec::new() };
    let mut items = Vec::new();
    if !caption.is_empty() {
        items.push(Item::Slab(self::caption(setting, caption, width)));
    }
    let height = height.unwrap_or_else(|| suggested_height(chart, width)).clamp(10.0, setting.area.height * 0.8);
    let mut slab = place(setting, (setting.pictures)(chart, width, height), width, height, &words(chart));
    slab.gap = 5.0;
    items.push(Item::Slab(slab));
    items
}

/// The words above a chart or table: they stay with it.
pub(super) fn caption(setting: &Setting, text: &[Inline], width: f64) -> Slab {
    let ink = Ink::new(setting.theme.text_size * 0.92, setting.theme.ink).bold();
    let owner = setting.tag(Role::Caption);
    let mut slab = text_slab(setting, Rich::of(text, &ink, setting), 1.4, width, owner);
    slab.keep = true;
    slab
}

/// The small chart of a tile.
pub(super) fn spark(setting: &Setting, name: &str, width: f64, height: f64) -> Option<Slab> {
    let chart = setting.charts.get(name)?;
    Some(place(setting, (setting.pictures)(chart, width, height), width, height, &words(chart)))
}

/// What a chart shows, in words: its alternative text, or else at least what is drawn.
fn words(chart: &Chart) -> String {
    if !chart.alt.trim().is_empty() {
        return chart.alt.clone();
    }
    let names: Vec<&str> = chart.series.iter().map(|series| series.name.as_str()).collect();
    format!("{} {}", names.join(", "), chart.unit)
}

/// A picture as a slab; one that is larger than its room is made smaller as a whole.
fn place(setting: &Setting, picture: Picture, width: f64, height: f64, words: &str) -> Slab {
    let scale = (width / picture.width.max(1.0)).min(height / picture.height.max(1.0)).min(1.0);
    let mut slab = Slab::new(picture.height * scale);
    let marks = picture.shapes.iter().filter_map(|shape| mark(setting, shape, scale)).collect();
    let tag = setting.tag(Role::Figure);
    setting.detail(tag, Detail::Alternative(words.into()));
    slab.marks.push(Mark::Figure { tag, marks });
    slab
}

fn mark(setting: &Setting, shape: &Shape, scale: f64) -> Option<Mark> {
    let at = |(x, y): &(f64, f64)| (x * scale, y * scale);
    let points = |points: &[(f64, f64)]| points.iter().map(at).collect::<Vec<_>>();
    Some(match shape {
        Shape::Area { points: corners, fill } => Mark::Area { points: points(corners), fill: *fill },
        Shape::Line { points: way, width, colour, dash } => Mark::Stroke {
            points: points(way),
            width: width * scale,
            colour: *colour,
            dash: dash.map(|(on, off)| (on * scale, off * scale)),
        },
        Shape::Dot { centre, radius, fill } => Mark::Dot { centre: at(centre), radius: radius * scale, fill: *fill },
        Shape::Text { at: place, size, bold, colour, anchor, text } => {
            let size = size * scale;
            let text = flow::settable(text);
            let base = if setting.rtl { Direction::Right } else { Direction::Left };
            let (pieces, width) = label(setting.fonts, &text, *bold, base);
            let em = size / 1000.0;
            let word = |Piece { shaped, at }: Piece| {
                setting.note_missing(&shaped, &text);
                Word { dx: at * em, rise: 0.0, size, colour: *colour, shaped, tag: Tag::NONE }
            };
            let words = pieces.into_iter().map(word).collect();
            let (x, y) = at(place);
            let x = match anchor {
                Anchor::Start => x,
                Anchor::Middle => x - width * em / 2.0,
                Anchor::End => x - width * em,
            };
            Mark::Text(TextLine { x, y, words })
        }
    })
}
