//! Set-up, run, test, lint and bench: `cargo xtask COMMAND`.
//!
//! Every command does its own set-up, says each step before it takes it, and
//! leaves alone what is done already.
#![forbid(unsafe_code)]

mod axe;
mod bench;
mod crash;
mod fuzz;
mod lint;
mod models;
mod packages;
mod page;
mod run;
mod sbom;
mod step;
mod test;
mod wasm;

use anyhow::{Result, bail};
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  run [-- ARGS]   set up, build, and open the window on the sample in-basket;
                  without a display, draft in the terminal
  test [-- ARGS]  set up and pass every test, the real window's included
  lint            formatting, clippy, dependency rules
  ui [--fake]     build the page into src-ui/dist
  bench           measure the engine on this machine; with --peer beside
                  llama.cpp, built from its pinned source; --quick for fewer
                  runs, --json FILE for the figures; with --window the real
                  window on 100,000 messages while drafts are made
  crash           kill a process that works at a record: --kills N, --seed S
  fuzz            random input under coverage: --runs N for each target, or
                  --seconds S for all; and names of targets
  sbom            the program's parts as CycloneDX JSON: --out FILE
  setup           only the set-up of run and test
";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("xtask: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<()> {
    let rest: Vec<&str> = args
        .iter()
        .skip(1)
        .map(String::as_str)
        .filter(|a| *a != "--")
        .collect();
    match args.first().map(String::as_str) {
        Some("run") => run::run(&rest),
        Some("test") => test::test(&rest),
        Some("lint") => lint::lint(),
        Some("ui") => {
            packages::need(packages::BUILD)?;
            page::build(rest.contains(&"--fake")).map(|_| ())
        }
        Some("bench") => bench::bench(&rest),
        Some("sbom") => sbom::sbom(&rest),
        Some("crash") => crash::crash(&rest),
        Some("fuzz") => {
            packages::need(packages::BUILD)?;
            fuzz::fuzz(&rest)
        }
        Some("setup") => {
            packages::need(packages::BUILD)?;
            packages::need(packages::TEST)?;
            wasm::way()?;
            test::driver()?;
            let program = run::build()?;
            models::need(&program, models::TEST)?;
            models::best(&program)
        }
        None | Some("help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        Some(other) => bail!("there is no command {other}\n\n{HELP}"),
    }
}
