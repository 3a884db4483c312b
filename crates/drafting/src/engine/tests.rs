//! The engine from within, with the real 135M model: what is kept, cut, counted and put first.

use super::prefix::Prefix;
use super::support::{job, small_model};
use super::{Engine, Event, Setup};
use crate::ModelError;
use crate::decoder::{Decoder, Kv, MOST_ROWS, Sequence};
use crate::prompt::PromptText;
use contract::frames::DraftJob;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Instant;

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
    // Bit for bit: `tests/rows.rs` says why.
    assert!(logits(decoder, None, &whole) == fresh);
}

/// A job whose message has others before it.
fn after(bodies: impl IntoIterator<Item = String>) -> DraftJob {
    let mut job = job(1, "May I take it with food?");
    let mut earlier: Vec<_> = bodies
        .into_iter()
        .map(|body| contract::ThreadMessage {
            body,
            ..job.thread[0].clone()
        })
        .collect();
    earlier.append(&mut job.thread);
    job.thread = earlier;
    job
}

/// Most tokens of a prompt for a job.
fn limit(engine: &Engine, job: &DraftJob) -> usize {
    engine.context - job.sampling.max_tokens as usize - 1
}

#[test]
fn a_long_thread_is_cut_at_whole_messages_oldest_first_and_the_draft_says_so() {
    let mut engine = engine();
    let long = after((0..300).map(|n| {
        format!("Number {n}: the tablets still upset my stomach, and I would like others.")
    }));
    let (text, ids, left_out) = engine.prompt_ids(&long).expect("a prompt");
    let shown = engine.words.examples(None);
    let fits = |skip| {
        let PromptText { system, user } = engine.words.prompt(&long, skip);
        let ids = engine
            .chat
            .encode(&engine.tokenizer, &system, &shown, &user);
        ids.expect("encodes").len() <= limit(&engine, &long)
    };
    assert!(left_out > 0 && left_out < 300 && fits(left_out) && !fits(left_out - 1));
    assert!(ids.len() <= limit(&engine, &long));
    let holds = |n: usize| text.user.contains(&format!("Number {n}: the tablets"));
    assert!((0..300).all(|n| holds(n) == (n >= left_out)));
    assert!(text.user.contains("May I take it with food?"));
    engine.begin(&long).expect("begins");
    assert_eq!(
        engine.writings[0].notes,
        [format!(
            "The thread is long: the {left_out} oldest of its messages were not read for this draft."
        )]
    );
}

#[test]
fn what_is_cut_of_the_chart_is_among_the_notes_of_the_draft() {
    let mut engine = engine();
    let mut job = job(1, "Is my result back?");
    job.chart.results = (0..20).map(|n| format!("A1c {n}")).collect();
    engine.begin(&job).expect("begins");
    assert_eq!(
        engine.writings[0].notes,
        ["The chart is long: 8 of its lines were not read for this draft."]
    );
}

#[test]
fn a_long_message_takes_the_place_of_the_examples_and_then_is_too_long() {
    let engine = engine();
    let of = |words: usize| job(1, &"knee ".repeat(words));
    let tokens = |words| {
        let PromptText { system, user } = engine.words.prompt(&of(words), 0);
        let ids = engine.chat.encode(&engine.tokenizer, &system, &[], &user);
        ids.expect("encodes").len()
    };
    let limit = limit(&engine, &of(1));
    let most = limit - tokens(1) + 1;
    assert_eq!(tokens(most), limit, "a word is a token");
    let (_, ids, left_out) = engine.prompt_ids(&of(most)).expect("without examples");
    assert_eq!((ids.len(), left_out), (limit, 0));
    let refused = engine.prompt_ids(&of(most + 1)).expect_err("too long");
    assert!(
        matches!(refused, ModelError::PromptTooLong { tokens, limit: l } if tokens == limit + 1 && l == limit),
        "{refused}"
    );
}

