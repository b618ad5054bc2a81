//! Export: events out of the log as CSV, JSON lines or OCSF JSON lines. Pure: the same event gives the same bytes.

mod json;
pub mod ocsf;
mod table;

use crate::audit_log::StoredEvent;
use crate::calendar::Millis;
use crate::event::Change;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// What events are written as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180 with a head, one event a row; cells that a spreadsheet would run get a `'` before them, as in reports.
    Csv,
    /// One JSON object a line, with everything that is kept, always the same keys in the same order.
    JsonLines,
    /// One event of the Open Cybersecurity Schema Framework a line.
    Ocsf,
}

/// Writes events one by one.
#[derive(Clone, Debug)]
pub struct Export {
    form: Form,
    /// What sources are called, by name.
    titles: BTreeMap<String, String>,
}

impl Export {
    /// `titles`: what sources are called, by name.
    pub fn new(form: Form, titles: BTreeMap<String, String>) -> Export {
        Export { form, titles }
    }

    /// What stands before the first event.
    pub fn head(&self) -> String {
        if self.form == Form::Csv { table::head() } else { String::new() }
    }

    /// Appends an event with the end of its line.
    pub fn event(&self, stored: &StoredEvent, out: &mut String) {
        match self.form {
            Form::Csv => table::event(stored, out),
            Form::JsonLines => line(&json::event(stored), out),
            Form::Ocsf => {
                let title = self.titles.get(&stored.source).map_or(stored.source.as_str(), String::as_str);
                line(&ocsf::event(stored, title), out);
            }
        }
    }
}

fn line(value: &Value, out: &mut String) {
    out.push_str(&value.to_string());
    out.push('\n');
}

/// An instant as `2026-11-22T08:30:00.000Z`.
fn time_text(time: Millis) -> String {
    // The log holds no time that is none.
    let at = chrono::DateTime::from_timestamp_millis(time).unwrap_or_default();
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}

fn changes(changes: &[Change]) -> Value {
    let one = |change: &Change| json!({ "field": change.field, "old": change.old, "new": change.new });
    Value::Array(changes.iter().map(one).collect())
}

#[cfg(test)]
mod tests;
