//! Markup: the small XHTML vocabulary that report templates write, read into a [`Document`]. What it does not know is refused, at the
//! template's own line and column.
//!
//! # The vocabulary
//!
//! ```xml
//! <report title="…" language="en" header-left="…" header-right="…" footer-left="…" banner="…">   the root, once
//!   <section id="…" orientation="landscape"> … </section>   groups blocks; its id is the one of its first heading
//!   <contents title="Contents" always="yes"/> headings with their pages; without always, in long reports only
//!   <h1 id="…">…</h1>  <h2>  <h3>             headings
//!   <p class="lead | small | subtitle">…</p>  a paragraph
//!   <ul> <ol> with <li>                       lists; an item holds text or blocks
//!   <table>                                   caption?, col*, thead?, tbody* or tr*, tfoot?
//!     <caption>…</caption>
//!     <col number="yes" width="20%"/>
//!     <thead><tr><th>…</th></tr></thead>
//!     <tbody><tr><td tone="bad" span="2">…</td></tr></tbody>
//!   </table>
//!   <tiles><tile label="…" value="…" figure="F3" tone="…" spark="CHART"><line>…</line></tile></tiles>
//!   <chart name="CHART" height="180">caption</chart>
//!   <note tone="…"> … </note>                 set apart; text or blocks
//!   <facts><fact key="…">…</fact></facts>     or <fact><key>…</key>…</fact>; text or blocks
//!   <columns><column width="2">…</column></columns>
//!   <keep> … </keep>                          kept on one page if it fits on one
//!   <page-break appendix="yes"/>
//!   <sign><line>Name</line></sign>            lines to write on
//!   <rule/>
//! </report>
//! ```
//!
//! In text: `<b>`, `<em>`, `<code>`, `<fig>F12</fig>`, `<tone is="…">`, `<a href="#id | https://… | mailto:…">`, `<br/>`.
//! A tone is `good`, `warn`, `bad`, `quiet` or `neutral`. White space collapses as in HTML.

mod blocks;
mod inline;
mod table;

use super::compose::once;
use super::marks::AT;
use super::{Block, Document, Tone};
use crate::chart::Chart;
use crate::written::{Problem, nearest};
use roxmltree::Node;
use std::collections::{BTreeMap, BTreeSet};

/// How deep elements may stand in each other.
const DEPTH: usize = 48;

/// Reads what a template wrote. `names` are the templates, as the position marks number them; `charts` those that may be named.
///
/// # Errors
/// Every element and attribute that the vocabulary does not know, everything at the wrong place, links and charts that lead nowhere.
pub fn parse(written: &str, names: &[String], charts: BTreeMap<String, Chart>) -> Result<Document, Vec<Problem>> {
    let options = roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: u32::MAX, ..Default::default() };
    let tree = match roxmltree::Document::parse_with_options(written, options) {
        Ok(tree) => tree,
        Err(error) => return Err(vec![unreadable(written, names, &error)]),
    };
    let mut reader =
        Reader { names, charts: &charts, problems: Vec::new(), ids: BTreeSet::new(), links: Vec::new(), depth: 0 };
    let mut document = reader.report(tree.root_element());
    for (target, problem) in std::mem::take(&mut reader.links) {
        if !reader.ids.contains(&target) {
            reader.problems.push(problem);
        }
    }
    if reader.problems.is_empty() {
        document.charts = charts;
        Ok(document)
    } else {
        Err(once(reader.problems))
    }
}

