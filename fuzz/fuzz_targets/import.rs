//! Files of a stranger under the names of their formats: each record is stored, or refused with its place.

pub(crate) fn read(names: &[&str], bytes: &[u8]) {
    let now = jiff::Timestamp::UNIX_EPOCH;
    for name in names {
        if let Ok(records) = clinical::import::read(name, bytes, now) {
            for r in records {
                if let Err(why) = r.item {
                    assert!(!why.is_empty() && !r.place.is_empty(), "a refusal says why and where");
                }
            }
        }
    }
}
