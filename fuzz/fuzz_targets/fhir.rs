//! A FHIR bundle or NDJSON: each record is stored, or refused with its place.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let now = jiff::Timestamp::UNIX_EPOCH;
    for name in ["in.json", "in.ndjson"] {
        if let Ok(records) = clinical::import::read(name, bytes, now) {
            for r in records {
                if let Err(why) = r.item {
                    assert!(!why.is_empty() && !r.place.is_empty(), "a refusal says why and where");
                }
            }
        }
    }
});
