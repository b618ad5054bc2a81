//! Read: files of rules into rules that can be run, and every Problem of what is not understood.

mod correlation;
mod detection;
mod resolve;

use super::pages::{Page, pages};
use super::sources::Sources;
use super::{Kind, Level, Read};
use crate::written::{Fields, MAX_BYTES, Position, Problem, Reader, Tree, nearest};
use rsigma_parser::{CorrelationRule, FilterRule, SigmaCollection, SigmaRule};

/// A document that was understood by itself, and what it says of others.
#[derive(Clone, Debug)]
pub(super) struct Document {
    pub file: String,
    /// Lines before its first.
    pub before: usize,
    pub at: Position,
    pub kind: Kind,
    pub title: String,
    pub id: Option<(String, Position)>,
    pub name: Option<(String, Position)>,
    pub level: Level,
    pub description: String,
    /// Rules that it calls, by name or id.
    pub calls: Vec<(String, Position)>,
    /// Fields that it asks of every rule that it calls.
    pub fields: Vec<(String, Position)>,
    /// Fields that it asks of one of them: its name, the field.
    pub aliases: Vec<(String, String, Position)>,
    /// As it is written.
    pub text: String,
    pub meaning: Meaning,
}

/// What a document means.
#[derive(Clone, Debug)]
pub(super) enum Meaning {
    /// It is not read to its end.
    Nothing,
    /// With the parts of sources that it looks at.
    Detection { rule: Box<SigmaRule>, parts: Vec<(usize, usize)> },
    /// With the documents that it calls, by the names that it calls them.
    Correlation { rule: Box<CorrelationRule>, rules: Vec<(String, usize)> },
    /// With the documents that it filters.
    Filter { rule: Box<FilterRule>, parts: Vec<(usize, usize)>, rules: Vec<usize> },
}

impl Meaning {
    /// The filter, if it filters this document.
    pub(super) fn filters(&self, at: usize) -> Option<&FilterRule> {
        match self {
            Meaning::Filter { rule, rules, .. } if rules.contains(&at) => Some(rule),
            _ => None,
        }
    }
}

/// Keys that any document may have; others are its author's own.
const KNOWN: [&str; 22] = [
    "title",
    "id",
    "name",
    "related",
    "taxonomy",
    "status",
    "description",
    "license",
    "author",
    "references",
    "date",
    "modified",
    "logsource",
    "detection",
    "correlation",
    "filter",
    "fields",
    "falsepositives",
    "level",
    "tags",
    "scope",
    "generate",
];

/// Reads files: their names, for Problems, and their texts. What a document calls may stand in any of them.
pub fn read(files: &[(String, String)], sources: &Sources) -> Read {
    let mut documents = Vec::new();
    let mut problems = Vec::new();
    // Names of documents that were not understood: who calls them is told so.
    let mut lost = Vec::new();
    for (file, text) in files {
        if text.len() > MAX_BYTES {
            let what = format!("the file has {} bytes, more than the {MAX_BYTES} that are read", text.len());
            problems.push(whole_file(file, what, "Split it"));
            continue;
        }
        let pages = pages(text);
        if pages.is_empty() {
            problems.push(whole_file(file, "there is no rule in it".to_owned(), ""));
        }
        for page in pages {
            match document(file, &page, sources, &mut lost) {
                Ok(document) => documents.push(document),
                Err(found) => problems.extend(found),
            }
        }
    }
    resolve::resolve(documents, &lost, sources, problems)
}

fn whole_file(file: &str, what: String, instead: &str) -> Problem {
    Problem { file: file.to_owned(), line: 0, column: 0, what, instead: instead.to_owned() }
}

fn document(file: &str, page: &Page, sources: &Sources, lost: &mut Vec<String>) -> Result<Document, Vec<Problem>> {
    let tree = Tree::parse(file, page.text);
    let reader = Reader::new(&tree);
    let read = if reader.has_problems() { None } else { of_tree(&reader, page, sources) };
    let name = |key: &str| tree.root().and_then(|root| root.get(key)?.as_text()).map(str::to_owned);
    let names = [name("name"), name("id")];
    reader.finish(read).map_err(|mut problems| {
        lost.extend(names.into_iter().flatten());
        for problem in &mut problems {
            problem.line += page.before;
        }
        problems
    })
}

