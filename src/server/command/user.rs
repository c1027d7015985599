//! `casetrakr user`: for the operator of an instance that sends no mail.

use super::{Options, UserAction, open};
use crate::{
    accounts,
    ids::{Id, kinds},
    server::state::State,
};

pub(super) async fn user(options: &Options, action: &UserAction) -> Result<(), String> {
    let state = open::open(options).await?;
    match action {
        UserAction::List => {
            for line in accounts::operator::list(&state).await.map_err(|fault| fault.sentence())? {
                super::print(&line);
            }
        }
        UserAction::Link { email, reset } => {
            let link = accounts::operator::link(&state, email, *reset).await.map_err(|fault| fault.sentence())?;
            super::print(&link.ok_or_else(|| format!("{email}: no account has this address"))?);
        }
        UserAction::Operator { email: None, .. } => {
            for line in accounts::operator::operators(&state).await.map_err(|fault| fault.sentence())? {
                super::print(&line);
            }
        }
        UserAction::Operator { email: Some(email), remove, .. } => {
            let found = accounts::operator::set_operator(&state, email, !remove).await.map_err(|fault| fault.sentence())?;
            if !found {
                return Err(format!("{email}: no account has this address"));
            }
            super::print(&format!("{email} {}", if *remove { "is no operator any more" } else { "is an operator" }));
        }
    }
    state.db.close().await;
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
