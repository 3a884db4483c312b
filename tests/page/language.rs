//! The language of the page: chosen in the settings or before the record is open, and nothing typed is lost by it.

use super::*;

/// Chooses one of a list, as a person does.
pub(super) fn choose(page: &Page, list: &str, value: &str) {
    page.there(&format!("#{list}"));
    page.script(&format!(
        "const s = document.getElementById('{list}'); s.focus(); s.value = '{value}'; s.dispatchEvent(new Event('change', {{bubbles: true}}));"
    ));
}

/// Waits until the page says that it is in a language.
fn is_in(page: &Page, code: &str) {
    page.holds(
        &format!("return document.documentElement.lang === '{code}'"),
        10,
    );
}

#[test]
fn spanish_is_chosen_in_the_settings_and_what_was_typed_stays() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    is_in(&page, "en");
    page.click("#row-m3");
    page.until("#subject", 10, |t| t == "A1c result");
    page.keys("r");
    page.keys(" Typed before.");
    page.keys(ESCAPE);
    choose(&page, "order", "newest");
    page.click("#settings");
    choose(&page, "language", "es");
    is_in(&page, "es");
    // The dialog is still there, and the focus where it was.
    page.until("#dialog-title", 5, |t| t == "Configuración");
    page.holds("return document.activeElement.id === 'language'", 5);
    page.picture("page-settings-spanish");
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);

    // The queue, the message and the reply.
    page.until("#folder", 5, |t| t.contains("Por revisar ("));
    page.until("#row-m1", 5, |t| t.contains("Señal de alarma"));
    page.holds(
        "return document.getElementById('order').value === 'newest'",
        5,
    );
    page.holds(
        "return document.getElementById('search').placeholder.startsWith('Buscar en todo')",
        5,
    );
    page.until("#subject", 5, |t| t == "A1c result");
    page.holds(
        "return document.getElementById('editor').value.endsWith(' Typed before.')",
        5,
    );
    page.until("#accept", 5, |t| {
        t.starts_with("Aceptar la respuesta editada")
    });
    page.picture("page-spanish");

    // A dialog and the palette.
    page.keys("x");
    page.until("dialog", 5, |t| {
        t.contains("¿Por qué descartar el borrador?") && t.contains("Demasiado largo")
    });
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    page.keys("\u{e009}k\u{e000}");
    page.holds("return document.activeElement.id === 'command'", 5);
    page.until("#commands", 5, |t| {
        t.contains("Mensaje siguiente") && t.contains("Carpeta: Señales de alarma")
    });
    page.picture("page-palette-spanish");
    page.keys("config");
    page.keys(ENTER);

    // And back, with the words still there.
    choose(&page, "language", "en");
    is_in(&page, "en");
    page.until("#dialog-title", 5, |t| t == "Settings");
    page.keys(ESCAPE);
    page.until("#folder", 5, |t| t.contains("Needs review ("));
    page.holds(
        "return document.getElementById('editor').value.endsWith(' Typed before.')",
        5,
    );
    page.close();
}

#[test]
fn a_red_flag_and_a_finding_say_in_spanish_what_they_are_and_mark_what_is_english() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    page.until("#subject", 20, |t| t == "Tight chest");
    page.click("#settings");
    choose(&page, "language", "es");
    is_in(&page, "es");
    page.keys(ESCAPE);
    page.holds("return !document.querySelector('dialog')", 5);
    page.until("#red-flag", 5, |t| {
        t.contains("Señal de alarma. Llame al paciente ahora.")
    });
    page.holds(
        "return document.querySelector('#red-flag [lang=en]')?.textContent.length > 3",
        5,
    );
    page.picture("page-red-flag-spanish");
    page.click("#row-m5");
    page.until("#subject", 10, |t| t == "Refill");
    page.keys("r");
    page.keys(" Take 80 mg twice a day.");
    page.until("#findings", 5, |t| {
        t.contains("Expediente: Atorvastatin 80 mg")
    });
    page.holds(
        "return document.querySelector('#findings [lang=en]')?.textContent.length > 3",
        5,
    );
    page.picture("page-findings-spanish");
    page.close();
}

