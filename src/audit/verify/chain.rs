//! One chain from its first event to its head.

use std::collections::BTreeMap;

use futures::StreamExt as _;
use sqlx::FromRow;
use uuid::Uuid;

use super::{Erased, Report};
use crate::{
    audit::{
        numbers::Numbers,
        sealed::{commitment, context, read, unwrap},
        store::{Canonical, head_mac, link},
    },
    fault::Answer,
    server::{
        db::{Tx, sql},
        secret::{Key, hex},
        state::State,
    },
};

/// What an organisation's own parts hold, as the chain says: the newest digest, and the event that said it. None where an
/// erased event may have said it.
pub(in crate::audit) type Holds = BTreeMap<String, (Option<String>, i64)>;

/// What a walk leaves for what follows.
#[derive(Default)]
pub(in crate::audit) struct Walk {
    /// What the organisation itself holds.
    pub(in crate::audit) holds: Holds,
    /// When members left last. What they saw until then they see no longer.
    pub(in crate::audit) left: BTreeMap<Uuid, i64>,
    /// Events that have lost their values though no erasure says so.
    pub(in crate::audit) lost: Numbers,
}

#[derive(FromRow)]
struct Row {
    seq: i64,
    id: Uuid,
    at: i64,
    actor_id: Option<Uuid>,
    action: String,
    subject_kind: String,
    subject_id: Uuid,
    facts: String,
    commitment: Vec<u8>,
    previous: Vec<u8>,
    hash: Vec<u8>,
    sealed_for: Option<Uuid>,
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct Head {
    seq: i64,
    hash: Vec<u8>,
    mac: Vec<u8>,
}

/// Walks the chain of the organisation to which the transaction is confined.
pub(in crate::audit) async fn walk(
    state: &State,
    tx: &mut Tx,
    org: Uuid,
    (erased, checkpoint): (&Erased, Option<&(i64, String)>),
    report: &mut Report,
) -> Answer<Walk> {
    let head: Option<Head> = tx.query(sql!("select seq, hash, mac from audit_heads where org_id = $1")).optional().await?;
    let mut walker = Walker { wrapping: state.key.derive("subject-keys"), org, erased, report, walk: Walk::default() };
    let (mut seq, mut hash) = (0, vec![0_u8; 32]);
    let mut rows = tx
        .query(sql!(
            "select e.seq, e.id, e.at, e.actor_id, e.action, e.subject_kind, e.subject_id, e.facts, e.commitment, e.previous,
                    e.hash, v.subject_id as sealed_for, v.sealed, k.wrapped
             from audit_events e
             left join audit_values v on v.org_id = e.org_id and v.seq = e.seq
             left join subject_keys k on k.org_id = e.org_id and k.subject_id = e.subject_id
             where e.org_id = $1
             order by e.seq"
        ))
        .stream::<Row>();
    while let Some(row) = rows.next().await {
        let row = row?;
        if row.seq != seq + 1 {
            walker.report.breaks.push(format!("{org}: events {} to {} are missing", seq + 1, row.seq - 1));
        }
        walker.check(&row, &hash);
        if let Some((at, digits)) = checkpoint
            && *at == row.seq
            && !hex(&row.hash).starts_with(digits.as_str())
        {
            walker.report.breaks.push(format!("{org}: event {at} is not the one that the checkpoint names"));
        }
        (seq, hash) = (row.seq, row.hash);
    }
    drop(rows);
    let Walker { report, walk, .. } = walker;
    report.chains += 1;
    if let Some((at, _)) = checkpoint.filter(|(at, _)| *at > seq) {
        report.breaks.push(format!("{org}: the chain had {at} events at the last checkpoint and ends at {seq}"));
    }
    match head {
        // The operator's chain begins with its first event; that of an organisation, with the organisation.
        None if org.is_nil() && seq == 0 => {}
        None => report.breaks.push(format!("{org}: the head of the chain is missing")),
        Some(head) if head.seq != seq || head.hash != hash => {
            report.breaks.push(format!("{org}: the head names event {}, the chain ends at {seq}", head.seq));
        }
        Some(head) if head.mac != head_mac(&state.key, org, head.seq, &head.hash) => {
            report.breaks.push(format!("{org}: the head at event {} was not signed by this instance", head.seq));
        }
        Some(_) => {}
    }
    Ok(walk)
}

struct Walker<'a> {
    wrapping: Key,
    org: Uuid,
    erased: &'a Erased,
    report: &'a mut Report,
    walk: Walk,
}

impl Walker<'_> {
    fn broken(&mut self, row: &Row, what: &str) {
        self.report.breaks.push(format!("{}: event {} {what}", self.org, row.seq));
    }

    fn check(&mut self, row: &Row, previous: &[u8]) {
        self.report.events += 1;
        let canonical =
            Canonical(self.org, row.seq, row.id, row.at, row.actor_id, &row.action, &row.subject_kind, row.subject_id, &row.facts);
        if row.previous != previous {
            self.broken(row, "does not follow the event before it");
        }
        if row.hash != link(&row.previous, &canonical, &row.commitment) {
            self.broken(row, "was changed");
        }
        if matches!(row.action.as_str(), "member.left" | "member.removed") {
            self.walk.left.insert(row.subject_id, row.seq);
        }
        let sealed = row.sealed.as_deref().filter(|sealed| !sealed.is_empty());
        if row.commitment.iter().all(|b| *b == 0) {
            if sealed.is_some() {
                self.broken(row, "has values that it was written without");
            }
            return;
        }
        let key = row.wrapped.as_deref().and_then(|wrapped| unwrap(&self.wrapping, row.subject_id, wrapped));
        let (Some(key), Some(sealed)) = (key, sealed) else { return self.gone(row) };
        let plain = key.open(&context(self.org, row.seq), sealed).filter(|_| row.sealed_for == Some(row.subject_id));
        match plain.as_deref().and_then(|plain| plain.split_at_checked(16)) {
            Some((salt, values)) if commitment(salt, values)[..] == row.commitment[..] => {
                self.report.opened += 1;
                self.holds(row, values);
            }
            Some(_) | None => self.broken(row, "has values that are not the ones it was written with"),
        }
    }

    /// What an event was written with is not there any more.
    fn gone(&mut self, row: &Row) {
        if !self.erased.covers(row.subject_id, row.seq) {
            self.walk.lost.add(row.seq);
            return;
        }
        self.report.erased += 1;
        // It may have been the one that said what this member is.
        if row.subject_kind == "member" {
            self.walk.holds.insert(format!("member {}", row.subject_id), (None, row.seq));
        }
    }

    fn holds(&mut self, row: &Row, values: &[u8]) {
        if row.subject_kind == "case" {
            return;
        }
        let held = read(values).unwrap_or_default().holds;
        self.walk.holds.extend(held.into_iter().map(|(part, digest)| (part, (Some(digest), row.seq))));
    }
}
