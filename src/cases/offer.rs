//! Who may be named on a case: not somebody whose data is restricted, unless they are named there already or do it
//! themselves; and whoever only reads is given no case to work on. The pages do not offer them; this is for a form that was
//! sent without them, and for cases that come from elsewhere, whose word on who worked on them stands.

use serde_json::{Map, Value};

use super::{
    bring_in::Incoming,
    facts::ASSIGNEE,
    model::{FieldDef, FieldKind},
    store::Stored,
};
use crate::{
    accounts::{Permission, Role, ScopedTx},
    fault::{Answer, Complaints},
    ids::{Id, kinds},
    server::db::sql,
};

/// Why nothing new can be given to somebody.
pub const RESTRICTED: &str = "This person's data is restricted, so nothing new can be given to them. Choose somebody else.";

/// Why nothing can be given to somebody who has left.
const GONE: &str = "This person is no longer a member. Choose somebody else.";

/// Why no case is given to somebody who could not work on it.
pub const READS: &str = "This person reads cases and changes nothing. Choose somebody who can work on it.";

/// Members that values of fields name, each with the name of its field in the form.
pub(super) fn in_fields(defs: &[FieldDef], values: &Map<String, Value>) -> Vec<(String, Id<kinds::User>)> {
    let member = |def: &FieldDef| {
        let id = values.get(&def.key).and_then(Value::as_str).and_then(|text| text.parse().ok())?;
        Some((format!("fields[{}][]", def.key), id))
    };
    defs.iter().filter(|def| def.kind == FieldKind::Member).filter_map(member).collect()
}

/// Refuses members whose data is restricted and members who have left since the form was read, at the field that names them.
pub(super) async fn check(tx: &mut ScopedTx, stored: Option<&Stored>, chosen: Vec<(String, Id<kinds::User>)>) -> Answer<()> {
    let mut complaints = Complaints::default();
    for (field, id) in chosen {
        if id == tx.scope.actor.user {
            continue;
        }
        let complaint = match stands(tx, id).await? {
            Standing::Reader if field == ASSIGNEE => READS,
            Standing::Member | Standing::Reader => continue,
            Standing::Resting => RESTRICTED,
            Standing::Gone => GONE,
        };
        let there = match stored {
            Some(stored) => is_named(stored, id) || sees(tx, stored.id, id).await?,
            None => false,
        };
        if !there {
            complaints.add(&field, complaint);
        }
    }
    complaints.done()
}

/// Takes members whose data is restricted off a new case that comes from elsewhere: the person who works on it, and those
/// in fields. Answers whether there were any.
pub(super) async fn leave_out(tx: &mut ScopedTx, defs: &[FieldDef], incoming: &mut Incoming) -> Answer<bool> {
    let mut any = false;
    if let Some(assignee) = incoming.assignee
        && !takes_on(tx, assignee).await?
    {
        incoming.assignee = None;
        any = true;
    }
    for def in defs.iter().filter(|def| def.kind == FieldKind::Member) {
        let named = incoming.fields.get(&def.key).and_then(Value::as_str).and_then(|text| text.parse().ok());
        if let Some(named) = named
            && !takes_on(tx, named).await?
        {
            incoming.fields.remove(&def.key);
            any = true;
        }
    }
    Ok(any)
}

/// Whether something new may be given to a member.
pub(super) async fn takes_on(tx: &mut ScopedTx, user: Id<kinds::User>) -> Answer<bool> {
    Ok(user == tx.scope.actor.user || matches!(stands(tx, user).await?, Standing::Member | Standing::Reader))
}

/// How somebody stands to the organisation.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// They are a member who works on cases.
    Member,
    /// They are one who only reads.
    Reader,
    /// They are one whose data is restricted.
    Resting,
    /// They are none.
    Gone,
}

/// It is asked in the transaction, whatever was read before it; until that ends nobody takes the member away.
async fn stands(tx: &mut ScopedTx, user: Id<kinds::User>) -> Answer<Standing> {
    let member: Option<(bool, Role)> = tx
        .query(sql!(
            sqlite: "select u.restricted_at is not null, m.role from memberships m join users u on u.id = m.user_id
                     where m.org_id = $1 and m.user_id = $2 and m.left_at is null",
            postgres: "select u.restricted_at is not null, m.role from memberships m join users u on u.id = m.user_id
                       where m.org_id = $1 and m.user_id = $2 and m.left_at is null
                       for share of m",
        ))
        .bind(user)
        .optional()
        .await?;
    Ok(match member {
        Some((true, _)) => Standing::Resting,
        Some((false, role)) if role.may(Permission::CaseWrite) => Standing::Member,
        Some((false, _)) => Standing::Reader,
        None => Standing::Gone,
    })
}

fn is_named(stored: &Stored, id: Id<kinds::User>) -> bool {
    let id_text = id.to_string();
    stored.assignee_id == Some(id) || stored.fields.0.values().any(|value| value.as_str() == Some(id_text.as_str()))
}

/// Whether somebody is among the viewers of a case.
pub(super) async fn sees(tx: &mut ScopedTx, case: Id<kinds::Case>, user: Id<kinds::User>) -> Answer<bool> {
    let found: Option<i64> = tx
        .query(sql!("select cast(1 as bigint) from case_viewers where org_id = $1 and case_id = $2 and user_id = $3"))
        .bind(case)
        .bind(user)
        .optional_scalar()
        .await?;
    Ok(found.is_some())
}
