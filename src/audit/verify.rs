//! `casetrakr audit verify`: walks every chain and says where it is broken.

use sqlx::FromRow;
use uuid::Uuid;

use super::store::{Canonical, commitment, context, head_mac, link, organisations, unwrap};
use crate::{
    fault::Answer,
    server::{
        db::{Tx, sql},
        state::State,
    },
};

/// What a walk found.
#[derive(Debug, Default)]
pub struct Report {
    /// Chains walked.
    pub chains: u64,
    /// Events checked.
    pub events: u64,
    /// Events whose sealed values were opened and matched.
    pub opened: u64,
    /// Events whose values were erased.
    pub erased: u64,
    /// Every break, as a sentence that names organisation and number.
    pub breaks: Vec<String>,
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
    sealed: Option<Vec<u8>>,
    wrapped: Option<Vec<u8>>,
}

#[derive(FromRow)]
struct Head {
    seq: i64,
    hash: Vec<u8>,
    mac: Vec<u8>,
}

/// Walks the chains of every organisation.
///
/// # Errors
/// When the database is away.
pub async fn verify(state: &State) -> Answer<Report> {
    let mut report = Report::default();
    let mut tx = state.db.begin().await?;
    for org in organisations(&mut tx).await? {
        tx.confine(org).await?;
        walk(state, &mut tx, org, &mut report).await?;
    }
    Ok(report)
}

async fn walk(state: &State, tx: &mut Tx, org: Uuid, report: &mut Report) -> Answer<()> {
    let head: Option<Head> = tx.query(sql!("select seq, hash, mac from audit_heads where org_id = $1")).optional().await?;
    let (mut seq, mut hash) = (0, vec![0_u8; 32]);
    loop {
        let rows = page(tx, seq).await?;
        let Some(last) = rows.last() else { break };
        let reached = last.seq;
        for row in rows {
            report.events += 1;
            if row.seq != seq + 1 {
                report.breaks.push(format!("{org}: events {} to {} are missing", seq + 1, row.seq - 1));
            }
            check(state, org, &row, &hash, report);
            (seq, hash) = (row.seq, row.hash);
        }
        seq = reached;
    }
    report.chains += 1;
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
    Ok(())
}

async fn page(tx: &mut Tx, after: i64) -> Answer<Vec<Row>> {
    Ok(tx
        .query(sql!(
            "select e.seq, e.id, e.at, e.actor_id, e.action, e.subject_kind, e.subject_id, e.facts, e.commitment, e.previous,
                    e.hash, v.sealed, k.wrapped
             from audit_events e
             left join audit_values v on v.org_id = e.org_id and v.seq = e.seq
             left join subject_keys k on k.org_id = v.org_id and k.subject_id = v.subject_id
             where e.org_id = $1 and e.seq > $2
             order by e.seq
             limit 1000"
        ))
        .bind(after)
        .all()
        .await?)
}

fn check(state: &State, org: Uuid, row: &Row, previous: &[u8], report: &mut Report) {
    let mut broken = |what: &str| report.breaks.push(format!("{org}: event {} {what}", row.seq));
    let canonical = Canonical(org, row.seq, row.id, row.at, row.actor_id, &row.action, &row.subject_kind, row.subject_id, &row.facts);
    if row.previous != previous {
        broken("does not follow the event before it");
    }
    if row.hash != link(&row.previous, &canonical, &row.commitment) {
        broken("was changed");
    }
    if row.commitment.iter().all(|b| *b == 0) {
        return;
    }
    // Taken away without the key, see `blank`.
    if row.sealed.as_ref().is_some_and(Vec::is_empty) {
        report.erased += 1;
        return;
    }
    let key = row.wrapped.as_deref().and_then(|w| unwrap(&state.key.derive("subject-keys"), row.subject_id, w));
    match (key, row.sealed.as_deref()) {
        (Some(key), Some(sealed)) => match key.open(&context(org, row.seq), sealed) {
            Some(plain) if plain.len() > 16 && commitment(&plain[..16], &plain[16..])[..] == row.commitment[..] => report.opened += 1,
            Some(_) | None => broken("has values that are not the ones it was written with"),
        },
        (None, Some(_)) => report.erased += 1,
        (_, None) => broken("has lost its values"),
    }
}
