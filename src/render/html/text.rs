//! Text of a document as HTML: its elements, its direction, and what may break anywhere.

use super::{escaped, put};
use crate::document::direction::{self, Direction};
use crate::document::{Inline, Tone};

/// Letters beyond which a word may break anywhere: no word of a language is that long, ids are.
pub const LONG: usize = 22;

/// What a block's text is written with: the `dir` attribute that it needs (with a space before), if any, and the text.
pub struct Written {
    /// ` dir="rtl"`, or nothing.
    pub direction: &'static str,
    /// The text as HTML.
    pub html: String,
}

/// A block's text in a report whose language runs in `base`. Words that run the other way are isolated, so that what
/// stands around them (commas, numbers, brackets) stays where it belongs; a text that mostly runs the other way does so whole.
pub fn written(text: &[Inline], base: Direction) -> Written {
    let own = direction::of(&plain(text), base);
    let mut html = String::new();
    inline(text, own, &mut html);
    let direction = match own {
        _ if own == base => "",
        Direction::Left => " dir=\"ltr\"",
        Direction::Right => " dir=\"rtl\"",
    };
    Written { direction, html }
}

fn inline(text: &[Inline], base: Direction, out: &mut String) {
    for one in text {
        match one {
            Inline::Text(text) => run(text, base, out),
            Inline::Strong(inner) => within("<strong>", inner, "</strong>", base, out),
            Inline::Emphasis(inner) => within("<em>", inner, "</em>", base, out),
            // An id runs left to right, whatever is around it.
            Inline::Code(text) => put(out, format_args!("<code dir=\"ltr\">{}</code>", escaped(text))),
            Inline::Figure(label) => {
                put(out, format_args!("<small class=\"fig\">\u{a0}<bdi>{}</bdi></small>", escaped(label)));
            }
            Inline::Toned(tone, inner) => {
                within(&format!("<span class=\"tone{}\">", class(*tone)), inner, "</span>", base, out);
            }
            Inline::Link(target, inner) => {
                within(&format!("<a href=\"{}\">", escaped(target)), inner, "</a>", base, out);
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
}

fn within(open: &str, inner: &[Inline], close: &str, base: Direction, out: &mut String) {
    out.push_str(open);
    inline(inner, base, out);
    out.push_str(close);
}

fn run(text: &str, base: Direction, out: &mut String) {
    for (other, part) in direction::runs(text, base) {
        if other {
            put(out, format_args!("<bdi>{}</bdi>", escaped(part)));
        } else {
            out.push_str(&escaped(part));
        }
    }
}

/// Text that is no block's: a label, a name.
pub fn short(text: &str, base: Direction) -> String {
    let mut out = String::new();
    run(text, base, &mut out);
    out
}

/// The class of a tone, with a space before it.
pub fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Good => " good",
        Tone::Warn => " warn",
        Tone::Bad => " bad",
        Tone::Quiet => " quiet",
    }
}

/// Whether some word is too long for any column.
pub fn has_long(text: &str) -> bool {
    text.split_whitespace().any(|word| word.chars().nth(LONG).is_some())
}

/// The text without what it looks like.
pub fn plain(text: &[Inline]) -> String {
    let mut out = String::new();
    gather(text, &mut out);
    out.trim().to_owned()
}

fn gather(text: &[Inline], out: &mut String) {
    for one in text {
        match one {
            Inline::Text(text) | Inline::Code(text) => out.push_str(text),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
                gather(inner, out);
            }
            Inline::Figure(_) => {}
            Inline::Break => out.push(' '),
        }
    }
}
