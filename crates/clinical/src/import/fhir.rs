//! FHIR R4: a Bundle, a single resource, or NDJSON.
//!
//! Field by field after the R4 definitions (hl7.org/fhir/R4) of the resources
//! named in [`resource`].

use super::values;
use crate::{
    ChartEntry, Heading, Item, Message, Parsed, Patient, Practitioner, ThreadHeader, html,
};
use base64::Engine;
use contract::{Code, Failure, SenderRole};
use jiff::Timestamp;
use serde_json::Value;
use std::collections::HashMap;

/// Longest excerpt of a note, in characters.
const NOTE_CHARS: usize = 600;

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

/// What the resources of one file know of each other.
#[derive(Default)]
struct Neighbours {
    /// Full URL to id.
    urls: HashMap<String, String>,
    /// `Type/id` to a name for people.
    names: HashMap<String, String>,
}

/// Reads a Bundle or a single resource.
pub(super) fn bundle(text: &str, now: Timestamp) -> Result<Vec<Parsed>, Failure> {
    let root: Value = serde_json::from_str(text).map_err(|e| {
        Failure::new(
            Code::Malformed,
            "The file is not valid JSON. Export it again.",
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
        .map(|(i, l)| (i + 1, serde_json::from_str(l).map_err(|e| e.column())))
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
        return Err("it was entered in error".into());
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

fn communication(id: &str, r: &Value, n: &Neighbours, now: Timestamp) -> Result<Item, String> {
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
fn attachment_text(a: &Value) -> Option<String> {
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

fn dated(item: Item, day: String) -> Item {
    match item {
        // The line already says its day; the field sorts it.
        Item::Entry(e) => Item::Entry(ChartEntry { date: day, ..e }),
        other => other,
    }
}

fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= NOTE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(NOTE_CHARS).collect();
    format!("{}…", cut.trim_end())
}

/// How a drug is taken: the text, or what the structured fields say.
fn dosage(d: Option<&Value>) -> String {
    let Some(d) = d else { return String::new() };
    if let Some(t) = text_at(d, "/text") {
        return t.split_whitespace().collect::<Vec<_>>().join(" ");
    }
    let mut parts = Vec::new();
    if let Some(q) = d.pointer("/doseAndRate/0/doseQuantity").and_then(quantity) {
        parts.push(q);
    }
    let repeat = |name: &str| d.pointer(&format!("/timing/repeat/{name}"));
    if let (Some(f), Some(p), Some(u)) = (
        repeat("frequency").and_then(Value::as_u64),
        repeat("period").and_then(Value::as_f64),
        repeat("periodUnit").and_then(Value::as_str),
    ) {
        let unit = match u {
            "h" => "hour",
            "d" => "day",
            "wk" => "week",
            "mo" => "month",
            other => other,
        };
        let times = if f == 1 {
            "once".into()
        } else {
            format!("{f} times")
        };
        parts.push(if (p - 1.0).abs() < 1e-9 {
            format!("{times} a {unit}")
        } else {
            format!("{times} every {} {unit}s", number(p))
        });
    }
    if d.get("asNeededBoolean").and_then(Value::as_bool) == Some(true) {
        parts.push("as needed".into());
    }
    parts.join(", ")
}

/// The value of an Observation or a component, with its unit.
fn value(o: &Value) -> Option<String> {
    o.get("valueQuantity")
        .and_then(quantity)
        .or_else(|| o.get("valueCodeableConcept").and_then(concept))
        .or_else(|| text_at(o, "/valueString").map(|s| short(&html::to_text(s))))
        .or_else(|| o.get("valueInteger").map(Value::to_string))
        .or_else(|| o.get("valueBoolean").map(Value::to_string))
        .or_else(|| text_at(o, "/valueDateTime").and_then(values::day))
}

fn quantity(q: &Value) -> Option<String> {
    let v = number(q.get("value")?.as_f64()?);
    let comparator = text_at(q, "/comparator").unwrap_or("");
    let unit = text_at(q, "/unit")
        .or_else(|| text_at(q, "/code"))
        .unwrap_or("");
    Some(
        format!("{comparator}{v} {}", plain_unit(unit))
            .trim_end()
            .to_owned(),
    )
}

/// UCUM's curly braces and brackets are for machines.
fn plain_unit(unit: &str) -> String {
    match unit {
        "mm[Hg]" => "mmHg".into(),
        "{score}" | "1" => String::new(),
        u => u.replace(['{', '}', '[', ']'], ""),
    }
}

/// At most two decimals: simulated charts carry fifteen.
fn number(n: f64) -> String {
    let rounded = (n * 100.0).round() / 100.0;
    format!("{rounded}")
}

fn text_at<'a>(v: &'a Value, pointer: &str) -> Option<&'a str> {
    v.pointer(pointer)?
        .as_str()
        .filter(|s| !s.trim().is_empty())
}

fn list<'a>(v: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    v.pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The words of a CodeableConcept.
fn concept(c: &Value) -> Option<String> {
    text_at(c, "/text")
        .or_else(|| text_at(c, "/coding/0/display"))
        .or_else(|| text_at(c, "/coding/0/code"))
        .map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn coded(r: &Value, pointer: &str) -> Result<String, String> {
    r.pointer(pointer)
        .and_then(concept)
        .ok_or_else(|| format!("{pointer} has no words"))
}

fn first_day(r: &Value, pointers: &[&str]) -> Option<String> {
    pointers
        .iter()
        .find_map(|p| text_at(r, p).and_then(values::day))
}

/// A HumanName: the official one first, digits of simulated names left out.
fn human_name(r: &Value) -> Option<String> {
    let name = list(r, "/name")
        .find(|n| text_at(n, "/use") == Some("official"))
        .or_else(|| list(r, "/name").next())?;
    if let Some(t) = text_at(name, "/text") {
        return Some(t.trim().to_owned());
    }
    let mut words: Vec<String> = Vec::new();
    words.extend(
        list(name, "/prefix")
            .take(1)
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    words.extend(
        list(name, "/given")
            .take(1)
            .filter_map(Value::as_str)
            .map(str::to_owned),
    );
    words.extend(text_at(name, "/family").map(str::to_owned));
    let joined = words
        .iter()
        .map(|w| w.trim_end_matches(|c: char| c.is_ascii_digit()))
        .collect::<Vec<_>>()
        .join(" ");
    Some(joined.trim().to_owned()).filter(|n| !n.is_empty())
}

fn last_segment(reference: &str) -> &str {
    let r = reference.split("/_history").next().unwrap_or(reference);
    r.rsplit(['/', ':']).next().unwrap_or(r)
}

impl Neighbours {
    fn of<'a>(resources: impl IntoIterator<Item = (Option<&'a str>, &'a Value)>) -> Self {
        let mut n = Self::default();
        for (url, r) in resources {
            let (Some(kind), Some(id)) = (text_at(r, "/resourceType"), id_of(r, url)) else {
                continue;
            };
            let key = format!("{kind}/{id}");
            if let Some(url) = url {
                n.urls.insert(url.to_owned(), key.clone());
            }
            let name = match kind {
                "Medication" => r.get("code").and_then(concept),
                _ => human_name(r).or_else(|| text_at(r, "/name").map(str::to_owned)),
            };
            if let Some(name) = name {
                n.names.insert(key, name);
            }
        }
        n
    }

    /// A Reference as `Type/id`, where that can be told.
    fn key(&self, reference: &Value) -> Option<String> {
        let text = text_at(reference, "/reference")?;
        if let Some(key) = self.urls.get(text) {
            return Some(key.clone());
        }
        let parts: Vec<&str> = text.split("/_history").next()?.rsplitn(3, '/').collect();
        match parts.as_slice() {
            [id, kind, ..] if kind.chars().all(|c| c.is_ascii_alphabetic()) => {
                Some(format!("{kind}/{id}"))
            }
            _ => text_at(reference, "/type").map(|kind| format!("{kind}/{}", last_segment(text))),
        }
    }

    fn id_of(&self, reference: &Value) -> Option<String> {
        match self.key(reference) {
            Some(key) => key.split_once('/').map(|(_, id)| id.to_owned()),
            None => text_at(reference, "/reference").map(|t| last_segment(t).to_owned()),
        }
    }

    fn kind_of(&self, reference: &Value) -> Option<String> {
        self.key(reference)
            .and_then(|k| k.split_once('/').map(|(kind, _)| kind.to_owned()))
    }

    fn name_of(&self, reference: &Value, r: &Value) -> Option<String> {
        if let Some(d) = text_at(reference, "/display") {
            return Some(d.to_owned());
        }
        if let Some(local) = text_at(reference, "/reference").and_then(|t| t.strip_prefix('#')) {
            let contained = list(r, "/contained").find(|c| text_at(c, "/id") == Some(local))?;
            return contained
                .get("code")
                .and_then(concept)
                .or_else(|| human_name(contained));
        }
        self.names.get(&self.key(reference)?).cloned()
    }

    /// Whose chart a resource belongs to.
    fn patient(&self, r: &Value) -> Result<String, String> {
        let reference = r
            .get("subject")
            .or_else(|| r.get("patient"))
            .or_else(|| {
                list(r, "/participant")
                    .filter_map(|p| p.get("actor"))
                    .find(|a| self.kind_of(a).as_deref() == Some("Patient"))
            })
            .ok_or("it names no patient")?;
        match self.kind_of(reference).as_deref() {
            Some("Patient") | None => self
                .id_of(reference)
                .ok_or_else(|| "it names no patient".into()),
            Some(_) => Err("its subject is not a patient".into()),
        }
    }
}
