//! How far the engine's answers are from those of the same weights in full
//! floats: KL divergence and perplexity, read against a file that
//! `llama-perplexity --kl-divergence-base` wrote (llama.cpp, build 0c1e570), so
//! that both engines are held against the very same numbers.

use super::{How, open};
use crate::drafter::Choice;
use contract::{Code, Failure};
use drafting::decoder::{Logits, Part, Sequence, Step};
use serde::Serialize;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

/// Rows of a pass: the logits of a whole chunk would fill a third of a gigabyte.
const ROWS: usize = 128;
/// Largest context of a reference that is read.
const LONGEST: usize = 4096;
/// Below this log-probability a token of the reference counts for nothing.
const LEAST: f32 = -16.0;

/// What became of the comparison.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Divergence {
    /// The model's name.
    pub model: String,
    /// Instructions that were used.
    pub tier: String,
    /// Tokens that were read.
    pub tokens: usize,
    /// Tokens whose distributions were compared: those after the first half of each chunk.
    pub compared: usize,
    /// Mean KL divergence from the reference's distribution to ours, in nats.
    pub kl: f64,
    /// The 99th percentile of it, in nats.
    pub kl_p99: f64,
    /// e to the mean negative log-likelihood of the text.
    pub perplexity: f64,
    /// The reference's own.
    pub reference_perplexity: f64,
    /// Share of places where both think the same token most likely.
    pub same_top: f64,
}

/// Reads the reference's text with a model and compares what both expect.
///
/// # Errors
/// The model's refusals, and [`Code::Malformed`] for a file that is no reference of it.
pub fn divergence(choice: &Choice, reference: &Path, how: &How) -> Result<Divergence, Failure> {
    let broken = |what: &str| {
        Failure::new(
            Code::Malformed,
            format!("The reference is not one of this model: {what}."),
        )
        .at(reference.display().to_string())
    };
    let io = |e: std::io::Error| broken(&e.to_string());
    let (mut engine, setup) = open(choice, how)?;
    let mut file = BufReader::with_capacity(1 << 20, File::open(reference).map_err(io)?);
    let mut magic = [0; 8];
    file.read_exact(&mut magic).map_err(io)?;
    if &magic != b"_logits_" {
        return Err(broken("it begins otherwise"));
    }
    let [context, vocabulary, chunks] = numbers::<3>(&mut file).map_err(io)?;
    let bos = engine.tokenizer().bos;
    let decoder = engine
        .decoder()
        .ok_or_else(|| broken("the model is not run by the project's decoder"))?;
    if vocabulary != decoder.config().vocabulary {
        return Err(broken("its vocabulary is another"));
    }
    if !(2..=LONGEST).contains(&context) || context > decoder.config().context || chunks > 1 << 16 {
        return Err(broken("its context or its length is out of range"));
    }
    let mut tokens = Vec::with_capacity(context * chunks);
    for _ in 0..context * chunks {
        tokens.push(numbers::<1>(&mut file).map_err(io)?[0] as u32);
    }
    // Scale and least, as floats in the room of two each, and the steps above the least.
    let mut row = vec![0u8; 2 * (2 * vocabulary.div_ceil(2) + 4)];
    let (mut sum, mut nll, mut nll_reference, mut same) = (0.0, 0.0, 0.0, 0usize);
    let mut all = Vec::new();
    let mut sequence = Sequence::new(decoder.kv_shape(), None, context);
    for chunk in tokens.chunks_exact_mut(context) {
        // As llama-perplexity does for a model that asks for it: every chunk begins a text.
        if let Some(bos) = bos {
            chunk[0] = bos;
        }
        sequence.truncate(0);
        for (n, part) in chunk.chunks(ROWS).enumerate() {
            let logits = decoder.forward(&mut [Step {
                sequence: &mut sequence,
                part: Part::Prompt,
                tokens: part,
                logits: Logits::All,
            }])?;
            for (i, ours) in logits.chunks_exact(vocabulary).enumerate() {
                let at = n * ROWS + i;
                // The first half has too little before it, and nothing follows the last token.
                if at < context / 2 || at + 1 == context {
                    continue;
                }
                file.read_exact(&mut row).map_err(io)?;
                let next = chunk[at + 1] as usize;
                if next >= vocabulary {
                    return Err(broken("a token lies outside the vocabulary"));
                }
                let found = compare(ours, &row, next);
                sum += found.kl;
                nll -= f64::from(found.ours);
                nll_reference -= f64::from(found.reference);
                same += usize::from(found.same);
                all.push(found.kl);
            }
        }
    }
    let n = all.len().max(1);
    all.sort_by(f64::total_cmp);
    Ok(Divergence {
        model: choice.name.clone(),
        tier: setup.tier.name().into(),
        tokens: tokens.len(),
        compared: all.len(),
        kl: sum / n as f64,
        kl_p99: all.get(n * 99 / 100).copied().unwrap_or(0.0),
        perplexity: (nll / n as f64).exp(),
        reference_perplexity: (nll_reference / n as f64).exp(),
        same_top: same as f64 / n as f64,
    })
}

