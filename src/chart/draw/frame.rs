//! Frame: what stands around the data: axes, labels of categories and at the right, the target, and words where there is no data.

use super::legend::{Sign, legend};
use super::scale::{self, Axis, Form};
use super::sheet::{Label, Plot, Sheet, rgb, stroke};
use super::{Anchor, Chart, Colour, Series};
use plotters::prelude::{PathElement, Polygon};
use plotters::style::Color;

/// What is left for the data.
pub struct Frame {
    /// Left, top, right, bottom.
    pub plot: [f64; 4],
    /// The axis of values.
    pub axis: Axis,
}

impl Frame {
    /// Where a value stands.
    pub fn y(&self, value: f64) -> f64 {
        let ([_, top, _, bottom], axis) = (self.plot, &self.axis);
        bottom - (value - axis.low) / (axis.high - axis.low) * (bottom - top)
    }
}

/// Says in the middle that there is nothing to draw.
pub fn nothing(sheet: &Sheet, what: &str) {
    let (middle, rule) = (sheet.height / 2.0, sheet.look.palette.rule);
    sheet.line(&[(0.0, sheet.height - 1.0), (sheet.width, sheet.height - 1.0)], 0.5, rule);
    sheet.line(&[(0.0, 1.0), (sheet.width, 1.0)], 0.5, rule);
    words(sheet, what, [0.0, sheet.width], middle);
}

/// Words in the middle of an area.
fn words(sheet: &Sheet, what: &str, [left, right]: [f64; 2], middle: f64) {
    let label = Label { size: 8.5, ..sheet.look.tick() };
    let what = scale::cut(what, label.size, false, right - left - 8.0, sheet.look);
    sheet.text(&what, ((left + right) / 2.0, middle + 3.0), Anchor::Middle, label);
}

/// Empty axes over time, with words instead of data: every value is zero.
pub fn zeros(chart: &Chart, sheet: &Sheet) {
    let gaps = gaps(chart);
    let signs: Vec<_> = gap_sign(chart, !gaps.is_empty()).into_iter().collect();
    let top = legend(sheet, unit(chart), &signs) + 4.0;
    let axis = Axis { low: 0.0, high: 1.0, ticks: vec![0.0], form: Form { magnitude: 0, decimals: 0 } };
    let frame = frame(chart, sheet, top, 6.0, axis);
    hatch(chart, sheet, &frame, &gaps);
    zero(sheet, &frame);
    let [left, top, right, bottom] = frame.plot;
    words(sheet, &chart.nothing, [left, right], (top + bottom) / 2.0);
}

/// The categories without any data.
pub fn gaps(chart: &Chart) -> Vec<usize> {
    let absent = |at: &usize| chart.series.iter().all(|series| series.values.get(*at).copied().flatten().is_none());
    (0..chart.categories.len()).filter(absent).collect()
}

/// Whether a series has no data somewhere before its end.
pub fn has_gap(series: &Series) -> bool {
    let ends = series.values.iter().rposition(Option::is_some).unwrap_or(0);
    series.values.iter().take(ends).any(Option::is_none)
}

/// What the legend says of gaps, if there are any.
pub fn gap_sign(chart: &Chart, any: bool) -> Option<(Sign, String)> {
    any.then(|| (Sign::Hatch, chart.absent.clone()))
}

/// Hatches the categories without any data, neighbours as one.
pub fn hatch(chart: &Chart, sheet: &Sheet, frame: &Frame, gaps: &[usize]) {
    let [left, top, right, bottom] = frame.plot;
    let pitch = (right - left) / chart.categories.len().max(1) as f64;
    let mut rest = gaps.iter().copied().peekable();
    while let Some(first) = rest.next() {
        let mut last = first;
        while let Some(next) = rest.next_if(|next| *next == last + 1) {
            last = next;
        }
        sheet.hatch([left + pitch * (first as f64 + 0.1), top, left + pitch * (last as f64 + 0.9), bottom]);
    }
}

/// The text of an axis' value.
pub fn tick(value: f64, axis: &Axis, chart: &Chart, sheet: &Sheet) -> String {
    scale::number(value, axis.form, sheet.look) + suffix(chart, sheet)
}

/// A value as a label beside what shows it.
pub fn worth(value: f64, chart: &Chart, sheet: &Sheet) -> String {
    scale::value(value, sheet.look) + suffix(chart, sheet)
}

fn suffix<'s>(chart: &Chart, sheet: &'s Sheet) -> &'s str {
    if chart.unit == "%" { sheet.look.percent } else { "" }
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

/// Below this a column has no room for a name in several lines.
const COLUMN: f64 = 28.0;

