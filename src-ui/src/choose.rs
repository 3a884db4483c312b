//! Choosing one of many by the beginnings of their words: the palette of commands, lines and facts for a reply.

use crate::keys;
use leptos::prelude::*;

/// One that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Choice {
    pub(crate) name: String,
    /// Beside the name, such as its key or where it comes from.
    pub(crate) note: String,
}

/// Whether every word that was typed begins a word of the name or its note.
fn matches(choice: &Choice, typed: &str) -> bool {
    let name = format!("{} {}", choice.name, choice.note).to_lowercase();
    typed.to_lowercase().split_whitespace().all(|t| {
        name.split(|c: char| !c.is_alphanumeric())
            .any(|w| w.starts_with(t))
    })
}

/// A field and the list under it (the ARIA practice of a combobox with a list box). `id` names the field, `{id}s` the list.
#[component]
pub(crate) fn Chooser(
    id: &'static str,
    label: String,
    none: String,
    choices: Vec<Choice>,
    run: impl Fn(usize) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let at = RwSignal::new(0usize);
    let all = StoredValue::new(choices);
    let found = Memo::new(move |_| {
        typed.with(|t| {
            all.with_value(|all| {
                (0..all.len())
                    .filter(|i| matches(&all[*i], t))
                    .collect::<Vec<_>>()
            })
        })
    });
    let option = move |i: usize| format!("{id}-{i}");
    let chosen = move || found.with(|f| f.get(at.get()).copied());
    let key = move |e: web_sys::KeyboardEvent| {
        // The key that takes a word of an input method runs nothing.
        if e.is_composing() {
            return;
        }
        let last = found.with_untracked(Vec::len).saturating_sub(1);
        match e.key().as_str() {
            "ArrowDown" => at.update(|a| *a = (*a + 1).min(last)),
            "ArrowUp" => at.update(|a| *a = a.saturating_sub(1)),
            "Enter" if !e.ctrl_key() => {
                if let Some(i) = untrack(chosen) {
                    run(i);
                }
            }
            _ => return,
        }
        if let Some(i) = untrack(chosen) {
            keys::into_sight(&option(i));
        }
        e.prevent_default();
    };
    let (hint, list) = (label.clone(), label.clone());
    view! {
        <div class="palette">
            <label class="visually-hidden" for=id>{label}</label>
            <input id=id autofocus autocomplete="off" placeholder=hint role="combobox"
                aria-expanded="true" aria-controls=format!("{id}s") aria-autocomplete="list"
                aria-activedescendant=move || chosen().map(option).unwrap_or_default()
                prop:value=move || typed.get()
                on:input=move |e| { typed.set(event_target_value(&e)); at.set(0); }
                on:keydown=key />
            <ul id=format!("{id}s") role="listbox" aria-label=list>
                {move || found.get().into_iter().enumerate().map(|(n, i)| {
                    let c = all.with_value(|all| all[i].clone());
                    view! {
                        <li id=option(i) role="option" class:chosen=move || at.get() == n
                            aria-selected=move || if at.get() == n { "true" } else { "false" }
                            on:click=move |_| run(i)>
                            <span>{c.name}</span>
                            {(!c.note.is_empty()).then(|| view! { <kbd>{c.note}</kbd> })}
                        </li>
                    }
                }).collect_view()}
            </ul>
            <Show when=move || found.with(Vec::is_empty)><p class="muted">{none.clone()}</p></Show>
        </div>
    }
}
