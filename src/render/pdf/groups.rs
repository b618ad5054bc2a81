//! Very wide tables in groups of columns, each on the whole width and one below the other. Each begins with the first column, so that
//! a row is known again; to a screen reader it stays one table.

use super::table::SMALLEST;
use super::widths::{Wish, distribute};
use std::ops::Range;

/// The size of type in groups, as a part of the theme's size for tables.
pub(super) const SIZE: f64 = 0.86;
/// Space left and right in a cell.
pub(super) const SIDE: f64 = 3.0;
/// Fewer columns stay together, whatever is in them.
const FEWEST: usize = 8;
/// What a column asks for at least, in ems: longer words may be cut.
const EASE: f64 = 7.0;
/// In how many steps groups are made equally wide.
const STEPS: u32 = 24;

/// What can be read: the longest word, or a good part of it. `pad`: what the wish has beside the text.
fn ease(wish: &Wish, size: f64, pad: f64) -> f64 {
    wish.min.min(size * EASE + pad)
}

/// Whether the columns side by side would cut their words into pieces even in the smallest type.
pub(super) fn needed(bare: &[Wish], size: f64, side: f64, width: f64) -> bool {
    let all: f64 = bare.iter().map(|wish| ease(wish, size, 0.0) * SMALLEST + 2.0 * side).sum();
    bare.len() >= FEWEST && all > width
}

/// The columns of each group; the first group has the first column, the others repeat it.
pub(super) fn of(wishes: &[Wish], size: f64, width: f64) -> Vec<Range<usize>> {
    let few = fill(wishes, size, width);
    // No more groups than that, but none much wider than the others.
    (1..STEPS)
        .map(|step| fill(wishes, size, width * f64::from(step) / f64::from(STEPS)))
        .find(|groups| groups.len() == few.len())
        .unwrap_or(few)
}

fn fill(wishes: &[Wish], size: f64, width: f64) -> Vec<Range<usize>> {
    let first = wishes.first().map_or(0.0, |wish| ease(wish, size, 2.0 * SIDE));
    let (mut groups, mut start, mut used) = (Vec::new(), 0, first);
    for (at, wish) in wishes.iter().enumerate().skip(1) {
        let wide = ease(wish, size, 2.0 * SIDE);
        // Beside the repeated first column stands one other at least.
        let alone = at == start.max(1);
        if used + wide > width && !alone {
            groups.push(start..at);
            (start, used) = (at, first);
        }
        used += wide;
    }
    groups.push(start..wishes.len());
    groups
}

/// The widths of all columns where one group is set: those of the others are nothing.
pub(super) fn widths(wishes: &[Wish], group: &Range<usize>, width: f64) -> Vec<f64> {
    let shown = |at: usize| at == 0 || group.contains(&at);
    let own: Vec<Wish> = wishes.iter().enumerate().filter(|(at, _)| shown(*at)).map(|(_, wish)| *wish).collect();
    let mut own = distribute(&own, width, 0.5).into_iter();
    (0..wishes.len()).map(|at| if shown(at) { own.next().unwrap_or(0.0) } else { 0.0 }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(count: usize, min: f64) -> Vec<Wish> {
        vec![Wish { min, usual: min, max: min, floor: min.min(20.0), ..Wish::default() }; count]
    }

    #[test]
    fn groups_hold_every_column_once_and_are_about_as_wide() {
        assert!(!needed(&columns(7, 500.0), 8.0, 3.0, 300.0));
        assert!(!needed(&columns(30, 8.0), 8.0, 1.5, 515.0));
        assert!(needed(&columns(30, 50.0), 8.0, 1.5, 515.0));
        let groups = of(&columns(30, 50.0), 8.0, 515.0);
        assert_eq!(groups.iter().map(Range::len).collect::<Vec<_>>(), [9, 8, 8, 5]);
        assert_eq!(groups.iter().cloned().flatten().collect::<Vec<_>>(), (0..30).collect::<Vec<_>>());
        // A first column as wide as the page still has one beside it.
        let mut wide = columns(4, 300.0);
        wide[0].min = 600.0;
        assert_eq!(of(&wide, 100.0, 515.0), [0..2, 2..3, 3..4]);
    }

    #[test]
    fn a_group_takes_the_whole_width() {
        let wishes = columns(12, 50.0);
        let widths = widths(&wishes, &(6..9), 400.0);
        assert!((widths.iter().sum::<f64>() - 400.0).abs() < 1e-6);
        let seen: Vec<usize> = (0..12).filter(|at| widths[*at] > 0.0).collect();
        assert_eq!(seen, [0, 6, 7, 8]);
    }
}
