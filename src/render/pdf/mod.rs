//! The PDF: own layout over printpdf's low-level operations, then a pass with lopdf for what printpdf lacks. The same input gives the
//! same bytes: no clock, no randomness, no font of the host.

mod blocks;
mod differs;
mod finish;
mod furniture;
mod mark;
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
use crate::document::theme::Theme;
use crate::typeface::{FontError, Fonts, Shaped};
pub use differs::first_page_that_differs;
use slab::{Area, Page};
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
pub(crate) struct Setting<'s, 'f> {
    fonts: &'s Fonts<'f>,
    theme: &'s Theme,
    charts: &'s BTreeMap<String, Chart>,
    pictures: &'s dyn Fn(&Chart, f64, f64) -> Picture,
    area: Area,
    missing: RefCell<BTreeMap<char, String>>,
}

impl Setting<'_, '_> {
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
    let mut writer = write::Writer::new(fonts, theme.paper.size());
    let written = pages.iter().map(|page| writer.page(page)).collect();
    let bytes = finish::finish(document, theme, fonts, meta, &pages, written, &writer.subsets)?;
    Ok(Pdf { bytes, pages: pages.len(), missing_glyphs })
}

/// Pages with everything that stands on them, and the characters that no font has.
fn lay_out(
    document: &Document,
    theme: &Theme,
    fonts: &Fonts,
    pictures: &dyn Fn(&Chart, f64, f64) -> Picture,
) -> (Vec<Page>, BTreeMap<char, String>) {
    let setting = Setting {
        fonts,
        theme,
        charts: &document.charts,
        pictures,
        area: area(theme),
        missing: RefCell::new(BTreeMap::new()),
    };
    let items = blocks::blocks(&setting, &document.blocks, setting.area.width);
    let mut pages = slab::paginate(items, setting.area);
    furniture::furnish(&setting, document, &mut pages);
    (pages, setting.missing.into_inner())
}

/// Where content may stand: the paper without its margins, which are never so small that header and footer have no room.
fn area(theme: &Theme) -> Area {
    let (width, height) = theme.paper.size();
    let [top, right, bottom, left] = theme.margins;
    let (top, bottom) = (top.clamp(48.0, height * 0.3), bottom.clamp(40.0, height * 0.3));
    let (left, right) = (left.clamp(18.0, width * 0.3), right.clamp(18.0, width * 0.3));
    Area { left, top, width: width - left - right, height: height - top - bottom }
}

#[cfg(test)]
mod file_tests;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
