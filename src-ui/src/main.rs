//! The page: a clinician's view of the desk.
//!
//! It knows the desk only through [`backend::Backend`], so that it runs in a
//! plain browser on a fake one.
#![forbid(unsafe_code)]
#![allow(
    unreachable_pub,
    reason = "the component macro makes the types of properties public"
)]

mod app;
mod backend;
mod chart;
mod choose;
mod commands;
mod dialogs;
mod editor;
mod entry;
mod feedback;
mod field;
mod hidden;
mod insert;
mod keys;
mod language;
mod menu;
mod notices;
mod palette;
mod people;
mod queue;
mod review;
mod sign_off;
mod split;
mod state;
mod table;
mod tabs;
mod tour;
mod words;

fn main() {
    console_error_panic_hook::set_once();
    leptos::mount::mount_to_body(app::App);
}
