//! Practice messages at the desk: in training, and now and then among real ones where the clinic asks for it.
//!
//! They never touch the tables of messages, decisions and feedback: what a person did with them has a table of its own, that
//! nothing is exported from, and how it went is told to that person alone.

use crate::Desk;
use crate::review::{hold_back, settled};
use crate::session::OpenRecord;
use clinical::check::{Case, is_serious};
use clinical::practice::{PracticeCase, cases};
use clinical::{age, gate};
use contract::{
    Checked, Code, Decided, DecisionKind, DecisionRequest, DraftState, DraftView, Failure,
    FinishReason, Folder, Gate, Opened, Order, PatientBanner, PracticeOutcome, PracticeResults,
    QueueItem, QueueQuery, QueueState, Reason, Right, SenderRole, SignOff, StartMode, Tally,
    ThreadMessage, Training, Triage,
};
use jiff::ToSpan;
use records::Practised;
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What the id of a practice message begins with.
const PREFIX: &str = "countersign-practice:";
/// Messages of one training.
const TRAINING: usize = 8;
/// How old a practice message among real ones is.
const AGE_HOURS: i64 = 3;

/// What a person practises now; gone when the record is locked.
#[derive(Debug, Default)]
pub(crate) struct Practising {
    /// One that stands among real messages, and when it was sent.
    seeded: Option<(String, String)>,
    /// The cases of the training, and how many of them are done.
    training: Option<(Vec<String>, usize)>,
}

/// A practice message that is open.
pub(crate) struct OpenPractice {
    case: PracticeCase,
    sent_at: String,
    training: Option<Training>,
}

/// The practice messages that are built in.
///
/// # Errors
/// [`Code::Internal`]: a test keeps the file sound.
pub(crate) fn built_in() -> Result<Vec<PracticeCase>, Failure> {
    cases(include_str!("../../../assets/practice/cases.toml"))
        .map_err(|e| Failure::new(Code::Internal, e.to_string()))
}

fn over() -> Failure {
    Failure::new(
        Code::NotFound,
        "This practice message is over. Nothing of it was real.",
    )
}

impl Desk {
    /// The practice message of an id, if it is one.
    ///
    /// # Errors
    /// [`Code::NotFound`] when it is over, or the record's.
    pub(crate) fn practised(&self, message_id: &str) -> Result<Option<OpenPractice>, Failure> {
        let Some(id) = message_id.strip_prefix(PREFIX) else {
            return Ok(None);
        };
        let mut record = self.record(Right::Read)?;
        // Whatever its id looks like, a message on record is a message.
        if record.message(message_id).is_ok() {
            return Ok(None);
        }
        let practising = record.practising();
        let (sent_at, training) = match (&practising.seeded, &practising.training) {
            (Some((seeded, sent_at)), _) if seeded == id => (sent_at.clone(), None),
            (_, Some((ids, done))) if ids.get(*done).is_some_and(|at| at == id) => {
                let place = Training {
                    number: *done as u32 + 1,
                    of: ids.len() as u32,
                };
                (self.now_text(), Some(place))
            }
            _ => return Err(over()),
        };
        let case = self.practice_case(id).ok_or_else(over)?;
        Ok(Some(OpenPractice {
            case,
            sent_at,
            training,
        }))
    }

    fn practice_case(&self, id: &str) -> Option<PracticeCase> {
        self.practice().iter().find(|c| c.id == id).cloned()
    }

    /// Refuses what a practice message does not have: other drafts, an owner, a time to come back. One that stood among real
    /// messages is over then, and does not count.
    pub(crate) fn not_in_practice(&self, message_id: &str) -> Result<(), Failure> {
        let Some(open) = self.practised(message_id)? else {
            return Ok(());
        };
        if open.training.is_none() {
            self.record(Right::Read)?.practising().seeded = None;
            return Err(Failure::new(
                Code::Conflict,
                "This was a practice message: the patient is invented. It did not count. Go on to the next message.",
            ));
        }
        Err(Failure::new(
            Code::Conflict,
            "This is a practice message, and it has this draft alone. Decide on it as it is.",
        ))
    }

    fn practice_triage(&self, case: &PracticeCase) -> Result<Triage, Failure> {
        let rules = self.rules()?;
        let facts = rules.facts(&case.chart(""));
        Ok(rules.triage(&case.subject, &case.message, &facts))
    }

