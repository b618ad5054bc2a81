//! Words: the fixed words of one language as a value, said by key.

use super::plurals::{Form, Plurals};
use super::style::{Dates, Numbers};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// The languages that ship: tag and file.
pub const SHIPPED: [(&str, &str); 2] = [
    ("en", include_str!("../../report-templates/words/en.yaml")),
    ("de", include_str!("../../report-templates/words/de.yaml")),
];

/// The fixed words of one language, with the way it writes numbers and dates. Made by [`Words::read`] from a file such as
/// `report-templates/words/en.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Words {
    pub(super) language: String,
    pub(super) name: String,
    pub(super) plurals: Plurals,
    pub(super) numbers: Numbers,
    pub(super) dates: Dates,
    pub(super) texts: BTreeMap<String, Text>,
}

/// A text in its forms; one without plural has [`Form::Other`] alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Text {
    pub(super) forms: BTreeMap<Form, Vec<Piece>>,
    /// Whether a number chooses the form.
    pub(super) counted: bool,
}

/// What a text is made of.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Piece {
    Plain(String),
    Place(String),
}

impl Words {
    /// English as it ships: the reference that every other file of words is held to, and the language of the program's own
    /// messages.
    pub fn english() -> &'static Words {
        static ENGLISH: OnceLock<Words> = OnceLock::new();
        // A test reads the shipped file; were it broken, every text would show its key.
        ENGLISH.get_or_init(|| Words::reference().unwrap_or_else(Words::none))
    }

    fn none() -> Words {
        let (language, name) = ("en".to_owned(), "English".to_owned());
        let (plurals, numbers, dates) = (Plurals::default(), Numbers::default(), Dates::default());
        Words { language, name, plurals, numbers, dates, texts: BTreeMap::new() }
    }

    /// BCP 47 tag, `de`.
    pub fn language(&self) -> &str {
        &self.language
    }

    /// What the language calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How numbers are written.
    pub fn numbers(&self) -> Numbers {
        self.numbers
    }

    /// The same with another way to write numbers and dates; `None`: the language's own.
    pub fn styled(mut self, numbers: Option<Numbers>, dates: Dates) -> Words {
        self.numbers = numbers.unwrap_or(self.numbers);
        self.dates = dates;
        self
    }

    /// Name of the form that a whole number asks for: `one`, `other` …
    pub fn form(&self, number: i64) -> &'static str {
        self.plurals.form(number).name()
    }

    /// Whether there is a text of this key.
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// Every key, in order.
    pub fn keys(&self) -> impl Iterator<Item = &str> + Clone {
        self.texts.keys().map(String::as_str)
    }

    /// The places of a text, `["before", "now"]`; empty for an unknown key.
    pub fn places(&self, key: &str) -> Vec<&str> {
        let mut places: Vec<&str> = self.texts.get(key).into_iter().flat_map(Text::places).collect();
        places.sort_unstable();
        places.dedup();
        places
    }

    /// The word of a key, without places.
    pub fn word(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// The text of a key with its places filled. What fills a place is never read for places again. A key that nobody knows
    /// shows itself (`⟦key⟧`): a test holds the keys in the source to the file.
    pub fn say(&self, key: &str, with: &[(&str, &str)]) -> String {
        match self.texts.get(key) {
            Some(text) => text.say(Form::Other, with),
            None => format!("⟦{key}⟧"),
        }
    }

    /// The text of a key in the form that a number asks for; `{n}` is the number.
    pub fn count(&self, key: &str, number: i64) -> String {
        self.count_with(key, number, &[])
    }

    /// As [`count`](Self::count), with other places filled too.
    pub fn count_with(&self, key: &str, number: i64, with: &[(&str, &str)]) -> String {
        let Some(text) = self.texts.get(key) else { return format!("⟦{key}⟧") };
        let shown = self.number(number);
        let mut filled = vec![("n", shown.as_str())];
        filled.extend(with);
        let form = match number {
            0 if text.forms.contains_key(&Form::None) => Form::None,
            number => self.plurals.form(number),
        };
        text.say(form, &filled)
    }

    /// One of a list of words, from 1.
    pub(super) fn item(&self, list: &str, number: u32) -> String {
        self.word(&format!("{list}.{number}"))
    }
}

impl Default for Words {
    /// English, as it ships.
    fn default() -> Words {
        Words::english().clone()
    }
}

impl Text {
    fn say(&self, form: Form, with: &[(&str, &str)]) -> String {
        let pieces = self.forms.get(&form).or_else(|| self.forms.get(&Form::Other));
        let mut out = String::new();
        for piece in pieces.into_iter().flatten() {
            match piece {
                Piece::Plain(text) => out.push_str(text),
                Piece::Place(name) => match with.iter().find(|(known, _)| known == name) {
                    Some((_, value)) => out.push_str(value),
                    // Seen by the test on unfilled places; never silent.
                    None => {
                        out.push('{');
                        out.push_str(name);
                        out.push('}');
                    }
                },
            }
        }
        out
    }

    pub(super) fn places(&self) -> impl Iterator<Item = &str> {
        self.forms.values().flatten().filter_map(|piece| match piece {
            Piece::Place(name) => Some(name.as_str()),
            Piece::Plain(_) => None,
        })
    }
}
