//! Detections: the selections of a rule or filter, their fields and modifiers, and the condition that joins them.

use super::super::apply::{self, means};
use super::super::sources::{Map, Part, Sources};
use super::Document;
use crate::written::{Fields, Kind, Node, Position, Reader, did_you_mean};
use rsigma_parser::{ConditionExpr, Detection, Modifier, SelectorPattern, SigmaRule, parse_condition};

/// Names of modifiers, for whoever mistypes one.
const MODIFIERS: [&str; 28] = [
    "contains",
    "startswith",
    "endswith",
    "all",
    "base64",
    "base64offset",
    "wide",
    "utf16",
    "utf16le",
    "utf16be",
    "windash",
    "re",
    "i",
    "m",
    "s",
    "cidr",
    "cased",
    "exists",
    "fieldref",
    "gt",
    "gte",
    "lt",
    "lte",
    "neq",
    "minute",
    "hour",
    "day",
    "week",
];

/// The parts of sources that the `logsource` of a document means. One that means none is a Problem.
pub(super) fn log_source(reader: &Reader, top: &Fields, sources: &Sources) -> Option<Vec<(usize, usize)>> {
    let node = top.need("logsource")?;
    let entries = reader.map(node)?;
    let mut asked = Part::default();
    for entry in entries {
        let text = || reader.text(&entry.value).unwrap_or_default().to_owned();
        match entry.key.as_str() {
            "product" => asked.product = text(),
            "service" => asked.service = text(),
            "category" => asked.category = text(),
            "definition" => {}
            other => {
                let known = ["product", "service", "category", "definition"];
                reader.unknown(entry.at, "key of `logsource`", other, known);
            }
        }
    }
    if asked == Part::default() {
        reader.problem(node.at, "`logsource` says of no source", "Add `product: …` or `service: …`");
        return None;
    }
    let meant = sources.meant(&asked);
    if meant.is_empty() {
        let near: Vec<String> = sources.near(&asked).iter().map(|known| format!("`{known}`")).collect();
        let near = if near.is_empty() { String::new() } else { format!("There is {}. ", near.join("; ")) };
        let instead = format!("{near}Other sources can be mapped in files of `mappings/sigma/`");
        reader.problem(node.at, format!("no source here is `{asked}`"), instead);
        return None;
    }
    Some(meant)
}

/// Looks at the selections and at the condition. `filter`: its `rules` are no selection.
pub(super) fn selections(
    reader: &Reader,
    node: &Node,
    sources: &Sources,
    parts: &[(usize, usize)],
    filter: bool,
    document: &mut Document,
) {
    let Some(entries) = reader.map(node) else { return };
    let mut maps: Vec<&Map> = Vec::new();
    for (at, _) in parts {
        if let Some(map) = sources.maps.get(*at).filter(|map| !maps.contains(map)) {
            maps.push(map);
        }
    }
    let mut names = Vec::new();
    for entry in entries {
        match entry.key.as_str() {
            "condition" => {}
            "timeframe" => {
                let instead = "Leave it out, or count in a `correlation` with a `timespan`";
                reader.problem(entry.at, "`timeframe` means nothing in a rule of Sigma 2", instead);
            }
            "rules" if filter => calls(reader, &entry.value, document),
            name => {
                names.push(name);
                selection(reader, &entry.value, &maps);
            }
        }
    }
    let subject = if filter { "filter" } else { "detection" };
    let Some(condition) = entries.iter().find(|entry| entry.key == "condition") else {
        let what = format!("`condition` is missing in `{subject}`");
        reader.problem(node.at, what, format!("Add `condition: …`, of: {}", names.join(", ")));
        return;
    };
    if names.is_empty() {
        reader.problem(node.at, format!("`{subject}` has no selection"), "");
    }
    for node in reader.one_or_more(&condition.value) {
        check_condition(reader, node, &names);
    }
}

/// The rules that a filter is for; `any` is all of its log source.
fn calls(reader: &Reader, node: &Node, document: &mut Document) {
    if node.as_text().is_some_and(|text| text.eq_ignore_ascii_case("any")) {
        return;
    }
    for item in reader.one_or_more(node) {
        if let Some(name) = reader.text(item) {
            document.calls.push((name.to_owned(), item.at));
        }
    }
}

fn selection(reader: &Reader, node: &Node, maps: &[&Map]) {
    match &node.kind {
        Kind::List(items) if items.is_empty() => reader.problem(node.at, "the selection is empty", ""),
        Kind::Map(entries) if entries.is_empty() => reader.problem(node.at, "the selection is empty", ""),
        Kind::List(items) => items.iter().for_each(|item| selection(reader, item, maps)),
        Kind::Map(entries) => {
            for entry in entries {
                item(reader, entry.at, &entry.key, &entry.value, maps);
            }
        }
        Kind::Scalar { .. } if node.is_null() => reader.problem(node.at, "the selection is empty", ""),
        Kind::Scalar { .. } => {}
    }
}

