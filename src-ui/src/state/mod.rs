//! What the page knows and does: signals, and the actions that change them.

mod attention;
mod checking;
mod deciding;
mod drafting;
mod history;
mod inbox;
mod opening;
mod practice;
mod session;
mod undoing;

use crate::backend::{self, Backend};
use crate::feedback::Asking;
use crate::language::t;
use crate::notices::Layer;
use crate::{commands, keys, tour, words};
use attention::Attention;
use contract::{
    DecisionRequest, Density, DeskEvent, DraftState, DraftView, Failure, Finding, Gate,
    ImportSummary, Opened, Queue, QueueQuery, SessionState, Settings, SignOff, StartMode, Theme,
    UnsentText, UsedFact,
};
use leptos::prelude::*;
use leptos::task::spawn_local;
use opening::Unsent;
pub(crate) use practice::Practised;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;
use std::time::Duration;
pub(crate) use undoing::UndoBar;

/// A dialog over the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialog {
    Discard,
    SignOff,
    Palette,
    Presets,
    Insert,
    Drafts,
    Summary,
    Practised,
    Results,
    Escalate,
    Give,
    CloseFlag,
    CloseOwedNone,
    Later,
    Help,
    Settings,
    Models,
    People,
    Passphrase,
}

/// Words for the person that are not tied to a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Notice {
    Failure(Failure),
    /// What is typed is not kept.
    NotKept(Failure),
    Import(ImportSummary),
}

