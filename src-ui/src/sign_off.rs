//! The last look: what goes out, to whom, under which words, and what became of each finding.

use crate::hidden::shown;
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
                    <p><strong>"To: "</strong><span id="sign-off-to">{shown(&s.to)}</span><span class="muted">{format!(" · recorded as “{}”", s.kind.label())}</span></p>
                    <div class="outgoing" id="outgoing" tabindex="0" dir="auto" aria-label="The text that goes out">{shown(&s.text)}</div>
                    <p class="muted" id="disclosure-why">
                        {if s.disclosure.is_some() { "The first paragraph is the clinic's disclosure. " } else { "" }}
                        {s.disclosure_why}
                    </p>
                    {(!found.is_empty()).then(|| view! {
                        <section aria-label="Findings and what became of them">
                            <h3>"Findings"</h3>
                            <ul class="settled">
                                {found.into_iter().map(|f| view! {
                                    <li class:done=f.checked>
                                        <strong>{words::finding(&f.finding.kind)}</strong> " “" <q>{f.finding.span}</q> "” "
                                        <span class="muted">{if f.checked { "you checked it" } else { "a hint, left as it is" }}</span>
                                    </li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
                    {(!omitted.is_empty()).then(|| view! {
                        <section id="omissions" aria-label="What the reply leaves out">
                            <h3>"Left out"</h3>
                            <ul class="settled">
                                {omitted.into_iter().map(|f| view! {
                                    <li class:done=f.checked><strong>{words::finding(&f.finding.kind)}</strong> " " {f.finding.why}</li>
                                }).collect_view()}
                            </ul>
                        </section>
                    })}
                    <div class="row end">
                        <button type="button" on:click=move |_| page.dialog.set(None)>"Back to the reply " <kbd>"Esc"</kbd></button>
                        <button class="primary" id="send" autofocus disabled=move || page.busy.get() on:click=move |_| page.send()>
                            "Send " <kbd>"Ctrl ↵"</kbd>
                        </button>
                    </div>
                    <p class="muted">{format!("You can undo it for {} seconds. After that a correction is a new message.", s.undo_seconds)}</p>
                </div>
            }
        })}
    }
}
