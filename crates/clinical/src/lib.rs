//! The clinic's side, pure: messages, threads and charts, how they are read
//! from files, which messages are red flags, and which get a draft.
//!
//! Nothing here touches a file, a clock or a network: bytes and times are
//! passed in, so every rule can be tested by itself.
#![forbid(unsafe_code)]

pub mod age;
pub mod chart;
pub mod check;
pub mod deid;
pub mod disclosure;
pub mod gate;
mod html;
pub mod import;
mod item;
mod phrases;
pub mod practice;
pub mod readability;
pub mod summary;
pub mod thread;
pub mod trends;
pub mod triage;

pub use item::{ChartEntry, Heading, Item, Message, Parsed, Patient, Practitioner, ThreadHeader};
