//! Blocks of a document as slabs of a given width.

use super::mark::{Mark, hairline};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich};
use super::slab::{Item, Slab, slabs, stack};
use super::tree::{Detail, Role, Tag};
use super::{Setting, nested, picture, table, tiles};
use crate::document::theme::Orientation;
use crate::document::{Block, Inline, ParagraphStyle};

/// Space above and below a block; of two that meet the larger one counts.
fn space(block: &Block, unit: f64) -> (f64, f64) {
    match block {
        Block::Heading { level: 1, .. } => (unit * 2.0, unit * 0.9),
        Block::Heading { level: 2, .. } => (unit * 1.1, unit * 0.4),
        Block::Heading { .. } => (unit * 1.4, unit * 0.4),
        Block::Paragraph { style: ParagraphStyle::Lead, .. } => (unit * 0.5, unit * 0.5),
        Block::Paragraph { style: ParagraphStyle::Subtitle, .. } => (unit * 0.2, unit * 0.5),
        Block::Paragraph { style: ParagraphStyle::Small, .. } => (unit * 0.45, unit * 0.45),
        Block::Paragraph { .. } | Block::List { .. } => (unit * 0.6, unit * 0.6),
        Block::Table(_) | Block::Chart { .. } | Block::Tiles(_) | Block::Columns(_) => (unit * 0.6, unit * 0.8),
        Block::Note { .. } | Block::Facts(_) => (unit * 0.9, unit * 1.0),
        Block::SignLines(_) => (unit * 1.2, unit),
        Block::Rule => (unit * 0.9, unit * 0.9),
        Block::Keep(inner) => (
            inner.first().map_or(0.0, |first| space(first, unit).0),
            inner.last().map_or(0.0, |last| space(last, unit).1),
        ),
        Block::PageBreak { .. } | Block::Turned { .. } | Block::Contents { .. } => (0.0, 0.0),
    }
}

/// Lays a whole report out. A table that is too wide for an upright page stands on a turned one, with its heading.
pub(super) fn report(setting: &Setting, content: &[Block]) -> Vec<Item> {
    let mut items = Vec::new();
    let mut start = 0;
    let turns = setting.sheets.usual == Orientation::Portrait;
    for (at, each) in content.iter().enumerate() {
        let Block::Table(wide) = each else { continue };
        if at < start || !turns || !table::too_wide(setting, wide, setting.area.width) {
            continue;
        }
        let small = |block: &&Block| matches!(block, Block::Paragraph { style: ParagraphStyle::Small, .. });
        let before = content.get(start..at).unwrap_or_default();
        // Between a heading and its table stand a note and the sentences that the section opens with.
        let said = |block: &&Block| {
            matches!(block, Block::Paragraph { style: ParagraphStyle::Small | ParagraphStyle::Plain, .. })
        };
        let words = before.iter().rev().take_while(said).count();
        let headings =
            before.iter().rev().skip(words).take_while(|block| matches!(block, Block::Heading { .. })).count();
        let first = if headings > 0 { at - words - headings } else { at };
        let after = content.get(at + 1..).unwrap_or_default();
        let end = at + 1 + after.iter().take_while(small).count();
        items.append(&mut blocks(setting, content.get(start..first).unwrap_or_default(), setting.area.width));
        items.append(&mut turned(setting, Orientation::Landscape, content.get(first..end).unwrap_or_default()));
        start = end;
    }
    items.append(&mut blocks(setting, content.get(start..).unwrap_or_default(), setting.area.width));
    items
}

/// Lays blocks out under each other.
pub(super) fn blocks(setting: &Setting, content: &[Block], width: f64) -> Vec<Item> {
    let unit = setting.theme.text_size * 1.4;
    let mut all = Vec::new();
    let (mut below, mut headed, mut attached) = (0.0_f64, false, false);
    let announces = announcing(content);
    for (at, each) in content.iter().enumerate() {
        let (before, after) = space(each, unit);
        let mut items = block(setting, each, width);
        // Fine print below a table or chart is about it.
        let fine = matches!(content.get(at + 1), Some(Block::Paragraph { style: ParagraphStyle::Small, .. }));
        if fine
            && matches!(each, Block::Table(_) | Block::Chart { .. } | Block::Tiles(_))
            && let Some(Item::Slab(last)) = items.last_mut()
        {
            last.keep = true;
        }
        // Words that announce what follows stay with it, and so do all those between a heading and what it heads.
        if announces.contains(&at) && items.len() <= MOST_ANNOUNCED {
            for item in &mut items {
                if let Item::Slab(slab) = item {
                    slab.keep = true;
                }
            }
        } else if let Block::Paragraph { text, .. } = each
            && plain(text).trim_end().ends_with(':')
            && let Some(Item::Slab(last)) = items.last_mut()
        {
            last.keep = true;
        }
        // Nobody signs a page with nothing else on it.
        if content.get(at + 1).is_some_and(signs)
            && let Some(Item::Slab(last)) = items.last_mut()
        {
            last.keep = true;
        }
        if let Some(Item::Slab(first)) = items.first_mut() {
            // What follows a heading belongs to it, and stands close.
            let subtitle = matches!(each, Block::Paragraph { style: ParagraphStyle::Subtitle, .. });
            first.gap = if headed {
                if subtitle { unit * 0.45 } else { below }
            } else if attached {
                before
            } else {
                before.max(below)
            };
        }
        if !items.is_empty() {
            below = after;
            headed = matches!(each, Block::Heading { .. });
            attached = fine && !headed;
        }
        all.append(&mut items);
    }
    all
}

