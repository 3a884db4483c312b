//! The message first, then the reply.

use crate::commands::Letter;
use crate::editor::EditorPane;
use crate::hidden::shown;
use crate::language::english::{english, explained, spoken};
use crate::language::{t, t_around, t_with};
use crate::state::page;
use crate::words;
use contract::{Flag, Gate, SenderRole, ThreadMessage, Triage, Urgency};
use leptos::prelude::*;

#[component]
pub(crate) fn ReviewPane() -> impl IntoView {
    let page = page();
    let scrolled = move |_| {
        if let Some(e) = document().get_element_by_id("reading")
            && e.scroll_top() + e.client_height() + 8 >= e.scroll_height()
        {
            page.attention.update_value(|a| a.scrolled = true);
        }
    };
    // The thread is drawn anew only for another message, not for each streamed word.
    let about = Memo::new(move |_| {
        page.on_screen.with(|o| {
            o.as_ref().map(|o| {
                (
                    o.message.clone(),
                    o.thread.clone(),
                    o.triage.clone(),
                    o.gate.clone(),
                    o.quoted.clone(),
                )
            })
        })
    });
    // Each drawing is a new one: what was scrolled or folded open belongs to the message before.
    let drawings = StoredValue::new(0_u64);
    let drawing = move || {
        about.get().map(|a| {
            drawings.update_value(|n| *n += 1);
            (drawings.get_value(), a)
        })
    };
    view! {
        <section class="pane review" aria-label=t("review-label")>
            <Show when=move || about.with(Option::is_none)>
                <p class="nothing" id="nothing">
                    {move || t(if page.selected.with(Option::is_some) { "review-opening" } else { "review-nothing" })}
                </p>
            </Show>
            <For each=drawing key=|d| d.0
                children=move |(_, (message, thread, triage, gate, quoted))| {
                    let subject = if message.subject.is_empty() { t("no-subject") } else { message.subject.clone() };
                    view! {
                        <div class="reading" id="reading" tabindex="0" on:scroll=scrolled>
                            <TrainingBar />
                            <Banner triage=triage.clone() gate />
                            <h1 id="subject" dir="auto">{shown(&subject)}</h1>
                            {thread.into_iter().enumerate().map(|(n, m)| {
                                let open = m.id == message.id;
                                let flags = if open { triage.flags.clone() } else { Vec::new() };
                                let quoted = quoted.get(&m.id).copied();
                                view! { <Entry n m flags open quoted /> }
                            }).collect_view()}
                        </div>
                    }
                } />
            // Made once: its twenty buttons are the same for every message.
            <Show when=move || page.on_screen.with(Option::is_some)><EditorPane /></Show>
        </section>
    }
}

/// That this is training, how far it has come, and the way out.
#[component]
fn TrainingBar() -> impl IntoView {
    let page = page();
    let place = Memo::new(move |_| page.on_screen.with(|o| o.as_ref().and_then(|o| o.training)));
    view! {
        {move || place.get().map(|p| view! {
            <div class="banner training" id="training">
                <p><strong>{t_with("training-place", &[("number", p.number.into()), ("of", p.of.into())])}</strong> " " {t("training-words")}</p>
                <button id="end-training" on:click=move |_| page.end_training()>{t("training-end")}</button>
            </div>
        })}
    }
}

/// What must be seen before anything else.
#[component]
fn Banner(triage: Triage, gate: Gate) -> impl IntoView {
    let page = page();
    // The titles are the rules', and in English; the words are the patient's.
    let why = triage
        .flags
        .iter()
        .enumerate()
        .map(|(i, f)| {
            let between = if i > 0 { " · " } else { "" };
            view! { {between} {english(f.title.clone())} ": “" <bdi>{shown(&f.words)}</bdi> "”" }
        })
        .collect_view();
    match (gate, triage.urgency) {
        (Gate::Emergency { text }, _) => view! {
            <div class="banner emergency" role="alert" id="red-flag">
                <p class="title">{t("flag-title")}</p>
                <p>{why}</p>
                <p class="muted">{t("flag-words")}</p>
                <blockquote dir="auto">{text}</blockquote>
                <button id="use-fixed" on:click=move |_| page.use_fixed_text()>{t("flag-fixed")}<Letter of="fixed" /></button>
            </div>
        }
        .into_any(),
        (Gate::NoReplyOwed { reason }, _) => {
            view! {
                <div class="banner quiet" id="no-reply-owed">
                    <p><strong>{t("none-owed-title")} " "</strong>{explained(|| t("none-owed-what"), reason)} <Press of="close" words="none-owed-press" /></p>
                    <button on:click=move |_| page.redraft()>{t("draft-anyway")}<Letter of="another" /></button>
                </div>
            }
            .into_any()
        }
        (Gate::Template { text, reason }, _) => view! {
            <div class="banner quiet" id="template">
                <p><strong>{t("template-title")} " "</strong>{explained(|| t("template-what"), reason)}</p>
                <blockquote dir="auto">{text}</blockquote>
                <button id="use-fixed" on:click=move |_| page.use_fixed_text()>{t("template-fixed")}<Letter of="fixed" /></button>
                <button on:click=move |_| page.redraft()>{t("draft-anyway")}<Letter of="another" /></button>
            </div>
        }
        .into_any(),
        (Gate::Draft, Urgency::Urgent) => view! {
            <div class="banner urgent" id="urgent">
                <p><strong>{t("urgent-title")} " "</strong>{why}</p>
            </div>
        }
        .into_any(),
        (Gate::Draft, _) if triage.anger.is_some() => {
            let (said, rest) = t_around("anger-title", "words");
            let words = shown(&triage.anger.unwrap_or_default());
            view! {
                <div class="banner quiet" id="anger">
                    <p><strong>{said}<bdi>{words}</bdi>{rest} </strong> " " {t("anger-asked")} <Press of="blank" words="anger-press" /></p>
                </div>
            }
            .into_any()
        }
        _ => ().into_any(),
    }
}

