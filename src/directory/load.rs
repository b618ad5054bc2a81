//! Load: the directory's file, CSV or YAML, into rows, or every Problem in it.

use super::{Directory, Person};
use crate::calendar::zone::Zone;
use crate::event::actor_key;
use crate::written::{Position, Problem, Reader, Tree, did_you_mean, nearest};
use chrono::NaiveDate;
use std::collections::BTreeMap;

/// What a person can be.
pub const KINDS: [&str; 3] = ["person", "service", "system"];

/// Columns, with the spellings that are understood beside the first. Letter case, spaces, `_` and `-` do not matter.
const COLUMNS: [(Column, &[&str]); 9] = [
    (Column::Actor, &["actor", "user", "login", "account", "user name"]),
    (Column::Name, &["name", "full name", "display name"]),
    (Column::Kind, &["kind", "type", "actor kind"]),
    (Column::Team, &["team", "department", "group"]),
    (Column::Role, &["role", "profile"]),
    (Column::Manager, &["manager", "reports to", "supervisor"]),
    (Column::Email, &["email", "mail", "email address", "address"]),
    (Column::From, &["from", "valid from", "since", "start", "start date"]),
    (Column::Until, &["until", "valid until", "end", "end date"]),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Column {
    Actor,
    Name,
    Kind,
    Team,
    Role,
    Manager,
    Email,
    From,
    Until,
}

/// One row as written: its cells, each with its place.
struct Row {
    at: Position,
    cells: BTreeMap<Column, (String, Position)>,
}

/// What is wrong so far.
struct Problems<'a> {
    file: &'a str,
    list: Vec<Problem>,
}

impl Problems<'_> {
    fn add(&mut self, at: Position, what: impl Into<String>, instead: impl Into<String>) {
        let (what, instead) = (what.into(), instead.into());
        self.list.push(Problem { file: self.file.to_owned(), line: at.line, column: at.column, what, instead });
    }
}

/// Reads `people.csv` (a header and rows; comma, semicolon or tab) or a YAML list of maps, told apart by `file`'s
/// ending (`.yaml`, `.yml`).
///
/// `from` is the first day on which a row holds and `until` **the first day on which it no longer holds**, both
/// from midnight in `zone`; left out, the row has always held, or holds still. A Problem each: no actor, a kind
/// that is none of [`KINDS`] (left out it is `person`), a day that is none, an address without `@`, a manager who
/// is no actor here, and two rows of one actor that hold on the same day.
pub fn load(text: &str, file: &str, zone: &Zone) -> Result<Directory, Vec<Problem>> {
    let mut problems = Problems { file, list: Vec::new() };
    let yaml = [".yaml", ".yml"].iter().any(|ending| file.to_lowercase().ends_with(ending));
    let rows = if yaml { of_yaml(text, &mut problems) } else { of_csv(text, &mut problems) };
    let people = people(&rows, zone, &mut problems);
    let mut list = problems.list;
    list.sort();
    list.dedup();
    if list.is_empty() { Ok(Directory::new(people)) } else { Err(list) }
}

fn key(name: &str) -> String {
    name.chars().filter(|c| !c.is_whitespace() && !matches!(c, '_' | '-')).flat_map(char::to_lowercase).collect()
}

fn column(name: &str) -> Option<Column> {
    COLUMNS.iter().find(|(_, names)| names.iter().any(|known| key(known) == key(name))).map(|(column, _)| *column)
}

fn known_columns() -> impl Iterator<Item = &'static str> + Clone {
    COLUMNS.iter().filter_map(|(_, names)| names.first().copied())
}

