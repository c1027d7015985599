//! The filters of the list as a sentence of chips, each with the way to remove it.

use super::{
    api::Chip,
    filter::ListQuery,
    model::{Catalogue, Priority, StateKind},
};
use crate::ids::{Id, kinds};

/// Every filter that is set, in the order of the address. After the word "Cases" they read as one sentence.
pub fn of(query: &ListQuery, catalogue: &Catalogue, me: Id<kinds::User>) -> Vec<Chip> {
    let mut before = String::new();
    let mut chip = |(name, raw): (String, String)| {
        let (label, value) = words(&name, &raw, catalogue, me)?;
        let all_of = name == "tag" || name.starts_with("f.");
        let label = match (name == before, all_of) {
            (false, _) => label,
            (true, true) => "and".to_owned(),
            (true, false) => "or".to_owned(),
        };
        let without = query.without(&name, &raw).href();
        before = name;
        Some(Chip { label, value, without })
    };
    query.pairs().into_iter().filter_map(&mut chip).collect()
}

fn words(name: &str, raw: &str, catalogue: &Catalogue, me: Id<kinds::User>) -> Option<(String, String)> {
    let (label, value) = match name {
        "q" => ("with the words", format!("\u{201c}{raw}\u{201d}")),
        "kind" => ("that are", StateKind::parse(raw).map_or_else(|| raw.to_owned(), |k| k.label().to_lowercase())),
        "state" => ("in the state", raw.to_owned()),
        "type" => (
            "of type",
            catalogue.types.iter().find(|t| t.id.to_string() == raw).map_or_else(|| "a type that is gone".into(), |t| t.name.clone()),
        ),
        "assignee" => ("assigned to", assignee(raw, catalogue, me)),
        "channel" => ("that came by", raw.to_owned()),
        "priority" => ("of priority", Priority::parse(raw).map_or_else(|| raw.to_owned(), |p| p.label().to_lowercase())),
        "tag" => ("tagged", raw.to_owned()),
        "opened_from" => ("opened from", raw.to_owned()),
        "opened_to" => ("opened until", raw.to_owned()),
        "due_from" => ("due from", raw.to_owned()),
        "due_to" => ("due until", raw.to_owned()),
        "overdue" => ("that missed", "their deadline".to_owned()),
        other => {
            let key = other.strip_prefix("f.")?;
            let label = catalogue.types.iter().find_map(|t| t.field(key)).map_or(key, |f| f.label.as_str());
            return Some((format!("with {label}"), catalogue.member(raw).unwrap_or(raw).to_owned()));
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_read_as_a_sentence() {
        let query = ListQuery::parse("q=roof&kind=open&kind=waiting&assignee=me&tag=a&tag=b&sort=due");
        let all = of(&query, &Catalogue::default(), Id::nil());
        let sentence: Vec<String> = all.iter().map(|c| format!("{} {}", c.label, c.value)).collect();
        assert_eq!(sentence, ["with the words \u{201c}roof\u{201d}", "that are open", "or waiting", "assigned to me", "tagged a", "and b"]);
        assert_eq!(all[1].without, "/cases?q=roof&kind=waiting&assignee=me&tag=a&tag=b&sort=due");
    }
}
