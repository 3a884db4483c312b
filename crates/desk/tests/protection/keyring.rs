//! The operating system's keyring: a convenience that the passphrase never depends on (case 38).

use super::*;
use desk::keyring::Keyring;
use keys::Zeroizing;
use std::collections::HashMap;
use std::sync::Mutex;

/// A keyring of the test's own, which can be reset, and be out of reach.
#[derive(Clone, Default)]
struct TestKeyring(Arc<Mutex<Kept>>);

#[derive(Default)]
struct Kept {
    secrets: HashMap<String, Vec<u8>>,
    out_of_reach: bool,
}

impl TestKeyring {
    fn reset(&self) {
        self.0.lock().expect("the keyring").secrets.clear();
    }

    fn out_of_reach(&self, is: bool) {
        self.0.lock().expect("the keyring").out_of_reach = is;
    }

    fn change(&self, with: impl FnOnce(&mut HashMap<String, Vec<u8>>)) -> Result<(), String> {
        let mut all = self.0.lock().expect("the keyring");
        if all.out_of_reach {
            return Err("it is not there".into());
        }
        with(&mut all.secrets);
        Ok(())
    }
}

impl Keyring for TestKeyring {
    fn get(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
        let mut found = None;
        self.change(|all| found = all.get(name).cloned().map(Zeroizing::new))?;
        Ok(found)
    }

    fn set(&self, name: &str, secret: &[u8]) -> Result<(), String> {
        self.change(|all| {
            all.insert(name.into(), secret.into());
        })
    }

    fn remove(&self, name: &str) -> Result<(), String> {
        self.change(|all| {
            all.remove(name);
        })
    }
}

/// A start of the program, which asks the keyring.
fn started(
    dir: &Path,
    times: &Times,
    keyring: &TestKeyring,
) -> (Desk, Result<SessionState, Failure>) {
    let desk = closed(dir, times).with_keyring(keyring.clone());
    let state = desk.unlock(&Unlock::Keyring { user: "ada".into() });
    (desk, state)
}

fn remembered(dir: &Path, times: &Times) -> (Desk, TestKeyring) {
    let keyring = TestKeyring::default();
    let desk = closed(dir, times).with_keyring(keyring.clone());
    desk.create(&first("ada")).expect("made");
    // Only where the clinic lets it.
    assert_eq!(desk.remember(ADA).expect_err("off").code, Code::Forbidden);
    let settings = desk.settings().expect("settings");
    desk.set_settings(Settings {
        keyring: true,
        ..settings
    })
    .expect("set");
    assert_eq!(
        desk.remember("wrong passphrase").expect_err("wrong").code,
        Code::Unlock
    );
    desk.remember(ADA).expect("remembered");
    desk.lock("test");
    (desk, keyring)
}

#[test]
fn case_38_with_the_keyring_gone_or_reset_the_passphrase_opens_the_record() {
    let (dir, times) = (tempfile::tempdir().expect("dir"), Times::new());
    let (desk, keyring) = remembered(dir.path(), &times);
    drop(desk);
    let offered = |d: &Desk| matches!(d.session_state(), SessionState::Locked { remembered, .. } if remembered == ["ada"]);
    assert!(offered(&closed(dir.path(), &times)));
    let (desk, state) = started(dir.path(), &times, &keyring);
    state.expect("opens");
    // Behind a lock there is no way in without a passphrase: whoever sits there now may be another.
    desk.lock("test");
    assert!(!offered(&desk));
    assert_eq!(
        desk.unlock(&Unlock::Keyring { user: "ada".into() })
            .expect_err("locked since")
            .code,
        Code::Keyring
    );
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    drop(desk);
    for break_it in [
        (|k: &TestKeyring| k.out_of_reach(true)) as fn(&TestKeyring),
        |k| {
            k.out_of_reach(false);
            k.reset();
        },
        |k| {
            k.set("another/name", &[7; 32]).expect("set");
        },
    ] {
        break_it(&keyring);
        let (desk, state) = started(dir.path(), &times, &keyring);
        let f = state.expect_err("nothing is kept");
        assert_eq!(f.code, Code::Keyring);
        assert!(f.message.contains("passphrase"), "{}", f.message);
        // It was no guessing: the passphrase does not have to wait.
        desk.unlock(&passphrase("ada", ADA)).expect("always opens");
        desk.verify_audit(&[]).expect("holds");
    }
}

