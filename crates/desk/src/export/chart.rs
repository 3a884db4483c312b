//! Replies as they are on record, for the chart and for spreadsheets.

use super::{ExportReport, device, from_a_model, inert, table_failure, write_bundle};
use crate::Desk;
use crate::place::{io_failure, private_file};
use contract::{Code, DecisionKind, Failure, Right};
use records::FeedbackRow;
use serde_json::{Value, json};
use std::path::Path;

impl Desk {
    pub(super) fn csv(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let replies = out.join("replies.csv");
        let mut table = csv::Writer::from_writer(private_file(&replies)?);
        table
            .write_record([
                "message_id",
                "thread_id",
                "patient_id",
                "sent_at",
                "sender_role",
                "recipient_pool",
                "subject",
                "body",
                "previous_message_id",
            ])
            .map_err(table_failure)?;
        for row in rows.iter().filter(|r| r.decision.sends_reply()) {
            // As it goes out, disclosure and all.
            let Some(text) = &self.record(Right::Identified)?.outgoing(row.decision_id)? else {
                continue;
            };
            let m = self.record(Right::Identified)?.message(&row.message_id)?;
            let id = format!("countersign-reply-{}", row.decision_id);
            let cells = [
                id.as_str(),
                &m.thread_id,
                &m.patient_id,
                &row.created_at,
                "clinician",
                "",
                &m.subject,
                text,
                &m.id,
            ];
            table
                .write_record(cells.map(inert))
                .map_err(table_failure)?;
        }
        table.flush().map_err(|e| io_failure(&replies, &e))?;
        let feedback = out.join("feedback.csv");
        let mut table = csv::Writer::from_writer(private_file(&feedback)?);
        let mut header = false;
        for row in rows {
            let Value::Object(fields) = serde_json::to_value(row)
                .map_err(|e| Failure::new(Code::Internal, e.to_string()))?
            else {
                continue;
            };
            if !header {
                table.write_record(fields.keys()).map_err(table_failure)?;
                header = true;
            }
            let cells = fields.values().map(|v| match v {
                Value::Null => String::new(),
                Value::String(s) => inert(s),
                other => other.to_string(),
            });
            table.write_record(cells).map_err(table_failure)?;
        }
        table.flush().map_err(|e| io_failure(&feedback, &e))?;
        report.written = rows.len();
        report.files.extend([replies, feedback]);
        Ok(())
    }

    /// Replies as FHIR R4: a Communication each, with its Provenance, and the
    /// model as a Device. A reply that began as a draft carries the AIAST label
    /// (v3-ObservationValue), as the AI transparency guide asks.
    pub(super) fn fhir(
        &self,
        rows: &[FeedbackRow],
        out: &Path,
        report: &mut ExportReport,
    ) -> Result<(), Failure> {
        let mut resources = Vec::new();
        let mut devices = std::collections::BTreeSet::new();
        for row in rows.iter().filter(|r| r.decision.sends_reply()) {
            // As it goes out, disclosure and all.
            let Some(text) = &self.record(Right::Identified)?.outgoing(row.decision_id)? else {
                continue;
            };
            let m = self.record(Right::Identified)?.message(&row.message_id)?;
            let id = format!("countersign-reply-{}", row.decision_id);
            let drafted = row.decision != DecisionKind::Rewritten;
            let mut communication = json!({
                "resourceType": "Communication", "id": id, "status": "completed",
                "subject": {"reference": format!("Patient/{}", m.patient_id)},
                "inResponseTo": [{"reference": format!("Communication/{}", m.id)}],
                "partOf": [{"reference": format!("Communication/{}", m.thread_id)}],
                "recipient": [{"reference": format!("Patient/{}", m.patient_id)}],
                "sender": {"type": "Practitioner", "display": row.reviewer_id},
                "sent": row.created_at,
                "payload": [{"contentString": text}],
            });
            let reviewer = json!({"type": "Practitioner", "display": row.reviewer_id});
            let mut agents = vec![json!({
                "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type",
                    "code": if row.decision == DecisionKind::AcceptedUnedited { "verifier" } else { "author" }}]},
                "who": reviewer
            })];
            if drafted {
                communication["meta"] = json!({"security": [from_a_model()]});
                if let Some(sha) = &row.model_sha256 {
                    let (device, resource) = device(sha);
                    if devices.insert(device.clone()) {
                        resources.push(resource);
                    }
                    agents.insert(0, json!({
                        "type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/provenance-participant-type", "code": "author"}]},
                        "who": {"reference": format!("Device/{device}")}
                    }));
                }
            }
            resources.push(communication);
            resources.push(json!({
                "resourceType": "Provenance", "id": format!("{id}-provenance"),
                "target": [{"reference": format!("Communication/{id}")}],
                "recorded": row.created_at,
                "agent": agents,
                "entity": [{"role": "source", "what": {"reference": format!("Communication/{}", m.id)}}],
            }));
            report.written += 1;
        }
        write_bundle(out.join("replies.fhir.json"), resources, report)
    }
}
