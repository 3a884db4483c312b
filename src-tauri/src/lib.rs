//! The shell: the window and the command line over one desk.
#![forbid(unsafe_code)]

mod cli;
mod keyring;
mod log;
#[cfg(feature = "window")]
mod window;

use clap::Parser;
use std::process::ExitCode;

/// Runs the program: a command of the command line, or the window.
pub fn main() -> ExitCode {
    let args = cli::Args::parse();
    log::to_standard_error();
    cli::run(args)
}
