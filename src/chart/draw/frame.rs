//! Frame: what stands around the data: legend, axes, labels of categories, the target, and the sentence where there is no data.

use super::scale::{self, Axis};
use super::sheet::{Label, Plot, Sheet, stroke};
use super::{Anchor, Chart, Colour, mixed};
use plotters::prelude::PathElement;

/// A sign of the legend.
#[derive(Clone, Copy, PartialEq)]
pub enum Sign {
    /// A filled square.
    Square(Colour),
    /// A piece of line, dashed or not.
    Line(Colour, Option<(f64, f64)>),
    /// Hatching.
    Hatch,
}

/// What is left for the data.
pub struct Frame {
    /// Left, top, right, bottom.
    pub plot: [f64; 4],
    /// The axis of values.
    pub axis: Axis,
}

/// Says in the middle that there is nothing to draw.
pub fn nothing(sheet: &Sheet, what: &str) {
    let (middle, rule) = (sheet.height / 2.0, sheet.look.palette.rule);
    sheet.line(&[(0.0, sheet.height - 1.0), (sheet.width, sheet.height - 1.0)], 0.5, rule);
    sheet.line(&[(0.0, 1.0), (sheet.width, 1.0)], 0.5, rule);
    let label = Label { size: 8.5, ..sheet.look.tick() };
    let what = scale::cut(what, label.size, false, sheet.width - 8.0, sheet.look);
    sheet.text(&what, (sheet.width / 2.0, middle + 3.0), Anchor::Middle, label);
}

/// The unit, then the legend, wrapped over the width. Gives the height used.
pub fn legend(sheet: &Sheet, unit: &str, signs: &[(Sign, String)]) -> f64 {
    let look = sheet.look;
    let (mut x, mut y) = (0.0, 7.0);
    if unit.is_empty() && signs.is_empty() {
        return 4.0;
    }
    if !unit.is_empty() {
        let unit = scale::cut(unit, look.tick().size, false, sheet.width * 0.5, look);
        sheet.text(&unit, (0.0, y), Anchor::Start, look.tick());
        x = look.text.width(&unit, look.tick().size, false) + 14.0;
    }
    for (sign, name) in signs {
        let sign_width = if matches!(sign, Sign::Line(..)) { 14.0 } else { 7.0 };
        let name = scale::cut(name, look.tick().size, false, sheet.width - sign_width - 6.0, look);
        let width = sign_width + 4.0 + look.text.width(&name, look.tick().size, false);
        if x > 0.0 && x + width > sheet.width {
            (x, y) = (0.0, y + 11.0);
        }
        match sign {
            Sign::Square(colour) => sheet.rectangle([x, y - 6.2, x + 7.0, y + 0.6], *colour),
            Sign::Hatch => {
                sheet.hatch([x, y - 6.2, x + 7.0, y + 0.6]);
            }
            Sign::Line(colour, None) => sheet.line(&[(x, y - 2.6), (x + 14.0, y - 2.6)], 1.5, *colour),
            Sign::Line(colour, Some(_)) => {
                for piece in [0.0, 5.2, 10.4] {
                    sheet.line(&[(x + piece, y - 2.6), (x + piece + 3.6, y - 2.6)], 1.5, *colour);
                }
            }
        }
        sheet.text(&name, (x + sign_width + 4.0, y), Anchor::Start, look.tick());
        x += width + 12.0;
    }
    y + 8.0
}

/// The text of an axis' value.
pub fn tick(value: f64, axis: &Axis, chart: &Chart, sheet: &Sheet) -> String {
    let text = scale::number(value, axis.decimals, sheet.look);
    if chart.unit == "%" { text + "%" } else { text }
}

/// A value as a label beside what shows it.
pub fn worth(value: f64, chart: &Chart, sheet: &Sheet) -> String {
    let text = scale::value(value, sheet.look);
    if chart.unit == "%" { text + "%" } else { text }
}

/// The unit as written above the axis; per cent stands at the numbers instead.
pub fn unit(chart: &Chart) -> &str {
    if chart.unit == "%" { "" } else { &chart.unit }
}

/// The middle of a label of a half width, moved so that it stays on the sheet.
fn held(middle: f64, half: f64, sheet: &Sheet) -> f64 {
    middle.min(sheet.width - half).max(half)
}

/// How the categories' labels are shown below the axis.
pub struct Categories {
    /// Each shown one: place, lines.
    shown: Vec<(usize, Vec<String>)>,
    /// Height in points.
    pub height: f64,
}

impl Categories {
    /// Draws them below a line from `left` to `right` at `bottom`.
    pub fn draw(&self, chart: &Chart, sheet: &Sheet, left: f64, right: f64, bottom: f64) {
        let pitch = (right - left) / chart.categories.len().max(1) as f64;
        for (place, lines) in &self.shown {
            let middle = left + pitch * (*place as f64 + 0.5);
            for (row, line) in lines.iter().enumerate() {
                let half = sheet.look.text.width(line, sheet.look.tick().size, false) / 2.0;
                let x = held(middle, half, sheet);
                sheet.text(line, (x, bottom + 9.5 + 8.5 * row as f64), Anchor::Middle, sheet.look.tick());
            }
            if self.shown.len() < chart.categories.len() {
                sheet.line(&[(middle, bottom), (middle, bottom + 2.0)], 0.4, sheet.look.palette.quiet);
            }
        }
    }
}

