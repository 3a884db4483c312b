//! Choice of the next token: repetition control, then greedy or top-p.

use contract::Sampling;
use std::cmp::Ordering;

/// A small, seeded generator (SplitMix64: Steele, Lea, Flood, 2014), so that a
/// draft can be made again from its seed on any machine.
#[derive(Debug, Clone)]
struct SplitMix(u64);

impl SplitMix {
    fn unit(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^= z >> 31;
        (z >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// Tokens that are sorted first; where they do not hold the nucleus, four times as many, and so on.
const FIRST: usize = 64;

/// Chooses tokens for one draft. Its buffers are kept from token to token.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    sampling: Sampling,
    random: SplitMix,
    /// A bit for each token that was penalised; all clear between two choices.
    seen: Vec<u64>,
    likely: Vec<Likely>,
}

/// A token and its weight: e to the power of how far its logit lies below the best, at most 1.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Likely {
    id: u32,
    weight: f64,
}

impl Likely {
    /// The likelier first, and the first of equals: an order that leaves nothing open.
    fn order(&self, other: &Self) -> Ordering {
        let by_weight = other.weight.total_cmp(&self.weight);
        by_weight.then(self.id.cmp(&other.id))
    }
}

/// Brings the likeliest tokens to the front, in order, until what they weigh together reaches `mass`; gives their number and
/// weight.
///
/// Most often a few dozen of a hundred thousand hold the nucleus, so the rest is only told apart from them.
fn sort_until(all: &mut [Likely], mass: f64) -> (usize, f64) {
    let (mut sorted, mut next, mut weight) = (0, FIRST, 0.0);
    while sorted < all.len() {
        let rest = &mut all[sorted..];
        let part = next.min(rest.len());
        if part < rest.len() {
            rest.select_nth_unstable_by(part, Likely::order);
        }
        rest[..part].sort_unstable_by(Likely::order);
        for likely in &rest[..part] {
            sorted += 1;
            weight += likely.weight;
            if weight >= mass {
                return (sorted, weight);
            }
        }
        next *= 4;
    }
    (sorted, weight)
}

impl Sampler {
    pub(crate) fn new(sampling: Sampling) -> Self {
        Self {
            random: SplitMix(sampling.seed),
            sampling,
            seen: Vec::new(),
            likely: Vec::new(),
        }
    }

    /// The next token. `written` are the draft's own tokens: the penalty spares
    /// the prompt, whose drug names and figures a good draft must repeat.
    pub(crate) fn next(&mut self, logits: &mut [f32], written: &[u32]) -> Option<u32> {
        self.penalise(logits, written);
        let best = (0..logits.len())
            .filter(|i| !logits[*i].is_nan())
            .max_by(|a, b| logits[*a].total_cmp(&logits[*b]).then(b.cmp(a)))?;
        if self.sampling.temperature <= 0.0 {
            return u32::try_from(best).ok();
        }
        let t = self.sampling.temperature;
        let top = f64::from(logits[best]);
        self.likely.clear();
        // For all of them at once: how many weigh something changes from token to token.
        self.likely.reserve(logits.len());
        let weights = (0..).zip(logits.iter()).map(|(id, l)| Likely {
            id,
            weight: ((f64::from(*l) - top) / t).exp(),
        });
        // What weighs nothing cannot be drawn; neither can what is no number.
        self.likely.extend(weights.filter(|l| l.weight > 0.0));
        let total: f64 = self.likely.iter().map(|l| l.weight).sum();
        let unit = self.random.unit();
        let top_p = self.sampling.top_p;
        let drawn = if top_p < 1.0 {
            let (nucleus, weight) = sort_until(&mut self.likely, top_p * total);
            let mut mass = 0.0;
            self.likely[..nucleus].iter().position(|l| {
                mass += l.weight;
                mass >= unit * weight
            })
        } else {
            // All of them are the nucleus: it is sorted as far as the draw goes.
            Some(
                sort_until(&mut self.likely, unit * total)
                    .0
                    .saturating_sub(1),
            )
        };
        let last = self.likely.len().checked_sub(1)?;
        self.likely.get(drawn.unwrap_or(last)).map(|l| l.id)
    }