/// `field|modifier|modifier: value`.
fn item(reader: &Reader, at: Position, key: &str, value: &Node, maps: &[&Map]) {
    let mut words = key.split('|');
    let field = words.next().unwrap_or_default();
    let modifiers: Vec<&str> = words.collect();
    let mut after = field.chars().count() + 1;
    for modifier in &modifiers {
        let at = Position { line: at.line, column: at.column + after };
        after += modifier.chars().count() + 1;
        if *modifier == "not" {
            reader.problem(at, "`not` is no modifier", "Write `not` before the selection, in the condition");
        } else if *modifier == "expand" {
            let instead = "Write the values out";
            reader.problem(at, "placeholders (`expand`) have no values here", instead);
        } else if modifier.parse::<Modifier>().is_err() {
            reader.unknown(at, "modifier", modifier, MODIFIERS);
        }
    }
    if !field.is_empty() {
        known(reader, at, field, maps);
    }
    for value in reader.one_or_more(value) {
        if value.as_map().is_some() || value.as_list().is_some() {
            let what = format!("`{key}` holds {}, which is not understood", value.described());
            reader.problem(value.at, what, "Write a value, or a list of values");
        } else if modifiers.contains(&"fieldref")
            && let Some(other) = value.as_text()
        {
            known(reader, value.at, other, maps);
        }
    }
}

/// A field that no source of the rule has is a Problem.
pub(super) fn known(reader: &Reader, at: Position, field: &str, maps: &[&Map]) {
    if maps.is_empty() || maps.iter().any(|map| map.knows(field)) {
        return;
    }
    let (what, instead) = unknown(field, maps);
    reader.problem(at, what, instead);
}

/// What to say of a field that none of the sources has.
pub(super) fn unknown(field: &str, maps: &[&Map]) -> (String, String) {
    let sources: Vec<&str> = maps.iter().map(|map| map.source.as_deref().unwrap_or("every source")).collect();
    let names = maps.iter().flat_map(|map| map.names());
    let near = crate::written::nearest(field, names.clone()).map(|_| did_you_mean(field, names));
    let instead = near.unwrap_or_else(|| {
        format!("What an import keeps under the vendor's own name is `details.{field}`; or map it in a file of `mappings/sigma/`")
    });
    (format!("unknown field `{field}` of {}", sources.join(", ")), instead)
}

fn check_condition(reader: &Reader, node: &Node, names: &[&str]) {
    let Some(text) = reader.text(node) else { return };
    if text.contains('|') {
        let instead = "Count in a `correlation` of its own (`event_count`, `value_count`)";
        reader.problem(node.at, "counting behind `|` is Sigma 1, and not understood", instead);
        return;
    }
    match parse_condition(text) {
        Ok(condition) => check_names(reader, node.at, &condition, names),
        Err(error) => {
            let at = error.location().filter(|at| at.line == 1);
            let column = at.map_or(0, |at| usize::try_from(at.col).unwrap_or(1).saturating_sub(1));
            let at = Position { line: node.at.line, column: node.at.column + column };
            let instead = "Join names of selections with `and`, `or`, `not`, `1 of …`, `all of …`, and parentheses";
            reader.problem(at, format!("the condition `{text}` is not understood"), instead);
        }
    }
}

fn check_names(reader: &Reader, at: Position, condition: &ConditionExpr, names: &[&str]) {
    match condition {
        ConditionExpr::And(list) | ConditionExpr::Or(list) => {
            list.iter().for_each(|one| check_names(reader, at, one, names));
        }
        ConditionExpr::Not(inner) => check_names(reader, at, inner, names),
        ConditionExpr::Identifier(name) => {
            if !names.contains(&name.as_str()) {
                reader.unknown(at, "selection", name, names.iter().copied());
            }
        }
        ConditionExpr::Selector { pattern, .. } => {
            if !names.iter().any(|name| means(pattern, name)) {
                let pattern = match pattern {
                    SelectorPattern::Them => "them",
                    SelectorPattern::Pattern(pattern) => pattern,
                };
                let known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                reader.problem(
                    at,
                    format!("no selection is meant by `{pattern}`"),
                    format!("There are: {}", known.join(", ")),
                );
            }
        }
    }
}

/// What the engine cannot compile, where it stands: each field of each selection is tried alone.
pub(super) fn compiled(reader: &Reader, rule: &SigmaRule, detection: &Node, at: Position) {
    let Err(error) = apply::try_detection(rule) else { return };
    let alone = |name: &str, detection: Detection| {
        let mut rule = rule.clone();
        rule.detection.named = [(name.to_owned(), detection)].into();
        rule.detection.conditions = vec![ConditionExpr::Identifier(name.to_owned())];
        apply::try_detection(&rule).err()
    };
    let placed = std::cell::Cell::new(false);
    let say = |at: Position, error: &str| {
        placed.set(true);
        reader.problem(at, format!("not understood: {error}"), "");
    };
    for entry in detection.as_map().unwrap_or_default() {
        let Some(found) = rule.detection.named.get(&entry.key) else { continue };
        let Some(error) = alone(&entry.key, found.clone()) else { continue };
        let (Detection::AllOf(items), Some(written)) = (found, entry.value.as_map()) else {
            say(entry.value.at, &error);
            continue;
        };
        for (item, written) in items.iter().zip(written) {
            if let Some(error) = alone(&entry.key, Detection::AllOf(vec![item.clone()])) {
                say(written.value.at, &error);
            }
        }
    }
    if !placed.get() {
        say(at, &error);
    }
}
