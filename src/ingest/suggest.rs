//! Suggest: a first mapping for a file that none knows, from its first rows, with every guess marked as one.

mod words;

use super::mapping::{Field, Mapping, Shape, opened, text_of};
use super::recognise::{Samples, tried};
use super::times::{TimeFormat, Times};
use super::{Input, ReadError, input, rows};
use crate::calendar::zone::ZoneRules;
use crate::event::{ActionClass, Outcome};
use serde_json::Value;
use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::net::IpAddr;

/// Different values of a column that are listed.
const MOST_VALUES: usize = 40;

/// Formats that times are tried in. Of two that read all values, the first is taken.
const TIMES: [&str; 17] = [
    "iso",
    "%Y/%m/%d %H:%M:%S",
    "%d/%m/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%m/%d/%Y %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%m/%d/%Y, %I:%M:%S %p %Z",
    "%d.%m.%Y %H:%M:%S",
    "%d.%m.%Y %H:%M",
    "%d-%b-%Y %H:%M:%S",
    "%b %d, %Y %I:%M %p",
    "%b %d, %Y %I:%M:%S %p",
    "%d/%b/%Y:%H:%M:%S %z",
    "%Y-%m-%d",
    "epoch ms",
    "epoch s",
];

/// A column, or a path of a JSON object, with what stands there in the first rows.
struct Column {
    name: String,
    values: Vec<String>,
}

impl Column {
    fn all(&self, test: impl Fn(&str) -> bool) -> bool {
        !self.values.is_empty() && self.values.iter().all(|value| test(value.trim()))
    }

    fn different(&self) -> BTreeSet<&str> {
        self.values.iter().map(String::as_str).collect()
    }
}

/// What a field is taken from, and why.
struct Guess {
    field: Field,
    column: usize,
    why: String,
}

/// Writes a mapping for a file: YAML with its guesses marked. It always loads; how much of the sample it reads stands in
/// its first lines.
///
/// # Errors
/// The file cannot be read, or holds nothing that has columns.
pub fn suggest(input: &mut dyn Input, file: &str, rules: &ZoneRules) -> Result<String, ReadError> {
    let mut start = None;
    input::walk(input, file, &Cell::new(0), &mut Vec::new(), &mut |_, input| {
        let head = rows::head(input).map_err(|error| input::unreadable(file, error))?;
        start.get_or_insert(head);
        Ok(())
    })?;
    let text = rows::decoded(&start.unwrap_or_default());
    let shape = rows::shape_of(&text);
    let mut under = None;
    let sample = match shape {
        Shape::Json => {
            let whole = Samples::json(&text, &[]);
            under = whole.first().and_then(list_of_rows);
            Samples::json(&text, under.as_slice())
        }
        _ => Samples::csv(&text),
    };
    let columns = columns(&sample);
    if columns.len() < 2 {
        let what =
            "it has neither columns nor keys. Lines of text need a `line` in their mapping: see mappings/README.md";
        return Err(ReadError::Refused(file.to_owned(), what.to_owned()));
    }
    let written = write(file, shape, under.as_deref(), &columns, rules);
    let read = match Mapping::load(&written, file) {
        Ok(mapping) => tried(&text, &mapping, rules),
        Err(problems) => return Err(ReadError::Problems(problems)),
    };
    let head = format!(
        "# A first mapping for {file}, guessed from its first rows. It reads {} of the first {} rows.\n\
         # Go through every line that says `guess`, then: quarterday import --format THIS-FILE {file}\n",
        read.events, read.rows
    );
    Ok(format!("{head}{written}"))
}

/// The key under which a document holds its rows, if it looks like one that does.
fn list_of_rows(document: &Value) -> Option<String> {
    let lists = document.as_object()?.iter().filter(|(_, value)| {
        value
            .as_array()
            .is_some_and(|items| items.first().is_some_and(Value::is_object) && items.iter().all(Value::is_object))
    });
    let (key, _) = lists.max_by_key(|(_, value)| value.as_array().map(Vec::len))?;
    // A record with a list of things in it has more to say beside it than a document has.
    let others = document.as_object()?.values().filter(|value| !value.is_object() && !value.is_array()).count();
    (others <= 4 && opened(document.clone(), std::slice::from_ref(key)).is_ok()).then(|| key.clone())
}

fn columns(sample: &[Value]) -> Vec<Column> {
    let mut order: Vec<String> = Vec::new();
    let mut values: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sample {
        let mut found = Vec::new();
        paths(row, String::new(), &mut found);
        for (path, value) in found {
            if !values.contains_key(&path) {
                order.push(path.clone());
            }
            let values = values.entry(path).or_default();
            values.extend(Some(value).filter(|value| !value.trim().is_empty()));
        }
    }
    let column = |name: String| Column { values: values.remove(&name).unwrap_or_default(), name };
    order.into_iter().map(column).collect()
}

