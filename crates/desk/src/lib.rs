//! The clinician's desk: everything the window and the command line both do.
//!
//! It joins the clinic's side ([`clinical`]), the engine ([`drafting`], in a
//! process of its own) and the record ([`records`]). Time, paths and the
//! drafter's command are passed in.
#![forbid(unsafe_code)]

mod background;
pub mod batch;
pub mod bench;
pub mod checking;
mod desk;
pub mod drafter;
pub mod eval;
mod export;
pub mod import;
mod inbox;
pub mod models;
mod place;
mod review;
mod watch;

pub use background::Background;
pub use desk::{Clock, Desk, Listener};
pub use export::{ExportFormat, ExportReport};
pub use place::Place;
pub use watch::Watch;
