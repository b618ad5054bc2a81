//! Reading `thresholds:` and `when:`: lines that figures may cross.

use super::super::{Condition, Limit, Measure, Section, SectionKind, Threshold};
use super::amounts::{self, Scale};
use super::common::{is_name, optional_line};
use super::measures::{self, Measures};
use super::{Context, all, doubled, filter};
use crate::finding::Severity;
use crate::query::{Compare, Filter};
use crate::written::{Fields, Node};

const KEYS: [&str; 12] = [
    "name",
    "measure",
    "by",
    "where",
    "more_than",
    "at_least",
    "less_than",
    "at_most",
    "floor",
    "severity",
    "say",
    "do",
];

const COMPARISONS: [(&str, Compare); 4] = [
    ("more_than", Compare::More),
    ("at_least", Compare::AtLeast),
    ("less_than", Compare::Less),
    ("at_most", Compare::AtMost),
];

pub(super) fn read<'a>(
    context: &Context<'_, 'a>,
    node: Option<&'a Node>,
    measures: &mut Measures,
) -> Option<Vec<Threshold>> {
    let Some(node) = node else { return Some(Vec::new()) };
    let items = context.reader.list(node)?;
    let found = all(items.iter().map(|item| one(context, item, measures)).collect());
    let names = items.iter().filter_map(|item| item.get("name")?.as_text());
    for name in doubled(names) {
        let nodes = items.iter().filter_map(|item| item.get("name")).filter(|node| node.as_text() == Some(name));
        for node in nodes.skip(1) {
            context.reader.problem(node.at, format!("two thresholds are named `{name}`"), "Give each its own name");
        }
    }
    found
}

fn one<'a>(context: &Context<'_, 'a>, node: &'a Node, measures: &mut Measures) -> Option<Threshold> {
    let reader = context.reader;
    let fields = reader.fields(node, &KEYS)?;
    let name = fields.need("name").and_then(|node| {
        let name = node.as_text().filter(|name| is_name(name));
        if name.is_none() {
            reader.wrong(node, "a short name as in `failed-logins`: small letters, digits, `-` and `_`");
        }
        name.map(str::to_owned)
    });
    let measure = fields.need("measure").and_then(|node| measures.named(context, node));
    let by = match fields.get("by") {
        Some(node) => measures::field(context, node).map(Some),
        None => Some(None),
    };
    let filter = match fields.get("where") {
        Some(node) => filter::read(context, node),
        None => Some(Filter::All),
    };
    let limit = limit(context, &fields, measure.as_ref());
    let severity = fields.need("severity").and_then(|node| reader.choice(node, "severity", &Severity::choices()));
    let say = optional_line(&fields, "say", 300);
    if let Some(say) = &say {
        placeholders(context, &fields, say);
    }
    let do_this = optional_line(&fields, "do", 300);
    let (compare, limit) = limit?;
    Some(Threshold {
        name: name?,
        measure: measure?.name,
        by: by?,
        filter: filter?,
        compare,
        limit,
        severity: severity?,
        say: say?,
        do_this: do_this?,
    })
}

/// One of four comparisons with a number; or more than so many times the value before, with a floor (`floor`, or
/// `at_least`).
fn limit<'a>(
    context: &Context<'_, 'a>,
    fields: &Fields<'_, 'a>,
    measure: Option<&Measure>,
) -> Option<(Compare, Limit)> {
    let reader = context.reader;
    let said: Vec<(&str, Compare)> = COMPARISONS.iter().copied().filter(|(key, _)| fields.has(key)).collect();
    let scale = measure.map(Scale::of);
    if let Some(node) = fields.entries().iter().find(|entry| entry.key == "more_than").map(|entry| &entry.value)
        && let Some(times) = node.as_text().and_then(times_before)
    {
        let Some(hundredths) = times.filter(|times| *times > 0) else {
            reader.wrong(node, "so many times the value before, as in \"2 x before\"");
            return None;
        };
        if !context.compared {
            let what = "there is no value before: the report is compared with nothing";
            reader.problem(node.at, what, "Add `compare: previous period`");
            return None;
        }
        let floors = ["at_least", "floor"].map(|key| fields.has(key));
        if let Some((key, _)) = said.iter().find(|(key, _)| !matches!(*key, "more_than" | "at_least")) {
            let what = format!("`{key}` and `more_than` both say where the line is");
            reader.problem(fields.node().at, what, "Keep one of the two; `floor` may be added");
            return None;
        }
        if floors == [true, true] {
            reader.problem(fields.node().at, "`at_least` and `floor` both say the floor", "Keep one of the two");
            return None;
        }
        let floor = match fields.get("floor").or_else(|| fields.get("at_least")) {
            Some(node) => amount(context, node, scale?)?,
            None => 0,
        };
        return Some((Compare::More, Limit::TimesBefore { hundredths, floor }));
    }
    if fields.has("floor") {
        let what = "`floor` belongs to a line that moves with the value before";
        reader.problem(fields.node().at, what, "Leave it out, or write `more_than: 2 x before`");
        return None;
    }
    match said.as_slice() {
        [(key, compare)] => {
            let node = fields.get(key)?;
            Some((*compare, Limit::Value(amount(context, node, scale?)?)))
        }
        [] => {
            let instead = "Add `more_than: 20`, `at_least`, `less_than` or `at_most`";
            reader.problem(fields.node().at, "the threshold does not say where the line is", instead);
            None
        }
        [(first, _), (second, _), ..] => {
            let what = format!("`{first}` and `{second}` both say where the line is");
            reader.problem(fields.node().at, what, "Write two thresholds");
            None
        }
    }
}

