//! Vertical bars: side by side, or on top of each other.

use super::frame;
use super::legend::{Sign, legend};
use super::sheet::{Label, Plot, Sheet, rgb};
use super::{Anchor, Chart, Kind, Series, WHITE};
use plotters::prelude::Rectangle;
use plotters::style::Color;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let stacked = chart.kind == Kind::StackedBars;
    let colours = look.colours(&chart.series);
    let gaps = frame::gaps(chart);
    let mut signs: Vec<(Sign, String)> = Vec::new();
    if chart.series.len() > 1 {
        signs.extend(chart.series.iter().zip(&colours).map(|(s, colour)| (Sign::Square(*colour), s.name.clone())));
    }
    if !chart.marked.is_empty() {
        let sign = if stacked { Sign::Ring(look.palette.marked) } else { Sign::Square(look.palette.marked) };
        signs.push((sign, chart.outside.clone()));
    }
    if chart.band.iter().any(Option::is_some) {
        signs.push((Sign::Square(look.palette.band), chart.normal.clone()));
    }
    let gap = !gaps.is_empty() || (!stacked && chart.series.iter().any(frame::has_gap));
    signs.extend(frame::gap_sign(chart, gap));
    let top = legend(sheet, frame::unit(chart), &signs) + 4.0;
    let beside: Vec<_> =
        chart.target.iter().map(|(value, label)| frame::beside(label, *value, look.palette.ink, sheet)).collect();
    let axis = frame::axis(sheet, top, &reach(chart, stacked));
    let frame = frame::frame(chart, sheet, top, frame::gutter(&beside, sheet), axis);
    let count = chart.categories.len() as f64;
    let Some(mut plot) = sheet.plot(frame.plot, 0.0..count, frame.axis.low..frame.axis.high) else { return };
    let [left, _, right, _] = frame.plot;
    let pitch = (right - left) / count;
    frame::band(chart, sheet, &mut plot);
    frame::hatch(chart, sheet, &frame, &gaps);
    let bars = bars(chart, stacked, pitch);
    let fill = |bar: &Bar| {
        let marked = !stacked && bar.series == 0 && chart.marked.contains(&bar.category);
        let own = colours.get(bar.series).copied().unwrap_or(look.palette.ink);
        rgb(if marked { look.palette.marked } else { own }).filled()
    };
    let fills: Vec<_> =
        bars.iter().map(|bar| Rectangle::new([(bar.from, bar.low), (bar.to, bar.high)], fill(bar))).collect();
    sheet.draw(&mut plot, fills);
    if stacked && pitch > 4.0 {
        // White between the parts: they are told apart in grey.
        for bar in bars.iter().filter(|bar| bar.low != 0.0 && bar.high != bar.low) {
            let edge = if bar.high > 0.0 { bar.low } else { bar.high };
            let (from, to) = (sheet.place(&plot, (bar.from, edge)), sheet.place(&plot, (bar.to, edge)));
            sheet.line(&[from, to], 0.5, WHITE);
        }
    }
    frame::zero(sheet, &frame);
    if !stacked {
        single_gaps(chart, sheet, &plot, &frame, &gaps, pitch);
    }
    frame::target(chart, sheet, &mut plot);
    frame::draw_beside(beside, sheet, &frame);
    numbers(chart, sheet, &plot, &bars, stacked, pitch);
    if stacked {
        rings(chart, sheet, &plot, &bars);
    }
}

/// A ring on top of each stack that the reader should look at.
fn rings(chart: &Chart, sheet: &Sheet, plot: &Plot, bars: &[Bar]) {
    for at in &chart.marked {
        let parts = || bars.iter().filter(|bar| bar.category == *at);
        if let Some(first) = parts().next() {
            let top = parts().map(|bar| bar.high).fold(0.0, f64::max);
            sheet.ring(sheet.place(plot, ((first.from + first.to) / 2.0, top)), sheet.look.palette.marked);
        }
    }
}

/// The values that the axis has to hold.
fn reach(chart: &Chart, stacked: bool) -> Vec<f64> {
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
    let lowest = values.iter().copied().fold(0.0, f64::min);
    if lowest < 0.0 {
        values.push((lowest * 1.1).floor());
    }
    values.extend(chart.target.iter().map(|(value, _)| *value));
    values.extend(chart.band.iter().flatten().flat_map(|(low, high)| [*low, *high]));
    values
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

fn value(series: &Series, at: usize) -> Option<f64> {
    series.values.get(at).copied().flatten()
}

/// The part of a category's width that its bars take, and each bar's.
fn widths(chart: &Chart, stacked: bool, pitch: f64) -> (f64, f64) {
    // A group never gets wider than a thumb, however few there are.
    let wide = (if pitch < 6.0 { 0.86_f64 } else { 0.72 }).min(64.0 / pitch);
    (wide, if stacked { wide } else { wide / chart.series.len() as f64 })
}

fn bars(chart: &Chart, stacked: bool, pitch: f64) -> Vec<Bar> {
    let (wide, each) = widths(chart, stacked, pitch);
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

/// Where one series of a group has no data and others have: a small hatched foot, so that it is not taken for zero.
fn single_gaps(chart: &Chart, sheet: &Sheet, plot: &Plot, frame: &frame::Frame, whole: &[usize], pitch: f64) {
    let (wide, each) = widths(chart, false, pitch);
    let count = chart.categories.len();
    for (series, one) in chart.series.iter().enumerate() {
        for at in (0..count).filter(|at| value(one, *at).is_none() && !whole.contains(at)) {
            let from = at as f64 + (1.0 - wide) / 2.0 + each * series as f64;
            let ((left, base), (right, _)) = (sheet.place(plot, (from, 0.0)), sheet.place(plot, (from + each, 0.0)));
            let foot = (base - 9.0).max(frame.plot[1]);
            sheet.hatch([left + 0.5, foot, right - 0.5, base]);
        }
    }
}

/// Values above the bars, where all of them have room; above stacked bars the totals, if they are known.
fn numbers(chart: &Chart, sheet: &Sheet, plot: &Plot, bars: &[Bar], stacked: bool, pitch: f64) {
    let look = sheet.look;
    let label = Label { size: 6.8, ..look.tick() };
    let mut shown: Vec<(f64, f64, f64, String)> = Vec::new();
    // A ring on top of a stack takes its room.
    let ringed = |x: f64| stacked && chart.marked.contains(&(x as usize));
    if stacked {
        for (category, total) in chart.totals.iter().enumerate() {
            let parts = || bars.iter().filter(|bar| bar.category == category);
            let (Some(first), Some(total)) = (parts().next(), total) else { continue };
            let top = parts().map(|bar| bar.high).fold(0.0, f64::max);
            shown.push(((first.from + first.to) / 2.0, top, pitch, frame::worth(*total, chart, sheet)));
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
            let above = if ringed(x) { 4.5 } else { 0.0 };
            let (x, y) = sheet.place(plot, (x, top));
            let y = if top < 0.0 { y + 7.5 } else { y - 2.0 - above };
            sheet.text(&text, (x, y), Anchor::Middle, label);
        }
    }
}
