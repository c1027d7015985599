//! The door to pages: every address that is no file and no function is a page of the app, rendered whole.

use axum::{
    body::Body,
    extract::{Request, State as AxumState},
    http::Method,
    response::Response,
};
use leptos::{nonce::Nonce, prelude::provide_context};

use memchr::memmem;

use super::{is_public, needs_no_script, shell, unplaced};
use crate::{
    accounts::{self, Session, SessionSlot, ShownFor, named_elsewhere},
    fault::Fault,
    server::{
        http::{CspNonce, kept, markers, refusal, squeeze},
        state::State,
        visit::{Kept, Visit},
    },
    ui::{Placed, SHOWN_FOR},
};

/// Answers everything else.
pub async fn render(AxumState(state): AxumState<State>, request: Request) -> Response {
    let Some(mut visit) = request.extensions().get::<Visit>().cloned() else { return refusal::bare(&Fault::Malformed) };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return refusal::refusal(&state, &visit.facts, &Fault::NotFound, refusal::wants_html(request.headers()));
    }
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    if session.get().is_none() && !is_public(request.uri().path()) {
        return refusal::sign_in_first(request.uri().path_and_query().map_or("/", |p| p.as_str()));
    }
    let here = session.get().map(ShownFor::of);
    if let Some(token) = request.uri().query().and_then(|q| q.split('&').find_map(|pair| pair.strip_prefix("kept="))) {
        visit.kept = kept::find(&visit, token, here.map(|here| here.user), session.token_hash().as_deref()).await;
    }
    if let Some(member) = session.get().filter(|_| !is_public(request.uri().path())) {
        match accounts::way_on(&visit, member, request.uri().path()).await {
            Ok(None) => {}
            Ok(Some(place)) => {
                // The page of the form is theirs no more, and the text is.
                return match &visit.kept {
                    Some(kept) if kept.fields.iter().any(|(_, value)| refusal::is_words(value)) => {
                        refusal::with_text(&state, &visit.facts, &kept.fault, &kept.fields)
                    }
                    Some(_) | None => refusal::see_other(place),
                };
            }
            Err(fault) => return refusal::refusal(&state, &visit.facts, &fault, refusal::wants_html(request.headers())),
        }
    }
    let nonce = request.extensions().get::<CspNonce>().cloned();
    if let (Some(kept), Some(session)) = (&visit.kept, session.get())
        && let Some(elsewhere) = written_elsewhere(kept, session)
    {
        match named_elsewhere(&visit, session, elsewhere).await {
            Ok(fault) => visit.kept = visit.kept.map(|kept| Kept { fault, ..kept }),
            Err(fault) => return refusal::refusal(&state, &visit.facts, &fault, refusal::wants_html(request.headers())),
        }
    }
    let refused = visit.kept.as_ref().filter(|kept| !is_back(kept, here)).map(|kept| kept.fault.clone());
    let (placed, returned) = (Placed::default(), visit.kept.clone());
    let place = request.uri().path_and_query().map(|place| place.as_str().to_owned()).unwrap_or_default();
    let alive = session.get().is_some() && !needs_no_script(request.uri().path());
    let form_placed = placed.clone();
    let context = move || {
        provide_context(visit.clone());
        provide_context(session.clone());
        provide_context(form_placed.clone());
        if let Some(nonce) = &nonce {
            provide_context(Nonce::from_value(nonce.0.clone()));
        }
    };
    let coding = squeeze::Coding::read_by(request.headers()).filter(|_| *request.method() == Method::GET);
    let document = leptos_axum::render_app_async_with_context(context, move || shell(&state.assets, alive));
    let (parts, body) = document(request).await.into_parts();
    let Ok(whole) = axum::body::to_bytes(body, usize::MAX).await else {
        return refusal::bare(&Fault::Internal { reference: String::new() });
    };
    let mut page = markers::taken_out(&whole);
    if let Some(kept) = returned.filter(|_| !placed.is()) {
        show_first(&mut page, &unplaced(kept, here, &place));
    }
    let mut response = match coding {
        Some(coding) => squeeze::squeeze(parts, page, coding).await,
        None => Response::from_parts(parts, Body::from(page)),
    };
    // A refused form came back: the page is the answer to it, and says so in its status. A session that had ended is
    // there again.
    if let Some(fault) = refused.filter(|fault| *fault != Fault::SignIn && response.status().is_success()) {
        refusal::mark(&mut response, &fault);
    }
    response
}

/// Where a refused form belongs, if that is another organisation than the one in which its person acts now.
fn written_elsewhere(kept: &Kept, session: &Session) -> Option<ShownFor> {
    let said = kept.fields.iter().find(|(name, _)| name == SHOWN_FOR).and_then(|(_, said)| ShownFor::parse(said))?;
    (said != ShownFor::of(session)).then_some(said)
}

/// Whether the person has come back to the organisation for which they wrote.
fn is_back(kept: &Kept, here: Option<ShownFor>) -> bool {
    let said = kept.fields.iter().find(|(name, _)| name == SHOWN_FOR).and_then(|(_, said)| ShownFor::parse(said));
    matches!(kept.fault, Fault::Elsewhere { .. }) && said.is_some() && said == here
}

/// Puts a piece at the beginning of what a page is about.
fn show_first(page: &mut Vec<u8>, piece: &str) {
    let main = memmem::find(page, b"id=\"main\"");
    if let Some(end) = main.and_then(|main| Some(main + memchr::memchr(b'>', &page[main..])? + 1)) {
        page.splice(end..end, piece.bytes());
    }
}