/// `2 x before`, `1.5 times before`: hundredths, `Some(None)` where the number is wrong; `None` if it is something else.
fn times_before(text: &str) -> Option<Option<i64>> {
    let rest = text.trim().strip_suffix("before")?.trim_end();
    let number = rest.strip_suffix("times").or_else(|| rest.strip_suffix(['x', '×']))?;
    Some(amounts::hundredths(number.trim()))
}

fn amount(context: &Context<'_, '_>, node: &Node, scale: Scale) -> Option<i64> {
    let Some(text) = node.as_text() else {
        context.reader.wrong(node, "a number");
        return None;
    };
    match scale.amount(text) {
        Ok(value) => Some(value),
        Err((what, instead)) => {
            context.reader.problem(node.at, what, instead);
            None
        }
    }
}

/// `{value}`, `{who}`, `{limit}` and `{before}` are filled in; others would stay as they are.
fn placeholders(context: &Context<'_, '_>, fields: &Fields<'_, '_>, say: &str) {
    let Some(node) = fields.get("say") else { return };
    let names = say.split('{').skip(1).filter_map(|rest| rest.split_once('}')).map(|(name, _)| name);
    for name in names {
        match name {
            "value" | "limit" => {}
            "who" if fields.has("by") => {}
            "who" => context.reader.problem(node.at, "`{who}` names a group, and there are none", "Add `by: actor`"),
            "before" if context.compared => {}
            "before" => {
                let what = "`{before}` has no value: the report is compared with nothing";
                context.reader.problem(node.at, what, "Add `compare: previous period`");
            }
            other => {
                let what = format!("nothing is filled in for `{{{other}}}`");
                context.reader.problem(node.at, what, "There are `{value}`, `{who}`, `{limit}` and `{before}`");
            }
        }
    }
}

/// A condition on the whole period, `deletions > 20`.
pub(super) fn condition(
    context: &Context<'_, '_>,
    node: &Node,
    measures: &mut Measures,
) -> Option<(Condition, Measure)> {
    let text = node.as_text().unwrap_or_default().trim();
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '-')).unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    let Some((compare, value)) = amounts::comparison(rest).filter(|_| !name.is_empty()) else {
        context.reader.wrong(node, "a measure and a comparison as in \"deletions > 20\"");
        return None;
    };
    let measure = measures.named_so(context, node, name)?;
    match Scale::of(&measure).amount(value) {
        Ok(value) => {
            Some((Condition { measure: measure.name.clone(), compare, value, written: text.to_owned() }, measure))
        }
        Err((what, instead)) => {
            context.reader.problem(node.at, what, instead);
            None
        }
    }
}

/// What crosses a threshold must be said somewhere in the report.
pub(super) fn must_be_seen(
    context: &Context<'_, '_>,
    top: &Fields<'_, '_>,
    thresholds: &[Threshold],
    sections: &[Section],
) {
    let shown = |section: &Section| matches!(section.kind, SectionKind::Attention { .. } | SectionKind::Verdict { .. });
    if !thresholds.is_empty()
        && !sections.iter().any(shown)
        && let Some(node) = top.get("thresholds")
    {
        let what = "no section of this report shows what crosses a threshold";
        context.reader.problem(node.at, what, "Add `- attention` (or `- verdict`) to the sections");
    }
}
