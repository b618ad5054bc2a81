//! Reading a file of words: held to the shipped English one, every mistake with its place.

use super::plurals::{Form, Plurals};
use super::style::{Dates, Numbers};
use super::words::{Piece, SHIPPED, Text, Words};
use crate::written::{Node, Problem, Reader, Tree};
use std::collections::BTreeMap;

const KEYS: [&str; 5] = ["language", "name", "plurals", "numbers", "words"];

impl Words {
    /// Reads a file of words. `tag` is what the file is named by (`de` of `de.yaml`): the language that it must say it is.
    ///
    /// # Errors
    /// Every unknown and every missing key, every place `{…}` that the English text of the key does not have, every missing form.
    pub fn read(tag: &str, file: &str, text: &str) -> Result<Words, Vec<Problem>> {
        read(Some(tag), file, text, Some(Words::english()))
    }

    /// Reads the shipped English file, which is held to nothing but its form.
    pub(super) fn reference() -> Option<Words> {
        let (tag, text) = SHIPPED.first()?;
        read(Some(tag), "words/en.yaml", text, None).ok()
    }
}

fn read(tag: Option<&str>, file: &str, text: &str, reference: Option<&Words>) -> Result<Words, Vec<Problem>> {
    let tree = Tree::parse(file, text);
    let reader = Reader::new(&tree);
    let words = reader.root_fields(&KEYS).and_then(|top| {
        let language = top.need_text("language");
        if let (Some(language), Some(tag)) = (language, tag)
            && language != tag
            && let Some(node) = top.get("language")
        {
            let what = format!("the file of `{tag}` says that it is `{language}`");
            reader.problem(node.at, what, format!("Write `language: {tag}`, or name the file {language}.yaml"));
        }
        let name = top.need_text("name");
        let plurals = top.choice("plurals", "family of plurals", &Plurals::NAMES);
        if !top.has("plurals") {
            top.need("plurals");
        }
        let numbers = top.need("numbers").and_then(|node| numbers(node, &reader));
        let mut found =
            Found { reader: &reader, plurals: plurals.unwrap_or_default(), reference, texts: BTreeMap::new() };
        if let Some(node) = top.need("words") {
            found.map(node, "");
            found.missing(node);
        }
        let texts = found.texts;
        Some(Words {
            language: language?.to_owned(),
            name: name?.to_owned(),
            plurals: plurals?,
            numbers: numbers?,
            dates: Dates::Words,
            texts,
        })
    });
    reader.finish(words)
}

/// How numbers are written, by a sample.
pub fn numbers(node: &Node, reader: &Reader) -> Option<Numbers> {
    let numbers = node.as_text().and_then(Numbers::read);
    if numbers.is_none() {
        reader
            .wrong(node, "the number 1234.5 as it is to be written, in quotes: \"1,234.5\", \"1.234,5\", \"1 234,5\"");
    }
    numbers
}

struct Found<'r, 'a> {
    reader: &'r Reader<'a>,
    plurals: Plurals,
    reference: Option<&'r Words>,
    texts: BTreeMap<String, Text>,
}

