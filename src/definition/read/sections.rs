//! Reading `sections:`: the parts of a report, each one key (its kind) with its settings, or a bare kind.

use super::super::{EventColumn, Section, SectionKind, SeriesForm};
use super::common::{is_name, length, line_of_text, optional_line, slug, yes};
use super::measures::{self, Measures};
use super::{Context, all, doubled, filter};
use crate::calendar::period::Unit;
use crate::query::{Dimension, Field, Filter};
use crate::written::{Fields, Node, Position};
use std::collections::BTreeSet;

/// Settings that every section may have.
const COMMON: [&str; 5] = ["id", "title", "note", "where", "new_page"];

/// The kinds, with the settings of each.
const KINDS: [(&str, &[&str]); 13] = [
    ("verdict", &["measures"]),
    ("summary", &["measures"]),
    ("attention", &["limit"]),
    ("series", &["measure", "by", "split", "chart", "periods", "normal"]),
    ("ranking", &["measure", "measures", "by", "limit", "chart"]),
    ("crosstab", &["measure", "by", "limit"]),
    ("heatmap", &["measure", "by", "split"]),
    ("events", &["columns", "limit"]),
    ("sequence", &["first", "at_least", "then", "by", "within"]),
    ("targets", &["measures"]),
    ("text", &["text"]),
    ("coverage", &["short"]),
    ("sign", &["lines"]),
];

/// Kinds that say something without any settings.
const BARE: [&str; 6] = ["verdict", "attention", "events", "targets", "coverage", "sign"];

/// Columns of an events section that are no fields.
const COLUMNS: [(&str, EventColumn); 5] = [
    ("time", EventColumn::Time),
    ("actor.name", EventColumn::ActorName),
    ("details", EventColumn::Details),
    ("changes", EventColumn::Changes),
    ("number", EventColumn::Number),
];

const TIMES: [(&str, Dimension); 5] = [
    ("day", Dimension::Day),
    ("week", Dimension::Week),
    ("month", Dimension::Month),
    ("quarter", Dimension::Quarter),
    ("year", Dimension::Year),
];

/// So many earlier periods a median and quartiles need at least.
const PERIODS_FOR_NORMAL: u32 = 5;

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
            return Some(section);
        }
    };
    Some(Section {
        id: kind.to_owned(),
        title: String::new(),
        note: String::new(),
        new_page: false,
        filter: Filter::All,
        kind: read?,
    })
}

fn common<'a>(context: &Context<'_, 'a>, kind: &str, fields: &Fields<'_, 'a>) -> Option<Section> {
    let reader = context.reader;
    let title = optional_line(fields, "title", 200);
    let note = optional_line(fields, "note", 500);
    let new_page = yes(fields, "new_page", false);
    let about_events = !matches!(kind, "text" | "coverage" | "sign");
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
        filter: filter?,
        kind: SectionKind::Coverage { short: false },
    })
}

/// `summary: [events, actors]`, `text: "…"`, `sign: [Reviewed by]`.
fn short_form<'a>(
    context: &Context<'_, 'a>,
    kind: &str,
    node: &'a Node,
    measures: &mut Measures,
) -> Option<SectionKind> {
    let reader = context.reader;
    match kind {
        "verdict" => Some(SectionKind::Verdict { measures: named(context, node, measures)? }),
        "summary" => Some(SectionKind::Summary { measures: named(context, node, measures)? }),
        "targets" => Some(SectionKind::Targets { measures: with_targets(context, node, measures)? }),
        "sign" => Some(SectionKind::Sign { lines: lines(context, node)? }),
        "text" => Some(SectionKind::Text { text: paragraphs(context, node)? }),
        _ => {
            reader.wrong(node, "a map of its settings (`key: value`)");
            None
        }
    }
}

fn bare(kind: &str, measures: &mut Measures, reader: &crate::written::Reader<'_>, item: &Node) -> Option<SectionKind> {
    match kind {
        "verdict" => Some(SectionKind::Verdict { measures: Vec::new() }),
        "attention" => Some(SectionKind::Attention { limit: 10 }),
        "events" => Some(SectionKind::Events { columns: default_columns(), limit: 50 }),
        "coverage" => Some(SectionKind::Coverage { short: false }),
        "sign" => Some(SectionKind::Sign { lines: default_lines() }),
        _ => {
            let found = measures.with_targets();
            if found.is_empty() && !measures.has_broken() {
                let what = "no measure of this report has a target";
                reader.problem(item.at, what, "Declare one under `measures:` with `target: \"at most 5\"`");
                return None;
            }
            Some(SectionKind::Targets { measures: found })
        }
    }
}

