//! Where the chain lives, and how an event gets into it.

use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    model::Change,
    sealed::{commitment, context, subject_key, written},
    verify::CHAIN,
};
use crate::{
    accounts::ScopedTx,
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Hold, Link, Tx, global_sql, sql},
        secret::{self, Key, random, sha256},
        state::State,
    },
};

/// What happened, before it has its place in the chain.
pub struct Event {
    /// What was done, such as `case.closed`.
    pub action: &'static str,
    /// The kind of thing it was done to: `case`, `member`, `org`, `import`.
    pub subject_kind: &'static str,
    /// The thing. Its key seals the values.
    pub subject: Uuid,
    /// Facts that say nothing of any person.
    pub facts: serde_json::Value,
    /// The personal part.
    pub values: Vec<Change>,
}

#[derive(FromRow)]
struct Head {
    seq: i64,
    hash: Vec<u8>,
}

/// The members of the hashed event, in their order. Serialised as a JSON array, which has one form.
#[derive(Serialize)]
pub(super) struct Canonical<'a>(pub Uuid, pub i64, pub Uuid, pub i64, pub Option<Uuid>, pub &'a str, pub &'a str, pub Uuid, pub &'a str);

/// Begins the chain of a new organisation, in the transaction that creates it. The operator's chain notes that it exists,
/// so that it cannot disappear with its organisation.
///
/// # Errors
/// When the database is away.
pub async fn start_chain(state: &State, tx: &mut Tx) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    if begin_head(state, tx).await? && !org.is_nil() {
        record_operator(state, tx, "chain.begun", ("chain", org), serde_json::json!({})).await?;
    }
    Ok(())
}

/// The head of a chain that has no event yet; `false` where it has one.
async fn begin_head(state: &State, tx: &mut Tx) -> Answer<bool> {
    let org = tx.org().unwrap_or_default();
    let begun = tx
        .query(sql!("insert into audit_heads (org_id, seq, hash, mac) values ($1, 0, $2, $3) on conflict (org_id) do nothing"))
        .bind(vec![0_u8; 32])
        .bind(head_mac(&state.key, org, 0, &[0; 32]))
        .execute()
        .await?;
    if begun > 0 && org.is_nil() {
        append(state, tx, None, watching(WATCH), Vec::new()).await?;
    }
    Ok(begun > 0)
}

/// Which rows this version watches. One more whenever others are watched as well: then the next start fixes what those hold.
pub(super) const WATCH: i64 = 1;

/// That those rows are watched from here on.
pub(super) fn watching(watch: i64) -> Event {
    let facts = serde_json::json!({ "events": "", "watch": watch });
    Event { action: "verification.began", subject_kind: CHAIN, subject: Uuid::nil(), facts, values: Vec::new() }
}

/// Records an event of the actor in whose scope the transaction runs.
///
/// # Errors
/// When the database is away.
pub async fn record(tx: &mut ScopedTx, event: Event) -> Answer<()> {
    let (state, user) = (tx.scope.state.clone(), tx.scope.actor.user);
    record_in(&state, tx.raw(), Some(user), event).await
}

/// Records an event about an account in the operator's chain.
///
/// # Errors
/// When the database is away.
pub async fn record_account(state: &State, tx: &mut Tx, user: Id<kinds::User>, action: &'static str) -> Answer<()> {
    record_account_with(state, tx, user, action, serde_json::json!({})).await
}

/// The same with facts, which say nothing of any person.
///
/// # Errors
/// When the database is away.
pub async fn record_account_with(
    state: &State,
    tx: &mut Tx,
    user: Id<kinds::User>,
    action: &'static str,
    facts: serde_json::Value,
) -> Answer<()> {
    let event = Event { action, subject_kind: "user", subject: user.uuid(), facts, values: Vec::new() };
    record_at_operator(state, tx, Some(user), event).await
}