    fn banner(&self, case: &PracticeCase) -> PatientBanner {
        PatientBanner {
            id: format!("{PREFIX}{}", case.id),
            name: case.name.clone(),
            birth_date: case.birth_date.clone(),
            age: age::in_words(&case.birth_date, self.today()),
            sex: case.sex.clone(),
            language: String::new(),
        }
    }

    fn practice_draft(&self, case: &PracticeCase) -> Result<String, Failure> {
        Ok(format!(
            "{}\n\n{}",
            case.draft.trim_end(),
            self.settings()?.sign_off
        ))
    }

    /// The practice message as any other is opened.
    pub(crate) fn open_practice(&self, open: &OpenPractice) -> Result<Opened, Failure> {
        let case = &open.case;
        let triage = self.practice_triage(case)?;
        let patient = self.banner(case);
        let message = practice_message(open);
        let draft = self.practice_view(open)?;
        Ok(Opened {
            chart: case.chart(&patient.age),
            patient,
            trends: Vec::new(),
            quoted: std::collections::BTreeMap::new(),
            thread: vec![message.clone()],
            message,
            gate: gate::decide(&triage, &*self.rules()?),
            triage,
            assignee: String::new(),
            later_until: None,
            writes_in: String::new(),
            draft_state: DraftState::Ready,
            draft: Some(draft),
            partial: None,
            corrections: Vec::new(),
            draft_failure: None,
            decision: None,
            unsent: None,
            unsent_draft: None,
            training: open.training,
        })
    }

    /// Its draft. It looks like the last one that the model made, where there is one: otherwise everybody would know.
    pub(crate) fn practice_view(&self, open: &OpenPractice) -> Result<DraftView, Failure> {
        let made = self.record(Right::Read)?.newest_made()?;
        let (model, timing) = made.unwrap_or_default();
        Ok(DraftView {
            id: -1,
            text: self.practice_draft(&open.case)?,
            model,
            model_sha256: String::new(),
            prompt_version: String::new(),
            finish: FinishReason::EndOfTurn,
            timing,
            created_at: open.sent_at.clone(),
            notes: Vec::new(),
        })
    }

    /// What the checks say of a reply to it.
    pub(crate) fn check_practice(
        &self,
        case: &PracticeCase,
        text: &str,
        mode: StartMode,
    ) -> Result<Checked, Failure> {
        let settings = self.settings()?;
        let chart = case.chart(&self.banner(case).age);
        let triage = self.practice_triage(case)?;
        let message = format!("{}\n{}", case.subject, case.message);
        let asked = Case {
            message: message.trim(),
            earlier: "",
            sender: &case.sender,
            chart: &chart,
            triage: &triage,
            draft: text,
            sign_off: &settings.sign_off,
            today: self.today(),
        };
        self.checked(&asked, mode)
    }

    /// The sign-off of a reply to it: as that of any other.
    pub(crate) fn sign_off_practice(
        &self,
        open: &OpenPractice,
        request: &DecisionRequest,
    ) -> Result<SignOff, Failure> {
        let case = &open.case;
        let settings = self.settings()?;
        let draft = self.practice_draft(case)?;
        let (kind, text) = settled(request, Some(&draft))?;
        let Some(text) = text else {
            return Err(crate::sign_off::no_reply());
        };
        let findings = self.findings(request, kind, &text)?;
        hold_back(&findings)?;
        let mended = self.mended(request, kind, Some(&draft), &findings)?;
        let generated = crate::sign_off::is_generated(kind, &text, &[draft]);
        let licence = self.record(Right::Decide)?.who().licence;
        let outgoing = self.disclosed(&settings, (generated, licence, ""), &text)?;
        let to = crate::sign_off::addressee(&case.sender, &case.name);
        Ok(outgoing.sign_off(to, kind, (findings, mended), settings.undo_seconds))
    }

