//! The record at the size of thirteen clinician-years: 100,000 messages, and as
//! many audit rows as asked for: `cargo bench -p records -- [AUDIT ROWS]` (1,000,000).
//!
//! Prints one line of JSON a measure; percentiles over the repetitions named.

#[path = "../tests/support/work.rs"]
#[allow(dead_code, reason = "what is measured takes a part of it")]
mod work;

use contract::{Folder, MessageKind, Order, QueueQuery, SenderRole, Triage, Urgency};
use records::{Entry, Message, Opening, Page, Patient, Record, RecordError, Waiting};
use std::path::Path;
use std::time::Instant;

const MESSAGES: usize = 100_000;
/// Decisions that lie there when the chain is walked.
const DECISIONS: usize = 10_000;
/// Audit rows that are committed one by one.
const ONE_BY_ONE: usize = 2_000;
const NOW: &str = "2026-11-24T12:00:00Z";

fn open(path: &Path) -> Result<Record, RecordError> {
    Record::open(
        path,
        &mut Opening {
            key: &[7; 32],
            route: "bench",
            create: true,
            random: &mut |b| b.fill(3),
        },
    )
}

/// Milliseconds of each repetition, sorted.
fn timed(
    n: usize,
    mut f: impl FnMut(usize) -> Result<(), RecordError>,
) -> Result<Vec<f64>, RecordError> {
    let mut all = Vec::with_capacity(n);
    for i in 0..n {
        let begun = Instant::now();
        f(i)?;
        all.push(begun.elapsed().as_secs_f64() * 1000.0);
    }
    all.sort_by(f64::total_cmp);
    Ok(all)
}

fn say(measure: &str, ms: &[f64]) {
    let at = |q: f64| ms[((ms.len() - 1) as f64 * q) as usize];
    println!(
        "{}",
        serde_json::json!({"measure": measure, "n": ms.len(), "median_ms": at(0.5), "p95_ms": at(0.95), "max_ms": at(1.0)})
    );
}

fn fill(record: &mut Record) -> Result<(), RecordError> {
    let mut import = record.import(NOW)?;
    for i in 0..MESSAGES {
        let patient = format!("p{}", i / 20);
        if i % 20 == 0 {
            import.patient(&Patient {
                id: patient.clone(),
                name: format!("Invented Person {i}"),
                birth_date: "1970-01-01".into(),
                sex: "female".into(),
                language: "en".into(),
                stub: false,
            })?;
        }
        if i % 20 == 0 {
            // Half of all take one drug, and few take another.
            let drug = if i % 40 == 0 {
                "Metformin"
            } else {
                "Lisinopril"
            };
            let rare = if i % 2_000 == 0 {
                "Warfarin"
            } else {
                "Vitamin"
            };
            let lines = [
                ("medications", drug),
                ("medications", rare),
                ("problems", "Osteoarthritis of the knee"),
                ("results", "Hemoglobin A1c"),
            ];
            for (n, (heading, text)) in lines.into_iter().enumerate() {
                import.entry(&Entry {
                    id: format!("e{i}-{n}"),
                    patient_id: patient.clone(),
                    heading: heading.into(),
                    text: text.into(),
                    date: "2026-01-01".into(),
                    active: true,
                })?;
            }
        }
        import.message(&Message {
            id: format!("m{i}"),
            thread_id: format!("t{i}"),
            patient_id: patient,
            previous_id: None,
            sender_role: SenderRole::Patient,
            sender_name: String::new(),
            recipient_pool: String::new(),
            sent_at: format!(
                "2026-{:02}-{:02}T09:{:02}:00Z",
                1 + i % 12,
                1 + i % 28,
                i % 60
            ),
            subject: "Question".into(),
            body: format!(
                "My knee number {i} hurts since the walk. {}",
                "What should I do? ".repeat(20)
            ),
        })?;
    }
    import.reopen(&|w: &Waiting| Triage {
        urgency: if w.messages[0].id.ends_with("77") {
            Urgency::Urgent
        } else {
            Urgency::Routine
        },
        kind: MessageKind::Clinical,
        flags: Vec::new(),
        anger: None,
        front_desk: false,
    })?;
    import.commit("bench", "file", serde_json::json!({}))
}

