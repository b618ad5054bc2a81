//! What is fuzzed: the rooms that read what others wrote, and what must hold of them for any bytes at all ([`checks`]).
//!
//! The rooms are taken in as they lie in `src`, without those for pages and the rest: instrumented for fuzzing, these would
//! take longer to compile than they are fuzzed. `tests/fuzz.rs` holds the same over the corpus, with the crate as it is.

#![allow(dead_code)]

#[path = "../../src/audit_log/mod.rs"]
pub mod audit_log;
#[path = "../../src/calendar/mod.rs"]
pub mod calendar;
#[path = "../../src/chart/mod.rs"]
pub mod chart;
#[path = "../../src/definition/mod.rs"]
pub mod definition;
#[path = "../../src/directory/mod.rs"]
pub mod directory;
#[path = "../../src/dispatch.rs"]
pub mod dispatch;
#[path = "../../src/document/mod.rs"]
pub mod document;
#[path = "../../src/edition.rs"]
pub mod edition;
#[path = "../../src/event.rs"]
pub mod event;
#[path = "../../src/figures/mod.rs"]
pub mod figures;
#[path = "../../src/finding/mod.rs"]
pub mod finding;
#[path = "../../src/ingest/mod.rs"]
pub mod ingest;
#[path = "../../src/mail/mod.rs"]
pub mod mail;
#[path = "../../src/phrase.rs"]
pub mod phrase;
#[path = "../../src/query.rs"]
pub mod query;
#[path = "../../src/schedule.rs"]
pub mod schedule;
#[path = "../../src/seal/mod.rs"]
pub mod seal;
#[path = "../../src/sigma/mod.rs"]
pub mod sigma;
#[path = "../../src/source.rs"]
pub mod source;
#[path = "../../src/wording/mod.rs"]
pub mod wording;
#[path = "../../src/written/mod.rs"]
pub mod written;

pub mod checks;

/// The rooms, where [`checks`] looks for them.
mod rooms {
    pub(crate) use crate::{
        audit_log, calendar, definition, directory, document, event, ingest, mail, schedule, sigma, wording, written,
    };
}
