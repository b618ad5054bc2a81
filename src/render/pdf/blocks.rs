//! Blocks of a document as slabs of a given width.

use super::mark::{Mark, hairline};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich, tint, toned};
use super::slab::{Item, Slab, each_slab, indent, slabs, stack};
use super::tree::{Detail, Role, Tag};
use super::{Setting, picture, table, tiles};
use crate::document::{Block, Inline, ParagraphStyle, Tone};

/// Space above and below a block; of two that meet the larger one counts.
fn space(block: &Block, unit: f64) -> (f64, f64) {
    match block {
        Block::Heading { level: 1, .. } => (unit * 2.0, unit * 0.9),
        Block::Heading { level: 2, .. } => (unit * 1.25, unit * 0.45),
        Block::Heading { .. } => (unit * 1.4, unit * 0.4),
        Block::Paragraph { style: ParagraphStyle::Lead, .. } => (unit * 0.5, unit * 0.5),
        Block::Paragraph { style: ParagraphStyle::Subtitle, .. } => (unit * 0.2, unit * 0.5),
        Block::Paragraph { style: ParagraphStyle::Small, .. } => (unit * 0.45, unit * 0.45),
        Block::Paragraph { .. } | Block::List { .. } => (unit * 0.6, unit * 0.6),
        Block::Table(_) | Block::Chart { .. } | Block::Tiles(_) | Block::Columns(_) => (unit * 0.8, unit * 0.9),
        Block::Note { .. } | Block::Facts(_) => (unit * 0.9, unit * 1.0),
        Block::SignLines(_) => (unit * 1.2, unit),
        Block::Rule => (unit * 0.9, unit * 0.9),
        Block::Keep(inner) => (
            inner.first().map_or(0.0, |first| space(first, unit).0),
            inner.last().map_or(0.0, |last| space(last, unit).1),
        ),
        Block::PageBreak { .. } => (0.0, 0.0),
    }
}

