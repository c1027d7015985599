//! Where requests live. Every statement names the controller: an organisation, or the operator's own place.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    OrgId, RequestId, UserId,
    model::{Concern, Kind, Proof, Regime, State as RequestState, Step},
};
use crate::{
    clock::Instant,
    fault::{Answer, Fault},
    server::{
        db::{Db, Tx, sql},
        state::State,
    },
};

/// A request as it is stored.
#[derive(Clone, Debug, FromRow)]
pub(super) struct Row {
    pub id: RequestId,
    pub reference: String,
    pub kind: Kind,
    pub concern: Concern,
    pub regime: Regime,
    pub state: RequestState,
    pub by_agent: bool,
    pub sealed: Option<Vec<u8>>,
    pub user_id: Option<UserId>,
    pub confirmed_at: Option<Instant>,
    pub confirmed_how: Option<Proof>,
    pub received_at: Instant,
    pub received_on: String,
    pub first_due_on: String,
    pub extension_on: Option<String>,
    pub due_on: String,
    pub extended_at: Option<Instant>,
    pub paused_on: Option<String>,
    pub partly_refused: bool,
    pub alerted: i64,
    pub forwarded_to: Option<OrgId>,
    pub forwarded_from: Option<Uuid>,
    pub duplicate_of: Option<String>,
    pub closed_at: Option<Instant>,
    pub version: i64,
    pub answered: bool,
}

/// The columns of [`Row`] and where they come from.
macro_rules! columns {
    () => {
        "select r.id, r.reference, r.kind, r.concern, r.regime, r.state, r.by_agent, r.sealed, r.user_id, r.confirmed_at,
                r.confirmed_how, r.received_at, r.received_on, r.first_due_on, r.extension_on, r.due_on, r.extended_at,
                r.paused_on, r.partly_refused, r.alerted, r.forwarded_to, r.forwarded_from, r.duplicate_of, r.closed_at,
                r.version,
                exists (select 1 from rights_answers a where a.org_id = r.org_id and a.request_id = r.id) as answered
         from rights_requests r
         "
    };
}

/// Takes the row for the rest of the transaction.
pub(super) async fn locked(tx: &mut Tx, id: RequestId) -> Answer<Row> {
    tx.query(sql!("update rights_requests set version = version where org_id = $1 and id = $2")).bind(id).execute().await?;
    tx.query(sql!(concat!(columns!(), "where r.org_id = $1 and r.id = $2"))).bind(id).optional().await?.ok_or(Fault::NotFound)
}

pub(super) async fn read(db: &Db, org: OrgId, id: RequestId) -> Answer<Row> {
    db.tenant(org.uuid(), sql!(concat!(columns!(), "where r.org_id = $1 and r.id = $2"))).bind(id).optional().await?.ok_or(Fault::NotFound)
}

pub(super) async fn insert(tx: &mut Tx, row: &Row) -> Answer<()> {
    tx.query(sql!(
        "insert into rights_requests
           (org_id, id, reference, kind, concern, regime, state, by_agent, sealed, user_id, confirmed_at, confirmed_how,
            received_at, received_on, first_due_on, extension_on, due_on, partly_refused, alerted, forwarded_from, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, $19, 1)"
    ))
    .bind(row.id)
    .bind(row.reference.clone())
    .bind(row.kind)
    .bind(row.concern)
    .bind(row.regime)
    .bind(row.state)
    .bind(row.by_agent)
    .bind(row.sealed.clone())
    .bind(row.user_id)
    .bind(row.confirmed_at)
    .bind(row.confirmed_how)
    .bind(row.received_at)
    .bind(row.received_on.clone())
    .bind(row.first_due_on.clone())
    .bind(row.extension_on.clone())
    .bind(row.due_on.clone())
    .bind(row.partly_refused)
    .bind(row.forwarded_from)
    .execute()
    .await?;
    Ok(())
}

/// Writes back what may have changed, as the next version.
pub(super) async fn update(tx: &mut Tx, row: &Row) -> Answer<()> {
    tx.query(sql!(
        "update rights_requests set
           state = $3, user_id = $4, confirmed_at = $5, confirmed_how = $6, first_due_on = $7, extension_on = $8, due_on = $9,
           extended_at = $10, paused_on = $11, partly_refused = $12, alerted = $13, forwarded_to = $14, duplicate_of = $15,
           closed_at = $16, version = version + 1
         where org_id = $1 and id = $2"
    ))
    .bind(row.id)
    .bind(row.state)
    .bind(row.user_id)
    .bind(row.confirmed_at)
    .bind(row.confirmed_how)
    .bind(row.first_due_on.clone())
    .bind(row.extension_on.clone())
    .bind(row.due_on.clone())
    .bind(row.extended_at)
    .bind(row.paused_on.clone())
    .bind(row.partly_refused)
    .bind(row.alerted)
    .bind(row.forwarded_to)
    .bind(row.duplicate_of.clone())
    .bind(row.closed_at)
    .execute()
    .await?;
    Ok(())
}

