//! Works at a record until somebody kills it: `cargo xtask crash` does.
//!
//! `crash_worker PATH KEY decide` imports messages and decides on them, and says
//! `ack N` once decision N is acknowledged. `crash_worker PATH KEY rekey NEXT`
//! changes keys to and fro. `crash_worker PATH KEY check ACKED` opens the record,
//! says what it holds, and ends with 1 when something is lost or half-done. KEY and NEXT are one byte, repeated.

use contract::{DecisionKind, MessageKind, SenderRole, StartMode, Triage, Urgency};
use records::{AuditFilter, Message, NewDecision, Opening, Patient, Record, RecordError, Waiting};
use std::io::Write;
use std::path::Path;

const NOW: &str = "2026-11-24T12:00:00Z";

fn open(path: &Path, key: u8) -> Result<Record, RecordError> {
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

fn say(words: &str) {
    let mut out = std::io::stdout().lock();
    // A parent that is gone ends the work.
    if writeln!(out, "{words}").and_then(|()| out.flush()).is_err() {
        std::process::exit(0);
    }
}

fn count(record: &Record, action: &str) -> Result<usize, RecordError> {
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

fn decide(record: &mut Record, n: usize) -> Result<(), RecordError> {
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
    record.decide(&NewDecision {
        message_id: id,
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
    })?;
    Ok(())
}

/// What is lost or half-done, if anything.
fn check(record: &Record, acked: usize) -> Result<Option<String>, RecordError> {
    record.check_integrity()?;
    let rows = match record.verify_audit(&[])? {
        Ok(head) => head.rows,
        Err(b) => return Ok(Some(format!("audit row {}: {}", b.seq, b.why))),
    };
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
    } else if waiting > 1 {
        Some(format!("{waiting} messages wait"))
    } else {
        say(&format!("holds {decided} {rows}"));
        None
    })
}

fn run(args: &[String]) -> Result<bool, RecordError> {
    let (path, key) = (Path::new(&args[0]), byte(args.get(1)));
    match args.get(2).map(String::as_str) {
        Some("check") => {
            let record = open(path, key)?;
            let acked = args.get(3).and_then(|a| a.parse().ok()).unwrap_or(0);
            if let Some(wrong) = check(&record, acked)? {
                say(&format!("wrong {wrong}"));
                return Ok(false);
            }
        }
        Some("rekey") => {
            let mut record = open(path, key)?;
            let (mut now, mut next) = (key, byte(args.get(3)));
            say("ready");
            loop {
                record.rekey(&[next; 32])?;
                std::mem::swap(&mut now, &mut next);
            }
        }
        _ => {
            let mut record = open(path, key)?;
            let mut n = count(&record, "decide")?;
            // A message whose decision was cut off is decided by the next run's number.
            say("ready");
            loop {
                n += 1;
                match decide(&mut record, n) {
                    Ok(()) | Err(RecordError::Conflict(_)) => say(&format!("ack {n}")),
                    Err(e) => return Err(e),
                }
            }
        }
    }
    Ok(true)
}

fn byte(arg: Option<&String>) -> u8 {
    arg.and_then(|a| a.parse().ok()).unwrap_or(1)
}

fn main() -> std::process::ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(true) => std::process::ExitCode::SUCCESS,
        Ok(false) => std::process::ExitCode::from(1),
        Err(RecordError::WrongKey) => std::process::ExitCode::from(3),
        Err(e) => {
            say(&format!("wrong {e}"));
            std::process::ExitCode::from(1)
        }
    }
}
