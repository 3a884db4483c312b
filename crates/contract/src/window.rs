//! What the window asks for and is told.

use crate::{
    Chart, DecisionKind, DraftView, EngineState, Failure, Finding, Gate, ImportSummary,
    MessageKind, QueueItem, ThreadMessage, Trend, Triage, UnsentText,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Where the draft of a message stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DraftState {
    /// In line for the drafter.
    Queued,
    /// Being written now.
    Writing,
    /// There to be reviewed.
    Ready,
    /// The gate held it back.
    Withheld,
    /// The drafter failed on it.
    Failed,
}

/// A part of the in-basket. A red flag that waits is in every one but the three that hold what is done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// Waits for a decision, and is not put off.
    #[default]
    Waiting,
    /// Red flags alone.
    RedFlags,
    /// Waits and is of one kind.
    Kind(MessageKind),
    /// Waits and has no draft: none was to be made, or none could be.
    NoDraft,
    /// Put off until later.
    Later,
    /// Decided today.
    Done,
    /// Decided today with a reply.
    SentToday,
    /// Decided at any time.
    AllDone,
}

impl Folder {
    /// Every folder, in the order shown.
    pub fn all() -> Vec<Self> {
        let mut all = vec![Self::Waiting, Self::RedFlags];
        all.extend(MessageKind::ALL.map(Self::Kind));
        all.extend([
            Self::NoDraft,
            Self::Later,
            Self::Done,
            Self::SentToday,
            Self::AllDone,
        ]);
        all
    }

    /// Whether it holds what is decided.
    pub fn is_done(self) -> bool {
        matches!(self, Self::Done | Self::SentToday | Self::AllDone)
    }
}

/// Which rows come first. Red flags always do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The most urgent, and of those the oldest.
    #[default]
    Urgency,
    /// The newest.
    Newest,
    /// The oldest.
    Oldest,
}

/// Which rows of the queue are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct QueueQuery {
    /// The folder; not heeded by a search, which looks everywhere.
    pub folder: Folder,
    /// Words that must all be there, in message, replies or chart, each at least begun; or an id. Empty for no search.
    pub search: String,
    /// How far back the search goes: in steps, of which the first is always taken.
    pub depth: u32,
    /// A day, as 2026-11-20, of which alone the folder of all that is done is shown; empty for every day. No other folder heeds it.
    pub day: String,
    /// Only messages to this pool; empty for all.
    pub pool: String,
    /// Only what this person has taken on; empty for all.
    pub assignee: String,
    /// What comes first.
    pub order: Order,
    /// Rows that are left out at the beginning.
    pub offset: u32,
    /// Most rows that are given, [`QueueQuery::MOST`] at most.
    pub limit: u32,
}

impl QueueQuery {
    /// Most rows of one answer.
    pub const MOST: u32 = 500;
}

impl Default for QueueQuery {
    fn default() -> Self {
        Self {
            folder: Folder::Waiting,
            search: String::new(),
            depth: 1,
            day: String::new(),
            pool: String::new(),
            assignee: String::new(),
            order: Order::Urgency,
            offset: 0,
            limit: 200,
        }
    }
}

/// How many rows a folder has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FolderCount {
    /// The folder.
    pub folder: Folder,
    /// Its rows.
    pub rows: u32,
}

/// A page of the queue, and the counts of all folders.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Queue {
    /// The rows that were asked for.
    pub items: Vec<QueueItem>,
    /// Place of the first of them.
    pub offset: u32,
    /// Rows that there are.
    pub total: u32,
    /// Rows of each folder.
    pub counts: Vec<FolderCount>,
    /// Pools that messages wait in.
    pub pools: Vec<String>,
    /// What the drafter is doing.
    pub engine: EngineState,
    /// True when the record holds no message at all.
    pub empty_record: bool,
    /// Whether the search would find more further back.
    #[serde(default)]
    pub more: bool,
    /// When the next message comes back that was put off.
    #[serde(default)]
    pub back_at: Option<String>,
    /// Now, RFC 3339 in UTC: ages are counted from it, so the page needs no clock of its own.
    pub now: String,
}

/// The patient, as the banner over the chart shows them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientBanner {
    /// Id as in the source.
    pub id: String,
    /// Name.
    pub name: String,
    /// Date of birth, `YYYY-MM-DD`; empty when unknown.
    pub birth_date: String,
    /// Age in words (`54 years`, `7 months`); empty when unknown.
    pub age: String,
    /// Administrative sex as in the source; empty when unknown.
    pub sex: String,
    /// Language; empty when unknown.
    pub language: String,
}

