//! The door to server functions.
//!
//! Leptos runs the function; what leaves is ours: the fault's own status, JSON for a script, and for a form posted
//! without script a redirect that brings back both the complaint and the typed text.

use std::task::Poll;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State as AxumState},
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header, uri::PathAndQuery},
    response::Response,
};
use http_body_util::LengthLimitError;
use leptos::prelude::provide_context;

use super::{
    kept::{self, Owner, VisitorForm},
    refusal,
};
use crate::{
    accounts::{self, Sent, SessionSlot, ShownFor, named_elsewhere},
    fault::Fault,
    privacy::requests,
    server::{
        state::State,
        visit::{Kept, Visit},
    },
    ui::SHOWN_FOR,
};

const FORM: &str = "application/x-www-form-urlencoded";

/// Answers `/api/…`.
pub async fn api(AxumState(state): AxumState<State>, request: Request) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return refusal::bare(&Fault::Malformed) };
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let path = request.uri().path().to_owned();
    let headers = request.headers().clone();
    let back = back(&headers);
    let plain = visit.facts.plain_form;
    if leptos::server_fn::axum::get_server_fn_service(&path, request.method().clone()).is_none() {
        return refusal::refusal(&state, &visit.facts, &Fault::NotFound, refusal::wants_html(request.headers()));
    }
    match call(request, visit.clone(), session.clone()).await {
        Ok(response) if plain => {
            redirect(response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok()).unwrap_or(&back), Some(&response))
        }
        Ok(response) => response,
        Err((fault, body)) => {
            let fault = placed(named(fault, &visit), &visit, &session, &sent_for(&headers, &body)).await;
            log(&visit, &path, &fault);
            // The forms of a page whose address is a secret name it themselves: not every browser sends a referrer.
            let back = kept::token_page(&body).unwrap_or(back);
            if plain { come_back(&visit, &session, &path, &back, fault, kept::fields(&body)).await } else { refusal::bare(&fault) }
        }
    }
}

async fn call(request: Request, visit: Visit, session: SessionSlot) -> Result<Response, (Fault, Bytes)> {
    let (mut parts, body) = request.into_parts();
    let nothing = Bytes::new();
    if !parts.uri.query().is_none_or(|query| kept::is_text(query.as_bytes())) {
        return Err((Fault::Malformed, nothing));
    }
    let limit = visit.state.config.limits.body_bytes;
    let mut reading = std::pin::pin!(axum::body::to_bytes(body, usize::MAX));
    let (body, late) = match futures::poll!(&mut reading) {
        Poll::Ready(body) => (body, false),
        Poll::Pending => (reading.await, true),
    };
    let body = body.map_err(|error| (body_fault(error, limit), Bytes::new()))?;
    if parts.method != Method::GET && !(is_form(&parts.headers) && kept::is_text(&body)) {
        return Err((Fault::Malformed, nothing));
    }
    let session = if late {
        match accounts::look_again(&visit, session).await {
            Ok(session) => session,
            Err(fault) => return Err((fault, body)),
        }
    } else {
        session
    };
    let sent = sent_for(&parts.headers, &body);
    // What somebody else wrote here is nobody's to keep. Whoever signs in or out leaves that page anyway.
    let leaves = parts.uri.path().ends_with("/sign_in") || parts.uri.path().ends_with("/sign_out");
    if let (Some(shown), Some(session), false) = (sent.0, session.get(), leaves)
        && shown.user != session.user_id
    {
        return Err((Fault::SomebodyElse, nothing));
    }
    let changes = parts.method != Method::GET;
    // The redirects of forms are made here and not by the framework, which would put faults into addresses.
    parts.headers.insert(header::ACCEPT, HeaderValue::from_static("application/json"));
    let context = move || {
        provide_context(visit.clone());
        provide_context(session.clone());
        if changes {
            provide_context(sent);
        }
    };
    let request = Request::from_parts(parts, Body::from(body.clone()));
    let response = axum::response::IntoResponse::into_response(leptos_axum::handle_server_fns_with_context(context, request).await);
    if !response.headers().contains_key("serverfnerror") && response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return Ok(response);
    }
    let told = axum::body::to_bytes(response.into_body(), 1_048_576).await.unwrap_or_default();
    Err((serde_json::from_slice(&told).unwrap_or(Fault::Internal { reference: String::new() }), body))
}

/// For whom and for which organisation the page was made that this comes from.
fn sent_for(headers: &HeaderMap, body: &[u8]) -> Sent {
    Sent::of(headers, kept::field(body, SHOWN_FOR).as_deref())
}

