//! Tables: what the counts come to: the rows of each question, in order, with their labels and numbers.

use super::cube::Cube;
use super::firsts::Firsts;
use super::fold::{BurstCount, Fold, Folds, Need, Tally};
use super::plan::Plan;
use super::world::World;
use crate::query::{Row, Table};
use std::collections::HashMap;

/// Combinations that are numbered by arithmetic at most.
const MOST_DENSE: usize = 1 << 23;

/// Events and records affected by the columns of a need alone.
pub(super) struct Counted {
    /// By combination of codes.
    cells: Numbered<(u64, i128)>,
}

impl Counted {
    /// Reads a need from its cube.
    fn read(need: &Need, cube: &Cube, plan: &Plan, world: &World<'_>) -> Counted {
        let place = |column: &usize| cube.columns.iter().position(|other| other == column).unwrap_or(0);
        let places: Vec<usize> = need.columns.iter().map(place).collect();
        let only = need.only.and_then(|(column, filter)| Some((place(&column), plan.of_one_column(filter)?.1)));
        let mut cells = Numbered::new(&need.columns, plan, world);
        let passes = |code: &dyn Fn(usize) -> u32| {
            only.is_none_or(|(place, allowed)| allowed.get(code(place) as usize).copied().unwrap_or(false))
        };
        let last = cube.columns.len().wrapping_sub(1);
        match (&mut cells, cube.block()) {
            (Numbered::Dense { steps, values, spare, .. }, Some(block))
                if only.is_none_or(|(place, _)| place != last) =>
            {
                // Only what the last column adds differs within a block.
                let of_last: usize =
                    steps.iter().zip(&places).filter(|(_, place)| **place == last).map(|(step, _)| *step).sum();
                let begin = |codes: &[u32]| {
                    let code = |place: usize| codes.get(place).copied().unwrap_or(0);
                    let others = steps.iter().zip(&places).filter(|(_, place)| **place != last);
                    passes(&code).then(|| others.map(|(step, place)| step * code(*place) as usize).sum())
                };
                cube.for_each_in_blocks(block, begin, |base: usize, code, events, affected| {
                    let (counted, summed) = values.get_mut(base + code * of_last).unwrap_or(spare);
                    *counted += events;
                    *summed += affected;
                });
            }
            (cells, _) => {
                let mut own = vec![0; places.len()];
                cube.for_each(|codes, events, affected| {
                    let code = |place: usize| codes.get(place).copied().unwrap_or(0);
                    if passes(&code) {
                        for (own, place) in own.iter_mut().zip(&places) {
                            *own = code(*place);
                        }
                        let (counted, summed) = cells.at(&own);
                        *counted += events;
                        *summed += affected;
                    }
                });
            }
        }
        Counted { cells }
    }

    /// Gives each combination that an event has.
    pub(super) fn for_each(&self, mut take: impl FnMut(&[u32], u64, i128)) {
        self.cells.for_each(|codes, (events, affected)| {
            if *events > 0 {
                take(codes, *events, *affected);
            }
        });
    }
}

/// A value for each combination of codes of some columns.
enum Numbered<T> {
    Dense { steps: Vec<usize>, sizes: Vec<usize>, values: Vec<T>, spare: T },
    Map { places: HashMap<Vec<u32>, usize>, values: Vec<T>, spare: T },
}

impl<T: Default + Clone> Numbered<T> {
    fn new(columns: &[usize], plan: &Plan, world: &World<'_>) -> Numbered<T> {
        let size = |column: &usize| plan.columns.get(*column).and_then(|column| column.size(world));
        let sizes: Option<Vec<usize>> = columns.iter().map(size).collect();
        let count = |sizes: &Vec<usize>| sizes.iter().try_fold(1usize, |count, size| count.checked_mul(*size));
        match sizes.and_then(|sizes| Some((count(&sizes)?, sizes))) {
            Some((count, sizes)) if count <= MOST_DENSE => {
                let mut steps = vec![1; sizes.len()];
                let mut step = 1;
                for (size, place) in sizes.iter().zip(&mut steps).rev() {
                    *place = step;
                    step *= size;
                }
                Numbered::Dense { steps, sizes, values: vec![T::default(); count], spare: T::default() }
            }
            _ => Numbered::Map { places: HashMap::new(), values: Vec::new(), spare: T::default() },
        }
    }

