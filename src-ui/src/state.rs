//! What the page knows and does: signals, and the actions that change them.

use crate::backend::{self, Backend};
use crate::{keys, words};
use contract::{
    DecisionKind, DecisionRequest, DeskEvent, DraftState, DraftView, EngineState, Failure, Finding,
    Gate, ImportSummary, MessageKind, Opened, Queue, QueueItem, QueueState, Reason, Settings,
    StartMode, Theme, Urgency,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

/// A dialog over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialog {
    Discard,
    Escalate,
    CloseFlag,
    Help,
    Settings,
    Models,
}

/// Which part of the queue is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Folder {
    Waiting,
    RedFlags,
    Kind(MessageKind),
    Done,
}

/// The bar that offers undo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct UndoBar {
    pub(crate) decision_id: i64,
    message_id: String,
    pub(crate) what: String,
    pub(crate) seconds: u32,
    /// The editor as it was, so that an undo gives the person's words back.
    text: String,
    mode: StartMode,
    checked: HashSet<String>,
}

/// Words for the person that are not tied to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    Failure(Failure),
    Import(ImportSummary),
}

/// A reply under way for a message that was left: nothing typed is lost.
#[derive(Debug, Clone, PartialEq)]
struct Unsent {
    text: String,
    mode: StartMode,
    base: Option<DraftView>,
    checked: HashSet<String>,
}

/// How long the message was looked at.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Attention {
    opened_at: f64,
    first_edit_at: Option<f64>,
    focused_ms: f64,
    edit_ms: f64,
    pub(crate) scrolled: bool,
    pub(crate) context: bool,
}

/// The page. Copy: it holds handles only.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    backend: StoredValue<Rc<dyn Backend>, LocalStorage>,
    pub(crate) queue: RwSignal<Option<Queue>>,
    pub(crate) queue_failure: RwSignal<Option<Failure>>,
    pub(crate) folder: RwSignal<Folder>,
    pub(crate) search: RwSignal<String>,
    pub(crate) selected: RwSignal<Option<String>>,
    pub(crate) opened: RwSignal<Option<Opened>>,
    pub(crate) text: RwSignal<String>,
    pub(crate) mode: RwSignal<StartMode>,
    /// True once the person typed or chose a text: a streaming draft no longer writes over it.
    pub(crate) touched: RwSignal<bool>,
    /// The draft that the text in the editor began from: what it is compared with and recorded against.
    pub(crate) base: RwSignal<Option<DraftView>>,
    unsent: StoredValue<HashMap<String, Unsent>>,
    /// What the checks found in the text on screen.
    pub(crate) findings: RwSignal<Vec<Finding>>,
    /// True while the text on screen is not checked yet.
    pub(crate) checking: RwSignal<bool>,
    /// Keys of the findings that the person checked.
    pub(crate) checked: RwSignal<HashSet<String>>,
    /// The finding that was stepped to.
    pub(crate) finding: RwSignal<Option<String>>,
    pub(crate) compare: RwSignal<bool>,
    pub(crate) dialog: RwSignal<Option<Dialog>>,
    pub(crate) undo: RwSignal<Option<UndoBar>>,
    pub(crate) notice: RwSignal<Option<Notice>>,
    pub(crate) status: RwSignal<String>,
    pub(crate) settings: RwSignal<Settings>,
    pub(crate) busy: RwSignal<bool>,
    pub(crate) attention: StoredValue<Attention>,
}

impl Page {
    pub(crate) fn new() -> Self {
        Self {
            backend: StoredValue::new_local(backend::of_this_page()),
            queue: RwSignal::new(None),
            queue_failure: RwSignal::new(None),
            folder: RwSignal::new(Folder::Waiting),
            search: RwSignal::new(String::new()),
            selected: RwSignal::new(None),
            opened: RwSignal::new(None),
            text: RwSignal::new(String::new()),
            mode: RwSignal::new(StartMode::Draft),
            touched: RwSignal::new(false),
            base: RwSignal::new(None),
            unsent: StoredValue::new(HashMap::new()),
            findings: RwSignal::new(Vec::new()),
            checking: RwSignal::new(false),
            checked: RwSignal::new(HashSet::new()),
            finding: RwSignal::new(None),
            compare: RwSignal::new(false),
            dialog: RwSignal::new(None),
            undo: RwSignal::new(None),
            notice: RwSignal::new(None),
            status: RwSignal::new(String::new()),
            settings: RwSignal::new(Settings::default()),
            busy: RwSignal::new(false),
            attention: StoredValue::new(Attention::default()),
        }
    }