/// Whether a block is lines to sign on.
fn signs(block: &Block) -> bool {
    match block {
        Block::SignLines(_) => true,
        Block::Keep(inner) => inner.first().is_some_and(signs),
        _ => false,
    }
}

/// The longest paragraph, in lines, that is held between its heading and its table: a longer one is text in its own right.
const MOST_ANNOUNCED: usize = 6;

/// The places of the paragraphs that stand between a heading and the table, chart or tiles that it heads.
fn announcing(content: &[Block]) -> Vec<usize> {
    let mut places = Vec::new();
    let mut waiting: Option<Vec<usize>> = None;
    for (at, block) in content.iter().enumerate() {
        match (block, &mut waiting) {
            (Block::Heading { .. }, _) => waiting = Some(Vec::new()),
            (Block::Paragraph { .. }, Some(run)) => run.push(at),
            (Block::Table(_) | Block::Chart { .. } | Block::Tiles(_), Some(run)) => {
                places.append(run);
                waiting = None;
            }
            _ => waiting = None,
        }
    }
    places
}

fn block(setting: &Setting, block: &Block, width: f64) -> Vec<Item> {
    let theme = setting.theme;
    match block {
        Block::Heading { level, id, text } => heading(setting, *level, id, text, width),
        Block::Paragraph { style, text } => {
            let (ink, leading) = match style {
                ParagraphStyle::Plain => (Ink::new(theme.text_size, theme.ink), 1.45),
                ParagraphStyle::Lead => (Ink::new(theme.text_size * 1.18, theme.ink), 1.45),
                ParagraphStyle::Small => (Ink::new(theme.text_size * 0.82, theme.quiet), 1.4),
                ParagraphStyle::Subtitle => (Ink::new(theme.text_size * 1.16, theme.quiet), 1.4),
            };
            let paragraph = Paragraph::new(setting, Rich::of(text, &ink, setting), leading);
            paragraph.own(setting.tag(Role::Paragraph));
            paragraph_slabs(setting, &paragraph, width, setting.align)
        }
        Block::List { numbered, items } => {
            let tag = setting.tag(Role::List);
            if *numbered {
                setting.detail(tag, Detail::Numbered);
            }
            setting.inside(tag, || nested::list(setting, *numbered, items, width))
        }
        Block::Table(content) => setting.within(Role::Table, || table::table(setting, content, width)),
        Block::Tiles(content) => setting.within(Role::List, || tiles::tiles(setting, content, width)),
        Block::Chart { name, caption, height } => {
            setting.within(Role::Div, || picture::chart(setting, name, caption, *height, width))
        }
        Block::Note { tone, blocks: inner } => {
            setting.within(Role::Sect, || nested::note(setting, *tone, inner, width))
        }
        Block::Facts(facts) => setting.within(Role::List, || nested::facts(setting, facts, width)),
        Block::Columns(columns) => nested::columns(setting, columns, width),
        Block::Keep(inner) => {
            let mut items = blocks(setting, inner, width);
            keep_together(&mut items);
            items
        }
        Block::PageBreak { appendix } => vec![Item::Page { appendix: *appendix }],
        Block::Turned { orientation, blocks: inner } => turned(setting, *orientation, inner),
        Block::Contents { title, always } => {
            // Its elements stand here, though what they hold is known later.
            let tag = setting.tag(Role::Sect);
            let heading = setting.inside(tag, || setting.tree.borrow_mut().heading_aside(2));
            vec![Item::Contents { title: title.clone(), always: *always, width, tags: (tag, heading) }]
        }
        Block::SignLines(labels) => sign_lines(setting, labels, width),
        Block::Rule => {
            let mut slab = Slab::new(0.6);
            slab.marks.push(hairline(0.0, 0.3, width, 0.6, theme.rule));
            vec![Item::Slab(slab)]
        }
    }
}

