//! Who works here, and what they may do.

use crate::Secret;
use serde::{Deserialize, Serialize};

/// What a person does in the clinic, which settles what they may do here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Reads messages and answers them.
    Clinician,
    /// A clinician who also looks after the clinic's settings and exports.
    Lead,
    /// Looks after accounts, models, backups and exports; answers messages only with a licence.
    Admin,
    /// Reads the audit, and no patient text.
    Auditor,
}

impl Role {
    /// Every role.
    pub const ALL: [Self; 4] = [Self::Clinician, Self::Lead, Self::Admin, Self::Auditor];

    /// Its name on record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Clinician => "clinician",
            Self::Lead => "lead",
            Self::Admin => "admin",
            Self::Auditor => "auditor",
        }
    }

    /// The role of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|r| r.as_str() == name)
    }

    /// Whether a person of this role, under this licence, may do something.
    pub fn may(self, right: Right, licence: Licence) -> bool {
        use Right::{
            Accounts, Audit, Backup, Decide, Export, Identified, Import, Models, Read, Settings,
        };
        match self {
            Self::Clinician => matches!(right, Read | Decide | Import),
            Self::Lead => matches!(
                right,
                Read | Decide | Import | Export | Identified | Models | Settings | Audit
            ),
            Self::Admin => match right {
                Decide => licence != Licence::None,
                Read | Import | Export | Identified | Models | Settings | Audit | Accounts
                | Backup => true,
            },
            Self::Auditor => right == Audit,
        }
    }
}

/// Under which licence a person practises. Rules of disclosure turn on it:
/// California's AB 3030 (HSC 1339.75) exempts what a licensed or certified provider read and reviewed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Licence {
    /// None: front desk, informatics, students.
    #[default]
    None,
    /// Physician.
    Physician,
    /// Nurse practitioner or physician assistant.
    AdvancedPractice,
    /// Registered or licensed nurse.
    Nurse,
    /// Pharmacist.
    Pharmacist,
    /// Another licensed or certified provider.
    OtherLicensed,
}

impl Licence {
    /// Every kind.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Physician,
        Self::AdvancedPractice,
        Self::Nurse,
        Self::Pharmacist,
        Self::OtherLicensed,
    ];

    /// Its name on record.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Physician => "physician",
            Self::AdvancedPractice => "advanced_practice",
            Self::Nurse => "nurse",
            Self::Pharmacist => "pharmacist",
            Self::OtherLicensed => "other_licensed",
        }
    }

    /// The kind of a name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.as_str() == name)
    }

    /// Its name for people.
    pub fn label(self) -> &'static str {
        match self {
            Self::None => "No licence",
            Self::Physician => "Physician",
            Self::AdvancedPractice => "Nurse practitioner or physician assistant",
            Self::Nurse => "Nurse",
            Self::Pharmacist => "Pharmacist",
            Self::OtherLicensed => "Other licensed or certified provider",
        }
    }
}

/// What can be asked of the desk. Each of its functions names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Right {
    /// Read messages, charts and drafts, and have drafts made.
    Read,
    /// Decide on a message.
    Decide,
    /// Import files.
    Import,
    /// Export without identifiers.
    Export,
    /// Export patient text.
    Identified,
    /// Choose, import and remove models.
    Models,
    /// Change the clinic's settings.
    Settings,
    /// Read and verify the audit.
    Audit,
    /// Add and remove people, change keys.
    Accounts,
    /// Write and restore backups.
    Backup,
}

impl Right {
    /// What it allows, for a person who lacks it.
    pub fn words(self) -> &'static str {
        match self {
            Self::Read => "read messages and charts",
            Self::Decide => "decide on messages",
            Self::Import => "import files",
            Self::Export => "export the record",
            Self::Identified => "export patient text",
            Self::Models => "change models",
            Self::Settings => "change the clinic's settings",
            Self::Audit => "read the audit",
            Self::Accounts => "look after accounts and keys",
            Self::Backup => "write or restore backups",
        }
    }
}

/// Whether the record is open, and for whom.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SessionState {
    /// There is no record yet: the first person makes one.
    NoRecord {
        /// A record of the first version is here and will be encrypted.
        plain: bool,
    },
    /// The record is closed.
    Locked {
        /// Names that may be tried.
        users: Vec<String>,
        /// Those of them for whom this computer's keyring keeps a way in. It is asked only when they say so.
        remembered: Vec<String>,
        /// Red flags that waited when it was locked here; `None` right after the start.
        red_flags: Option<usize>,
        /// Who had it open.
        last_user: String,
    },
    /// The record is open.
    Open {
        /// Who works here.
        user: String,
        /// Their role.
        role: Role,
        /// Their licence.
        licence: Licence,
        /// What they may do.
        rights: Vec<Right>,
        /// True for the sample without an account: nothing real goes in, and nothing is kept.
        demo: bool,
        /// True when the sealed code opened it.
        break_glass: bool,
        /// True when this computer's keyring keeps a way in for this person.
        remembered: bool,
    },
}

/// How the record is to be opened.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "with", rename_all = "snake_case")]
pub enum Unlock {
    /// A user's own passphrase.
    Passphrase {
        /// Their name.
        user: String,
        /// Their passphrase.
        passphrase: Secret,
    },
    /// What this computer's keyring keeps for a user.
    Keyring {
        /// Their name.
        user: String,
    },
    /// The sealed code, in an emergency.
    BreakGlass {
        /// Who uses it.
        user: String,
        /// The code.
        code: Secret,
        /// Why.
        reason: String,
    },
}

/// The first person of a new record.
#[derive(Clone, Serialize, Deserialize)]
pub struct FirstAdmin {
    /// The name they sign with.
    pub user: String,
    /// Their passphrase.
    pub passphrase: Secret,
    /// Their licence.
    pub licence: Licence,
}

/// The two codes of a new record. They are shown once.
#[derive(Clone, Serialize, Deserialize)]
pub struct Codes {
    /// Replaces a forgotten passphrase.
    pub recovery: Secret,
    /// Opens the record in an emergency.
    pub break_glass: Secret,
}

/// A person with an account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountLine {
    /// Their name.
    pub user: String,
    /// Their role.
    pub role: Role,
    /// Their licence.
    pub licence: Licence,
    /// Since when, RFC 3339 in UTC.
    pub since: String,
}

/// Words that were typed for a message and not decided on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnsentText {
    /// The words.
    pub text: String,
    /// How the editor began.
    pub start_mode: crate::StartMode,
    /// The draft that they began from.
    #[serde(default)]
    pub draft_id: Option<i64>,
    /// The decision whose reply they put right.
    #[serde(default)]
    pub corrects: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_give_the_least_that_is_needed() {
        let none = Licence::None;
        assert!(!Role::Clinician.may(Right::Accounts, Licence::Physician));
        assert!(!Role::Clinician.may(Right::Identified, Licence::Physician));
        assert!(!Role::Auditor.may(Right::Read, Licence::Physician));
        assert!(Role::Auditor.may(Right::Audit, none));
        assert!(!Role::Admin.may(Right::Decide, none));
        assert!(Role::Admin.may(Right::Decide, Licence::Physician));
        assert!(!Role::Lead.may(Right::Backup, Licence::Physician));
    }

    #[test]
    fn names_are_read_back() {
        for r in Role::ALL {
            assert_eq!(Role::from_name(r.as_str()), Some(r));
        }
        for l in Licence::ALL {
            assert_eq!(Licence::from_name(l.as_str()), Some(l));
        }
    }
}