/// Everything about one message, for the review screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Opened {
    /// The message to answer.
    pub message: ThreadMessage,
    /// The whole thread, oldest first, the message included.
    pub thread: Vec<ThreadMessage>,
    /// Whose chart it is.
    pub patient: PatientBanner,
    /// The chart.
    pub chart: Chart,
    /// Results that were measured more than once.
    pub trends: Vec<Trend>,
    /// Where quoted history begins in messages that end with it: id, and character.
    pub quoted: BTreeMap<String, usize>,
    /// What triage found.
    pub triage: Triage,
    /// Who has it; empty for nobody.
    #[serde(default)]
    pub assignee: String,
    /// Until when it is put off.
    #[serde(default)]
    pub later_until: Option<String>,
    /// The language that the patient writes in (`en`, `es`); empty where the message does not say so clearly.
    #[serde(default)]
    pub writes_in: String,
    /// Whether a draft is made, and why not.
    pub gate: Gate,
    /// Where the draft stands.
    pub draft_state: DraftState,
    /// The draft, when it is ready.
    pub draft: Option<DraftView>,
    /// What is written so far, when it is being made.
    pub partial: Option<String>,
    /// Why drafting failed.
    pub draft_failure: Option<Failure>,
    /// The decision in force, with its final text.
    pub decision: Option<DecisionOnRecord>,
    /// What was sent after it to put it right, oldest first.
    #[serde(default)]
    pub corrections: Vec<DecisionOnRecord>,
    /// What this person typed before and did not decide on.
    pub unsent: Option<UnsentText>,
    /// The draft that those words began from.
    #[serde(default)]
    pub unsent_draft: Option<DraftView>,
    /// Where the person stands in training, when this is a message of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub training: Option<crate::Training>,
}

/// What will happen when a reply is signed off: shown before it does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SignOff {
    /// Who gets it, in words.
    pub to: String,
    /// What is recorded.
    pub kind: DecisionKind,
    /// The whole text as it goes out.
    pub text: String,
    /// The words of disclosure over it.
    pub disclosure: Option<String>,
    /// Why there are some, or none; with the law they follow.
    pub disclosure_why: String,
    /// Findings, each with what became of it.
    pub findings: Vec<Settled>,
    /// Findings in the draft that an edit has mended.
    pub mended: Vec<Finding>,
    /// Seconds in which it can be undone.
    pub undo_seconds: u32,
}

/// A finding at the end of a review.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// The finding.
    pub finding: Finding,
    /// Whether the person says that they checked it.
    pub checked: bool,
}

/// A decision already taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DecisionOnRecord {
    /// Id of the decision.
    pub id: i64,
    /// What was decided.
    pub kind: DecisionKind,
    /// The reply that goes out, if any.
    pub final_text: Option<String>,
    /// When, RFC 3339 in UTC.
    pub decided_at: String,
    /// True while it can be undone.
    pub can_undo: bool,
}

/// Light, dark, or as the system says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the system says.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}

/// How close together things stand.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Density {
    /// With room around them.
    #[default]
    Comfortable,
    /// More of the queue at once.
    Compact,
}

