//! Load rules: the tables and conditions of a mapping file.

use super::load::node_texts;
use super::rules::{Condition, Rule, Rules, Test, Watched, normal};
use super::{Field, Verdict};
use crate::event::Outcome;
use crate::written::{Fields, Node, Reader};

pub(super) fn outcome(reader: &Reader<'_>, node: &Node) -> Option<Outcome> {
    choice(reader, node, "outcome", Outcome::ALL.map(|outcome| (outcome.as_str(), outcome)))
}

pub(super) fn choice<T: Copy, const N: usize>(
    reader: &Reader<'_>,
    node: &Node,
    what: &str,
    known: [(&str, T); N],
) -> Option<T> {
    let Some(text) = node.as_text() else {
        reader.wrong(node, "text");
        return None;
    };
    let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
    if found.is_none() {
        reader.unknown(node.at, what, text, known.map(|(name, _)| name));
    }
    found
}

/// `{ column: [values], … }`: all of them must hold.
pub(super) fn conditions<'a>(reader: &Reader<'a>, node: &'a Node, watched: &mut Vec<String>) -> Vec<Condition> {
    let Some(entries) = node.as_map() else {
        reader.wrong(node, "a map (`column: [values]`)");
        return Vec::new();
    };
    let mut list = Vec::new();
    for entry in entries {
        let of = match Field::ALL.into_iter().find(|field| field.as_str() == entry.key) {
            Some(field) => Watched::Field(field),
            None => {
                let index = watched.iter().position(|name| *name == entry.key).unwrap_or(watched.len());
                if index == watched.len() {
                    watched.push(entry.key.clone());
                }
                Watched::Column(index)
            }
        };
        list.push(Condition { of, tests: tests(reader, &entry.value) });
    }
    list
}

/// Makes a test of its texts.
type Make = fn(Vec<String>) -> Test;

/// What is asked of a value: some texts, or `{ is, not, prefix, contains, below, from, present }`.
pub(super) fn tests<'a>(reader: &Reader<'a>, node: &'a Node) -> Vec<Test> {
    if node.as_map().is_none() {
        return vec![Test::Is(asked(reader, node))];
    }
    let mut list = Vec::new();
    let known = ["is", "not", "prefix", "contains", "below", "from", "present"];
    let Some(fields) = reader.fields(node, &known) else { return list };
    let texts = [("is", Test::Is as Make), ("not", Test::Not), ("prefix", Test::Prefix), ("contains", Test::Contains)];
    for (key, test) in texts {
        if let Some(node) = fields.node().get(key) {
            list.push(test(asked(reader, node)));
        }
    }
    list.extend(fields.number("below").map(Test::Below));
    list.extend(fields.number("from").map(Test::From));
    list.extend(fields.boolean("present").map(Test::Present));
    if list.is_empty() && !reader.has_problems() {
        reader.problem(
            node.at,
            "this condition asks nothing",
            "Give it `is`, `not`, `prefix`, `contains`, `below`, `from` or `present`",
        );
    }
    list
}

/// Texts to compare with; nothing written is an empty text: no value.
fn asked(reader: &Reader<'_>, node: &Node) -> Vec<String> {
    let mut values = Vec::new();
    for item in node.as_list().unwrap_or(std::slice::from_ref(node)) {
        match item.as_text() {
            Some(text) => values.push(normal(text)),
            None if item.is_null() => values.push(String::new()),
            None => reader.wrong(item, "text"),
        }
    }
    values
}

/// A table: a list of rules in order, or the short form `result: [texts]`.
pub(super) fn rules<T: Copy + WithOutcome>(
    top: Fields<'_, '_>,
    key: &str,
    result: &str,
    watched: &mut Vec<String>,
    read: impl Fn(&Reader<'_>, &Node) -> Option<T>,
) -> Rules<T> {
    let mut table = Rules::default();
    let Some(node) = top.get(key) else { return table };
    let reader = top.reader();
    if let Some(entries) = node.as_map() {
        for entry in entries {
            if entry.key == "otherwise" {
                table.otherwise = read(reader, &entry.value);
                continue;
            }
            let kind = crate::written::Kind::Scalar { text: entry.key.clone(), plain: false };
            let name = Node { at: entry.at, name: entry.value.name.clone(), kind };
            if let Some(then) = read(reader, &name) {
                let is = node_texts(reader, &entry.value).iter().map(|text| normal(text)).collect();
                table.list.push(Rule { is, prefix: Vec::new(), contains: Vec::new(), when: Vec::new(), then });
            }
        }
        return table;
    }
    let items = reader.list(node).unwrap_or_default();
    for (index, item) in items.iter().enumerate() {
        let Some(rule) = reader.fields(item, &["is", "prefix", "contains", "when", "class", "outcome", "otherwise"])
        else {
            continue;
        };
        if let Some(node) = rule.get("otherwise") {
            if index + 1 < items.len() {
                reader.problem(item.at, "what stands after `otherwise` is never reached", "Put `otherwise` last");
            }
            table.otherwise = read(reader, node);
            continue;
        }
        let texts = |key: &str| rule.texts(key).into_iter().map(normal).collect::<Vec<String>>();
        let then = rule.need(result).and_then(|node| read(reader, node));
        let (is, prefix, contains) = (texts("is"), texts("prefix"), texts("contains"));
        let when = rule.get("when").map(|node| conditions(reader, node, watched)).unwrap_or_default();
        if is.is_empty() && prefix.is_empty() && contains.is_empty() && when.is_empty() {
            reader.problem(item.at, "this rule fits everything", "Give it `is`, `prefix`, `contains` or `when`");
        }
        if let Some(mut then) = then {
            if result != "outcome"
                && let Some(node) = rule.get("outcome")
                && let Some(outcome) = outcome(reader, node)
            {
                then.set_outcome(outcome);
            }
            table.list.push(Rule { is, prefix, contains, when, then });
        }
    }
    table
}

/// What a rule yields may carry an outcome beside it.
pub(super) trait WithOutcome {
    fn set_outcome(&mut self, outcome: Outcome);
}

impl WithOutcome for Verdict {
    fn set_outcome(&mut self, outcome: Outcome) {
        self.outcome = Some(outcome);
    }
}

impl WithOutcome for Outcome {
    fn set_outcome(&mut self, outcome: Outcome) {
        *self = outcome;
    }
}
