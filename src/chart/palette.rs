//! Palette: the colours of charts, told apart by the colour-blind and, side by side, in grey.
//!
//! That they can be is measured in `palette/tests.rs`, not believed. Colour never speaks alone: parts that touch have a white line
//! between them, lines have dashes and names at their ends, legends stand in the order of the parts.

use serde::{Deserialize, Serialize};

/// An RGB colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Colour(pub u8, pub u8, pub u8);

/// White: the page.
pub(super) const WHITE: Colour = Colour(255, 255, 255);

/// The colours of charts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Palette {
    /// For series in order: dark and light in turn.
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
                Colour(0xeb, 0xa6, 0x3c),
                Colour(0x24, 0x8b, 0x84),
                Colour(0x96, 0xdc, 0x90),
                Colour(0x5b, 0x36, 0x9f),
                Colour(0xeb, 0xba, 0xff),
                Colour(0x7d, 0x2a, 0x31),
                Colour(0x91, 0x9d, 0xff),
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

/// One colour with a share of another.
pub(super) fn mixed(one: Colour, other: Colour, share: f64) -> Colour {
    let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share.clamp(0.0, 1.0)).round() as u8;
    Colour(mix(one.0, other.0), mix(one.1, other.1), mix(one.2, other.2))
}

/// The colour's parts as light, 0 to 1 (sRGB, IEC 61966-2-1).
fn light(colour: Colour) -> [f64; 3] {
    [colour.0, colour.1, colour.2].map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    })
}

/// Relative luminance (WCAG 2).
pub(super) fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = light(colour);
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

/// How well one colour is read on another: from 1 (not at all) to 21 (WCAG 2).
pub fn contrast(one: Colour, other: Colour) -> f64 {
    let (a, b) = (luminance(one), luminance(other));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// White or ink, whichever is easier to read on a colour.
pub(super) fn readable(on: Colour, ink: Colour) -> Colour {
    if contrast(WHITE, on) > contrast(ink, on) { WHITE } else { ink }
}

/// A colour on white, mixed with ink until it stands out so much (a contrast of WCAG 2).
pub(super) fn dark(colour: Colour, ink: Colour, wanted: f64) -> Colour {
    let steps = (0..=10).map(|step| mixed(colour, ink, f64::from(step) / 10.0));
    steps.into_iter().find(|mix| contrast(*mix, WHITE) >= wanted).unwrap_or(ink)
}

#[cfg(test)]
mod tests;