/// The page. Copy: it holds handles only.
#[derive(Clone, Copy)]
pub(crate) struct Page {
    backend: StoredValue<Rc<dyn Backend>, LocalStorage>,
    /// Who has the record open; none while that is asked.
    pub(crate) session: RwSignal<Option<SessionState>>,
    /// True from the making of a record until its codes are put away: the desk tells of the open record before that.
    pub(crate) making: RwSignal<bool>,
    /// Why it did not open.
    pub(crate) entry_failure: RwSignal<Option<Failure>>,
    /// The words that the desk keeps, and of which message.
    kept: StoredValue<Option<(String, UnsentText)>>,
    /// Whether what is typed is going to be kept, however long it does not rest.
    keeps_soon: StoredValue<bool>,
    /// The message whose decision is being recorded: its words are the decision's, and not kept as unsent meanwhile.
    deciding: StoredValue<Option<String>>,
    /// Decisions that were taken back: nothing offers to undo them again.
    taken_back: StoredValue<HashSet<i64>>,
    active_at: StoredValue<f64>,
    pub(crate) queue: RwSignal<Option<Queue>>,
    pub(crate) queue_failure: RwSignal<Option<Failure>>,
    /// Which part of the queue is asked for.
    pub(crate) query: RwSignal<QueueQuery>,
    /// The words in the search field.
    pub(crate) words: RwSignal<String>,
    /// How often the queue was asked for.
    asked: StoredValue<u64>,
    pub(crate) selected: RwSignal<Option<String>>,
    pub(crate) opened: RwSignal<Option<Opened>>,
    /// What is drawn of it: for a moment still the message before it, while the next one is asked for.
    pub(crate) on_screen: Memo<Option<Opened>>,
    /// Whether the message before stays drawn.
    held: RwSignal<bool>,
    pub(crate) text: RwSignal<String>,
    pub(crate) mode: RwSignal<StartMode>,
    /// True once the person typed or chose a text: a streaming draft no longer writes over it.
    pub(crate) touched: RwSignal<bool>,
    /// True while a reply that is out is put right by another message.
    pub(crate) correcting: RwSignal<bool>,
    /// The message whose draft is being written, and its tokens a second.
    pub(crate) pace: RwSignal<Option<(String, f64)>>,
    /// The draft that the text in the editor began from: what it is compared with and recorded against.
    pub(crate) base: RwSignal<Option<DraftView>>,
    unsent: StoredValue<HashMap<String, Unsent>>,
    /// What the checks found in the text on screen.
    pub(crate) findings: RwSignal<Vec<Finding>>,
    /// Why the text on screen could not be checked.
    pub(crate) check_failure: RwSignal<Option<Failure>>,
    /// What of the text on screen rests on the chart.
    pub(crate) used: RwSignal<Vec<UsedFact>>,
    /// Where the cursor stands in the editor, in Unicode scalar values.
    pub(crate) caret: RwSignal<usize>,
    /// The heading of the chart that is shown.
    pub(crate) chart_tab: RwSignal<&'static str>,
    /// How a practice message went, until it was read.
    pub(crate) practised: RwSignal<Option<Practised>>,
    /// How far an import of a model has come: what it does, and its part.
    pub(crate) progress: RwSignal<Option<(String, f64)>>,
    history: StoredValue<history::History>,
    /// When the person last did something, in milliseconds.
    moved_at: StoredValue<f64>,
    /// True while the text on screen is not checked yet.
    pub(crate) checking: RwSignal<bool>,
    /// Keys of the findings that the person checked.
    pub(crate) checked: RwSignal<HashSet<String>>,
    /// The finding that was stepped to.
    pub(crate) finding: RwSignal<Option<String>>,
    pub(crate) compare: RwSignal<bool>,
    /// Whether the draft and the reply are compared beside each other.
    pub(crate) beside: RwSignal<bool>,
    /// What is asked about the draft that was decided on.
    pub(crate) asking: RwSignal<Option<Asking>>,
    /// The step of the tour.
    pub(crate) tour: RwSignal<Option<usize>>,
    /// The number of the safety report that was made; it stays until it is put away.
    pub(crate) told: RwSignal<Option<i64>>,
    pub(crate) dialog: RwSignal<Option<Dialog>>,
    /// Whether a safety problem is being told of, over whatever else is open.
    pub(crate) reporting: RwSignal<bool>,
    /// What can still be undone, oldest first.
    pub(crate) undo: RwSignal<Vec<UndoBar>>,
    pub(crate) notice: RwSignal<Option<Notice>>,
    /// Where that is drawn: on what lay on top when it came, for as long as that is there.
    pub(crate) noticed_on: Memo<Layer>,
    /// What was said last, oldest first, each with a number of its own.
    pub(crate) said: RwSignal<Vec<(u64, String)>>,
    pub(crate) settings: RwSignal<Settings>,
    /// The letters of the commands, as they are now.
    letters: Memo<HashMap<&'static str, String>>,
    pub(crate) busy: RwSignal<bool>,
    /// The reply that is about to be signed off.
    pub(crate) signing: RwSignal<Option<(SignOff, DecisionRequest)>>,
    pub(crate) attention: StoredValue<Attention>,
    /// How long the other messages were looked at, while the session lasts.
    looked_at: StoredValue<HashMap<String, Attention>>,
    /// When the clock of attention was read last, in milliseconds.
    ticked_at: StoredValue<f64>,
}

