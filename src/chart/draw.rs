//! Draw: a chart becomes a picture. The only home of plotters: it maps data to the page and draws series; where labels stand is decided here.
//!
//! One look for all kinds: horizontal rules only, values on round numbers from zero, labels that never touch (thinned, broken or
//! cut, in this order), white between parts that touch and dashes beside colours so that grey paper says the same, hatching where
//! there is no data (which is not zero), and a sentence where there is nothing to draw.

mod area;
mod frame;
mod heatmap;
mod legend;
mod lines;
mod multiples;
mod pareto;
mod ranking;
mod scale;
mod sheet;
mod vertical;

use super::palette::{WHITE, dark, mixed, readable};
use super::{Anchor, Chart, Colour, Kind, Palette, Picture, Role, Series, TextWidth};
use sheet::{Label, Sheet};

pub use super::palette::contrast;

/// What decides how charts look, beside their data.
#[derive(Clone, Copy)]
pub struct Look<'a> {
    /// Colours.
    pub palette: &'a Palette,
    /// How wide texts are.
    pub text: &'a dyn TextWidth,
    /// Between groups of three digits.
    pub thousands: Option<char>,
    /// Before the fraction.
    pub decimal: char,
    /// After a number in thousands, millions, thousands of millions and millions of millions.
    pub magnitudes: [&'a str; 4],
    /// After a number that is a share of a hundred.
    pub percent: &'a str,
}

impl<'a> Look<'a> {
    /// With English numbers.
    pub fn english(palette: &'a Palette, text: &'a dyn TextWidth) -> Look<'a> {
        let (thousands, decimal, percent) = (Some(','), '.', "\u{a0}%");
        Look { palette, text, thousands, decimal, magnitudes: ["k", "M", "bn", "tn"], percent }
    }

    /// Plain labels.
    fn label(&self) -> Label {
        Label { size: 7.5, bold: false, colour: self.palette.ink }
    }

    /// Labels of axes: quiet, yet dark enough to be read.
    fn tick(&self) -> Label {
        Label { size: 7.0, bold: false, colour: mixed(self.palette.ink, WHITE, 0.22) }
    }

    /// The line that bars stand on.
    fn base(&self) -> Colour {
        mixed(self.palette.ink, WHITE, 0.35)
    }

    /// The colour of a series; `place` counts the plain ones before it.
    fn colour(&self, role: Role, place: usize) -> Colour {
        match role {
            Role::Plain => {
                let colours = &self.palette.series;
                colours.get(place % colours.len().max(1)).copied().unwrap_or(self.palette.ink)
            }
            Role::Compared | Role::Service => self.palette.quiet,
            Role::Marked => self.palette.marked,
        }
    }

    /// The colours of all series, in order.
    fn colours(&self, series: &[Series]) -> Vec<Colour> {
        let mut plain = 0;
        let mut services = 0;
        let choose = |one: &Series| {
            let colour = match one.role {
                Role::Service if services > 0 => mixed(self.palette.quiet, WHITE, 0.45),
                role => self.colour(role, plain),
            };
            plain += usize::from(one.role == Role::Plain);
            services += usize::from(matches!(one.role, Role::Service | Role::Compared));
            colour
        };
        series.iter().map(choose).collect()
    }
}

/// Draws a chart at a size in points.
pub fn draw(chart: &Chart, width: f64, height: f64, look: &Look) -> Picture {
    let chart = &drawable(chart);
    let sheet = Sheet::new(width, height, look);
    if chart.kind == Kind::Spark {
        lines::spark(chart, &sheet);
    } else if is_empty(chart) {
        frame::nothing(&sheet, &chart.nothing);
    } else if is_absent(chart) {
        frame::nothing(&sheet, &chart.absent);
    } else if is_zero(chart) {
        frame::zeros(chart, &sheet);
    } else {
        match chart.kind {
            Kind::Bars | Kind::StackedBars => vertical::draw(chart, &sheet),
            Kind::Lines | Kind::Spark => lines::draw(chart, &sheet),
            Kind::Area => area::draw(chart, &sheet),
            Kind::Ranking => ranking::draw(chart, &sheet),
            Kind::Pareto => pareto::draw(chart, &sheet),
            Kind::Heatmap => heatmap::draw(chart, &sheet),
            Kind::SmallMultiples => multiples::draw(chart, &sheet),
        }
    }
    sheet.picture()
}

