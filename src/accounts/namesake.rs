//! Colleagues can be told apart by their names, since a timeline says who did what by name.
//!
//! Whoever chooses a name among colleagues, by changing theirs or by opening an account with an invitation, cannot choose
//! one that looks like a colleague's: real namesakes add what tells them apart. Whoever joins with the account that they
//! have keeps their name, which is the same in all of their organisations; the list of members shows the address beside it.

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
    let seen = |name: &str| skeleton(&name.nfkc().collect::<String>());
    let name = seen(name);
    others.iter().any(|other| seen(other) == name)
}
