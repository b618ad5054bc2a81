//! Chart: a picture of figures as a value, and Picture: the same as drawn shapes. Computes no number of a report.

pub mod draw;

use serde::{Deserialize, Serialize};

/// What is drawn: data with labels, no pixels.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chart {
    /// Form.
    pub kind: Kind,
    /// Labels along the category axis (days, names, hours), in order. Ready as text; may be thinned when drawn.
    pub categories: Vec<String>,
    /// The data. For a heatmap: one series per row. For small multiples: one series per panel.
    pub series: Vec<Series>,
    /// What a value is, for the axis: `events`, `records`, `%`.
    pub unit: String,
    /// What is normal for each category, `(low, high)`; empty: not known.
    pub band: Vec<Option<(f64, f64)>>,
    /// A value to reach or to stay below, drawn as a line with its label.
    pub target: Option<(f64, String)>,
    /// What the chart shows, in a sentence with numbers: for who cannot see it.
    pub alt: String,
}

/// The form of a chart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Vertical bars, one group a category.
    Bars,
    /// Vertical bars, series on top of each other.
    StackedBars,
    /// Lines through the categories, with the band behind.
    Lines,
    /// Horizontal bars, one a category, value at the end of each; one series (or stacked series).
    Ranking,
    /// Rows (series) by columns (categories), darker is more, with the number in each cell where it fits.
    Heatmap,
    /// One small bar chart a series, all on the same scale, side by side in rows.
    SmallMultiples,
    /// A line without axes, for a tile.
    Spark,
}

/// One row of data.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
    /// Integrations and services: quiet.
    Service,
    /// What the reader should look at.
    Marked,
}

/// An RGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub u8, pub u8, pub u8);

/// The colours of charts: told apart by the colour-blind and in grey.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Palette {
    /// For series in order.
    pub series: Vec<Colour>,
    /// For what the reader should look at.
    pub marked: Colour,
    /// For what is only compared with, and services.
    pub quiet: Colour,
    /// Band of what is normal.
    pub band: Colour,
    /// Axes and grid.
    pub rule: Colour,
    /// Labels.
    pub ink: Colour,
    /// Heatmap from none to most.
    pub heat: (Colour, Colour),
}

impl Default for Palette {
    fn default() -> Palette {
        Palette {
            series: vec![
                Colour(0x1f, 0x4e, 0x79),
                Colour(0xe0, 0x8e, 0x1b),
                Colour(0x4f, 0x9d, 0x8f),
                Colour(0x8a, 0x4f, 0x9d),
                Colour(0x7d, 0xb7, 0xe0),
                Colour(0xb8, 0x53, 0x3c),
                Colour(0x6b, 0x7a, 0x2e),
                Colour(0xc9, 0xa3, 0xc9),
            ],
            marked: Colour(0xb3, 0x26, 0x1e),
            quiet: Colour(0xb8, 0xbf, 0xc7),
            band: Colour(0xe6, 0xec, 0xf2),
            rule: Colour(0xd0, 0xd5, 0xdb),
            ink: Colour(0x2b, 0x33, 0x3b),
            heat: (Colour(0xf4, 0xf7, 0xfa), Colour(0x1f, 0x4e, 0x79)),
        }
    }
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