    /// Decides on it: nothing is sent, and the person is told at once what the error was.
    pub(crate) fn decide_practice(
        &self,
        open: &OpenPractice,
        request: &DecisionRequest,
    ) -> Result<Decided, Failure> {
        let case = &open.case;
        let draft = self.practice_draft(case)?;
        let (kind, text) = settled(request, Some(&draft))?;
        if kind == DecisionKind::Discarded && request.reasons.is_empty() {
            return Err(crate::review::no_reason());
        }
        if let Some(text) = &text {
            hold_back(&self.findings(request, kind, text)?)?;
        }
        let caught = case.is_caught(kind, text.as_deref());
        let next = {
            let mut record = self.record(Right::Decide)?;
            let reviewer_id = record.who().name.clone();
            record.practised(&Practised {
                case_id: case.id.clone(),
                training: open.training.is_some(),
                reason: case.reason,
                kind,
                final_text: text,
                caught,
                dwell_ms: request.dwell_ms,
                reviewer_id,
                decided_at: self.now_text(),
            })?;
            match (open.training, &mut record.practising().training) {
                (Some(_), Some((ids, done))) => {
                    *done += 1;
                    ids.get(*done).map(|id| format!("{PREFIX}{id}"))
                }
                _ => {
                    record.practising().seeded = None;
                    record.first_waiting(&self.now_text())?
                }
            }
        };
        Ok(Decided {
            decision_id: 0,
            kind,
            undo_until: self.now_text(),
            undo_seconds: 0,
            next_first: open.training.is_some(),
            next,
            had_draft: false,
            suggested: Vec::new(),
            practice: Some(PracticeOutcome {
                caught,
                reason: case.reason,
                explain: case.explain.clone(),
                source: case.source.clone(),
                wrong: places(&draft, &case.wrong),
                draft,
                training: open.training,
            }),
        })
    }

    /// Begins training; gives the first message. What the person practised least comes first.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn begin_training(&self) -> Result<String, Failure> {
        let mut record = self.record(Right::Decide)?;
        if record.who().break_glass {
            return Err(Failure::new(
                Code::Forbidden,
                "There is no training in emergency access. Lock as soon as you are done.",
            ));
        }
        let seen = seen(&record)?;
        let standing = record.practising().seeded.as_ref().map(|s| s.0.clone());
        let mut ids: Vec<&str> = self.practice().iter().map(|c| c.id.as_str()).collect();
        // One that stands among real messages is not given away.
        ids.retain(|id| Some(*id) != standing.as_deref());
        ids.sort_by_key(|id| seen.get(*id).copied().unwrap_or(0));
        ids.truncate(TRAINING);
        let first = ids
            .first()
            .map(|id| format!("{PREFIX}{id}"))
            .ok_or_else(over)?;
        let ids = ids.into_iter().map(str::to_owned).collect();
        record.practising().training = Some((ids, 0));
        Ok(first)
    }

    /// Ends training, wherever it stands.
    ///
    /// # Errors
    /// The record's.
    pub fn end_training(&self) -> Result<(), Failure> {
        self.record(Right::Read)?.practising().training = None;
        Ok(())
    }

    /// How the person at the desk did, for that person alone.
    ///
    /// # Errors
    /// The record's.
    pub fn practice_results(&self) -> Result<PracticeResults, Failure> {
        let done = {
            let record = self.record(Right::Read)?;
            record.practice_of(&record.who().name)?
        };
        let mut results = PracticeResults::default();
        let mut by_reason: Vec<(Reason, Tally)> = Vec::new();
        for (_, training, reason, caught) in done {
            let tally = if training {
                &mut results.training
            } else {
                &mut results.seeded
            };
            count(tally, caught);
            match by_reason.iter_mut().find(|(r, _)| *r == reason) {
                Some((_, tally)) => count(tally, caught),
                None => {
                    let mut tally = Tally::default();
                    count(&mut tally, caught);
                    by_reason.push((reason, tally));
                }
            }
        }
        by_reason.sort_by_key(|(reason, t)| (std::cmp::Reverse(t.shown - t.caught), *reason));
        results.by_reason = by_reason;
        Ok(results)
    }

    /// Perhaps puts a practice message among the real ones, after a decision; gives its id. Which decision it follows and which
    /// case it is cannot be foreseen and needs no dice: both follow from a hash of the decision. None comes while anything more
    /// urgent than routine waits, in emergency access, or where no draft was ever made.
    pub(crate) fn seed(&self, decision_id: i64, every: u32) -> Result<Option<String>, Failure> {
        if every == 0 {
            return Ok(None);
        }
        let (who, made) = {
            let record = self.record(Right::Read)?;
            if record.who().break_glass {
                return Ok(None);
            }
            (record.who().name.clone(), record.newest_made()?)
        };
        if made.is_none() {
            return Ok(None);
        }
        let draw = |salt: &str| {
            let hash = Sha256::digest(format!("{salt}\n{who}\n{decision_id}"));
            hash.iter()
                .take(8)
                .fold(0u64, |all, b| all << 8 | u64::from(*b))
        };
        if !draw("due").is_multiple_of(u64::from(every)) {
            return Ok(None);
        }
        let fitting: Vec<&PracticeCase> = self
            .practice()
            .iter()
            .filter(|c| self.can_be_missed(c))
            .collect();
        let mut record = self.record(Right::Read)?;
        if record.practising().seeded.is_some() || record.urgent()? > 0 {
            return Ok(None);
        }
        let seen = seen(&record)?;
        let Some(case) = fitting
            .into_iter()
            .min_by_key(|c| (seen.get(&c.id).copied().unwrap_or(0), draw(&c.id)))
        else {
            return Ok(None);
        };
        let sent = self.now().checked_sub(AGE_HOURS.hours());
        let sent_at = crate::desk::whole_seconds(sent.unwrap_or(self.now())).to_string();
        record.practising().seeded = Some((case.id.clone(), sent_at));
        Ok(Some(format!("{PREFIX}{}", case.id)))
    }

    /// Whether only a reader can find the error: the gate lets a draft be made, and no check holds the reply back.
    fn can_be_missed(&self, case: &PracticeCase) -> bool {
        let free = self
            .practice_triage(case)
            .and_then(|triage| Ok(gate::decide(&triage, &*self.rules()?) == Gate::Draft))
            .unwrap_or(false);
        free && self
            .check_practice(case, &case.draft, StartMode::Draft)
            .is_ok_and(|c| !c.findings.iter().any(|f| is_serious(&f.kind)))
    }

    /// The row of the practice message that stands among real ones, where a question of the queue would show it, and its place:
    /// behind all that is urgent.
    pub(crate) fn seeded_row(
        &self,
        query: &QueueQuery,
    ) -> Result<Option<(u32, QueueItem)>, Failure> {
        let plain = query.folder == Folder::Waiting
            && query.search.trim().is_empty()
            && query.pool.is_empty()
            && query.assignee.is_empty()
            && query.order == Order::Urgency;
        if !plain {
            return Ok(None);
        }
        let mut record = self.record(Right::Read)?;
        let Some((id, sent_at)) = record.practising().seeded.clone() else {
            return Ok(None);
        };
        let place = record.urgent()?;
        drop(record);
        let Some(case) = self.practice_case(&id) else {
            return Ok(None);
        };
        let triage = self.practice_triage(&case)?;
        let row = QueueItem {
            message_id: format!("{PREFIX}{id}"),
            patient: case.name,
            proxy: (!case.sender.is_empty()).then_some(case.sender),
            subject: case.subject,
            preview: case.message.chars().take(160).collect(),
            sent_at,
            urgency: triage.urgency,
            kind: triage.kind,
            state: QueueState::Waiting,
            draft: DraftState::Ready,
            decision: None,
            decided_at: None,
            pool: String::new(),
            assignee: String::new(),
            later_until: None,
        };
        Ok(Some((place, row)))
    }
}

