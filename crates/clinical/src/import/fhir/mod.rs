//! FHIR R4: a Bundle, a single resource, or NDJSON.
//!
//! Field by field after the R4 definitions (hl7.org/fhir/R4) of the resources
//! named in [`resource`].

mod communication;
mod references;
mod words;

use super::strict::{Strict, is_doubled, is_long};
use super::{too_many, values};
use crate::{ChartEntry, Heading, Item, Parsed, Patient, Practitioner, html};
use communication::{attachment_text, communication};
use contract::{Code, Failure};
use jiff::Timestamp;
use references::{Neighbours, last_segment};
use serde_json::Value;
use words::{coded, concept, dosage, first_day, human_name, list, short, text_at, value};

/// Resources that are known and of which nothing is shown.
const SILENT: &[&str] = &[
    "Organization",
    "Location",
    "PractitionerRole",
    "RelatedPerson",
    "Claim",
    "ClaimResponse",
    "ExplanationOfBenefit",
    "Coverage",
    "CarePlan",
    "CareTeam",
    "Goal",
    "ImagingStudy",
    "Device",
    "Medication",
    "Provenance",
    "Task",
    "SupplyDelivery",
    "MedicationAdministration",
    "Media",
    "MedicationDispense",
    "ServiceRequest",
    "Specimen",
    "Group",
    "QuestionnaireResponse",
    "Slot",
    "Schedule",
];

/// Reads a Bundle or a single resource.
pub(super) fn bundle(text: &str, now: Timestamp) -> Result<Vec<Parsed>, Failure> {
    let Strict(root) = serde_json::from_str(text).map_err(|e| {
        if is_long(&e) {
            return too_many();
        }
        Failure::new(
            Code::Malformed,
            if is_doubled(&e) {
                "A name stands twice in one object of the file, so it can be read in two ways. Export it again."
            } else {
                "The file is not valid JSON. Export it again."
            },
        )
        .at(format!("line {}, column {}", e.line(), e.column()))
    })?;
    match text_at(&root, "/resourceType") {
        Some("Bundle") => {}
        Some(_) => {
            return Ok(vec![parsed(
                &root,
                None,
                String::from("/"),
                &Neighbours::of([(None, &root)]),
                now,
            )]);
        }
        None => {
            return Err(Failure::new(
                Code::UnknownFormat,
                "The JSON file has no resourceType, so it is not FHIR. Import a FHIR R4 Bundle, or JSON Lines with the ending .jsonl.",
            )
            .at("/resourceType"));
        }
    }
    let entries = match root.get("entry") {
        None => &[][..],
        Some(Value::Array(a)) => a.as_slice(),
        Some(_) => {
            return Err(
                Failure::new(Code::Malformed, "The Bundle's entry is not a list.").at("/entry"),
            );
        }
    };
    let resources: Vec<(Option<&str>, &Value)> = entries
        .iter()
        .map(|e| {
            (
                text_at(e, "/fullUrl"),
                e.get("resource").unwrap_or(&Value::Null),
            )
        })
        .collect();
    let neighbours = Neighbours::of(resources.iter().copied());
    Ok(resources
        .iter()
        .enumerate()
        .map(|(i, (url, r))| parsed(r, *url, format!("/entry/{i}/resource"), &neighbours, now))
        .collect())
}

/// Reads NDJSON, a resource a line.
pub(super) fn ndjson(text: &str, now: Timestamp) -> Vec<Parsed> {
    let lines: Vec<(usize, Result<Value, usize>)> = text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
        .map(|(i, l)| {
            (
                i + 1,
                serde_json::from_str(l)
                    .map(|Strict(v)| v)
                    .map_err(|e| e.column()),
            )
        })
        .collect();
    let neighbours = Neighbours::of(
        lines
            .iter()
            .filter_map(|(_, r)| r.as_ref().ok().map(|v| (None, v))),
    );
    lines
        .iter()
        .map(|(n, r)| {
            let place = format!("line {n}");
            match r {
                Ok(v) => parsed(v, None, place, &neighbours, now),
                Err(column) => Parsed {
                    id: String::new(),
                    kind: String::new(),
                    place,
                    item: Err(format!("the line is not valid JSON (column {column})")),
                },
            }
        })
        .collect()
}

