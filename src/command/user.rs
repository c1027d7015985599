//! `casetrakr user`: for the operator of an instance that sends no mail.

use super::{
    arguments::{Options, UserAction},
    open,
    terminal::print,
};
use crate::{
    accounts::{self, Person},
    ids::{Id, kinds},
    privacy::mine,
    server::state::State,
};

pub(super) async fn user(options: &Options, action: &UserAction) -> Result<(), String> {
    let state = open::open(options).await?;
    let outcome = act(&state, action).await;
    open::close(&state).await;
    outcome
}

async fn act(state: &State, action: &UserAction) -> Result<(), String> {
    match action {
        UserAction::List => {
            for line in accounts::operator::list(state).await.map_err(|fault| fault.sentence())? {
                print(&line);
            }
        }
        UserAction::Addresses => {
            for address in accounts::mend_addresses(state).await.map_err(|fault| fault.sentence())? {
                print(&format!("{address:?}\tanother account has this address without the characters that do not show"));
            }
        }
        UserAction::Link { email, reset } => {
            let link = accounts::operator::link(state, email, *reset).await.map_err(|fault| fault.sentence())?;
            print(&link.ok_or_else(|| format!("{email}: no account has this address"))?);
        }
        UserAction::Setup => {
            let link = accounts::setup::link(state).await.map_err(|fault| fault.sentence())?;
            print(&link.ok_or("There are accounts here already. The operators are listed by casetrakr user operator.")?);
        }
        UserAction::Erase { email } => {
            let person = Person::by_address(&state.db, email).await.map_err(|fault| fault.sentence())?;
            let person = person.ok_or_else(|| format!("{email}: no account has this address"))?;
            let certificate = mine::erase(state, person.id).await.map_err(|fault| fault.sentence())?;
            print(&serde_json::to_string_pretty(&certificate).unwrap_or_default());
        }
        UserAction::Operator { email: None, .. } => {
            for line in accounts::operator::operators(state).await.map_err(|fault| fault.sentence())? {
                print(&line);
            }
        }
        UserAction::Operator { email: Some(email), remove, .. } => {
            let found = accounts::operator::set_operator(state, email, !remove).await.map_err(|fault| fault.sentence())?;
            if !found {
                return Err(format!("{email}: no account has this address"));
            }
            print(&format!("{email} {}", if *remove { "is no operator any more" } else { "is an operator" }));
        }
    }
    Ok(())
}

/// A member by address, and the organisation meant.
pub(super) async fn member(state: &State, email: &str, org: Option<&str>) -> Result<(Id<kinds::Org>, Id<kinds::User>), String> {
    let found = accounts::operator::memberships(state, email).await.map_err(|fault| fault.sentence())?;
    let mut fitting = found.into_iter().filter(|(_, _, name)| org.is_none_or(|org| org == name));
    match (fitting.next(), fitting.next()) {
        (Some((org, user, _)), None) => Ok((org, user)),
        (None, _) => Err(format!("{email}: is no member of {}", org.unwrap_or("any organisation"))),
        (Some(_), Some(_)) => Err(format!("{email}: belongs to several organisations; name one with --org")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::Role,
        server::{db::global_sql, testing::on_either_engine},
    };

    on_either_engine! {
        async fn pp_14_the_operator_erases_the_account_of_a_child_at_once(app) {
            let org = app.organisation("school").await;
            let mut child = org.signed_in(&app, Role::Caseworker).await;
            let erase = async |email: String| act(&app.state, &UserAction::Erase { email }).await;
            assert!(erase("nobody@school.example".into()).await.unwrap_err().contains("no account has this address"));
            assert!(erase(org.email(Role::Owner)).await.unwrap_err().contains("has no other owner"));
            assert_eq!(child.get("/me").await.status, 200);
            erase(org.email(Role::Caseworker)).await.unwrap();
            assert!(child.get("/me").await.location().starts_with("/login"), "the session is over");
            let left = app.state.db.global(global_sql!("select count(*) from users where email = $1"));
            assert_eq!(left.bind(org.email(Role::Caseworker)).scalar::<i64>().await.unwrap(), 0);
        }
    }
}
