//! Document: the composed report before any format: headings, paragraphs, tiles, tables, charts, notes. Every renderer prints this tree.

pub mod compose;
pub mod context;
pub mod direction;
mod marks;
pub mod markup;
pub mod theme;
pub mod workbook;

use crate::chart::Chart;
use crate::wording::Words;
use std::collections::BTreeMap;
use theme::Orientation;

/// A composed report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    /// Title, for metadata and the page header.
    pub title: String,
    /// BCP 47 language, `en`.
    pub language: String,
    /// Left of every page's header, e.g. organisation and report.
    pub header_left: String,
    /// Right of every page's header, e.g. the period.
    pub header_right: String,
    /// Left of every page's footer, e.g. edition and head of the log. `page x of y` is set at the right by the renderer.
    pub footer_left: String,
    /// Printed across the head of every page, e.g. `PREVIEW, NOT ISSUED`; empty for none.
    pub banner: String,
    /// The content, in order.
    pub blocks: Vec<Block>,
    /// Charts by the name that [`Block::Chart`] gives.
    pub charts: BTreeMap<String, Chart>,
    /// The fixed words that renderers add: `page.of`, `page.skip`, those of charts.
    pub words: Words,
}

/// A block of content.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading. It stays with what follows.
    Heading {
        /// 1 (report title) to 3.
        level: u8,
        /// Target of links; may be empty.
        id: String,
        /// The text.
        text: Vec<Inline>,
    },
    /// A paragraph.
    Paragraph {
        /// How it looks.
        style: ParagraphStyle,
        /// The text.
        text: Vec<Inline>,
    },
    /// A bulleted (or numbered) list.
    List {
        /// Numbered from 1.
        numbered: bool,
        /// Each item's blocks.
        items: Vec<Vec<Block>>,
    },
    /// A table.
    Table(Table),
    /// Key figures side by side.
    Tiles(Vec<Tile>),
    /// A chart, by its name in [`Document::charts`].
    Chart {
        /// Name.
        name: String,
        /// Caption above it; may be empty.
        caption: Vec<Inline>,
        /// Height in points; `None`: what suits its kind.
        height: Option<f64>,
    },
    /// Something set apart, with a coloured edge.
    Note {
        /// Its colour.
        tone: Tone,
        /// Its content.
        blocks: Vec<Block>,
    },
    /// Keys with their values, as a two-column list (never split between key and value).
    Facts(Vec<(Vec<Inline>, Vec<Block>)>),
    /// Areas side by side, with relative widths. They go over pages where one page does not hold them.
    Columns(Vec<(f64, Vec<Block>)>),
    /// Kept on one page if it fits on one.
    Keep(Vec<Block>),
    /// A new page begins. If `appendix`, pages are numbered A1, A2 … from here ("page A1 of A6"), and page counts of the part
    /// before do not include these.
    PageBreak {
        /// Whether the closing pages begin.
        appendix: bool,
    },
    /// On pages of its own that stand in this way.
    Turned {
        /// How they stand.
        orientation: Orientation,
        /// What is on them.
        blocks: Vec<Block>,
    },
    /// The table of contents: the headings of levels 1 and 2 that come after it, with their pages. Without `always`, only in a
    /// report of more pages than the theme says.
    Contents {
        /// The heading above it; may be empty.
        title: String,
        /// In a short report too.
        always: bool,
    },
    /// A line to write on, with a label below it (name, date, signature).
    SignLines(Vec<String>),
    /// A thin rule.
    Rule,
}

/// How a paragraph looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum ParagraphStyle {
    #[default]
    Plain,
    /// The opening sentences: larger.
    Lead,
    /// Fine print.
    Small,
    /// Under the title: quiet.
    Subtitle,
}

/// Text inside a block. Control characters were made visible before.
#[derive(Clone, Debug, PartialEq)]
pub enum Inline {
    /// Text as it is.
    Text(String),
    /// Bold.
    Strong(Vec<Inline>),
    /// Emphasis (set in the ink of emphasis; the shipped fonts have no italics).
    Emphasis(Vec<Inline>),
    /// Ids, hashes, file names: broken anywhere, in the mono or text face.
    Code(String),
    /// The label of a figure, `F12`: small and quiet.
    Figure(String),
    /// A coloured word, for a verdict or a change.
    Toned(Tone, Vec<Inline>),
    /// A link to a heading's id (`#…`) or an address.
    Link(String, Vec<Inline>),
    /// A line break.
    Break,
}

/// What a colour says. Never colour alone: the words say it too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Tone {
    #[default]
    Neutral,
    Good,
    Warn,
    Bad,
    Quiet,
}

/// A table. Text wraps inside its column; nothing is clipped; the head is repeated on every page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Above the table; may be empty.
    pub caption: Vec<Inline>,
    /// Columns.
    pub columns: Vec<Column>,
    /// Head rows; empty for none. Each has one cell a column.
    pub head: Vec<Vec<Cell>>,
    /// Body rows.
    pub body: Vec<Vec<Cell>>,
    /// Rows of totals.
    pub foot: Vec<Vec<Cell>>,
}

/// A column of a table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    /// Numbers: aligned right, never wrapped unless they are alone too wide.
    pub number: bool,
    /// Share of the width; `None`: from the content.
    pub width: Option<f64>,
}

/// A cell: its text, and how it is marked.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The text.
    pub text: Vec<Inline>,
    /// Background tone.
    pub tone: Tone,
    /// Columns that it spans; 0 and 1: one.
    pub span: u8,
}

/// A key figure.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The value as text, `214` or `not recorded`.
    pub value: String,
    /// Label of the figure, `F3`.
    pub figure: String,
    /// Lines below: changes against the comparison, target, normal.
    pub lines: Vec<Vec<Inline>>,
    /// Colour of its edge.
    pub tone: Tone,
    /// Name of a spark chart in [`Document::charts`]; empty for none.
    pub spark: String,
}
