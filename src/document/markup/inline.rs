//! Inline: text inside a block, with white space collapsed as in HTML.

use super::{Reader, name};
use crate::document::Inline;
use roxmltree::Node;

/// The elements that stand in text.
pub(super) const INLINE: [&str; 7] = ["b", "em", "code", "fig", "tone", "a", "br"];

/// Runs of white space as one space, none at the ends.
pub(super) fn collapsed(text: &str) -> String {
    text.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

impl Reader<'_> {
    /// The text of an element that holds text only.
    pub(super) fn text(&mut self, node: Node) -> Vec<crate::document::Inline> {
        let children: Vec<Node> = node.children().collect();
        self.inlines(node, &children)
    }

    /// The text that these children are.
    pub(super) fn inlines(&mut self, parent: Node, children: &[Node]) -> Vec<Inline> {
        let mut spaced = true;
        let mut out = self.run(parent, children, &mut spaced);
        trim_end(&mut out);
        out
    }

    /// `spaced`: whether white space would be one too many here.
    fn run(&mut self, parent: Node, children: &[Node], spaced: &mut bool) -> Vec<Inline> {
        let mut out = Vec::new();
        self.depth += 1;
        for child in children {
            if child.is_text() {
                let text = collapse(child.text().unwrap_or_default(), spaced);
                match out.last_mut() {
                    Some(Inline::Text(before)) => before.push_str(&text),
                    _ if text.is_empty() => {}
                    _ => out.push(Inline::Text(text)),
                }
            } else if child.is_element() && self.depth > super::DEPTH {
                self.refuse(*child, format!("elements stand more than {} deep in each other", super::DEPTH), "");
            } else if child.is_element()
                && let Some(inline) = self.inline(parent, *child, spaced)
            {
                out.push(inline);
            }
        }
        self.depth -= 1;
        out
    }

    fn inline(&mut self, parent: Node, node: Node, spaced: &mut bool) -> Option<Inline> {
        let known: &[&str] = match name(node) {
            "tone" => &["is"],
            "a" => &["href"],
            other if INLINE.contains(&other) => &[],
            _ => {
                self.unknown(node, &format!("in the text of <{}>", name(parent)), &INLINE);
                return None;
            }
        };
        self.attributes(node, known);
        let children: Vec<Node> = node.children().collect();
        Some(match name(node) {
            "b" => Inline::Strong(self.run(node, &children, spaced)),
            "em" => Inline::Emphasis(self.run(node, &children, spaced)),
            "tone" => {
                let tone = self.tone(node, "is");
                Inline::Toned(tone, self.run(node, &children, spaced))
            }
            "a" => {
                let target = self.target(node)?;
                Inline::Link(target, self.run(node, &children, spaced))
            }
            "br" => {
                self.empty(node);
                *spaced = true;
                Inline::Break
            }
            plain => {
                if children.iter().any(Node::is_element) {
                    self.refuse(node, format!("<{plain}> holds plain text only"), "");
                }
                let text = collapse(&children.iter().filter_map(Node::text).collect::<String>(), spaced);
                if plain == "code" { Inline::Code(text) } else { Inline::Figure(text.trim().to_string()) }
            }
        })
    }

    fn target(&mut self, node: Node) -> Option<String> {
        let target = node.attribute("href").unwrap_or_default().trim().to_string();
        if let Some(id) = target.strip_prefix('#') {
            let problem = self.problem(node, format!("nothing has the id `{id}`"), "Give it to a heading");
            self.links.push((id.to_string(), problem));
        } else if !(target.starts_with("https://") || target.starts_with("mailto:"))
            || target.chars().any(char::is_whitespace)
        {
            self.refuse(node, format!("href=\"{target}\" is no link"), "Write #id, https://… or mailto:…");
            return None;
        }
        Some(target)
    }
}

fn collapse(text: &str, spaced: &mut bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        let space = c.is_ascii_whitespace();
        if !space {
            out.push(c);
        } else if !*spaced {
            out.push(' ');
        }
        *spaced = space;
    }
    out
}

/// Takes away a space at the end, and what is then empty.
fn trim_end(run: &mut Vec<Inline>) {
    while let Some(last) = run.last_mut() {
        let empty = match last {
            Inline::Text(text) | Inline::Code(text) => {
                text.truncate(text.trim_end_matches(' ').len());
                text.is_empty()
            }
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
                trim_end(inner);
                inner.is_empty()
            }
            Inline::Figure(label) => label.is_empty(),
            Inline::Break => false,
        };
        if !empty {
            break;
        }
        run.pop();
    }
}
