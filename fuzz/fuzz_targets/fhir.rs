//! A FHIR bundle or NDJSON.
#![no_main]

mod import;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| import::read(&["in.json", "in.ndjson"], bytes));
