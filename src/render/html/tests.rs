//! Tests of HTML.
