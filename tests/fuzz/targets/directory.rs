//! Files of people and of holidays: see `reading::checks::directory`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::directory(bytes));
