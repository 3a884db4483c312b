use super::access::{Here, new_passphrase, patiently, secret_of};
use super::{Ended, Outcome, print, say};
use clap::{Args, Subcommand};
use contract::{Code, Codes, Failure, FirstAdmin, Licence, Role};
use serde_json::json;
use std::path::PathBuf;

fn role(name: &str) -> Result<Role, String> {
    Role::from_name(name).ok_or_else(|| "one of clinician, lead, admin, auditor".into())
}

fn licence(name: &str) -> Result<Licence, String> {
    Licence::from_name(name).ok_or_else(|| {
        let all: Vec<&str> = Licence::ALL.iter().map(|l| l.as_str()).collect();
        format!("one of {}", all.join(", "))
    })
}

/// Make an encrypted record and its first admin. A record of the first version is encrypted.
#[derive(Debug, Args)]
pub(super) struct Init {
    /// The admin's licence, with which they may also answer messages.
    #[arg(long, value_name = "LICENCE", value_parser = licence, default_value = "none")]
    licence: Licence,
}

impl Init {
    pub(super) fn run(self, here: Here) -> Outcome {
        let desk = here.closed_desk()?;
        let user = match here.login.user(&here.place) {
            Ok(user) => user,
            Err(_) => {
                return Err(Failure::new(
                    Code::Incomplete,
                    "Say who the first admin is: --user NAME.",
                ));
            }
        };
        let passphrase = match here.login.given_file() {
            Some(path) => secret_of(path)?,
            None => new_passphrase(None, "--passphrase-file FILE")?,
        };
        let codes = desk.create(&FirstAdmin {
            user: user.clone(),
            passphrase,
            licence: self.licence,
        })?;
        say(
            "The record is encrypted. Write both codes down now, on paper, apart from each other: they are not shown again.",
        );
        shown(
            &codes,
            json!({"record": here.place.record_path(), "user": user, "role": "admin"}),
        )
    }
}

fn shown(codes: &Codes, mut line: serde_json::Value) -> Outcome {
    say(
        "The recovery code replaces a forgotten passphrase. The break-glass code opens the record in an emergency: seal it in an envelope.",
    );
    line["recovery_code"] = codes.recovery.to_string().into();
    line["break_glass_code"] = codes.break_glass.to_string().into();
    print(&line)?;
    Ok(Ended::Done)
}

/// Look after the people of the record, and its keys.
#[derive(Debug, Args)]
pub(super) struct User {
    #[command(subcommand)]
    command: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Add a person.
    Add {
        /// The name they sign with.
        name: String,
        /// clinician, lead, admin or auditor.
        #[arg(long, value_parser = role, default_value = "clinician")]
        role: Role,
        /// Their licence: none, physician, advanced_practice, nurse, pharmacist, other_licensed.
        #[arg(long, value_parser = licence, default_value = "none")]
        licence: Licence,
        /// File whose first line is their first passphrase [default: asked for].
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Give a person another role or licence.
    Change {
        /// Their name.
        name: String,
        /// clinician, lead, admin or auditor [default: as it is].
        #[arg(long, value_parser = role)]
        role: Option<Role>,
        /// Their licence, as for `add` [default: as it is].
        #[arg(long, value_parser = licence)]
        licence: Option<Licence>,
    },
    /// Take a person's access away; the record gets a new key.
    Remove {
        /// Their name.
        name: String,
    },
    /// Everyone with an account.
    List,
    /// Change one's own passphrase.
    Passphrase {
        /// File whose first line is the new one [default: asked for].
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Give a user a new passphrase with the recovery code.
    Recover {
        /// Their name.
        name: String,
        /// File with the recovery code.
        #[arg(long, value_name = "FILE")]
        code_file: PathBuf,
        /// File whose first line is the new passphrase [default: asked for].
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<PathBuf>,
    },
    /// Let this computer's keyring open the record for oneself, where the clinic lets it.
    Remember,
    /// Take that back.
    Forget,
    /// Make new recovery and break-glass codes; the old ones end.
    Codes,
    /// Give the record a new key.
    Rekey,
}

impl User {
    pub(super) fn run(self, here: Here) -> Outcome {
        const NEW: &str = "--new-passphrase-file FILE";
        match self.command {
            What::Add {
                name,
                role,
                licence,
                new_passphrase_file,
            } => {
                let desk = here.desk()?;
                let passphrase = new_passphrase(new_passphrase_file.as_deref(), NEW)?;
                desk.add_user(&name, &passphrase, role, licence)?;
                print(
                    &json!({"user": name, "role": role, "licence": licence, "outcome": "added"}),
                )?;
            }
            What::Change {
                name,
                role,
                licence,
            } => {
                let desk = here.desk()?;
                let now = desk
                    .accounts()?
                    .into_iter()
                    .find(|a| a.user == name)
                    .ok_or_else(|| Failure::new(Code::NotFound, "Nobody here has this name."))?;
                let (role, licence) = (role.unwrap_or(now.role), licence.unwrap_or(now.licence));
                desk.change_user(&name, role, licence)?;
                print(
                    &json!({"user": name, "role": role, "licence": licence, "outcome": "changed"}),
                )?;
            }
            What::Remove { name } => {
                here.desk()?.remove_user(&name)?;
                print(&json!({"user": name, "outcome": "removed"}))?;
            }
            What::List => {
                for line in here.desk()?.accounts()? {
                    print(&line)?;
                }
            }
            What::Passphrase {
                new_passphrase_file,
            } => {
                let old = here.login.passphrase()?;
                let desk = here.desk()?;
                let new = new_passphrase(new_passphrase_file.as_deref(), NEW)?;
                desk.change_passphrase(&old, &new)?;
                print(&json!({"outcome": "changed"}))?;
            }
            What::Recover {
                name,
                code_file,
                new_passphrase_file,
            } => {
                let desk = here.closed_desk()?;
                let code = secret_of(&code_file)?;
                let new = new_passphrase(new_passphrase_file.as_deref(), NEW)?;
                patiently(|| desk.recover(&code, &name, &new))?;
                print(&json!({"user": name, "outcome": "recovered"}))?;
            }
            What::Remember => {
                let passphrase = here.login.passphrase()?;
                here.desk()?.remember(&passphrase)?;
                print(&json!({"outcome": "remembered"}))?;
            }
            What::Forget => {
                here.desk()?.forget()?;
                print(&json!({"outcome": "forgotten"}))?;
            }
            What::Codes => {
                let codes = here.desk()?.new_codes()?;
                return shown(&codes, json!({}));
            }
            What::Rekey => {
                here.desk()?.rekey()?;
                print(&json!({"outcome": "rekeyed"}))?;
            }
        }
        Ok(Ended::Done)
    }
}
