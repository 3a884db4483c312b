//! Who opens the record from the command line.

use super::say;
use clap::Args;
use contract::{Code, Failure, Secret, Unlock};
use desk::{Clock, Desk, Place};
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Longest wait for a next try that the command line sits out.
const PATIENCE: Duration = Duration::from_secs(330);

/// How the record is opened; asked for on the terminal where nothing is given.
#[derive(Debug, Clone, Args)]
pub(super) struct Login {
    /// Who works [default: the only user, or asked for].
    #[arg(long, global = true, value_name = "NAME", env = "COUNTERSIGN_USER")]
    user: Option<String>,
    /// File whose first line is the passphrase [default: asked for].
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "COUNTERSIGN_PASSPHRASE_FILE"
    )]
    passphrase_file: Option<PathBuf>,
    /// Let this computer's keyring open the record, where it keeps a way in (`user remember`).
    #[arg(long, global = true)]
    keyring: bool,
    /// In an emergency: file with the sealed code. `--user` and `--reason` go on the audit.
    #[arg(long, global = true, value_name = "FILE")]
    break_glass_file: Option<PathBuf>,
    /// Why the sealed code is used, or patient text leaves as it is. It goes on the audit.
    #[arg(long, global = true, value_name = "WORDS")]
    pub(super) reason: Option<String>,
    /// Work on the sample in-basket, without an account and without keeping anything.
    #[arg(long, global = true)]
    pub(super) demo: bool,
}

/// The place and who works there.
pub(super) struct Here {
    pub(super) place: Place,
    pub(super) login: Login,
}

impl Here {
    /// A desk whose record is open.
    pub(super) fn desk(self) -> Result<Desk, Failure> {
        let desk = self.closed_desk()?;
        if self.login.demo {
            desk.open_demo()?;
            return Ok(desk);
        }
        if !desk.place.slots().exists() {
            // The desk says what to do.
            desk.allow(contract::Right::Read)?;
        }
        let unlock = self.login.unlock(&self.place)?;
        patiently(|| desk.unlock(&unlock))?;
        Ok(desk)
    }

    /// A desk whose record nobody has opened.
    pub(super) fn closed_desk(&self) -> Result<Desk, Failure> {
        let desk = Desk::new(self.place.clone(), Clock::system(), "command line")?;
        Ok(desk.with_keyring(crate::keyring::SystemKeyring::default()))
    }
}

/// Sits out the wait after wrong tries, so that a script is slowed and a person told.
pub(super) fn patiently<T>(mut attempt: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let begun = std::time::Instant::now();
    let mut said = false;
    loop {
        match attempt() {
            Err(f) if f.code == Code::Throttled && begun.elapsed() < PATIENCE => {
                if !said {
                    say(&f.message);
                    said = true;
                }
                std::thread::sleep(Duration::from_millis(500));
            }
            other => return other,
        }
    }
}

impl Login {
    /// The user that was named, or asked for.
    pub(super) fn user(&self, place: &Place) -> Result<String, Failure> {
        if let Some(user) = &self.user {
            return Ok(user.clone());
        }
        if let Ok(slots) = keys::SlotFile::read(&place.slots())
            && let [only] = slots.users().as_slice()
        {
            return Ok(only.clone());
        }
        ask("User: ", false, "--user NAME").map(String::from)
    }

    /// The file of the passphrase, if one was named.
    pub(super) fn given_file(&self) -> Option<&Path> {
        self.passphrase_file.as_deref()
    }

    pub(super) fn passphrase(&self) -> Result<Secret, Failure> {
        match &self.passphrase_file {
            Some(path) => secret_of(path),
            None => ask("Passphrase: ", true, "--passphrase-file FILE"),
        }
    }

    pub(super) fn unlock(&self, place: &Place) -> Result<Unlock, Failure> {
        if let Some(path) = &self.break_glass_file {
            return Ok(Unlock::BreakGlass {
                user: self.user.clone().unwrap_or_default(),
                code: secret_of(path)?,
                reason: self.reason.clone().unwrap_or_default(),
            });
        }
        let user = self.user(place)?;
        if self.keyring {
            return Ok(Unlock::Keyring { user });
        }
        Ok(Unlock::Passphrase {
            user,
            passphrase: self.passphrase()?,
        })
    }
}

/// The first line of a file.
pub(super) fn secret_of(path: &Path) -> Result<Secret, Failure> {
    let text = std::fs::read_to_string(path)
        .map(Secret::from)
        .map_err(|e| {
            Failure::new(
                Code::Io,
                format!("The file of the passphrase could not be read: {e}."),
            )
            .at(path.display().to_string())
        })?;
    #[cfg(unix)]
    if std::fs::metadata(path)
        .is_ok_and(|m| std::os::unix::fs::PermissionsExt::mode(&m.permissions()) & 0o077 != 0)
    {
        say(&format!(
            "others on this machine can read {}: chmod 600 it",
            path.display()
        ));
    }
    Ok(text.lines().next().unwrap_or_default().into())
}

/// A new passphrase: from a file, or typed twice.
pub(super) fn new_passphrase(file: Option<&Path>, option: &str) -> Result<Secret, Failure> {
    if let Some(path) = file {
        return secret_of(path);
    }
    let first = ask("New passphrase: ", true, option)?;
    if first != ask("Once more: ", true, option)? {
        return Err(Failure::new(
            Code::Incomplete,
            "The two passphrases differ. Nothing was changed.",
        ));
    }
    Ok(first)
}

fn ask(what: &str, hidden: bool, option: &str) -> Result<Secret, Failure> {
    let failed =
        |e: std::io::Error| Failure::new(Code::Io, format!("The terminal could not be read: {e}."));
    if !std::io::stdin().is_terminal() {
        return Err(Failure::new(
            Code::Unlock,
            format!("The record is encrypted, and there is no terminal to ask on. Give {option}."),
        ));
    }
    if hidden {
        return rpassword::prompt_password(what)
            .map(Secret::from)
            .map_err(failed);
    }
    say(what.trim());
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).map_err(failed)?;
    Ok(line.trim().into())
}
