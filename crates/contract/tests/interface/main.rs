//! The words of the page (`assets/interface`) against the page's source and the codes of this crate: nothing is missing,
//! nothing is left over, and no words stand in the source itself.
//!
//! The page is built for wasm and has no tests of its own that run without a browser; here only its text is read.

mod source;

use contract::{Chart, DecisionKind, Folder, Licence, MessageKind, Preset, Reason, Role, Urgency};
use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use source::{Literal, page, read};
use std::collections::{BTreeMap, BTreeSet};

/// Each message of a file: its key, and its text as it stands.
type Words = BTreeMap<String, String>;

const SOURCE: &str = "src-ui/src/language/mod.rs";

/// The codes of the languages, as the page lists them.
fn languages() -> Vec<String> {
    let source = read(SOURCE);
    let codes: Vec<String> = source
        .lines()
        .filter(|l| l.contains("include_str!(\"../../../assets/interface/"))
        .filter_map(|l| l.split('"').nth(1))
        .map(str::to_owned)
        .collect();
    assert!(codes.len() >= 2 && codes[0] == "en", "{codes:?}");
    codes
}

fn file(code: &str) -> String {
    read(&format!("assets/interface/{code}.ftl"))
}

/// The messages of a language. A key that stands twice fails.
fn words(code: &str) -> Words {
    let mut all = Words::new();
    let mut last = None::<String>;
    for line in file(code).lines() {
        match line.split_once('=') {
            _ if line.is_empty() || line.starts_with('#') => last = None,
            Some((key, text)) if !line.starts_with(' ') => {
                let key = key.trim().to_owned();
                let before = all.insert(key.clone(), text.trim().to_owned());
                assert_eq!(before, None, "{code}: {key} stands twice");
                last = Some(key);
            }
            _ => {
                let text = last
                    .as_ref()
                    .and_then(|key| all.get_mut(key))
                    .unwrap_or_else(|| panic!("{code}: {line:?} belongs to no key"));
                text.push('\n');
                text.push_str(line);
            }
        }
    }
    all
}

/// Names of the values in a text.
fn values(text: &str) -> BTreeSet<&str> {
    text.split('$')
        .skip(1)
        .map(|rest| {
            let end = rest
                .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
                .unwrap_or(rest.len());
            &rest[..end]
        })
        .collect()
}

/// Keys that the page makes from codes: each family with its codes.
fn families() -> Vec<(&'static str, Vec<String>)> {
    let owned = |codes: &[&str]| codes.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>();
    let inside = |path: &str, from: &str| -> Vec<String> {
        let text = read(path);
        let rest = text.split(from).nth(1).expect("the list is there");
        let list = rest.split(';').find(|p| p.contains('"')).expect("a list");
        list.split('"')
            .skip(1)
            .step_by(2)
            .map(str::to_owned)
            .collect()
    };
    // Codes are spelled in one place, so a new one is found here without being named again.
    let failures: Vec<String> = read("crates/contract/src/failure.rs")
        .lines()
        .filter_map(|l| l.trim().split_once(" => \""))
        .filter(|(name, _)| name.starts_with("Self::"))
        .map(|(_, code)| code.trim_end_matches("\",").to_owned())
        .collect();
    assert!(failures.len() > 20, "{failures:?}");
    let mut findings = inside("src-ui/src/words.rs", "const FINDINGS: [&str;");
    assert!(findings.len() > 10, "{findings:?}");
    findings.push("other".into());
    let what = findings.iter().map(|f| format!("{f}-what"));
    let findings = findings.iter().cloned().chain(what).collect();
    let steps = inside("src-ui/src/tour.rs", "const STEPS: [&str;");
    let tour = steps
        .iter()
        .flat_map(|s| [s.clone(), format!("{s}-words")])
        .collect();
    let headings = Chart::default().headings().map(|h| h.0.to_lowercase());
    vec![
        ("failure", failures),
        ("finding", findings),
        ("tour", tour),
        (
            "chart",
            std::iter::once("all".to_owned()).chain(headings).collect(),
        ),
        (
            "kind",
            MessageKind::ALL
                .iter()
                .map(|k| k.as_str().to_owned())
                .collect(),
        ),
        (
            "urgency",
            [
                Urgency::Emergency,
                Urgency::Urgent,
                Urgency::Routine,
                Urgency::None,
            ]
            .iter()
            .map(|u| u.as_str().to_owned())
            .collect(),
        ),
        (
            "decision",
            DecisionKind::ALL
                .iter()
                .map(|d| d.as_str().to_owned())
                .collect(),
        ),
        (
            "reason",
            Reason::ALL.iter().map(|r| r.as_str().to_owned()).collect(),
        ),
        (
            "preset",
            Preset::ALL.iter().map(|p| p.as_str().to_owned()).collect(),
        ),
        (
            "role",
            Role::ALL.iter().map(|r| r.as_str().to_owned()).collect(),
        ),
        (
            "licence",
            Licence::ALL.iter().map(|l| l.as_str().to_owned()).collect(),
        ),
        ("sex", owned(&["female", "male", "other", "unknown"])),
        ("folder", folders()),
    ]
}

