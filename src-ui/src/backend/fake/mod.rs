//! A desk inside the browser, for tests of the page and for work on it.
//!
//! Its few messages cover the page's states. `?` in the address asks for one:
//! `?empty` (no messages), `?no-model`, `?failed` (the model was refused),
//! `?slow` (a draft that streams slowly, decisions that take a while), `?many` (100,000 messages), `?fifty` (a day's in-basket), `?practice` (a
//! practice message among them), `?out` (what is sent is out at once), `?gated` (a bill and angry messages, one from right to left), `?faulty`
//! (a draft with faults), `?later` (a message that comes back after five seconds), `?courses` (results that were measured again),
//! `?spanish` (patients who write in Spanish).

mod asked;
mod cases;
mod courses;
mod deciding;
mod inbox;
mod models;
mod people;
mod practice;
mod stream;
mod summary;

use super::{Answer, Backend};
use asked::asked;
use cases::{Case, cases, found, used};
use contract::{
    About, AccountLine, Checked, Closed, Code, Codes, Decided, DecisionKind, DecisionRequest,
    DeskEvent, DraftState, DraftView, EngineState, Failure, FirstAdmin, Gate, ImportSummary,
    Licence, ModelCard, ModelLine, Opened, OwnRules, PracticeResults, Preset, Queue, QueueQuery,
    Rating, Role, SafetyProblem, SessionState, Settings, SettingsFolder, SignOff, SpeedTest,
    StartMode, Summary, Taken, Unlock, UnsentText,
};
use leptos::prelude::set_timeout;
use people::{PASSPHRASE, codes, locked, open, person};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;
use stream::stream;

const NOW: &str = "2026-11-20T15:00:00Z";

const STREAMED: &str = "Hello Ana, thank you for your note. Please keep taking it as before. Is the swelling worse in the evening?\n\nYour care team";

type Listener = Box<dyn Fn(DeskEvent)>;

struct Inner {
    cases: RefCell<Vec<Case>>,
    settings: RefCell<Settings>,
    session: RefCell<SessionState>,
    unsent: RefCell<std::collections::HashMap<String, UnsentText>>,
    people: RefCell<Vec<AccountLine>>,
    own_rules: RefCell<OwnRules>,
    taken: RefCell<Vec<String>>,
    keyring: Cell<bool>,
    each: RefCell<Option<Listener>>,
    writing: RefCell<Option<(String, String)>>,
    stop: Cell<bool>,
    next: Cell<i64>,
    engine: RefCell<EngineState>,
    slow: bool,
    /// Whether what is sent is out at once.
    out: bool,
    /// Whether a message is put off for five seconds.
    due: Cell<bool>,
    practice: practice::Practice,
}

/// The fake desk.
pub(super) struct Fake(Rc<Inner>);

fn later<T: 'static>(value: Result<T, Failure>) -> Answer<T> {
    Box::pin(async move { value })
}

/// Nothing for a while.
async fn pause(time: Duration) {
    let over = js_sys::Promise::new(&mut |over, _| {
        let end = move || drop(over.call0(&wasm_bindgen::JsValue::NULL));
        set_timeout(end, time);
    });
    let _ = wasm_bindgen_futures::JsFuture::from(over).await;
}

/// The draft before another one.
fn older(newest: &DraftView) -> DraftView {
    DraftView {
        id: newest.id + 100,
        text: "Hello, an older draft of the same message.\n\nYour care team".into(),
        ..newest.clone()
    }
}

/// For the tests of the page, which see nothing else of the desk.
fn shown_to_tests(name: &str, value: &str) {
    let _ = leptos::prelude::document()
        .body()
        .map(|b| b.set_attribute(name, value));
}

impl Fake {
    pub(super) fn new() -> Self {
        let fake = Self::as_asked();
        if fake.0.due.get() {
            let inner = Rc::clone(&fake.0);
            let put_off = |until: Option<String>| move |c: &mut Case| c.later_until = until;
            let _ = inner.change("m2", put_off(Some("2026-11-20T15:00:05Z".into())));
            set_timeout(
                move || {
                    inner.due.set(false);
                    let _ = inner.change("m2", put_off(None));
                },
                Duration::from_secs(5),
            );
        }
        fake
    }
}

impl Inner {
    fn change(&self, message_id: &str, change: impl FnOnce(&mut Case)) -> Result<(), Failure> {
        let mut cases = self.cases.borrow_mut();
        match cases.iter_mut().find(|c| c.id == message_id) {
            Some(c) => {
                change(c);
                Ok(())
            }
            None => Err(Failure::new(
                Code::NotFound,
                "There is no message with this id on record.",
            )),
        }
    }

