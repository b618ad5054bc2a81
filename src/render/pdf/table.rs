//! Tables: columns from content, text wrapped in its cell, numbers aligned on their point, the head on every page.

use super::cells::{Part, Set, points, prepare, slots, starts_rtl, wishes};
use super::mark::{Mark, hairline};
use super::paragraph::{Align, Line};
use super::rich::{tint, toned};
use super::slab::{Item, Slab};
use super::tree::{Detail, Role, Tag};
use super::widths::{Wish, distribute, wraps};
use super::{Setting, blocks, groups, picture};
use crate::document::theme::TableStyle;
use crate::document::{Column, Table};
use std::borrow::Borrow;
use std::ops::Range;
use std::rc::Rc;

/// Sizes that are tried until the longest words fit, as parts of the theme's size for tables.
const SIZES: [f64; 5] = [1.0, 0.93, 0.86, 0.79, SMALLEST];
pub(super) const SMALLEST: f64 = 0.72;
/// Words in smaller type than this are not read with pleasure: the table had better stand on a turned page.
const SMALLEST_READABLE: f64 = 0.8;
/// How much wider content is favoured when columns must wrap: the first is the one for ties.
const FAVOURS: [f64; 5] = [0.3, 0.5, 0.75, 1.0, 0.0];
/// Tables that take no more of a page than this stand on one page.
const WHOLE: f64 = 0.25;
/// So many rows tell which widths are good.
const SAMPLE: usize = 80;

/// What the rows of one table have in common.
struct Grid<'s, 'f> {
    setting: &'s Setting<'s, 'f>,
    lefts: Vec<f64>,
    widths: Vec<f64>,
    width: f64,
    pad: (f64, f64),
    /// What each column of numbers keeps free behind its points.
    after: Vec<f64>,
    /// Whether the table has a head.
    headed: bool,
    /// The columns that are set here, beside the first.
    columns: Range<usize>,
    /// The first column and the structure were set before: the first column is there for the eye only.
    again: bool,
}

pub(super) fn table(setting: &Setting, table: &Table, width: f64) -> Vec<Item> {
    let theme = setting.theme;
    let longest_row =
        [&table.head, &table.body, &table.foot].into_iter().flatten().map(|row| slots(row)).max().unwrap_or(0);
    let count = longest_row.max(table.columns.len());
    if count == 0 {
        return Vec::new();
    }
    let mut columns = table.columns.clone();
    columns.resize(count, Column::default());
    let rtl = setting.rtl || table.head.first().is_some_and(|row| starts_rtl(setting, row));
    let size = theme.table_size;
    let mut rows =
        [(&table.head, Part::Head), (&table.body, Part::Body), (&table.foot, Part::Foot)].map(|(rows, part)| {
            rows.iter().map(|row| prepare(setting, row, &columns, size, part, rtl)).collect::<Vec<_>>()
        });
    let mut after = points(setting, &mut rows, &columns);
    let bare = wishes(&rows, &columns, &after, size);
    let split = groups::needed(&bare, size, side_of(count), width);
    let side = if split { groups::SIDE } else { side_of(count) };
    let fits = |part: &f64| bare.iter().map(|wish| wish.min * part + 2.0 * side).sum::<f64>() <= width;
    let part = if split { groups::SIZE } else { SIZES.into_iter().find(fits).unwrap_or(SMALLEST) };
    if part < 1.0 {
        after.iter_mut().for_each(|behind| *behind *= part);
        for cell in rows.iter_mut().flatten().flatten() {
            cell.paragraph.scale(part);
            cell.point = cell.point.map(|before| before * part);
        }
    }
    let wishes: Vec<Wish> = bare.into_iter().map(|wish| wish.padded(part, 2.0 * side)).collect();
    let [head, body, foot] = rows;
    let mut items = Vec::new();
    if !table.caption.is_empty() {
        items.push(Item::Slab(picture::caption(setting, &table.caption, width)));
    }
    let parts = Parts::new(setting, [&head, &body, &foot]);
    let grid = |widths: Vec<f64>, columns: Range<usize>| {
        let lefts = widths.iter().scan(0.0, |x, width| Some(std::mem::replace(x, *x + width))).collect();
        let (pad, again, after) = ((side, size * part * 0.24), columns.start > 0, after.clone());
        Grid { setting, lefts, widths, width, pad, after, headed: !table.head.is_empty(), columns, again }
    };
    let mut groups = if split { groups::of(&wishes, size * part, width) } else { Vec::new() };
    let last = groups.pop().unwrap_or(0..count);
    for columns in groups {
        let widths = groups::widths(&wishes, &columns, width);
        items.extend(grid(widths, columns).items(parts, &head, body.iter(), &foot));
    }
    let widths =
        if last.start > 0 { groups::widths(&wishes, &last, width) } else { best_widths(&wishes, width, side, &body) };
    // What was shaped is let go row by row.
    items.extend(grid(widths, last).items(parts, &head, body.into_iter(), &foot));
    if let Some(Item::Slab(first)) = items.first_mut() {
        first.gap = 0.0;
    }
    // A small table is read at one glance: the space that is left open is smaller than what a division costs the reader.
    if blocks::height(&items) <= setting.area.height * WHOLE {
        blocks::keep_together(&mut items);
    }
    items
}

