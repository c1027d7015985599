//! The words for what a column holds: whose it is, what kind, what for, on which basis, and what becomes of it.

/// Whose data a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// Nobody's: settings, counters, keys of rows.
    Nobody,
    /// A person with an account.
    User,
    /// A person with an account, as a member of an organisation.
    Member,
    /// Whom a case is about. The organisation decides; we keep it on its behalf.
    Organisation,
    /// Somebody who asked for their rights without an account.
    Requester,
    /// Whoever looks at a page.
    Visitor,
}

/// What kind of data it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// Keys, counters and settings that say nothing of a person.
    Technical,
    /// Name and address.
    Identity,
    /// What proves who somebody is; kept as hashes only.
    Credentials,
    /// Address of the network and name of the browser.
    Network,
    /// What somebody did and when.
    Activity,
    /// To which organisation somebody belongs, and as what.
    Membership,
    /// Messages.
    Correspondence,
    /// What somebody set for themselves.
    Preferences,
    /// What somebody agreed to, refused or acknowledged.
    Consent,
    /// What somebody asked of us about their data.
    Requests,
    /// The content of cases.
    CaseContent,
}

/// What it is needed for. A purpose has one legal basis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Purpose {
    /// To run the software itself.
    Operate,
    /// To give people an account and the organisations they belong to.
    Account,
    /// To write to people about their account.
    Service,
    /// To notice misuse and let people see who used their account.
    Security,
    /// To keep what an organisation writes about its cases, on its behalf.
    Casework,
    /// To prove who did what.
    Evidence,
    /// To remember how somebody likes to work.
    Preferences,
    /// To learn how the product is used.
    Analytics,
    /// To do what the law asks, such as answering requests about personal data.
    Duty,
}

/// Why it is lawful.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// Nothing personal is done.
    None,
    /// The contract with the person.
    Contract,
    /// A legitimate interest; the person may object.
    LegitimateInterest,
    /// A legal obligation.
    LegalObligation,
    /// Consent, which can be withdrawn.
    Consent,
    /// The organisation's own basis: we act on its instructions.
    Instruction,
}

/// Whether the person gets it with a copy of their data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Yes.
    Yes,
    /// No, and why.
    No(&'static str),
}

/// What erasing the person does to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// It is about nobody, or not about the person who is erased.
    Untouched,
    /// The whole row goes.
    Row,
    /// The value goes.
    Null,
    /// Something takes its place that tells of nobody.
    Replace(With),
    /// The key of the person is destroyed, and what it sealed cannot be read any more.
    Shred,
    /// It stays, for this reason.
    Keep(&'static str),
}

/// What takes the place of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum With {
    /// `Deleted user 7f3a`: one a person.
    Name,
    /// An address of nobody, unique.
    Address,
    /// An empty text.
    Blank,
    /// No bytes, in place of what was sealed.
    NoBytes,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Self; 9] = [
        Self::Account,
        Self::Service,
        Self::Security,
        Self::Casework,
        Self::Evidence,
        Self::Preferences,
        Self::Analytics,
        Self::Duty,
        Self::Operate,
    ];

    /// The key under which an objection is stored.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Operate => "operate",
            Self::Account => "account",
            Self::Service => "service",
            Self::Security => "security",
            Self::Casework => "casework",
            Self::Evidence => "evidence",
            Self::Preferences => "preferences",
            Self::Analytics => "analytics",
            Self::Duty => "duty",
        }
    }

    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Operate => "Running the software",
            Self::Account => "Your account and the organisations you belong to",
            Self::Service => "Messages about your account",
            Self::Security => "Security of your account",
            Self::Casework => "Casework, on behalf of the organisation",
            Self::Evidence => "A record of who did what",
            Self::Preferences => "How you like to work",
            Self::Analytics => "Learning how the product is used",
            Self::Duty => "Legal duties",
        }
    }

    /// The one basis on which it rests.
    pub const fn basis(self) -> Basis {
        match self {
            Self::Operate => Basis::None,
            Self::Account | Self::Service => Basis::Contract,
            Self::Security | Self::Evidence => Basis::LegitimateInterest,
            Self::Casework => Basis::Instruction,
            Self::Preferences | Self::Analytics => Basis::Consent,
            Self::Duty => Basis::LegalObligation,
        }
    }
}

impl Basis {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::None => "None needed",
            Self::Contract => "Contract",
            Self::LegitimateInterest => "Legitimate interest",
            Self::LegalObligation => "Legal obligation",
            Self::Consent => "Consent",
            Self::Instruction => "Instructions of the organisation",
        }
    }
}

impl Category {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Technical => "Technical",
            Self::Identity => "Name and address",
            Self::Credentials => "Passwords and links, as hashes",
            Self::Network => "Internet address and browser",
            Self::Activity => "What was done and when",
            Self::Membership => "Membership and role",
            Self::Correspondence => "Messages",
            Self::Preferences => "Preferences",
            Self::Consent => "Consent and acknowledgement",
            Self::Requests => "Requests about personal data",
            Self::CaseContent => "Content of cases",
        }
    }

    /// Whether a value of this kind may never stand in a log line.
    pub const fn private(self) -> bool {
        match self {
            Self::Identity | Self::Credentials | Self::Network | Self::Correspondence | Self::Requests | Self::CaseContent => true,
            Self::Technical | Self::Activity | Self::Membership | Self::Preferences | Self::Consent => false,
        }
    }
}

impl Subject {
    /// For people.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Nobody => "Nobody",
            Self::User => "Account holders",
            Self::Member => "Members of organisations",
            Self::Organisation => "People in cases (the organisation decides)",
            Self::Requester => "People who make a request",
            Self::Visitor => "Visitors",
        }
    }
}

impl Erasure {
    /// For people.
    pub fn label(self) -> String {
        match self {
            Self::Untouched => "Stays: it is not about the person".into(),
            Self::Row => "Deleted".into(),
            Self::Null => "Removed".into(),
            Self::Replace(With::Name) => "Replaced by a name such as \u{201c}Deleted user 7f3a\u{201d}".into(),
            Self::Replace(With::Address) => "Replaced by an address of nobody".into(),
            Self::Replace(With::Blank | With::NoBytes) => "Emptied".into(),
            Self::Shred => "Made unreadable by destroying its key".into(),
            Self::Keep(reason) => format!("Stays. {reason}"),
        }
    }
}