    fn tell(&self, event: DeskEvent) {
        if let Some(each) = self.each.borrow().as_ref() {
            each(event);
        }
    }

    fn state(&self, c: &Case) -> DraftState {
        if self.writing.borrow().as_ref().is_some_and(|w| w.0 == c.id) {
            DraftState::Writing
        } else if c.draft.is_some() {
            DraftState::Ready
        } else if c.gate() != Gate::Draft {
            DraftState::Withheld
        } else {
            DraftState::Queued
        }
    }
}

/// Why words are not kept, where they say so themselves.
fn unkept(words: &str) -> Option<Failure> {
    words.contains("cannot be kept").then(|| {
        Failure::new(
            Code::Record,
            "The record could not be written. Make room on the disk.",
        )
    })
}

impl Backend for Fake {
    fn session(&self) -> Answer<SessionState> {
        later(Ok(self.0.session.borrow().clone()))
    }
    fn create_record(&self, first: FirstAdmin) -> Answer<Codes> {
        if first.passphrase.chars().count() < 10 {
            return later(Err(Failure::new(
                Code::Incomplete,
                "A passphrase needs at least 10 characters.",
            )));
        }
        *self.0.session.borrow_mut() = open(&first.user);
        // As the real desk does, before its answer.
        self.0.tell(DeskEvent::Session);
        later(Ok(codes()))
    }
    fn unlock(&self, with: Unlock) -> Answer<SessionState> {
        let state = match with {
            Unlock::Passphrase { user, passphrase } if *passphrase == *PASSPHRASE => open(&user),
            Unlock::Keyring { user } if self.0.keyring.get() => open(&user),
            Unlock::BreakGlass { user, reason, .. } if reason.len() >= 5 => {
                open(&format!("break-glass:{user}"))
            }
            _ => {
                return later(Err(Failure::new(
                    Code::Unlock,
                    "The name or the passphrase is not right.",
                )));
            }
        };
        *self.0.session.borrow_mut() = state.clone();
        self.0.tell(DeskEvent::Session);
        later(Ok(state))
    }
    fn open_demo(&self) -> Answer<SessionState> {
        *self.0.session.borrow_mut() = open("demo");
        self.session()
    }
    fn lock(&self) -> Answer<()> {
        *self.0.session.borrow_mut() = locked(false);
        self.0.tell(DeskEvent::Session);
        later(Ok(()))
    }
    fn active(&self) -> Answer<()> {
        later(Ok(()))
    }
    fn keep_unsent(&self, message_id: &str, unsent: UnsentText) -> Answer<()> {
        if let Some(f) = unkept(&unsent.text) {
            return later(Err(f));
        }
        shown_to_tests("data-kept", &unsent.text);
        self.0.unsent.borrow_mut().insert(message_id.into(), unsent);
        later(Ok(()))
    }
    fn accounts(&self) -> Answer<Vec<AccountLine>> {
        later(Ok(self.0.people.borrow().clone()))
    }
    fn add_user(&self, user: &str, _: &str, role: Role, _: Licence) -> Answer<()> {
        self.0.people.borrow_mut().push(person(user, role));
        later(Ok(()))
    }
    fn remove_user(&self, user: &str) -> Answer<()> {
        self.0.people.borrow_mut().retain(|a| a.user != user);
        later(Ok(()))
    }
    fn change_passphrase(&self, old: &str, _: &str) -> Answer<()> {
        later(if old == PASSPHRASE {
            Ok(())
        } else {
            Err(Failure::new(
                Code::Unlock,
                "The name or the passphrase is not right.",
            ))
        })
    }
    fn new_codes(&self) -> Answer<Codes> {
        later(Ok(codes()))
    }
    fn remember(&self, passphrase: &str) -> Answer<()> {
        if passphrase != PASSPHRASE {
            return later(Err(Failure::new(
                Code::Unlock,
                "The name or the passphrase is not right.",
            )));
        }
        self.0.keyring.set(true);
        later(Ok(()))
    }
    fn forget(&self) -> Answer<()> {
        self.0.keyring.set(false);
        later(Ok(()))
    }
    fn note_taken(&self, way: Taken, message_id: &str, characters: u32) -> Answer<()> {
        self.0
            .taken
            .borrow_mut()
            .push(format!("{way:?} {message_id} {characters}"));
        shown_to_tests("data-taken", &self.0.taken.borrow().join(";"));
        later(Ok(()))
    }
    fn queue(&self, query: QueueQuery) -> Answer<Queue> {
        let mut page = self.0.page(&query);
        self.put_seeded(&query, &mut page);
        later(Ok(page))
    }
    fn put_off(&self, message_id: &str, until: Option<String>) -> Answer<()> {
        later(self.0.change(message_id, |c| c.later_until = until))
    }
    fn assign(&self, message_id: &str, to: &str) -> Answer<()> {
        let to = to.to_owned();
        later(self.0.change(message_id, |c| c.assignee = to))
    }
    fn colleagues(&self) -> Answer<Vec<String>> {
        let people = self.0.people.borrow();
        later(Ok(people.iter().map(|a| a.user.clone()).collect()))
    }
    fn close_owed_none(&self, message_ids: Vec<String>) -> Answer<Closed> {
        let mut decision_ids = Vec::new();
        for id in &message_ids {
            let number = self.0.next.replace(self.0.next.get() + 1);
            let _ = self.0.change(id, |c| {
                c.decision = Some((number, DecisionKind::NoReplyNeeded, None));
                decision_ids.push(number);
            });
        }
        later(Ok(Closed {
            decision_ids,
            undo_seconds: self.0.settings.borrow().undo_seconds,
        }))
    }

