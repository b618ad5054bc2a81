//! The table of contents: headings of levels 1 and 2 that come after it, with the numbers of their pages.
//!
//! How tall it is does not depend on the numbers, so one plan with empty lines tells all pages, and the numbers are added then.

use super::Setting;
use super::blocks::heading_slabs;
use super::mark::Mark;
use super::pages::{numbers, plan_closely};
use super::paragraph::{Align, Paragraph};
use super::rich::{Ink, Rich};
use super::slab::{Item, Slab};
use super::tree::{Role, Tag};
use crate::document::Inline;
use std::rc::Rc;

/// A heading that is listed.
struct Entry {
    level: u8,
    text: Rc<str>,
    /// What a click on it leads to.
    target: Rc<str>,
    /// Which slab it stands in.
    slab: usize,
}

/// Puts the table of contents in its place, or takes the place away where the report has no more pages than the theme says.
pub(super) fn resolve(setting: &Setting, mut items: Vec<Item>) -> Vec<Item> {
    let Some((place, title, always, width, tags)) = items.iter().enumerate().find_map(|(at, item)| match item {
        Item::Contents { title, always, width, tags } => Some((at, title.clone(), *always, *width, *tags)),
        _ => None,
    }) else {
        return items;
    };
    if !always && plan_closely(&items, &setting.sheets).pages.len() <= setting.theme.contents_from {
        return items;
    }
    let mut entries = Vec::new();
    let mut before = items.get(..place).unwrap_or_default().iter().map(count).sum();
    entries_of(items.get_mut(place..).unwrap_or_default(), &mut before, &mut entries);
    if entries.len() < 2 {
        return items;
    }
    let lines = Lines::new(setting, &title, &entries, width, tags);
    let height = lines.slabs.len();
    items.splice(place..=place, lines.slabs.iter().cloned().map(Item::Slab));
    let plan = plan_closely(&items, &setting.sheets);
    let pages: Vec<usize> = plan.slab_pages().collect();
    let labels = numbers(plan.pages.iter().map(|page| page.appendix));
    for (at, entry) in entries.iter().enumerate() {
        let label = pages.get(entry.slab + height).and_then(|page| labels.get(*page)).map_or("", |(label, _)| label);
        if let Some(Item::Slab(slab)) = items.get_mut(place + lines.first + at) {
            lines.number(setting, at, entry, label, slab);
        }
    }
    items
}

/// How many slabs an item has.
fn count(item: &Item) -> usize {
    match item {
        Item::Slab(_) => 1,
        Item::Beside(flows) => flows.iter().flatten().map(count).sum(),
        Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => 0,
    }
}

/// Finds the headings; one that nothing leads to yet becomes a target.
fn entries_of(items: &mut [Item], at: &mut usize, entries: &mut Vec<Entry>) {
    for item in items {
        match item {
            Item::Slab(slab) => {
                let heading = slab.marks.iter().find_map(|mark| match mark {
                    Mark::Outline { y, level, text } if *level <= 2 => Some((*y, *level, text.clone())),
                    _ => None,
                });
                if let Some((y, level, text)) = heading {
                    let known = slab.marks.iter().find_map(|mark| match mark {
                        Mark::Target { id, .. } => Some(id.clone()),
                        _ => None,
                    });
                    let target = known.unwrap_or_else(|| {
                        // No id of a template holds a space.
                        let id: Rc<str> = format!("contents {at}").into();
                        slab.marks.push(Mark::Target { y, id: id.clone() });
                        id
                    });
                    entries.push(Entry { level, text, target, slab: *at });
                }
                *at += 1;
            }
            Item::Beside(flows) => flows.iter_mut().for_each(|flow| entries_of(flow, at, entries)),
            Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => {}
        }
    }
}

/// The lines of the contents, without numbers.
struct Lines {
    slabs: Vec<Slab>,
    /// Which slab is the first entry's.
    first: usize,
    /// Where the text of each entry's last line ends.
    ends: Vec<f64>,
    /// The element of each entry.
    tags: Vec<Tag>,
    width: f64,
}

impl Lines {
    fn new(setting: &Setting, title: &str, entries: &[Entry], width: f64, (tag, heading): (Tag, Tag)) -> Lines {
        let theme = setting.theme;
        let unit = theme.text_size * 1.4;
        let mut slabs = Vec::new();
        if !title.is_empty() {
            slabs = heading_slabs(setting, 2, &[Inline::Text(title.to_string())], width, heading);
            if let Some(first) = slabs.first_mut() {
                first.gap = unit * 1.25;
            }
        }
        let first = slabs.len();
        let mut lines = Lines { slabs, first, ends: Vec::new(), tags: Vec::new(), width };
        let whole = setting.child(tag, Role::Contents);
        for (at, entry) in entries.iter().enumerate() {
            let ink = look(setting, entry);
            let left = if entry.level == 1 { 0.0 } else { theme.text_size * 1.2 };
            let paragraph = Paragraph::new(setting, Rich::plain(&entry.text, &ink), LEADING);
            let reference = setting.child(setting.child(whole, Role::Entry), Role::Reference);
            let tag = setting.child(reference, Role::Link);
            paragraph.own(tag);
            lines.tags.push(tag);
            let mut slab = Slab::new(0.0);
            let set = paragraph.lines(setting, width - left - Self::room(setting));
            for line in &set {
                paragraph.draw(setting, line, (left, slab.height), width - left, Align::Left, &mut slab.marks);
                slab.height += paragraph.leading;
            }
            slab.gap = unit * if entry.level == 1 && at > 0 { 0.4 } else { 0.1 };
            slab.keep = at == 0 || at + 2 == entries.len();
            slab.marks.push(Mark::Link {
                x: 0.0,
                y: 0.0,
                width,
                height: slab.height,
                to: format!("#{}", entry.target).into(),
                words: entry.text.clone(),
                tag,
            });
            lines.ends.push(left + set.last().map_or(0.0, |line| line.width));
            lines.slabs.push(slab);
        }
        lines
    }

    /// What is kept free for the numbers.
    fn room(setting: &Setting) -> f64 {
        setting.theme.text_size * 3.2
    }

    /// Adds the number of a page, and dots that lead to it.
    fn number(&self, setting: &Setting, at: usize, entry: &Entry, label: &str, slab: &mut Slab) {
        let number = Paragraph::new(setting, Rich::plain(label, &look(setting, entry)), LEADING);
        number.own(self.tags.get(at).copied().unwrap_or_default());
        let top = slab.height - number.leading;
        let (start, end) = (self.ends.get(at).copied().unwrap_or(0.0) + 5.0, self.width - number.natural - 5.0);
        if end - start > 12.0 {
            slab.marks.push(Mark::Stroke {
                // Dots of different lines stand under each other.
                points: vec![
                    (self.width - ((self.width - start) / 4.0).floor() * 4.0, top + number.ascent),
                    (end, top + number.ascent),
                ],
                width: 0.8,
                colour: setting.theme.rule,
                dash: Some((0.8, 3.2)),
            });
        }
        for line in number.lines(setting, f64::INFINITY).iter().take(1) {
            number.draw(setting, line, (0.0, top), self.width, Align::Right, &mut slab.marks);
        }
    }
}

const LEADING: f64 = 1.45;

fn look(setting: &Setting, entry: &Entry) -> Ink {
    let ink = Ink::new(setting.theme.text_size, setting.theme.ink);
    if entry.level == 1 { ink.bold() } else { ink }
}
