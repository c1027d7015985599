//! For whom and for which organisation a page was made.
//!
//! A session acts in one organisation at a time, and changing it in one tab leaves the pages of the other tabs as they
//! are. Case numbers are alike everywhere, so a note that was written there would land on another organisation's case. So
//! every form says for whom and for which organisation it was made, and acts in no other.

use axum::http::HeaderMap;
use leptos::prelude::use_context;

use super::{scope::Actor, session::Session, store};
use crate::{
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::visit::Visit,
};

/// Where a program says it that sends no form.
pub const SHOWN_FOR_HEADER: &str = "x-shown-for";

/// A person, and the organisation in which they acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShownFor {
    /// The person.
    pub user: Id<kinds::User>,
    /// The organisation, if they belonged to any.
    pub org: Option<Id<kinds::Org>>,
}

impl ShownFor {
    /// What the pages of a session say.
    pub fn of(session: &Session) -> Self {
        Self { user: session.user_id, org: session.org_id }
    }

    /// As forms carry it.
    pub fn text(self) -> String {
        format!("{}/{}", self.user, self.org.map(|org| org.to_string()).unwrap_or_default())
    }

    /// From a form.
    pub fn parse(text: &str) -> Option<Self> {
        let (user, org) = text.split_once('/')?;
        Some(Self { user: user.parse().ok()?, org: org.parse().ok() })
    }
}

/// What a request that changes something says of the page that it comes from. It is in the context of every such request,
/// and in none of a page that is only read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sent(pub Option<ShownFor>);

impl Sent {
    /// By the field of the form, or by the header of a program.
    pub fn of(headers: &HeaderMap, field: Option<&str>) -> Self {
        let header = || headers.get(SHOWN_FOR_HEADER).and_then(|value| value.to_str().ok());
        Self(field.or_else(header).and_then(ShownFor::parse))
    }

    /// That of the request in hand is for this actor, if it changes anything.
    pub(super) fn check(actor: &Actor) -> Answer<()> {
        use_context::<Self>().map_or(Ok(()), |sent| sent.is_for(actor))
    }

    /// Whether it is for this actor, where they act now.
    ///
    /// # Errors
    /// [`Fault::SomebodyElse`] and [`Fault::Elsewhere`], which does not name the organisation yet.
    pub fn is_for(self, actor: &Actor) -> Answer<()> {
        match self.0 {
            Some(shown) if shown.user != actor.user => Err(Fault::SomebodyElse),
            // The operator's own place is nobody's organisation, and is the same from everywhere.
            Some(shown) if shown.org == Some(actor.org) || actor.org == Id::nil() => Ok(()),
            Some(_) | None => Err(Fault::Elsewhere { organisation: String::new() }),
        }
    }
}

/// The same fault with the name of the organisation for which something was written.
///
/// # Errors
/// When the database is away.
pub async fn named_elsewhere(visit: &Visit, session: &Session, shown: ShownFor) -> Answer<Fault> {
    let mine = store::belongings(visit, session.user_id).await?;
    let named = mine.into_iter().find(|one| Some(one.org_id) == shown.org).map(|one| one.name);
    let organisation = named.unwrap_or_else(|| "an organisation to which you do not belong any more".to_owned());
    Ok(Fault::Elsewhere { organisation })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_form_carries_is_read_back() {
        for org in [None, Some(Id::fresh())] {
            let shown = ShownFor { user: Id::fresh(), org };
            assert_eq!(ShownFor::parse(&shown.text()), Some(shown));
        }
        assert_eq!((ShownFor::parse(""), ShownFor::parse("x/y")), (None, None));
    }
}