/// The page's own names of the folders that are not kinds of messages.
fn folders() -> Vec<String> {
    let text = read("src-ui/src/words.rs");
    let named = text.split("fn folder_value").nth(1).expect("it is there");
    let named = named.split("\n}").next().unwrap_or_default();
    let names: Vec<String> = named
        .split('"')
        .skip(1)
        .step_by(2)
        .map(str::to_owned)
        .collect();
    let kinds = Folder::all()
        .iter()
        .filter(|f| matches!(f, Folder::Kind(_)))
        .count();
    assert_eq!(names.len() + kinds, Folder::all().len(), "{names:?}");
    names
}

fn literals() -> Vec<Literal> {
    page()
        .into_iter()
        .flat_map(|(path, text)| source::literals(&path, &text))
        .collect()
}

#[test]
fn every_file_of_words_is_a_language_of_the_page() {
    let folder = source::root().join("assets/interface");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .expect("the folder")
        .flatten()
        .filter_map(|f| {
            f.file_name()
                .to_str()
                .and_then(|n| n.strip_suffix(".ftl"))
                .map(str::to_owned)
        })
        .collect();
    assert_eq!(files, languages().into_iter().collect());
}

#[test]
fn every_language_has_the_same_keys_and_values_and_none_is_empty() {
    let english = words("en");
    for code in languages() {
        let all = words(&code);
        let (here, there): (BTreeSet<_>, BTreeSet<_>) =
            (all.keys().collect(), english.keys().collect());
        assert_eq!(
            here.symmetric_difference(&there).collect::<Vec<_>>(),
            Vec::<&&String>::new(),
            "{code}"
        );
        for (key, text) in &all {
            assert!(
                text.chars().any(char::is_alphanumeric) || !values(text).is_empty(),
                "{code}: {key} is empty"
            );
            assert_eq!(values(text), values(&english[key]), "{code}: {key}");
        }
    }
}

#[test]
fn every_language_is_read_without_an_error_for_every_count() {
    for code in languages() {
        let resource = FluentResource::try_new(file(&code))
            .map_err(|e| e.1)
            .expect("Fluent's own format");
        let mut bundle = FluentBundle::new(vec![code.parse().expect("a code of a language")]);
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).expect("no key stands twice");
        for (key, text) in words(&code) {
            for n in [0u32, 1, 2, 5, 21, 1_000_000] {
                let mut args = FluentArgs::new();
                for name in values(&text) {
                    args.set(name, FluentValue::from(n));
                }
                let pattern = bundle
                    .get_message(&key)
                    .and_then(|m| m.value())
                    .unwrap_or_else(|| panic!("{code}: {key}"));
                let mut errors = Vec::new();
                let shown = bundle.format_pattern(pattern, Some(&args), &mut errors);
                assert!(errors.is_empty(), "{code}: {key}: {errors:?}");
                assert!(
                    !shown.contains(['{', '}', '\u{2068}', '\u{2069}']),
                    "{code}: {key}: {shown}"
                );
                // Numbers are plain: what stands on the page can be told by its digits.
                if text.contains("{ $count }") && n > 1 {
                    assert!(shown.contains(&n.to_string()), "{code}: {key}: {shown}");
                }
            }
        }
    }
}