    pub(crate) fn backend(self) -> Rc<dyn Backend> {
        self.backend.get_value()
    }

    /// Begins: settings, queue, events, the clock of attention.
    pub(crate) fn begin(self) {
        let page = self;
        self.backend()
            .listen(Box::new(move |event| page.heard(event)));
        spawn_local(async move {
            if let Ok(s) = page.backend().settings().await {
                page.settings.set(s);
            }
            page.refresh().await;
            page.open_first();
        });
        Effect::new(move |_| {
            // Read here, so that the effect runs again when the text or the message changes.
            page.text.track();
            page.opened.with(|o| o.as_ref().map(|o| o.draft_state));
            page.check_soon();
        });
        set_interval(move || page.tick(), std::time::Duration::from_millis(500));
        Effect::new(move |_| {
            let name = match page.settings.get().theme {
                Theme::System => "system",
                Theme::Light => "light",
                Theme::Dark => "dark",
            };
            if let Some(root) = document().document_element() {
                let _ = root.set_attribute("data-theme", name);
            }
        });
    }

    /// Twice a second: attention counts only while the window has the focus.
    fn tick(self) {
        if document().has_focus().unwrap_or(false) && self.selected.get_untracked().is_some() {
            let editing = keys::is_typing();
            self.attention.update_value(|a| {
                a.focused_ms += 500.0;
                if editing {
                    a.edit_ms += 500.0;
                }
            });
        }
    }

    pub(crate) async fn refresh(self) {
        match self.backend().queue().await {
            Ok(q) => {
                self.queue_failure.set(None);
                self.queue.set(Some(q));
            }
            Err(f) => self.queue_failure.set(Some(f)),
        }
    }

    /// The rows that are shown now.
    pub(crate) fn shown(self) -> Vec<QueueItem> {
        let folder = self.folder.get();
        let search = self.search.get().to_lowercase();
        self.queue.with(|q| {
            q.iter()
                .flat_map(|q| &q.items)
                .filter(|i| match folder {
                    // A red flag that waits is shown in every folder and through every search.
                    _ if i.urgency == Urgency::Emergency
                        && i.state == QueueState::Waiting
                        && folder != Folder::Done =>
                    {
                        true
                    }
                    Folder::Waiting => i.state == QueueState::Waiting,
                    Folder::RedFlags => false,
                    Folder::Kind(k) => i.state == QueueState::Waiting && i.kind == k,
                    Folder::Done => i.state == QueueState::Done,
                })
                .filter(|i| {
                    search.is_empty()
                        || (i.urgency == Urgency::Emergency && i.state == QueueState::Waiting)
                        || [&i.patient, &i.subject, &i.preview]
                            .iter()
                            .any(|t| t.to_lowercase().contains(&search))
                })
                .cloned()
                .collect()
        })
    }

    fn open_first(self) {
        if self.selected.get_untracked().is_none()
            && let Some(first) = untrack(|| self.shown()).first()
        {
            self.open(first.message_id.clone());
        }
    }

    /// Opens a message and begins its review.
    pub(crate) fn open(self, id: String) {
        if self.selected.get_untracked().as_ref() != Some(&id) {
            self.put_by();
            self.opened.set(None);
            self.compare.set(false);
            self.findings.set(Vec::new());
            self.finding.set(None);
            self.attention.set_value(Attention {
                opened_at: words::now_ms(),
                ..Attention::default()
            });
            let unsent = self
                .unsent
                .try_update_value(|all| all.remove(&id))
                .flatten();
            self.touched.set(unsent.is_some());
            let Unsent {
                text,
                mode,
                base,
                checked,
            } = unsent.unwrap_or(Unsent {
                text: String::new(),
                mode: StartMode::Draft,
                base: None,
                checked: HashSet::new(),
            });
            self.checked.set(checked);
            self.mode.set(mode);
            self.base.set(base);
            self.text.set(text);
        }
        self.selected.set(Some(id.clone()));
        self.load(id);
    }

