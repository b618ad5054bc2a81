//! Definitions and every other YAML file: see `reading::checks::definitions`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::definitions(bytes));
