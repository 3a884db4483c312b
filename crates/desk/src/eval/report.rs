//! Scores as a table for the terminal and as one page with plots.

use super::{Rate, Scores, Spread};
use std::fmt::Write;

fn rate(r: Rate) -> String {
    match (r.share(), r.interval()) {
        (Some(p), Some((a, b))) => format!(
            "{:.1}% ({} of {}; 95% CI {:.1} to {:.1}%)",
            p * 100.0,
            r.hits,
            r.of,
            a * 100.0,
            b * 100.0
        ),
        _ => "not labelled".into(),
    }
}

fn spread(s: &Spread, digits: usize, unit: &str) -> String {
    match (s.quantile(0.5), s.quantile(0.95)) {
        (Some(m), Some(p)) => format!("median {m:.digits$}{unit}, p95 {p:.digits$}{unit}"),
        _ => "none".into(),
    }
}

/// Rows of name and value.
fn rows(s: &Scores) -> Vec<(String, String)> {
    let mut rows = vec![
        (
            "emergencies found (sensitivity)".to_owned(),
            rate(s.triage.sensitivity),
        ),
        (
            "others left alone (specificity)".to_owned(),
            rate(s.triage.specificity),
        ),
    ];
    for (kind, k) in &s.checks {
        if k.recall.of > 0 || k.precision.of > 0 {
            rows.push((
                format!("check {kind}"),
                format!(
                    "recall {}; precision {}; F1 {}",
                    rate(k.recall),
                    rate(k.precision),
                    k.f1().map_or("none".into(), |f| format!("{f:.2}"))
                ),
            ));
        }
    }
    rows.push((
        "clean drafts without a serious finding".into(),
        rate(s.clean),
    ));
    rows.push(("urgent advice kept".into(), rate(s.urgent_advice)));
    rows.push(("of it by fixed text".into(), rate(s.urgent_fixed)));
    if s.drafts > 0 {
        rows.push((
            "drafts".into(),
            format!("{} ({} gated, {} failed)", s.drafts, s.gated, s.failed),
        ));
        rows.push(("words".into(), spread(&s.words, 0, "")));
        rows.push(("reading grade".into(), spread(&s.grades, 1, "")));
        rows.push((
            "findings about facts, a draft".into(),
            format!("{:.2}", s.unsupported as f64 / s.drafts as f64),
        ));
        let kinds: Vec<String> = s.found.iter().map(|(k, n)| format!("{k} {n}")).collect();
        rows.push(("findings in all drafts".into(), kinds.join(", ")));
        rows.push((
            "drafts that repeat, that sign off".into(),
            format!("{}, {}", s.repeating, s.signing),
        ));
        rows.push((
            "ROUGE-1 with the nearest reply".into(),
            spread(&s.rouge, 2, ""),
        ));
        rows.push((
            "edit distance to the nearest reply".into(),
            spread(&s.edits, 0, " characters"),
        ));
        rows.push(("time of a draft".into(), spread(&s.draft_ms, 0, " ms")));
    }
    rows.push(("time of triage".into(), spread(&s.triage_ms, 3, " ms")));
    rows.push(("time of checks".into(), spread(&s.check_ms, 3, " ms")));
    rows
}

