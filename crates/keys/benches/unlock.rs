//! What an unlock costs: `cargo bench -p keys`. Prints one line of JSON.

use keys::{OsRng, RecordKey, SlotFile};
use std::time::Instant;

fn main() -> Result<(), keys::KeyError> {
    let mut slots = SlotFile::new(&mut OsRng);
    let key = RecordKey::random(&mut OsRng);
    slots.add_user("ada", "correct horse battery", &key, &mut OsRng)?;
    let mut ms = Vec::new();
    for _ in 0..15 {
        let begun = Instant::now();
        slots.unlock("ada", "correct horse battery")?;
        ms.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    ms.sort_by(f64::total_cmp);
    println!(
        "{{\"measure\": \"passphrase to key (Argon2id 64 MiB, t=3, p=4)\", \"n\": {}, \"median_ms\": {:.1}, \"max_ms\": {:.1}}}",
        ms.len(),
        ms[ms.len() / 2],
        ms[ms.len() - 1]
    );
    Ok(())
}
