//! The keyring of the system this runs on: Secret Service, Keychain, Credential Manager.

use desk::keyring::Keyring;
use keyring_core::api::CredentialStoreApi;
use keyring_core::{Entry, Error};
use std::sync::{Arc, OnceLock};
use zeroize::Zeroizing;

/// The service under which entries are kept.
const SERVICE: &str = "org.countersign.record";

/// The system's keyring, reached when it is first asked.
#[derive(Default)]
pub(crate) struct SystemKeyring(OnceLock<Result<Arc<Store>, String>>);

#[cfg(target_os = "linux")]
type Store = zbus_secret_service_keyring_store::Store;
#[cfg(target_os = "macos")]
type Store = apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
type Store = windows_native_keyring_store::Store;

impl SystemKeyring {
    fn entry(&self, name: &str) -> Result<Entry, String> {
        let store = self
            .0
            .get_or_init(|| Store::new().map_err(|e| e.to_string()))
            .as_ref()
            .map_err(Clone::clone)?;
        store.build(SERVICE, name, None).map_err(|e| e.to_string())
    }
}

impl Keyring for SystemKeyring {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        match self.entry(name)?.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(e) => Err(e.to_string()),
        }
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), String> {
        self.entry(name)?
            .set_secret(secret)
            .map_err(|e| e.to_string())
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        match self.entry(name)?.delete_credential() {
            Ok(()) | Err(Error::NoEntry) => Ok(()),
            Err(e) => Err(e.to_string()),
        }
    }
}
