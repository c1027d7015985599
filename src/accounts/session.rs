//! Sessions: an opaque token in a cookie, its hash in the database, looked up on every request.

use std::sync::Arc;

use axum::{
    extract::{Request, State as AxumState},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;
use sqlx::FromRow;

use super::{
    device,
    model::{Role, Viewer, ViewerOrg},
    store,
};
use crate::{
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    locale::Locale,
    privacy::policy::News,
    server::{
        config::Config,
        db::Tx,
        http::{cookie, refusal, wants_html},
        secret,
        state::State,
        time::Zone,
        visit::{Visit, visit},
    },
};

/// A session with its person and organisation: one statement a request.
#[derive(Clone, Debug, FromRow)]
pub struct Session {
    /// The session.
    pub id: Id<kinds::Session>,
    /// The person.
    pub user_id: Id<kinds::User>,
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// When the address was confirmed.
    pub email_verified_at: Option<Instant>,
    /// When they signed in.
    pub created_at: Instant,
    /// When they were last seen, to the minute.
    pub last_seen_at: Instant,
    /// The organisation in which they act, if they still belong to it.
    pub org_id: Option<Id<kinds::Org>>,
    /// Its name.
    pub org_name: Option<String>,
    /// Its time zone.
    pub time_zone: Option<String>,
    /// How it writes numbers and dates.
    pub locale: Option<String>,
    /// The number of its catalogue's present state.
    pub catalogue_version: Option<i64>,
    /// What they are there.
    pub role: Option<Role>,
    /// The account's newest choice about cookies, which `privacy::consent` reads: the notice that was answered.
    pub consent_notice: Option<i64>,
    /// Whether preferences are allowed.
    pub consent_preferences: Option<i64>,
    /// Whether analytics are allowed.
    pub consent_analytics: Option<i64>,
    /// How it was chosen.
    pub consent_method: Option<String>,
    /// When.
    pub consent_at: Option<Instant>,
    /// The newest version of the privacy policy, if they have not acknowledged it.
    pub policy_hash: Option<String>,
    /// When that version takes effect.
    pub policy_effective_at: Option<Instant>,
    /// When the organisation is erased, where it is being closed.
    pub closing_at: Option<Instant>,
    /// When the account is erased, where its person asked for that.
    pub leaving_at: Option<Instant>,
    /// Since when the use of the account is restricted, where it is.
    pub restricted_at: Option<Instant>,
    /// Whether they look after the installation's own requests.
    pub operator: bool,
}

impl Session {
    /// The session of the request in hand, for what a person does with their own account.
    ///
    /// # Errors
    /// [`Fault::SignIn`] when nobody is signed in.
    pub fn require() -> Answer<Self> {
        current()
    }

    /// A transaction for what this person does with their own account, while the session lasts.
    ///
    /// # Errors
    /// [`Fault::SignIn`] where the session has ended since it was found; and when the database is away.
    pub async fn begin(&self, state: &State) -> Answer<Tx> {
        let mut tx = state.db.begin().await?;
        if store::session_lives(state, &mut tx, self.id).await? { Ok(tx) } else { Err(Fault::SignIn) }
    }

    /// The person as pages know them.
    pub fn viewer(&self) -> Viewer {
        let day = |at: Option<Instant>| at.map(|at| self.zone().show(at).day);
        let org = match (self.org_id, &self.org_name, self.role) {
            (Some(id), Some(name), Some(role)) => Some(ViewerOrg { id, name: name.clone(), role, closing: day(self.closing_at) }),
            _ => None,
        };
        Viewer {
            user: self.user_id,
            name: self.name.clone(),
            email: self.email.clone(),
            verified: self.email_verified_at.is_some(),
            org,
            leaving: day(self.leaving_at),
            operator: self.operator,
        }
    }

    /// The version of the privacy policy that they are told about until they acknowledge it.
    pub fn policy_news(&self, now: Instant) -> Option<News> {
        let (hash, effective) = self.policy_hash.clone().zip(self.policy_effective_at)?;
        Some(News { hash, from: Zone::utc().show(effective).day, ahead: effective > now })
    }

    /// The organisation's time zone.
    pub fn zone(&self) -> Zone {
        self.time_zone.as_deref().map_or_else(Zone::utc, Zone::named)
    }

    /// How the organisation writes numbers and dates.
    pub fn locale(&self) -> Locale {
        self.locale.as_deref().and_then(Locale::parse).unwrap_or_default()
    }
}

/// The session of a request, if it has one.
#[derive(Clone, Default)]
pub struct SessionSlot {
    live: Option<Arc<Session>>,
    /// The hash of the token that came along, whether its session still lives or not.
    token_hash: Option<Arc<[u8]>>,
}

impl SessionSlot {
    /// The session.
    pub fn get(&self) -> Option<&Session> {
        self.live.as_deref()
    }

    /// The hash of its token; also of a session that has ended.
    pub fn token_hash(&self) -> Option<Vec<u8>> {
        self.token_hash.as_deref().map(<[u8]>::to_vec)
    }

    /// Whose session it is, or was: what is typed into a page that was open when it ended belongs to somebody.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn account(&self, visit: &Visit) -> Answer<Option<Id<kinds::User>>> {
        match (self.get(), &self.token_hash) {
            (Some(session), _) => Ok(Some(session.user_id)),
            (None, Some(hash)) => store::account_of_token(visit, hash).await,
            (None, None) => Ok(None),
        }
    }
}

