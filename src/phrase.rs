//! Phrase: a sentence as a key and what fills it, in no language yet. Figures and facts keep phrases; `wording` says them.

use serde::{Deserialize, Serialize};

/// Something to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phrase {
    /// As it is in every language: a name, a value of the log, what an author wrote.
    Text(String),
    /// The same in the language's quotes.
    Quoted(String),
    /// The heading of a measure: a built-in one's is told in the language, an author's as it is.
    Title(String),
    /// A whole number.
    Number(i64),
    /// Hundredths: 1.5 for 150.
    Hundredths(i64),
    /// Hundredths of a percent: 2.5 % for 250.
    Percent(i64),
    /// A length of time in milliseconds.
    Length(i64),
    /// All of a list: `a, b and c`.
    All(Vec<Phrase>),
    /// Any of a list: `a, b or c`.
    Any(Vec<Phrase>),
    /// A text of the files of words with its places filled, in order.
    Say(String, Vec<(String, Phrase)>),
    /// The same in the form that a number asks for.
    Count(String, i64),
}

impl Phrase {
    /// A text as it is.
    pub fn text(text: impl Into<String>) -> Phrase {
        Phrase::Text(text.into())
    }

    /// A text of the files of words, without places.
    pub fn word(key: &str) -> Phrase {
        Phrase::Say(key.to_owned(), Vec::new())
    }

    /// A text of the files of words with its places filled.
    pub fn say<const N: usize>(key: &str, with: [(&str, Phrase); N]) -> Phrase {
        Phrase::Say(key.to_owned(), with.into_iter().map(|(name, phrase)| (name.to_owned(), phrase)).collect())
    }
}
