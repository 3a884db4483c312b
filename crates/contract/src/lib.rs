//! What crosses a border of Countersign: between the window and the desk, and
//! between the desk and the drafter process.
//!
//! Only data lives here: serde types and stable error codes. The crate builds
//! for wasm, so the page and the program share one definition of every word
//! they exchange.
#![forbid(unsafe_code)]

mod chart;
mod decision;
mod drafting;
mod failure;
pub mod frames;
mod inbasket;
mod model;
mod practice;
mod secret;
mod session;
mod summary;
mod window;

pub use chart::{Chart, ChartFact, Demographics, Trend, TrendPoint};
pub use decision::{
    Closed, Decided, DecisionKind, DecisionRequest, Rating, Reason, SafetyProblem, StartMode,
};
pub use drafting::{
    Checked, DraftView, Finding, FinishReason, Gate, Preset, Sampling, Timing, UsedFact,
};
pub use failure::{Code, Failure};
pub use inbasket::{
    Flag, ImportLine, ImportOutcome, ImportSummary, MessageKind, QueueItem, QueueState, SenderRole,
    ThreadMessage, Triage, Urgency,
};
pub use model::{About, EngineState, ModelCard, ModelLine, ModelOrigin, SpeedTest};
pub use practice::{PracticeOutcome, PracticeResults, Tally, Training};
pub use secret::Secret;
pub use session::{
    AccountLine, Codes, FirstAdmin, Licence, Right, Role, SessionState, Unlock, UnsentText,
};
pub use summary::{Source, Summary, SummaryKind, SummaryLine};
pub use window::{
    DecisionOnRecord, Density, DeskEvent, DraftState, Folder, FolderCount, Opened, Order, OwnRules,
    PatientBanner, Queue, QueueQuery, Settings, SettingsFolder, Settled, SignOff, Taken, Theme,
};
