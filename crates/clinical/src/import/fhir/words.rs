//! FHIR's datatypes as words for people: concepts, quantities, names, doses.

use super::super::values;
use crate::html;
use serde_json::Value;

/// Longest excerpt of a note, in characters.
const NOTE_CHARS: usize = 600;

pub(super) fn short(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= NOTE_CHARS {
        return line;
    }
    let cut: String = line.chars().take(NOTE_CHARS).collect();
    format!("{}…", cut.trim_end())
}

/// How a drug is taken: the text, or what the structured fields say.
pub(super) fn dosage(d: Option<&Value>) -> String {
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
pub(super) fn value(o: &Value) -> Option<String> {
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

pub(super) fn text_at<'a>(v: &'a Value, pointer: &str) -> Option<&'a str> {
    v.pointer(pointer)?
        .as_str()
        .filter(|s| !s.trim().is_empty())
}

pub(super) fn list<'a>(v: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    v.pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
}

/// The words of a CodeableConcept.
pub(super) fn concept(c: &Value) -> Option<String> {
    text_at(c, "/text")
        .or_else(|| text_at(c, "/coding/0/display"))
        .or_else(|| text_at(c, "/coding/0/code"))
        .map(|s| s.split_whitespace().collect::<Vec<_>>().join(" "))
}

pub(super) fn coded(r: &Value, pointer: &str) -> Result<String, String> {
    r.pointer(pointer)
        .and_then(concept)
        .ok_or_else(|| format!("{pointer} has no words"))
}

pub(super) fn first_day(r: &Value, pointers: &[&str]) -> Option<String> {
    pointers
        .iter()
        .find_map(|p| text_at(r, p).and_then(values::day))
}

/// A HumanName: the official one first, digits of simulated names left out.
pub(super) fn human_name(r: &Value) -> Option<String> {
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
