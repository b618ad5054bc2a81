//! Rows: an answer of any length to standard output as it comes: a table for people, CSV, or JSON lines.

use super::say;
use crate::audit_log::sealed::sql::Value;
use crate::render::csv;
use serde_json::{Map, Value as Json};
use std::io::{BufWriter, Error, ErrorKind, Write};

/// Rows of a table that are looked at to know how wide its columns are. Later ones may stand out.
const LOOK_AT: usize = 1000;

/// What rows are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Table,
    Csv,
    JsonLines,
}

/// Writes an answer. After an error it writes nothing more.
pub(super) struct Printer<W: Write> {
    form: Form,
    out: BufWriter<W>,
    names: Vec<String>,
    /// Rows of a table until its widths are known: text, and whether it is a number.
    waiting: Vec<Vec<(String, bool)>>,
    widths: Option<Vec<(usize, bool)>>,
    rows: u64,
    failed: Option<Error>,
}

impl<W: Write> Printer<W> {
    pub(super) fn new(form: Form, out: W) -> Printer<W> {
        let out = BufWriter::with_capacity(1 << 16, out);
        Printer { form, out, names: Vec::new(), waiting: Vec::new(), widths: None, rows: 0, failed: None }
    }

    /// Takes the names of the columns. False: nobody reads on.
    pub(super) fn head(&mut self, names: &[String]) -> bool {
        self.names = distinct(names);
        if self.form == Form::Csv {
            let mut text = String::new();
            csv::row(names.iter().map(String::as_str), &mut text);
            self.write(&text);
        }
        self.failed.is_none()
    }

    /// Takes a row. False: nobody reads on.
    pub(super) fn row(&mut self, values: &[Value<'_>]) -> bool {
        self.rows += 1;
        match self.form {
            Form::Table => {
                let cells: Vec<(String, bool)> = values.iter().map(|value| (shown(value), is_number(value))).collect();
                if self.widths.is_some() {
                    self.line(&cells);
                } else {
                    self.waiting.push(cells);
                    if self.waiting.len() >= LOOK_AT {
                        self.settle();
                    }
                }
            }
            Form::Csv => {
                let cells: Vec<String> = values.iter().map(text).collect();
                let mut line = String::new();
                csv::row(cells.iter().map(String::as_str), &mut line);
                self.write(&line);
            }
            Form::JsonLines => {
                let object: Map<String, Json> = self.names.iter().cloned().zip(values.iter().map(json)).collect();
                let line = Json::Object(object).to_string();
                self.write(&line);
                self.write("\n");
            }
        }
        self.failed.is_none()
    }

    /// Writes what is left, and how many rows there were where people read.
    pub(super) fn finish(mut self) -> Result<u64, Error> {
        if self.form == Form::Table && !self.names.is_empty() {
            self.settle();
        }
        if self.failed.is_none()
            && let Err(error) = self.out.flush()
        {
            self.failed = Some(error);
        }
        match self.failed {
            // Who reads may stop reading (`| head`).
            Some(error) if error.kind() == ErrorKind::BrokenPipe => Ok(self.rows),
            Some(error) => Err(error),
            None => {
                if self.form == Form::Table && !self.names.is_empty() {
                    say::aside(format!("({})", crate::wording::plain::plural(self.rows as i64, "row", "rows")));
                }
                Ok(self.rows)
            }
        }
    }

    fn write(&mut self, text: &str) {
        if self.failed.is_none()
            && let Err(error) = self.out.write_all(text.as_bytes())
        {
            self.failed = Some(error);
        }
    }

    /// Works out the widths and writes what has waited for them.
    fn settle(&mut self) {
        if self.widths.is_some() {
            return;
        }
        let waiting = std::mem::take(&mut self.waiting);
        let widths = self.names.iter().enumerate().map(|(at, name)| {
            let cells = || waiting.iter().filter_map(|row| row.get(at));
            let widest = cells().map(|(text, _)| text.chars().count()).max().unwrap_or(0);
            let numbers =
                cells().any(|(_, number)| *number) && cells().all(|(text, number)| *number || text.is_empty());
            (widest.max(name.chars().count()), numbers)
        });
        self.widths = Some(widths.collect());
        let head: Vec<(String, bool)> = self.names.iter().map(|name| (say::visible(name), false)).collect();
        self.line(&head);
        let rule: Vec<(String, bool)> =
            self.widths.iter().flatten().map(|(width, _)| ("─".repeat(*width), false)).collect();
        self.line(&rule);
        for row in &waiting {
            self.line(row);
        }
    }

    fn line(&mut self, cells: &[(String, bool)]) {
        let mut line = String::new();
        for (at, (text, _)) in cells.iter().enumerate() {
            let (width, right) = self.widths.as_ref().and_then(|widths| widths.get(at)).copied().unwrap_or((0, false));
            let pad = " ".repeat(width.saturating_sub(text.chars().count()));
            let (before, after) = if right { (pad.as_str(), "") } else { ("", pad.as_str()) };
            line.push_str(before);
            line.push_str(text);
            line.push_str(after);
            line.push_str("  ");
        }
        let line = format!("{}\n", line.trim_end());
        self.write(&line);
    }
}

/// Names of which none is there twice: the second `n` is `n_2`. A JSON object has a key once.
fn distinct(names: &[String]) -> Vec<String> {
    let mut all: Vec<String> = Vec::with_capacity(names.len());
    for name in names {
        let mut one = name.clone();
        let mut copy = 2;
        while all.contains(&one) {
            one = format!("{name}_{copy}");
            copy += 1;
        }
        all.push(one);
    }
    all
}

fn is_number(value: &Value<'_>) -> bool {
    matches!(value, Value::Integer(_) | Value::Real(_))
}

/// A real number as SQLite's own shell writes it: never without a decimal point.
fn real(number: f64) -> String {
    if number.fract() == 0.0 && number.abs() < 1e15 { format!("{number:.1}") } else { number.to_string() }
}

fn text(value: &Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Integer(number) => number.to_string(),
        Value::Real(number) => real(*number),
        Value::Text(text) => text.to_string(),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
    }
}