/// What was written for another organisation says for which.
async fn placed(fault: Fault, visit: &Visit, session: &SessionSlot, sent: &Sent) -> Fault {
    match (fault, session.get(), sent.0) {
        (Fault::Elsewhere { .. }, Some(session), Some(shown)) => named_elsewhere(visit, session, shown).await.unwrap_or_else(|other| other),
        (fault, ..) => fault,
    }
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).is_some_and(|v| v.split(';').next().is_some_and(|v| v.trim() == FORM))
}

fn body_fault(error: axum::Error, limit: u64) -> Fault {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(&error);
    while let Some(inner) = source {
        if inner.is::<LengthLimitError>() {
            return Fault::TooLarge { limit };
        }
        source = inner.source();
    }
    Fault::Malformed
}

/// An internal fault made below this layer learns the request's id here.
fn named(fault: Fault, visit: &Visit) -> Fault {
    match fault {
        Fault::Internal { reference } if reference.is_empty() => Fault::Internal { reference: visit.facts.request_id.clone() },
        other => other,
    }
}

fn log(visit: &Visit, path: &str, fault: &Fault) {
    if fault.status() >= 500 {
        tracing::error!(request.id = visit.facts.request_id, path, status = fault.status(), "a server function failed");
    } else {
        tracing::debug!(request.id = visit.facts.request_id, path, status = fault.status(), "a server function refused");
    }
}

/// Where a form without script goes back to: the page it was on, never another site. The host may be written otherwise
/// than in the configuration; that the form came from here the guard has seen.
fn back(headers: &HeaderMap) -> String {
    let referer: Option<Uri> = headers.get(header::REFERER).and_then(|v| v.to_str().ok()?.parse().ok());
    let page = referer.as_ref().and_then(Uri::path_and_query).map(PathAndQuery::as_str);
    let local = page.filter(|page| page.starts_with('/') && !page.starts_with("//") && !page.contains('\\')).unwrap_or("/");
    let (path, query) = local.split_once('?').unwrap_or((local, ""));
    let query: Vec<_> = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("kept=")).collect();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{}", query.join("&")) }
}

/// Brings a form that was posted to `action` without script back to its page, with the complaint and what was typed.
pub async fn come_back(
    visit: &Visit,
    session: &SessionSlot,
    action: &str,
    back: &str,
    fault: Fault,
    fields: Vec<(String, String)>,
) -> Response {
    let refused = |fault: &Fault| refusal::refusal(&visit.state, &visit.facts, fault, true);
    if matches!(fault, Fault::TooLarge { .. } | Fault::Malformed | Fault::Unavailable { .. } | Fault::SomebodyElse) {
        return refused(&fault);
    }
    let sign_in = fault == Fault::SignIn && !back.starts_with("/login");
    let Ok(account) = session.account(visit).await else { return refused(&Fault::Unavailable { retry_after: 5 }) };
    let said = fields.iter().find(|(name, _)| name == SHOWN_FOR).and_then(|(_, said)| ShownFor::parse(said));
    let (owner, fields, person) = match (account, visitor_form(action)) {
        // Who signs in after a session had ended is nobody yet.
        (_, Some(form)) if session.get().is_none() => (Owner::Network, kept::of_stranger(Some(form), fields), None),
        (Some(account), _) => (Owner::Account(account), Ok(fields), Some(account)),
        (None, _) if said.is_some() => (Owner::Network, kept::of_stranger(None, fields), said.map(|shown| shown.user)),
        // What a stranger posts to a form of members nobody has typed into a page of ours.
        (None, _) if sign_in => return refusal::sign_in_first(back),
        (None, _) => return refused(&fault),
    };
    let fields = match fields {
        Ok(fields) => fields,
        Err(most) => return refused(&Fault::TooLarge { limit: most as u64 }),
    };
    let kept = Kept { action: action.to_owned(), fault, fields, session: session.token_hash().filter(|_| person.is_some()), person };
    let Ok(token) = kept::keep(visit, &kept, owner).await else { return refused(&Fault::Unavailable { retry_after: 5 }) };
    let glue = if back.contains('?') { '&' } else { '?' };
    let page = format!("{back}{glue}kept={token}");
    if sign_in { refusal::sign_in_first(&page) } else { redirect(&page, None) }
}

fn visitor_form(action: &str) -> Option<&'static VisitorForm> {
    accounts::VISITOR_FORMS.iter().chain(requests::VISITOR_FORMS).find(|form| form.path == action)
}

fn redirect(to: &str, from: Option<&Response>) -> Response {
    let mut response = refusal::see_other(to);
    for cookie in from.into_iter().flat_map(|r| r.headers().get_all(header::SET_COOKIE)) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    if let Some(clear) = from.and_then(|r| r.headers().get("clear-site-data")) {
        response.headers_mut().insert("clear-site-data", clear.clone());
    }
    response
}
