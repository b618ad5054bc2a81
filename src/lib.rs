//! Quarterday: an audit log goes in, proven reports go out: on the day, once, to the right people.
#![doc = include_str!("ARCHITECTURE.md")]
#![warn(missing_docs)]
#![deny(unsafe_code)] // but for `audit_log/sealed/sql/table.rs`, which says why

// words
pub mod calendar;
pub mod clock;
pub mod event;
pub mod phrase;
pub mod query;
pub mod source;
// identity and stages
pub mod dispatch;
pub mod edition;
pub mod finding;
// proof, what people write, who people are
pub mod directory;
pub mod seal;
pub mod written;
// what is wanted, and when
pub mod definition;
pub mod schedule;
// the log
pub mod audit_log;
pub mod ingest;
pub mod records;
pub mod sigma;
// the answers
pub mod figures;
pub mod watch;
pub mod wording;
// the publication
pub mod chart;
pub mod document;
pub mod export;
pub mod mail;
pub mod render;
pub mod typeface;
// out of the house, and the book of it
pub mod collect;
pub mod deliver;
pub mod ledger;
// running it
pub mod cli;
pub mod config;
pub mod daemon;
pub mod demo;
pub mod pipeline;
