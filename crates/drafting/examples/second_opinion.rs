//! Whether a model can tell emergencies: the share of "Yes" beside "No" as its first word.
//!
//! `cargo run -p drafting --example second_opinion -- MODEL.gguf tests/sets/triage-seventh.jsonl [none|shown|chart] [OUT.tsv]`
//! asks about each message and prints what rates of true and false alarms it would give.

use drafting::engine::{Engine, Setup};
use drafting::prompt::ExampleTurns;
use serde_json::Value;
use std::error::Error;
use std::io::Write;
use std::path::Path;

const SYSTEM: &str = "You are an experienced triage nurse. You read one message of a patient. Say Yes if it tells of something \
happening now that could be life-threatening or cause lasting harm within hours, so that the person must call 911 or go to an \
emergency department now. Say No for everything that can wait for the clinic: requests, questions, old events, other people's \
stories, idioms, mild or long-known complaints. Answer with one word, Yes or No.";

/// Invented messages, half of them with words that only sound like danger.
const SHOWN: [(&str, bool); 10] = [
    (
        "Since breakfast my left hand is clumsy and my words come out wrong.",
        true,
    ),
    ("My stroke was in 2019. Do I still need the aspirin?", false),
    (
        "The pressure in my chest is back and goes up into my jaw, I am sweating.",
        true,
    ),
    (
        "My boss is giving me chest pains, ha ha. Can I get a note for Friday?",
        false,
    ),
    (
        "I took the whole bottle of my sleeping pills an hour ago.",
        true,
    ),
    ("How should I store my insulin when I travel?", false),
    ("My baby is five weeks old and has a fever of 101.5.", true),
    (
        "Mild sore throat since yesterday, no fever, eating fine.",
        false,
    ),
    (
        "I am on chemo and shaking with chills, 100.9 on the thermometer.",
        true,
    ),
    ("If I ever get short of breath, whom do I call?", false),
];

fn asked(message: &str, chart: &str) -> String {
    let chart = if chart.is_empty() {
        String::new()
    } else {
        format!("Chart: {chart}\n")
    };
    format!("{chart}Message: {message}\n\nIs this an emergency now? Yes or No?")
}

/// What of the chart a nurse would look at first, in one line.
fn chart_line(chart: &Value) -> String {
    ["problems", "medications"]
        .iter()
        .filter_map(|k| chart[k].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .take(10)
        .collect::<Vec<_>>()
        .join(", ")
}

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [model, set, rest @ ..] = &args[..] else {
        return Err("a model and a set are needed".into());
    };
    let way = rest.first().map_or("shown", String::as_str);
    let mut engine = Engine::open(Path::new(model), None, Setup::default())?;
    let examples: Vec<ExampleTurns> = if way == "none" {
        Vec::new()
    } else {
        SHOWN
            .iter()
            .map(|(message, yes)| ExampleTurns {
                user: asked(message, ""),
                reply: if *yes { "Yes" } else { "No" }.into(),
            })
            .collect()
    };
    let word = |engine: &Engine, w: &str| -> Result<usize, Box<dyn Error>> {
        let ids = engine.tokenizer().encode(w)?;
        Ok(*ids.first().ok_or("the word has no token")? as usize)
    };
    let (yes, no) = (word(&engine, "Yes")?, word(&engine, "No")?);
    let prompt = |engine: &Engine, user: &str| {
        engine
            .chat()
            .encode(engine.tokenizer(), SYSTEM, &examples, user)
    };
    let (a, b) = (prompt(&engine, "A")?, prompt(&engine, "1")?);
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    engine.forward(&a[..shared], 0)?;
    let mut scored: Vec<(f64, String, String)> = Vec::new();
    let begun = std::time::Instant::now();
    for line in std::fs::read_to_string(set)?.lines() {
        let line: Value = serde_json::from_str(line)?;
        let chart = if way == "chart" {
            chart_line(&line["chart"])
        } else {
            String::new()
        };
        let ids = prompt(
            &engine,
            &asked(line["message"].as_str().unwrap_or_default(), &chart),
        )?;
        let same = ids.iter().zip(&a[..shared]).take_while(|(x, y)| x == y);
        let from = same.count();
        let logits = engine.forward(&ids[from..], from)?;
        let share = 1.0 / (1.0 + f64::from(logits[no] - logits[yes]).exp());
        let label = match (line["label"].as_str(), line["emergency"].as_bool()) {
            (Some(l), _) => l.to_owned(),
            (None, Some(true)) => "emergency".into(),
            (None, _) => "other".into(),
        };
        scored.push((share, label, line["id"].as_str().unwrap_or("").to_owned()));
    }
    let each = begun.elapsed().as_secs_f64() / scored.len().max(1) as f64;
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    if let Some(path) = rest.get(1) {
        let mut out = std::fs::File::create(path)?;
        for (share, label, id) in &scored {
            writeln!(out, "{id}\t{label}\t{share:.5}")?;
        }
    }
    println!("{} messages, {each:.2} s each, {way}", scored.len());
    report("emergency", &scored, |l| l == "emergency");
    report("emergency or urgent", &scored, |l| {
        l == "emergency" || l == "urgent"
    });
    Ok(())
}

/// Area under the curve (Hanley and McNeil, 1982: the share of pairs in the right order), and true alarms at rates of
/// false ones.
fn report(what: &str, scored: &[(f64, String, String)], wanted: impl Fn(&str) -> bool) {
    let positive = scored.iter().filter(|s| wanted(&s.1)).count();
    let negative = scored.len() - positive;
    if positive == 0 || negative == 0 {
        return;
    }
    let mut pairs = 0.0;
    for (p, _, _) in scored.iter().filter(|s| wanted(&s.1)) {
        for (n, _, _) in scored.iter().filter(|s| !wanted(&s.1)) {
            pairs += match p.total_cmp(n) {
                std::cmp::Ordering::Greater => 1.0,
                std::cmp::Ordering::Equal => 0.5,
                std::cmp::Ordering::Less => 0.0,
            };
        }
    }
    print!("{what}: AUC {:.3};", pairs / (positive * negative) as f64);
    for most in [0.01, 0.02, 0.05, 0.10, 0.20] {
        let allowed = (negative as f64 * most).floor() as usize;
        let (mut hits, mut wrong, mut at) = (0, 0, 1.0);
        for (share, label, _) in scored {
            if wanted(label) {
                hits += 1;
            } else {
                wrong += 1;
                if wrong > allowed {
                    break;
                }
            }
            at = *share;
        }
        print!(
            " {:.0}% false: {:.0}% found (from {at:.2});",
            most * 100.0,
            100.0 * f64::from(hits) / positive as f64
        );
    }
    println!();
}