fn is_empty(chart: &Chart) -> bool {
    chart.categories.is_empty() || chart.series.is_empty()
}

/// Whether there is no number at all.
fn is_absent(chart: &Chart) -> bool {
    chart.series.iter().all(|series| series.values.iter().all(Option::is_none))
}

/// Whether a chart over time has zeros and nothing else to show: it says so in words on its empty axes.
fn is_zero(chart: &Chart) -> bool {
    let over_time = matches!(chart.kind, Kind::Bars | Kind::StackedBars | Kind::Lines | Kind::Area);
    let zeros = chart.series.iter().flat_map(|series| series.values.iter().flatten()).all(|value| *value == 0.0);
    over_time && zeros && chart.band.iter().all(Option::is_none) && chart.target.is_none()
}

/// The height in points that suits a chart of a width in points.
pub fn suggested_height(chart: &Chart, width: f64) -> f64 {
    let (rows, series) = (chart.categories.len(), chart.series.len());
    match chart.kind {
        Kind::Spark => 22.0,
        _ if is_empty(chart) || is_absent(chart) => 60.0,
        Kind::Bars | Kind::StackedBars | Kind::Lines | Kind::Area if is_zero(chart) => 90.0,
        Kind::Bars | Kind::StackedBars | Kind::Lines | Kind::Area if width < 320.0 => 135.0,
        Kind::Bars | Kind::StackedBars | Kind::Lines | Kind::Area | Kind::Pareto => 175.0,
        Kind::Ranking => 14.0 + ranking::PITCH * rows as f64 + if series > 1 { 13.0 } else { 0.0 },
        Kind::Heatmap => 34.0 + heatmap::PITCH * series as f64,
        Kind::SmallMultiples => 16.0 + multiples::PANEL * series.div_ceil(multiples::across(series, width)) as f64,
    }
}

/// The chart with as many values as categories in every series, and none that is not finite.
fn drawable(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    let names = chart.series.iter_mut().map(|series| &mut series.name);
    let ticks = chart.ticks.iter_mut().flatten().map(|(_, label)| label);
    names.chain(&mut chart.categories).chain(ticks).for_each(|text| *text = visible(text));
    let wanted = chart.categories.len();
    let finite = |value: f64| value.is_finite() && value.abs() < 1e300;
    let numbers = |values: &mut Vec<Option<f64>>| {
        values.resize(wanted, None);
        values.iter_mut().for_each(|value| *value = value.filter(|v| finite(*v)));
    };
    chart.series.iter_mut().for_each(|series| numbers(&mut series.values));
    if !chart.totals.is_empty() {
        numbers(&mut chart.totals);
    }
    if !chart.band.is_empty() {
        chart.band.resize(wanted, None);
        chart.band.iter_mut().for_each(|band| *band = band.filter(|(low, high)| finite(*low) && finite(*high)));
    }
    for way in &mut chart.ticks {
        way.retain(|(place, _)| *place < wanted);
        way.sort_by_key(|(place, _)| *place);
    }
    chart.ticks.retain(|way| !way.is_empty());
    chart.target = chart.target.filter(|(value, _)| finite(*value)).map(|(value, label)| (value, visible(&label)));
    chart
}

/// A text with what breaks lines or turns the direction of other text written out: names come from logs.
fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' | '\t' | '\r' => out.push(' '),
            _ if c.is_control() => out.push_str(&format!("\\x{:02x}", u32::from(c))),
            '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {
                out.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
