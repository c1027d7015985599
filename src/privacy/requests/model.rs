//! What can be asked, under which law, and in which states a request can be. No I/O.

use serde::{Deserialize, Serialize};

/// A closed list of words, each with the key of storage and forms and the words on screen.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$word_meta:meta])* $word:ident = $key:literal, $label:literal;)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, sqlx::Type)]
        #[sqlx(type_name = "text", rename_all = "snake_case")]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$word_meta])* $word),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$word),+];

            /// The key used in storage and forms.
            pub const fn key(self) -> &'static str {
                match self { $(Self::$word => $key),+ }
            }

            /// The words on screen.
            pub const fn label(self) -> &'static str {
                match self { $(Self::$word => $label),+ }
            }

            /// The one with that key.
            pub fn parse(key: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|word| word.key() == key)
            }
        }
    };
}

words! {
    /// What somebody asks for.
    Kind {
        /// Confirmation, a copy, and what goes with it.
        Access = "access", "See my data";
        /// The same in a form that machines read.
        Portability = "portability", "Take my data with me";
        /// What is wrong, put right.
        Rectification = "rectification", "Correct my data";
        /// Deletion.
        Erasure = "erasure", "Delete my data";
        /// Kept, and otherwise left alone.
        Restriction = "restriction", "Restrict the use of my data";
        /// No more of a purpose.
        Objection = "objection", "Object to a use of my data";
        /// A consent taken back.
        Withdrawal = "withdrawal", "Withdraw a consent";
        /// Something was done badly, or a request was refused.
        Complaint = "complaint", "Complain";
        /// GDPR Art. 22: what a program decides about somebody.
        AutomatedDecision = "automated_decision", "Ask about automated decisions";
        /// No sale, no sharing for advertising.
        OptOut = "opt_out", "Do not sell or share my data";
    }
}

impl Kind {
    /// A sentence for those who have to choose.
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::Access => "You learn what is held about you, why, from where, for how long, and who received it, and get a copy.",
            Self::Portability => "You get what you provided as files that other programs can read.",
            Self::Rectification => "Something is wrong or missing, and is put right. Say what.",
            Self::Erasure => "Your data is deleted, except for what a law says must be kept. You are told what and why.",
            Self::Restriction => "Your data is kept and not used while a question about it is open.",
            Self::Objection => "A use that rests on somebody's own interests stops for you. Say which, and why.",
            Self::Withdrawal => {
                "Every consent that was stored for your account ends at once. For this browser alone, use the page of your privacy choices."
            }
            Self::Complaint => {
                "You think that something was done wrongly. (A decision on a request is appealed on the page of that request.)"
            }
            Self::AutomatedDecision => {
                "You learn whether anything about you is decided by a program alone. Here nothing is; if you think that it was, say what."
            }
            Self::OptOut => "Nothing is sold or shared for advertising here. We record that you said so; nothing needs to be proved.",
        }
    }

    /// Whether the address must be shown to be the requester's before anything happens.
    pub const fn needs_proof(self) -> bool {
        match self {
            Self::Access | Self::Portability | Self::Rectification | Self::Erasure => true,
            Self::Restriction | Self::Objection | Self::Complaint | Self::AutomatedDecision => true,
            Self::Withdrawal | Self::OptOut => false,
        }
    }

    /// Whether the request means nothing without the requester's own words.
    pub const fn needs_words(self) -> bool {
        match self {
            Self::Rectification | Self::Restriction | Self::Objection | Self::Complaint => true,
            Self::Access | Self::Portability | Self::Erasure | Self::Withdrawal | Self::OptOut | Self::AutomatedDecision => false,
        }
    }

    /// What it is called in a list and behind "a request": a noun.
    pub const fn noun(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Portability => "portability",
            Self::Rectification => "correction",
            Self::Erasure => "erasure",
            Self::Restriction => "restriction",
            Self::Objection => "objection",
            Self::Withdrawal => "withdrawal of consent",
            Self::Complaint => "complaint",
            Self::AutomatedDecision => "automated decisions",
            Self::OptOut => "opt-out of sale and sharing",
        }
    }
}

words! {
    /// Whose data it is about in the first place.
    Concern {
        /// An account, a visit to these pages: the operator's.
        Account = "account", "My own account, or my visit to this site";
        /// A case: the organisation's that works on it.
        Case = "case", "A case at an organisation that uses this installation";
    }
}

words! {
    /// The law that sets the clock.
    Regime {
        /// Regulation (EU) 2016/679.
        Gdpr = "gdpr", "GDPR (European Union)";
        /// The same, as the United Kingdom has it.
        UkGdpr = "uk_gdpr", "UK GDPR (United Kingdom)";
        /// California.
        Ccpa = "ccpa", "CCPA (California)";
        /// Virginia, Colorado, Connecticut, Oregon, Texas.
        UsState = "us_state", "Other US states (VA, CO, CT, OR, TX)";
        /// Lei 13.709/2018.
        Lgpd = "lgpd", "LGPD (Brazil)";
    }
}

