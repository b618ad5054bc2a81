//! Tiles: key figures as cards of equal height in a grid.

use super::blocks::{paragraph_slabs, text_slab};
use super::mark::Mark;
use super::paragraph::{Align, Paragraph};
use super::picture;
use super::rich::{Ink, Rich, toned};
use super::slab::{Item, Slab, slabs, stack};
use super::tree::Role;
use super::{Setting, blocks};
use crate::document::{Block, Inline, ParagraphStyle, Tile};

const MOST_IN_A_ROW: usize = 6;
const GAP: f64 = 6.0;
const PAD: f64 = 6.0;
const SPARK: f64 = 16.0;

pub(super) fn tiles(setting: &Setting, tiles: &[Tile], width: f64) -> Vec<Item> {
    let mut items = Vec::new();
    let rows = balanced(tiles.len(), across(setting, width));
    let most = rows.first().copied().unwrap_or(1).max(1);
    let wide = (width - GAP * (most - 1) as f64) / most as f64;
    let mut rest = tiles;
    // A page may end between two rows: each tile is read by itself, and a third of a page left open is worse.
    for count in rows {
        let Some((row, after)) = rest.split_at_checked(count) else { break };
        rest = after;
        let place = setting.tree.borrow().place();
        let mut cards: Vec<Card> = row.iter().map(|tile| card(setting, tile, wide)).collect();
        // Values stand on one line, whatever the labels above take.
        let label = cards.iter().map(|card| card.label.height).fold(0.0, f64::max);
        let value = cards.iter().map(|card| card.value.height).fold(0.0, f64::max);
        let lines = cards.iter().map(|card| card.lines.height).fold(0.0, f64::max);
        let spark = cards.iter().map(|card| card.spark.height).fold(0.0, f64::max);
        let lines_gap = if lines > 0.0 { 4.0 } else { 0.0 };
        let spark_gap = if spark > 0.0 { 5.0 } else { 0.0 };
        let height = PAD + label + 2.0 + value + lines_gap + lines + spark_gap + spark + PAD;
        if height > setting.area.height * 0.8 {
            setting.tree.borrow_mut().back(place);
            items.extend(row.iter().flat_map(|tile| as_text(setting, tile, width)));
            continue;
        }
        let mut slab = Slab::new(height);
        slab.gap = GAP;
        for (at, card) in cards.iter_mut().enumerate() {
            let x = at as f64 * (wide + GAP);
            slab.marks.push(Mark::Rect { x, y: 0.0, width: wide, height, fill: setting.theme.shade });
            let edge = toned(setting.theme, card.tone).unwrap_or(setting.theme.rule);
            slab.marks.push(Mark::Rect { x, y: 0.0, width: wide, height: 1.6, fill: edge });
            let value_top = PAD + label + 2.0 + (value - card.value.height);
            let below = PAD + label + 2.0 + value + lines_gap;
            for (part, y) in [
                (&mut card.label, PAD),
                (&mut card.value, value_top),
                (&mut card.lines, below),
                (&mut card.spark, below + lines + spark_gap),
            ] {
                part.shift(x + PAD, y);
                slab.marks.append(&mut part.marks);
            }
        }
        items.push(Item::Slab(slab));
    }
    items
}

/// How many tiles have room beside each other.
fn across(setting: &Setting, width: f64) -> usize {
    let least = setting.theme.text_size * 7.6;
    (((width + GAP) / (least + GAP)).floor() as usize).clamp(1, MOST_IN_A_ROW)
}

/// Rows of equal length, the longer ones first: seven tiles are four and three, thirteen five, four and four.
fn balanced(count: usize, most: usize) -> Vec<usize> {
    let rows = count.div_ceil(most.max(1)).max(1);
    (0..rows).map(|row| count / rows + usize::from(row < count % rows)).collect()
}

struct Card {
    tone: crate::document::Tone,
    label: Slab,
    value: Slab,
    lines: Slab,
    spark: Slab,
}

fn card(setting: &Setting, tile: &Tile, wide: f64) -> Card {
    let theme = setting.theme;
    let inner = wide - 2.0 * PAD;
    let small = Ink::new(theme.text_size * 0.8, theme.quiet);
    let whole = setting.tag(Role::Item);
    let label_tag = setting.child(whole, Role::Label);
    let body = setting.child(whole, Role::Body);
    let paragraph_tag = || setting.child(body, Role::Paragraph);
    let label = text_slab(setting, Rich::plain(&tile.label, &small), 1.35, inner, label_tag);
    // A long value is set smaller until it fits on its line, then wraps.
    let mut size = theme.text_size * if tile.value.chars().count() > 9 { 1.35 } else { 1.95 };
    let value = loop {
        // What is not a number (`not recorded`) does not shout.
        let said = tile.value.chars().any(|c| c.is_numeric());
        let ink = Ink::new(size, if said { theme.ink } else { theme.quiet }).bold();
        let mut rich = Rich::plain(&tile.value, &ink);
        rich.figure(&tile.figure, &Ink::new(theme.text_size * 1.4, theme.ink), theme);
        let paragraph = Paragraph::new(setting, rich, 1.3);
        if paragraph.natural <= inner || size <= theme.text_size * 0.92 {
            paragraph.own(paragraph_tag());
            break stack(slabs(paragraph_slabs(setting, &paragraph, inner, Align::Start)));
        }
        size *= 0.92;
    };
    let ink = Ink::new(theme.text_size * 0.8, theme.ink);
    let lines: Vec<Slab> = tile
        .lines
        .iter()
        .map(|line| text_slab(setting, Rich::of(line, &ink, setting), 1.38, inner, paragraph_tag()))
        .collect();
    let spark = if tile.spark.is_empty() {
        Slab::default()
    } else {
        setting.inside(body, || picture::spark(setting, &tile.spark, inner, SPARK)).unwrap_or_default()
    };
    Card { tone: tile.tone, label, value, lines: stack(lines), spark }
}

/// A tile whose text fills most of a page is set as text.
fn as_text(setting: &Setting, tile: &Tile, width: f64) -> Vec<Item> {
    let paragraph = |text: Vec<Inline>| Block::Paragraph { style: ParagraphStyle::Plain, text };
    let mut content = vec![
        paragraph(vec![Inline::Text(tile.label.clone())]),
        paragraph(vec![Inline::Strong(vec![Inline::Text(tile.value.clone())]), Inline::Figure(tile.figure.clone())]),
    ];
    content.extend(tile.lines.iter().cloned().map(paragraph));
    setting.within(Role::Item, || setting.within(Role::Body, || blocks::blocks(setting, &content, width)))
}

#[cfg(test)]
mod tests {
    use super::balanced;

    #[test]
    fn rows_of_tiles_differ_by_one_at_most() {
        assert_eq!(balanced(5, 6), [5]);
        assert_eq!(balanced(5, 4), [3, 2]);
        assert_eq!(balanced(7, 6), [4, 3]);
        assert_eq!(balanced(13, 6), [5, 4, 4]);
        assert_eq!(balanced(0, 6), [0]);
    }
}