/// Everything but the last slab stays with what follows, if all of it fits one page.
pub(super) fn keep_together(items: &mut [Item]) {
    let last = items.len().saturating_sub(1);
    for item in items.iter_mut().take(last) {
        if let Item::Slab(slab) = item {
            slab.weak = slab.weak || !slab.keep;
            slab.keep = true;
        }
    }
}

/// A paragraph as one slab a line. Its first two lines stay together, and its last two.
pub(super) fn paragraph_slabs(setting: &Setting, paragraph: &Paragraph, width: f64, align: Align) -> Vec<Item> {
    let lines = paragraph.lines(setting, width);
    let count = lines.len();
    lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let mut slab = Slab::new(paragraph.leading);
            paragraph.draw(setting, line, (0.0, 0.0), width, align, &mut slab.marks);
            slab.keep = count > 1 && (at == 0 || at + 2 == count);
            Item::Slab(slab)
        })
        .collect()
}

/// A paragraph as one slab.
pub(super) fn text_slab(setting: &Setting, rich: Rich, leading: f64, width: f64, owner: Tag) -> Slab {
    let paragraph = Paragraph::new(setting, rich, leading);
    paragraph.own(owner);
    stack(slabs(paragraph_slabs(setting, &paragraph, width, setting.align)))
}

fn heading(setting: &Setting, level: u8, id: &str, text: &[Inline], width: f64) -> Vec<Item> {
    let owner = setting.tree.borrow_mut().heading(level);
    let mut slabs = heading_slabs(setting, level, text, width, owner);
    if let Some(first) = slabs.first_mut()
        && !id.is_empty()
    {
        first.marks.push(Mark::Target { y: 0.0, id: id.into() });
    }
    slabs.into_iter().map(Item::Slab).collect()
}

/// The lines of a heading, which stay with what follows.
pub(super) fn heading_slabs(setting: &Setting, level: u8, text: &[Inline], width: f64, owner: Tag) -> Vec<Slab> {
    let theme = setting.theme;
    let (ink, leading) = match level {
        1 => (Ink::new(theme.text_size * 2.05, theme.accent).bold(), 1.22),
        2 => (Ink::new(theme.text_size * 1.45, theme.ink).bold(), 1.3),
        _ => (Ink::new(theme.text_size * 1.1, theme.ink).bold(), 1.35),
    };
    let rich = Rich::of(text, &ink, setting);
    let title: String = plain(text);
    let mut paragraph = Paragraph::new(setting, rich, leading);
    paragraph.even = true;
    paragraph.own(owner);
    let mut lines = slabs(paragraph_slabs(setting, &paragraph, width, Align::Start));
    for slab in &mut lines {
        slab.keep = true;
    }
    if let Some(first) = lines.first_mut() {
        first.marks.push(Mark::Outline { y: 0.0, level, text: title.as_str().into() });
    }
    lines
}

/// The words of inline content, without the labels of figures.
pub(super) fn plain(text: &[Inline]) -> String {
    text.iter()
        .map(|inline| match inline {
            Inline::Text(text) | Inline::Code(text) => text.clone(),
            Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
                plain(inner)
            }
            Inline::Figure(_) => String::new(),
            Inline::Break => " ".to_string(),
        })
        .collect()
}

/// On pages that stand in another way; then as before.
fn turned(setting: &Setting, orientation: Orientation, inner: &[Block]) -> Vec<Item> {
    let setting = setting.on(orientation);
    let mut items = vec![Item::Turn(orientation)];
    items.append(&mut blocks(&setting, inner, setting.area.width));
    items.push(Item::Turn(setting.sheets.usual));
    items
}

/// The height of items under each other.
pub(super) fn height(items: &[Item]) -> f64 {
    let of = |item: &Item| match item {
        Item::Slab(slab) => slab.gap + slab.height,
        Item::Beside(flows) => flows.iter().map(|flow| height(flow)).fold(0.0, f64::max),
        Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => 0.0,
    };
    items.iter().map(of).sum()
}

fn sign_lines(setting: &Setting, labels: &[String], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let gap = theme.text_size * 2.2;
    let ink = Ink::new(theme.text_size * 0.82, theme.quiet);
    let mut items = Vec::new();
    for row in labels.chunks(3) {
        let wide = (width - gap * (row.len().max(2) - 1) as f64) / row.len().max(2) as f64;
        let mut whole = Slab::default();
        let above = theme.text_size * 3.4;
        for (at, label) in row.iter().enumerate() {
            let x = at as f64 * (wide + gap);
            let mut slab = text_slab(setting, Rich::plain(label, &ink), 1.4, wide, setting.tag(Role::Paragraph));
            slab.shift(x, above + 2.5);
            whole.marks.push(hairline(x, above, wide, 0.6, theme.quiet));
            whole.height = whole.height.max(above + 2.5 + slab.height);
            whole.marks.append(&mut slab.marks);
        }
        items.push(Item::Slab(whole));
    }
    items
}
