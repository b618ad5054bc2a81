//! Load: a mapping file's text into a Mapping, or every Problem in it.

use super::affected::Pattern;
use super::load_rules::{choice, conditions, outcome, rules};
use super::rules::normal;
use super::{ChangeList, Encoding, Field, Mapping, Place, Shape, Verdict, load_more};
use crate::calendar::zone::ZoneRules;
use crate::event::ActionClass;
use crate::ingest::times::TimeFormat;
use crate::seal::sha256_hex;
use crate::source::{RecordedField, Records, Rhythm};
use crate::written::{Fields, Node, Problem, Reader, Tree, did_you_mean};

const KEYS: [&str; 23] = [
    "name",
    "source",
    "title",
    "found",
    "format",
    "encoding",
    "header",
    "vary",
    "rows",
    "inside",
    "line",
    "unfold",
    "recognise",
    "rhythm",
    "retention_days",
    "timezone",
    "times",
    "null",
    "columns",
    "skip",
    "actions",
    "outcomes",
    "records",
];

pub(super) fn load(text: &str, file: &str) -> Result<Mapping, Vec<Problem>> {
    let tree = Tree::parse(file, text);
    let reader = Reader::new(&tree);
    let mapping = reader.root_fields(&KEYS).and_then(|top| read(top, text, file));
    reader.finish(mapping)
}

fn read(top: Fields<'_, '_>, text: &str, file: &str) -> Option<Mapping> {
    let reader = top.reader();
    let name = top.need_text("name").unwrap_or_default().to_owned();
    if let Some(node) = top.node().get("name").filter(|_| !is_name(&name)) {
        reader.problem(node.at, format!("`{name}` is no name for a source"), "Use small letters, digits and `-`");
    }
    let source_name = top.text("source").unwrap_or(&name).to_owned();
    if let Some(node) = top.node().get("source").filter(|_| !is_name(&source_name)) {
        reader.problem(
            node.at,
            format!("`{source_name}` is no name for a source"),
            "Use small letters, digits and `-`",
        );
    }
    let title = top.need_text("title").unwrap_or_default().to_owned();
    let mut watched = Vec::new();
    let mut affected = Vec::new();
    let mut change_list = None;
    let places = columns(top, &mut affected, &mut change_list);
    let mut skip = Vec::new();
    if let Some(node) = top.get("skip") {
        for item in node.as_list().unwrap_or(std::slice::from_ref(node)) {
            skip.push(conditions(reader, item, &mut watched));
        }
    }
    let actions = rules(top, "actions", "class", &mut watched, |reader, node| {
        let class = choice(reader, node, "action class", ActionClass::ALL.map(|class| (class.as_str(), class)))?;
        Some(Verdict { class: Some(class), outcome: None })
    });
    let outcomes = rules(top, "outcomes", "outcome", &mut watched, outcome);
    let records = records(top);
    if let (Some(records), Some(node)) = (&records, top.node().get("records")) {
        let filled = |field: RecordedField| match field {
            RecordedField::Changes => {
                change_list.is_some() || [Field::Changes, Field::ChangeField].iter().any(|f| filled(&places, *f))
            }
            RecordedField::Outcome => {
                filled(&places, Field::Outcome)
                    || outcomes.list.iter().any(|rule| !rule.when.is_empty())
                    || actions.list.iter().any(|rule| rule.then.outcome.is_some())
            }
            other => Field::ALL.iter().any(|f| f.as_str() == other.as_str() && filled(&places, *f)),
        };
        for field in records.fields.iter().filter(|field| !filled(**field)) {
            let what = format!("`records` lists `{}`, but nothing in `columns` fills it", field.as_str());
            reader.problem(node.at, what, "Name its column, or take it out of `records`");
        }
        let made = actions.list.iter().map(|rule| rule.then).chain(actions.otherwise).filter_map(|then| then.class);
        for class in made.filter(|class| !records.classes.contains(class)) {
            let what = format!("`actions` makes `{}`, which `records` does not list", class.as_str());
            reader.problem(node.at, what, "Add it under `records`, `actions`");
        }
    }
    let timezone = top.text("timezone").map(str::to_owned);
    if let (Some(zone), Some(node)) = (&timezone, top.node().get("timezone")) {
        let rules = ZoneRules::bundled();
        if rules.zone(zone).is_none() {
            let names = rules.names();
            reader.problem(
                node.at,
                format!("unknown time zone `{zone}`"),
                did_you_mean(zone, names.iter().map(String::as_str)),
            );
        }
    }
    let shapes = [("csv", Shape::Csv), ("json", Shape::Json), ("json lines", Shape::Json), ("text", Shape::Text)];
    let shape = top.choice("format", "format", &shapes);
    let encodings = [("utf-8", Encoding::Utf8), ("utf-16", Encoding::Utf16), ("latin-1", Encoding::Latin1)];
    let encoding = top.choice("encoding", "encoding", &encodings);
    let more = load_more::read(top, shape);
    let retention_days = top.integer("retention_days", 1..=36_500).and_then(|days| u32::try_from(days).ok());
    Some(Mapping {
        name,
        source_name,
        title,
        found: top.text("found").unwrap_or_default().to_owned(),
        records: records?,
        rhythm: rhythm(top),
        retention_days,
        timezone,
        shape,
        encoding,
        signature: more.signature,
        header: more.header,
        vary: top.boolean("vary").unwrap_or_default(),
        rows: top.texts("rows").into_iter().map(str::to_owned).collect(),
        inside: top.texts("inside").into_iter().map(str::to_owned).collect(),
        line: more.line,
        unfold: more.unfold,
        change_list,
        sha256: sha256_hex(text.as_bytes()),
        file: file.to_owned(),
        times: times(top),
        places,
        nulls: top.texts("null").into_iter().map(str::to_owned).collect(),
        watched,
        skip,
        actions,
        outcomes,
        affected,
    })
}

