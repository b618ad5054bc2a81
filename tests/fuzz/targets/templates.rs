//! Templates, of pages and of mails: see `reading::checks::templates`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| reading::checks::templates(bytes));
