//! The people of the record, for admins; one's own passphrase, for everyone.

use crate::entry::BothCodes;
use crate::state::page;
use contract::{AccountLine, Codes, Licence, Role, SessionState};
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
        <NewCodes />
    }
}

/// Makes new codes and shows them once. The old ones open nothing from then on, so it is asked twice.
#[component]
fn NewCodes() -> impl IntoView {
    let page = page();
    let (asked, made) = (
        RwSignal::new(false),
        RwSignal::new(None::<Result<Codes, String>>),
    );
    let make = move |_| {
        asked.set(false);
        spawn_local(async move {
            made.set(Some(
                page.backend().new_codes().await.map_err(|f| f.message),
            ));
        });
    };
    view! {
        <section aria-labelledby="new-codes-title">
            <h2 id="new-codes-title">"Recovery and break-glass codes"</h2>
            {move || match (made.get(), asked.get()) {
                (Some(Ok(codes)), _) => view! { <BothCodes codes /> }.into_any(),
                (Some(Err(why)), _) => view! { <p class="notice failure" role="alert">{why}</p> }.into_any(),
                (None, false) => view! {
                    <div class="row end"><button type="button" id="new-codes" on:click=move |_| asked.set(true)>"Make new codes…"</button></div>
                }.into_any(),
                (None, true) => view! {
                    <p>"Both old codes open nothing any more, the sealed envelope's included. Have paper at hand."</p>
                    <div class="row end">
                        <button type="button" autofocus on:click=move |_| asked.set(false)>"Keep the old ones"</button>
                        <button type="button" class="primary" id="confirm-new-codes" on:click=make>"Make new codes"</button>
                    </div>
                }.into_any(),
            }}
        </section>
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
            <p role="status" class="muted" id="passphrase-said">{move || said.get()}</p>
            <div class="row end"><button id="change-passphrase">"Change it"</button></div>
        </form>
        <ThisComputer />
    }
}

/// Whether this computer's keyring opens the record for the person, where the clinic lets it.
#[component]
fn ThisComputer() -> impl IntoView {
    let page = page();
    let passphrase = RwSignal::new(String::new());
    let kept = RwSignal::new(page.session.with_untracked(|s| {
        matches!(
            s,
            Some(SessionState::Open {
                remembered: true,
                ..
            })
        )
    }));
    let said = RwSignal::new(String::new());
    let done = move |outcome: Result<(), contract::Failure>, now: bool, words: &str| match outcome {
        Ok(()) => {
            kept.set(now);
            said.set(words.to_owned());
        }
        Err(f) => said.set(f.message),
    };
    let remember = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        let typed = passphrase.get_untracked();
        passphrase.set(String::new());
        spawn_local(async move {
            done(
                page.backend().remember(&typed).await,
                true,
                "This computer's keyring opens the record for you now.",
            );
        });
    };
    let forget = move |_| {
        spawn_local(async move {
            done(
                page.backend().forget().await,
                false,
                "It keeps nothing of yours any more.",
            );
        });
    };
    view! {
        <section aria-labelledby="this-computer">
            <h2 id="this-computer">"This computer's keyring"</h2>
            <p class="muted">"It can open the record after a start, for whoever is logged in to this computer as you. Your passphrase always does."</p>
            {move || match (page.settings.with(|s| s.keyring), kept.get()) {
                (false, false) => view! { <p class="muted">"The clinic has not let it in (Settings)."</p> }.into_any(),
                (_, true) => view! { <div class="row end"><button type="button" id="forget" on:click=forget>"Take it back"</button></div> }.into_any(),
                (true, false) => view! {
                    <form class="form" on:submit=remember>
                        <label for="remember-passphrase">"Your passphrase"</label>
                        <input id="remember-passphrase" type="password" autocomplete="current-password" prop:value=move || passphrase.get()
                            on:input=move |e| passphrase.set(event_target_value(&e)) />
                        <div class="row end"><button id="remember">"Let it open the record"</button></div>
                    </form>
                }.into_any(),
            }}
            <p role="status" class="muted" id="keyring-said">{move || said.get()}</p>
        </section>
    }
}
