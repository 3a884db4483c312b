//! What a drafter that was taken over might say to the desk, and a desk to a drafter.
#![no_main]

use contract::frames::{FromDrafter, ToDrafter, read_frame};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let mut from = bytes;
    while let Ok(Some(_)) = read_frame::<FromDrafter>(&mut from) {}
    let mut from = bytes;
    while let Ok(Some(_)) = read_frame::<ToDrafter>(&mut from) {}
});
