//! What is held inside an organisation that is not held as a whole: some of its cases, and accounts with something in it.

use std::collections::BTreeSet;

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    fault::Answer,
    server::db::{Tx, sql},
};

/// A hold on a case of an organisation, or on an account with something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::privacy) struct HeldBy {
    /// `case` or `account`.
    pub scope: &'static str,
    /// Which.
    pub subject: Uuid,
    /// The hold.
    pub id: Uuid,
}

/// The holds inside an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::privacy) struct HeldInside {
    /// Each of them.
    pub holds: Vec<HeldBy>,
    /// The first day on which one of them is looked at again.
    pub review_on: String,
}

impl HeldInside {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.holds.is_empty()
    }

    /// How many cases are held.
    pub fn cases(&self) -> usize {
        self.many("case")
    }

    /// How many accounts are held.
    pub fn accounts(&self) -> usize {
        self.many("account")
    }

    /// Several holds may be on one thing.
    fn many(&self, scope: &str) -> usize {
        self.holds.iter().filter(|hold| hold.scope == scope).map(|hold| hold.subject).collect::<BTreeSet<_>>().len()
    }
}

#[derive(FromRow)]
struct Found {
    scope: String,
    subject_id: Uuid,
    id: Uuid,
    review_on: String,
}

/// Looks for them, in a transaction that is confined to the organisation.
///
/// # Errors
/// When the database is away.
pub(in crate::privacy) async fn held_inside(tx: &mut Tx) -> Answer<HeldInside> {
    let found: Vec<Found> = tx
        .query(sql!(
            "select h.scope, h.subject_id, h.id, h.review_on from legal_holds h
             where h.released_at is null and (
               (h.scope = 'case' and exists (select 1 from cases c where c.org_id = $1 and c.id = h.subject_id))
               or (h.scope = 'account' and exists (
                 select 1 from users u where u.id = h.subject_id and (
                   exists (select 1 from memberships m where m.org_id = $1 and m.user_id = u.id)
                   or exists (select 1 from invitations i where i.org_id = $1 and i.email_folded = u.email_folded)))))
             order by h.id"
        ))
        .all()
        .await?;
    let review_on = found.iter().map(|found| found.review_on.clone()).min().unwrap_or_default();
    let known =
        |found: Found| HeldBy { scope: if found.scope == "case" { "case" } else { "account" }, subject: found.subject_id, id: found.id };
    Ok(HeldInside { holds: found.into_iter().map(known).collect(), review_on })
}
