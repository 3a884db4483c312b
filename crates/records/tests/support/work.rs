//! Work at a record that is cut off in many ways, and what must hold afterwards: used by the tests of faults and by
//! the process that `cargo xtask crash` kills.

use contract::{DecisionKind, MessageKind, SenderRole, StartMode, Triage, Urgency};
use records::{AuditFilter, Message, NewDecision, Opening, Patient, Record, RecordError, Waiting};
use std::path::Path;

const NOW: &str = "2026-11-24T12:00:00Z";

/// Opens the record of a path, or makes it. The key is one byte, repeated.
pub(crate) fn open(path: &Path, key: u8) -> Result<Record, RecordError> {
    Record::open(
        path,
        &mut Opening {
            key: &[key; 32],
            route: "crash test",
            create: true,
            random: &mut |b| b.fill(0x5a),
        },
    )
}

/// How many audit rows there are of an action.
pub(crate) fn count(record: &Record, action: &str) -> Result<usize, RecordError> {
    let mut n = 0;
    let filter = AuditFilter {
        action: action.into(),
        ..AuditFilter::default()
    };
    record.audit_rows(&filter, |_| {
        n += 1;
        Ok::<(), RecordError>(())
    })?;
    Ok(n)
}

/// Imports message `n` and decides on it.
pub(crate) fn decide(record: &mut Record, n: usize) -> Result<(), RecordError> {
    let id = format!("m{n}");
    let mut import = record.import(NOW)?;
    import.patient(&Patient {
        id: "p".into(),
        name: "Invented Person".into(),
        birth_date: String::new(),
        sex: String::new(),
        language: String::new(),
        stub: false,
    })?;
    import.message(&Message {
        id: id.clone(),
        thread_id: id.clone(),
        patient_id: "p".into(),
        previous_id: None,
        sender_role: SenderRole::Patient,
        sender_name: String::new(),
        recipient_pool: String::new(),
        sent_at: NOW.into(),
        subject: String::new(),
        body: "It hurts. ".repeat(100),
    })?;
    import.reopen(&|_: &Waiting| Triage {
        urgency: Urgency::Routine,
        kind: MessageKind::Clinical,
        flags: Vec::new(),
        anger: None,
        front_desk: false,
    })?;
    import.commit("tester", "file", serde_json::json!({}))?;
    record.decide(&decision(id))?;
    Ok(())
}

/// A decision on a message, by somebody who wrote a reply of their own.
pub(crate) fn decision(message_id: String) -> NewDecision {
    NewDecision {
        message_id,
        draft_id: None,
        kind: DecisionKind::Rewritten,
        start_mode: StartMode::Blank,
        grade_draft: None,
        grade_final: None,
        final_text: Some("Please rest. ".repeat(50)),
        outgoing: Some("Please rest. ".repeat(50)),
        escalated_to: None,
        reasons: Vec::new(),
        reviewer_id: "tester".into(),
        read_ms: None,
        edit_ms: None,
        dwell_ms: None,
        scrolled_to_end: None,
        opened_context: None,
        checked: Vec::new(),
        decided_at: NOW.into(),
        undo_until: NOW.into(),
        corrects: None,
    }
}

/// What is lost, half-done or damaged, if anything, when `acked` decisions were acknowledged and at most
/// `undecided` were cut off between their import and their decision.
pub(crate) fn wrong(
    record: &Record,
    acked: usize,
    undecided: usize,
) -> Result<Option<String>, RecordError> {
    record.check_integrity()?;
    if let Err(b) = record.verify_audit(&[])? {
        return Ok(Some(format!("audit row {}: {}", b.seq, b.why)));
    }
    let decided = count(record, "decide")?;
    let later = "2027-01-01T00:00:00Z";
    let (feedback, replies) = (
        record.feedback(later)?.len(),
        record.due_replies(later)?.len(),
    );
    let waiting = record.waiting()?.len();
    Ok(if decided < acked {
        Some(format!(
            "{acked} decisions were acknowledged, {decided} are there"
        ))
    } else if (feedback, replies) != (decided, decided) {
        Some(format!(
            "{decided} decisions, {feedback} feedback rows, {replies} replies"
        ))
    } else if waiting > undecided {
        Some(format!("{waiting} messages wait"))
    } else {
        None
    })
}
