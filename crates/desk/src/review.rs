//! Decisions and their undoing.

use crate::Desk;
use crate::desk::whole_seconds;
use clinical::disclosure::{self, Disclosed, Pack};
use clinical::readability;
use contract::{
    Code, Decided, DecisionKind, DecisionRequest, Failure, Licence, Right, SenderRole, Settings,
    Settled, SignOff, StartMode, Urgency,
};
use jiff::ToSpan;
use records::{DraftOutcome, NewDecision};

/// Longest reply, in characters.
const LONGEST_REPLY: usize = 20_000;

impl Desk {
    /// Records a decision. Between accepted, edited and rewritten the desk
    /// settles by comparing the final text with the draft.
    ///
    /// # Errors
    /// [`Code::Incomplete`] for a reply without text, [`Code::Conflict`] when
    /// the message was decided before, or the record's.
    pub fn decide(&self, request: &DecisionRequest) -> Result<Decided, Failure> {
        let settings = self.settings()?;
        let now = self.now();
        let undo_until = whole_seconds(now)
            .checked_add(i64::from(settings.undo_seconds).seconds())
            .unwrap_or(now)
            .to_string();
        let draft = self.draft_text(request)?;
        let (kind, final_text) = settled(request, draft.as_deref())?;
        if kind == DecisionKind::Discarded && request.reasons.is_empty() {
            return Err(Failure::new(
                Code::Incomplete,
                "Say why the draft is discarded: one reason is enough, and it is what makes the next drafts better.",
            ));
        }
        if let Some(text) = &final_text {
            self.hold_back(request, text, draft.as_deref())?;
        }
        let grade = |text: Option<&str>| text.and_then(readability::grade);
        let mut decision = NewDecision {
            message_id: request.message_id.clone(),
            draft_id: request.draft_id,
            kind,
            start_mode: request.start_mode,
            grade_draft: grade(draft.as_deref()),
            grade_final: grade(final_text.as_deref()),
            final_text,
            // Set below, by whoever has the record open then.
            disclosure: None,
            escalated_to: request.escalated_to.clone(),
            reasons: request.reasons.clone(),
            reviewer_id: String::new(),
            read_ms: request.read_ms,
            edit_ms: request.edit_ms,
            dwell_ms: request.dwell_ms,
            scrolled_to_end: request.scrolled_to_end,
            opened_context: request.opened_context,
            checked: request.checked.clone(),
            decided_at: self.now_text(),
            undo_until: undo_until.clone(),
        };
        let (decision_id, next) = {
            let mut record = self.record(Right::Decide)?;
            decision.reviewer_id = record.who().name.clone();
            if let Some(text) = &decision.final_text {
                let language = record
                    .patient(&record.message(&request.message_id)?.patient_id)?
                    .language;
                let generated = is_generated(kind, text, &record.draft_texts(&request.message_id)?);
                let said = disclosed(&settings, generated, record.who().licence, &language)?;
                decision.disclosure = match said.1 {
                    Disclosed::Words(words) => Some(words),
                    Disclosed::Nothing(_) => None,
                };
                let sent = over(decision.disclosure.as_deref(), text);
                if request.shown.as_ref().is_some_and(|shown| *shown != sent) {
                    return Err(Failure::new(
                        Code::Conflict,
                        "What would go out is no longer what you were shown. Look at it again; nothing was sent.",
                    ));
                }
            }
            // Only a message that waits can be decided: it is what was triaged and gated.
            let open = record.open_message(&request.message_id)?;
            if open.triage.urgency == Urgency::Emergency
                && kind.sends_reply()
                && request.draft_id.is_some()
            {
                return Err(Failure::new(
                    Code::Conflict,
                    "A red flag has come in for this patient since the draft was made. Open the message again; nothing was sent.",
                ));
            }
            // One that came in from elsewhere since the message was opened must be read first.
            let unseen = !request.seen.is_empty()
                && record
                    .messages(&open.message.thread_id)?
                    .iter()
                    .any(|m| !request.seen.contains(&m.id));
            if unseen {
                return Err(Failure::new(
                    Code::Conflict,
                    "Another message of this thread has come in. Open it again and read it first; nothing was recorded.",
                ));
            }
            let id = record.decide(&decision)?;
            let next = record.first_waiting(&decision.decided_at)?;
            (id, next)
        };
        self.wake();
        Ok(Decided {
            decision_id,
            kind,
            undo_until,
            undo_seconds: settings.undo_seconds,
            next,
        })
    }

