//! Whether the rows hold what the record says that they hold: for each part, the digest in the newest event that names it.

use std::collections::{BTreeMap, HashMap};

use futures::StreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Erased, chain::Holds};
use crate::{
    accounts,
    audit::{
        sealed::{Opened, context, read, unwrap},
        watched::{held_rows, row_of},
    },
    cases,
    fault::Answer,
    privacy::policy,
    server::{
        db::{Tx, sql},
        state::State,
    },
};

/// A part that holds something else than the record says.
#[derive(Debug)]
pub(in crate::audit) struct Stray {
    /// The case that it is a part of, and what that is called.
    pub(in crate::audit) case: Option<(Uuid, String)>,
    pub(in crate::audit) part: String,
    /// What it holds now, as a digest; empty where it is gone. None where that is what the record says, and it was something
    /// else before.
    pub(in crate::audit) now: Option<String>,
    /// The event that says otherwise; none where no event knows of it.
    said: Option<i64>,
}

impl Stray {
    /// Whether no event knows of it.
    pub(in crate::audit) fn is_unknown(&self) -> bool {
        self.said.is_none()
    }

    /// For whoever reads the report. It names no content.
    pub(super) fn sentence(&self, org: Uuid) -> String {
        let part = self.part.as_str();
        let of = self.case.as_ref().map_or_else(|| part.to_owned(), |(_, number)| format!("{number}, {part}"));
        match self.said {
            None => format!("{org}: {of}: no event recorded it"),
            Some(seq) if self.now.is_none() => format!("{org}: {of}: it had been changed past the product before event {seq}"),
            Some(seq) if self.now.as_deref() == Some("") => format!("{org}: {of}: it is gone, and event {seq} says that it is there"),
            Some(seq) => format!("{org}: {of}: it is not what event {seq} says"),
        }
    }
}

/// What belongs to the organisation itself: its own row, its members, and at the operator's the policies and who answers for it.
pub(in crate::audit) async fn organisation_rows(tx: &mut Tx, org: Uuid, holds: &Holds, erased: &Erased) -> Answer<Vec<Stray>> {
    let mut now: BTreeMap<String, String> = accounts::held_memberships(tx, org).await?.iter().map(accounts::HeldMembership::held).collect();
    now.extend(accounts::held_organisation(tx, org).await?);
    if org.is_nil() {
        now.extend(policy::held(tx).await?);
        now.extend(accounts::held_operators(tx).await?);
        // The first migration made the operator's place itself.
        now.retain(|part, _| holds.contains_key(part) || !part.starts_with("organisation"));
    }
    now.extend(held_rows(tx).await?);
    let of_nobody = |part: &str| row_of(part).is_some_and(|(_, id)| erased.subject(id));
    now.retain(|part, _| !of_nobody(part));
    let mut strays = Vec::new();
    for (part, (digest, seq)) in holds {
        let found = now.remove(part).unwrap_or_default();
        if of_nobody(part) || (found.is_empty() && row_of(part).is_some_and(|(row, _)| row.gone_is_harmless)) {
            continue;
        }
        if digest.as_ref().is_some_and(|digest| *digest != found) {
            strays.push(Stray { case: None, part: part.clone(), now: Some(found), said: Some(*seq) });
        }
    }
    strays.extend(now.into_iter().map(|(part, now)| Stray { case: None, part, now: Some(now), said: None }));
    Ok(strays)
}

/// A page of cases.
pub(in crate::audit) struct Page {
    /// The last of them.
    pub(in crate::audit) last: Uuid,
    /// How many.
    pub(in crate::audit) cases: u64,
    pub(in crate::audit) strays: Vec<Stray>,
}

/// What the record says of one case.
#[derive(Default)]
struct Said {
    /// What it is called, where the row is gone.
    number: String,
    parts: HashMap<String, (String, i64)>,
    /// The last event that has lost what it said.
    lost: i64,
    /// Parts that held something else when they were changed than the event before had said, with the event of the change.
    before: Vec<(String, i64)>,
}

impl Said {
    fn hear(&mut self, seq: i64, opened: Opened) {
        for (part, was) in &opened.was {
            if self.parts.get(part).is_some_and(|(digest, said)| digest != was && *said > self.lost) {
                self.before.push((part.clone(), seq));
            }
        }
        self.parts.extend(opened.holds.into_iter().map(|(part, digest)| (part, (digest, seq))));
    }
}

