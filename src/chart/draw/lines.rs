//! Lines: through the categories, with the band of what is normal behind them; and the spark of a tile.

use super::frame::{self, pieces};
use super::legend::{Sign, legend};
use super::sheet::{Label, Plot, Sheet, radius, rgb, stroke};
use super::{Anchor, Chart, Colour, Role, Series, dark};
use plotters::prelude::{Circle, PathElement};
use plotters::style::Color;

/// Dashes of the lines in order, so that they are told apart in grey: none for the first.
const DASHES: [Option<(f64, f64)>; 4] = [None, Some((5.0, 2.0)), Some((2.0, 1.6)), Some((8.0, 1.6))];

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let ink = look.palette.ink;
    // Pale colours fill areas; as thin lines they would fade.
    let colours: Vec<Colour> = look.colours(&chart.series).into_iter().map(|colour| dark(colour, ink, 2.2)).collect();
    let dashes = dashes(&chart.series);
    let gaps = frame::gaps(chart);
    // Few lines carry their names at their ends; many need a legend.
    let direct = chart.series.len() <= 4 && sheet.width >= 200.0;
    let mut signs = Vec::new();
    let mut beside = Vec::new();
    for ((series, colour), dash) in chart.series.iter().zip(&colours).zip(&dashes) {
        let ink = dark(*colour, ink, 4.5);
        match last(series) {
            Some((_, value)) if direct && chart.series.len() > 1 => {
                beside.push(frame::beside(&series.name, value, ink, sheet));
            }
            Some((_, value)) if chart.target.is_some() && chart.series.len() == 1 => {
                beside.push(frame::beside(&frame::worth(value, chart, sheet), value, ink, sheet));
            }
            _ if chart.series.len() > 1 => signs.push((Sign::Line(*colour, *dash), series.name.clone())),
            _ => {}
        }
    }
    if !chart.marked.is_empty() {
        signs.push((Sign::Ring(look.palette.marked), chart.outside.clone()));
    }
    if chart.band.iter().any(Option::is_some) {
        signs.push((Sign::Square(look.palette.band), chart.normal.clone()));
    }
    if !gaps.is_empty() {
        signs.extend(frame::gap_sign(chart, true));
    } else if chart.series.iter().any(frame::has_gap) {
        signs.push((Sign::Gap(look.tick().colour), chart.absent.clone()));
    }
    beside.extend(chart.target.iter().map(|(value, label)| frame::beside(label, *value, ink, sheet)));
    let top = legend(sheet, frame::unit(chart), &signs) + 4.0;
    let drawn = chart.series.iter().flat_map(|s| s.values.iter().flatten().copied());
    let band = chart.band.iter().flatten().flat_map(|(low, high)| [*low, *high]);
    let values: Vec<f64> = drawn.chain(band).chain(chart.target.iter().map(|(value, _)| *value)).collect();
    let count = chart.categories.len() as f64;
    // A line alone says its last value where it ends.
    let alone = match chart.series.as_slice() {
        [one] if beside.is_empty() => last(one),
        _ => None,
    };
    let said = alone.map_or(String::new(), |(_, value)| frame::worth(value, chart, sheet));
    let needed = look.text.width(&said, 7.0, true) + 10.0 - sheet.width * 0.42 / count;
    let right = frame::gutter(&beside, sheet).max(needed);
    let frame = frame::frame(chart, sheet, top, right, frame::axis(sheet, top, &values));
    let Some(mut plot) = sheet.plot(frame.plot, 0.0..count, frame.axis.low..frame.axis.high) else { return };
    frame::band(chart, sheet, &mut plot);
    frame::hatch(chart, sheet, &frame, &gaps);
    frame::zero(sheet, &frame);
    frame::target(chart, sheet, &mut plot);
    // What is only compared with lies below what it is compared with.
    let mut order: Vec<usize> = (0..chart.series.len()).collect();
    order.sort_by_key(|at| {
        chart.series.get(*at).map(|s| match s.role {
            Role::Compared | Role::Service => 0,
            Role::Plain => 1,
            Role::Marked => 2,
        })
    });
    for at in order {
        if let (Some(series), Some(colour), Some(dash)) = (chart.series.get(at), colours.get(at), dashes.get(at)) {
            draw_line(series, *colour, *dash, 1.4, sheet, &mut plot);
        }
    }
    for at in &chart.marked {
        if let Some(value) = chart.series.first().and_then(|first| first.values.get(*at).copied().flatten()) {
            sheet.ring(sheet.place(&plot, (*at as f64 + 0.5, value)), look.palette.marked);
        }
    }
    if let (Some((at, value)), Some(colour)) = (alone, colours.first()) {
        let (x, y) = sheet.place(&plot, (at as f64 + 0.5, value));
        let label = Label { size: 7.0, bold: true, colour: dark(*colour, ink, 4.5) };
        let beside = if chart.marked.contains(&at) { 6.0 } else { 4.0 };
        sheet.text(&said, (x + beside, y + 2.5), Anchor::Start, label);
    }
    frame::draw_beside(beside, sheet, &frame);
}

