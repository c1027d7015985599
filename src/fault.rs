//! The only error that crosses the wire.
//!
//! A [`Fault`] is a stable code with what the screen needs to say what to do next. It carries no text of lower
//! layers and no personal data. On the server each variant has its HTTP status; the sentence for people is
//! made by [`Fault::sentence`], in one place.

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use serde::{Deserialize, Serialize};

/// The result of everything that can be asked of the server.
pub type Answer<T> = Result<T, Fault>;

/// Why a request was not carried out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fault {
    /// 401: nobody is signed in, or the session has ended.
    SignIn,
    /// 403: the person is known and may not. `reason` is the explainer's own sentence.
    Forbidden {
        /// What is missing, as a sentence.
        reason: String,
    },
    /// 404: there is no such thing, or it may not be known that there is.
    NotFound,
    /// 410: a single-use link that was used or has expired.
    Gone,
    /// 422: one or more fields need another value.
    Invalid(Vec<FieldFault>),
    /// 409: somebody else saved first. Both values are shown side by side.
    Conflict(Vec<Difference>),
    /// 409: the form was made for another organisation than the one in which the person acts now, or does not say for which.
    Elsewhere {
        /// The organisation that it was made for; empty where that is not known.
        organisation: String,
    },
    /// 409: the form was made for somebody else who was signed in here.
    SomebodyElse,
    /// 409: the form was sent before with other content, and that is stored. What was sent now is not.
    SentBefore {
        /// What came of it, such as `the note “Called back”`.
        stored: String,
    },
    /// 429: too many attempts.
    TooMany {
        /// Seconds until the next attempt is worth making.
        retry_after: u32,
    },
    /// 413: the body is larger than the limit.
    TooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// 400: the request could not be read at all.
    Malformed,
    /// 503: the server sheds load, or its database is away.
    Unavailable {
        /// Seconds until the next attempt is worth making.
        retry_after: u32,
    },
    /// 500: our mistake. `reference` is the request id under which it was logged.
    Internal {
        /// The request id.
        reference: String,
    },
    /// The network failed before an answer came. Only the browser makes this one.
    Offline,
}

/// One field's complaint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldFault {
    /// The form field's name.
    pub field: String,
    /// A sentence that says what to do.
    pub message: String,
}

/// One value that two people changed at the same time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// The form field's name.
    pub field: String,
    /// What the field is called on screen.
    pub label: String,
    /// What is stored now.
    pub theirs: String,
    /// What was just sent.
    pub yours: String,
    /// Who stored it, and when; empty where that is not known.
    #[serde(default)]
    pub saved: String,
}

impl Difference {
    /// One field with both values.
    pub fn new(field: impl Into<String>, label: impl Into<String>, theirs: impl Into<String>, yours: impl Into<String>) -> Self {
        let saved = String::new();
        Self { field: field.into(), label: label.into(), theirs: theirs.into(), yours: yours.into(), saved }
    }

    /// The version to save over next. It goes along with the others, and is not shown.
    pub fn version(now: i64) -> Self {
        Self::new("version", "Version", now.to_string(), "")
    }

    /// The same with who stored it, and when.
    #[must_use]
    pub fn saved(self, by: impl Into<String>) -> Self {
        Self { saved: by.into(), ..self }
    }
}

