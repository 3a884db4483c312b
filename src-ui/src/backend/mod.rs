//! What the page asks of the desk.

#[cfg(feature = "fake")]
mod fake;
mod tauri;

use contract::{
    About, AccountLine, Checked, Closed, Codes, Decided, DecisionRequest, DeskEvent, DraftView,
    Failure, FirstAdmin, ImportSummary, Licence, ModelCard, ModelLine, Opened, OwnRules,
    PracticeResults, Preset, Queue, QueueQuery, Rating, Role, SafetyProblem, SessionState,
    Settings, SettingsFolder, SignOff, SpeedTest, StartMode, Summary, Taken, Unlock, UnsentText,
};
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

/// An answer that comes later.
pub(crate) type Answer<T> = Pin<Box<dyn Future<Output = Result<T, Failure>>>>;

/// The desk, as the page sees it. The words are the desk's own.
pub(crate) trait Backend {
    fn session(&self) -> Answer<SessionState>;
    fn create_record(&self, first: FirstAdmin) -> Answer<Codes>;
    fn unlock(&self, with: Unlock) -> Answer<SessionState>;
    fn open_demo(&self) -> Answer<SessionState>;
    fn lock(&self) -> Answer<()>;
    fn active(&self) -> Answer<()>;
    fn keep_unsent(&self, message_id: &str, unsent: UnsentText) -> Answer<()>;
    fn accounts(&self) -> Answer<Vec<AccountLine>>;
    fn add_user(&self, user: &str, passphrase: &str, role: Role, licence: Licence) -> Answer<()>;
    fn remove_user(&self, user: &str) -> Answer<()>;
    fn change_passphrase(&self, old: &str, new: &str) -> Answer<()>;
    fn new_codes(&self) -> Answer<Codes>;
    /// Lets this computer's keyring open the record.
    fn remember(&self, passphrase: &str) -> Answer<()>;
    fn forget(&self) -> Answer<()>;
    /// Words left the window.
    fn note_taken(&self, way: Taken, message_id: &str, characters: u32) -> Answer<()>;
    fn queue(&self, query: QueueQuery) -> Answer<Queue>;
    fn put_off(&self, message_id: &str, until: Option<String>) -> Answer<()>;
    fn assign(&self, message_id: &str, to: &str) -> Answer<()>;
    /// Those who may answer messages here, by name.
    fn colleagues(&self) -> Answer<Vec<String>>;
    fn close_owed_none(&self, message_ids: Vec<String>) -> Answer<Closed>;
    fn open_message(&self, message_id: &str) -> Answer<Opened>;
    fn check(&self, message_id: &str, text: &str, start_mode: StartMode) -> Answer<Checked>;
    fn decide(&self, request: DecisionRequest) -> Answer<Decided>;
    /// What will happen when it is decided.
    fn sign_off(&self, request: DecisionRequest) -> Answer<SignOff>;
    fn undo(&self, decision_id: i64) -> Answer<String>;
    /// Seconds to undo that are left then.
    fn more_time(&self, decision_id: i64) -> Answer<u32>;
    fn redraft(&self, message_id: &str, seed: u64, preset: Option<Preset>) -> Answer<()>;
    /// The newest drafts of a message, newest first.
    fn drafts(&self, message_id: &str) -> Answer<Vec<DraftView>>;
    /// The chart and the thread of a message in short.
    fn summary(&self, message_id: &str) -> Answer<Summary>;
    /// The first message of the training.
    fn begin_training(&self) -> Answer<String>;
    fn end_training(&self) -> Answer<()>;
    /// How this person did in practice.
    fn practice_results(&self) -> Answer<PracticeResults>;
    fn rate(&self, decision_id: i64, rating: Rating) -> Answer<()>;
    /// The number of the report.
    fn report_safety(&self, problem: SafetyProblem) -> Answer<i64>;
    fn stop_draft(&self) -> Answer<()>;
    fn settings(&self) -> Answer<Settings>;
    fn set_settings(&self, settings: Settings) -> Answer<Settings>;
    fn models(&self) -> Answer<Vec<ModelLine>>;
    fn describe_model(&self, name: &str) -> Answer<ModelCard>;
    /// Has the model answer an invented message.
    fn try_model(&self, name: &str) -> Answer<SpeedTest>;
    fn about(&self) -> Answer<About>;
    /// The last lines of the program's log, oldest first.
    fn log_lines(&self) -> Answer<Vec<String>>;
    fn choose_model(&self, name: &str) -> Answer<()>;
    fn pick_model(&self) -> Answer<Option<ModelLine>>;
    fn pick_import(&self) -> Answer<bool>;
    fn pick_folder(&self, what: SettingsFolder, clear: bool) -> Answer<Settings>;
    /// Writes a backup into the clinic's folder.
    fn back_up_now(&self) -> Answer<()>;
    /// What the clinic added to the triage rules.
    fn own_rules(&self) -> Answer<OwnRules>;
    fn pick_own_rules(&self) -> Answer<OwnRules>;
    fn clear_own_rules(&self) -> Answer<OwnRules>;
    fn import_sample(&self) -> Answer<ImportSummary>;
    /// Says what happens at the desk from now on.
    fn listen(&self, each: Box<dyn Fn(DeskEvent)>);
}

/// The backend of this page.
pub(crate) fn of_this_page() -> Rc<dyn Backend> {
    #[cfg(feature = "fake")]
    if !tauri::is_there() {
        return Rc::new(fake::Fake::new());
    }
    Rc::new(tauri::Tauri)
}
