//! Before the record is open: the first start, the lock screen, the codes.

use crate::state::page;
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
                (None, Some(SessionState::Open { .. })) => view! { <p class="muted" role="status">"Encrypting…"</p> }.into_any(),
                (Some(made), _) => view! { <ShowCodes codes=made /> }.into_any(),
                (None, Some(SessionState::NoRecord { plain })) => view! { <FirstStart plain codes /> }.into_any(),
                (None, Some(SessionState::Locked { users, remembered, red_flags, last_user })) =>
                    view! { <LockScreen users remembered red_flags last_user /> }.into_any(),
                _ => view! { <p class="muted" role="status">"Opening…"</p> }.into_any(),
            }}
        </main>
    }
}

/// Why it did not open.
#[component]
fn EntryFailure() -> impl IntoView {
    let page = page();
    view! {
        <div role="alert" id="entry-failure">
            {move || page.entry_failure.get().map(|f| view! { <p class="notice failure">{f.message}</p> })}
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
    let waiting = red_flags.filter(|n| *n > 0).map(|n| match n {
        1 => "1 red flag waits behind this lock. Unlock now, or call the on-call clinician."
            .to_owned(),
        n => format!(
            "{n} red flags wait behind this lock. Unlock now, or call the on-call clinician."
        ),
    });
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
            <h1>"Countersign is locked"</h1>
            {waiting.map(|w| view! { <p class="notice failure" role="alert" id="flags-waiting">{w}</p> })}
            <EntryFailure />
            <div class="form">
                <label for="unlock-user">"Name"</label>
                <input id="unlock-user" autocomplete="username" list="users" prop:value=move || user.get()
                    on:input=move |e| user.set(event_target_value(&e)) />
                <datalist id="users">{users.into_iter().map(|u| view! { <option value=u></option> }).collect_view()}</datalist>
                <Show when=move || !glass.get() fallback=move || view! {
                    <label for="glass-code">"Sealed code"</label>
                    <input id="glass-code" autocomplete="off" spellcheck="false" prop:value=move || code.get()
                        on:input=move |e| code.set(event_target_value(&e)) />
                    <label for="glass-reason">"Why do you need the record now?"</label>
                    <input id="glass-reason" autocomplete="off" prop:value=move || reason.get()
                        on:input=move |e| reason.set(event_target_value(&e)) />
                }>
                    <label for="unlock-passphrase">"Passphrase"</label>
                    <input id="unlock-passphrase" type="password" autofocus autocomplete="current-password" prop:value=move || passphrase.get()
                        on:input=move |e| passphrase.set(event_target_value(&e)) />
                </Show>
            </div>
            <Show when=move || glass.get()>
                <p class="notice warning">"Emergency access goes on the audit with your name and your reason, and the clinic looks at each one."</p>
            </Show>
            <div class="row end">
                <button type="button" class="ghost" id="break-glass" on:click=move |_| glass.update(|g| *g = !*g)>
                    {move || if glass.get() { "Use a passphrase" } else { "Emergency access…" }}
                </button>
                {move || by_keyring().then(|| view! {
                    <button type="button" id="unlock-keyring" disabled=move || page.busy.get()
                        on:click=move |_| page.unlock(Unlock::Keyring { user: user.get_untracked() })>
                        "Use this computer's keyring"
                    </button>
                })}
                <button class="primary" id="unlock" disabled=move || page.busy.get()>
                    {move || if page.busy.get() { "Opening…" } else { "Unlock" }}
                </button>
            </div>
        </form>
    }
}

#[component]
fn FirstStart(plain: bool, codes: RwSignal<Option<Codes>>) -> impl IntoView {
    let page = page();
    let (user, first, second) = (
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
        RwSignal::new(String::new()),
    );
    let licence = RwSignal::new(Licence::None);
    let differ = move || !second.with(String::is_empty) && first.get() != second.get();
    view! {
        <form class="card" id="first-start" on:submit=move |e| {
            e.prevent_default();
            if differ() || first.with_untracked(String::is_empty) { return; }
            page.create_record(
                FirstAdmin { user: user.get_untracked(), passphrase: first.get_untracked().into(), licence: licence.get_untracked() },
                codes,
            );
        }>
            <h1>"Make your record"</h1>
            <p>
                "Messages, charts and decisions are kept on this machine, encrypted. You are its first admin. "
                "There is no way in without a passphrase or a code: not for us either."
            </p>
            {plain.then(|| view! { <p class="notice" id="plain-record">"The record of an earlier version is here. It is kept as it is, and encrypted now."</p> })}
            <EntryFailure />
            <div class="form">
                <label for="new-user">"Your name, as you sign in"</label>
                <input id="new-user" autofocus autocomplete="username" on:input=move |e| user.set(event_target_value(&e)) />
                <label for="new-licence">"Your licence"</label>
                <select id="new-licence" on:change=move |e| licence.set(Licence::from_name(&event_target_value(&e)).unwrap_or_default())>
                    {Licence::ALL.into_iter().map(|l| view! { <option value=l.as_str()>{l.label()}</option> }).collect_view()}
                </select>
                <label for="new-passphrase">"Passphrase, 10 characters or more"</label>
                <input id="new-passphrase" type="password" autocomplete="new-password" on:input=move |e| first.set(event_target_value(&e)) />
                <label for="new-passphrase-again">"Once more"</label>
                <input id="new-passphrase-again" type="password" autocomplete="new-password" aria-describedby="differ"
                    on:input=move |e| second.set(event_target_value(&e)) />
            </div>
            <p id="differ" class="muted" role="status">{move || if differ() { "The two passphrases differ." } else { "" }}</p>
            <div class="row end">
                <button type="button" id="open-demo" disabled=move || page.busy.get() on:click=move |_| page.open_demo()>
                    "Try the sample in-basket"
                </button>
                <button class="primary" id="create-record" disabled=move || page.busy.get() || differ()>
                    {move || if page.busy.get() { "Encrypting…" } else { "Make the record" }}
                </button>
            </div>
            <p class="muted">"The sample holds invented patients, needs no account, and keeps nothing."</p>
        </form>
    }
}

/// Both codes, once.
#[component]
pub(crate) fn BothCodes(codes: Codes) -> impl IntoView {
    view! {
        <p>"On paper, apart from each other and from this machine. They are not shown again."</p>
        <h2>"Recovery code"</h2>
        <p>"Replaces a forgotten passphrase."</p>
        <p class="code" id="recovery-code">{codes.recovery.to_string()}</p>
        <h2>"Break-glass code"</h2>
        <p>"Opens the record in an emergency. Seal it in an envelope; each use is on the audit."</p>
        <p class="code" id="break-glass-code">{codes.break_glass.to_string()}</p>
    }
}

#[component]
fn ShowCodes(codes: Codes) -> impl IntoView {
    let page = page();
    let noted = RwSignal::new(false);
    view! {
        <section class="card" id="codes" aria-labelledby="codes-title">
            <h1 id="codes-title">"Write both codes down now"</h1>
            <BothCodes codes />
            <label class="choice">
                <input id="codes-noted" type="checkbox" on:change=move |e| noted.set(event_target_checked(&e)) />
                "I have written both down"
            </label>
            <div class="row end">
                <button class="primary" id="codes-done" disabled=move || !noted.get()
                    on:click=move |_| page.codes_noted()>
                    "Begin"
                </button>
            </div>
        </section>
    }
}
