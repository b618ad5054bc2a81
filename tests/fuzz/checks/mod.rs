//! Checks: what must hold for any bytes at all, whoever brings them: the fuzzer, or the corpus of what it found.

mod mails;
mod rows;
mod sigma;
mod texts;

pub use mails::headers;
pub use rows::{archives, delimited, json, lines};
pub use sigma::sigma;
pub use texts::{definitions, directory, templates};

/// What must hold whatever bytes come.
pub type Check = fn(&[u8]);

/// Every check by the name of its target and of its folder in `tests/fuzz/corpus`.
pub const CHECKS: [(&str, Check); 9] = [
    ("archives", archives),
    ("definitions", definitions),
    ("delimited", delimited),
    ("directory", directory),
    ("headers", headers),
    ("json", json),
    ("lines", lines),
    ("sigma", sigma),
    ("templates", templates),
];
