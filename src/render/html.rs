//! HTML: a document as one self-contained file that reads well in a browser, on a phone, in the dark and on paper. No scripts, nothing loaded.

mod blocks;
mod colours;
mod contents;
mod style;
mod svg;
mod widths;

use crate::chart::{Chart, Picture};
use crate::document::{Document, theme::Theme};
use std::fmt::Write;

/// Draws a chart at a width and height in points.
pub type Pictures<'a> = dyn Fn(&Chart, f64, f64) -> Picture + 'a;

/// Renders a document. The same document, theme and pictures give the same bytes.
pub fn html(document: &Document, theme: &Theme, pictures: &Pictures) -> String {
    let [_, right, _, left] = theme.margins;
    let width = (theme.paper.turned(theme.orientation).0 - left - right).max(100.0);
    let mut page = blocks::Page::new(document, pictures, theme.contents_from);
    page.blocks(&document.blocks, width);
    let (body, inks) = page.finish();

    let mut out = String::with_capacity(body.len() + 8_192);
    let lang = escaped(&document.language);
    let title = escaped(&document.title);
    out.push_str("<!DOCTYPE html>\n");
    put(&mut out, format_args!("<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n"));
    out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n");
    // What the file cannot do by itself, nothing in it can: no scripts, no requests.
    out.push_str(
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n",
    );
    put(
        &mut out,
        format_args!(
            "<title>{title}</title>\n<style>\n{}</style>\n</head>\n<body>\n",
            style::style(document, theme, &inks)
        ),
    );
    put(&mut out, format_args!("<a class=\"skip\" href=\"#content\">{}</a>\n", skip(&document.language)));
    out.push_str("<header class=\"running\">\n");
    if !document.banner.is_empty() {
        put(&mut out, format_args!("<p class=\"banner\">{}</p>\n", escaped(&document.banner)));
    }
    if !document.header_left.is_empty() || !document.header_right.is_empty() {
        let (left, right) = (escaped(&document.header_left), escaped(&document.header_right));
        put(
            &mut out,
            format_args!("<p class=\"ends\"><span dir=\"auto\">{left}</span> <span dir=\"auto\">{right}</span></p>\n"),
        );
    }
    put(&mut out, format_args!("</header>\n<main id=\"content\">\n{body}</main>\n"));
    put(
        &mut out,
        format_args!(
            "<footer class=\"running\"><p dir=\"auto\">{}</p></footer>\n</body>\n</html>\n",
            escaped(&document.footer_left)
        ),
    );
    out
}

/// Text of the link that leads past the header.
fn skip(language: &str) -> &'static str {
    if language == "de" || language.starts_with("de-") { "Zum Inhalt" } else { "Skip to the content" }
}

/// Writing to a string cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments) {
    let _ = out.write_fmt(text);
}

/// Text for HTML, in elements and in quoted attributes. What HTML cannot hold is written as the replacement character.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\n' | '\t' => out.push(c),
            _ if c.is_control() || (u32::from(c) & 0xfffe) == 0xfffe || ('\u{fdd0}'..='\u{fdef}').contains(&c) => {
                out.push('\u{fffd}')
            }
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests;