/// A problem at the last start tag before a position of the written text: that is the nearest mark.
fn unreadable(written: &str, names: &[String], error: &roxmltree::Error) -> Problem {
    let place = error.pos();
    let (line, column) = (place.row as usize, place.col as usize);
    let before: usize = written.lines().take(line.saturating_sub(1)).map(|l| l.len() + 1).sum();
    let within =
        written.lines().nth(line.saturating_sub(1)).map_or(0, |l| l.chars().take(column).map(char::len_utf8).sum());
    let head = written.get(..before + within).unwrap_or(written);
    let mark = head
        .rfind(&format!("{AT}=\""))
        .and_then(|at| head.get(at + AT.len() + 2..))
        .and_then(|rest| rest.split('"').next());
    let (file, line, column) = position(names, mark);
    let text = error.to_string();
    let what = text.rsplit_once(" at ").map_or(text.as_str(), |(what, _)| what);
    let instead =
        "Close every element, put attributes into quotes, and write & as &amp; and a hard space as &#160;".to_string();
    Problem { file, line, column, what: format!("after this element the markup cannot be read: {what}"), instead }
}

/// The template, line and column of a mark.
fn position(names: &[String], mark: Option<&str>) -> (String, usize, usize) {
    let mut parts = mark.unwrap_or_default().splitn(3, ':').map(|part| part.parse::<usize>().ok());
    let file = parts.next().flatten().and_then(|index| names.get(index)).cloned().unwrap_or_default();
    (file, parts.next().flatten().unwrap_or(0), parts.next().flatten().unwrap_or(0))
}

/// Reads the tree, and collects what is wrong with it.
struct Reader<'a> {
    names: &'a [String],
    charts: &'a BTreeMap<String, Chart>,
    problems: Vec<Problem>,
    ids: BTreeSet<String>,
    /// Targets inside the document, with the problem that each is if nothing has that id.
    links: Vec<(String, Problem)>,
    depth: usize,
}

