//! What is read of cases. The catalogue is kept between requests; a page is one or two statements for its subject.

mod case;
mod catalogue;
mod home;
mod list;

pub(super) use case::case;
pub use catalogue::catalogue;
pub(super) use home::home;
pub(super) use list::{Extent, Way, as_liked, list, rows};

use sqlx::FromRow;

use super::model::Catalogue;
use crate::{
    accounts::{Names, Scope},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

/// What every action on a case begins with: the case, if it exists and the actor may see it.
#[derive(Clone, Debug, FromRow)]
pub struct Seen {
    /// Its id.
    pub id: Id<kinds::Case>,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: i64,
    /// Whether it is restricted.
    pub restricted: bool,
}

/// The case of that number, unless it is hidden from the actor: then it does not exist.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn visible_case(scope: &Scope, number: &str) -> Answer<Seen> {
    scope
        .query(sql!(
            "select c.id, c.number, c.version, c.restricted from cases c
             where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))"
        ))
        .bind(number.to_owned())
        .bind(scope.actor.user)
        .optional()
        .await?
        .ok_or(Fault::NotFound)
}

/// The names of the members of a catalogue, for texts that mention them.
pub(super) fn names(catalogue: &Catalogue) -> Names {
    Names::known(catalogue.members.iter().map(|member| (member.id.uuid(), member.name.clone())))
}

/// What the database gathered into one JSON text.
fn gathered<'a, T: serde::Deserialize<'a>>(json: &'a str) -> Answer<T> {
    serde_json::from_str(json).map_err(|_| Fault::Internal { reference: String::new() })
}

/// Who works on a case, by name; empty for nobody.
fn assignee_name(catalogue: &Catalogue, id: Option<Id<kinds::User>>, label: Option<&str>) -> String {
    match (id, label) {
        (Some(id), _) => catalogue.members.iter().find(|m| m.id == id).map_or_else(|| "A former member".into(), |m| m.name.clone()),
        (None, Some(label)) => label.to_owned(),
        (None, None) => String::new(),
    }
}
