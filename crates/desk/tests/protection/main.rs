//! What the desk promises of the record: nobody gets in who should not, nothing
//! is lost when a step is cut off, and each use is on the audit. Clocks are the test's own.

#[path = "../support/mod.rs"]
mod support;

mod files;
mod keyring;
mod locks;
mod rights;
mod slots;
mod upkeep;

use contract::{
    Code, DecisionKind, DecisionRequest, Failure, Licence, QueueQuery, Rating, Role, SafetyProblem,
    SessionState, Settings, StartMode, Taken, Theme, Unlock, UnsentText,
};
use desk::drafter::DrafterCommand;
use desk::{AuditFilter, Desk, ExportForm, ExportFormat, Place};
use jiff::ToSpan;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use support::{PASSPHRASE, Times, closed, first, place};

const ADA: &str = PASSPHRASE;

const BEN: &str = "another long passphrase";

/// Ada's record with the sample.
fn made(dir: &Path, times: &Times) -> Desk {
    let desk = support::made(dir, times, "ada");
    desk.import_sample().expect("imported");
    desk
}

fn passphrase(user: &str, passphrase: &str) -> Unlock {
    Unlock::Passphrase {
        user: user.into(),
        passphrase: passphrase.into(),
    }
}

fn request() -> DecisionRequest {
    support::request(
        "message-03-1",
        DecisionKind::Edited,
        Some("We are looking at it."),
    )
}
