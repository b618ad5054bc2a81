//! Colours of HTML: each with its counterpart in the dark, and the ones that pictures use as classes.

use crate::chart::Colour;
use std::collections::BTreeSet;

/// The colours that pictures use: each becomes a class, so that the dark can change it.
pub type Inks = BTreeSet<(u8, u8, u8)>;

/// `#1f4e79`.
pub fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// The class of a colour.
pub fn class(colour: Colour) -> String {
    format!("c{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// One colour with a share of white.
pub fn tint(colour: Colour, share: f64) -> Colour {
    let part = |c: u8| (f64::from(c) + (255.0 - f64::from(c)) * share).round() as u8;
    Colour(part(colour.0), part(colour.1), part(colour.2))
}

/// The colour's counterpart in the dark: the same hue, light for dark. White becomes the dark page, so that contrasts stay.
pub fn dark(colour: Colour) -> Colour {
    let [r, g, b] = [colour.0, colour.1, colour.2].map(|c| f64::from(c) / 255.0);
    let (most, least) = (r.max(g).max(b), r.min(g).min(b));
    let (light, spread) = ((most + least) / 2.0, most - least);
    let saturation = if spread == 0.0 { 0.0 } else { spread / (1.0 - (2.0 * light - 1.0).abs()) };
    let hue = match () {
        () if spread == 0.0 => 0.0,
        () if most == r => ((g - b) / spread).rem_euclid(6.0),
        () if most == g => (b - r) / spread + 2.0,
        () => (r - g) / spread + 4.0,
    };
    let light = 0.93 - 0.82 * light;
    let chroma = (1.0 - (2.0 * light - 1.0).abs()) * saturation * 0.85;
    let second = chroma * (1.0 - (hue.rem_euclid(2.0) - 1.0).abs());
    let (r, g, b) = match hue as u8 {
        0 => (chroma, second, 0.0),
        1 => (second, chroma, 0.0),
        2 => (0.0, chroma, second),
        3 => (0.0, second, chroma),
        4 => (second, 0.0, chroma),
        _ => (chroma, 0.0, second),
    };
    let part = |c: f64| ((c + light - chroma / 2.0).clamp(0.0, 1.0) * 255.0).round() as u8;
    Colour(part(r), part(g), part(b))
}
