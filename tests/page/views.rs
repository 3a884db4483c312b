//! Every view of the page, walked through once; what was seen in each is for the tests beside this.

use super::language::choose;
use super::*;
use serde_json::Value;
use std::sync::OnceLock;

/// A view as it was seen.
pub(crate) struct Seen {
    /// Its name.
    pub(crate) view: &'static str,
    /// What axe-core finds wrong in both themes: rule, how bad, and where. None where axe-core is not there.
    pub(crate) faults: Option<Vec<String>>,
    /// What a screen reader is told: a line for each thing with a role, its name after it.
    pub(crate) names: String,
    /// What it says, in the language that it was seen in.
    pub(crate) said: Vec<String>,
    /// Pictures in the light and in the dark theme, as PNG.
    pub(crate) pictures: [Vec<u8>; 2],
}

/// The themes that each view is seen in.
pub(crate) const THEMES: [&str; 2] = ["light", "dark"];

/// A view: its name, what the address asks for, what is there once it is drawn, the keys that lead to it, and what is there then.
const VIEWS: [(&str, &str, &str, &str, &str); 33] = [
    ("red-flag", "", "#red-flag", "", ""),
    ("draft", "", "#subject", "jj", "#difference"),
    ("findings", "", "#subject", "", "#findings"),
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
    ("give", "", "#subject", "jja", "#give-0"),
    ("later", "", "#subject", "jjl", "#later-0"),
    ("summary", "", "#subject", "jjo", "#summary"),
    ("training", "", "#subject", "", "#training"),
    ("practised", "", "#subject", "", "#practised"),
    ("results", "", "#subject", "", "#results"),
    ("close-flag", "", "#subject", "n", "#confirm-close"),
    (
        "close-owed-none",
        "",
        "#subject",
        "",
        "#confirm-close-owed-none",
    ),
    ("tour", "", "#subject", "", "#tour-next"),
    ("decided", "", "#subject", "", "#undo-toast"),
    ("help", "", "#subject", "?", "#change-keys"),
    ("empty", "?empty", "#welcome", "", ""),
    ("no-model", "?no-model", "#no-model", "", ""),
    ("failed", "?failed", "#engine-failure", "", ""),
    ("first", "?first", "#first-start", "", ""),
    ("locked", "?locked", "#lock-screen", "", ""),
    (
        "break-glass",
        "?locked",
        "#lock-screen",
        "",
        "#glass-reason",
    ),
    ("further", "?many", "#subject", "", "#further"),
    ("all-done", "?earlier", "#subject", "", "#day"),
    ("owed-none", "", "#subject", "", "#no-reply-owed"),
    ("template", "?gated", "#subject", "", "#template"),
    (
        "not-checked",
        "",
        "#subject",
        "jjr cannot be checked",
        "#not-checked",
    ),
    (
        "report-over",
        "",
        "#subject",
        "jjs\u{e039}",
        "#report-title",
    ),
];

/// Dialogs that have no key of their own: the buttons that lead there, and what is there then.
const BUTTONS: [(&str, &[&str], &str); 5] = [
    ("people", &["#settings", "#people-button"], "#people"),
    (
        "passphrase",
        &["#settings", "#own-passphrase-button"],
        "#own-passphrase",
    ),
    ("settings", &["#settings"], "#theme"),
    ("models", &["#models"], "#import-model"),
    ("report-safety", &["#report-safety"], "#safety-words"),
];

/// Every view, seen once for all tests; empty where the page was not built.
pub(crate) fn all() -> &'static [Seen] {
    static ALL: OnceLock<Vec<Seen>> = OnceLock::new();
    ALL.get_or_init(walk)
}

/// axe-core; none, with a word, where it was not fetched.
pub(crate) fn axe() -> Option<String> {
    let path = std::env::var_os("COUNTERSIGN_TEST_AXE");
    if path.is_none() {
        eprintln!("skipped: COUNTERSIGN_TEST_AXE is not set; `cargo xtask test` fetches axe-core");
    }
    path.map(|path| std::fs::read_to_string(path).expect("axe-core"))
}

fn walk() -> Vec<Seen> {
    let axe = axe();
    let mut all = Vec::new();
    for view in names() {
        let Some((_driver, page)) = page(asks(view)) else {
            return Vec::new();
        };
        reach(&page, view);
        all.push(look(&page, axe.as_deref(), view));
        page.close();
    }
    all
}

/// The names of all views.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    VIEWS.iter().map(|v| v.0).chain(BUTTONS.iter().map(|b| b.0))
}

/// What the address asks for, for a view.
pub(crate) fn asks(view: &str) -> &'static str {
    VIEWS.iter().find(|v| v.0 == view).map_or("", |v| v.1)
}