#[test]
fn a_thread_of_many_messages_is_read_in_few_passes_over_its_text() {
    let engine = engine();
    let mut bodies = vec!["The knee is no better. ".repeat(2); 2000];
    bodies.push("The knee is no better. ".repeat(4500));
    let whole = bodies.concat();
    assert!(whole.len() > 190_000);
    let begun = Instant::now();
    engine.tokenizer.encode(&whole).expect("encodes");
    let once = begun.elapsed();
    for at in [2000, 0] {
        bodies.swap(at, 2000);
        let job = after(bodies.clone());
        let begun = Instant::now();
        let (_, _, left_out) = engine.prompt_ids(&job).expect("a prompt");
        let took = begun.elapsed();
        assert!(left_out > 0);
        // A pass for each message that is left out would be some two thousand.
        assert!(took < 20 * once, "{took:?}, a pass takes {once:?}");
    }
}

/// Tokens that the caches of all drafts have room for.
fn held(engine: &Engine) -> usize {
    let caches = engine.writings.iter().filter_map(|w| w.sequence.as_ref());
    caches.map(Sequence::capacity).sum()
}

#[test]
fn caches_stay_within_what_was_foreseen_however_many_drafts_a_person_looks_at() {
    let mut engine = engine();
    let body =
        "My knee hurts when I climb stairs, at night, and in the cold. What can I do about it? ";
    for n in 0..8 {
        let mut job = job(n, &body.repeat(8));
        job.sampling.max_tokens = 3;
        engine.begin(&job).expect("begins");
    }
    engine.step(&mut || false);
    let places = engine.present().len();
    assert!(places > 1 && places < 8, "{places}");
    for n in (0..8).rev() {
        engine.prefer(n);
        engine.step(&mut || false);
        let looked_at = engine.writings.iter().find(|w| w.job == n);
        assert!(looked_at.is_some_and(|w| w.read > 0), "read at once");
        assert!(held(&engine) <= engine.room());
    }
    engine.awaited = None;
    let mut ended = 0;
    while engine.is_busy() {
        for event in engine.step(&mut || false) {
            if let Event::Ended { job, result } = event {
                assert!(!matches!(result, Err(ModelError::Engine(_))), "{job}");
                ended += 1;
            }
        }
        assert!(held(&engine) <= engine.room());
    }
    assert_eq!(ended, 8, "those that began anew, too");
}

/// A job whose cache takes somewhat less than a half of the room.
fn large(engine: &Engine, number: u64, sent_at: &str) -> DraftJob {
    let words = engine.room() / 2 - 120;
    let mut job = job(number, &"knee ".repeat(words));
    job.thread[0].sent_at = sent_at.into();
    job.sampling.max_tokens = 3;
    job
}

#[test]
fn the_most_urgent_and_then_the_oldest_come_before_others_that_wait_and_no_draft_loses_its_place() {
    let mut engine = engine();
    for (number, sent_at) in [(0, "2026-11-20"), (1, "2026-11-21")] {
        engine
            .begin(&large(&engine, number, sent_at))
            .expect("begins");
    }
    engine.step(&mut || false);
    let later = [(2, "2026-11-19"), (3, "2026-11-18"), (4, "2026-11-22")];
    for (number, sent_at) in later {
        let mut job = large(&engine, number, sent_at);
        if number == 4 {
            job.urgency = contract::Urgency::Urgent;
        }
        engine.begin(&job).expect("begins");
    }
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    while engine.is_busy() {
        for event in engine.step(&mut || false) {
            if let Event::Ended { job, .. } = event {
                ended.push(job);
            }
        }
        let with_cache = engine.writings.iter().filter(|w| w.sequence.is_some());
        let jobs: Vec<u64> = with_cache.map(|w| w.job).collect();
        assert!(jobs.len() <= 2);
        for job in jobs {
            if !begun.contains(&job) {
                begun.push(job);
            }
        }
    }
    assert_eq!(begun, [0, 1, 4, 3, 2]);
    assert_eq!(ended.len(), 5);
}