/// What holds at this workstation. Language, looks, letters, lines, the time to undo and the question after a decision are each
/// person's own; what is the clinic's says so; the rest is the workstation's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// Language of the interface: a code (BCP 47, such as `es`), or `system`. The page knows which there are, and takes
    /// one that it does not know as `system`.
    pub language: String,
    /// Colours.
    pub theme: Theme,
    /// The line under every reply, put there by the app and never by the model. The clinic's: a draft that is made while one
    /// person works is read by another.
    pub sign_off: String,
    /// Seconds in which a decision can be undone, 5 to 30.
    pub undo_seconds: u32,
    /// Whether single letters work as shortcuts (WCAG 2.1.4).
    pub single_key_shortcuts: bool,
    /// A folder whose new files are imported; empty for none.
    pub watched_folder: String,
    /// Minutes without a key or a click after which the record is locked, 1 to 60. The clinic's.
    pub lock_minutes: u32,
    /// Threads of the drafter; 0 for all cores. Fewer leave more of the machine to other programs.
    pub draft_threads: u32,
    /// The pack of disclosure words for replies that began as a draft (`assets/disclosure`). The clinic's.
    pub jurisdiction: String,
    /// How a patient reaches a person, as it ends a sentence. The clinic's.
    pub contact: String,
    /// A folder for the audit's daily signed head; empty for none. The clinic's.
    pub audit_folder: String,
    /// A folder for scheduled backups, encrypted as the record is; empty for none. The clinic's.
    pub backup_folder: String,
    /// Days from one scheduled backup to the next, 1 to 31. The clinic's.
    pub backup_days: u32,
    /// Scheduled backups that are kept, 2 to 100. The clinic's.
    pub backups_kept: u32,
    /// Whether people may let this computer's keyring open the record for them. The clinic's.
    pub keyring: bool,
    /// How close together things stand.
    pub density: Density,
    /// Size of type in percent: 90, 100, 110, 125 or 150.
    pub type_percent: u32,
    /// Width of the queue in percent of the window, 15 to 40.
    pub queue_percent: u32,
    /// Width of the chart in percent of the window, 15 to 40.
    pub chart_percent: u32,
    /// Lines that are put into replies by name; empty for those that are built in.
    pub lines: Vec<String>,
    /// Single letters that call other commands than they are built to: command, letter.
    pub keys: BTreeMap<String, String>,
    /// Whether a decision is followed by a question about the draft.
    pub ask_feedback: bool,
    /// One practice message in about so many decisions, 0 for none, 10 to 500 otherwise. The clinic's.
    pub practice_every: u32,
    /// Minutes without a draft after which the model leaves the memory, 0 for never, 240 at most.
    pub unload_minutes: u32,
    /// The model that drafts here; empty for the best one that is installed. The clinic's.
    pub model: String,
}

impl Settings {
    /// Sizes of type that there are, in percent.
    pub const TYPE_SIZES: [u32; 5] = [90, 100, 110, 125, 150];
    /// Least and most width of a pane at the side, in percent.
    pub const PANE: (u32, u32) = (15, 40);
    /// Fewest and most decisions for one practice message.
    pub const PRACTICE: (u32, u32) = (10, 500);
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: "system".into(),
            theme: Theme::System,
            sign_off: "Your care team".into(),
            undo_seconds: 10,
            single_key_shortcuts: true,
            watched_folder: String::new(),
            lock_minutes: 10,
            draft_threads: 0,
            jurisdiction: "none".into(),
            contact: "reply to this message or call our office".into(),
            audit_folder: String::new(),
            backup_folder: String::new(),
            backup_days: 1,
            backups_kept: 7,
            keyring: false,
            density: Density::Comfortable,
            type_percent: 100,
            queue_percent: 23,
            chart_percent: 24,
            lines: Vec::new(),
            keys: BTreeMap::new(),
            ask_feedback: true,
            practice_every: 0,
            unload_minutes: 15,
            model: String::new(),
        }
    }
}

/// What a clinic added to the rules that are built in.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRules {
    /// The clinic's file; empty when there is none.
    pub text: String,
    /// Ids of its rules.
    pub ids: Vec<String>,
    /// Why it is not in force, when it is not.
    pub fault: Option<String>,
}

/// A folder that is chosen in a dialog of the system, never by the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingsFolder {
    /// New files in it are imported.
    Watched,
    /// Scheduled backups go there.
    Backups,
    /// The audit's daily signed head goes there.
    AuditHeads,
}

/// How words left the window by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Taken {
    /// Copied or cut to the clipboard.
    Clipboard,
    /// Printed.
    Printer,
}

/// What the desk tells the window without being asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum DeskEvent {
    /// A draft grew; the whole text so far, joined to 50 ms.
    DraftText {
        /// The message it answers.
        message_id: String,
        /// The text so far.
        text: String,
        /// Tokens a second since the first one.
        pace: f64,
    },
    /// The state of one message's draft changed.
    DraftChanged {
        /// The message.
        message_id: String,
        /// Its new state.
        state: DraftState,
    },
    /// The drafter's state changed.
    Engine {
        /// The new state.
        state: EngineState,
    },
    /// An import ended (a drop, or the watched folder).
    Imported {
        /// What it did.
        summary: ImportSummary,
    },
    /// How far something long has come.
    Progress {
        /// What it does, in a word: `copying`, `verifying`.
        what: String,
        /// From 0 to 1; it is over then.
        part: f64,
    },
    /// The record was locked or opened: the page asks for the session anew.
    Session,
    /// Something that the desk does by itself went wrong: a backup, a check of the record.
    Warning {
        /// What happened and what to do.
        failure: Failure,
    },
    /// An import failed as a whole.
    ImportFailed {
        /// What happened and what to do.
        failure: Failure,
    },
}
