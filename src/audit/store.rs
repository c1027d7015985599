//! Where the chain lives.

use serde::Serialize;
use sqlx::FromRow;
use uuid::Uuid;

use super::{
    api::RecordView,
    model::{Change, Told, sentence},
};
use crate::{
    accounts::{Names, Permission, Scope, ScopedTx},
    clock::Instant,
    count::{drawn, fitting},
    fault::Answer,
    ids::{Id, kinds},
    server::{
        db::{Tx, global_sql, sql},
        secret::{Key, hex, random, sha256},
        state::State,
    },
};

/// Events shown at once, and bytes of what they say: long ones are fewer.
const STRETCH: i64 = 100;
const BYTES: usize = 500_000;

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

/// Begins the chain of a new organisation, in the transaction that creates it.
///
/// # Errors
/// When the database is away.
pub async fn start_chain(state: &State, tx: &mut Tx) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    tx.query(sql!("insert into audit_heads (org_id, seq, hash, mac) values ($1, 0, $2, $3) on conflict (org_id) do nothing"))
        .bind(vec![0_u8; 32])
        .bind(head_mac(&state.key, org, 0, &[0; 32]))
        .execute()
        .await?;
    Ok(())
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
    start_chain(state, tx).await?;
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

/// Records an event in the chain of the organisation to which the transaction is confined.
///
/// # Errors
/// When the database is away.
pub async fn record_in(state: &State, tx: &mut Tx, actor: Option<Id<kinds::User>>, event: Event) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let (id, at) = (Uuid::now_v7(), state.clock.now());
    // Taking the next number locks the head, so that events of one organisation are written one after the other.
    let head: Head = tx.query(sql!("update audit_heads set seq = seq + 1 where org_id = $1 returning seq, hash")).one().await?;
    let facts = event.facts.to_string();
    // Of somebody who was erased nothing personal is recorded any more.
    let key = if event.values.is_empty() { None } else { subject_key(state, tx, event.subject).await? };
    let (salt, values) = (random::<16>(), serde_json::to_vec(&event.values).unwrap_or_default());
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
    Ok(())
}

/// The next link: `H(previous ‖ canonical event ‖ commitment)`.
pub(super) fn link(previous: &[u8], canonical: &Canonical<'_>, commitment: &[u8]) -> [u8; 32] {
    let text = serde_json::to_vec(canonical).unwrap_or_default();
    sha256(&[previous, &text, commitment])
}

/// What the chain knows of the personal part; an event without one commits to nothing.
pub(super) fn commitment(salt: &[u8], values: &[u8]) -> [u8; 32] {
    if values.is_empty() { [0; 32] } else { sha256(&[salt, values]) }
}

/// Signs the newest link, so that a cut-off tail shows.
pub(super) fn head_mac(key: &Key, org: Uuid, seq: i64, hash: &[u8]) -> Vec<u8> {
    key.derive("audit-head").sign(&[org.as_bytes().as_slice(), &seq.to_be_bytes(), hash].concat())
}

/// What binds sealed values to their event.
pub(super) fn context(org: Uuid, seq: i64) -> Vec<u8> {
    [org.as_bytes().as_slice(), &seq.to_be_bytes()].concat()
}

/// The key of a subject, made on first use and wrapped under the instance key; `None` where it was destroyed.
async fn subject_key(state: &State, tx: &mut Tx, subject: Uuid) -> Answer<Option<Key>> {
    let wrapping = state.key.derive("subject-keys");
    let fresh = Key::random();
    let stored: Option<Vec<u8>> =
        tx.query(sql!("select wrapped from subject_keys where org_id = $1 and subject_id = $2")).bind(subject).optional_scalar().await?;
    if let Some(wrapped) = stored {
        return Ok(unwrap(&wrapping, subject, &wrapped));
    }
    tx.query(sql!("insert into subject_keys (org_id, subject_id, wrapped, created_at) values ($1, $2, $3, $4)"))
        .bind(subject)
        .bind(wrapping.seal(subject.as_bytes(), fresh.bytes()))
        .bind(state.clock.now())
        .execute()
        .await?;
    Ok(Some(fresh))
}

