//! Rules: tables from what a source writes to what it means, tried in order.

use super::Field;

/// What a condition looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Watched {
    /// A field that the mapping fills.
    Field(Field),
    /// A column or path of its own, by its place in `Mapping::watched`.
    Column(usize),
}

/// Holds where a value passes all tests. A row without the value is looked at as one with an empty text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) of: Watched,
    pub(super) tests: Vec<Test>,
}

/// What is asked of a value, letter case aside. All texts are lower case.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Test {
    /// One of these; an empty text stands for no value.
    Is(Vec<String>),
    /// None of these.
    Not(Vec<String>),
    /// Begins with one of these.
    Prefix(Vec<String>),
    /// Holds one of these.
    Contains(Vec<String>),
    /// A number below.
    Below(f64),
    /// A number not below.
    From(f64),
    /// Whether there is a value at all.
    Present(bool),
}

impl Test {
    pub(in super::super) fn passes(&self, value: &str) -> bool {
        let text = normal(value);
        match self {
            Test::Is(texts) => texts.contains(&text),
            Test::Not(texts) => !texts.contains(&text),
            Test::Prefix(parts) => parts.iter().any(|part| text.starts_with(part.as_str())),
            Test::Contains(parts) => parts.iter().any(|part| text.contains(part.as_str())),
            Test::Below(limit) => text.parse::<f64>().is_ok_and(|number| number < *limit),
            Test::From(limit) => text.parse::<f64>().is_ok_and(|number| number >= *limit),
            Test::Present(wanted) => *wanted != text.is_empty(),
        }
    }
}

impl Condition {
    pub(super) fn holds(&self, row: &dyn Fn(Watched) -> Option<String>) -> bool {
        let value = row(self.of).unwrap_or_default();
        self.tests.iter().all(|test| test.passes(&value))
    }
}

/// One line of a table. All texts are lower case; without any of them the rule fits every text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rule<T> {
    pub(super) is: Vec<String>,
    pub(super) prefix: Vec<String>,
    pub(super) contains: Vec<String>,
    pub(super) when: Vec<Condition>,
    pub(super) then: T,
}

/// A table. The first rule that fits decides.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Rules<T> {
    pub(super) list: Vec<Rule<T>>,
    pub(super) otherwise: Option<T>,
}

impl<T> Default for Rules<T> {
    fn default() -> Self {
        Rules { list: Vec::new(), otherwise: None }
    }
}

impl<T> Rules<T> {
    /// What the table says of a text, in a row whose other values `row` gives.
    pub(super) fn find(&self, text: &str, row: &dyn Fn(Watched) -> Option<String>) -> Option<&T> {
        let text = normal(text);
        let fits = |rule: &&Rule<T>| {
            let free = rule.is.is_empty() && rule.prefix.is_empty() && rule.contains.is_empty();
            let named = free
                || rule.is.contains(&text)
                || rule.prefix.iter().any(|part| text.starts_with(part.as_str()))
                || rule.contains.iter().any(|part| text.contains(part.as_str()));
            named && rule.when.iter().all(|condition| condition.holds(row))
        };
        self.list.iter().find(fits).map(|rule| &rule.then).or(self.otherwise.as_ref())
    }
}

/// The form in which texts of tables are compared: trimmed, lower case.
pub(super) fn normal(text: &str) -> String {
    text.trim().to_lowercase()
}
