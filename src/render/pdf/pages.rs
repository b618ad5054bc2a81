//! Pages: where each slab stands. First a plan, from heights alone; then the pages are filled by it.

use super::mark::Mark;
use super::slab::{Item, Slab};
use crate::document::theme::Orientation;
use std::iter::Peekable;
use std::slice::Iter;

/// The area of a page that content may fill.
#[derive(Clone, Copy, Debug)]
pub(super) struct Area {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
}

/// A sheet of paper: its width and height, and where content may stand.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheet {
    pub size: (f64, f64),
    pub area: Area,
}

/// The report's paper, upright and turned.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sheets {
    /// How pages stand where nothing else is said.
    pub usual: Orientation,
    pub portrait: Sheet,
    pub landscape: Sheet,
}

impl Sheets {
    pub fn of(&self, orientation: Orientation) -> Sheet {
        match orientation {
            Orientation::Portrait => self.portrait,
            Orientation::Landscape => self.landscape,
        }
    }
}

/// A page of content.
#[derive(Clone, Debug)]
pub(super) struct Page {
    pub marks: Vec<Mark>,
    /// One of the closing pages.
    pub appendix: bool,
    pub sheet: Sheet,
}

/// A page that nothing was put on yet.
#[derive(Clone, Copy, Debug)]
pub(super) struct Planned {
    pub appendix: bool,
    orientation: Orientation,
    /// How far down something stands on it.
    filled: f64,
}

/// Where a slab stands.
#[derive(Clone, Copy, Debug)]
struct Place {
    page: usize,
    /// Below the top of the page's area.
    y: f64,
    /// The head of its table is set again above it.
    head: bool,
}

/// Where all slabs stand, in the order in which their items come.
#[derive(Debug)]
pub(super) struct Plan {
    pub pages: Vec<Planned>,
    places: Vec<Place>,
}

impl Plan {
    /// The page of each slab, in the order in which their items come.
    pub fn slab_pages(&self) -> impl Iterator<Item = usize> + '_ {
        self.places.iter().map(|place| place.page)
    }
}

/// The numbers that stand on pages, with how many pages are counted in the same way: closing pages are numbered apart, with an A.
pub(super) fn numbers(appendix: impl Iterator<Item = bool> + Clone) -> Vec<(String, String)> {
    let closing = appendix.clone().filter(|appendix| *appendix).count();
    let main = appendix.clone().count() - closing;
    let mut number = (0, 0);
    appendix
        .map(|appendix| {
            if appendix {
                number.1 += 1;
                (format!("A{}", number.1), format!("A{closing}"))
            } else {
                number.0 += 1;
                (number.0.to_string(), main.to_string())
            }
        })
        .collect()
}

/// How much of the space between blocks is left where that saves a page.
const CLOSER: [f64; 3] = [0.9, 0.8, 0.7];

/// What of its last page the main part of a report fills at most, where a page is worth saving.
const LITTLE: f64 = 1.0 / 3.0;

/// Shares items out over pages. Where only little would stand on the last page before the closing ones, blocks stand closer if
/// that brings it onto the pages before: nobody turns a page for four lines.
pub(super) fn plan_closely(items: &[Item], sheets: &Sheets) -> Plan {
    let usual = plan(items, sheets);
    let main = |plan: &Plan| plan.pages.iter().filter(|page| !page.appendix).count();
    let last = usual.pages.iter().rfind(|page| !page.appendix);
    let little = last.is_some_and(|page| page.filled < LITTLE * sheets.of(page.orientation).area.height);
    let pages = main(&usual);
    if pages < 2 || !little {
        return usual;
    }
    CLOSER.into_iter().map(|close| plan_at(items, sheets, close)).find(|plan| main(plan) < pages).unwrap_or(usual)
}

/// Shares items out over pages.
pub(super) fn plan(items: &[Item], sheets: &Sheets) -> Plan {
    plan_at(items, sheets, 1.0)
}

