//! Links between cases. The event of a link stands on both.

use uuid::Uuid;

use super::{
    held::hold_link,
    model::LinkKind,
    store::{self, Stored},
};
use crate::{
    accounts::{Scope, ScopedTx},
    audit,
    fault::{Answer, Fault},
    server::db::sql,
};

/// Links a case to another that the actor may see as well.
pub(super) async fn link(scope: &Scope, number: &str, other: &str, kind: &str) -> Answer<()> {
    let kind = if kind.is_empty() { Some(LinkKind::Related) } else { LinkKind::parse(kind) };
    let Some(kind) = kind else { return Err(Fault::field("kind", "Choose how they relate.")) };
    let mut tx = scope.begin().await?;
    let here = store::stored(&mut tx, number).await?;
    let there = store::stored(&mut tx, other).await.map_err(|fault| match fault {
        Fault::NotFound => Fault::field("other", "There is no case with this number. Copy it from the list."),
        other => other,
    })?;
    if here.id == there.id {
        return Err(Fault::field("other", "A case cannot be linked to itself."));
    }
    let there_already: Option<(LinkKind, bool)> = tx
        .query(sql!(
            "select kind, case_id = $2 as from_here from case_links
             where org_id = $1 and ((case_id = $2 and other_id = $3) or (case_id = $3 and other_id = $2))
             limit 1"
        ))
        .bind(here.id)
        .bind(there.id)
        .optional()
        .await?;
    if let Some((theirs, from_here)) = there_already {
        let (theirs, yours) = (theirs.label(from_here), kind.label(true));
        if theirs == yours {
            return Ok(());
        }
        return Err(Fault::field(
            "other",
            format!(
                "These two are linked already, as \u{201c}{theirs}\u{201d}. Remove that link first if it should be \u{201c}{yours}\u{201d}."
            ),
        ));
    }
    let (now, me) = (scope.state.clock.now(), scope.actor.user);
    tx.query(sql!("insert into case_links (org_id, case_id, other_id, kind, created_by, created_at) values ($1, $2, $3, $4, $5, $6)"))
        .bind(here.id)
        .bind(there.id)
        .bind(kind)
        .bind(me)
        .bind(now)
        .execute()
        .await?;
    hold_link(tx.raw(), here.id.uuid(), there.id.uuid(), Some(kind));
    both(&mut tx, (&here, &there), "case.linked").await?;
    tx.commit().await
}

/// Removes the link between two cases, whichever has it.
pub(super) async fn unlink(scope: &Scope, number: &str, other: &str) -> Answer<()> {
    let mut tx = scope.begin().await?;
    let here = store::stored(&mut tx, number).await?;
    let there = store::stored(&mut tx, other).await?;
    let gone: Vec<(Uuid, Uuid)> = tx
        .query(sql!(
            "delete from case_links
             where org_id = $1 and ((case_id = $2 and other_id = $3) or (case_id = $3 and other_id = $2))
             returning case_id, other_id"
        ))
        .bind(here.id)
        .bind(there.id)
        .all()
        .await?;
    for (case, other) in &gone {
        hold_link(tx.raw(), *case, *other, None);
    }
    if !gone.is_empty() {
        both(&mut tx, (&here, &there), "case.unlinked").await?;
    }
    tx.commit().await
}

/// The event of a link stands on both cases. Numbers are facts of the organisation, not of a person.
async fn both(tx: &mut ScopedTx, (here, there): (&Stored, &Stored), action: &'static str) -> Answer<()> {
    for (case, other) in [(here, there), (there, here)] {
        // A restricted case is not named where others can read.
        let named = if other.restricted { "a restricted case" } else { other.number.as_str() };
        let facts = serde_json::json!({ "other": named });
        audit::record(tx, audit::Event { action, subject_kind: "case", subject: case.id.uuid(), facts, values: Vec::new() }).await?;
        store::touch(tx, case.id).await?;
    }
    Ok(())
}
