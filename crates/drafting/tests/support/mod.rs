//! Where the tests find their models.

#![allow(
    dead_code,
    reason = "every test file takes what it needs of this module"
)]

pub(crate) mod synthetic;

use std::path::PathBuf;

/// The file of an installed model, whether or not it is there.
pub(crate) fn file(name: &str) -> PathBuf {
    std::env::var_os("COUNTERSIGN_MODELS")
        .map_or_else(
            || {
                PathBuf::from(std::env::var_os("HOME").unwrap_or_default())
                    .join(".local/share/countersign/models")
            },
            PathBuf::from,
        )
        .join(name)
}

/// The 135M model, which every machine that runs the tests has.
pub(crate) fn small_model() -> PathBuf {
    let path = file("SmolLM2-135M-Instruct.Q4_1.gguf");
    assert!(
        path.exists(),
        "{} is missing: run `cargo xtask setup`",
        path.display()
    );
    path
}

/// Kullback-Leibler divergence of the second from the first, in nats.
pub(crate) fn divergence(a: &[f32], b: &[f32]) -> f64 {
    let log_softmax = |x: &[f32]| {
        let top = f64::from(x.iter().copied().fold(f32::NEG_INFINITY, f32::max));
        let sum: f64 = x.iter().map(|v| (f64::from(*v) - top).exp()).sum();
        x.iter()
            .map(|v| f64::from(*v) - top - sum.ln())
            .collect::<Vec<_>>()
    };
    let (a, b) = (log_softmax(a), log_softmax(b));
    a.iter().zip(&b).map(|(a, b)| a.exp() * (a - b)).sum()
}

/// A short draft to make of one message.
pub(crate) fn job(number: u64, body: &str) -> contract::frames::DraftJob {
    contract::frames::DraftJob {
        job: number,
        thread: vec![contract::ThreadMessage {
            id: number.to_string(),
            sender_role: contract::SenderRole::Patient,
            sender_name: String::new(),
            sent_at: String::new(),
            subject: String::new(),
            body: body.into(),
        }],
        chart: contract::Chart::default(),
        kind: contract::MessageKind::Clinical,
        urgency: contract::Urgency::Routine,
        today: "2026-11-22".into(),
        sampling: contract::Sampling {
            max_tokens: 24,
            ..contract::Sampling::default()
        },
        awaited: false,
    }
}
