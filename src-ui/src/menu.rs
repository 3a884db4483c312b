//! A menu: arrow keys go from one to the next, letters to the next that begins with them (the ARIA practice of menus).

use crate::keys;
use leptos::prelude::*;

/// What can be chosen, by its name. The first takes the focus; `id` and a number name each.
#[component]
pub(crate) fn Menu(
    id: &'static str,
    label: String,
    names: Vec<String>,
    #[prop(into)] run: Callback<usize>,
) -> impl IntoView {
    let at = RwSignal::new(0usize);
    let item = move |n: usize| format!("{id}-{n}");
    let begins: Vec<String> = names.iter().map(|n| n.to_lowercase()).collect();
    let pressed = move |e: web_sys::KeyboardEvent| {
        let (now, count) = (at.get_untracked(), begins.len());
        let key = e.key().to_lowercase();
        let to = match key.as_str() {
            "arrowdown" => (now + 1) % count,
            "arrowup" => (now + count - 1) % count,
            "home" => 0,
            "end" => count - 1,
            _ if key.chars().count() == 1 && !e.ctrl_key() && !e.alt_key() && !e.meta_key() => {
                let after = (1..=count).map(|n| (now + n) % count);
                match after.clone().find(|n| begins[*n].starts_with(&key)) {
                    Some(n) => n,
                    None => return,
                }
            }
            _ => return,
        };
        e.prevent_default();
        at.set(to);
        keys::focus(&item(to));
    };
    view! {
        <div class="menu" role="menu" aria-label=label on:keydown=pressed>
            {names.into_iter().enumerate().map(|(n, name)| view! {
                <button role="menuitem" id=item(n) autofocus=n == 0 tabindex=move || if at.get() == n { "0" } else { "-1" }
                    on:focus=move |_| at.set(n) on:click=move |_| run.run(n)>{name}</button>
            }).collect_view()}
        </div>
    }
    .into_any()
}
