//! CSV and JSON Lines.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let now = jiff::Timestamp::UNIX_EPOCH;
    for name in ["in.csv", "in.jsonl"] {
        if let Ok(records) = clinical::import::read(name, bytes, now) {
            for r in records {
                if let Err(why) = r.item {
                    assert!(!why.is_empty() && !r.place.is_empty(), "a refusal says why and where");
                }
            }
        }
    }
});