fn of_kind<'a>(
    context: &Context<'_, 'a>,
    kind: &str,
    fields: &Fields<'_, 'a>,
    measures: &mut Measures,
) -> Option<SectionKind> {
    match kind {
        "verdict" => {
            let measures = if fields.has("measures") {
                named(context, fields.get("measures")?, measures)
            } else {
                Some(Vec::new())
            };
            Some(SectionKind::Verdict { measures: measures? })
        }
        "summary" => Some(SectionKind::Summary { measures: named(context, fields.need("measures")?, measures)? }),
        "attention" => Some(SectionKind::Attention { limit: limit(fields, 10)? }),
        "series" => series(context, fields, measures),
        "ranking" => ranking(context, fields, measures),
        "crosstab" => {
            let (measure, by, limit) = (measure(context, fields, measures), pair(context, fields), limit(fields, 20));
            let (rows, columns) = by?;
            Some(SectionKind::Crosstab { measure: measure?, rows, columns, limit: limit? })
        }
        "heatmap" => {
            let (measure, by, split) =
                (measure(context, fields, measures), pair(context, fields), split(context, fields));
            let (rows, columns) = by?;
            Some(SectionKind::Heatmap { measure: measure?, rows, columns, split: split? })
        }
        "events" => {
            let columns = match fields.get("columns") {
                Some(node) => columns(context, node),
                None => (!fields.has("columns")).then(default_columns),
            };
            let limit = limit(fields, 50);
            Some(SectionKind::Events { columns: columns?, limit: limit? })
        }
        "sequence" => sequence(context, fields),
        "targets" => {
            Some(SectionKind::Targets { measures: with_targets(context, fields.need("measures")?, measures)? })
        }
        "text" => Some(SectionKind::Text { text: paragraphs(context, fields.need("text")?)? }),
        "coverage" => Some(SectionKind::Coverage { short: yes(fields, "short", false)? }),
        _ => {
            let lines = match fields.get("lines") {
                Some(node) => lines(context, node),
                None => (!fields.has("lines")).then(default_lines),
            };
            Some(SectionKind::Sign { lines: lines? })
        }
    }
}

fn series<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>, measures: &mut Measures) -> Option<SectionKind> {
    let reader = context.reader;
    let measure = fields.need("measure").and_then(|node| measures.named(context, node));
    let periods = match fields.get("periods") {
        Some(_) => fields.integer("periods", 1..=400).and_then(|periods| u32::try_from(periods).ok()),
        None => Some(1),
    };
    let by = match fields.get("by") {
        Some(node) if node.as_text().is_some_and(|text| filter::field_of(text).is_some()) => {
            let instead = "Write `by: day`, week, month, quarter or year, and the field as `split:`";
            reader.problem(node.at, "a series runs over time", instead);
            None
        }
        Some(node) => reader.choice(node, "unit of time", &TIMES),
        None => Some(match (periods, context.unit) {
            (Some(2..), Some(Unit::Week)) => Dimension::Week,
            (Some(2..), Some(Unit::Month)) => Dimension::Month,
            (Some(2..), Some(Unit::Quarter)) => Dimension::Quarter,
            (Some(2..), Some(Unit::Year)) => Dimension::Year,
            _ => Dimension::Day,
        }),
    };
    let split = split(context, fields);
    let forms = [
        ("bars", SeriesForm::Bars),
        ("stacked bars", SeriesForm::StackedBars),
        ("lines", SeriesForm::Lines),
        ("small multiples", SeriesForm::SmallMultiples),
    ];
    let form = match fields.get("chart") {
        Some(node) => {
            let form = reader.choice(node, "chart", &forms);
            let needs_split = matches!(form, Some(SeriesForm::StackedBars | SeriesForm::SmallMultiples));
            if needs_split && !fields.has("split") {
                let what =
                    format!("`{}` show one series for each value of a field, and there is no field", node.as_text()?);
                reader.problem(node.at, what, "Add `split: action_class`, or write `chart: bars`");
            }
            form
        }
        None if periods.is_some_and(|periods| periods > 1) => Some(SeriesForm::Lines),
        None if fields.has("split") => Some(SeriesForm::StackedBars),
        None => Some(SeriesForm::Bars),
    };
    let normal = yes(fields, "normal", false);
    if normal == Some(true) && periods.is_some_and(|periods| periods < PERIODS_FOR_NORMAL) {
        let what = "what is normal cannot be learnt from so few periods";
        let instead = format!("Add `periods: 13` ({PERIODS_FOR_NORMAL} at least), or leave `normal` out");
        reader.problem(fields.get("normal")?.at, what, instead);
    }
    Some(SectionKind::Series {
        measure: measure?.name,
        by: by?,
        split: split?,
        form: form?,
        periods: periods?,
        normal: normal?,
    })
}

