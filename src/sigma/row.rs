//! Row: a stored event as a rule sees it, by the names of its source's public rules.

use super::sources::Map;
use crate::audit_log::StoredEvent;
use rsigma_eval::{Event, EventValue};
use serde_json::Value;
use std::borrow::Cow;

/// A stored event, read by the map of its source.
pub(super) struct Row<'e> {
    stored: &'e StoredEvent,
    map: &'e Map,
}

impl<'e> Row<'e> {
    pub(super) fn new(stored: &'e StoredEvent, map: &'e Map) -> Row<'e> {
        Row { stored, map }
    }

    /// A detail by its exact name.
    fn detail(&self, name: &str) -> Option<&'e str> {
        let details = &self.stored.event.details;
        let found = details.get(name);
        let found = found.or_else(|| {
            let same = |(key, _): &(&String, &String)| key.eq_ignore_ascii_case(name);
            if self.map.any_case() { details.iter().find(same).map(|(_, text)| text) } else { None }
        });
        found.map(String::as_str)
    }

    /// A detail that lies in one that is kept as JSON: lists are kept so, and some vendors write objects as text.
    fn within(&self, path: &str) -> Option<Vec<Value>> {
        path.rmatch_indices('.').find_map(|(at, _)| {
            let outer = self.detail(path.get(..at)?)?;
            let value = json(outer)?;
            let mut found = Vec::new();
            walk(&value, path.get(at + 1..)?, &mut found);
            Some(found)
        })
    }

    fn values(&self, name: &str) -> Option<EventValue<'e>> {
        let own = name.strip_prefix("details.").unwrap_or(name);
        if let Some(text) = self.detail(own) {
            return Some(written(text));
        }
        if let Some(texts) = self.map.placed(name, self.stored) {
            return many(texts.into_iter().map(EventValue::Str).collect());
        }
        many(self.within(own)?.iter().map(owned).collect())
    }

    fn texts(&self) -> impl Iterator<Item = &'e str> {
        let event = &self.stored.event;
        let id = event.id.as_deref().unwrap_or_default();
        let named = [
            id,
            event.actor.as_str(),
            &event.action,
            &event.module,
            &event.record,
            &event.record_name,
            &event.origin.ip,
            &event.origin.agent,
        ];
        let changes = event.changes.iter().flat_map(|change| {
            [Some(change.field.as_str()), change.old.as_deref(), change.new.as_deref()].into_iter().flatten()
        });
        let details = event.details.values().map(String::as_str);
        named.into_iter().chain(changes).chain(details).filter(|text| !text.is_empty())
    }
}

/// A list or object that is written as JSON.
fn json(text: &str) -> Option<Value> {
    if !text.starts_with(['[', '{']) {
        return None;
    }
    serde_json::from_str(text).ok()
}

/// A detail's value: its text, or the members of a list.
fn written(text: &str) -> EventValue<'_> {
    let list = if text.starts_with('[') { json(text) } else { None };
    match list {
        Some(Value::Array(members)) => EventValue::Array(members.iter().map(owned).collect()),
        _ => EventValue::Str(Cow::Borrowed(text)),
    }
}

fn owned<'v>(value: &Value) -> EventValue<'v> {
    match value {
        Value::Null => EventValue::Null,
        Value::String(text) => EventValue::Str(Cow::Owned(text.clone())),
        Value::Array(members) => EventValue::Array(members.iter().map(owned).collect()),
        other => EventValue::Str(Cow::Owned(other.to_string())),
    }
}

/// None, one, or a list of which one has to fit.
fn many(mut found: Vec<EventValue<'_>>) -> Option<EventValue<'_>> {
    match found.len() {
        0 => None,
        1 => found.pop(),
        _ => Some(EventValue::Array(found)),
    }
}

/// What lies at a path, in every member of the lists on the way.
fn walk(value: &Value, path: &str, found: &mut Vec<Value>) {
    match value {
        Value::Array(members) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            match first.parse::<usize>().ok().and_then(|at| members.get(at)) {
                Some(member) if rest.is_empty() => found.push(member.clone()),
                Some(member) => walk(member, rest, found),
                None => members.iter().for_each(|member| walk(member, path, found)),
            }
        }
        Value::Object(map) => {
            if let Some(inner) = map.get(path) {
                found.push(inner.clone());
            } else if let Some((first, rest)) = path.split_once('.')
                && let Some(inner) = map.get(first)
            {
                walk(inner, rest, found);
            }
        }
        _ => {}
    }
}

impl Event for Row<'_> {
    fn get_field(&self, path: &str) -> Option<EventValue<'_>> {
        self.values(path)
    }

    fn any_string_value(&self, wanted: &dyn Fn(&str) -> bool) -> bool {
        self.texts().any(wanted)
    }

    fn all_string_values(&self) -> Vec<Cow<'_, str>> {
        self.texts().map(Cow::Borrowed).collect()
    }

    fn visit_string_values(&self, visit: &mut dyn FnMut(&str)) {
        self.texts().for_each(visit);
    }

    /// Nothing of the event is ever asked back from the engine: its number says which it was.
    fn to_json(&self) -> Value {
        Value::String(self.stored.number.clone())
    }
}
