//! What stands on every page around the content: header, footer with page numbers, banner.

use super::Setting;
use super::mark::{Mark, hairline};
use super::pages::{Page, numbers};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich, tint};
use crate::document::Document;
use crate::document::theme::Orientation;

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

fn page_of(document: &Document, page: &str, count: &str) -> String {
    document.words.say("page.of", &[("page", page), ("pages", count)])
}

fn line(setting: &Setting, text: &Paragraph, at: (f64, f64), width: f64, align: Align, marks: &mut Vec<Mark>) {
    for line in text.lines(setting, f64::INFINITY).iter().take(1) {
        text.draw(setting, line, at, width, align, marks);
    }
}

/// One line that is not wider than its room: these words stand in the report as well, so they may be cut with `…` here.
fn fit(setting: &Setting, text: &str, ink: &Ink, width: f64) -> Paragraph {
    let text = text.replace(['\n', '\u{2028}', '\u{2029}'], " ");
    let whole = Paragraph::new(setting, Rich::plain(&text, ink), 1.4);
    if whole.natural <= width {
        return whole;
    }
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).take(400).collect();
    let cut = |count: usize| {
        let end = ends.get(count).copied().unwrap_or(0);
        let text = format!("{}…", text.get(..end).unwrap_or_default().trim_end());
        Paragraph::new(setting, Rich::plain(&text, ink), 1.4)
    };
    let (mut low, mut high) = (0, ends.len());
    while low + 1 < high {
        let middle = (low + high) / 2;
        if cut(middle).natural <= width { low = middle } else { high = middle }
    }
    cut(low)
}
