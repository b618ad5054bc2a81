//! Tests: random sequences.