fn plan_at(items: &[Item], sheets: &Sheets, close: f64) -> Plan {
    let first = Planned { appendix: false, orientation: sheets.usual, filled: 0.0 };
    let mut planner = Planner {
        sheets,
        close,
        pages: vec![first],
        places: Vec::new(),
        at: Cursor { page: 0, y: 0.0, empty: true },
        next: None,
    };
    planner.flow(items);
    Plan { pages: planner.pages, places: planner.places }
}

/// Puts slabs where the plan says.
pub(super) fn fill(items: Vec<Item>, plan: Plan, sheets: &Sheets) -> Vec<Page> {
    let page = |page: &Planned| Page { marks: Vec::new(), appendix: page.appendix, sheet: sheets.of(page.orientation) };
    let mut pages: Vec<Page> = plan.pages.iter().map(page).collect();
    put(items, &mut plan.places.into_iter(), &mut pages);
    pages
}

fn put(items: Vec<Item>, places: &mut impl Iterator<Item = Place>, pages: &mut [Page]) {
    for item in items {
        match item {
            Item::Slab(mut slab) => {
                let Some(place) = places.next() else { return };
                let Some(page) = pages.get_mut(place.page) else { return };
                let area = page.sheet.area;
                if place.head
                    && let Some(head) = &slab.head
                {
                    let mut head = (**head).clone();
                    head.shift(area.left, area.top + place.y - head.height);
                    page.marks.append(&mut head.marks);
                }
                slab.shift(area.left, area.top + place.y);
                page.marks.append(&mut slab.marks);
            }
            Item::Beside(flows) => {
                for flow in flows {
                    put(flow, places, pages);
                }
            }
            Item::Page { .. } | Item::Turn(_) | Item::Contents { .. } => {}
        }
    }
}

/// Where the next slab goes.
#[derive(Clone, Copy, Debug)]
struct Cursor {
    page: usize,
    y: f64,
    /// Nothing stands above.
    empty: bool,
}

/// A page that begins as soon as something comes that stands on it.
#[derive(Clone, Copy, Debug, Default)]
struct Next {
    /// Not before a page of its own.
    part: bool,
    appendix: bool,
    turn: Option<Orientation>,
}

struct Planner<'s> {
    sheets: &'s Sheets,
    /// What is left of the space between blocks.
    close: f64,
    pages: Vec<Planned>,
    places: Vec<Place>,
    at: Cursor,
    next: Option<Next>,
}

const SLACK: f64 = 0.01;