#[test]
fn the_language_is_chosen_before_the_record_is_open_and_a_persons_own_wins() {
    let Some((_driver, page)) = page("?locked") else {
        return;
    };
    page.until("#lock-screen", 20, |t| t.contains("Countersign is locked"));
    page.click("#unlock-passphrase");
    page.keys("not this one");
    choose(&page, "entry-language", "es");
    is_in(&page, "es");
    page.until("#lock-screen", 5, |t| {
        t.contains("Countersign está bloqueado")
    });
    page.holds(
        "return document.getElementById('unlock-passphrase').value === 'not this one'",
        5,
    );
    page.picture("page-locked-spanish");
    page.click("#unlock");
    page.until("#entry-failure", 10, |t| {
        t.contains("El registro no se abrió")
    });
    page.click("#unlock-passphrase");
    page.keys(&format!("{PASSPHRASE}{ENTER}"));
    page.until("#subject", 20, |t| t == "Tight chest");
    page.until("#folder", 5, |t| t.contains("Por revisar ("));
    // A code is kept in the browser, and nothing else.
    page.holds(
        "return localStorage.length === 1 && localStorage.getItem('language') === 'es'",
        5,
    );
    page.click("#settings");
    page.holds(
        "return document.getElementById('language').value === 'system'",
        5,
    );
    choose(&page, "language", "en");
    is_in(&page, "en");
    page.keys(ESCAPE);
    page.until("#folder", 5, |t| t.contains("Needs review ("));
    // Behind the lock it is this computer's again.
    page.keys("\u{e009}l\u{e000}");
    page.until("#lock-screen", 10, |t| {
        t.contains("Countersign está bloqueado")
    });
    is_in(&page, "es");
    page.close();
}

#[test]
fn the_codes_of_a_new_record_stay_when_the_language_changes() {
    let Some((_driver, page)) = page("?first") else {
        return;
    };
    page.until("#first-start", 20, |t| t.contains("Make your record"));
    page.click("#new-user");
    page.keys("ada");
    choose(&page, "entry-language", "es");
    page.until("#first-start", 5, |t| t.contains("Cree su registro"));
    page.holds(
        "return document.getElementById('new-user').value === 'ada'",
        5,
    );
    for field in ["new-passphrase", "new-passphrase-again"] {
        page.click(&format!("#{field}"));
        page.keys(PASSPHRASE);
    }
    page.click("#create-record");
    page.until("#codes", 10, |t| t.contains("Anote ahora los dos códigos"));
    let code = page.until("#recovery-code", 5, |t| t.len() == 39);
    page.click("#codes-noted");
    choose(&page, "entry-language", "en");
    page.until("#codes", 5, |t| t.contains("Write both codes down now"));
    page.until("#recovery-code", 5, |t| t == code);
    page.click("#codes-done");
    page.until("#subject", 20, |t| t == "Tight chest");
    page.close();
}

#[test]
fn a_failure_says_in_spanish_what_to_do_and_keeps_the_desks_details() {
    let Some((_driver, page)) = page("?failed") else {
        return;
    };
    page.until("#engine-failure", 20, |t| t.contains("3000 MB"));
    page.click("#settings");
    choose(&page, "language", "es");
    is_in(&page, "es");
    page.until("#engine-failure", 5, |t| {
        t.contains("Cierre otros programas") && t.contains("3000 MB")
    });
    page.holds(
        "return document.querySelector('#engine-failure [lang=en]').textContent.includes('3000 MB')",
        5,
    );
    page.close();
}

/// Words of the fake desk's charts, which are in the language that a clinic writes in.
const CHARTS: [&str; 2] = [
    "Atorvastatin 80 mg tablet, 1 tablet at night",
    "Insulin glargine (Lantus) 16 units at bedtime",
];

