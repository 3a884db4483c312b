//! Triage and drafts without a window: over the record, or over lines of JSON.

use crate::Desk;
use crate::drafter::{Drafter, Drafts, outcome, signed};
use clinical::gate;
use contract::frames::{DraftJob, Made};
use contract::{
    Chart, Code, Failure, Finding, Flag, Gate, Right, Sampling, SenderRole, StartMode,
    ThreadMessage, Timing, Urgency,
};
use jiff::civil::Date;
use records::{DraftOutcome, NewDraft};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A line of input: a message and, for drafts, its chart.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Line {
    /// Id, given back with the answer.
    #[serde(deserialize_with = "text_or_number")]
    pub id: String,
    /// The message.
    pub message: String,
    /// The chart.
    #[serde(default, deserialize_with = "any_chart")]
    pub chart: Chart,
}

/// A chart under its own headings, or under free names: those are sorted by
/// what they say, and what fits no heading becomes a note.
fn any_chart<'de, D: serde::Deserializer<'de>>(d: D) -> Result<Chart, D::Error> {
    let value = serde_json::Value::deserialize(d)?;
    if value.is_null() {
        return Ok(Chart::default());
    }
    if let Ok(chart) = Chart::deserialize(&value) {
        return Ok(chart);
    }
    let serde_json::Value::Object(fields) = value else {
        return Err(serde::de::Error::custom("chart is no object"));
    };
    let mut chart = Chart::default();
    for (name, value) in fields {
        let texts: Vec<String> = match &value {
            serde_json::Value::Array(all) => all
                .iter()
                .filter_map(|v| v.as_str().map(str::to_owned))
                .collect(),
            serde_json::Value::String(s) => vec![s.clone()],
            serde_json::Value::Null => continue,
            other => vec![other.to_string()],
        };
        let key = name.to_lowercase();
        let split = |texts: Vec<String>| {
            texts
                .iter()
                .flat_map(|t| t.split([',', ';']))
                .map(|t| t.trim().to_owned())
                .filter(|t| !t.is_empty())
                .collect::<Vec<_>>()
        };
        if key.contains("medication") {
            chart.medications.extend(split(texts));
        } else if key.contains("allerg") {
            chart.allergies.extend(split(texts));
        } else if ["pmh", "history", "problem", "diagnos"]
            .iter()
            .any(|k| key.contains(k))
        {
            chart.problems.extend(split(texts));
        } else if key.contains("result") || key.contains("lab") {
            chart.results.extend(texts);
        } else if ["age", "gender", "sex", "name", "language"].contains(&key.as_str()) {
            let key = if key == "gender" {
                "sex".to_owned()
            } else {
                key
            };
            chart.demographics.0.insert(key, value);
        } else {
            chart
                .notes
                .extend(texts.into_iter().map(|t| format!("{name}: {t}")));
        }
    }
    Ok(chart)
}

/// An id may be a number in JSON.
fn text_or_number<'de, D: serde::Deserializer<'de>>(d: D) -> Result<String, D::Error> {
    match serde_json::Value::deserialize(d)? {
        serde_json::Value::String(s) => Ok(s),
        serde_json::Value::Number(n) => Ok(n.to_string()),
        _ => Err(serde::de::Error::custom("id is neither text nor number")),
    }
}

/// Triage of one message, as printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TriageLine {
    /// The message.
    pub id: String,
    /// Its urgency.
    pub urgency: Urgency,
    /// The rules that fired.
    pub flags: Vec<Flag>,
}

/// A draft of one message, as printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct DraftLine {
    /// The message.
    pub id: String,
    /// What the gate said: `emergency`, `no_reply_owed` or `draft`.
    pub gate: &'static str,
    /// The draft, or the fixed text's absence.
    pub draft: Option<String>,
    /// What to look at.
    pub findings: Vec<Finding>,
    /// Words about the draft, such as what of thread and chart was not read for it.
    pub notes: Vec<String>,
    /// What it cost.
    pub timing: Option<Timing>,
    /// Why there is no draft where one was due.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<Failure>,
}

/// Reads JSON Lines. A line that cannot be read is given back as its number and reason.
pub fn lines<T: serde::de::DeserializeOwned>(
    text: &str,
) -> impl Iterator<Item = (usize, Result<T, String>)> {
    text.lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
        .map(|(i, l)| (i + 1, serde_json::from_str(l).map_err(|e| reason(&e))))
}

