//! Reader: typed access to a tree that gathers every Problem and goes on, so that a person sees all mistakes at once.

use super::{Entry, Kind, Node, Position, Problem, Tree, did_you_mean};
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use std::cell::RefCell;
use std::ops::RangeInclusive;

/// Reads a [`Tree`] and gathers what is wrong. Everything that it returns as `None` has left a Problem behind, except
/// where a key is simply absent. At the end, [`finish`](Self::finish) gives the value only if there is no Problem.
#[derive(Debug)]
pub struct Reader<'a> {
    tree: &'a Tree,
    problems: RefCell<Vec<Problem>>,
}

/// A map whose keys are known. Made by [`Reader::fields`].
#[derive(Clone, Copy, Debug)]
pub struct Fields<'r, 'a> {
    reader: &'r Reader<'a>,
    node: &'a Node,
    entries: &'a [Entry],
}

impl<'a> Reader<'a> {
    /// Begins with what is wrong in the tree's form.
    pub fn new(tree: &'a Tree) -> Reader<'a> {
        Reader { tree, problems: RefCell::new(tree.problems().to_vec()) }
    }

    /// The file's name, as given.
    pub fn file(&self) -> &'a str {
        self.tree.file()
    }

    /// The whole document, if it could be read.
    pub fn root(&self) -> Option<&'a Node> {
        self.tree.root()
    }

    /// The whole document as a map of known keys.
    pub fn root_fields(&self, known: &[&str]) -> Option<Fields<'_, 'a>> {
        self.fields(self.root()?, known)
    }

    /// Adds a Problem at a place.
    pub fn problem(&self, at: Position, what: impl Into<String>, instead: impl Into<String>) {
        self.problems.borrow_mut().push(Problem {
            file: self.file().to_owned(),
            line: at.line,
            column: at.column,
            what: what.into(),
            instead: instead.into(),
        });
    }

    /// Adds the Problem of a value that is not what it must be: `` `limit` must be WANTED, not the text `ten` ``.
    pub fn wrong(&self, node: &Node, wanted: &str) {
        let subject = if node.name.is_empty() { "this".to_owned() } else { format!("`{}`", node.name) };
        self.problem(node.at, format!("{subject} must be {wanted}, not {}", node.described()), "");
    }

    /// Adds the Problem of a name that nobody knows, with the nearest known one: `unknown WHAT `got``.
    pub fn unknown<'k>(&self, at: Position, what: &str, got: &str, known: impl IntoIterator<Item = &'k str> + Clone) {
        self.problem(at, format!("unknown {what} `{got}`"), did_you_mean(got, known));
    }

    /// A map of which each key must be known; every other key is a Problem with the nearest known one.
    pub fn fields(&self, node: &'a Node, known: &[&str]) -> Option<Fields<'_, 'a>> {
        let entries = self.map(node)?;
        for entry in entries.iter().filter(|entry| !known.contains(&entry.key.as_str())) {
            let inside = if node.name.is_empty() { String::new() } else { format!(" in `{}`", node.name) };
            let what = format!("unknown key `{}`{inside}", entry.key);
            self.problem(entry.at, what, did_you_mean(&entry.key, known.iter().copied()));
        }
        Some(Fields { reader: self, node, entries })
    }

    /// A map with keys of any name.
    pub fn map(&self, node: &'a Node) -> Option<&'a [Entry]> {
        let entries = node.as_map();
        if entries.is_none() {
            self.wrong(node, "a map (`key: value`)");
        }
        entries
    }

    /// A list.
    pub fn list(&self, node: &'a Node) -> Option<&'a [Node]> {
        let items = node.as_list();
        if items.is_none() {
            self.wrong(node, "a list");
        }
        items
    }

    /// A list, or one value that stands for a list of one.
    pub fn one_or_more(&self, node: &'a Node) -> &'a [Node] {
        node.as_list().unwrap_or(std::slice::from_ref(node))
    }

    /// Text; numbers and booleans are taken as they are written.
    pub fn text(&self, node: &'a Node) -> Option<&'a str> {
        let text = node.as_text();
        if text.is_none() {
            self.wrong(node, "text");
        }
        text
    }

    /// Texts: a list of them, or a single one.
    pub fn texts(&self, node: &'a Node) -> Vec<&'a str> {
        self.one_or_more(node).iter().filter_map(|item| self.text(item)).collect()
    }

    /// A whole number of a range.
    pub fn integer(&self, node: &Node, range: RangeInclusive<i64>) -> Option<i64> {
        let number = node.value().as_i64().filter(|number| range.contains(number));
        if number.is_none() {
            let wanted = match (*range.start(), *range.end()) {
                (i64::MIN, i64::MAX) => "a whole number".to_owned(),
                (from, i64::MAX) => format!("a whole number from {from}"),
                (from, to) => format!("a whole number from {from} to {to}"),
            };
            self.wrong(node, &wanted);
        }
        number
    }

    /// A finite number, whole or not.
    pub fn number(&self, node: &Node) -> Option<f64> {
        let number = node.value().as_f64().filter(|number| number.is_finite());
        if number.is_none() {
            self.wrong(node, "a number");
        }
        number
    }

    /// `true` or `false`.
    pub fn boolean(&self, node: &Node) -> Option<bool> {
        let value = node.value().as_bool();
        if value.is_none() {
            self.wrong(node, "`true` or `false`");
        }
        value
    }

    /// A day, `2026-11-22`.
    pub fn date(&self, node: &Node) -> Option<NaiveDate> {
        let text = node.as_text().filter(|text| text.len() == 10);
        let day = text.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
        if day.is_none() {
            self.wrong(node, "a day of the calendar as in 2026-11-22");
        }
        day
    }

    /// One of some names, with what each stands for.
    pub fn choice<T: Clone>(&self, node: &'a Node, what: &str, known: &[(&str, T)]) -> Option<T> {
        let text = self.text(node)?;
        let found = known.iter().find(|(name, _)| *name == text).map(|(_, value)| value.clone());
        if found.is_none() {
            let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
            self.unknown(node.at, what, text, names);
        }
        found
    }

    /// Anything that serde reads, for shapes that need no positions of their own; its message is a Problem there.
    pub fn value<T: DeserializeOwned>(&self, node: &Node) -> Option<T> {
        match serde_yaml::from_value(node.value()) {
            Ok(value) => Some(value),
            Err(error) => {
                let subject = if node.name.is_empty() { String::new() } else { format!("`{}`: ", node.name) };
                self.problem(node.at, format!("{subject}{error}"), "");
                None
            }
        }
    }

    /// Whether there is a Problem so far.
    pub fn has_problems(&self) -> bool {
        !self.problems.borrow().is_empty()
    }

    /// The value, if nothing is wrong; else every Problem, in the order of the file. A `None` without any Problem
    /// becomes one, so that nothing is ever accepted by oversight.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Problem>> {
        let file = self.file().to_owned();
        let mut problems = self.problems.into_inner();
        problems.sort();
        problems.dedup();
        match value {
            Some(value) if problems.is_empty() => Ok(value),
            None if problems.is_empty() => Err(vec![Problem {
                file,
                line: 0,
                column: 0,
                what: "something that is needed is missing".to_owned(),
                instead: String::new(),
            }]),
            _ => Err(problems),
        }
    }
}

impl<'r, 'a> Fields<'r, 'a> {
    /// The map itself, for its place.
    pub fn node(&self) -> &'a Node {
        self.node
    }

    /// The reader.
    pub fn reader(&self) -> &'r Reader<'a> {
        self.reader
    }

    /// The entries, in the order of the file.
    pub fn entries(&self) -> &'a [Entry] {
        self.entries
    }

    /// The value of a key, if it is there. Nothing after the colon is a Problem.
    pub fn get(&self, key: &str) -> Option<&'a Node> {
        let node = self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)?;
        if node.is_null() {
            let instead = "Write a value, or leave the key out";
            self.reader.problem(node.at, format!("`{key}` has no value"), instead);
            return None;
        }
        Some(node)
    }

    /// Whether the key is there at all.
    pub fn has(&self, key: &str) -> bool {
        self.entries.iter().any(|entry| entry.key == key)
    }

    /// The value of a key that must be there.
    pub fn need(&self, key: &str) -> Option<&'a Node> {
        if !self.has(key) {
            let inside = if self.node.name.is_empty() { String::new() } else { format!(" in `{}`", self.node.name) };
            let what = format!("`{key}` is missing{inside}");
            self.reader.problem(self.node.at, what, format!("Add `{key}: …` here"));
        }
        self.get(key)
    }

    /// See [`Reader::text`]; absent is `None` without a Problem, here and below.
    pub fn text(&self, key: &str) -> Option<&'a str> {
        self.reader.text(self.get(key)?)
    }

    /// Text that must be there.
    pub fn need_text(&self, key: &str) -> Option<&'a str> {
        self.reader.text(self.need(key)?)
    }

    /// See [`Reader::texts`]; empty if absent.
    pub fn texts(&self, key: &str) -> Vec<&'a str> {
        self.get(key).map(|node| self.reader.texts(node)).unwrap_or_default()
    }

    /// See [`Reader::list`]; empty if absent.
    pub fn list(&self, key: &str) -> &'a [Node] {
        self.get(key).and_then(|node| self.reader.list(node)).unwrap_or_default()
    }

    /// See [`Reader::map`]; empty if absent.
    pub fn map(&self, key: &str) -> &'a [Entry] {
        self.get(key).and_then(|node| self.reader.map(node)).unwrap_or_default()
    }

    /// See [`Reader::fields`].
    pub fn fields(&self, key: &str, known: &[&str]) -> Option<Fields<'r, 'a>> {
        self.reader.fields(self.get(key)?, known)
    }

    /// See [`Reader::integer`].
    pub fn integer(&self, key: &str, range: RangeInclusive<i64>) -> Option<i64> {
        self.reader.integer(self.get(key)?, range)
    }

    /// See [`Reader::number`].
    pub fn number(&self, key: &str) -> Option<f64> {
        self.reader.number(self.get(key)?)
    }

    /// See [`Reader::boolean`].
    pub fn boolean(&self, key: &str) -> Option<bool> {
        self.reader.boolean(self.get(key)?)
    }

    /// See [`Reader::date`].
    pub fn date(&self, key: &str) -> Option<NaiveDate> {
        self.reader.date(self.get(key)?)
    }

    /// See [`Reader::choice`].
    pub fn choice<T: Clone>(&self, key: &str, what: &str, known: &[(&str, T)]) -> Option<T> {
        self.reader.choice(self.get(key)?, what, known)
    }

    /// See [`Reader::value`].
    pub fn value<T: DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.reader.value(self.get(key)?)
    }
}

