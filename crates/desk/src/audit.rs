//! The audit as an auditor reads it.

use crate::Desk;
use crate::place::{io_failure, private_file};
use contract::{Code, Failure, Right, Taken};
use jiff::ToSpan;
use records::{AuditFilter, AuditHead, AuditRow, SignedHead};
use serde_json::{Value, json};
use std::io::Write;
use std::path::Path;

/// Years that audit rows are kept (45 CFR 164.316(b)(2)(i)).
pub const RETENTION_YEARS: i64 = 6;

impl Desk {
    /// Walks the audit chain, and holds it against signed heads kept elsewhere.
    ///
    /// # Errors
    /// [`Code::Audit`] with the row where it breaks, or the record's.
    pub fn verify_audit(&self, heads: &[SignedHead]) -> Result<AuditHead, Failure> {
        self.record(Right::Audit)?
            .verify_audit(heads)?
            .map_err(|b| {
                Failure::new(
                    Code::Audit,
                    format!("The audit chain does not hold: {}.", b.why),
                )
                .at(format!("row {}", b.seq))
            })
    }

    /// Says why the record did not reach its anchor when it was opened, such as a restored disk.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Conflict`] when nothing is to be said, [`Code::Incomplete`] without a reason.
    pub fn acknowledge_mismatch(&self, reason: &str) -> Result<(), Failure> {
        if reason.trim().chars().count() < 5 {
            return Err(Failure::new(
                Code::Incomplete,
                "Say what happened. It goes on the audit.",
            ));
        }
        let mut record = self.record(Right::Accounts)?;
        let who = record.who().name.clone();
        Ok(record.acknowledge_mismatch(reason.trim(), &who, &self.now_text())?)
    }

