//! The reply: the draft as it comes, the editor, and the ways out.

use crate::commands::Letter;
use crate::hidden::shown;
use crate::insert::NearLines;
use crate::keys;
use crate::language::english::{english, explained, failure};
use crate::language::{t, t_with};
use crate::state::{Dialog, Page, page};
use crate::words;
use contract::{DecisionOnRecord, DraftState, FinishReason, Gate, StartMode};
use leptos::prelude::*;
use similar::{ChangeTag, TextDiff};
use wasm_bindgen::JsCast;

#[component]
pub(crate) fn EditorPane() -> impl IntoView {
    let page = page();
    let state = move || page.on_screen.with(|o| o.as_ref().map(|o| o.draft_state));
    let decided = move || {
        page.on_screen
            .with(|o| o.as_ref().is_some_and(|o| o.decision.is_some()))
            && !page.correcting.get()
    };
    let writing = move || state() == Some(DraftState::Writing) && !page.touched.get();
    let has_draft = move || {
        page.on_screen
            .with(|o| o.as_ref().is_some_and(|o| o.draft.is_some()))
    };
    let emergency = move || {
        page.on_screen.with(|o| {
            o.as_ref()
                .is_some_and(|o| matches!(o.gate, Gate::Emergency { .. }))
        })
    };
    let accept_words = move || {
        let unchanged = page.base.with(|b| {
            b.as_ref()
                .is_some_and(|d| page.text.with(|t| t.trim() == d.text.trim()))
        });
        let drafted = has_draft() && page.mode.get() == StartMode::Draft;
        if page.correcting.get() {
            return t("accept-correction");
        }
        t(match (drafted, unchanged) {
            (true, true) => "accept-draft",
            (true, false) => "accept-edited",
            (false, _) => "accept-reply",
        })
    };
    view! {
        <div class="reply" class:writing=writing data-checks=move || if page.checking.get() { "under way" } else { "done" }>
            <Show when=move || page.correcting.get() fallback=DraftLine><Corrected /></Show>
            <label class="visually-hidden" for="editor">{t("reply-label")}</label>
            <Show when=move || !decided() fallback=DecidedLine>
                <div class="writing-place">
                <Marks />
                <textarea id="editor" spellcheck="true" autocomplete="off" dir="auto"
                    placeholder=move || t(match state() {
                        _ if page.correcting.get() => "correct-write",
                        Some(DraftState::Queued) if page.drafting() => "reply-soon",
                        _ => "reply-write",
                    })
                    readonly=move || writing() || page.opened.with(Option::is_none)
                    aria-busy=move || if writing() { "true" } else { "false" }
                    prop:value=move || page.text.get()
                    on:scroll=follow
                    on:keydown=move |e| edits(page, &e)
                    on:beforeinput=move |e| own_undo(page, &e)
                    on:select=move |e| at_cursor(page, &e)
                    on:keyup=move |e| at_cursor(page, &e)
                    on:click=move |e| at_cursor(page, &e)
                    on:compositionstart=move |_| page.keep_for_undo()
                    on:input=move |e| page.typed(event_target_value(&e), is_composing(&e))></textarea>
                </div>
                <NotChecked />
                <Findings />
                <Show when=move || page.compare.get() && has_draft() && !page.correcting.get()><Difference /></Show>
                <NearLines disabled=Signal::derive(writing) />
                <div class="buttons">
                    <button class="primary" id="accept" disabled=move || !page.can_accept() on:click=move |_| page.accept()>
                        {accept_words} " " <kbd>"Ctrl ↵"</kbd>
                    </button>
                    <Show when=move || page.correcting.get()>
                        <button id="leave-correction" on:click=move |_| page.leave_correction()>{t("correct-leave")}</button>
                    </Show>
                    <Show when=move || !page.correcting.get()>
                        <button id="blank" on:click=move |_| page.start(StartMode::Blank)>{t("reply-blank")}<Letter of="blank" /></button>
                        <Show when=has_draft>
                            <button id="from-draft" on:click=move |_| page.start(StartMode::Draft)>{t("reply-from-draft")}<Letter of="draft" /></button>
                            <button id="compare" aria-pressed=move || if page.compare.get() { "true" } else { "false" }
                                on:click=move |_| page.compare.update(|c| *c = !*c)>{t("reply-compare")}<Letter of="compare" /></button>
                        </Show>
                    </Show>
                    <button id="insert-button" on:click=move |_| page.dialog.set(Some(Dialog::Insert))>{t("reply-insert")}<Letter of="insert" /></button>
                    <Show when=move || !page.correcting.get()>
                        <Show when=move || !emergency() && !writing()>
                            <button id="redraft" on:click=move |_| page.redraft()>
                                {move || t(if has_draft() { "reply-another" } else { "reply-draft-now" })}<Letter of="another" />
                            </button>
                            <button id="variants-button" on:click=move |_| page.dialog.set(Some(Dialog::Drafts))>{t("reply-drafts")}<Letter of="variants" /></button>
                            <button id="presets" on:click=move |_| page.dialog.set(Some(Dialog::Presets))>{t("reply-as")}<Letter of="preset" /></button>
                        </Show>
                        <Show when=writing>
                            <button id="stop" on:click=move |_| page.stop()>{t("reply-stop")} " " <kbd>"Esc"</kbd></button>
                        </Show>
                        <div class="buttons instead">
                            <button id="no-reply" on:click=move |_| page.close()>
                                {t("reply-none-needed")}<Letter of="close" />
                            </button>
                            <Show when=has_draft>
                                <button id="discard" on:click=move |_| page.dialog.set(Some(Dialog::Discard))>{t("reply-discard")}<Letter of="discard" /></button>
                            </Show>
                            <button id="escalate" on:click=move |_| page.dialog.set(Some(Dialog::Escalate))>{t("reply-escalate")}<Letter of="escalate" /></button>
                        </div>
                    </Show>
                </div>
            </Show>
        </div>
    }
}

