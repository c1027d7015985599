//! What leaves as a file: who asks for it, and the answer that a browser saves.

use axum::{
    body::Body,
    extract::Request,
    http::{HeaderValue, header},
    response::Response,
};

use super::{
    UserId,
    inbox_page::At,
    place::{OPERATOR, Place},
};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    fault::{Answer, Fault},
    server::{
        http::{refusal, saved_as, wants_html},
        visit::Visit,
    },
};

/// What goes out.
pub(super) struct File {
    pub name: String,
    pub media_type: String,
    pub bytes: Vec<u8>,
}

/// A request outside of Leptos.
pub(super) struct Asking {
    pub visit: Visit,
    pub session: SessionSlot,
    /// Whether a person is looking, and not a script.
    pub html: bool,
}

impl Asking {
    pub(super) fn of(request: &Request) -> Answer<Self> {
        let visit = request.extensions().get::<Visit>().cloned().ok_or(Fault::Malformed)?;
        let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
        Ok(Self { visit, session, html: wants_html(request.headers()) })
    }

    /// Who is signed in.
    pub(super) fn viewer(&self) -> Option<UserId> {
        self.session.get().map(|session| session.user_id)
    }

    /// Who is signed in, for the record of a place. An organisation is not told of accounts.
    pub(super) fn named_to(&self, place: &Place) -> Option<UserId> {
        self.viewer().filter(|_| place.org == OPERATOR)
    }

    /// Their scope at a place, if they look after its requests.
    pub(super) fn scope(&self, at: At) -> Answer<Scope> {
        match at {
            At::Operator => Scope::operator_for_request(&self.visit, &self.session),
            At::Desk => Scope::for_request(&self.visit, &self.session, Permission::PrivacyDesk),
        }
    }

    pub(super) fn refuse(&self, fault: &Fault) -> Response {
        refusal(&self.visit.state, &self.visit.facts, fault, self.html)
    }

    /// What goes out, or why nothing does.
    pub(super) fn answer(&self, outcome: Answer<Response>) -> Response {
        outcome.unwrap_or_else(|fault| self.refuse(&fault))
    }
}

impl File {
    pub(super) fn saved(self) -> Response {
        saved(&self.name, &self.media_type, Body::from(self.bytes))
    }
}

/// An answer that a browser saves under this name.
pub(super) fn saved(name: &str, media_type: &str, body: Body) -> Response {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    let media = HeaderValue::from_str(media_type).unwrap_or(HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_TYPE, media);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    saved_as(name, response)
}
