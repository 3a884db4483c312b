//! Contrast of the page's colours, in both themes (WCAG 2.2, 1.4.3 and 1.4.11): the style sheet itself is read.

use std::collections::HashMap;

/// Relative luminance of a colour `#rrggbb` (WCAG 2.2, definitions).
fn luminance(colour: &str) -> f64 {
    let hex = colour.trim_start_matches('#');
    let part = |at: usize| {
        let v = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).expect("a colour")) / 255.0;
        if v <= 0.04045 {
            v / 12.92
        } else {
            ((v + 0.055) / 1.055).powf(2.4)
        }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(a: &str, b: &str) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// The colours of the block that begins with a selector.
fn colours(css: &str, selector: &str) -> HashMap<String, String> {
    let from = css.find(&format!("{selector} {{")).expect(selector);
    let block = &css[from..from + css[from..].find('}').expect("an end")];
    block
        .split(';')
        .filter_map(|line| {
            let (name, value) = line.rsplit('{').next()?.split_once(':')?;
            let value = value.trim();
            (name.trim().starts_with("--") && value.starts_with('#'))
                .then(|| (name.trim().to_owned(), value.to_owned()))
        })
        .collect()
}

/// Ink and ground of all text on the page.
const TEXT: [(&str, &str); 24] = [
    ("ink", "ground"),
    ("ink", "pane"),
    ("ink", "sunk"),
    ("ink", "brand-wash"),
    ("ink", "ins"),
    ("ink", "del"),
    ("ink", "amber-wash"),
    ("ink", "red-wash"),
    ("soft", "ground"),
    ("soft", "pane"),
    ("soft", "sunk"),
    ("soft", "brand-wash"),
    ("brand", "sunk"),
    ("brand-ink", "brand"),
    ("red", "pane"),
    ("red", "sunk"),
    ("red", "red-wash"),
    ("pane", "red"),
    ("amber", "pane"),
    ("amber", "sunk"),
    ("amber", "amber-wash"),
    ("green", "pane"),
    ("green", "sunk"),
    ("pane", "ink"),
];

/// Lines and frames that tell something.
const SHAPES: [(&str, &str); 9] = [
    ("focus", "pane"),
    ("focus", "ground"),
    ("brand", "pane"),
    ("focus", "sunk"),
    // The edges of buttons and fields.
    ("edge", "pane"),
    ("edge", "ground"),
    ("edge", "sunk"),
    ("edge", "red-wash"),
    ("edge", "brand-wash"),
];

#[test]
fn text_and_what_tells_something_stand_out_in_both_themes() {
    let css = include_str!("../../src-ui/style.css");
    let light = colours(css, ":root");
    let dark = colours(css, ":root[data-theme=\"dark\"]");
    assert_eq!(
        dark,
        colours(css, ":root[data-theme=\"system\"]"),
        "dark by the system is dark by choice"
    );
    assert!(light.len() >= 15 && dark.len() >= 15);
    for (theme, all) in [("light", &light), ("dark", &dark)] {
        let of = |name: &str| all[&format!("--{name}")].as_str();
        for (pairs, least) in [(&TEXT[..], 4.5), (&SHAPES[..], 3.0)] {
            for (a, b) in pairs {
                let found = contrast(of(a), of(b));
                assert!(
                    found >= least,
                    "{theme}: {a} on {b} is {found:.2} to 1, not {least}"
                );
            }
        }
    }
    // The formula itself: black on white is 21 to 1.
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 1e-9);
}
