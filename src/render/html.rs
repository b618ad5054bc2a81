//! HTML: a document as one self-contained file that reads well in a browser, on a phone, in the dark and on paper. No scripts, nothing loaded.

mod blocks;
mod colours;
mod contents;
mod style;
mod svg;
mod table;
mod text;
mod widths;

use crate::chart::{Chart, Picture};
use crate::document::direction::{self, Direction};
use crate::document::{Document, theme::Theme};
use std::fmt::Write;

/// Draws a chart at a width and height in points.
pub type Pictures<'a> = dyn Fn(&Chart, f64, f64) -> Picture + 'a;

/// The place of the content as a whole: where the first link leads.
const CONTENT: &str = "content";

/// Renders a document. The same document, theme and pictures give the same bytes.
pub fn html(document: &Document, theme: &Theme, pictures: &Pictures) -> String {
    let [_, right, _, left] = theme.margins;
    let width = (theme.paper.turned(theme.orientation).0 - left - right).max(100.0);
    let mut page = blocks::Page::new(document, pictures, CONTENT);
    page.blocks(&document.blocks, width);
    let (body, inks, headings) = page.finish();
    let base = direction::of_language(&document.language);
    let say = |text: &str| text::short(text, base);
    let skip = document.words.word("page.skip");
    let contents = headings.html(&document.title);
    let listed = if contents.is_empty() { "" } else { " class=\"listed\"" };

    let mut out = String::with_capacity(body.len() + 16_384);
    let lang = escaped(&document.language);
    let way = if base == Direction::Right { " dir=\"rtl\"" } else { "" };
    put(&mut out, format_args!("<!DOCTYPE html>\n<html lang=\"{lang}\"{way}>\n<head>\n<meta charset=\"utf-8\">\n"));
    let logo = theme.logo.as_ref().and_then(|logo| Some((logo.raster.as_ref()?, logo.size()?)));
    out.push_str(&HEAD.replace("IMAGES", if logo.is_some() { "img-src data:; " } else { "" }));
    put(
        &mut out,
        format_args!(
            "<title>{}</title>\n<style>\n{}</style>\n</head>\n<body{listed}>\n",
            escaped(&document.title),
            style::style(document, theme, &inks)
        ),
    );
    put(&mut out, format_args!("<a class=\"skip\" href=\"#{CONTENT}\">{}</a>\n", escaped(&skip)));
    out.push_str("<header class=\"running\">\n");
    if !document.banner.is_empty() {
        put(&mut out, format_args!("<p class=\"banner\">{}</p>\n", say(&document.banner)));
    }
    if !document.header_left.is_empty() || !document.header_right.is_empty() {
        let (first, last) = (say(&document.header_left), say(&document.header_right));
        put(&mut out, format_args!("<p class=\"ends\"><span>{first}</span> <span>{last}</span></p>\n"));
    }
    put(&mut out, format_args!("</header>\n<div class=\"page\">\n{contents}<main id=\"{CONTENT}\">\n"));
    if let Some((raster, (width, height))) = logo {
        // It says nothing that the words beside it do not say: readers of screens pass over it.
        let (uri, at) = (&raster.uri, format!("width:{:.2}rem;height:{:.2}rem", width / REM, height / REM));
        put(&mut out, format_args!("<img class=\"logo\" src=\"{uri}\" alt=\"\" style=\"{at}\">\n"));
    }
    put(&mut out, format_args!("{body}</main>\n</div>\n"));
    out.push_str("<footer class=\"running\">");
    if !document.footer_left.is_empty() {
        put(&mut out, format_args!("<p>{}</p>", say(&document.footer_left)));
    }
    out.push_str("</footer>\n</body>\n</html>\n");
    out
}

/// What the file cannot do by itself, nothing in it can: no scripts, no requests, no forms; and who follows a link out of
/// it does not say where from.
const HEAD: &str = "\
<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">
<meta name=\"color-scheme\" content=\"light dark\">
<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; IMAGESstyle-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">
<meta name=\"referrer\" content=\"no-referrer\">
";

/// Points of the page that a browser's `rem` stands for: the text of the theme beside that of a browser.
const REM: f64 = 10.0;

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
