//! Workbook: an edition's figures and evidence as tables of typed cells, before any format. A spreadsheet is printed from it.

use super::compose::hidden;
use crate::calendar::Millis;
use chrono::NaiveDateTime;

/// Tables under names.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Workbook {
    /// Title, for metadata.
    pub title: String,
    /// Whose it is, for metadata; may be empty.
    pub author: String,
    /// When it was made, for metadata.
    pub created: Millis,
    /// In order.
    pub sheets: Vec<Sheet>,
}

/// A table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sheet {
    /// Its name; the printer shortens it and makes it unlike the others.
    pub name: String,
    /// Heads of its columns.
    pub head: Vec<String>,
    /// Its rows; those shorter than the head end with empty cells.
    pub rows: Vec<Vec<Cell>>,
    /// Rows under them that sum up: not sorted or filtered with them.
    pub totals: Vec<Vec<Cell>>,
    /// Where what does not fit into a spreadsheet stands whole, as a sentence.
    pub elsewhere: String,
}

/// A cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// Text: never run, whatever it begins with.
    Text(String),
    /// A count.
    Whole(i64),
    /// A share; of nothing: empty.
    Share {
        /// Numerator.
        part: i64,
        /// Denominator.
        whole: i64,
    },
    /// A mean; over nothing: empty.
    Mean {
        /// Numerator.
        sum: i64,
        /// Denominator.
        over: i64,
    },
    /// A civil time.
    Time(NaiveDateTime),
}

impl Cell {
    /// A text as a cell: control characters, and marks that turn the direction of text, are made visible; line breaks stay.
    pub fn text(text: impl AsRef<str>) -> Cell {
        let text = text.as_ref().replace("\r\n", "\n");
        if text.is_empty() {
            return Cell::Empty;
        }
        let mut out = String::with_capacity(text.len());
        for c in text.chars() {
            match c {
                '\n' | '\t' => out.push(c),
                _ if hidden(c) && u32::from(c) < 0x100 => out.push_str(&format!("\\x{:02x}", u32::from(c))),
                _ if hidden(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
                _ => out.push(c),
            }
        }
        Cell::Text(out)
    }
}