fn is_name(name: &str) -> bool {
    (1..=64).contains(&name.len())
        && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'_' | b'.'))
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
}

fn filled(places: &[Option<Place>], field: Field) -> bool {
    places.get(field as usize).is_some_and(Option::is_some)
}

fn times(top: Fields<'_, '_>) -> Vec<TimeFormat> {
    let Some(node) = top.get("times") else { return vec![TimeFormat::Iso] };
    let reader = top.reader();
    let mut formats = Vec::new();
    for item in reader.one_or_more(node) {
        match reader.text(item).map(TimeFormat::parse) {
            Some(Ok(format)) => formats.push(format),
            Some(Err(what)) => reader.problem(item.at, what, ""),
            None => {}
        }
    }
    if formats.is_empty() && !reader.has_problems() {
        reader.wrong(node, "one or more time formats");
    }
    formats
}

fn rhythm(top: Fields<'_, '_>) -> Option<Rhythm> {
    let node = top.get("rhythm")?;
    let text = top.reader().text(node)?;
    let hours = || text.strip_prefix("every ")?.strip_suffix(" hours")?.parse().ok().filter(|h| (1..=8784).contains(h));
    match text {
        "every day" => Some(Rhythm::EveryDay),
        "every working day" => Some(Rhythm::EveryWorkingDay),
        _ => {
            let rhythm = hours().map(Rhythm::EveryHours);
            if rhythm.is_none() {
                top.reader().wrong(node, "`every day`, `every working day` or `every N hours`");
            }
            rhythm
        }
    }
}

fn columns(
    top: Fields<'_, '_>,
    affected: &mut Vec<Pattern>,
    change_list: &mut Option<ChangeList>,
) -> Vec<Option<Place>> {
    let mut places: Vec<Option<Place>> = vec![None; Field::COUNT];
    let plain = [
        Field::Id,
        Field::Time,
        Field::Actor,
        Field::Action,
        Field::Module,
        Field::Record,
        Field::RecordName,
        Field::Affected,
        Field::Outcome,
    ];
    let mut keys: Vec<&str> = plain.iter().map(|field| field.as_str()).collect();
    keys.extend(["origin", "changes"]);
    let Some(node) = top.need("columns") else { return places };
    let reader = top.reader();
    let Some(columns) = reader.fields(node, &keys) else { return places };
    let mut set = |field: Field, node, extra: &[&str]| {
        let place = place(reader, node, field, extra);
        if let Some(slot) = places.get_mut(field as usize) {
            *slot = place;
        }
    };
    for field in [Field::Time, Field::Actor, Field::Action] {
        columns.need(field.as_str());
    }
    for field in plain {
        let extra: &[&str] = if field == Field::Affected { &["pattern"] } else { &[] };
        if let Some(node) = columns.node().get(field.as_str()).filter(|node| !node.is_null()) {
            set(field, node, extra);
        }
    }
    if let Some(origin) = columns.fields("origin", &["ip", "agent", "channel"]) {
        for field in [Field::Ip, Field::Agent, Field::Channel] {
            if let Some(node) = origin.get(field.as_str()) {
                set(field, node, &[]);
            }
        }
    }
    if let Some(node) = columns.get("changes") {
        if node.get("list").is_some() {
            if let Some(parts) = reader.fields(node, &["list", "field", "old", "new"]) {
                let text = |key| parts.need_text(key).unwrap_or_default().to_owned();
                let list = parts.texts("list").into_iter().map(str::to_owned).collect();
                *change_list = Some(ChangeList { list, field: text("field"), old: text("old"), new: text("new") });
            }
        } else if node.get("field").is_some() || node.get("old").is_some() || node.get("new").is_some() {
            if let Some(parts) = reader.fields(node, &["field", "old", "new"]) {
                for (key, field) in
                    [("field", Field::ChangeField), ("old", Field::ChangeOld), ("new", Field::ChangeNew)]
                {
                    if let Some(node) = parts.need(key) {
                        set(field, node, &[]);
                    }
                }
            }
        } else {
            set(Field::Changes, node, &[]);
        }
    }
    if let Some(node) = columns.node().get("affected").and_then(|node| node.get("pattern")) {
        for item in reader.one_or_more(node) {
            match reader.text(item).map(Pattern::parse) {
                Some(Some(pattern)) => affected.push(pattern),
                Some(None) => reader.wrong(item, "text with one `{n}` in it, as in `{n} records`"),
                None => {}
            }
        }
    }
    places
}

