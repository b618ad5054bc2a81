//! Correlations: their type, the rules that they call, span of time, groups and condition.

use super::super::pending::MOST;
use super::Document;
use crate::written::{Fields, Node, Position, Reader};
use rsigma_parser::{CorrelationType, Timespan};

/// The types, as the specification names them; the last three are the engine's own.
const TYPES: [(&str, CorrelationType); 8] = [
    ("event_count", CorrelationType::EventCount),
    ("value_count", CorrelationType::ValueCount),
    ("temporal", CorrelationType::Temporal),
    ("temporal_ordered", CorrelationType::TemporalOrdered),
    ("value_sum", CorrelationType::ValueSum),
    ("value_avg", CorrelationType::ValueAvg),
    ("value_percentile", CorrelationType::ValuePercentile),
    ("value_median", CorrelationType::ValueMedian),
];

const COMPARISONS: [&str; 6] = ["lt", "lte", "gt", "gte", "eq", "neq"];

/// Looks at the `correlation` of a document, and notes what it says of others.
pub(super) fn read(reader: &Reader, top: &Fields, document: &mut Document) -> Option<()> {
    let known =
        ["type", "rules", "group-by", "timespan", "timeframe", "condition", "aliases", "generate", "window", "gap"];
    let fields = top.fields("correlation", &known)?;
    fields.need("type");
    let kind = fields.choice("type", "type of correlation", &TYPES);
    let rules = fields.need("rules").map(|node| reader.one_or_more(node)).unwrap_or_default();
    document.calls = named(reader, rules);
    if fields.has("rules") && rules.is_empty() {
        reader.problem(fields.node().at, "`rules` names no rule", "");
    }
    let aliases = aliases(reader, &fields, document);
    let groups = fields.get("group-by").map(|node| reader.one_or_more(node)).unwrap_or_default();
    let groups = named(reader, groups);
    for (alias, at) in &aliases {
        if !groups.iter().any(|(field, _)| field == alias) {
            reader.problem(
                *at,
                format!("the alias `{alias}` is not used"),
                format!("Write it into `group-by`, or leave it out"),
            );
        }
    }
    document.fields =
        groups.into_iter().filter(|(field, _)| !aliases.iter().any(|(alias, _)| alias == field)).collect();
    timespan(reader, &fields);
    for key in ["window", "gap"] {
        fields.text(key);
    }
    fields.boolean("generate");
    top.boolean("generate");
    if let Some(kind) = kind {
        condition(reader, &fields, kind, document);
    }
    if reader.has_problems() { None } else { Some(()) }
}

fn named(reader: &Reader, nodes: &[Node]) -> Vec<(String, Position)> {
    nodes.iter().filter_map(|node| Some((reader.text(node)?.to_owned(), node.at))).collect()
}

/// The names of aliases; what they stand for in each rule is noted.
fn aliases(reader: &Reader, fields: &Fields, document: &mut Document) -> Vec<(String, Position)> {
    let mut names = Vec::new();
    for alias in fields.map("aliases") {
        names.push((alias.key.clone(), alias.at));
        for entry in reader.map(&alias.value).unwrap_or_default() {
            if !document.calls.iter().any(|(name, _)| *name == entry.key) {
                reader.unknown(entry.at, "rule", &entry.key, document.calls.iter().map(|(name, _)| name.as_str()));
            } else if let Some(field) = reader.text(&entry.value) {
                document.aliases.push((entry.key.clone(), field.to_owned(), entry.value.at));
            }
        }
        // In a rule that the alias says nothing of, it would be a field of that very name.
        for (rule, _) in &document.calls {
            if alias.value.get(rule).is_none() {
                let what = format!("the alias `{}` does not say which field it is in `{rule}`", alias.key);
                reader.problem(alias.at, what, format!("Add `{rule}: …`"));
            }
        }
    }
    names
}