/// Lays blocks out under each other.
pub(super) fn blocks(setting: &Setting, content: &[Block], width: f64) -> Vec<Item> {
    let unit = setting.theme.text_size * 1.4;
    let mut all = Vec::new();
    let (mut below, mut headed, mut attached) = (0.0_f64, false, false);
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

fn block(setting: &Setting, block: &Block, width: f64) -> Vec<Item> {
    let theme = setting.theme;
    match block {
        Block::Heading { level, id, text } => heading(setting, *level, id, text, width),
        Block::Paragraph { style, text } => {
            let (ink, leading) = match style {
                ParagraphStyle::Plain => (Ink::new(theme.text_size, theme.ink), 1.45),
                ParagraphStyle::Lead => (Ink::new(theme.text_size * 1.24, theme.ink), 1.45),
                ParagraphStyle::Small => (Ink::new(theme.text_size * 0.82, theme.quiet), 1.4),
                ParagraphStyle::Subtitle => (Ink::new(theme.text_size * 1.16, theme.quiet), 1.4),
            };
            let paragraph = Paragraph::new(setting, Rich::of(text, &ink, setting), leading);
            paragraph.owner.set(setting.tag(Role::Paragraph));
            // Its first two lines stay together, and its last two.
            paragraph_slabs(setting, &paragraph, width, Align::Start)
        }
        Block::List { numbered, items } => {
            let tag = setting.tag(Role::List);
            if *numbered {
                setting.detail(tag, Detail::Numbered);
            }
            setting.inside(tag, || list(setting, *numbered, items, width))
        }
        Block::Table(content) => setting.within(Role::Table, || table::table(setting, content, width)),
        Block::Tiles(content) => setting.within(Role::List, || tiles::tiles(setting, content, width)),
        Block::Chart { name, caption, height } => {
            setting.within(Role::Div, || picture::chart(setting, name, caption, *height, width))
        }
        Block::Note { tone, blocks: inner } => setting.within(Role::Sect, || note(setting, *tone, inner, width)),
        Block::Facts(facts) => setting.within(Role::List, || self::facts(setting, facts, width)),
        Block::Columns(columns) => self::columns(setting, columns, width),
        Block::Keep(inner) => {
            let mut items = blocks(setting, inner, width);
            keep_together(&mut items);
            items
        }
        Block::PageBreak { appendix } => vec![Item::Page { appendix: *appendix }],
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

/// A paragraph as one slab a line.
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
    paragraph.owner.set(owner);
    stack(slabs(paragraph_slabs(setting, &paragraph, width, Align::Start)))
}

fn heading(setting: &Setting, level: u8, id: &str, text: &[Inline], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let (ink, leading) = match level {
        1 => (Ink::new(theme.text_size * 2.05, theme.accent).bold(), 1.22),
        2 => (Ink::new(theme.text_size * 1.45, theme.ink).bold(), 1.3),
        _ => (Ink::new(theme.text_size * 1.1, theme.ink).bold(), 1.35),
    };
    let rich = Rich::of(text, &ink, setting);
    let title: String = plain(text);
    let paragraph = Paragraph::new(setting, rich, leading);
    paragraph.owner.set(setting.tree.borrow_mut().heading(level));
    let mut items = paragraph_slabs(setting, &paragraph, width, Align::Start);
    for item in &mut items {
        if let Item::Slab(slab) = item {
            slab.keep = true;
        }
    }
    if let Some(Item::Slab(first)) = items.first_mut() {
        first.marks.push(Mark::Outline { y: 0.0, level, text: title.as_str().into() });
        if !id.is_empty() {
            first.marks.push(Mark::Target { y: 0.0, id: id.into() });
        }
    }
    items
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

fn list(setting: &Setting, numbered: bool, entries: &[Vec<Block>], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let unit = theme.text_size * 1.4;
    let inner = theme.text_size * if numbered { 2.0 } else { 1.4 };
    let mut all = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let whole = setting.tag(Role::Item);
        let label = setting.child(whole, Role::Label);
        let body = setting.child(whole, Role::Body);
        let mut items = setting.inside(body, || blocks(setting, entry, (width - inner).max(width * 0.5)));
        indent(&mut items, inner.min(width * 0.5));
        let sign = if numbered { format!("{}.", at + 1) } else { "•".to_string() };
        let ink = Ink::new(theme.text_size, theme.quiet);
        let paragraph = Paragraph::new(setting, Rich::plain(&sign, &ink), 1.45);
        paragraph.owner.set(label);
        if items.is_empty() {
            items.push(Item::Slab(Slab::new(paragraph.leading)));
        }
        if let Some(Item::Slab(first)) = items.first_mut() {
            first.gap = unit * if at == 0 { 0.6 } else { 0.28 };
            let room = inner - theme.text_size * 0.45;
            for line in paragraph.lines(setting, room) {
                paragraph.draw(
                    setting,
                    &line,
                    (0.0, 0.0),
                    room,
                    if numbered { Align::Right } else { Align::Start },
                    &mut first.marks,
                );
            }
        }
        all.append(&mut items);
    }
    all
}

fn note(setting: &Setting, tone: Tone, inner: &[Block], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let edge = toned(theme, tone).unwrap_or(theme.accent);
    let back = if matches!(tone, Tone::Neutral | Tone::Quiet) { theme.shade } else { tint(edge, 0.07) };
    let pad = (theme.text_size * 0.85, theme.text_size * 1.3);
    let mut items = blocks(setting, inner, width - 2.0 * pad.1);
    items.retain(|item| matches!(item, Item::Slab(_)));
    let mut total = 0.0;
    for item in &items {
        if let Item::Slab(slab) = item {
            total += slab.gap + slab.height;
        }
    }
    let mut at = 0;
    each_slab(&mut items, |slab| {
        // Inside a note the spaces belong to the slabs, so that the colour has no holes.
        let above = if at == 0 { pad.0 } else { slab.gap };
        slab.shift(pad.1, above);
        slab.height += above;
        slab.gap = 0.0;
        at += 1;
    });
    if let Some(Item::Slab(last)) = items.last_mut() {
        last.height += pad.0;
    }
    // Neighbours overlap a little, or viewers show a pale seam between them.
    let last = items.pop();
    let ground = |slab: &mut Slab, over: f64| {
        let rect = |width: f64, fill| Mark::Rect { x: 0.0, y: 0.0, width, height: slab.height + over, fill };
        let grounds = [rect(width, back), rect(2.2, edge)];
        slab.marks.splice(0..0, grounds);
    };
    each_slab(&mut items, |slab| ground(slab, 0.4));
    let mut last: Vec<Item> = last.into_iter().collect();
    each_slab(&mut last, |slab| ground(slab, 0.0));
    items.append(&mut last);
    if total < setting.area.height * 0.4 {
        keep_together(&mut items);
    }
    items
}

fn facts(setting: &Setting, facts: &[(Vec<Inline>, Vec<Block>)], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let ink = Ink::new(theme.text_size, theme.quiet);
    let keys: Vec<Paragraph> =
        facts.iter().map(|(key, _)| Paragraph::new(setting, Rich::of(key, &ink, setting), 1.45)).collect();
    let gap = theme.text_size * 1.6;
    let widest = keys.iter().map(Paragraph::max_width).fold(0.0, f64::max);
    let key_width = widest.clamp(width * 0.12, width * 0.3);
    let value_width = width - key_width - gap;
    let pad = theme.text_size * 0.3;
    let mut all = Vec::new();
    for (at, (key, (_, value))) in keys.iter().zip(facts).enumerate() {
        let whole = setting.tag(Role::Item);
        key.owner.set(setting.child(whole, Role::Label));
        let mut left = stack(slabs(paragraph_slabs(setting, key, key_width, Align::Start)));
        let body = setting.child(whole, Role::Body);
        let mut items = setting.inside(body, || blocks(setting, value, value_width));
        items.retain(|item| matches!(item, Item::Slab(_)));
        indent(&mut items, key_width + gap);
        let whole: f64 =
            items.iter().map(|item| if let Item::Slab(slab) = item { slab.gap + slab.height } else { 0.0 }).sum();
        if whole < setting.area.height * 0.35 {
            items = vec![Item::Slab(stack(slabs(items)))];
        }
        if items.is_empty() {
            items.push(Item::Slab(Slab::default()));
        }
        each_slab(&mut items, |slab| slab.keep = slab.keep && whole >= setting.area.height * 0.35);
        if let Some(Item::Slab(first)) = items.first_mut() {
            first.shift(0.0, pad);
            left.shift(0.0, pad);
            first.height = first.height.max(left.height) + pad;
            first.gap = 0.0;
            first.marks.append(&mut left.marks);
            if at > 0 {
                first.marks.push(hairline(0.0, 0.0, width, 0.4, theme.rule));
            }
        }
        if let Some(Item::Slab(last)) = items.last_mut() {
            last.height += pad;
        }
        all.append(&mut items);
    }
    all
}

fn columns(setting: &Setting, columns: &[(f64, Vec<Block>)], width: f64) -> Vec<Item> {
    let gap = setting.theme.text_size * 2.2;
    let shares: f64 = columns.iter().map(|(share, _)| share.max(0.01)).sum();
    let room = width - gap * columns.len().saturating_sub(1) as f64;
    let mut whole = Slab::default();
    let place = setting.tree.borrow().place();
    let mut x = 0.0;
    for (share, content) in columns {
        let wide = room * share.max(0.01) / shares;
        if wide < setting.theme.text_size * 6.0 {
            break;
        }
        let mut slab = stack(slabs(blocks(setting, content, wide)));
        slab.shift(x, 0.0);
        whole.height = whole.height.max(slab.height);
        whole.marks.append(&mut slab.marks);
        x += wide + gap;
    }
    if whole.height <= setting.area.height && (x - gap - width).abs() < 1.0 {
        return vec![Item::Slab(whole)];
    }
    // Too tall for a page, or too narrow to read: one below the other.
    setting.tree.borrow_mut().back(place);
    columns.iter().flat_map(|(_, content)| blocks(setting, content, width)).collect()
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
