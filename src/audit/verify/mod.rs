//! `casetrakr audit verify`: walks every chain, and says where it is broken, and where the database holds something else
//! than the record says.
//!
//! What it proves: no event was changed, moved, removed or slipped in; no chain has disappeared; nothing that was sealed is
//! gone but for what an erasure on record took away; and cases, entries, members, organisations and policies are what was
//! written last through the product. What it cannot: it trusts the instance key. Whoever has that and the database can
//! write a record that verifies, unless somebody kept the newest link elsewhere.
//!
//! It reads page by page, in one snapshot of the database, and opens what is sealed once for the chain and once for the rows.

mod chain;
mod installation;
mod rows;

use std::collections::BTreeMap;

use uuid::Uuid;

use super::{
    erasure::{AROUND_HOLDS, ERASURE},
    marker,
    numbers::Numbers,
    store::organisations,
};
use crate::{
    fault::Answer,
    server::{
        db::{Tx, sql},
        state::State,
    },
};

pub(super) use chain::{Walk, walk};
pub(super) use installation::{CHAIN, Installation};
pub(super) use rows::{Stray, organisation_rows, page, said_by};

/// What a walk found.
#[derive(Debug, Default)]
pub struct Report {
    /// Chains walked.
    pub chains: u64,
    /// Events checked.
    pub events: u64,
    /// Events whose sealed values were opened and matched.
    pub opened: u64,
    /// Events whose values were erased, by an erasure on record.
    pub erased: u64,
    /// Cases that were compared with what the record says.
    pub cases: u64,
    /// Every break, as a sentence that names organisation and number.
    pub breaks: Vec<String>,
    /// What cannot be told, as sentences.
    pub notes: Vec<String>,
}

/// Walks the chains of every organisation, and compares what the database holds with what they say.
///
/// # Errors
/// When the database is away.
pub async fn verify(state: &State) -> Answer<Report> {
    let mut report = Report::default();
    let mut tx = state.db.snapshot().await?;
    tx.confine(Uuid::nil()).await?;
    let installation = Installation::read(&mut tx).await?;
    let there = organisations(&mut tx).await?;
    report.breaks.extend(installation.missing(&there));
    for org in there {
        tx.confine(org).await?;
        organisation(state, &mut tx, org, &installation, &mut report).await?;
    }
    marker::compare(state, &mut tx, &installation, &mut report).await?;
    Ok(report)
}

async fn organisation(state: &State, tx: &mut Tx, org: Uuid, installation: &Installation, report: &mut Report) -> Answer<()> {
    let erased = Erased::read(tx).await?;
    let walk = chain::walk(state, tx, org, (&erased, installation.checkpoint(org)), report).await?;
    match walk.lost.to_string() {
        none if none.is_empty() => {}
        one if one.parse::<i64>().is_ok() => {
            report.breaks.push(format!("{org}: event {one} has lost its values, and no erasure on record took them"))
        }
        several => report.breaks.push(format!("{org}: events {several} have lost their values, and no erasure on record took them")),
    }
    // Of such an organisation only what is held was left.
    if erased.around_holds {
        return Ok(());
    }
    let strays = organisation_rows(tx, org, &walk.holds, &erased).await?;
    report.breaks.extend(strays.iter().map(|stray| stray.sentence(org)));
    let mut after = Uuid::nil();
    while let Some(page) = page(state, tx, after, &walk.left).await? {
        after = page.last;
        report.cases += page.cases;
        report.breaks.extend(page.strays.iter().map(|stray| stray.sentence(org)));
    }
    Ok(())
}

/// What the chain of an organisation says was erased.
#[derive(Default)]
pub(super) struct Erased {
    /// Subjects whose keys were destroyed.
    subjects: BTreeMap<Uuid, i64>,
    /// Events whose values were taken away, or were gone when verification began.
    events: Numbers,
    /// Whether everything was erased but for what is held.
    pub(super) around_holds: bool,
}

impl Erased {
    /// Reads it, in the organisation to which the transaction is confined.
    pub(super) async fn read(tx: &mut Tx) -> Answer<Self> {
        let told: Vec<(i64, Uuid, String, String)> = tx
            .query(sql!(
                "select seq, subject_id, action, facts from audit_events
                 where org_id = $1 and subject_kind in ($2, $3) order by subject_kind, subject_id, seq"
            ))
            .bind(ERASURE.to_owned())
            .bind(CHAIN.to_owned())
            .all()
            .await?;
        let mut all = Self::default();
        for (seq, subject, action, facts) in told {
            let facts = serde_json::from_str::<serde_json::Value>(&facts).unwrap_or_default();
            match action.as_str() {
                "values.erased" => {
                    all.subjects.insert(subject, seq);
                }
                "values.blanked" | "verification.began" => {
                    all.events.extend(Numbers::parse(facts["events"].as_str().unwrap_or_default()));
                    all.around_holds |= facts["rule"] == AROUND_HOLDS;
                }
                _ => {}
            }
        }
        Ok(all)
    }

    /// Whether the values of an event about a subject may be gone.
    fn covers(&self, subject: Uuid, seq: i64) -> bool {
        self.subjects.contains_key(&subject) || self.events.contains(seq)
    }

    /// Whether the key of a subject was destroyed.
    fn subject(&self, id: Uuid) -> bool {
        self.subjects.contains_key(&id)
    }

    /// The subjects whose keys were destroyed.
    pub(super) fn subjects(&self) -> impl Iterator<Item = Uuid> {
        self.subjects.keys().copied()
    }
}