/// Undo and redo: the page's own, since the browser forgets what was there before a text that the app has put in.
fn edits(page: Page, e: &web_sys::KeyboardEvent) {
    if !(e.ctrl_key() || e.meta_key()) || e.alt_key() || e.is_composing() {
        return;
    }
    match (e.key().to_lowercase().as_str(), e.shift_key()) {
        ("z", false) => page.undo_edit(),
        ("z", true) | ("y", false) => page.redo_edit(),
        _ => return,
    }
    e.prevent_default();
}

/// Whether an input method is still at a word.
fn is_composing(e: &web_sys::Event) -> bool {
    e.dyn_ref::<web_sys::InputEvent>()
        .is_some_and(web_sys::InputEvent::is_composing)
}

/// The same from the browser's menu.
fn own_undo(page: Page, e: &web_sys::InputEvent) {
    match e.input_type().as_str() {
        "historyUndo" => page.undo_edit(),
        "historyRedo" => page.redo_edit(),
        _ => return,
    }
    e.prevent_default();
}

/// The cursor moved: the chart shows what the words at it rest on.
fn at_cursor(page: Page, e: &web_sys::Event) {
    let field: web_sys::HtmlTextAreaElement = event_target(e);
    let at = keys::caret(&field);
    if page.caret.get_untracked() != at {
        page.caret.set(at);
    }
}

/// Keeps the marks under the words when the editor is scrolled.
fn follow(_: web_sys::Event) {
    if let (Some(editor), Some(marks)) = (
        document().get_element_by_id("editor"),
        document().get_element_by_id("marks"),
    ) {
        marks.set_scroll_top(editor.scroll_top());
    }
}

/// The text once more behind the editor, with the words of findings marked.
#[component]
fn Marks() -> impl IntoView {
    let page = page();
    let parts = move || {
        let text: Vec<char> = page.text.with(|t| t.chars().collect());
        let done = page.checked.get();
        let current = page.finding.get();
        let mut spans: Vec<(usize, usize, &'static str)> = page.findings.with(|all| {
            all.iter()
                .filter(|f| f.start < f.end && f.end <= text.len())
                .map(|f| {
                    let class = if current.as_ref() == Some(&f.key()) {
                        "current"
                    } else if done.contains(&f.key()) {
                        "checked"
                    } else if f.serious {
                        "serious"
                    } else {
                        "mild"
                    };
                    (f.start, f.end, class)
                })
                .collect()
        });
        // What rests on the chart is marked lightly, where nothing is found.
        let used: Vec<_> = page.used.with(|all| {
            all.iter()
                .filter(|u| u.start < u.end && u.end <= text.len())
                .filter(|u| !spans.iter().any(|s| s.0 < u.end && u.start < s.1))
                .map(|u| (u.start, u.end, "used"))
                .collect()
        });
        spans.extend(used);
        spans.sort_unstable();
        let words = |a: usize, b: usize| text[a..b].iter().collect::<String>();
        let mut out: Vec<AnyView> = Vec::new();
        let mut at = 0;
        for (start, end, class) in spans {
            if start < at {
                continue;
            }
            out.push(words(at, start).into_any());
            out.push(view! { <mark class=class>{words(start, end)}</mark> }.into_any());
            at = end;
        }
        // A last line break shows only with something after it.
        out.push(format!("{}\u{200B}", words(at, text.len())).into_any());
        out
    };
    view! { <div class="marks" id="marks" aria-hidden="true" dir="auto">{parts}</div> }
}

