//! Reading and choosing a token takes no memory: what a pass needs was taken by the passes before it.

mod support;

use drafting::decoder::{Decoder, Logits, Part, Sequence, Step};
use drafting::engine::{Engine, Event, Setup};
use support::synthetic::Synthetic;

#[global_allocator]
static COUNTED: dhat::Alloc = dhat::Alloc;

/// One token of each text, in one pass.
fn pass(decoder: &mut Decoder, texts: &mut [Sequence], token: u32) {
    let mut steps: smallvec::SmallVec<[Step<'_>; 16]> = texts
        .iter_mut()
        .map(|sequence| Step {
            sequence,
            part: Part::Draft,
            tokens: std::slice::from_ref(&token),
            logits: Logits::Last,
        })
        .collect();
    decoder.forward(&mut steps).expect("reads");
}

/// Passes of one text, of nine, and of as many as are drafted at once.
fn check(engine: &mut Engine) {
    let decoder = engine.decoder().expect("the project's decoder");
    let shape = decoder.kv_shape();
    for texts in [1, 9, 16] {
        let mut texts: Vec<Sequence> = (0..texts).map(|_| Sequence::new(shape, None, 64)).collect();
        // Buffers grow to what a pass of this size needs.
        for token in 0..4 {
            pass(decoder, &mut texts, token);
        }
        let profiler = dhat::Profiler::builder().testing().build();
        for token in 4..36 {
            pass(decoder, &mut texts, token);
        }
        let blocks = dhat::HeapStats::get().total_blocks;
        drop(profiler);
        assert_eq!(blocks, 0, "32 passes of {} texts", texts.len());
    }
}

fn job(number: u64, sampling: contract::Sampling) -> contract::frames::DraftJob {
    let body = "My knee hurts when I climb stairs. What can I do about it?";
    contract::frames::DraftJob {
        sampling,
        ..support::job(number, body)
    }
}

/// Steps of drafts from their second token on: those that look at the text as a whole (every eighth token, and when it is
/// shown) need room for it, all others none.
fn steps(engine: &mut Engine, drafts: u64, sampling: contract::Sampling) {
    for number in 0..drafts {
        engine.begin(&job(number, sampling)).expect("begins");
    }
    // The prompts, all in one pass, and the first tokens.
    let events = engine.step(&mut || false);
    assert!(events.iter().all(|e| matches!(e, Event::Text { .. })));
    let profiler = dhat::Profiler::builder().testing().build();
    let (mut written, mut quiet, mut before) = (1u32, 0, 0);
    while engine.is_busy() {
        let events = engine.step(&mut || false);
        written += 1;
        let blocks = dhat::HeapStats::get().total_blocks;
        // The first steps of a pass of this size let its buffers grow.
        if events.is_empty() && written > 4 && !written.is_multiple_of(8) {
            assert_eq!(
                blocks - before,
                0,
                "token {written} of {drafts} drafts, {sampling:?}"
            );
            quiet += 1;
        }
        if events.iter().any(|e| matches!(e, Event::Ended { .. })) {
            break;
        }
        before = dhat::HeapStats::get().total_blocks;
    }
    drop(profiler);
    assert!(quiet > 8, "{quiet} steps were seen");
    for number in 0..drafts {
        engine.stop(number);
    }
    while engine.is_busy() {
        engine.step(&mut || false);
    }
}

/// One test: what is counted is the whole process.
#[test]
fn a_token_is_read_and_chosen_without_an_allocation() {
    let setup = Setup {
        guess: 0,
        // What is shown takes room, and how often that is hangs on how fast the machine is at the moment.
        show_every: std::time::Duration::MAX,
        ..Setup::default()
    };
    let mut engine = Engine::open(&support::small_model(), None, setup).expect("loads");
    check(&mut engine);
    let greedy = contract::Sampling {
        max_tokens: 60,
        ..contract::Sampling::default()
    };
    let drawn = contract::Sampling {
        temperature: 0.8,
        top_p: 0.95,
        ..greedy
    };
    for sampling in [greedy, drawn] {
        for drafts in [1, 3] {
            steps(&mut engine, drafts, sampling);
        }
    }
    // Eight key heads.
    let folder = tempfile::tempdir().expect("folder");
    let model = Synthetic {
        heads: 8,
        kv_heads: 8,
        dim: 32,
        ..Synthetic::new("llama")
    };
    let path = model.write(folder.path());
    check(&mut Engine::open(&path, None, setup).expect("loads"));
}