impl Reader<'_> {
    fn problem(&self, node: Node, what: impl Into<String>, instead: impl Into<String>) -> Problem {
        let element = if node.is_element() { Some(node) } else { node.ancestors().find(Node::is_element) };
        let (file, line, column) = position(self.names, element.and_then(|e| e.attribute(AT)));
        Problem { file, line, column, what: what.into(), instead: instead.into() }
    }

    fn refuse(&mut self, node: Node, what: impl Into<String>, instead: impl Into<String>) {
        let problem = self.problem(node, what, instead);
        self.problems.push(problem);
    }

    /// Refuses attributes that the element does not have.
    fn attributes(&mut self, node: Node, known: &[&str]) {
        for attribute in node.attributes() {
            if attribute.name() != AT && !known.contains(&attribute.name()) {
                let what = format!("<{}> has no attribute `{}`", name(node), attribute.name());
                let instead = match known {
                    [] => "It has none".to_string(),
                    _ => format!("It has: {}", known.join(", ")),
                };
                self.refuse(node, what, instead);
            }
        }
    }

    fn unknown(&mut self, node: Node, inside: &str, known: &[&str]) {
        let what = format!("<{}> cannot stand {inside}", name(node));
        let instead = match nearest(name(node), known.iter().copied()) {
            Some(word) => format!("Did you mean <{word}>?"),
            None => format!("Here stand: {}", known.join(", ")),
        };
        self.refuse(node, what, instead);
    }

    /// Refuses text where only elements stand; gives the elements.
    fn elements<'n, 'i>(&mut self, node: Node<'n, 'i>) -> Vec<Node<'n, 'i>> {
        if node.children().any(|child| child.is_text() && child.text().is_some_and(|text| !text.trim().is_empty())) {
            let instead =
                if matches!(name(node), "report" | "section" | "keep" | "column") { "Put it into <p>" } else { "" };
            self.refuse(node, format!("text cannot stand directly inside <{}>", name(node)), instead);
        }
        node.children().filter(Node::is_element).collect()
    }

    /// Nothing may be inside.
    fn empty(&mut self, node: Node) {
        if node.children().any(|child| child.is_element() || child.text().is_some_and(|text| !text.trim().is_empty())) {
            self.refuse(node, format!("<{}> holds nothing", name(node)), format!("Write <{}/>", name(node)));
        }
    }

    fn yes(&mut self, node: Node, attribute: &str) -> bool {
        match node.attribute(attribute) {
            None | Some("no") => false,
            Some("yes") => true,
            Some(other) => {
                self.refuse(node, format!("{attribute}=\"{other}\" is not known"), "Write yes or no");
                false
            }
        }
    }

    fn tone(&mut self, node: Node, attribute: &str) -> Tone {
        match node.attribute(attribute).unwrap_or_default() {
            "" | "neutral" => Tone::Neutral,
            "good" => Tone::Good,
            "warn" => Tone::Warn,
            "bad" => Tone::Bad,
            "quiet" => Tone::Quiet,
            other => {
                self.refuse(
                    node,
                    format!("{attribute}=\"{other}\" is no tone"),
                    "Write good, warn, bad, quiet or neutral",
                );
                Tone::Neutral
            }
        }
    }

    /// A number above zero, with an optional sign after it.
    fn number(&mut self, node: Node, attribute: &str, sign: &str) -> Option<f64> {
        let text = node.attribute(attribute)?;
        match text.strip_suffix(sign).unwrap_or(text).parse::<f64>() {
            Ok(number) if number.is_finite() && number > 0.0 && number <= 10_000.0 => Some(number),
            _ => {
                self.refuse(node, format!("{attribute}=\"{text}\" is no number above zero"), "");
                None
            }
        }
    }

    fn id(&mut self, node: Node) -> String {
        let id = node.attribute("id").unwrap_or_default().to_string();
        if id.chars().any(|c| c.is_whitespace()) {
            self.refuse(node, format!("id=\"{id}\" holds white space"), "Write it with -");
        } else if !id.is_empty() && !self.ids.insert(id.clone()) {
            self.refuse(node, format!("id=\"{id}\" is there twice"), "");
        }
        id
    }

    /// The name of a chart that exists.
    fn chart(&mut self, node: Node, attribute: &str) -> String {
        let chart = node.attribute(attribute).unwrap_or_default().to_string();
        if !chart.is_empty() && !self.charts.contains_key(&chart) {
            let known: Vec<&str> = self.charts.keys().map(String::as_str).take(12).collect();
            let instead = if known.is_empty() {
                "The report has none".to_string()
            } else {
                format!("There are: {}", known.join(", "))
            };
            self.refuse(node, format!("there is no chart `{chart}`"), instead);
        }
        chart
    }

    fn report(&mut self, node: Node) -> Document {
        if name(node) != "report" {
            self.refuse(
                node,
                format!("the report begins with <{}>", name(node)),
                "It begins with <report title=\"…\">",
            );
        }
        let known = ["title", "language", "header-left", "header-right", "footer-left", "banner"];
        self.attributes(node, &known);
        let value = |attribute: &str| inline::collapsed(node.attribute(attribute).unwrap_or_default());
        let language = value("language");
        if !language.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            self.refuse(node, format!("language=\"{language}\" is no language"), "Write one as en or de-AT");
        }
        if value("title").is_empty() {
            self.refuse(node, "the report has no title", "Write <report title=\"…\">");
        }
        Document {
            title: value("title"),
            language: if language.is_empty() { "en".to_string() } else { language },
            header_left: value("header-left"),
            header_right: value("header-right"),
            footer_left: value("footer-left"),
            banner: value("banner"),
            blocks: self.blocks(node, true),
            charts: BTreeMap::new(),
            words: crate::wording::Words::default(),
        }
    }
}

/// The element's name as the template wrote it.
fn name<'a>(node: Node<'a, '_>) -> &'a str {
    node.tag_name().name()
}

/// Gives a section's id to its first heading, if that has none.
fn name_heading(blocks: &mut [Block], section: &str) -> bool {
    blocks.iter_mut().any(|block| match block {
        Block::Heading { id, .. } if id.is_empty() => {
            *id = section.to_string();
            true
        }
        Block::Keep(inner) | Block::Turned { blocks: inner, .. } => name_heading(inner, section),
        _ => false,
    })
}

#[cfg(test)]
mod tests;