    /// What will happen when the reply is signed off: what goes out, to whom, under which words of disclosure, and
    /// what became of each finding.
    ///
    /// # Errors
    /// Those of [`Desk::decide`] that can be known before: no text, findings that nobody resolved.
    pub fn sign_off(&self, request: &DecisionRequest) -> Result<SignOff, Failure> {
        let settings = self.settings()?;
        let draft = self.draft_text(request)?;
        let (kind, text) = settled(request, draft.as_deref())?;
        let Some(text) = text else {
            return Err(Failure::new(
                Code::Incomplete,
                "This decision sends no reply: there is nothing to sign off.",
            ));
        };
        self.hold_back(request, &text, draft.as_deref())?;
        let mode = match kind {
            DecisionKind::Rewritten => StartMode::Blank,
            _ => StartMode::Draft,
        };
        let findings = self
            .check(&request.message_id, &text, mode)?
            .into_iter()
            .map(|finding| Settled {
                checked: request.checked.contains(&finding.key()),
                finding,
            })
            .collect();
        let record = self.record(Right::Decide)?;
        let open = record.open_message(&request.message_id)?;
        let patient = record.patient(&open.message.patient_id)?;
        let generated = is_generated(kind, &text, &record.draft_texts(&request.message_id)?);
        let (pack, said) = disclosed(
            &settings,
            generated,
            record.who().licence,
            &patient.language,
        )?;
        let (disclosure, disclosure_why) = match said {
            Disclosed::Words(words) => (Some(words), format!("{}: {}", pack.title, pack.source)),
            Disclosed::Nothing(why) => (None, why.to_owned()),
        };
        Ok(SignOff {
            to: match open.message.sender_role {
                SenderRole::Proxy if !open.message.sender_name.is_empty() => {
                    format!("{}, for {}", open.message.sender_name, patient.name)
                }
                _ => patient.name,
            },
            kind,
            text: over(disclosure.as_deref(), &text),
            disclosure,
            disclosure_why,
            findings,
            undo_seconds: settings.undo_seconds,
        })
    }

    /// Gives half a minute more to undo a decision whose window is still open; gives the seconds that are left then.
    ///
    /// # Errors
    /// [`Code::Conflict`] when the window is over, or the record's.
    pub fn more_time(&self, decision_id: i64) -> Result<u32, Failure> {
        const MORE: u32 = 30;
        let until = whole_seconds(self.now())
            .checked_add(i64::from(MORE).seconds())
            .unwrap_or(self.now())
            .to_string();
        let mut record = self.record(Right::Decide)?;
        let who = record.who().name.clone();
        record.more_time(decision_id, &until, &who, &self.now_text())?;
        Ok(MORE)
    }

    /// Closes messages that owe no reply, each with a decision of its own; gives how many. Never an accept: a reply
    /// is looked at one by one.
    ///
    /// # Errors
    /// [`Code::Conflict`] when one of them owes a reply, before any is closed; or the record's.
    pub fn close_owed_none(&self, message_ids: &[String]) -> Result<u32, Failure> {
        for id in message_ids {
            if self.record(Right::Decide)?.open_message(id)?.triage.urgency != Urgency::None {
                return Err(Failure::new(
                    Code::Conflict,
                    "A reply is owed to one of these messages, so none was closed. Open the folder again.",
                ));
            }
        }
        for id in message_ids {
            // Something may have come in since.
            let open = self.record(Right::Decide)?.open_message(id)?;
            if open.triage.urgency != Urgency::None {
                return Err(Failure::new(
                    Code::Conflict,
                    "A message of these has changed and needs a look. Those before it were closed; open the folder again.",
                ));
            }
            self.decide(&DecisionRequest {
                message_id: id.clone(),
                draft_id: None,
                kind: DecisionKind::NoReplyNeeded,
                start_mode: StartMode::Blank,
                final_text: None,
                reasons: Vec::new(),
                escalated_to: None,
                read_ms: None,
                edit_ms: None,
                dwell_ms: None,
                scrolled_to_end: None,
                opened_context: None,
                seen: Vec::new(),
                checked: Vec::new(),
                shown: None,
            })?;
        }
        Ok(message_ids.len() as u32)
    }