/// `timespan`, or `timeframe` as it was called before.
fn timespan(reader: &Reader, fields: &Fields) {
    let key = if fields.has("timespan") { "timespan" } else { "timeframe" };
    if !fields.has(key) {
        fields.need("timespan");
        return;
    }
    let Some(text) = fields.text(key) else { return };
    let read = Timespan::parse(text).ok().filter(|span| (1..=400 * 86_400).contains(&span.seconds));
    if read.is_none()
        && let Some(node) = fields.get(key)
    {
        reader.wrong(node, "a span as in 30s, 15m, 24h, 7d or 1w, up to 400 days");
    }
}

fn condition(reader: &Reader, fields: &Fields, kind: CorrelationType, document: &mut Document) {
    let temporal = matches!(kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
    let counts = kind != CorrelationType::EventCount && !temporal;
    if !fields.has("condition") {
        if !temporal {
            fields.need("condition");
        }
        return;
    }
    let Some(node) = fields.get("condition") else { return };
    if node.as_text().is_some() {
        if !temporal {
            let what = format!("the condition of a correlation of type `{}` must be a comparison", kind.as_str());
            reader.problem(node.at, what, "Write it as `condition: { gte: 10 }`");
        } else if let Some(text) = node.as_text() {
            expression(reader, node, text, document);
        }
        return;
    }
    let known: Vec<&str> = COMPARISONS.iter().copied().chain(["field", "percentile"]).collect();
    let Some(condition) = reader.fields(node, &known) else { return };
    // A sum may be of any size; what is counted lies in memory.
    let most = if matches!(kind, CorrelationType::EventCount | CorrelationType::ValueCount) {
        i64::try_from(MOST).unwrap_or(i64::MAX)
    } else {
        i64::MAX
    };
    for key in COMPARISONS {
        condition.integer(key, 0..=most);
    }
    if !COMPARISONS.iter().any(|key| condition.has(key)) {
        reader.problem(node.at, "the condition compares nothing", "Write it as `condition: { gte: 10 }`");
    }
    condition.integer("percentile", 0..=100);
    let asked = condition.get("field").map(|node| reader.one_or_more(node)).unwrap_or_default();
    if counts && !condition.has("field") {
        let what = format!("a correlation of type `{}` needs to know what it counts", kind.as_str());
        reader.problem(node.at, what, "Add `field: …` to its condition");
    } else if !counts && condition.has("field") {
        let what = format!("a correlation of type `{}` looks at no field", kind.as_str());
        reader.problem(node.at, what, "Leave `field` out, or write `type: value_count`");
    }
    document.fields.extend(named(reader, asked));
}

/// `rule_a and not rule_b`, of a temporal correlation.
fn expression(reader: &Reader, node: &Node, text: &str, document: &Document) {
    let names: Vec<&str> = document.calls.iter().map(|(name, _)| name.as_str()).collect();
    match rsigma_parser::parse_condition(text) {
        Ok(condition) => names_of(reader, node.at, &condition, &names),
        Err(_) => {
            let instead = "Join names of rules with `and`, `or`, `not` and parentheses";
            reader.problem(node.at, format!("the condition `{text}` is not understood"), instead);
        }
    }
}

fn names_of(reader: &Reader, at: Position, condition: &rsigma_parser::ConditionExpr, names: &[&str]) {
    use rsigma_parser::ConditionExpr;
    match condition {
        ConditionExpr::And(list) | ConditionExpr::Or(list) => {
            list.iter().for_each(|one| names_of(reader, at, one, names));
        }
        ConditionExpr::Not(inner) => names_of(reader, at, inner, names),
        ConditionExpr::Identifier(name) => {
            if !names.contains(&name.as_str()) {
                reader.unknown(at, "rule", name, names.iter().copied());
            }
        }
        ConditionExpr::Selector { .. } => {
            let instead = "Name the rules one by one";
            reader.problem(at, "a correlation's condition names rules; `… of …` is not understood there", instead);
        }
    }
}
