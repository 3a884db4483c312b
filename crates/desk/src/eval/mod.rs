//! Scores of triage, checks and drafts against a labelled file.

mod in_process;
mod report;
mod score;

pub use in_process::InProcess;
pub use report::{html, table};
pub use score::{KindScore, Rate, Scores, Spread, TriageScore};

use crate::batch::{DraftLine, Line, Run};
use crate::drafter::Drafts;
use clinical::{gate, readability};
use contract::{Code, Failure, Finding, Urgency};
use drafting::prompt::PromptWords;
use drafting::tidy;
use records::measure;
use serde::Deserialize;
use std::collections::HashMap;
use std::time::Instant;

/// A line with what is known of it. Every label may be absent.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Labelled {
    /// Message and chart.
    #[serde(flatten)]
    pub line: Line,
    /// Whether it is an emergency.
    pub emergency: Option<bool>,
    /// How urgent it is, where that is said in one word instead.
    pub label: Option<Urgency>,
    /// Whether clinicians told the patient to be seen urgently.
    #[serde(alias = "clinician_advised_urgent_visit")]
    pub urgent_advised: Option<bool>,
    /// A draft to check.
    pub draft: Option<String>,
    /// Errors seeded into the draft; an empty list says that it is clean.
    pub errors: Option<Vec<Seeded>>,
    /// Words of the draft that nothing supports; an empty list says that there are none.
    pub unsupported: Option<Vec<Words>>,
    /// Replies that clinicians wrote.
    #[serde(default, alias = "clinician_replies")]
    pub reference: OneOrMany,
}

/// An error that was put into a draft.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Seeded {
    /// Kind, as findings name it.
    pub kind: String,
    /// The words; empty for what is left out.
    #[serde(default, alias = "span")]
    pub text: String,
}

/// A span as plain words, or as an object that names them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Words {
    /// The words.
    Plain(String),
    /// An object with the words.
    Named {
        /// The words.
        #[serde(alias = "text")]
        span: String,
    },
}

/// One text or several.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum OneOrMany {
    /// None.
    #[default]
    None,
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}

impl OneOrMany {
    fn all(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::One(t) => vec![t],
            Self::Many(all) => all.iter().map(String::as_str).collect(),
        }
    }
}

impl Labelled {
    /// The seeded errors under one roof; `None` when the line says nothing of its draft.
    fn seeded(&self) -> Option<Vec<Seeded>> {
        if self.errors.is_none() && self.unsupported.is_none() {
            return None;
        }
        let mut all = self.errors.clone().unwrap_or_default();
        all.extend(self.unsupported.iter().flatten().map(|w| Seeded {
            kind: "unsupported".into(),
            text: match w {
                Words::Plain(t) | Words::Named { span: t } => t.clone(),
            },
        }));
        Some(all)
    }
}

/// Kinds about facts: a seeded one counts as found when either marks its words.
const FACTS: [&str; 2] = ["unsupported", "contradicts_chart"];

