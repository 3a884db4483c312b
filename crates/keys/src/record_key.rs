//! The key of the record.

use crypto_box::aead::rand_core::CryptoRngCore;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// 256 random bits. Wiped when dropped; never printed.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecordKey(pub(crate) [u8; 32]);

impl RecordKey {
    /// A new key.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut key = Self([0; 32]);
        rng.fill_bytes(&mut key.0);
        key
    }

    /// Its bytes, for the cipher alone.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for RecordKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RecordKey")
    }
}
