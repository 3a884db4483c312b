//! Key slots: who can open the record.
//!
//! The record is encrypted with one random key. Each person, the recovery code
//! and the break-glass code have a slot in a small file beside it:
//!
//! ```text
//! passphrase ── Argon2id ──► slot key ── XChaCha20-Poly1305 ──► the slot's X25519 secret
//!                                                                     │ sealed box
//!                                                                     ▼
//!                                                               the record's key
//! ```
//!
//! The pair of keys in between lets an admin give the record a new key, or a new
//! person access, without knowing anyone's passphrase. The file holds no patient
//! text and no key in the clear; it is written anew and renamed into its place, so
//! a kill leaves the old one or the new one.
#![forbid(unsafe_code)]

mod code;
mod error;
mod file;
mod kdf;
mod record_key;
mod slot;
mod tries;

pub use code::RecoveryCode;
pub use crypto_box::aead::rand_core::{CryptoRngCore, OsRng, RngCore};
pub use error::KeyError;
pub use file::{SlotFile, Unlocked};
pub use kdf::Kdf;
pub use record_key::RecordKey;
pub use slot::{Slot, SlotKind};
pub use tries::{Tries, WrongTry};
pub use zeroize::{Zeroize, Zeroizing};