fn ranking<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>, measures: &mut Measures) -> Option<SectionKind> {
    let reader = context.reader;
    let shown = match (fields.has("measure"), fields.has("measures")) {
        (true, true) => {
            reader.problem(
                fields.get("measure")?.at,
                "`measure` and `measures` both say what is counted",
                "Keep one of the two",
            );
            None
        }
        (_, true) => fields.get("measures").and_then(|node| named(context, node, measures)),
        _ => measure(context, fields, measures).map(|measure| vec![measure]),
    };
    let by = fields.need("by").and_then(|node| {
        let items = reader.one_or_more(node);
        if items.is_empty() || items.len() > 3 {
            reader.problem(node.at, "a ranking is by one field, or by two or three together", "Write `by: actor`");
            return None;
        }
        dimensions(context, node, items)
    });
    let limit = limit(fields, 10);
    let chart = yes(fields, "chart", false);
    Some(SectionKind::Ranking { by: by?, measures: shown?, limit: limit?, chart: chart? })
}

fn sequence<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<SectionKind> {
    let first = fields.need("first").and_then(|node| filter::read(context, node));
    let then = fields.need("then").and_then(|node| filter::read(context, node));
    let at_least = match fields.get("at_least") {
        Some(_) => fields.integer("at_least", 1..=1_000_000).and_then(|count| u64::try_from(count).ok()),
        None => Some(1),
    };
    let by = match fields.get("by") {
        Some(node) => measures::field(context, node),
        None => Some(Field::Actor),
    };
    fields.need("within");
    let within = length(fields, "within", 1000, 31 * 24 * 60 * 60 * 1000);
    Some(SectionKind::Sequence { first: first?, at_least: at_least?, then: then?, by: by?, within: within? })
}

/// The measure at `measure:`, events if it is not written.
fn measure<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>, measures: &mut Measures) -> Option<String> {
    match fields.get("measure") {
        Some(node) => measures.named(context, node).map(|measure| measure.name),
        None if fields.has("measure") => None,
        None => measures.named_so(context, fields.node(), "events").map(|measure| measure.name),
    }
}

/// A list of measures by name, each once.
fn named<'a>(context: &Context<'_, 'a>, node: &'a Node, measures: &mut Measures) -> Option<Vec<String>> {
    let reader = context.reader;
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(node.at, "there is no measure to show", "Write one at least, as in `[events, actors]`");
        return None;
    }
    for name in doubled(items.iter().filter_map(Node::as_text)) {
        if let Some(item) = items.iter().filter(|item| item.as_text() == Some(name)).nth(1) {
            reader.problem(item.at, format!("`{name}` is named twice"), "Keep one of the two");
        }
    }
    let found = items.iter().map(|item| measures.named(context, item).map(|measure| measure.name));
    all(found.collect())
}

/// As [`named`], of measures that have targets.
fn with_targets<'a>(context: &Context<'_, 'a>, node: &'a Node, measures: &mut Measures) -> Option<Vec<String>> {
    let items = context.reader.one_or_more(node);
    let names = named(context, node, measures)?;
    for item in items {
        if measures.named(context, item).is_some_and(|measure| measure.target.is_none()) {
            let what = format!("`{}` has no target", item.as_text().unwrap_or_default());
            let instead = "Declare a measure under `measures:` with `target: \"at most 5\"`";
            context.reader.problem(item.at, what, instead);
        }
    }
    Some(names)
}

