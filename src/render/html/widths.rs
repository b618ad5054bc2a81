//! Widths of table columns from what is in them, so that one long cell does not take the room of all others.

use super::text::plain;
use crate::document::{Cell, Inline, Table};

/// Letters beyond which a text is expected to wrap.
const WRAPS: usize = 42;

/// The ems that a text needs which wraps.
const SENTENCE: f64 = 11.0;

/// The ems of a table's text across a page of paper, or the column of text on a screen.
const PAGE: f64 = 58.0;

/// Each column's share of the width; they add up to one. No column without a width of its own gets less than its words
/// need, as long as the table is not narrower than [`least`] says.
pub fn shares(table: &Table) -> Vec<f64> {
    let given: f64 = table.columns.iter().filter_map(|column| column.width).sum();
    let open: Vec<usize> = (0..table.columns.len())
        .filter(|at| table.columns.get(*at).is_some_and(|column| column.width.is_none()))
        .collect();
    // Given widths that leave nothing are given room to share.
    let left = (1.0 - given).max(0.1);
    let need: Vec<f64> = open.iter().map(|column| words(table, *column)).collect();
    let more: Vec<f64> =
        open.iter().zip(&need).map(|(column, need)| (wanted(table, *column) as f64 * 0.6 - need).max(0.1)).collect();
    let spare = (PAGE * left - need.iter().sum::<f64>()).max(0.0) / more.iter().sum::<f64>().max(0.1);
    let ems: Vec<f64> = need.iter().zip(&more).map(|(need, more)| need + more * spare).collect();
    let total: f64 = ems.iter().sum::<f64>().max(1.0);
    let mut open_shares = ems.iter().map(|ems| left * ems / total);
    let shares: Vec<f64> =
        table.columns.iter().map(|column| column.width.or_else(|| open_shares.next()).unwrap_or(0.0)).collect();
    let sum: f64 = shares.iter().sum();
    shares.iter().map(|share| share / if sum > 0.0 { sum } else { 1.0 }).collect()
}

/// The width below which words would break, in ems of the table's text.
pub fn least(table: &Table) -> usize {
    let all: f64 = (0..table.columns.len()).map(|column| words(table, column)).sum();
    (all.ceil() as usize).clamp(1, 160)
}

/// The ems below which a column's words would break, or a long text have a word a line; its padding in. What is longer than
/// any word breaks anywhere.
fn words(table: &Table, column: usize) -> f64 {
    let numbers = table.columns.get(column).is_some_and(|column| column.number);
    let longest = |text: &str| {
        // A number stays on one line, a date too; a hyphen between digits is no place to break.
        let whole = numbers || super::table::whole(text);
        let ends = |c: char| !whole && c == ' ';
        let parts = text.split(ends).flat_map(|word| {
            let dashed = word.contains('-') && !word.contains(|c: char| c.is_ascii_digit());
            if dashed { word.split_inclusive('-').collect::<Vec<_>>() } else { vec![word] }
        });
        parts.map(|word| word.chars().count()).max().unwrap_or(0)
    };
    let body = cells(table, column).map(|(text, labels)| {
        let room = if text.chars().count() > WRAPS { SENTENCE } else { 0.0 };
        (longest(&text).clamp(3, 18) as f64 * 0.6 + labels as f64 * 0.42).max(room)
    });
    let head = table.head.iter().filter_map(|row| cell(row, column));
    let head = head.map(|(text, _)| {
        let longest = text.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        longest.clamp(3, 18) as f64 * 0.64
    });
    body.chain(head).fold(0.0, f64::max) + 1.5
}

/// Letters that the column would like: nine of ten cells on one line, up to where text wraps anyway; never less than the head's longest word.
fn wanted(table: &Table, column: usize) -> usize {
    let mut lengths: Vec<usize> = cells(table, column).map(|(text, labels)| text.chars().count() + labels).collect();
    lengths.sort_unstable();
    let most = lengths.get((lengths.len() * 9).div_ceil(10).saturating_sub(1)).copied().unwrap_or(0);
    let head = table
        .head
        .iter()
        .filter_map(|row| cell(row, column))
        .flat_map(|(text, _)| text.split(' ').map(|word| word.chars().count()).collect::<Vec<_>>());
    most.min(WRAPS).max(head.max().unwrap_or(0)) + 4
}

fn cells(table: &Table, column: usize) -> impl Iterator<Item = (String, usize)> {
    table.body.iter().chain(&table.foot).filter_map(move |row| cell(row, column))
}

/// The text of a cell that stands in this column alone, and how many letters the labels of its figures have.
fn cell(row: &[Cell], column: usize) -> Option<(String, usize)> {
    let mut at = 0;
    for cell in row {
        let span = usize::from(cell.span.max(1));
        if at == column && span == 1 {
            return Some((plain(&cell.text), labels(&cell.text)));
        }
        at += span;
    }
    None
}

/// How many letters the labels of figures have in a text, with the gap before each.
fn labels(text: &[Inline]) -> usize {
    let one = |one: &Inline| match one {
        Inline::Figure(label) => label.chars().count() + 1,
        Inline::Strong(inner) | Inline::Emphasis(inner) | Inline::Toned(_, inner) | Inline::Link(_, inner) => {
            labels(inner)
        }
        Inline::Text(_) | Inline::Code(_) | Inline::Break => 0,
    };
    text.iter().map(one).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Column;

    fn table(head: &[&str], row: &[&str]) -> Table {
        let cells = |texts: &[&str]| {
            let figure = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
            texts
                .iter()
                .map(|text| {
                    let mut parts = vec![Inline::Text((*text).to_owned())];
                    parts.extend(figure(text).then(|| Inline::Figure("F117".to_owned())));
                    Cell { text: parts, span: 1, ..Cell::default() }
                })
                .collect::<Vec<_>>()
        };
        let columns = row.iter().map(|text| Column { number: text.starts_with('1'), ..Column::default() }).collect();
        Table { columns, head: vec![cells(head)], body: vec![cells(row)], ..Table::default() }
    }

    #[test]
    fn no_column_gets_less_than_its_words_need() {
        // The columns of numbers, wide by their heads, once left `incident` too little: it broke before its last letter.
        let states = ["Module", "New", "Active", "Awaiting User Info", "Awaiting Problem", "Awaiting Vendor", "All"];
        let table = table(&states, &["incident", "11,548", "10,940", "14,296", "133", "13", "143,758"]);
        let width = (least(&table) as f64).max(PAGE);
        let shares = shares(&table);
        assert!((shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
        for (column, share) in shares.iter().enumerate() {
            assert!(share * width >= words(&table, column) - 1e-9, "column {column}: {} of {width}", share * width);
        }
    }

    #[test]
    fn a_text_that_wraps_gets_what_the_short_ones_leave() {
        let long = "A sentence that goes on for longer than any line of the table that it stands in ".repeat(3);
        let shares = shares(&table(&["When", "What", "Id"], &["x", &long, "INC0013816"]));
        assert!(shares[1] > 0.5 && shares[2] * PAGE >= 7.0, "{shares:?}");
    }
}
