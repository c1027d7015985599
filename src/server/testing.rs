//! The harness of the HTTP tests: the real router over a real database of its own, and a browser that keeps cookies.
//!
//! ```ignore
//! on_both_engines! {
//!     async fn somebody_signs_in(app) { let mut browser = app.browser(); … }
//! }
//! ```

use std::{collections::BTreeMap, net::SocketAddr};

use axum::{
    Router,
    body::Body,
    http::{Request, Response, StatusCode, header},
};
use futures::{StreamExt as _, stream};
use leptos::config::LeptosOptions;
use serde_json::Value;
use tokio::sync::{OnceCell, oneshot};
use tower::ServiceExt as _;
use uuid::Uuid;

use super::{
    config::Config,
    db::{Db, global_sql},
    http::{accept::Peer, assets::Assets},
    jobs::Worker,
    mail::Mail,
    secret::Key,
    state::State,
};
use crate::{
    accounts::{Role, SHOWN_FOR_HEADER, ShownFor, operator},
    fault::Fault,
    form,
    ids::{Id, kinds},
};

/// A password that every test account has.
pub const PASSWORD: &str = "seven quiet otters fold maps";

/// Runs each test on SQLite and on PostgreSQL: what is about statements, locks and what an engine keeps.
macro_rules! on_both_engines {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => { $(
        $(#[$meta])*
        mod $name { $crate::server::testing::on_engines! { $app $body } }
    )* };
}
pub(crate) use on_both_engines;

/// Runs each test on SQLite, and on PostgreSQL in `make test-slow` only: what lies above the statements, which are prepared
/// on both engines in any case.
macro_rules! on_either_engine {
    ($($(#[$meta:meta])* async fn $name:ident($app:ident) $body:block)*) => { $(
        $(#[$meta])*
        mod $name { $crate::server::testing::on_engines! { $app $body #[ignore = "the same on SQLite; `make test-slow` runs it"] } }
    )* };
}
pub(crate) use on_either_engine;

/// The two tests of one body; the attributes are those of the one on PostgreSQL.
macro_rules! on_engines {
    ($app:ident $body:block $(#[$postgres:meta])*) => {
        #[allow(unused_imports, reason = "not every test needs a name from around it")]
        use super::*;
        async fn on_one_engine($app: $crate::server::testing::TestApp) $body
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn on_sqlite() { on_one_engine($crate::server::testing::TestApp::sqlite().await).await; }
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        $(#[$postgres])*
        async fn on_postgres() {
            if let Some(app) = $crate::server::testing::TestApp::postgres().await { on_one_engine(app).await; }
        }
    };
}
pub(crate) use on_engines;

/// An instance of its own.
pub struct TestApp {
    /// The instance.
    pub state: State,
    router: Router,
    _directory: tempfile::TempDir,
}

impl TestApp {
    /// On an SQLite file.
    pub async fn sqlite() -> Self {
        Self::with(|_| {}).await
    }

    /// On a fresh PostgreSQL database, where there is a server for the tests.
    pub async fn postgres() -> Option<Self> {
        let server = postgres_server()?;
        let db = Db::open_postgres(&new_database(&server, migrated_database(&server).await).await).await.unwrap();
        Some(Self::built(db, tempfile::tempdir().unwrap(), |_| {}).await)
    }

    /// On an SQLite file, configured otherwise.
    pub async fn with(set: impl FnOnce(&mut Config)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("test.sqlite");
        std::fs::write(&path, migrated_file().await).unwrap();
        let db = Db::open_sqlite(&path).await.unwrap();
        Self::built(db, directory, set).await
    }

    async fn built(db: Db, directory: tempfile::TempDir, set: impl FnOnce(&mut Config)) -> Self {
        db.migrate().await.unwrap();
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut config = Config::default();
        config.server.data = directory.path().to_owned();
        // What a hash costs is the matter of a few tests, which say so; all others would wait for it.
        config.passwords = super::config::Passwords { memory_kib: 64, iterations: 1, queue: 32 };
        set(&mut config);
        let leptos = LeptosOptions::builder().output_name("casetrakr").build();
        let state = State::new(db, config, Key::random(), leptos, Assets::default());
        Self { router: crate::features::router(state.clone()), state, _directory: directory }
    }

    /// The same instance, started again with another configuration.
    pub fn configured(self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = self.state.config.clone();
        change(&mut config);
        let state = State::new(self.state.db.clone(), config, self.state.key.clone(), self.state.leptos.clone(), Assets::default());
        state.clock.advance((self.state.clock.now().0 - state.clock.now().0) / 1_000_000);
        Self { router: crate::features::router(state.clone()), state, _directory: self._directory }
    }

    /// A browser that has visited nothing yet.
    pub fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            state: self.state.clone(),
            origin: self.state.config.origin(),
            cookies: BTreeMap::new(),
            peer: SocketAddr::from(([127, 0, 0, 1], 40_000)),
            headers: Vec::new(),
        }
    }

    /// An organisation with a member in each role; their addresses are `role@name.example`.
    pub async fn organisation(&self, name: &str) -> Organisation {
        let emails: Vec<(String, Role)> = Role::ALL.iter().rev().map(|role| (format!("{}@{name}.example", role.key()), *role)).collect();
        let members: Vec<(&str, &str, Role)> = emails.iter().map(|(email, role)| (role.label(), email.as_str(), *role)).collect();
        let (id, users) = operator::found(&self.state, name, "Europe/Amsterdam", &members, PASSWORD).await.unwrap();
        let users = members.iter().map(|(_, _, role)| *role).zip(users).collect();
        Organisation { id, name: name.to_owned(), users }
    }

    /// Fails unless the record is whole and the database holds what it says.
    pub async fn verify_audit(&self) -> crate::audit::verify::Report {
        let report = crate::audit::verify::verify(&self.state).await.unwrap();
        assert_eq!(report.breaks, Vec::<String>::new());
        report
    }

    /// Carries out all waiting jobs.
    pub async fn work(&self) {
        self.worker().drain().await.unwrap();
    }

    /// The worker with every feature's jobs.
    pub fn worker(&self) -> Worker {
        crate::features::worker(self.state.clone())
    }

    /// The messages in the outbox, oldest first.
    pub async fn mails(&self) -> Vec<Mail> {
        super::mail::waiting(&self.state).await
    }

    /// The first link of the newest message to an address, without the origin.
    pub async fn mailed_link(&self, to: &str) -> String {
        let mails = self.mails().await;
        let mail = mails.iter().rev().find(|mail| mail.to == to).unwrap_or_else(|| panic!("no mail to {to} among {}", mails.len()));
        let origin = self.state.config.origin();
        let link = mail.body.split_whitespace().find(|word| word.starts_with("http")).unwrap();
        link.strip_prefix(&origin).unwrap_or_else(|| panic!("{link} is not on {origin}")).to_owned()
    }
}

/// An SQLite file without a table, which goes with its directory.
pub async fn empty_sqlite() -> (Db, tempfile::TempDir) {
    let directory = tempfile::tempdir().unwrap();
    (Db::open_sqlite(&directory.path().join("test.sqlite")).await.unwrap(), directory)
}

/// A PostgreSQL database without a table, where there is a server for the tests.
pub async fn empty_postgres() -> Option<Db> {
    let server = postgres_server()?;
    Some(Db::open_postgres(&new_database(&server, "template1").await).await.unwrap())
}

/// The server that `CASETRAKR_TEST_POSTGRES` names. Without one it says so.
fn postgres_server() -> Option<String> {
    let server = std::env::var("CASETRAKR_TEST_POSTGRES").ok();
    if server.is_none() {
        eprintln!("SKIPPED: CASETRAKR_TEST_POSTGRES is not set; this test did not run on PostgreSQL");
    }
    server
}

/// The address of a new database, which begins as a copy.
async fn new_database(server: &str, copy_of: &str) -> String {
    let name = format!("test_{}", Uuid::now_v7().simple());
    let admin = sqlx::PgPool::connect(server).await.unwrap();
    sqlx::query(sqlx::AssertSqlSafe(format!("create database {name} template {copy_of}"))).execute(&admin).await.unwrap();
    admin.close().await;
    with_database(server, &name)
}

/// The schema once for all tests: each begins with a copy, which costs less than making it.
async fn migrated_database(server: &str) -> &'static str {
    static NAME: OnceCell<String> = OnceCell::const_new();
    NAME.get_or_init(|| async {
        let url = new_database(server, "template1").await;
        let db = Db::open_postgres(&url).await.unwrap();
        db.migrate().await.unwrap();
        db.close().await;
        url.rsplit('/').next().unwrap().split('?').next().unwrap().to_owned()
    })
    .await
}

/// The same as a file.
async fn migrated_file() -> &'static [u8] {
    static BYTES: OnceCell<Vec<u8>> = OnceCell::const_new();
    BYTES
        .get_or_init(|| async {
            let (db, directory) = empty_sqlite().await;
            db.migrate().await.unwrap();
            db.close().await;
            std::fs::read(directory.path().join("test.sqlite")).unwrap()
        })
        .await
}

fn with_database(server: &str, name: &str) -> String {
    let (before, query) = server.split_once('?').map_or((server, String::new()), |(b, q)| (b, format!("?{q}")));
    let (host, _) = before.rsplit_once('/').unwrap();
    format!("{host}/{name}{query}")
}

/// An organisation with its members.
pub struct Organisation {
    /// Its id.
    pub id: Id<kinds::Org>,
    /// Its name.
    pub name: String,
    /// A member in each role.
    pub users: Vec<(Role, Id<kinds::User>)>,
}

impl Organisation {
    /// The address of the member in that role.
    pub fn email(&self, role: Role) -> String {
        format!("{}@{}.example", role.key(), self.name)
    }

    /// The member in that role.
    pub fn user(&self, role: Role) -> Id<kinds::User> {
        self.users.iter().find(|(r, _)| *r == role).unwrap().1
    }

    /// That member's browser, signed in.
    pub async fn signed_in(&self, app: &TestApp, role: Role) -> Browser {
        let mut browser = app.browser();
        browser.sign_in(&self.email(role)).await;
        browser
    }
}

/// A browser: keeps cookies, and sends what a browser sends.
#[derive(Clone)]
pub struct Browser {
    router: Router,
    state: State,
    origin: String,
    cookies: BTreeMap<String, String>,
    /// Where it connects from.
    pub peer: SocketAddr,
    /// Headers to send along.
    pub headers: Vec<(&'static str, String)>,
}

/// A request that stopped half way through its body.
pub struct HalfWay {
    go_on: oneshot::Sender<()>,
    answer: tokio::task::JoinHandle<Answered>,
}

impl HalfWay {
    /// Sends the rest.
    pub async fn go_on(self) -> Answered {
        self.go_on.send(()).unwrap();
        self.answer.await.unwrap()
    }
}

/// An answer, read whole.
#[derive(Debug)]
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: axum::http::HeaderMap,
    /// The body as text, without the marks that the renderer puts between pieces.
    pub body: String,
    /// The body as it came.
    pub bytes: axum::body::Bytes,
}

impl Answered {
    /// A header as text; empty where there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default()
    }

    /// Where a redirect leads; empty where it is none.
    pub fn location(&self) -> &str {
        self.header("location")
    }

    /// The fault that a server function answered with.
    pub fn fault(&self) -> Fault {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no fault: {} {}", self.status, self.body))
    }

    /// The value that a server function answered with.
    pub fn value<T: serde::de::DeserializeOwned>(&self) -> T {
        assert_eq!(self.status, StatusCode::OK, "{}", self.body);
        serde_json::from_str(&self.body).unwrap_or_else(|e| panic!("{e}: {}", self.body))
    }

    /// The value of a hidden or visible input on the page.
    pub fn input(&self, name: &str) -> String {
        let marker = format!("name=\"{name}\"");
        let tag =
            self.body.split('<').find(|tag| tag.starts_with("input") && tag.contains(&marker)).unwrap_or_else(|| panic!("no input {name}"));
        tag.split_once("value=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(value, _)| value.to_owned()).unwrap_or_default()
    }
}

impl Browser {
    /// Opens a page.
    pub async fn get(&mut self, path: &str) -> Answered {
        let request = self.request("GET", path).header(header::ACCEPT, "text/html").header("sec-fetch-mode", "navigate");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Calls a server function as the script does, or reads from one where its path has a query.
    pub async fn call(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answered {
        let request = self
            .request("POST", path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encoded(pairs))).unwrap()).await
    }

    /// Reads from a server function that is called by GET.
    pub async fn read(&mut self, path: &str, pairs: &[(&str, &str)]) -> Answered {
        let request = self.request("GET", &format!("{path}?{}", encoded(pairs))).header(header::ACCEPT, "application/json");
        self.send(request.body(Body::empty()).unwrap()).await
    }

    /// Posts a form without script, from the page `from`.
    pub async fn post(&mut self, from: &str, path: &str, pairs: &[(&str, &str)]) -> Answered {
        let referer = format!("{}{from}", self.origin);
        let request = self
            .request("POST", path)
            .header(header::ACCEPT, "text/html")
            .header(header::REFERER, referer)
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(encoded(pairs))).unwrap()).await
    }

    /// Sends a request as it is, with this browser's cookies, and follows nothing.
    pub async fn send(&mut self, mut request: Request<Body>) -> Answered {
        request.extensions_mut().insert(Peer::of(self.peer));
        let authority = self.origin.split_once("://").unwrap().1.parse().unwrap();
        request.headers_mut().entry(header::HOST).or_insert(authority);
        if request.method() == "POST"
            && !request.headers().contains_key(SHOWN_FOR_HEADER)
            && let Some(shown) = self.shown_for().await
        {
            request.headers_mut().insert(SHOWN_FOR_HEADER, shown.parse().unwrap());
        }
        let response = self.router.clone().oneshot(request).await.unwrap();
        self.keep_cookies(&response);
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        // The marks that divide pieces of a page are nothing that anybody reads.
        let text = String::from_utf8_lossy(&body).replace("<!>", "");
        Answered { status: parts.status, headers: parts.headers, body: text, bytes: body }
    }

    /// Begins to send a form as the script does, and stops half way through its body.
    pub async fn stop_half_way(&self, path: &str, pairs: &[(&str, &str)]) -> HalfWay {
        let request = self
            .request("POST", path)
            .header(header::ACCEPT, "application/json")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.hold_back(request, encoded(pairs).into_bytes()).await
    }

    /// Begins to send a request, and stops half way through its body: its head has been judged by then.
    pub async fn hold_back(&self, request: axum::http::request::Builder, body: Vec<u8>) -> HalfWay {
        let (reached, is_there) = oneshot::channel::<()>();
        let (go_on, goes_on) = oneshot::channel::<()>();
        let rest = body.get(body.len() / 2..).unwrap_or_default().to_vec();
        let first = body.get(..body.len() / 2).unwrap_or_default().to_vec();
        let later = async move {
            let _ = reached.send(());
            let _ = goes_on.await;
            Ok(rest)
        };
        let pieces = stream::iter([Ok::<_, std::io::Error>(first)]).chain(stream::once(later));
        let request = request.body(Body::from_stream(pieces)).unwrap();
        let mut browser = self.clone();
        let answer = tokio::spawn(async move { browser.send(request).await });
        is_there.await.expect("the body was not asked for");
        HalfWay { go_on, answer }
    }

    /// A request with what every request of this browser has.
    pub fn request(&self, method: &str, path: &str) -> axum::http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("sec-fetch-site", "same-origin")
            .header(header::USER_AGENT, "Mozilla/5.0 (X11; Linux) Firefox/150.0");
        if !self.cookies.is_empty() {
            let cookies = self.cookies.iter().map(|(k, v)| format!("{k}={v}")).collect::<Vec<_>>().join("; ");
            request = request.header(header::COOKIE, cookies);
        }
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        request
    }

    /// What the pages say that this browser would open now. A request that says nothing of its page comes from such a one.
    pub async fn shown_for(&self) -> Option<String> {
        let token = self.cookies.get("ct_session").or_else(|| self.cookies.get("__Host-ct_session"))?;
        let found: Option<(Id<kinds::User>, Option<Id<kinds::Org>>)> = self
            .state
            .db
            .global(global_sql!("select user_id, org_id from sessions where token_hash = $1"))
            .bind(super::secret::token_hash(token))
            .optional()
            .await
            .ok()?;
        found.map(|(user, org)| ShownFor { user, org }.text())
    }

    /// Signs in with the password that every test account has.
    pub async fn sign_in(&mut self, email: &str) {
        let answer = self.call("/api/accounts/sign_in", &[("email", email), ("password", PASSWORD)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{email}: {}", answer.body);
        assert!(!self.cookies.is_empty(), "no session for {email}");
    }

    /// The cookies as they would be sent.
    pub fn cookies(&self) -> &BTreeMap<String, String> {
        &self.cookies
    }

    /// Sets a cookie from outside.
    pub fn set_cookie(&mut self, name: &str, value: &str) {
        self.cookies.insert(name.to_owned(), value.to_owned());
    }

    fn keep_cookies(&mut self, response: &Response<Body>) {
        for cookie in response.headers().get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (name, rest) = text.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            if value.is_empty() {
                self.cookies.remove(name)
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned())
            };
        }
    }
}

/// Form encoding.
pub fn encoded(pairs: &[(&str, &str)]) -> String {
    let encode = |text: &str| {
        let mut out = String::new();
        form::encode(text, "", &mut out);
        out
    };
    pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&")
}

/// Fails unless a value is what a schema says, in the few words of JSON Schema that ours use.
pub fn fits_schema(schema: &Value, value: &Value, at: &str) {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().map(|kind| kind.as_str().unwrap()).collect(),
        other => panic!("{at}: {other}"),
    };
    let is = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(kinds.contains(&is), "{at} is {is}");
    if let Some(wanted) = schema.get("const") {
        assert_eq!(value, wanted, "{at}");
    }
    if let Value::Array(items) = value {
        items.iter().enumerate().for_each(|(nth, item)| fits_schema(&schema["items"], item, &format!("{at}[{nth}]")));
    }
    if let Value::Object(members) = value {
        for required in schema["required"].as_array().unwrap() {
            assert!(members.contains_key(required.as_str().unwrap()), "{at} lacks {required}");
        }
        for (name, member) in members {
            let inner = schema["properties"].get(name).unwrap_or_else(|| panic!("{at}.{name} is not in the schema"));
            fits_schema(inner, member, &format!("{at}.{name}"));
        }
    }
}
