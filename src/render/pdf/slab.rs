//! Slabs: what cannot be divided between two pages, stacked and shared out over pages.

use super::mark::Mark;
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

/// A slab, or the end of a page.
#[derive(Clone, Debug)]
pub(super) enum Item {
    Slab(Slab),
    Page { appendix: bool },
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
    items
        .into_iter()
        .filter_map(|item| match item {
            Item::Slab(slab) => Some(slab),
            Item::Page { .. } => None,
        })
        .collect()
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

/// Moves items to the right, with the heads that they repeat.
pub(super) fn indent(items: &mut [Item], dx: f64) {
    each_slab(items, |slab| slab.shift(dx, 0.0));
}

/// Changes every slab, and each repeated head once.
pub(super) fn each_slab(items: &mut [Item], mut change: impl FnMut(&mut Slab)) {
    let mut known: Option<(Rc<Slab>, Rc<Slab>)> = None;
    for item in items {
        let Item::Slab(slab) = item else { continue };
        if let Some(head) = slab.head.take() {
            let changed = match &known {
                Some((old, new)) if Rc::ptr_eq(old, &head) => new.clone(),
                _ => {
                    let mut new = (*head).clone();
                    change(&mut new);
                    let new = Rc::new(new);
                    known = Some((head, new.clone()));
                    new
                }
            };
            slab.head = Some(changed);
        }
        change(slab);
    }
}

/// A page of content.
#[derive(Clone, Debug, Default)]
pub(super) struct Page {
    pub marks: Vec<Mark>,
    /// One of the closing pages.
    pub appendix: bool,
}

/// The area of a page that content may fill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// Shares items out over pages.
pub(super) fn paginate(items: Vec<Item>, area: Area) -> Vec<Page> {
    let mut sheet = Sheet { pages: vec![Page::default()], area, y: 0.0, empty: true };
    let mut items = items.into_iter().peekable();
    let mut group: Vec<Slab> = Vec::new();
    while let Some(item) = items.next() {
        match item {
            Item::Page { appendix } => {
                sheet.place(std::mem::take(&mut group));
                sheet.part(appendix);
            }
            Item::Slab(slab) => {
                let joined = slab.keep && matches!(items.peek(), Some(Item::Slab(_)));
                group.push(slab);
                if !joined {
                    sheet.place(std::mem::take(&mut group));
                }
            }
        }
    }
    sheet.place(group);
    sheet.pages
}

struct Sheet {
    pages: Vec<Page>,
    area: Area,
    y: f64,
    /// Nothing stands on the page yet.
    empty: bool,
}

const SLACK: f64 = 0.01;

impl Sheet {
    fn new_page(&mut self) {
        let appendix = self.pages.last().is_some_and(|page| page.appendix);
        self.pages.push(Page { marks: Vec::new(), appendix });
        self.y = 0.0;
        self.empty = true;
    }

    fn part(&mut self, appendix: bool) {
        if !self.empty {
            self.new_page();
        }
        if appendix && let Some(page) = self.pages.last_mut() {
            page.appendix = true;
        }
    }

    /// The height of slabs if they began a page, or not.
    fn height(group: &[Slab], fresh: bool) -> f64 {
        let mut height = 0.0;
        for (at, slab) in group.iter().enumerate() {
            if at > 0 || !fresh {
                height += slab.gap;
            } else if let Some(head) = &slab.head {
                height += head.height;
            }
            height += slab.height;
        }
        height
    }

    fn place(&mut self, group: Vec<Slab>) {
        if !self.empty && self.y + Self::height(&group, false) > self.area.height + SLACK {
            let fits_alone = Self::height(&group, true) <= self.area.height + SLACK;
            if fits_alone {
                self.new_page();
            }
        }
        // More than a page holds: a heading still stays with what it heads.
        if Self::height(&group, true) > self.area.height + SLACK && group.iter().any(|slab| slab.weak) {
            let mut part = Vec::new();
            for mut slab in group {
                let end = std::mem::take(&mut slab.weak);
                part.push(slab);
                if end {
                    self.place(std::mem::take(&mut part));
                }
            }
            self.place(part);
            return;
        }
        for slab in group {
            if !self.empty && self.y + slab.gap + slab.height > self.area.height + SLACK {
                self.new_page();
            }
            if self.empty {
                if let Some(head) = slab.head.clone() {
                    self.put((*head).clone());
                }
            } else {
                self.y += slab.gap;
            }
            self.put(slab);
        }
    }

    fn put(&mut self, mut slab: Slab) {
        slab.shift(self.area.left, self.area.top + self.y);
        self.y += slab.height;
        self.empty = false;
        if let Some(page) = self.pages.last_mut() {
            page.marks.append(&mut slab.marks);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slab(height: f64, keep: bool) -> Item {
        Item::Slab(Slab {
            height,
            keep,
            weak: false,
            gap: 5.0,
            marks: vec![super::super::mark::hairline(0.0, 0.0, 1.0, 1.0, crate::chart::Colour(0, 0, 0))],
            head: None,
        })
    }

    const AREA: Area = Area { left: 10.0, top: 20.0, width: 100.0, height: 100.0 };

    fn counts(items: Vec<Item>) -> Vec<usize> {
        paginate(items, AREA).iter().map(|page| page.marks.len()).collect()
    }

    #[test]
    fn a_heading_goes_with_what_follows() {
        assert_eq!(counts(vec![slab(60.0, false), slab(20.0, true), slab(40.0, false)]), [1, 2]);
        assert_eq!(counts(vec![slab(60.0, false), slab(20.0, true), slab(10.0, false)]), [3]);
    }

    #[test]
    fn what_is_kept_but_longer_than_a_page_is_divided() {
        let long: Vec<Item> = (0..8).map(|_| slab(30.0, true)).collect();
        assert_eq!(counts(long), [3, 3, 2]);
    }

    #[test]
    fn in_what_is_kept_but_too_long_a_caption_stays_with_its_chart() {
        // Charts of 25 with captions of 10, all of it kept together: the third caption does not end the first page.
        let mut items: Vec<Item> = (0..5).flat_map(|_| [slab(10.0, true), slab(25.0, false)]).collect();
        super::super::blocks::keep_together(&mut items);
        assert_eq!(counts(items), [4, 4, 2]);
    }

    #[test]
    fn the_head_is_set_again_and_closing_pages_are_marked() {
        let head = Rc::new(Slab {
            height: 10.0,
            marks: vec![super::super::mark::hairline(0.0, 0.0, 1.0, 1.0, crate::chart::Colour(0, 0, 0))],
            ..Slab::default()
        });
        let row = || match slab(40.0, false) {
            Item::Slab(slab) => Item::Slab(Slab { head: Some(head.clone()), ..slab }),
            page => page,
        };
        let pages = paginate(
            vec![slab(10.0, true), row(), row(), row(), Item::Page { appendix: true }, slab(1.0, false)],
            AREA,
        );
        assert_eq!(
            pages.iter().map(|page| (page.marks.len(), page.appendix)).collect::<Vec<_>>(),
            [(3, false), (2, false), (1, true)]
        );
    }
}
