//! Lines of text: see `reading::checks::lines`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::lines(bytes));
