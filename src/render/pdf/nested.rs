//! Blocks that hold blocks: lists, notes, facts, areas side by side.

use super::Setting;
use super::blocks::{blocks, height, keep_together, paragraph_slabs, plain};
use super::mark::{Mark, hairline};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich, tint, toned};
use super::slab::{Item, Slab, each_slab, indent, side_by_side, slabs, stack};
use super::tree::Role;
use crate::document::{Block, Inline, Tone};

pub(super) fn list(setting: &Setting, numbered: bool, entries: &[Vec<Block>], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let unit = theme.text_size * 1.4;
    let digits = entries.len().to_string().len().max(2) as f64;
    let inner = (theme.text_size * if numbered { 0.8 + 0.6 * digits } else { 1.4 }).min(width * 0.5);
    // Signs stand where most of the items begin; an item of another direction stays beside its sign.
    let rtl =
        !entries.is_empty() && entries.iter().all(|entry| entry.first().is_some_and(|block| runs_rtl(setting, block)));
    let depth = setting.depth;
    let setting = &Setting { depth: depth + 1, align: if rtl { Align::Right } else { Align::Left }, ..*setting };
    let mut all = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        let whole = setting.tag(Role::Item);
        let label = setting.child(whole, Role::Label);
        let body = setting.child(whole, Role::Body);
        let mut items = setting.inside(body, || blocks(setting, entry, width - inner));
        if !rtl {
            indent(&mut items, inner);
        }
        let sign = match (numbered, depth) {
            (true, _) => format!("{}.", at + 1),
            (false, 0) => "•".to_string(),
            (false, _) => "–".to_string(),
        };
        let ink = Ink::new(theme.text_size, theme.quiet);
        let paragraph = Paragraph::new(setting, Rich::plain(&sign, &ink), 1.45);
        paragraph.own(label);
        if items.is_empty() {
            items.push(Item::Slab(Slab::new(paragraph.leading)));
        }
        if let Some(Item::Slab(first)) = items.first_mut() {
            first.gap = unit * if at == 0 { 0.6 } else { 0.28 };
            let room = inner - theme.text_size * 0.45;
            let (left, align) = match (rtl, numbered) {
                (true, true) => (width - room, Align::Left),
                (true, false) => (width - room, Align::Right),
                (false, true) => (0.0, Align::Right),
                (false, false) => (0.0, Align::Left),
            };
            for line in paragraph.lines(setting, room) {
                paragraph.draw(setting, &line, (left, 0.0), room, align, &mut first.marks);
            }
        }
        if let Some(Item::Slab(last)) = items.last_mut() {
            last.keep = last.keep || pairs(at, entries.len());
        }
        all.append(&mut items);
    }
    all
}

/// Whether a block's words run from right to left.
fn runs_rtl(setting: &Setting, block: &Block) -> bool {
    match block {
        Block::Paragraph { text, .. } | Block::Heading { text, .. } => setting.runs_rtl(&plain(text)),
        _ => false,
    }
}

pub(super) fn note(setting: &Setting, tone: Tone, inner: &[Block], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let edge = toned(theme, tone).unwrap_or(theme.accent);
    let back = if matches!(tone, Tone::Neutral | Tone::Quiet) { theme.shade } else { tint(edge, 0.07) };
    let pad = (theme.text_size * 0.85, theme.text_size * 1.3);
    let mut items: Vec<Item> = slabs(blocks(setting, inner, width - 2.0 * pad.1)).into_iter().map(Item::Slab).collect();
    let total = height(&items);
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

pub(super) fn facts(setting: &Setting, facts: &[(Vec<Inline>, Vec<Block>)], width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let ink = Ink::new(theme.text_size, theme.quiet);
    let keys: Vec<Paragraph> =
        facts.iter().map(|(key, _)| Paragraph::new(setting, Rich::of(key, &ink, setting), 1.45)).collect();
    let gap = theme.text_size * 1.6;
    let widest = keys.iter().map(|key| key.natural).fold(0.0, f64::max);
    let key_width = widest.clamp(width * 0.12, width * 0.3);
    let value_width = width - key_width - gap;
    let pad = theme.text_size * 0.3;
    let mut all = Vec::new();
    // Keys at the left: then values stand beside them, whatever their direction.
    let rtl = !keys.is_empty() && keys.iter().all(Paragraph::runs_rtl);
    let setting = &Setting { align: if rtl { setting.align } else { Align::Left }, ..*setting };
    let count = facts.len();
    for (at, (key, (_, value))) in keys.iter().zip(facts).enumerate() {
        let pair = setting.tag(Role::Item);
        key.own(setting.child(pair, Role::Label));
        let mut left = stack(slabs(paragraph_slabs(setting, key, key_width, Align::Start)));
        let body = setting.child(pair, Role::Body);
        let value = setting.inside(body, || blocks(setting, value, value_width));
        let mut items: Vec<Item> = slabs(value).into_iter().map(Item::Slab).collect();
        indent(&mut items, key_width + gap);
        let whole = height(&items);
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
            last.keep = pairs(at, count);
        }
        all.append(&mut items);
    }
    all
}

/// Whether one of so many stays with the next: the first with the second, and the last with the one before it.
fn pairs(at: usize, count: usize) -> bool {
    count > 1 && (at == 0 || at + 2 == count)
}

pub(super) fn columns(setting: &Setting, columns: &[(f64, Vec<Block>)], width: f64) -> Vec<Item> {
    let gap = setting.theme.text_size * 2.2;
    let shares: f64 = columns.iter().map(|(share, _)| share.max(0.01)).sum();
    let room = width - gap * columns.len().saturating_sub(1) as f64;
    let wide = |share: f64| room * share.max(0.01) / shares;
    if columns.iter().any(|(share, _)| wide(*share) < setting.theme.text_size * 6.0) {
        // Too narrow to read: one below the other.
        return columns.iter().flat_map(|(_, content)| blocks(setting, content, width)).collect();
    }
    let mut x = 0.0;
    let mut flows: Vec<Vec<Item>> = Vec::new();
    for (share, content) in columns {
        let mut flow = blocks(setting, content, wide(*share));
        if let Some(Item::Slab(first)) = flow.first_mut() {
            first.gap = 0.0;
        }
        indent(&mut flow, x);
        flows.push(flow);
        x += wide(*share) + gap;
    }
    // What is not tall stays on one page.
    let tall = flows.iter().map(|flow| height(flow)).fold(0.0, f64::max);
    if tall <= setting.area.height * 0.5 { vec![Item::Slab(side_by_side(flows))] } else { vec![Item::Beside(flows)] }
}
