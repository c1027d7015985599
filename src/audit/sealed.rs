//! The personal part of events: what changed, sealed with the key of the subject, beside the chain that commits to it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::model::Change;
use crate::{
    clock::Instant,
    fault::Answer,
    server::{
        db::{Hold, Tx, sql},
        secret::{Key, sha256},
        state::State,
    },
};

/// One member of the sealed list.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Item {
    /// What the rows hold since the event, and what some of them held before, as digests: what nobody reads, and verification
    /// compares.
    Holds {
        holds: BTreeMap<String, String>,
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        was: BTreeMap<String, String>,
    },
    /// What changed.
    Change(Change),
}

/// What is sealed of one event, opened.
#[derive(Debug, Default)]
pub(super) struct Opened {
    pub changes: Vec<Change>,
    pub holds: BTreeMap<String, String>,
    pub was: BTreeMap<String, String>,
}

/// As it is sealed.
pub(super) fn written(changes: Vec<Change>, noted: Vec<Hold>) -> Vec<u8> {
    let mut items: Vec<Item> = changes.into_iter().map(Item::Change).collect();
    if !noted.is_empty() {
        let (mut holds, mut was) = (BTreeMap::new(), BTreeMap::new());
        for hold in noted {
            if let Some(before) = hold.was.filter(|_| !holds.contains_key(&hold.part)) {
                was.insert(hold.part.clone(), before);
            }
            holds.insert(hold.part, hold.digest);
        }
        items.push(Item::Holds { holds, was });
    }
    serde_json::to_vec(&items).unwrap_or_default()
}

/// Read again.
pub(super) fn read(values: &[u8]) -> Option<Opened> {
    let mut opened = Opened::default();
    for item in serde_json::from_slice::<Vec<Item>>(values).ok()? {
        match item {
            Item::Holds { holds, was } => {
                opened.holds.extend(holds);
                opened.was.extend(was);
            }
            Item::Change(change) => opened.changes.push(change),
        }
    }
    Some(opened)
}

/// What the chain knows of the personal part; an event without one commits to nothing.
pub(super) fn commitment(salt: &[u8], values: &[u8]) -> [u8; 32] {
    if values.is_empty() { [0; 32] } else { sha256(&[salt, values]) }
}

/// What binds sealed values to their event.
pub(super) fn context(org: Uuid, seq: i64) -> Vec<u8> {
    [org.as_bytes().as_slice(), &seq.to_be_bytes()].concat()
}

/// The key of a subject, made on first use and wrapped under the instance key; `None` where it was destroyed.
pub(super) async fn subject_key(state: &State, tx: &mut Tx, subject: Uuid) -> Answer<Option<Key>> {
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
    Some(read(plain.get(16..)?)?.changes)
}

/// The personal part of one event, opened: its salt, and the text that the commitment is over. `None` where it was erased.
pub fn opened_value(state: &State, org: Uuid, seq: i64, subject: Uuid, wrapped: &[u8], sealed: &[u8]) -> Option<(Vec<u8>, String)> {
    let plain = unwrap(&state.key.derive("subject-keys"), subject, wrapped)?.open(&context(org, seq), sealed)?;
    let (salt, values) = plain.split_at_checked(16)?;
    Some((salt.to_vec(), String::from_utf8(values.to_vec()).ok()?))
}

/// Seals the personal part of an event that comes from another installation, in the organisation to which the transaction
/// is confined. Without salt and text it was erased there, and stays empty here.
///
/// # Errors
/// When the database is away.
pub async fn restore_value(state: &State, tx: &mut Tx, seq: i64, subject: Uuid, opened: Option<(&[u8], &str)>) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    let sealed = match opened {
        None => Vec::new(),
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

pub(super) fn unwrap(wrapping: &Key, subject: Uuid, wrapped: &[u8]) -> Option<Key> {
    wrapping.open(subject.as_bytes(), wrapped)?.try_into().ok().map(Key::from_bytes)
}
