//! CSV and JSON Lines, a message a line.

use super::{MAX_RECORDS, too_many, values};
use crate::{Item, Message, Parsed, html};
use contract::{Code, Failure, SenderRole};
use jiff::Timestamp;
use serde::Deserialize;

/// The columns: those of the flat exports, and the names that some add.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Row {
    message_id: String,
    thread_id: String,
    patient_id: String,
    sent_at: String,
    sender_role: String,
    recipient_pool: String,
    subject: String,
    body: String,
    previous_message_id: String,
    patient_name: String,
    sender_name: String,
}

/// Columns without which a CSV file is refused.
const NEEDED: [&str; 5] = ["message_id", "patient_id", "sent_at", "sender_role", "body"];

/// Reads CSV with a header line.
pub(super) fn csv(text: &str, now: Timestamp) -> Result<Vec<Parsed>, Failure> {
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let headers = reader
        .headers()
        .map_err(|e| {
            Failure::new(
                Code::Malformed,
                format!("The CSV header cannot be read: {e}"),
            )
            .at("line 1")
        })?
        .clone();
    if let Some(missing) = NEEDED
        .iter()
        .find(|n| !headers.iter().any(|h| h.trim() == **n))
    {
        return Err(Failure::new(
            Code::Malformed,
            format!(
                "The CSV file has no column “{missing}”. It needs the columns {}.",
                NEEDED.join(", ")
            ),
        )
        .at("line 1"));
    }
    let mut out = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        if out.len() > MAX_RECORDS {
            return Err(too_many());
        }
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => break,
            Ok(true) => {
                let line = record.position().map_or(line, |p| p.line());
                let place = format!("line {line}");
                out.push(if record.len() == headers.len() {
                    match record.deserialize::<Row>(Some(&headers)) {
                        Ok(row) => parsed(row, place, now),
                        Err(_) => refused(place, "the line does not fit the header"),
                    }
                } else {
                    refused(
                        place,
                        &format!(
                            "the line has {} fields and the header {}",
                            record.len(),
                            headers.len()
                        ),
                    )
                });
            }
            Err(_) => {
                out.push(refused(format!("line {line}"), "the line is not CSV"));
                if reader.is_done() {
                    break;
                }
            }
        }
    }
    Ok(out)
}

/// Reads JSON Lines; an unreadable line is refused by itself.
pub(super) fn jsonl(text: &str, now: Timestamp) -> Vec<Parsed> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| !line.trim().is_empty())
        .map(|(i, line)| {
            let place = format!("line {}", i + 1);
            match serde_json::from_str::<Row>(line) {
                Ok(row) => parsed(row, place, now),
                Err(e) => refused(
                    place,
                    &format!(
                        "the line is not a JSON object of texts (column {})",
                        e.column()
                    ),
                ),
            }
        })
        .collect()
}

fn refused(place: String, why: &str) -> Parsed {
    Parsed {
        id: String::new(),
        kind: "message".into(),
        place,
        item: Err(why.into()),
    }
}

fn parsed(row: Row, place: String, now: Timestamp) -> Parsed {
    Parsed {
        id: row.message_id.trim().to_owned(),
        kind: "message".into(),
        place,
        item: message(row, now),
    }
}

fn message(row: Row, now: Timestamp) -> Result<Item, String> {
    let needed = |name: &str, value: &str| {
        let value = value.trim();
        if value.is_empty() {
            Err(format!("{name} is empty"))
        } else {
            Ok(value.to_owned())
        }
    };
    let optional = |value: &str| Some(value.trim().to_owned()).filter(|v| !v.is_empty());
    let sender_role = match row.sender_role.trim().to_ascii_lowercase().as_str() {
        "patient" => SenderRole::Patient,
        "proxy" | "parent" | "guardian" | "caregiver" | "relatedperson" => SenderRole::Proxy,
        "clinician" | "provider" | "physician" | "nurse" | "staff" | "practitioner" => {
            SenderRole::Clinician
        }
        _ => return Err("sender_role is not patient, proxy or clinician".into()),
    };
    let patient_name = row.patient_name.trim().to_owned();
    let sender_name = optional(&row.sender_name).unwrap_or_else(|| match sender_role {
        SenderRole::Patient => patient_name.clone(),
        _ => String::new(),
    });
    Ok(Item::Message(Message {
        id: needed("message_id", &row.message_id)?,
        thread_id: optional(&row.thread_id),
        previous_id: optional(&row.previous_message_id),
        patient_id: needed("patient_id", &row.patient_id)?,
        sender_role,
        sender_name,
        recipient_pool: row.recipient_pool.trim().to_owned(),
        sent_at: values::instant(&row.sent_at, now)?,
        subject: html::to_text(&row.subject).replace('\n', " "),
        body: needed("body", &html::to_text(&row.body))?,
        patient_name,
    }))
}
