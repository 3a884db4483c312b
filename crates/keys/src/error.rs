//! Why a slot does not open.

use contract::{Code, Failure};
use std::path::PathBuf;

/// Everything that can go wrong with key slots.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the words say it")]
pub enum KeyError {
    /// One answer for an unknown name and a wrong passphrase: names are not given away.
    #[error("The name or the passphrase is not right.")]
    Wrong,
    #[error("The code is not right. It has 32 letters and digits in groups of four.")]
    WrongCode,
    #[error(
        "A passphrase needs at least {0} characters. Four or five unrelated words are a good one."
    )]
    TooShort(usize),
    #[error("There is a user {0} already. Choose another name.")]
    Exists(String),
    #[error("A user's name has 1 to 64 letters, digits, dots, dashes or underscores.")]
    BadName,
    #[error("There is no user {0}.")]
    NoUser(String),
    #[error(
        "The key file {0} is damaged or made by a newer Countersign. Restore it from a backup; without it the record cannot be opened."
    )]
    Damaged(PathBuf),
    #[error("The key file {0} could not be read or written: {1}.")]
    Io(PathBuf, std::io::Error),
    #[error("The keys could not be computed ({0}).")]
    Crypto(&'static str),
}

impl From<KeyError> for Failure {
    fn from(e: KeyError) -> Self {
        let code = match &e {
            KeyError::Wrong | KeyError::WrongCode => Code::Unlock,
            KeyError::TooShort(_) | KeyError::BadName => Code::Incomplete,
            KeyError::Exists(_) => Code::Conflict,
            KeyError::NoUser(_) => Code::NotFound,
            KeyError::Damaged(_) => Code::Keys,
            KeyError::Io(..) => Code::Io,
            KeyError::Crypto(_) => Code::Internal,
        };
        Failure::new(code, e.to_string())
    }
}
