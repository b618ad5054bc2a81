//! The table of contents: links to the headings of levels 1 and 2 that come after it and have an id.

use super::blocks::{Page, inline};
use super::{escaped, put};
use crate::document::{Block, Inline};

impl Page<'_> {
    /// The contents; without `always`, only if a page on paper would be too: a heading stands for a page.
    pub fn contents(&mut self, title: &str, always: bool) {
        let mut entries = Vec::new();
        let after = after(&self.document.blocks).unwrap_or_default();
        after.iter().for_each(|block| headings(block, &mut entries));
        if entries.len() < 2 || !always && entries.len() <= self.contents_from {
            return;
        }
        self.out.push_str("<nav class=\"contents\">\n");
        if !title.is_empty() {
            put(&mut self.out, format_args!("<h2 dir=\"auto\">{}</h2>\n", escaped(title)));
        }
        self.out.push_str("<ul>\n");
        for (level, id, text) in entries {
            let id = escaped(id);
            put(
                &mut self.out,
                format_args!("<li class=\"level-{level}\"><a href=\"#{id}\" dir=\"auto\">{}</a></li>\n", inline(text)),
            );
        }
        self.out.push_str("</ul>\n</nav>\n");
    }
}

/// What comes after the contents.
fn after(blocks: &[Block]) -> Option<Vec<&Block>> {
    let mut blocks = blocks.iter();
    while let Some(block) = blocks.next() {
        let inside = match block {
            Block::Contents { .. } => Some(Vec::new()),
            Block::Turned { blocks, .. } => after(blocks),
            _ => None,
        };
        if let Some(mut inside) = inside {
            inside.extend(blocks);
            return Some(inside);
        }
    }
    None
}

fn headings<'b>(block: &'b Block, entries: &mut Vec<(u8, &'b str, &'b [Inline])>) {
    match block {
        Block::Heading { level, id, text } if *level <= 2 && !id.is_empty() => entries.push((*level, id, text)),
        Block::Keep(inner) | Block::Turned { blocks: inner, .. } | Block::Note { blocks: inner, .. } => {
            inner.iter().for_each(|block| headings(block, entries));
        }
        Block::Columns(columns) => {
            columns.iter().flat_map(|(_, inner)| inner).for_each(|block| headings(block, entries));
        }
        _ => {}
    }
}