fn paths(value: &Value, path: String, found: &mut Vec<(String, String)>) {
    match value {
        Value::Object(map) => {
            for (key, inner) in map {
                let path = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                paths(inner, path, found);
            }
        }
        Value::Array(items) if items.first().is_some_and(Value::is_object) => {
            if let Some(first) = items.first() {
                paths(first, format!("{path}.0"), found);
            }
        }
        other if !path.is_empty() => found.push((path, text_of(other).unwrap_or_default().into_owned())),
        _ => {}
    }
}

/// The first format that reads all values, and whether another one does, too, and says something else.
fn time_format(column: &Column, rules: &ZoneRules) -> Option<(&'static str, Option<&'static str>)> {
    let read = |written: &&'static str| {
        let format = TimeFormat::parse(written).ok()?;
        let times = Times::new(&[format], Some("UTC"), rules).ok()?;
        let read: Result<Vec<i64>, String> = column.values.iter().map(|value| times.read(value)).collect();
        Some((*written, read.ok().filter(|read| !read.is_empty())?))
    };
    let mut fits = TIMES.iter().filter_map(read);
    let (first, meant) = fits.next()?;
    Some((first, fits.find(|(_, other)| *other != meant).map(|(other, _)| other)))
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn is_address(text: &str) -> bool {
    let plain = text.trim_start_matches('[').split(']').next().unwrap_or_default();
    plain.parse::<IpAddr>().is_ok() || plain.rsplit_once(':').is_some_and(|(host, _)| host.parse::<IpAddr>().is_ok())
}

/// Which column fills which field. Each column is taken once; what a name says goes before what values look like.
fn guesses(columns: &[Column], rules: &ZoneRules) -> Vec<Guess> {
    let mut guesses: Vec<Guess> = Vec::new();
    let free = |guesses: &[Guess], column: usize| !guesses.iter().any(|guess| guess.column == column);
    for field in words::ORDER {
        let fits = |column: &Column| match field {
            Field::Time => time_format(column, rules).is_some(),
            Field::Ip => column.all(is_address),
            Field::Affected => column.all(is_number),
            Field::Id => column.different().len() == column.values.len() && !column.values.is_empty(),
            Field::Outcome => column.different().len() <= 8,
            _ => true,
        };
        let named = words::of(field).iter().find_map(|word| {
            let key = |column: &Column| super::mapping::header_key(column.name.rsplit('.').next().unwrap_or_default());
            let place = |whole: bool| {
                columns.iter().enumerate().position(|(place, column)| {
                    let key = key(column);
                    let same = if whole { key == *word } else { word.len() > 3 && key.contains(word) };
                    same && free(&guesses, place) && fits(column)
                })
            };
            place(true).or_else(|| place(false)).map(|place| (place, "by its name"))
        });
        let looks = || match field {
            Field::Time | Field::Ip => {
                let place =
                    columns.iter().enumerate().position(|(place, column)| free(&guesses, place) && fits(column));
                place.map(|place| (place, "by what stands in it"))
            }
            Field::Actor => {
                let mail = |column: &Column| column.all(|value| value.contains('@') && !value.contains(' '));
                let place =
                    columns.iter().enumerate().position(|(place, column)| free(&guesses, place) && mail(column));
                place.map(|place| (place, "by the addresses in it"))
            }
            _ => None,
        };
        if let Some((column, why)) = named.or_else(looks) {
            guesses.push(Guess { field, column, why: why.to_owned() });
        }
    }
    guesses
}

fn quoted(text: &str) -> String {
    Value::String(text.to_owned()).to_string()
}

/// A few values, for the person who looks at a guess.
fn examples(column: &Column) -> String {
    let cut = |value: &&str| {
        let short: String = value.chars().take(30).flat_map(char::escape_debug).collect();
        format!("`{short}`")
    };
    let shown: Vec<String> = column.different().iter().take(3).map(cut).collect();
    if shown.is_empty() { "empty in the sample".to_owned() } else { shown.join(", ") }
}

