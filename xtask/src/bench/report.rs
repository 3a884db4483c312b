//! The figures as a table, as JSON, and as a plot.

use crate::step::{root, say};
use anyhow::{Context, Result};
use serde_json::json;
use std::fmt::Write;
use std::path::Path;

const START: &str = "<!-- bench: begin -->\n";
const END: &str = "<!-- bench: end -->";

/// How many times better each measure is to be on the processor's best tier, and for which model, where that matters.
const GOALS: [(&str, &str, f64); 9] = [
    ("prompt 512", "qwen", 2.5),
    ("prompt 512", "smollm", 3.0),
    ("generate 128", "qwen", 1.2),
    ("generate 128", "smollm", 1.3),
    ("first token, prefix warm", "", 2.5),
    ("first token after a restart", "", 4.0),
    ("drafts an hour", "", 3.0),
    ("peak memory", "", 1.0),
    ("KL divergence", "", 1.0),
];

/// One measure of one model on one tier, both sides' medians.
#[derive(Clone)]
pub(super) struct Row {
    measure: String,
    model: String,
    tier: String,
    ours: f64,
    peer: f64,
    /// How many times better ours is: above 1 is better, whichever way the measure runs.
    ratio: f64,
    /// What our side could reach if nothing but products, or nothing but reading the weights, took time; else no number.
    bound: f64,
    spread: [(f64, f64); 2],
}

impl Row {
    pub(super) fn new(
        measure: &str,
        model: &str,
        tier: &str,
        more_is_better: bool,
        ours: Vec<f64>,
        peer: Vec<f64>,
    ) -> Self {
        let spread = [&ours, &peer].map(|v| {
            let low = v.iter().copied().fold(f64::INFINITY, f64::min);
            (low, v.iter().copied().fold(0.0, f64::max))
        });
        let (ours, peer) = (median(ours), median(peer));
        let ratio = if more_is_better {
            ours / peer
        } else {
            peer / ours
        };
        Self {
            measure: measure.into(),
            model: model.into(),
            tier: tier.into(),
            ours,
            peer,
            ratio,
            bound: f64::NAN,
            spread,
        }
    }

    /// The same with what the machine allows: the best of what was measured in the same turns.
    pub(super) fn within(self, bounds: &[f64]) -> Self {
        let bound = bounds.iter().copied().fold(f64::NAN, f64::max);
        Self { bound, ..self }
    }

    /// A measure that llama.cpp has no part in.
    pub(super) fn alone(measure: &str, model: &str, tier: &str, ours: f64) -> Self {
        Self {
            peer: f64::NAN,
            ratio: f64::NAN,
            ..Self::new(measure, model, tier, false, vec![ours], Vec::new())
        }
    }

    /// How many times better it is to be; no number where nothing is asked for.
    fn goal(&self) -> f64 {
        let asked = |g: &&(&str, &str, f64)| {
            self.tier != super::PLAIN
                && self.measure.starts_with(g.0)
                && self.model.starts_with(g.1)
        };
        GOALS.iter().find(asked).map_or(f64::NAN, |g| g.2)
    }

    pub(super) fn line(&self) -> String {
        if self.peer.is_nan() {
            return format!("{}: {:.2}", self.measure, self.ours);
        }
        let [a, b] = self.spread;
        let bound = match self.bound {
            b if b.is_nan() => String::new(),
            b => format!("; the machine's bound {b:.2}"),
        };
        format!(
            "{}: {:.2} ({:.2} to {:.2}), llama.cpp {:.2} ({:.2} to {:.2}), {:.2} times{bound}",
            self.measure, self.ours, a.0, a.1, self.peer, b.0, b.1, self.ratio
        )
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    match n {
        0 => 0.0,
        n if n % 2 == 1 => values[n / 2],
        n => (values[n / 2 - 1] + values[n / 2]) / 2.0,
    }
}

/// All rows of a run.
pub(super) struct Report {
    machine: String,
    tier: String,
    threads: usize,
    quick: bool,
    rows: Vec<Row>,
}

impl Report {
    pub(super) fn new(tier: String, threads: usize, quick: bool, rows: Vec<Row>) -> Self {
        let cpu = std::fs::read_to_string("/proc/cpuinfo")
            .ok()
            .and_then(|s| {
                let line = s.lines().find(|l| l.starts_with("model name"))?;
                Some(line.split(':').nth(1)?.trim().to_owned())
            })
            .unwrap_or_else(|| "unknown processor".into());
        Self {
            machine: format!("{cpu}, {threads} threads"),
            tier,
            threads,
            quick,
            rows,
        }
    }

