//! Headers of mails: see `reading::checks::headers`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::headers(bytes));