/// The session again, where a body took its time after its head: what has ended meanwhile is over for reading as well. A
/// session that now acts elsewhere stays as it was, since the form was made in the organisation that it had then.
///
/// # Errors
/// [`Fault::SignIn`] where it has ended; and when the database is away.
pub async fn look_again(visit: &Visit, slot: SessionSlot) -> Answer<SessionSlot> {
    let (Some(before), Some(hash)) = (slot.get(), slot.token_hash.clone()) else { return Ok(slot) };
    let Some(now) = store::session_by_token(visit, &hash).await? else { return Err(Fault::SignIn) };
    if now.org_id.is_some() && now.org_id != before.org_id {
        return Ok(slot);
    }
    Ok(SessionSlot { live: Some(Arc::new(now)), token_hash: Some(hash) })
}

/// The session of the request in hand.
///
/// # Errors
/// [`Fault::SignIn`] when there is none.
pub fn current() -> Answer<Session> {
    use_context::<SessionSlot>().as_ref().and_then(SessionSlot::get).cloned().ok_or(Fault::SignIn)
}

/// Middleware: finds the session of a request.
pub async fn load_session(AxumState(state): AxumState<State>, mut request: Request, next: Next) -> Response {
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return next.run(request).await };
    if let Some(token) = cookie::read(request.headers(), cookie_name(&state.config)) {
        let hash = secret::token_hash(token);
        match store::session_by_token(&visit, &hash).await {
            Ok(Some(session)) => {
                touch(&visit, &session).await;
                request.extensions_mut().insert(SessionSlot { live: Some(Arc::new(session)), token_hash: Some(hash.into()) });
            }
            Ok(None) => {
                request.extensions_mut().insert(SessionSlot { live: None, token_hash: Some(hash.into()) });
            }
            Err(fault) => return refusal(&state, &visit.facts, &fault, wants_html(request.headers())),
        }
    }
    next.run(request).await
}

/// Where somebody goes who belongs no longer to the organisation in which they acted: into another of theirs, or to the
/// page on which they can found or leave. Only pages lead there: a form that was made in one organisation must never
/// be carried out in another.
///
/// # Errors
/// When the database is away.
pub async fn way_on(visit: &Visit, session: &Session, path: &str) -> Answer<Option<&'static str>> {
    let own = path == "/me" || path.starts_with("/me/");
    if session.org_id.is_some() || own {
        return Ok(None);
    }
    Ok(Some(if store::move_on(visit, session).await? { "/home?notice=moved-on" } else { "/me?notice=no-organisation" }))
}

/// Notes at most once a minute that the person is there.
async fn touch(visit: &Visit, session: &Session) {
    if visit.state.clock.now() > session.last_seen_at.plus_seconds(60)
        && let Err(fault) = store::touch_session(visit, session.id).await
    {
        tracing::warn!(status = fault.status(), "the time a session was last seen was not noted");
    }
}

/// Begins a session for somebody who has just proved who they are, and sets its cookie.
///
/// # Errors
/// When the database is away.
pub(super) async fn begin(user: Id<kinds::User>) -> Answer<()> {
    begin_in(user, None).await
}

/// The same in one of their organisations, if they belong to it.
///
/// # Errors
/// When the database is away.
pub(super) async fn begin_in(user: Id<kinds::User>, org: Option<Id<kinds::Org>>) -> Answer<()> {
    let visit = visit()?;
    let (token, hash) = secret::token();
    store::begin_session(&visit, user, hash, org).await?;
    device::remember(&visit, user);
    set_cookie(&visit.state.config, cookie_name(&visit.state.config), &token, i64::from(visit.state.config.sessions.absolute_hours) * 3600);
    Ok(())
}

/// Removes the cookie and what the browser keeps of our pages.
pub(super) fn forget(config: &Config) {
    set_cookie(config, cookie_name(config), "", 0);
    if let Some(options) = use_context::<ResponseOptions>() {
        options.insert_header(header::HeaderName::from_static("clear-site-data"), HeaderValue::from_static("\"cache\", \"storage\""));
    }
}

/// Sets a cookie with the answer in hand.
pub(super) fn set_cookie(config: &Config, name: &str, value: &str, seconds: i64) {
    if let (Some(options), Some(value)) = (use_context::<ResponseOptions>(), cookie::set(config, name, value, Some(seconds))) {
        options.append_header(header::SET_COOKIE, value);
    }
}

/// The `__Host-` prefix needs TLS; without it the cookie has another name, so that neither is taken for the other.
fn cookie_name(config: &Config) -> &'static str {
    if config.tls() { "__Host-ct_session" } else { "ct_session" }
}
