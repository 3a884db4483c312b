//! The parts that the page is put together from: space and motion by their tokens, fields with what is said under them, menus.

use super::*;

const CSS: &str = include_str!("../../src-ui/style.css");

const DOWN: &str = "\u{e015}";

const UP: &str = "\u{e013}";

/// Declarations of the style sheet that set no token, with their values.
fn declarations() -> Vec<(String, String)> {
    let mut text = CSS.to_owned();
    while let Some(from) = text.find("/*") {
        let end = from + text[from..].find("*/").expect("a comment ends") + 2;
        text.replace_range(from..end, "");
    }
    text.split(['{', '}', ';'])
        .filter_map(|d| d.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, _)| {
            !name.starts_with("--") && name.chars().all(|c| c.is_ascii_lowercase() || c == '-')
        })
        .collect()
}

#[test]
fn space_and_motion_are_tokens_and_nowhere_a_length_or_a_time_of_their_own() {
    let all = declarations();
    let of = |names: &[&str]| -> Vec<_> {
        all.iter()
            .filter(|(name, _)| names.iter().any(|n| name.starts_with(n)))
            .collect()
    };
    let space = of(&["padding", "margin", "gap", "scroll-margin"]);
    assert!(space.len() > 150, "{}", space.len());
    let own: Vec<_> = space
        .iter()
        .filter(|(_, value)| value.contains("px") || value.contains("em"))
        .collect();
    assert!(own.is_empty(), "{own:?}");
    let motion = of(&["transition", "animation"]);
    assert!(motion.len() > 1, "{motion:?}");
    for (name, value) in motion {
        let timed = value.contains("var(--quick)") || value.contains("var(--calm)");
        assert!(timed && value.contains("var(--ease)"), "{name}: {value}");
    }
}

#[test]
fn who_asks_for_less_motion_has_none() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    let moves = "return getComputedStyle(document.getElementById('accept')).transitionDuration";
    assert_eq!(page.script(moves), "0.09s, 0.09s");
    page.0
        .developer(
            "Emulation.setEmulatedMedia",
            &serde_json::json!({"features": [{"name": "prefers-reduced-motion", "value": "reduce"}]}),
        )
        .expect("as a person asks the system for it");
    assert_eq!(page.script(moves), "0s, 0s");
    page.close();
}

#[test]
fn a_menu_is_walked_by_arrows_and_by_letters() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    on_the_result(&page);
    page.keys("p");
    let at = |n: usize| {
        page.holds(
            &format!("return document.activeElement.id === 'preset-{n}'"),
            5,
        );
    };
    at(0);
    page.keys(DOWN);
    at(1);
    page.keys(UP);
    page.keys(UP);
    // From the first it goes to the last, and back.
    at(5);
    page.keys(DOWN);
    at(0);
    // Two begin with an I: a letter goes to the next, and from the last on to the first again.
    page.keys("i");
    at(2);
    page.keys("i");
    at(4);
    page.keys("i");
    at(2);
    // One stop of the tab key, however many there are.
    page.holds(
        "return document.querySelectorAll('[role=menuitem][tabindex=\"0\"]').length === 1",
        5,
    );
    page.keys(ENTER);
    page.holds(CLOSED, 5);
    page.until("#draft-line", 10, |t| !t.is_empty());
    page.close();
}

#[test]
fn what_is_wrong_with_a_field_is_told_with_it() {
    let Some((_driver, page)) = page("?first") else {
        return;
    };
    page.there("#first-start");
    let field = "document.getElementById('new-passphrase-again')";
    let told = format!(
        "const f = {field}; return [f.getAttribute('aria-invalid'), document.getElementById(f.getAttribute('aria-describedby')).textContent]"
    );
    assert_eq!(page.script(&told), serde_json::json!([null, ""]));
    page.click("#new-passphrase");
    page.keys(PASSPHRASE);
    page.click("#new-passphrase-again");
    page.keys("another");
    page.holds(
        &format!("return {field}.getAttribute('aria-invalid') === 'true'"),
        5,
    );
    let words = page.script(&told);
    assert!(words[1].as_str().is_some_and(|w| w.contains("differ")));
    page.picture("page-differ");
    page.close();
}
