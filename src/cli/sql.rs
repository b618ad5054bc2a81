//! `sql`: a question that no report asks, as one SELECT over the log.

use super::{Context, Done, rows, say};
use crate::audit_log::sealed::sql::columns::Column;
use crate::audit_log::sealed::sql::{Part, Question, SqlError, list_tables};
use crate::pipeline::Failure;
use crate::written::{Problem, did_you_mean};
use rows::{Form, Printer};
use serde_json::json;
use std::io::{IsTerminal, Read};
use std::ops::ControlFlow;
use std::time::Duration;

#[derive(clap::Args)]
#[command(after_help = "\
The tables: events, batches, sources, quarantine, people; `quarterday sql --schema` explains every column. The dialect is
SQLite's, with its JSON functions. Conditions on time, time_ms, day, week, month, batch and source read only that part of
the log. Who joins events with itself is faster with WITH one AS MATERIALIZED (SELECT …).")]
pub(super) struct Sql {
    /// One SELECT; without it, or with `-`, it is read from standard input
    statement: Option<String>,
    /// Write CSV
    #[arg(long, conflicts_with = "json")]
    csv: bool,
    /// Stop after so long, as in `30s` or `5m`
    #[arg(long, value_name = "TIME", value_parser = timeout)]
    timeout: Option<Duration>,
    /// Show the tables and columns that there are, and what they mean
    #[arg(long, conflicts_with = "statement")]
    schema: bool,
}

fn timeout(text: &str) -> Result<Duration, String> {
    let millis = crate::definition::duration(text).and_then(|millis| u64::try_from(millis).ok());
    millis.filter(|millis| *millis > 0).map(Duration::from_millis).ok_or_else(|| "write it as 30s, 5m or 1h".to_owned())
}

impl Sql {
    pub(super) fn run(self, context: &Context) -> Result<Done, Failure> {
        if self.schema {
            schema(context.json);
            return Ok(Done::Yes);
        }
        let statement = self.statement()?;
        let installation = context.installation()?;
        let (lens, _) = installation.lens()?;
        let log = installation.log()?;
        let question =
            Question { statement: &statement, zone: &installation.config.timezone, lens: &lens, timeout: self.timeout };
        let form = match (context.json, self.csv) {
            (true, _) => Form::JsonLines,
            (_, true) => Form::Csv,
            _ => Form::Table,
        };
        let mut printer = Printer::new(form, std::io::stdout().lock());
        let asked = log.sql(&question, &mut |part| {
            let written = match part {
                Part::Head(names) => printer.head(names),
                Part::Row(values) => printer.row(values),
            };
            if written { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        // What was found before it failed is shown all the same.
        let printed = printer.finish();
        asked.map_err(|error| failure(error, &statement))?;
        printed.map_err(|error| Failure::Error(format!("the answer cannot be written: {error}")))?;
        Ok(Done::Yes)
    }

    fn statement(&self) -> Result<String, Failure> {
        if let Some(statement) = self.statement.as_ref().filter(|statement| *statement != "-") {
            return Ok(statement.clone());
        }
        if std::io::stdin().is_terminal() {
            say::aside("Write one SELECT, and end it with Ctrl-D:");
        }
        let mut bytes = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut bytes)
            .map_err(|error| Failure::Error(format!("standard input cannot be read: {error}")))?;
        String::from_utf8(bytes).map_err(|_| Failure::Asked("the statement on standard input is not UTF-8".to_owned()))
    }
}

fn failure(error: SqlError, statement: &str) -> Failure {
    match error {
        SqlError::Wrong { what, at } => {
            let at = at.or_else(|| word(statement, what.strip_prefix("no such table: ")?));
            let before = at.and_then(|at| statement.get(..at)).unwrap_or_default();
            let line = before.rsplit('\n').next().unwrap_or_default();
            Failure::Problems(vec![Problem {
                file: "statement".to_owned(),
                line: before.matches('\n').count() + 1,
                column: line.chars().count() + 1,
                instead: instead(&what),
                what,
            }])
        }
        other => Failure::Error(other.to_string()),
    }
}

/// Where a name stands in the statement, for what SQLite says without a place.
fn word(statement: &str, name: &str) -> Option<usize> {
    let part = |c: char| c.is_alphanumeric() || c == '_';
    statement.match_indices(name).map(|(at, _)| at).find(|at| {
        let (before, after) = (statement.get(..*at), statement.get(at + name.len()..));
        !before.is_some_and(|text| text.ends_with(part)) && !after.is_some_and(|text| text.starts_with(part))
    })
}

/// What to write instead, where SQLite's words name what it did not find.
fn instead(what: &str) -> String {
    let lists = list_tables();
    if let Some(name) = what.strip_prefix("no such table: ") {
        let known: Vec<&str> = std::iter::once("events").chain(lists.iter().map(|table| table.name)).collect();
        return did_you_mean(name, known);
    }
    if let Some(name) = what.strip_prefix("no such column: ") {
        let name = name.rsplit('.').next().unwrap_or(name);
        let of_lists = lists.iter().flat_map(|table| table.columns.iter().map(|(name, ..)| *name));
        let mut known: Vec<&str> = Column::ALL.iter().map(|(_, name, ..)| *name).chain(of_lists).collect();
        known.sort_unstable();
        known.dedup();
        return match crate::written::nearest(name, known.iter().copied()) {
            Some(near) => format!("Did you mean `{near}`?"),
            None => "`quarterday sql --schema` shows all columns; texts are written in 'single quotes'".to_owned(),
        };
    }
    String::new()
}

fn schema(as_json: bool) {
    let events: Vec<(&str, &str, &str)> =
        Column::ALL.iter().map(|(_, name, kind, meaning)| (*name, *kind, *meaning)).collect();
    let tables = std::iter::once(("events", "every event of a batch that is not void", events.as_slice()))
        .chain(list_tables().iter().map(|table| (table.name, table.what, table.columns)));
    if as_json {
        let column =
            |(name, kind, meaning): &(&str, &str, &str)| json!({ "name": name, "type": kind, "meaning": meaning });
        let all: Vec<_> = tables
            .map(|(name, what, columns)| {
                json!({ "table": name, "what": what, "columns": columns.iter().map(column).collect::<Vec<_>>() })
            })
            .collect();
        say::json(&json!(all));
        return;
    }
    for (name, what, columns) in tables {
        say::line(format!("{name}: {what}"));
        let rows: Vec<Vec<String>> = columns
            .iter()
            .map(|(name, kind, meaning)| vec![format!("  {name}"), (*kind).to_owned(), (*meaning).to_owned()])
            .collect();
        say::table(&rows);
        say::line("");
    }
    say::line("What a source or the directory does not say is NULL, and counts in no count(column).");
}
