//! The people of the record, for admins; one's own passphrase, for everyone.

use crate::entry::BothCodes;
use crate::field::{Field, Kind};
use crate::language::english::{Said, failure};
use crate::language::{t, t_with};
use crate::state::page;
use crate::words;
use contract::{AccountLine, Codes, Failure, Licence, Role, SessionState};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(crate) fn People() -> impl IntoView {
    let page = page();
    let people = RwSignal::new(Vec::<AccountLine>::new());
    let failed = RwSignal::new(None::<Failure>);
    let (name, first) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let role = RwSignal::new(Role::Clinician.as_str().to_owned());
    let licence = RwSignal::new(Licence::None.as_str().to_owned());
    let roles = Role::ALL.map(|r| (r.as_str(), words::role(r))).to_vec();
    let load = move || {
        spawn_local(async move {
            match page.backend().accounts().await {
                Ok(all) => people.set(all),
                Err(f) => failed.set(Some(f)),
            }
        });
    };
    load();
    let done = move |result: Result<(), Failure>| match result {
        Ok(()) => {
            failed.set(None);
            name.set(String::new());
            first.set(String::new());
            load();
        }
        Err(f) => failed.set(Some(f)),
    };
    view! {
        <div role="alert">{move || failed.get().map(|f| view! { <p class="notice failure">{failure(&f)}</p> })}</div>
        <ul class="models" id="people">
            {move || people.get().into_iter().map(|a| {
                let who = a.user.clone();
                let label = t_with("people-remove-label", &[("user", a.user.as_str().into())]);
                view! {
                    <li>
                        <div>
                            <strong>{a.user.clone()}</strong>
                            <p class="muted">{t_with("people-line", &[("role", words::role(a.role).into()), ("licence", words::licence(a.licence).into())])}</p>
                        </div>
                        <button aria-label=label on:click=move |_| {
                            let who = who.clone();
                            spawn_local(async move { done(page.backend().remove_user(&who).await) });
                        }>{t("people-remove")}</button>
                    </li>
                }
            }).collect_view()}
        </ul>
        <form class="form" on:submit=move |e| {
            e.prevent_default();
            let (n, p, l) = (name.get_untracked(), first.get_untracked(), words::licence_of(licence));
            // A name that is not known may do the least.
            let r = role.with_untracked(|r| Role::from_name(r)).unwrap_or(Role::Auditor);
            spawn_local(async move { done(page.backend().add_user(&n, &p, r, l).await) });
        }>
            <Field id="person-name" label=t("people-name") kind=Kind::Words("off") held=name />
            <Field id="person-role" label=t("people-role") kind=Kind::OneOf(roles) held=role />
            <Field id="person-licence" label=t("people-licence") kind=Kind::OneOf(words::licences()) held=licence />
            <Field id="person-passphrase" label=t("people-first") kind=Kind::Secret("new-password") held=first />
            <span></span>
            <div class="row end"><button class="primary" id="add-person">{t("people-add")}</button></div>
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
        RwSignal::new(None::<Result<Codes, Failure>>),
    );
    let make = move |_| {
        asked.set(false);
        spawn_local(async move {
            made.set(Some(page.backend().new_codes().await));
        });
    };
    view! {
        <section aria-labelledby="new-codes-title">
            <h2 id="new-codes-title">{t("people-codes")}</h2>
            {move || match (made.get(), asked.get()) {
                (Some(Ok(codes)), _) => view! { <BothCodes codes /> }.into_any(),
                (Some(Err(why)), _) => view! { <p class="notice failure" role="alert">{failure(&why)}</p> }.into_any(),
                (None, false) => view! {
                    <div class="row end"><button type="button" id="new-codes" on:click=move |_| asked.set(true)>{t("people-codes-ask")}</button></div>
                }.into_any(),
                (None, true) => view! {
                    <p>{t("people-codes-words")}</p>
                    <div class="row end">
                        <button type="button" autofocus on:click=move |_| asked.set(false)>{t("people-codes-keep")}</button>
                        <button type="button" class="primary" id="confirm-new-codes" on:click=make>{t("people-codes-make")}</button>
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
    let said = RwSignal::new(Said::default());
    view! {
        <form class="form" on:submit=move |e| {
            e.prevent_default();
            let (o, n) = (old.get_untracked(), new.get_untracked());
            spawn_local(async move {
                match page.backend().change_passphrase(&o, &n).await {
                    Ok(()) => {
                        old.set(String::new());
                        new.set(String::new());
                        said.set(Said::Key("passphrase-changed"));
                    }
                    Err(f) => said.set(Said::Failure(f)),
                }
            });
        }>
            <Field id="old-passphrase" label=t("passphrase-old") kind=Kind::Secret("current-password") held=old />
            <Field id="own-passphrase" label=t("passphrase-new") kind=Kind::Secret("new-password") held=new />
            <p role="status" class="muted" id="passphrase-said">{move || said.get().shown()}</p>
            <div class="row end"><button id="change-passphrase">{t("passphrase-change")}</button></div>
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
    let said = RwSignal::new(Said::default());
    let done = move |outcome: Result<(), Failure>, now: bool, key: &'static str| match outcome {
        Ok(()) => {
            kept.set(now);
            said.set(Said::Key(key));
        }
        Err(f) => said.set(Said::Failure(f)),
    };
    let remember = move |e: leptos::ev::SubmitEvent| {
        e.prevent_default();
        let typed = passphrase.get_untracked();
        passphrase.set(String::new());
        spawn_local(async move {
            done(page.backend().remember(&typed).await, true, "keyring-opens");
        });
    };
    let forget = move |_| {
        spawn_local(async move {
            done(page.backend().forget().await, false, "keyring-forgot");
        });
    };
    view! {
        <section aria-labelledby="this-computer">
            <h2 id="this-computer">{t("keyring-title")}</h2>
            <p class="muted">{t("keyring-words")}</p>
            {move || match (page.settings.with(|s| s.keyring), kept.get()) {
                (false, false) => view! { <p class="muted">{t("keyring-shut")}</p> }.into_any(),
                (_, true) => view! { <div class="row end"><button type="button" id="forget" on:click=forget>{t("keyring-forget")}</button></div> }.into_any(),
                (true, false) => view! {
                    <form class="form" on:submit=remember>
                        <Field id="remember-passphrase" label=t("passphrase-old") kind=Kind::Secret("current-password") held=passphrase />
                        <div class="row end"><button id="remember">{t("keyring-let")}</button></div>
                    </form>
                }.into_any(),
            }}
            <p role="status" class="muted" id="keyring-said">{move || said.get().shown()}</p>
        </section>
    }
}
