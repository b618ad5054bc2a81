//! Quarterday.
#![warn(missing_docs)]
// words
pub mod calendar;
pub mod clock;
pub mod directory;
pub mod dispatch;
pub mod event;
pub mod finding;
pub mod query;
pub mod seal;
pub mod source;
pub mod wording;
pub mod written;
// what is wanted, and when
pub mod definition;
pub mod edition;
pub mod schedule;
// the log
pub mod audit_log;
pub mod ingest;
// the answers
pub mod figures;
// the publication
pub mod chart;
pub mod document;
pub mod mail;
pub mod render;
pub mod typeface;
// out of the house, and the book of it
pub mod deliver;
pub mod ledger;
// running it
pub mod cli;
pub mod config;
pub mod demo;
pub mod pipeline;
