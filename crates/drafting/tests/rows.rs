//! A text's logits depend on that text alone: not on the others of a pass, not on how many there are, how its prompt was cut
//! into passes, what was taken back, or what it shares. The bound is 0: every bit is compared, on every tier of this processor,
//! on a model with K formats (whose products differ for prompts and drafts) and on the installed one.

mod support;

use drafting::decoder::{Decoder, Kv, Logits, Part, Sequence, Step};
use drafting::engine::{Engine, Event, Setup};
use drafting::kernels::Tier;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use std::cell::RefCell;
use std::path::Path;
use std::sync::Arc;
use support::synthetic::{Random, Synthetic};

fn open(path: &Path, tier: Tier) -> Engine {
    let setup = Setup {
        tier,
        threads: 2,
        ..Setup::default()
    };
    Engine::open(path, None, setup).expect("opens")
}

fn tiers() -> impl Iterator<Item = Tier> {
    Tier::ALL.into_iter().filter(|t| t.here())
}

/// A text: what is read, and what is then written, token by token.
#[derive(Clone, Debug)]
struct Text {
    prompt: Vec<u32>,
    draft: Vec<u32>,
}

impl Text {
    fn of(random: &mut Random, vocabulary: usize, prompt: usize, draft: usize) -> Self {
        let mut ids = |n: usize| (0..n).map(|_| random.below(vocabulary) as u32).collect();
        Self {
            prompt: ids(prompt),
            draft: ids(draft),
        }
    }
}

fn bits(logits: &[f32]) -> Vec<u32> {
    logits.iter().map(|l| l.to_bits()).collect()
}

fn step<'a>(sequence: &'a mut Sequence, part: Part, tokens: &'a [u32]) -> Step<'a> {
    Step {
        sequence,
        part,
        tokens,
        logits: Logits::Last,
    }
}

/// The logits after the prompt and after each token of the draft, of a text alone and cold.
fn alone(decoder: &mut Decoder, text: &Text) -> Vec<Vec<u32>> {
    let mut sequence = Sequence::new(
        decoder.kv_shape(),
        None,
        text.prompt.len() + text.draft.len(),
    );
    let mut all = vec![bits(
        decoder.read(&mut sequence, &text.prompt).expect("reads"),
    )];
    for token in &text.draft {
        let step = step(&mut sequence, Part::Draft, std::slice::from_ref(token));
        all.push(bits(decoder.forward(&mut [step]).expect("reads")));
    }
    all
}

/// One that is beside it: when it comes, when it leaves, and how many tokens it reads at a time.
#[derive(Clone, Debug)]
struct Other {
    text: Text,
    comes: usize,
    leaves: usize,
    at_once: usize,
    sequence: Option<Sequence>,
    read: usize,
}

impl Other {
    fn of(random: &mut Random, vocabulary: usize) -> Self {
        let (prompt, draft) = (1 + random.below(60), 1 + random.below(9));
        let comes = random.below(6);
        Self {
            text: Text::of(random, vocabulary, prompt, draft),
            comes,
            leaves: comes + 1 + random.below(12),
            at_once: 1 + random.below(20),
            sequence: None,
            read: 0,
        }
    }

    /// What it reads in the next pass.
    fn next(&self) -> (Part, &[u32]) {
        let prompt = self.text.prompt.len();
        if self.read < prompt {
            let end = prompt.min(self.read + self.at_once);
            return (Part::Prompt, &self.text.prompt[self.read..end]);
        }
        let from = (self.read - prompt).min(self.text.draft.len() - 1);
        (Part::Draft, &self.text.draft[from..=from])
    }
}

/// The same logits with others beside it: it shares the first `shared` tokens of a prefix that was kept and taken back and most
/// often goes on otherwise, reads `at_once` tokens of its prompt in a pass, and takes back a wrong guess behind every other token.
fn in_company(
    decoder: &mut Decoder,
    text: &Text,
    others: &mut [Other],
    (shared, at_once): (usize, usize),
    random: &mut Random,
) -> Vec<Vec<u32>> {
    let shape = decoder.kv_shape();
    let vocabulary = decoder.config().vocabulary;
    let mut front = text.prompt[..shared].to_vec();
    front.extend((0..random.below(90)).map(|_| random.below(vocabulary) as u32));
    let mut prefix = Sequence::new(shape, None, front.len());
    decoder.read(&mut prefix, &front).expect("reads");
    let mut kept = Vec::new();
    let made = prefix.into_prefix().expect("a prefix");
    made.write(&mut kept).expect("kept");
    let mut back = Kv::new(shape, front.len());
    back.read(&mut &*kept, front.len()).expect("taken back");
    let mut mine = Sequence::after(
        shape,
        Some(Arc::new(back)),
        shared,
        text.prompt.len() + text.draft.len() + 4,
    );
    assert_eq!(mine.len(), shared);
    let (mut all, mut read) = (Vec::new(), shared);
    let prompt = text.prompt.len();
    for pass in 0.. {
        let guesses: Vec<u32>;
        let (part, tokens) = if read < prompt {
            let end = prompt.min(read + at_once);
            (Part::Prompt, &text.prompt[read..end])
        } else if let Some(token) = text.draft.get(read - prompt) {
            // A wrong guess behind it.
            let more = (read % 2) * random.below(4);
            guesses = std::iter::once(*token)
                .chain((0..more).map(|_| random.below(vocabulary) as u32))
                .collect();
            (Part::Draft, &guesses[..])
        } else {
            return all;
        };
        let mut present: Vec<(&mut Other, Part, Vec<u32>)> = Vec::new();
        for other in others.iter_mut() {
            if (other.comes..other.leaves).contains(&pass) {
                let (part, tokens) = other.next();
                let tokens = tokens.to_vec();
                other.read += tokens.len();
                other
                    .sequence
                    .get_or_insert_with(|| Sequence::new(shape, None, 120));
                present.push((other, part, tokens));
            }
        }
        // Mine lies anywhere among them.
        let place = random.below(present.len() + 1);
        let mut steps: Vec<Step<'_>> = present
            .iter_mut()
            .filter_map(|(other, part, tokens)| Some(step(other.sequence.as_mut()?, *part, tokens)))
            .collect();
        steps.insert(
            place,
            Step {
                logits: Logits::All,
                ..step(&mut mine, part, tokens)
            },
        );
        let logits = decoder.forward(&mut steps).expect("reads");
        let row = |n: usize| bits(&logits[(place + n) * vocabulary..][..vocabulary]);
        match part {
            Part::Prompt => {
                read += tokens.len();
                if read == prompt {
                    all.push(row(tokens.len() - 1));
                }
            }
            Part::Draft => {
                all.push(row(0));
                read += 1;
                mine.truncate(read);
            }
        }
    }
    all
}