/// Chooses labels that do not touch: all of them in up to three lines if they are few, else every n-th.
pub fn categories(chart: &Chart, left: f64, width: f64, sheet: &Sheet) -> Categories {
    let (look, size) = (sheet.look, sheet.look.tick().size);
    let pitch = width / chart.categories.len().max(1) as f64;
    let place = |(at, category): (usize, &String)| {
        let half = look.text.width(category, size, false).min(width) / 2.0;
        let x = held(left + pitch * (at as f64 + 0.5), half, sheet);
        (x - half, x + half)
    };
    let places: Vec<(f64, f64)> = chart.categories.iter().enumerate().map(place).collect();
    let every = scale::thinned(&places, 5.0);
    let few = chart.categories.len() <= 9 && every > 1;
    let shown: Vec<(usize, Vec<String>)> = if few {
        let lines = |category: &String| scale::wrapped(category, size, pitch - 4.0, 3, look);
        chart.categories.iter().map(lines).enumerate().collect()
    } else {
        chart
            .categories
            .iter()
            .enumerate()
            .step_by(every)
            .map(|(place, c)| (place, vec![scale::cut(c, size, false, width, look)]))
            .collect()
    };
    let lines = shown.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
    Categories { shown, height: 5.0 + 8.5 * lines as f64 }
}

/// Chooses the rectangle and the axis for vertical data, and draws rules, numbers and labels.
pub fn frame(chart: &Chart, sheet: &Sheet, top: f64, right: f64, values: impl Iterator<Item = f64> + Clone) -> Frame {
    let look = sheet.look;
    let room = (sheet.height - top - 14.0).max(10.0);
    let axis = scale::axis(values, ((room / 26.0) as usize).clamp(1, 8));
    let labels: Vec<String> = axis.ticks.iter().map(|t| tick(*t, &axis, chart, sheet)).collect();
    let gutter = labels.iter().map(|l| look.text.width(l, look.tick().size, false)).fold(0.0, f64::max) + 5.0;
    let names = categories(chart, gutter, sheet.width - gutter - right, sheet);
    let plot = [gutter, top, sheet.width - right, (sheet.height - names.height).max(top + 8.0)];
    let [left, _, end, bottom] = plot;
    let y = |value: f64| bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top);
    for (value, label) in axis.ticks.iter().zip(&labels) {
        if *value != 0.0 {
            sheet.line(&[(left, y(*value)), (end, y(*value))], 0.4, look.palette.rule);
        }
        sheet.text(label, (left - 4.0, y(*value) + 2.5), Anchor::End, look.tick());
    }
    names.draw(chart, sheet, left, end, bottom);
    Frame { plot, axis }
}

/// The line at zero, over the data.
pub fn zero(sheet: &Sheet, frame: &Frame) {
    let [left, top, right, bottom] = frame.plot;
    let y = bottom + frame.axis.low / (frame.axis.high - frame.axis.low) * (bottom - top);
    sheet.line(&[(left, y), (right, y)], 0.7, mixed(sheet.look.palette.ink, Colour(255, 255, 255), 0.35));
}

/// The target as a dashed line; its label stands at the right, see [`beside`].
pub fn target(chart: &Chart, sheet: &Sheet, plot: &mut Plot) {
    let Some((value, _)) = &chart.target else { return };
    let (count, ink) = (chart.categories.len() as f64, sheet.look.palette.ink);
    sheet.dashed(plot, [PathElement::new(vec![(0.0, *value), (count, *value)], stroke(ink, 0.8))], (3.0, 2.0));
}

/// A label at the right of the data.
pub struct Beside {
    /// Its lines.
    pub lines: Vec<String>,
    /// The value that it belongs to.
    pub value: f64,
    /// Its colour.
    pub colour: Colour,
}

/// A label at the right of the data, broken to a part of the sheet's width.
pub fn beside(text: &str, value: f64, colour: Colour, sheet: &Sheet) -> Beside {
    let lines = scale::wrapped(text, 7.0, (sheet.width * 0.2).max(50.0), 2, sheet.look);
    Beside { lines, value, colour }
}

/// The width that labels at the right take.
pub fn gutter(labels: &[Beside], sheet: &Sheet) -> f64 {
    let width = |line: &String| sheet.look.text.width(line, 7.0, true);
    labels.iter().flat_map(|label| label.lines.iter().map(width)).fold(0.0, f64::max)
        + if labels.is_empty() { 6.0 } else { 10.0 }
}

/// Draws the labels at the right, moved apart where they would touch.
pub fn draw_beside(mut labels: Vec<Beside>, sheet: &Sheet, frame: &Frame) {
    let [_, top, right, bottom] = frame.plot;
    let y = |value: f64| bottom - (value - frame.axis.low) / (frame.axis.high - frame.axis.low) * (bottom - top);
    labels.sort_by(|a, b| b.value.total_cmp(&a.value));
    let height = |label: &Beside| 8.0 * label.lines.len() as f64 + 1.0;
    // Downwards first, then back up from the bottom edge.
    let mut tops: Vec<f64> = Vec::new();
    for label in &labels {
        let wanted = y(label.value) - height(label) / 2.0;
        let free =
            tops.last().zip(labels.get(tops.len().wrapping_sub(1))).map_or(top - 4.0, |(t, before)| t + height(before));
        tops.push(wanted.max(free));
    }
    let mut limit = bottom + 5.0;
    for (at, label) in tops.iter_mut().zip(&labels).rev() {
        *at = at.min(limit - height(label));
        limit = *at;
    }
    for (at, label) in tops.into_iter().zip(labels) {
        let style = Label { size: 7.0, bold: true, colour: label.colour };
        for (row, line) in label.lines.iter().enumerate() {
            sheet.text(line, (right + 7.0, at + 7.0 + 8.0 * row as f64), Anchor::Start, style);
        }
    }
}