/// Scores a labelled file. With a drafter, lines without a draft get one; `each`
/// is told of every line that was drafted or kept from drafting.
///
/// # Errors
/// [`Code::Drafter`] when the drafter is gone.
pub fn evaluate(
    run: &Run,
    drafter: Option<&mut impl Drafts>,
    lines: &[Labelled],
    mut each: impl FnMut(&DraftLine),
) -> Result<Scores, Failure> {
    let mut scores = Scores::default();
    let words = PromptWords::built_in()
        .map_err(|e| Failure::new(Code::Internal, format!("The prompt is damaged: {e}.")))?;
    let mut made: HashMap<String, DraftLine> = HashMap::new();
    let drafting = drafter.is_some();
    if let Some(drafter) = drafter {
        let undrafted = lines.iter().filter(|l| l.draft.is_none());
        run.draft_all(drafter, undrafted.map(|l| l.line.clone()), |line| {
            each(&line);
            made.insert(line.id.clone(), line);
        })?;
    }
    for l in lines {
        let began = Instant::now();
        let triage = run
            .rules
            .triage("", &l.line.message, &run.rules.facts(&l.line.chart));
        scores
            .triage_ms
            .push(began.elapsed().as_secs_f64() * 1000.0);
        let flagged = triage.urgency == Urgency::Emergency;
        let urgency = l.label.map(|u| u == Urgency::Emergency);
        if let Some(emergency) = l.emergency.or(urgency) {
            scores.triage.add(emergency, flagged);
            if emergency && !flagged {
                scores.missed.push(l.line.id.clone());
            }
        }
        let mut text = l.draft.clone();
        if text.is_none()
            && let Some(made) = made.remove(&l.line.id)
        {
            if let Some(t) = made.timing {
                scores.draft_ms.push(t.prefill_ms + t.decode_ms);
            }
            scores.gated += usize::from(made.draft.is_none() && made.failure.is_none());
            scores.failed += usize::from(made.failure.is_some());
            text = made.draft;
        }
        let Some(text) = text else {
            // Without a draft only a red flag says that the advice is there.
            if l.urgent_advised == Some(true) && drafting {
                scores.urgent_advice.add(flagged);
                scores.urgent_fixed.add(flagged);
            }
            continue;
        };
        let began = Instant::now();
        let findings = run.check(&l.line, &text);
        scores.check_ms.push(began.elapsed().as_secs_f64() * 1000.0);
        if l.urgent_advised == Some(true) {
            let advises = run.checks.advises_urgently(&text);
            scores.urgent_advice.add(flagged || advises);
            let fixed = gate::same_day_advice(&triage).is_some_and(|advice| text.contains(advice));
            scores.urgent_fixed.add(flagged || fixed);
        }
        scores.drafts += 1;
        scores.words.push(text.split_whitespace().count() as f64);
        if let Some(grade) = readability::grade(&text) {
            scores.grades.push(grade);
        }
        let own = text.trim_end().strip_suffix(&run.sign_off).unwrap_or(&text);
        scores.repeating += usize::from(tidy::repetition(&text).is_some());
        scores.signing += usize::from(tidy::signs_off(&words, own));
        for f in &findings {
            *scores.found.entry(f.kind.clone()).or_default() += 1;
        }
        scores.unsupported += findings
            .iter()
            .filter(|f| FACTS.contains(&f.kind.as_str()))
            .count();
        let references = l.reference.all();
        if !references.is_empty() {
            let best = references
                .iter()
                .map(|r| measure::rouge1_f(r, &text))
                .fold(0.0, f64::max);
            scores.rouge.push(best);
            let nearest = references
                .iter()
                .map(|r| measure::edit_distance(r, &text))
                .min()
                .unwrap_or_default();
            scores.edits.push(nearest as f64);
        }
        if let Some(seeded) = l.seeded() {
            score_findings(&mut scores, &text, &seeded, &findings);
        }
    }
    Ok(scores)
}

fn score_findings(scores: &mut Scores, text: &str, seeded: &[Seeded], findings: &[Finding]) {
    let place = |e: &Seeded| {
        let at = text.find(&e.text)?;
        let start = text[..at].chars().count();
        Some((start, start + e.text.chars().count()))
    };
    let same_kind = |a: &str, b: &str| a == b || FACTS.contains(&a) && FACTS.contains(&b);
    let meets = |f: &Finding, e: &Seeded| {
        same_kind(&f.kind, &e.kind)
            && (e.text.is_empty()
                || place(e).is_some_and(|(start, end)| f.start < end && start < f.end))
    };
    for e in seeded {
        let found = findings.iter().any(|f| meets(f, e));
        scores.kind(&e.kind).recall.add(found);
    }
    for f in findings {
        let right = seeded.iter().any(|e| meets(f, e));
        scores.kind(&f.kind).precision.add(right);
    }
    if seeded.is_empty() {
        scores.clean.add(!findings.iter().any(|f| f.serious));
    }
}