    /// Keeps the words of the message that is left.
    fn put_by(self) {
        if let Some(id) = self.selected.get_untracked()
            && self.touched.get_untracked()
            && self.text.with_untracked(|t| !t.trim().is_empty())
        {
            let unsent = Unsent {
                text: self.text.get_untracked(),
                mode: self.mode.get_untracked(),
                base: self.base.get_untracked(),
                checked: self.checked.get_untracked(),
            };
            self.unsent.update_value(|all| {
                all.insert(id, unsent);
            });
        }
    }

    /// Asks for everything about the message on screen.
    fn load(self, id: String) {
        spawn_local(async move {
            match self.backend().open_message(&id).await {
                // A slower answer for a message that was left again is dropped.
                Ok(opened) if self.selected.get_untracked().as_ref() == Some(&id) => {
                    self.show(opened)
                }
                Ok(_) => {}
                Err(f) => {
                    self.notice.set(Some(Notice::Failure(f)));
                    // It may have been answered elsewhere, or a newer message took its place.
                    self.refresh().await;
                }
            }
        });
    }

    fn show(self, opened: Opened) {
        if !self.touched.get_untracked() {
            let text = match (&opened.draft, &opened.partial) {
                (_, Some(partial)) => partial.clone(),
                (Some(d), None) => d.text.clone(),
                (None, None) => String::new(),
            };
            if opened.draft.is_none() && opened.partial.is_none() && opened.gate != Gate::Draft {
                self.mode.set(StartMode::Blank);
            }
            if opened.draft.is_some() || opened.partial.is_some() {
                // What the model wrote is a draft, whatever the editor began with.
                self.mode.set(StartMode::Draft);
            }
            self.base.set(opened.draft.clone());
            self.text.set(text);
        }
        self.opened.set(Some(opened));
    }

    /// Opens the row `step` rows further down.
    pub(crate) fn step(self, step: isize) {
        let rows = untrack(|| self.shown());
        let at = self
            .selected
            .get_untracked()
            .and_then(|id| rows.iter().position(|r| r.message_id == id));
        let next = match at {
            Some(at) => at
                .saturating_add_signed(step)
                .min(rows.len().saturating_sub(1)),
            None => 0,
        };
        if let Some(row) = rows.get(next) {
            self.open(row.message_id.clone());
        }
    }

    fn heard(self, event: DeskEvent) {
        match event {
            DeskEvent::DraftText { message_id, text } => {
                let shown = self
                    .opened
                    .with_untracked(|o| o.as_ref().is_some_and(|o| o.message.id == message_id));
                if shown && self.selected.get_untracked().as_ref() == Some(&message_id) {
                    if !self.touched.get_untracked() {
                        self.text.set(text.clone());
                    }
                    self.opened.update(|o| {
                        if let Some(o) = o {
                            o.partial = Some(text);
                            o.draft_state = DraftState::Writing;
                        }
                    });
                }
            }
            DeskEvent::DraftChanged { message_id, state } => {
                self.queue.update(|q| {
                    if let Some(row) = q
                        .iter_mut()
                        .flat_map(|q| &mut q.items)
                        .find(|i| i.message_id == message_id)
                    {
                        row.draft = state;
                    }
                });
                if self.selected.get_untracked().as_ref() == Some(&message_id) {
                    self.status.set(
                        match state {
                            DraftState::Writing => "The draft is being written.",
                            DraftState::Ready => "The draft is ready.",
                            DraftState::Failed => "The draft could not be made.",
                            _ => "",
                        }
                        .into(),
                    );
                    self.load(message_id);
                }
            }
            DeskEvent::Engine { state } => self.queue.update(|q| {
                if let Some(q) = q {
                    q.engine = state;
                }
            }),
            DeskEvent::Imported { summary } => {
                self.notice.set(Some(Notice::Import(summary)));
                spawn_local(async move {
                    self.refresh().await;
                    // A message or a red flag may have come in for the thread on screen.
                    match self.selected.get_untracked() {
                        Some(id) => self.load(id),
                        None => self.open_first(),
                    }
                });
            }
            DeskEvent::ImportFailed { failure } => self.notice.set(Some(Notice::Failure(failure))),
        }
    }

    /// The person typed.
    pub(crate) fn typed(self, text: String) {
        self.attention.update_value(|a| {
            a.first_edit_at.get_or_insert(words::now_ms());
        });
        self.touched.set(true);
        self.text.set(text);
    }

