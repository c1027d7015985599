//! THE list of what this site may hold in a browser.
//!
//! The banner's second layer, `/cookies` and the tests are made from it. A test reads the sources: a cookie that is
//! set, or a key that is stored, without an entry here fails it.

use super::model::{CHOICE_DAYS, Category};

/// Where the browser holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A cookie that only the server reads and writes.
    Cookie,
    /// An entry in local storage.
    LocalStorage,
}

impl Kind {
    /// In words.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Cookie => "Cookie",
            Self::LocalStorage => "Local storage",
        }
    }
}

/// Who gets to read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipient {
    /// Whoever runs this installation, and nobody else.
    Operator,
    /// Nobody: it stays on the device.
    Nobody,
}

impl Recipient {
    /// In words.
    pub fn named(self, operator: &str) -> String {
        match self {
            Self::Operator if operator.is_empty() => "The operator of this installation".to_owned(),
            Self::Operator => operator.to_owned(),
            Self::Nobody => "Nobody, it stays on your device".to_owned(),
        }
    }
}

/// One thing that a browser may hold for us.
#[derive(Debug)]
pub struct Item {
    /// Its name without encryption, such as on your own machine. A key of local storage begins with it.
    pub plain: &'static str,
    /// Its name over TLS, where a browser keeps it to this host alone.
    pub hosted: &'static str,
    /// Cookie or local storage.
    pub kind: Kind,
    /// Why.
    pub category: Category,
    /// What it is for.
    pub purpose: &'static str,
    /// Who reads it.
    pub recipient: Recipient,
    /// How long, in words.
    pub lifetime: &'static str,
    /// The longest that it may last, where the server says so.
    pub most_days: Option<i64>,
}

impl Item {
    /// The name in use.
    pub const fn name(&self, tls: bool) -> &'static str {
        if tls { self.hosted } else { self.plain }
    }
}

/// Keeps somebody signed in.
pub const SESSION: Item = Item {
    plain: "ct_session",
    hosted: "__Host-ct_session",
    kind: Kind::Cookie,
    category: Category::Necessary,
    purpose: "Keeps you signed in. It is set when you sign in and not before.",
    recipient: Recipient::Operator,
    lifetime: "Until you sign out, or at the latest when the sign-in expires",
    most_days: Some(30),
};

/// Knows a device on which somebody signed in before.
pub const DEVICE: Item = Item {
    plain: "ct_device",
    hosted: "__Host-ct_device",
    kind: Kind::Cookie,
    category: Category::Necessary,
    purpose: "Shows that somebody signed in to your account on this device before, so that nobody who guesses at your password can keep you out. It is set when you sign in or choose a new password, and opens nothing by itself.",
    recipient: Recipient::Operator,
    lifetime: "182 days after the last sign-in, also when you sign out",
    most_days: Some(182),
};

/// The choice itself.
pub const CONSENT: Item = Item {
    plain: "ct_consent",
    hosted: "__Host-ct_consent",
    kind: Kind::Cookie,
    category: Category::Necessary,
    purpose: "Holds what you chose on the question about cookies, and the number of the receipt. It is set when you choose and not before.",
    recipient: Recipient::Operator,
    lifetime: "182 days, whether you said yes or no",
    most_days: Some(CHOICE_DAYS),
};

/// How things look.
pub const LOOKS: Item = Item {
    plain: "ct_looks",
    hosted: "__Host-ct_looks",
    kind: Kind::Cookie,
    category: Category::Preferences,
    purpose: "Holds light or dark, how close lines stand, and the columns of your list. Without your permission it is set only when you pick an appearance yourself, and ends with the browser.",
    recipient: Recipient::Operator,
    lifetime: "182 days if you allow preferences; otherwise until the browser is closed",
    most_days: Some(CHOICE_DAYS),
};

/// The random number behind the counts.
pub const AID: Item = Item {
    plain: "ct_aid",
    hosted: "__Host-ct_aid",
    kind: Kind::Cookie,
    category: Category::Analytics,
    purpose: "A random number that tells this browser from another when pages are counted. It is tied to no account.",
    recipient: Recipient::Operator,
    lifetime: "182 days, and gone as soon as you withdraw",
    most_days: Some(182),
};

/// What is typed and not yet saved.
pub const DRAFTS: Item = Item {
    plain: "draft:",
    hosted: "draft:",
    kind: Kind::LocalStorage,
    category: Category::Necessary,
    purpose: "Keeps what you type into a case until it is saved, so that a crash or a lost connection costs you nothing. It stays on this device.",
    recipient: Recipient::Nobody,
    lifetime: "Until the text is saved or thrown away, or you sign out",
    most_days: None,
};

/// Everything.
pub const ITEMS: [&Item; 6] = [&SESSION, &DEVICE, &CONSENT, &DRAFTS, &LOOKS, &AID];

/// The entries of a category.
pub fn of(category: Category) -> impl Iterator<Item = &'static Item> {
    ITEMS.into_iter().filter(move |item| item.category == category)
}
