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
    /// What was seeded, where a set files it under a wider kind.
    #[serde(default)]
    seed: String,
}

/// Rows of a set in `tests/sets`; `CHECK_SET` names another one to look at, for the set `checks`.
fn rows(name: &str) -> Vec<Row> {
    let own = format!(
        "{}/../../tests/sets/{name}.jsonl",
        std::env::var("CARGO_MANIFEST_DIR").expect("cargo sets it")
    );
    let path = match std::env::var("CHECK_SET") {
        Ok(other) if name == "checks" => other,
        _ => own,
    };
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
    // The sixth set files a left template, another patient, judgement and the language under "unsupported".
    let wanted = match e.seed.as_str() {
        "wrong_name" => "other_patient",
        // So does the eighth with what is promised or told as ordered.
        "no_such_order" | "promise" | "order" => "promise",
        "interaction" => "interaction_hint",
        "missing_urgent" => "missing_urgent_advice",
        seed @ ("template_left" | "other_patient" | "stigmatising" | "wrong_language") => seed,
        _ => &e.kind,
    };
    if e.text.is_empty() || ["missing_urgent_advice", "wrong_language"].contains(&wanted) {
        return findings.iter().any(|f| f.kind == wanted);
    }
    let start = draft
        .find(&e.text)
        .map_or(0, |i| draft[..i].chars().count());
    let end = start + e.text.chars().count();
    findings.iter().any(|f| {
        (f.kind == wanted || FACTS.contains(&f.kind.as_str()) && FACTS.contains(&e.kind.as_str()))
            && f.start < end
            && start < f.end
    })
}

/// The day on which a row is read. The second set was written two days later than the others: it speaks of November 25 as
/// tomorrow; so were the seventh and the eighth. The ninth calls November 25 today. The rows of the fifth and the sixth lie each in its
/// own week: the day after the last note or result.
fn today_of(row: &Row) -> jiff::civil::Date {
    let day = match row.id.get(..2) {
        Some("c2" | "c7" | "c8") => 24,
        Some("c9") => 25,
        _ => 22,
    };
    let usual = jiff::civil::date(2026, 11, day);
    let notes = row.chart.notes.iter().filter_map(|n| n.get(..10));
    let results = row
        .chart
        .results
        .iter()
        .filter_map(|r| r.rsplit('(').next()?.get(..10));
    let last = notes
        .chain(results)
        .filter_map(|d| d.parse::<jiff::civil::Date>().ok())
        .max();
    match last {
        Some(last) if row.id.starts_with("c5") || row.id.starts_with("c6") => {
            last.tomorrow().unwrap_or(usual)
        }
        _ => usual,
    }
}

/// What the checks do on a set.
#[derive(Default)]
struct Reached {
    /// Seeded errors by kind: found, and all.
    kinds: BTreeMap<String, (usize, usize)>,
    clean: usize,
    /// Clean drafts with a serious finding.
    disturbed: usize,
    /// Clean drafts with a serious finding about a fact.
    disturbed_by_facts: usize,
    /// Findings about facts in drafts with a seeded one: on its words, and elsewhere.
    facts_right: usize,
    facts_beside: usize,
    /// Seeded facts whose finding holds no reply back.
    facts_noted: usize,
}

impl Reached {
    /// Seeded facts: found, and all.
    fn facts(&self) -> (usize, usize) {
        FACTS
            .iter()
            .filter_map(|k| self.kinds.get(*k))
            .fold((0, 0), |a, k| (a.0 + k.0, a.1 + k.1))
    }

    fn on(rows: &[Row]) -> Self {
        let weights = Weights::parse(include_str!("../../../assets/triage/weights.tsv"));
        let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml"))
            .expect("sound")
            .weighing(weights.expect("sound"));
        let checks = checks();
        let mut reached = Self::default();
        for row in rows {
            let triage = rules.triage("", &row.message, &rules.facts(&row.chart));
            let findings = checks.findings(&Case {
                message: &row.message,
                earlier: "",
                sender: "",
                chart: &row.chart,
                triage: &triage,
                draft: &row.draft,
                sign_off: "",
                today: today_of(row),
            });
            for e in &row.errors {
                let k = reached.kinds.entry(e.kind.clone()).or_default();
                k.1 += 1;
                if catches(&findings, &row.draft, e) {
                    k.0 += 1;
                    let held: Vec<Finding> =
                        findings.iter().filter(|f| f.serious).cloned().collect();
                    if FACTS.contains(&e.kind.as_str()) && !catches(&held, &row.draft, e) {
                        reached.facts_noted += 1;
                        println!("{} only noted “{}” in: {}", row.id, e.text, row.draft);
                    }
                } else {
                    println!(
                        "{} missed {} “{}” in: {}",
                        row.id, e.kind, e.text, row.draft
                    );
                }
            }
            let is_fact = |f: &&Finding| f.serious && FACTS.contains(&f.kind.as_str());
            for f in findings.iter().filter(is_fact) {
                let on_one = row
                    .errors
                    .iter()
                    .any(|e| catches(std::slice::from_ref(f), &row.draft, e));
                reached.facts_right += usize::from(on_one);
                reached.facts_beside += usize::from(!on_one);
            }
            if row.errors.is_empty() {
                reached.clean += 1;
                reached.disturbed += usize::from(findings.iter().any(|f| f.serious));
                reached.disturbed_by_facts += usize::from(findings.iter().any(|f| is_fact(&f)));
                for f in findings {
                    let how = if f.serious { "marked" } else { "noted" };
                    println!(
                        "{} {how} {} “{}” ({}) in: {}",
                        row.id, f.kind, f.span, f.why, row.draft
                    );
                }
            }
        }
        for (kind, (found, all)) in &reached.kinds {
            println!("{kind}: {found} of {all}");
        }
        let (found, all) = reached.facts();
        println!(
            "{found} of {all} facts found, {} of them noted only; {} findings about facts on a seeded error, {} elsewhere; {} clean drafts, {} with a serious finding, {} of a fact",
            reached.facts_noted,
            reached.facts_right,
            reached.facts_beside,
            reached.clean,
            reached.disturbed,
            reached.disturbed_by_facts
        );
        reached
    }

