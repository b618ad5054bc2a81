//! Tests of watch rules.
