//! What a policy is: clauses under sections, the variables in them, and the pieces of which a clause is drawn.

use serde::{Deserialize, Serialize};

/// A policy, whole. Its JSON is what a published version keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// The edition whose text it is.
    pub edition: String,
    /// The head as section 0, the thirteen sections, and the foot as section 14.
    pub sections: Vec<Section>,
}

/// A section. Head and foot have no title.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its number.
    pub number: String,
    /// Its heading; empty for head and foot.
    pub title: String,
    /// Its clauses in order.
    pub clauses: Vec<Clause>,
}

/// A clause.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clause {
    /// Its id, which is its address.
    pub id: String,
    /// What is promised.
    pub text: String,
    /// The same in a few plain words; empty in the first edition.
    pub plain: String,
}

/// Who "we" are: the values of the variables, by name. An empty one is unfilled.
pub type Values = Vec<(&'static str, String)>;

/// A variable: its name in the text, the key that fills it, and what it is called where it stands open.
pub const VARIABLES: [(&str, &str, &str); 7] = [
    ("operator", "operator.name", "name of the operator"),
    ("address", "operator.address", "postal address of the operator"),
    ("contact", "operator.email", "e-mail address of the operator"),
    ("country", "operator.hosting_country", "country of hosting"),
    ("transfers", "operator.transfers", "what protects data that leaves the country"),
    ("authority", "operator.authority", "supervisory authority"),
    ("officer", "operator.data_protection_officer", "data protection officer"),
];

impl Document {
    /// With every variable filled that has a value. The others stay open.
    #[must_use]
    pub fn filled(mut self, values: &[(&'static str, String)]) -> Self {
        let fill = |text: &mut String| {
            for (name, value) in values.iter().filter(|(_, value)| !value.is_empty()) {
                *text = text.replace(&format!("{{{name}}}"), value);
            }
        };
        for clause in self.sections.iter_mut().flat_map(|section| &mut section.clauses) {
            fill(&mut clause.text);
            fill(&mut clause.plain);
        }
        self
    }

    /// The configuration keys of the variables that are still open.
    pub fn open(&self) -> Vec<&'static str> {
        let stands = |name: &str| self.clauses().any(|c| [&c.text, &c.plain].iter().any(|t| t.contains(&format!("{{{name}}}"))));
        VARIABLES.into_iter().filter(|(name, ..)| stands(name)).map(|(_, key, _)| key).collect()
    }

    /// Every clause in order.
    pub fn clauses(&self) -> impl Iterator<Item = &Clause> {
        self.sections.iter().flat_map(|section| &section.clauses)
    }
}

/// What a clause is drawn of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// An address of this installation, such as `/cookies`.
    Path(&'a str),
    /// An e-mail address.
    Mail(&'a str),
    /// A variable that nobody has filled, by what it is called.
    Blank(&'a str),
}

/// Takes a text apart.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some((before, name, after)) = rest.split_once('{').and_then(|(b, r)| r.split_once('}').map(|(n, a)| (b, n, a))) {
        words(before, &mut out);
        out.push(Piece::Blank(VARIABLES.iter().find(|(known, ..)| *known == name).map_or(name, |(.., called)| *called)));
        rest = after;
    }
    words(rest, &mut out);
    out
}

fn words<'a>(text: &'a str, out: &mut Vec<Piece<'a>>) {
    let (mut begin, mut at) = (0, 0);
    for word in text.split_inclusive(' ') {
        let core = word.trim_end_matches([' ', '.', ',', ';', ':', ')']);
        let path = core.strip_prefix('/').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_lowercase()));
        let mail = core.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
        if path || mail {
            out.extend(text.get(begin..at).filter(|before| !before.is_empty()).map(Piece::Text));
            out.push(if path { Piece::Path(core) } else { Piece::Mail(core) });
            begin = at + core.len();
        }
        at += word.len();
    }
    out.extend(text.get(begin..).filter(|last| !last.is_empty()).map(Piece::Text));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clause_comes_apart_and_loses_nothing() {
        assert_eq!(
            pieces("See /cookies, or write to a@b.example. {address} is open."),
            [
                Piece::Text("See "),
                Piece::Path("/cookies"),
                Piece::Text(", or write to "),
                Piece::Mail("a@b.example"),
                Piece::Text(". "),
                Piece::Blank("postal address of the operator"),
                Piece::Text(" is open."),
            ]
        );
        assert_eq!(pieces("and/or 1 / 2"), [Piece::Text("and/or 1 / 2")]);
        assert_eq!(pieces(""), []);
        assert_eq!(pieces("a { b"), [Piece::Text("a { b")]);
    }

    #[test]
    fn what_is_filled_is_no_longer_open() {
        let clause = |text: &str| Clause { id: "1.1".into(), text: text.into(), plain: String::new() };
        let section = Section { number: "1".into(), title: String::new(), clauses: vec![clause("{operator} at {contact}")] };
        let document = Document { edition: String::new(), sections: vec![section] };
        assert_eq!(document.open(), ["operator.name", "operator.email"]);
        let half = document.filled(&[("operator", "Harbour".into()), ("contact", String::new())]);
        assert_eq!((half.sections[0].clauses[0].text.as_str(), half.open()), ("Harbour at {contact}", vec!["operator.email"]));
    }
}