    /// A table in Markdown.
    pub(super) fn table(&self) -> String {
        let kind = match self.quick {
            true => ", quick run, llama-server with one slot",
            false => "",
        };
        let mut out = format!(
            "{} on both sides{kind}. Medians; “times better” is how many times better Countersign is, below 1 where it loses. The bound is what this machine would allow Countersign, measured in the same turns: 8-bit products out of registers for a prompt, weights as fast as memory gives them for generating.\n\n| model | tier | measure | Countersign | llama.cpp | times better | goal | bound |\n|---|---|---|---|---|---|---|---|\n",
            self.machine
        );
        for r in &self.rows {
            let figure = |v: f64| match v {
                v if v.is_nan() => "–".to_owned(),
                v if v >= 100.0 => format!("{v:.0}"),
                v => format!("{v:.2}"),
            };
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} |",
                r.model,
                r.tier,
                r.measure,
                figure(r.ours),
                figure(r.peer),
                figure(r.ratio),
                figure(r.goal()),
                figure(r.bound)
            );
        }
        out
    }

    /// Bars of the ratios; the line is llama.cpp.
    fn plot(&self) -> String {
        let (row, left, unit) = (22, 470, 70.0);
        let rows: Vec<&Row> = self.rows.iter().filter(|r| !r.ratio.is_nan()).collect();
        let height = 50 + row * rows.len();
        let mut out = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1010\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n<text x=\"10\" y=\"20\" font-size=\"14\">How many times better than llama.cpp ({}, {} threads)</text>\n",
            self.tier, self.threads
        );
        for (i, r) in rows.iter().enumerate() {
            let y = 36 + row * i;
            let model = r.model.split('-').next().unwrap_or(&r.model);
            let width = (r.ratio * unit).min(470.0);
            let fill = if r.ratio >= 1.0 { "#1f6f5c" } else { "#a33b20" };
            let _ = write!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{model}, {}, {}</text>\n<rect x=\"{left}\" y=\"{y}\" width=\"{width:.0}\" height=\"14\" fill=\"{fill}\"/>\n<text x=\"{:.0}\" y=\"{}\">{:.2}</text>\n",
                left - 8,
                y + 12,
                r.tier,
                r.measure,
                left as f64 + width + 6.0,
                y + 12,
                r.ratio
            );
        }
        let x = left as f64 + unit;
        let _ = write!(
            out,
            "<line x1=\"{x}\" y1=\"30\" x2=\"{x}\" y2=\"{}\" stroke=\"#000\" stroke-dasharray=\"3\"/>\n</svg>\n",
            height - 8
        );
        out
    }

    /// Writes `benches/results/`, the README's section, and `json`, if there is one.
    pub(super) fn write(&self, json: Option<&Path>) -> Result<()> {
        let rows: Vec<_> = self
            .rows
            .iter()
            .map(|r| {
                json!({
                    "measure": r.measure, "model": r.model, "tier": r.tier,
                    "ours": r.ours, "peer": r.peer, "ratio": r.ratio,
                    "goal": r.goal(), "bound": r.bound,
                })
            })
            .collect();
        let text = serde_json::to_string_pretty(&json!({
            "machine": self.machine, "tier": self.tier, "rows": rows,
        }))?;
        let folder = root().join("benches/results");
        std::fs::create_dir_all(&folder)?;
        std::fs::write(folder.join("peer.json"), &text)?;
        std::fs::write(folder.join("peer.md"), self.table())?;
        std::fs::write(folder.join("peer.svg"), self.plot())?;
        if let Some(path) = json {
            std::fs::write(path, &text).with_context(|| path.display().to_string())?;
        }
        let readme = root().join("README.md");
        let old = std::fs::read_to_string(&readme)?;
        if let (Some(a), Some(b)) = (old.find(START), old.find(END)) {
            let new = format!(
                "{}{START}{}\n![How many times better](benches/results/peer.svg)\n\n{}",
                &old[..a],
                self.table(),
                &old[b..]
            );
            std::fs::write(&readme, new)?;
        }
        say("written to benches/results and the README");
        Ok(())
    }
}
