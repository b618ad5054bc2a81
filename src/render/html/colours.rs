//! Colours of HTML: each with its counterpart in the dark, and the ones that pictures use as classes.

use crate::chart::Colour;
use crate::chart::draw::contrast;
use std::collections::BTreeMap;

/// The colours that pictures use, in the light and in the dark, each by its class.
pub type Inks = BTreeMap<String, (Colour, Colour)>;

/// What text must have against what it stands on (WCAG 2, 1.4.3).
const READABLE: f64 = 4.5;

/// `#1f4e79`.
pub fn hex(colour: Colour) -> String {
    format!("#{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2)
}

/// The class of a colour, noted.
pub fn ink(colour: Colour, inks: &mut Inks) -> String {
    let class = format!("c{:02x}{:02x}{:02x}", colour.0, colour.1, colour.2);
    inks.entry(class.clone()).or_insert_with(|| (colour, dark(colour)));
    class
}

/// The class of text that stands on a colour, noted: what cannot be read on it, in the light or the dark, becomes black or white.
pub fn ink_on(text: Colour, under: Colour, inks: &mut Inks) -> String {
    let light = readable(text, under);
    let night = readable(dark(text), dark(under));
    if (light, night) == (text, dark(text)) {
        return ink(text, inks);
    }
    let class = format!("t{:02x}{:02x}{:02x}{:02x}{:02x}{:02x}", text.0, text.1, text.2, under.0, under.1, under.2);
    inks.entry(class.clone()).or_insert((light, night));
    class
}

/// The colour, if it can be read on another; if not, black or white.
fn readable(text: Colour, under: Colour) -> Colour {
    let (black, white) = (Colour(0, 0, 0), Colour(255, 255, 255));
    match () {
        () if contrast(text, under) >= READABLE => text,
        () if contrast(black, under) >= contrast(white, under) => black,
        () => white,
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_can_be_read_on_every_colour_in_the_light_and_in_the_dark() {
        let ink = Colour(0x2b, 0x33, 0x3b);
        for text in [ink, Colour(255, 255, 255), Colour(0x5a, 0x60, 0x66)] {
            for step in 0..=255_u8 {
                for under in [Colour(step, step, step), Colour(step, 128, 255 - step), Colour(31, 78, step)] {
                    let mut inks = Inks::new();
                    let (light, night) = inks_of(&ink_on(text, under, &mut inks), &inks);
                    assert!(contrast(light, under) >= READABLE, "{light:?} on {under:?}");
                    assert!(contrast(night, dark(under)) >= READABLE, "{night:?} on {:?}", dark(under));
                }
            }
        }
    }

    fn inks_of(class: &str, inks: &Inks) -> (Colour, Colour) {
        inks[class]
    }
}