/// The most urgent requests that are open, or the newest that are not.
pub(super) async fn list(db: &Db, org: OrgId, open: bool, most: i64) -> Answer<Vec<Row>> {
    let statement = if open {
        sql!(concat!(
            columns!(),
            "where r.org_id = $1
               and r.state in ('received', 'identity_pending', 'in_review', 'needs_info', 'on_hold', 'fulfilling', 'quality_check')
             order by r.due_on, r.received_at
             limit $2"
        ))
    } else {
        sql!(concat!(
            columns!(),
            "where r.org_id = $1
               and r.state in ('identity_failed', 'delivered', 'refused', 'forwarded', 'duplicate', 'withdrawn', 'closed')
             order by r.received_at desc
             limit $2"
        ))
    };
    Ok(db.tenant(org.uuid(), statement).bind(most).all().await?)
}

/// How many requests are open, how many of them are past their day, and how many are not.
pub(super) async fn counts(db: &Db, org: OrgId, today: &str) -> Answer<(i64, i64, i64)> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select
                   cast(coalesce(sum(case when o.is_open = 1 then 1 else 0 end), 0) as bigint),
                   cast(coalesce(sum(case when o.is_open = 1 and o.due_on < $2 and o.paused_on is null then 1 else 0 end), 0) as bigint),
                   cast(coalesce(sum(case when o.is_open = 0 then 1 else 0 end), 0) as bigint)
                 from (
                   select due_on, paused_on,
                     case when state in ('received', 'identity_pending', 'in_review', 'needs_info', 'on_hold', 'fulfilling', 'quality_check')
                       then 1 else 0 end as is_open
                   from rights_requests
                   where org_id = $1) o"
            ),
        )
        .bind(today.to_owned())
        .one()
        .await?)
}

/// What was said between the two sides, and notes of the one.
#[derive(FromRow)]
pub(super) struct MessageRow {
    pub id: Uuid,
    pub at: Instant,
    pub side: String,
    pub kind: String,
    pub author: Option<String>,
    pub sealed: Vec<u8>,
}

pub(super) async fn messages(db: &Db, org: OrgId, id: RequestId) -> Answer<Vec<MessageRow>> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select m.id, m.at, m.side, m.kind, u.name as author, m.sealed
                 from rights_messages m
                 left join users u on u.id = m.author_id
                 where m.org_id = $1 and m.request_id = $2
                 order by m.at, m.id"
            ),
        )
        .bind(id)
        .all()
        .await?)
}

/// A message: who says it, what it is, and its words.
pub(super) struct Message<'a> {
    pub side: &'static str,
    pub kind: &'static str,
    pub author: Option<UserId>,
    pub words: &'a str,
}

pub(super) async fn say(state: &State, tx: &mut Tx, id: RequestId, message: Message<'_>) -> Answer<()> {
    let own = Uuid::now_v7();
    tx.query(sql!(
        "insert into rights_messages (org_id, request_id, id, at, side, kind, author_id, sealed)
         values ($1, $2, $3, $4, $5, $6, $7, $8)"
    ))
    .bind(id)
    .bind(own)
    .bind(state.clock.now())
    .bind(message.side.to_owned())
    .bind(message.kind.to_owned())
    .bind(message.author)
    .bind(super::sealed::seal(state, own, message.words))
    .execute()
    .await?;
    Ok(())
}

/// A step of the checklist that is done.
#[derive(FromRow)]
pub(super) struct StepRow {
    pub step: Step,
    pub who: String,
    pub done_at: Instant,
}

pub(super) async fn steps(db: &Db, org: OrgId, id: RequestId) -> Answer<Vec<StepRow>> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select s.step, u.name as who, s.done_at
                 from rights_steps s
                 join users u on u.id = s.done_by
                 where s.org_id = $1 and s.request_id = $2"
            ),
        )
        .bind(id)
        .all()
        .await?)
}

/// Ticks a step; answers whether it was not ticked before.
pub(super) async fn tick(tx: &mut Tx, id: RequestId, step: Step, by: UserId, now: Instant) -> Answer<bool> {
    let done = tx
        .query(sql!(
            "insert into rights_steps (org_id, request_id, step, done_by, done_at) values ($1, $2, $3, $4, $5)
             on conflict (org_id, request_id, step) do nothing"
        ))
        .bind(id)
        .bind(step)
        .bind(by)
        .bind(now)
        .execute()
        .await?;
    Ok(done > 0)
}

pub(super) async fn untick(tx: &mut Tx, id: RequestId, step: Step) -> Answer<bool> {
    let gone = tx.query(sql!("delete from rights_steps where org_id = $1 and request_id = $2 and step = $3"));
    Ok(gone.bind(id).bind(step).execute().await? > 0)
}

/// Numbers of the cases that were linked, as far as this member may see them.
pub(super) async fn cases(db: &Db, org: OrgId, id: RequestId, viewer: UserId) -> Answer<Vec<String>> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select c.number
                 from rights_cases l
                 join cases c on c.org_id = l.org_id and c.id = l.case_id
                 where l.org_id = $1 and l.request_id = $2 and (not c.restricted or exists (
                   select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))
                 order by c.number"
            ),
        )
        .bind(id)
        .bind(viewer)
        .scalars()
        .await?)
}

pub(super) async fn link_case(tx: &mut Tx, id: RequestId, case: Uuid, by: UserId, now: Instant) -> Answer<bool> {
    let linked = tx
        .query(sql!(
            "insert into rights_cases (org_id, request_id, case_id, linked_by, linked_at) values ($1, $2, $3, $4, $5)
             on conflict (org_id, request_id, case_id) do nothing"
        ))
        .bind(id)
        .bind(case)
        .bind(by)
        .bind(now)
        .execute()
        .await?;
    Ok(linked > 0)
}