    /// Has the text checked once it rests.
    fn check_soon(self) {
        let text = self.text.get_untracked();
        let Some((id, ready)) = self.opened.with_untracked(|o| {
            o.as_ref().map(|o| {
                (
                    o.message.id.clone(),
                    o.decision.is_none() && o.draft_state != DraftState::Writing,
                )
            })
        }) else {
            return;
        };
        if text.trim().is_empty() || !(ready || self.touched.get_untracked()) {
            self.findings.set(Vec::new());
            self.checking.set(false);
            return;
        }
        self.checking.set(true);
        let mode = self.mode.get_untracked();
        set_timeout(
            move || {
                if self.text.with_untracked(|t| *t != text) {
                    return;
                }
                spawn_local(async move {
                    let found = self.backend().check(&id, &text, mode).await;
                    let still = self.text.with_untracked(|t| *t == text)
                        && self.selected.get_untracked().as_ref() == Some(&id);
                    if still {
                        // Where the checks fail the desk still holds the reply back.
                        self.findings.set(found.unwrap_or_default());
                        self.checking.set(false);
                    }
                });
            },
            std::time::Duration::from_millis(120),
        );
    }

    /// Serious findings that nobody has checked.
    pub(crate) fn unresolved(self) -> usize {
        self.findings.with(|all| {
            self.checked.with(|done| {
                all.iter()
                    .filter(|f| f.serious && !done.contains(&f.key()))
                    .count()
            })
        })
    }

    /// Steps to the next finding that is not checked, and to its button.
    pub(crate) fn next_finding(self) {
        let keys: Vec<(String, String)> = self.findings.with_untracked(|all| {
            all.iter()
                .map(|f| (f.key(), format!("{}: {}", words::finding(&f.kind), f.why)))
                .collect()
        });
        let done = self.checked.get_untracked();
        let at = self
            .finding
            .get_untracked()
            .and_then(|k| keys.iter().position(|x| x.0 == k))
            .map_or(0, |i| i + 1);
        let next = keys[at.min(keys.len())..]
            .iter()
            .chain(&keys[..at.min(keys.len())])
            .find(|k| !done.contains(&k.0));
        match next {
            Some((key, said)) => {
                self.status.set(said.clone());
                self.finding.set(Some(key.clone()));
                keys.iter()
                    .position(|k| k.0 == *key)
                    .into_iter()
                    .for_each(|i| keys::focus(&format!("finding-{i}")));
            }
            None => {
                self.finding.set(None);
                self.status.set("Every finding is resolved.".into());
                keys::focus("editor");
            }
        }
    }

    /// The person checked a finding, or takes that back.
    pub(crate) fn check_off(self, key: String) {
        let off = self.checked.with_untracked(|c| c.contains(&key));
        self.checked.update(|c| {
            if off {
                c.remove(&key);
            } else {
                c.insert(key.clone());
            }
        });
        self.finding.set(Some(key));
        if !off {
            self.next_finding();
        }
    }

    /// Begins the reply from nothing, or from the draft again.
    pub(crate) fn start(self, mode: StartMode) {
        self.mode.set(mode);
        let draft = self
            .opened
            .with_untracked(|o| o.as_ref().and_then(|o| o.draft.clone()));
        let text = match mode {
            StartMode::Blank => String::new(),
            StartMode::Draft => draft.as_ref().map(|d| d.text.clone()).unwrap_or_default(),
        };
        self.base.set(draft);
        self.checked.set(HashSet::new());
        self.touched.set(mode == StartMode::Blank);
        self.text.set(text);
        keys::focus("editor");
    }

    /// Puts the fixed text of a red flag into the editor.
    pub(crate) fn use_fixed_text(self) {
        if let Some(Gate::Emergency { text }) = self
            .opened
            .with_untracked(|o| o.as_ref().map(|o| o.gate.clone()))
        {
            let sign_off = self.settings.with_untracked(|s| s.sign_off.clone());
            self.mode.set(StartMode::Blank);
            self.base.set(None);
            self.touched.set(true);
            self.text.set(if sign_off.is_empty() {
                text
            } else {
                format!("{text}\n\n{sign_off}")
            });
            keys::focus("editor");
        }
    }

