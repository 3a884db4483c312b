//! Choice of the next token: repetition control, then greedy or top-p.

use contract::Sampling;

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

/// Chooses tokens for one draft.
#[derive(Debug, Clone)]
pub(crate) struct Sampler {
    sampling: Sampling,
    random: SplitMix,
}

impl Sampler {
    pub(crate) fn new(sampling: Sampling) -> Self {
        Self {
            random: SplitMix(sampling.seed),
            sampling,
        }
    }

    /// The next token. `written` are the draft's own tokens: the penalty spares
    /// the prompt, whose drug names and figures a good draft must repeat.
    pub(crate) fn next(&mut self, logits: &mut [f32], written: &[u32]) -> Option<u32> {
        let penalty = self.sampling.repeat_penalty;
        if penalty > 1.0 {
            let mut seen = std::collections::HashSet::new();
            for id in written.iter().filter(|id| seen.insert(**id)) {
                if let Some(l) = logits.get_mut(*id as usize) {
                    *l = if *l > 0.0 { *l / penalty } else { *l * penalty };
                }
            }
        }
        let best = (0..logits.len())
            .filter(|i| !logits[*i].is_nan())
            .max_by(|a, b| logits[*a].total_cmp(&logits[*b]).then(b.cmp(a)))?;
        if self.sampling.temperature <= 0.0 {
            return u32::try_from(best).ok();
        }
        // Tokens far below the best cannot enter the nucleus; leaving them out
        // first keeps the sort small.
        let t = self.sampling.temperature;
        let top = f64::from(logits[best]);
        let mut kept: Vec<(u32, f64)> = logits
            .iter()
            .enumerate()
            .filter_map(|(i, l)| {
                let p = ((f64::from(*l) - top) / t).exp();
                (p > 1e-6).then_some((i as u32, p))
            })
            .collect();
        kept.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        let total: f64 = kept.iter().map(|k| k.1).sum();
        let mut mass = 0.0;
        let nucleus = kept
            .iter()
            .position(|k| {
                mass += k.1 / total;
                mass >= self.sampling.top_p
            })
            .map_or(kept.len(), |n| n + 1);
        kept.truncate(nucleus);
        let mut point = self.random.unit() * kept.iter().map(|k| k.1).sum::<f64>();
        for (id, p) in &kept {
            point -= p;
            if point <= 0.0 {
                return Some(*id);
            }
        }
        kept.last().map(|k| k.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
