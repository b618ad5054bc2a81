//! What stands on every page around the content: header, footer with page numbers, banner.

use super::Setting;
use super::mark::{Mark, hairline};
use super::pages::{Page, numbers};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich, tint};
use super::slab::{Item, Slab};
use crate::document::Document;
use crate::document::theme::{Logo, Orientation};

/// What stands on every page of one orientation.
struct Lines {
    left: Paragraph,
    right: Paragraph,
    foot: Paragraph,
    banner: Paragraph,
}

/// Adds header, footer and banner to every page.
pub(super) fn furnish(setting: &Setting, document: &Document, pages: &mut [Page]) {
    let theme = setting.theme;
    let ink = Ink::new(theme.text_size * 0.78, theme.quiet);
    let banner_ink = Ink::new(theme.text_size * 1.05, theme.bad).bold();
    let lines = |orientation| {
        let width = setting.sheets.of(orientation).area.width;
        Lines {
            left: fit(setting, &document.header_left, &ink, width * 0.56),
            right: fit(setting, &document.header_right, &ink, width * 0.4),
            foot: fit(setting, &document.footer_left, &ink, width * 0.82),
            banner: fit(setting, &document.banner, &banner_ink, width - 20.0),
        }
    };
    let (portrait, landscape) = (lines(Orientation::Portrait), lines(Orientation::Landscape));
    let numbers = numbers(pages.iter().map(|page| page.appendix));
    for (at, (page, (number, count))) in pages.iter_mut().zip(numbers).enumerate() {
        let mut marks = Vec::new();
        let (area, paper) = (page.sheet.area, page.sheet.size);
        let Lines { left, right, foot, banner } = if paper.0 > paper.1 { &landscape } else { &portrait };
        if !document.banner.is_empty() {
            let height = theme.text_size * 2.0;
            let top = (area.top * 0.42 - height).max(6.0);
            marks.push(Mark::Rect { x: area.left, y: top, width: area.width, height, fill: tint(theme.bad, 0.12) });
            marks.push(Mark::Rect { x: area.left, y: top, width: 2.2, height, fill: theme.bad });
            let y = top + (height - banner.leading) / 2.0;
            line(setting, banner, (area.left, y), area.width, Align::Middle, &mut marks);
        }
        if at > 0 && !(document.header_left.is_empty() && document.header_right.is_empty()) {
            let y = area.top * 0.5;
            line(setting, left, (area.left, y), area.width, Align::Start, &mut marks);
            line(setting, right, (area.left, y), area.width, Align::Right, &mut marks);
            marks.push(hairline(area.left, y + left.leading + 1.5, area.width, 0.4, theme.rule));
        }
        let text = page_of(document, &number, &count);
        let bottom = paper.1 - area.top - area.height;
        let y = paper.1 - bottom * 0.58;
        marks.push(hairline(area.left, y - 4.5, area.width, 0.4, theme.rule));
        line(setting, foot, (area.left, y), area.width, Align::Start, &mut marks);
        let pages = Paragraph::new(setting, Rich::plain(&text, &ink), 1.4);
        line(setting, &pages, (area.left, y), area.width, Align::Right, &mut marks);
        page.marks.append(&mut marks);
    }
}

/// Puts the logo at the head of the report: opposite to where the title begins, in its line if both have room there, else above.
pub(super) fn logo(setting: &Setting, items: &mut Vec<Item>) {
    let Some((width, height)) = setting.theme.logo.as_ref().and_then(Logo::size) else { return };
    let all = setting.area.width;
    let (width, height) = (width.min(all), height * (all / width).min(1.0));
    let x = if setting.rtl { 0.0 } else { all - width };
    let Some(Item::Slab(first)) = items.first_mut() else {
        let mut slab = Slab::new(height);
        slab.marks.push(Mark::Logo { x, y: 0.0, width, height });
        items.insert(0, Item::Slab(slab));
        return;
    };
    let next = matches!(&first.marks[..], marks if marks.iter().any(|mark| matches!(mark, Mark::Outline { .. })));
    let free =
        first.marks.iter().filter_map(Mark::bounds).all(|[left, _, right, _]| {
            if setting.rtl { left >= width + BESIDE_LOGO } else { right <= x - BESIDE_LOGO }
        });
    if next && free {
        let y = ((first.height - height) / 2.0).max(-OVER_LOGO);
        // What is higher than the line of the title pushes down what follows.
        first.height = first.height.max(y + height);
        first.marks.push(Mark::Logo { x, y, width, height });
    } else {
        first.shift(0.0, height + BESIDE_LOGO);
        first.height += height + BESIDE_LOGO;
        first.marks.push(Mark::Logo { x, y: 0.0, width, height });
    }
}

/// Points between the logo and what stands beside or below it.
const BESIDE_LOGO: f64 = 12.0;

/// How far it may reach into the margin above it, in points.
const OVER_LOGO: f64 = 6.0;

fn page_of(document: &Document, page: &str, count: &str) -> String {
    document.words.say("page.of", &[("page", page), ("pages", count)])
}

fn line(setting: &Setting, text: &Paragraph, at: (f64, f64), width: f64, align: Align, marks: &mut Vec<Mark>) {
    for line in text.lines(setting, f64::INFINITY).iter().take(1) {
        text.draw(setting, line, at, width, align, marks);
    }
}

/// One line that is not wider than its room: in smaller type if that is enough, else cut with `…` behind a word, because these words
/// stand in the report as well.
fn fit(setting: &Setting, text: &str, ink: &Ink, width: f64) -> Paragraph {
    let text = text.replace(['\n', '\u{2028}', '\u{2029}'], " ");
    let mut smallest = ink.clone();
    for scale in [1.0, 0.94, 0.88] {
        smallest.size = ink.size * scale;
        let whole = Paragraph::new(setting, Rich::plain(&text, &smallest), 1.4);
        if whole.natural <= width {
            return whole;
        }
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).take(400).collect();
    let cut = |count: usize| {
        let end = ends.get(count).copied().unwrap_or(0);
        let text = format!("{}…", text.get(..end).unwrap_or_default().trim_end());
        Paragraph::new(setting, Rich::plain(&text, &smallest), 1.4)
    };
    let (mut low, mut high) = (0, ends.len());
    while low + 1 < high {
        let middle = (low + high) / 2;
        if cut(middle).natural <= width { low = middle } else { high = middle }
    }
    let kept = text.get(..ends.get(low).copied().unwrap_or(0)).unwrap_or_default();
    // One long word is cut where the room ends.
    let words = kept.char_indices().filter(|(_, c)| c.is_whitespace()).map(|(at, _)| at).next_back();
    let end = words.filter(|at| at * 2 > kept.len()).and_then(|at| ends.iter().position(|end| *end == at));
    cut(end.unwrap_or(low))
}