/// Chooses labels that do not touch: on a calendar the finest way that has room; else all of them, in up to three lines; else
/// every n-th.
pub fn categories(chart: &Chart, left: f64, width: f64, sheet: &Sheet) -> Categories {
    let (look, size) = (sheet.look, sheet.look.tick().size);
    let pitch = width / chart.categories.len().max(1) as f64;
    let spot = |at: usize, text: &str| {
        let half = look.text.width(text, size, false).min(width) / 2.0;
        let x = held(left + pitch * (at as f64 + 0.5), half, sheet);
        (x - half, x + half)
    };
    let one_line = |labels: Vec<(usize, &str)>| Categories {
        shown: labels.into_iter().map(|(at, text)| (at, vec![scale::cut(text, size, false, width, look)])).collect(),
        height: 13.5,
    };
    for way in &chart.ticks {
        let spots: Vec<(f64, f64)> = way.iter().map(|(at, text)| spot(*at, text)).collect();
        if scale::fits(&spots, 6.0) {
            return one_line(way.iter().map(|(at, text)| (*at, text.as_str())).collect());
        }
    }
    // No way has room: every n-th label of the coarsest.
    let coarsest: Vec<(usize, &str)> = match chart.ticks.last() {
        Some(way) => way.iter().map(|(at, text)| (*at, text.as_str())).collect(),
        None => chart.categories.iter().map(String::as_str).enumerate().collect(),
    };
    let spots: Vec<(f64, f64)> = coarsest.iter().map(|(at, text)| spot(*at, text)).collect();
    let every = scale::thinned(&spots, 5.0);
    if chart.ticks.is_empty() && every > 1 && pitch >= COLUMN {
        let lines = |category: &String| scale::wrapped(category, size, pitch - 4.0, 3, look);
        let shown: Vec<(usize, Vec<String>)> = chart.categories.iter().map(lines).enumerate().collect();
        let lines = shown.iter().map(|(_, lines)| lines.len()).max().unwrap_or(1);
        return Categories { shown, height: 5.0 + 8.5 * lines as f64 };
    }
    one_line(coarsest.into_iter().step_by(every).collect())
}

/// An axis for the height that is left below `top`.
pub fn axis(sheet: &Sheet, top: f64, values: &[f64]) -> Axis {
    let room = (sheet.height - top - 14.0).max(10.0);
    scale::axis(values.iter().copied(), ((room / 26.0) as usize).clamp(1, 8))
}

/// Chooses the rectangle for vertical data, and draws rules, numbers and labels. `right`: what is kept free there.
pub fn frame(chart: &Chart, sheet: &Sheet, top: f64, right: f64, axis: Axis) -> Frame {
    let look = sheet.look;
    let labels: Vec<String> = axis.ticks.iter().map(|t| tick(*t, &axis, chart, sheet)).collect();
    let gutter = labels.iter().map(|l| look.text.width(l, look.tick().size, false)).fold(0.0, f64::max) + 5.0;
    let names = categories(chart, gutter, sheet.width - gutter - right, sheet);
    let plot = [gutter, top, sheet.width - right, (sheet.height - names.height).max(top + 8.0)];
    let [left, _, end, bottom] = plot;
    let frame = Frame { plot, axis };
    // On an axis that is squeezed by its legend, numbers that have no room are left out.
    let mut free = f64::MAX;
    for (value, label) in frame.axis.ticks.iter().zip(&labels) {
        if *value != 0.0 {
            sheet.line(&[(left, frame.y(*value)), (end, frame.y(*value))], 0.4, look.palette.rule);
        }
        if frame.y(*value) < free {
            sheet.text(label, (left - 4.0, frame.y(*value) + 2.5), Anchor::End, look.tick());
            free = frame.y(*value) - 7.0;
        }
    }
    names.draw(chart, sheet, left, end, bottom);
    frame
}

/// The line at zero, over the data.
pub fn zero(sheet: &Sheet, frame: &Frame) {
    let [left, _, right, _] = frame.plot;
    sheet.line(&[(left, frame.y(0.0)), (right, frame.y(0.0))], 0.7, sheet.look.base());
}

/// The target as a dashed line; its label stands at the right, see [`beside`].
pub fn target(chart: &Chart, sheet: &Sheet, plot: &mut Plot) {
    let Some((value, _)) = &chart.target else { return };
    let (count, ink) = (chart.categories.len() as f64, sheet.look.palette.ink);
    sheet.dashed(plot, [PathElement::new(vec![(0.0, *value), (count, *value)], stroke(ink, 0.8))], (3.0, 2.0));
}

/// The band of what is normal, behind the data: broken where it is not known.
pub fn band(chart: &Chart, sheet: &Sheet, plot: &mut Plot) {
    for mut piece in pieces(&chart.band) {
        // It holds for whole categories, to their outer edges.
        if let (Some(first), Some(last)) = (piece.first().copied(), piece.last().copied()) {
            piece.insert(0, (first.0 - 0.5, first.1));
            piece.push((last.0 + 0.5, last.1));
        }
        let above = piece.iter().map(|(x, (_, high))| (*x, *high));
        let below = piece.iter().rev().map(|(x, (low, _))| (*x, *low));
        sheet.draw(plot, [Polygon::new(above.chain(below).collect::<Vec<_>>(), rgb(sheet.look.palette.band).filled())]);
    }
}

/// The pieces without gaps: middle of the category and value of each point.
pub fn pieces<T: Copy>(values: &[Option<T>]) -> Vec<Vec<(f64, T)>> {
    let mut out: Vec<Vec<(f64, T)>> = vec![Vec::new()];
    for (at, value) in values.iter().enumerate() {
        match (value, out.last_mut()) {
            (Some(value), Some(piece)) => piece.push((at as f64 + 0.5, *value)),
            (None, Some(piece)) if !piece.is_empty() => out.push(Vec::new()),
            _ => {}
        }
    }
    out.retain(|piece| !piece.is_empty());
    out
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
    labels.sort_by(|a, b| b.value.total_cmp(&a.value));
    let height = |label: &Beside| 8.0 * label.lines.len() as f64 + 1.0;
    // Downwards first, then back up from the bottom edge.
    let mut tops: Vec<f64> = Vec::new();
    for label in &labels {
        let wanted = frame.y(label.value) - height(label) / 2.0;
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
