//! Fitting the weights to labelled messages.
//!
//! A support vector machine with squared hinge loss, by dual coordinate descent
//! (Hsieh et al., ICML 2008, algorithm 1). The order of the examples is the only
//! randomness, and comes from a fixed sequence: the same sets give the same file.

use super::{chart_terms, damped, terms, words};
use contract::Chart;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What an error costs against the size of the weights. Chosen by leaving out one set after another.
const COST: f64 = 3.0;
/// Rounds over the examples; the weights move by less than a thousandth after some forty.
const ROUNDS: usize = 60;
/// Messages in which a term must stand to be weighed.
const SEEN: u32 = 2;
/// Scale of the terms, so that a message of usual length has about length one.
const SCALE: f64 = 6.0;
/// From these scores on a message is raised. Lower ones found few more
/// emergencies of sets that were left out, and raised more of the others.
const EMERGENCY: f32 = 0.05;
const URGENT: f32 = -0.1;

/// A labelled message.
#[derive(Debug, Clone)]
pub struct Example {
    /// Body of the message.
    pub message: String,
    /// The patient's chart.
    pub chart: Chart,
    /// Whether it is an emergency.
    pub emergency: bool,
}

/// Fits weights and writes them as text.
pub(in crate::triage) fn fit(examples: &[Example], spelled: impl Fn(&str) -> String) -> String {
    let counted: Vec<BTreeMap<String, u32>> = examples
        .iter()
        .map(|e| counts(&spelled(&e.message), &e.chart))
        .collect();
    let mut seen: BTreeMap<&str, u32> = BTreeMap::new();
    for term in counted.iter().flat_map(BTreeMap::keys) {
        *seen.entry(term).or_default() += 1;
    }
    let all = examples.len() as f64;
    let kept: BTreeMap<&str, (usize, f64)> = seen
        .iter()
        .filter(|(_, n)| **n >= SEEN)
        .enumerate()
        .map(|(i, (term, n))| (*term, (i, 1.0 + ((1.0 + all) / (1.0 + f64::from(*n))).ln())))
        .collect();
    // One row a message; the last column is the bias.
    let rows: Vec<Vec<(usize, f64)>> = counted
        .iter()
        .map(|c| {
            let length = SCALE * f64::from(c.values().sum::<u32>().max(1)).sqrt();
            c.iter()
                .filter_map(|(term, n)| {
                    let (i, rarity) = kept.get(term.as_str())?;
                    Some((*i, f64::from(damped(*n)) * rarity / length))
                })
                .chain(std::iter::once((kept.len(), 1.0)))
                .collect()
        })
        .collect();
    let weights = descend(&rows, examples, kept.len() + 1);
    let mut text = String::from(
        "# How much a word speaks for an emergency: read beside the rules, and only to raise an urgency.\n\
         # Made by `cargo run --release -p clinical --example fit_triage` from the written sets in tests/sets.\n\
         # A term is a word, two neighbours (^ begins a sentence, $ ends it), ~ and how a word begins, # and how\n\
         # many digits a number has, or c: and a word of the chart's problems and medications.\n",
    );
    let bias = weights.last().copied().unwrap_or(0.0);
    let _ = writeln!(
        text,
        "=bias\t{bias:.3}\n=emergency\t{EMERGENCY}\n=urgent\t{URGENT}"
    );
    for (term, (i, rarity)) in &kept {
        let weight = weights[*i] * rarity / SCALE;
        // Less is lost in rounding.
        if weight.abs() >= 0.0005 {
            let _ = writeln!(text, "{term}\t{weight:.3}");
        }
    }
    text
}

fn counts(folded: &str, chart: &Chart) -> BTreeMap<String, u32> {
    let mut counts = BTreeMap::new();
    let mut put = |parts: &[&str]| *counts.entry(parts.concat()).or_insert(0) += 1;
    terms(folded, &words(folded), &mut put);
    chart_terms(chart, &mut put);
    counts
}

/// Weights by dual coordinate descent; emergencies and others weigh the same in all.
fn descend(rows: &[Vec<(usize, f64)>], examples: &[Example], columns: usize) -> Vec<f64> {
    let emergencies = examples.iter().filter(|e| e.emergency).count().max(1);
    let others = (examples.len() - emergencies.min(examples.len())).max(1);
    let half = examples.len() as f64 / 2.0;
    let mut weights = vec![0.0; columns];
    let mut alpha = vec![0.0f64; rows.len()];
    let mut order: Vec<usize> = (0..rows.len()).collect();
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    for _ in 0..ROUNDS {
        for i in (1..order.len()).rev() {
            // Xorshift (Marsaglia 2003).
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            order.swap(i, (state % (i as u64 + 1)) as usize);
        }
        for &i in &order {
            let (sign, class) = if examples[i].emergency {
                (1.0, emergencies)
            } else {
                (-1.0, others)
            };
            let diagonal = 0.5 / (COST * half / class as f64);
            let row = &rows[i];
            let score: f64 = row.iter().map(|(j, x)| weights[*j] * x).sum();
            let gradient = sign * score - 1.0 + diagonal * alpha[i];
            let square: f64 = row.iter().map(|(_, x)| x * x).sum::<f64>() + diagonal;
            let new = (alpha[i] - gradient / square).max(0.0);
            let step = (new - alpha[i]) * sign;
            if step != 0.0 {
                alpha[i] = new;
                for (j, x) in row {
                    weights[*j] += step * x;
                }
            }
        }
    }
    weights
}
