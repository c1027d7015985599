//! Restriction of an account: its data is kept and its person can read it, and otherwise it is left alone.
//!
//! It begins when the operator grants the request for it. Its person ends it at any time; the operator can end it after
//! telling the person why, and not before a week has passed. What it changes stands in [`EFFECTS`] and nowhere else:
//! whoever builds something new that uses accounts asks [`crate::accounts::Session::restricted_at`] or leaves out rows of
//! `users` with `restricted_at`.

use leptos_axum::redirect;
use uuid::Uuid;

use crate::{
    accounts::{self, Person, Session},
    audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::{
        db::{Db, Tx, global_sql},
        jobs::{self, Failure, Leased},
        mail::{self, Mail},
        state::State,
        time::Zone,
        visit::visit,
    },
};

/// The name of the job that ends a restriction whose end was announced.
pub const END_JOB: &str = "restriction-end";
/// How long before its end a person is told.
pub const NOTICE_DAYS: i64 = 7;

/// What holds while an account is restricted, for its person and for the letter.
pub const EFFECTS: [&str; 4] = [
    "Your data is kept, and you can sign in, read it, correct it, download it and delete it.",
    "Nothing that you do is counted for analytics, whatever your choice about cookies says.",
    "You get only messages that are necessary: about your sign-in, your requests, and changes of the privacy policy that matter. Messages about work go to somebody else where there is somebody else.",
    "Other members are not offered your name when they assign new work or choose who sees a case. What you work on already stays with you, under your name.",
];

/// A restriction as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, sqlx::FromRow)]
pub struct Restriction {
    /// Since when.
    pub restricted_at: Option<Instant>,
    /// When it ends, where that was announced.
    pub restriction_ends_at: Option<Instant>,
}

/// How an account stands.
///
/// # Errors
/// When the database is away.
pub async fn restriction_of(db: &Db, user: Id<kinds::User>) -> Answer<Restriction> {
    let found = db.global(global_sql!("select restricted_at, restriction_ends_at from users where id = $1"));
    Ok(found.bind(user).one().await?)
}

/// Restricts an account; answers since when. Asked twice, the first time counts, and an end that was announced does not
/// come.
///
/// # Errors
/// When the database is away.
pub async fn restrict(state: &State, tx: &mut Tx, user: Id<kinds::User>, request: &str) -> Answer<Instant> {
    let now = state.clock.now();
    let since: Instant = tx
        .global(global_sql!(
            "update users set restricted_at = coalesce(restricted_at, $2), restriction_ends_at = null where id = $1
             returning restricted_at"
        ))
        .bind(user)
        .bind(now)
        .scalar()
        .await?;
    accounts::hold_account(tx, user).await?;
    note(state, tx, (user, None), "account.restricted", request).await?;
    Ok(since)
}

/// The operator ends a restriction: its person is told why, a week ahead. Answers when it ends.
///
/// # Errors
/// [`Fault::Invalid`] where the account is not restricted or the end is announced already; and when the database is away.
pub async fn announce_end(state: &State, tx: &mut Tx, user: Id<kinds::User>, by: Id<kinds::User>, request: &str) -> Answer<Instant> {
    let ends = state.clock.now().plus_seconds(NOTICE_DAYS * 86_400);
    let changed = tx
        .global(global_sql!(
            "update users set restriction_ends_at = $2 where id = $1 and restricted_at is not null and restriction_ends_at is null"
        ))
        .bind(user)
        .bind(ends)
        .execute()
        .await?;
    if changed == 0 {
        return Err(Fault::field("act", "The account is not restricted, or its end is announced already."));
    }
    accounts::hold_account(tx, user).await?;
    jobs::enqueue_at(state, tx, END_JOB, None, &user.to_string(), ends.plus_seconds(1)).await?;
    note(state, tx, (user, Some(by)), "account.restriction_end_announced", request).await?;
    Ok(ends)
}

/// Ends a restriction whose announced day has come.
pub async fn run_restriction_end(state: State, job: Leased) -> Result<(), Failure> {
    let user = job.payload.parse().map_err(|_| Failure::Final("the job names no account"))?;
    let mut tx = state.db.begin().await?;
    let ended = end(&mut tx, user, Some(state.clock.now())).await.map_err(Failure::from)?;
    if ended {
        note(&state, &mut tx, (user, None), "account.restriction_ended", "").await?;
    }
    Ok(tx.commit().await?)
}

/// Ends my restriction at once.
pub(super) async fn lift_mine() -> Answer<()> {
    let visit = visit()?;
    let me = Session::require()?;
    let state = &visit.state;
    let person = Person::of(&state.db, me.user_id).await?;
    let mut tx = me.begin(state).await?;
    if end(&mut tx, me.user_id, None).await? {
        audit::record_account(state, &mut tx, me.user_id, "account.restriction_lifted").await?;
        let body = format!(
            "You ended the restriction of your CaseTrakr account on {}. Your data is used again as the privacy policy says.\n\nIf it was not you, choose a new password at once and ask for the restriction again:\n\n{}",
            Zone::utc().show(state.clock.now()).day,
            mail::link(state, "/privacy/request?kind=restriction&concern=account")
        );
        mail::send(state, &mut tx, &Mail { to: person.email, subject: "Your account is no longer restricted".into(), body }).await?;
    }
    tx.commit().await?;
    redirect("/me/privacy?notice=saved#restriction");
    Ok(())
}

/// Ends a restriction, or only one that ends by that moment; answers whether there was one.
async fn end(tx: &mut Tx, user: Id<kinds::User>, by: Option<Instant>) -> Answer<bool> {
    let changed = tx
        .global(global_sql!(
            "update users set restricted_at = null, restriction_ends_at = null
             where id = $1 and restricted_at is not null and ($2 = 0 or restriction_ends_at <= $3)"
        ))
        .bind(user)
        .bind(i64::from(by.is_some()))
        .bind(by.unwrap_or(Instant(0)))
        .execute()
        .await?;
    if changed > 0 {
        accounts::hold_account(tx, user).await?;
    }
    Ok(changed > 0)
}

/// An event about the account in the operator's chain, by whoever did it.
async fn note(
    state: &State,
    tx: &mut Tx,
    (user, by): (Id<kinds::User>, Option<Id<kinds::User>>),
    action: &'static str,
    request: &str,
) -> Answer<()> {
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(state, tx).await?;
    let facts = serde_json::json!({ "request": request });
    let event = audit::Event { action, subject_kind: "user", subject: user.uuid(), facts, values: Vec::new() };
    audit::record_in(state, tx, by, event).await
}

/// The letter that answers a request which was granted.
pub fn letter(state: &State, since: Instant) -> String {
    let effects: Vec<String> = EFFECTS.iter().map(|effect| format!("- {effect}")).collect();
    format!(
        "The use of your account is restricted since {}.\n\n{}\n\nYou end it yourself at any time, on this page:\n\n{}\n\nIf we want to end it, you hear from us {NOTICE_DAYS} days before, with the reason.",
        Zone::utc().show(since).day,
        effects.join("\n"),
        mail::link(state, "/me/privacy#restriction"),
    )
}
