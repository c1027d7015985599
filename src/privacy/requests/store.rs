//! Where requests live. Every statement names the controller: an organisation, or the operator's own place.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    OrgId, RequestId, UserId,
    model::{Concern, Kind, Proof, Regime, State as RequestState, Step},
};
use crate::{
    audit::{self, watched},
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
    pub appeal_of: Option<RequestId>,
    pub decided_by: Option<UserId>,
    pub refused_at: Option<Instant>,
    pub forward_by: Option<String>,
    pub forward_alerted_at: Option<Instant>,
    pub version: i64,
    pub answered: bool,
}

impl Row {
    /// The same request with nothing decided, sent or counted: what another one about the same thing begins with.
    pub(super) fn afresh(&self) -> Self {
        Self {
            extended_at: None,
            paused_on: None,
            partly_refused: false,
            alerted: 0,
            forwarded_to: None,
            forwarded_from: None,
            duplicate_of: None,
            closed_at: None,
            appeal_of: None,
            decided_by: None,
            refused_at: None,
            forward_by: None,
            forward_alerted_at: None,
            version: 1,
            answered: false,
            ..self.clone()
        }
    }

    /// The day until which the operator passes it on, while that is still to be done.
    pub(super) fn to_pass_on_by(&self) -> Option<&str> {
        self.forward_by.as_deref().filter(|_| self.state.is_open())
    }

    /// The day that counts next for whoever looks after it.
    pub(super) fn next_on(&self) -> &str {
        self.to_pass_on_by().map_or(self.due_on.as_str(), |by| by.min(self.due_on.as_str()))
    }
}

/// The columns of [`Row`] and where they come from.
macro_rules! columns {
    () => {
        "select r.id, r.reference, r.kind, r.concern, r.regime, r.state, r.by_agent, r.sealed, r.user_id, r.confirmed_at,
                r.confirmed_how, r.received_at, r.received_on, r.first_due_on, r.extension_on, r.due_on, r.extended_at,
                r.paused_on, r.partly_refused, r.alerted, r.forwarded_to, r.forwarded_from, r.duplicate_of, r.closed_at,
                r.appeal_of, r.decided_by, r.refused_at, r.forward_by, r.forward_alerted_at, r.version,
                exists (select 1 from rights_answers a where a.org_id = r.org_id and a.request_id = r.id) as answered
         from rights_requests r
         "
    };
}

watched!(
    REQUEST = "request" of "request":
        select "id",
        "reference, kind, concern, regime, state, by_agent, confirmed_at, received_on, first_due_on, extension_on, due_on, extended_at,
         paused_on, partly_refused, refused_at, forward_by"
        from organisation "rights_requests where closed_at is null", gone is harmless: false
);

/// Takes the row for the rest of the transaction.
pub(super) async fn locked(tx: &mut Tx, id: RequestId) -> Answer<Row> {
    tx.query(sql!("update rights_requests set version = version where org_id = $1 and id = $2")).bind(id).execute().await?;
    find(tx, id).await?.ok_or(Fault::NotFound)
}

pub(super) async fn find(tx: &mut Tx, id: RequestId) -> Answer<Option<Row>> {
    Ok(tx.query(sql!(concat!(columns!(), "where r.org_id = $1 and r.id = $2"))).bind(id).optional().await?)
}

/// The request that people call by this reference.
pub(super) async fn by_reference(tx: &mut Tx, reference: &str) -> Answer<Option<Row>> {
    Ok(tx.query(sql!(concat!(columns!(), "where r.org_id = $1 and r.reference = $2"))).bind(reference.to_owned()).optional().await?)
}

pub(super) async fn read(db: &Db, org: OrgId, id: RequestId) -> Answer<Row> {
    db.tenant(org.uuid(), sql!(concat!(columns!(), "where r.org_id = $1 and r.id = $2"))).bind(id).optional().await?.ok_or(Fault::NotFound)
}

