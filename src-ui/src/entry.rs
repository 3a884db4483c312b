//! Before the record is open: the first start, the lock screen, the codes.

use crate::field::{Field, Kind, Tick};
use crate::language::english::failure;
use crate::language::{self, t, t_with};
use crate::state::page;
use crate::words;
use contract::{Codes, FirstAdmin, Licence, SessionState, Unlock};
use leptos::prelude::*;

/// What is shown while no record is open.
#[component]
pub(crate) fn Entry() -> impl IntoView {
    let page = page();
    let codes = RwSignal::new(None::<Codes>);
    view! {
        <main class="welcome" id="entry">
            {move || match (codes.get(), page.session.get()) {
                (None, Some(SessionState::Open { .. })) => view! { <p class="muted" role="status">{move || { language::track(); t("entry-encrypting") }}</p> }.into_any(),
                (Some(made), _) => view! { <ShowCodes codes=made /> }.into_any(),
                (None, Some(SessionState::NoRecord { plain })) => view! { <FirstStart plain codes /> }.into_any(),
                (None, Some(SessionState::Locked { users, remembered, red_flags, last_user })) =>
                    view! { <LockScreen users remembered red_flags last_user /> }.into_any(),
                _ => view! { <p class="muted" role="status">{move || { language::track(); t("entry-opening") }}</p> }.into_any(),
            }}
            <language::Select />
        </main>
    }
}

/// Why it did not open.
#[component]
fn EntryFailure() -> impl IntoView {
    let page = page();
    view! {
        <div role="alert" id="entry-failure">
            {move || page.entry_failure.get().map(|f| view! { <p class="notice failure">{failure(&f)}</p> })}
        </div>
    }
}

#[component]
fn LockScreen(
    users: Vec<String>,
    remembered: Vec<String>,
    red_flags: Option<usize>,
    last_user: String,
) -> impl IntoView {
    let page = page();
    let user = RwSignal::new(if last_user.is_empty() || !users.contains(&last_user) {
        users.first().cloned().unwrap_or_default()
    } else {
        last_user
    });
    let passphrase = RwSignal::new(String::new());
    let glass = RwSignal::new(false);
    let (code, reason) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let by_keyring = move || !glass.get() && remembered.contains(&user.get());
    let waiting = red_flags.filter(|n| *n > 0);
    // Drawn anew in another language; what was typed stays.
    move || {
        language::track();
        let (users, by_keyring) = (users.clone(), by_keyring.clone());
        let waiting = waiting.map(|n| t_with("lock-flags", &[("count", n.into())]));
        view! {
            <form class="card" id="lock-screen" on:submit=move |e| {
                e.prevent_default();
                let with = if glass.get_untracked() {
                    Unlock::BreakGlass { user: user.get_untracked(), code: code.get_untracked().into(), reason: reason.get_untracked() }
                } else {
                    Unlock::Passphrase { user: user.get_untracked(), passphrase: passphrase.get_untracked().into() }
                };
                passphrase.set(String::new());
                code.set(String::new());
                page.unlock(with);
            }>
                <h1>{t("lock-title")}</h1>
                {waiting.map(|w| view! { <p class="notice failure" role="alert" id="flags-waiting">{w}</p> })}
                <EntryFailure />
                <div class="form">
                    <Field id="unlock-user" label=t("lock-name") kind=Kind::Listed("users") held=user />
                    <datalist id="users">{users.into_iter().map(|u| view! { <option value=u></option> }).collect_view()}</datalist>
                    <Show when=move || !glass.get() fallback=move || view! {
                        <Field id="glass-code" label=t("lock-code") kind=Kind::Words("off") held=code />
                        <Field id="glass-reason" label=t("lock-reason") kind=Kind::Words("off") held=reason />
                    }>
                        <Field id="unlock-passphrase" label=t("lock-passphrase") kind=Kind::Secret("current-password") held=passphrase autofocus=true />
                    </Show>
                </div>
                <Show when=move || glass.get()>
                    <p class="notice warning">{t("lock-glass-words")}</p>
                </Show>
                <div class="row end">
                    <button type="button" class="ghost" id="break-glass" on:click=move |_| glass.update(|g| *g = !*g)>
                        {move || t(if glass.get() { "lock-use-passphrase" } else { "lock-glass" })}
                    </button>
                    {move || by_keyring().then(|| view! {
                        <button type="button" id="unlock-keyring" disabled=move || page.busy.get()
                            on:click=move |_| page.unlock(Unlock::Keyring { user: user.get_untracked() })>
                            {t("lock-keyring")}
                        </button>
                    })}
                    <button class="primary" id="unlock" disabled=move || page.busy.get()>
                        {move || t(if page.busy.get() { "entry-opening" } else { "lock-unlock" })}
                    </button>
                </div>
            </form>
        }
    }
}