impl Fault {
    /// A complaint about one field.
    pub fn field(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldFault { field: field.to_owned(), message: message.into() }])
    }

    /// A refusal with its reason.
    pub fn forbidden(reason: impl Into<String>) -> Self {
        Self::Forbidden { reason: reason.into() }
    }

    /// The HTTP status that this fault answers with.
    pub const fn status(&self) -> u16 {
        match self {
            Self::SignIn => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound => 404,
            Self::Gone => 410,
            Self::Invalid(_) => 422,
            Self::Conflict(_) | Self::SentBefore { .. } | Self::Elsewhere { .. } | Self::SomebodyElse => 409,
            Self::TooMany { .. } => 429,
            Self::TooLarge { .. } => 413,
            Self::Malformed => 400,
            Self::Unavailable { .. } | Self::Offline => 503,
            Self::Internal { .. } => 500,
        }
    }

    /// A few words: the heading of the error page.
    pub const fn title(&self) -> &'static str {
        match self {
            Self::SignIn => "Please sign in",
            Self::Forbidden { .. } => "You may not do this",
            Self::NotFound => "Not found",
            Self::Gone => "This link has been used or has expired",
            Self::Invalid(_) => "Something needs another value",
            Self::Conflict(_) => "Changed since you opened it",
            Self::SentBefore { .. } => "This form was sent before",
            Self::Elsewhere { .. } => "This was meant for another organisation",
            Self::SomebodyElse => "Somebody else is signed in now",
            Self::TooMany { .. } => "Too many attempts",
            Self::TooLarge { .. } => "Too large",
            Self::Malformed => "This request could not be read",
            Self::Unavailable { .. } => "CaseTrakr is busy",
            Self::Internal { .. } => "Something went wrong on our side",
            Self::Offline => "No connection",
        }
    }

    /// One sentence that says what to do.
    pub fn sentence(&self) -> String {
        match self {
            Self::SignIn => "Your session has ended. Sign in again; what you typed is kept.".into(),
            Self::Forbidden { reason } => reason.clone(),
            Self::NotFound => {
                "It does not exist, or you have no access to it. Check the address, or ask the person who sent it to you.".into()
            }
            Self::Gone => "Ask for a new one; each link works once and for a limited time.".into(),
            Self::Invalid(fields) if fields.len() == 1 => fields.iter().map(|f| f.message.as_str()).collect(),
            Self::Invalid(fields) => format!("{} fields need your attention.", fields.len()),
            Self::Conflict(_) => "Compare both versions below, then save yours again or keep theirs.".into(),
            Self::Elsewhere { organisation } if organisation.is_empty() => {
                "The page that this was sent from does not say for which organisation it was made, so nothing was saved. Copy what you need, and send it from the page as it is now.".into()
            }
            Self::Elsewhere { organisation } => {
                format!("It was written for {organisation}, and you have changed to another organisation since. Nothing was saved there or here.")
            }
            Self::SomebodyElse => "This page was made for somebody else, who was signed in here before. Nothing was saved. Load the page anew to go on as yourself.".into(),
            Self::SentBefore { stored } => {
                format!(
                    "It is saved as {stored}. What you have written since is still here and not saved yet: send it again to save it as well, or go on with what is saved."
                )
            }
            Self::TooMany { retry_after } => format!("Wait {}, then try again.", crate::count::lasting(*retry_after)),
            Self::TooLarge { limit } => format!("The limit is {}. Send less at a time.", crate::count::sized(*limit)),
            Self::Malformed => "Go back, reload the page and try again.".into(),
            Self::Unavailable { retry_after } => format!("Nothing was lost. Try again in {}.", crate::count::lasting(*retry_after)),
            Self::Internal { reference } => format!("Nothing was saved. If it happens again, tell support the reference {reference}."),
            Self::Offline => "The server could not be reached. What you typed is kept; try again when you are back online.".into(),
        }
    }

    /// The complaint about one field, if there is one.
    pub fn about(&self, field: &str) -> Option<&str> {
        match self {
            Self::Invalid(fields) => fields.iter().find(|f| f.field == field).map(|f| f.message.as_str()),
            _ => None,
        }
    }
}

impl FromServerFnError for Fault {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        match error {
            ServerFnErrorErr::Request(_) | ServerFnErrorErr::Response(_) => Self::Offline,
            ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::UnsupportedRequestMethod(_) => Self::Malformed,
            ServerFnErrorErr::Deserialization(_) => Self::Malformed,
            ServerFnErrorErr::Registration(_)
            | ServerFnErrorErr::ServerError(_)
            | ServerFnErrorErr::MiddlewareError(_)
            | ServerFnErrorErr::Serialization(_) => Self::Internal { reference: String::new() },
        }
    }
}

/// Collects complaints, so that a form hears all of them at once.
#[derive(Default)]
pub struct Complaints(Vec<FieldFault>);

impl Complaints {
    /// Takes the value, or notes the complaint about `field` and goes on.
    pub fn take<T>(&mut self, field: &str, parsed: Result<T, String>) -> Option<T> {
        parsed.map_err(|message| self.add(field, message)).ok()
    }

    /// Notes a complaint.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push(FieldFault { field: field.to_owned(), message: message.into() });
    }

    /// `Ok` when there was none.
    pub fn done(self) -> Answer<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Fault::Invalid(self.0)) }
    }
}
