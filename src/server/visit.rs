//! One request, as everything below the middleware sees it.

use leptos::prelude::use_context;
use serde::{Deserialize, Serialize};

use super::{
    db::{Db, NulInText},
    state::State,
};
use crate::{
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::consent::{Consent, Looks},
};

/// The request in hand. Handlers put it into Leptos's context; [`visit`] takes it out.
#[derive(Clone)]
pub struct Visit {
    /// The instance.
    pub state: State,
    /// This request's handle on the database; it counts statements where that was asked for.
    pub db: Db,
    /// Facts about the request.
    pub facts: Facts,
    /// A refused form whose text comes back with this page.
    pub kept: Option<Kept>,
}

/// What the connection says of itself, after trusted proxies have been heard.
#[derive(Clone, Debug)]
pub struct Facts {
    /// Names this request in the log and on error pages.
    pub request_id: String,
    /// The client's address.
    pub address: std::net::IpAddr,
    /// The browser's name for itself, cut to 256 characters.
    pub user_agent: String,
    /// Whether this is a form posted without script.
    pub plain_form: bool,
    /// What is in force about cookies and counting.
    pub consent: Consent,
    /// How things look in this browser.
    pub looks: Looks,
}

/// A form that was refused: why, and what had been typed.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Kept {
    /// The action it was posted to.
    pub action: String,
    /// Why it was refused.
    pub fault: Fault,
    /// What had been typed, secrets left out.
    pub fields: Vec<(String, String)>,
    /// Whose form it was: the session's token hash, or nothing before sign-in.
    pub session: Option<Vec<u8>>,
    /// Whose form it was: the account for which its page was made, also where the session had ended.
    #[serde(default)]
    pub person: Option<Id<kinds::User>>,
}

/// The request in hand.
///
/// # Errors
/// [`Fault::Internal`] outside a request.
pub fn visit() -> Answer<Visit> {
    use_context::<Visit>().ok_or_else(|| Fault::Internal { reference: String::new() })
}

/// The network of an address, by which it can no longer be told from its neighbours: /24 or /48.
pub fn network(address: std::net::IpAddr) -> String {
    match address.to_canonical() {
        std::net::IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            format!("{a}.{b}.{c}.0/24")
        }
        std::net::IpAddr::V6(v6) => {
            let [a, b, c, ..] = v6.segments();
            format!("{a:x}:{b:x}:{c:x}::/48")
        }
    }
}

impl Facts {
    /// The client's network, for whoever does not want the whole address kept.
    pub fn network(&self) -> String {
        network(self.address)
    }

    /// The client's network: /24 or /56, what one customer has at most. Limits count by it, since addresses inside are cheap.
    pub fn prefix(&self) -> String {
        match self.address.to_canonical() {
            std::net::IpAddr::V4(_) => self.network(),
            std::net::IpAddr::V6(v6) => {
                let [a, b, c, d, ..] = v6.segments();
                std::net::Ipv6Addr::from([a, b, c, d & 0xff00, 0, 0, 0, 0]).to_string() + "/56"
            }
        }
    }

    /// The network around [`Facts::prefix`] that is as cheap to whoever is given a whole one: /48, with IPv6 only.
    pub fn site(&self) -> Option<String> {
        self.address.to_canonical().is_ipv6().then(|| self.network())
    }
}

/// A database error is logged here once, where it becomes an answer; its text goes no further.
impl From<sqlx::Error> for Fault {
    #[track_caller]
    fn from(error: sqlx::Error) -> Self {
        if is_no_text(&error) {
            return Self::Malformed;
        }
        let reference = use_context::<Visit>().map(|v| v.facts.request_id).unwrap_or_default();
        let at = std::panic::Location::caller();
        if is_away(&error) {
            tracing::error!(request.id = reference, at = %at, error = kind(&error), "the database is away");
            Self::Unavailable { retry_after: 5 }
        } else {
            tracing::error!(request.id = reference, at = %at, error = kind(&error), "a statement failed");
            Self::Internal { reference }
        }
    }
}

/// Whether a value holds what no database can keep as text. Nothing of ours makes such a value: it came with the request.
fn is_no_text(error: &sqlx::Error) -> bool {
    // Of PostgreSQL: no character of the encoding, and a character in JSON that is none in text.
    const CODES: [&str; 2] = ["22021", "22P05"];
    match error {
        sqlx::Error::Encode(inner) => inner.is::<NulInText>(),
        sqlx::Error::Database(inner) => inner.code().is_some_and(|code| CODES.contains(&&*code)),
        _ => false,
    }
}

/// Whether the same statement may go through later: the database cannot be reached, stops or starts, its disk is full, or
/// somebody else was in the way for too long.
fn is_away(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed | sqlx::Error::Io(_) => true,
        sqlx::Error::Database(inner) => inner.code().is_some_and(|code| passes(&code)),
        _ => false,
    }
}

/// PostgreSQL's codes have five characters and their class in the first two; SQLite's are numbers with theirs in the last byte.
fn passes(code: &str) -> bool {
    // Connection, deadlock, resources, object in use, intervention of the operator, system.
    const CLASSES: [&str; 6] = ["08", "40", "53", "55", "57", "58"];
    // SQLITE_BUSY, _LOCKED, _IOERR, _FULL, _CANTOPEN.
    const PRIMARY: [u32; 5] = [5, 6, 10, 13, 14];
    match code.len() {
        5 => CLASSES.iter().any(|class| code.starts_with(class)),
        _ => code.parse::<u32>().is_ok_and(|code| PRIMARY.contains(&(code & 0xff))),
    }
}

/// The kind of a database error without the values that it may quote.
fn kind(error: &sqlx::Error) -> String {
    match error {
        sqlx::Error::Database(inner) => {
            format!("database {}", inner.code().unwrap_or(std::borrow::Cow::Borrowed("?")))
        }
        sqlx::Error::ColumnDecode { index, .. } => format!("column {index} does not decode"),
        sqlx::Error::RowNotFound => "row not found".into(),
        sqlx::Error::PoolTimedOut => "no connection in time".into(),
        sqlx::Error::Io(inner) => format!("io {:?}", inner.kind()),
        other => format!("{:?}", std::mem::discriminant(other)),
    }
}

#[cfg(test)]
mod tests {
    use super::passes;

    #[test]
    fn what_passes_is_told_from_what_is_wrong() {
        // A stop, a start, a full disk, a deadlock, a statement that took too long; SQLITE_FULL, _IOERR_WRITE, _BUSY_SNAPSHOT.
        for code in ["57P01", "57P03", "53100", "40P01", "57014", "13", "778", "517"] {
            assert!(passes(code), "{code}");
        }
        // A unique key, a check, a syntax error; SQLITE_CONSTRAINT_UNIQUE, SQLITE_ERROR.
        for code in ["23505", "23514", "42601", "2067", "1", "?"] {
            assert!(!passes(code), "{code}");
        }
    }
}