    fn open_message(&self, message_id: &str) -> Answer<Opened> {
        if let Some(opened) = self.practice_opened(message_id) {
            return later(Ok(opened));
        }
        let Some(opened) = self.0.opened(message_id) else {
            return later(Err(Failure::new(
                Code::NotFound,
                "There is no message with this id on record.",
            )));
        };
        let ready = matches!(*self.0.engine.borrow(), EngineState::Ready { .. });
        if opened.draft_state == DraftState::Queued && ready && opened.decision.is_none() {
            let inner = Rc::clone(&self.0);
            let id = message_id.to_owned();
            set_timeout(
                move || {
                    if inner.writing.borrow().is_none() {
                        stream(&inner, id, STREAMED);
                    }
                },
                Duration::from_millis(150),
            );
        }
        // Sooner and later than the page holds what was on screen before.
        let wait = if asked("opens-soon") {
            50
        } else if asked("opens-late") {
            900
        } else {
            return later(Ok(opened));
        };
        Box::pin(async move {
            pause(Duration::from_millis(wait)).await;
            Ok(opened)
        })
    }

    fn check(&self, _message_id: &str, text: &str, _mode: StartMode) -> Answer<Checked> {
        if text.contains("cannot be checked") {
            return later(Err(Failure::new(
                Code::Internal,
                "Something in Countersign itself went wrong. Your text is still here; try again.",
            )));
        }
        later(Ok(Checked {
            findings: found(text),
            used: used(text),
        }))
    }

    fn decide(&self, request: DecisionRequest) -> Answer<Decided> {
        let answer = self.decided(request);
        if !self.0.slow {
            return answer;
        }
        Box::pin(async move {
            pause(Duration::from_millis(600)).await;
            answer.await
        })
    }
    fn sign_off(&self, request: DecisionRequest) -> Answer<SignOff> {
        self.signed_off(request)
    }
    fn more_time(&self, _: i64) -> Answer<u32> {
        later(Ok(self.0.settings.borrow().undo_seconds + 30))
    }
    fn undo(&self, decision_id: i64) -> Answer<String> {
        self.undone(decision_id)
    }
    fn redraft(&self, message_id: &str, _seed: u64, preset: Option<Preset>) -> Answer<()> {
        let text = match preset {
            Some(Preset::Shorter) => "Hello, please rest it.\n\nYour care team",
            Some(Preset::Plainer) => "Hello, keep it\u{202E} up.\n\nYour care team",
            _ => STREAMED,
        };
        stream(&self.0, message_id.to_owned(), text);
        later(Ok(()))
    }

    fn summary(&self, message_id: &str) -> Answer<Summary> {
        later(Ok(self.0.in_short(message_id)))
    }
    fn begin_training(&self) -> Answer<String> {
        self.practice_begun()
    }
    fn end_training(&self) -> Answer<()> {
        later(Ok(()))
    }
    fn practice_results(&self) -> Answer<PracticeResults> {
        self.practice_told()
    }

