//! Reading what a section shows: the settings of each kind, and the short forms that some kinds have.

use super::super::{EventColumn, Raise, RankingForm, SectionKind, SeriesForm, Showing};
use super::common::{length, line_of_text, yes};
use super::measures::{self, Measures};
use super::{Context, all, charts, doubled, filter};
use crate::calendar::period::Unit;
use crate::finding::Severity;
use crate::query::{Dimension, Field};
use crate::written::{Fields, Node, Reader};

/// Columns of an events section that are no fields.
const COLUMNS: [(&str, EventColumn); 6] = [
    ("time", EventColumn::Time),
    ("actor.name", EventColumn::ActorName),
    ("actor_name", EventColumn::ActorName),
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

/// `summary: [events, actors]`, `text: "…"`, `sign: [Reviewed by]`.
pub(super) fn short_form<'a>(
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

/// A kind without any settings.
pub(super) fn bare(kind: &str, measures: &mut Measures, reader: &Reader<'_>, item: &Node) -> Option<SectionKind> {
    match kind {
        "verdict" => Some(SectionKind::Verdict { measures: Vec::new() }),
        "attention" => Some(SectionKind::Attention { limit: 10 }),
        "events" => Some(SectionKind::Events { columns: default_columns(), limit: 50 }),
        "findings" => Some(SectionKind::Findings { show: Showing::Open, least: None, limit: 20 }),
        "actions" => Some(SectionKind::Actions { limit: 20 }),
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

/// The settings of a kind.
pub(super) fn of_kind<'a>(
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
        "findings" => findings(fields),
        "actions" => Some(SectionKind::Actions { limit: limit(fields, 20)? }),
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

/// `findings: { show: open, severity: at least medium, limit: 20 }`.
fn findings(fields: &Fields<'_, '_>) -> Option<SectionKind> {
    let all = [Showing::New, Showing::Open, Showing::Closed, Showing::Overdue, Showing::All];
    let show = match fields.has("show") {
        true => fields.choice("show", "choice of findings", &all.map(|show| (show.name(), show))),
        false => Some(Showing::Open),
    };
    let severities = [
        ("at least high", Severity::High),
        ("at least medium", Severity::Medium),
        ("at least low", Severity::Low),
        ("high", Severity::High),
    ];
    let least = match fields.has("severity") {
        true => fields.choice("severity", "severity", &severities).map(Some),
        false => Some(None),
    };
    let limit = limit(fields, 20);
    Some(SectionKind::Findings { show: show?, least: least?, limit: limit? })
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
        Some(node) => reader.choice(node, "unit of time", &TIMES).map(|by| by.beginning(context.fiscal)),
        None if periods.is_some_and(|periods| periods > 1) && context.units.len() > 1 => {
            let what =
                "the report's schedules cover periods of several units, and the series goes over several periods";
            reader.problem(fields.node().at, what, "Add the unit of its points, as in `by: week`");
            None
        }
        None => Some(match (periods, context.units.first().copied().flatten().map(Unit::kind)) {
            (Some(2..), Some(Unit::Week)) => Dimension::Week,
            (Some(2..), Some(Unit::Month)) => Dimension::Month,
            (Some(2..), Some(Unit::Quarter)) => Dimension::Quarter.beginning(context.fiscal),
            (Some(2..), Some(Unit::Year)) => Dimension::Year.beginning(context.fiscal),
            _ => Dimension::Day,
        }),
    };
    let split = split(context, fields);
    let adds_up = measure.as_ref().is_none_or(|measure| measure.kind.adds_up());
    let form = match fields.get("chart") {
        Some(node) => charts::series(context, fields, node, measure.as_ref()),
        None if periods.is_some_and(|periods| periods > 1) => Some(SeriesForm::Lines),
        None if fields.has("split") => Some(if adds_up { SeriesForm::StackedBars } else { SeriesForm::Bars }),
        None => Some(SeriesForm::Bars),
    };
    Some(SectionKind::Series {
        measure: measure?.name,
        by: by?,
        split: split?,
        form: form?,
        periods: periods?,
        table: yes(fields, "table", false)?,
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
    let chart = match fields.get("chart") {
        Some(node) => {
            let first = shown.as_ref().and_then(|shown| shown.first());
            charts::ranking(context, node, first.and_then(|name| measures.known(name)))
        }
        None => Some(RankingForm::None),
    };
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
    let severity = fields.get("severity").map(|node| context.reader.choice(node, "severity", &Severity::choices()));
    let say = fields.get("say").map(|node| context.reader.text(node));
    let do_this = fields.get("do").map(|node| context.reader.text(node));
    let raised = severity.is_some() || say.is_some() || do_this.is_some();
    let raise = if raised {
        Some(Raise {
            severity: severity.unwrap_or(Some(Severity::High))?,
            say: say.map_or(Some(String::new()), |text| text.map(str::to_owned))?,
            do_this: do_this.map_or(Some(String::new()), |text| text.map(str::to_owned))?,
        })
    } else {
        None
    };
    Some(SectionKind::Sequence { first: first?, at_least: at_least?, then: then?, by: by?, within: within?, raise })
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
        let time = TIMES.iter().find(|(name, _)| item.as_text() == Some(name));
        let time = time.map(|(_, dimension)| dimension.beginning(context.fiscal));
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
