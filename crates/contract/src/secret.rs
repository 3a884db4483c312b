//! Words that open the record.

use serde::{Deserialize, Serialize};
use std::ops::Deref;
use zeroize::Zeroizing;

/// A passphrase or code on its way: wiped when dropped, never printed.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Secret(Zeroizing<String>);

impl From<String> for Secret {
    fn from(words: String) -> Self {
        Self(Zeroizing::new(words))
    }
}

impl From<&str> for Secret {
    fn from(words: &str) -> Self {
        words.to_owned().into()
    }
}

impl From<Secret> for String {
    fn from(secret: Secret) -> Self {
        secret.0.as_str().to_owned()
    }
}

impl Deref for Secret {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_crosses_a_border_and_is_never_printed() {
        let secret: Secret = serde_json::from_str("\"correct horse\"").expect("reads");
        assert_eq!(&*secret, "correct horse");
        assert_eq!(
            serde_json::to_string(&secret).expect("writes"),
            "\"correct horse\""
        );
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