/// The elements of a table's parts; none for a part without rows.
#[derive(Clone, Copy)]
struct Parts {
    head: Tag,
    body: Tag,
    foot: Tag,
}

impl Parts {
    fn new(setting: &Setting, [head, body, foot]: [&[Vec<Set>]; 3]) -> Parts {
        let part = |role, rows: &[Vec<Set>]| if rows.is_empty() { Tag::NONE } else { setting.tag(role) };
        Parts {
            head: part(Role::TableHead, head),
            body: part(Role::TableBody, body),
            foot: part(Role::TableFoot, foot),
        }
    }
}

/// Whether a table's words only fit if they are set very small, so that it should stand on a turned page.
pub(super) fn too_wide(setting: &Setting, table: &Table, width: f64) -> bool {
    if table.columns.len() < 8 {
        return false;
    }
    let step = table.body.len().div_ceil(SAMPLE).max(1);
    let few = Table {
        body: table.body.iter().step_by(step).cloned().collect(),
        columns: table.columns.clone(),
        head: table.head.clone(),
        foot: table.foot.clone(),
        caption: Vec::new(),
    };
    let size = setting.theme.table_size * SMALLEST_READABLE;
    let rows = [(&few.head, Part::Head), (&few.body, Part::Body), (&few.foot, Part::Foot)].map(|(rows, part)| {
        rows.iter().map(|row| prepare(setting, row, &few.columns, size, part, false)).collect::<Vec<_>>()
    });
    let after = vec![0.0; few.columns.len()];
    let side = side_of(few.columns.len());
    wishes(&rows, &few.columns, &after, size).iter().map(|wish| wish.min + 2.0 * side).sum::<f64>() > width
}

/// Space left and right in a cell.
fn side_of(columns: usize) -> f64 {
    match columns {
        0..=8 => 5.0,
        9..=14 => 3.0,
        _ => 1.5,
    }
}

/// The widths that need the fewest lines, tried on some of the rows.
fn best_widths(wishes: &[Wish], width: f64, side: f64, body: &[Vec<Set>]) -> Vec<f64> {
    let usual = distribute(wishes, width, FAVOURS[0]);
    if !wraps(wishes, width) {
        return usual;
    }
    let step = body.len().div_ceil(SAMPLE).max(1);
    let lines = |widths: &[f64]| -> usize {
        let cell = |cell: &Set| {
            let room: f64 = widths.iter().skip(cell.first).take(cell.span).sum();
            cell.paragraph.line_count((room - 2.0 * side).max(1.0))
        };
        body.iter().step_by(step).map(|row| row.iter().map(cell).max().unwrap_or(1)).sum()
    };
    let mut best = (lines(&usual), usual);
    for favour in FAVOURS.into_iter().skip(1) {
        let widths = distribute(wishes, width, favour);
        let count = lines(&widths);
        if count < best.0 {
            best = (count, widths);
        }
    }
    best.1
}

