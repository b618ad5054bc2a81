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

/// Holds where a value is one of some texts, letter case aside. An empty text stands for no value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Condition {
    pub(super) of: Watched,
    /// Lower case.
    pub(super) values: Vec<String>,
}

impl Condition {
    pub(super) fn holds(&self, row: &dyn Fn(Watched) -> Option<String>) -> bool {
        let value = row(self.of).unwrap_or_default();
        self.values.contains(&normal(&value))
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
