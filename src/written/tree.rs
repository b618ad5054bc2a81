//! Tree: YAML read with the position of every key and value; what a hostile or careless file could do is refused here.

use super::Problem;
use std::collections::BTreeMap;
use std::sync::Arc;
use yaml_rust2::parser::{Event, Parser};
use yaml_rust2::scanner::{Marker, TScalarStyle};

/// The largest file that is read, in bytes. What people write by hand is a thousandth of it.
pub const MAX_BYTES: usize = 1 << 20;

/// The deepest nesting of maps and lists that is read.
pub const MAX_DEPTH: usize = 32;

/// Where something stands in its file: both from 1, the column in characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
#[allow(missing_docs)]
pub struct Position {
    pub line: usize,
    pub column: usize,
}

/// A value with its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Its first character.
    pub at: Position,
    /// The key whose value it is, or in whose list it stands; empty at the top.
    pub name: Arc<str>,
    /// What it is.
    pub kind: Kind,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// Text, number, boolean or nothing, as written. `plain`: without quotes, so that `5` is a number.
    Scalar {
        /// Without its quotes, escapes resolved.
        text: String,
        /// Written without quotes.
        plain: bool,
    },
    /// `- a`, `[a, b]`.
    List(Vec<Node>),
    /// `key: value`, in the order of the file. Of doubled keys the first (the others are Problems).
    Map(Vec<Entry>),
}

/// One `key: value`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key's text.
    pub key: String,
    /// The key's first character.
    pub at: Position,
    /// Its value.
    pub value: Node,
}

/// A file that was read, with what is wrong in its form. Make a [`Reader`](super::Reader) from it.
#[derive(Clone, Debug)]
pub struct Tree {
    file: String,
    root: Option<Node>,
    problems: Vec<Problem>,
}

impl Node {
    /// Whether nothing is written there (or `~`, `null`).
    pub fn is_null(&self) -> bool {
        matches!(&self.kind, Kind::Scalar { text, plain: true } if matches!(text.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// The text of a scalar, as written (`5` and `"5"` alike); `None` for lists, maps and nothing.
    pub fn as_text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Scalar { text, .. } if !self.is_null() => Some(text),
            _ => None,
        }
    }

    /// The nodes of a list.
    pub fn as_list(&self) -> Option<&[Node]> {
        match &self.kind {
            Kind::List(items) => Some(items),
            _ => None,
        }
    }

    /// The entries of a map.
    pub fn as_map(&self) -> Option<&[Entry]> {
        match &self.kind {
            Kind::Map(entries) => Some(entries),
            _ => None,
        }
    }

    /// The value of a key of a map.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map()?.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// As serde_yaml types it: plain scalars become numbers, booleans or nothing where YAML 1.2 says so.
    pub fn value(&self) -> serde_yaml::Value {
        use serde_yaml::Value;
        match &self.kind {
            Kind::Scalar { .. } if self.is_null() => Value::Null,
            Kind::Scalar { text, plain: true } => match serde_yaml::from_str::<Value>(text) {
                Ok(typed @ (Value::Bool(_) | Value::Number(_))) => typed,
                _ => Value::String(text.clone()),
            },
            Kind::Scalar { text, .. } => Value::String(text.clone()),
            Kind::List(items) => Value::Sequence(items.iter().map(Node::value).collect()),
            Kind::Map(entries) => Value::Mapping(
                entries.iter().map(|entry| (Value::String(entry.key.clone()), entry.value.value())).collect(),
            ),
        }
    }

    /// What it is, in words for a Problem: ``the text `ten` ``, `a list`, `nothing`.
    pub fn described(&self) -> String {
        let short = |text: &str| {
            let shown: String = text.chars().take(60).flat_map(char::escape_debug).collect();
            if text.chars().count() > 60 { format!("`{shown}…`") } else { format!("`{shown}`") }
        };
        match &self.kind {
            _ if self.is_null() => "nothing".to_owned(),
            Kind::Scalar { text, .. } => match self.value() {
                serde_yaml::Value::String(_) => format!("the text {}", short(text)),
                _ => short(text),
            },
            Kind::List(_) => "a list".to_owned(),
            Kind::Map(_) => "a map of keys".to_owned(),
        }
    }
}

impl Tree {
    /// Reads a file's text. Never fails: what is wrong is kept for the [`Reader`](super::Reader), and after a mistake in
    /// the syntax there is no [`root`](Self::root).
    ///
    /// Refused: more than [`MAX_BYTES`], nesting deeper than [`MAX_DEPTH`], control characters (NUL ends a file for the
    /// parser), anchors, aliases and tags, keys that are not text, doubled keys, a second document. A byte order mark
    /// is passed over.
    pub fn parse(file: &str, text: &str) -> Tree {
        let mut tree = Tree { file: file.to_owned(), root: None, problems: Vec::new() };
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        if text.len() > MAX_BYTES {
            let what = format!("the file has {} bytes, more than the {MAX_BYTES} that are read", text.len());
            tree.problem(Position::default(), what, "Split it");
            return tree;
        }
        if let Some((at, control)) = first_control(text) {
            tree.problem(at, format!("control character U+{:04X}", control as u32), "Remove it");
            return tree;
        }
        let mut builder = Builder { tree: &mut tree, open: Vec::new(), root: None };
        if builder.run(text) {
            tree.root = builder.root.take();
        }
        tree
    }