    /// The value of a combination.
    fn at(&mut self, codes: &[u32]) -> &mut T {
        match self {
            Numbered::Dense { steps, values, spare, .. } => {
                let place: usize = codes.iter().zip(steps).map(|(code, step)| *code as usize * *step).sum();
                values.get_mut(place).unwrap_or(spare)
            }
            Numbered::Map { places, values, spare } => {
                let place = places.get(codes).copied().unwrap_or_else(|| {
                    places.insert(codes.to_vec(), values.len());
                    values.push(T::default());
                    values.len() - 1
                });
                values.get_mut(place).unwrap_or(spare)
            }
        }
    }

    fn get(&self, codes: &[u32]) -> Option<&T> {
        match self {
            Numbered::Dense { steps, values, .. } => {
                values.get(codes.iter().zip(steps).map(|(code, step)| *code as usize * *step).sum::<usize>())
            }
            Numbered::Map { places, values, .. } => values.get(*places.get(codes)?),
        }
    }

    fn for_each(&self, mut take: impl FnMut(&[u32], &T)) {
        match self {
            Numbered::Dense { sizes, values, .. } => {
                let mut codes = vec![0; sizes.len()];
                for value in values {
                    take(&codes, value);
                    for (code, size) in codes.iter_mut().zip(sizes).rev() {
                        *code += 1;
                        if (*code as usize) < *size {
                            break;
                        }
                        *code = 0;
                    }
                }
            }
            Numbered::Map { places, values, .. } => {
                places
                    .iter()
                    .filter_map(|(codes, at)| Some((codes, values.get(*at)?)))
                    .for_each(|(codes, value)| take(codes, value));
            }
        }
    }
}

/// What was counted for each need.
pub(super) fn counted(folds: &Folds, plan: &Plan, world: &World<'_>) -> Vec<Option<Counted>> {
    let read = |(need, cube): (&Need, &usize)| Some(Counted::read(need, folds.cubes.get(*cube)?, plan, world));
    folds.needs.iter().zip(&folds.cube_of).map(read).collect()
}

