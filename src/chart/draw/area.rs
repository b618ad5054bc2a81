//! Area: filled from the axis, series on top of each other, a white line between them.

use super::frame;
use super::legend::{Sign, legend};
use super::sheet::{Sheet, rgb, stroke};
use super::{Chart, WHITE, dark};
use plotters::prelude::{PathElement, Polygon};
use plotters::style::Color;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let colours = look.colours(&chart.series);
    let edges = edges(chart);
    let direct = chart.series.len() <= 4 && sheet.width >= 200.0;
    let (mut signs, mut beside) = (Vec::new(), Vec::new());
    for (place, (series, colour)) in chart.series.iter().zip(&colours).enumerate() {
        // A name stands beside the middle of its part where the stack ends.
        match middle(&edges, place) {
            Some(value) if direct && chart.series.len() > 1 => {
                beside.push(frame::beside(&series.name, value, dark(*colour, look.palette.ink, 4.5), sheet));
            }
            _ if chart.series.len() > 1 => signs.push((Sign::Square(*colour), series.name.clone())),
            _ => {}
        }
    }
    let gaps: Vec<usize> =
        (0..chart.categories.len()).filter(|at| edges.get(*at).is_some_and(Option::is_none)).collect();
    signs.extend(frame::gap_sign(chart, !gaps.is_empty()));
    beside.extend(chart.target.iter().map(|(value, label)| frame::beside(label, *value, look.palette.ink, sheet)));
    let top = legend(sheet, frame::unit(chart), &signs) + 4.0;
    let drawn = edges.iter().flatten().flatten().copied();
    let values: Vec<f64> = drawn.chain(chart.target.iter().map(|(value, _)| *value)).collect();
    let axis = frame::axis(sheet, top, &values);
    let frame = frame::frame(chart, sheet, top, frame::gutter(&beside, sheet), axis);
    let count = chart.categories.len() as f64;
    let Some(mut plot) = sheet.plot(frame.plot, 0.0..count, frame.axis.low..frame.axis.high) else { return };
    frame::hatch(chart, sheet, &frame, &gaps);
    let pitch = (frame.plot[2] - frame.plot[0]) / count;
    for piece in pieces(&edges, pitch) {
        for (place, colour) in colours.iter().enumerate() {
            let edge = |which: usize| {
                piece
                    .iter()
                    .filter_map(move |(x, edges)| edges.get(which).map(|value| (*x, *value)))
                    .collect::<Vec<_>>()
            };
            let (below, above) = (edge(place), edge(place + 1));
            let outline: Vec<(f64, f64)> = above.iter().copied().chain(below.iter().rev().copied()).collect();
            sheet.draw(&mut plot, [Polygon::new(outline, rgb(*colour).filled())]);
            if place > 0 {
                sheet.draw(&mut plot, [PathElement::new(below, stroke(WHITE, 0.6))]);
            }
        }
    }
    frame::zero(sheet, &frame);
    frame::target(chart, sheet, &mut plot);
    frame::draw_beside(beside, sheet, &frame);
}

/// For each category the sums from zero up to each series; `None` where one of them has no data: what stands on it would stand
/// at the wrong height.
fn edges(chart: &Chart) -> Vec<Option<Vec<f64>>> {
    let at = |at: usize| {
        let mut sums = vec![0.0];
        for series in &chart.series {
            let below = sums.last().copied().unwrap_or(0.0);
            sums.push(below + series.values.get(at).copied().flatten()?);
        }
        Some(sums)
    };
    (0..chart.categories.len()).map(at).collect()
}

/// The middle of a series' part at the last category that has data.
fn middle(edges: &[Option<Vec<f64>>], series: usize) -> Option<f64> {
    let last = edges.iter().rev().flatten().next()?;
    Some((last.get(series)? + last.get(series + 1)?) / 2.0)
}

/// The pieces without gaps. A category alone is drawn as wide as a bar.
fn pieces(edges: &[Option<Vec<f64>>], pitch: f64) -> Vec<Vec<(f64, &Vec<f64>)>> {
    let known: Vec<Option<&Vec<f64>>> = edges.iter().map(Option::as_ref).collect();
    let mut pieces = frame::pieces(&known);
    for piece in &mut pieces {
        if let [(at, edges)] = piece[..] {
            let half = 0.36_f64.min(32.0 / pitch);
            *piece = vec![(at - half, edges), (at + half, edges)];
        }
    }
    pieces
}
