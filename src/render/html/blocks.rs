//! Blocks and text of a document as HTML.

use super::colours::Inks;
use super::contents::Headings;
use super::text::{class, plain, short, written};
use super::{Pictures, escaped, put, svg};
use crate::chart::draw;
use crate::document::direction::{self, Direction};
use crate::document::theme::Orientation;
use crate::document::{Block, Document, Inline, ParagraphStyle, Tile};

/// Above this width, in points, a chart is drawn a second time for narrow screens.
const NARROW: f64 = 272.0;

/// A page that is being written.
pub struct Page<'a> {
    document: &'a Document,
    pictures: &'a Pictures<'a>,
    inks: Inks,
    headings: Headings,
    /// Which way the report's language runs.
    pub(super) base: Direction,
    pub(super) out: String,
    /// The heading that was written last: the name of tables without a caption.
    pub(super) heading: String,
}

impl<'a> Page<'a> {
    /// An empty page; `place` is the one that the content as a whole has.
    pub fn new(document: &'a Document, pictures: &'a Pictures<'a>, place: &str) -> Page<'a> {
        let mut headings = Headings::default();
        headings.take(place);
        let base = direction::of_language(&document.language);
        Page { document, pictures, inks: Inks::new(), headings, base, out: String::new(), heading: String::new() }
    }

    /// The body, the colours that its pictures use, and its headings.
    pub fn finish(self) -> (String, Inks, Headings) {
        (self.out, self.inks, self.headings)
    }

    pub(super) fn put(&mut self, text: std::fmt::Arguments) {
        put(&mut self.out, text);
    }

    /// A text in an element of its own.
    fn element(&mut self, name: &str, attributes: &str, text: &[Inline]) {
        let text = written(text, self.base);
        self.put(format_args!("<{name}{attributes}{}>{}</{name}>", text.direction, text.html));
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
                self.heading = plain(text);
                // A heading without words is none.
                if self.heading.is_empty() {
                    return;
                }
                let place = self.headings.add(level, id, short(&self.heading, self.base));
                self.element(&format!("h{level}"), &format!(" id=\"{}\"", escaped(&place)), text);
                self.out.push('\n');
            }
            Block::Paragraph { style, text } => {
                let class = match style {
                    ParagraphStyle::Plain => "",
                    ParagraphStyle::Lead => " class=\"lead\"",
                    ParagraphStyle::Small => " class=\"small\"",
                    ParagraphStyle::Subtitle => " class=\"subtitle\"",
                };
                self.element("p", class, text);
                self.out.push('\n');
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
            Block::Facts(facts) => self.facts(facts, width),
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
            // They stand beside the page, and cost no room: a short report has them too.
            Block::Contents { title, .. } => self.headings.ask(title),
            Block::PageBreak { appendix } => {
                let appendix = if *appendix { " appendix" } else { "" };
                self.put(format_args!("<div class=\"page-break{appendix}\"></div>\n"));
            }
            Block::SignLines(lines) => {
                self.out.push_str("<div class=\"sign\">\n");
                for line in lines {
                    self.put(format_args!("<p>{}</p>\n", short(line, self.base)));
                }
                self.out.push_str("</div>\n");
            }
            Block::Rule => self.out.push_str("<hr>\n"),
        }
    }

    /// Keys with their values; a key that is said again right after has one value more.
    fn facts(&mut self, facts: &[(Vec<Inline>, Vec<Block>)], width: f64) {
        self.out.push_str("<dl class=\"facts\">\n");
        for group in facts.chunk_by(|(a, _), (b, _)| a == b) {
            self.out.push_str("<div>");
            for (at, (key, value)) in group.iter().enumerate() {
                if at == 0 {
                    self.element("dt", "", key);
                }
                self.out.push_str("<dd>");
                self.tight(value, width * 0.7);
                self.out.push_str("</dd>");
            }
            self.out.push_str("</div>\n");
        }
        self.out.push_str("</dl>\n");
    }

    /// Blocks; a single plain paragraph as its text alone.
    fn tight(&mut self, blocks: &[Block], width: f64) {
        match blocks {
            [Block::Paragraph { style: ParagraphStyle::Plain, text }] => match written(text, self.base) {
                text if text.direction.is_empty() => self.out.push_str(&text.html),
                _ => self.element("span", "", text),
            },
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
            "<li class=\"tile{}\"><span class=\"label\">{}</span> <span class=\"value{long}\">{}{figure}</span>",
            class(tile.tone),
            short(&tile.label, self.base),
            short(&tile.value, self.base),
        ));
        for line in &tile.lines {
            self.out.push(' ');
            self.element("span", " class=\"line\"", line);
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
            self.element("figcaption", "", caption);
            self.out.push('\n');
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
}