#[test]
fn what_the_keyring_keeps_ends_with_the_passphrase_the_clinics_leave_and_the_person() {
    let (dir, times) = (tempfile::tempdir().expect("dir"), Times::new());
    let (desk, keyring) = remembered(dir.path(), &times);
    let refused = |why: &str| {
        let (_, state) = started(dir.path(), &times, &keyring);
        assert_eq!(state.expect_err(why).code, Code::Keyring, "{why}");
    };
    // A changed key of the record changes nothing.
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    desk.rekey().expect("rekeyed");
    drop(desk);
    let (desk, state) = started(dir.path(), &times, &keyring);
    state.expect("opens");
    desk.change_passphrase(ADA, BEN).expect("changed");
    drop(desk);
    refused("another passphrase");
    let desk = closed(dir.path(), &times).with_keyring(keyring.clone());
    desk.unlock(&passphrase("ada", BEN)).expect("opens");
    desk.remember(BEN).expect("remembered");
    let settings = desk.settings().expect("settings");
    desk.set_settings(Settings {
        keyring: false,
        ..settings.clone()
    })
    .expect("set");
    desk.lock("test");
    refused("the clinic took its leave back");
    desk.unlock(&passphrase("ada", BEN)).expect("opens");
    desk.set_settings(settings).expect("set");
    desk.forget().expect("forgotten");
    desk.lock("test");
    refused("forgotten");
    assert!(
        matches!(closed(dir.path(), &times).session_state(), SessionState::Locked { remembered, .. } if remembered.is_empty())
    );
}

#[test]
fn wrong_tries_are_rows_of_the_audit_once_it_can_be_written() {
    let dir = tempfile::tempdir().expect("dir");
    let times = Times::new();
    let desk = made(dir.path(), &times);
    desk.lock("test");
    for user in ["ada", "ada", "hunter2 typed for a name"] {
        desk.unlock(&passphrase(user, "not the passphrase"))
            .expect_err("wrong");
    }
    // What was typed for a name nobody has is written nowhere.
    let tries = std::fs::read_to_string(dir.path().join("record/record.tries")).expect("read");
    assert!(!tries.contains("hunter2"));
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    let rows = |desk: &Desk| {
        let mut rows = Vec::new();
        desk.audit_rows(
            &AuditFilter {
                action: "unlock_failed".into(),
                ..AuditFilter::default()
            },
            |r| {
                rows.push((r.subject_id, r.detail["tried_at"].clone()));
                Ok::<(), Failure>(())
            },
        )
        .expect("read");
        rows
    };
    let names: Vec<String> = rows(&desk).into_iter().map(|r| r.0).collect();
    assert_eq!(names, ["ada", "ada", "#unknown"]);
    assert!(rows(&desk).iter().all(|r| r.1 == "2026-11-22T12:00:00Z"));
    desk.lock("test");
    desk.unlock(&passphrase("ada", ADA)).expect("opens");
    assert_eq!(rows(&desk).len(), 3, "each once");
    desk.verify_audit(&[]).expect("holds");
}

#[test]
fn a_role_and_a_licence_are_changed_by_an_admin_and_never_ones_own_role() {
    let dir = tempfile::tempdir().expect("dir");
    let desk = made(dir.path(), &Times::new());
    desk.add_user("cleo", BEN, Role::Clinician, Licence::None)
        .expect("added");
    desk.change_user("cleo", Role::Lead, Licence::Nurse)
        .expect("changed");
    let cleo = desk
        .accounts()
        .expect("accounts")
        .into_iter()
        .find(|a| a.user == "cleo")
        .expect("there");
    assert_eq!((cleo.role, cleo.licence), (Role::Lead, Licence::Nurse));
    assert_eq!(
        desk.change_user("ada", Role::Auditor, Licence::Physician)
            .expect_err("one's own")
            .code,
        Code::Conflict
    );
    desk.change_user("ada", Role::Admin, Licence::None)
        .expect("one's own licence");
    assert_eq!(
        desk.decide(&request()).expect_err("no licence").code,
        Code::Forbidden
    );
    desk.lock("test");
    desk.unlock(&passphrase("cleo", BEN))
        .expect("the slot is as it was");
}
