//! Blocks, in markup.

use super::inline::{INLINE, collapsed};
use super::{DEPTH, Reader, name, name_heading};
use crate::document::theme::Orientation;
use crate::document::{Block, Inline, ParagraphStyle, Tile};
use roxmltree::Node;

/// The elements that are blocks.
const BLOCKS: [&str; 18] = [
    "section",
    "contents",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "ol",
    "table",
    "tiles",
    "chart",
    "note",
    "facts",
    "columns",
    "keep",
    "page-break",
    "sign",
    "rule",
];

impl Reader<'_> {
    /// The blocks inside an element. `pages`: whether a page may begin here.
    pub(super) fn blocks(&mut self, node: Node, pages: bool) -> Vec<Block> {
        let mut out = Vec::new();
        self.depth += 1;
        for child in self.elements(node) {
            self.block(node, child, pages, &mut out);
        }
        self.depth -= 1;
        out
    }

    /// Text or blocks: a run of text is a paragraph.
    fn flow(&mut self, node: Node, skip: &str) -> Vec<Block> {
        let mut out = Vec::new();
        let mut run: Vec<Node> = Vec::new();
        self.depth += 1;
        for child in node.children().filter(|child| !child.is_element() || name(*child) != skip || skip.is_empty()) {
            if child.is_element() && !INLINE.contains(&name(child)) {
                self.paragraph(node, &mut run, &mut out);
                self.block(node, child, false, &mut out);
            } else {
                run.push(child);
            }
        }
        self.paragraph(node, &mut run, &mut out);
        self.depth -= 1;
        out
    }

    fn paragraph(&mut self, node: Node, run: &mut Vec<Node>, out: &mut Vec<Block>) {
        let text = self.inlines(node, run);
        run.clear();
        if !text.is_empty() {
            out.push(Block::Paragraph { style: ParagraphStyle::Plain, text });
        }
    }

    fn block(&mut self, parent: Node, node: Node, pages: bool, out: &mut Vec<Block>) {
        if self.depth > DEPTH {
            return self.refuse(node, format!("elements stand more than {DEPTH} deep in each other"), "");
        }
        let known: &[&str] = match name(node) {
            "section" => &["id", "orientation"],
            "contents" => &["title", "always"],
            "h1" | "h2" | "h3" => &["id"],
            "p" => &["class"],
            "chart" => &["name", "height"],
            "note" => &["tone"],
            "page-break" => &["appendix"],
            "table" | "ul" | "ol" | "tiles" | "facts" | "columns" | "keep" | "sign" | "rule" => &[],
            _ => {
                let inside = format!("directly inside <{}>", name(parent));
                if INLINE.contains(&name(node)) {
                    return self.refuse(node, format!("<{}> cannot stand {inside}", name(node)), "Put it into <p>");
                }
                return self.unknown(node, &inside, &BLOCKS);
            }
        };
        if name(node) != "table" {
            self.attributes(node, known);
        }
        match name(node) {
            "section" => {
                let id = self.id(node);
                let mut blocks = self.blocks(node, pages);
                if !id.is_empty() && !name_heading(&mut blocks, &id) {
                    self.refuse(node, format!("the section `{id}` has no heading that could carry its id"), "");
                }
                match self.orientation(node, parent, pages) {
                    Some(orientation) => out.push(Block::Turned { orientation, blocks }),
                    None => out.append(&mut blocks),
                }
            }
            "contents" => {
                self.empty(node);
                if !pages {
                    self.refuse(node, format!("the contents cannot stand inside <{}>", name(parent)), "");
                }
                let title = collapsed(node.attribute("title").unwrap_or_default());
                out.push(Block::Contents { title, always: self.yes(node, "always") });
            }
            "h1" | "h2" | "h3" => {
                let level = name(node).bytes().last().map_or(1, |digit| digit.saturating_sub(b'0'));
                let (id, text) = (self.id(node), self.text(node));
                out.push(Block::Heading { level, id, text });
            }
            "p" => {
                let style = match node.attribute("class").unwrap_or("plain") {
                    "plain" => ParagraphStyle::Plain,
                    "lead" => ParagraphStyle::Lead,
                    "small" => ParagraphStyle::Small,
                    "subtitle" => ParagraphStyle::Subtitle,
                    other => {
                        self.refuse(
                            node,
                            format!("class=\"{other}\" is not known"),
                            "Write plain, lead, small or subtitle",
                        );
                        ParagraphStyle::Plain
                    }
                };
                let text = self.text(node);
                if !text.is_empty() {
                    out.push(Block::Paragraph { style, text });
                }
            }
            list @ ("ul" | "ol") => {
                let items =
                    self.children(node, "li", &[]).into_iter().map(|item| self.flow(item, "")).collect::<Vec<_>>();
                if !items.is_empty() {
                    out.push(Block::List { numbered: list == "ol", items });
                }
            }
            "table" => {
                let table = self.table(node);
                out.push(Block::Table(table));
            }
            "tiles" => {
                let tiles = self.children(node, "tile", &["label", "value", "figure", "tone", "spark"]);
                let tiles = tiles.into_iter().map(|tile| self.tile(tile)).collect::<Vec<_>>();
                if !tiles.is_empty() {
                    out.push(Block::Tiles(tiles));
                }
            }
            "chart" => {
                let name = self.chart(node, "name");
                if name.is_empty() {
                    self.refuse(node, "the chart has no name", "Write <chart name=\"…\"/>");
                }
                let height = self.number(node, "height", "pt");
                out.push(Block::Chart { name, caption: self.text(node), height });
            }
            "note" => {
                let tone = self.tone(node, "tone");
                out.push(Block::Note { tone, blocks: self.flow(node, "") });
            }
            "facts" => {
                let facts =
                    self.children(node, "fact", &["key"]).into_iter().map(|fact| self.fact(fact)).collect::<Vec<_>>();
                if !facts.is_empty() {
                    out.push(Block::Facts(facts));
                }
            }
            "columns" => {
                let columns = self.children(node, "column", &["width"]);
                let columns = columns
                    .into_iter()
                    .map(|column| (self.number(column, "width", "%").unwrap_or(1.0), self.blocks(column, false)));
                out.push(Block::Columns(columns.collect()));
            }
            "keep" => out.push(Block::Keep(self.blocks(node, false))),
            "page-break" => {
                self.empty(node);
                if !pages {
                    self.refuse(node, format!("a page cannot begin inside <{}>", name(parent)), "");
                }
                out.push(Block::PageBreak { appendix: self.yes(node, "appendix") });
            }
            "sign" => {
                let lines = self.children(node, "line", &[]).into_iter().map(plain).collect();
                out.push(Block::SignLines(lines));
            }
            _ => {
                self.empty(node);
                out.push(Block::Rule);
            }
        }
    }

    /// How the pages of a section stand, if it says so. `pages`: whether a page may begin here.
    fn orientation(&mut self, node: Node, parent: Node, pages: bool) -> Option<Orientation> {
        let orientation = match node.attribute("orientation")? {
            "portrait" => Orientation::Portrait,
            "landscape" => Orientation::Landscape,
            other => {
                let what = format!("orientation=\"{other}\" is not known");
                self.refuse(node, what, "Write portrait or landscape");
                return None;
            }
        };
        if !pages {
            self.refuse(node, format!("a page cannot begin inside <{}>", name(parent)), "");
        }
        Some(orientation)
    }

    /// The children, which are all of one kind.
    fn children<'n, 'i>(&mut self, node: Node<'n, 'i>, kind: &str, attributes: &[&str]) -> Vec<Node<'n, 'i>> {
        let mut out = Vec::new();
        for child in self.elements(node) {
            if name(child) == kind {
                self.attributes(child, attributes);
                out.push(child);
            } else {
                self.unknown(child, &format!("in <{}>", name(node)), &[kind]);
            }
        }
        out
    }

    fn tile(&mut self, node: Node) -> Tile {
        let value = |attribute: &str| collapsed(node.attribute(attribute).unwrap_or_default());
        if value("label").is_empty() || value("value").is_empty() {
            self.refuse(node, "the tile has no label or no value", "Write <tile label=\"…\" value=\"…\">");
        }
        Tile {
            label: value("label"),
            value: value("value"),
            figure: value("figure"),
            lines: self.children(node, "line", &[]).into_iter().map(|line| self.text(line)).collect(),
            tone: self.tone(node, "tone"),
            spark: self.chart(node, "spark"),
        }
    }

    fn fact(&mut self, node: Node) -> (Vec<Inline>, Vec<Block>) {
        let written = node.children().find(|child| child.is_element() && name(*child) == "key");
        let key = match (node.attribute("key"), written) {
            (Some(key), None) => vec![Inline::Text(collapsed(key))],
            (None, Some(child)) => {
                self.attributes(child, &[]);
                self.text(child)
            }
            _ => {
                self.refuse(
                    node,
                    "the fact has no key, or two",
                    "Write <fact key=\"…\"> or <fact><key>…</key> …</fact>",
                );
                Vec::new()
            }
        };
        (key, self.flow(node, "key"))
    }
}

/// The text of an element, without its elements.
fn plain(node: Node) -> String {
    collapsed(&node.descendants().filter(Node::is_text).filter_map(|text| text.text()).collect::<String>())
}
