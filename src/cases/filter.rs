//! What the list shows, as its address says it.
//!
//! The whole state of the list is in its query string, so an address can be kept, sent and gone back to. What is not
//! understood is left out rather than refused: an old link still opens.

use super::model::StateKind;
use crate::form::{decode, encode, pairs};

/// The columns that the list can show, in their order.
pub const COLUMNS: [(&str, &str); 10] = [
    ("number", "Number"),
    ("title", "Title"),
    ("type", "Type"),
    ("state", "State"),
    ("assignee", "Assignee"),
    ("priority", "Priority"),
    ("due", "Due"),
    ("opened", "Opened"),
    ("updated", "Changed"),
    ("channel", "Channel"),
];

/// The columns shown to whoever has not chosen.
pub const DEFAULT_COLUMNS: [&str; 7] = ["number", "title", "state", "assignee", "priority", "due", "opened"];

/// Filters, order and place in the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListQuery {
    /// Words in number, title or imported id.
    pub q: String,
    /// Kinds of state: `open`, `waiting`, `closed`.
    pub kind: Vec<String>,
    /// State names.
    pub state: Vec<String>,
    /// Case type ids.
    pub case_type: Vec<String>,
    /// Member ids, `me`, `none`, or `label:` and a name from an import.
    pub assignee: Vec<String>,
    /// Channels.
    pub channel: Vec<String>,
    /// Priority keys.
    pub priority: Vec<String>,
    /// Tags, all of which a case must have.
    pub tag: Vec<String>,
    /// First day of opening.
    pub opened_from: String,
    /// Last day of opening.
    pub opened_to: String,
    /// First day of the due date.
    pub due_from: String,
    /// Last day of the due date.
    pub due_to: String,
    /// Only what is late.
    pub overdue: bool,
    /// Custom fields: key and value.
    pub fields: Vec<(String, String)>,
    /// Column to sort by; empty is `opened`.
    pub sort: String,
    /// Whether the order is ascending.
    pub ascending: bool,
    /// Columns to show; empty is the usual ones.
    pub columns: Vec<String>,
    /// Where a page begins: the sort value and id of the case before it.
    pub after: String,
}

impl ListQuery {
    /// From a query string, with or without `?`.
    pub fn parse(query: &str) -> Self {
        let mut it = Self::default();
        let mut columns = Vec::new();
        for (name, value) in pairs(query.trim_start_matches('?')) {
            // No database keeps a NUL character, so nothing can match one.
            let value = decode(value).replace('\0', "");
            let value = value.trim();
            if name == "columns" {
                columns.extend(value.split(',').map(str::to_owned));
            } else if !value.is_empty() {
                it.set(&decode(name), value);
            }
        }
        it.columns = chosen(&columns);
        it
    }

    /// The columns to show, in their order.
    pub fn columns(&self) -> Vec<String> {
        if self.columns.is_empty() { DEFAULT_COLUMNS.map(str::to_owned).to_vec() } else { self.columns.clone() }
    }

