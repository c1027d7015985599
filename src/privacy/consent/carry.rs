//! The middleware behind the session: puts the consent in force into the request, counts what may be counted, and
//! removes what is no longer allowed. What is off is off here, whatever the browser holds.

use axum::{
    extract::{Request, State as AxumState},
    http::{StatusCode, header},
    middleware::Next,
    response::Response,
};
use uuid::Uuid;

use super::{events::Event, jar, model::Choice, registry, store};
use crate::{
    accounts::SessionSlot,
    fault::Answer,
    server::{state::State, visit::Visit},
};

/// See the module.
pub async fn carry(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let Some(visit) = request.extensions_mut().get_mut::<Visit>() else { return next.run(request).await };
    if let Some(session) = session.get() {
        visit.facts.consent.meet(&state, session);
    }
    let visit = visit.clone();
    let browser = jar::read(request.headers(), &state.config, &registry::AID).map(str::to_owned);
    let event = Event::of(request.method(), request.uri().path());
    // What an account whose use is restricted does is not counted. What was counted before stays: it is kept, not used.
    let event = event.filter(|_| session.get().is_none_or(|session| session.restricted_at.is_none()));
    note(learn(&visit).await);
    let mut response = next.run(request).await;
    let allowed = visit.facts.consent.allowed();
    let mut put = |cookie| {
        if let Some(cookie) = cookie {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    };
    if visit.facts.looks.kept && !allowed.preferences {
        put(jar::remove(&state.config, &registry::LOOKS));
    }
    if !allowed.analytics {
        if let Some(browser) = browser {
            if let Ok(browser) = browser.parse() {
                note(store::forget(&visit, browser).await);
            }
            put(jar::remove(&state.config, &registry::AID));
        }
        return response;
    }
    if let Some(event) = event.filter(|_| went_well(&response)) {
        let known = browser.and_then(|browser| browser.parse::<Uuid>().ok());
        let browser = known.unwrap_or_else(store::random_id);
        note(store::count(&visit, browser, event).await);
        if known.is_none()
            && let Some(cookie) =
                jar::set(&state.config, &registry::AID, &browser.simple().to_string(), registry::AID.most_days.map(|days| days * 86_400))
        {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// The account learns what this browser chose before, or that it sends a signal.
async fn learn(visit: &Visit) -> Answer<()> {
    let consent = &visit.facts.consent;
    if consent.user().is_none() {
        return Ok(());
    }
    if let Some(held) = consent.news() {
        return store::tell_account(visit, held.choice, store::MERGE, held.at).await;
    }
    if consent.has_signal() && consent.is_unrecorded() {
        return store::tell_account(visit, Choice::NOTHING, "gpc", visit.state.clock.now()).await;
    }
    Ok(())
}

/// A page that was shown or a form that went through; not one that came back with complaints.
fn went_well(response: &Response) -> bool {
    let location = response.headers().get(header::LOCATION).and_then(|l| l.to_str().ok()).unwrap_or_default();
    match response.status() {
        StatusCode::OK => true,
        StatusCode::SEE_OTHER => !location.contains("kept=") && !location.starts_with("/login?next="),
        _ => false,
    }
}

/// Consent is never a reason for a page to fail.
fn note(outcome: Answer<()>) {
    if let Err(fault) = outcome {
        tracing::warn!(status = fault.status(), "something about consent was not stored");
    }
}
