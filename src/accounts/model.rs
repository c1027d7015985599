//! Roles, permissions, and the parsed values of the account forms.

use serde::{Deserialize, Serialize};

use crate::ids::{Id, kinds};

/// What sign-up shows and what is acknowledged where the operator has not published a policy: the newest edition.
pub const POLICY_VERSION: &str = "2026-11-24";

/// What a member is in an organisation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "ssr", derive(sqlx::Type))]
#[cfg_attr(feature = "ssr", sqlx(type_name = "text", rename_all = "snake_case"))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Sees, changes nothing.
    ReadOnly,
    /// Does the casework, and says who does it.
    Caseworker,
    /// Oversees it: restricts, exports, sees supervisors' entries.
    Supervisor,
    /// Runs the organisation's settings.
    Admin,
    /// An admin who also decides about admins and about the organisation itself.
    Owner,
}

impl Role {
    /// Every role, least first.
    pub const ALL: [Self; 5] = [Self::ReadOnly, Self::Caseworker, Self::Supervisor, Self::Admin, Self::Owner];

    /// The key used in storage and forms.
    pub const fn key(self) -> &'static str {
        match self {
            Self::ReadOnly => "read_only",
            Self::Caseworker => "caseworker",
            Self::Supervisor => "supervisor",
            Self::Admin => "admin",
            Self::Owner => "owner",
        }
    }

    /// The name on screen.
    pub const fn label(self) -> &'static str {
        match self {
            Self::ReadOnly => "Read-only",
            Self::Caseworker => "Caseworker",
            Self::Supervisor => "Supervisor",
            Self::Admin => "Admin",
            Self::Owner => "Owner",
        }
    }

    /// What the role is for, in a few words.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::ReadOnly => "Reads cases; changes nothing.",
            Self::Caseworker => "Opens, assigns and works cases.",
            Self::Supervisor => "Also restricts and exports cases, and reads entries for supervisors.",
            Self::Admin => "Also manages members, imports and settings.",
            Self::Owner => "Also decides about admins and owners.",
        }
    }

    /// The role of that key.
    pub fn parse(key: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.key() == key)
    }

    /// THE decision: whether a role has a permission.
    pub fn may(self, permission: Permission) -> bool {
        self >= permission.least_role()
    }
}

/// The catalogue: everything that can be allowed or refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Permission {
    /// See cases and their timelines.
    CaseRead,
    /// Open a new case.
    CaseCreate,
    /// Change a case, write entries, move it through its states.
    CaseWrite,
    /// Say who sees a restricted case.
    CaseRestrict,
    /// See entries that are for supervisors.
    EntrySupervise,
    /// Take the list of cases away as a file.
    CaseExport,
    /// Bring in cases from a file.
    CaseImport,
    /// Read the audit record of the organisation.
    AuditRead,
    /// See who is a member.
    MemberRead,
    /// Invite, change and remove members.
    MemberManage,
    /// Choose case types and change the organisation's settings.
    OrgManage,
    /// Take everything of the organisation away as one archive.
    OrgExport,
    /// Close the organisation.
    OrgClose,
    /// Answer people's requests about their data in cases.
    PrivacyDesk,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 14] = [
        Self::CaseRead,
        Self::CaseCreate,
        Self::CaseWrite,
        Self::CaseRestrict,
        Self::EntrySupervise,
        Self::CaseExport,
        Self::CaseImport,
        Self::AuditRead,
        Self::MemberRead,
        Self::MemberManage,
        Self::OrgManage,
        Self::OrgExport,
        Self::OrgClose,
        Self::PrivacyDesk,
    ];

    /// The least role that has it.
    pub const fn least_role(self) -> Role {
        match self {
            Self::CaseRead | Self::MemberRead => Role::ReadOnly,
            Self::CaseCreate | Self::CaseWrite => Role::Caseworker,
            Self::CaseRestrict | Self::EntrySupervise | Self::CaseExport => Role::Supervisor,
            Self::CaseImport | Self::AuditRead | Self::MemberManage | Self::OrgManage | Self::PrivacyDesk => Role::Admin,
            Self::OrgExport | Self::OrgClose => Role::Owner,
        }
    }

    /// Whether it is there to change something. While an organisation is being closed nobody may.
    pub const fn writes(self) -> bool {
        match self {
            Self::CaseRead
            | Self::EntrySupervise
            | Self::CaseExport
            | Self::AuditRead
            | Self::MemberRead
            | Self::OrgExport
            | Self::OrgClose
            // Answering somebody's right changes nothing of the organisation's, and does not wait.
            | Self::PrivacyDesk => false,
            Self::CaseCreate | Self::CaseWrite | Self::CaseRestrict | Self::CaseImport | Self::MemberManage | Self::OrgManage => true,
        }
    }

    /// What it allows, to finish the sentence "You may not …".
    pub const fn verb(self) -> &'static str {
        match self {
            Self::CaseRead => "see cases",
            Self::CaseCreate => "open cases",
            Self::CaseWrite => "change cases",
            Self::CaseRestrict => "decide who sees a case",
            Self::EntrySupervise => "see supervisors' entries",
            Self::CaseExport => "export cases",
            Self::CaseImport => "import cases",
            Self::AuditRead => "read the audit record",
            Self::MemberRead => "see the members",
            Self::MemberManage => "manage members",
            Self::OrgManage => "change the organisation's settings",
            Self::OrgExport => "export the whole organisation",
            Self::OrgClose => "close the organisation",
            Self::PrivacyDesk => "work at the Privacy desk",
        }
    }

    /// Why a role lacks it, and what to do.
    pub fn refusal(self, role: Role) -> String {
        format!(
            "As {} you may not {}. Ask {} of your organisation.",
            role.label().to_lowercase(),
            self.verb(),
            match self.least_role() {
                Role::ReadOnly | Role::Caseworker => "a caseworker",
                Role::Supervisor => "a supervisor",
                Role::Admin => "an admin",
                Role::Owner => "an owner",
            }
        )
    }
}

