//! Blocks and text of a document as HTML.

use super::colours::Inks;
use super::{Pictures, escaped, put, svg, widths};
use crate::chart::draw;
use crate::document::theme::Orientation;
use crate::document::{Block, Cell, Document, Inline, ParagraphStyle, Table, Tile, Tone};

/// Above this width, in points, a chart is drawn a second time for narrow screens.
const NARROW: f64 = 272.0;

/// A page that is being written.
pub struct Page<'a> {
    pub(super) document: &'a Document,
    pictures: &'a Pictures<'a>,
    /// How many headings a list of contents needs.
    pub(super) contents_from: usize,
    inks: Inks,
    pub(super) out: String,
    /// The heading that was written last: the name of tables without a caption.
    heading: String,
}

impl<'a> Page<'a> {
    pub fn new(document: &'a Document, pictures: &'a Pictures<'a>, contents_from: usize) -> Page<'a> {
        Page { document, pictures, contents_from, inks: Inks::new(), out: String::new(), heading: String::new() }
    }

    /// The body, and the colours that its pictures use.
    pub fn finish(self) -> (String, Inks) {
        (self.out, self.inks)
    }

    fn put(&mut self, text: std::fmt::Arguments) {
        put(&mut self.out, text);
    }

    /// Blocks in an area of a width in points.
    pub fn blocks(&mut self, blocks: &[Block], width: f64) {
        for block in blocks {
            self.block(block, width);
        }
    }

    fn block(&mut self, block: &Block, width: f64) {
        match block {
            Block::Heading { level, id, text } => {
                let level = (*level).clamp(1, 6);
                let id = if id.is_empty() { String::new() } else { format!(" id=\"{}\"", escaped(id)) };
                self.heading = plain(text);
                self.put(format_args!("<h{level}{id} dir=\"auto\">{}</h{level}>\n", inline(text)));
            }
            Block::Paragraph { style, text } => {
                let class = match style {
                    ParagraphStyle::Plain => "",
                    ParagraphStyle::Lead => " class=\"lead\"",
                    ParagraphStyle::Small => " class=\"small\"",
                    ParagraphStyle::Subtitle => " class=\"subtitle\"",
                };
                self.put(format_args!("<p{class} dir=\"auto\">{}</p>\n", inline(text)));
            }
            Block::List { numbered, items } => {
                let element = if *numbered { "ol" } else { "ul" };
                self.put(format_args!("<{element}>\n"));
                for item in items {
                    self.out.push_str("<li>");
                    self.tight(item, width - 16.0);
                    self.out.push_str("</li>\n");
                }
                self.put(format_args!("</{element}>\n"));
            }
            Block::Table(table) => self.table(table),
            Block::Tiles(tiles) => {
                // Rows of the same length, at most five beside each other.
                let across = tiles.len().div_ceil(tiles.len().div_ceil(5).max(1)).max(1);
                self.put(format_args!("<ul class=\"tiles\" style=\"--n:{across}\">\n"));
                tiles.iter().for_each(|tile| self.tile(tile));
                self.out.push_str("</ul>\n");
            }
            Block::Chart { name, caption, height } => self.chart(name, caption, *height, width),
            Block::Note { tone, blocks } => {
                self.put(format_args!("<div class=\"note{}\" role=\"note\">\n", class(*tone)));
                self.blocks(blocks, width - 24.0);
                self.out.push_str("</div>\n");
            }
            Block::Facts(facts) => {
                self.out.push_str("<dl class=\"facts\">\n");
                for (key, value) in facts {
                    self.put(format_args!("<div><dt dir=\"auto\">{}</dt><dd>", inline(key)));
                    self.tight(value, width * 0.7);
                    self.out.push_str("</dd></div>\n");
                }
                self.out.push_str("</dl>\n");
            }
            Block::Columns(columns) => {
                let total: f64 = columns.iter().map(|(share, _)| share).sum::<f64>().max(f64::MIN_POSITIVE);
                let room = width - 18.0 * columns.len().saturating_sub(1) as f64;
                let tracks: Vec<String> = columns.iter().map(|(share, _)| format!("minmax(0,{share:.3}fr)")).collect();
                self.put(format_args!("<div class=\"columns\" style=\"--tracks:{}\">\n", tracks.join(" ")));
                for (share, blocks) in columns {
                    self.out.push_str("<div>\n");
                    self.blocks(blocks, room * share / total);
                    self.out.push_str("</div>\n");
                }
                self.out.push_str("</div>\n");
            }
            Block::Keep(blocks) => {
                self.out.push_str("<div class=\"keep\">\n");
                self.blocks(blocks, width);
                self.out.push_str("</div>\n");
            }
            Block::Turned { orientation, blocks } => {
                let class = match orientation {
                    Orientation::Portrait => "portrait",
                    Orientation::Landscape => "landscape",
                };
                self.put(format_args!("<div class=\"{class}\">\n"));
                self.blocks(blocks, width);
                self.out.push_str("</div>\n");
            }
            Block::Contents { title, always } => self.contents(title, *always),
            Block::PageBreak { appendix } => {
                self.put(format_args!(
                    "<div class=\"page-break{}\"></div>\n",
                    if *appendix { " appendix" } else { "" }
                ));
            }
            Block::SignLines(lines) => {
                self.out.push_str("<div class=\"sign\">\n");
                for line in lines {
                    self.put(format_args!("<p dir=\"auto\">{}</p>\n", escaped(line)));
                }
                self.out.push_str("</div>\n");
            }
            Block::Rule => self.out.push_str("<hr>\n"),
        }
    }

    /// Blocks; a single plain paragraph as its text alone.
    fn tight(&mut self, blocks: &[Block], width: f64) {
        match blocks {
            [Block::Paragraph { style: ParagraphStyle::Plain, text }] => {
                self.put(format_args!("<span dir=\"auto\">{}</span>", inline(text)))
            }
            _ => self.blocks(blocks, width),
        }
    }

    fn tile(&mut self, tile: &Tile) {
        let figure = if tile.figure.is_empty() {
            String::new()
        } else {
            format!(" <small class=\"fig\">{}</small>", escaped(&tile.figure))
        };
        let long = if tile.value.chars().count() > 9 { " long" } else { "" };
        self.put(format_args!(
            "<li class=\"tile{}\"><span class=\"label\" dir=\"auto\">{}</span> <span class=\"value{long}\">{}{figure}</span>",
            class(tile.tone),
            escaped(&tile.label),
            escaped(&tile.value),
        ));
        for line in &tile.lines {
            self.put(format_args!(" <span class=\"line\" dir=\"auto\">{}</span>", inline(line)));
        }
        if let Some(chart) = self.document.charts.get(&tile.spark) {
            let picture = (self.pictures)(chart, 118.0, draw::suggested_height(chart, 118.0));
            svg::svg(&picture, &chart.alt, "spark", &mut self.inks, &mut self.out);
        }
        self.out.push_str("</li>\n");
    }

    fn chart(&mut self, name: &str, caption: &[Inline], height: Option<f64>, width: f64) {
        let Some(chart) = self.document.charts.get(name) else {
            // Composing refuses this; a document made otherwise must not lack a chart without a word.
            return self.put(format_args!("<p><b class=\"bad\">chart {} is missing</b></p>\n", escaped(name)));
        };
        self.out.push_str("<figure>\n");
        if !caption.is_empty() {
            self.put(format_args!("<figcaption dir=\"auto\">{}</figcaption>\n", inline(caption)));
        }
        let draw_at =
            |width: f64| (self.pictures)(chart, width, height.unwrap_or_else(|| draw::suggested_height(chart, width)));
        if width > NARROW {
            svg::svg(&draw_at(width), &chart.alt, "wide", &mut self.inks, &mut self.out);
            svg::svg(&draw_at(NARROW), &chart.alt, "narrow", &mut self.inks, &mut self.out);
        } else {
            svg::svg(&draw_at(width), &chart.alt, "half", &mut self.inks, &mut self.out);
        }
        self.out.push_str("</figure>\n");
    }

    fn table(&mut self, table: &Table) {
        let name = if table.caption.is_empty() { self.heading.clone() } else { plain(&table.caption) };
        // What scrolls must be reached with the keyboard, and have a name.
        self.put(format_args!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">\n",
            escaped(&name)
        ));
        // Narrower than this its words would break: a small screen scrolls instead.
        self.put(format_args!("<table style=\"min-width:{}em\">\n", widths::least(table)));
        if !table.caption.is_empty() {
            self.put(format_args!("<caption dir=\"auto\">{}</caption>\n", inline(&table.caption)));
        }
        let shares = widths::shares(table);
        self.out.push_str("<colgroup>");
        for share in &shares {
            self.put(format_args!("<col style=\"width:{:.1}%\">", share * 100.0));
        }
        self.out.push_str("</colgroup>\n");
        for (element, rows) in [("thead", &table.head), ("tbody", &table.body), ("tfoot", &table.foot)] {
            if rows.is_empty() {
                continue;
            }
            self.put(format_args!("<{element}>\n"));
            for row in rows {
                self.row(row, table, element == "thead");
            }
            self.put(format_args!("</{element}>\n"));
        }
        self.out.push_str("</table>\n</div>\n");
    }