/// The table of a question.
pub(super) fn table(
    fold: &Fold,
    counted: &[Option<Counted>],
    bursts: &[(BurstCodes, Vec<i64>)],
    firsts: &Firsts,
    plan: &Plan,
    world: &World<'_>,
) -> Table {
    let mut columns: Vec<usize> = Vec::new();
    fold.by.iter().for_each(|column| {
        if !columns.contains(column) {
            columns.push(*column);
        }
    });
    let need = |need: usize| counted.get(need).and_then(Option::as_ref);
    // Rows, as they are met: each one's codes, and where it is found by them.
    let width = columns.len();
    let mut rows = Rows { width, codes: Vec::new(), count: 0 };
    let mut row_of: Numbered<u32> = Numbered::new(&columns, plan, world);
    let mut add_row = |codes: &[u32]| {
        rows.codes.extend_from_slice(codes);
        rows.count += 1;
        *row_of.at(codes) = rows.count as u32;
    };
    match need(fold.groups) {
        // Without dimensions there is one row, whatever happened.
        _ if columns.is_empty() => add_row(&[]),
        Some(groups) => groups.for_each(|codes, _, _| add_row(codes)),
        None => {}
    }
    let row = |codes: &[u32]| {
        let number = row_of.get(codes.get(..width).unwrap_or(codes)).copied().unwrap_or(0);
        (number as usize).checked_sub(1)
    };
    let values: Vec<Vec<i64>> = fold
        .tallies
        .iter()
        .map(|tally| {
            let mut values = vec![0i64; rows.count];
            let mut set = |codes: &[u32], change: &dyn Fn(i64) -> i64| {
                if let Some(value) = row(codes).and_then(|row| values.get_mut(row)) {
                    *value = change(*value);
                }
            };
            // Where the counted column's code stands among those of its need.
            let place = |column: usize| columns.iter().position(|other| *other == column).unwrap_or(width);
            let is_value = |column: usize, code: Option<&u32>| {
                let column = plan.columns.get(column);
                code.is_some_and(|code| column.is_some_and(|column| column.is_value(world, *code)))
            };
            match *tally {
                Tally::Events(counted) => need(counted).into_iter().for_each(|counted| {
                    counted.for_each(|codes, events, _| set(codes, &|_| i64::try_from(events).unwrap_or(i64::MAX)));
                }),
                Tally::Affected(counted) => need(counted).into_iter().for_each(|counted| {
                    let sum = |sum: i128| i64::try_from(sum.max(0)).unwrap_or(i64::MAX);
                    counted.for_each(|codes, _, affected| set(codes, &|_| sum(affected)));
                }),
                Tally::Distinct { need: counted, column } => need(counted).into_iter().for_each(|counted| {
                    let at = place(column);
                    counted.for_each(|codes, _, _| {
                        if is_value(column, codes.get(at)) {
                            set(codes, &|value| value + 1);
                        }
                    });
                }),
                Tally::FirstSeen { need: counted, column } => need(counted).into_iter().for_each(|counted| {
                    let at = place(column);
                    let is_new = |code: u32| firsts.is_new(column, fold.span, code);
                    counted.for_each(|codes, _, _| {
                        if is_value(column, codes.get(at)) && codes.get(at).is_some_and(|code| is_new(*code)) {
                            set(codes, &|value| value + 1);
                        }
                    });
                }),
                Tally::Percentile { need: counted, column, percent } => {
                    let at = place(column);
                    let mut each: Vec<(usize, u64)> = Vec::new();
                    need(counted).into_iter().for_each(|counted| {
                        counted.for_each(|codes, events, _| {
                            if is_value(column, codes.get(at))
                                && let Some(row) = row(codes)
                            {
                                each.push((row, events));
                            }
                        });
                    });
                    each.sort_unstable();
                    for of_row in each.chunk_by(|one, other| one.0 == other.0) {
                        let rank = (of_row.len() * usize::from(percent.min(100))).div_ceil(100).max(1);
                        if let Some((row, events)) = of_row.get(rank - 1)
                            && let Some(value) = values.get_mut(*row)
                        {
                            *value = i64::try_from(*events).unwrap_or(i64::MAX);
                        }
                    }
                }
                Tally::Burst(at) => {
                    if let Some((cells, longest)) = bursts.get(at) {
                        cells.for_each(&columns, longest, |codes, most| set(codes, &|_| most));
                    }
                }
            }
            values
        })
        .collect();
    let places: Vec<usize> =
        fold.by.iter().map(|column| columns.iter().position(|other| other == column).unwrap_or(0)).collect();
    let ranks: Vec<Ranks<'_>> = (0..width)
        .zip(&columns)
        .map(|(at, column)| Ranks::new(*column, rows.iter().filter_map(|codes| codes.get(at).copied()), plan, world))
        .collect();
    let order = in_order(&rows, &places, &ranks);
    let made = order.into_iter().filter_map(|number| {
        let codes = rows.get(number)?;
        let label = |(at, column): (&usize, &usize)| {
            let code = codes.get(*at).copied().unwrap_or(0);
            plan.columns.get(*column).map(|column| column.label(world, code)).unwrap_or_default()
        };
        Some(Row {
            keys: places.iter().zip(&fold.by).map(label).collect(),
            values: values.iter().map(|column| column.get(number).copied().unwrap_or(0)).collect(),
        })
    });
    Table { rows: made.collect() }
}

/// The rows of a table as codes, those of each row after those of the one before.
struct Rows {
    width: usize,
    codes: Vec<u32>,
    count: usize,
}

