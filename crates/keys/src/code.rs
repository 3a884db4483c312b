//! Codes for paper: recovery, and the sealed one for emergencies.

use crate::KeyError;
use crypto_box::aead::rand_core::CryptoRngCore;
use zeroize::Zeroizing;

/// Crockford's base 32: no letter that is read as another.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Letters of a code: 160 bits.
const LENGTH: usize = 32;

/// A code of 160 random bits. It is shown once and kept nowhere.
pub struct RecoveryCode(Zeroizing<String>);

impl RecoveryCode {
    /// A new code.
    pub fn random(rng: &mut impl CryptoRngCore) -> Self {
        let mut bytes = Zeroizing::new([0u8; LENGTH]);
        rng.fill_bytes(&mut *bytes);
        // 256 is a multiple of 32, so every letter is as likely.
        Self(Zeroizing::new(
            bytes
                .iter()
                .map(|b| char::from(LETTERS[usize::from(b % 32)]))
                .collect(),
        ))
    }

    /// A code as a person types it: case, spaces and dashes do not matter, nor
    /// do the letters that Crockford reads as digits.
    ///
    /// # Errors
    /// [`KeyError::WrongCode`] for another length or other letters.
    pub fn read(typed: &str) -> Result<Self, KeyError> {
        // As long as what was typed, so that it never grows and leaves a part of itself behind.
        let mut text = Zeroizing::new(String::with_capacity(4 * typed.len()));
        text.extend(
            typed
                .chars()
                .filter(|c| !c.is_whitespace() && *c != '-')
                .map(|c| match c.to_ascii_uppercase() {
                    'O' => '0',
                    'I' | 'L' => '1',
                    c => c,
                }),
        );
        if text.len() != LENGTH || !text.bytes().all(|b| LETTERS.contains(&b)) {
            return Err(KeyError::WrongCode);
        }
        Ok(Self(text))
    }

    /// In groups of four, as it is printed.
    pub fn shown(&self) -> String {
        let mut shown = String::new();
        for (i, c) in self.0.chars().enumerate() {
            if i > 0 && i % 4 == 0 {
                shown.push('-');
            }
            shown.push(c);
        }
        shown
    }

    /// What the code stands for, without the dashes: it opens the code's slot.
    pub fn secret(&self) -> &str {
        &self.0
    }
}
