//! Records: what the records of a module must hold, and how far they do: completeness, placeholders, forms, doubles. Pure.
//!
//! [`Rules`] are read from a YAML file of their own. A [`Checker`] is given one [`Record`] after the other, from a CRM's
//! export or as the log knows them, and comes to a [`Checked`]: counts alone, and the worst records by their id. What a
//! field holds is one of three things: known and filled, known and empty, or not known at all (the log told of no
//! change of it); what is not known is not asked for, so that nobody is blamed for what nobody can see.

mod check;
pub mod emptied;
mod form;
pub mod known;
mod read;
mod result;
#[cfg(test)]
mod tests;

pub use check::{Checker, Faulty, Record, created_on};
pub use form::Form;
pub use result::{AgeFrom, Checked, Doubled, Emptied, EmptiedField, Emptying, Field, Group, Malformed, Still, Worst};

use crate::ingest::times::TimeFormat;
use crate::written::{Position, Problem, did_you_mean};

/// What counts as empty unless the rules say otherwise, beside nothing at all: what people and forms write where they
/// have nothing to say. Compared without spaces around it, and whatever its capitals.
pub const PLACEHOLDERS: [&str; 14] =
    ["-", "--", "-none-", "?", ".", "n/a", "n.a.", "na", "none", "null", "tbd", "test", "unknown", "xxx"];

/// What the records of one module must hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// The module, as the audited system calls it.
    pub module: String,
    /// The file that says so, for messages.
    pub file: String,
    /// Every field that is looked at, in the order in which the file names them first.
    pub fields: Vec<Named>,
    /// The column of the record's id: the first of these that there is, here and below.
    pub key: Alternatives,
    /// The column of the record's name.
    pub name: Option<Alternatives>,
    /// The column of who owns the record.
    pub owner: Option<Alternatives>,
    /// The column of the owner's team; where there is none, the directory knows it.
    pub team: Option<Alternatives>,
    /// The column of when the record was made.
    pub created: Option<Alternatives>,
    /// Folded values that count as empty.
    pub empty: Vec<String>,
    /// How dates and times are written.
    pub times: Vec<TimeFormat>,
    /// What must be filled.
    pub asked: Vec<Asked>,
    /// How what is filled must look.
    pub forms: Vec<Formed>,
    /// Fields (as indices) of which no two records should have the same value.
    pub unique: Vec<usize>,
}

/// A field as the rules name it.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// Its name: the column's header, or what a change of it is called in the log.
    pub name: String,
    at: Position,
}

/// Names of which the first one that there is counts: exports of one module name columns differently over the years.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternatives {
    /// In order.
    pub names: Vec<String>,
    what: &'static str,
    at: Position,
}

/// One thing that must be filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// What it is called: the field, or `Email or Phone`.
    pub label: String,
    /// Fields of which one must be filled.
    pub fields: Vec<usize>,
    /// Asked only of records of which all of these fields have one of these (folded) values.
    pub when: Vec<(usize, Vec<String>)>,
    /// The condition as it is written: `Lead Status: Qualified`; empty: always.
    pub condition: String,
    /// How much it weighs that it is missing.
    pub weight: u32,
}

/// How a field must look where it is filled.
#[derive(Clone, Debug, PartialEq)]
pub struct Formed {
    /// Which field.
    pub field: usize,
    /// How.
    pub form: Form,
    /// How much it weighs that it does not.
    pub weight: u32,
}

/// Where everything stands in the rows of one file: the columns, counted from 0.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[allow(missing_docs)]
pub struct Fit {
    /// One per field of the rules.
    pub fields: Vec<usize>,
    pub key: usize,
    pub name: Option<usize>,
    pub owner: Option<usize>,
    pub team: Option<usize>,
    pub created: Option<usize>,
}

impl Rules {
    /// Whether a value says nothing: blank, or one of the placeholders.
    pub fn says_nothing(&self, value: &str) -> bool {
        let value = value.trim();
        value.is_empty() || self.empty.contains(&fold(value))
    }

    /// Finds the columns in a file's header. What is named and not there is a Problem in the rules, at the name.
    ///
    /// # Errors
    /// All of them.
    pub fn fit(&self, header: &[String]) -> Result<Fit, Vec<Problem>> {
        let mut problems = Vec::new();
        let mut missing =
            |at: Position, what: String, wanted: &str| problems.push(self.absent(at, what, wanted, header));
        let mut fields = Vec::new();
        for field in &self.fields {
            match column(header, &field.name) {
                Some(at) => fields.push(at),
                None => missing(field.at, format!("the file has no column `{}`", field.name), &field.name),
            }
        }
        let mut first = |alternatives: &Alternatives| {
            let found = alternatives.names.iter().find_map(|name| column(header, name));
            if found.is_none() {
                let what =
                    format!("the file has no column for `{}`: {}", alternatives.what, quoted(&alternatives.names));
                missing(alternatives.at, what, alternatives.names.first().map_or("", String::as_str));
            }
            found
        };
        let key = first(&self.key);
        let mut may = |alternatives: &Option<Alternatives>| alternatives.as_ref().and_then(&mut first);
        let (name, owner, team, created) = (may(&self.name), may(&self.owner), may(&self.team), may(&self.created));
        match key {
            Some(key) if problems.is_empty() => Ok(Fit { fields, key, name, owner, team, created }),
            _ => Err(problems),
        }
    }

    fn absent(&self, at: Position, what: String, wanted: &str, header: &[String]) -> Problem {
        Problem {
            file: self.file.clone(),
            line: at.line,
            column: at.column,
            what,
            instead: did_you_mean(wanted, header.iter().map(String::as_str)),
        }
    }
}

/// The form in which values and names are compared: without spaces around them, in small letters.
pub fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}

/// The column of a name: written exactly so, else as [`crate::ingest::mapping::header_key`] compares them.
fn column(header: &[String], name: &str) -> Option<usize> {
    use crate::ingest::mapping::header_key;
    let exact = header.iter().position(|there| there == name);
    exact.or_else(|| {
        let key = header_key(name);
        header.iter().position(|there| header_key(there) == key)
    })
}

fn quoted(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
