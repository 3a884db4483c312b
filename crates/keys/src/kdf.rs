//! A key out of a passphrase.

use crate::KeyError;
use argon2::{Algorithm, Argon2, Params, Version};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Cost of Argon2id (RFC 9106). Kept with each slot, so that a later version can
/// raise it when the slot is next opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kdf {
    /// Memory, KiB.
    pub m_kib: u32,
    /// Passes.
    pub t: u32,
    /// Lanes.
    pub p: u32,
}

impl Kdf {
    /// What new slots cost: 64 MiB, three passes, four lanes (RFC 9106, section 4, second choice).
    pub const NOW: Self = Self {
        m_kib: 64 * 1024,
        t: 3,
        p: 4,
    };

    /// True for costs that a file may ask for. A file from elsewhere must not be
    /// able to ask for all memory, nor for a key that is cheap to guess.
    pub(crate) fn is_sane(self) -> bool {
        (8 * 1024..=1024 * 1024).contains(&self.m_kib)
            && (1..=16).contains(&self.t)
            && (1..=16).contains(&self.p)
    }

    /// True when it costs less than what new slots cost.
    pub(crate) fn is_weak(self) -> bool {
        self.m_kib < Self::NOW.m_kib || self.t < Self::NOW.t
    }

    /// The key of a passphrase.
    pub(crate) fn key(
        self,
        passphrase: &[u8],
        salt: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, KeyError> {
        let params = Params::new(self.m_kib, self.t, self.p, Some(32))
            .map_err(|_| KeyError::Crypto("Argon2's cost"))?;
        let mut key = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase, salt, &mut *key)
            .map_err(|_| KeyError::Crypto("Argon2"))?;
        Ok(key)
    }
}
