//! Rates with their intervals, and spreads.

use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Successes among tries.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rate {
    /// Successes.
    pub hits: usize,
    /// Tries.
    pub of: usize,
}

impl Rate {
    /// Counts one try.
    pub fn add(&mut self, hit: bool) {
        self.of += 1;
        self.hits += usize::from(hit);
    }

    /// The share, 0 to 1; `None` without a try.
    pub fn share(self) -> Option<f64> {
        (self.of > 0).then(|| self.hits as f64 / self.of as f64)
    }

    /// The 95% interval of Wilson (1927), which holds near 0 and 1.
    pub fn interval(self) -> Option<(f64, f64)> {
        let p = self.share()?;
        let n = self.of as f64;
        let z = 1.959_964;
        let centre = p + z * z / (2.0 * n);
        let half = z * (p * (1.0 - p) / n + z * z / (4.0 * n * n)).sqrt();
        let scale = 1.0 + z * z / n;
        Some((
            ((centre - half) / scale).max(0.0),
            ((centre + half) / scale).min(1.0),
        ))
    }
}

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({
            "hits": self.hits, "of": self.of, "share": self.share(),
            "ci95": self.interval().map(|(a, b)| [a, b]),
        })
        .serialize(s)
    }
}

/// Numbers of which median and 95th percentile are told.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Spread(Vec<f64>);

impl Spread {
    /// Adds a number.
    pub fn push(&mut self, x: f64) {
        self.0.push(x);
    }

    /// The number below which a share of all lies; `None` when there is none.
    pub fn quantile(&self, q: f64) -> Option<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        let at = ((sorted.len() as f64 * q).ceil() as usize).saturating_sub(1);
        sorted.get(at).copied()
    }

    /// The numbers as they came.
    pub fn all(&self) -> &[f64] {
        &self.0
    }
}

impl Serialize for Spread {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({
            "n": self.0.len(), "median": self.quantile(0.5), "p95": self.quantile(0.95),
        })
        .serialize(s)
    }
}

/// Emergencies found and others left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct TriageScore {
    /// Emergencies that were flagged.
    pub sensitivity: Rate,
    /// Others that were not.
    pub specificity: Rate,
}

impl TriageScore {
    pub(super) fn add(&mut self, emergency: bool, flagged: bool) {
        if emergency {
            self.sensitivity.add(flagged);
        } else {
            self.specificity.add(!flagged);
        }
    }
}

/// One kind of finding.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct KindScore {
    /// Findings that marked a seeded error.
    pub precision: Rate,
    /// Seeded errors that were found.
    pub recall: Rate,
}

impl KindScore {
    /// Harmonic mean of precision and recall.
    pub fn f1(&self) -> Option<f64> {
        let (p, r) = (self.precision.share()?, self.recall.share()?);
        Some(if p + r == 0.0 {
            0.0
        } else {
            2.0 * p * r / (p + r)
        })
    }
}

impl Serialize for KindScore {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        serde_json::json!({"precision": self.precision, "recall": self.recall, "f1": self.f1()})
            .serialize(s)
    }
}

/// Everything that was scored.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Scores {
    /// Triage.
    pub triage: TriageScore,
    /// Ids of missed emergencies.
    pub missed: Vec<String>,
    /// Checks by kind.
    pub checks: BTreeMap<String, KindScore>,
    /// Clean drafts without a serious finding.
    pub clean: Rate,
    /// Drafts that were looked at.
    pub drafts: usize,
    /// Lines that the gate kept from drafting.
    pub gated: usize,
    /// Drafts that failed.
    pub failed: usize,
    /// Words of drafts.
    pub words: Spread,
    /// Flesch-Kincaid grades of drafts.
    pub grades: Spread,
    /// ROUGE-1 F with the nearest clinician's reply.
    pub rouge: Spread,
    /// Characters to edit to the nearest clinician's reply.
    pub edits: Spread,
    /// Findings about unsupported or contradicting facts, in all drafts together.
    pub unsupported: usize,
    /// Findings of each kind, in all drafts together.
    pub found: BTreeMap<String, usize>,
    /// Drafts that say something twice.
    pub repeating: usize,
    /// Drafts with a sign-off or a placeholder for one that the model made up.
    pub signing: usize,
    /// Where clinicians gave urgent advice: by gate or draft it is there, too.
    pub urgent_advice: Rate,
    /// Of these, where a fixed text gives it: the gate's, or the one under a draft.
    pub urgent_fixed: Rate,
    /// Milliseconds of triage a message.
    pub triage_ms: Spread,
    /// Milliseconds of checks a draft.
    pub check_ms: Spread,
    /// Milliseconds a draft took.
    pub draft_ms: Spread,
}

impl Scores {
    pub(super) fn kind(&mut self, kind: &str) -> &mut KindScore {
        self.checks.entry(kind.to_owned()).or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wilsons_interval_agrees_with_published_values() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20.
        for (hits, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
        ] {
            let (a, b) = Rate { hits, of }.interval().expect("tries");
            assert!((a - low).abs() < 6e-4 && (b - high).abs() < 6e-4, "{a} {b}");
        }
        assert_eq!(Rate::default().interval(), None);
    }

    #[test]
    fn quantiles_are_of_the_numbers_themselves() {
        let mut s = Spread::default();
        for x in [5.0, 1.0, 3.0, 2.0, 4.0] {
            s.push(x);
        }
        assert_eq!((s.quantile(0.5), s.quantile(0.95)), (Some(3.0), Some(5.0)));
    }
}
