//! CSV and JSON Lines.
#![no_main]

mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::read(&["in.csv", "in.jsonl"], bytes));
