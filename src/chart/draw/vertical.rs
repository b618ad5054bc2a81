//! Vertical bars: side by side, or on top of each other.

use super::frame::{self, Sign};
use super::sheet::{Label, Sheet, rgb};
use super::{Anchor, Chart, Colour, Kind};
use plotters::prelude::Rectangle;
use plotters::style::Color;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let stacked = chart.kind == Kind::StackedBars;
    let colours = look.colours(&chart.series);
    let gaps: Vec<usize> =
        (0..chart.categories.len()).filter(|at| chart.series.iter().all(|s| value(s, *at).is_none())).collect();
    let mut signs: Vec<(Sign, String)> = Vec::new();
    if chart.series.len() > 1 {
        signs.extend(chart.series.iter().zip(&colours).map(|(s, colour)| (Sign::Square(*colour), s.name.clone())));
    }
    if !gaps.is_empty() {
        signs.push((Sign::Hatch, look.absent.to_string()));
    }
    let top = frame::legend(sheet, frame::unit(chart), &signs) + 4.0;
    let sums = |positive: bool| {
        (0..chart.categories.len()).map(move |at| {
            chart.series.iter().filter_map(|s| value(s, at)).filter(|v| (*v > 0.0) == positive).sum::<f64>()
        })
    };
    let mut values: Vec<f64> = if stacked {
        sums(true).chain(sums(false)).collect()
    } else {
        chart.series.iter().flat_map(|s| s.values.iter().flatten().copied()).collect()
    };
    // Room for the numbers below bars that hang down.
    values.extend(
        values
            .iter()
            .copied()
            .fold(None, |low: Option<f64>, v| (v < low.unwrap_or(0.0)).then_some(v).or(low))
            .map(|low| (low * 1.1).floor()),
    );
    values.extend(chart.target.iter().map(|(value, _)| *value));
    let beside: Vec<_> =
        chart.target.iter().map(|(value, label)| frame::beside(label, *value, look.palette.ink, sheet)).collect();
    let frame = frame::frame(chart, sheet, top, frame::gutter(&beside, sheet), values.iter().copied());
    let count = chart.categories.len() as f64;
    let Some(mut plot) = sheet.plot(frame.plot, 0.0..count, frame.axis.low..frame.axis.high) else { return };
    let [left, plot_top, right, bottom] = frame.plot;
    let pitch = (right - left) / count;
    for at in gaps {
        let from = left + pitch * at as f64;
        sheet.hatch([from + pitch * 0.14, plot_top, from + pitch * 0.86, bottom]);
    }
    let bars = bars(chart, stacked, pitch);
    let fills: Vec<_> = bars
        .iter()
        .map(|bar| Rectangle::new([(bar.from, bar.low), (bar.to, bar.high)], fill(&colours, bar.series)))
        .collect();
    sheet.draw(&mut plot, fills);
    if stacked && pitch > 4.0 {
        // White between the parts: they are told apart in grey.
        for bar in bars.iter().filter(|bar| bar.low != 0.0 && bar.high != bar.low) {
            let edge = if bar.high > 0.0 { bar.low } else { bar.high };
            let (from, to) = (sheet.place(&plot, (bar.from, edge)), sheet.place(&plot, (bar.to, edge)));
            sheet.line(&[from, to], 0.5, Colour(255, 255, 255));
        }
    }
    frame::zero(sheet, &frame);
    frame::target(chart, sheet, &mut plot);
    frame::draw_beside(beside, sheet, &frame);
    numbers(chart, sheet, &plot, &bars, stacked, pitch);
}

/// A bar in the units of the data.
struct Bar {
    series: usize,
    category: usize,
    from: f64,
    to: f64,
    low: f64,
    high: f64,
    value: f64,
}

fn value(series: &crate::chart::Series, at: usize) -> Option<f64> {
    series.values.get(at).copied().flatten()
}

fn fill(colours: &[Colour], series: usize) -> plotters::style::ShapeStyle {
    rgb(colours.get(series).copied().unwrap_or(Colour(0, 0, 0))).filled()
}

fn bars(chart: &Chart, stacked: bool, pitch: f64) -> Vec<Bar> {
    // A group never gets wider than a thumb, however few there are.
    let wide = (if pitch < 6.0 { 0.86_f64 } else { 0.72 }).min(64.0 / pitch);
    let each = if stacked { wide } else { wide / chart.series.len() as f64 };
    let mut bars = Vec::new();
    for category in 0..chart.categories.len() {
        let (mut above, mut below) = (0.0, 0.0);
        let start = category as f64 + (1.0 - wide) / 2.0;
        for (series, one) in chart.series.iter().enumerate() {
            let Some(value) = value(one, category) else { continue };
            let from = if stacked { start } else { start + each * series as f64 };
            let base = match (stacked, value >= 0.0) {
                (false, _) => 0.0,
                (true, true) => above,
                (true, false) => below,
            };
            let (low, high) = ((base + value).min(base), (base + value).max(base));
            if stacked && value >= 0.0 {
                above += value
            } else {
                below += value.min(0.0)
            }
            let gap = if stacked || chart.series.len() == 1 { 0.0 } else { each * 0.06 };
            bars.push(Bar { series, category, from: from + gap, to: from + each - gap, low, high, value });
        }
    }
    bars
}

/// Values above the bars, where all of them have room.
fn numbers(chart: &Chart, sheet: &Sheet, plot: &super::sheet::Plot, bars: &[Bar], stacked: bool, pitch: f64) {
    let look = sheet.look;
    let label = Label { size: 6.8, ..look.tick() };
    let mut shown: Vec<(f64, f64, f64, String)> = Vec::new();
    if stacked {
        for category in 0..chart.categories.len() {
            let parts: Vec<&Bar> = bars.iter().filter(|bar| bar.category == category).collect();
            let Some(first) = parts.first() else { continue };
            let top = parts.iter().map(|bar| bar.high).fold(0.0, f64::max);
            shown.push((
                (first.from + first.to) / 2.0,
                top,
                pitch,
                frame::worth(parts.iter().map(|bar| bar.value).sum(), chart, sheet),
            ));
        }
    } else {
        let room = |bar: &Bar| if chart.series.len() == 1 { pitch } else { (bar.to - bar.from) / 0.88 * pitch };
        shown.extend(
            bars.iter()
                .map(|bar| ((bar.from + bar.to) / 2.0, bar.value, room(bar), frame::worth(bar.value, chart, sheet))),
        );
    }
    if shown.iter().all(|(_, _, room, text)| look.text.width(text, label.size, false) + 2.0 <= *room) {
        for (x, top, _, text) in shown {
            let (x, y) = sheet.place(plot, (x, top));
            let y = if top < 0.0 { y + 7.5 } else { y - 2.0 };
            sheet.text(&text, (x, y), Anchor::Middle, label);
        }
    }
}
