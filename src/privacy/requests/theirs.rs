//! The requests that an account holder made: what is held of them, opened, and what an erasure has to find.
//!
//! Only the operator's place knows accounts. A request at an organisation is that organisation's, which is its
//! controller, and names no account.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    UserId,
    links::{self, Held, Purpose},
    place::OPERATOR,
    sealed,
};
use crate::{
    accounts::Person,
    audit,
    clock::Instant,
    email,
    fault::Answer,
    ids::Id,
    server::{
        db::{Tx, global_sql, sql},
        state::State,
    },
};

/// Something that was written about a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The reference of the request.
    pub reference: String,
    /// When.
    pub at: Instant,
    /// What it is.
    pub what: String,
    /// The words.
    pub words: String,
}

#[derive(FromRow)]
struct Asked {
    id: Uuid,
    reference: String,
    received_at: Instant,
    sealed: Option<Vec<u8>>,
}

/// A sealed text about a request, whichever table keeps it.
#[derive(FromRow)]
struct Kept {
    reference: String,
    id: Uuid,
    at: Instant,
    what: String,
    sealed: Vec<u8>,
}

/// What was written about the requests of a person, but for the notes that those who answer them write for themselves.
///
/// # Errors
/// When the database is away.
pub async fn written(state: &State, tx: &mut Tx, person: &Person) -> Answer<Vec<Written>> {
    tx.confine(OPERATOR.uuid()).await?;
    let mut all = asked(state, tx, person).await?;
    let texts = [
        sql!(
            "select r.reference, m.id, m.at, m.kind || ' of the ' || m.side as what, m.sealed
             from rights_messages m
             join rights_requests r on r.org_id = m.org_id and r.id = m.request_id
             where m.org_id = $1 and r.user_id = $2 and m.kind <> 'note'
             order by m.at, m.id"
        ),
        sql!(
            "select r.reference, a.request_id as id, a.made_at as at, 'the answer' as what, a.sealed
             from rights_answers a
             join rights_requests r on r.org_id = a.org_id and r.id = a.request_id
             where a.org_id = $1 and r.user_id = $2 and a.media_type like 'text/plain%'
             order by a.made_at"
        ),
        sql!(
            "select r.reference, e.id, e.added_at as at, 'the name of a file with the answer' as what, e.sealed_name as sealed
             from rights_enclosures e
             join rights_requests r on r.org_id = e.org_id and r.id = e.request_id
             where e.org_id = $1 and r.user_id = $2
             order by e.added_at, e.id"
        ),
    ];
    for text in texts {
        let kept: Vec<Kept> = tx.query(text).bind(person.id).all().await?;
        all.extend(kept.into_iter().map(|kept| Written {
            words: sealed::open(state, kept.id, &kept.sealed),
            what: kept.what,
            reference: kept.reference,
            at: kept.at,
        }));
    }
    Ok(all)
}

/// Who asked, and in which words.
async fn asked(state: &State, tx: &mut Tx, person: &Person) -> Answer<Vec<Written>> {
    let rows: Vec<Asked> = tx
        .query(sql!(
            "select id, reference, received_at, sealed from rights_requests where org_id = $1 and user_id = $2 order by received_at"
        ))
        .bind(person.id)
        .all()
        .await?;
    let mut all = Vec::new();
    for row in rows {
        let asked = sealed::open_particulars(state, row.id, row.sealed.as_deref());
        for (what, words) in [
            ("your address", asked.email),
            ("your name", asked.name),
            ("what you wrote", asked.words),
            ("the organisation you named", asked.organisation),
            ("the permission you named", asked.permission),
        ] {
            if !words.is_empty() {
                all.push(Written { reference: row.reference.clone(), at: row.received_at, what: what.into(), words });
            }
        }
    }
    Ok(all)
}

/// The ids of a person's requests at the operator's place, which are also the subjects of what the record says of them.
/// Those that came from the person's address become theirs before.
///
/// # Errors
/// When the database is away.
pub async fn of_person(state: &State, tx: &mut Tx, person: &Person) -> Answer<Vec<Uuid>> {
    take_over(state, tx, person).await?;
    Ok(tx.query(sql!("select id from rights_requests where org_id = $1 and user_id = $2 order by id")).bind(person.id).scalars().await?)
}

/// Turns the requests that somebody made from the address of their account to its new one: letters go there from now on,
/// and what went to the old one opens nothing any more. A request that came from elsewhere, or by an agent, stays there.
///
/// # Errors
/// When the database is away.
pub async fn readdress(state: &State, tx: &mut Tx, user: UserId, before: &str, after: &str) -> Answer<()> {
    tx.confine(OPERATOR.uuid()).await?;
    let theirs: Vec<Asked> = tx
        .query(sql!(
            "select id, reference, received_at, sealed from rights_requests
             where org_id = $1 and user_id = $2 and sealed is not null and not by_agent order by id"
        ))
        .bind(user)
        .all()
        .await?;
    for row in theirs {
        let mut asked = sealed::open_particulars(state, row.id, row.sealed.as_deref());
        if email::fold(&asked.email) != email::fold(before) {
            continue;
        }
        asked.email = after.to_owned();
        tx.query(sql!("update rights_requests set sealed = $3, version = version + 1 where org_id = $1 and id = $2"))
            .bind(row.id)
            .bind(sealed::seal_particulars(state, row.id, &asked))
            .execute()
            .await?;
        let held = Held { org_id: OPERATOR, request_id: Id::from_uuid(row.id) };
        for purpose in [Purpose::Confirm, Purpose::Track] {
            links::void(state, tx, held, purpose).await?;
        }
        let facts = serde_json::json!({ "reference": row.reference });
        let event = audit::Event { action: "request.readdressed", subject_kind: "request", subject: row.id, facts, values: Vec::new() };
        audit::record_in(state, tx, Some(user), event).await?;
    }
    Ok(())
}

/// Makes the requests a person's that came from their address and name no account: those that nobody has confirmed yet
/// or at all, and those from before there was an account. They are part of the copy, and are erased with the account.
/// Only an address that was shown to be the person's counts, else anybody could take somebody's requests by an account in
/// their name. What an agent asks for somebody else is not the agent's as long as it is worked on.
///
/// # Errors
/// When the database is away.
pub async fn take_over(state: &State, tx: &mut Tx, person: &Person) -> Answer<()> {
    let verified = tx.global(global_sql!("select cast(1 as bigint) from users where id = $1 and email_verified_at is not null"));
    if verified.bind(person.id).optional_scalar::<i64>().await?.is_none() {
        return Ok(tx.confine(OPERATOR.uuid()).await?);
    }
    tx.confine(OPERATOR.uuid()).await?;
    let unproved: Vec<Asked> = tx
        .query(sql!(
            "select id, reference, received_at, sealed from rights_requests
             where org_id = $1 and user_id is null and sealed is not null and (closed_at is not null or not by_agent)"
        ))
        .all()
        .await?;
    for row in unproved {
        let asked = sealed::open_particulars(state, row.id, row.sealed.as_deref());
        if email::fold(&asked.email) == person.folded {
            tx.query(sql!("update rights_requests set user_id = $3 where org_id = $1 and id = $2"))
                .bind(row.id)
                .bind(person.id)
                .execute()
                .await?;
        }
    }
    Ok(())
}
