//! Reading `sections:`: the parts of a report, each one key (its kind) with its settings, or a bare kind.

use super::super::{Section, SectionKind, SeriesForm};
use super::common::{is_name, optional_line, slug, yes};
use super::kinds::{bare, of_kind, short_form};
use super::measures::Measures;
use super::{Context, all, doubled, filter};
use crate::query::Filter;
use crate::written::{Fields, Node, Position};
use std::collections::BTreeSet;

/// Settings that every section may have.
const COMMON: [&str; 7] = ["id", "title", "note", "where", "new_page", "orientation", "words"];

/// The kinds, with the settings of each.
const KINDS: [(&str, &[&str]); 15] = [
    ("verdict", &["measures"]),
    ("summary", &["measures", "normal"]),
    ("attention", &["limit"]),
    ("series", &["measure", "by", "split", "chart", "periods", "normal", "table"]),
    ("ranking", &["measure", "measures", "by", "limit", "chart", "normal"]),
    ("crosstab", &["measure", "by", "limit"]),
    ("heatmap", &["measure", "by", "split"]),
    ("events", &["columns", "limit"]),
    ("sequence", &["first", "at_least", "then", "by", "within", "severity", "say", "do"]),
    ("targets", &["measures"]),
    ("findings", &["show", "severity", "limit"]),
    ("actions", &["limit"]),
    ("text", &["text"]),
    ("coverage", &["short"]),
    ("sign", &["lines"]),
];

/// Kinds that say something without any settings.
const BARE: [&str; 8] = ["verdict", "attention", "events", "targets", "findings", "actions", "coverage", "sign"];

pub(super) fn read<'a>(context: &Context<'_, 'a>, node: &'a Node, measures: &mut Measures) -> Option<Vec<Section>> {
    let reader = context.reader;
    let items = reader.list(node)?;
    if items.is_empty() {
        reader.problem(
            node.at,
            "the report has no sections",
            "Write one at least, as in `- summary: [events, actors]`",
        );
        return None;
    }
    let mut found: Vec<Option<Section>> = items.iter().map(|item| one(context, item, measures)).collect();
    unique_ids(context, items, &mut found);
    all(found)
}

/// Names of the measures that sections show.
pub(super) fn measures_shown(sections: &[Section]) -> BTreeSet<&str> {
    sections
        .iter()
        .flat_map(|section| match &section.kind {
            SectionKind::Verdict { measures }
            | SectionKind::Summary { measures }
            | SectionKind::Ranking { measures, .. }
            | SectionKind::Targets { measures } => measures.iter().map(String::as_str).collect(),
            SectionKind::Series { measure, .. }
            | SectionKind::Crosstab { measure, .. }
            | SectionKind::Heatmap { measure, .. } => vec![measure.as_str()],
            SectionKind::Attention { .. }
            | SectionKind::Events { .. }
            | SectionKind::Sequence { .. }
            | SectionKind::Findings { .. }
            | SectionKind::Actions { .. }
            | SectionKind::Text { .. }
            | SectionKind::Coverage { .. }
            | SectionKind::Sign { .. } => Vec::new(),
        })
        .collect()
}

/// Ids that are written must differ; those that are made of titles and kinds get a number where they are taken.
fn unique_ids(context: &Context<'_, '_>, items: &[Node], found: &mut [Option<Section>]) {
    let id_node = |item: &Node| -> Option<(Position, String)> {
        let node = item.as_map()?.first()?.value.get("id")?;
        Some((node.at, node.as_text()?.to_owned()))
    };
    let written: Vec<(Position, String)> = items.iter().filter_map(id_node).collect();
    for id in doubled(written.iter().map(|(_, id)| id.as_str())) {
        for (at, _) in written.iter().filter(|(_, written)| written == id).skip(1) {
            let instead = "Give each its own: figures are addressed by it";
            context.reader.problem(*at, format!("two sections have the id `{id}`"), instead);
        }
    }
    let mut taken: BTreeSet<String> = written.into_iter().map(|(_, id)| id).collect();
    for (item, section) in items.iter().zip(found) {
        let Some(section) = section.as_mut().filter(|_| id_node(item).is_none()) else { continue };
        let plain = section.id.clone();
        let mut number = 2;
        while !taken.insert(section.id.clone()) {
            section.id = format!("{plain}-{number}");
            number += 1;
        }
    }
}

fn one<'a>(context: &Context<'_, 'a>, node: &'a Node, measures: &mut Measures) -> Option<Section> {
    let reader = context.reader;
    let names = KINDS.map(|(name, _)| name);
    if let Some(kind) = node.as_text() {
        if !names.contains(&kind) {
            reader.unknown(node.at, "section", kind, names);
            return None;
        }
        if !BARE.contains(&kind) {
            let example = match kind {
                "summary" => "summary: [events, actors]",
                "series" => "series: { measure: events, by: day }",
                "ranking" => "ranking: { measure: events, by: actor }",
                "crosstab" => "crosstab: { measure: events, by: [module, actor.team] }",
                "heatmap" => "heatmap: { measure: events, by: [weekday, hour] }",
                "sequence" => "sequence: { first: { … }, at_least: 5, then: { … }, by: actor, within: 24h }",
                _ => "text: \"What the reader should know.\"",
            };
            reader.problem(node.at, format!("`{kind}` says nothing without settings"), format!("Write `- {example}`"));
            return None;
        }
        return settings(context, kind, None, node, measures);
    }
    let entries = reader.map(node)?;
    let (Some(entry), None) = (entries.first(), entries.get(1)) else {
        let stray = entries.iter().find(|entry| !names.contains(&entry.key.as_str()));
        let kind = entries.iter().find(|entry| names.contains(&entry.key.as_str()));
        match (kind, stray) {
            (Some(kind), Some(stray)) => {
                let instead = format!("Put it inside: `- {}: {{ {}: … }}`", kind.key, stray.key);
                reader.problem(stray.at, format!("`{}` stands beside `{}`", stray.key, kind.key), instead);
            }
            (Some(_), None) => {
                let what = "one item of the list has two sections";
                reader.problem(node.at, what, "Begin each section with `- `");
            }
            (None, _) => reader.problem(node.at, "a section is one key, its kind", "Write as in `- summary: [events]`"),
        }
        return None;
    };
    if !names.contains(&entry.key.as_str()) {
        reader.unknown(entry.at, "section", &entry.key, names);
        return None;
    }
    if entry.value.is_null() && BARE.contains(&entry.key.as_str()) {
        let instead = format!("Write `- {}` without a colon, or say something behind it", entry.key);
        reader.problem(entry.value.at, format!("`{}` has no value", entry.key), instead);
        return None;
    }
    settings(context, &entry.key, Some(&entry.value), node, measures)
}

