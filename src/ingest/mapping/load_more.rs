//! Load more: how a mapping file says what a format is known by, how its lines read, and what is unfolded.

use super::load_rules::tests;
use super::unfold::Step;
use super::{LineForm, Matching, Shape, Signature};
use crate::written::{Fields, Node, Reader, did_you_mean};
use regex::RegexBuilder;

/// Bytes that a regular expression may take when it is compiled: what people write takes some thousands.
const MOST_REGEX: usize = 1 << 20;

/// What a mapping file says beyond its columns and tables.
#[derive(Default)]
pub(super) struct More {
    pub(super) signature: Option<Signature>,
    pub(super) header: Option<Vec<String>>,
    pub(super) line: Option<LineForm>,
    pub(super) unfold: Vec<Step>,
}

pub(super) fn read(top: Fields<'_, '_>, shape: Option<Shape>) -> More {
    let reader = top.reader();
    let header = top.get("header").map(|_| top.texts("header").into_iter().map(str::to_owned).collect());
    let line = top.get("line").and_then(|node| line(reader, node));
    if let Some(node) = top.get("line").filter(|_| shape != Some(Shape::Text)) {
        reader.problem(node.at, "`line` is for text", "Write `format: text`");
    }
    if shape == Some(Shape::Text) && top.get("line").is_none() {
        reader.problem(top.node().at, "`format: text` needs `line`: how a line reads", "");
    }
    if let Some(node) = top.get("header").filter(|_| shape != Some(Shape::Csv)) {
        reader.problem(node.at, "`header` is for CSV without a header line", "Write `format: csv`");
    }
    let unfold = top.list("unfold").iter().filter_map(|node| step(reader, node)).collect();
    let signature = top.fields("recognise", &["all", "any", "none", "where"]).map(|fields| {
        let texts = |key| fields.texts(key).into_iter().map(str::to_owned).collect();
        let values = fields.map("where").iter().map(|entry| (entry.key.clone(), tests(reader, &entry.value))).collect();
        Signature { all: texts("all"), any: texts("any"), none: texts("none"), values }
    });
    More { signature, header, line, unfold }
}

/// A regular expression, as the regex crate has them.
pub(super) fn matching(reader: &Reader<'_>, node: &Node, text: &str) -> Option<Matching> {
    match RegexBuilder::new(text).size_limit(MOST_REGEX).build() {
        Ok(regex) => Some(Matching(regex)),
        Err(error) => {
            let reason = error.to_string();
            let last = reason.lines().last().unwrap_or_default().trim_start_matches("error: ");
            reader.problem(node.at, format!("`{text}` is no regular expression: {last}"), "");
            None
        }
    }
}

/// One with named groups.
fn named<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Matching> {
    let matching = matching(reader, node, reader.text(node)?)?;
    if matching.0.capture_names().flatten().next().is_none() {
        reader.problem(node.at, "the regular expression names no group", "Name what is meant, as in `(?<user>.+)`");
    }
    Some(matching)
}

fn line<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<LineForm> {
    if let Some(text) = node.as_text() {
        let form = LineForm::named(text);
        if form.is_none() {
            let instead = did_you_mean(text, LineForm::NAMES.iter().copied());
            reader.problem(node.at, format!("no known kind of line: `{text}`"), instead);
        }
        return form;
    }
    let fields = reader.fields(node, &["split", "names", "pattern"])?;
    if let Some(node) = fields.get("pattern") {
        return named(reader, node).map(LineForm::Pattern);
    }
    let (by, names) = (fields.need_text("split")?, fields.texts("names"));
    if names.is_empty() || by.is_empty() {
        reader.problem(node.at, "`split` needs what stands between the parts, and `names`", "");
        return None;
    }
    Some(LineForm::Split { by: by.to_owned(), names: names.into_iter().map(str::to_owned).collect() })
}

fn step<'a>(reader: &Reader<'a>, node: &'a Node) -> Option<Step> {
    let step = reader.fields(node, &["json", "optional", "csv", "pairs", "each", "pattern"])?;
    let owned = |texts: Vec<&str>| texts.into_iter().map(str::to_owned).collect::<Vec<String>>();
    let known = ["json", "csv", "pairs", "each", "pattern"];
    let given: Vec<&str> = known.into_iter().filter(|key| step.has(key)).collect();
    let [kind] = given.as_slice() else {
        reader.problem(node.at, "a step of `unfold` is one of `json`, `csv`, `pairs`, `each`, `pattern`", "");
        return None;
    };
    match *kind {
        "json" => {
            let at = step.need_text("json")?.to_owned();
            Some(Step::Json { at, optional: step.boolean("optional").unwrap_or_default() })
        }
        "csv" => {
            let fields = step.fields("csv", &["column", "prefix", "names", "as"])?;
            Some(Step::Csv {
                column: fields.need_text("column")?.to_owned(),
                prefix: fields.text("prefix").unwrap_or_default().to_owned(),
                names: owned(fields.texts("names")),
                under: fields.need_text("as")?.to_owned(),
            })
        }
        "pairs" => {
            let fields = step.fields("pairs", &["list", "name", "value", "as"])?;
            Some(Step::Pairs {
                list: fields.need_text("list")?.to_owned(),
                name: fields.need_text("name")?.to_owned(),
                values: owned(fields.texts("value")),
                under: fields.need_text("as")?.to_owned(),
            })
        }
        "each" => {
            let fields = step.fields("each", &["list", "as"])?;
            let (list, under) = (fields.need_text("list")?, fields.need_text("as")?);
            Some(Step::Each { list: list.to_owned(), under: under.to_owned() })
        }
        _ => {
            let fields = step.fields("pattern", &["column", "match", "as"])?;
            let pattern = fields.need("match").and_then(|node| named(reader, node))?;
            let (column, under) = (fields.need_text("column")?, fields.need_text("as")?);
            Some(Step::Pattern { column: column.to_owned(), pattern, under: under.to_owned() })
        }
    }
}