fn write(file: &str, shape: Shape, under: Option<&str>, columns: &[Column], rules: &ZoneRules) -> String {
    let guesses = guesses(columns, rules);
    let find = |field: Field| guesses.iter().find(|guess| guess.field == field);
    let column = |field: Field| find(field).and_then(|guess| columns.get(guess.column));
    let mut out = String::new();
    let stem = file.rsplit('/').next().unwrap_or_default().split('.').next().unwrap_or_default().to_lowercase();
    let mut name: String = stem.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '-' }).collect();
    name = name.trim_matches('-').chars().take(40).collect();
    if name.is_empty() {
        name.push_str("my-source");
    }
    let _ = writeln!(out, "name: {}   # guess: the source's short name, as reports and filters say it", quoted(&name));
    let _ = writeln!(out, "title: {}   # guess: what reports call it", quoted(&name));
    let _ = writeln!(out, "format: {}", if shape == Shape::Json { "json" } else { "csv" });
    if let Some(key) = under {
        let _ = writeln!(out, "rows: {}   # guess: where the document holds its rows", quoted(key));
    }
    time_lines(&mut out, column(Field::Time), rules);
    out.push_str("columns:\n");
    let mut line = |field: Field, key: &str, indent: &str| {
        let Some(guess) = find(field) else { return false };
        let Some(column) = columns.get(guess.column) else { return false };
        let _ = writeln!(out, "{indent}{key}: {}   # guess {}: {}", quoted(&column.name), guess.why, examples(column));
        true
    };
    line(Field::Id, "id", "  ");
    let mut missing = Vec::new();
    for field in [Field::Time, Field::Actor, Field::Action] {
        if !line(field, field.as_str(), "  ") {
            missing.push(field);
        }
    }
    for field in [Field::Module, Field::Record, Field::RecordName, Field::Affected, Field::Outcome] {
        line(field, field.as_str(), "  ");
    }
    if [Field::Ip, Field::Agent, Field::Channel].into_iter().any(|field| find(field).is_some()) {
        // Written by its own line, below which its parts stand.
        let parts: Vec<(Field, &str)> = vec![(Field::Ip, "ip"), (Field::Agent, "agent"), (Field::Channel, "channel")];
        let mut origin = String::from("  origin:\n");
        for (field, key) in parts {
            if let (Some(guess), Some(column)) = (find(field), column(field)) {
                let _ = writeln!(
                    origin,
                    "    {key}: {}   # guess {}: {}",
                    quoted(&column.name),
                    guess.why,
                    examples(column)
                );
            }
        }
        out.push_str(&origin);
    }
    let changes = [Field::ChangeField, Field::ChangeOld, Field::ChangeNew].map(column);
    let changed = if let [Some(field), Some(old), Some(new)] = changes {
        let (field, old, new) = (quoted(&field.name), quoted(&old.name), quoted(&new.name));
        let _ = writeln!(out, "  changes: {{ field: {field}, old: {old}, new: {new} }}   # guess by their names");
        true
    } else {
        false
    };
    for field in missing {
        let _ = writeln!(
            out,
            "  {}: {{ const: \"unknown\" }}   # guess: NO COLUMN LOOKS LIKE IT. Name it, or the constant that is meant",
            field.as_str()
        );
    }
    let classes = action_lines(&mut out, column(Field::Action));
    outcome_lines(&mut out, column(Field::Outcome));
    let mut recorded = vec![];
    for (field, key) in words::RECORDED {
        if find(field).is_some() {
            recorded.push(key);
        }
    }
    if changed {
        recorded.push("changes");
    }
    if !recorded.contains(&"actor") {
        recorded.insert(0, "actor");
    }
    let classes: Vec<&str> = classes.into_iter().map(ActionClass::as_str).collect();
    let _ = writeln!(
        out,
        "# What the source records at all: figures that need anything else read \"not recorded\", never 0."
    );
    let _ = writeln!(out, "records:\n  fields: [{}]", recorded.join(", "));
    let _ = writeln!(
        out,
        "  actions: [{}]   # guess: add what the source records but the sample does not show",
        classes.join(", ")
    );
    let taken: Vec<usize> = guesses.iter().map(|guess| guess.column).collect();
    let rest: Vec<&str> = columns
        .iter()
        .enumerate()
        .filter(|(place, _)| !taken.contains(place))
        .map(|(_, column)| column.name.as_str())
        .collect();
    if !rest.is_empty() {
        let _ = writeln!(out, "# Kept in the details of each event: {}", rest.join(", ").escape_debug());
    }
    out
}

fn time_lines(out: &mut String, column: Option<&Column>, rules: &ZoneRules) {
    match column.and_then(|column| time_format(column, rules)) {
        Some((format, None)) => {
            let _ = writeln!(out, "times: {}   # guess: it reads every time of the sample", quoted(format));
        }
        Some((format, Some(other))) => {
            let _ = writeln!(
                out,
                "times: {}   # guess: CHECK, {} reads every time of the sample, too, as others",
                quoted(format),
                quoted(other)
            );
        }
        None => out.push_str("times: iso   # guess: NO TIME WAS FOUND\n"),
    }
    out.push_str("# timezone: Europe/Berlin   # of times without an offset; left out: the installation's\n");
}