    /// As [`parse`](Self::parse), for bytes as they come from a file; those that are not UTF-8 are a Problem.
    pub fn parse_bytes(file: &str, bytes: &[u8]) -> Tree {
        match std::str::from_utf8(bytes) {
            Ok(text) => Tree::parse(file, text),
            Err(error) => {
                let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
                let mut tree = Tree { file: file.to_owned(), root: None, problems: Vec::new() };
                let at = end_of(&String::from_utf8_lossy(before));
                tree.problem(at, "not UTF-8 text".to_owned(), "Save the file as UTF-8");
                tree
            }
        }
    }

    /// The file's name, as given.
    pub fn file(&self) -> &str {
        &self.file
    }

    /// The whole document; `None` if it could not be read (then there are Problems).
    pub fn root(&self) -> Option<&Node> {
        self.root.as_ref()
    }

    /// What is wrong in its form.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    fn problem(&mut self, at: Position, what: String, instead: &str) {
        let instead = instead.to_owned();
        self.problems.push(Problem { file: self.file.clone(), line: at.line, column: at.column, what, instead });
    }
}

fn end_of(text: &str) -> Position {
    let line = text.matches('\n').count() + 1;
    let column = text.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    Position { line, column }
}

fn first_control(text: &str) -> Option<(Position, char)> {
    let (index, control) =
        text.char_indices().find(|(_, c)| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{85}'))?;
    Some((end_of(text.get(..index).unwrap_or_default()), control))
}

/// A map or list that is not closed yet.
struct Open {
    at: Position,
    name: Arc<str>,
    content: Content,
    /// Lines of a map's keys so far: looked up for every key, and a hostile file has many.
    seen: BTreeMap<String, usize>,
}

enum Content {
    List(Vec<Node>),
    /// Entries, and the key whose value comes next.
    Map(Vec<Entry>, Option<(String, Position)>),
}

struct Builder<'t> {
    tree: &'t mut Tree,
    open: Vec<Open>,
    root: Option<Node>,
}