impl std::fmt::Display for Kind {
    /// `text`, `list` or `map`: for messages.
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str(match self {
            Kind::Scalar { .. } => "text",
            Kind::List(_) => "list",
            Kind::Map(_) => "map",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems<T>(text: &str, read: impl FnOnce(&Reader) -> Option<T>) -> Vec<String> {
        let tree = Tree::parse("t.yaml", text);
        let reader = Reader::new(&tree);
        let value = read(&reader);
        reader.finish(value).err().unwrap_or_default().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_mistake_is_reported_in_the_order_of_the_file() {
        let text =
            "a: 1\nnumber: x\nday: 2026-02-30\nyes: maybe\nlist: {}\nempty:\nkind: tueday\nquoted: \"5\"\nnumber: 2\n";
        let shown = problems(text, |reader| {
            let top = reader.root_fields(&["number", "day", "yes", "list", "empty", "kind", "quoted", "more"])?;
            top.need_text("more");
            top.choice("kind", "weekday", &[("monday", 1), ("tuesday", 2)]);
            top.integer("number", i64::MIN..=i64::MAX);
            top.integer("quoted", 0..=i64::MAX);
            top.date("day");
            top.boolean("yes");
            top.list("list");
            top.text("empty");
            Some(())
        });
        assert_eq!(
            shown,
            [
                "t.yaml:1:1: `more` is missing. Add `more: …` here",
                "t.yaml:1:1: unknown key `a`. Known here: `number`, `day`, `yes`, `list`, `empty`, `kind`, `quoted`, `more`",
                "t.yaml:2:9: `number` must be a whole number, not the text `x`",
                "t.yaml:3:6: `day` must be a day of the calendar as in 2026-11-22, not the text `2026-02-30`",
                "t.yaml:4:6: `yes` must be `true` or `false`, not the text `maybe`",
                "t.yaml:5:7: `list` must be a list, not a map of keys",
                "t.yaml:6:1: `empty` has no value. Write a value, or leave the key out",
                "t.yaml:7:7: unknown weekday `tueday`. Did you mean `tuesday`?",
                "t.yaml:8:9: `quoted` must be a whole number from 0, not the text `5`",
                "t.yaml:9:1: `number` is written a second time (first in line 2). Keep one of the two",
            ]
        );
    }

    #[test]
    fn values_come_through_serde_yaml() {
        #[derive(serde::Deserialize, PartialEq, Debug)]
        struct Pair {
            a: u8,
            b: Option<String>,
        }
        let tree = Tree::parse("t.yaml", "pair: { a: 0x10, b: 5 }");
        let reader = Reader::new(&tree);
        let node = reader.root().unwrap().get("pair").unwrap();
        assert_eq!(reader.value::<Pair>(node), None);
        let problem = reader.finish(Some(())).unwrap_err().remove(0);
        assert_eq!((problem.line, problem.column), (1, 7));
        assert!(problem.what.starts_with("`pair`: "), "{}", problem.what);
    }

    #[test]
    fn nothing_is_accepted_by_oversight() {
        assert_eq!(problems::<()>("a: 1", |_| None), ["t.yaml:1:1: something that is needed is missing"]);
    }
}
