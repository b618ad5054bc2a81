//! Where slabs stand on pages.

use super::mark::hairline;
use super::pages::*;
use super::slab::{Item, Slab};
use crate::chart::Colour;
use crate::document::theme::Orientation;
use std::rc::Rc;

fn slab(height: f64, keep: bool) -> Item {
    Item::Slab(Slab {
        height,
        keep,
        weak: false,
        gap: 5.0,
        marks: vec![hairline(0.0, 0.0, 1.0, 1.0, Colour(0, 0, 0))],
        head: None,
    })
}

const AREA: Area = Area { left: 10.0, top: 20.0, width: 100.0, height: 100.0 };
const FLAT: Area = Area { height: 50.0, ..AREA };
const SHEETS: Sheets = Sheets {
    usual: Orientation::Portrait,
    portrait: Sheet { size: (120.0, 140.0), area: AREA },
    landscape: Sheet { size: (140.0, 120.0), area: FLAT },
};

fn paginate(items: Vec<Item>) -> Vec<Page> {
    let plan = plan(&items, &SHEETS);
    fill(items, plan, &SHEETS)
}

fn counts(items: Vec<Item>) -> Vec<usize> {
    paginate(items).iter().map(|page| page.marks.len()).collect()
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
    super::blocks::keep_together(&mut items);
    assert_eq!(counts(items), [4, 4, 2]);
}

#[test]
fn the_head_is_set_again_and_closing_pages_are_marked() {
    let head =
        Rc::new(Slab { height: 10.0, marks: vec![hairline(0.0, 0.0, 1.0, 1.0, Colour(0, 0, 0))], ..Slab::default() });
    let row = || match slab(40.0, false) {
        Item::Slab(slab) => Item::Slab(Slab { head: Some(head.clone()), ..slab }),
        page => page,
    };
    let items = vec![slab(10.0, true), row(), row(), row(), Item::Page { appendix: true }, slab(1.0, false)];
    let pages = paginate(items);
    assert_eq!(
        pages.iter().map(|page| (page.marks.len(), page.appendix)).collect::<Vec<_>>(),
        [(3, false), (2, false), (1, true)]
    );
}

#[test]
fn a_page_begins_only_when_something_comes() {
    let turned = vec![
        Item::Turn(Orientation::Landscape),
        slab(30.0, false),
        slab(30.0, false),
        Item::Turn(Orientation::Portrait),
    ];
    let pages = paginate(turned);
    assert_eq!(pages.iter().map(|page| page.sheet.size).collect::<Vec<_>>(), [(140.0, 120.0); 2]);
    assert_eq!(counts(vec![slab(1.0, false), Item::Page { appendix: true }]), [1]);
    let back = vec![
        slab(1.0, false),
        Item::Turn(Orientation::Landscape),
        slab(1.0, false),
        Item::Turn(Orientation::Portrait),
        slab(1.0, false),
    ];
    assert_eq!(counts(back), [1, 1, 1]);
}

#[test]
fn flows_side_by_side_go_over_pages_and_what_follows_stands_below_the_longest() {
    let flow = |count: usize| (0..count).map(|_| slab(30.0, false)).collect::<Vec<_>>();
    let items = vec![slab(20.0, true), Item::Beside(vec![flow(2), flow(4)]), slab(30.0, false)];
    // 20, then 2 and 2 beside each other; on the second page 2 of the longer one, and what follows.
    assert_eq!(counts(items), [5, 3]);
    // The heading does not stay alone where the first lines have no room.
    let items = vec![slab(60.0, false), slab(10.0, true), Item::Beside(vec![flow(1), flow(1)])];
    assert_eq!(counts(items), [1, 3]);
}

#[test]
fn closing_pages_are_numbered_apart() {
    let numbers = numbers([false, false, true].into_iter());
    let pairs: Vec<(&str, &str)> = numbers.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
    assert_eq!(pairs, [("1", "2"), ("2", "2"), ("A1", "A1")]);
}

#[test]
fn blocks_stand_closer_where_that_saves_a_page_and_only_there() {
    let made = |last: f64| {
        let items = vec![
            slab(30.0, false),
            slab(30.0, false),
            slab(last, false),
            Item::Page { appendix: true },
            slab(9.0, false),
        ];
        let plan = plan_closely(&items, &SHEETS);
        let pages: Vec<usize> = fill(items, plan, &SHEETS).iter().map(|page| page.marks.len()).collect();
        pages
    };
    // 30 + 5 + 30 + 5 and 32: two points too many for a page of 100, were the spaces not made smaller.
    assert_eq!(made(32.0), [3, 1]);
    // What no closer spaces bring onto the page stands as usual.
    assert_eq!(made(33.2), [2, 1, 1]);
    assert_eq!(made(50.0), [2, 1, 1]);
    let far = vec![slab(30.0, false), slab(30.0, false), slab(33.2, false), slab(0.1, false)];
    let places = |plan: Plan| fill(far.clone(), plan, &SHEETS).iter().map(|page| page.marks.len()).collect::<Vec<_>>();
    assert_eq!(places(plan_closely(&far, &SHEETS)), places(plan(&far, &SHEETS)));
}