/// Why the reply could not be checked: it does not go out until it was.
#[component]
fn NotChecked() -> impl IntoView {
    let page = page();
    view! {
        {move || page.check_failure.get().map(|f| view! {
            <div class="notice failure" role="alert" id="not-checked">
                <p><strong>{t("not-checked-title")} " "</strong>{failure(&f)}</p>
                <button id="check-again" on:click=move |_| page.check_soon()>{t("not-checked-again")}</button>
            </div>
        }.into_any())}
    }
}

/// What cannot be trusted and what is left out, each with its reason and its way out.
#[component]
fn Findings() -> impl IntoView {
    let page = page();
    view! {
        <Show when=move || page.findings.with(|f| !f.is_empty())>
            <section class="findings" id="findings" aria-label=t("findings-label")>
                <p class="findings-head">
                    {move || t_with("findings-to-resolve", &[("count", page.unresolved().into())])}
                    " " <kbd>"F8"</kbd> <span class="muted">" " {t("findings-step")}</span>
                </p>
                <ul>
                    {move || page.findings.get().into_iter().enumerate().map(|(i, f)| {
                        let key = f.key();
                        let (is_done, press, current) = (key.clone(), key.clone(), key);
                        let done = Signal::derive(move || page.checked.with(|c| c.contains(&is_done)));
                        view! {
                            <li class:serious=f.serious class:done=move || done.get()
                                class:current=move || page.finding.with(|k| k.as_ref() == Some(&current))>
                                <p>
                                    <strong>{words::finding(&f.kind)}</strong>
                                    {(!f.span.is_empty()).then(|| view! { " “" <q dir="auto">{shown(&f.span)}</q> "”" })}
                                    " " {explained(|| words::finding_what(&f.kind), f.why.clone())}
                                    {f.source.clone().map(|s| {
                                        let line = s.clone();
                                        view! { <button class="ghost source" title=t("findings-to-line") on:click=move |_| page.to_line(&line)>{t("findings-chart")} " " {s}</button> }
                                    })}
                                </p>
                                <button id=format!("finding-{i}") aria-pressed=move || if done.get() { "true" } else { "false" }
                                    on:click=move |_| page.check_off(press.clone())>
                                    {move || t(if done.get() { "findings-checked" } else { "findings-check" })}
                                </button>
                            </li>
                        }
                    }).collect_view()}
                </ul>
            </section>
        </Show>
    }
}

/// What went out, above the words that put it right.
#[component]
fn Corrected() -> impl IntoView {
    let page = page();
    let sent = move || {
        page.on_screen.with(|o| {
            let decision = o.as_ref().and_then(|o| o.decision.as_ref());
            decision.and_then(|d| d.final_text.clone())
        })
    };
    view! {
        <section class="corrected" id="corrected" tabindex="0" aria-label=t("correct-line")>
            <div class="draft-line"><span class="label">{t("correct-line")}</span></div>
            <p class="body" dir="auto">{move || sent().map(|t| shown(&t))}</p>
        </section>
    }
}

/// Where the draft stands and what made it.
#[component]
fn DraftLine() -> impl IntoView {
    let page = page();
    view! {
        <div class="draft-line" id="draft-line">
            {move || page.on_screen.with(|o| o.as_ref().map(|o| {
                let line = match (o.draft_state, &o.draft) {
                    (DraftState::Writing, _) => page.pace.with(|p| match p {
                        Some((id, pace)) if *id == o.message.id => {
                            t_with("line-writing-pace", &[("speed", format!("{pace:.0}").into())])
                        }
                        _ => t("line-writing"),
                    }).into_any(),
                    // How long it took is not known of every draft.
                    (DraftState::Ready, Some(d)) if d.timing.draft_tokens == 0 => {
                        t_with("line-draft-plain", &[("model", d.model.as_str().into())]).into_any()
                    }
                    (DraftState::Ready, Some(d)) => {
                        let cut = match d.finish {
                            FinishReason::Length => Some("line-cut-length"),
                            FinishReason::Repetition => Some("line-cut-repeat"),
                            FinishReason::Stopped => Some("line-cut-stopped"),
                            _ => None,
                        };
                        let seconds = (d.timing.prefill_ms + d.timing.decode_ms) / 1000.0;
                        t_with("line-draft", &[
                            ("model", d.model.as_str().into()),
                            ("seconds", format!("{seconds:.1}").into()),
                            ("speed", format!("{:.0}", d.timing.tokens_per_second()).into()),
                            ("cut", cut.map(|c| format!(" {}", t(c))).unwrap_or_default().into()),
                        ]).into_any()
                    }
                    (DraftState::Queued, _) if page.drafting() => t("line-queued").into_any(),
                    (DraftState::Queued, _) => t("line-no-model").into_any(),
                    (DraftState::Withheld, _) => t("line-withheld").into_any(),
                    (DraftState::Failed, _) => o
                        .draft_failure
                        .as_ref()
                        .map_or_else(|| t("line-failed").into_any(), failure),
                    (DraftState::Ready, None) => String::new().into_any(),
                };
                let title = o.draft.as_ref().map(|d| t_with("line-model", &[
                    ("hash", d.model_sha256.as_str().into()), ("version", d.prompt_version.as_str().into()),
                ]));
                let notes = o.draft.as_ref().map(|d| d.notes.join(" ")).unwrap_or_default();
                view! {
                    <span class="label">{t("line-label")}</span>
                    <span title=title.unwrap_or_default()>{line}</span>
                    {(!notes.is_empty()).then(|| view! { <span class="note">{english(notes)}</span> })}
                }
            }))}
        </div>
    }
}