impl Grid<'_, '_> {
    fn items<R: Borrow<Vec<Set>>>(
        &self,
        parts: Parts,
        head: &[Vec<Set>],
        body: impl ExactSizeIterator<Item = R>,
        foot: &[Vec<Set>],
    ) -> Vec<Item> {
        let theme = self.setting.theme;
        let mut items = Vec::new();
        let mut head_slab = Slab::default();
        // A head that takes half of a page is not repeated, and is divided like any row. Asked before anything is drawn: what is
        // drawn is said to the structure too, and in a later group that cannot be taken back.
        let repeated = head.iter().map(|row| self.height(row)).sum::<f64>() < self.setting.area.height * 0.4;
        for row in head.iter().filter(|_| repeated) {
            let mut slabs = self.row((row.as_slice(), parts.head, Role::HeadCell), None, f64::INFINITY);
            if let Some(mut slab) = slabs.pop() {
                slab.shift(0.0, head_slab.height);
                head_slab.height += slab.height;
                head_slab.marks.append(&mut slab.marks);
            }
        }
        let rc = if head.is_empty() || !repeated {
            for row in head {
                let row = (row.as_slice(), parts.head, Role::HeadCell);
                items.extend(self.row(row, None, self.setting.area.height).into_iter().map(Item::Slab));
            }
            None
        } else {
            head_slab.marks.push(hairline(0.0, head_slab.height - 0.4, self.width, 0.8, theme.quiet));
            let first = Slab { keep: true, gap: 4.0, ..head_slab.clone() };
            items.push(Item::Slab(first));
            Some(Rc::new(Slab { marks: head_slab.marks.iter().filter_map(Mark::again).collect(), ..head_slab }))
        };
        let room = self.setting.area.height - rc.as_ref().map_or(0.0, |head| head.height);
        let count = body.len();
        for (at, row) in body.enumerate() {
            let ground = (theme.tables == TableStyle::Zebra && at % 2 == 1).then_some(theme.shade);
            let mut slabs = self.row((row.borrow().as_slice(), parts.body, Role::Cell), ground, room);
            let last = at + 1 == count;
            // The first two rows stay together, the last two, and the totals with the last one.
            let keep = count > 1 && (at == 0 || at + 2 == count) || last && !foot.is_empty();
            if let Some(slab) = slabs.last_mut() {
                slab.keep = keep;
                if theme.tables == TableStyle::Rules && !last {
                    slab.marks.push(hairline(0.0, slab.height - 0.2, self.width, 0.4, theme.rule));
                }
            }
            if last && let Some(slab) = slabs.last_mut() {
                slab.marks.push(hairline(
                    0.0,
                    slab.height - 0.25,
                    self.width,
                    0.5,
                    if foot.is_empty() { theme.rule } else { theme.quiet },
                ));
            }
            items.extend(slabs.into_iter().map(|slab| Item::Slab(Slab { head: rc.clone(), ..slab })));
        }
        for (at, row) in foot.iter().enumerate() {
            let mut slabs = self.row((row.as_slice(), parts.foot, Role::Cell), None, room);
            if let Some(slab) = slabs.last_mut() {
                slab.keep = at + 1 < foot.len();
            }
            items.extend(slabs.into_iter().map(|slab| Item::Slab(Slab { head: rc.clone(), ..slab })));
        }
        if self.again
            && let Some(Item::Slab(first)) = items.first_mut()
        {
            first.gap = 12.0;
        }
        items
    }

    /// How high a row stands if it is not divided.
    fn height(&self, row: &[Set]) -> f64 {
        let shown = || row.iter().filter(|cell| cell.first == 0 || self.columns.contains(&cell.first));
        let lines = |cell: &Set| {
            let width: f64 = self.widths.iter().skip(cell.first).take(cell.span).sum();
            cell.paragraph.lines(self.setting, (width - 2.0 * self.pad.0).max(1.0)).len()
        };
        let leading = shown().map(|cell| cell.paragraph.leading).fold(0.0, f64::max);
        shown().map(lines).max().unwrap_or(1) as f64 * leading + 2.0 * self.pad.1
    }