    /// Asks for a draft, or another one.
    pub(crate) fn redraft(self) {
        let Some(id) = self.selected.get_untracked() else {
            return;
        };
        // What the person wrote is not written over: the new draft is one key away (D).
        if !self.touched.get_untracked() {
            self.mode.set(StartMode::Draft);
        }
        spawn_local(async move {
            let seed = words::now_ms() as u64;
            if let Err(f) = self.backend().redraft(&id, seed).await {
                self.notice.set(Some(Notice::Failure(f)));
            }
        });
    }

    /// Stops the draft under way; what is written stays.
    pub(crate) fn stop(self) {
        spawn_local(async move {
            let _ = self.backend().stop_draft().await;
        });
    }

    /// True when a reply can go out now.
    pub(crate) fn can_accept(self) -> bool {
        !self.busy.get()
            && self.unresolved() == 0
            && !self.text.with(|t| t.trim().is_empty())
            && self.opened.with(|o| {
                o.as_ref().is_some_and(|o| {
                    self.selected.with(|s| s.as_ref() == Some(&o.message.id))
                        && o.decision.is_none()
                        && (o.draft_state != DraftState::Writing || self.touched.get())
                })
            })
    }

    /// Sends the reply that is in the editor.
    pub(crate) fn accept(self) {
        if untrack(|| self.can_accept()) {
            // The desk settles which of the three it is.
            self.decide(DecisionKind::Edited, Vec::new(), None);
        }
    }

    /// Closes the message without a reply; a red flag only after asking.
    pub(crate) fn close(self) {
        let flagged = self.opened.with_untracked(|o| {
            o.as_ref()
                .is_some_and(|o| matches!(o.gate, Gate::Emergency { .. }))
        });
        if flagged {
            self.dialog.set(Some(Dialog::CloseFlag));
        } else {
            self.decide(DecisionKind::NoReplyNeeded, Vec::new(), None);
        }
    }

