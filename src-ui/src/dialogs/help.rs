//! The keys, and giving a command another one.

use crate::commands;
use crate::language::english::Said;
use crate::language::{t, t_with};
use crate::state::page;
use crate::table::Table;
use leptos::prelude::*;

#[component]
pub(super) fn Help() -> impl IntoView {
    let page = page();
    let changing = RwSignal::new(false);
    let said = RwSignal::new(Said::default());
    let set = move |id: &'static str, e: &web_sys::Event| {
        let typed = event_target_value(e).trim().to_uppercase();
        let before = page.settings.get_untracked();
        let mut settings = before.clone();
        if typed.is_empty() {
            settings.keys.remove(id);
        } else {
            settings.keys.insert(id.to_owned(), typed.clone());
        }
        // That which is built in is no freer than another: somebody may have given it away.
        let letter = commands::letter_of(&settings, id);
        let refused = if typed.chars().count() > 1 || typed.chars().any(char::is_numeric) {
            Some(Said::Key("keys-one"))
        } else {
            commands::in_its_way(&settings, id).map(|other| {
                Said::Words(t_with(
                    "keys-taken",
                    &[
                        ("letter", letter.as_str().into()),
                        ("command", other.name.into()),
                    ],
                ))
            })
        };
        if let Some(why) = refused {
            said.set(why);
            // The field shows what is in force.
            let field: web_sys::HtmlInputElement = event_target(e);
            field.set_value(&commands::letter_of(&before, id));
            return;
        }
        said.set(match letter.as_str() {
            "" => Said::Key("keys-none"),
            letter => Said::Words(t_with("keys-set", &[("letter", letter.into())])),
        });
        page.save_settings(settings);
    };
    // Those that have no key are shown where they can be given one.
    let rows = move || {
        commands::listed(page)
            .into_iter()
            .filter(|c| !c.key.is_empty() || (changing.get() && !c.id.is_empty()))
            .collect::<Vec<_>>()
    };
    view! {
        {move || {
            let rows = rows().into_iter().map(|c| {
                let letter = c.letter().unwrap_or_default().to_owned();
                let id = c.id;
                let key = if changing.get() && !id.is_empty() {
                    view! {
                        <input class="key" id=format!("key-{id}") maxlength="1" autocomplete="off" prop:value=letter
                            aria-label=t_with("keys-letter-for", &[("command", c.name.as_str().into())])
                            on:change=move |e| set(id, &e) />
                    }.into_any()
                } else {
                    c.key.split(' ').map(|k| view! { <kbd>{k.to_owned()}</kbd> " " }).collect_view().into_any()
                };
                (key, c.name.into_any())
            });
            view! { <Table label=t("keyboard-shortcuts") rows=rows.collect() /> }
        }}
        <p role="status" id="keys-said">{move || said.get().shown()}</p>
        <p class="muted">{t("keys-words")}</p>
        <div class="row end">
            <button id="reset-keys" disabled=move || page.settings.with(|s| s.keys.is_empty())
                on:click=move |_| { let mut s = page.settings.get_untracked(); s.keys.clear(); said.set(Said::Key("keys-built")); page.save_settings(s); }>
                {t("keys-reset")}
            </button>
            <button id="change-keys" aria-pressed=move || if changing.get() { "true" } else { "false" }
                on:click=move |_| changing.update(|c| *c = !*c)>{t("keys-change")}</button>
        </div>
    }
}