impl Builder<'_> {
    /// Pulls events until the end; false if the tree cannot be used.
    fn run(&mut self, text: &str) -> bool {
        let mut parser = Parser::new_from_str(text);
        let mut documents = 0;
        // Behind the end of a file the parser is a line further than the file goes.
        let end = end(text);
        loop {
            let (event, mark) = match parser.next_token() {
                Ok(token) => token,
                Err(error) => {
                    let at = position(error.marker()).min(end);
                    self.tree.problem(at, format!("not YAML: {}", error.info()), hint(error.info()));
                    return false;
                }
            };
            let at = position(&mark).min(end);
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart => {
                    documents += 1;
                    if documents > 1 {
                        self.tree.problem(at, "a second document begins here".into(), "Put it into a file of its own");
                        return false;
                    }
                }
                Event::Alias(_) => return self.refuse(at, "an alias (`*name`)", "Write the value out"),
                Event::Scalar(_, _, anchor, _) | Event::SequenceStart(anchor, _) | Event::MappingStart(anchor, _)
                    if anchor != 0 =>
                {
                    return self.refuse(at, "an anchor (`&name`)", "Write the value out where it is needed");
                }
                Event::Scalar(_, _, _, Some(_))
                | Event::SequenceStart(_, Some(_))
                | Event::MappingStart(_, Some(_)) => {
                    return self.refuse(at, "a tag (`!name`)", "Remove the tag");
                }
                Event::Scalar(text, style, _, None) => self.scalar(text, style == TScalarStyle::Plain, at),
                Event::SequenceStart(..) | Event::MappingStart(..) => {
                    if self.open.len() >= MAX_DEPTH {
                        let what = format!("nested more than {MAX_DEPTH} deep");
                        self.tree.problem(at, what, "Write it flatter");
                        return false;
                    }
                    let name = self.name();
                    let content = match event {
                        Event::MappingStart(..) => Content::Map(Vec::new(), None),
                        _ => Content::List(Vec::new()),
                    };
                    self.open.push(Open { at, name, content, seen: BTreeMap::new() });
                }
                Event::SequenceEnd | Event::MappingEnd => {
                    if let Some(Open { mut at, name, content, .. }) = self.open.pop() {
                        // The parser marks a block map behind its first key.
                        if let Content::Map(entries, _) = &content
                            && let Some(first) = entries.first()
                        {
                            at = at.min(first.at);
                        }
                        let kind = match content {
                            Content::List(items) => Kind::List(items),
                            Content::Map(entries, _) => Kind::Map(entries),
                        };
                        self.place(Node { at, name, kind });
                    }
                }
                Event::StreamStart | Event::DocumentEnd | Event::Nothing => {}
            }
        }
        if self.root.as_ref().is_none_or(Node::is_null) {
            self.tree.problem(Position::default(), "the file is empty".into(), "");
            return false;
        }
        true
    }

    fn refuse(&mut self, at: Position, what: &str, instead: &str) -> bool {
        self.tree.problem(at, format!("{what} is not read here"), instead);
        false
    }

    /// The name that a value at this place goes by.
    fn name(&self) -> Arc<str> {
        match self.open.last() {
            Some(Open { content: Content::Map(_, Some((key, _))), .. }) => Arc::from(key.as_str()),
            Some(Open { name, .. }) => Arc::clone(name),
            None => Arc::from(""),
        }
    }

    fn scalar(&mut self, text: String, plain: bool, at: Position) {
        if let Some(Open { content: Content::Map(_, key @ None), .. }) = self.open.last_mut() {
            *key = Some((text, at));
            return;
        }
        let name = self.name();
        let mut node = Node { at, name, kind: Kind::Scalar { text, plain } };
        // Where nothing is written the parser gives the place of the next token; the key is the better one.
        if let Some(Open { content: Content::Map(_, Some((_, key_at))), .. }) = self.open.last()
            && node.is_null()
            && key_at.line != at.line
        {
            node.at = *key_at;
        }
        self.place(node);
    }

    fn place(&mut self, node: Node) {
        match self.open.last_mut() {
            None => self.root = Some(node),
            Some(Open { content: Content::List(items), .. }) => items.push(node),
            Some(Open { content: Content::Map(entries, key), seen, .. }) => match key.take() {
                Some((key, at)) => match seen.get(&key).copied() {
                    Some(line) => {
                        let what = format!("`{key}` is written a second time (first in line {line})");
                        self.tree.problem(at, what, "Keep one of the two");
                    }
                    None => {
                        seen.insert(key.clone(), at.line);
                        entries.push(Entry { key, at, value: node });
                    }
                },
                None => {
                    // A list or map stands where a key belongs: its value comes next and is dropped with it.
                    self.tree.problem(node.at, "a key must be text".into(), "Put quotes around it if text is meant");
                    *key = Some((format!("\u{0}{}:{}", node.at.line, node.at.column), node.at));
                }
            },
        }
    }
}

fn position(mark: &Marker) -> Position {
    Position { line: mark.line().max(1), column: mark.col() + 1 }
}

/// The place behind the last character.
fn end(text: &str) -> Position {
    let mut lines = text.split('\n');
    let last = lines.next_back().unwrap_or_default();
    Position { line: lines.count() + 1, column: last.chars().count() + 1 }
}

/// What to write instead, for the mistakes that people make most.
fn hint(info: &str) -> &'static str {
    let has = |part: &str| info.contains(part);
    if has("tab") {
        "Indent with spaces, not with tabs"
    } else if has("recursion limit") {
        "Write it flatter"
    } else if has("mapping values are not allowed") {
        "Text that holds `: ` needs quotes; else look at the indentation"
    } else if has("unexpected end of stream")
        || has("expected ',' or")
        || has("in quoted scalar")
        || has("placement of ':'")
    {
        "Look for a quote or bracket that is not closed"
    } else if has("trailing content after") {
        "Put the quotes around all of the text"
    } else if has("block mapping") || has("block collection") {
        "Look at the indentation: keys of one map, and dashes of one list, begin in the same column"
    } else if has("cannot start any token")
        || has("unexpected character")
        || has("unknown anchor")
        || has("node content")
    {
        "Put quotes around text that begins with a sign"
    } else {
        ""
    }
}

#[cfg(test)]
#[path = "tree_tests.rs"]
mod tests;