words! {
    /// Where a request stands.
    State {
        /// It has come in; nothing has been looked at.
        Received = "received", "Received";
        /// A link waits at the address that was given.
        IdentityPending = "identity_pending", "Waiting for confirmation";
        /// Nobody opened it in time, or what was shown was not enough.
        IdentityFailed = "identity_failed", "Not confirmed";
        /// Somebody works on it.
        InReview = "in_review", "In review";
        /// The requester was asked something.
        NeedsInfo = "needs_info", "Waiting for an answer";
        /// A law says wait.
        OnHold = "on_hold", "On hold";
        /// Accepted, whole or in part, and being done.
        Fulfilling = "fulfilling", "Being carried out";
        /// The answer is written and is looked over once more.
        QualityCheck = "quality_check", "Being checked";
        /// The answer has gone out.
        Delivered = "delivered", "Answered";
        /// Refused, with the reason.
        Refused = "refused", "Refused";
        /// Handed to the controller whose it is.
        Forwarded = "forwarded", "Forwarded";
        /// The same as another one.
        Duplicate = "duplicate", "Duplicate";
        /// Taken back by the requester.
        Withdrawn = "withdrawn", "Withdrawn";
        /// Put away.
        Closed = "closed", "Closed";
    }
}

impl State {
    /// Whether the clock of the law still runs, so that it stands in the list of what is to do.
    pub const fn is_open(self) -> bool {
        match self {
            Self::Received | Self::IdentityPending | Self::InReview | Self::NeedsInfo => true,
            Self::OnHold | Self::Fulfilling | Self::QualityCheck => true,
            Self::IdentityFailed | Self::Delivered | Self::Refused | Self::Forwarded => false,
            Self::Duplicate | Self::Withdrawn | Self::Closed => false,
        }
    }

    /// The shape that it is drawn with.
    pub const fn shape(self) -> &'static str {
        match self {
            Self::Received | Self::InReview | Self::Fulfilling | Self::QualityCheck => "open",
            Self::IdentityPending | Self::NeedsInfo | Self::OnHold => "waiting",
            Self::IdentityFailed | Self::Delivered | Self::Refused | Self::Forwarded => "closed",
            Self::Duplicate | Self::Withdrawn | Self::Closed => "closed",
        }
    }
}

words! {
    /// Why a request may be refused. There is no other reason.
    Ground {
        /// GDPR Art. 12(5)(b).
        Unfounded = "unfounded", "It is manifestly unfounded";
        /// GDPR Art. 12(5)(b).
        Excessive = "excessive", "It is excessive, in particular because it repeats another one";
        /// GDPR Art. 11(2).
        CannotIdentify = "cannot_identify", "We cannot identify the person";
        /// A law says that this must or may be withheld; the explanation names it.
        Exemption = "exemption", "A law exempts it; the explanation names which";
    }
}

words! {
    /// What an organisation goes through before it answers.
    Step {
        /// Who is it?
        Identity = "identity", "Identity: the person is who they say, and no more was asked than needed";
        /// Where is something?
        Search = "search", "Search: cases, entries and files were looked through";
        /// Whom else does it concern?
        ThirdParties = "third_parties", "Other people: what concerns them was taken out or weighed";
        /// What may not go out?
        Exemptions = "exemptions", "Exemptions: what a law lets you withhold was considered, and noted";
        /// What was decided?
        Decision = "decision", "Decision: made by somebody who may make it";
        /// And sent?
        Answer = "answer", "Answer: complete, in plain words, and sent to the right person";
    }
}

words! {
    /// How it was shown that a requester is who they say.
    Proof {
        /// The single-use link at their address.
        Link = "link", "By the link sent to their address";
        /// A sign-in of the last ten minutes.
        SignedIn = "signed_in", "Signed in within the last ten minutes";
        /// Some other way, which the record names.
        Otherwise = "otherwise", "By other means";
        /// This kind needs none.
        NotNeeded = "not_needed", "Not needed for this kind";
    }
}

impl Proof {
    /// The same as an organisation keeps it: that the address is the requester's, and not that they have an account.
    pub const fn elsewhere(self) -> Self {
        match self {
            Self::Link | Self::SignedIn => Self::Link,
            Self::Otherwise => Self::Otherwise,
            Self::NotNeeded => Self::NotNeeded,
        }
    }
}

/// What the requester wrote, sealed in storage.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Particulars {
    /// The address for the answer; empty only for an opt-out.
    pub email: String,
    /// Their name, where they gave one.
    pub name: String,
    /// Their words.
    pub words: String,
    /// The organisation meant, as they wrote it.
    pub organisation: String,
    /// For an agent: whom they act for, and the permission in its words.
    pub permission: String,
}