    /// The draft that a decision names, if its attempt gave a text.
    fn draft_text(&self, request: &DecisionRequest) -> Result<Option<String>, Failure> {
        let Some(id) = request.draft_id else {
            return Ok(None);
        };
        Ok(match self.record(Right::Read)?.draft(id)?.draft.outcome {
            DraftOutcome::Text { text, .. } => Some(text),
            DraftOutcome::Failed(_) => None,
        })
    }

    /// Refuses a reply with a serious finding that nobody checked.
    fn hold_back(
        &self,
        request: &DecisionRequest,
        text: &str,
        draft: Option<&str>,
    ) -> Result<(), Failure> {
        let mode = match draft {
            Some(draft) if !is_own_words(request, text, draft) => StartMode::Draft,
            _ => StartMode::Blank,
        };
        let open: Vec<_> = self
            .check(&request.message_id, text, mode)?
            .into_iter()
            .filter(|f| f.serious && !request.checked.contains(&f.key()))
            .collect();
        match open.first() {
            None => Ok(()),
            Some(first) => Err(Failure::new(
                Code::Incomplete,
                format!(
                    "{} to resolve before this reply can go out: {} Mend the text, or say that you checked it.",
                    match open.len() {
                        1 => "1 finding is".to_owned(),
                        n => format!("{n} findings are"),
                    },
                    first.why
                ),
            )),
        }
    }

    /// Takes a decision back while its window is open; gives the message that waits now.
    ///
    /// # Errors
    /// [`Code::Conflict`] when the window is over, or the record's.
    pub fn undo(&self, decision_id: i64) -> Result<String, Failure> {
        let now = self.now_text();
        let message_id = {
            let mut record = self.record(Right::Decide)?;
            let who = record.who().name.clone();
            record.undo(decision_id, &who, &now, &|waiting| self.triaged(waiting))?
        };
        self.wake();
        Ok(message_id)
    }
}

/// The packs of disclosure that are built in.
pub(crate) fn packs() -> Result<Vec<Pack>, Failure> {
    disclosure::packs(include_str!("../../../assets/disclosure/packs.toml"))
        .map_err(|e| Failure::new(Code::Internal, e))
}

/// The clinic's pack, and what it says of a reply.
fn disclosed(
    settings: &Settings,
    generated: bool,
    licence: Licence,
    language: &str,
) -> Result<(Pack, Disclosed), Failure> {
    let pack = packs()?
        .into_iter()
        .find(|p| p.id == settings.jurisdiction)
        .ok_or_else(|| {
            Failure::new(
                Code::NotFound,
                "The clinic's words of disclosure are not there. Choose others in Settings; nothing was sent.",
            )
        })?;
    let said = pack.of(disclosure::Reply {
        generated,
        licence,
        language,
        contact: settings.contact.trim(),
    });
    Ok((pack, said))
}

/// The text under its words of disclosure.
fn over(disclosure: Option<&str>, text: &str) -> String {
    disclosure.map_or_else(|| text.to_owned(), |words| format!("{words}\n\n{text}"))
}

/// Whether a reply rests on a model's words: it began as a draft, or half of its own words are those of one, whatever
/// the editor began with.
fn is_generated(kind: DecisionKind, text: &str, drafts: &[String]) -> bool {
    kind != DecisionKind::Rewritten
        || drafts
            .iter()
            .any(|draft| records::measure::kept(text, draft) >= 0.5)
}

/// True when the editor began blank and most of the draft's words are gone: a
/// text that is mostly the draft's is a draft's, however the editor began.
fn is_own_words(request: &DecisionRequest, text: &str, draft: &str) -> bool {
    request.start_mode == StartMode::Blank && records::measure::kept(draft, text) <= 0.5
}

