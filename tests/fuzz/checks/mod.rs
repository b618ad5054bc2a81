//! Checks: what must hold for any bytes at all, whoever brings them: the fuzzer, or the corpus of what it found.

mod mails;
mod rows;
mod texts;

pub use mails::headers;
pub use rows::{archives, delimited, json, lines};
pub use texts::{definitions, directory, templates};

/// What must hold whatever bytes come.
pub type Check = fn(&[u8]);

/// Every check by the name of its target and of its folder in `tests/fuzz/corpus`.
pub const CHECKS: [(&str, Check); 8] = [
    ("archives", archives),
    ("definitions", definitions),
    ("delimited", delimited),
    ("directory", directory),
    ("headers", headers),
    ("json", json),
    ("lines", lines),
    ("templates", templates),
];