impl Planner<'_> {
    fn flow(&mut self, items: &[Item]) {
        let mut items = items.iter().peekable();
        let mut group: Vec<&Slab> = Vec::new();
        while let Some(item) = items.next() {
            match item {
                Item::Slab(slab) => {
                    group.push(slab);
                    if !(slab.keep && stays(&mut items)) {
                        self.place(&std::mem::take(&mut group), 0.0);
                    }
                }
                Item::Beside(flows) => self.beside(&std::mem::take(&mut group), flows),
                Item::Page { appendix } => {
                    self.place(&std::mem::take(&mut group), 0.0);
                    let next = self.next.get_or_insert_default();
                    next.part = true;
                    next.appendix |= appendix;
                }
                Item::Turn(orientation) => {
                    self.place(&std::mem::take(&mut group), 0.0);
                    self.next.get_or_insert_default().turn = Some(*orientation);
                }
                Item::Contents { .. } => {}
            }
        }
        self.place(&group, 0.0);
    }

    fn page(&self) -> Option<&Planned> {
        self.pages.get(self.at.page)
    }

    fn height(&self) -> f64 {
        self.page().map_or(0.0, |page| self.sheets.of(page.orientation).area.height)
    }

    fn new_page(&mut self) {
        if let Some(page) = self.page().copied() {
            self.at = Cursor { page: self.at.page + 1, y: 0.0, empty: true };
            if self.at.page >= self.pages.len() {
                self.pages.push(Planned { filled: 0.0, ..page });
            }
        }
    }

    /// Begins the page that was asked for.
    fn begin(&mut self) {
        let Some(next) = self.next.take() else { return };
        let turned = next.turn.filter(|turn| self.page().is_some_and(|page| page.orientation != *turn));
        if (next.part || turned.is_some()) && !self.at.empty {
            self.new_page();
        }
        if let Some(page) = self.pages.get_mut(self.at.page) {
            page.appendix |= next.appendix;
            page.orientation = turned.unwrap_or(page.orientation);
        }
    }

    /// Puts slabs that stay together, with room for `below` under them.
    fn place(&mut self, group: &[&Slab], below: f64) {
        if group.is_empty() && below == 0.0 {
            return;
        }
        self.begin();
        let room = self.height() + SLACK;
        let alone = self.height_of(group, true) + below;
        if !self.at.empty && self.at.y + self.height_of(group, false) + below > room && alone <= room {
            self.new_page();
        }
        // More than a page holds: a heading still stays with what it heads.
        if alone > room && group.iter().any(|slab| slab.weak) {
            let mut part = Vec::new();
            for slab in group {
                part.push(*slab);
                if slab.weak {
                    self.set(&std::mem::take(&mut part));
                }
            }
            return self.set(&part);
        }
        self.put(group);
    }

    /// Puts a part of what cannot stay together.
    fn set(&mut self, part: &[&Slab]) {
        let room = self.height() + SLACK;
        if !self.at.empty && self.at.y + self.height_of(part, false) > room && self.height_of(part, true) <= room {
            self.new_page();
        }
        self.put(part);
    }

    fn put(&mut self, group: &[&Slab]) {
        for slab in group {
            if !self.at.empty && self.at.y + slab.gap * self.close + slab.height > self.height() + SLACK {
                self.new_page();
            }
            let head = slab.head.as_ref().filter(|_| self.at.empty);
            self.at.y += match head {
                Some(head) => head.height,
                None if self.at.empty => 0.0,
                None => slab.gap * self.close,
            };
            self.places.push(Place { page: self.at.page, y: self.at.y, head: head.is_some() });
            self.at.y += slab.height;
            self.at.empty = false;
            if let Some(page) = self.pages.get_mut(self.at.page) {
                page.filled = page.filled.max(self.at.y);
            }
        }
    }

    /// Puts flows side by side below `group`, whose last slab stays with their first lines.
    fn beside(&mut self, group: &[&Slab], flows: &[Vec<Item>]) {
        let first = flows.iter().map(|flow| self.first_height(flow)).fold(0.0, f64::max);
        if first == 0.0 {
            return self.place(group, 0.0);
        }
        self.place(group, first);
        let start = self.at;
        let mut end = start;
        for flow in flows {
            self.at = start;
            self.flow(flow);
            if (self.at.page, self.at.y) > (end.page, end.y) {
                end = self.at;
            }
        }
        self.at = end;
    }

    /// The height of slabs if they began a page, or not.
    fn height_of(&self, group: &[&Slab], fresh: bool) -> f64 {
        let mut height = 0.0;
        for (at, slab) in group.iter().enumerate() {
            if at > 0 || !fresh {
                height += slab.gap * self.close;
            } else if let Some(head) = &slab.head {
                height += head.height;
            }
            height += slab.height;
        }
        height
    }

    /// The height of what begins a flow and stays together.
    fn first_height(&self, flow: &[Item]) -> f64 {
        let mut group = Vec::new();
        for item in flow {
            let Item::Slab(slab) = item else { break };
            group.push(slab);
            if !slab.keep {
                break;
            }
        }
        self.height_of(&group, false)
    }
}

/// Whether something follows that a slab can stay with.
fn stays(items: &mut Peekable<Iter<Item>>) -> bool {
    matches!(items.peek(), Some(Item::Slab(_) | Item::Beside(_)))
}
