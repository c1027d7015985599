//! Legal holds: what must not be erased for now, on whose word, and until when that is looked at again.
//!
//! A hold covers one account, one organisation, or one case. It stops erasure and the daily run for exactly that (see
//! `cover`), and never a request for access. What is around it goes; what it covers follows once it is released. Holds are
//! placed and released on the command line of the operator, each with an event in the operator's chain that names the hold
//! and nobody else. Whoever asks for it is an operator or an owner there, named by their account: so one person is not two.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    accounts,
    audit::{self, watched},
    clock::Instant,
    day::Day,
    email,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::mine,
    server::{
        db::{Tx, global_sql, sql},
        state::State,
        time::Zone,
    },
};

/// What a hold covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// An account.
    Account(Uuid),
    /// An organisation with everything in it.
    Organisation(Uuid),
    /// A case of an organisation.
    Case {
        /// The organisation.
        organisation: Uuid,
        /// The case.
        case: Uuid,
    },
}

impl Scope {
    const fn key(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::Organisation(_) => "organisation",
            Self::Case { .. } => "case",
        }
    }

    const fn subject(self) -> Uuid {
        match self {
            Self::Account(id) | Self::Organisation(id) | Self::Case { case: id, .. } => id,
        }
    }

    const fn organisation(self) -> Option<Uuid> {
        match self {
            Self::Account(_) => None,
            Self::Organisation(id) | Self::Case { organisation: id, .. } => Some(id),
        }
    }
}

/// A hold to be placed.
#[derive(Clone, Debug)]
pub struct NewHold {
    /// What it covers.
    pub scope: Scope,
    /// Why.
    pub reason: String,
    /// On whose word: a court, a contract, a person in the office.
    pub authority: String,
    /// Who places it: an operator or an owner there, by the address of their account.
    pub by: String,
    /// The day on which it is looked at again, `YYYY-MM-DD`, within twelve months.
    pub review_on: String,
}

/// A hold in force.
#[derive(Clone, Debug, FromRow)]
pub struct Hold {
    /// Its id.
    pub id: Uuid,
    /// `account`, `organisation` or `case`.
    pub scope: String,
    /// Which.
    pub subject_id: Uuid,
    /// In which organisation, unless it is an account.
    pub organisation: Option<Uuid>,
    /// Why.
    pub reason: String,
    /// On whose word.
    pub authority: String,
    /// Who placed it, by their addresses.
    pub placed_by: String,
    /// When.
    pub placed_at: Instant,
    /// When it is looked at again.
    pub review_on: String,
    /// Until when a second person has to ask for it too; else it ends then.
    pub confirm_by: Option<Instant>,
}

/// What became of the wish to place a hold. In both cases it is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placed {
    /// It stays until it is released.
    Now(Uuid),
    /// One person has asked for it, and a second one has to within [`SECOND_DAYS`]; else it ends by itself.
    NeedsSecond(Uuid),
}

impl Placed {
    /// The hold.
    pub const fn id(self) -> Uuid {
        match self {
            Self::Now(id) | Self::NeedsSecond(id) => id,
        }
    }
}

watched!(
    HOLD = "legal hold" of "hold":
        select "id", "scope, subject_id, organisation, reason, authority, placed_by, placed_at, review_on, confirm_by"
        from "legal_holds where released_at is null", gone is harmless: false
);

/// For how many days a hold is in force that one person has asked for where two have to.
pub const SECOND_DAYS: i64 = 7;

/// Places a hold. Where more than one operator is named, two different people have to ask for it. It is in force from
/// the first on, since what it is to keep could be lost meanwhile; without the second it ends after seven days.
///
/// # Errors
/// [`Fault::Invalid`] when a word is missing, the review is more than twelve months away, or whoever places it is unknown.
pub async fn place(state: &State, new: NewHold) -> Answer<Placed> {
    check(state, &new)?;
    let (id, now) = (Uuid::now_v7(), state.clock.now());
    let mut tx = state.db.begin().await?;
    keep_still(&mut tx).await?;
    if !is_there(&mut tx, new.scope).await? {
        return Err(Fault::NotFound);
    }
    let by = hand(&mut tx, &new.by, new.scope.organisation(), new.scope.subject()).await?;
    let asked: Option<(Uuid, String)> = tx
        .global(global_sql!(
            "select id, placed_by from legal_holds
             where released_at is null and confirm_by is not null and scope = $1 and subject_id = $2 order by placed_at, id limit 1"
        ))
        .bind(new.scope.key().to_owned())
        .bind(new.scope.subject())
        .optional()
        .await?;
    if let Some((id, first)) = asked {
        return second(state, tx, (id, &first), new.scope, &by).await;
    }
    let confirm_by = (several_operators(&mut tx).await?).then(|| now.plus_seconds(SECOND_DAYS * 86_400));
    tx.global(global_sql!(
        "insert into legal_holds (id, scope, subject_id, organisation, reason, authority, placed_by, placed_at, review_on, confirm_by)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
    ))
    .bind(id)
    .bind(new.scope.key().to_owned())
    .bind(new.scope.subject())
    .bind(new.scope.organisation())
    .bind(new.reason)
    .bind(new.authority)
    .bind(by)
    .bind(now)
    .bind(new.review_on)
    .bind(confirm_by)
    .execute()
    .await?;
    record(state, &mut tx, if confirm_by.is_some() { "hold.asked" } else { "hold.placed" }, id, new.scope.key()).await?;
    tx.commit().await?;
    Ok(if confirm_by.is_some() { Placed::NeedsSecond(id) } else { Placed::Now(id) })
}