/// Lines that are put into replies, which are in the language of patients.
const LINES: &str = include_str!("../../assets/replies/lines.txt");

/// Sentences of a Spanish page that are English and do not say so: they have words of English, or are the same on the English
/// page.
fn unmarked(said: Vec<String>, in_english: &[String]) -> Vec<String> {
    const WORDS: [&str; 17] = [
        "the", "is", "are", "of", "and", "to", "that", "this", "with", "not", "your", "was", "it",
        "for", "be", "you", "has",
    ];
    let written = |mut words: String| {
        for line in LINES.lines().chain(CHARTS).filter(|l| !l.is_empty()) {
            words = words.replace(line, "");
        }
        words
    };
    let is_word = |w: &&str| {
        let w = w.trim_matches(|c: char| c.is_ascii_punctuation());
        w.chars().count() > 1 && w.chars().all(char::is_alphabetic)
    };
    let is_english = |s: &String| {
        let lower = s.to_lowercase();
        let words: Vec<&str> = lower.split(' ').filter(is_word).collect();
        words.len() > 2
            && (in_english.contains(s)
                || words
                    .iter()
                    .any(|w| WORDS.contains(&w.trim_matches(|c: char| c.is_ascii_punctuation()))))
    };
    said.into_iter().map(written).filter(is_english).collect()
}

/// Opens the page anew, in Spanish.
fn anew_in_spanish(page: &Page, asks: &str) {
    page.script(&format!(
        "window.before = true; localStorage.setItem('language', 'es'); location.href = '/{asks}'"
    ));
    page.holds(
        "return !window.before && document.documentElement.lang === 'es'",
        20,
    );
}

#[test]
fn no_view_in_spanish_has_an_english_sentence_that_is_not_marked() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    let mut found = Vec::new();
    for seen in views::all() {
        anew_in_spanish(&page, views::asks(seen.view));
        views::reach(&page, seen.view);
        let words = unmarked(views::said(&page), &seen.said);
        found.extend(words.into_iter().map(|w| format!("{}: {w}", seen.view)));
    }
    page.close();
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn what_the_desk_refuses_and_finds_is_marked_as_english_in_spanish() {
    let Some((_driver, page)) = page("") else {
        return;
    };
    let none_unmarked = |at: &str, marked: &str| {
        page.holds(
            &format!("return [...document.querySelectorAll('{at} [lang=en]')].some(e => e.textContent.includes('{marked}'))"),
            10,
        );
        let found = unmarked(views::said(&page), &[]);
        assert!(found.is_empty(), "{at}: {}", found.join("\n"));
    };
    // What is found in a reply, and what it leaves out: at the editor and at the sign-off.
    anew_in_spanish(&page, "?faulty");
    page.until("#subject", 20, |t| t == "Refill");
    none_unmarked("#findings", "The chart says another frequency.");
    page.script("document.querySelectorAll('#findings li.serious button[aria-pressed]').forEach(b => b.click())");
    page.holds("return !document.getElementById('accept').disabled", 5);
    page.keys(CTRL_ENTER);
    none_unmarked("#outgoing ~ #disclosure-why", "no words of disclosure");
    none_unmarked("#settled", "It is long.");
    none_unmarked("#omissions", "A question is left open.");
    page.picture("page-sign-off-spanish");
    page.keys(ESCAPE);
    // What could not be done.
    page.click("#import");
    none_unmarked("#notice", "The file is not valid JSON.");
    none_unmarked("#notice", "week.json, line 2");
    page.click("#settings");
    page.click("#back-up-now");
    none_unmarked("#back-up-said", "Choose a folder for backups first.");
    page.click("#own-passphrase-button");
    page.click("#old-passphrase");
    page.keys(&format!("another{ENTER}"));
    page.until("#passphrase-said", 5, |t| !t.is_empty());
    let found = unmarked(views::said(&page), &[]);
    assert!(found.is_empty(), "{}", found.join("\n"));
    page.close();
}