fn limit(fields: &Fields<'_, '_>, absent: usize) -> Option<usize> {
    match fields.get("limit") {
        Some(_) => fields.integer("limit", 1..=10_000).and_then(|limit| usize::try_from(limit).ok()),
        None => (!fields.has("limit")).then_some(absent),
    }
}

fn split<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<Option<Field>> {
    match fields.get("split") {
        Some(node) => measures::field(context, node).map(Some),
        None => (!fields.has("split")).then_some(None),
    }
}

/// Rows and columns.
fn pair<'a>(context: &Context<'_, 'a>, fields: &Fields<'_, 'a>) -> Option<(Dimension, Dimension)> {
    let reader = context.reader;
    let node = fields.need("by")?;
    let items = reader.one_or_more(node);
    if items.len() != 2 {
        let what = format!("`by` names {} here, and it takes two: rows and columns", items.len());
        reader.problem(node.at, what, "Write as in `by: [weekday, hour]`");
        return None;
    }
    match dimensions(context, node, items)?.as_slice() {
        [rows, columns] => Some((*rows, *columns)),
        _ => None,
    }
}

fn dimensions<'a>(context: &Context<'_, 'a>, node: &'a Node, items: &'a [Node]) -> Option<Vec<Dimension>> {
    let found = items.iter().map(|item| {
        let time = TIMES.iter().find(|(name, _)| item.as_text() == Some(name)).map(|(_, dimension)| *dimension);
        time.or_else(|| measures::field(context, item).map(Dimension::Field))
    });
    let found = all(found.collect())?;
    let mut seen = Vec::new();
    for dimension in &found {
        if seen.contains(dimension) {
            context.reader.problem(node.at, "a field is named twice", "Keep one of the two");
            return None;
        }
        seen.push(*dimension);
    }
    Some(found)
}

fn columns<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Vec<EventColumn>> {
    let reader = context.reader;
    let items = reader.one_or_more(node);
    if items.is_empty() {
        reader.problem(node.at, "there is no column to show", "Write as in `[time, actor, action, record_name]`");
    }
    let column = |item: &'a Node| {
        let text = reader.text(item)?;
        let special = COLUMNS.iter().find(|(name, _)| *name == text).map(|(_, column)| *column);
        let found = special.or_else(|| filter::field_of(text).map(EventColumn::Field));
        if found.is_none() {
            let known: Vec<&str> =
                COLUMNS.iter().map(|(name, _)| *name).chain(Field::ALL.iter().map(|(_, name)| *name)).collect();
            reader.unknown(item.at, "column", text, known);
        }
        found
    };
    all(items.iter().map(column).collect()).filter(|columns: &Vec<_>| !columns.is_empty())
}

/// What an auditor asks of each event: when, who, what, to which record, how it ended.
fn default_columns() -> Vec<EventColumn> {
    vec![
        EventColumn::Time,
        EventColumn::ActorName,
        EventColumn::Field(Field::Action),
        EventColumn::Field(Field::Module),
        EventColumn::Field(Field::RecordName),
        EventColumn::Field(Field::Affected),
        EventColumn::Field(Field::Outcome),
    ]
}

fn default_lines() -> Vec<String> {
    ["Reviewed by", "Date", "Signature"].map(str::to_owned).to_vec()
}

fn lines<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<Vec<String>> {
    let items = context.reader.one_or_more(node);
    if items.is_empty() || items.len() > 6 {
        context.reader.problem(
            node.at,
            "a report is signed on one line to six",
            "Write as in `[Reviewed by, Date, Signature]`",
        );
        return None;
    }
    all(items.iter().map(|item| line_of_text(context.reader, item, 100)).collect())
}

fn paragraphs<'a>(context: &Context<'_, 'a>, node: &'a Node) -> Option<String> {
    let text = context.reader.text(node)?.trim_end();
    if text.trim().is_empty() {
        context.reader.problem(
            node.at,
            "the text is empty",
            "Write what the reader should know, or leave the section out",
        );
        return None;
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        context.reader.problem(node.at, "the text has control characters", "Leave all but line breaks out");
        return None;
    }
    Some(text.to_owned())
}
