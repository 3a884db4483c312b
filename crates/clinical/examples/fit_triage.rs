//! Fits the weights of triage to the written sets and writes `assets/triage/weights.tsv`.
//!
//! `cargo run --release -p clinical --example fit_triage`

use clinical::triage::{Rules, Weights, sets};
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let rules = Rules::parse(&std::fs::read_to_string(
        root.join("assets/triage/rules.toml"),
    )?)?;
    let mut examples = Vec::new();
    for name in sets::ALL {
        let path = root.join("tests/sets").join(name).with_extension("jsonl");
        examples.extend(sets::examples(&std::fs::read_to_string(path)?)?);
    }
    for name in sets::EVERYDAY {
        let path = root.join("tests/sets").join(name).with_extension("jsonl");
        examples.extend(sets::everyday(&std::fs::read_to_string(path)?)?);
    }
    let text = rules.fit_weights(&examples);
    Weights::parse(&text)?;
    let path = root.join("assets/triage/weights.tsv");
    std::fs::write(&path, text)?;
    println!("{} messages, {}", examples.len(), path.display());
    Ok(())
}