    fn set(&mut self, name: &str, value: &str) {
        let push = |list: &mut Vec<String>| {
            if !list.iter().any(|v| v == value) && list.len() < 50 {
                list.push(value.to_owned());
            }
        };
        match name {
            "q" => self.q = value.chars().take(200).collect(),
            "kind" => push(&mut self.kind),
            "state" => push(&mut self.state),
            "type" => push(&mut self.case_type),
            "assignee" => push(&mut self.assignee),
            "channel" => push(&mut self.channel),
            "priority" => push(&mut self.priority),
            "tag" => push(&mut self.tag),
            "opened_from" => self.opened_from = value.to_owned(),
            "opened_to" => self.opened_to = value.to_owned(),
            "due_from" => self.due_from = value.to_owned(),
            "due_to" => self.due_to = value.to_owned(),
            "overdue" => self.overdue = true,
            "sort" if COLUMNS.iter().any(|(key, _)| *key == value) => self.sort = value.to_owned(),
            "dir" => self.ascending = value == "asc",
            "after" => self.after = value.to_owned(),
            other => {
                // Keys of fields are plain; anything else would be read as a path into the JSON.
                if let Some(key) =
                    other.strip_prefix("f.").filter(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_'))
                    && self.fields.len() < 20
                {
                    self.fields.push((key.to_owned(), value.to_owned()));
                }
            }
        }
    }

    /// Name and value of everything that is set, in one order.
    pub fn pairs(&self) -> Vec<(String, String)> {
        let mut pairs = Vec::new();
        let mut one = |name: &str, value: &str| {
            if !value.is_empty() {
                pairs.push((name.to_owned(), value.to_owned()));
            }
        };
        one("q", &self.q);
        self.kind.iter().for_each(|v| one("kind", v));
        self.state.iter().for_each(|v| one("state", v));
        self.case_type.iter().for_each(|v| one("type", v));
        self.assignee.iter().for_each(|v| one("assignee", v));
        self.channel.iter().for_each(|v| one("channel", v));
        self.priority.iter().for_each(|v| one("priority", v));
        self.tag.iter().for_each(|v| one("tag", v));
        one("opened_from", &self.opened_from);
        one("opened_to", &self.opened_to);
        one("due_from", &self.due_from);
        one("due_to", &self.due_to);
        one("overdue", if self.overdue { "yes" } else { "" });
        self.fields.iter().for_each(|(key, value)| one(&format!("f.{key}"), value));
        one("sort", &self.sort);
        one("dir", if self.ascending { "asc" } else { "" });
        one("columns", &self.columns.join(","));
        one("after", &self.after);
        pairs
    }

    /// The query string, without `?`.
    pub fn to_query(&self) -> String {
        query_of(&self.pairs())
    }

    /// The address of the list in this state.
    pub fn href(&self) -> String {
        let query = self.to_query();
        if query.is_empty() { "/cases".to_owned() } else { format!("/cases?{query}") }
    }

    /// The same without one filter value, from the first page.
    pub fn without(&self, name: &str, value: &str) -> Self {
        let mut dropped = false;
        let pairs: Vec<_> = self
            .pairs()
            .into_iter()
            .filter(|(n, v)| {
                let this = !dropped && n == name && v == value;
                dropped |= this;
                !this && n != "after"
            })
            .collect();
        Self::parse(&query_of(&pairs))
    }

    /// The column that decides the order.
    pub fn sort_column(&self) -> &str {
        if self.sort.is_empty() { "opened" } else { &self.sort }
    }

    /// The same, sorted by a column; by the same column again, the other way round.
    pub fn sorted_by(&self, column: &str) -> Self {
        let same = self.sort_column() == column;
        let ascending = if same { !self.ascending } else { !matches!(column, "opened" | "updated" | "priority") };
        Self { sort: column.to_owned(), ascending, after: String::new(), ..self.clone() }
    }

    /// The same with only these kinds of state, from the first page.
    pub fn of_kind(&self, kind: Option<&str>) -> Self {
        Self { kind: kind.map(str::to_owned).into_iter().collect(), after: String::new(), ..self.clone() }
    }

    /// The same from the case after this place.
    pub fn from_place(&self, after: String) -> Self {
        Self { after, ..self.clone() }
    }

    /// The whole list, looked at the same way: order and columns stay.
    pub fn unfiltered(&self) -> Self {
        Self { sort: self.sort.clone(), ascending: self.ascending, columns: self.columns.clone(), ..Self::default() }
    }

    /// Whether anything narrows the list.
    pub fn is_filtered(&self) -> bool {
        self.pairs().iter().any(|(name, _)| !matches!(name.as_str(), "sort" | "dir" | "columns" | "after"))
    }

    /// Whether it asks for everything that is not closed.
    pub fn is_live(&self) -> bool {
        let asks = |kind: StateKind| self.kind.iter().any(|asked| asked == kind.key());
        asks(StateKind::Open) && asks(StateKind::Waiting) && !asks(StateKind::Closed)
    }

    /// Whether it asks for the asker's own cases and no others.
    pub fn is_mine(&self) -> bool {
        self.assignee.as_slice() == ["me"]
    }

    /// Whether only kinds and types narrow it: then the kept counts answer.
    pub fn counts_are_kept(&self) -> bool {
        self.pairs().iter().all(|(name, _)| matches!(name.as_str(), "kind" | "type" | "sort" | "dir" | "columns" | "after"))
    }
}

/// The list of everything that carries a tag.
pub fn tagged(tag: &str) -> String {
    ListQuery { tag: vec![tag.to_owned()], ..ListQuery::default() }.href()
}

/// Known columns in their order; none where nobody chose. The title is always among them: it leads to the case.
fn chosen(wanted: &[String]) -> Vec<String> {
    let known = |key: &str| key == "title" || wanted.iter().any(|w| w == key);
    let columns: Vec<String> = COLUMNS.iter().map(|(key, _)| *key).filter(|key| known(key)).map(str::to_owned).collect();
    if wanted.is_empty() { Vec::new() } else { columns }
}

fn query_of(pairs: &[(String, String)]) -> String {
    let mut query = String::new();
    for (name, value) in pairs {
        if !query.is_empty() {
            query.push('&');
        }
        encode(name, ",", &mut query);
        query.push('=');
        encode(value, ",", &mut query);
    }
    query
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_says_everything_and_is_read_back() {
        let query = ListQuery::parse(
            "?q=m%C3%BCller+b&kind=open&kind=waiting&assignee=label%3AResource11&f.department=General&sort=due&dir=asc&after=1.2",
        );
        assert_eq!(query.q, "müller b");
        assert_eq!(query.kind, ["open", "waiting"]);
        assert_eq!(ListQuery::parse(&query.to_query()), query);
        let fewer = query.without("kind", "open");
        assert_eq!((fewer.kind, fewer.after), (vec!["waiting".to_owned()], String::new()));
    }

    #[test]
    fn sorting_again_turns_round() {
        let query = ListQuery::default();
        assert!(query.sorted_by("title").ascending);
        assert!(query.sorted_by("opened").ascending);
        assert!(!query.sorted_by("title").sorted_by("title").ascending);
    }

    #[test]
    fn columns_come_from_a_list_or_from_boxes() {
        let query = ListQuery::parse("columns=due,number,nonsense&columns=type&kind=open");
        assert_eq!(query.columns, ["number", "title", "type", "due"]);
        assert!(query.counts_are_kept());
        assert_eq!(query.unfiltered().href(), "/cases?columns=number,title,type,due");
        let usual = ListQuery::parse(&format!("columns={}", DEFAULT_COLUMNS.join(",")));
        assert_eq!(usual.columns(), ListQuery::default().columns());
        assert_eq!(usual.columns, DEFAULT_COLUMNS, "chosen all the same, so that a browser that remembers others shows them");
    }

    proptest::proptest! {
        #[test]
        fn any_query_is_read_and_kept(text in "\\PC{0,120}") {
            let once = ListQuery::parse(&text);
            proptest::prop_assert_eq!(ListQuery::parse(&once.to_query()), once);
        }
    }
}
