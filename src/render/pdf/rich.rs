//! Inline content as one string with the look of each part.

use super::Setting;
use crate::chart::Colour;
use crate::document::theme::Theme;
use crate::document::{Inline, Tone};
use crate::typeface::flow;
use std::rc::Rc;

/// How a stretch of text looks.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Ink {
    pub size: f64,
    pub bold: bool,
    pub colour: Colour,
    /// Above the baseline.
    pub rise: f64,
    /// May be broken anywhere.
    pub code: bool,
    /// Where it leads.
    pub link: Option<Rc<str>>,
}

impl Ink {
    pub fn new(size: f64, colour: Colour) -> Ink {
        Ink { size, bold: false, colour, rise: 0.0, code: false, link: None }
    }

    pub fn bold(mut self) -> Ink {
        self.bold = true;
        self
    }
}

/// Text with its looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Rich {
    pub text: String,
    /// Where each look ends, in order.
    pub spans: Vec<(usize, Ink)>,
}

impl Rich {
    pub fn plain(text: &str, ink: &Ink) -> Rich {
        let mut rich = Rich::default();
        rich.push(text, ink);
        rich
    }

    pub fn of(inlines: &[Inline], ink: &Ink, setting: &Setting) -> Rich {
        let mut rich = Rich::default();
        rich.add(inlines, ink, setting.theme);
        rich
    }

    pub fn push(&mut self, text: &str, ink: &Ink) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(&flow::settable(text));
        let end = self.text.len();
        match self.spans.last_mut() {
            Some((last, known)) if known == ink => *last = end,
            _ => self.spans.push((end, ink.clone())),
        }
    }

    /// The label of a figure: small, quiet, raised, and never parted from what it labels.
    pub fn figure(&mut self, label: &str, ink: &Ink, theme: &Theme) {
        if label.is_empty() {
            return;
        }
        let small = Ink {
            size: (ink.size * 0.62).clamp(4.6, 7.0),
            bold: false,
            colour: theme.quiet,
            rise: ink.rise + ink.size * 0.36,
            code: false,
            link: None,
        };
        if !self.text.is_empty() {
            // The joiner forbids a break between the value and its label.
            self.push("\u{202f}", &small);
        }
        self.push(label, &small);
    }

    fn add(&mut self, inlines: &[Inline], ink: &Ink, theme: &Theme) {
        for inline in inlines {
            match inline {
                Inline::Text(text) => self.push(text, ink),
                Inline::Strong(inner) => self.add(inner, &ink.clone().bold(), theme),
                Inline::Emphasis(inner) => self.add(inner, &Ink { colour: theme.accent, ..ink.clone() }, theme),
                // Ids and hashes are long: a little smaller, a SHA-256 stands on one line.
                Inline::Code(text) => self.push(text, &Ink { code: true, size: ink.size * 0.86, ..ink.clone() }),
                Inline::Figure(label) => self.figure(label, ink, theme),
                Inline::Toned(tone, inner) => {
                    let colour = toned(theme, *tone).unwrap_or(ink.colour);
                    self.add(inner, &Ink { colour, ..ink.clone() }, theme);
                }
                Inline::Link(to, inner) => {
                    let link = Ink { colour: theme.accent, link: Some(to.as_str().into()), ..ink.clone() };
                    self.add(inner, &link, theme);
                }
                Inline::Break => self.push("\u{2028}", ink),
            }
        }
    }
}

/// The colour that a tone gives to words and edges.
pub(super) fn toned(theme: &Theme, tone: Tone) -> Option<Colour> {
    match tone {
        Tone::Neutral => None,
        Tone::Good => Some(theme.good),
        Tone::Warn => Some(theme.warn),
        Tone::Bad => Some(theme.bad),
        Tone::Quiet => Some(theme.quiet),
    }
}

/// A colour thinned with white: `share` of it is left.
pub(super) fn tint(colour: Colour, share: f64) -> Colour {
    let mix = |part: u8| (255.0 - (255.0 - f64::from(part)) * share).round() as u8;
    Colour(mix(colour.0), mix(colour.1), mix(colour.2))
}
