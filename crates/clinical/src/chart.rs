//! A chart put together from its lines.

use crate::{ChartEntry, Heading, Patient, age};
use contract::Chart;
use jiff::civil::Date;
use serde_json::Value;

/// Most results and vital signs, newest first.
const MOST_RESULTS: usize = 24;
/// Most visits and notes.
const MOST_OTHERS: usize = 16;

/// The chart of a patient as of `today`.
///
/// Drugs, allergies and problems that are over are left out. Of a result that
/// was measured several times the two newest stay, so that a change shows.
pub fn assemble(patient: &Patient, entries: &[ChartEntry], today: Date) -> Chart {
    let mut chart = Chart::default();
    let facts = &mut chart.demographics.0;
    for (key, value) in [
        ("name", patient.name.clone()),
        ("age", age::in_words(&patient.birth_date, today)),
        ("sex", patient.sex.clone()),
        ("language", patient.language.clone()),
    ] {
        if !value.is_empty() {
            facts.insert(key.into(), Value::String(value));
        }
    }
    chart.medications = current(entries, Heading::Medications);
    chart.allergies = current(entries, Heading::Allergies);
    chart.problems = current(entries, Heading::Problems);
    chart.results = results(entries);
    chart.appointments = newest(entries, Heading::Appointments);
    chart.notes = newest(entries, Heading::Notes);
    chart
}

fn current(entries: &[ChartEntry], heading: Heading) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for e in sorted(entries, heading).into_iter().filter(|e| e.active) {
        if !lines.contains(&e.text) {
            lines.push(e.text.clone());
        }
    }
    lines
}

fn newest(entries: &[ChartEntry], heading: Heading) -> Vec<String> {
    sorted(entries, heading)
        .into_iter()
        .take(MOST_OTHERS)
        .map(dated)
        .collect()
}

fn results(entries: &[ChartEntry]) -> Vec<String> {
    let mut seen: std::collections::HashMap<&str, usize> = std::collections::HashMap::new();
    sorted(entries, Heading::Results)
        .into_iter()
        .filter(|e| {
            let name = e.text.split(':').next().unwrap_or(&e.text);
            let n = seen.entry(name).or_default();
            *n += 1;
            *n <= 2
        })
        .take(MOST_RESULTS)
        .map(dated)
        .collect()
}

/// The lines of a heading, newest first; ties by id, so that the order is stable.
fn sorted(entries: &[ChartEntry], heading: Heading) -> Vec<&ChartEntry> {
    let mut lines: Vec<&ChartEntry> = entries.iter().filter(|e| e.heading == heading).collect();
    lines.sort_by(|a, b| b.date.cmp(&a.date).then(a.id.cmp(&b.id)));
    lines
}

fn dated(e: &ChartEntry) -> String {
    if e.date.is_empty() || e.text.contains(&e.date) {
        e.text.clone()
    } else {
        format!("{} ({})", e.text, e.date)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: &str, heading: Heading, text: &str, date: &str, active: bool) -> ChartEntry {
        ChartEntry {
            id: id.into(),
            patient_id: "p".into(),
            heading,
            text: text.into(),
            date: date.into(),
            active,
        }
    }

    #[test]
    fn what_is_over_is_left_out_and_results_come_newest_first() {
        let patient = Patient {
            id: "p".into(),
            name: "Ana Ruiz".into(),
            birth_date: "1970-01-01".into(),
            sex: "female".into(),
            language: String::new(),
            stub: false,
        };
        let chart = assemble(
            &patient,
            &[
                entry(
                    "1",
                    Heading::Medications,
                    "Metformin 500 mg",
                    "2024-01-01",
                    true,
                ),
                entry(
                    "2",
                    Heading::Medications,
                    "Amoxicillin 500 mg",
                    "2020-01-01",
                    false,
                ),
                entry("3", Heading::Results, "A1c: 7.9 %", "2025-01-01", true),
                entry("4", Heading::Results, "A1c: 7.2 %", "2026-01-01", true),
                entry("5", Heading::Results, "A1c: 8.4 %", "2023-01-01", true),
            ],
            jiff::civil::date(2026, 11, 22),
        );
        assert_eq!(chart.medications, ["Metformin 500 mg"]);
        assert_eq!(
            chart.results,
            ["A1c: 7.2 % (2026-01-01)", "A1c: 7.9 % (2025-01-01)"]
        );
        assert_eq!(chart.demographics.text("age").as_deref(), Some("56 years"));
    }
}
