//! Tables, in markup.

use super::{Reader, name};
use crate::document::{Cell, Column, Inline, Table};
use roxmltree::Node;

impl Reader<'_> {
    pub(super) fn table(&mut self, node: Node) -> Table {
        let known = ["caption", "col", "thead", "tbody", "tfoot", "tr"];
        self.attributes(node, &[]);
        let mut table = Table::default();
        let mut rows: Vec<(Node, u32)> = Vec::new();
        for child in self.elements(node) {
            match name(child) {
                "caption" => {
                    self.attributes(child, &[]);
                    table.caption = self.text(child);
                }
                "col" => {
                    self.attributes(child, &["number", "width"]);
                    self.empty(child);
                    let number = self.yes(child, "number");
                    let width = self.number(child, "width", "%").map(|percent| percent / 100.0);
                    table.columns.push(Column { number, width });
                }
                "thead" | "tbody" | "tfoot" => {
                    self.attributes(child, &[]);
                    let part = match name(child) {
                        "thead" => &mut table.head,
                        "tbody" => &mut table.body,
                        _ => &mut table.foot,
                    };
                    for row in self.elements(child) {
                        if name(row) == "tr" {
                            let (cells, span) = self.row(row);
                            part.push(cells);
                            rows.push((row, span));
                        } else {
                            self.unknown(row, &format!("in <{}>", name(child)), &["tr"]);
                        }
                    }
                }
                "tr" => {
                    let (cells, span) = self.row(child);
                    table.body.push(cells);
                    rows.push((child, span));
                }
                _ => self.unknown(child, "in <table>", &known),
            }
        }
        if table.columns.is_empty() {
            let widest = rows.iter().map(|(_, span)| *span).max().unwrap_or(0);
            table.columns = (0..widest).map(|_| Column::default()).collect();
        }
        if table.columns.is_empty() {
            self.refuse(node, "the table has no columns", "Write a <col/> for each");
        }
        for (row, span) in rows {
            if span as usize != table.columns.len() {
                self.refuse(row, format!("the row has {span} cells, the table {} columns", table.columns.len()), "");
            }
        }
        table
    }

    /// The row's cells, and how many columns they fill.
    fn row(&mut self, node: Node) -> (Vec<Cell>, u32) {
        self.attributes(node, &[]);
        let mut cells = Vec::new();
        let mut filled = 0;
        for child in self.elements(node) {
            if !matches!(name(child), "td" | "th") {
                self.unknown(child, "in <tr>", &["td", "th"]);
                continue;
            }
            self.attributes(child, &["tone", "span"]);
            let tone = self.tone(child, "tone");
            let span = match child.attribute("span").map(str::parse::<u8>) {
                None => 1,
                Some(Ok(span)) if span > 0 => span,
                Some(_) => {
                    self.refuse(child, "span is no number of columns", "Write one from 1 to 255");
                    1
                }
            };
            let mut text = self.text(child);
            let head = node.parent().is_some_and(|part| name(part) == "thead");
            if name(child) == "th" && !head && !text.is_empty() {
                text = vec![Inline::Strong(text)];
            }
            filled += u32::from(span);
            cells.push(Cell { text, tone, span });
        }
        (cells, filled)
    }
}
