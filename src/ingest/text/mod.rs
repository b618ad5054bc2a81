//! Text: how one line of a log that is neither CSV nor JSON reads, as an object that a mapping's paths look into.

pub(in crate::ingest) mod auditd;
pub(in crate::ingest) mod cef;
pub(in crate::ingest) mod rfc5424;
