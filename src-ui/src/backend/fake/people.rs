//! Who may work at the fake desk.

use super::NOW;
use contract::{AccountLine, Codes, Licence, Right, Role, SessionState};

pub(super) const PASSPHRASE: &str = "correct horse battery";

pub(super) fn codes() -> Codes {
    Codes {
        recovery: "0000-1111-2222-3333-4444-5555-6666-7777".into(),
        break_glass: "7777-6666-5555-4444-3333-2222-1111-0000".into(),
    }
}

pub(super) fn locked(remembered: bool) -> SessionState {
    SessionState::Locked {
        users: vec!["ada".into(), "ben".into()],
        remembered: if remembered {
            vec!["ada".into()]
        } else {
            vec![]
        },
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
        remembered: false,
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
