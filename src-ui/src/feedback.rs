//! How the draft was: asked for after a decision, answered with one key, or not at all.

use crate::language::{t, t_with};
use crate::state::{Notice, Page, page};
use crate::words;
use contract::{Rating, Reason};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::BTreeSet;

/// What is asked of one decision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Asking {
    pub(crate) decision_id: i64,
    /// Whose message it answered: the next one is on screen by then.
    pub(crate) patient: String,
    /// Reasons that are chosen; at first those that the change speaks for.
    pub(crate) chosen: BTreeSet<Reason>,
    /// Whether all reasons are shown.
    pub(crate) all: bool,
}

impl Page {
    /// Sends stars with the reasons that are chosen.
    pub(crate) fn rate(self, stars: Option<u8>) {
        let Some(asking) = self.asking.get_untracked() else {
            return;
        };
        self.asking.set(None);
        let rating = Rating {
            stars,
            reasons: asking.chosen.into_iter().collect(),
        };
        spawn_local(async move {
            match self.backend().rate(asking.decision_id, rating).await {
                Ok(()) => self.say(t("say-thanks")),
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }
}

#[component]
pub(crate) fn FeedbackBar() -> impl IntoView {
    let page = page();
    let shown = Memo::new(move |_| {
        page.asking.with(|a| {
            a.as_ref()
                .map(|a| (a.decision_id, a.patient.clone(), a.all))
        })
    });
    view! {
        {move || shown.get().map(|(_, patient, all)| {
            let title = t_with("feedback-title", &[("patient", patient.into())]);
            let first = page.asking.with_untracked(|a| a.as_ref().map(|a| a.chosen.clone()).unwrap_or_default());
            let reasons: Vec<Reason> = if all { Reason::ALL.into() } else { first.into_iter().collect() };
            view! {
                <section class="feedback" id="feedback" aria-label=title>
                    <p><strong>{title.clone()}</strong>
                        <span class="muted">" " {t("feedback-keys")}</span></p>
                    <div class="row">
                        {(1..=5u8).map(|n| view! {
                            <button class="star" id=format!("star-{n}") aria-label=t_with("feedback-star", &[("number", n.into())]) on:click=move |_| page.rate(Some(n))>
                                <span aria-hidden="true">"★"</span> {n}
                            </button>
                        }).collect_view()}
                        <button class="ghost" id="skip-feedback" on:click=move |_| page.asking.set(None)>{t("feedback-skip")}</button>
                    </div>
                    <div class="row chips">
                        {reasons.into_iter().map(|r| {
                            let chosen = move || page.asking.with(|a| a.as_ref().is_some_and(|a| a.chosen.contains(&r)));
                            view! {
                                <button class="chip" id=format!("reason-{}", r.as_str()) aria-pressed=move || if chosen() { "true" } else { "false" }
                                    on:click=move |_| page.asking.update(|a| if let Some(a) = a && !a.chosen.remove(&r) { a.chosen.insert(r); })>
                                    {words::reason(r)}
                                </button>
                            }
                        }).collect_view()}
                        {(!all).then(|| view! {
                            <button class="ghost" id="more-reasons" on:click=move |_| page.asking.update(|a| if let Some(a) = a { a.all = true; })>{t("feedback-more")}</button>
                        })}
                        {move || page.asking.with(|a| a.as_ref().is_some_and(|a| !a.chosen.is_empty())).then(|| view! {
                            <button id="send-reasons" on:click=move |_| page.rate(None)>{t("feedback-keep")}</button>
                        })}
                    </div>
                </section>
            }
        })}
    }
}
