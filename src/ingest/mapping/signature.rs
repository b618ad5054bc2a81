//! Signature: what a format is known by.

use super::rules::Test;
use serde_json::Value;

/// What must be there in a row, and what not, for a format to be recognised.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::ingest) struct Signature {
    /// Columns or paths that must be there.
    pub(super) all: Vec<String>,
    /// Of these at least one.
    pub(super) any: Vec<String>,
    /// Of these none.
    pub(super) none: Vec<String>,
    /// Values that must pass tests.
    pub(super) values: Vec<(String, Vec<Test>)>,
}

impl Signature {
    /// Whether a row fits: then what it was known by, the more the surer.
    pub(in crate::ingest) fn fits(&self, row: &Value) -> Option<Vec<String>> {
        let there = |name: &&String| super::unfold::find(row, name).is_some();
        if !self.all.iter().all(|name| there(&name)) || self.none.iter().any(|name| there(&name)) {
            return None;
        }
        let any: Vec<&String> = self.any.iter().filter(there).collect();
        if any.is_empty() && !self.any.is_empty() {
            return None;
        }
        for (name, tests) in &self.values {
            let value = super::unfold::find(row, name).and_then(super::unfold::text_of).unwrap_or_default();
            if !tests.iter().all(|test| test.passes(&value)) {
                return None;
            }
        }
        let values = self.values.iter().map(|(name, _)| name).filter(|name| !self.all.contains(name));
        Some(self.all.iter().chain(any).chain(values).cloned().collect())
    }
}
