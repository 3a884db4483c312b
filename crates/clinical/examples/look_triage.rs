//! Looks at what triage does on written sets: what it misses, what it flags without need, on which words and with what score.
//!
//! `cargo run --release -p clinical --example look_triage -- [--rules|--cross|--time] [--weights FILE] [names of tests/sets, or paths]`
//!
//! Without a name it reads all sets. `--rules` leaves the weights out. `--cross` fits weights without a set, tries them on it, and
//! prints what each threshold would find and raise, alone and beside the rules. `--time` prints what a message costs, as the least
//! of several goes, so that other work of the machine counts for little.

use clinical::triage::{Example, Rules, WEIGHED, Weights, sets};
use contract::Urgency;
use std::path::{Path, PathBuf};
use std::time::Instant;

type Failure = Box<dyn std::error::Error>;

/// Thresholds that `--cross` compares.
const THRESHOLDS: [f32; 9] = [-0.1, -0.05, 0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

fn read(root: &Path, name: &str) -> Result<Vec<Example>, Failure> {
    let path = if name.ends_with(".jsonl") {
        PathBuf::from(name)
    } else {
        root.join("tests/sets").join(name).with_extension("jsonl")
    };
    let text = std::fs::read_to_string(path)?;
    Ok(if sets::EVERYDAY.contains(&name) {
        sets::everyday(&text)?
    } else {
        sets::examples(&text)?
    })
}

fn look(rules: &Rules, name: &str, set: &[Example]) {
    let (mut emergencies, mut found, mut others, mut flagged) = (0, 0, 0, 0);
    let mut lines = Vec::new();
    for e in set {
        let facts = rules.facts(&e.chart);
        let t = rules.triage("", &e.message, &facts);
        let score = rules.score("", &e.message, &facts).unwrap_or_default();
        let fires = t.urgency == Urgency::Emergency;
        if e.emergency {
            emergencies += 1;
            found += usize::from(fires);
            if !fires {
                lines.push(format!("  missed  {score:+.2} {}", e.message));
            }
        } else {
            others += 1;
            flagged += usize::from(fires);
            if fires {
                let f = &t.flags[0];
                lines.push(format!(
                    "  flagged {score:+.2} {} “{}” in: {}",
                    f.rule, f.words, e.message
                ));
            }
        }
    }
    println!("{name}: {found} of {emergencies} found, {flagged} of {others} others flagged");
    lines.iter().for_each(|l| println!("{l}"));
}

fn cross(
    rules: &Rules,
    mut weighing: Rules,
    all: &[(String, Vec<Example>)],
) -> Result<(), Failure> {
    println!(
        "set: at each threshold, emergencies found by words alone / with rules, others raised / flagged with rules"
    );
    let mut sums = [[0usize; 4]; THRESHOLDS.len()];
    let (mut emergencies, mut others) = (0, 0);
    for (name, set) in all {
        let rest: Vec<Example> = all
            .iter()
            .filter(|(n, _)| n != name)
            .flat_map(|(_, s)| s.iter().cloned())
            .collect();
        let weights = Weights::parse(&rules.fit_weights(&rest))?;
        let mut here = [[0usize; 4]; THRESHOLDS.len()];
        weighing = weighing.weighing(weights);
        for e in set {
            let facts = rules.facts(&e.chart);
            let score = weighing.score("", &e.message, &facts).unwrap_or_default();
            let fires = rules
                .triage("", &e.message, &facts)
                .flags
                .iter()
                .any(|f| f.urgency == Urgency::Emergency && f.rule != WEIGHED);
            for (row, limit) in here.iter_mut().zip(THRESHOLDS) {
                let by = usize::from(!e.emergency) * 2;
                row[by] += usize::from(score >= limit);
                row[by + 1] += usize::from(score >= limit || fires);
            }
        }
        let all_of = set.iter().filter(|e| e.emergency).count();
        emergencies += all_of;
        others += set.len() - all_of;
        println!(
            "{name}: {all_of} emergencies, {} others",
            set.len() - all_of
        );
        for ((row, sum), limit) in here.iter().zip(&mut sums).zip(THRESHOLDS) {
            println!("  {limit:+.2}: {row:?}");
            row.iter().zip(sum).for_each(|(r, s)| *s += r);
        }
    }
    println!("all: {emergencies} emergencies, {others} others");
    for (row, limit) in sums.iter().zip(THRESHOLDS) {
        println!("  {limit:+.2}: {row:?}");
    }
    Ok(())
}

/// Prints percentiles of costs in microseconds.
fn percentiles(name: &str, mut costs: Vec<f64>) {
    costs.sort_by(f64::total_cmp);
    let at = |percent: usize| costs[(costs.len() * percent / 100).min(costs.len() - 1)];
    println!(
        "{name}: p50 {:.0} µs, p95 {:.0} µs, p99 {:.0} µs, most {:.0} µs over {} messages",
        at(50),
        at(95),
        at(99),
        at(100),
        costs.len()
    );
}

fn time(rules: &Rules, all: &[(String, Vec<Example>)]) {
    let cost = |e: &Example| {
        let facts = rules.facts(&e.chart);
        let began = Instant::now();
        std::hint::black_box(rules.triage("", &e.message, &facts));
        began.elapsed().as_secs_f64() * 1e6
    };
    let examples: Vec<&Example> = all.iter().flat_map(|(_, set)| set).collect();
    let first = examples.iter().take(100).map(|e| cost(e)).collect();
    percentiles("the first of the process", first);
    let least = |e: &&Example| (0..7).map(|_| cost(e)).fold(f64::INFINITY, f64::min);
    percentiles(
        "all, each seven times",
        examples.iter().map(least).collect(),
    );
}

fn main() -> Result<(), Failure> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut names = Vec::new();
    let (mut is_cross, mut is_timed, mut with_weights) = (false, false, true);
    let mut file = root.join("assets/triage/weights.tsv");
    let mut given = std::env::args().skip(1);
    while let Some(a) = given.next() {
        match a.as_str() {
            "--cross" => is_cross = true,
            "--time" => is_timed = true,
            "--rules" => with_weights = false,
            "--weights" => file = given.next().ok_or("--weights needs a file")?.into(),
            _ => names.push(a),
        }
    }
    if names.is_empty() {
        names.extend(
            sets::ALL
                .iter()
                .chain(&sets::EVERYDAY)
                .map(|n| (*n).to_owned()),
        );
    }
    let text = std::fs::read_to_string(root.join("assets/triage/rules.toml"))?;
    let rules = Rules::parse(&text)?;
    let all: Vec<(String, Vec<Example>)> = names
        .into_iter()
        .map(|n| read(&root, &n).map(|s| (n, s)))
        .collect::<Result<_, _>>()?;
    if is_cross {
        return cross(&rules, Rules::parse(&text)?, &all);
    }
    let rules = if with_weights {
        rules.weighing(Weights::parse(&std::fs::read_to_string(file)?)?)
    } else {
        rules
    };
    if is_timed {
        time(&rules, &all);
        return Ok(());
    }
    all.iter().for_each(|(name, set)| look(&rules, name, set));
    Ok(())
}
