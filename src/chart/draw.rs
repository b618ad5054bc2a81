//! Draw: a chart becomes a picture. The only home of plotters: it maps data to the page and draws series; where labels stand is decided here.
//!
//! One look for all kinds: horizontal rules only, values on round numbers from zero, labels that never touch (thinned, broken or
//! cut, in this order), white between stacked parts and dashes beside colours so that grey paper says the same, hatching where there is
//! no data (which is not zero), and a sentence where there is nothing to draw.

mod frame;
mod heatmap;
mod lines;
mod multiples;
mod ranking;
mod scale;
mod sheet;
mod vertical;

use super::{Anchor, Chart, Colour, Kind, Palette, Picture, Role, Series, TextWidth};
use sheet::{Label, Sheet};

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
    /// Said where a chart has no data: `no events in this period`.
    pub nothing: &'a str,
    /// The legend's word for hatching: `no data`.
    pub absent: &'a str,
    /// The legend's word for the band: `normal range`.
    pub normal: &'a str,
}

impl<'a> Look<'a> {
    /// With English words and numbers.
    pub fn english(palette: &'a Palette, text: &'a dyn TextWidth) -> Look<'a> {
        let (thousands, decimal) = (Some(','), '.');
        let (nothing, absent, normal) = ("no events in this period", "no data", "normal range");
        Look { palette, text, thousands, decimal, nothing, absent, normal }
    }

    /// Plain labels.
    fn label(&self) -> Label {
        Label { size: 7.5, bold: false, colour: self.palette.ink }
    }

    /// Labels of axes: quiet, yet dark enough to be read.
    fn tick(&self) -> Label {
        Label { size: 7.0, bold: false, colour: mixed(self.palette.ink, Colour(255, 255, 255), 0.22) }
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
                Role::Service if services > 0 => mixed(self.palette.quiet, Colour(255, 255, 255), 0.45),
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
    let empty = chart.categories.is_empty() || chart.series.is_empty();
    let absent = chart.series.iter().all(|series| series.values.iter().all(Option::is_none));
    if chart.kind == Kind::Spark {
        lines::spark(chart, &sheet);
    } else if empty || absent {
        frame::nothing(&sheet, if empty { look.nothing } else { look.absent });
    } else {
        match chart.kind {
            Kind::Bars | Kind::StackedBars => vertical::draw(chart, &sheet),
            Kind::Lines | Kind::Spark => lines::draw(chart, &sheet),
            Kind::Ranking => ranking::draw(chart, &sheet),
            Kind::Heatmap => heatmap::draw(chart, &sheet),
            Kind::SmallMultiples => multiples::draw(chart, &sheet),
        }
    }
    sheet.picture()
}

/// The height in points that suits a chart of a width in points.
pub fn suggested_height(chart: &Chart, width: f64) -> f64 {
    let (rows, series) = (chart.categories.len(), chart.series.len());
    let absent = chart.series.iter().all(|series| series.values.iter().all(Option::is_none));
    if (rows == 0 || absent) && chart.kind != Kind::Spark {
        return 60.0;
    }
    match chart.kind {
        Kind::Bars | Kind::StackedBars | Kind::Lines if width < 320.0 => 135.0,
        Kind::Bars | Kind::StackedBars | Kind::Lines => 175.0,
        Kind::Ranking => 14.0 + ranking::PITCH * rows as f64 + if series > 1 { 13.0 } else { 0.0 },
        Kind::Heatmap => 34.0 + heatmap::PITCH * series as f64,
        Kind::SmallMultiples => 16.0 + multiples::PANEL * series.div_ceil(multiples::across(series, width)) as f64,
        Kind::Spark => 22.0,
    }
}

/// The chart with as many values as categories in every series, and none that is not finite.
fn drawable(chart: &Chart) -> Chart {
    let mut chart = chart.clone();
    let names = chart.series.iter_mut().map(|series| &mut series.name);
    names.chain(&mut chart.categories).for_each(|text| *text = visible(text));
    let wanted = chart.categories.len();
    let finite = |value: f64| value.is_finite() && value.abs() < 1e300;
    for series in &mut chart.series {
        series.values.resize(wanted, None);
        series.values.iter_mut().for_each(|value| *value = value.filter(|v| finite(*v)));
    }
    if !chart.band.is_empty() {
        chart.band.resize(wanted, None);
        chart.band.iter_mut().for_each(|band| *band = band.filter(|(low, high)| finite(*low) && finite(*high)));
    }
    chart.target = chart.target.filter(|(value, _)| finite(*value));
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

/// One colour with a share of another.
fn mixed(one: Colour, other: Colour, share: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
    Colour(mix(one.0, other.0), mix(one.1, other.1), mix(one.2, other.2))
}

/// Relative luminance (WCAG 2).
fn luminance(colour: Colour) -> f64 {
    let part = |c: u8| {
        let c = f64::from(c) / 255.0;
        if c <= 0.040_45 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(colour.0) + 0.7152 * part(colour.1) + 0.0722 * part(colour.2)
}

/// How well one colour is read on another: from 1 (not at all) to 21 (WCAG 2).
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// White or ink, whichever is easier to read on a colour.
fn readable(on: Colour, ink: Colour) -> Colour {
    let white = Colour(255, 255, 255);
    if contrast(white, on) > contrast(ink, on) { white } else { ink }
}

#[cfg(test)]
pub(crate) mod samples;
#[cfg(test)]
mod tests;
