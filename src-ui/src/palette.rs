//! Every command by its name: what the keys do, and what has none.

use crate::choose::{Choice, Chooser};
use crate::commands::{self, Act};
use crate::language::t;
use crate::state::page;
use leptos::prelude::*;

#[component]
pub(crate) fn Palette() -> impl IntoView {
    let page = page();
    let mut all = untrack(|| commands::listed(page));
    let trains = untrack(|| page.may_train());
    all.retain(|c| trains || !matches!(c.act, Act::Train));
    let all = StoredValue::new(all);
    let choices = all.with_value(|all| {
        all.iter()
            .map(|c| Choice {
                name: c.name.clone(),
                note: c.key.clone(),
            })
            .collect()
    });
    let run = move |i: usize| {
        page.dialog.set(None);
        let command = all.with_value(|all| all[i].clone());
        // The dialog goes first: what is focused then must be on the page below it.
        set_timeout(move || command.run(page), std::time::Duration::ZERO);
    };
    view! { <Chooser id="command" label=t("palette-label") none=t("palette-none") choices run /> }
}
