//! Deleting one's account: asked for with the password, carried out after thirty days, taken back with one click.

use leptos_axum::redirect;

use super::erasure::owns_nothing_alone;
use crate::{
    accounts::{self, Person, Session},
    audit,
    clock::Instant,
    fault::Answer,
    ids::{Id, kinds},
    privacy::retention,
    server::{
        db::{Db, Tx, global_sql},
        mail::{self, Mail},
        state::State,
        time::Zone,
        visit::visit,
    },
};

/// How long somebody may change their mind.
pub const GRACE_DAYS: i64 = 30;

pub(super) async fn delete_mine(password: &str) -> Answer<()> {
    let visit = visit()?;
    let me = accounts::confirm(password).await?;
    may_be_asked(&visit.state, me.user_id).await?;
    asked(&visit.state, me.begin(&visit.state).await?, me.user_id).await?;
    redirect("/me/privacy?notice=leaving");
    Ok(())
}

/// Has an account erased after thirty days, and tells its person by mail. Answers when. Asked twice, the first time
/// counts.
///
/// # Errors
/// [`Forbidden`](crate::fault::Fault::Forbidden) while a legal hold covers the account or an organisation would lose its only owner.
pub async fn ask_deletion(state: &State, user: Id<kinds::User>) -> Answer<Instant> {
    may_be_asked(state, user).await?;
    asked(state, state.db.begin().await?, user).await
}

async fn may_be_asked(state: &State, user: Id<kinds::User>) -> Answer<()> {
    if let Some(hold) = retention::held_account(state, user).await? {
        return Err(hold);
    }
    owns_nothing_alone(state, user).await
}

async fn asked(state: &State, mut tx: Tx, user: Id<kinds::User>) -> Answer<Instant> {
    let person = Person::of(&state.db, user).await?;
    let now = state.clock.now();
    let after = now.plus_seconds(GRACE_DAYS * 86_400);
    let made = tx
        .global(global_sql!(
            "insert into account_deletions (user_id, asked_at, erase_after, certificate) values ($1, $2, $3, '{}')
             on conflict (user_id) do nothing"
        ))
        .bind(user)
        .bind(now)
        .bind(after)
        .execute()
        .await?;
    if made == 0 {
        let when = tx.global(global_sql!("select erase_after from account_deletions where user_id = $1"));
        return Ok(when.bind(user).scalar().await?);
    }
    let body = format!(
        "You asked for your CaseTrakr account to be deleted. It is erased on {}. Until then, sign in and choose \u{201c}Keep my account\u{201d} to change your mind:\n\n{}\n\nIf it was not you, do so at once and choose a new password.",
        Zone::utc().show(after).day,
        mail::link(state, "/me/privacy")
    );
    mail::send(state, &mut tx, &Mail { to: person.email, subject: "Your CaseTrakr account will be deleted".into(), body }).await?;
    audit::record_account(state, &mut tx, user, "account.deletion_asked").await?;
    tx.commit().await?;
    Ok(after)
}

/// When an account is erased, where its person asked for that.
///
/// # Errors
/// When the database is away.
pub async fn deletion_of(db: &Db, user: Id<kinds::User>) -> Answer<Option<Instant>> {
    let found = db.global(global_sql!("select erase_after from account_deletions where user_id = $1 and erased_at is null"));
    Ok(found.bind(user).optional_scalar().await?)
}

pub(super) async fn keep_mine() -> Answer<()> {
    let visit = visit()?;
    let me = Session::require()?;
    let mut tx = me.begin(&visit.state).await?;
    let kept =
        tx.global(global_sql!("delete from account_deletions where user_id = $1 and erased_at is null")).bind(me.user_id).execute().await?;
    if kept > 0 {
        audit::record_account(&visit.state, &mut tx, me.user_id, "account.deletion_taken_back").await?;
    }
    tx.commit().await?;
    redirect("/me/privacy?notice=account-kept");
    Ok(())
}
