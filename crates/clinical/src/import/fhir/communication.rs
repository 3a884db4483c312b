//! Messages and the heads of their threads.

use super::super::values;
use super::references::Neighbours;
use super::words::{concept, list, text_at};
use crate::{Item, Message, ThreadHeader, html};
use base64::Engine;
use contract::SenderRole;
use jiff::Timestamp;
use serde_json::Value;

pub(super) fn communication(
    id: &str,
    r: &Value,
    n: &Neighbours,
    now: Timestamp,
) -> Result<Item, String> {
    let patient_id = n.patient(r)?;
    let subject = r
        .get("topic")
        .and_then(concept)
        .or_else(|| r.pointer("/reasonCode/0").and_then(concept))
        .unwrap_or_default();
    let subject = html::to_text(&subject).replace('\n', " ");
    let previous_id = r.pointer("/inResponseTo/0").and_then(|x| n.id_of(x));
    if list(r, "/payload").next().is_none() {
        if previous_id.is_some() {
            return Err("the message has no payload".into());
        }
        return Ok(Item::Thread(ThreadHeader {
            id: id.to_owned(),
            patient_id,
            subject,
        }));
    }
    match text_at(r, "/status") {
        Some("completed" | "in-progress" | "unknown") | None => {}
        Some("preparation") => {
            return Err("it is a draft that was not sent (status preparation)".into());
        }
        Some(_) => return Err("its status says that it was not sent".into()),
    }
    let sender = r.get("sender").ok_or("the message has no sender")?;
    let reference = text_at(sender, "/reference").unwrap_or("");
    let kind = n.kind_of(sender).unwrap_or_default();
    let sender_role = match kind.as_str() {
        "Patient" => SenderRole::Patient,
        "RelatedPerson" => SenderRole::Proxy,
        "Practitioner" | "PractitionerRole" | "Organization" | "CareTeam" => SenderRole::Clinician,
        "Device" => return Err("it was written by a device, not by a person".into()),
        _ if reference.is_empty() => return Err("the message's sender has no reference".into()),
        _ => return Err("the message's sender is of an unknown kind".into()),
    };
    if sender_role == SenderRole::Patient && n.id_of(sender).is_some_and(|s| s != patient_id) {
        return Err("the sender is another patient than the one whose chart it names".into());
    }
    let body: Vec<String> = list(r, "/payload").filter_map(payload).collect();
    let body = body.join("\n\n");
    if body.trim().is_empty() {
        return Err("the message has no text".into());
    }
    let sent = text_at(r, "/sent")
        .or_else(|| text_at(r, "/received"))
        .ok_or("the message has no time it was sent")?;
    Ok(Item::Message(Message {
        id: id.to_owned(),
        thread_id: r.pointer("/partOf/0").and_then(|x| n.id_of(x)),
        previous_id,
        patient_id,
        sender_role,
        sender_name: n.name_of(sender, r).unwrap_or_default(),
        recipient_pool: r
            .pointer("/recipient/0")
            .and_then(|x| n.name_of(x, r))
            .unwrap_or_default(),
        sent_at: values::instant(sent, now)?,
        subject,
        body,
        patient_name: String::new(),
    }))
}

fn payload(p: &Value) -> Option<String> {
    if let Some(s) = text_at(p, "/contentString") {
        return Some(html::to_text(s));
    }
    let attachment = p.get("contentAttachment")?;
    attachment_text(attachment).or_else(|| {
        let title = text_at(attachment, "/title").unwrap_or("without a title");
        Some(format!("[Attachment: {title}]"))
    })
}

/// The text of an attachment that carries text in itself.
pub(super) fn attachment_text(a: &Value) -> Option<String> {
    let kind = text_at(a, "/contentType").unwrap_or("text/plain");
    if !kind.starts_with("text/") {
        return None;
    }
    let data: String = text_at(a, "/data")?.split_whitespace().collect();
    let bytes = base64::engine::general_purpose::STANDARD
        .decode(data)
        .ok()?;
    let text = html::to_text(&String::from_utf8(bytes).ok()?);
    (!text.is_empty()).then_some(text)
}
