//! Tabs: arrow keys go from one to the next (the ARIA practice of tabs).

use crate::keys;
use leptos::prelude::*;

/// The id of a tab.
pub(crate) fn tab_id(name: &str) -> String {
    format!("tab-{}", name.to_lowercase())
}

/// A row of tabs over a panel: each has a name of its own, what it is called, and a count where there is one; it is
/// quieter where its part is empty.
#[component]
pub(crate) fn Tabs(
    label: String,
    panel: &'static str,
    names: Vec<(&'static str, String, Option<usize>)>,
    tab: RwSignal<&'static str>,
) -> impl IntoView {
    let order: Vec<&'static str> = names.iter().map(|n| n.0).collect();
    let pressed = move |e: web_sys::KeyboardEvent| {
        let at = order
            .iter()
            .position(|n| *n == tab.get_untracked())
            .unwrap_or(0);
        let to = match e.key().as_str() {
            "ArrowRight" => (at + 1) % order.len(),
            "ArrowLeft" => (at + order.len() - 1) % order.len(),
            "Home" => 0,
            "End" => order.len() - 1,
            _ => return,
        };
        e.prevent_default();
        tab.set(order[to]);
        keys::focus(&tab_id(order[to]));
    };
    view! {
        <div class="tabs" role="tablist" aria-label=label on:keydown=pressed>
            {names.into_iter().map(|(name, called, n)| view! {
                <button role="tab" id=tab_id(name) aria-controls=panel
                    aria-selected=move || if tab.get() == name { "true" } else { "false" }
                    tabindex=move || if tab.get() == name { "0" } else { "-1" }
                    class:empty=n == Some(0)
                    on:click=move |_| tab.set(name)>
                    {called} {n.filter(|n| *n > 0).map(|n| view! { " " <span class="count">{n}</span> })}
                </button>
            }).collect_view()}
        </div>
    }
}