fn of_yaml(text: &str, problems: &mut Problems<'_>) -> Vec<Row> {
    let tree = Tree::parse(problems.file, text);
    let reader = Reader::new(&tree);
    let mut rows = Vec::new();
    for item in reader.root().and_then(|root| reader.list(root)).unwrap_or_default() {
        let mut cells = BTreeMap::new();
        for entry in reader.map(item).unwrap_or_default() {
            let Some(column) = column(&entry.key) else {
                reader.unknown(entry.at, "key", &entry.key, known_columns());
                continue;
            };
            if entry.value.is_null() {
                continue;
            }
            if let Some(text) = reader.text(&entry.value) {
                cells.insert(column, (text.trim().to_owned(), entry.value.at));
            }
        }
        rows.push(Row { at: item.at, cells });
    }
    problems.list.extend(reader.finish(Some(())).err().unwrap_or_default());
    rows
}

fn of_csv(text: &str, problems: &mut Problems<'_>) -> Vec<Row> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let head = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let delimiter = [b',', b';', b'\t'].into_iter().rev().max_by_key(|d| head.bytes().filter(|b| b == d).count());
    let delimiter = delimiter.unwrap_or(b',');
    let mut csv =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter).from_reader(text.as_bytes());
    let mut header: Option<Vec<Option<Column>>> = None;
    let mut rows = Vec::new();
    for record in csv.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                problems.add(Position::default(), format!("not CSV: {error}"), "");
                return rows;
            }
        };
        let line = record.position().map_or(0, |at| usize::try_from(at.line()).unwrap_or(0));
        let start = record.position().and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(0);
        let places = places(text.get(start..).unwrap_or_default(), line, char::from(delimiter), record.len());
        let at = places.first().copied().unwrap_or(Position { line, column: 1 });
        let cell = |index: usize| places.get(index).copied().unwrap_or(at);
        let Some(header) = &header else {
            let mut columns: Vec<Option<Column>> = Vec::new();
            for (index, name) in record.iter().enumerate() {
                let found = column(name);
                if found.is_none() {
                    let instead = nearest(name, known_columns()).map(|near| format!("Did you mean `{near}`?"));
                    let known: Vec<&str> = known_columns().collect();
                    let instead = instead.unwrap_or_else(|| format!("Known here: {}", known.join(", ")));
                    problems.add(cell(index), format!("unknown column `{name}`"), instead);
                } else if columns.contains(&found) {
                    problems.add(cell(index), format!("a second column for `{name}`"), "Keep one of the two");
                }
                columns.push(found);
            }
            if !columns.contains(&Some(Column::Actor)) {
                problems.add(at, "no column `actor`", "Name the column that holds what the logs call a person");
                return rows;
            }
            header = Some(columns);
            continue;
        };
        if record.len() != header.len() {
            let what = format!("the row has {} fields, the header {}", record.len(), header.len());
            problems.add(at, what, "");
            continue;
        }
        let mut cells = BTreeMap::new();
        for (index, (column, value)) in header.iter().zip(record.iter()).enumerate() {
            if let Some(column) = column
                && !value.trim().is_empty()
            {
                cells.insert(*column, (value.trim().to_owned(), cell(index)));
            }
        }
        rows.push(Row { at, cells });
    }
    if header.is_none() {
        problems.add(Position::default(), "the file is empty", "");
    }
    rows
}

/// Where each field of a CSV record begins. The reader gives the byte behind the record before, so blank lines first.
fn places(text: &str, line: usize, delimiter: char, fields: usize) -> Vec<Position> {
    let mut at = Position { line, column: 1 };
    let mut chars = text.chars().skip_while(|c| matches!(c, '\r' | '\n')).peekable();
    let mut places = vec![at];
    let mut quoted = false;
    for c in chars.by_ref() {
        at.column += 1;
        match c {
            '"' => quoted = !quoted,
            '\n' => at = Position { line: at.line + 1, column: 1 },
            c if c == delimiter && !quoted => {
                if places.len() == fields {
                    return places;
                }
                places.push(at);
            }
            _ => {}
        }
        if c == '\n' && !quoted {
            break;
        }
    }
    places
}

