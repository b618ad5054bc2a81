//! Delimited text: see `reading::checks::delimited`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::delimited(bytes));