/// The signed-in person, as every page knows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewer {
    /// Their id.
    pub user: Id<kinds::User>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Whether the address is confirmed.
    pub verified: bool,
    /// The organisation in which they act now.
    pub org: Option<ViewerOrg>,
    /// The day on which the account is erased, where its person asked for that.
    pub leaving: Option<String>,
    /// Whether they look after the installation's own requests.
    pub operator: bool,
}

/// The organisation in which somebody acts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ViewerOrg {
    /// Its id.
    pub id: Id<kinds::Org>,
    /// Its name.
    pub name: String,
    /// What they are there.
    pub role: Role,
    /// The day on which the organisation is erased, where it is being closed.
    pub closing: Option<String>,
}

impl Viewer {
    /// Whether a control for this permission is worth showing. The server decides again.
    pub fn may(&self, permission: Permission) -> bool {
        self.org.as_ref().is_some_and(|org| org.role.may(permission) && !(org.closing.is_some() && permission.writes()))
    }
}

/// The rules for a new password that need no list: 15 to 256 code points, anything goes.
pub fn check_password_length(password: &str) -> Result<(), String> {
    match password.chars().count() {
        0..15 => Err("Use at least 15 characters. A few words in a row do well.".into()),
        15..=256 if password.contains('\0') => Err("Leave out the NUL character.".into()),
        15..=256 => Ok(()),
        _ => Err("Use at most 256 characters.".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_is_somebodys_and_owners_have_all() {
        for permission in Permission::ALL {
            assert!(Role::Owner.may(permission));
            assert!(!permission.refusal(Role::ReadOnly).is_empty());
        }
        assert!(!Role::ReadOnly.may(Permission::CaseWrite));
        assert!(!Role::Caseworker.may(Permission::CaseImport));
        assert!(!Role::Supervisor.may(Permission::MemberManage));
        // What a role is said to add is what it has and the one below has not. Assigning is changing a case.
        assert!(Role::Caseworker.may(Permission::CaseWrite) && Role::Caseworker.explanation().contains("assigns"));
        assert!(!Role::Supervisor.explanation().contains("assigns"));
        for added in [Permission::CaseRestrict, Permission::CaseExport, Permission::EntrySupervise] {
            assert!(Role::Supervisor.may(added) && !Role::Caseworker.may(added));
        }
    }

    #[test]
    fn sec_1_password_lengths_count_code_points() {
        for (password, good) in [
            ("a".repeat(14), false),
            ("a".repeat(15), true),
            ("ü".repeat(15), true),
            ("😀".repeat(256), true),
            ("a".repeat(257), false),
            (format!("{}\0", "a".repeat(20)), false),
        ] {
            assert_eq!(check_password_length(&password).is_ok(), good, "{}", password.chars().count());
        }
    }
}
