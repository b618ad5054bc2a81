//! Written: YAML and templates as people wrote them, with positions; and Problem, what is wrong with them.

use serde::{Deserialize, Serialize};

/// Something a person wrote that is wrong: where, what, and what to write instead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Problem {
    /// The file, as the person named it.
    pub file: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// From 1, in characters; 0 where the whole line or file is meant.
    pub column: usize,
    /// What is wrong.
    pub what: String,
    /// What to write instead; empty if there is nothing to say.
    pub instead: String,
}

impl std::fmt::Display for Problem {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{}:{}:{}: {}", self.file, self.line.max(1), self.column.max(1), self.what)?;
        if !self.instead.is_empty() {
            write!(out, ". {}", self.instead)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problem {}
