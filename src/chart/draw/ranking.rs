//! Ranking: horizontal bars, names at the left, the value at the end of each bar.

use super::frame;
use super::legend::{Sign, legend};
use super::sheet::{Label, Sheet, rgb, stroke};
use super::{Anchor, Chart, WHITE, scale};
use plotters::prelude::{PathElement, Rectangle};
use plotters::style::Color;

/// Height of a row that reads well, in points.
pub const PITCH: f64 = 15.0;
/// Height of a row below which names could not be read.
const LEAST: f64 = 8.5;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let colours = look.colours(&chart.series);
    let mut signs: Vec<(Sign, String)> = Vec::new();
    if chart.series.len() > 1 {
        signs.extend(chart.series.iter().zip(&colours).map(|(s, colour)| (Sign::Square(*colour), s.name.clone())));
    }
    if !chart.marked.is_empty() {
        signs.push((Sign::Square(look.palette.marked), chart.outside.clone()));
    }
    signs.extend(chart.target.iter().map(|(_, label)| (Sign::Line(look.palette.ink, Some((3.0, 2.0))), label.clone())));
    if (0..chart.categories.len()).any(|row| total(chart, row).is_none()) {
        signs.push((Sign::Hatch, chart.absent.clone()));
    }
    let top = legend(sheet, frame::unit(chart), &signs);
    // Rows that have no room are said to be there, in the last row.
    let room = ((sheet.height - top) / LEAST).floor().max(1.0) as usize;
    let all = chart.categories.len();
    let rows = if all > room { room.saturating_sub(1).max(1) } else { all };
    let places = if all > rows { rows + 1 } else { rows };
    let pitch = (sheet.height - top) / places as f64;
    let size = (pitch * 0.6).clamp(3.0, 8.0);
    let label = Label { size, ..look.label() };
    let totals: Vec<Option<f64>> = (0..rows).map(|row| total(chart, row)).collect();
    let texts: Vec<String> =
        totals.iter().map(|t| t.map_or_else(|| "–".to_string(), |t| frame::worth(t, chart, sheet))).collect();
    let width = |text: &String| look.text.width(text, size, false);
    let names = chart
        .categories
        .iter()
        .take(rows)
        .map(width)
        .fold(0.0, f64::max)
        .min(sheet.width * if sheet.width < 300.0 { 0.46 } else { 0.38 })
        + 6.0;
    let shift = |row: usize| if totals.get(row).copied().flatten().is_none() { 22.0 } else { 3.5 };
    let values = texts.iter().enumerate().map(|(row, text)| width(text) + shift(row)).fold(0.0, f64::max) + 1.0;
    let drawn = (0..rows).flat_map(|row| ends(chart, row)).chain(chart.target.iter().map(|(value, _)| *value));
    let (low, mut high) = drawn.fold((0.0_f64, 0.0_f64), |(low, high), v| (low.min(v), high.max(v)));
    if high - low < 1e-300 {
        high = 1.0;
    }
    let end = (sheet.width - values).max(names + 10.0);
    let plot = [names, top, end, top + pitch * rows as f64];
    // Rows run downwards.
    let Some(mut area) = sheet.plot(plot, low..high, -(rows as f64)..0.0) else { return };
    let thick = (pitch * 0.64).min(11.0) / pitch / 2.0;
    for row in 0..rows {
        let middle = -(row as f64 + 0.5);
        let mut at = (0.0, 0.0);
        let (mut bars, mut edges) = (Vec::new(), Vec::new());
        for (series, colour) in chart.series.iter().zip(&colours) {
            let Some(value) = series.values.get(row).copied().flatten() else { continue };
            let from = if value >= 0.0 { at.0 } else { at.1 };
            if value >= 0.0 {
                at.0 += value
            } else {
                at.1 += value
            }
            let colour = if chart.marked.contains(&row) { look.palette.marked } else { *colour };
            bars.push(Rectangle::new([(from, middle + thick), (from + value, middle - thick)], rgb(colour).filled()));
            if from != 0.0 {
                edges.push(from);
            }
        }
        sheet.draw(&mut area, bars);
        // White between the parts: they are told apart in grey.
        let edge = |at: f64| PathElement::new(vec![(at, middle + thick), (at, middle - thick)], stroke(WHITE, 0.5));
        sheet.draw(&mut area, edges.into_iter().map(edge).collect::<Vec<_>>());
        let (end, y) = sheet.place(&area, (at.0, middle));
        let base = y + size * 0.36;
        if let Some(name) = chart.categories.get(row) {
            let name = scale::cut(name, size, false, names - 6.0, look);
            sheet.text(&name, (0.0, base), Anchor::Start, label);
        }
        let (colour, end) = if totals.get(row).copied().flatten().is_none() {
            sheet.hatch([plot[0] + 2.0, y - pitch * 0.3, plot[0] + 18.0, y + pitch * 0.3]);
            (look.tick().colour, plot[0])
        } else {
            (look.palette.ink, end)
        };
        let text = texts.get(row).map_or("", String::as_str);
        sheet.text(text, (end + shift(row), base), Anchor::Start, Label { colour, ..label });
    }
    if all > rows {
        let more = format!("… +{}", scale::value((all - rows) as f64, look));
        let base = top + pitch * (rows as f64 + 0.5) + size * 0.36;
        sheet.text(&more, (0.0, base), Anchor::Start, Label { colour: look.tick().colour, ..label });
    }
    sheet.draw(&mut area, [PathElement::new(vec![(0.0, -(rows as f64)), (0.0, 0.0)], stroke(look.base(), 0.7))]);
    if let Some((value, _)) = &chart.target {
        let line = PathElement::new(vec![(*value, -(rows as f64)), (*value, 0.0)], stroke(look.palette.ink, 0.8));
        sheet.dashed(&mut area, [line], (3.0, 2.0));
    }
}

fn total(chart: &Chart, row: usize) -> Option<f64> {
    chart.series.iter().filter_map(|s| s.values.get(row).copied().flatten()).reduce(|a, b| a + b)
}

/// How far the bars of a row reach to the left and to the right.
fn ends(chart: &Chart, row: usize) -> [f64; 2] {
    let values = || chart.series.iter().filter_map(|s| s.values.get(row).copied().flatten());
    [values().filter(|v| *v < 0.0).sum(), values().filter(|v| *v > 0.0).sum()]
}
