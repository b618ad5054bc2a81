//! Widths of table columns from what is in them, so that one long cell does not take the room of all others.

use super::blocks::plain;
use crate::document::{Cell, Table};

/// Letters beyond which a text is expected to wrap.
const WRAPS: usize = 42;

/// Each column's share of the width; they add up to one.
pub fn shares(table: &Table) -> Vec<f64> {
    let given: f64 = table.columns.iter().filter_map(|column| column.width).sum();
    let wanted: Vec<usize> = (0..table.columns.len()).map(|column| wanted(table, column)).collect();
    let open = table.columns.iter().zip(&wanted).filter(|(column, _)| column.width.is_none());
    let total = open.map(|(_, wanted)| *wanted).sum::<usize>().max(1) as f64;
    // Given widths that leave nothing are given room to share.
    let left = if total > 1.0 { (1.0 - given).max(0.1) } else { 0.0 };
    let shares =
        table.columns.iter().zip(&wanted).map(|(column, wanted)| column.width.unwrap_or(left * *wanted as f64 / total));
    let sum: f64 = shares.clone().sum();
    shares.map(|share| share / if sum > 0.0 { sum } else { 1.0 }).collect()
}

/// The width below which words would break, in ems of the table's text.
pub fn least(table: &Table) -> usize {
    let words = |column: usize| {
        let longest = cells(table, column)
            .map(|text| text.split([' ', '-', '/']).map(|word| word.chars().count()).max().unwrap_or(0));
        longest.max().unwrap_or(0).clamp(3, 18)
    };
    (0..table.columns.len()).map(|column| words(column) * 5 / 8 + 2).sum::<usize>().min(96)
}

/// Letters that the column would like: nine of ten cells on one line, up to where text wraps anyway; never less than the head's longest word.
fn wanted(table: &Table, column: usize) -> usize {
    let mut lengths: Vec<usize> = cells(table, column).map(|text| text.chars().count()).collect();
    lengths.sort_unstable();
    let most = lengths.get((lengths.len() * 9).div_ceil(10).saturating_sub(1)).copied().unwrap_or(0);
    let head = table
        .head
        .iter()
        .filter_map(|row| cell(row, column))
        .flat_map(|text| text.split(' ').map(|word| word.chars().count()).collect::<Vec<_>>());
    most.min(WRAPS).max(head.max().unwrap_or(0)) + 4
}

fn cells(table: &Table, column: usize) -> impl Iterator<Item = String> {
    table.body.iter().chain(&table.foot).filter_map(move |row| cell(row, column))
}

/// The text of a cell that stands in this column alone.
fn cell(row: &[Cell], column: usize) -> Option<String> {
    let mut at = 0;
    for cell in row {
        let span = usize::from(cell.span.max(1));
        if at == column && span == 1 {
            return Some(plain(&cell.text));
        }
        at += span;
    }
    None
}