    /// Records a decision and goes on to the next message.
    pub(crate) fn decide(
        self,
        kind: DecisionKind,
        reasons: Vec<Reason>,
        escalated_to: Option<String>,
    ) {
        let Some(opened) = self.opened.get_untracked() else {
            return;
        };
        // A key that comes before the next message is shown must not decide the one before it.
        let on_screen = self
            .selected
            .with_untracked(|s| s.as_ref() == Some(&opened.message.id));
        if self.busy.get_untracked() || opened.decision.is_some() || !on_screen {
            return;
        }
        let a = self.attention.get_value();
        let scrolled = a.scrolled || !keys::can_scroll("reading");
        let now = words::now_ms();
        let request = DecisionRequest {
            message_id: opened.message.id.clone(),
            // The fixed text of a red flag rests on no draft, even where one was made before.
            draft_id: self
                .base
                .with_untracked(|b| b.as_ref().map(|d| d.id))
                .or(opened.draft.as_ref().map(|d| d.id))
                .filter(|_| !matches!(opened.gate, Gate::Emergency { .. })),
            kind,
            start_mode: self.mode.get_untracked(),
            final_text: kind.sends_reply().then(|| self.text.get_untracked()),
            reasons,
            escalated_to,
            read_ms: Some((a.first_edit_at.unwrap_or(now) - a.opened_at) as i64),
            edit_ms: Some(a.edit_ms as i64),
            dwell_ms: Some(a.focused_ms as i64),
            scrolled_to_end: Some(scrolled),
            opened_context: Some(a.context),
            seen: opened
                .thread
                .iter()
                .map(|m| m.id.clone())
                .filter(|id| !id.starts_with("reply-"))
                .collect(),
            checked: self.checked.get_untracked().into_iter().collect(),
        };
        let patient = opened.patient.name.clone();
        let (text, mode, touched, checked) = (
            self.text.get_untracked(),
            self.mode.get_untracked(),
            self.touched.get_untracked(),
            self.checked.get_untracked(),
        );
        self.busy.set(true);
        self.dialog.set(None);
        spawn_local(async move {
            match self.backend().decide(request).await {
                Ok(decided) => {
                    // What was sent is not put by as unsent.
                    self.touched.set(false);
                    let what = format!("{}: {patient}", decided.kind.label());
                    self.status.set(format!("{what}. Press Z to undo."));
                    self.show_undo(UndoBar {
                        decision_id: decided.decision_id,
                        message_id: opened.message.id.clone(),
                        what,
                        seconds: decided.undo_seconds,
                        text: if touched { text } else { String::new() },
                        mode,
                        checked,
                    });
                    let next = untrack(|| self.next_after(&opened.message.id)).or(decided.next);
                    self.refresh().await;
                    match next {
                        Some(id) => self.open(id),
                        None => {
                            self.selected.set(None);
                            self.opened.set(None);
                        }
                    }
                    keys::blur();
                }
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
            self.busy.set(false);
        });
    }

    /// The row that follows in the folder on screen.
    fn next_after(self, id: &str) -> Option<String> {
        let rows = self.shown();
        let at = rows.iter().position(|r| r.message_id == id)?;
        rows.get(at + 1)
            .or_else(|| rows[..at].first())
            .filter(|r| r.state == QueueState::Waiting)
            .map(|r| r.message_id.clone())
    }

    fn show_undo(self, bar: UndoBar) {
        let id = bar.decision_id;
        self.undo.set(Some(bar));
        let handle = StoredValue::new(None::<IntervalHandle>);
        let tick = move || {
            let mut over = true;
            self.undo.update(|u| {
                if let Some(bar) = u
                    && bar.decision_id == id
                {
                    bar.seconds = bar.seconds.saturating_sub(1);
                    over = bar.seconds == 0;
                    if over {
                        *u = None;
                    }
                }
            });
            if over && let Some(h) = handle.get_value() {
                h.clear();
            }
        };
        if let Ok(h) = set_interval_with_handle(tick, std::time::Duration::from_secs(1)) {
            handle.set_value(Some(h));
        }
    }

    /// Takes the last decision back and returns to its message.
    pub(crate) fn undo(self) {
        let Some(bar) = self.undo.get_untracked() else {
            return;
        };
        self.undo.set(None);
        spawn_local(async move {
            match self.backend().undo(bar.decision_id).await {
                Ok(id) => {
                    self.status.set(if id == bar.message_id {
                        "Undone. The message waits again.".into()
                    } else {
                        "Undone. A newer message came in meanwhile: read it before you reply."
                            .into()
                    });
                    self.put_by();
                    self.selected.set(None);
                    self.refresh().await;
                    self.open(id.clone());
                    if id == bar.message_id {
                        self.checked.set(bar.checked);
                    }
                    if !bar.text.is_empty() {
                        self.mode.set(bar.mode);
                        self.touched.set(true);
                        self.text.set(bar.text);
                    }
                }
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    pub(crate) fn save_settings(self, settings: Settings) {
        spawn_local(async move {
            match self.backend().set_settings(settings).await {
                Ok(s) => self.settings.set(s),
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
        });
    }

    pub(crate) fn import_sample(self) {
        self.busy.set(true);
        spawn_local(async move {
            match self.backend().import_sample().await {
                Ok(_) => {
                    self.refresh().await;
                    self.open_first();
                }
                Err(f) => self.notice.set(Some(Notice::Failure(f))),
            }
            self.busy.set(false);
        });
    }

    pub(crate) fn import_files(self) {
        spawn_local(async move {
            if let Err(f) = self.backend().pick_import().await {
                self.notice.set(Some(Notice::Failure(f)));
            }
        });
    }

    /// What the drafter is doing, in words.
    pub(crate) fn engine(self) -> (&'static str, String) {
        self.queue.with(|q| match q.as_ref().map(|q| &q.engine) {
            None => ("idle", String::new()),
            Some(EngineState::NoModel) => ("none", "No model: replies are written by hand".into()),
            Some(EngineState::Loading { .. }) => ("busy", "Loading the model…".into()),
            Some(EngineState::Ready { waiting: 0, .. }) => ("ready", "All drafts are ready".into()),
            Some(EngineState::Ready { waiting: 1, .. }) => {
                ("busy", "1 message waits for a draft".into())
            }
            Some(EngineState::Ready { waiting, .. }) => {
                ("busy", format!("{waiting} messages wait for drafts"))
            }
            Some(EngineState::Failed { .. }) => ("failed", "Drafting has stopped".into()),
        })
    }
}

/// The page of this component.
pub(crate) fn page() -> Page {
    expect_context::<Page>()
}
