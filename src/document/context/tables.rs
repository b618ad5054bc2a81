//! Tables as templates see them: columns, head, rows of cells with text, figure label and tone.

use crate::figures::{Amount, Figure};
use crate::wording::Words;
use serde_json::{Value, json};

/// A table being filled.
#[derive(Default)]
pub(super) struct TableView {
    columns: Vec<Value>,
    head: Vec<String>,
    rows: Vec<Vec<Value>>,
    foot: Vec<Vec<Value>>,
}

impl TableView {
    /// A column of text.
    pub(super) fn text(mut self, head: impl Into<String>) -> Self {
        self.columns.push(json!({}));
        self.head.push(head.into());
        self
    }

    /// A column of text with a share of the width, `30%`.
    pub(super) fn wide(mut self, head: impl Into<String>, width: &str) -> Self {
        self.columns.push(json!({ "width": width }));
        self.head.push(head.into());
        self
    }

    /// A column of numbers.
    pub(super) fn number(mut self, head: impl Into<String>) -> Self {
        self.columns.push(json!({ "number": true }));
        self.head.push(head.into());
        self
    }

    /// Adds a row.
    pub(super) fn row(&mut self, cells: Vec<Value>) {
        self.rows.push(cells);
    }

    /// Adds a row of totals.
    pub(super) fn total(&mut self, cells: Vec<Value>) {
        self.foot.push(cells);
    }

    /// As JSON.
    pub(super) fn finish(self) -> Value {
        json!({ "columns": self.columns, "head": self.head, "rows": self.rows, "foot": self.foot })
    }
}

/// A cell of text.
pub(super) fn text(text: impl Into<String>) -> Value {
    json!({ "text": text.into() })
}

/// A cell of text with a tone.
pub(super) fn toned(text: impl Into<String>, tone: &str) -> Value {
    json!({ "text": text.into(), "tone": tone })
}

/// A cell with an id or a hash.
pub(super) fn code(text: impl Into<String>) -> Value {
    json!({ "text": text.into(), "code": true })
}

/// A cell with a figure and its label.
pub(super) fn figure(words: &Words, figure: &Figure) -> Value {
    json!({ "text": words.figure(figure), "figure": label(figure) })
}

/// A cell with a figure that is there to be seen beside others: without label where it is zero, to keep tables quiet.
pub(super) fn quiet_figure(words: &Words, shown: &Figure) -> Value {
    match shown.amount {
        Amount::Whole(0) => json!({ "text": words.number(0) }),
        _ => figure(words, shown),
    }
}

/// `F12`.
pub(super) fn label(figure: &Figure) -> String {
    format!("F{}", figure.label)
}
