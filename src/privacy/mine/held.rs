//! Everything held about one person, read by the registry.

use uuid::Uuid;

use crate::{
    accounts::Person,
    audit,
    fault::Answer,
    privacy::{
        registry::{
            self,
            model::{Access, Facts, Kind, Rows, Table},
        },
        requests,
    },
    server::{
        db::{Cell, Line, Sketch, Tx},
        secret::hex,
        state::State,
        time::iso,
    },
};

/// What is held about a person.
#[derive(Clone, Debug)]
pub struct Held {
    /// Whose it is.
    pub person: Person,
    /// The organisations they belong or belonged to, and the operator's own place.
    pub organisations: Vec<(Uuid, String)>,
    /// Table by table, and in tables of organisations one organisation after the other.
    pub sections: Vec<Section>,
    /// What is held and not given, and why.
    pub omitted: Vec<Omitted>,
}

/// The rows of one table that are about the person.
#[derive(Clone, Debug)]
pub struct Section {
    /// The name of the table, and of the file in the package.
    pub name: &'static str,
    /// What the rows are.
    pub title: &'static str,
    /// How long they are kept.
    pub keep: &'static str,
    /// The names of the columns in the schema, with what people call them.
    pub columns: Vec<(&'static str, &'static str)>,
    /// The values, as text.
    pub rows: Vec<Vec<String>>,
}

/// Something that is held and not given.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Omitted {
    /// What.
    pub what: String,
    /// Why.
    pub ground: &'static str,
}

impl Held {
    /// A value for people: organisations by their names.
    pub fn named(&self, column: &str, value: &str) -> String {
        let name = || self.organisations.iter().find(|(id, _)| id.to_string() == value).map(|(_, name)| name.clone());
        if matches!(column, "org_id" | "organisation") { name().unwrap_or_else(|| value.to_owned()) } else { value.to_owned() }
    }
}

/// Reads everything held about a person, in one view of the database. Requests that came from their address become theirs
/// before.
///
/// # Errors
/// When the database is away.
pub async fn held(state: &State, person: &Person) -> Answer<Held> {
    let mut tx = state.db.begin().await?;
    requests::take_over(state, &mut tx, person).await?;
    tx.commit().await?;
    let mut tx = state.db.look().await?;
    let organisations = person.organisations(&mut tx).await?;
    let mut sections = Vec::new();
    for table in registry::tables() {
        sections.extend(section(&mut tx, person, &organisations, table).await?);
    }
    sections.push(sealed(state, &mut tx, person, &organisations).await?);
    sections.push(written(state, &mut tx, person).await?);
    sections.push(work(&mut tx, person, &organisations).await?);
    Ok(Held { person: person.clone(), organisations, sections, omitted: omitted() })
}

async fn section(tx: &mut Tx, person: &Person, organisations: &[(Uuid, String)], table: &'static Table) -> Answer<Option<Section>> {
    let given: Vec<Facts> = table.all().filter(|facts| facts.access == Access::Yes).collect();
    let none = matches!(table.rows, Rows::OfNobody | Rows::OfOrganisation);
    // What is sealed is opened elsewhere; the sealed form says nothing to anybody.
    if none || given.is_empty() || table.name == "audit_values" {
        return Ok(None);
    }
    let mut lines: Vec<Line> = Vec::new();
    if table.tenant {
        for (org, _) in organisations {
            tx.confine(*org).await?;
            lines.extend(tx.sketch(theirs(select(&given, table), person, table)).all().await?);
        }
    } else {
        lines.extend(tx.sketch(theirs(select(&given, table), person, table)).all().await?);
    }
    Ok(Some(Section {
        name: table.name,
        title: table.about,
        keep: table.keep,
        columns: given.iter().map(|facts| (facts.column.name, facts.column.label)).collect(),
        rows: lines.into_iter().map(|Line(cells)| given.iter().zip(cells).map(|(facts, cell)| words(facts, cell)).collect()).collect(),
    }))
}

fn select(given: &[Facts], table: &'static Table) -> Sketch {
    let mut sketch = begin(table, "select ");
    for (at, facts) in given.iter().enumerate() {
        sketch.push(if at == 0 { "" } else { ", " }).push(facts.column.name);
    }
    sketch.push(" from ").push(table.name);
    sketch
}

/// A statement about a table, in the organisation where the table belongs to one.
pub(in crate::privacy) fn begin(table: &'static Table, text: &'static str) -> Sketch {
    if table.tenant { Sketch::new(text) } else { Sketch::global(text) }
}

/// `… where` the rows are this person's: what is read of them, and what erasing them reaches.
pub(in crate::privacy) fn theirs(mut sketch: Sketch, person: &Person, table: &'static Table) -> Sketch {
    let (user, address) = (person.id.uuid(), person.folded.clone());
    sketch.push(if table.tenant { " where org_id = $1 and " } else { " where " });
    match table.rows {
        Rows::OfUser(column) | Rows::OfMember(column) => sketch.push(column).bind(" = ", user, ""),
        Rows::OfAddress(column) => sketch.push(column).bind(" = ", address, ""),
        Rows::OfUserOrAddress(id, column) => sketch.push("(").push(id).bind(" = ", user, " or ").push(column).bind(" = ", address, ")"),
        Rows::OfRequest(column) => sketch
            .push("exists (select 1 from rights_requests r where r.org_id = $1 and r.id = ")
            .push(table.name)
            .push(".")
            .push(column)
            .bind(" and r.user_id = ", user, ")"),
        Rows::OfNobody | Rows::OfOrganisation => sketch.push("1 = 0"),
    };
    sketch
}