impl Page {
    pub(crate) fn new() -> Self {
        let settings = RwSignal::new(Settings::default());
        let (opened, held) = (RwSignal::new(None::<Opened>), RwSignal::new(false));
        let (notice, told) = (RwSignal::new(None::<Notice>), RwSignal::new(None::<i64>));
        let (dialog, reporting) = (RwSignal::new(None::<Dialog>), RwSignal::new(false));
        let on_top = move || match (reporting.get(), dialog.with(Option::is_some)) {
            (true, _) => Layer::Report,
            (false, true) => Layer::Dialog,
            (false, false) => Layer::Page,
        };
        // What was there before a dialog was opened is not told once more in it.
        let came_on = Memo::new(move |_| {
            notice.track();
            told.track();
            untrack(on_top)
        });
        Self {
            backend: StoredValue::new_local(backend::of_this_page()),
            session: RwSignal::new(None),
            making: RwSignal::new(false),
            entry_failure: RwSignal::new(None),
            kept: StoredValue::new(None),
            keeps_soon: StoredValue::new(false),
            deciding: StoredValue::new(None),
            taken_back: StoredValue::new(HashSet::new()),
            active_at: StoredValue::new(0.0),
            queue: RwSignal::new(None),
            queue_failure: RwSignal::new(None),
            query: RwSignal::new(inbox::first_rows()),
            words: RwSignal::new(String::new()),
            asked: StoredValue::new(0),
            selected: RwSignal::new(None),
            opened,
            on_screen: Memo::new(move |before: Option<&Option<Opened>>| match opened.get() {
                None if held.get() => before.cloned().flatten(),
                now => now,
            }),
            held,
            text: RwSignal::new(String::new()),
            mode: RwSignal::new(StartMode::Draft),
            touched: RwSignal::new(false),
            correcting: RwSignal::new(false),
            pace: RwSignal::new(None),
            base: RwSignal::new(None),
            unsent: StoredValue::new(HashMap::new()),
            findings: RwSignal::new(Vec::new()),
            check_failure: RwSignal::new(None),
            used: RwSignal::new(Vec::new()),
            caret: RwSignal::new(0),
            chart_tab: RwSignal::new(crate::chart::ALL),
            practised: RwSignal::new(None),
            progress: RwSignal::new(None),
            history: StoredValue::new(history::History::default()),
            moved_at: StoredValue::new(0.0),
            checking: RwSignal::new(false),
            checked: RwSignal::new(HashSet::new()),
            finding: RwSignal::new(None),
            compare: RwSignal::new(false),
            beside: RwSignal::new(false),
            asking: RwSignal::new(None),
            tour: RwSignal::new(None),
            told,
            dialog,
            reporting,
            undo: RwSignal::new(Vec::new()),
            notice,
            noticed_on: Memo::new(move |_| came_on.get().min(on_top())),
            said: RwSignal::new(Vec::new()),
            settings,
            letters: Memo::new(move |_| settings.with(commands::letters)),
            busy: RwSignal::new(false),
            signing: RwSignal::new(None),
            attention: StoredValue::new(Attention::default()),
            looked_at: StoredValue::new(HashMap::new()),
            ticked_at: StoredValue::new(0.0),
        }
    }

    /// The number that what is said next will have.
    pub(crate) fn next_said(self) -> u64 {
        self.said
            .with_untracked(|all| all.last().map_or(0, |s| s.0 + 1))
    }

    /// Tells a screen reader. What was said before stays for a while: a draft that becomes ready must not take away
    /// the words that a reply can still be undone.
    pub(crate) fn say(self, words: impl Into<String>) {
        const KEPT: usize = 6;
        let words = words.into();
        if words.is_empty() {
            return;
        }
        let number = self.next_said();
        self.said.update(|all| {
            all.push((number, words));
            if all.len() > KEPT {
                all.remove(0);
            }
        });
    }

    /// The letter that calls a command now.
    pub(crate) fn letter(self, command: &str) -> Option<String> {
        self.letters.with(|all| all.get(command).cloned())
    }

    pub(crate) fn backend(self) -> Rc<dyn Backend> {
        self.backend.get_value()
    }

