//! The last look: what goes out, to whom, under which words, and what became of each finding.

use crate::hidden::shown;
use crate::language::english::{english, explained};
use crate::language::{t, t_with};
use crate::state::page;
use crate::words;
use contract::{Finding, Settled};
use leptos::prelude::*;

/// Whether a kind of finding tells what a reply leaves out.
fn is_omission(kind: &str) -> bool {
    matches!(
        kind,
        "missing_urgent_advice" | "unanswered_question" | "should_ask"
    )
}

/// What became of findings: those in the reply, and those of the draft that an edit has mended.
fn lines(found: Vec<Settled>, mended: Vec<Finding>) -> AnyView {
    let left = found.into_iter().map(|f| {
        let became = if f.checked {
            "sign-checked"
        } else {
            "sign-hint"
        };
        (f.checked, f.finding, became)
    });
    let mended = mended.into_iter().map(|f| (true, f, "sign-mended"));
    let lines: Vec<AnyView> = left.chain(mended).map(line).collect();
    view! { <ul class="settled">{lines}</ul> }.into_any()
}

/// A finding by its kind, with its words or what it means, and what became of it.
fn line((done, f, became): (bool, Finding, &'static str)) -> AnyView {
    let about = if f.span.is_empty() {
        explained(|| words::finding_what(&f.kind), f.why).into_any()
    } else {
        view! { "“" <q dir="auto">{shown(&f.span)}</q> "”" }.into_any()
    };
    view! {
        <li class:done=done>
            <strong>{words::finding(&f.kind)}</strong> " " {about} " " <span class="muted">{t(became)}</span>
        </li>
    }
    .into_any()
}

#[component]
pub(crate) fn SignOffPane() -> impl IntoView {
    let page = page();
    view! {
        {move || page.signing.get().map(|(s, _)| {
            let (omitted, found): (Vec<_>, Vec<_>) = s.findings.into_iter().partition(|f| is_omission(&f.finding.kind));
            let (gone, mended): (Vec<_>, Vec<_>) = s.mended.into_iter().partition(|f| is_omission(&f.kind));
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
                            {lines(found, mended)}
                        </section>
                    })}
                    <section id="omissions" aria-label=t("sign-left-out-label")>
                        <h3>{t("sign-left-out")}</h3>
                        {if omitted.is_empty() && gone.is_empty() {
                            view! { <p class="muted">{t("sign-nothing-left-out")}</p> }.into_any()
                        } else {
                            lines(omitted, gone)
                        }}
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
