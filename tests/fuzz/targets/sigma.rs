//! Rules in Sigma's format: see `reading::checks::sigma`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::sigma(bytes));