    /// Holds what is reached: facts found at least, and clean drafts disturbed at most.
    fn holds(&self, facts: usize, disturbed: usize) {
        assert!(self.facts().0 >= facts, "facts: {:?}", self.facts());
        assert!(
            self.disturbed <= disturbed,
            "{} of {} clean drafts are marked",
            self.disturbed,
            self.clean
        );
    }
}

/// 248 facts and 172 clean drafts. The goals are 99% of facts and 90% of clean drafts left alone.
#[test]
fn seeded_errors_are_found_and_clean_drafts_left_alone() {
    let reached = Reached::on(&rows("checks"));
    if std::env::var("CHECK_SET").is_err() {
        reached.holds(243, 3);
    }
}

/// 190 facts and 320 clean drafts, written by somebody else.
#[test]
fn the_second_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-second")).holds(190, 1);
}

/// 90 facts and 180 clean drafts, written by somebody else again, rich in paraphrase.
#[test]
fn the_third_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-third")).holds(89, 2);
}

/// 75 facts and 150 clean drafts, written blind by somebody else again. Its clean drafts give general advice with drugs
/// and numbers that are in neither message nor chart, such as doses of acetaminophen: those are rightly marked, since every
/// number, drug and date of a draft must be in one of the two. So it says little of clean drafts, and has no floor for them.
#[test]
fn the_fourth_set_stays_as_well_as_it_is() {
    let reached = Reached::on(&rows("checks-fourth"));
    assert!(reached.facts().0 >= 73, "facts: {:?}", reached.facts());
}

/// 104 facts and 123 clean drafts, written blind by somebody else again. On its first run 72 facts were found (promises 6 of 9,
/// conflicts with an allergy 6 of 8) and 44 clean drafts were marked, 35 of them for a fact.
#[test]
fn the_fifth_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-fifth")).holds(94, 2);
}

/// 79 facts and 110 clean drafts, written blind by somebody else again, with general advice in many clean drafts. On its first run,
/// read as of November 22, 54 facts were found by their kinds alone (61 with what is filed under a wider kind: promises 5 of 7,
/// allergies 4 of 6, urgent advice 4 of 4), and 63 clean drafts were marked, 61 of them for a fact.
#[test]
fn the_sixth_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-sixth")).holds(73, 23);
}

/// 122 facts and 100 clean drafts, written blind by somebody else again. On its first run 95 facts were found: numbers and results 20
/// of 26, doses 25 of 30, drugs 18 of 21, dates and times 19 of 20, people 4 of 10, appointments 4 of 8, directions 5 of 7
/// (promises 5 of 10, allergies 6 of 6), and 47 clean drafts were marked, 43 of them for a fact.
#[test]
fn the_seventh_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-seventh")).holds(121, 6);
}

/// 123 facts and 50 clean drafts, written blind by somebody else again. On its first run 100 facts were found, what is promised or
/// told as ordered not counted where it was marked as a promise, and 29 clean drafts were marked, 25 of them for a fact.
#[test]
fn the_eighth_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-eighth")).holds(122, 3);
}

/// 115 facts and 80 clean drafts, written blind by somebody else again; the clean ones are full of figures that are said of anybody.
/// On its first run 98 facts were found and 64 clean drafts were marked. It was mended by its odd rows alone; the even ones, which
/// nobody who mended had seen, then had 54 of 61 facts found (by the kinds alone) and 19 of 38 clean drafts marked, 27 of them before.
#[test]
fn the_ninth_set_stays_as_well_as_it_is() {
    Reached::on(&rows("checks-ninth")).holds(108, 16);
}