fn parsed(r: &Value, url: Option<&str>, place: String, n: &Neighbours, now: Timestamp) -> Parsed {
    let kind = text_at(r, "/resourceType")
        .unwrap_or("")
        .chars()
        .take(60)
        .collect::<String>();
    let id = id_of(r, url).unwrap_or_default();
    let item = if kind.is_empty() {
        Err("there is no resourceType".into())
    } else if id.is_empty() {
        Err("there is no id".into())
    } else {
        resource(&kind, &id, r, n, now)
    };
    Parsed {
        id,
        kind,
        place,
        item,
    }
}

fn id_of(r: &Value, url: Option<&str>) -> Option<String> {
    text_at(r, "/id")
        .or_else(|| url.map(last_segment))
        .filter(|id| !id.is_empty() && id.len() <= 200)
        .map(str::to_owned)
}

fn resource(
    kind: &str,
    id: &str,
    r: &Value,
    n: &Neighbours,
    now: Timestamp,
) -> Result<Item, String> {
    let entry = |heading, text: String, date: Option<String>, active| {
        Ok(Item::Entry(ChartEntry {
            id: id.to_owned(),
            patient_id: n.patient(r)?,
            heading,
            text,
            date: date.unwrap_or_default(),
            active,
        }))
    };
    if ["/status", "/verificationStatus/coding/0/code"]
        .iter()
        .any(|p| text_at(r, p) == Some("entered-in-error"))
    {
        return match kind {
            "Patient" | "Practitioner" | "Communication" => Err("it was entered in error".into()),
            _ => Ok(Item::Retracted {
                patient_id: n.patient(r)?,
            }),
        };
    }
    match kind {
        "Patient" => Ok(Item::Patient(Patient {
            id: id.to_owned(),
            name: human_name(r).ok_or("the patient has no name")?,
            birth_date: text_at(r, "/birthDate")
                .and_then(values::day)
                .unwrap_or_default(),
            sex: text_at(r, "/gender").unwrap_or("").to_owned(),
            language: r
                .pointer("/communication/0/language")
                .and_then(concept)
                .unwrap_or_default(),
            stub: false,
        })),
        "Practitioner" => Ok(Item::Practitioner(Practitioner {
            id: id.to_owned(),
            name: human_name(r).ok_or("the practitioner has no name")?,
        })),
        "Communication" => communication(id, r, n, now),
        "Condition" => {
            let status = text_at(r, "/clinicalStatus/coding/0/code").unwrap_or("active");
            entry(
                Heading::Problems,
                coded(r, "/code")?,
                first_day(
                    r,
                    &["/onsetDateTime", "/onsetPeriod/start", "/recordedDate"],
                ),
                matches!(status, "active" | "recurrence" | "relapse"),
            )
        }
        "MedicationRequest" | "MedicationStatement" => {
            let drug = r
                .get("medicationCodeableConcept")
                .and_then(concept)
                .or_else(|| n.name_of(r.get("medicationReference")?, r))
                .ok_or("the drug has no name")?;
            let how = dosage(
                r.pointer("/dosageInstruction/0")
                    .or_else(|| r.pointer("/dosage/0")),
            );
            let status = text_at(r, "/status").unwrap_or("active");
            entry(
                Heading::Medications,
                if how.is_empty() {
                    drug
                } else {
                    format!("{drug}, {how}")
                },
                first_day(
                    r,
                    &[
                        "/authoredOn",
                        "/effectiveDateTime",
                        "/effectivePeriod/start",
                        "/dateAsserted",
                    ],
                ),
                matches!(status, "active" | "on-hold" | "intended" | "unknown"),
            )
        }
        "AllergyIntolerance" => {
            let mut text = coded(r, "/code")?;
            let reactions: Vec<String> = list(r, "/reaction")
                .flat_map(|x| list(x, "/manifestation"))
                .filter_map(concept)
                .collect();
            if !reactions.is_empty() {
                text = format!("{text}: {}", reactions.join(", "));
            }
            if text_at(r, "/criticality") == Some("high") {
                text.push_str(" (high criticality)");
            }
            let status = text_at(r, "/clinicalStatus/coding/0/code").unwrap_or("active");
            entry(
                Heading::Allergies,
                text,
                first_day(r, &["/onsetDateTime", "/recordedDate"]),
                status == "active",
            )
        }
        "Observation" => {
            let name = coded(r, "/code")?;
            let mut parts: Vec<String> = value(r).into_iter().collect();
            parts.extend(list(r, "/component").filter_map(|c| {
                let name = c.get("code").and_then(concept)?;
                Some(format!("{name} {}", value(c)?))
            }));
            let mut text = if parts.is_empty() {
                name
            } else {
                format!("{name}: {}", parts.join(", "))
            };
            if let Some(flag) = r.pointer("/interpretation/0").and_then(concept) {
                text = format!("{text} [{flag}]");
            }
            entry(
                Heading::Results,
                text,
                first_day(
                    r,
                    &["/effectiveDateTime", "/effectivePeriod/start", "/issued"],
                ),
                true,
            )
        }
        "DiagnosticReport" => {
            let name = coded(r, "/code")?;
            match text_at(r, "/conclusion") {
                Some(c) => entry(
                    Heading::Results,
                    format!("{name}: {}", short(&html::to_text(c))),
                    first_day(r, &["/effectiveDateTime", "/issued"]),
                    true,
                ),
                // Its values are Observations of their own.
                None => Ok(Item::Other),
            }
        }
        "Appointment" => {
            let what = r
                .pointer("/appointmentType")
                .and_then(concept)
                .or_else(|| r.pointer("/serviceType/0").and_then(concept))
                .or_else(|| text_at(r, "/description").map(str::to_owned))
                .unwrap_or_else(|| "visit".into());
            let with: Vec<String> = list(r, "/participant")
                .filter_map(|p| p.get("actor"))
                .filter(|a| !text_at(a, "/reference").is_some_and(|x| x.contains("Patient/")))
                .filter_map(|a| n.name_of(a, r))
                .collect();
            let start = text_at(r, "/start").ok_or("the appointment has no start")?;
            let day = values::day(start).ok_or("the appointment's start is not a date")?;
            let time = start.get(11..16).unwrap_or("");
            let status = text_at(r, "/status").unwrap_or("booked");
            let with = if with.is_empty() {
                String::new()
            } else {
                format!(" with {}", with.join(" and "))
            };
            let text = format!("{status} {what}{with}, {day} {time}");
            entry(
                Heading::Appointments,
                text.trim_end().to_owned(),
                None,
                true,
            )
            .map(|i| dated(i, day))
        }
        "Encounter" => {
            let what = r
                .pointer("/type/0")
                .and_then(concept)
                .or_else(|| text_at(r, "/class/display").map(str::to_owned))
                .unwrap_or_else(|| "visit".into());
            let why = r.pointer("/reasonCode/0").and_then(concept);
            entry(
                Heading::Appointments,
                match why {
                    Some(w) => format!("past visit: {what}, for {w}"),
                    None => format!("past visit: {what}"),
                },
                first_day(r, &["/period/start"]),
                true,
            )
        }
        "Immunization" => entry(
            Heading::Notes,
            format!("Immunization: {}", coded(r, "/vaccineCode")?),
            first_day(r, &["/occurrenceDateTime", "/recorded"]),
            true,
        ),
        "Procedure" => entry(
            Heading::Notes,
            format!("Procedure: {}", coded(r, "/code")?),
            first_day(r, &["/performedDateTime", "/performedPeriod/start"]),
            true,
        ),
        "DocumentReference" => {
            let title = r
                .pointer("/type")
                .and_then(concept)
                .or_else(|| text_at(r, "/description").map(str::to_owned))
                .unwrap_or_else(|| "Note".into());
            let body: Vec<String> = list(r, "/content")
                .filter_map(|c| c.get("attachment"))
                .filter_map(attachment_text)
                .collect();
            if body.is_empty() {
                return Err("the document holds no text".into());
            }
            entry(
                Heading::Notes,
                format!("{title}: {}", short(&body.join(" "))),
                first_day(r, &["/date", "/context/period/start"]),
                true,
            )
        }
        silent if SILENT.contains(&silent) => Ok(Item::Other),
        _ => Err("this kind of resource is not read".into()),
    }
}

fn dated(item: Item, day: String) -> Item {
    match item {
        // The line already says its day; the field sorts it.
        Item::Entry(e) => Item::Entry(ChartEntry { date: day, ..e }),
        other => other,
    }
}
