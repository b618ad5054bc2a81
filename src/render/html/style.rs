//! The style sheet: from the theme, for screens, the dark, narrow screens and paper.

use super::colours::{Inks, dark, hex, tint};
use super::put;
use crate::chart::Colour;
use crate::document::{
    Document,
    theme::{Orientation, Paper, TableStyle, Theme},
};

/// How it looks on screens: widths in `rem`, the few limits between narrow and wide ones at its end.
const SCREEN: &str = include_str!("screen.css");

/// What is otherwise on paper, in points.
const PAPER: &str = include_str!("paper.css");

/// The whole style sheet.
pub fn style(document: &Document, theme: &Theme, inks: &Inks) -> String {
    let mut out = String::from(":root{color-scheme:light dark;");
    variables(theme, |colour| colour, &mut out);
    out.push_str("}\n");
    out.push_str(SCREEN);
    for (class, (light, _)) in inks {
        put(&mut out, format_args!(".{class}{{--i:{}}}", hex(*light)));
    }
    out.push_str("\n@media screen and (prefers-color-scheme:dark){:root{");
    variables(theme, dark, &mut out);
    out.push('}');
    for (class, (_, dark)) in inks {
        put(&mut out, format_args!(".{class}{{--i:{}}}", hex(*dark)));
    }
    out.push_str("}\n");
    out.push_str(match theme.tables {
        TableStyle::Zebra => "tbody tr:nth-child(even){--row:var(--shade)}\n",
        TableStyle::Rules => "",
        TableStyle::Plain => "tbody :is(th,td){border-bottom:0}\n",
    });
    paper(document, theme, &mut out);
    out.push_str(PAPER);
    out
}

fn variables(theme: &Theme, shown: impl Fn(Colour) -> Colour, out: &mut String) {
    let plain = [
        ("page", Colour(255, 255, 255)),
        ("ink", theme.ink),
        ("quiet", theme.quiet),
        ("accent", theme.accent),
        ("rule", theme.rule),
        ("shade", theme.shade),
        ("good", theme.good),
        ("warn", theme.warn),
        ("bad", theme.bad),
        ("good-tint", tint(theme.good, 0.9)),
        ("warn-tint", tint(theme.warn, 0.88)),
        ("bad-tint", tint(theme.bad, 0.91)),
    ];
    for (name, colour) in plain {
        put(out, format_args!("--{name}:{};", hex(shown(colour))));
    }
}

/// The page of a printer: size, margins, and what runs at its edges.
fn paper(document: &Document, theme: &Theme, out: &mut String) {
    let [top, right, bottom, left] = theme.margins;
    let size = match theme.paper {
        Paper::A4 => "A4",
        Paper::Letter => "letter",
    };
    let stand = match theme.orientation {
        Orientation::Portrait => "portrait",
        Orientation::Landscape => "landscape",
    };
    let across = |orientation: Orientation| theme.paper.turned(orientation).0 - left - right;
    let (narrow, broad) = (across(Orientation::Portrait), across(Orientation::Landscape));
    put(out, format_args!(":root{{--across:{:.0}pt;--table:{}pt}}\n", across(theme.orientation), theme.table_size));
    put(out, format_args!(".portrait{{--across:{narrow:.0}pt}}.landscape{{--across:{broad:.0}pt}}\n"));
    put(out, format_args!("@page portrait{{size:{size} portrait}}@page landscape{{size:{size} landscape}}\n"));
    put(out, format_args!("@page{{size:{size} {stand};margin:{top}pt {right}pt {bottom}pt {left}pt;"));
    let edge = format!("font:7.5pt 'Noto Sans',system-ui,sans-serif;color:{};", hex(theme.quiet));
    for (place, text) in [
        ("top-left", &document.header_left),
        ("top-right", &document.header_right),
        ("bottom-left", &document.footer_left),
    ] {
        put(out, format_args!("@{place}{{{edge}content:{};}}", quoted(text)));
    }
    put(out, format_args!("@bottom-right{{{edge}content:counter(page) \" / \" counter(pages);}}"));
    if !document.banner.is_empty() {
        put(
            out,
            format_args!(
                "@top-center{{{edge}font-weight:700;color:{};content:{};}}",
                hex(theme.bad),
                quoted(&document.banner)
            ),
        );
    }
    out.push_str("}\n");
}

/// A string of CSS. Everything but letters and digits is written as its number, so that nothing ends the string or the style.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        if c.is_alphanumeric() || c == ' ' {
            out.push(c);
        } else {
            put(&mut out, format_args!("\\{:x} ", u32::from(c)));
        }
    }
    out.push('"');
    out
}