    /// Takes likelihood from what was written, once for each token.
    fn penalise(&mut self, logits: &mut [f32], written: &[u32]) {
        let penalty = self.sampling.repeat_penalty;
        if penalty <= 1.0 {
            return;
        }
        self.seen.resize(logits.len().div_ceil(64), 0);
        for id in written.iter().map(|id| *id as usize) {
            let (Some(l), Some(bits)) = (logits.get_mut(id), self.seen.get_mut(id / 64)) else {
                continue;
            };
            if *bits >> (id % 64) & 1 == 0 {
                *bits |= 1 << (id % 64);
                *l = if *l > 0.0 { *l / penalty } else { *l * penalty };
            }
        }
        for id in written {
            if let Some(bits) = self.seen.get_mut(*id as usize / 64) {
                *bits = 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The nucleus and the draw in plain words: everything sorted, everything added up.
    fn plainly(logits: &[f32], sampling: Sampling) -> Option<u32> {
        let top = logits
            .iter()
            .copied()
            .filter(|l| !l.is_nan())
            .fold(f32::NEG_INFINITY, f32::max);
        let weight = |l: f32| ((f64::from(l) - f64::from(top)) / sampling.temperature).exp();
        let mut all: Vec<(u32, f64)> = (0..).zip(logits).map(|(id, l)| (id, weight(*l))).collect();
        all.retain(|(_, weight)| *weight > 0.0);
        let total: f64 = all.iter().map(|a| a.1).sum();
        all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        if sampling.top_p < 1.0 {
            let mut mass = 0.0;
            let last = all.iter().position(|a| {
                mass += a.1;
                mass >= sampling.top_p * total
            });
            all.truncate(last.map_or(all.len(), |n| n + 1));
        }
        let nucleus: f64 = if sampling.top_p < 1.0 {
            all.iter().map(|a| a.1).sum()
        } else {
            total
        };
        let point = SplitMix(sampling.seed).unit() * nucleus;
        let mut mass = 0.0;
        let drawn = all.iter().find(|a| {
            mass += a.1;
            mass >= point
        });
        drawn.or(all.last()).map(|a| a.0)
    }

    proptest! {
        #[test]
        fn a_draw_is_the_one_of_the_full_sort(
            seed in any::<u64>(),
            noise in proptest::collection::vec(
                prop_oneof![20 => -9f32..9.0, 1 => Just(f32::NAN), 1 => Just(f32::NEG_INFINITY), 4 => Just(2.5f32)],
                1..400,
            ),
            // Repeated, so that there are far more than are sorted first, and many equals.
            times in 1usize..40,
            // Flat, steep, and between.
            by in prop_oneof![Just(0f32), Just(1e-3), Just(1.0), Just(30.0)],
            temperature in prop_oneof![Just(0.2f64), Just(1.0), Just(3.0)],
            top_p in prop_oneof![Just(0.0f64), 0.01..0.999f64, Just(0.999_999_9), Just(1.0)],
        ) {
            let logits: Vec<f32> = noise.iter().map(|l| l * by).collect::<Vec<_>>().repeat(times);
            prop_assume!(logits.iter().any(|l| l.is_finite()));
            let sampling = Sampling { temperature, top_p, seed, repeat_penalty: 1.0, ..Sampling::default() };
            let mut sampler = Sampler::new(sampling);
            let drawn = sampler.next(&mut logits.clone(), &[]);
            prop_assert_eq!(drawn, plainly(&logits, sampling));
        }

        #[test]
        fn a_token_is_penalised_once_however_often_it_was_written(
            logits in proptest::collection::vec(-5f32..5.0, 1..200),
            written in proptest::collection::vec(0u32..220, 0..60),
        ) {
            let mut sampler = Sampler::new(Sampling { repeat_penalty: 1.5, ..Sampling::default() });
            // Twice: nothing of the first choice may be left in the second.
            for _ in 0..2 {
                let mut got = logits.clone();
                sampler.penalise(&mut got, &written);
                for (i, (was, is)) in (0u32..).zip(logits.iter().zip(&got)) {
                    let by = if written.contains(&i) { 1.5 } else { 1.0 };
                    let right = if *was > 0.0 { was / by } else { was * by };
                    prop_assert_eq!(*is, right);
                }
            }
        }
    }

    #[test]
    fn greedy_takes_the_best_and_the_first_of_equals() {
        let mut s = Sampler::new(Sampling::default());
        assert_eq!(s.next(&mut [0.0, 2.0, 2.0, f32::NAN], &[]), Some(1));
    }

    #[test]
    fn the_penalty_turns_a_narrow_repetition_away() {
        let mut s = Sampler::new(Sampling {
            repeat_penalty: 1.5,
            ..Sampling::default()
        });
        assert_eq!(s.next(&mut [1.0, 1.2], &[1]), Some(0));
    }

    #[test]
    fn one_seed_gives_one_draft_and_stays_in_the_nucleus() {
        let sampling = Sampling {
            temperature: 1.0,
            top_p: 0.6,
            seed: 9,
            ..Sampling::default()
        };
        let draw = || {
            let mut s = Sampler::new(sampling);
            (0..50)
                .map(|_| s.next(&mut [3.0, 2.9, 0.0], &[]))
                .collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().iter().all(|t| matches!(t, Some(0 | 1))));
        assert!(draw().contains(&Some(1)));
    }
}