/// Records what the operator did, in the operator's chain. What is done to the installation itself has the nil id.
///
/// # Errors
/// When the database is away.
pub async fn record_operator(
    state: &State,
    tx: &mut Tx,
    action: &'static str,
    (subject_kind, subject): (&'static str, Uuid),
    facts: serde_json::Value,
) -> Answer<()> {
    let event = Event { action, subject_kind, subject, facts, values: Vec::new() };
    record_at_operator(state, tx, None, event).await
}

async fn record_at_operator(state: &State, tx: &mut Tx, actor: Option<Id<kinds::User>>, event: Event) -> Answer<()> {
    let before = tx.org();
    tx.confine(Uuid::nil()).await?;
    begin_head(state, tx).await?;
    record_in(state, tx, actor, event).await?;
    if let Some(org) = before {
        tx.confine(org).await?;
    }
    Ok(())
}

/// The newest link of the operator's chain: whoever keeps it can tell later whether the chain was cut or rewritten.
#[derive(Clone, Debug, FromRow)]
pub struct Checkpoint {
    /// How many events the chain has.
    pub seq: i64,
    /// The hash of the newest.
    pub hash: Vec<u8>,
}

/// Reads it; `None` where nothing has happened yet.
///
/// # Errors
/// When the database is away.
pub async fn checkpoint(state: &State) -> Answer<Option<Checkpoint>> {
    let mut tx = state.db.begin().await?;
    tx.confine(Uuid::nil()).await?;
    Ok(tx.query(sql!("select seq, hash from audit_heads where org_id = $1")).optional().await?)
}

/// Whether the operator's chain leads through a link that somebody noted, by its hash in hexadecimal digits.
///
/// # Errors
/// When the database is away.
pub async fn has_led_through(state: &State, hash: &str) -> Answer<bool> {
    let mut tx = state.db.look().await?;
    tx.confine(Uuid::nil()).await?;
    let found = tx.query(sql!("select count(*) from audit_events where org_id = $1 and hash = $2"));
    Ok(found.bind(secret::unhex(hash).unwrap_or_default()).scalar::<i64>().await? > 0)
}

/// Records an event in the chain of the organisation to which the transaction is confined. It commits to what the rows
/// written before it hold, see [`hold_of_case`](super::hold_of_case).
///
/// # Errors
/// When the database is away.
pub async fn record_in(state: &State, tx: &mut Tx, actor: Option<Id<kinds::User>>, event: Event) -> Answer<()> {
    let holds = tx.take_holds(tx.org().unwrap_or_default(), (event.subject_kind == "case").then_some(event.subject));
    append(state, tx, actor, event, holds).await
}

async fn append(state: &State, tx: &mut Tx, actor: Option<Id<kinds::User>>, event: Event, holds: Vec<Hold>) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let (id, at) = (Uuid::now_v7(), state.clock.now());
    // Taking the next number locks the head, so that events of one organisation are written one after the other.
    let head: Head = tx.query(sql!("update audit_heads set seq = seq + 1 where org_id = $1 returning seq, hash")).one().await?;
    let facts = event.facts.to_string();
    // Of somebody who was erased nothing personal is recorded any more.
    let key = if event.values.is_empty() && holds.is_empty() { None } else { subject_key(state, tx, event.subject).await? };
    let (salt, values) = (random::<16>(), written(event.values, holds));
    let commitment = commitment(&salt, if key.is_none() { b"" } else { &values });
    let actor = actor.map(Id::uuid);
    let canonical = Canonical(org, head.seq, id, at.0, actor, event.action, event.subject_kind, event.subject, &facts);
    let hash = link(&head.hash, &canonical, &commitment);
    tx.query(sql!(
        "insert into audit_events
           (org_id, seq, id, at, actor_id, action, subject_kind, subject_id, facts, commitment, previous, hash)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
    ))
    .bind(head.seq)
    .bind(id)
    .bind(at)
    .bind(actor)
    .bind(event.action.to_owned())
    .bind(event.subject_kind.to_owned())
    .bind(event.subject)
    .bind(facts)
    .bind(commitment.to_vec())
    .bind(head.hash)
    .bind(hash.to_vec())
    .execute()
    .await?;
    if let Some(key) = key {
        let sealed = key.seal(&context(org, head.seq), &[&salt[..], &values].concat());
        tx.query(sql!("insert into audit_values (org_id, seq, subject_id, sealed) values ($1, $2, $3, $4)"))
            .bind(head.seq)
            .bind(event.subject)
            .bind(sealed)
            .execute()
            .await?;
    }
    tx.query(sql!("update audit_heads set hash = $2, mac = $3 where org_id = $1"))
        .bind(hash.to_vec())
        .bind(head_mac(&state.key, org, head.seq, &hash))
        .execute()
        .await?;
    tx.note_link(org, Link { seq: head.seq, hash: hash.to_vec() });
    Ok(())
}

/// The next link: `H(previous ‖ canonical event ‖ commitment)`.
pub(super) fn link(previous: &[u8], canonical: &Canonical<'_>, commitment: &[u8]) -> [u8; 32] {
    let text = serde_json::to_vec(canonical).unwrap_or_default();
    sha256(&[previous, &text, commitment])
}

/// Signs the newest link, so that a cut-off tail shows.
pub(super) fn head_mac(key: &Key, org: Uuid, seq: i64, hash: &[u8]) -> Vec<u8> {
    key.derive("audit-head").sign(&[org.as_bytes().as_slice(), &seq.to_be_bytes(), hash].concat())
}

/// Signs the end of a chain that comes from another installation.
pub fn head_signature(state: &State, org: Uuid, seq: i64, hash: &[u8]) -> Vec<u8> {
    head_mac(&state.key, org, seq, hash)
}

/// The operator's chain hangs on an organisation of its own, which the first migration makes.
pub(super) async fn organisations(tx: &mut Tx) -> Answer<Vec<Uuid>> {
    Ok(tx.global(global_sql!("select id from organisations order by id")).scalars().await?)
}
