//! The last look: what goes out, to whom, under which words, and what became of each finding.

use crate::hidden::shown;
use crate::language::english::{english, explained};
use crate::language::{t, t_with};
use crate::state::page;
use crate::words;
use leptos::prelude::*;

#[component]
pub(crate) fn SignOffPane() -> impl IntoView {
    let page = page();
    view! {
        {move || page.signing.get().map(|(s, _)| {
            let (omitted, found): (Vec<_>, Vec<_>) = s.findings.into_iter().partition(|f| f.finding.span.is_empty());
            view! {
                <div class="sign-off">
                    <p><strong>{t("sign-to")} " "</strong><span id="sign-off-to">{shown(&s.to)}</span><span class="muted">" " {t_with("sign-recorded", &[("kind", words::decision(s.kind).into())])}</span></p>
                    <div class="outgoing" id="outgoing" tabindex="0" dir="auto" aria-label=t("sign-text")>{shown(&s.text)}</div>
                    <p class="muted" id="disclosure-why">
                        {s.disclosure.is_some().then(|| view! { {t("sign-disclosure")} " " })}
                        {english(s.disclosure_why)}
                    </p>
                    {(!found.is_empty()).then(|| view! {
                        <section aria-label=t("sign-findings-label")>
                            <h3>{t("sign-findings")}</h3>
                            <ul class="settled">
                                {found.into_iter().map(|f| view! {
                                    <li class:done=f.checked>
                                        <strong>{words::finding(&f.finding.kind)}</strong> " “" <q>{f.finding.span}</q> "” "
                                        <span class="muted">{t(if f.checked { "sign-checked" } else { "sign-hint" })}</span>
                                    </li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
                    {(!omitted.is_empty()).then(|| view! {
                        <section id="omissions" aria-label=t("sign-left-out-label")>
                            <h3>{t("sign-left-out")}</h3>
                            <ul class="settled">
                                {omitted.into_iter().map(|f| view! {
                                    <li class:done=f.checked><strong>{words::finding(&f.finding.kind)}</strong> " " {explained(|| words::finding_what(&f.finding.kind), f.finding.why.clone())}</li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
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
