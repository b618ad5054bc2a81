//! Tables as HTML: they scroll in a box of their own where the screen is too narrow, and every number has its heads.

use super::blocks::Page;
use super::text::{class, has_long, plain, written};
use super::{escaped, widths};
use crate::document::{Cell, Table};

/// Ems up to which the first column stays in sight while the others scroll.
const HELD: f64 = 10.0;

impl Page<'_> {
    pub(super) fn table(&mut self, table: &Table) {
        if table.head.is_empty() && table.body.is_empty() && table.foot.is_empty() {
            return;
        }
        let name = if table.caption.is_empty() { self.heading.clone() } else { plain(&table.caption) };
        let shares = widths::shares(table);
        let least = widths::least(table);
        let held = shares.first().is_some_and(|share| share * least as f64 <= HELD) && shares.len() > 2;
        // What scrolls must be reached with the keyboard, and have a name.
        self.put(format_args!(
            "<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"{}\">\n",
            escaped(&name)
        ));
        // Narrower than this its words would break: a small screen scrolls instead.
        let held = if held { " class=\"held\"" } else { "" };
        self.put(format_args!("<table{held} style=\"--w:{least}\">\n"));
        if !table.caption.is_empty() {
            let caption = written(&table.caption, self.base);
            self.put(format_args!("<caption{}>{}</caption>\n", caption.direction, caption.html));
        }
        self.out.push_str("<colgroup>");
        for share in &shares {
            self.put(format_args!("<col style=\"width:{:.1}%\">", share * 100.0));
        }
        self.out.push_str("</colgroup>\n");
        for (element, rows) in [("thead", &table.head), ("tbody", &table.body), ("tfoot", &table.foot)] {
            if rows.is_empty() {
                continue;
            }
            self.put(format_args!("<{element}>\n"));
            for row in rows {
                self.row(row, table, element == "thead");
            }
            self.put(format_args!("</{element}>\n"));
        }
        self.out.push_str("</table>\n</div>\n");
    }

    fn row(&mut self, row: &[Cell], table: &Table, head: bool) {
        self.out.push_str("<tr>");
        let mut column = 0;
        for cell in row {
            let span = usize::from(cell.span.max(1));
            let number = table.columns.get(column).is_some_and(|c| c.number) && span == 1;
            let text = plain(&cell.text);
            let mut classes = match class(cell.tone) {
                "" => String::new(),
                tone => format!(" cell{tone}"),
            };
            if number {
                classes.push_str(" n");
            } else if whole(&text) {
                classes.push_str(" d");
            } else if has_long(&text) {
                classes.push_str(" any");
            }
            let classes = if classes.is_empty() { classes } else { format!(" class=\"{}\"", classes.trim_start()) };
            // An empty head is no head to a screen reader. What a row begins with says which row it is.
            let (element, scope) = match (head, span) {
                _ if text.is_empty() => ("td", ""),
                (true, 1) => ("th", " scope=\"col\""),
                (true, _) => ("th", " scope=\"colgroup\""),
                (false, _) if column == 0 && !number && !table.head.is_empty() => ("th", " scope=\"row\""),
                (false, _) => ("td", ""),
            };
            let spans = if span > 1 { format!(" colspan=\"{span}\"") } else { String::new() };
            let text = written(&cell.text, self.base);
            self.put(format_args!("<{element}{classes}{spans}{scope}{}>{}</{element}>", text.direction, text.html));
            column += span;
        }
        self.out.push_str("</tr>\n");
    }
}

/// Whether a text is a date, a time or both: digits with marks, which stay on one line.
pub(super) fn whole(text: &str) -> bool {
    let marks = |c: char| c.is_ascii_digit() || matches!(c, '-' | ':' | '.' | ' ' | '/');
    text.chars().all(marks) && text.starts_with(|c: char| c.is_ascii_digit()) && text.len() <= 19 && text.contains('-')
}