    /// Begins: settings, queue, events, the clock of attention.
    pub(crate) fn begin(self) {
        let page = self;
        self.backend()
            .listen(Box::new(move |event| page.heard(event)));
        spawn_local(page.look_at_session());
        Effect::new(move |_| {
            // Read here, so that the effect runs again when the text or the message changes.
            page.text.track();
            page.opened.with(|o| o.as_ref().map(|o| o.draft_state));
            page.check_soon();
            page.keep_soon();
        });
        // An outcome that was read, however its dialog was left, is gone on from.
        Effect::new(move |_| {
            if page.dialog.with(|d| *d != Some(Dialog::Practised)) {
                page.after_outcome();
            }
        });
        set_interval(move || page.tick(), Duration::from_millis(500));
        page.keep_queue_fresh();
        page.keep_before_the_window_goes();
        Effect::new(move |_| {
            let name = match page.settings.get().theme {
                Theme::System => "system",
                Theme::Light => "light",
                Theme::Dark => "dark",
            };
            let (size, density) = page
                .settings
                .with(|s| (s.type_percent.to_string(), s.density));
            let density = match density {
                Density::Comfortable => "comfortable",
                Density::Compact => "compact",
            };
            if let Some(root) = document().document_element() {
                for (attribute, value) in [
                    ("data-theme", name),
                    ("data-size", &size),
                    ("data-density", density),
                ] {
                    let _ = root.set_attribute(attribute, value);
                }
            }
        });
    }

    fn heard(self, event: DeskEvent) {
        if !self.is_open() && !matches!(event, DeskEvent::Session) {
            return;
        }
        match event {
            DeskEvent::Session => spawn_local(self.look_at_session()),
            DeskEvent::DraftText {
                message_id,
                text,
                pace,
            } => {
                let shown = self
                    .opened
                    .with_untracked(|o| o.as_ref().is_some_and(|o| o.message.id == message_id));
                if shown && self.selected.get_untracked().as_ref() == Some(&message_id) {
                    self.pace.set(Some((message_id, pace)));
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
                    match state {
                        DraftState::Writing => self.say(t("say-draft-writing")),
                        DraftState::Ready => self.say(t("say-draft-ready")),
                        DraftState::Failed => self.say(t("say-draft-failed")),
                        DraftState::Queued | DraftState::Withheld => {}
                    }
                    self.load(message_id);
                }
            }
            DeskEvent::Engine { state } => self.queue.update(|q| {
                if let Some(q) = q {
                    q.engine = state;
                }
            }),
            DeskEvent::Progress { what, part } => {
                self.progress.set((part < 1.0).then_some((what, part)));
            }
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
            DeskEvent::ImportFailed { failure } | DeskEvent::Warning { failure } => {
                self.notice.set(Some(Notice::Failure(failure)));
            }
        }
    }

    /// The person typed.
    pub(crate) fn typed(self, text: String, composing: bool) {
        self.attention.update_value(|a| {
            a.read_ms.get_or_insert(a.focused_ms);
        });
        // Half a word of an input method is no step: the whole one was kept for when it began.
        if !composing {
            self.keep_typed(words::now_ms(), &text);
        }
        self.touched.set(true);
        self.text.set(text);
    }

    /// Begins the reply from nothing, or from the draft again.
    pub(crate) fn start(self, mode: StartMode) {
        self.keep_for_undo();
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

    /// Puts the clinic's fixed text into the editor: a red flag's, or that for a request of its kind.
    pub(crate) fn use_fixed_text(self) {
        if let Some(Gate::Emergency { text } | Gate::Template { text, .. }) = self
            .opened
            .with_untracked(|o| o.as_ref().map(|o| o.gate.clone()))
        {
            let sign_off = self.settings.with_untracked(|s| s.sign_off.clone());
            self.keep_for_undo();
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

    pub(crate) fn save_settings(self, settings: Settings) {
        // Here at once, so that a change that follows builds on it.
        self.settings.set(settings.clone());
        spawn_local(async move {
            match self.backend().set_settings(settings.clone()).await {
                // As the desk keeps them, unless something was changed meanwhile.
                Ok(kept) if self.settings.with_untracked(|s| *s == settings) => {
                    self.settings.set(kept);
                }
                Ok(_) => {}
                Err(f) => {
                    self.notice.set(Some(Notice::Failure(f)));
                    if let Ok(s) = self.backend().settings().await {
                        self.settings.set(s);
                    }
                }
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
                    tour::offer(self);
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
}

/// The page of this component.
pub(crate) fn page() -> Page {
    expect_context::<Page>()
}
