//! Every view of the page, asked of axe-core in both themes: nothing serious, nothing critical.

use super::*;
use serde_json::Value;

/// What axe-core finds wrong on the page as it stands: rule, how bad, and where.
fn wrong(page: &Page, axe: &str) -> Vec<String> {
    page.0.script(axe).expect("axe-core is taken");
    page.script(
        "window.__found = null; axe.run(document, {resultTypes: ['violations'], \
         runOnly: {type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}}) \
         .then(r => { window.__found = r.violations; }, e => { window.__found = String(e); });",
    );
    page.holds("return window.__found !== null", 20);
    let found = page.script("return window.__found");
    let Value::Array(found) = found else {
        panic!("axe-core failed: {found}");
    };
    found
        .iter()
        .filter(|v| v["impact"] == "serious" || v["impact"] == "critical")
        .flat_map(|v| {
            let rule = format!("{} ({})", v["id"], v["impact"]);
            v["nodes"]
                .as_array()
                .into_iter()
                .flatten()
                .map(move |n| format!("{rule}: {} — {}", n["target"], n["failureSummary"]))
                .collect::<Vec<_>>()
        })
        .collect()
}

/// Asks about the page in both themes; what is wrong goes to `all`.
fn look(page: &Page, axe: &str, view: &str, all: &mut Vec<String>) {
    for theme in ["light", "dark"] {
        page.script(&format!(
            "document.documentElement.setAttribute('data-theme', '{theme}')"
        ));
        page.picture(&format!("axe-{view}-{theme}"));
        all.extend(
            wrong(page, axe)
                .into_iter()
                .map(|w| format!("{view}, {theme}: {w}")),
        );
    }
}

/// A view: its name, what the address asks for, what is there once it is drawn, and the keys that lead to it.
const VIEWS: [(&str, &str, &str, &str, &str); 17] = [
    ("red-flag", "", "#red-flag", "", ""),
    ("draft", "", "#subject", "jj", "#difference"),
    ("findings", "?axe-findings", "#subject", "", "#findings"),
    (
        "sign-off",
        "",
        "#subject",
        "jj\u{e009}\u{e007}\u{e000}",
        "#outgoing",
    ),
    ("palette", "", "#subject", "\u{e009}k\u{e000}", "#command"),
    ("insert", "", "#subject", "jji", "#insert"),
    ("drafts", "", "#subject", "jjv", "#use-draft-0"),
    ("presets", "", "#subject", "jjp", "#preset-0"),
    ("discard", "", "#subject", "jjx", "#confirm-discard"),
    ("escalate", "", "#subject", "jjs", "#escalate-to"),
    ("later", "", "#subject", "jjl", "#later-0"),
    ("help", "", "#subject", "?", "#change-keys"),
    ("empty", "?empty", "#welcome", "", ""),
    ("no-model", "?no-model", "#no-model", "", ""),
    ("failed", "?failed", "#engine-failure", "", ""),
    ("first", "?first", "#first-start", "", ""),
    ("locked", "?locked", "#lock-screen", "", ""),
];

#[test]
fn no_view_has_a_serious_fault_in_either_theme() {
    let Some(axe) = std::env::var_os("COUNTERSIGN_TEST_AXE") else {
        eprintln!("skipped: COUNTERSIGN_TEST_AXE is not set; `cargo xtask test` fetches axe-core");
        return;
    };
    let axe = std::fs::read_to_string(axe).expect("axe-core");
    let mut all = Vec::new();
    for (view, query, there, keys, then) in VIEWS {
        let query = if query == "?axe-findings" { "" } else { query };
        let Some((_driver, page)) = page(query) else {
            return;
        };
        page.there(there);
        match view {
            "findings" => {
                page.click("#row-m5");
                page.until("#subject", 10, |t| t == "Refill");
                page.keys("r");
                page.keys(" Take 80 mg twice a day. We will call you.");
            }
            "draft" => {
                page.keys("jj");
                page.until("#subject", 5, |t| t == "A1c result");
                page.keys("r");
                page.keys(" More.");
                page.keys(ESCAPE);
                page.keys("c");
            }
            _ if keys.starts_with("jj") => {
                page.keys("jj");
                page.until("#subject", 5, |t| t == "A1c result");
                page.holds(
                    "return document.getElementById('editor').value.includes('7.4')",
                    5,
                );
                page.keys(&keys[2..]);
            }
            _ => page.keys(keys),
        }
        if !then.is_empty() {
            page.there(then);
        }
        look(&page, &axe, view, &mut all);
        page.close();
    }
    // The dialogs that have no key of their own.
    for (button, then) in [
        ("#settings", "#theme"),
        ("#models", "#import-model"),
        ("#report-safety", "#safety-words"),
    ] {
        let Some((_driver, page)) = page("") else {
            return;
        };
        page.there("#subject");
        page.click(button);
        page.there(then);
        look(&page, &axe, &button[1..], &mut all);
        page.close();
    }
    assert!(all.is_empty(), "{}", all.join("\n"));
}

#[test]
fn the_page_in_spanish_has_no_serious_fault_either() {
    let Some(axe) = std::env::var_os("COUNTERSIGN_TEST_AXE") else {
        eprintln!("skipped: COUNTERSIGN_TEST_AXE is not set; `cargo xtask test` fetches axe-core");
        return;
    };
    let axe = std::fs::read_to_string(axe).expect("axe-core");
    let Some((_driver, page)) = page("") else {
        return;
    };
    let mut all = Vec::new();
    page.there("#subject");
    page.click("#settings");
    language::choose(&page, "language", "es");
    page.until("#dialog-title", 5, |t| t == "Configuración");
    look(&page, &axe, "settings-spanish", &mut all);
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    look(&page, &axe, "red-flag-spanish", &mut all);
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day. We will call you.");
    page.there("#findings");
    look(&page, &axe, "findings-spanish", &mut all);
    page.close();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