/// How often the person saw each case.
fn seen(record: &OpenRecord<'_>) -> Result<HashMap<String, u32>, Failure> {
    let mut seen = HashMap::new();
    for (id, ..) in record.practice_of(&record.who().name)? {
        *seen.entry(id).or_default() += 1;
    }
    Ok(seen)
}

fn count(tally: &mut Tally, caught: bool) {
    tally.shown += 1;
    tally.caught += u32::from(caught);
}

fn practice_message(open: &OpenPractice) -> ThreadMessage {
    let case = &open.case;
    let proxy = !case.sender.is_empty();
    ThreadMessage {
        id: format!("{PREFIX}{}", case.id),
        sender_role: if proxy {
            SenderRole::Proxy
        } else {
            SenderRole::Patient
        },
        sender_name: if proxy {
            case.sender.clone()
        } else {
            case.name.clone()
        },
        sent_at: open.sent_at.clone(),
        subject: case.subject.clone(),
        body: case.message.clone(),
    }
}

/// Where words stand in a text, whatever their case, in Unicode scalar values.
fn places(text: &str, words: &[String]) -> Vec<(usize, usize)> {
    let chars = |t: &str| -> Vec<char> {
        // One character for one, so that places stay what they are.
        t.chars()
            .map(|c| c.to_lowercase().next().unwrap_or(c))
            .collect()
    };
    let text = chars(text);
    let mut found: Vec<(usize, usize)> = words
        .iter()
        .map(|w| chars(w))
        .filter(|w| !w.is_empty())
        .flat_map(|w| {
            let n = w.len();
            text.windows(n)
                .enumerate()
                .filter(|(_, at)| **at == w[..])
                .map(|(at, _)| (at, at + n))
                .collect::<Vec<_>>()
        })
        .collect();
    found.sort_unstable();
    found
}

impl OpenPractice {
    /// The case.
    pub(crate) fn case(&self) -> &PracticeCase {
        &self.case
    }
}
