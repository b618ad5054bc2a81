//! The PDF: own layout over printpdf's low-level operations, then a pass with lopdf for what printpdf lacks. The same input gives the
//! same bytes: no clock, no randomness, no font of the host.

mod blocks;
mod contents;
mod decimal;
mod finish;
mod furniture;
mod lines;
mod mark;
mod nested;
mod pages;
mod paragraph;
mod picture;
mod rich;
mod slab;
mod table;
mod tiles;
mod widths;
mod write;

use crate::calendar::Millis;
use crate::chart::{Chart, Picture};
use crate::document::Document;
use crate::document::theme::{Orientation, Theme};
use crate::typeface::{FontError, Fonts, Shaped, flow};
use pages::{Area, Page, Sheet, Sheets};
use paragraph::Align;
use std::cell::RefCell;
use std::collections::BTreeMap;

/// What is written into the file beside the report.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfMeta {
    /// When the edition was issued: the file's only date.
    pub created: Millis,
    /// The edition, in words or as its id: the file's subject.
    pub edition: String,
    /// Who issues it.
    pub author: String,
}

/// A set report.
#[derive(Clone, Debug, PartialEq)]
pub struct Pdf {
    /// The file.
    pub bytes: Vec<u8>,
    /// How many pages.
    pub pages: usize,
    /// Characters that no font has, each with (the beginning of) a text that it stands in. They are drawn as boxes with their
    /// number, and found by a search.
    pub missing_glyphs: BTreeMap<char, String>,
}

/// What keeps a report from being set.
#[derive(Debug, thiserror::Error)]
#[allow(missing_docs)]
pub enum PdfError {
    #[error(transparent)]
    Font(#[from] FontError),
    #[error("the PDF cannot be written: {0}")]
    Write(String),
}

/// What every part of the layout needs to know.
#[derive(Clone, Copy)]
pub(crate) struct Setting<'s, 'f> {
    fonts: &'s Fonts<'f>,
    theme: &'s Theme,
    charts: &'s BTreeMap<String, Chart>,
    pictures: &'s dyn Fn(&Chart, f64, f64) -> Picture,
    sheets: Sheets,
    /// Where content may stand on the pages that are set now.
    area: Area,
    /// Whether the report's language writes the decimal sign as a comma.
    comma: bool,
    /// Whether the report's language runs from right to left.
    rtl: bool,
    /// How paragraphs are aligned: inside what is a table in effect, a name of another direction stays on its side.
    align: Align,
    /// How many lists this stands in.
    depth: usize,
    missing: &'s RefCell<BTreeMap<char, String>>,
}

impl Setting<'_, '_> {
    /// For pages of an orientation.
    fn on(&self, orientation: Orientation) -> Self {
        Setting { area: self.sheets.of(orientation).area, ..*self }
    }

    fn note_missing(&self, shaped: &Shaped, text: &str) {
        for character in &shaped.missing {
            let mut missing = self.missing.borrow_mut();
            missing.entry(*character).or_insert_with(|| text.chars().take(80).collect());
        }
    }
}

/// Sets a document. `pictures` draws a chart into a width and height in points.
pub fn pdf(
    document: &Document,
    theme: &Theme,
    fonts: &Fonts,
    pictures: &dyn Fn(&Chart, f64, f64) -> Picture,
    meta: &PdfMeta,
) -> Result<Pdf, PdfError> {
    let (pages, missing_glyphs) = lay_out(document, theme, fonts, pictures);
    let mut writer = write::Writer::new(fonts);
    let written = pages.iter().map(|page| writer.page(page)).collect();
    let bytes = finish::finish(document, fonts, meta, &pages, written, &writer.subsets)?;
    Ok(Pdf { bytes, pages: pages.len(), missing_glyphs })
}

/// Pages with everything that stands on them, and the characters that no font has.
fn lay_out(
    document: &Document,
    theme: &Theme,
    fonts: &Fonts,
    pictures: &dyn Fn(&Chart, f64, f64) -> Picture,
) -> (Vec<Page>, BTreeMap<char, String>) {
    let missing = RefCell::new(BTreeMap::new());
    let setting = setting_of(document, theme, fonts, &document.charts, pictures, &missing);
    let sheets = setting.sheets;
    let items = blocks::report(&setting, &document.blocks);
    let items = contents::resolve(&setting, items);
    let plan = pages::plan(&items, &sheets);
    let mut pages = pages::fill(items, plan, &sheets);
    furniture::furnish(&setting, document, &mut pages);
    (pages, missing.into_inner())
}

fn setting_of<'s, 'f>(
    document: &Document,
    theme: &'s Theme,
    fonts: &'s Fonts<'f>,
    charts: &'s BTreeMap<String, Chart>,
    pictures: &'s dyn Fn(&Chart, f64, f64) -> Picture,
    missing: &'s RefCell<BTreeMap<char, String>>,
) -> Setting<'s, 'f> {
    let sheets = sheets(theme);
    Setting {
        fonts,
        theme,
        charts,
        pictures,
        sheets,
        area: sheets.of(sheets.usual).area,
        comma: document.words.numbers().decimal == ',',
        rtl: flow::rtl_language(&document.language),
        align: Align::Start,
        depth: 0,
        missing,
    }
}

/// The paper, upright and turned, with where content may stand: without the margins, which are never so small that header and
/// footer have no room.
fn sheets(theme: &Theme) -> Sheets {
    let sheet = |orientation: Orientation| {
        let (width, height) = theme.paper.turned(orientation);
        let [top, right, bottom, left] = theme.margins;
        let (top, bottom) = (top.clamp(48.0, height * 0.3), bottom.clamp(40.0, height * 0.3));
        let (left, right) = (left.clamp(18.0, width * 0.3), right.clamp(18.0, width * 0.3));
        let area = Area { left, top, width: width - left - right, height: height - top - bottom };
        Sheet { size: (width, height), area }
    };
    Sheets {
        usual: theme.orientation,
        portrait: sheet(Orientation::Portrait),
        landscape: sheet(Orientation::Landscape),
    }
}

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod lines_tests;
#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
