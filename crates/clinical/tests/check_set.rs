//! The checks against the written set: drafts with one seeded error each, and clean ones.

use clinical::check::{Case, Checks};
use clinical::triage::{Rules, Weights};
use contract::{Chart, Finding};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Row {
    id: String,
    message: String,
    #[serde(default)]
    chart: Chart,
    draft: String,
    errors: Vec<Seeded>,
}

#[derive(Deserialize)]
struct Seeded {
    kind: String,
    #[serde(alias = "span")]
    text: String,
}

fn rows() -> Vec<Row> {
    let path = std::env::var("CHECK_SET").unwrap_or_else(|_| {
        concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/sets/checks.jsonl").into()
    });
    std::fs::read_to_string(path)
        .expect("the set")
        .lines()
        .map(|l| serde_json::from_str(l).expect("a case"))
        .collect()
}

fn checks() -> Checks {
    Checks::parse(
        include_str!("../../../assets/checks/phrases.toml"),
        include_str!("../../../assets/drugs/drugs.tsv"),
        include_str!("../../../assets/checks/pairs.toml"),
    )
    .expect("sound")
}

/// Kinds that are about facts: a seeded one counts as found when any of them marks its words.
const FACTS: [&str; 2] = ["unsupported", "contradicts_chart"];

fn catches(findings: &[Finding], draft: &str, e: &Seeded) -> bool {
    if e.text.is_empty() {
        return findings.iter().any(|f| f.kind == e.kind);
    }
    let start = draft
        .find(&e.text)
        .map_or(0, |i| draft[..i].chars().count());
    let end = start + e.text.chars().count();
    findings.iter().any(|f| {
        (f.kind == e.kind || FACTS.contains(&f.kind.as_str()) && FACTS.contains(&e.kind.as_str()))
            && f.start < end
            && start < f.end
    })
}

#[test]
fn seeded_errors_are_found_and_clean_drafts_left_alone() {
    let weights = Weights::parse(include_str!("../../../assets/triage/weights.tsv"));
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml"))
        .expect("sound")
        .weighing(weights.expect("sound"));
    let checks = checks();
    let mut kinds: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    let (mut clean, mut disturbed, mut false_serious) = (0, 0, 0);
    let mut words = Vec::new();
    for row in rows() {
        let triage = rules.triage("", &row.message, &rules.facts(&row.chart));
        let findings = checks.findings(&Case {
            message: &row.message,
            earlier: "",
            sender: "",
            chart: &row.chart,
            triage: &triage,
            draft: &row.draft,
            sign_off: "",
            // The second set was written two days later than the others.
            today: jiff::civil::date(2026, 11, if row.id.starts_with("c2") { 24 } else { 22 }),
        });
        for e in &row.errors {
            let k = kinds.entry(e.kind.clone()).or_default();
            k.1 += 1;
            if catches(&findings, &row.draft, e) {
                k.0 += 1;
            } else {
                words.push(format!(
                    "{} missed {} “{}” in: {}",
                    row.id, e.kind, e.text, row.draft
                ));
            }
        }
        if row.errors.is_empty() {
            clean += 1;
            let serious: Vec<_> = findings.iter().filter(|f| f.serious).collect();
            if !serious.is_empty() {
                disturbed += 1;
                false_serious += serious.len();
            }
            for f in findings {
                if f.kind == "missing_urgent_advice" {
                    words.push(format!("{} why {}", row.id, f.why));
                }
                words.push(format!(
                    "{} marked {} “{}” in: {}",
                    row.id, f.kind, f.span, row.draft
                ));
            }
        }
    }
    for w in &words {
        println!("{w}");
    }
    for (kind, (found, all)) in &kinds {
        println!("{kind}: {found} of {all}");
    }
    println!("{clean} clean drafts, {disturbed} with a serious finding ({false_serious} in all)");
    let facts = FACTS
        .iter()
        .filter_map(|k| kinds.get(*k))
        .fold((0, 0), |a, k| (a.0 + k.0, a.1 + k.1));
    // What is missed is mostly said without a number: "he can play on Saturday", an order of
    // doses, the wrong one of two drugs that the chart both names. The goal is 99%.
    assert!(
        facts.0 as f64 >= 0.88 * facts.1 as f64,
        "facts: {} of {}",
        facts.0,
        facts.1
    );
    assert!(
        disturbed as f64 <= 0.1 * f64::from(clean),
        "{disturbed} of {clean} clean drafts are marked"
    );
}