/// What kind of decision a request is, and the text that goes out.
fn settled(
    request: &DecisionRequest,
    draft: Option<&str>,
) -> Result<(DecisionKind, Option<String>), Failure> {
    if !request.kind.sends_reply() {
        return Ok((request.kind, None));
    }
    let text = request
        .final_text
        .as_deref()
        .map(str::trim)
        .unwrap_or_default();
    if text.is_empty() {
        return Err(Failure::new(
            Code::Incomplete,
            "The reply is empty. Write a reply, or choose “No reply needed”.",
        ));
    }
    if text.chars().count() > LONGEST_REPLY {
        return Err(Failure::new(
            Code::Incomplete,
            format!("The reply is longer than {LONGEST_REPLY} characters. Shorten it."),
        ));
    }
    let kind = match draft {
        None => DecisionKind::Rewritten,
        Some(d) if d.trim() == text => DecisionKind::AcceptedUnedited,
        Some(d) if is_own_words(request, text, d) => DecisionKind::Rewritten,
        Some(_) => DecisionKind::Edited,
    };
    Ok((kind, Some(text.to_owned())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Place};
    use contract::{FinishReason, FirstAdmin, Sampling, Timing};
    use jiff::Timestamp;
    use records::NewDraft;
    use std::sync::{Arc, Mutex};

    struct Bench {
        desk: Desk,
        now: Arc<Mutex<Timestamp>>,
        _dir: tempfile::TempDir,
    }

    fn bench() -> Bench {
        let dir = tempfile::tempdir().expect("dir");
        let now: Arc<Mutex<Timestamp>> =
            Arc::new(Mutex::new("2026-11-22T12:00:00Z".parse().expect("time")));
        let told = Arc::clone(&now);
        let clock = Clock {
            now: Arc::new(move || *told.lock().expect("clock")),
            elapsed: Arc::new(|| std::time::Duration::ZERO),
        };
        let place = Place::of_user(
            Some(dir.path().join("record")),
            Some(dir.path().join("models")),
        )
        .expect("place");
        let desk = Desk::new(place, clock, "test").expect("a desk");
        desk.create(&FirstAdmin {
            user: "tester".into(),
            passphrase: "correct horse battery".into(),
            licence: Licence::Physician,
        })
        .expect("made");
        desk.import_sample().expect("imports");
        Bench {
            desk,
            now,
            _dir: dir,
        }
    }

    impl Bench {
        fn pass(&self, seconds: i64) {
            let mut now = self.now.lock().expect("clock");
            *now = now.checked_add(seconds.seconds()).expect("time");
        }
    }

    fn request(message_id: &str, kind: DecisionKind, text: Option<&str>) -> DecisionRequest {
        DecisionRequest {
            message_id: message_id.into(),
            draft_id: None,
            kind,
            start_mode: StartMode::Blank,
            final_text: text.map(str::to_owned),
            reasons: Vec::new(),
            escalated_to: None,
            read_ms: None,
            edit_ms: None,
            dwell_ms: None,
            scrolled_to_end: None,
            opened_context: None,
            seen: Vec::new(),
            checked: Vec::new(),
            shown: None,
        }
    }

    fn draft(b: &Bench, message_id: &str, text: &str) -> i64 {
        let mut record = b.desk.record(Right::Read).expect("open");
        record
            .keep_draft(&NewDraft {
                message_id: message_id.into(),
                model: "model".into(),
                model_sha256: "00".repeat(32),
                prompt_version: "test".into(),
                sampling: Sampling::default(),
                outcome: DraftOutcome::Text {
                    text: text.into(),
                    finish: FinishReason::EndOfTurn,
                    timing: Timing::default(),
                    prompt_system: String::new(),
                    prompt_user: String::new(),
                    context_hash: String::new(),
                    notes: Vec::new(),
                },
                created_at: b.desk.now_text(),
            })
            .expect("kept");
        let kept = record.newest_draft(message_id).expect("read");
        kept.expect("there").id
    }

    /// Replies that are due once every undo window of now is over.
    fn outbox(b: &Bench, seconds: i64) -> Vec<String> {
        let then = b.now.lock().expect("clock").checked_add(seconds.seconds());
        let record = b.desk.record(Right::Read).expect("open");
        let due = record.due_replies(&then.expect("time").to_string());
        due.expect("read").into_iter().map(|r| r.text).collect()
    }

    #[test]
    fn the_sign_off_says_what_goes_out_and_the_same_goes_out() {
        let b = bench();
        let own = request(
            "message-03-1",
            DecisionKind::Edited,
            Some("We are looking at it."),
        );
        let shown = b.desk.sign_off(&own).expect("shown");
        assert_eq!(shown.kind, DecisionKind::Rewritten);
        assert_eq!(
            (shown.disclosure.as_deref(), shown.text.as_str()),
            (None, "We are looking at it.")
        );
        let patient = b
            .desk
            .open_message("message-03-1")
            .expect("opens")
            .patient
            .name;
        assert!(shown.to.ends_with(&patient), "{}", shown.to);
        // What cannot be decided cannot be signed off either.
        let empty = request("message-03-1", DecisionKind::Edited, Some("  "));
        assert_eq!(
            b.desk.sign_off(&empty).expect_err("empty").code,
            Code::Incomplete
        );

        // A draft's reply under the words of Texas.
        let mut settings = b.desk.settings().expect("settings");
        settings.jurisdiction = "texas".into();
        b.desk.set_settings(settings.clone()).expect("kept");
        let draft = draft(&b, "message-03-1", "We are looking at it.");
        let mut drafted = own.clone();
        (drafted.draft_id, drafted.start_mode) = (Some(draft), StartMode::Draft);
        let shown = b.desk.sign_off(&drafted).expect("shown");
        let words = shown.disclosure.expect("disclosed");
        assert!(shown.text.starts_with(&words) && shown.text.ends_with("We are looking at it."));
        let decided = b.desk.decide(&drafted).expect("decided");
        assert_eq!(decided.kind, DecisionKind::AcceptedUnedited);
        let outgoing = outbox(&b, 60);
        assert_eq!(outgoing, [shown.text]);
        // The words are the clinic's, not the clinician's: they do not count as an edit.
        let opened = b.desk.open_message("message-03-1").expect("opens");
        let on_record = opened.decision.expect("decided").final_text;
        assert_eq!(on_record.as_deref(), Some("We are looking at it."));

        // A pack that is not there is not taken, and neither is one that leads to nobody.
        b.desk.undo(decided.decision_id).expect("undone");
        for (jurisdiction, contact) in [("atlantis", "call us"), ("texas", " ")] {
            settings.jurisdiction = jurisdiction.into();
            settings.contact = contact.into();
            let refused = b
                .desk
                .set_settings(settings.clone())
                .expect_err(jurisdiction);
            assert_eq!(refused.code, Code::Incomplete);
        }
        // Half of the draft under a blank beginning is the draft's all the same.
        let mut pasted = own.clone();
        pasted.final_text = Some("We are looking at it.".into());
        assert!(
            b.desk
                .sign_off(&pasted)
                .expect("shown")
                .disclosure
                .is_some()
        );
        // Nothing goes out but what was shown.
        pasted.shown = Some("Something else.".into());
        assert_eq!(
            b.desk.decide(&pasted).expect_err("not shown").code,
            Code::Conflict
        );
        // What leaves the program holds them, too.
        b.desk.decide(&drafted).expect("decided");
        b.pass(60);
        let out = b._dir.path().join("out");
        for format in [crate::ExportFormat::Fhir, crate::ExportFormat::Csv] {
            b.desk.export(format, &out).expect("exports");
        }
        let files: Vec<_> = std::fs::read_dir(&out).expect("a folder").collect();
        let holds = |f: &std::io::Result<std::fs::DirEntry>| {
            let path = f.as_ref().expect("a file").path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            name.contains("replies")
                && std::fs::read_to_string(&path)
                    .expect("reads")
                    .contains("Artificial intelligence helped")
        };
        assert_eq!(files.iter().filter(|f| holds(f)).count(), 2, "{files:?}");
    }

    #[test]
    fn more_time_to_undo_can_be_had_while_there_is_some() {
        let b = bench();
        let reply = request(
            "message-03-1",
            DecisionKind::Edited,
            Some("We are looking at it."),
        );
        let decided = b.desk.decide(&reply).expect("decided");
        b.pass(8);
        assert_eq!(b.desk.more_time(decided.decision_id).expect("more"), 30);
        b.pass(25);
        assert!(outbox(&b, 0).is_empty(), "it is not due yet");
        b.desk.undo(decided.decision_id).expect("still open");
        let decided = b.desk.decide(&reply).expect("decided");
        b.pass(60);
        assert_eq!(
            b.desk
                .more_time(decided.decision_id)
                .expect_err("over")
                .code,
            Code::Conflict
        );
    }
}
