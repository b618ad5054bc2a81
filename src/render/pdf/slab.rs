//! Slabs: what cannot be divided between two pages, and stacks of them.

use super::mark::Mark;
use super::tree::Tag;
use crate::document::theme::Orientation;
use std::rc::Rc;

/// A strip over the whole width of its area.
#[derive(Clone, Debug, Default)]
pub(super) struct Slab {
    /// Space above; none at the head of a page.
    pub gap: f64,
    pub height: f64,
    /// From its top left corner.
    pub marks: Vec<Mark>,
    /// Stays on the page of the one that follows.
    pub keep: bool,
    /// It does so only as long as all that is kept together fits one page.
    pub weak: bool,
    /// Set again above it where it begins a page: the head of a table.
    pub head: Option<Rc<Slab>>,
}

/// What is put on pages, in order.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Slab(Slab),
    /// The end of a page.
    Page {
        appendix: bool,
    },
    /// What follows stands on pages of this orientation.
    Turn(Orientation),
    /// Flows that begin side by side, each already at its place; what follows stands below the longest.
    Beside(Vec<Vec<Item>>),
    /// The table of contents stands here, if the report is long enough.
    Contents {
        title: String,
        always: bool,
        width: f64,
        /// The elements of the part and of its heading.
        tags: (Tag, Tag),
    },
}

impl Slab {
    /// Empty room.
    pub fn new(height: f64) -> Slab {
        Slab { height, ..Slab::default() }
    }

    pub fn shift(&mut self, dx: f64, dy: f64) {
        for mark in &mut self.marks {
            mark.shift(dx, dy);
        }
    }
}

/// The slabs of items that stand in a place where no page can end.
pub(super) fn slabs(items: Vec<Item>) -> Vec<Slab> {
    let mut slabs = Vec::new();
    for item in items {
        match item {
            Item::Slab(slab) => slabs.push(slab),
            Item::Beside(flows) => slabs.push(side_by_side(flows)),
            Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => {}
        }
    }
    slabs
}

/// Puts slabs under each other into one; the first one's space above is left out.
pub(super) fn stack(slabs: Vec<Slab>) -> Slab {
    let mut whole = Slab::default();
    for (at, mut slab) in slabs.into_iter().enumerate() {
        if at > 0 {
            whole.height += slab.gap;
        }
        slab.shift(0.0, whole.height);
        whole.height += slab.height;
        whole.marks.append(&mut slab.marks);
    }
    whole
}

/// Flows side by side as one slab.
pub(super) fn side_by_side(flows: Vec<Vec<Item>>) -> Slab {
    let mut whole = Slab::default();
    for (at, flow) in flows.into_iter().enumerate() {
        let gap = match flow.first() {
            Some(Item::Slab(first)) if at == 0 => first.gap,
            _ => 0.0,
        };
        let mut slab = stack(slabs(flow));
        whole.gap = whole.gap.max(gap);
        whole.height = whole.height.max(slab.height);
        whole.marks.append(&mut slab.marks);
    }
    whole
}

/// Moves items to the right, with the heads that they repeat.
pub(super) fn indent(items: &mut [Item], dx: f64) {
    each_slab(items, |slab| slab.shift(dx, 0.0));
}

/// Changes every slab, and each repeated head once.
pub(super) fn each_slab(items: &mut [Item], mut change: impl FnMut(&mut Slab)) {
    let mut known: Option<(Rc<Slab>, Rc<Slab>)> = None;
    each(items, &mut known, &mut change);
}

fn each(items: &mut [Item], known: &mut Option<(Rc<Slab>, Rc<Slab>)>, change: &mut impl FnMut(&mut Slab)) {
    for item in items {
        let slab = match item {
            Item::Slab(slab) => slab,
            Item::Beside(flows) => {
                for flow in flows {
                    each(flow, known, change);
                }
                continue;
            }
            Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => continue,
        };
        if let Some(head) = slab.head.take() {
            let changed = match known {
                Some((old, new)) if Rc::ptr_eq(old, &head) => new.clone(),
                _ => {
                    let mut new = (*head).clone();
                    change(&mut new);
                    let new = Rc::new(new);
                    *known = Some((head, new.clone()));
                    new
                }
            };
            slab.head = Some(changed);
        }
        change(slab);
    }
}