impl Rows {
    fn get(&self, row: usize) -> Option<&[u32]> {
        self.codes.get(row * self.width..(row + 1) * self.width)
    }

    fn iter(&self) -> impl Iterator<Item = &[u32]> {
        (0..self.count).filter_map(|row| self.get(row))
    }
}

/// The places of rows in the order of their labels.
fn in_order(rows: &Rows, places: &[usize], ranks: &[Ranks<'_>]) -> Vec<usize> {
    let rank = |codes: &[u32], at: usize| {
        codes.get(at).and_then(|code| ranks.get(at).map(|ranks| ranks.of(*code))).unwrap_or(0)
    };
    if let [at] = places {
        let mut order: Vec<(u32, u32)> = (0..).zip(rows.iter()).map(|(row, codes)| (rank(codes, *at), row)).collect();
        order.sort_unstable();
        return order.into_iter().map(|(_, row)| row as usize).collect();
    }
    let key = |codes: &[u32]| places.iter().map(|at| rank(codes, *at)).collect::<Vec<u32>>();
    let mut order: Vec<(Vec<u32>, usize)> = rows.iter().map(key).zip(0..).collect();
    order.sort_unstable();
    order.into_iter().map(|(_, row)| row).collect()
}

/// The place of each code in the order of labels.
enum Ranks<'a> {
    /// Of all codes, known before.
    Known(&'a [u32]),
    /// Of those that rows have.
    Sorted(Vec<u32>),
}

impl<'a> Ranks<'a> {
    fn new(column: usize, used: impl Iterator<Item = u32>, plan: &Plan, world: &'a World<'_>) -> Ranks<'a> {
        let Some(column) = plan.columns.get(column) else { return Ranks::Sorted(Vec::new()) };
        if let Some(ranks) = column.ranks(world) {
            return Ranks::Known(ranks);
        }
        let mut used: Vec<u32> = used.collect();
        used.sort_unstable();
        used.dedup();
        let mut ranks = vec![0; used.last().map_or(0, |code| *code as usize + 1)];
        let mut labels: Vec<(String, u32)> = used.into_iter().map(|code| (column.label(world, code), code)).collect();
        labels.sort_unstable();
        for (rank, same) in (0..).zip(labels.chunk_by(|one, other| one.0 == other.0)) {
            for (_, code) in same {
                if let Some(place) = ranks.get_mut(*code as usize) {
                    *place = rank;
                }
            }
        }
        Ranks::Sorted(ranks)
    }

    fn of(&self, code: u32) -> u32 {
        let ranks = match self {
            Ranks::Known(ranks) => ranks,
            Ranks::Sorted(ranks) => ranks.as_slice(),
        };
        ranks.get(code as usize).copied().unwrap_or(0)
    }
}

/// The cells of bursts, to be read by the columns of rows.
pub(super) struct BurstCodes {
    cells: super::cells::Cells,
    columns: Vec<usize>,
}

impl BurstCodes {
    /// Ends the counting: the cells, and the longest burst of each.
    pub(super) fn finish(count: BurstCount) -> (BurstCodes, Vec<i64>) {
        let columns = count.columns().to_vec();
        (BurstCodes { cells: count.cells, columns }, count.bursts.finish())
    }

    fn for_each(&self, columns: &[usize], longest: &[i64], mut take: impl FnMut(&[u32], i64)) {
        let place = |column: &usize| self.columns.iter().position(|other| other == column).unwrap_or(0);
        let places: Vec<usize> = columns.iter().map(place).collect();
        let mut codes = Vec::new();
        let mut own = vec![0; places.len()];
        for (cell, most) in longest.iter().enumerate().filter(|(_, most)| **most > 0) {
            self.cells.codes(cell, &mut codes);
            for (own, place) in own.iter_mut().zip(&places) {
                *own = codes.get(*place).copied().unwrap_or(0);
            }
            take(&own, *most);
        }
    }
}