impl<'a> Found<'_, 'a> {
    fn map(&mut self, node: &'a Node, under: &str) {
        for entry in self.reader.map(node).into_iter().flatten() {
            let key = if under.is_empty() { entry.key.clone() } else { format!("{under}.{}", entry.key) };
            if let Some(reference) = self.reference
                && !reference.has(&key)
                && !reference.keys().any(|known| known.strip_prefix(&key).is_some_and(|rest| rest.starts_with('.')))
            {
                self.reader.unknown(entry.at, "key", &key, reference.keys());
                continue;
            }
            self.value(&entry.value, &key);
        }
    }

    fn value(&mut self, node: &'a Node, key: &str) {
        if let Some(items) = node.as_list() {
            for (index, item) in items.iter().enumerate() {
                let key = format!("{key}.{}", index + 1);
                match self.reference {
                    Some(reference) if !reference.has(&key) => {
                        self.reader.problem(item.at, format!("`{key}` is one more than the list has"), "Leave it out");
                    }
                    _ => self.text(item, &key, false),
                }
            }
        } else if node.as_map().is_some() {
            let counted = match self.reference {
                Some(reference) => reference.texts.get(key).is_some_and(|text| text.counted),
                None => is_counted(node),
            };
            if counted { self.text(node, key, true) } else { self.map(node, key) }
        } else {
            self.text(node, key, false);
        }
    }

    fn text(&mut self, node: &'a Node, key: &str, counted: bool) {
        let mut forms = BTreeMap::new();
        if counted {
            for entry in node.as_map().into_iter().flatten() {
                let form = Form::NAMES.iter().find(|(name, _)| *name == entry.key).map(|(_, form)| *form);
                match form.filter(|form| *form == Form::None || self.plurals.forms().contains(form)) {
                    Some(form) => {
                        forms.extend(
                            self.reader.text(&entry.value).map(|text| (form, self.pieces(text, &entry.value, key))),
                        );
                    }
                    None => {
                        let names = self.plurals.forms().iter().map(|form| form.name());
                        self.reader.unknown(entry.at, &format!("form of `{key}`"), &entry.key, names.chain(["none"]));
                    }
                }
            }
            let missing = self.plurals.forms().iter().filter(|form| !forms.contains_key(*form));
            let missing: Vec<&str> = missing.map(|form| form.name()).collect();
            if !missing.is_empty() {
                let what = format!("`{key}` lacks the form {}", missing.join(", "));
                self.reader.problem(node.at, what, "Its language has words for it");
            }
        } else if let Some(text) = self.reader.text(node) {
            let wanted = self.reference.and_then(|reference| reference.texts.get(key)).is_some_and(|text| text.counted);
            if wanted && self.plurals != Plurals::None {
                self.reader.wrong(node, "a map of forms (`one: …`, `other: …`)");
            }
            forms.insert(Form::Other, self.pieces(text, node, key));
        }
        let counted = counted || self.reference.and_then(|r| r.texts.get(key)).is_some_and(|text| text.counted);
        self.texts.insert(key.to_owned(), Text { forms, counted });
    }

    /// A text as pieces. A place that the English text does not have is a Problem.
    fn pieces(&self, text: &str, node: &Node, key: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut rest = text;
        while let Some((plain, after)) = rest.split_once('{') {
            let Some((name, end)) = after.split_once('}') else {
                self.reader.problem(node.at, format!("`{key}` has a `{{` without its `}}`"), "");
                return pieces;
            };
            if !plain.is_empty() {
                pieces.push(Piece::Plain(plain.to_owned()));
            }
            if let Some(reference) = self.reference {
                let places = reference.places(key);
                if !places.contains(&name) {
                    let what = format!("`{key}` has no place `{{{name}}}`");
                    let known: Vec<String> = places.iter().map(|place| format!("{{{place}}}")).collect();
                    let instead = match known.as_slice() {
                        [] => "It has none".to_owned(),
                        known => format!("It has: {}", known.join(", ")),
                    };
                    self.reader.problem(node.at, what, instead);
                }
            }
            pieces.push(Piece::Place(name.to_owned()));
            rest = end;
        }
        if !rest.is_empty() {
            pieces.push(Piece::Plain(rest.to_owned()));
        }
        pieces
    }

    /// A key that English has and this file does not is a Problem: a report never falls back to another language.
    fn missing(&self, node: &Node) {
        let Some(reference) = self.reference else { return };
        for key in reference.keys().filter(|key| !self.texts.contains_key(*key)) {
            let english = reference.texts.get(key).map(Text::written).unwrap_or_default();
            self.reader.problem(node.at, format!("`{key}` is missing"), format!("In English it is “{english}”"));
        }
    }
}