/// What a letter does here, as long as letters do something.
#[component]
fn Press(of: &'static str, words: &'static str) -> impl IntoView {
    let page = page();
    view! {
        {move || page.letter(of).map(|letter| {
            let (before, after) = t_around(words, "key");
            view! { " " {before} <kbd>{letter}</kbd> {after} }.into_any()
        })}
    }
}

#[component]
fn Entry(
    n: usize,
    m: ThreadMessage,
    flags: Vec<Flag>,
    open: bool,
    quoted: Option<usize>,
) -> impl IntoView {
    let who = match (m.sender_role, m.sender_name.is_empty()) {
        (_, false) => m.sender_name.clone(),
        (SenderRole::Clinician, true) => t("sender-clinic"),
        (_, true) => t("sender-patient"),
    };
    let attached = attachments(&m.body);
    view! {
        <article class="entry" id=format!("entry-{n}") tabindex="-1" class:open=open class:ours=m.sender_role == SenderRole::Clinician>
            <header><bdi class="who">{shown(&who)}</bdi><time>{words::moment(&m.sent_at)}</time></header>
            {(!attached.is_empty()).then(|| view! {
                <div class="attachments">
                    <span class="muted">{t("entry-attachments")}</span>
                    <ul>{attached.into_iter().map(|name| view! { <li dir="auto">{shown(&name)}</li> }).collect_view()}</ul>
                </div>
            })}
            {match quoted {
                None => view! { <p class="body" dir="auto">{marked(&m.body, &flags)}</p> }.into_any(),
                Some(from) => {
                    let own: String = m.body.chars().take(from).collect();
                    let rest: String = m.body.chars().skip(from).collect();
                    // What makes it urgent is never folded away.
                    let flagged = flags.iter().any(|f| f.end > from);
                    let moved: Vec<Flag> = flags
                        .iter()
                        .filter(|f| f.start >= from)
                        .map(|f| Flag { start: f.start - from, end: f.end - from, ..f.clone() })
                        .collect();
                    view! {
                        <p class="body" dir="auto">{marked(own.trim_end(), &flags)}</p>
                        <details class="quoted" open=flagged>
                            <summary>{t("quoted-history")}</summary>
                            <p class="body" dir="auto">{marked(&rest, &moved)}</p>
                        </details>
                    }.into_any()
                }
            }}
        </article>
    }
}

/// What came with a message besides its text: the import leaves a line in its place.
fn attachments(body: &str) -> Vec<String> {
    body.lines()
        .filter_map(|l| {
            let name = l.trim().strip_prefix("[Attachment: ")?.strip_suffix(']')?;
            Some(name.to_owned())
        })
        .collect()
}

/// The body with the words of the flags marked. Text nodes only.
fn marked(body: &str, flags: &[Flag]) -> Vec<AnyView> {
    let chars: Vec<char> = body.chars().collect();
    let mut spans: Vec<(usize, usize, String)> = flags
        .iter()
        .filter(|f| f.start < f.end && f.end <= chars.len())
        .map(|f| {
            (
                f.start,
                f.end,
                spoken(|| words::urgency(f.urgency), &f.title),
            )
        })
        .collect();
    spans.sort();
    let text = |a: usize, b: usize| chars[a..b].iter().collect::<String>();
    let mut out: Vec<AnyView> = Vec::new();
    let mut at = 0;
    for (start, end, title) in spans {
        if start < at {
            continue;
        }
        out.extend(shown(&text(at, start)));
        out.push(view! { <mark title=title>{shown(&text(start, end))}</mark> }.into_any());
        at = end;
    }
    out.extend(shown(&text(at, chars.len())));
    out
}
