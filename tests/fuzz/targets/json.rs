//! JSON shapes: see `reading::checks::json`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::json(bytes));