/// Whether a map of the reference holds the forms of one text.
fn is_counted(node: &Node) -> bool {
    let entries = node.as_map().unwrap_or_default();
    let form = |key: &str| Form::NAMES.iter().any(|(name, _)| *name == key);
    entries.iter().any(|entry| entry.key == "other") && entries.iter().all(|entry| form(&entry.key))
}

impl Text {
    /// As it stands in the file.
    pub(super) fn written(&self) -> String {
        let pieces = self.forms.get(&Form::Other).into_iter().flatten();
        let one = |piece: &Piece| match piece {
            Piece::Plain(text) => text.clone(),
            Piece::Place(name) => format!("{{{name}}}"),
        };
        pieces.map(one).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shipped_language_says_everything() {
        for (tag, text) in SHIPPED {
            let words = Words::read(tag, &format!("words/{tag}.yaml"), text);
            let words = words.unwrap_or_else(|problems| {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                panic!("{}", told.join("\n"))
            });
            assert_eq!(words.language(), tag);
            assert_eq!(words.keys().count(), Words::english().keys().count());
        }
    }

    #[test]
    fn everything_wrong_is_told_at_its_place() {
        let german = SHIPPED[1].1;
        let told = |from: &str, to: &str| -> Vec<String> {
            assert!(german.contains(from), "{from}");
            let problems = Words::read("de", "de.yaml", &german.replacen(from, to, 1)).unwrap_err();
            problems.iter().map(ToString::to_string).collect()
        };
        let line = |of: &str| german.lines().position(|line| line.contains(of)).unwrap() + 1;
        assert_eq!(
            told("    met: erreicht\n", ""),
            [format!("de.yaml:{}:3: `target.met` is missing. In English it is “met”", line("words:") + 1)]
        );
        let at = line("    met: erreicht");
        assert_eq!(
            told("    met: erreicht\n", "    met: erreicht\n    meet: da\n"),
            [format!("de.yaml:{}:5: unknown key `target.meet`. Did you mean `target.met`?", at + 1)]
        );
        assert_eq!(
            told("met: erreicht", "met: \"{who} erreicht\""),
            [format!("de.yaml:{at}:10: `target.met` has no place `{{who}}`. It has none")]
        );
        let at = line("    rows: { none: keine Zeilen");
        assert_eq!(
            told("rows: { none: keine Zeilen, one: 1 Zeile, other", "rows: { none: keine Zeilen, one: 1 Zeile, few"),
            [
                format!("de.yaml:{at}:11: `count.rows` lacks the form other. Its language has words for it"),
                format!("de.yaml:{at}:47: unknown form of `count.rows` `few`. Known here: `one`, `other`, `none`"),
            ]
        );
        assert_eq!(told("language: de", "language: en").len(), 1);
        assert_eq!(told("\"1.234,5\"", "1234").len(), 1);
        assert!(told("So]", "So, X]")[0].contains("one more than the list has"));
        assert!(told(", So]", "]")[0].contains("`weekdays_short.7` is missing"));
    }

    #[test]
    fn a_language_without_plurals_needs_one_form() {
        let english =
            SHIPPED[0].1.replace("plurals: one-other", "plurals: none").replace("language: en", "language: ja");
        let forms = |text: &str| -> String {
            // Every text of forms becomes its last one.
            text.lines()
                .map(|line| match (line.find("{ one: "), line.find("{ none: "), line.find(", other: ")) {
                    (Some(open), _, Some(other)) | (_, Some(open), Some(other)) => {
                        format!("{}{}\n", &line[..open], line[other + 9..].trim_end_matches(" }"))
                    }
                    _ => format!("{line}\n"),
                })
                .collect()
        };
        let words = Words::read("ja", "ja.yaml", &forms(&english)).unwrap();
        assert_eq!(words.count("count.rows", 1), "1 rows");
    }
}
