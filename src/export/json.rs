//! JSON lines: everything that is kept of an event. The preset `quarterday` reads it again.

use super::{changes, time_text};
use crate::audit_log::StoredEvent;
use serde_json::{Value, json};

/// Keys are always all there, in this order. `id` and `affected` are null where the source gives none; other fields
/// that a source does not say are empty. `changes` is a list of `{field, old, new}`, `details` an object of texts.
pub(super) fn event(stored: &StoredEvent) -> Value {
    let event = &stored.event;
    json!({
        "number": stored.number,
        "time": time_text(event.time),
        "source": stored.source,
        "id": event.id,
        "actor": event.actor,
        "action": event.action,
        "class": event.class.as_str(),
        "module": event.module,
        "record": event.record,
        "record_name": event.record_name,
        "outcome": event.outcome.as_str(),
        "ip": event.origin.ip,
        "agent": event.origin.agent,
        "channel": event.origin.channel,
        "affected": event.affected,
        "changes": changes(&event.changes),
        "details": event.details,
        "time_written": event.time_written,
        "line": event.line,
    })
}
