//! SVG: a picture's shapes inline in HTML.

use super::colours::{Inks, ink, ink_on};
use super::{escaped, put};
use crate::chart::{Anchor, Colour, Picture, Shape};

/// Writes a picture as an inline SVG that says `alt` to who cannot see it.
pub fn svg(picture: &Picture, alt: &str, kind: &str, inks: &mut Inks, out: &mut String) {
    let (width, height) = (number(picture.width), number(picture.height));
    let alt = escaped(alt);
    let role =
        if alt.is_empty() { "aria-hidden=\"true\"".to_string() } else { format!("role=\"img\" aria-label=\"{alt}\"") };
    put(
        out,
        format_args!(
            "<svg class=\"{kind}\" viewBox=\"0 0 {width} {height}\" width=\"{width}pt\" height=\"{height}pt\" {role}>"
        ),
    );
    for (at, one) in picture.shapes.iter().enumerate() {
        shape(one, picture.shapes.get(..at).unwrap_or_default(), inks, out);
    }
    out.push_str("</svg>\n");
}

/// A shape; `before` was drawn before it.
fn shape(shape: &Shape, before: &[Shape], inks: &mut Inks, out: &mut String) {
    match shape {
        Shape::Area { points, fill } => match rectangle(points) {
            Some([x, y, w, h]) => {
                let [x, y, w, h] = [x, y, w, h].map(number);
                put(
                    out,
                    format_args!(
                        "<rect class=\"{}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"{h}\"/>",
                        ink(*fill, inks)
                    ),
                );
            }
            None => put(out, format_args!("<path class=\"{}\" d=\"{}Z\"/>", ink(*fill, inks), path(points))),
        },
        Shape::Line { points, width, colour, dash } => {
            let dash =
                dash.map_or(String::new(), |(on, off)| format!(" stroke-dasharray=\"{} {}\"", number(on), number(off)));
            let (class, width) = (ink(*colour, inks), number(*width));
            put(out, format_args!("<path class=\"l {class}\" stroke-width=\"{width}\"{dash} d=\"{}\"/>", path(points)));
        }
        Shape::Dot { centre: (x, y), radius, fill } => {
            let [x, y, r] = [*x, *y, *radius].map(number);
            put(out, format_args!("<circle class=\"{}\" cx=\"{x}\" cy=\"{y}\" r=\"{r}\"/>", ink(*fill, inks)));
        }
        Shape::Text { at, size, bold, colour, anchor, text } => {
            let class = match under(before, *at, *anchor, *size, text) {
                Some(area) => ink_on(*colour, area, inks),
                None => ink(*colour, inks),
            };
            let held = match anchor {
                Anchor::Start => "",
                Anchor::Middle => " text-anchor=\"middle\"",
                Anchor::End => " text-anchor=\"end\"",
            };
            let bold = if *bold { " font-weight=\"600\"" } else { "" };
            let [x, y, size] = [at.0, at.1, *size].map(number);
            put(
                out,
                format_args!(
                    "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\"{held}{bold}>{}</text>",
                    escaped(text)
                ),
            );
        }
    }
}

/// The colour of the last area below the middle of a text; `None`: the page. The width of the text is estimated.
fn under(before: &[Shape], at: (f64, f64), anchor: Anchor, size: f64, text: &str) -> Option<Colour> {
    let half = text.chars().count() as f64 * size * 0.27;
    let x = match anchor {
        Anchor::Start => at.0 + half,
        Anchor::Middle => at.0,
        Anchor::End => at.0 - half,
    };
    let middle = (x, at.1 - size * 0.35);
    before.iter().rev().find_map(|shape| match shape {
        Shape::Area { points, fill } if inside(points, middle) => Some(*fill),
        _ => None,
    })
}

/// Whether a point lies inside a polygon: a ray to the right crosses its edge an odd number of times.
fn inside(points: &[(f64, f64)], (x, y): (f64, f64)) -> bool {
    let ends = points.iter().skip(1).chain(points.first());
    points
        .iter()
        .zip(ends)
        .filter(|(a, b)| (a.1 > y) != (b.1 > y) && x < (b.0 - a.0) * (y - a.1) / (b.1 - a.1) + a.0)
        .count()
        % 2
        == 1
}

/// Left, top, width and height, if the four points are a rectangle.
fn rectangle(points: &[(f64, f64)]) -> Option<[f64; 4]> {
    match points {
        [a, b, c, d] if a.1 == b.1 && b.0 == c.0 && c.1 == d.1 && d.0 == a.0 => {
            Some([a.0.min(c.0), a.1.min(c.1), (c.0 - a.0).abs(), (c.1 - a.1).abs()])
        }
        _ => None,
    }
}

fn path(points: &[(f64, f64)]) -> String {
    let mut out = String::new();
    for (place, (x, y)) in points.iter().enumerate() {
        let letter = match place {
            0 => "M",
            1 => "L",
            _ => " ",
        };
        put(&mut out, format_args!("{letter}{} {}", number(*x), number(*y)));
    }
    out
}

/// Two digits after the point, no zeros at the end.
fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_string() } else { text.to_string() }
}