#[test]
fn every_key_of_the_page_is_there_and_every_key_is_used() {
    let english = words("en");
    let mut used = BTreeSet::new();
    for l in literals() {
        // What is asked for by name.
        let asked = ["t(", "t_with(", "t_around(", "Said::Key("]
            .iter()
            .any(|call| {
                l.before.ends_with(call)
                    && !l.before[..l.before.len() - call.len()]
                        .ends_with(|c: char| c.is_alphanumeric() || c == '_')
            });
        assert!(
            !asked || english.contains_key(&l.text),
            "{}:{}: {:?} has no words",
            l.path,
            l.line,
            l.text
        );
        used.insert(l.text);
    }
    for (family, codes) in families() {
        for code in codes {
            let key = format!("{family}-{code}");
            assert!(english.contains_key(&key), "{key} has no words");
            used.insert(key);
        }
    }
    let unused: Vec<_> = english.keys().filter(|k| !used.contains(*k)).collect();
    assert!(unused.is_empty(), "nobody asks for {unused:?}");
    // A family that is not listed above would be asked for unseen.
    let known: BTreeSet<&str> = families().iter().map(|f| f.0).collect();
    for l in literals().iter().filter(|l| l.before.ends_with("t_code(")) {
        assert!(
            known.contains(l.text.as_str()),
            "{}:{}: {}",
            l.path,
            l.line,
            l.text
        );
    }
}

#[test]
fn the_window_and_the_command_line_call_things_the_same_in_english() {
    let english = words("en");
    let said = |key: String| english.get(&key).cloned().unwrap_or_default();
    for r in Reason::ALL {
        assert_eq!(said(format!("reason-{}", r.as_str())), r.label());
    }
    for d in DecisionKind::ALL {
        assert_eq!(said(format!("decision-{}", d.as_str())), d.label());
    }
    for k in MessageKind::ALL {
        assert_eq!(said(format!("kind-{}", k.as_str())), k.label());
    }
    for p in Preset::ALL {
        assert_eq!(said(format!("preset-{}", p.as_str())), p.label());
    }
    for l in Licence::ALL {
        assert_eq!(said(format!("licence-{}", l.as_str())), l.label());
    }
    for r in Role::ALL {
        assert_eq!(said(format!("role-{}", r.as_str())), r.as_str());
    }
    for (heading, _) in Chart::default().headings() {
        assert_eq!(said(format!("chart-{}", heading.to_lowercase())), heading);
    }
}

/// What may stand in the source: the product's name, a command to type, keys of the keyboard, and codes that look like
/// words (the headings as the chart names them, and what the page says of the checks to tests).
const ALLOWED: [&str; 21] = [
    "Countersign",
    "countersign model fetch",
    "SHA-256",
    "Ctrl ↵",
    "Ctrl L",
    "Ctrl K",
    "Ctrl+Enter",
    "Ctrl+K",
    "Ctrl+L",
    "R Enter",
    "Esc",
    "F8",
    "F9",
    "Alt+{number}",
    "Alt {number}",
    "Digit",
    "under way",
    "done",
    "All",
    "Allergies",
    "Results",
];

/// One character: a key, or a sign.
fn is_sign(text: &str) -> bool {
    text.chars().count() == 1
}

#[test]
fn no_words_stand_in_the_source_of_the_page() {
    let found: Vec<String> = literals()
        .into_iter()
        .filter(|l| !ALLOWED.contains(&l.text.as_str()) && !is_sign(&l.text))
        .filter(Literal::is_shown)
        .map(|l| format!("{}:{}: {:?}", l.path, l.line, l.text))
        .collect();
    assert!(
        found.is_empty(),
        "words belong in assets/interface:\n{}",
        found.join("\n")
    );
}

#[test]
fn settings_from_before_there_were_languages_are_those_of_the_system() {
    let old: contract::Settings =
        serde_json::from_str(r#"{"theme":"dark","undo_seconds":20}"#).expect("settings");
    assert_eq!((old.language.as_str(), old.undo_seconds), ("system", 20));
}