fn check(path: &Path, cases: u32, longest: usize) {
    for tier in tiers() {
        // The plain tier is slow, and its loops are the same.
        let cases = if tier == Tier::Portable {
            cases.div_ceil(8)
        } else {
            cases
        };
        let engine = RefCell::new(open(path, tier));
        let mut runner = TestRunner::new(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(cases)
        });
        let ways = (
            any::<u64>(),
            1..longest,
            1..12usize,
            0..18usize,
            any::<u8>(),
            1..160usize,
        );
        runner
            .run(&ways, |(seed, prompt, draft, company, share, at_once)| {
                let mut engine = engine.borrow_mut();
                let decoder = engine.decoder().expect("own decoder");
                let vocabulary = decoder.config().vocabulary;
                let random = &mut Random(seed);
                let text = Text::of(random, vocabulary, prompt, draft);
                let shared = usize::from(share) * (prompt - 1) / 255;
                let cold = alone(decoder, &text);
                // Two companies that have nothing in common.
                for _ in 0..2 {
                    let mut others: Vec<Other> = (0..company)
                        .map(|_| Other::of(random, vocabulary))
                        .collect();
                    let warm = in_company(decoder, &text, &mut others, (shared, at_once), random);
                    prop_assert_eq!(cold.len(), warm.len());
                    for (n, (cold, warm)) in cold.iter().zip(&warm).enumerate() {
                        prop_assert!(cold == warm, "{:?}: row {}", tier, n);
                    }
                }
                Ok(())
            })
            .expect("one patient's text cannot change another's draft");
    }
}

#[test]
fn a_texts_logits_are_its_own_with_k_formats() {
    let folder = tempfile::tempdir().expect("folder");
    check(&Synthetic::new("llama").write(folder.path()), 48, 300);
}

#[test]
fn a_texts_logits_are_its_own_where_formats_meet() {
    use candle_core::quantized::GgmlDType;
    let folder = tempfile::tempdir().expect("folder");
    let mut model = Synthetic::new("qwen3");
    // Groups of 32 columns for all that share their activations, K formats too.
    model.format = |_, part| match part {
        "attn_q" | "ffn_gate" => GgmlDType::Q6K,
        "attn_k" => GgmlDType::Q8_0,
        "attn_v" | "ffn_up" => GgmlDType::Q5_0,
        "attn_output" => GgmlDType::Q4_1,
        _ => GgmlDType::Q4K,
    };
    check(&model.write(folder.path()), 24, 200);
}

#[test]
fn a_texts_logits_are_its_own_on_the_installed_model() {
    check(&support::small_model(), 3, 60);
}

/// The first of some drafts made together, or why there is none.
fn draft(engine: &mut Engine, bodies: &[&str]) -> String {
    let mut first = None;
    for (i, body) in (0..).zip(bodies) {
        engine.begin(&support::job(i, body)).expect("begins");
    }
    while engine.is_busy() {
        for event in engine.step(&mut || false) {
            if let Event::Ended { job: 0, result } = event {
                first = Some(result.map_or_else(|e| e.to_string(), |d| d.text));
            }
        }
    }
    first.expect("an end")
}

#[test]
fn a_draft_is_the_same_whatever_the_others_write() {
    let folder = tempfile::tempdir().expect("folder");
    let path = Synthetic::new("qwen2").write(folder.path());
    for tier in tiers().filter(|t| *t != Tier::Portable) {
        let mut engine = open(&path, tier);
        for mine in ["note on a test", "is it on unless a nurse is in?"] {
            let alone = draft(&mut engine, &[mine]);
            for others in [
                &["a"][..],
                &["it is out", "see us at noon", "nausea in a session"],
                &[
                    "ae io u", "no", "an inn", "to us", "sun", "tea", "oats", "seat", "i", "e",
                ],
            ] {
                let all: Vec<&str> = [mine].into_iter().chain(others.iter().copied()).collect();
                assert_eq!(draft(&mut engine, &all), alone, "{tier:?}: {others:?}");
            }
        }
    }
}
