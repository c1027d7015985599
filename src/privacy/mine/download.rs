//! The downloads: the copy of one's data, certificates, and what is published so that they can be read and checked.

use axum::{
    Extension, Router,
    extract::{Path, Query, State as AxumState},
    http::{HeaderValue, header},
    middleware::from_fn,
    response::{IntoResponse, Response},
    routing::get,
};
use leptos_axum::redirect;
use serde::Deserialize;
use uuid::Uuid;

use super::{held::held, package, signature};
use crate::{
    accounts::{self, Person, Session, SessionSlot},
    audit,
    fault::{Answer, Fault},
    server::{
        db::global_sql,
        http::{deliberate, refusal, saved_as, wants_html},
        state::State,
        visit::{Visit, visit},
    },
};

const PURPOSE: &str = "download-my-data";

/// The addresses of this part that are files.
pub fn routes() -> Router<State> {
    Router::new()
        .route("/me/privacy/data.zip", get(data).layer(from_fn(deliberate)))
        .route("/me/privacy/certificates/{organisation}", get(certificate))
        .route(package::SCHEMA_PATH, get(schema))
        .route(signature::KEY_PATH, get(key))
}

/// The password was typed again: leads to the file, which only this session gets, for ten minutes.
pub(super) async fn prove(password: &str) -> Answer<()> {
    let visit = visit()?;
    let me = accounts::confirm(password).await?;
    redirect(&format!("/me/privacy/data.zip?proof={}", Person::proof(&visit.state, &me, PURPOSE)));
    Ok(())
}

#[derive(Deserialize)]
struct Asked {
    #[serde(default)]
    proof: String,
}

async fn data(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    session: Option<Extension<SessionSlot>>,
    Query(asked): Query<Asked>,
    headers: axum::http::HeaderMap,
) -> Response {
    let session = session.as_ref().and_then(|slot| slot.0.get());
    match make(&state, session, &asked.proof).await {
        Ok(bytes) => file("casetrakr-my-data.zip", "application/zip", bytes),
        Err(fault) => refusal(&state, &visit.facts, &fault, wants_html(&headers)),
    }
}

async fn make(state: &State, session: Option<&Session>, proof: &str) -> Answer<Vec<u8>> {
    let me = session.ok_or(Fault::SignIn)?;
    if !Person::proved(state, me, PURPOSE, proof) {
        return Err(Fault::forbidden(
            "Ask for the file again on the page \u{201c}Your data\u{201d}: the link lasts ten minutes and works only where you asked for it.",
        ));
    }
    let person = Person::of(&state.db, me.user_id).await?;
    let mut tx = me.begin(state).await?;
    audit::record_account(state, &mut tx, me.user_id, "account.data_downloaded").await?;
    tx.commit().await?;
    package::packaged(state, held(state, &person).await?).await
}

async fn certificate(
    AxumState(state): AxumState<State>,
    Extension(visit): Extension<Visit>,
    session: Option<Extension<SessionSlot>>,
    Path(organisation): Path<String>,
    headers: axum::http::HeaderMap,
) -> Response {
    let session = session.as_ref().and_then(|slot| slot.0.get());
    match certificate_of(&state, session, &organisation).await {
        Ok(text) => file("casetrakr-certificate.json", "application/json; charset=utf-8", text.into_bytes()),
        Err(fault) => refusal(&state, &visit.facts, &fault, wants_html(&headers)),
    }
}

/// The certificate of an organisation, for the owner who closed it, with the signature of this instance.
async fn certificate_of(state: &State, session: Option<&Session>, organisation: &str) -> Answer<String> {
    let me = session.ok_or(Fault::SignIn)?;
    let organisation: Uuid = organisation.parse().map_err(|_| Fault::NotFound)?;
    let found = state.db.global(global_sql!(
        "select closed_at, erased_at, certificate from organisation_closures
         where organisation = $1 and closed_by = $2 and certificate <> ''"
    ));
    let found: Option<(i64, Option<i64>, String)> = found.bind(organisation).bind(me.user_id).optional().await?;
    let Some((closed, erased, certificate)) = found else { return Err(Fault::NotFound) };
    let iso = |at| crate::server::time::iso(crate::clock::Instant(at));
    let told = serde_json::json!({
        "organisation": organisation,
        "closed_at": iso(closed),
        "erased_at": erased.map(iso),
        "made_by": state.config.origin(),
        "counts": serde_json::from_str::<serde_json::Value>(&certificate).unwrap_or_default(),
    });
    let signature = crate::server::secret::hex(&signature::sign(state, told.to_string().as_bytes()));
    let signed = serde_json::json!({ "certificate": told, "signature": { "algorithm": "Ed25519", "over": "certificate, without spaces", "hex": signature } });
    Ok(serde_json::to_string_pretty(&signed).unwrap_or_default())
}

async fn schema(AxumState(state): AxumState<State>) -> Response {
    let text = serde_json::to_string_pretty(&package::schema(&state)).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/schema+json")], text).into_response()
}

async fn key(AxumState(state): AxumState<State>) -> Response {
    ([(header::CONTENT_TYPE, "application/x-pem-file")], signature::public_key(&state)).into_response()
}

fn file(name: &str, kind: &'static str, bytes: Vec<u8>) -> Response {
    let mut response = bytes.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    saved_as(name, response)
}
