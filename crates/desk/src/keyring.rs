//! The operating system's keyring: a convenience, and never the only way in.

use contract::{Code, Failure};
use keys::Zeroizing;

/// A place where the system keeps a person's secrets. A locked, reset or missing one only means that the passphrase is
/// asked for.
pub trait Keyring: Send + Sync {
    /// What is kept under a name.
    ///
    /// # Errors
    /// In words, when the keyring cannot be reached or refuses.
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String>;

    /// Keeps a secret under a name.
    ///
    /// # Errors
    /// As [`Keyring::get`].
    fn set(&self, name: &str, secret: &[u8]) -> Result<(), String>;

    /// Forgets what is kept under a name; nothing kept is no error.
    ///
    /// # Errors
    /// As [`Keyring::get`].
    fn remove(&self, name: &str) -> Result<(), String>;
}

/// No keyring: everyone types their passphrase.
pub struct NoKeyring;

impl Keyring for NoKeyring {
    fn get(&self, _: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        Ok(None)
    }

    fn set(&self, _: &str, _: &[u8]) -> Result<(), String> {
        Err("there is none".into())
    }

    fn remove(&self, _: &str) -> Result<(), String> {
        Ok(())
    }
}

/// The keyring refused.
pub(crate) fn refused(why: &str) -> Failure {
    Failure::new(
        Code::Keyring,
        format!(
            "This computer's keyring cannot be used: {why}. Use your passphrase; it always opens the record."
        ),
    )
}