    /// A row as one slab, or as one a line if it is taller than `room`.
    fn row(
        &self,
        (row, part, role): (&[Set], Tag, Role),
        ground: Option<crate::chart::Colour>,
        room: f64,
    ) -> Vec<Slab> {
        if self.again {
            row.iter().filter(|cell| cell.first == 0).for_each(|cell| cell.paragraph.own(Tag::NONE));
        } else {
            self.structure(row, part, role);
        }
        let cells: Vec<(&Set, f64, f64, Vec<Line>)> = row
            .iter()
            .filter(|cell| cell.first == 0 || self.columns.contains(&cell.first))
            .filter_map(|cell| {
                let left = self.lefts.get(cell.first)?;
                let width: f64 = self.widths.iter().skip(cell.first).take(cell.span).sum();
                let inner = (width - 2.0 * self.pad.0).max(1.0);
                Some((cell, *left, width, cell.paragraph.lines(self.setting, inner)))
            })
            .collect();
        let count = cells.iter().map(|(_, _, _, lines)| lines.len()).max().unwrap_or(1);
        let leading = cells.iter().map(|(cell, ..)| cell.paragraph.leading).fold(0.0, f64::max);
        let whole = count as f64 * leading + 2.0 * self.pad.1;
        let per_slab = if whole <= room { count } else { 1 };
        let mut slabs = Vec::new();
        for start in (0..count).step_by(per_slab.max(1)) {
            let end = (start + per_slab).min(count);
            let above = if start == 0 { self.pad.1 } else { 0.0 };
            let below = if end == count { self.pad.1 } else { 0.0 };
            let mut slab = Slab::new(above + (end - start) as f64 * leading + below);
            if let Some(fill) = ground {
                slab.marks.push(Mark::Rect { x: 0.0, y: 0.0, width: self.width, height: slab.height, fill });
            }
            for (cell, left, width, _) in &cells {
                if let Some(colour) = toned(self.setting.theme, cell.tone) {
                    let fill = tint(colour, 0.13);
                    slab.marks.push(Mark::Rect { x: *left, y: 0.0, width: *width, height: slab.height, fill });
                }
            }
            for (cell, left, width, lines) in &cells {
                // The last lines of a head stand on one baseline, above the rule; elsewhere the first lines do.
                let offset = if cell.sink { count - lines.len() } else { 0 };
                for (at, line) in (offset..).zip(lines).take_while(|(at, _)| *at < end).filter(|(at, _)| *at >= start) {
                    let y = above + (at - start) as f64 * leading;
                    let inner = (width - 2.0 * self.pad.0).max(1.0);
                    let align = match (cell.point, self.after.get(cell.first)) {
                        (Some(before), Some(after)) if lines.len() == 1 => Align::At((inner - after - before).max(0.0)),
                        _ => cell.align,
                    };
                    let before = slab.marks.len();
                    cell.paragraph.draw(self.setting, line, (left + self.pad.0, y), inner, align, &mut slab.marks);
                    // What stands here a second time is no link, either.
                    if self.again && cell.first == 0 {
                        let again: Vec<Mark> = slab.marks.drain(before..).filter_map(|mark| mark.again()).collect();
                        slab.marks.extend(again);
                    }
                }
            }
            slabs.push(slab);
        }
        // Of a row that goes over pages, two lines at least stand on each.
        let count = slabs.len();
        for (at, slab) in slabs.iter_mut().enumerate() {
            slab.keep = count > 1 && (at == 0 || at + 2 == count);
        }
        slabs
    }

    /// The elements of a row: one for each cell, also for those at the end that a template leaves out.
    fn structure(&self, row: &[Set], part: Tag, role: Role) {
        let mut tree = self.setting.tree.borrow_mut();
        let line = tree.child(part, Role::Row);
        let mut columns = 0;
        for cell in row {
            // What a row begins with says which row it is, in a table with heads.
            let tag = tree.child(line, if cell.leads && self.headed { Role::RowHead } else { role });
            if cell.span > 1 {
                tree.detail(tag, Detail::Columns(cell.span));
            }
            cell.paragraph.own(tag);
            columns += cell.span;
        }
        let missing = self.widths.len().saturating_sub(columns);
        if missing > 0 {
            let tag = tree.child(line, role);
            if missing > 1 {
                tree.detail(tag, Detail::Columns(missing));
            }
        }
    }
}
