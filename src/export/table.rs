//! Table: CSV, one event a row, for spreadsheets. What begins like a formula gets a `'`: JSON lines are the exact form.

use super::{changes, time_text};
use crate::audit_log::StoredEvent;
use crate::render::csv::row;
use serde_json::json;

const COLUMNS: [&str; 19] = [
    "number",
    "time",
    "source",
    "id",
    "actor",
    "action",
    "class",
    "module",
    "record",
    "record_name",
    "outcome",
    "ip",
    "agent",
    "channel",
    "affected",
    "changes",
    "details",
    "time_written",
    "line",
];

pub(super) fn head() -> String {
    let mut out = String::new();
    row(COLUMNS, &mut out);
    out
}

pub(super) fn event(stored: &StoredEvent, out: &mut String) {
    let event = &stored.event;
    let json_unless = |empty: bool, value: serde_json::Value| if empty { String::new() } else { value.to_string() };
    let cells = [
        &stored.number,
        &time_text(event.time),
        &stored.source,
        event.id.as_deref().unwrap_or_default(),
        &event.actor,
        &event.action,
        event.class.as_str(),
        &event.module,
        &event.record,
        &event.record_name,
        event.outcome.as_str(),
        &event.origin.ip,
        &event.origin.agent,
        &event.origin.channel,
        &event.affected.map(|number| number.to_string()).unwrap_or_default(),
        &json_unless(event.changes.is_empty(), changes(&event.changes)),
        &json_unless(event.details.is_empty(), json!(event.details)),
        &event.time_written,
        &event.line.to_string(),
    ];
    row(cells, out);
}