/// Until the transaction ends nobody else places or ends a hold, or erases what one could cover: what is looked up behind
/// this stays so. The row of the operator's place is the lock.
///
/// # Errors
/// When the database is away.
pub async fn keep_still(tx: &mut Tx) -> Answer<()> {
    // Erasing a large organisation takes longer than others wait for a lock. In a SQLite file one writes at a time anyway.
    let patience = global_sql!(sqlite: "select ''", postgres: "select set_config('lock_timeout', '25s', true)");
    tx.global(patience).scalar::<String>().await?;
    tx.global(global_sql!("update organisations set version = version where id = $1")).bind(Uuid::nil()).execute().await?;
    Ok(())
}

/// Whether there is anything left to be held.
async fn is_there(tx: &mut Tx, scope: Scope) -> Answer<bool> {
    let found = match scope {
        Scope::Account(id) => tx
            // An erased one has an address that cannot be.
            .global(global_sql!("select cast(1 as bigint) from users where id = $1 and email not like '%@erased.invalid'"))
            .bind(id),
        Scope::Organisation(id) => tx.global(global_sql!("select cast(1 as bigint) from organisations where id = $1")).bind(id),
        Scope::Case { organisation, case } => {
            tx.confine(organisation).await?;
            tx.query(sql!("select cast(1 as bigint) from cases where org_id = $1 and id = $2")).bind(case)
        }
    };
    Ok(found.optional_scalar::<i64>().await?.is_some())
}

/// A hold that somebody asked for already: it is placed once that is somebody else.
async fn second(state: &State, mut tx: Tx, (id, first): (Uuid, &str), scope: Scope, by: &str) -> Answer<Placed> {
    if first == by {
        return Ok(Placed::NeedsSecond(id));
    }
    tx.global(global_sql!("update legal_holds set confirm_by = null, placed_by = $2 where id = $1"))
        .bind(id)
        .bind(format!("{first}, {by}"))
        .execute()
        .await?;
    record(state, &mut tx, "hold.placed", id, scope.key()).await?;
    tx.commit().await?;
    Ok(Placed::Now(id))
}

/// The account of whoever asks for something about a hold, as it is stored: an operator's, or an owner's of the
/// organisation that it is in or whose member it covers. Where no operator is named, owners do their work. It names nobody
/// once that account is erased.
async fn hand(tx: &mut Tx, address: &str, organisation: Option<Uuid>, subject: Uuid) -> Answer<String> {
    let found = tx.global(global_sql!(
        "select u.id from users u
         where u.email_folded = $1 and (
           exists (select 1 from operators p where p.user_id = u.id)
           or exists (
             select 1 from memberships m
             where m.user_id = u.id and m.role = 'owner' and m.left_at is null
               and (m.org_id = $2 or not exists (select 1 from operators) or exists (
                 select 1 from memberships covered where covered.org_id = m.org_id and covered.user_id = $3))))"
    ));
    let found: Option<Uuid> = found.bind(email::fold(address)).bind(organisation).bind(subject).optional_scalar().await?;
    found.map(|id| id.to_string()).ok_or_else(|| {
        let address = address.trim();
        Fault::field(
            "by",
            format!(
                "{address}: no operator, and no owner of that organisation, has an account with this address. Write yours behind --by."
            ),
        )
    })
}