/// What is wrong with a line, without its text.
fn reason(e: &serde_json::Error) -> String {
    let words = e.to_string();
    // serde names unknown fields and wrong types; neither is patient text beyond a field's name.
    words
        .split(" at line")
        .next()
        .unwrap_or("not the JSON expected")
        .to_owned()
}

/// Triage of a line.
///
/// # Errors
/// [`Code::Internal`] for a damaged rule file.
pub fn triage(lines: impl IntoIterator<Item = Line>) -> Result<Vec<TriageLine>, Failure> {
    let rules = crate::rules::rules()?;
    Ok(lines
        .into_iter()
        .map(|l| {
            let t = rules.triage("", &l.message, &rules.facts(&l.chart));
            TriageLine {
                id: l.id,
                urgency: t.urgency,
                flags: t.flags,
            }
        })
        .collect())
}

/// What a run over lines needs besides the drafter.
pub struct Run {
    /// The triage rules.
    pub rules: clinical::triage::Rules,
    /// The checks of a draft.
    pub checks: clinical::check::Checks,
    /// Today where the workstation stands.
    pub today: Date,
    /// How tokens are chosen.
    pub sampling: Sampling,
    /// The clinic's line under every reply.
    pub sign_off: String,
}

impl Run {
    /// With the rules and checks that are built in.
    ///
    /// # Errors
    /// [`Code::Internal`] for a damaged file.
    pub fn new(today: Date, sampling: Sampling, sign_off: String) -> Result<Self, Failure> {
        Ok(Self {
            rules: crate::rules::rules()?,
            checks: crate::checking::checks()?,
            today,
            sampling,
            sign_off,
        })
    }

    /// Drafts of many lines, each gated first and checked after; `each` is told
    /// of every line in the order they came in.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone; a draft's own failure is in the answer.
    pub fn draft_all(
        &self,
        drafter: &mut impl Drafts,
        lines: impl IntoIterator<Item = Line>,
        mut each: impl FnMut(DraftLine),
    ) -> Result<(), Failure> {
        let mut lines = lines.into_iter().enumerate();
        // Drafts end out of order: a line waits here for those before it.
        let mut ready: BTreeMap<usize, DraftLine> = BTreeMap::new();
        let mut told = 0;
        let gated = std::cell::RefCell::new(Vec::new());
        let ended = drafter.all(
            || {
                for (n, line) in lines.by_ref() {
                    let triage = self.triage(&line);
                    let gate = gate::decide(&triage, &self.rules);
                    if gate == Gate::Draft {
                        let job = self.job(&line, &triage);
                        return Ok(Some((job, (n, line, triage))));
                    }
                    gated
                        .borrow_mut()
                        .push((n, undrafted(line.id, &gate, None)));
                }
                Ok(None)
            },
            |(n, line, triage), result| {
                let answer = match result {
                    Ok(done) => {
                        let text = signed(&done, gate::same_day_advice(&triage), &self.sign_off);
                        let findings = self.check(&line, &text);
                        drafted(line.id, text, findings, &done)
                    }
                    Err(failure) => undrafted(line.id, &Gate::Draft, Some(failure)),
                };
                ready.insert(n, answer);
                ready.extend(gated.borrow_mut().drain(..));
                while let Some(line) = ready.remove(&told) {
                    each(line);
                    told += 1;
                }
                Ok(())
            },
        );
        // What was made is told also when the drafter is gone.
        ready.extend(gated.into_inner());
        ready.into_values().for_each(each);
        ended
    }

    fn triage(&self, line: &Line) -> contract::Triage {
        let facts = self.rules.facts(&line.chart);
        self.rules.triage("", &line.message, &facts)
    }

    fn job(&self, line: &Line, triage: &contract::Triage) -> DraftJob {
        DraftJob {
            job: 0,
            thread: vec![ThreadMessage {
                id: line.id.clone(),
                sender_role: SenderRole::Patient,
                sender_name: String::new(),
                sent_at: String::new(),
                subject: String::new(),
                body: line.message.clone(),
            }],
            chart: line.chart.clone(),
            kind: triage.kind,
            urgency: triage.urgency,
            today: self.today.to_string(),
            sampling: gate::asked(self.sampling, triage),
            awaited: false,
        }
    }

    /// Findings in a draft of one line.
    pub fn check(&self, line: &Line, draft: &str) -> Vec<Finding> {
        crate::checking::of_line(
            &self.checks,
            &self.rules,
            line,
            draft,
            &self.sign_off,
            self.today,
        )
    }
}