/// Destroys the key of a subject in the organisation to which the transaction is confined. What it sealed cannot be read
/// by anybody any more, the chain still verifies, and no new key is ever made for this subject. Answers how many events
/// became unreadable.
///
/// # Errors
/// When the database is away.
pub async fn shred(state: &State, tx: &mut Tx, subject: Uuid) -> Answer<u64> {
    tx.query(sql!(
        "insert into subject_keys (org_id, subject_id, wrapped, created_at) values ($1, $2, $3, $4)
         on conflict (org_id, subject_id) do update set wrapped = excluded.wrapped"
    ))
    .bind(subject)
    .bind(Vec::<u8>::new())
    .bind(state.clock.now())
    .execute()
    .await?;
    let sealed: i64 =
        tx.query(sql!("select count(*) from audit_values where org_id = $1 and subject_id = $2")).bind(subject).scalar().await?;
    Ok(u64::try_from(sealed).unwrap_or_default())
}

/// The subjects about whom the record of the organisation holds sealed values.
///
/// # Errors
/// When the database is away.
pub async fn sealed_subjects(tx: &mut Tx) -> Answer<Vec<Uuid>> {
    Ok(tx.query(sql!("select distinct subject_id from audit_values where org_id = $1 order by subject_id")).scalars().await?)
}

/// The personal values that the record holds about a subject in the organisation to which the transaction is confined,
/// opened: number of the event, when, and what changed.
///
/// # Errors
/// When the database is away.
pub async fn opened(state: &State, tx: &mut Tx, subject: Uuid) -> Answer<Vec<(i64, Instant, Change)>> {
    let org = tx.org().unwrap_or_default();
    let rows: Vec<(i64, Instant, Vec<u8>, Vec<u8>)> = tx
        .query(sql!(
            "select v.seq, e.at, v.sealed, k.wrapped
             from audit_values v
             join audit_events e on e.org_id = v.org_id and e.seq = v.seq
             join subject_keys k on k.org_id = v.org_id and k.subject_id = v.subject_id
             where v.org_id = $1 and v.subject_id = $2
             order by v.seq"
        ))
        .bind(subject)
        .all()
        .await?;
    let wrapping = state.key.derive("subject-keys");
    let changes = rows.iter().flat_map(|(seq, at, sealed, wrapped)| {
        let changes = opened_changes(&wrapping, (org, *seq, subject), wrapped, sealed).unwrap_or_default();
        changes.into_iter().map(|change| (*seq, *at, change))
    });
    Ok(changes.collect())
}

/// What changed by one event (organisation, number, subject), opened. `None` where it was erased.
pub(super) fn opened_changes(wrapping: &Key, event: (Uuid, i64, Uuid), wrapped: &[u8], sealed: &[u8]) -> Option<Vec<Change>> {
    let (org, seq, subject) = event;
    let plain = unwrap(wrapping, subject, wrapped)?.open(&context(org, seq), sealed)?;
    serde_json::from_slice(plain.get(16..)?).ok()
}

/// The personal part of one event, opened: its salt, and the text that the commitment is over. `None` where it was erased.
pub fn opened_value(state: &State, org: Uuid, seq: i64, subject: Uuid, wrapped: &[u8], sealed: &[u8]) -> Option<(Vec<u8>, String)> {
    let plain = unwrap(&state.key.derive("subject-keys"), subject, wrapped)?.open(&context(org, seq), sealed)?;
    let (salt, values) = plain.split_at_checked(16)?;
    Some((salt.to_vec(), String::from_utf8(values.to_vec()).ok()?))
}