/// Those who asked, by the addresses of their accounts. What was written before accounts were asked for stays as it is.
async fn addresses(tx: &mut Tx, by: &str) -> Answer<String> {
    let mut all = Vec::new();
    for one in by.split(", ") {
        let address: Option<String> = match one.parse::<Uuid>() {
            Ok(id) => tx.global(global_sql!("select email from users where id = $1")).bind(id).optional_scalar().await?,
            Err(_) => None,
        };
        all.push(address.unwrap_or_else(|| one.to_owned()));
    }
    Ok(all.join(", "))
}

async fn several_operators(tx: &mut Tx) -> Answer<bool> {
    Ok(tx.global(global_sql!("select count(*) from operators")).scalar::<i64>().await? > 1)
}

/// Ends the holds that no second person asked for in time; answers how many.
///
/// # Errors
/// When the database is away.
pub(super) async fn end_unconfirmed(state: &State) -> Answer<u64> {
    let now = state.clock.now();
    let mut tx = state.db.begin().await?;
    keep_still(&mut tx).await?;
    let late = global_sql!("select id, scope from legal_holds where released_at is null and confirm_by < $1 order by id");
    let late: Vec<(Uuid, String)> = tx.global(late).bind(now).all().await?;
    for (id, scope) in &late {
        tx.global(global_sql!("update legal_holds set released_at = $2, released_by = '', release_reason = $3 where id = $1"))
            .bind(*id)
            .bind(now)
            .bind("No second person asked for it in time.".to_owned())
            .execute()
            .await?;
        record(state, &mut tx, "hold.lapsed", *id, scope).await?;
    }
    tx.commit().await?;
    Ok(u64::try_from(late.len()).unwrap_or_default())
}

fn check(state: &State, new: &NewHold) -> Answer<()> {
    let mut complaints = crate::fault::Complaints::default();
    for (field, text) in [("reason", &new.reason), ("authority", &new.authority)] {
        if text.trim().is_empty() {
            complaints.add(field, format!("Say the {field} of the hold."));
        }
    }
    let today = Zone::utc().day(state.clock.now());
    let review: Option<Day> = new.review_on.parse().ok();
    if !review.is_some_and(|day| day > today && Some(day) <= today.plus_days(366)) {
        complaints.add("review_on", "The review must be on a day within the next twelve months, such as 2027-03-31.");
    }
    complaints.done()
}

/// What became of the wish to release a hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Released {
    /// It is released.
    Now,
    /// One person has asked for it, and a second one has to.
    NeedsSecond,
    /// There is no hold of this id in force.
    NotInForce,
}

/// Releases a hold. Where more than one operator is named, two different people have to ask for it: what is erased then
/// cannot be brought back.
///
/// # Errors
/// [`Fault::Invalid`] when whoever asks is unknown; and when the database is away.
pub async fn release(state: &State, id: Uuid, by: &str, reason: &str) -> Answer<Released> {
    let mut tx = state.db.begin().await?;
    keep_still(&mut tx).await?;
    let hold: Option<(String, Option<Uuid>, Uuid, Option<String>)> = tx
        .global(global_sql!("select scope, organisation, subject_id, released_by from legal_holds where id = $1 and released_at is null"))
        .bind(id)
        .optional()
        .await?;
    let Some((scope, organisation, subject, first)) = hold else { return Ok(Released::NotInForce) };
    let by = hand(&mut tx, by, organisation, subject).await?;
    let other = first.filter(|first| *first != by);
    let now = other.is_some() || !several_operators(&mut tx).await?;
    let by = other.map_or_else(|| by.clone(), |first| format!("{first}, {by}"));
    tx.global(global_sql!("update legal_holds set released_at = $2, released_by = $3, release_reason = $4 where id = $1"))
        .bind(id)
        .bind(now.then(|| state.clock.now()))
        .bind(by)
        .bind(reason.to_owned())
        .execute()
        .await?;
    record(state, &mut tx, if now { "hold.released" } else { "hold.release_asked" }, id, &scope).await?;
    tx.commit().await?;
    if now {
        mine::note_released(state, id);
    }
    Ok(if now { Released::Now } else { Released::NeedsSecond })
}

/// Takes the holds away that the self-test placed on an account of its own.
///
/// # Errors
/// When the database is away.
pub(in crate::privacy) async fn remove_holds(state: &State, tx: &mut Tx, account: Id<kinds::User>) -> Answer<()> {
    let gone = global_sql!("delete from legal_holds where subject_id = $1 returning id, scope");
    let gone: Vec<(Uuid, String)> = tx.global(gone).bind(account).all().await?;
    for (id, scope) in gone {
        record(state, tx, "hold.released", id, &scope).await?;
    }
    Ok(())
}