    fn row(&mut self, row: &[Cell], table: &Table, head: bool) {
        self.out.push_str("<tr>");
        let mut column = 0;
        for cell in row {
            let span = usize::from(cell.span.max(1));
            let number = table.columns.get(column).is_some_and(|c| c.number) && span == 1;
            let mut classes = class(cell.tone).to_string();
            if number {
                classes.push_str(" n");
            }
            let classes = if classes.is_empty() { classes } else { format!(" class=\"{}\"", classes.trim_start()) };
            let span_text = if span > 1 { format!(" colspan=\"{span}\"") } else { String::new() };
            // An empty head is no head to a screen reader.
            let element = if head && !cell.text.is_empty() { "th" } else { "td" };
            let scope = match (element, span) {
                ("th", 1) => " scope=\"col\"",
                ("th", _) => " scope=\"colgroup\"",
                _ => "",
            };
            self.put(format_args!(
                "<{element}{classes}{span_text}{scope} dir=\"auto\">{}</{element}>",
                inline(&cell.text)
            ));
            column += span;
        }
        self.out.push_str("</tr>\n");
    }
}

fn class(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "",
        Tone::Good => " good",
        Tone::Warn => " warn",
        Tone::Bad => " bad",
        Tone::Quiet => " quiet",
    }
}