/// A table for the terminal.
pub fn table(s: &Scores) -> String {
    let rows = rows(s);
    let width = rows.iter().map(|r| r.0.len()).max().unwrap_or_default();
    let mut out = String::new();
    for (name, value) in rows {
        let _ = writeln!(out, "{name:<width$}  {value}");
    }
    if !s.missed.is_empty() {
        let _ = writeln!(out, "missed: {}", s.missed.join(", "));
    }
    out
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

/// A bar with its interval, 0 to 1.
fn bar(name: &str, r: Rate, y: usize) -> String {
    let (Some(p), Some((a, b))) = (r.share(), r.interval()) else {
        return String::new();
    };
    let x = |v: f64| 250.0 + v * 400.0;
    format!(
        r#"<text x="240" y="{}" text-anchor="end">{}</text><rect x="250" y="{}" width="{:.1}" height="16" class="bar"/><line x1="{:.1}" x2="{:.1}" y1="{}" y2="{}" class="ci"/><text x="660" y="{}">{:.1}%</text>"#,
        y + 13,
        escaped(name),
        y,
        p * 400.0,
        x(a),
        x(b),
        y + 8,
        y + 8,
        y + 13,
        p * 100.0
    )
}

/// How numbers are spread, in twenty columns.
fn histogram(title: &str, s: &Spread) -> String {
    let (Some(low), Some(high)) = (s.quantile(0.0), s.quantile(1.0)) else {
        return String::new();
    };
    let step = ((high - low) / 20.0).max(1e-9);
    let mut columns = [0usize; 20];
    for x in s.all() {
        let i = (((x - low) / step) as usize).min(19);
        columns[i] += 1;
    }
    let most = columns.iter().copied().max().unwrap_or(1).max(1);
    let mut out = format!(
        r#"<figure><svg viewBox="0 0 700 150" role="img" aria-label="{0}"><text x="10" y="16">{0}</text>"#,
        escaped(title)
    );
    for (i, n) in columns.iter().enumerate() {
        let h = 90.0 * *n as f64 / most as f64;
        let _ = write!(
            out,
            r#"<rect x="{}" y="{:.1}" width="30" height="{h:.1}" class="bar"/>"#,
            20 + i * 33,
            120.0 - h
        );
    }
    let _ = write!(
        out,
        r#"<text x="20" y="140">{low:.1}</text><text x="680" y="140" text-anchor="end">{high:.1}</text></svg></figure>"#
    );
    out
}

/// One page with the table and plots. It loads nothing and holds no patient text.
pub fn html(s: &Scores, title: &str) -> String {
    let mut bars: Vec<(String, Rate)> = vec![
        ("sensitivity".into(), s.triage.sensitivity),
        ("specificity".into(), s.triage.specificity),
        ("clean drafts left alone".into(), s.clean),
        ("urgent advice kept".into(), s.urgent_advice),
    ];
    bars.extend(
        s.checks
            .iter()
            .filter(|(_, k)| k.recall.of > 0)
            .map(|(kind, k)| (format!("recall of {kind}"), k.recall)),
    );
    bars.retain(|b| b.1.of > 0);
    let height = 26 * bars.len() + 10;
    let drawn: String = bars
        .iter()
        .enumerate()
        .map(|(i, (name, r))| bar(name, *r, 5 + i * 26))
        .collect();
    let rows: String = rows(s)
        .into_iter()
        .map(|(name, value)| {
            format!(
                "<tr><th scope=\"row\">{}</th><td>{}</td></tr>",
                escaped(&name),
                escaped(&value)
            )
        })
        .collect();
    let plots: String = [
        ("Words of a draft", &s.words),
        ("Reading grade of a draft", &s.grades),
        ("ROUGE-1 with the nearest reply", &s.rouge),
        ("Milliseconds of triage", &s.triage_ms),
        ("Milliseconds of checks", &s.check_ms),
        ("Milliseconds of a draft", &s.draft_ms),
    ]
    .into_iter()
    .map(|(title, s)| histogram(title, s))
    .collect();
    format!(
        r#"<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<style>body{{font:15px/1.5 system-ui,sans-serif;max-width:820px;margin:2rem auto;padding:0 1rem;color:#1c2226;background:#fff}}table{{border-collapse:collapse;width:100%}}th,td{{text-align:left;padding:6px 10px;border-bottom:1px solid #dcd9d0;vertical-align:top}}svg{{width:100%;font-size:13px}}.bar{{fill:#0d5c63}}.ci{{stroke:#a31621;stroke-width:2}}figure{{margin:1rem 0}}</style></head>
<body><h1>{title}</h1><table>{rows}</table><figure><svg viewBox="0 0 720 {height}" role="img" aria-label="Rates with 95% intervals">{drawn}</svg></figure>{plots}</body></html>
"#,
        title = escaped(title)
    )
}
