//! Small multiples: one small bar chart a series, all on the same scale, its name above each.

use super::frame;
use super::legend::{Sign, legend};
use super::sheet::{Label, Plot, Sheet, rgb, stroke};
use super::{Anchor, Chart, Series, scale};
use plotters::prelude::{PathElement, Rectangle};
use plotters::style::Color;

/// Height of a panel with its name and labels, in points.
pub const PANEL: f64 = 78.0;

/// How many panels stand beside each other: even rows rather than a lonely last one.
pub fn across(panels: usize, width: f64) -> usize {
    let most = ((width / 118.0) as usize).clamp(1, panels.max(1));
    panels.max(1).div_ceil(panels.max(1).div_ceil(most))
}

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let mut signs: Vec<(Sign, String)> =
        chart.target.iter().map(|(_, label)| (Sign::Line(look.palette.ink, Some((3.0, 2.0))), label.clone())).collect();
    if chart.series.iter().any(|series| series.values.iter().any(Option::is_none)) {
        signs.push((Sign::Hatch, chart.absent.clone()));
    }
    let top = legend(sheet, frame::unit(chart), &signs);
    let columns = across(chart.series.len(), sheet.width);
    let rows = chart.series.len().div_ceil(columns);
    let values = chart.series.iter().flat_map(|s| s.values.iter().flatten().copied());
    let values: Vec<f64> = values.chain(chart.target.iter().map(|(value, _)| *value)).collect();
    let high = (sheet.height - top) / rows as f64;
    let axis = scale::axis(values.iter().copied(), ((high - 30.0) / 15.0).clamp(1.0, 3.0) as usize);
    let labels: Vec<String> = axis.ticks.iter().map(|t| frame::tick(*t, &axis, chart, sheet)).collect();
    let gutter = labels.iter().map(|l| look.text.width(l, 6.5, false)).fold(0.0, f64::max) + 4.0;
    let wide = (sheet.width - gutter) / columns as f64;
    let pitch = (wide - 12.0) / chart.categories.len() as f64;
    let numbered = chart.series.iter().all(|series| numbers_fit(chart, series, sheet, pitch));
    let tick = Label { size: 6.5, ..look.tick() };
    for (place, series) in chart.series.iter().enumerate() {
        let (column, row) = (place % columns, place / columns);
        let left = gutter + wide * column as f64;
        let plot = [left, top + high * row as f64 + 17.0, left + wide - 12.0, top + high * (row + 1) as f64 - 13.0];
        let [_, above, right, _] = plot;
        let name = scale::cut(&series.name, 7.5, true, right - left, look);
        sheet.text(&name, (left, above - 9.0), Anchor::Start, Label { bold: true, ..look.label() });
        let Some(mut area) = sheet.plot(plot, 0.0..chart.categories.len() as f64, axis.low..axis.high) else { return };
        for (value, label) in axis.ticks.iter().zip(&labels) {
            let (_, y) = sheet.place(&area, (0.0, *value));
            sheet.line(&[(left, y), (right, y)], 0.4, look.palette.rule);
            if column == 0 {
                sheet.text(label, (gutter - 3.0, y + 2.3), Anchor::End, tick);
            }
        }
        panel(chart, series, sheet, plot, &mut area);
        if numbered {
            numbers(chart, series, sheet, &area);
        }
        ends(chart, sheet, plot, tick);
    }
}

/// One series' bars, its gaps, the line at zero and the target.
fn panel(chart: &Chart, series: &Series, sheet: &Sheet, [left, above, right, below]: [f64; 4], area: &mut Plot) {
    let look = sheet.look;
    let count = chart.categories.len() as f64;
    let pitch = (right - left) / count;
    let gap = (1.0 - (if pitch < 6.0 { 0.86_f64 } else { 0.74 }).min(26.0 / pitch)) / 2.0;
    let style = rgb(look.colour(series.role, 0)).filled();
    let bars = series.values.iter().enumerate().filter_map(|(place, value)| {
        let at = place as f64;
        value.map(|value| Rectangle::new([(at + gap, 0.0), (at + 1.0 - gap, value)], style))
    });
    sheet.draw(area, bars.collect::<Vec<_>>());
    for at in (0..series.values.len()).filter(|at| series.values.get(*at).is_some_and(Option::is_none)) {
        let from = left + pitch * at as f64;
        sheet.hatch([from + pitch * gap, above, from + pitch * (1.0 - gap), below]);
    }
    let (_, zero) = sheet.place(area, (0.0, 0.0));
    sheet.line(&[(left, zero), (right, zero)], 0.6, look.base());
    if let Some((value, _)) = &chart.target {
        let line = PathElement::new(vec![(0.0, *value), (count, *value)], stroke(look.palette.ink, 0.7));
        sheet.dashed(area, [line], (3.0, 2.0));
    }
}

/// Whether all values have room above their bars: all panels have numbers, or none.
fn numbers_fit(chart: &Chart, series: &Series, sheet: &Sheet, pitch: f64) -> bool {
    let texts = series.values.iter().flatten().map(|value| frame::worth(*value, chart, sheet));
    texts.into_iter().all(|text| sheet.look.text.width(&text, 6.0, false) + 3.0 <= pitch)
}

/// Values above the bars.
fn numbers(chart: &Chart, series: &Series, sheet: &Sheet, area: &Plot) {
    let label = Label { size: 6.0, ..sheet.look.tick() };
    for (at, value) in series.values.iter().enumerate().filter_map(|(at, v)| v.map(|v| (at as f64, v))) {
        let (x, y) = sheet.place(area, (at + 0.5, value.max(0.0)));
        sheet.text(&frame::worth(value, chart, sheet), (x, y - 1.8), Anchor::Middle, label);
    }
}

/// The first and the last category below a panel; the last only where both have room.
fn ends(chart: &Chart, sheet: &Sheet, [left, _, right, bottom]: [f64; 4], label: Label) {
    let width = |text: &str| sheet.look.text.width(text, label.size, false);
    let first = chart.categories.first().map_or("", String::as_str);
    let last = if chart.categories.len() > 1 { chart.categories.last().map_or("", String::as_str) } else { "" };
    let first = scale::cut(first, label.size, false, right - left, sheet.look);
    sheet.text(&first, (left, bottom + 8.5), Anchor::Start, label);
    if width(&first) + width(last) + 6.0 <= right - left {
        sheet.text(last, (right, bottom + 8.5), Anchor::End, label);
    }
}
