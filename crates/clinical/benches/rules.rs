//! What triage and the checks cost: over the written sets, and on hostile text.
//!
//! Goals: triage 1 ms and checks 5 ms a message at the 95th percentile, 100,000
//! characters of hostile text 1 s. The percentiles of all sets are printed first;
//! criterion then measures the sets as a whole.

use clinical::check::{Case, Checks};
use clinical::triage::{Facts, Rules, Weights, sets};
use contract::Chart;
use criterion::{Criterion, criterion_group, criterion_main};
use std::hint::black_box;
use std::time::Instant;

/// Sets that no weight is fitted to, beside those of [`sets`]: of messages, and of drafts.
const UNFITTED: [&str; 1] = ["triage-thirteenth"];
const UNFITTED_DRAFTS: [&str; 1] = ["checks-ninth"];

fn set(name: &str) -> Vec<serde_json::Value> {
    let path = format!(
        "{}/../../tests/sets/{name}.jsonl",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(path)
        .expect("the set")
        .lines()
        .map(|l| serde_json::from_str(l).expect("a case"))
        .collect()
}

fn text<'a>(row: &'a serde_json::Value, name: &str) -> &'a str {
    row[name].as_str().unwrap_or_default()
}

/// Median, 95th percentile and worst in microseconds, each message measured once after a warm-up.
fn percentiles(name: &str, mut each: impl FnMut(usize), n: usize) {
    (0..n).for_each(&mut each);
    let mut us: Vec<f64> = (0..n)
        .map(|i| {
            let began = Instant::now();
            each(i);
            began.elapsed().as_secs_f64() * 1e6
        })
        .collect();
    us.sort_by(f64::total_cmp);
    println!(
        "{name}: p50 {:.0} µs, p95 {:.0} µs, max {:.0} µs over {n} messages",
        us[n / 2],
        us[n * 95 / 100],
        us[n - 1]
    );
}

fn rules(c: &mut Criterion) {
    let rules = Rules::parse(include_str!("../../../assets/triage/rules.toml"))
        .expect("sound")
        .weighing(
            Weights::parse(include_str!("../../../assets/triage/weights.tsv")).expect("sound"),
        );
    let checks = Checks::parse(
        include_str!("../../../assets/checks/phrases.toml"),
        include_str!("../../../assets/drugs/drugs.tsv"),
        include_str!("../../../assets/checks/pairs.toml"),
    )
    .expect("sound");
    let messages: Vec<_> = sets::ALL
        .iter()
        .chain(&UNFITTED)
        .flat_map(|name| set(name))
        .collect();
    let drafts: Vec<_> = sets::EVERYDAY
        .iter()
        .chain(&UNFITTED_DRAFTS)
        .flat_map(|name| set(name))
        .collect();
    let charts: Vec<Chart> = drafts
        .iter()
        .map(|d| serde_json::from_value(d["chart"].clone()).unwrap_or_default())
        .collect();
    let none = Facts::default();
    let triage = |i: usize| rules.triage("", text(&messages[i], "message"), &none);
    let quiet = rules.triage("", "Refill please", &none);
    let check = |i: usize| {
        checks.findings(&Case {
            message: text(&drafts[i], "message"),
            earlier: "",
            sender: "",
            chart: &charts[i],
            triage: &quiet,
            draft: text(&drafts[i], "draft"),
            sign_off: "",
            today: jiff::civil::date(2026, 11, 22),
        })
    };
    percentiles("triage", |i| drop(black_box(triage(i))), messages.len());
    percentiles("checks", |i| drop(black_box(check(i))), drafts.len());
    for (name, hostile) in [
        ("100,000 × a", "a".repeat(100_000)),
        ("chest pain, repeated", "no chest pain, ".repeat(6_667)),
        (
            "pain and chest apart",
            "chest word word word word word word word word pain ".repeat(2_000),
        ),
        ("digits", "12/3 4 mg 5-6 ".repeat(7_000)),
        ("blanks and breaks", " \n\u{200B}\u{301}".repeat(20_000)),
    ] {
        let began = Instant::now();
        black_box(rules.triage("", &hostile, &none));
        let triaged = began.elapsed().as_secs_f64() * 1000.0;
        let began = Instant::now();
        black_box(checks.findings(&Case {
            message: &hostile,
            earlier: "",
            sender: "",
            chart: &Chart::default(),
            triage: &quiet,
            draft: &hostile,
            sign_off: "",
            today: jiff::civil::date(2026, 11, 22),
        }));
        let checked = began.elapsed().as_secs_f64() * 1000.0;
        println!("hostile, {name}: triage {triaged:.0} ms, checks {checked:.0} ms");
    }
    c.bench_function("triage of all sets", |b| {
        b.iter(|| (0..messages.len()).for_each(|i| drop(black_box(triage(i)))));
    });
    c.bench_function("checks of all sets", |b| {
        b.iter(|| (0..drafts.len()).for_each(|i| drop(black_box(check(i)))));
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10);
    targets = rules
}
criterion_main!(benches);