/// The settings of a kind: a map, or the short form that some kinds have.
fn settings<'a>(
    context: &Context<'_, 'a>,
    kind: &str,
    node: Option<&'a Node>,
    item: &'a Node,
    measures: &mut Measures,
) -> Option<Section> {
    let reader = context.reader;
    let short = node.filter(|node| node.as_map().is_none());
    let read = match (short, node) {
        (Some(node), _) => short_form(context, kind, node, measures),
        (None, None) => bare(kind, measures, reader, item),
        (None, Some(node)) => {
            let own = KINDS.iter().find(|(name, _)| *name == kind).map_or(&[][..], |(_, keys)| keys);
            let keys: Vec<&str> = own.iter().chain(&COMMON).copied().collect();
            let fields = reader.fields(node, &keys)?;
            let common = common(context, kind, &fields);
            let kind = of_kind(context, kind, &fields, measures);
            let mut section = common?;
            section.kind = kind?;
            section.normal = normal(context, &fields, &section.kind)?;
            return Some(section);
        }
    };
    let read = read?;
    Some(Section {
        id: kind.to_owned(),
        title: String::new(),
        note: String::new(),
        new_page: false,
        landscape: false,
        words: true,
        filter: Filter::All,
        normal: normal_by_default(context, &read),
        kind: read,
    })
}

/// Whether a section's figures are set beside what is normal: what it says itself goes before what the report says.
fn normal(context: &Context<'_, '_>, fields: &Fields<'_, '_>, kind: &SectionKind) -> Option<bool> {
    let normal = yes(fields, "normal", normal_by_default(context, kind))?;
    if let (true, SectionKind::Series { split: Some(_), form, .. }, Some(node)) = (normal, kind, fields.get("normal"))
        && *form != SeriesForm::StackedBars
    {
        let instead = "Leave `split` or `normal` out, or write `chart: stacked bars`: then it is told of their sums";
        context.reader.problem(node.at, "what is normal is told of one series, and this one is split", instead);
    }
    if let (true, SectionKind::Series { form: SeriesForm::Cumulative, .. }, Some(node)) =
        (normal, kind, fields.get("normal"))
    {
        let instead = "Leave `normal` out, or write `chart: bars` or `lines`";
        context.reader.problem(node.at, "what is normal is told of each day, and not of running totals", instead);
    }
    Some(normal)
}

/// Where there is room to say it.
fn normal_by_default(context: &Context<'_, '_>, kind: &SectionKind) -> bool {
    let has_room = match kind {
        SectionKind::Summary { .. } => true,
        SectionKind::Series { form: SeriesForm::Cumulative | SeriesForm::Area, .. } => false,
        SectionKind::Series { split, form, .. } => split.is_none() || *form == SeriesForm::StackedBars,
        SectionKind::Ranking { by, .. } => by.len() == 1,
        _ => false,
    };
    context.normal && has_room
}

fn common<'a>(context: &Context<'_, 'a>, kind: &str, fields: &Fields<'_, 'a>) -> Option<Section> {
    let reader = context.reader;
    let title = optional_line(fields, "title", 200);
    let note = optional_line(fields, "note", 500);
    let new_page = yes(fields, "new_page", false);
    let landscape = if fields.has("orientation") {
        fields.choice("orientation", "orientation", &[("portrait", false), ("landscape", true)])
    } else {
        Some(false)
    };
    let words = yes(fields, "words", true);
    let about_events = !matches!(kind, "text" | "coverage" | "sign" | "findings" | "actions");
    let filter = match fields.get("where") {
        Some(node) if !about_events => {
            reader.problem(
                node.at,
                format!("`{kind}` counts no events, so that `where` changes nothing"),
                "Leave it out",
            );
            None
        }
        Some(node) => filter::read(context, node),
        None => Some(Filter::All),
    };
    let id = match fields.get("id") {
        Some(node) => {
            let id = node.as_text().filter(|id| is_name(id));
            if id.is_none() {
                reader.wrong(node, "a short name as in `deletions-by-role`: small letters, digits, `-` and `_`");
            }
            id.map(str::to_owned)
        }
        None => {
            let made = title.as_deref().map(slug).unwrap_or_default();
            Some(if made.is_empty() { kind.to_owned() } else { made })
        }
    };
    Some(Section {
        id: id?,
        title: title?,
        note: note?,
        new_page: new_page?,
        landscape: landscape?,
        words: words?,
        filter: filter?,
        normal: false,
        kind: SectionKind::Coverage { short: false },
    })
}
