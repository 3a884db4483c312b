//! The people of the record, for admins; one's own passphrase, for everyone.

use crate::state::page;
use contract::{AccountLine, Licence, Role};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn People() -> impl IntoView {
    let page = page();
    let people = RwSignal::new(Vec::<AccountLine>::new());
    let failure = RwSignal::new(None::<String>);
    let (name, first) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (role, licence) = (RwSignal::new(Role::Clinician), RwSignal::new(Licence::None));
    let load = move || {
        spawn_local(async move {
            match page.backend().accounts().await {
                Ok(all) => people.set(all),
                Err(f) => failure.set(Some(f.message)),
            }
        });
    };
    load();
    let done = move |result: Result<(), contract::Failure>| match result {
        Ok(()) => {
            failure.set(None);
            name.set(String::new());
            first.set(String::new());
            load();
        }
        Err(f) => failure.set(Some(f.message)),
    };
    view! {
        <div role="alert">{move || failure.get().map(|f| view! { <p class="notice failure">{f}</p> })}</div>
        <ul class="models" id="people">
            {move || people.get().into_iter().map(|a| {
                let who = a.user.clone();
                let label = format!("Remove {}", a.user);
                view! {
                    <li>
                        <div>
                            <strong>{a.user.clone()}</strong>
                            <p class="muted">{format!("{} · {}", a.role.as_str(), a.licence.label())}</p>
                        </div>
                        <button aria-label=label on:click=move |_| {
                            let who = who.clone();
                            spawn_local(async move { done(page.backend().remove_user(&who).await) });
                        }>"Remove"</button>
                    </li>
                }
            }).collect_view()}
        </ul>
        <form class="form" on:submit=move |e| {
            e.prevent_default();
            let (n, p, r, l) = (name.get_untracked(), first.get_untracked(), role.get_untracked(), licence.get_untracked());
            spawn_local(async move { done(page.backend().add_user(&n, &p, r, l).await) });
        }>
            <label for="person-name">"Name"</label>
            <input id="person-name" autocomplete="off" prop:value=move || name.get() on:input=move |e| name.set(event_target_value(&e)) />
            <label for="person-role">"Role"</label>
            <select id="person-role" on:change=move |e| role.set(Role::from_name(&event_target_value(&e)).unwrap_or(Role::Auditor))>
                {Role::ALL.into_iter().map(|r| view! { <option value=r.as_str()>{r.as_str()}</option> }).collect_view()}
            </select>
            <label for="person-licence">"Licence"</label>
            <select id="person-licence" on:change=move |e| licence.set(Licence::from_name(&event_target_value(&e)).unwrap_or_default())>
                {Licence::ALL.into_iter().map(|l| view! { <option value=l.as_str()>{l.label()}</option> }).collect_view()}
            </select>
            <label for="person-passphrase">"First passphrase"</label>
            <input id="person-passphrase" type="password" autocomplete="new-password" prop:value=move || first.get()
                on:input=move |e| first.set(event_target_value(&e)) />
            <span></span>
            <div class="row end"><button class="primary" id="add-person">"Add"</button></div>
        </form>
    }
}

#[component]
pub(crate) fn OwnPassphrase() -> impl IntoView {
    let page = page();
    let (old, new) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let said = RwSignal::new(String::new());
    view! {
        <form class="form" on:submit=move |e| {
            e.prevent_default();
            let (o, n) = (old.get_untracked(), new.get_untracked());
            spawn_local(async move {
                match page.backend().change_passphrase(&o, &n).await {
                    Ok(()) => {
                        old.set(String::new());
                        new.set(String::new());
                        said.set("Your passphrase is changed.".into());
                    }
                    Err(f) => said.set(f.message),
                }
            });
        }>
            <label for="old-passphrase">"Your passphrase"</label>
            <input id="old-passphrase" type="password" autocomplete="current-password" prop:value=move || old.get()
                on:input=move |e| old.set(event_target_value(&e)) />
            <label for="own-passphrase">"A new one"</label>
            <input id="own-passphrase" type="password" autocomplete="new-password" prop:value=move || new.get()
                on:input=move |e| new.set(event_target_value(&e)) />
            <p role="status" class="muted">{move || said.get()}</p>
            <div class="row end"><button id="change-passphrase">"Change it"</button></div>
        </form>
    }
}