/// Seals the personal part of an event that comes from another installation, in the organisation to which the transaction
/// is confined. Without salt and text it was erased there, and stays closed here.
///
/// # Errors
/// When the database is away.
pub async fn restore_value(state: &State, tx: &mut Tx, seq: i64, subject: Uuid, opened: Option<(&[u8], &str)>) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let sealed = match opened {
        None => {
            shred(state, tx, subject).await?;
            Vec::new()
        }
        Some((salt, values)) => match subject_key(state, tx, subject).await? {
            Some(key) => key.seal(&context(org, seq), &[salt, values.as_bytes()].concat()),
            None => Vec::new(),
        },
    };
    tx.query(sql!("insert into audit_values (org_id, seq, subject_id, sealed) values ($1, $2, $3, $4)"))
        .bind(seq)
        .bind(subject)
        .bind(sealed)
        .execute()
        .await?;
    Ok(())
}

/// Signs the end of a chain that comes from another installation.
pub fn head_signature(state: &State, org: Uuid, seq: i64, hash: &[u8]) -> Vec<u8> {
    head_mac(&state.key, org, seq, hash)
}

pub(super) fn unwrap(wrapping: &Key, subject: Uuid, wrapped: &[u8]) -> Option<Key> {
    wrapping.open(subject.as_bytes(), wrapped)?.try_into().ok().map(Key::from_bytes)
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    at: Instant,
    action: String,
    subject_id: Uuid,
    facts: String,
    commitment: Vec<u8>,
    hash: Vec<u8>,
    actor_name: Option<String>,
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
    /// Whether it names another case that is hidden from whoever reads.
    hidden: bool,
    /// Whether it is about an entry that is not for whoever reads any more.
    narrowed: bool,
}