/// Stores a request. `false` when one has its id already: the form was sent twice.
pub(super) async fn insert(tx: &mut Tx, row: &Row) -> Answer<bool> {
    let stored = tx
        .query(sql!(
            "insert into rights_requests
           (org_id, id, reference, kind, concern, regime, state, by_agent, sealed, user_id, confirmed_at, confirmed_how,
            received_at, received_on, first_due_on, extension_on, due_on, partly_refused, alerted, forwarded_from, appeal_of,
            forward_by, next_on, version)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, 0, $19, $20, $21, $22, 1)
         on conflict (org_id, id) do nothing"
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
        .bind(row.appeal_of)
        .bind(row.forward_by.clone())
        .bind(row.next_on().to_owned())
        .execute()
        .await?;
    if stored > 0 {
        audit::hold_row(tx, &REQUEST, row.id.uuid()).await?;
    }
    Ok(stored > 0)
}

/// Writes back what may have changed, as the next version.
pub(super) async fn update(tx: &mut Tx, row: &Row) -> Answer<()> {
    tx.query(sql!(
        "update rights_requests set
           state = $3, user_id = $4, confirmed_at = $5, confirmed_how = $6, first_due_on = $7, extension_on = $8, due_on = $9,
           extended_at = $10, paused_on = $11, partly_refused = $12, alerted = $13, forwarded_to = $14, duplicate_of = $15,
           closed_at = $16, decided_by = $17, refused_at = $18, forward_alerted_at = $19, next_on = $20, version = version + 1
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
    .bind(row.decided_by)
    .bind(row.refused_at)
    .bind(row.forward_alerted_at)
    .bind(row.next_on().to_owned())
    .execute()
    .await?;
    audit::hold_row(tx, &REQUEST, row.id.uuid()).await
}

/// Which requests a list shows, and behind which of them it goes on.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub done: bool,
    pub kind: String,
    /// The day of today, where only what is late is wanted; else empty.
    pub late_on: String,
    pub after: Option<After>,
}

/// The last row of a page: the list goes on behind it, whatever has come and gone in the meantime.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct After {
    /// The day that counts next, of an open one; the moment it was closed at, of one that is done.
    pub day: String,
    pub id: Uuid,
}

impl After {
    pub(super) fn of(row: &Row, done: bool) -> Self {
        let closed = || row.closed_at.unwrap_or(row.received_at).0.to_string();
        Self { day: if done { closed() } else { row.next_on().to_owned() }, id: row.id.uuid() }
    }

    pub(super) fn text(&self) -> String {
        format!("{}.{}", self.day, self.id.simple())
    }

    /// From an address. What is none begins at the beginning.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let (day, id) = text.split_once('.')?;
        Some(Self { day: day.to_owned(), id: id.parse().ok()? })
    }
}

/// The most urgent requests that are open, or the last that were closed.
pub(super) async fn list(db: &Db, org: OrgId, wanted: &Wanted, most: i64) -> Answer<Vec<Row>> {
    let asked = if wanted.done {
        let (at, id) = match &wanted.after {
            Some(after) => (after.day.parse().unwrap_or(i64::MAX), after.id),
            None => (i64::MAX, Uuid::max()),
        };
        db.tenant(
            org.uuid(),
            sql!(concat!(
                columns!(),
                "where r.org_id = $1 and r.closed_at is not null and ($2 = '' or r.kind = $2)
                   and r.closed_at <= $3 and (r.closed_at < $3 or r.id < $4)
                 order by r.closed_at desc, r.id desc
                 limit $5"
            )),
        )
        .bind(wanted.kind.clone())
        .bind(at)
        .bind(id)
    } else {
        let (day, id) = wanted.after.clone().map_or((String::new(), Uuid::nil()), |after| (after.day, after.id));
        db.tenant(
            org.uuid(),
            sql!(concat!(
                columns!(),
                "where r.org_id = $1 and r.closed_at is null and ($2 = '' or r.kind = $2)
                   and ($3 = '' or (r.next_on < $3 and r.paused_on is null))
                   and r.next_on >= $4 and (r.next_on > $4 or r.id > $5)
                 order by r.next_on, r.id
                 limit $6"
            )),
        )
        .bind(wanted.kind.clone())
        .bind(wanted.late_on.clone())
        .bind(day)
        .bind(id)
    };
    Ok(asked.bind(most).all().await?)
}

/// How many there are on all pages together.
pub(super) async fn many(db: &Db, org: OrgId, wanted: &Wanted) -> Answer<i64> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select count(*) from rights_requests r
                 where r.org_id = $1 and (case when r.closed_at is null then 0 else 1 end) = $2 and ($3 = '' or r.kind = $3)
                   and ($4 = '' or (r.next_on < $4 and r.paused_on is null))"
            ),
        )
        .bind(i64::from(wanted.done))
        .bind(wanted.kind.clone())
        .bind(wanted.late_on.clone())
        .scalar()
        .await?)
}

/// How many requests are open, how many of them are past their day, how many of these were to be passed on, and how many
/// are done.
pub(super) async fn counts(db: &Db, org: OrgId, today: &str) -> Answer<(i64, i64, i64, i64)> {
    Ok(db
        .tenant(
            org.uuid(),
            sql!(
                "select
                   cast(coalesce(sum(case when closed_at is null then 1 else 0 end), 0) as bigint),
                   cast(coalesce(sum(case when closed_at is null and next_on < $2 and paused_on is null then 1 else 0 end), 0) as bigint),
                   cast(coalesce(sum(case when closed_at is null and forward_by < $2 then 1 else 0 end), 0) as bigint),
                   cast(coalesce(sum(case when closed_at is null then 0 else 1 end), 0) as bigint)
                 from rights_requests
                 where org_id = $1"
            ),
        )
        .bind(today.to_owned())
        .one()
        .await?)
}

