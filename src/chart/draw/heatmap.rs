//! Heatmap: rows by columns, darker is more, with the number in each cell where it fits.

use super::frame;
use super::legend::{self, Sign};
use super::scale::{self, Form};
use super::sheet::{Label, Sheet, rgb};
use super::{Anchor, Chart, Colour, WHITE, mixed, readable};
use plotters::prelude::Rectangle;
use plotters::style::Color;

/// Height of a row that reads well, in points.
pub const PITCH: f64 = 15.0;
/// Rows that are lower than this share their names: every n-th is named.
const NAMED: f64 = 8.5;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let (rows, columns) = (chart.series.len(), chart.categories.len());
    let most = chart.series.iter().flat_map(|s| s.values.iter().flatten()).copied().fold(0.0, f64::max);
    let size = look.label().size;
    let widest = chart.series.iter().map(|s| look.text.width(&s.name, size, false)).fold(0.0, f64::max);
    let names = widest.min(sheet.width * 0.35) + 6.0;
    let top = key(chart, sheet, most);
    let labels = frame::categories(chart, names, sheet.width - names, sheet);
    let plot = [names, top, sheet.width, (sheet.height - labels.height).max(top + 4.0)];
    let [left, _, right, bottom] = plot;
    let (wide, high) = ((right - left) / columns as f64, (bottom - top) / rows as f64);
    let number = Label { size: (high * 0.5).clamp(3.0, 6.8), ..look.label() };
    // All numbers or none: some would look as if the others were nothing.
    let decimals = |value: f64| usize::from(value.fract() != 0.0 && value.abs() < 10.0);
    let texts = |value: f64| scale::number(value, Form { magnitude: 0, decimals: decimals(value) }, look);
    let fits = |value: &f64| look.text.width(&texts(*value), number.size, false) <= wide - 1.5;
    let numbered = number.size >= 5.0 && chart.series.iter().flat_map(|s| s.values.iter().flatten()).all(fits);
    let Some(mut area) = sheet.plot(plot, 0.0..columns as f64, -(rows as f64)..0.0) else { return };
    let every = (NAMED / high).ceil().max(1.0) as usize;
    for (row, series) in chart.series.iter().enumerate() {
        let middle = top + high * (row as f64 + 0.5);
        if row % every == 0 {
            let name = scale::cut(&series.name, size, false, names - 6.0, look);
            sheet.text(&name, (0.0, middle + size * 0.36), Anchor::Start, look.label());
        }
        for (column, value) in series.values.iter().enumerate() {
            let (x, y) = (column as f64, -(row as f64));
            let (cell, middle_x) = (left + wide * x, left + wide * (x + 0.5));
            let Some(value) = *value else {
                sheet.hatch([cell, top + high * row as f64, cell + wide, top + high * (row + 1) as f64]);
                continue;
            };
            let shade = shade(value, most, look.palette.heat);
            sheet.draw(&mut area, [Rectangle::new([(x, y), (x + 1.0, y - 1.0)], rgb(shade).filled())]);
            if numbered && value != 0.0 {
                let colour = readable(shade, look.palette.ink);
                sheet.text(
                    &texts(value),
                    (middle_x, middle + number.size * 0.36),
                    Anchor::Middle,
                    Label { colour, ..number },
                );
            }
        }
    }
    // White between the cells.
    let line = if wide.min(high) > 5.0 { 0.8 } else { 0.2 };
    for row in (0..=rows).filter(|_| high > 2.5) {
        let y = top + high * row as f64;
        sheet.line(&[(left, y), (right, y)], line, WHITE);
    }
    for column in (0..=columns).filter(|_| wide > 2.5) {
        let x = left + wide * column as f64;
        sheet.line(&[(x, top), (x, bottom)], line, WHITE);
    }
    labels.draw(chart, sheet, left, right, bottom);
}

/// Darker faster at the low end, so that one great value does not make all others look like none.
fn shade(value: f64, most: f64, (low, high): (Colour, Colour)) -> Colour {
    if value <= 0.0 || most <= 0.0 { low } else { mixed(low, high, 0.06 + 0.94 * (value / most).powf(0.7)) }
}

/// The unit, gaps, and what light and dark mean, on one line or on two. Gives the height used.
fn key(chart: &Chart, sheet: &Sheet, most: f64) -> f64 {
    let look = sheet.look;
    let absent = chart.series.iter().any(|s| s.values.iter().any(Option::is_none));
    let signs = if absent { vec![(Sign::Hatch, chart.absent.clone())] } else { Vec::new() };
    if most <= 0.0 {
        // Nothing but zeros: light and dark mean nothing, and it is said.
        return legend::legend(sheet, &chart.nothing, &signs).max(12.0);
    }
    let (start, mut base) = legend::lines(sheet, &chart.unit, &signs);
    let steps: u8 = if sheet.width < 180.0 { 3 } else { 6 };
    let width = |text: &str| look.text.width(text, look.tick().size, false);
    let text = scale::value(most, look);
    if start + width("0") + 4.0 + 10.0 * f64::from(steps) + 4.0 + width(&text) > sheet.width && start > 0.0 {
        base += 11.0;
    }
    sheet.text(&text, (sheet.width, base), Anchor::End, look.tick());
    let end = sheet.width - width(&text) - 4.0;
    for step in 0..steps {
        let x = end - 10.0 * f64::from(steps - step);
        let value = most * f64::from(step) / f64::from(steps - 1);
        sheet.rectangle([x, base - 6.2, x + 9.4, base + 0.6], shade(value, most, look.palette.heat));
    }
    sheet.text("0", (end - 10.0 * f64::from(steps) - 4.0, base), Anchor::End, look.tick());
    base + 8.0
}
