//! Members in texts that the software writes and keeps: what is kept is their id, and whoever reads gets the name that
//! they have at that moment. So a name goes from every history at once when its account is erased, the histories still
//! read well, and nothing has to be rewritten: not a sealed value, and not a chain.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::Scope;
use crate::{
    fault::Answer,
    ids::{Id, kinds},
    server::{db::sql, http::escape},
};

const BEGIN: &str = "{member ";
const END: char = '}';
/// Who cannot be found: never a member of this organisation, or no longer in it at all.
const NOBODY: &str = "A former member";

/// How a member stands in a text that is kept.
pub fn mention(member: Id<kinds::User>) -> String {
    format!("{BEGIN}{member}{END}")
}

/// The names of mentioned members.
#[derive(Clone, Debug, Default)]
pub struct Names(BTreeMap<Uuid, String>);

impl Names {
    /// Names that are known already.
    pub fn known(names: impl IntoIterator<Item = (Uuid, String)>) -> Self {
        Self(names.into_iter().collect())
    }

    /// Looks up whoever is mentioned in these texts and not known yet: everybody who is or was a member.
    ///
    /// # Errors
    /// When the database is away.
    pub async fn of<'a>(mut self, scope: &Scope, mut texts: impl Iterator<Item = &'a str>) -> Answer<Self> {
        if texts.any(|text| mentioned(text).any(|id| !self.0.contains_key(&id))) {
            let everybody: Vec<(Uuid, String)> = scope
                .query(sql!("select u.id, u.name from memberships m join users u on u.id = m.user_id where m.org_id = $1"))
                .all()
                .await?;
            self.0.extend(everybody);
        }
        Ok(self)
    }

    /// The text with names in it.
    pub fn fill(&self, text: &str) -> String {
        self.put(text, str::to_owned)
    }

    /// The same in HTML.
    pub fn fill_html(&self, html: &str) -> String {
        self.put(html, |name| escape(name).into_owned())
    }

    fn put(&self, text: &str, written: impl Fn(&str) -> String) -> String {
        let (mut filled, mut rest) = (String::with_capacity(text.len()), text);
        while let Some((before, id, after)) = next(rest) {
            filled.push_str(before);
            filled.push_str(&written(self.0.get(&id).map_or(NOBODY, String::as_str)));
            rest = after;
        }
        filled.push_str(rest);
        filled
    }
}

/// What stands before the first mention, whom it mentions, and what stands behind it.
fn next(text: &str) -> Option<(&str, Uuid, &str)> {
    let mut from = 0;
    while let Some(at) = text.get(from..).and_then(|rest| rest.find(BEGIN)) {
        let begin = from + at;
        let (id, after) = text.get(begin + BEGIN.len()..)?.split_once(END)?;
        if let Ok(id) = id.parse() {
            return Some((text.get(..begin)?, id, after));
        }
        from = begin + BEGIN.len();
    }
    None
}

fn mentioned(text: &str) -> impl Iterator<Item = Uuid> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let (_, id, after) = next(rest)?;
        rest = after;
        Some(id)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mention_reads_as_the_name_of_the_moment() {
        let (ruth, sam, gone) = (Id::fresh(), Id::fresh(), Id::fresh());
        let names = Names::known([(ruth.uuid(), "Ruth <R>".to_owned()), (sam.uuid(), "Sam".to_owned())]);
        let text = format!("Assignee: {} \u{2192} {}, {}", mention(ruth), mention(sam), mention(gone));
        assert_eq!(names.fill(&text), "Assignee: Ruth <R> \u{2192} Sam, A former member");
        assert_eq!(names.fill_html(&text), "Assignee: Ruth &lt;R&gt; \u{2192} Sam, A former member");
        assert_eq!(mentioned(&text).collect::<Vec<_>>(), [ruth.uuid(), sam.uuid(), gone.uuid()]);
        // What only looks like one stays as it was written.
        for text in ["{member }", "{member x} {member", &format!("{{member {{member {}", ruth), "", "{member 1} é {member 2}"] {
            assert_eq!(names.fill(text), text);
        }
        assert_eq!(names.fill(&format!("{{member x {}", mention(sam))), "{member x Sam");
    }
}
