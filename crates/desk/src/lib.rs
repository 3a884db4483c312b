//! The clinician's desk: everything the window and the command line both do.
//!
//! It joins the clinic's side ([`clinical`]), the engine ([`drafting`], in a
//! process of its own) and the record ([`records`]). Time, paths and the
//! drafter's command are passed in.
#![forbid(unsafe_code)]

mod ahead;
mod asking;
pub mod audit;
mod back_off;
mod background;
mod backup;
pub mod batch;
pub mod bench;
pub mod checking;
mod clock;
pub mod confine;
mod deid;
mod desk;
pub mod drafter;
pub mod eval;
mod export;
mod feedback;
mod giving_way;
pub mod import;
mod inbox;
pub mod keyring;
pub mod models;
mod place;
mod practice;
mod review;
pub mod rules;
mod session;
mod settings;
mod sign_off;
mod summary;
mod ticking;
mod unsent;
mod upkeep;
mod watch;

pub use background::Background;
pub use clock::Clock;
pub use deid::DeidCase;
pub use desk::{Desk, Listener, lock};
pub use export::{ExportForm, ExportFormat, ExportReport};
pub use place::Place;
pub use records::{AuditFilter, AuditHead, AuditRow, SignedHead};
pub use session::Watchdog;
pub use upkeep::Upkeep;
pub use watch::Watch;