fn page(record: &Record, query: &QueueQuery) -> Result<(), RecordError> {
    let page = Page {
        query,
        now: NOW,
        today: NOW,
        day: None,
    };
    record.queue_page(&page).map(drop)
}

fn decide(record: &mut Record, i: usize) -> Result<(), RecordError> {
    record.decide(&work::decision(format!("m{i}"))).map(|_| ())
}

fn run() -> Result<(), RecordError> {
    let audit_rows: usize = std::env::args()
        .find_map(|a| a.parse().ok())
        .unwrap_or(1_000_000);
    let dir = tempfile::tempdir().map_err(RecordError::File)?;
    let path = dir.path().join("record.db");
    let mut record = open(&path)?;
    say("import 100,000 messages", &timed(1, |_| fill(&mut record))?);
    say(
        "audit row with full sync",
        &timed(ONE_BY_ONE.min(audit_rows), |i| {
            record.note(
                NOW,
                "bench",
                "view",
                ("message", &format!("m{i}")),
                serde_json::json!({}),
            )
        })?,
    );
    // The others in transactions of ten thousand: what is measured later is how long the chain is, not how it came.
    for from in (ONE_BY_ONE..audit_rows).step_by(10_000) {
        let rows = (from..audit_rows.min(from + 10_000))
            .map(|i| (format!("m{i}"), serde_json::json!({})))
            .collect();
        record.note_each(NOW, "bench", ("view", "message"), rows)?;
    }
    drop(record);
    say(
        "open, the key being there",
        &timed(20, |_| open(&path).map(drop))?,
    );
    let mut record = open(&path)?;
    say(
        "inbox page of 100,000, anywhere in it, with the counts of all folders",
        &timed(60, |i| {
            let folder = [Folder::Waiting, Folder::Kind(MessageKind::Clinical)][i % 2];
            let query = QueueQuery {
                folder,
                offset: (i as u32 * 7919) % 90_000,
                order: [Order::Urgency, Order::Newest][i % 3 % 2],
                ..QueueQuery::default()
            };
            page(&record, &query)
        })?,
    );
    let search = |words: &[&str], i: usize| {
        let query = QueueQuery {
            search: words[i % words.len()].into(),
            ..QueueQuery::default()
        };
        page(&record, &query)
    };
    let written = [
        "knee",
        "invented person 4",
        "number 777",
        "what should walk",
        "zzz",
    ];
    say(
        "search over everything",
        &timed(60, |i| search(&written, i))?,
    );
    let charted = [
        "metformin",
        "warfarin",
        "walk warfarin",
        "invented metformin",
        "m777",
        "p42",
    ];
    say(
        "search that charts answer",
        &timed(60, |i| search(&charted, i))?,
    );
    say(
        "first of those that wait",
        &timed(20, |_| record.first_waiting(NOW).map(drop))?,
    );
    say(
        "open one message with its thread",
        &timed(500, |i| {
            let id = format!("m{}", i * 97);
            record.open_message(&id)?;
            record.messages(&format!("t{}", i * 97))?;
            record.newest_draft(&id).map(drop)
        })?,
    );
    say(
        "decide, with feedback and audit",
        &timed(500, |i| decide(&mut record, i * 11))?,
    );
    // Many, some of them undone: the walk holds each against its seal.
    for i in 0..DECISIONS {
        let n = i * 5 + 1;
        if n % 11 == 0 || n >= MESSAGES {
            continue;
        }
        decide(&mut record, n)?;
    }
    say(
        "walk the whole chain",
        &timed(5, |_| record.verify_audit(&[]).map(drop))?,
    );
    say(
        "integrity of every page",
        &timed(1, |_| record.check_integrity())?,
    );
    Ok(())
}

fn main() {
    if let Err(e) = run() {
        eprintln!("{e}");
        std::process::exit(1);
    }
}