/// The columns of [`Row`] and where they come from, read by the person `$2`, who may read what is for supervisors if `$5`.
/// An event may name another case, which whoever does not see that case is not told of; and it may hold the text of an
/// entry, which is read by those who may read the entry now.
macro_rules! events {
    ($facts:literal, $entry:literal) => {
        concat!(
            "select e.seq, e.at, e.action, e.subject_id, e.facts, e.commitment, e.hash, u.name as actor_name, v.sealed, k.wrapped,
                    exists (
                      select 1 from cases c
                      where c.org_id = e.org_id and c.number in (",
            $facts,
            " ->> 'other', ",
            $facts,
            " ->> 'number') and c.id <> e.subject_id and c.restricted
                        and not exists (
                          select 1 from case_viewers s where s.org_id = c.org_id and s.case_id = c.id and s.user_id = $2)
                    ) as hidden,
                    exists (
                      select 1 from entries n
                      where n.org_id = e.org_id and n.id = ",
            $entry,
            " and (n.author_id is null or n.author_id <> $2)
                        and (n.visibility = 'author' or (n.visibility = 'supervisors' and not $5))
                    ) as narrowed
             from audit_events e
             left join users u on u.id = e.actor_id
             left join audit_values v on v.org_id = e.org_id and v.seq = e.seq
             left join subject_keys k on k.org_id = v.org_id and k.subject_id = v.subject_id
             where e.org_id = $1 and e.seq < $3 and "
        )
    };
}

/// The events about one thing, newest first.
pub(super) async fn of_subject(scope: &Scope, subject: Uuid, before: i64) -> Answer<RecordView> {
    let rows: Vec<Row> = scope
        .query(sql!(
            sqlite: concat!(
                events!("e.facts", "unhex(replace(e.facts ->> 'entry', '-', ''))"),
                "e.subject_id = $6 order by e.seq desc limit $4"
            ),
            postgres: concat!(
                events!("e.facts::json", "cast(e.facts::json ->> 'entry' as uuid)"),
                "e.subject_id = $6 order by e.seq desc limit $4"
            )
        ))
        .bind(scope.actor.user)
        .bind(newest(before))
        .bind(STRETCH + 1)
        .bind(scope.may(Permission::EntrySupervise))
        .bind(subject)
        .all()
        .await?;
    stretch(scope, rows).await
}

/// The newest events about one thing, for the page of that thing.
///
/// # Errors
/// When the database is away.
pub async fn history_of(scope: &Scope, subject: Uuid) -> Answer<Vec<Told>> {
    Ok(of_subject(scope, subject, 0).await?.events)
}

/// The events of the organisation that are not about a case, newest first. A case's own stand on its page, where its
/// access rules hold.
pub(super) async fn of_organisation(scope: &Scope, before: i64) -> Answer<RecordView> {
    let rows: Vec<Row> = scope
        .query(sql!(
            sqlite: concat!(
                events!("e.facts", "unhex(replace(e.facts ->> 'entry', '-', ''))"),
                "e.subject_kind <> 'case' order by e.seq desc limit $4"
            ),
            postgres: concat!(
                events!("e.facts::json", "cast(e.facts::json ->> 'entry' as uuid)"),
                "e.subject_kind <> 'case' order by e.seq desc limit $4"
            )
        ))
        .bind(scope.actor.user)
        .bind(newest(before))
        .bind(STRETCH + 1)
        .bind(scope.may(Permission::EntrySupervise))
        .all()
        .await?;
    stretch(scope, rows).await
}

/// Without a number the newest events are meant.
fn newest(before: i64) -> i64 {
    if before <= 0 { i64::MAX } else { before }
}

async fn stretch(scope: &Scope, mut rows: Vec<Row>) -> Answer<RecordView> {
    let most = usize::try_from(STRETCH).unwrap_or(usize::MAX);
    let mut more = rows.len() > most;
    rows.truncate(most);
    let mut events: Vec<Told> = rows.into_iter().map(|row| told(scope, row)).collect();
    let size = |event: &Told| event.changes.iter().map(|change| drawn(&change.from) + drawn(&change.to)).sum();
    let fit = fitting(events.iter().map(size), BYTES);
    more |= events.len() > fit;
    events.truncate(fit);
    let before = events.last().filter(|_| more).map(|event| event.seq);
    let values = events.iter().flat_map(|event| &event.changes).flat_map(|change| [change.from.as_str(), change.to.as_str()]);
    let names = Names::default().of(scope, values).await?;
    for change in events.iter_mut().flat_map(|event| &mut event.changes) {
        (change.from, change.to) = (names.fill(&change.from), names.fill(&change.to));
    }
    Ok(RecordView { events, before })
}

fn told(scope: &Scope, row: Row) -> Told {
    let changes = row.wrapped.as_deref().zip(row.sealed.as_deref()).and_then(|(wrapped, sealed)| {
        let wrapping = scope.state.key.derive("subject-keys");
        opened_changes(&wrapping, (scope.actor.org.uuid(), row.seq, row.subject_id), wrapped, sealed)
    });
    let committed = row.commitment.iter().any(|b| *b != 0);
    let mut facts: serde_json::Value = serde_json::from_str(&row.facts).unwrap_or_default();
    if row.hidden {
        for fact in ["other", "number"] {
            if let Some(number) = facts.get_mut(fact) {
                *number = "a restricted case".into();
            }
        }
    }
    Told {
        seq: row.seq,
        at: scope.actor.zone.show(row.at),
        who: row.actor_name.unwrap_or_else(|| "CaseTrakr".into()),
        what: sentence(&row.action, &facts),
        erased: committed && changes.is_none(),
        changes: changes.filter(|_| !row.narrowed).unwrap_or_default(),
        seal: hex(row.hash.get(..4).unwrap_or_default()),
    }
}

/// The operator's chain hangs on an organisation of its own, which the first migration makes.
pub(super) async fn organisations(tx: &mut Tx) -> Answer<Vec<Uuid>> {
    Ok(tx.global(global_sql!("select id from organisations order by id")).scalars().await?)
}
