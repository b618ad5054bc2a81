//! Pareto: bars, largest first, and a line of what they and all before them are of the whole. Both have one scale: where the line
//! says 100 %, the left axis says the whole, so that the line starts on top of the first bar.

use super::frame;
use super::legend::{Sign, legend};
use super::sheet::{Label, Sheet, radius, rgb, stroke};
use super::{Anchor, Chart, Role, dark, scale};
use plotters::prelude::{Circle, PathElement, Rectangle};
use plotters::style::Color;

/// Shares that the right axis is labelled with, as many as its height has room for.
const SHARES: [&[f64]; 3] = [&[0.0, 20.0, 40.0, 60.0, 80.0, 100.0], &[0.0, 50.0, 100.0], &[0.0, 100.0]];
/// What a label of an axis takes of its height, with space to the next.
const LABEL: f64 = 9.0;

/// Draws the chart.
pub fn draw(chart: &Chart, sheet: &Sheet) {
    let look = sheet.look;
    let [bars, shares, ..] = chart.series.as_slice() else {
        // Without shares they are bars.
        return super::vertical::draw(chart, sheet);
    };
    let colour = look.colour(bars.role, 0);
    let line = dark(look.colour(shares.role, usize::from(bars.role == Role::Plain)), look.palette.ink, 3.0);
    let signs = [(Sign::Square(colour), bars.name.clone()), (Sign::Line(line, None), shares.name.clone())];
    // The bars' name says what is counted.
    let top = legend(sheet, "", &signs) + 6.0;
    let whole = whole(chart);
    let mut axis = frame::axis(sheet, top, &[whole]);
    // The whole itself is the top, be it a round number or not; the numbers below it are round.
    axis.ticks.retain(|tick| *tick <= whole * 0.94);
    axis.high = whole.max(f64::MIN_POSITIVE);
    let percent = |share: f64| format!("{share}{}", look.percent);
    let right = look.text.width(&percent(100.0), look.tick().size, false) + 6.0;
    let frame = frame::frame(chart, sheet, top, right, axis);
    let count = chart.categories.len() as f64;
    let [left, above, end, below] = frame.plot;
    let Some(mut plot) = sheet.plot(frame.plot, 0.0..count, frame.axis.low..frame.axis.high) else { return };
    let said = frame::worth(whole, chart, sheet);
    if look.text.width(&said, look.tick().size, false) + 4.0 <= left {
        sheet.text(&said, (left - 4.0, above + 2.5), Anchor::End, look.tick());
    }
    sheet.line(&[(left, above), (end, above)], 0.4, look.palette.rule);
    let pitch = (end - left) / count;
    let wide = 0.72_f64.min(64.0 / pitch);
    // A value below zero or a share beyond the whole cannot be told on these axes: it ends at their edge.
    let known = |values: &[Option<f64>], times: f64| -> Vec<(f64, f64)> {
        let point = |(at, value): (usize, &Option<f64>)| {
            value.map(|value| (at as f64 + 0.5, (value * times).clamp(0.0, frame.axis.high)))
        };
        values.iter().enumerate().filter_map(point).collect()
    };
    let bar = |(at, value): &(f64, f64)| {
        Rectangle::new([(at - wide / 2.0, 0.0), (at + wide / 2.0, *value)], rgb(colour).filled())
    };
    let drawn = known(&bars.values, 1.0);
    sheet.draw(&mut plot, drawn.iter().map(bar).collect::<Vec<_>>());
    frame::zero(sheet, &frame);
    for share in labelled(below - above) {
        let y = below - share / 100.0 * (below - above);
        sheet.text(&percent(*share), (end + 4.0, y + 2.5), Anchor::Start, look.tick());
    }
    let points = known(&shares.values, frame.axis.high / 100.0);
    sheet.draw(&mut plot, [PathElement::new(points.clone(), stroke(line, 1.2))]);
    if pitch > 8.0 {
        let dot = |at: &(f64, f64)| Circle::new(*at, radius(1.7), rgb(line).filled());
        sheet.draw(&mut plot, points.iter().map(dot).collect::<Vec<_>>());
    }
    numbers(chart, sheet, &plot, &drawn, &points, pitch);
}

/// The shares that an axis of a height is labelled with.
fn labelled(height: f64) -> &'static [f64] {
    let fits = |shares: &&&[f64]| shares.len().saturating_sub(1) as f64 * LABEL <= height;
    SHARES.iter().find(fits).or(SHARES.last()).copied().unwrap_or_default()
}

/// The whole that the shares are of, on the scale of the bars: where the line reaches 100 %.
fn whole(chart: &Chart) -> f64 {
    let [bars, shares, ..] = chart.series.as_slice() else { return 0.0 };
    let mut sum = 0.0;
    let mut whole: f64 = 0.0;
    for (value, share) in bars.values.iter().zip(&shares.values) {
        sum += value.unwrap_or(0.0).max(0.0);
        if let Some(share) = share.filter(|share| *share > 0.0) {
            whole = sum * 100.0 / share;
        }
    }
    whole.max(sum)
}

/// Values on the bars, where all have room and none stands in the way of the line.
fn numbers(
    chart: &Chart,
    sheet: &Sheet,
    plot: &super::sheet::Plot,
    bars: &[(f64, f64)],
    line: &[(f64, f64)],
    pitch: f64,
) {
    let look = sheet.look;
    let label = Label { size: 6.8, ..look.tick() };
    let texts: Vec<String> = bars.iter().map(|(_, value)| frame::worth(*value, chart, sheet)).collect();
    if !texts.iter().all(|text| look.text.width(text, label.size, false) + 2.0 <= pitch) {
        return;
    }
    for ((at, value), text) in bars.iter().zip(texts) {
        let (x, y) = sheet.place(plot, (*at, *value));
        let over = line.iter().find(|(place, _)| place == at).map(|point| sheet.place(plot, *point).1);
        // The line leaves the first bar from its top: its number stands inside, if there is room at all.
        let free = over.is_none_or(|over| y - over > 11.0);
        let base = sheet.place(plot, (*at, 0.0)).1;
        if free {
            sheet.text(&text, (x, y - 2.0), Anchor::Middle, label);
        } else if base - y > 13.0 {
            let colour = super::readable(look.colour(Role::Plain, 0), look.palette.ink);
            let text = scale::cut(&text, label.size, false, pitch, look);
            sheet.text(&text, (x, y + 9.0), Anchor::Middle, Label { colour, ..label });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::labelled;

    #[test]
    fn a_low_axis_has_fewer_labels() {
        assert_eq!(labelled(120.0).len(), 6);
        assert_eq!(labelled(30.0), [0.0, 50.0, 100.0]);
        assert_eq!(labelled(12.0), [0.0, 100.0]);
        assert_eq!(labelled(2.0), [0.0, 100.0]);
    }
}