struct Place {
    kl: f64,
    /// Log-probabilities of the token that came.
    ours: f32,
    reference: f32,
    same: bool,
}

/// One place of the text: our logits, and the reference's row.
fn compare(ours: &[f32], row: &[u8], next: usize) -> Place {
    let float = |at: usize| f32::from_le_bytes([row[at], row[at + 1], row[at + 2], row[at + 3]]);
    let (scale, least) = (float(0), float(4));
    let steps = row[8..].as_chunks::<2>().0;
    let reference = |i: usize| scale * f32::from(u16::from_le_bytes(steps[i])) + least;
    let top = ours.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let total: f64 = ours.iter().map(|l| f64::from((l - top).exp())).sum();
    let shift = top + total.ln() as f32;
    let (mut kl, mut best_ours, mut best) = (0.0, 0, 0);
    for (i, logit) in ours.iter().enumerate() {
        let expected = reference(i);
        if expected > LEAST {
            kl += f64::from(expected.exp() * (expected - (logit - shift)));
        }
        if *logit > ours[best_ours] {
            best_ours = i;
        }
        if steps_of(steps[i]) > steps_of(steps[best]) {
            best = i;
        }
    }
    Place {
        kl,
        ours: ours[next] - shift,
        reference: reference(next),
        same: best == best_ours,
    }
}

fn steps_of(bytes: [u8; 2]) -> u16 {
    u16::from_le_bytes(bytes)
}

fn numbers<const N: usize>(file: &mut impl Read) -> std::io::Result<[usize; N]> {
    let mut out = [0; N];
    for n in &mut out {
        let mut bytes = [0; 4];
        file.read_exact(&mut bytes)?;
        *n = u32::from_le_bytes(bytes) as usize;
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The row that the reference would hold for these logits.
    fn row(logits: &[f32]) -> Vec<u8> {
        let top = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let low = logits.iter().copied().fold(f32::INFINITY, f32::min);
        let shift = top + logits.iter().map(|l| (l - top).exp()).sum::<f32>().ln();
        let scale = (top - low) / 65535.0;
        let mut out = [scale.to_le_bytes(), (low - shift).to_le_bytes()].concat();
        for l in logits {
            out.extend((((l - low) / scale).round() as u16).to_le_bytes());
        }
        out
    }

    #[test]
    fn equal_distributions_do_not_diverge() {
        let logits = [0.5, -1.0, 3.0, 2.0];
        let found = compare(&logits, &row(&logits), 2);
        assert!(found.kl.abs() < 1e-4, "{}", found.kl);
        assert!(found.same && (found.ours - found.reference).abs() < 1e-3);
    }

    #[test]
    fn other_distributions_diverge_by_the_formula() {
        // p = (0.8, 0.2), q = (0.5, 0.5): 0.8 ln 1.6 + 0.2 ln 0.4.
        let reference = [0.8f32.ln(), 0.2f32.ln()];
        let found = compare(&[1.0, 1.0], &row(&reference), 1);
        let expected = 0.8 * 1.6f64.ln() + 0.2 * 0.4f64.ln();
        assert!((found.kl - expected).abs() < 1e-4, "{}", found.kl);
    }
}
