//! Who may work at the fake desk.

use super::NOW;
use contract::{AccountLine, Licence, Right, Role, SessionState};

pub(super) const PASSPHRASE: &str = "correct horse battery";

pub(super) fn locked() -> SessionState {
    SessionState::Locked {
        users: vec!["ada".into(), "ben".into()],
        red_flags: Some(1),
        last_user: "ada".into(),
    }
}

pub(super) fn open(user: &str) -> SessionState {
    use Right::{Accounts, Audit, Backup, Decide, Import, Models, Read, Settings};
    SessionState::Open {
        user: user.into(),
        role: Role::Admin,
        licence: Licence::Physician,
        rights: vec![
            Read, Decide, Import, Models, Settings, Audit, Accounts, Backup,
        ],
        demo: user == "demo",
        break_glass: user.starts_with("break-glass"),
    }
}

pub(super) fn person(user: &str, role: Role) -> AccountLine {
    AccountLine {
        user: user.into(),
        role,
        licence: Licence::Nurse,
        since: NOW.into(),
    }
}
