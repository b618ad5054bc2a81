//! Wording: numbers, dates, shares, changes and sentences as text, the same in every format, chart and mail, in the language
//! of a file of words (`report-templates/words/`).

mod amounts;
mod axis;
mod change;
mod charts;
mod names;
mod normal;
mod phrases;
pub mod plain;
mod plurals;
mod read;
mod restated;
mod sentences;
mod style;
mod tell;
mod time;
mod words;

pub use change::{Named, change_tone};
pub use names::NOTABLE_CLASSES;
pub use normal::normal_tone;
pub use read::numbers;
pub use sentences::raised;
pub use style::{Dates, Numbers};
pub use tell::Told;
pub use time::span_utc;
pub use words::{SHIPPED, Words};

/// The same with its first letter large.
pub fn first_upper(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => String::new(),
    }
}
