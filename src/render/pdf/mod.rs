//! The PDF: own layout, fonts embedded by printpdf, and everything else written directly: PDF/A-3a and PDF/UA-1 with the evidence
//! attached, or PDF/A-3b without structure for what is very long. The same input gives the same bytes: no clock, no randomness, no
//! font of the host.

mod archive;
mod blocks;
mod cells;
mod content;
mod contents;
mod decimal;
mod differs;
mod file;
mod finish;
mod fonts;
mod furniture;
mod groups;
mod icc;
mod lines;
mod mark;
mod nested;
mod outline;
mod pages;
mod paragraph;
mod picture;
mod rich;
mod slab;
mod spell;
mod structure;
mod table;
mod tiles;
mod tree;
mod widths;
mod write;

use crate::calendar::Millis;
use crate::chart::{Chart, Picture};
use crate::document::direction::{self, Direction};
use crate::document::theme::{Orientation, Theme};
use crate::document::{Block, Document};
use crate::typeface::{FontError, Fonts, Shaped};
pub use differs::first_page_that_differs;
use pages::{Area, Page, Sheet, Sheets};
use paragraph::Align;
use std::cell::RefCell;
use std::collections::BTreeMap;
use tree::{Detail, Role, Tag, Tree};

/// What is written into the file beside the report.
#[derive(Clone, Debug, PartialEq)]
pub struct PdfMeta<'a> {
    /// When the edition was issued: the file's only date.
    pub created: Millis,
    /// The edition, in words or as its id: the file's subject.
    pub edition: String,
    /// Who issues it.
    pub author: String,
    /// Whether it has a structure.
    pub standard: Standard,
    /// Files in the file.
    pub attachments: &'a [Attachment<'a>],
}

/// Which standards a file conforms to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standard {
    /// PDF/A-3a and PDF/UA-1: for the archive, and for every reader.
    #[default]
    Accessible,
    /// PDF/A-3b: for the archive, without the structure that a screen reader walks through.
    Archival,
}

/// Cells of tables above which a report is set without structure: about 50 000 rows of seven columns, 2 600 pages. Measured: up to
/// there time and memory grow in step with the rows (10 000 rows: 128 MB), and beyond it the structure alone would take a machine
/// of 1 GB.
pub const TAGGED_CELLS: usize = 350_000;

/// Which standard a report is set in by itself: the accessible one, unless it is so long that no one reads it from end to end, and
/// its structure would take more memory than the machine that sends reports may have.
pub fn standard(document: &Document) -> Standard {
    if cells(&document.blocks) > TAGGED_CELLS { Standard::Archival } else { Standard::Accessible }
}

fn cells(blocks: &[Block]) -> usize {
    let of = |block: &Block| match block {
        Block::Table(table) => [&table.head, &table.body, &table.foot].into_iter().flatten().map(Vec::len).sum(),
        Block::List { items, .. } => items.iter().map(|item| cells(item)).sum(),
        Block::Note { blocks, .. } | Block::Keep(blocks) | Block::Turned { blocks, .. } => cells(blocks),
        Block::Facts(facts) => facts.iter().map(|(_, blocks)| cells(blocks)).sum(),
        Block::Columns(columns) => columns.iter().map(|(_, blocks)| cells(blocks)).sum(),
        _ => 0,
    };
    blocks.iter().map(of).sum()
}

/// A file inside of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Attachment<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its media type, without parameters: `text/csv`.
    pub media_type: &'a str,
    /// What it is, in words.
    pub words: &'a str,
    /// How the report comes from it.
    pub relation: Relation,
    /// Its content.
    pub bytes: &'a [u8],
}

/// What an attachment is to the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    /// The data that the report shows parts of.
    Data,
    /// What the report was made from.
    Source,
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
    tree: &'s RefCell<Tree>,
}

impl Setting<'_, '_> {
    /// A new element of the structure, the last one in the open one.
    fn tag(&self, role: Role) -> Tag {
        self.tree.borrow_mut().add(role)
    }

    fn child(&self, parent: Tag, role: Role) -> Tag {
        self.tree.borrow_mut().child(parent, role)
    }

    fn say(&self, tag: Tag, text: &str) {
        self.tree.borrow_mut().say(tag, text);
    }

    fn detail(&self, tag: Tag, detail: Detail) {
        self.tree.borrow_mut().detail(tag, detail);
    }

    /// An element, or the one that holds it: whichever has the role.
    fn holder_of(&self, tag: Tag, role: Role) -> Tag {
        self.tree.borrow().holder_of(tag, role)
    }

    /// What is laid out inside stands in a new element.
    fn within<T>(&self, role: Role, inside: impl FnOnce() -> T) -> T {
        self.inside(self.tag(role), inside)
    }

    /// What is laid out inside stands in this element.
    fn inside<T>(&self, tag: Tag, inside: impl FnOnce() -> T) -> T {
        let before = self.tree.borrow_mut().open(tag);
        let made = inside();
        self.tree.borrow_mut().open(before);
        made
    }

    /// For pages of an orientation.
    fn on(&self, orientation: Orientation) -> Self {
        Setting { area: self.sheets.of(orientation).area, ..*self }
    }

    /// Whether a text of this report runs from right to left.
    fn runs_rtl(&self, text: &str) -> bool {
        let base = if self.rtl { Direction::Right } else { Direction::Left };
        direction::of(text, base) == Direction::Right
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
    let tree = match meta.standard {
        Standard::Accessible => Tree::new(),
        Standard::Archival => Tree::off(),
    };
    let (pages, missing_glyphs, tree) = lay_out(document, theme, fonts, pictures, tree);
    let tree = (meta.standard == Standard::Accessible).then_some(&tree);
    let raster = theme.logo.as_ref().and_then(|logo| logo.raster.as_ref());
    let bytes = finish::finish(document, raster, fonts, meta, &pages, tree)?;
    Ok(Pdf { bytes, pages: pages.len(), missing_glyphs })
}

/// Pages with everything that stands on them, the characters that no font has, and the structure.
fn lay_out(
    document: &Document,
    theme: &Theme,
    fonts: &Fonts,
    pictures: &dyn Fn(&Chart, f64, f64) -> Picture,
    tree: Tree,
) -> (Vec<Page>, BTreeMap<char, String>, Tree) {
    let missing = RefCell::new(BTreeMap::new());
    let tree = RefCell::new(tree);
    let setting = setting_of(document, theme, fonts, &document.charts, pictures, &missing, &tree);
    let sheets = setting.sheets;
    let mut items = blocks::report(&setting, &document.blocks);
    furniture::logo(&setting, &mut items);
    let items = contents::resolve(&setting, items);
    let plan = pages::plan_closely(&items, &sheets);
    let mut pages = pages::fill(items, plan, &sheets);
    furniture::furnish(&setting, document, &mut pages);
    (pages, missing.into_inner(), tree.into_inner())
}

fn setting_of<'s, 'f>(
    document: &Document,
    theme: &'s Theme,
    fonts: &'s Fonts<'f>,
    charts: &'s BTreeMap<String, Chart>,
    pictures: &'s dyn Fn(&Chart, f64, f64) -> Picture,
    missing: &'s RefCell<BTreeMap<char, String>>,
    tree: &'s RefCell<Tree>,
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
        rtl: direction::of_language(&document.language) == Direction::Right,
        align: Align::Start,
        depth: 0,
        missing,
        tree,
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
mod logo_tests;
#[cfg(test)]
mod pages_tests;
#[cfg(test)]
mod read_back;
#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod together_tests;
