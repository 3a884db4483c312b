//! Rightness against llama.cpp (build 0c1e570): token ids of awkward strings,
//! and log-probabilities along its greedy answers, for the same model files.
//!
//! The 135M model is always there in `cargo xtask test`; the 1.5B is skipped,
//! with a word, where it is not installed.

mod support;

use drafting::engine::{Engine, Setup};
use drafting::kernels::Tier;
use serde_json::Value;

fn oracle(model: &str) -> Value {
    let all: Value =
        serde_json::from_str(include_str!("data/llama-cpp-oracle.json")).expect("oracle");
    all[model].clone()
}

fn engine(file: &str, needed: bool, tier: Tier) -> Option<Engine> {
    let path = support::file(file);
    if !path.exists() {
        assert!(
            !needed,
            "{} is missing: run `cargo xtask setup`",
            path.display()
        );
        eprintln!("skipped: {} is not installed", path.display());
        return None;
    }
    let setup = Setup {
        tier,
        ..Setup::default()
    };
    Some(Engine::open(&path, None, setup).expect("loads"))
}

fn ids(v: &Value) -> Vec<u32> {
    v.as_array()
        .expect("ids")
        .iter()
        .map(|n| n.as_u64().expect("id") as u32)
        .collect()
}

/// Every tier of this processor that a desktop is chosen for; the plain one takes minutes and is held to the others by the
/// kernels' own tests.
fn check(model: &str, file: &str, needed: bool, worst_allowed: f64) {
    for tier in Tier::ALL {
        if tier.here() && tier != Tier::Portable {
            check_tier(model, file, needed, worst_allowed, tier);
        }
    }
}

fn check_tier(model: &str, file: &str, needed: bool, worst_allowed: f64, tier: Tier) {
    let Some(mut engine) = engine(file, needed, tier) else {
        return;
    };
    let oracle = oracle(model);

    for case in oracle["tokenize_untrusted"].as_array().expect("cases") {
        let text = case["text"].as_str().expect("text");
        let ours = engine.tokenizer().encode(text).expect("encodes");
        assert_eq!(ours, ids(&case["ids"]), "{text:?}");
        assert_eq!(
            engine.tokenizer().decode(&ours),
            text,
            "decodes to the same text"
        );
        assert!(
            ours.iter().all(|id| !engine.tokenizer().is_control(*id)),
            "{text:?}"
        );
    }

    let (mut worst, mut sum, mut count, mut agree, mut steps) = (0f64, 0f64, 0u32, 0u32, 0u32);
    for case in oracle["generation"].as_array().expect("cases") {
        let prompt = case["prompt"].as_str().expect("prompt");
        let prompt_ids = ids(&case["prompt_ids"]);
        let (system, user) = split(prompt);
        let ours = engine
            .chat()
            .encode(engine.tokenizer(), system, &[], user)
            .expect("encodes");
        assert_eq!(ours, prompt_ids, "the chat format gives llama.cpp's ids");

        // Along llama.cpp's own greedy path, so that one near-tie does not end the comparison.
        let mut logits = engine.forward(&ours, 0).expect("prefill");
        let greedy = ids(&case["greedy_ids"]);
        for (step, (token, top)) in greedy
            .iter()
            .zip(case["top10"].as_array().expect("top10"))
            .enumerate()
        {
            let norm = log_sum_exp(&logits);
            let best = (0..logits.len())
                .max_by(|a, b| logits[*a].total_cmp(&logits[*b]))
                .expect("logits");
            steps += 1;
            agree += u32::from(best as u32 == *token);
            for choice in top.as_array().expect("choices") {
                let id = choice["id"].as_u64().expect("id") as usize;
                let theirs = choice["logprob"].as_f64().expect("logprob");
                // Far-off choices are noise on both sides.
                if theirs > -5.0 {
                    let difference = (f64::from(logits[id]) - norm - theirs).abs();
                    worst = worst.max(difference);
                    sum += difference;
                    count += 1;
                }
            }
            logits = engine
                .forward(&[*token], ours.len() + step)
                .expect("decode");
        }
    }
    let mean = sum / f64::from(count);
    eprintln!(
        "{model}, {}: greedy choice equal in {agree} of {steps} steps; log-probability differs by {mean:.4} on average, {worst:.4} at most, over {count} choices above -5",
        tier.name()
    );
    assert!(
        f64::from(agree) >= 0.9 * f64::from(steps),
        "{agree} of {steps}"
    );
    assert!(mean < worst_allowed / 4.0, "mean {mean}");
    assert!(worst < worst_allowed, "worst {worst}");
}

fn split(prompt: &str) -> (&str, &str) {
    let (system, rest) = prompt
        .strip_prefix("<|im_start|>system\n")
        .and_then(|p| p.split_once("<|im_end|>\n<|im_start|>user\n"))
        .expect("ChatML");
    (system, rest.split_once("<|im_end|>").expect("ChatML").0)
}

fn log_sum_exp(logits: &[f32]) -> f64 {
    let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f64 = logits.iter().map(|l| f64::from(l - top).exp()).sum();
    f64::from(top) + sum.ln()
}

#[test]
fn smollm2_135m_is_as_llama_cpp_has_it() {
    check(
        "smollm2-135m-instruct-q4_1",
        "SmolLM2-135M-Instruct.Q4_1.gguf",
        true,
        0.5,
    );
}

#[test]
fn qwen2_5_coder_1_5b_is_as_llama_cpp_has_it() {
    check(
        "qwen2.5-coder-1.5b-instruct-q4_k_m",
        "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
        false,
        0.5,
    );
}
