//! Another e-mail address: asked for with the password, and mine once the link that goes to the new address is opened.

use leptos_axum::redirect;
use uuid::Uuid;

use super::{
    held::hold_account,
    reauthentication, store,
    throttle::{self, Bucket, Letter},
};
use crate::{
    audit, email,
    fault::{Answer, Complaints, Fault},
    ids::{Id, kinds},
    privacy,
    server::{
        db::{Tx, global_sql},
        mail::{self, Mail},
        secret,
        state::State,
        visit::{Visit, visit},
    },
};

/// What the message with the link is about.
pub(super) const CONFIRM_SUBJECT: &str = "Confirm your new address for CaseTrakr";
/// What the message to the address before is about.
pub(super) const CHANGED_SUBJECT: &str = "Your CaseTrakr address was changed";
/// How long the link works.
const LINK_SECONDS: i64 = 86_400;

pub(super) async fn change_email(email: &str, password: &str) -> Answer<()> {
    let visit = visit()?;
    let me = reauthentication::confirm(password).await?;
    let mut complaints = Complaints::default();
    let email = complaints.take("email", email::parse(email));
    complaints.done()?;
    let email = email.unwrap_or_default();
    if email::fold(&email) == email::fold(&me.email) {
        return Err(Fault::field("email", "This is your address already."));
    }
    throttle::reserve(&visit, &[Bucket::new(&visit.state, &["change-email", &me.user_id.to_string()], 4)]).await?;
    // One answer for addresses with and without an account: only their owner learns which it is, by mail.
    let taken = store::account_by_email(&visit.db, &email).await?.is_some();
    let mut tx = me.begin(&visit.state).await?;
    if !throttle::may_write_to(&visit.state, &mut tx, &email::fold(&email), Letter::Other).await? {
        // The link that was sent last is the one that works. The page says the same, since others may have asked.
        tx.commit().await?;
        redirect("/me/privacy?notice=link-sent");
        return Ok(());
    }
    if taken {
        let body = "Somebody, perhaps you, wanted to use this address for another CaseTrakr account. It has an account already, so nothing was changed.";
        mail::send(&visit.state, &mut tx, &Mail { to: email, subject: CONFIRM_SUBJECT.into(), body: body.into() }).await?;
    } else {
        ask_change(&visit.state, &mut tx, me.user_id, &email).await?;
    }
    audit::record_account(&visit.state, &mut tx, me.user_id, "account.address_change_asked").await?;
    tx.commit().await?;
    redirect("/me/privacy?notice=link-sent");
    Ok(())
}

/// Stores that a person wants another address, and sends the link that makes it theirs.
///
/// # Errors
/// When the database is away.
pub async fn ask_change(state: &State, tx: &mut Tx, user: Id<kinds::User>, email: &str) -> Answer<()> {
    let (token, hash) = secret::token();
    store_change(state, tx, user, email, hash).await?;
    let body = format!(
        "Open this link to use this address for your CaseTrakr account. It works once, for 24 hours.\n\n{}\n\nIf you did not ask for it, ignore this message; nothing happens then.",
        mail::link(state, &format!("/verify-email/{token}"))
    );
    mail::send(state, tx, &Mail { to: email.to_owned(), subject: CONFIRM_SUBJECT.into(), body }).await?;
    claim_messages(tx, user).await
}

/// Takes over the notes of messages that went to addresses which a person wanted and has not: no account has those, so
/// nothing else says whose the notes are.
///
/// # Errors
/// When the database is away.
pub async fn claim_messages(tx: &mut Tx, user: Id<kinds::User>) -> Answer<()> {
    tx.global(global_sql!(
        "update mails set user_id = $1
         where user_id is null and subject in ($2, $3)
           and recipient_folded in (select c.email_folded from email_changes c where c.user_id = $1)"
    ))
    .bind(user)
    .bind(CONFIRM_SUBJECT.to_owned())
    .bind(CHANGED_SUBJECT.to_owned())
    .execute()
    .await?;
    Ok(())
}

async fn store_change(state: &State, tx: &mut Tx, user: Id<kinds::User>, email: &str, hash: Vec<u8>) -> Answer<()> {
    let now = state.clock.now();
    // The link that was sent last is the one that works.
    store::void_address_changes(tx, user, now).await?;
    tx.global(global_sql!(
        "insert into email_changes (token_hash, user_id, email, email_folded, created_at, expires_at) values ($1, $2, $3, $4, $5, $6)"
    ))
    .bind(hash)
    .bind(user)
    .bind(email.to_owned())
    .bind(email::fold(email))
    .bind(now)
    .bind(now.plus_seconds(LINK_SECONDS))
    .execute()
    .await?;
    Ok(())
}

/// Uses a link up and gives its person the new address; `None` when it was used, has expired or never was, or when
/// somebody else has the address by now.
pub(super) async fn confirm(visit: &Visit, tx: &mut Tx, token: &str) -> Answer<Option<Id<kinds::User>>> {
    let now = visit.state.clock.now();
    let used: Option<(Id<kinds::User>, String, String)> = tx
        .global(global_sql!(
            "update email_changes set used_at = $2
             where token_hash = $1 and used_at is null and expires_at > $2
             returning user_id, email, email_folded"
        ))
        .bind(secret::token_hash(token))
        .bind(now)
        .optional()
        .await?;
    let Some((user, email, folded)) = used else { return Ok(None) };
    let before = store::email_of(tx, user).await?;
    let changed = tx
        .global(global_sql!(
            "update users set email = $2, email_folded = $3, email_verified_at = $4, version = version + 1
             where id = $1 and not exists (select 1 from users other where other.email_folded = $3)"
        ))
        .bind(user)
        .bind(email.clone())
        .bind(folded)
        .bind(now)
        .execute()
        .await?;
    if changed == 0 {
        return Ok(None);
    }
    hold_account(tx, user).await?;
    // What went to the old address, or to one that was asked for before, must not open the account any more.
    store::void_links(tx, user, now).await?;
    let body = "The address of your CaseTrakr account was changed. From now on you sign in with the new one.\n\nIf it was not you, write to whoever runs this installation at once.";
    let told = Mail { to: before.clone(), subject: CHANGED_SUBJECT.into(), body: body.into() };
    mail::send(&visit.state, tx, &told).await?;
    // No account has that address any more: the note of the message is theirs who had it.
    tx.global(global_sql!("update mails set user_id = $1 where user_id is null and recipient_folded = $2 and subject = $3"))
        .bind(user)
        .bind(email::fold(&before))
        .bind(CHANGED_SUBJECT.to_owned())
        .execute()
        .await?;
    let outer = tx.org();
    privacy::requests::readdress(&visit.state, tx, user, &before, &email).await?;
    tx.confine(Uuid::nil()).await?;
    audit::start_chain(&visit.state, tx).await?;
    let values = vec![audit::Change { label: "E-mail address".into(), from: before, to: email }];
    let event = audit::Event {
        action: "account.address_changed",
        subject_kind: "user",
        subject: user.uuid(),
        facts: serde_json::json!({}),
        values,
    };
    audit::record_in(&visit.state, tx, Some(user), event).await?;
    if let Some(outer) = outer {
        tx.confine(outer).await?;
    }
    Ok(Some(user))
}
