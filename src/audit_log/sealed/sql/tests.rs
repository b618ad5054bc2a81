//! Tests of ad-hoc statements.