    /// Puts it on the audit that words left the window by the clipboard or a printer: how many, and which message was
    /// open. The words themselves are on record already.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn note_taken(&self, way: Taken, message_id: &str, characters: u32) -> Result<(), Failure> {
        let mut record = self.record(Right::Read)?;
        let who = record.who().name.clone();
        let action = match way {
            Taken::Clipboard => "copy",
            Taken::Printer => "print",
        };
        // The page names the message; one that is not on record is not written down.
        let id = match record.message(message_id) {
            Ok(m) => m.id,
            Err(_) => String::new(),
        };
        Ok(record.note(
            &self.now_text(),
            &who,
            action,
            ("message", &id),
            json!({ "characters": characters }),
        )?)
    }

    /// Signs the end of the chain, for the clinic to keep elsewhere.
    ///
    /// # Errors
    /// [`Code::Forbidden`], or the record's.
    pub fn signed_head(&self) -> Result<SignedHead, Failure> {
        let mut record = self.record(Right::Audit)?;
        let who = record.who().name.clone();
        Ok(record.signed_head(&who, &self.now_text())?)
    }

    /// Rows of the audit, oldest first.
    ///
    /// # Errors
    /// [`Code::Forbidden`], the record's, or those of `each`.
    pub fn audit_rows(
        &self,
        filter: &AuditFilter,
        each: impl FnMut(AuditRow) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        self.record(Right::Audit)?.audit_rows(filter, each)
    }

    /// Writes rows as a table; gives how many.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Io`], or the record's.
    pub fn audit_to_csv(&self, filter: &AuditFilter, out: &Path) -> Result<u64, Failure> {
        let failed =
            |e: csv::Error| Failure::new(Code::Io, format!("The table could not be written: {e}."));
        self.noted_export("csv")?;
        let mut table = csv::Writer::from_writer(private_file(out)?);
        table
            .write_record([
                "seq",
                "at",
                "actor",
                "action",
                "subject_kind",
                "subject_id",
                "detail",
                "hash",
            ])
            .map_err(failed)?;
        let mut rows = 0;
        self.audit_rows(filter, |r| {
            rows += 1;
            let cells = [
                &r.seq.to_string(),
                &r.at,
                &r.actor,
                &r.action,
                &r.subject_kind,
                &r.subject_id,
                &r.detail.to_string(),
                &r.hash,
            ];
            table
                .write_record(cells.map(|c| crate::export::inert(c)))
                .map_err(failed)
        })?;
        table.flush().map_err(|e| io_failure(out, &e))?;
        Ok(rows)
    }

    /// Writes rows as FHIR R4 AuditEvents, one a line; gives how many.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Io`], or the record's.
    pub fn audit_to_fhir(&self, filter: &AuditFilter, out: &Path) -> Result<u64, Failure> {
        self.noted_export("fhir")?;
        let io = |e: std::io::Error| io_failure(out, &e);
        let mut file = std::io::BufWriter::new(private_file(out)?);
        let mut rows = 0;
        self.audit_rows(filter, |r| {
            rows += 1;
            writeln!(file, "{}", event(&r)).map_err(io)
        })?;
        file.flush().map_err(io)?;
        Ok(rows)
    }

    /// On the audit before anything is written.
    fn noted_export(&self, format: &str) -> Result<(), Failure> {
        let mut record = self.record(Right::Audit)?;
        let who = record.who().name.clone();
        record.note(
            &self.now_text(),
            &who,
            "export_audit",
            ("audit", ""),
            json!({ "format": format }),
        )?;
        Ok(())
    }

    /// Removes audit rows that are older than the years they must be kept; gives how many went.
    ///
    /// # Errors
    /// [`Code::Forbidden`], [`Code::Incomplete`] for fewer years than the rule asks, or the record's.
    pub fn purge_audit(&self, years: i64) -> Result<u64, Failure> {
        if years < RETENTION_YEARS {
            return Err(Failure::new(
                Code::Incomplete,
                format!(
                    "Audit rows are kept for at least {RETENTION_YEARS} years (45 CFR 164.316)."
                ),
            ));
        }
        let before = self
            .today()
            .checked_sub(years.years())
            .map_err(|_| Failure::new(Code::Incomplete, "So many years are before any record."))?
            .to_string();
        let mut record = self.record(Right::Accounts)?;
        let who = record.who().name.clone();
        Ok(record.purge_audit(&before, &who, &self.now_text())?)
    }
}

/// A row as an AuditEvent (<https://hl7.org/fhir/R4/auditevent.html>).
fn event(r: &AuditRow) -> Value {
    // C create, R read, U update, D delete, E execute: http://hl7.org/fhir/audit-event-action
    let action = match r.action.as_str() {
        "view" | "view_deid" | "view_safety_reports" | "list" | "search" => "R",
        "decide" | "import" | "init" | "add_user" | "new_codes" => "C",
        "undo" | "recover" | "change_passphrase" | "rekey" => "U",
        "remove_user" | "purge_audit" => "D",
        _ => "E",
    };
    let emergency = r.actor.starts_with("break-glass:");
    let mut event = json!({
        "resourceType": "AuditEvent",
        "id": format!("audit-{}", r.seq),
        "type": {"system": "http://terminology.hl7.org/CodeSystem/audit-event-type", "code": "rest", "display": "RESTful Operation"},
        "subtype": [{"system": "urn:countersign:audit-action", "code": r.action}],
        "action": action,
        "recorded": r.at,
        "outcome": "0",
        "agent": [{"who": {"display": r.actor}, "requestor": true}],
        "source": {"observer": {"display": "Countersign"}},
        "entity": [{
            "what": {"identifier": {"system": format!("urn:countersign:{}", r.subject_kind), "value": r.subject_id}},
            "detail": [
                {"type": "detail", "valueString": r.detail.to_string()},
                {"type": "seal", "valueString": r.hash}
            ]
        }]
    });
    if emergency {
        // Emergency access: v3-ActReason BTG, break the glass.
        event["purposeOfEvent"] = json!([{"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v3-ActReason", "code": "BTG"}]}]);
    }
    event
}