fn of_tree(reader: &Reader, page: &Page, sources: &Sources) -> Option<Document> {
    let root = reader.root()?;
    let entries = reader.map(root)?;
    let keys: Vec<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
    let top = reader.fields(root, &keys)?;
    if let Some(action) = entries.iter().find(|entry| entry.key == "action") {
        let instead = "Write what the documents share into each of them";
        reader.problem(action.at, "`action` joins documents as Sigma 1 did; this is not understood", instead);
        return None;
    }
    for entry in entries {
        let key = entry.key.as_str();
        if key.starts_with("rsigma.") && !matches!(key, "rsigma.window" | "rsigma.gap") {
            reader.problem(entry.at, format!("`{key}` is not understood"), "Leave it out");
        } else if !KNOWN.contains(&key)
            && let Some(meant) = nearest(key, KNOWN).filter(|meant| !top.has(meant))
        {
            reader.problem(entry.at, format!("unknown key `{key}`"), format!("Did you mean `{meant}`?"));
        }
    }
    let mut document = Document {
        file: reader.file().to_owned(),
        before: page.before,
        at: root.at,
        kind: Kind::Detection,
        title: top.need_text("title").unwrap_or_default().to_owned(),
        id: called(&top, "id"),
        name: called(&top, "name"),
        level: top.choice("level", "level", &Level::ALL).unwrap_or(Level::Medium),
        description: top.text("description").unwrap_or_default().trim().to_owned(),
        calls: Vec::new(),
        fields: Vec::new(),
        aliases: Vec::new(),
        text: page.text.to_owned(),
        meaning: Meaning::Nothing,
    };
    let parsed = || parsed(reader, page);
    if top.has("correlation") {
        document.kind = Kind::Correlation;
        correlation::read(reader, &top, &mut document)?;
        let rule = parsed()?.correlations.pop()?;
        document.meaning = Meaning::Correlation { rule: Box::new(rule), rules: Vec::new() };
        return checked(reader, document);
    }
    let is_filter = top.has("filter");
    let parts = detection::log_source(reader, &top, sources);
    document.kind = if is_filter { Kind::Filter } else { Kind::Detection };
    let inside = top.need(if is_filter { "filter" } else { "detection" });
    detection::selections(reader, inside?, sources, parts.as_deref().unwrap_or_default(), is_filter, &mut document);
    let parts = parts?;
    if reader.has_problems() {
        return None;
    }
    let mut collection = parsed()?;
    document.meaning = if is_filter {
        Meaning::Filter { rule: Box::new(collection.filters.pop()?), parts, rules: Vec::new() }
    } else {
        Meaning::Detection { rule: Box::new(collection.rules.pop()?), parts }
    };
    if let Meaning::Detection { rule, .. } = &document.meaning {
        detection::compiled(reader, rule, inside?, document.at);
    }
    checked(reader, document)
}

fn checked(reader: &Reader, document: Document) -> Option<Document> {
    if reader.has_problems() { None } else { Some(document) }
}

fn called(top: &Fields, key: &str) -> Option<(String, Position)> {
    Some((top.text(key)?.to_owned(), top.get(key)?.at))
}

/// The document as the engine's own reader takes it. What that one finds wrong beyond what was looked at is a Problem of
/// the document.
fn parsed(reader: &Reader, page: &Page) -> Option<SigmaCollection> {
    let at = reader.root()?.at;
    if reader.has_problems() {
        return None;
    }
    match rsigma_parser::parse_sigma_yaml(page.text) {
        Ok(collection) if collection.errors.is_empty() => Some(collection),
        Ok(collection) => {
            for error in collection.errors {
                reader.problem(at, format!("not understood: {error}"), "");
            }
            None
        }
        Err(error) => {
            reader.problem(at, format!("not understood: {error}"), "");
            None
        }
    }
}
