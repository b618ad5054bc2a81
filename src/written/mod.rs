//! Written: YAML as people wrote it, with positions; and Problem, what is wrong with it.
//!
//! Read in two steps. [`Tree::parse`] reads the text into a tree that knows where every key and value stands (a pull
//! parser, so that nothing nested can exhaust the stack, and doubled keys are all found). A [`Reader`] then gives typed
//! access, gathers **every** [`Problem`] and goes on. Values are typed by serde_yaml ([`Node::value`],
//! [`Reader::value`]), so that `yes`, `0o17` or `1e3` mean here what they mean to any other YAML 1.2 reader.
//!
//! ```
//! use quarterday::written::{Reader, Tree};
//!
//! let tree = Tree::parse("weekly.yaml", "title: Weekly\nschedule: { every: week, timezon: Europe/Berlin }\nlimit: ten\n");
//! let reader = Reader::new(&tree);
//! let mut limit = None;
//! if let Some(top) = reader.root_fields(&["title", "owner", "schedule", "limit"]) {
//!     top.need_text("title");
//!     top.need_text("owner"); // missing
//!     if let Some(schedule) = top.fields("schedule", &["every", "timezone"]) {
//!         schedule.need_text("every");
//!     }
//!     limit = top.integer("limit", 1..=1000);
//! }
//! let problems = reader.finish(limit).unwrap_err();
//! let shown: Vec<String> = problems.iter().map(ToString::to_string).collect();
//! assert_eq!(shown, [
//!     "weekly.yaml:1:1: `owner` is missing. Add `owner: …` here",
//!     "weekly.yaml:2:26: unknown key `timezon` in `schedule`. Did you mean `timezone`?",
//!     "weekly.yaml:3:8: `limit` must be a whole number from 1 to 1000, not the text `ten`",
//! ]);
//! ```

mod nearest;
mod reader;
mod tree;

pub use nearest::{did_you_mean, nearest};
pub use reader::{Fields, Reader};
pub use tree::{Entry, Kind, MAX_BYTES, MAX_DEPTH, Node, Position, Tree};

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
