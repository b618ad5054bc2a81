//! Ingest: files in, events and rejected rows out.
