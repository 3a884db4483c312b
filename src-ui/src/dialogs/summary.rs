//! The chart and the thread in short, each line with where it stands.

use crate::hidden::shown;
use crate::language::english::failure;
use crate::language::{t, t_with};
use crate::state::page;
use crate::words;
use contract::{Failure, Source, Summary, SummaryKind, SummaryLine};
use leptos::prelude::*;
use leptos::task::spawn_local;

#[component]
pub(super) fn SummaryPane() -> impl IntoView {
    let page = page();
    let answer = RwSignal::new(None::<Result<Summary, Failure>>);
    if let Some(id) = page.selected.get_untracked() {
        // Whoever reads the chart in short has looked at it.
        page.attention.update_value(|a| a.context = true);
        spawn_local(async move { answer.set(Some(page.backend().summary(&id).await)) });
    }
    view! {
        <div id="summary">
            {move || answer.get().map(|a| match a {
                Err(f) => view! { <p class="notice failure" role="alert">{failure(&f)}</p> }.into_any(),
                Ok(s) => view! {
                    <h3>{t("summary-thread-title")}</h3>
                    <ul class="summary">{s.thread.into_iter().map(|line| view! { <Line line /> }).collect_view()}</ul>
                    <h3>{t("summary-chart-title")}</h3>
                    <ul class="summary">{s.chart.into_iter().map(|line| view! { <Line line /> }).collect_view()}</ul>
                }.into_any(),
            })}
            <p class="muted">{t("summary-words")}</p>
        </div>
    }
}

/// A line in the words of chart or message, and the ways to where they stand.
#[component]
fn Line(line: SummaryLine) -> impl IntoView {
    let page = page();
    let many = line.sources.len() > 1;
    let sources = line
        .sources
        .iter()
        .cloned()
        .enumerate()
        .map(|(n, source)| {
            let name = match (&source, many) {
                (Source::Chart { line }, true) => line.chars().take(28).collect(),
                (Source::Chart { .. }, false) => t("summary-to-chart"),
                (Source::Message { .. }, true) if n == 0 => t("summary-to-first"),
                (Source::Message { .. }, _) => t("summary-to-message"),
            };
            let full = match &source {
                Source::Chart { line } => line.clone(),
                Source::Message { .. } => name.clone(),
            };
            let go = move |_| {
                let source = source.clone();
                page.dialog.set(None);
                set_timeout(
                    move || match &source {
                        Source::Chart { line } => page.to_line(line),
                        Source::Message { id } => page.to_message(id),
                    },
                    std::time::Duration::ZERO,
                );
            };
            view! { <button class="ghost source" title=full on:click=go>{shown(&name)}</button> }
        })
        .collect_view();
    view! {
        <li>
            <span dir="auto">{shown(&told(&line))}</span>
            <span class="sources">{sources}</span>
        </li>
    }
}

/// A line in the language of the page, around the words that stay as they are.
fn told(line: &SummaryLine) -> String {
    let w = |n: usize| line.words.get(n).cloned().unwrap_or_default();
    let listed = || line.words.join("; ");
    let number = |n: usize| w(n).parse::<i64>().unwrap_or(0);
    match line.kind {
        SummaryKind::Patient => {
            let sex = line.words.get(2).map(|s| words::sex(s));
            let age = line.words.get(1).map(|a| words::patient_age(a));
            [Some(w(0)), age, sex]
                .into_iter()
                .flatten()
                .filter(|p| !p.is_empty())
                .collect::<Vec<_>>()
                .join(", ")
        }
        SummaryKind::Problems => t_with("summary-problems", &[("words", listed().into())]),
        SummaryKind::Medications => t_with("summary-medications", &[("words", listed().into())]),
        SummaryKind::Allergies => t_with("summary-allergies", &[("words", listed().into())]),
        SummaryKind::Result => t_with("summary-result", &[("words", listed().into())]),
        SummaryKind::Trend => t_with(
            "summary-trend",
            &[
                ("name", w(0).into()),
                ("first", w(1).into()),
                ("since", w(2).into()),
                ("last", w(3).into()),
                ("on", w(4).into()),
            ],
        ),
        SummaryKind::LastVisit => t_with("summary-last-visit", &[("words", listed().into())]),
        SummaryKind::NextVisit => t_with("summary-next-visit", &[("words", listed().into())]),
        SummaryKind::Thread => t_with(
            "summary-thread",
            &[
                ("messages", number(0).into()),
                ("replies", number(1).into()),
                ("since", words::moment(&w(2)).into()),
                ("last", words::moment(&w(3)).into()),
            ],
        ),
        SummaryKind::Answered => t_with(
            "summary-answered",
            &[
                ("when", words::moment(&w(0)).into()),
                ("words", w(1).into()),
            ],
        ),
        SummaryKind::Flagged => t_with("summary-flagged", &[("words", w(0).into())]),
        SummaryKind::More => t_with("summary-more", &[("count", number(0).into())]),
        SummaryKind::Asked => t_with("summary-asked", &[("words", w(0).into())]),
        SummaryKind::Told => t_with("summary-told", &[("words", w(0).into())]),
    }
}
