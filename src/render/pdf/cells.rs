//! The cells of a table before their columns have widths: shaped, measured, and what each column wishes.

use super::Setting;
use super::blocks::plain;
use super::decimal::{self, Whole};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich};
use super::widths::Wish;
use crate::document::{Cell, Column, Inline, Tone};

pub(super) const LEADING: f64 = 1.34;

/// A cell ready to be set in any width.
pub(super) struct Set {
    pub paragraph: Paragraph,
    pub first: usize,
    pub span: usize,
    pub tone: Tone,
    pub align: Align,
    /// A number: where its whole part ends.
    pub number: Option<Whole>,
    /// The width of that part, if the column is aligned on it.
    pub point: Option<f64>,
    /// Stands at the foot of its row.
    pub sink: bool,
    /// Says which row it is.
    pub leads: bool,
}

/// A part of a table; a row of each.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Part {
    Head,
    Body,
    Foot,
}

/// Whether the first words of a row run from right to left.
pub(super) fn starts_rtl(setting: &Setting, row: &[Cell]) -> bool {
    let words = row.iter().map(|cell| plain(&cell.text)).find(|text| !text.trim().is_empty());
    words.is_some_and(|words| setting.runs_rtl(&words))
}

/// The columns that a row fills.
pub(super) fn slots(row: &[Cell]) -> usize {
    row.iter().map(|cell| usize::from(cell.span.max(1))).sum()
}

pub(super) fn prepare(
    setting: &Setting,
    row: &[Cell],
    columns: &[Column],
    size: f64,
    part: Part,
    rtl: bool,
) -> Vec<Set> {
    let theme = setting.theme;
    let ink = match part {
        Part::Head => Ink::new(size * 0.96, theme.quiet).bold(),
        Part::Body => Ink::new(size, theme.ink),
        Part::Foot => Ink::new(size, theme.ink).bold(),
    };
    let leading = if part == Part::Head { LEADING / 0.96 } else { LEADING };
    let mut first = 0;
    row.iter()
        .map(|cell| {
            let span = usize::from(cell.span.max(1));
            let number = span == 1 && columns.get(first).is_some_and(|column| column.number);
            let set = Set {
                paragraph: Paragraph::new(setting, Rich::of(&cell.text, &ink, setting), leading),
                first,
                span,
                tone: cell.tone,
                // A name of another direction stays on the side of its column.
                align: if number || rtl { Align::Right } else { Align::Left },
                number: if number && part != Part::Head { number_in(&cell.text) } else { None },
                point: None,
                sink: part == Part::Head,
                leads: part != Part::Head && first == 0 && !number && !plain(&cell.text).is_empty(),
            };
            first += span;
            set
        })
        .collect()
}

/// The number that a cell is, without the label of its figure.
fn number_in(text: &[Inline]) -> Option<Whole> {
    match text {
        [Inline::Text(text)] | [Inline::Text(text), Inline::Figure(_)] => decimal::whole(text),
        [Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner)]
        | [Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner), Inline::Figure(_)] => {
            number_in(inner)
        }
        _ => None,
    }
}

/// Finds the points of columns of numbers; gives what each column needs behind them.
pub(super) fn points(setting: &Setting, rows: &mut [Vec<Vec<Set>>; 3], columns: &[Column]) -> Vec<f64> {
    let mut after = vec![0.0; columns.len()];
    for (at, behind) in after.iter_mut().enumerate().filter(|(at, _)| columns.get(*at).is_some_and(|c| c.number)) {
        let numbers = || rows.iter().flatten().flatten().filter(|cell| cell.first == at).filter_map(|cell| cell.number);
        let comma = decimal::comma(numbers(), setting.comma);
        for cell in rows.iter_mut().flatten().flatten().filter(|cell| cell.first == at) {
            cell.point = cell.number.and_then(|number| cell.paragraph.width_to(number.of(comma)?));
            if let Some(before) = cell.point {
                *behind = f64::max(*behind, cell.paragraph.natural - before);
            }
        }
    }
    after
}

/// What each column wishes, without the space beside its text.
pub(super) fn wishes(rows: &[Vec<Vec<Set>>; 3], columns: &[Column], after: &[f64], size: f64) -> Vec<Wish> {
    let mut wishes: Vec<Wish> =
        columns.iter().map(|column| Wish { share: column.width, number: column.number, ..Wish::default() }).collect();
    let mut singles: Vec<Vec<f64>> = vec![Vec::new(); columns.len()];
    for (part, rows) in rows.iter().enumerate() {
        for cell in rows.iter().flatten().filter(|cell| cell.span == 1) {
            let Some(wish) = wishes.get_mut(cell.first) else { continue };
            let whole = cell.point.and_then(|before| Some(before + after.get(cell.first)?));
            let max = whole.unwrap_or(cell.paragraph.natural);
            // Numbers are never broken; words among them are, if they are long.
            let short = wish.number && part > 0 && max < size * 9.5;
            let min = if whole.is_some() || short { max } else { cell.paragraph.min_width(size * 11.0) };
            wish.min = wish.min.max(min);
            wish.max = wish.max.max(max);
            // The words of a head wrap rather than make their column wide at the cost of others.
            let usual = if part == 0 { min } else { max };
            if let Some(widths) = singles.get_mut(cell.first) {
                widths.push(usual);
            }
        }
    }
    for (wish, mut widths) in wishes.iter_mut().zip(singles) {
        widths.sort_by(f64::total_cmp);
        wish.usual = widths.get(widths.len() * 9 / 10).or(widths.last()).copied().unwrap_or(0.0);
        wish.floor = wish.min.min(size * if wish.number { 7.0 } else { 3.0 }).max(size * 1.2);
        wish.min = wish.min.max(size * 1.2);
        // A hair more than the text: sums of widths are rounded.
        wish.max = wish.max.max(size * 1.2) + 0.1;
        wish.usual = (wish.usual + 0.1).clamp(wish.min, wish.max.max(wish.min));
    }
    wishes
}
