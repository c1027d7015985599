//! The filters of the list as a sentence of chips, each with the way to remove it.

use serde::{Deserialize, Serialize};

use super::{
    filter::ListQuery,
    model::{Catalogue, Priority, StateKind},
};
use crate::ids::{Id, kinds};

/// A filter in words.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chip {
    /// What it filters.
    pub label: String,
    /// The value.
    pub value: String,
    /// The list without it.
    pub without: String,
}

/// Every filter that is set, in the order of the address.
pub fn of(query: &ListQuery, catalogue: &Catalogue, me: Id<kinds::User>) -> Vec<Chip> {
    query
        .pairs()
        .into_iter()
        .filter_map(|(name, raw)| {
            let (label, value) = words(&name, &raw, catalogue, me)?;
            Some(Chip { label, value, without: query.without(&name, &raw).href() })
        })
        .collect()
}

fn words(name: &str, raw: &str, catalogue: &Catalogue, me: Id<kinds::User>) -> Option<(String, String)> {
    let (label, value) = match name {
        "q" => ("Words", format!("\u{201c}{raw}\u{201d}")),
        "kind" => ("Cases that are", StateKind::parse(raw).map_or_else(|| raw.to_owned(), |k| k.label().to_lowercase())),
        "state" => ("State", raw.to_owned()),
        "type" => ("Type", catalogue.types.iter().find(|t| t.id.to_string() == raw).map_or_else(|| "a type that is gone".into(), |t| t.name.clone())),
        "assignee" => ("Assigned to", assignee(raw, catalogue, me)),
        "channel" => ("Came by", raw.to_owned()),
        "priority" => ("Priority", Priority::parse(raw).map_or_else(|| raw.to_owned(), |p| p.label().to_lowercase())),
        "tag" => ("Tagged", raw.to_owned()),
        "opened_from" => ("Opened from", raw.to_owned()),
        "opened_to" => ("Opened until", raw.to_owned()),
        "due_from" => ("Due from", raw.to_owned()),
        "due_to" => ("Due until", raw.to_owned()),
        "overdue" => ("Deadline", "missed".to_owned()),
        other => {
            let key = other.strip_prefix("f.")?;
            let label = catalogue.types.iter().find_map(|t| t.field(key)).map_or(key, |f| f.label.as_str());
            return Some((label.to_owned(), catalogue.member(raw).unwrap_or(raw).to_owned()));
        }
    };
    Some((label.to_owned(), value))
}

fn assignee(raw: &str, catalogue: &Catalogue, me: Id<kinds::User>) -> String {
    match raw {
        "me" => "me".into(),
        "none" => "nobody".into(),
        id if id == me.to_string() => "me".into(),
        id => id.strip_prefix("label:").or_else(|| catalogue.member(id)).unwrap_or("a former member").to_owned(),
    }
}