/// Another request, by what people call it and who refused it first.
#[derive(FromRow)]
pub(super) struct Other {
    pub id: RequestId,
    pub reference: String,
    pub decided_by: Option<UserId>,
    pub decider: Option<String>,
}

/// The columns of [`Other`] and where they come from.
macro_rules! other {
    () => {
        "select r.id, r.reference, r.decided_by, u.name as decider
         from rights_requests r
         left join users u on u.id = r.decided_by
         "
    };
}

/// The refused request that an appeal is about.
pub(super) async fn appealed(db: &Db, org: OrgId, id: RequestId) -> Answer<Option<Other>> {
    Ok(db.tenant(org.uuid(), sql!(concat!(other!(), "where r.org_id = $1 and r.id = $2"))).bind(id).optional().await?)
}

/// The appeal against a request, if there is one.
pub(super) async fn appeal_against(db: &Db, org: OrgId, id: RequestId) -> Answer<Option<Other>> {
    Ok(db.tenant(org.uuid(), sql!(concat!(other!(), "where r.org_id = $1 and r.appeal_of = $2"))).bind(id).optional().await?)
}

/// Whether there is an appeal against a request already.
pub(super) async fn is_appealed(tx: &mut Tx, id: RequestId) -> Answer<bool> {
    let found: i64 = tx.query(sql!("select count(*) from rights_requests where org_id = $1 and appeal_of = $2")).bind(id).scalar().await?;
    Ok(found > 0)
}

/// Who refused a request.
pub(super) async fn decider(tx: &mut Tx, id: RequestId) -> Answer<Option<UserId>> {
    let found: Option<Option<UserId>> =
        tx.query(sql!("select decided_by from rights_requests where org_id = $1 and id = $2")).bind(id).optional_scalar().await?;
    Ok(found.flatten())
}

/// Whether the requester was told something already.
pub(super) async fn is_told(tx: &mut Tx, id: RequestId) -> Answer<bool> {
    let told = tx.query(sql!("select count(*) from rights_messages where org_id = $1 and request_id = $2 and kind = 'notice'"));
    Ok(told.bind(id).scalar::<i64>().await? > 0)
}

/// What became of a request: when, and in numbers.
pub(super) async fn outcome(db: &Db, org: OrgId, id: RequestId) -> Answer<Option<(Instant, String)>> {
    let found = db.tenant(org.uuid(), sql!("select at, certificate from rights_outcomes where org_id = $1 and request_id = $2"));
    Ok(found.bind(id).optional().await?)
}

/// The operator's requests for the erasure of an account that were granted.
pub(super) async fn granted_erasures(tx: &mut Tx, user: UserId) -> Answer<Vec<(RequestId, String)>> {
    Ok(tx
        .query(sql!(
            "select id, reference from rights_requests
             where org_id = $1 and user_id = $2 and kind = 'erasure' and state in ('fulfilling', 'quality_check', 'delivered', 'closed')
             order by received_at, id"
        ))
        .bind(user)
        .all()
        .await?)
}

pub(super) async fn keep_outcome(tx: &mut Tx, id: RequestId, at: Instant, certificate: String) -> Answer<()> {
    tx.query(sql!(
        "insert into rights_outcomes (org_id, request_id, at, certificate) values ($1, $2, $3, $4)
         on conflict (org_id, request_id) do nothing"
    ))
    .bind(id)
    .bind(at)
    .bind(certificate)
    .execute()
    .await?;
    Ok(())
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

/// An organisation is erased: the operator's requests that were passed on to it stay, without saying to whom.
///
/// # Errors
/// When the database is away.
pub async fn forget_addressee(tx: &mut Tx, org: OrgId) -> Answer<()> {
    tx.confine(Uuid::nil()).await?;
    tx.query(sql!("update rights_requests set forwarded_to = null where org_id = $1 and forwarded_to = $2")).bind(org).execute().await?;
    Ok(())
}

/// The request has gone on without another state: whoever saw it before has not seen this.
pub(super) async fn go_on(tx: &mut Tx, id: RequestId) -> Answer<()> {
    tx.query(sql!("update rights_requests set version = version + 1 where org_id = $1 and id = $2")).bind(id).execute().await?;
    Ok(())
}
