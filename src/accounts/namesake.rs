//! Colleagues can be told apart by their names, since a timeline says who did what by name.
//!
//! Whoever chooses a name among colleagues, by changing theirs or by opening an account with an invitation, cannot choose
//! one that looks like a colleague's: real namesakes add what tells them apart. Whoever joins with the account that they
//! have keeps their name, which is the same in all of their organisations; their address stands beside it.

use std::collections::HashMap;

use unicode_normalization::UnicodeNormalization as _;

use crate::{
    fault::Answer,
    ids::{Id, kinds},
    names::skeleton,
    server::db::{Tx, global_sql},
};

/// The sentence for the field.
pub(super) const COMPLAINT: &str = "A colleague has this name. Add what tells you apart, such as a middle initial.";

/// Whether a colleague in any of a person's organisations has a name that looks the same.
pub(super) async fn among_colleagues(tx: &mut Tx, user: Id<kinds::User>, name: &str) -> Answer<bool> {
    let colleagues: Vec<String> = tx
        .global(global_sql!(
            "select distinct u.name
             from memberships mine
             join memberships m on m.org_id = mine.org_id and m.user_id <> mine.user_id and m.left_at is null
             join users u on u.id = m.user_id
             where mine.user_id = $1 and mine.left_at is null"
        ))
        .bind(user)
        .scalars()
        .await?;
    Ok(looks_like_one(name, &colleagues))
}

/// Whether a member of an organisation has such a name.
pub(super) async fn among_members(tx: &mut Tx, org: Id<kinds::Org>, name: &str) -> Answer<bool> {
    let members: Vec<String> = tx
        .global(global_sql!("select u.name from memberships m join users u on u.id = m.user_id where m.org_id = $1 and m.left_at is null"))
        .bind(org)
        .scalars()
        .await?;
    Ok(looks_like_one(name, &members))
}

fn looks_like_one(name: &str, others: &[String]) -> bool {
    let name = seen(name);
    others.iter().any(|other| seen(other) == name)
}

/// Names of members with their addresses, each as whoever chooses among them reads it: the address follows the name where
/// another looks the same.
pub fn told_apart<'a>(members: impl Iterator<Item = (&'a str, &'a str)> + Clone) -> Vec<String> {
    let mut counts: HashMap<String, usize> = HashMap::new();
    for (name, _) in members.clone() {
        *counts.entry(seen(name)).or_default() += 1;
    }
    members
        .map(
            |(name, email)| {
                if counts.get(&seen(name)).is_some_and(|many| *many > 1) { format!("{name} ({email})") } else { name.to_owned() }
            },
        )
        .collect()
}

/// What somebody sees of a name.
fn seen(name: &str) -> String {
    skeleton(&name.nfkc().collect::<String>())
}