/// A column's name, several, or `{ column: …, const: …, required: …, values: … }`.
fn place<'a>(reader: &Reader<'a>, node: &'a Node, field: Field, extra: &[&str]) -> Option<Place> {
    let needed = matches!(field, Field::Time | Field::Actor | Field::Action);
    let Some(entries) = node.as_map() else {
        let names: Vec<String> = node_texts(reader, node);
        return if names.is_empty() { None } else { Some(Place { names, required: needed, ..Place::default() }) };
    };
    let mut known = vec!["column", "join", "with", "part", "const", "required", "values"];
    known.extend(extra);
    for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
        let what = format!("unknown key `{}` in `{}`", entry.key, field.as_str());
        reader.problem(entry.at, what, did_you_mean(&entry.key, known.iter().copied()));
    }
    let mut place = Place::default();
    if let Some(node) = node.get("column") {
        place.names = node_texts(reader, node);
    }
    if let Some(join) = node.get("join") {
        place.names = node_texts(reader, join);
        place.join = Some(node.get("with").and_then(Node::as_text).unwrap_or(" ").to_owned());
    }
    if let Some((node, text)) = node.get("part").and_then(|node| Some((node, reader.text(node)?))) {
        place.part = load_more::matching(reader, node, text);
        if place.part.as_ref().is_some_and(|part| part.0.captures_len() < 2) {
            reader.problem(node.at, "`part` has no group", "Put what is meant in brackets, as in `^([^.]+)`");
        }
    }
    if let Some(node) = node.get("const") {
        place.constant = node.as_text().map(str::to_owned);
        if place.constant.is_none() {
            reader.wrong(node, "text");
        }
    }
    if place.names.is_empty() && place.constant.is_none() {
        let what = format!("`{}` needs `column`, `join` or `const`", field.as_str());
        reader.problem(node.at, what, "");
    }
    place.required = needed && place.constant.is_none();
    if let Some(node) = node.get("required") {
        place.required = reader.boolean(node).unwrap_or_default();
    }
    for entry in node.get("values").map(|node| node.as_map().unwrap_or_default()).unwrap_or_default() {
        match entry.value.as_text() {
            Some(word) => {
                place.values.insert(normal(&entry.key), word.to_owned());
            }
            None => reader.wrong(&entry.value, "text"),
        }
    }
    if let Some(node) = node.get("values").filter(|node| node.as_map().is_none()) {
        reader.wrong(node, "a map (`value: word`)");
    }
    Some(place)
}

/// One text or several, those that are none being Problems.
pub(super) fn node_texts(reader: &Reader<'_>, node: &Node) -> Vec<String> {
    let items = node.as_list().unwrap_or(std::slice::from_ref(node));
    let mut texts = Vec::new();
    for item in items {
        match item.as_text().filter(|text| !text.trim().is_empty()) {
            Some(text) => texts.push(text.to_owned()),
            None => reader.wrong(item, "text"),
        }
    }
    texts
}

fn records(top: Fields<'_, '_>) -> Option<Records> {
    let reader = top.reader();
    let records = reader.fields(top.need("records")?, &["fields", "actions"])?;
    let all = |node: &Node| node.as_text() == Some("all");
    let (fields, classes) = (records.need("fields")?, records.need("actions")?);
    let read_field = |item| choice(reader, item, "field", RecordedField::ALL.map(|field| (field.as_str(), field)));
    let read_class = |item| choice(reader, item, "action class", ActionClass::ALL.map(|class| (class.as_str(), class)));
    Some(Records {
        classes: match all(classes) {
            true => ActionClass::ALL.into_iter().collect(),
            false => reader.list(classes)?.iter().filter_map(read_class).collect(),
        },
        fields: match all(fields) {
            true => RecordedField::ALL.into_iter().collect(),
            false => reader.list(fields)?.iter().filter_map(read_field).collect(),
        },
    })
}
