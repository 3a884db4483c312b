//! `cargo xtask bench`: the engine's measures on this machine, for each
//! installed model.

use crate::step::{run, say};
use crate::{models, packages};
use anyhow::Result;
use std::process::Command;

pub(crate) fn bench() -> Result<()> {
    packages::need(packages::BUILD)?;
    let program = crate::run::build()?;
    models::need(&program, models::TEST)?;
    models::best(&program)?;
    say("measuring; other programs disturb it");
    run(Command::new(&program).args(["bench", "--model", models::TEST]))?;
    run(Command::new(&program).arg("bench"))
}
