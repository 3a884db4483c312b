//! Giving a message to somebody who may answer it.

use crate::choose::{Choice, Chooser};
use crate::keys;
use crate::language::english::failure;
use crate::language::t;
use crate::state::page;
use contract::Failure;
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn Give() -> impl IntoView {
    let page = page();
    let answer = RwSignal::new(None::<Result<Vec<String>, Failure>>);
    spawn_local(async move {
        answer.set(Some(page.backend().colleagues().await));
        // The field comes after the dialog was opened, and with it the focus.
        set_timeout(|| keys::focus("give"), std::time::Duration::ZERO);
    });
    view! {
        {move || answer.get().map(|a| match a {
            Err(f) => view! { <p class="notice failure" role="alert">{failure(&f)}</p> }.into_any(),
            Ok(names) => view! { <Names names /> }.into_any(),
        })}
        <p class="muted">{t("give-words")}</p>
    }
}

/// The names to choose from, and nobody last.
#[component]
fn Names(names: Vec<String>) -> impl IntoView {
    let page = page();
    let (me, has) = untrack(|| {
        (
            page.me(),
            page.row().map(|r| r.assignee).unwrap_or_default(),
        )
    });
    let note = |name: &str| match name {
        n if n == has => t("give-has"),
        n if n == me => t("give-me"),
        _ => String::new(),
    };
    let mut choices: Vec<Choice> = names
        .iter()
        .map(|name| Choice {
            name: name.clone(),
            note: note(name),
        })
        .collect();
    choices.push(Choice {
        name: t("give-nobody"),
        note: String::new(),
    });
    let names = StoredValue::new(names);
    let run = move |i: usize| {
        let to = names.with_value(|n| n.get(i).cloned().unwrap_or_default());
        page.dialog.set(None);
        page.give(to);
    };
    view! { <Chooser id="give" label=t("give-label") none=t("give-none") choices run /> }
}
