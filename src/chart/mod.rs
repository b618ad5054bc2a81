//! Chart: a picture of figures as a value, and Picture: the same as drawn shapes. Computes no number of a report.

pub mod draw;
mod palette;

pub use palette::{Colour, Palette};

use serde::{Deserialize, Serialize};

/// What is drawn: data with labels, no pixels. What it says in words was made before: a chart makes no sentence and no number.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Form.
    pub kind: Kind,
    /// Labels along the category axis (days, names, hours), in order. Ready as text; may be thinned when drawn.
    pub categories: Vec<String>,
    /// Ways to label a category axis that is a calendar or a clock, the finest first: place and label of each tick. The first way
    /// whose labels have room is taken. Empty: the categories themselves are labels.
    pub ticks: Vec<Vec<(usize, String)>>,
    /// The data. For a heatmap: one series per row. For small multiples: one series per panel. For a Pareto chart: the values,
    /// then what they and all before them are of the whole, in per cent.
    pub series: Vec<Series>,
    /// Over all series, one a category: written above stacked bars where there is room. Empty: not known, nothing is written.
    pub totals: Vec<Option<f64>>,
    /// What a value is, for the axis: `events`, `records`, `%`.
    pub unit: String,
    /// What is normal for each category, `(low, high)`; empty: not known.
    pub band: Vec<Option<(f64, f64)>>,
    /// Categories that the reader should look at: there the first series (of a stack the sum) lies outside what is normal.
    pub marked: Vec<usize>,
    /// A value to reach or to stay below, drawn as a line with its label.
    pub target: Option<(f64, String)>,
    /// Said where there is nothing to draw, or nothing but zeros: `no events in this period`.
    pub nothing: String,
    /// Said of gaps: `not recorded by zoho-crm`, `not in the log`.
    pub absent: String,
    /// Said of the band: `normal: 120 to 240, learnt from 12 months`.
    pub normal: String,
    /// Said of marked places: `outside what is normal`.
    pub outside: String,
    /// What the chart shows, in a sentence with numbers: for who cannot see it.
    pub alt: String,
}

/// The form of a chart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Vertical bars, one group a category.
    #[default]
    Bars,
    /// Vertical bars, series on top of each other.
    StackedBars,
    /// Lines through the categories, with the band behind.
    Lines,
    /// Filled areas, series on top of each other.
    Area,
    /// Horizontal bars, one a category, value at the end of each; one series (or stacked series).
    Ranking,
    /// Vertical bars, largest first, and a line of what they make up together.
    Pareto,
    /// Rows (series) by columns (categories), darker is more, with the number in each cell where it fits.
    Heatmap,
    /// One small bar chart a series, all on the same scale, side by side in rows.
    SmallMultiples,
    /// A line without axes, for a tile.
    Spark,
}

/// One row of data.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Series {
    /// Its name in the legend.
    pub name: String,
    /// One value a category; `None`: no data (not zero).
    pub values: Vec<Option<f64>>,
    /// What it stands for, which chooses the colour.
    pub role: Role,
}

/// What a series stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The next colour of the palette.
    #[default]
    Plain,
    /// The period compared with: quiet grey.
    Compared,
    /// Integrations and services, and all others: quiet.
    Service,
    /// What the reader should look at.
    Marked,
}

/// Shapes in points (1/72 inch), origin at the top left, y downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// Width in points.
    pub width: f64,
    /// Height in points.
    pub height: f64,
    /// In drawing order.
    pub shapes: Vec<Shape>,
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

/// One thing drawn.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs)]
pub enum Shape {
    /// A filled area (rectangles too).
    Area { points: Vec<(f64, f64)>, fill: Colour },
    /// An open line; `dash` in points on, off.
    Line { points: Vec<(f64, f64)>, width: f64, colour: Colour, dash: Option<(f64, f64)> },
    /// A filled circle.
    Dot { centre: (f64, f64), radius: f64, fill: Colour },
    /// One line of text; `at` is the anchor on its baseline; never wrapped.
    Text { at: (f64, f64), size: f64, bold: bool, colour: Colour, anchor: Anchor, text: String },
}

/// How wide texts are, so that labels never collide: told by who has the fonts.
pub trait TextWidth {
    /// Width in points of one line of text at a size in points.
    fn width(&self, text: &str, size: f64, bold: bool) -> f64;
}