/// The decision, when the message is done.
#[component]
fn DecidedLine() -> impl IntoView {
    let page = page();
    view! {
        {move || page.on_screen.with(|o| o.as_ref().and_then(|o| Some((o.decision.as_ref()?, &o.corrections))).map(|(d, corrections)| view! {
            <div class="decided" id="decided">
                <p><strong>{words::decision(d.kind)}</strong></p>
                {d.final_text.as_deref().map(|t| view! { <p class="body" dir="auto">{shown(t)}</p> })}
                {d.can_undo.then(|| view! { <UndoOf decision=d.clone() correction=false /> })}
                {corrections.iter().map(|c| view! {
                    <p><strong>{t_with("correct-sent", &[("when", words::moment(&c.decided_at).into())])}</strong></p>
                    {c.final_text.as_deref().map(|t| view! { <p class="body" dir="auto">{shown(t)}</p> })}
                    {c.can_undo.then(|| view! { <UndoOf decision=c.clone() correction=true /> })}
                }).collect_view()}
            </div>
        }))}
        <Show when=move || page.can_correct()>
            <div class="buttons"><button id="correct" on:click=move |_| page.correct()>{t("correct-begin")}</button></div>
        </Show>
    }
}

/// Takes a decision back, while that is open.
#[component]
fn UndoOf(decision: DecisionOnRecord, correction: bool) -> impl IntoView {
    let page = page();
    view! {
        <div class="buttons">
            <button id=format!("undo-{}", decision.id) on:click=move |_| page.undo_this(&decision, correction)>{t("undo-button")}</button>
        </div>
    }
    .into_any()
}

/// What was changed, word by word: in one text, or the draft beside the reply.
#[component]
fn Difference() -> impl IntoView {
    let page = page();
    let words = Memo::new(move |_| {
        let draft = page
            .base
            .with(|b| b.as_ref().map(|d| d.text.clone()))
            .unwrap_or_default();
        let text = page.text.get();
        TextDiff::from_words(&draft, &text)
            .iter_all_changes()
            .map(|c| (c.tag(), c.value().to_owned()))
            .collect::<Vec<_>>()
    });
    let part = |tag: ChangeTag, word: String| match tag {
        ChangeTag::Equal => shown(&word).into_any(),
        ChangeTag::Delete => view! { <del>{shown(&word)}</del> }.into_any(),
        ChangeTag::Insert => view! { <ins>{shown(&word)}</ins> }.into_any(),
    };
    // One side has what was taken away, the other what was put in.
    let side = move |without: ChangeTag| {
        words
            .get()
            .into_iter()
            .filter(|w| w.0 != without)
            .map(|(tag, word)| part(tag, word))
            .collect_view()
    };
    view! {
        <section class="difference" id="difference" aria-label=t("changes-label")>
            <div class="row">
                <strong>{t("changes-label")}</strong>
                <button class="ghost" id="beside" aria-pressed=move || if page.beside.get() { "true" } else { "false" }
                    on:click=move |_| page.beside.update(|b| *b = !*b)>{t("changes-beside")}</button>
            </div>
            {move || if words.with(|w| w.iter().all(|w| w.0 == ChangeTag::Equal)) {
                view! { <p class="muted">{t("changes-none")}</p> }.into_any()
            } else if page.beside.get() {
                view! {
                    <div class="sides">
                        <div id="side-draft" dir="auto"><h4>{t("changes-draft")}</h4><p>{side(ChangeTag::Insert)}</p></div>
                        <div id="side-reply" dir="auto"><h4>{t("changes-reply")}</h4><p>{side(ChangeTag::Delete)}</p></div>
                    </div>
                }.into_any()
            } else {
                view! { <p dir="auto">{words.get().into_iter().map(|(tag, word)| part(tag, word)).collect_view()}</p> }.into_any()
            }}
        </section>
    }
}
