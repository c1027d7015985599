//! Addresses from before they were parsed as they are today: a character that shows nothing keeps its person out, since they
//! cannot type it. Each start brings them into today's form; what two accounts would share, only a person can decide.

use super::held::hold_account;
use crate::{
    audit, email,
    fault::Answer,
    ids::{Id, kinds},
    server::{db::global_sql, state::State},
};

#[derive(sqlx::FromRow)]
struct Stored {
    id: Id<kinds::User>,
    email: String,
    email_folded: String,
}

/// Mends what can be mended; answers the addresses that cannot.
///
/// # Errors
/// When the database is away.
pub async fn mend_addresses(state: &State) -> Answer<Vec<String>> {
    // Plain letters have been compared in the same way at all times.
    let odd: Vec<Stored> = state
        .db
        .global(global_sql!(
            "select id, email, email_folded from users
             where octet_length(email_folded) <> length(email_folded) or email_folded like '%.'
             order by created_at, id"
        ))
        .all()
        .await?;
    let mut left = Vec::new();
    for one in odd.into_iter().filter(|one| email::fold(&one.email) != one.email_folded) {
        let address = one.email.clone();
        if !mend(state, one).await? {
            left.push(address);
        }
    }
    Ok(left)
}

async fn mend(state: &State, one: Stored) -> Answer<bool> {
    let Ok(address) = email::parse(&one.email) else { return Ok(false) };
    let mut tx = state.db.begin().await?;
    let mended = tx
        .global(global_sql!(
            "update users set email = $2, email_folded = $3, version = version + 1
             where id = $1 and not exists (select 1 from users other where other.email_folded = $3)"
        ))
        .bind(one.id)
        .bind(address.clone())
        .bind(email::fold(&address))
        .execute()
        .await?;
    if mended == 0 {
        return Ok(false);
    }
    hold_account(&mut tx, one.id).await?;
    audit::record_operator(state, &mut tx, "account.address_mended", ("user", one.id.uuid()), serde_json::json!({})).await?;
    tx.commit().await?;
    Ok(true)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::Role,
        server::testing::{TestApp, on_either_engine},
    };

    /// Stores an address as it was stored before it was parsed.
    async fn stored(app: &TestApp, user: Id<kinds::User>, address: &str) {
        let update = global_sql!("update users set email = $2, email_folded = lower($2) where id = $1");
        let mut tx = app.state.db.begin().await.unwrap();
        tx.global(update).bind(user).bind(address.to_owned()).execute().await.unwrap();
        hold_account(&mut tx, user).await.unwrap();
        audit::record_account(&app.state, &mut tx, user, "account.address_changed").await.unwrap();
        tx.commit().await.unwrap();
    }

    on_either_engine! {
        async fn an_address_with_an_invisible_character_is_mended_and_its_person_signs_in(app) {
            let org = app.organisation("alpha").await;
            stored(&app, org.user(Role::Admin), "ann\u{200b}@x.example").await;
            stored(&app, org.user(Role::Supervisor), "jürgen@x.example").await;
            // Two accounts that look the same: the second cannot have the address of the first.
            stored(&app, org.user(Role::Caseworker), "owner@alpha.example.").await;
            for _ in 0..2 {
                assert_eq!(mend_addresses(&app.state).await.unwrap(), ["owner@alpha.example."]);
            }
            app.browser().sign_in("ann@x.example").await;
            app.browser().sign_in("jürgen@x.example").await;
            app.browser().sign_in("owner@alpha.example").await;
            let report = crate::audit::verify::verify(&app.state).await.unwrap();
            assert!(report.breaks.is_empty(), "{:?}", report.breaks);
        }
    }
}
