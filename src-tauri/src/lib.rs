//! The shell: the window and the command line over one desk.
#![forbid(unsafe_code)]

mod cli;
mod keyring;
#[cfg(feature = "window")]
mod window;

use clap::Parser;
use std::process::ExitCode;

/// Runs the program: a command of the command line, or the window.
pub fn main() -> ExitCode {
    let args = cli::Args::parse();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("COUNTERSIGN_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    cli::run(args)
}