/// A line of `check`: a message, its chart, and the draft to check.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CheckLine {
    /// Message and chart.
    #[serde(flatten)]
    pub line: Line,
    /// The draft.
    pub draft: String,
}

/// Findings in one draft, as printed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FindingsLine {
    /// The message.
    pub id: String,
    /// What to look at.
    pub findings: Vec<Finding>,
}

fn drafted(id: String, text: String, findings: Vec<Finding>, made: &Made) -> DraftLine {
    DraftLine {
        id,
        gate: Gate::Draft.name(),
        findings,
        notes: made.notes.clone(),
        draft: Some(text),
        timing: Some(made.timing),
        failure: None,
    }
}

fn undrafted(id: String, gate: &Gate, failure: Option<Failure>) -> DraftLine {
    DraftLine {
        id,
        gate: gate.name(),
        draft: None,
        findings: Vec::new(),
        notes: Vec::new(),
        timing: None,
        failure,
    }
}

impl Desk {
    /// Triage of every message that waits.
    ///
    /// # Errors
    /// The record's.
    pub fn triage_waiting(&self) -> Result<Vec<TriageLine>, Failure> {
        let rows = self.record(Right::Read)?.waiting()?;
        self.note_here(
            "triage_waiting",
            "record",
            "",
            serde_json::json!({ "messages": rows.len() }),
        )?;
        rows.into_iter()
            .map(|r| {
                let open = self.record(Right::Read)?.open_message(&r.message_id)?;
                Ok(TriageLine {
                    id: r.message_id,
                    urgency: open.triage.urgency,
                    flags: open.triage.flags,
                })
            })
            .collect()
    }

    /// Drafts waiting messages that have no draft, at most `limit` of them, and
    /// keeps the drafts; `each` is told of every message, the gated ones too.
    ///
    /// # Errors
    /// [`Code::Drafter`] when the drafter is gone, or the record's. Drafts made before stay.
    pub fn draft_waiting(
        &self,
        drafter: &mut Drafter,
        limit: usize,
        sampling: Sampling,
        mut each: impl FnMut(DraftLine),
    ) -> Result<(), Failure> {
        let sign_off = self.settings()?.sign_off;
        let mut drafted_now = 0;
        let rows = self.record(Right::Read)?.waiting()?;
        self.may_draft(&drafter.choice)?;
        // One row for the command, not one a message: it reads them all.
        self.note_here(
            "draft_waiting",
            "record",
            "",
            serde_json::json!({ "messages": rows.len(), "model_sha256": drafter.choice.sha256 }),
        )?;
        let mut rows = rows.into_iter().filter(|r| !r.has_draft);
        let model = drafter.choice.clone();
        let prompt_version = drafter.prompt_version.clone();
        let each = std::cell::RefCell::new(&mut each);
        drafter.all(
            || {
                if drafted_now == limit {
                    return Ok(None);
                }
                for row in rows.by_ref() {
                    let open = self.record(Right::Read)?.open_message(&row.message_id)?;
                    let gate = gate::decide(&open.triage, &*self.rules()?);
                    if gate == Gate::Draft {
                        drafted_now += 1;
                        let job = self.job(&open, 0, sampling)?;
                        let asked = (row, open.triage, job.sampling);
                        return Ok(Some((job, asked)));
                    }
                    each.borrow_mut()(undrafted(row.message_id, &gate, None));
                }
                Ok(None)
            },
            |(row, triage, sampling), result| {
                let (outcome, line) = match result {
                    Ok(done) => {
                        let advice = gate::same_day_advice(&triage);
                        let text = signed(&done, advice, &sign_off);
                        let findings = self
                            .check(&row.message_id, &text, StartMode::Draft)?
                            .findings;
                        let id = row.message_id.clone();
                        let line = drafted(id, text, findings, &done);
                        (outcome(done, advice, &sign_off), line)
                    }
                    Err(f) => (
                        DraftOutcome::Failed(f.clone()),
                        undrafted(row.message_id.clone(), &Gate::Draft, Some(f)),
                    ),
                };
                self.record(Right::Read)?.keep_draft(&NewDraft {
                    message_id: row.message_id,
                    model: model.name.clone(),
                    model_sha256: model.sha256.clone(),
                    prompt_version: prompt_version.clone(),
                    sampling,
                    outcome,
                    created_at: self.now_text(),
                })?;
                each.borrow_mut()(line);
                Ok(())
            },
        )
    }
}

/// A failure for a file that holds no line at all.
pub fn nothing_to_read() -> Failure {
    Failure::new(Code::Malformed, "The input holds no line.")
}
