//! Reading a token takes no memory: what a pass needs was taken by the passes before it.

mod support;

use drafting::decoder::{Decoder, Logits, Part, Sequence, Step};
use drafting::engine::{Engine, Setup};

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

#[test]
fn a_token_is_read_without_an_allocation() {
    let path = support::small_model();
    let mut engine = Engine::open(&path, None, Setup::default()).expect("loads");
    let decoder = engine.decoder().expect("the project's decoder");
    let shape = decoder.kv_shape();
    for texts in [1, 16] {
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