/// Compares the next cases, in the organisation to which the transaction is confined. None where there are no more.
pub(in crate::audit) async fn page(state: &State, tx: &mut Tx, after: Uuid, left: &BTreeMap<Uuid, i64>) -> Answer<Option<Page>> {
    let ids: Vec<Uuid> = tx
        .query(sql!(
            "select id from (select id from cases where org_id = $1 and id > $2 order by id limit 200) c
             union
             select id from (
               select distinct subject_id as id from audit_events
               where org_id = $1 and subject_kind = 'case' and subject_id > $2 order by subject_id limit 200) e
             order by 1 limit 200"
        ))
        .bind(after)
        .scalars()
        .await?;
    let Some(last) = ids.last().copied() else { return Ok(None) };
    let mut said = said(state, tx, (after, last)).await?;
    let mut now = cases::held(tx, (after, last)).await?;
    let mut strays = Vec::new();
    for id in &ids {
        compare(*id, said.remove(id).unwrap_or_default(), now.remove(id), left, &mut strays);
    }
    Ok(Some(Page { last, cases: u64::try_from(ids.len()).unwrap_or_default(), strays }))
}

fn compare(id: Uuid, said: Said, now: Option<cases::Held>, left: &BTreeMap<Uuid, i64>, strays: &mut Vec<Stray>) {
    let cases::Held { number, parts: mut now } = now.unwrap_or(cases::Held { number: said.number, parts: HashMap::new() });
    strays.extend(said.before.into_iter().map(|(part, seq)| Stray { case: Some((id, number.clone())), part, now: None, said: Some(seq) }));
    let mut said: Vec<(String, (String, i64))> = said.parts.into_iter().collect();
    said.sort();
    for (part, (digest, seq)) in said {
        let viewer = part.strip_prefix("viewer ").and_then(|user| user.parse().ok());
        if viewer.and_then(|user: Uuid| left.get(&user)).is_some_and(|left| *left > seq) {
            continue;
        }
        let found = now.remove(&part).unwrap_or_default();
        if found != digest {
            strays.push(Stray { case: Some((id, number.clone())), part, now: Some(found), said: Some(seq) });
        }
    }
    let mut unknown: Vec<(String, String)> = now.into_iter().collect();
    unknown.sort();
    strays.extend(unknown.into_iter().map(|(part, now)| Stray { case: Some((id, number.clone())), part, now: Some(now), said: None }));
}

/// What one event about a case says, as far as no later one says it anew.
pub(in crate::audit) async fn said_by(state: &State, tx: &mut Tx, case: Uuid, event: i64) -> Answer<BTreeMap<String, String>> {
    let before = Uuid::from_u128(case.as_u128().saturating_sub(1));
    let said = said(state, tx, (before, case)).await?.remove(&case).unwrap_or_default();
    Ok(said.parts.into_iter().filter(|(_, (_, seq))| *seq == event).map(|(part, (digest, _))| (part, digest)).collect())
}

#[derive(FromRow)]
struct Row {
    subject_id: Uuid,
    seq: i64,
    facts: String,
    commitment: Vec<u8>,
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
}

/// What the record says of the cases of a page.
async fn said(state: &State, tx: &mut Tx, (after, last): (Uuid, Uuid)) -> Answer<HashMap<Uuid, Said>> {
    let (org, wrapping) = (tx.org().unwrap_or_default(), state.key.derive("subject-keys"));
    let mut rows = tx
        .query(sql!(
            "select e.subject_id, e.seq, e.facts, e.commitment, v.sealed, k.wrapped
             from audit_events e
             left join audit_values v on v.org_id = e.org_id and v.seq = e.seq
             left join subject_keys k on k.org_id = e.org_id and k.subject_id = e.subject_id
             where e.org_id = $1 and e.subject_kind = 'case' and e.subject_id > $2 and e.subject_id <= $3
             order by e.subject_id, e.seq"
        ))
        .bind(after)
        .bind(last)
        .stream::<Row>();
    let mut all: HashMap<Uuid, Said> = HashMap::new();
    while let Some(row) = rows.next().await {
        let row = row?;
        let said = all.entry(row.subject_id).or_default();
        if said.number.is_empty() {
            let facts = serde_json::from_str::<serde_json::Value>(&row.facts).unwrap_or_default();
            said.number = facts["number"].as_str().unwrap_or_default().to_owned();
        }
        if row.commitment.iter().all(|b| *b == 0) {
            continue;
        }
        let key = row.wrapped.as_deref().and_then(|wrapped| unwrap(&wrapping, row.subject_id, wrapped));
        let plain = key.zip(row.sealed).and_then(|(key, sealed)| key.open(&context(org, row.seq), &sealed));
        match plain.and_then(|plain| read(plain.get(16..)?)) {
            Some(opened) => said.hear(row.seq, opened),
            None => said.lost = row.seq,
        }
    }
    Ok(all)
}
