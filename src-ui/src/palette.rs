//! Every command by its name: what the keys do, and what has none.

use crate::commands;
use crate::keys;
use crate::state::page;
use leptos::prelude::*;

/// Whether every word that was typed begins a word of the name.
fn matches(name: &str, typed: &str) -> bool {
    let name = name.to_lowercase();
    typed.to_lowercase().split_whitespace().all(|t| {
        name.split(|c: char| !c.is_alphanumeric())
            .any(|w| w.starts_with(t))
    })
}

#[component]
pub(crate) fn Palette() -> impl IntoView {
    let page = page();
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let all = StoredValue::new(commands::all());
    let found = move || {
        typed.with(|t| {
            all.with_value(|all| {
                (0..all.len())
                    .filter(|i| matches(&all[*i].name, t))
                    .collect::<Vec<_>>()
            })
        })
    };
    let run = move |i: usize| {
        page.dialog.set(None);
        let command = all.with_value(|all| all[i].clone());
        // The dialog goes first: what is focused then must be on the page below it.
        set_timeout(move || command.run(page), std::time::Duration::ZERO);
    };
    let key = move |e: web_sys::KeyboardEvent| {
        let last = found().len().saturating_sub(1);
        match e.key().as_str() {
            "ArrowDown" => at.update(|a| *a = (*a + 1).min(last)),
            "ArrowUp" => at.update(|a| *a = a.saturating_sub(1)),
            "Enter" if !e.ctrl_key() => {
                if let Some(i) = found().get(at.get_untracked()) {
                    run(*i);
                }
            }
            _ => return,
        }
        if let Some(i) = found().get(at.get_untracked()) {
            keys::into_sight(&format!("command-{i}"));
        }
        e.prevent_default();
    };
    view! {
        <div class="palette">
            <label class="visually-hidden" for="command">"Command"</label>
            <input id="command" autofocus autocomplete="off" placeholder="Type a command" role="combobox"
                aria-expanded="true" aria-controls="commands" aria-autocomplete="list"
                aria-activedescendant=move || found().get(at.get()).map(|i| format!("command-{i}")).unwrap_or_default()
                prop:value=move || typed.get()
                on:input=move |e| { typed.set(event_target_value(&e)); at.set(0); }
                on:keydown=key />
            <ul id="commands" role="listbox" aria-label="Commands">
                {move || found().into_iter().enumerate().map(|(n, i)| {
                    let (name, key) = all.with_value(|all| (all[i].name.clone(), all[i].key));
                    view! {
                        <li id=format!("command-{i}") role="option" class:chosen=move || at.get() == n
                            aria-selected=move || if at.get() == n { "true" } else { "false" }
                            on:click=move |_| run(i)>
                            <span>{name}</span>
                            {(!key.is_empty()).then(|| view! { <kbd>{key}</kbd> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
            <Show when=move || found().is_empty()><p class="muted">"No command has these words."</p></Show>
        </div>
    }
}