/// The table from actions to classes, by the words in them. The classes that it makes.
fn action_lines(out: &mut String, column: Option<&Column>) -> BTreeSet<ActionClass> {
    let mut by_class: BTreeMap<ActionClass, Vec<&str>> = BTreeMap::new();
    for action in column.map(Column::different).unwrap_or_default().into_iter().take(MOST_VALUES) {
        by_class.entry(words::class(action)).or_default().push(action);
    }
    out.push_str("actions:   # guess, by the words in them; the first that fits decides\n");
    for (class, actions) in by_class.iter().filter(|(class, _)| **class != ActionClass::Other) {
        let actions: Vec<String> = actions.iter().map(|action| quoted(action)).collect();
        let _ = writeln!(out, "  - {{ is: [{}], class: {} }}", actions.join(", "), class.as_str());
    }
    if let Some(others) = by_class.get(&ActionClass::Other) {
        let others: Vec<String> = others.iter().map(|action| quoted(action)).collect();
        let _ = writeln!(out, "  # no word of these is known: {}", others.join(", "));
    }
    out.push_str("  - { otherwise: other }\n");
    by_class.into_keys().chain([ActionClass::Other]).collect()
}

fn outcome_lines(out: &mut String, column: Option<&Column>) {
    let Some(column) = column else { return };
    let mut by_outcome: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for value in column.different().into_iter().take(MOST_VALUES) {
        let outcome = words::outcome(value);
        if outcome != Outcome::Unknown {
            by_outcome.entry(outcome.as_str()).or_default().push(quoted(value));
        }
    }
    out.push_str("outcomes:   # guess, by the words in them\n");
    for (outcome, values) in by_outcome {
        let _ = writeln!(out, "  {outcome}: [{}]", values.join(", "));
    }
    out.push_str("  otherwise: unknown\n");
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn suggested(file: &str, text: &str) -> String {
        let yaml = suggest(&mut Cursor::new(text), file, &ZoneRules::bundled()).unwrap();
        Mapping::load(&yaml, "suggested.yaml").unwrap_or_else(|problems| panic!("{problems:?}\n{yaml}"));
        yaml
    }

    #[test]
    fn a_csv_of_nobody_is_read_by_what_is_suggested_for_it() {
        let yaml = suggested(
            "Export of May.csv",
            "Stempel;Event Id;User;What happened;Object type;Object id;Client IP;Result\n\
             14/05/2026 08:30;e1;ann@example.com;Record created;Lead;7;192.0.2.1;ok\n\
             31/05/2026 09:00;e2;bob@example.com;Record deleted;Lead;8;192.0.2.2;failed\n",
        );
        for wanted in [
            "It reads 2 of the first 2 rows",
            "name: \"export-of-may\"",
            "times: \"%d/%m/%Y %H:%M\"   # guess: it reads every time",
            "time: \"Stempel\"   # guess by what stands in it",
            "actor: \"User\"   # guess by its name",
            "ip: \"Client IP\"",
            "class: create }",
            "class: delete }",
            "failure: [\"failed\"]",
            "success: [\"ok\"]",
        ] {
            assert!(yaml.contains(wanted), "{wanted}:\n{yaml}");
        }
    }

    #[test]
    fn a_document_with_a_list_and_a_day_that_could_be_a_month_are_told() {
        let yaml = suggested(
            "x.json",
            r#"{"next": null, "items": [{"at": "03/04/2026 10:00", "who": {"email": "a@example.com"}, "verb": "Login failed"}]}"#,
        );
        for wanted in ["rows: \"items\"", "CHECK, \"%m/%d/%Y %H:%M\"", "actor: \"who.email\"", "class: login }"] {
            assert!(yaml.contains(wanted), "{wanted}:\n{yaml}");
        }
    }

    #[test]
    fn what_is_not_found_is_said_and_the_mapping_still_loads() {
        let yaml = suggested("x.csv", "a,b\n1,2\n3,4\n");
        assert!(yaml.contains("NO TIME WAS FOUND") && yaml.contains("NO COLUMN LOOKS LIKE IT"), "{yaml}");
        let refused = suggest(&mut Cursor::new("just a line\nand one more\n"), "x.txt", &ZoneRules::bundled());
        assert!(matches!(refused, Err(ReadError::Refused(..))));
    }
}