pub(super) fn inline(text: &[Inline]) -> String {
    let mut out = String::new();
    for one in text {
        match one {
            Inline::Text(text) => out.push_str(&escaped(text)),
            Inline::Strong(inner) => put(&mut out, format_args!("<strong>{}</strong>", inline(inner))),
            Inline::Emphasis(inner) => put(&mut out, format_args!("<em>{}</em>", inline(inner))),
            Inline::Code(text) => put(&mut out, format_args!("<code>{}</code>", escaped(text))),
            Inline::Figure(label) => {
                put(&mut out, format_args!("<small class=\"fig\">\u{a0}{}</small>", escaped(label)))
            }
            Inline::Toned(tone, inner) => {
                put(&mut out, format_args!("<span class=\"tone{}\">{}</span>", class(*tone), inline(inner)))
            }
            Inline::Link(target, inner) => {
                put(&mut out, format_args!("<a href=\"{}\">{}</a>", escaped(target), inline(inner)))
            }
            Inline::Break => out.push_str("<br>"),
        }
    }
    out
}

/// The text without what it looks like.
pub(super) fn plain(text: &[Inline]) -> String {
    text.iter()
        .map(|one| match one {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
                plain(inner)
            }
            Inline::Figure(_) => String::new(),
            Inline::Break => " ".to_string(),
        })
        .collect::<String>()
        .trim()
        .to_string()
}