fn people(rows: &[Row], zone: &Zone, problems: &mut Problems<'_>) -> Vec<Person> {
    let actors: BTreeMap<String, &str> = rows
        .iter()
        .filter_map(|row| row.cells.get(&Column::Actor))
        .map(|(actor, _)| (actor_key(actor), actor.as_str()))
        .collect();
    let mut people: Vec<Person> = Vec::new();
    let mut places: Vec<Position> = Vec::new();
    for row in rows {
        let text = |column| row.cells.get(&column).map(|(text, _)| text.clone()).unwrap_or_default();
        let place = |column| row.cells.get(&column).map_or(row.at, |(_, at)| *at);
        let actor = text(Column::Actor);
        if actor.is_empty() {
            problems.add(row.at, "the row has no actor", "Write what the logs call this person");
            continue;
        }
        let mut kind = text(Column::Kind).to_lowercase();
        if kind.is_empty() {
            kind = "person".to_owned();
        } else if !KINDS.contains(&kind.as_str()) {
            problems.add(place(Column::Kind), format!("unknown kind `{kind}`"), did_you_mean(&kind, KINDS));
        }
        let email = text(Column::Email);
        if !email.is_empty() && !is_address(&email) {
            problems.add(place(Column::Email), format!("`{email}` is no address"), "Write it as in name@example.com");
        }
        let manager = text(Column::Manager);
        if !manager.is_empty() && !actors.contains_key(&actor_key(&manager)) {
            let instead = did_you_mean(&manager, actors.values().copied());
            let instead = if instead.starts_with("Did") { instead } else { "Add a row for the manager".to_owned() };
            problems.add(place(Column::Manager), format!("the manager `{manager}` is no actor here"), instead);
        }
        let mut day = |column| {
            let text = text(column);
            if text.is_empty() {
                return None;
            }
            let day = NaiveDate::parse_from_str(&text, "%Y-%m-%d").ok().filter(|_| text.len() == 10);
            if day.is_none() {
                problems.add(place(column), format!("`{text}` is no day"), "Write it as in 2026-11-22");
            }
            day
        };
        let (from, until) = (day(Column::From), day(Column::Until));
        if let (Some(from), Some(until)) = (from, until)
            && until <= from
        {
            let what = format!("the row ends on {until}, not after it begins on {from}");
            problems.add(place(Column::Until), what, "`until` is the first day on which the row no longer holds");
        }
        people.push(Person {
            actor,
            name: text(Column::Name),
            kind,
            team: text(Column::Team),
            role: text(Column::Role),
            manager,
            email,
            from: from.map(|day| zone.day_start(day)),
            until: until.map(|day| zone.day_start(day)),
        });
        places.push(row.at);
    }
    overlaps(&people, &places, problems);
    people
}

/// Two rows of one actor may not hold at one instant.
fn overlaps(people: &[Person], places: &[Position], problems: &mut Problems<'_>) {
    let mut spans: BTreeMap<String, Vec<(i64, i64, Position)>> = BTreeMap::new();
    for (person, at) in people.iter().zip(places) {
        let span = (person.from.unwrap_or(i64::MIN), person.until.unwrap_or(i64::MAX), *at);
        spans.entry(actor_key(&person.actor)).or_default().push(span);
    }
    for (actor, mut list) in spans {
        list.sort();
        let mut reach: Option<(i64, Position)> = None;
        for (from, until, at) in list {
            if let Some((end, before)) = reach
                && from < end
            {
                let (first, second) = (before.min(at), before.max(at));
                let what = format!("two rows of `{actor}` hold on the same day (the other is in line {})", first.line);
                problems.add(second, what, "End the earlier one: `until` is the first day on which it no longer holds");
            }
            if reach.is_none_or(|(end, _)| until > end) {
                reach = Some((until, at));
            }
        }
    }
}

fn is_address(email: &str) -> bool {
    let Some((name, host)) = email.rsplit_once('@') else { return false };
    !name.is_empty()
        && !host.is_empty()
        && email.len() <= 254
        && !email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
        && !name.contains('@')
        && !host.starts_with('.')
        && !host.ends_with('.')
        && !host.contains("..")
}

#[cfg(test)]
#[path = "load_tests.rs"]
mod tests;
