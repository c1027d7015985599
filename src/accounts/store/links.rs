//! Single-use links, kept as hashes.

use crate::{
    accounts::throttle::{Letter, may_write_to},
    clock::Instant,
    email,
    fault::Answer,
    server::{
        db::{Tx, global_sql},
        mail::{self, Mail},
        secret,
        state::State,
        visit::Visit,
    },
};

use super::UserId;

/// Makes a link for a person and sends it to their address, unless that has had as many messages as it may: then the link
/// that was sent last is the one that works.
pub(in crate::accounts) async fn send_link(visit: &Visit, tx: &mut Tx, account: (UserId, &str), link: Link) -> Answer<()> {
    if !may_write_to(&visit.state, tx, &email::fold(account.1), link.letter()).await? {
        return Ok(());
    }
    let (token, hash) = secret::token();
    store_token(&visit.state, tx, account.0, hash, link).await?;
    let address = mail::link(&visit.state, &format!("{}{token}", link.path()));
    mail::send(&visit.state, tx, &Mail { to: account.1.to_owned(), subject: link.subject().into(), body: link.body(&address) }).await
}

/// Stores the hash of a link's token.
pub(in crate::accounts) async fn store_token(state: &State, tx: &mut Tx, user: UserId, hash: Vec<u8>, link: Link) -> Answer<()> {
    let now = state.clock.now();
    tx.global(global_sql!("insert into tokens (token_hash, user_id, purpose, created_at, expires_at) values ($1, $2, $3, $4, $5)"))
        .bind(hash)
        .bind(user)
        .bind(link.purpose().to_owned())
        .bind(now)
        .bind(now.plus_seconds(link.seconds()))
        .execute()
        .await?;
    Ok(())
}

/// The kinds of single-use links.
#[derive(Clone, Copy)]
pub(in crate::accounts) enum Link {
    Verify,
    Reset,
}

impl Link {
    const fn purpose(self) -> &'static str {
        match self {
            Self::Verify => "verify_email",
            Self::Reset => "reset_password",
        }
    }
    pub(in crate::accounts) const fn path(self) -> &'static str {
        match self {
            Self::Verify => "/verify-email/",
            Self::Reset => "/reset/",
        }
    }
    const fn letter(self) -> Letter {
        match self {
            Self::Verify => Letter::Other,
            Self::Reset => Letter::Reset,
        }
    }
    const fn seconds(self) -> i64 {
        match self {
            Self::Verify => 86_400,
            Self::Reset => 3_600,
        }
    }
    const fn subject(self) -> &'static str {
        match self {
            Self::Verify => "Confirm your address for CaseTrakr",
            Self::Reset => "Choose a new password for CaseTrakr",
        }
    }
    fn body(self, link: &str) -> String {
        match self {
            Self::Verify => format!(
                "Open this link to confirm your address. It works once, for 24 hours.\n\n{link}\n\nIf you did not sign up, ignore this message; nothing happens then."
            ),
            Self::Reset => format!(
                "Open this link to choose a new password. It works once, for one hour.\n\n{link}\n\nIf you did not ask for it, ignore this message; your password stays."
            ),
        }
    }
}

/// Uses a link up; `None` when it was used, has expired or never was.
pub(in crate::accounts) async fn use_token(visit: &Visit, tx: &mut Tx, token: &str, link: Link) -> Answer<Option<UserId>> {
    let now = visit.state.clock.now();
    Ok(tx
        .global(global_sql!(
            "update tokens set used_at = $3
             where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3
             returning user_id"
        ))
        .bind(secret::token_hash(token))
        .bind(link.purpose().to_owned())
        .bind(now)
        .optional_scalar()
        .await?)
}

/// Whose link it is, without using it up; `None` when it was used, has expired or never was.
pub(in crate::accounts) async fn token_owner(visit: &Visit, token: &str, link: Link) -> Answer<Option<UserId>> {
    Ok(visit
        .db
        .global(global_sql!("select user_id from tokens where token_hash = $1 and purpose = $2 and used_at is null and expires_at > $3"))
        .bind(secret::token_hash(token))
        .bind(link.purpose().to_owned())
        .bind(visit.state.clock.now())
        .optional_scalar()
        .await?)
}

/// Makes every open link of a person void, also one to another address: whoever has one gets into the account.
pub(in crate::accounts) async fn void_links(tx: &mut Tx, user: UserId, now: Instant) -> Answer<()> {
    void_tokens(tx, user, Link::Verify, now).await?;
    void_tokens(tx, user, Link::Reset, now).await?;
    void_address_changes(tx, user, now).await
}

/// Makes every link void that would give a person another address: not confirmed, it has run out.
pub(in crate::accounts) async fn void_address_changes(tx: &mut Tx, user: UserId, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update email_changes set expires_at = $2 where user_id = $1 and used_at is null and expires_at > $2"))
        .bind(user)
        .bind(now)
        .execute()
        .await?;
    Ok(())
}

/// Makes every open link of a purpose void.
pub(in crate::accounts) async fn void_tokens(tx: &mut Tx, user: UserId, link: Link, now: Instant) -> Answer<()> {
    tx.global(global_sql!("update tokens set used_at = $3 where user_id = $1 and purpose = $2 and used_at is null"))
        .bind(user)
        .bind(link.purpose().to_owned())
        .bind(now)
        .execute()
        .await?;
    Ok(())
}
