//! One slot: a passphrase or code, and the way from it to the record's key.

use crate::{Kdf, KeyError, RecordKey};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use crypto_box::aead::rand_core::CryptoRngCore;
use crypto_box::{PublicKey, SecretKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Whose slot it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SlotKind {
    /// A person with a passphrase.
    User,
    /// The code with which a forgotten passphrase is replaced.
    Recovery,
    /// The sealed code for emergencies.
    BreakGlass,
}

/// A slot as it lies in the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// Whose it is.
    pub kind: SlotKind,
    /// The user's name; the kind's own for the codes.
    pub name: String,
    pub(crate) kdf: Kdf,
    #[serde(with = "hex::serde")]
    salt: Vec<u8>,
    #[serde(with = "hex::serde")]
    nonce: Vec<u8>,
    /// The X25519 secret under the passphrase's key.
    #[serde(with = "hex::serde")]
    secret: Vec<u8>,
    /// The X25519 public key.
    #[serde(with = "hex::serde")]
    public: Vec<u8>,
    /// The record's key, sealed to the public key.
    #[serde(with = "hex::serde")]
    key: Vec<u8>,
    /// The record's next key, while it is being changed.
    #[serde(with = "hex::serde", default)]
    next: Vec<u8>,
    /// Whether a keyring was given the secret; a hint for the page that asks, and nothing rests on it.
    #[serde(default)]
    pub remembered: bool,
}

impl Slot {
    /// A slot for a passphrase.
    pub(crate) fn new(
        record: &str,
        kind: SlotKind,
        name: &str,
        passphrase: &str,
        key: &RecordKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<Self, KeyError> {
        let secret = SecretKey::generate(rng);
        let mut slot = Self {
            kind,
            name: name.into(),
            kdf: Kdf::NOW,
            salt: Vec::new(),
            nonce: Vec::new(),
            secret: Vec::new(),
            public: secret.public_key().as_bytes().to_vec(),
            key: Vec::new(),
            next: Vec::new(),
            remembered: false,
        };
        slot.lock(record, passphrase, &secret, rng)?;
        slot.key = slot.sealed(key, rng)?;
        Ok(slot)
    }

    /// Locks the secret with a passphrase; the way to the record's key stays.
    pub(crate) fn lock(
        &mut self,
        record: &str,
        passphrase: &str,
        secret: &SecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        self.lock_at(Kdf::NOW, record, passphrase, secret, rng)
    }

    /// [`Slot::lock`] at a cost.
    pub(crate) fn lock_at(
        &mut self,
        cost: Kdf,
        record: &str,
        passphrase: &str,
        secret: &SecretKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        self.kdf = cost;
        self.salt = vec![0; 16];
        rng.fill_bytes(&mut self.salt);
        self.nonce = vec![0; 24];
        rng.fill_bytes(&mut self.nonce);
        let key = self.kdf.key(passphrase.as_bytes(), &self.salt)?;
        let bytes = Zeroizing::new(secret.to_bytes());
        self.secret = XChaCha20Poly1305::new((&*key).into())
            .encrypt(
                XNonce::from_slice(&self.nonce),
                Payload {
                    msg: &*bytes,
                    aad: self.bound(record).as_bytes(),
                },
            )
            .map_err(|_| KeyError::Crypto("locking a slot"))?;
        Ok(())
    }

    /// Opens the secret with a passphrase.
    pub(crate) fn secret(&self, record: &str, passphrase: &str) -> Result<SecretKey, KeyError> {
        if !self.is_sound() {
            return Err(KeyError::Wrong);
        }
        let key = self.kdf.key(passphrase.as_bytes(), &self.salt)?;
        let bytes = Zeroizing::new(
            XChaCha20Poly1305::new((&*key).into())
                .decrypt(
                    XNonce::from_slice(&self.nonce),
                    Payload {
                        msg: &self.secret,
                        aad: self.bound(record).as_bytes(),
                    },
                )
                .map_err(|_| KeyError::Wrong)?,
        );
        SecretKey::from_slice(&bytes).map_err(|_| KeyError::Wrong)
    }

    /// A secret that was kept elsewhere, if it is this slot's.
    pub(crate) fn kept(&self, secret: &[u8]) -> Result<SecretKey, KeyError> {
        let secret = SecretKey::from_slice(secret).map_err(|_| KeyError::Wrong)?;
        if secret.public_key().as_bytes().as_slice() == self.public.as_slice() {
            Ok(secret)
        } else {
            Err(KeyError::Wrong)
        }
    }

    /// The keys that a secret opens: the record's, and its next one.
    pub(crate) fn keys(
        &self,
        secret: &SecretKey,
    ) -> Result<(RecordKey, Option<RecordKey>), KeyError> {
        let open = |sealed: &[u8]| -> Result<RecordKey, KeyError> {
            let bytes = Zeroizing::new(secret.unseal(sealed).map_err(|_| KeyError::Wrong)?);
            let mut key = RecordKey([0; 32]);
            if bytes.len() != key.0.len() {
                return Err(KeyError::Wrong);
            }
            key.0.copy_from_slice(&bytes);
            Ok(key)
        };
        let next = if self.next.is_empty() {
            None
        } else {
            Some(open(&self.next)?)
        };
        Ok((open(&self.key)?, next))
    }

    fn sealed(&self, key: &RecordKey, rng: &mut impl CryptoRngCore) -> Result<Vec<u8>, KeyError> {
        PublicKey::from_slice(&self.public)
            .map_err(|_| KeyError::Crypto("a public key"))?
            .seal(rng, key.bytes())
            .map_err(|_| KeyError::Crypto("sealing the record's key"))
    }

    /// Puts the next key beside the one in force.
    pub(crate) fn begin(
        &mut self,
        next: &RecordKey,
        rng: &mut impl CryptoRngCore,
    ) -> Result<(), KeyError> {
        self.next = self.sealed(next, rng)?;
        Ok(())
    }

    /// Puts the next key in force, or drops it.
    pub(crate) fn settle(&mut self, in_force: bool) {
        let next = std::mem::take(&mut self.next);
        if in_force && !next.is_empty() {
            self.key = next;
        }
    }

    /// The public key in hexadecimal: the record keeps it as well, so that a
    /// changed file is noticed before a new key is sealed to it.
    pub fn public_key(&self) -> String {
        hex::encode(&self.public)
    }

    fn is_sound(&self) -> bool {
        self.kdf.is_sane() && self.salt.len() == 16 && self.nonce.len() == 24
    }

    /// What the locked secret is bound to: the same bytes under another name or in another record do not open.
    fn bound(&self, record: &str) -> String {
        format!(
            "countersign-slot-1\n{record}\n{:?}\n{}\n{}",
            self.kind,
            self.name,
            hex::encode(&self.public)
        )
    }
}
