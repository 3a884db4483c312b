//! The last look: what goes out, to whom, under which words, and what became of each finding.

use crate::hidden::shown;
use crate::language::english::{english, explained};
use crate::language::{t, t_with};
use crate::state::page;
use crate::words;
use contract::Finding;
use leptos::prelude::*;

/// Whether a kind of finding tells what a reply leaves out.
fn is_omission(kind: &str) -> bool {
    matches!(
        kind,
        "missing_urgent_advice" | "unanswered_question" | "should_ask"
    )
}

/// A finding by its kind and its words, if it is about some.
fn named(f: &Finding) -> AnyView {
    let words = (!f.span.is_empty()).then(|| view! { " “" <q dir="auto">{shown(&f.span)}</q> "”" });
    view! { <strong>{words::finding(&f.kind)}</strong> {words} " " }.into_any()
}

#[component]
pub(crate) fn SignOffPane() -> impl IntoView {
    let page = page();
    view! {
        {move || page.signing.get().map(|(s, _)| {
            let (omitted, found): (Vec<_>, Vec<_>) = s.findings.into_iter().partition(|f| is_omission(&f.finding.kind));
            let (gone, mended): (Vec<_>, Vec<_>) = s.mended.into_iter().partition(|f| is_omission(&f.kind));
            let nothing_left_out = omitted.is_empty() && gone.is_empty();
            view! {
                <div class="sign-off">
                    <p><strong>{t("sign-to")} " "</strong><span id="sign-off-to">{shown(&s.to)}</span><span class="muted">" " {t_with("sign-recorded", &[("kind", words::decision(s.kind).into())])}</span></p>
                    <div class="outgoing" id="outgoing" tabindex="0" dir="auto" aria-label=t("sign-text")>{shown(&s.text)}</div>
                    <p class="muted" id="disclosure-why">
                        {s.disclosure.is_some().then(|| view! { {t("sign-disclosure")} " " })}
                        {english(s.disclosure_why)}
                    </p>
                    {(!(found.is_empty() && mended.is_empty())).then(|| view! {
                        <section id="settled" aria-label=t("sign-findings-label")>
                            <h3>{t("sign-findings")}</h3>
                            <ul class="settled">
                                {found.into_iter().map(|f| view! {
                                    <li class:done=f.checked>
                                        {named(&f.finding)}
                                        <span class="muted">{t(if f.checked { "sign-checked" } else { "sign-hint" })}</span>
                                    </li>
                                }).collect_view()}
                                {mended.into_iter().map(|f| view! {
                                    <li class="done">{named(&f)} <span class="muted">{t("sign-mended")}</span></li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
                    <section id="omissions" aria-label=t("sign-left-out-label")>
                        <h3>{t("sign-left-out")}</h3>
                        {if nothing_left_out {
                            view! { <p class="muted">{t("sign-nothing-left-out")}</p> }.into_any()
                        } else { view! {
                            <ul class="settled">
                                {omitted.into_iter().map(|f| view! {
                                    <li class:done=f.checked><strong>{words::finding(&f.finding.kind)}</strong> " " {explained(|| words::finding_what(&f.finding.kind), f.finding.why.clone())}</li>
                                }).collect_view()}
                                {gone.into_iter().map(|f| view! {
                                    <li class="done">{named(&f)} <span class="muted">{t("sign-mended")}</span></li>
                                }).collect_view()}
                            </ul>
                        }.into_any() }}
                    </section>
                    <div class="row end">
                        <button type="button" on:click=move |_| page.dialog.set(None)>{t("sign-back")} " " <kbd>"Esc"</kbd></button>
                        <button class="primary" id="send" autofocus disabled=move || page.busy.get() on:click=move |_| page.send()>
                            {t("sign-send")} " " <kbd>"Ctrl ↵"</kbd>
                        </button>
                    </div>
                    <p class="muted">{t_with("sign-undo", &[("count", s.undo_seconds.into())])}</p>
                </div>
            }
        })}
    }
}
