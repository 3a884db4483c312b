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
    let set = move |id: &'static str, typed: &str| {
        let letter = typed.trim().to_uppercase();
        let mut settings = page.settings.get_untracked();
        if letter.is_empty() {
            settings.keys.remove(id);
        } else if letter.chars().count() != 1 {
            said.set(Said::Key("keys-one"));
            return;
        } else if let Some(other) = commands::of_letter(&settings, &letter).filter(|c| c.id != id) {
            said.set(Said::Words(t_with(
                "keys-taken",
                &[("letter", letter.into()), ("command", other.name.into())],
            )));
            return;
        } else {
            settings.keys.insert(id.to_owned(), letter.clone());
        }
        said.set(Said::Words(t_with(
            "keys-set",
            &[("letter", letter.into())],
        )));
        page.save_settings(settings);
    };
    let rows = move || {
        page.settings.with(|s| {
            commands::all(s)
                .into_iter()
                .filter(|c| !c.key.is_empty())
                .collect::<Vec<_>>()
        })
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
                            on:change=move |e| set(id, &event_target_value(&e)) />
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
