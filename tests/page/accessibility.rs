//! Every view of the page, asked of axe-core in both themes, and of the browser what a screen reader is told.

use super::*;

#[test]
fn no_view_has_a_serious_fault_in_either_theme() {
    let all: Vec<&str> = views::all()
        .iter()
        .flat_map(|seen| seen.faults.iter().flatten())
        .map(String::as_str)
        .collect();
    assert!(all.is_empty(), "{}", all.join("\n"));
}

/// Orca and its like read roles and names: they are held as they were looked through, view by view.
#[test]
fn roles_and_names_that_a_screen_reader_is_told_are_those_that_were_looked_through() {
    insta::with_settings!({snapshot_path => "names", prepend_module_to_snapshot => false, omit_expression => true}, {
        for seen in views::all() {
            insta::assert_snapshot!(seen.view, timeless(seen.view, &seen.names));
        }
    });
}

/// The names of a view without the times that follow the clock of the day: only putting off has some.
fn timeless(view: &str, names: &str) -> String {
    let without = |line: &str| match line.split_once(", ") {
        Some((name, _)) if view == "later" => format!("{name}\"\n"),
        _ => format!("{line}\n"),
    };
    names.lines().map(without).collect()
}

#[test]
fn nothing_that_takes_the_focus_is_without_a_name() {
    for seen in views::all() {
        for line in seen.names.lines().map(str::trim) {
            let role = line.split(' ').next().unwrap_or("");
            let needs = matches!(
                role,
                "button"
                    | "link"
                    | "textbox"
                    | "searchbox"
                    | "combobox"
                    | "checkbox"
                    | "listbox"
                    | "option"
                    | "tab"
                    | "separator"
                    | "dialog"
                    | "spinbutton"
            );
            assert!(!needs || line.contains('"'), "{}: {line}", seen.view);
        }
    }
}

#[test]
fn the_page_in_spanish_has_no_serious_fault_either() {
    let Some(axe) = views::axe() else {
        return;
    };
    let Some((_driver, page)) = page("") else {
        return;
    };
    let mut all = Vec::new();
    let mut look = |view| {
        let seen = views::look(&page, Some(&axe), view);
        all.extend(seen.faults.unwrap_or_default());
    };
    page.there("#subject");
    page.click("#settings");
    language::choose(&page, "language", "es");
    page.until("#dialog-title", 5, |t| t == "Configuración");
    look("settings-spanish");
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    look("red-flag-spanish");
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day. We will call you.");
    page.there("#findings");
    look("findings-spanish");
    page.close();
    assert!(all.is_empty(), "{}", all.join("\n"));
}