#[component]
fn FirstStart(plain: bool, codes: RwSignal<Option<Codes>>) -> impl IntoView {
    let page = page();
    let [user, first, second] = [(); 3].map(|()| RwSignal::new(String::new()));
    let licence = RwSignal::new(Licence::None.as_str().to_owned());
    let differ = move || !second.with(String::is_empty) && first.get() != second.get();
    // Drawn anew in another language; what was typed stays.
    move || {
        language::track();
        view! {
            <form class="card" id="first-start" on:submit=move |e| {
                e.prevent_default();
                if differ() || first.with_untracked(String::is_empty) { return; }
                page.create_record(
                    FirstAdmin { user: user.get_untracked(), passphrase: first.get_untracked().into(), licence: words::licence_of(licence) },
                    codes,
                );
            }>
                <h1>{t("first-title")}</h1>
                <p>{t("first-words")}</p>
                {plain.then(|| view! { <p class="notice" id="plain-record">{t("first-plain")}</p> })}
                <EntryFailure />
                <div class="form">
                    <Field id="new-user" label=t("first-name") kind=Kind::Words("username") held=user autofocus=true />
                    <Field id="new-licence" label=t("first-licence") kind=Kind::OneOf(words::licences()) held=licence />
                    <Field id="new-passphrase" label=t("first-passphrase") kind=Kind::Secret("new-password") held=first />
                    <Field id="new-passphrase-again" label=t("first-again") kind=Kind::Secret("new-password") held=second
                        error=Signal::derive(move || if differ() { t("first-differ") } else { String::new() }) />
                </div>
                <div class="row end">
                    <button type="button" id="open-demo" disabled=move || page.busy.get() on:click=move |_| page.open_demo()>
                        {t("first-sample")}
                    </button>
                    <button class="primary" id="create-record" disabled=move || page.busy.get() || differ()>
                        {move || t(if page.busy.get() { "entry-encrypting" } else { "first-make" })}
                    </button>
                </div>
                <p class="muted">{t("first-sample-words")}</p>
            </form>
        }
    }
}

/// Both codes, once.
#[component]
pub(crate) fn BothCodes(codes: Codes) -> impl IntoView {
    view! {
        <p>{t("codes-paper")}</p>
        <h2>{t("codes-recovery")}</h2>
        <p>{t("codes-recovery-words")}</p>
        <p class="code" id="recovery-code">{codes.recovery.to_string()}</p>
        <h2>{t("codes-glass")}</h2>
        <p>{t("codes-glass-words")}</p>
        <p class="code" id="break-glass-code">{codes.break_glass.to_string()}</p>
    }
}

#[component]
fn ShowCodes(codes: Codes) -> impl IntoView {
    let page = page();
    let noted = RwSignal::new(false);
    move || {
        language::track();
        let codes = codes.clone();
        view! {
            <section class="card" id="codes" aria-labelledby="codes-title">
                <h1 id="codes-title">{t("codes-title")}</h1>
                <BothCodes codes />
                <Tick id="codes-noted".into() label=t("codes-noted") around=true get=noted set=move |on| noted.set(on) />
                <div class="row end">
                    <button class="primary" id="codes-done" disabled=move || !noted.get()
                        on:click=move |_| page.codes_noted()>
                        {t("codes-begin")}
                    </button>
                </div>
            </section>
        }
    }
}