/// Draws the spark of a tile: a line without axes, its last value as a dot.
pub fn spark(chart: &Chart, sheet: &Sheet) {
    let Some(series) = chart.series.first() else { return };
    let drawn = series.values.iter().flatten().copied();
    let values = drawn.chain(chart.band.iter().flatten().flat_map(|(low, high)| [*low, *high]));
    let (low, high) = values.fold((0.0_f64, f64::MIN_POSITIVE), |(low, high), v| (low.min(v), high.max(v)));
    let count = series.values.len().max(1) as f64;
    let rectangle = [2.0, 3.0, sheet.width - 2.0, sheet.height - 3.0];
    let Some(mut plot) = sheet.plot(rectangle, 0.0..count, low..high) else { return };
    frame::band(chart, sheet, &mut plot);
    let colour = sheet.look.colours(&chart.series).first().copied().unwrap_or(sheet.look.palette.ink);
    let floor = sheet.place(&plot, (0.0, 0.0)).1;
    sheet.line(&[(rectangle[0], floor), (rectangle[2], floor)], 0.4, sheet.look.palette.rule);
    draw_line(series, colour, None, 1.2, sheet, &mut plot);
    if let Some((at, value)) = last(series) {
        let marked = chart.marked.contains(&at);
        let colour = if marked { sheet.look.palette.marked } else { colour };
        sheet.draw(&mut plot, [Circle::new((at as f64 + 0.5, value), radius(1.9), rgb(colour).filled())]);
    }
}

/// The dash of each line: the first plain one is drawn through.
fn dashes(series: &[Series]) -> Vec<Option<(f64, f64)>> {
    let mut plain = 0;
    let choose = |one: &Series| match one.role {
        Role::Compared => Some((3.0, 2.0)),
        Role::Marked => None,
        Role::Plain | Role::Service => {
            plain += 1;
            DASHES.get((plain - 1) % DASHES.len()).copied().flatten()
        }
    };
    series.iter().map(choose).collect()
}

/// The last value that there is, with its place.
fn last(series: &Series) -> Option<(usize, f64)> {
    series.values.iter().enumerate().rev().find_map(|(at, value)| value.map(|value| (at, value)))
}

fn draw_line(series: &Series, colour: Colour, dash: Option<(f64, f64)>, width: f64, sheet: &Sheet, plot: &mut Plot) {
    let dots = series.values.len() <= 35;
    for piece in pieces(&series.values) {
        if piece.len() == 1 || (dots && dash.is_none() && width > 1.3) {
            let size = if piece.len() == 1 { 1.9 } else { 1.5 };
            sheet.draw(
                plot,
                piece.iter().map(|at| Circle::new(*at, radius(size), rgb(colour).filled())).collect::<Vec<_>>(),
            );
        }
        if piece.len() > 1 {
            let line = [PathElement::new(piece, stroke(colour, width))];
            match dash {
                Some(dash) => sheet.dashed(plot, line, dash),
                None => sheet.draw(plot, line),
            }
        }
    }
}