    fn drafts(&self, message_id: &str) -> Answer<Vec<DraftView>> {
        let newest = self.0.opened(message_id).and_then(|o| o.draft);
        later(Ok(newest
            .into_iter()
            .flat_map(|d| {
                let older = older(&d);
                [d, older]
            })
            .collect()))
    }
    fn rate(&self, decision_id: i64, rating: Rating) -> Answer<()> {
        shown_to_tests(
            "data-rated",
            &format!("{decision_id} {:?} {:?}", rating.stars, rating.reasons),
        );
        later(Ok(()))
    }
    fn report_safety(&self, problem: SafetyProblem) -> Answer<i64> {
        if let Some(f) = unkept(&problem.words) {
            return later(Err(f));
        }
        shown_to_tests(
            "data-reported",
            &format!(
                "{} {:?} {}",
                problem.message_id, problem.draft_id, problem.words
            ),
        );
        later(Ok(1))
    }
    fn stop_draft(&self) -> Answer<()> {
        self.0.stop.set(true);
        later(Ok(()))
    }

    fn settings(&self) -> Answer<Settings> {
        later(Ok(self.0.settings.borrow().clone()))
    }

    fn set_settings(&self, settings: Settings) -> Answer<Settings> {
        if let Some(f) = unkept(&settings.sign_off) {
            return later(Err(f));
        }
        *self.0.settings.borrow_mut() = settings.clone();
        later(Ok(settings))
    }

    fn models(&self) -> Answer<Vec<ModelLine>> {
        later(Ok(vec![models::line()]))
    }
    fn describe_model(&self, _: &str) -> Answer<ModelCard> {
        later(Ok(models::card()))
    }
    fn try_model(&self, _: &str) -> Answer<SpeedTest> {
        later(Ok(SpeedTest {
            load_seconds: 0.4,
            first_token_seconds: 0.9,
            reply_seconds: 4.2,
            tokens_per_second: 21.0,
        }))
    }
    fn about(&self) -> Answer<About> {
        later(Ok(About {
            version: "0.0.0".into(),
            data_folder: "/srv/countersign".into(),
            models_folder: "/srv/models".into(),
        }))
    }

    fn log_lines(&self) -> Answer<Vec<String>> {
        later(Ok(vec![
            "WARN desk::background: the drafter ended and begins again code=DrafterGone".into(),
            "WARN desk::upkeep: no backup was written code=Io".into(),
        ]))
    }

    fn own_rules(&self) -> Answer<OwnRules> {
        later(Ok(self.0.own_rules.borrow().clone()))
    }

    fn pick_own_rules(&self) -> Answer<OwnRules> {
        *self.0.own_rules.borrow_mut() = OwnRules {
            text: "[[rule]]".into(),
            ids: vec!["our-pump".into()],
            fault: None,
        };
        self.own_rules()
    }

    fn clear_own_rules(&self) -> Answer<OwnRules> {
        *self.0.own_rules.borrow_mut() = OwnRules::default();
        self.own_rules()
    }

    fn choose_model(&self, name: &str) -> Answer<()> {
        shown_to_tests("data-chosen", name);
        later(Ok(()))
    }

    fn pick_model(&self) -> Answer<Option<ModelLine>> {
        let inner = Rc::clone(&self.0);
        Box::pin(async move {
            for (what, part) in [("copying", 0.4), ("copying", 1.0), ("verifying", 0.2)] {
                inner.tell(DeskEvent::Progress {
                    what: what.into(),
                    part,
                });
                pause(Duration::from_millis(if part < 1.0 { 900 } else { 0 })).await;
            }
            Ok(None)
        })
    }

    fn pick_import(&self) -> Answer<bool> {
        self.0.tell(DeskEvent::ImportFailed {
            failure: Failure::new(
                Code::Malformed,
                "The file is not valid JSON. Export it again.",
            )
            .at("week.json, line 2"),
        });
        later(Ok(true))
    }

    fn pick_folder(&self, what: SettingsFolder, clear: bool) -> Answer<Settings> {
        let mut settings = self.0.settings.borrow_mut();
        let folder = match what {
            SettingsFolder::Watched => &mut settings.watched_folder,
            SettingsFolder::Backups => &mut settings.backup_folder,
            SettingsFolder::AuditHeads => &mut settings.audit_folder,
        };
        *folder = if clear { "" } else { "/srv/clinic" }.into();
        later(Ok(settings.clone()))
    }
    fn back_up_now(&self) -> Answer<()> {
        later(if self.0.settings.borrow().backup_folder.is_empty() {
            Err(Failure::new(
                Code::Incomplete,
                "Choose a folder for backups first.",
            ))
        } else {
            Ok(())
        })
    }

    fn import_sample(&self) -> Answer<ImportSummary> {
        *self.0.cases.borrow_mut() = cases();
        later(Ok(ImportSummary::default()))
    }

    fn listen(&self, each: Box<dyn Fn(DeskEvent)>) {
        *self.0.each.borrow_mut() = Some(each);
    }
}
