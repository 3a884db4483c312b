//! Files as they come from a clinic's systems, read into records.
//!
//! A file is refused as a whole when it is not what it claims to be; a record
//! is refused by itself, with its place and a reason, when it is not sound.

mod fhir;
mod flat;
mod strict;
mod values;

use crate::{Item, Parsed};
use contract::{Code, Failure};
use jiff::Timestamp;

/// Longest message that is read, in characters: a novel of 150 pages is no message.
pub const MAX_MESSAGE: usize = 200_000;
/// Longest line of a chart, in characters.
pub const MAX_ENTRY: usize = 100_000;
/// Most records of one file.
pub const MAX_RECORDS: usize = 500_000;

/// Longest id, in characters; FHIR's own are 64 at most, and references put a type before them.
const MAX_ID: usize = 256;

/// Longest name, subject or pool, in characters.
const MAX_NAME: usize = 1000;

/// Largest file, in bytes.
pub const MAX_BYTES: usize = 256 << 20;

/// Reads a file by its name's ending and, for `.json`, by its content.
///
/// `now` is the present: messages dated more than a day ahead are refused.
///
/// # Errors
/// [`Code::UnknownFormat`] for an ending or content that is not read,
/// [`Code::Malformed`] when the file as a whole cannot be parsed.
pub fn read(file_name: &str, bytes: &[u8], now: Timestamp) -> Result<Vec<Parsed>, Failure> {
    if bytes.len() > MAX_BYTES {
        return Err(Failure::new(
            Code::Malformed,
            format!(
                "The file is larger than {} MB. Export it in smaller parts.",
                MAX_BYTES >> 20
            ),
        ));
    }
    let text = std::str::from_utf8(bytes).map_err(|e| {
        Failure::new(
            Code::Malformed,
            "The file is not UTF-8 text. Export it again as UTF-8.",
        )
        .at(format!("byte {}", e.valid_up_to()))
    })?;
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let ending = file_name
        .rsplit('.')
        .next()
        .unwrap_or("")
        .to_ascii_lowercase();
    let mut parsed = match ending.as_str() {
        "csv" => flat::csv(text, now),
        "ndjson" | "jsonl" => {
            let mut lines = text.lines().filter(|l| !l.trim().is_empty());
            let first = lines.next().unwrap_or("");
            if lines.nth(MAX_RECORDS - 1).is_some() {
                return Err(too_many());
            }
            if ending == "ndjson" || first.contains("\"resourceType\"") {
                Ok(fhir::ndjson(text, now))
            } else {
                Ok(flat::jsonl(text, now))
            }
        }
        "json" => fhir::bundle(text, now),
        _ => Err(Failure::new(
            Code::UnknownFormat,
            "This kind of file is not read. Import a FHIR R4 Bundle (.json), FHIR NDJSON (.ndjson), CSV (.csv) or JSON Lines (.jsonl).",
        )),
    }?;
    for p in &mut parsed {
        if let Some(why) = too_long(p) {
            p.item = Err(why.into());
        }
    }
    Ok(parsed)
}

/// The refusal of a file with more records than are read; each reader ends where it counts one too many.
fn too_many() -> Failure {
    Failure::new(
        Code::Malformed,
        format!("The file has more than {MAX_RECORDS} records. Export it in smaller parts."),
    )
}

/// Why a record is longer than any that is read, if it is.
fn too_long(p: &Parsed) -> Option<&'static str> {
    let over = |texts: &[&str], most: usize| texts.iter().any(|t| t.chars().count() > most);
    let (ids, names, text, most): (Vec<&str>, Vec<&str>, &str, usize) = match &p.item {
        Ok(Item::Message(m)) => (
            vec![
                &m.id,
                &m.patient_id,
                m.thread_id.as_deref().unwrap_or(""),
                m.previous_id.as_deref().unwrap_or(""),
            ],
            vec![
                &m.subject,
                &m.sender_name,
                &m.recipient_pool,
                &m.patient_name,
            ],
            &m.body,
            MAX_MESSAGE,
        ),
        Ok(Item::Entry(e)) => (
            vec![&e.id, &e.patient_id],
            vec![&e.date],
            &e.text,
            MAX_ENTRY,
        ),
        Ok(Item::Patient(x)) => (
            vec![&x.id],
            vec![&x.name, &x.birth_date, &x.sex, &x.language],
            "",
            0,
        ),
        Ok(Item::Practitioner(x)) => (vec![&x.id], vec![&x.name], "", 0),
        Ok(Item::Thread(t)) => (vec![&t.id, &t.patient_id], vec![&t.subject], "", 0),
        _ => (vec![&p.id], vec![], "", 0),
    };
    if over(&ids, MAX_ID) {
        Some("an id of it is longer than any that is read")
    } else if over(&names, MAX_NAME) {
        Some("a name or subject of it is longer than any that is read")
    } else if over(&[text], most) {
        Some("its text is longer than any that is read")
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
