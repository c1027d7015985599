//! Asking for an archive, stopping it, proving who wants it, removing it.

use leptos_axum::redirect;
use serde::{Deserialize, Serialize};

use super::{ArchiveId, PAGE, model::Status, store};
use crate::{
    accounts::{self, Person, Scope, ScopedTx, Session},
    audit,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{db::Tx, jobs, state::State},
};

/// The job that makes an archive.
pub const JOB: &str = "archive";

/// What the job needs to know.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub(super) struct Order {
    pub archive: ArchiveId,
    pub org: Id<kinds::Org>,
    pub user: Id<kinds::User>,
}

pub(super) async fn ask_mine(scope: &Scope, password: &str) -> Answer<()> {
    accounts::confirm(password).await?;
    ask(scope).await?;
    redirect(PAGE);
    Ok(())
}

/// Asks for an archive, unless one is being made.
pub(super) async fn ask(scope: &Scope) -> Answer<()> {
    let id = ArchiveId::fresh();
    let mut tx = scope.begin().await?;
    if !store::ask(&mut tx, id).await? {
        // Pressed twice: it is on its way.
        return Ok(());
    }
    // Whoever is refused leaves nothing behind: the transaction ends with the fault.
    store::admit(&mut tx).await?;
    record(&mut tx, "archive.asked", id, serde_json::json!({ "restricted_cases": true })).await?;
    let order = Order { archive: id, org: scope.actor.org, user: scope.actor.user };
    let payload = serde_json::to_string(&order).unwrap_or_default();
    jobs::enqueue(&scope.state, tx.raw(), JOB, Some(scope.actor.org.uuid()), &payload).await?;
    tx.commit().await
}

pub(super) async fn stop(scope: &Scope, id: ArchiveId) -> Answer<()> {
    end(scope, id, Status::Stopped, "archive.stopped").await
}

pub(super) async fn remove(scope: &Scope, id: ArchiveId) -> Answer<()> {
    end(scope, id, Status::Removed, "archive.removed").await
}

async fn end(scope: &Scope, id: ArchiveId, to: Status, action: &'static str) -> Answer<()> {
    let mut tx = scope.begin().await?;
    if store::end(tx.raw(), id, to, scope.state.clock.now()).await? {
        record(&mut tx, action, id, serde_json::json!({})).await?;
        tx.commit().await?;
    } else {
        drop(tx);
        // It has ended between the look and the word: nothing is left to do.
        let known = store::all(scope).await?.iter().any(|row| row.id == id);
        if !known {
            return Err(Fault::NotFound);
        }
    }
    redirect(PAGE);
    Ok(())
}

/// Somebody is erased: archives of the organisation in which the transaction is hold them, so they end now and not after
/// their days. Answers how many rows went.
///
/// # Errors
/// When the database is away.
pub async fn end_all(state: &State, tx: &mut Tx) -> Answer<u64> {
    let why = "Somebody who was in it has been erased. Make a new one if you need it.";
    let (ended, rows) = store::end_all(tx, state.clock.now(), why).await?;
    for id in ended {
        let facts = serde_json::json!({});
        let event = audit::Event { action: "archive.ended", subject_kind: "archive", subject: id.uuid(), facts, values: Vec::new() };
        audit::record_in(state, tx, None, event).await?;
    }
    Ok(rows)
}

/// The password was typed again: leads to the file, which only this session gets, for ten minutes.
pub(super) async fn open(scope: &Scope, id: ArchiveId, password: &str) -> Answer<()> {
    let me = accounts::confirm(password).await?;
    redirect(&format!("{PAGE}/{id}/archive.zip?proof={}", Person::proof(&scope.state, &me, &purpose(id))));
    Ok(())
}

/// Whether somebody has just shown who they are, to take this archive.
pub(super) fn is_proved(state: &State, me: &Session, id: ArchiveId, proof: &str) -> bool {
    Person::proved(state, me, &purpose(id), proof)
}

fn purpose(id: ArchiveId) -> String {
    format!("archive-{id}")
}

pub(super) async fn record(tx: &mut ScopedTx, action: &'static str, id: ArchiveId, facts: serde_json::Value) -> Answer<()> {
    let event = audit::Event { action, subject_kind: "archive", subject: id.uuid(), facts, values: Vec::new() };
    audit::record(tx, event).await
}
