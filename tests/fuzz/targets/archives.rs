//! Archives and encodings: see `reading::checks::archives`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::archives(bytes));
