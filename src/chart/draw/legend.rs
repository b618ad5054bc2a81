//! Legend: the unit, then a sign and a name for each series, wrapped over the width.

use super::sheet::Sheet;
use super::{Anchor, Colour, scale};

/// A sign of the legend.
#[derive(Clone, Copy, PartialEq)]
pub enum Sign {
    /// A filled square.
    Square(Colour),
    /// A piece of line, dashed or not.
    Line(Colour, Option<(f64, f64)>),
    /// A ring around a point.
    Ring(Colour),
    /// Hatching.
    Hatch,
    /// A line with a gap in it.
    Gap(Colour),
}

/// Draws the legend. Gives the height used.
pub fn legend(sheet: &Sheet, unit: &str, signs: &[(Sign, String)]) -> f64 {
    if unit.is_empty() && signs.is_empty() { 4.0 } else { lines(sheet, unit, signs).1 + 8.0 }
}

/// Draws the legend. Gives where its last line ends, and the baseline of that line.
pub fn lines(sheet: &Sheet, unit: &str, signs: &[(Sign, String)]) -> (f64, f64) {
    let look = sheet.look;
    let (mut x, mut y) = (0.0, 7.0);
    if !unit.is_empty() {
        let unit = scale::cut(unit, look.tick().size, false, sheet.width * 0.5, look);
        sheet.text(&unit, (0.0, y), Anchor::Start, look.tick());
        x = look.text.width(&unit, look.tick().size, false) + 14.0;
    }
    for (sign, name) in signs {
        let sign_width = if matches!(sign, Sign::Line(..) | Sign::Gap(_)) { 14.0 } else { 7.0 };
        let name = scale::cut(name, look.tick().size, false, sheet.width - sign_width - 6.0, look);
        let width = sign_width + 4.0 + look.text.width(&name, look.tick().size, false);
        if x > 0.0 && x + width > sheet.width {
            (x, y) = (0.0, y + 11.0);
        }
        // A legend never takes the room of what it explains.
        if y > sheet.height * 0.45 && y > 7.0 {
            sheet.text("…", (0.0, y), Anchor::Start, look.tick());
            break;
        }
        draw(*sign, (x, y), sheet);
        sheet.text(&name, (x + sign_width + 4.0, y), Anchor::Start, look.tick());
        x += width + 12.0;
    }
    (x, y)
}

fn draw(sign: Sign, (x, y): (f64, f64), sheet: &Sheet) {
    match sign {
        Sign::Square(colour) => sheet.rectangle([x, y - 6.2, x + 7.0, y + 0.6], colour),
        Sign::Hatch => sheet.hatch([x, y - 6.2, x + 7.0, y + 0.6]),
        Sign::Ring(colour) => sheet.ring((x + 3.5, y - 2.6), colour),
        Sign::Gap(colour) => {
            for from in [0.0, 9.0] {
                sheet.line(&[(x + from, y - 2.6), (x + from + 5.0, y - 2.6)], 1.5, colour);
            }
        }
        Sign::Line(colour, None) => sheet.line(&[(x, y - 2.6), (x + 14.0, y - 2.6)], 1.5, colour),
        Sign::Line(colour, Some((on, off))) => {
            let mut piece = 0.0;
            while piece < 13.0 {
                sheet.line(&[(x + piece, y - 2.6), (x + (piece + on).min(14.0), y - 2.6)], 1.5, colour);
                piece += on + off;
            }
        }
    }
}