pub(super) async fn record(state: &State, tx: &mut Tx, action: &'static str, id: Uuid, scope: &str) -> Answer<()> {
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    audit::hold_row(tx, &HOLD, id).await?;
    let facts = serde_json::json!({ "scope": scope });
    audit::record_in(state, tx, None, audit::Event { action, subject_kind: "hold", subject: id, facts, values: Vec::new() }).await
}

/// Every hold in force, oldest first.
///
/// # Errors
/// When the database is away.
pub async fn in_force(state: &State) -> Answer<Vec<Hold>> {
    let mut tx = state.db.look().await?;
    let mut all: Vec<Hold> = tx
        .global(global_sql!(
            "select id, scope, subject_id, organisation, reason, authority, placed_by, placed_at, review_on, confirm_by
             from legal_holds where released_at is null order by placed_at, id"
        ))
        .all()
        .await?;
    for hold in &mut all {
        hold.placed_by = addresses(&mut tx, &hold.placed_by).await?;
    }
    Ok(all)
}

/// The holds in an organisation of which one of its members may know: whoever does not see a case does not learn of it
/// from why it is held.
///
/// # Errors
/// When the database is away.
pub(super) async fn known_to(scope: &accounts::Scope) -> Answer<Vec<Hold>> {
    let hidden: Vec<Uuid> = scope
        .query(sql!(
            "select c.id from cases c join legal_holds h on h.subject_id = c.id
             where c.org_id = $1 and h.released_at is null and c.restricted
               and not exists (select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $2)"
        ))
        .bind(scope.actor.user)
        .scalars()
        .await?;
    let all = in_force(&scope.state).await?.into_iter();
    Ok(all.filter(|hold| hold.organisation == Some(scope.actor.org.uuid()) && !hidden.contains(&hold.subject_id)).collect())
}

/// The refusal to erase an account, where a hold covers it.
///
/// # Errors
/// When the database is away.
pub async fn held_account(state: &State, user: Id<kinds::User>) -> Answer<Option<Fault>> {
    hold_on_account(&mut state.db.look().await?, user).await
}

/// The same within a transaction.
///
/// # Errors
/// When the database is away.
pub async fn hold_on_account(tx: &mut Tx, user: Id<kinds::User>) -> Answer<Option<Fault>> {
    let found = tx.global(global_sql!(
        "select review_on from legal_holds where released_at is null and scope = 'account' and subject_id = $1 limit 1"
    ));
    let review: Option<String> = found.bind(user).optional_scalar().await?;
    Ok(review.map(|day| {
        Fault::forbidden(format!("This account must be kept for now because of a legal claim. That is looked at again on {day}."))
    }))
}

/// The refusal to erase an organisation, where a hold covers it as a whole.
///
/// # Errors
/// When the database is away.
pub async fn held_organisation(state: &State, org: Id<kinds::Org>) -> Answer<Option<Fault>> {
    hold_on_organisation(&mut state.db.look().await?, org).await
}

/// The same within a transaction.
///
/// # Errors
/// When the database is away.
pub async fn hold_on_organisation(tx: &mut Tx, org: Id<kinds::Org>) -> Answer<Option<Fault>> {
    let found = tx.global(global_sql!(
        "select review_on from legal_holds where released_at is null and scope = 'organisation' and subject_id = $1
         order by review_on limit 1"
    ));
    let review: Option<String> = found.bind(org).optional_scalar().await?;
    Ok(review.map(|day| {
        Fault::forbidden(format!("This organisation must be kept for now because of a legal claim. That is looked at again on {day}."))
    }))
}

/// Organisations of a person in which a hold keeps rows that erasing the person would reach: the organisation is held, or
/// a case that names them among its viewers.
///
/// # Errors
/// When the database is away.
pub async fn held_around(tx: &mut Tx, user: Id<kinds::User>, organisations: &[(Uuid, String)]) -> Answer<Vec<Uuid>> {
    let mut held = Vec::new();
    for (org, _) in organisations {
        tx.confine(*org).await?;
        let holds: i64 = tx
            .query(sql!(
                "select count(*) from legal_holds h
                 where h.released_at is null and (
                   (h.scope = 'organisation' and h.subject_id = $1)
                   or (h.scope = 'case' and h.organisation = $1 and exists (
                     select 1 from case_viewers v where v.org_id = $1 and v.case_id = h.subject_id and v.user_id = $2)))"
            ))
            .bind(user)
            .scalar()
            .await?;
        if holds > 0 {
            held.push(*org);
        }
    }
    Ok(held)
}
