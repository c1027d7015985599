//! Objecting to a purpose that rests on legitimate interest. An objection that can be honoured at once is; where there is
//! nothing to switch, the page says why, and a person decides.

use leptos_axum::redirect;

use crate::{
    accounts::Session,
    audit,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::registry::model::{Basis, Purpose},
    server::{
        db::{Tx, global_sql},
        state::State,
        visit::{self, visit},
    },
};

/// What an objection to a purpose does at once; `None` where nothing can be switched off.
pub(super) const fn effect(purpose: Purpose) -> Option<&'static str> {
    match purpose {
        Purpose::Security => Some(
            "The list of your sign-ins then holds only the network you came from and not the full address, and no browser. That also holds for the sign-ins noted so far.",
        ),
        Purpose::Operate
        | Purpose::Account
        | Purpose::Service
        | Purpose::Casework
        | Purpose::Evidence
        | Purpose::Preferences
        | Purpose::Analytics
        | Purpose::Duty => None,
    }
}

fn parse(key: &str) -> Answer<Purpose> {
    let known = Purpose::ALL.into_iter().find(|purpose| purpose.key() == key && purpose.basis() == Basis::LegitimateInterest);
    known.filter(|purpose| effect(*purpose).is_some()).ok_or_else(|| Fault::field("purpose", "Choose one of the purposes shown here."))
}

pub(super) async fn object(key: &str) -> Answer<()> {
    let visit = visit()?;
    let me = Session::require()?;
    let purpose = parse(key)?;
    let mut tx = me.begin(&visit.state).await?;
    switch_off(&visit.state, &mut tx, me.user_id, purpose).await?;
    tx.commit().await?;
    redirect("/me/privacy?notice=saved#purposes");
    Ok(())
}

/// The purposes that an objection switches off at once: key and name.
pub(in crate::privacy) fn can_be_switched_off() -> Vec<(String, String)> {
    let all = Purpose::ALL.into_iter().filter(|purpose| purpose.basis() == Basis::LegitimateInterest && effect(*purpose).is_some());
    all.map(|purpose| (purpose.key().to_owned(), purpose.label().to_owned())).collect()
}

/// The same for somebody who asked for it without signing in; answers what it does, in words.
pub(in crate::privacy) async fn object_for(state: &State, tx: &mut Tx, user: Id<kinds::User>, key: &str) -> Answer<String> {
    let purpose = parse(key)?;
    switch_off(state, tx, user, purpose).await?;
    Ok(format!("{}. {}", purpose.label(), effect(purpose).unwrap_or_default()))
}

async fn switch_off(state: &State, tx: &mut Tx, user: Id<kinds::User>, purpose: Purpose) -> Answer<()> {
    let made = tx
        .global(global_sql!(
            "insert into objections (user_id, purpose, objected_at) values ($1, $2, $3) on conflict (user_id, purpose) do nothing"
        ))
        .bind(user)
        .bind(purpose.key().to_owned())
        .bind(state.clock.now())
        .execute()
        .await?;
    if made > 0 {
        shorten(tx, user).await?;
        audit::record_account(state, tx, user, "account.objected").await?;
    }
    Ok(())
}

/// Makes the sign-ins noted so far as short as those to come.
async fn shorten(tx: &mut Tx, user: Id<kinds::User>) -> Answer<()> {
    let addresses: Vec<String> =
        tx.global(global_sql!("select distinct address from sessions where user_id = $1")).bind(user).scalars().await?;
    for address in addresses {
        let Ok(parsed) = address.parse() else { continue };
        tx.global(global_sql!("update sessions set address = $3 where user_id = $1 and address = $2"))
            .bind(user)
            .bind(address)
            .bind(visit::network(parsed))
            .execute()
            .await?;
    }
    tx.global(global_sql!("update sessions set user_agent = '' where user_id = $1")).bind(user).execute().await?;
    Ok(())
}

pub(super) async fn withdraw(key: &str) -> Answer<()> {
    let visit = visit()?;
    let me = Session::require()?;
    let purpose = parse(key)?;
    let mut tx = me.begin(&visit.state).await?;
    let gone = tx
        .global(global_sql!("delete from objections where user_id = $1 and purpose = $2"))
        .bind(me.user_id)
        .bind(purpose.key().to_owned())
        .execute()
        .await?;
    if gone > 0 {
        audit::record_account(&visit.state, &mut tx, me.user_id, "account.objection_taken_back").await?;
    }
    tx.commit().await?;
    redirect("/me/privacy?notice=saved#purposes");
    Ok(())
}

/// The purposes to which a person objected.
///
/// # Errors
/// When the database is away.
pub(super) async fn of(tx: &mut Tx, user: Id<kinds::User>) -> Answer<Vec<String>> {
    Ok(tx.global(global_sql!("select purpose from objections where user_id = $1")).bind(user).scalars().await?)
}
