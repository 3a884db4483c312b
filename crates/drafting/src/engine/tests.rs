//! The engine from within, with the real 135M model: what is kept, cut, counted and put first.

use super::prefix::Prefix;
use super::support::{divergence, small_model};
use super::{Engine, Setup};
use crate::decoder::{Decoder, Kv, Sequence};
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

/// Bound on the divergence of what passes of different sizes give.
const EQUAL: f64 = 5e-3;

fn engine() -> Engine {
    Engine::open(&small_model(), None, Setup::default()).expect("opens")
}

/// Some hundred ids of plain text.
fn text(engine: &Engine) -> Vec<u32> {
    let text = "Her knee is still swollen four days after the fall, and she asks what to do. ";
    engine.tokenizer.encode(&text.repeat(6)).expect("encodes")
}

/// Logits after `rest`, which goes on from a prefix.
fn logits(decoder: &mut Decoder, prefix: Option<Arc<Kv>>, rest: &[u32]) -> Vec<f32> {
    let mut sequence = Sequence::new(decoder.kv_shape(), prefix, rest.len());
    decoder.read(&mut sequence, rest).expect("reads").to_vec()
}

/// What goes to the log at the program's level while something is done.
fn logged<T>(done: impl FnOnce() -> T) -> (T, String) {
    #[derive(Clone, Default)]
    struct Lines(Arc<Mutex<Vec<u8>>>);
    impl Write for Lines {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().expect("the lines").write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::WARN)
        .with_writer(move || writer.clone())
        .finish();
    let given = tracing::subscriber::with_default(subscriber, done);
    let bytes = lines.0.lock().expect("the lines").clone();
    (given, String::from_utf8(bytes).expect("text"))
}

#[test]
fn a_damaged_prefix_is_made_anew_with_a_word_in_the_log() {
    let mut engine = engine();
    let ids = text(&engine);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prefix");
    let decoder = engine.decoder().expect("own decoder");
    let mut open = |path: &Path| {
        logged(|| Prefix::load_or_make(decoder, ids.clone(), "model", path).expect("a prefix")).1
    };
    assert_eq!(open(&path), "", "the first time is no damage");
    let sound = std::fs::read(&path).expect("kept");
    assert_eq!(open(&path), "", "a sound one is used");
    for (damage, word) in [
        (3, "arithmetic"),
        (20, "arithmetic"),
        (60, "changed"),
        (sound.len() / 2, "changed"),
    ] {
        let mut bytes = sound.clone();
        bytes[damage] ^= 0x40;
        std::fs::write(&path, &bytes).expect("written");
        let said = open(&path);
        assert!(said.contains("read anew") && said.contains(word), "{said}");
        assert!(std::fs::read(&path).expect("kept") == sound, "{damage}");
    }
    std::fs::write(&path, &sound[..sound.len() - 1]).expect("written");
    assert!(open(&path).contains("read anew"), "a cut one");
    assert!(std::fs::read(&path).expect("kept") == sound);
}

#[test]
fn a_text_after_a_restored_prefix_is_the_one_after_a_fresh_one() {
    let mut engine = engine();
    let whole = text(&engine);
    let (front, rest) = whole.split_at(70);
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("prefix");
    let decoder = engine.decoder().expect("own decoder");
    let mut prefix =
        || Prefix::load_or_make(decoder, front.to_vec(), "model", &path).expect("a prefix");
    let (fresh, restored) = (prefix(), prefix());
    assert!(!Arc::ptr_eq(&fresh.kv, &restored.kv));
    let fresh = logits(decoder, Some(fresh.kv), rest);
    assert!(logits(decoder, Some(restored.kv), rest) == fresh);
    let far = divergence(&logits(decoder, None, &whole), &fresh);
    assert!(far < EQUAL, "{far} nats");
}