/// Goes from a page that was just opened to a view.
pub(crate) fn reach(page: &Page, view: &str) {
    if let Some((view, _, there, keys, then)) = VIEWS.iter().find(|v| v.0 == view) {
        page.there(there);
        lead(page, view, keys);
        if !then.is_empty() {
            page.there(then);
        }
    }
    if let Some((_, buttons, then)) = BUTTONS.iter().find(|b| b.0 == view) {
        page.there("#subject");
        for button in *buttons {
            page.there(button);
            page.click(button);
        }
        page.there(then);
    }
}

/// Goes where a view is.
fn lead(page: &Page, view: &str, keys: &str) {
    match view {
        "close-owed-none" => {
            choose(page, "folder", "thanks");
            page.there("#close-owed-none");
            page.click("#close-owed-none");
        }
        "findings" => {
            page.click("#row-m5");
            page.until("#subject", 10, |t| t == "Refill");
            page.keys("r");
            page.keys(" Take 80 mg twice a day. We will call you.");
        }
        "break-glass" => page.click("#break-glass"),
        "further" => {
            page.keys("/");
            page.keys("cholesterol");
        }
        "all-done" => {
            choose(page, "folder", "all-done");
            page.until("#row-m6", 5, |t| t.contains("19"));
        }
        "owed-none" => {
            page.click("#row-m6");
            page.until("#subject", 10, |t| t == "thanks");
        }
        "template" => {
            page.click("#row-g1");
            page.until("#subject", 10, |t| t == "Bill");
        }
        "training" | "practised" => {
            command(page, in_its_language(page, "training", "entrenamiento"));
            if view == "practised" {
                page.there("#training");
                page.holds(
                    "return document.querySelector('.reply').dataset.checks === 'done'",
                    5,
                );
                page.keys(CTRL_ENTER);
                page.there("#outgoing");
                page.keys(CTRL_ENTER);
            }
        }
        "results" => command(page, in_its_language(page, "how you did", "sus resultados")),
        "tour" => command(page, in_its_language(page, "tour", "recorrido")),
        "decided" => {
            page.click("#row-m5");
            page.until("#subject", 10, |t| t == "Refill");
            page.holds(
                "return document.querySelector('.reply').dataset.checks === 'done'",
                5,
            );
            page.keys(CTRL_ENTER);
            page.there("#outgoing");
            page.keys(CTRL_ENTER);
            page.there("#undo-toast");
            // The seconds run: they are no part of how it looks.
            page.script("document.querySelectorAll('.seconds').forEach(e => { e.style.visibility = 'hidden'; })");
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
}

/// What a command is called in the language that the page is in.
fn in_its_language(page: &Page, english: &'static str, spanish: &'static str) -> &'static str {
    if page.script("return document.documentElement.lang") == "es" {
        spanish
    } else {
        english
    }
}

/// What the page says to whoever sees or hears it, in pieces as they stand, without what is marked as English. Text that
/// people wrote is left out, too: it takes its direction from its own words.
pub(crate) fn said(page: &Page) -> Vec<String> {
    let all = page.script(
        "const all = new Set();
         const keep = (e, words, but) => {
             words = (words ?? '').replace(/\\s+/g, ' ').trim();
             if (words && e.checkVisibility() && !e.closest('body [lang=en]' + but)) all.add(words);
         };
         const written = ', [dir=auto], bdi, code';
         const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
         for (let n; (n = walk.nextNode());) {
             if (n.nodeType === Node.TEXT_NODE) keep(n.parentElement, n.data, written);
             else for (const a of ['aria-label', 'title', 'placeholder', 'alt']) keep(n, n.getAttribute(a), '');
             if (n.tagName === 'TEXTAREA') keep(n, n.value, written);
         }
         return [...all]",
    );
    let all = all.as_array().expect("a list").iter();
    all.map(|s| s.as_str().expect("words").to_owned()).collect()
}

/// Looks at the page as it stands.
pub(crate) fn look(page: &Page, axe: Option<&str>, view: &'static str) -> Seen {
    // Nothing is checked any more and nothing moves: what is seen is the same each time.
    page.holds(
        "const r = document.querySelector('.reply'); return !r || r.dataset.checks === 'done'",
        10,
    );
    let names = page.outline();
    let said = said(page);
    let mut faults = axe.map(|_| Vec::new());
    let pictures = THEMES.map(|theme| {
        page.script(&format!(
            "document.documentElement.setAttribute('data-theme', '{theme}')"
        ));
        page.picture(&format!("{view}-{theme}"));
        if let (Some(axe), Some(all)) = (axe, &mut faults) {
            let found = wrong(page, axe);
            all.extend(found.into_iter().map(|w| format!("{view}, {theme}: {w}")));
        }
        // The blinking line in a field is there or not.
        page.script(
            "const s = new CSSStyleSheet(); s.replaceSync('* { caret-color: transparent !important; transition: none !important; animation: none !important }'); \
             document.adoptedStyleSheets = [s];",
        );
        page.0.picture().expect("a picture")
    });
    Seen {
        view,
        faults,
        names,
        said,
        pictures,
    }
}

/// What axe-core finds wrong on the page as it stands.
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