#[test]
fn a_draft_that_a_person_turns_to_ends_before_the_others() {
    let mut engine = engine();
    let body = "The tablets make me feel sick in the morning. Can I take them at night?";
    for number in 0..3 {
        engine.begin(&job(number, body)).expect("begins");
    }
    for _ in 0..4 {
        engine.step(&mut || false);
    }
    assert!(
        engine.writings.iter().all(|w| w.written.len() == 4),
        "side by side"
    );
    engine.prefer(2);
    let first = loop {
        let ended = engine
            .step(&mut || false)
            .into_iter()
            .find_map(|e| match e {
                Event::Ended { job, .. } => Some(job),
                Event::Text { .. } => None,
            });
        if let Some(job) = ended {
            break job;
        }
    };
    assert_eq!(first, 2);
    assert!(
        engine.writings.iter().all(|w| w.written.len() == 4),
        "the others waited"
    );
}

#[test]
fn a_draft_joins_others_midway_and_is_read_while_they_go_on() {
    let mut engine = engine();
    engine
        .begin(&job(0, "I feel dizzy. Should I stop the tablets?"))
        .expect("begins");
    for _ in 0..5 {
        engine.step(&mut || false);
    }
    engine
        .begin(&job(1, "My knee hurts at night. What can I do?"))
        .expect("begins");
    engine.step(&mut || false);
    let written: Vec<usize> = engine.writings.iter().map(|w| w.written.len()).collect();
    assert_eq!(written, [6, 1], "one pass for both");
    let mut texts = 0;
    while engine.is_busy() {
        for event in engine.step(&mut || false) {
            if let Event::Ended { result, .. } = event {
                assert!(!result.expect("a draft").text.is_empty());
                texts += 1;
            }
        }
    }
    assert_eq!(texts, 2);
}

#[test]
fn a_draft_with_a_preset_computes_only_what_no_other_shares_and_is_as_one_read_cold() {
    let mut engine = engine();
    let kept = engine.prefix.as_ref().expect("a prefix").ids.clone();
    let system = engine.tokenizer.encode(engine.words.system());
    let least = system.expect("encodes").len();
    for preset in contract::Preset::ALL {
        let asked = |words: usize| {
            let mut job = job(1, &"knee ".repeat(words));
            job.sampling.preset = Some(preset);
            job
        };
        let ids = |engine: &Engine, words| engine.prompt_ids(&asked(words)).expect("a prompt").1;
        let short = ids(&engine, 1);
        let shared = kept.iter().zip(&short).take_while(|(a, b)| a == b).count();
        assert!(
            shared > least && shared < kept.len(),
            "{preset:?}: {shared}"
        );
        // What is not shared fills passes to their last row, so these are enough for no row more.
        let passes = (short.len() - shared).div_ceil(MOST_ROWS);
        let words = passes * MOST_ROWS + shared + 1 - short.len();
        let prompt = ids(&engine, words);
        assert_eq!(prompt.len() - shared, passes * MOST_ROWS);
        engine.begin(&asked(words)).expect("begins");
        for _ in 0..passes {
            engine.step(&mut || false);
        }
        let w = engine.writings.pop().expect("under way");
        assert!(
            w.is_read() && w.written.len() == 1,
            "{preset:?}: {}",
            w.read
        );
        let decoder = engine.decoder().expect("own decoder");
        let mut mine = w.sequence.expect("read");
        let mut cold = Sequence::new(decoder.kv_shape(), None, prompt.len() + 1);
        decoder.read(&mut cold, &prompt).expect("reads");
        let [mine, cold] =
            [&mut mine, &mut cold].map(|s| decoder.read(s, &w.written).expect("reads").to_vec());
        assert!(mine == cold, "{preset:?}");
    }
}