/// A cell of a table: one line, and nothing in it that a terminal would obey.
fn shown(value: &Value<'_>) -> String {
    say::visible(&text(value)).replace('\n', "\\n").replace('\t', "\\t")
}

fn json(value: &Value<'_>) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(number) => Json::from(*number),
        // No number of JSON is infinite.
        Value::Real(number) => serde_json::Number::from_f64(*number).map_or(Json::Null, Json::Number),
        Value::Text(text) => Json::String(text.to_string()),
        Value::Bytes(_) => Json::String(text(value)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn printed(form: Form, names: &[&str], rows: &[Vec<Value<'_>>]) -> String {
        let mut out = Vec::new();
        let mut printer = Printer::new(form, &mut out);
        assert!(printer.head(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>()));
        rows.iter().for_each(|row| assert!(printer.row(row)));
        assert_eq!(printer.finish().unwrap(), rows.len() as u64);
        String::from_utf8(out).unwrap()
    }

    fn rows() -> Vec<Vec<Value<'static>>> {
        vec![
            vec![Value::Text("=1+1".into()), Value::Integer(-12), Value::Real(2.0)],
            vec![Value::Text("two\nlines \u{1b}[31m".into()), Value::Null, Value::Bytes(&[0xff, 0])],
        ]
    }

    #[test]
    fn a_table_keeps_its_columns_and_obeys_nothing() {
        let table = printed(Form::Table, &["text", "n", "x"], &rows());
        let expected = "text                     n  x\n─────────────────────  ───  ────\n=1+1                   -12  2.0\ntwo\\nlines \\u{1b}[31m       ff00\n";
        assert_eq!(table, expected);
        assert_eq!(printed(Form::Table, &["n"], &[]), "n\n─\n");
    }

    #[test]
    fn a_long_table_goes_on_in_the_widths_of_its_first_rows() {
        let many: Vec<Vec<Value<'_>>> =
            (0..1500).map(|n| vec![Value::Integer(n % 1000), Value::Text("x".into())]).collect();
        let table = printed(Form::Table, &["n", "t"], &many);
        assert_eq!(table.lines().count(), 1502);
        assert!(table.lines().skip(2).all(|line| line.len() == 6), "right-aligned in three, two between, one");
    }

    #[test]
    fn csv_does_not_run_in_a_spreadsheet_and_json_has_each_key_once() {
        let csv = printed(Form::Csv, &["a", "n", "n"], &rows());
        assert_eq!(csv, "a,n,n\r\n'=1+1,-12,2.0\r\n\"two\nlines \u{1b}[31m\",,ff00\r\n");
        let json = printed(Form::JsonLines, &["a", "n", "n"], &rows()[..1]);
        assert_eq!(json, "{\"a\":\"=1+1\",\"n\":-12,\"n_2\":2.0}\n");
    }

    #[test]
    fn a_reader_that_goes_away_is_no_failure_and_a_full_disk_is_one() {
        struct Gone(ErrorKind);
        impl Write for Gone {
            fn write(&mut self, _: &[u8]) -> Result<usize, Error> {
                Err(Error::from(self.0))
            }
            fn flush(&mut self) -> Result<(), Error> {
                Ok(())
            }
        }
        for (kind, fine) in [(ErrorKind::BrokenPipe, true), (ErrorKind::StorageFull, false)] {
            let mut printer = Printer::new(Form::JsonLines, Gone(kind));
            printer.head(&["n".to_owned()]);
            let row = [Value::Text("x".repeat(10_000).into())];
            assert!((0..100).any(|_| !printer.row(&row)), "it goes on and on");
            assert_eq!(printer.finish().is_ok(), fine);
        }
    }
}
