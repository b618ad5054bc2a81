//! Tests of the demonstration year, on the text of its files.