fn words(facts: &Facts, cell: Cell) -> String {
    match (cell, facts.column.kind) {
        (Cell::Null, _) => String::new(),
        (Cell::Int(at), Kind::Time) => iso(crate::clock::Instant(at)),
        (Cell::Int(number), Kind::Plain) => number.to_string(),
        (Cell::Text(text), _) => text,
        (Cell::Id(id), _) => id.to_string(),
        (Cell::Bytes(bytes), _) => hex(&bytes),
    }
}

/// What the audit record says of the person, opened with their own key.
async fn sealed(state: &State, tx: &mut Tx, person: &Person, organisations: &[(Uuid, String)]) -> Answer<Section> {
    let mut rows = Vec::new();
    for (org, subject) in subjects(tx, person, organisations).await? {
        tx.confine(org).await?;
        for (seq, at, change) in audit::opened(state, tx, subject).await? {
            rows.push(vec![org.to_string(), seq.to_string(), iso(at), change.label, change.from, change.to]);
        }
    }
    let table = registry::table("audit_values");
    Ok(Section {
        name: "audit_values",
        title: table.map_or("", |t| t.about),
        keep: table.map_or("", |t| t.keep),
        columns: vec![
            ("org_id", "Organisation"),
            ("seq", "Number"),
            ("at", "When"),
            ("label", "What"),
            ("before", "Before"),
            ("after", "After"),
        ],
        rows,
    })
}

/// What was written about the person's requests, opened.
async fn written(state: &State, tx: &mut Tx, person: &Person) -> Answer<Section> {
    let written = requests::written(state, tx, person).await?;
    Ok(Section {
        name: "rights_written",
        title: "What was written about your requests",
        keep: registry::table("rights_requests").map_or("", |t| t.keep),
        columns: vec![("reference", "Request"), ("at", "When"), ("what", "What"), ("words", "In words")],
        rows: written.into_iter().map(|one| vec![one.reference, iso(one.at), one.what, one.words]).collect(),
    })
}

/// The subjects under which the record knows the person: their account, and invitations to their address.
pub(super) async fn subjects(tx: &mut Tx, person: &Person, organisations: &[(Uuid, String)]) -> Answer<Vec<(Uuid, Uuid)>> {
    let mut all: Vec<(Uuid, Uuid)> = organisations.iter().map(|(org, _)| (*org, person.id.uuid())).collect();
    all.extend(person.invitations(tx).await?);
    Ok(all)
}

/// What the person did in organisations: how much of what. The contents are the organisation's.
async fn work(tx: &mut Tx, person: &Person, organisations: &[(Uuid, String)]) -> Answer<Section> {
    let mut rows = Vec::new();
    let columns = registry::columns().filter(|facts| facts.column.author);
    for facts in columns {
        let count = |begun: Sketch| {
            let mut sketch = begun;
            sketch.push(" from ").push(facts.table.name).push(if facts.table.tenant { " where org_id = $1 and " } else { " where " });
            sketch.push(facts.column.name).bind(" = ", person.id.uuid(), "");
            sketch
        };
        if !facts.table.tenant {
            let many: i64 = tx.sketch(count(Sketch::global("select count(*)"))).scalar().await?;
            rows.extend(line(&facts, "", many));
            continue;
        }
        for (org, _) in organisations {
            tx.confine(*org).await?;
            let many: i64 = tx.sketch(count(Sketch::new("select count(*)"))).scalar().await?;
            rows.extend(line(&facts, &org.to_string(), many));
        }
    }
    Ok(Section {
        name: "work",
        title: "Your work in organisations, in numbers",
        keep: "The work belongs to the organisation. Your name on it is replaced when your account is erased.",
        columns: vec![("org_id", "Organisation"), ("what", "What"), ("as", "As"), ("rows", "How many")],
        rows,
    })
}

fn line(facts: &Facts, org: &str, many: i64) -> Option<Vec<String>> {
    (many > 0).then(|| vec![org.to_owned(), facts.table.about.to_owned(), facts.column.label.to_owned(), many.to_string()])
}

/// What is held about account holders and not given, each with its reason.
fn omitted() -> Vec<Omitted> {
    let of_people = |facts: &Facts| facts.personal() && !matches!(facts.table.rows, Rows::OfOrganisation);
    let mut all: Vec<Omitted> = Vec::new();
    for facts in registry::columns().filter(of_people) {
        if let Access::No(ground) = facts.access {
            all.push(Omitted { what: format!("{}: {}", facts.table.about, facts.column.label), ground });
        }
    }
    all.push(Omitted {
        what: "Notes about your requests".into(),
        ground: "Those who answer requests write them for themselves. Ask for them by a request, and they are looked through.",
    });
    all
}
