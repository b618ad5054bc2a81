//! Edition: what is issued once; its identity and status.
