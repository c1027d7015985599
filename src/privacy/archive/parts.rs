//! THE list: what of every table goes into an archive, and what stays out for which reason.
//!
//! A table without a line here fails a test, and so does a column that holds a secret and is not left out.

use crate::{
    privacy::registry::{
        self,
        model::{Column, Kind, Table},
    },
    server::db::Sketch,
};

/// What becomes of a table.
pub(super) enum Part {
    /// Its rows of the organisation go in.
    In(Rows),
    /// It stays out, and why.
    Out(&'static str),
}

/// The rows of one organisation in one table, in an order that is the same in every installation.
#[derive(Clone, Copy)]
pub(super) struct Rows {
    /// How they are found.
    pub of: Of,
    /// In which order they stand.
    pub order: &'static [By],
    /// Columns that stay out, and why.
    pub without: &'static [(&'static str, &'static str)],
    /// What the column `sealed` holds.
    pub sealed: Sealed,
}

/// How the rows of an organisation are found.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Of {
    /// Behind row-level security, by `org_id`.
    Tenant,
    /// By `org_id`.
    Plain,
    /// The one row of the organisation itself.
    Itself,
    /// The people who are or were its members.
    Members,
}

/// A column to sort by. Text is compared byte by byte, whatever language the database speaks.
#[derive(Clone, Copy)]
pub(super) enum By {
    Id(&'static str),
    Text(&'static str),
}

/// What lies sealed with the keys of the installation, which the archive opens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sealed {
    Nothing,
    /// Values of an event of the record, with the key of their subject.
    Values,
    /// Who made a request, and what they wrote.
    Request,
    /// A message about a request.
    Message,
    /// The answer to a request.
    Answer,
}

const fn tenant(order: &'static [By]) -> Part {
    Part::In(Rows { of: Of::Tenant, order, without: &[], sealed: Sealed::Nothing })
}

const fn sealed(order: &'static [By], sealed: Sealed) -> Part {
    Part::In(Rows { of: Of::Tenant, order, without: &[], sealed })
}

const fn other(of: Of, order: &'static [By], without: &'static [(&'static str, &'static str)]) -> Part {
    Part::In(Rows { of, order, without, sealed: Sealed::Nothing })
}

use By::{Id, Text};
use Part::Out;

const ACCOUNT: &str = "It is about accounts, for which the operator of the installation answers. Each person has a copy of their own data.";
const MACHINE: &str = "It is work and protection of the installation itself.";
const VISITS: &str = "It is about visits to the installation and no organisation.";
const OPERATOR: &str = "It is kept by the operator of the installation.";
const ITS_PERSONS: &str = "It is its person's own, and in the copy of their data.";
const HIS_ACCOUNT: &str = "It belongs to the person's account.";

const ENCLOSED: &str = "They are copies that wait for their requesters, for seven days. That they were handed out stands in the record.";

pub(super) static PARTS: &[(&str, Part)] = &[
    ("organisations", other(Of::Itself, &[Id("id")], &[("catalogue_version", "It only tells this installation when to read anew.")])),
    (
        "users",
        other(
            Of::Members,
            &[Id("id")],
            &[
                ("email_folded", "It follows from the address."),
                ("password_hash", "It is a secret of the person."),
                ("email_verified_at", HIS_ACCOUNT),
                ("adult_attested_at", HIS_ACCOUNT),
                ("created_at", HIS_ACCOUNT),
                ("version", HIS_ACCOUNT),
                ("restricted_at", HIS_ACCOUNT),
                ("restriction_ends_at", HIS_ACCOUNT),
            ],
        ),
    ),
    ("acknowledgements", Out(ACCOUNT)),
    ("memberships", other(Of::Plain, &[Id("user_id")], &[])),
    (
        "invitations",
        other(
            Of::Plain,
            &[Id("id")],
            &[("token_hash", "It is a secret: the hash of a link."), ("email_folded", "It follows from the address.")],
        ),
    ),
    ("sessions", Out(ITS_PERSONS)),
    ("tokens", Out(ACCOUNT)),
    ("throttles", Out(MACHINE)),
    ("kept_forms", Out(MACHINE)),
    ("jobs", Out(MACHINE)),
    ("form_keys", Out("They only tell whether a form was sent before, for a month.")),
    ("case_types", tenant(&[Id("id")])),
    ("case_states", tenant(&[Id("type_id"), Text("key")])),
    ("case_transitions", tenant(&[Id("type_id"), Text("from_key"), Text("to_key")])),
    ("case_fields", tenant(&[Id("type_id"), Text("key")])),
    ("case_series", tenant(&[Text("series")])),
    ("cases", tenant(&[Id("id")])),
    ("case_tags", tenant(&[Text("tag"), Id("case_id")])),
    ("case_terms", tenant(&[Text("kind"), Text("term")])),
    ("case_viewers", tenant(&[Id("case_id"), Id("user_id")])),
    ("case_closures", tenant(&[Id("id")])),
    ("case_links", tenant(&[Id("case_id"), Id("other_id")])),
    ("case_tallies", tenant(&[Id("type_id"), Text("state_key")])),
    ("entries", tenant(&[Id("id")])),
    ("entry_revisions", tenant(&[Id("entry_id"), Id("version")])),
    ("drafts", Out("A text that is not saved yet is its writer's own, and in the copy of their data.")),
    ("list_columns", Out(ITS_PERSONS)),
    (
        "audit_heads",
        other(Of::Tenant, &[Id("seq")], &[("mac", "It is made with a secret of the installation, and says nothing elsewhere.")]),
    ),
    ("audit_events", tenant(&[Id("seq")])),
    ("audit_values", sealed(&[Id("seq")], Sealed::Values)),
    ("subject_keys", Out("They are secrets of the installation. What they seal is in the archive, opened.")),
    ("imports", tenant(&[Id("id")])),
    ("import_chunks", Out("Pieces of a file that is being imported. You have the file, and they are removed when its import ends.")),
    ("import_rejects", tenant(&[Id("import_id"), Id("line")])),
    ("import_mappings", tenant(&[Text("fingerprint")])),
    ("import_sources", tenant(&[Id("id")])),
    ("case_origins", tenant(&[Id("source_id"), Text("external_id")])),
    ("import_states", tenant(&[Id("type_id"), Id("source_id"), Text("word")])),
    ("consent_receipts", Out(VISITS)),
    ("account_consents", Out(ACCOUNT)),
    ("usage_events", Out(VISITS)),
    ("usage_counts", Out(VISITS)),
    ("policy_versions", Out("It is published by the operator, for everybody.")),
    ("subprocessor_changes", Out("It is published by the operator, for everybody.")),
    ("operators", Out(OPERATOR)),
    ("rights_settings", tenant(&[Text("regime")])),
    ("rights_requests", sealed(&[Id("id")], Sealed::Request)),
    ("rights_messages", sealed(&[Id("request_id"), Id("id")], Sealed::Message)),
    ("rights_answers", sealed(&[Id("request_id")], Sealed::Answer)),
    ("rights_enclosures", Out(ENCLOSED)),
    ("rights_enclosure_pieces", Out(ENCLOSED)),
    ("rights_outcomes", tenant(&[Id("request_id")])),
    ("rights_steps", tenant(&[Id("request_id"), Text("step")])),
    ("rights_cases", tenant(&[Id("request_id"), Id("case_id")])),
    ("rights_links", Out("They are secrets: hashes of links that requesters hold.")),
    ("mails", Out(ACCOUNT)),
    ("email_changes", Out(ACCOUNT)),
    ("account_deletions", Out(ACCOUNT)),
    ("objections", Out(ACCOUNT)),
    (
        "organisation_closures",
        Out("It belongs to the account of the person who closes the organisation. That it is being closed stands in its record."),
    ),
    ("legal_holds", Out(OPERATOR)),
    ("retention_runs", Out(MACHINE)),
    ("archives", Out("That archives were made and taken stands in the record of the organisation.")),
    ("archive_pieces", Out("An archive does not hold archives.")),
];

/// What a table is called where it is not its person who reads of it.
pub(super) fn title(table: &'static Table) -> &'static str {
    match table.name {
        "organisations" => "The organisation itself",
        "users" => "People who are or were members",
        "acknowledgements" => "Texts that people have acknowledged",
        "tokens" => "Links sent to people",
        "case_viewers" => "Who may see restricted cases",
        "drafts" => "Texts that are not saved yet",
        "list_columns" => "Columns that people chose for lists",
        "audit_events" => "The record: who did what",
        "audit_values" => "The record: what changed",
        "mails" => "Messages sent to people",
        "email_changes" => "Changes of people\u{2019}s addresses",
        "objections" => "Purposes that people objected to",
        "organisation_closures" => "Organisations that were closed",
        _ => table.about,
    }
}

/// The tables that go in, in the order in which they refer to each other.
pub(super) fn going_in() -> impl Iterator<Item = (&'static Table, Rows)> {
    registry::tables().filter_map(|table| match PARTS.iter().find(|(name, _)| *name == table.name) {
        Some((_, Part::In(rows))) => Some((table, *rows)),
        Some((_, Part::Out(_))) | None => None,
    })
}

/// What stays out for people: the reasons, each with what it is the reason for.
pub(super) fn reasons() -> Vec<(&'static str, Vec<String>)> {
    let mut all: Vec<(&'static str, Vec<String>)> = Vec::new();
    for (what, why) in staying_out() {
        let (name, column) = what.split_once('.').unwrap_or((&what, ""));
        let Some(table) = registry::table(name) else { continue };
        let label = table.columns.iter().find(|known| known.name == column).map(|known| known.label);
        let told = label.map_or_else(|| title(table).to_owned(), |label| format!("{} ({})", title(table), label.to_lowercase()));
        match all.iter_mut().find(|(known, _)| *known == why) {
            Some((_, list)) => list.push(told),
            None => all.push((why, vec![told])),
        }
    }
    all
}

/// What stays out: table or column, and why.
pub(super) fn staying_out() -> Vec<(String, &'static str)> {
    let mut all = Vec::new();
    for (name, part) in PARTS {
        match part {
            Part::Out(why) => all.push(((*name).to_owned(), *why)),
            Part::In(rows) => all.extend(rows.without.iter().map(|(column, why)| (format!("{name}.{column}"), *why))),
        }
    }
    all
}

/// Columns that hold JSON, which goes in as such.
pub(super) const JSON: [(&str, &str); 12] = [
    ("case_transitions", "required"),
    ("case_fields", "options"),
    ("cases", "fields"),
    ("imports", "header"),
    ("imports", "sample"),
    ("imports", "findings"),
    ("imports", "mapping"),
    ("imports", "profile"),
    ("imports", "report"),
    ("case_origins", "base"),
    ("import_rejects", "cells"),
    ("import_mappings", "mapping"),
];

/// What a value of a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Plain,
    Moment,
    Json,
    /// What was sealed, opened.
    Opened,
}

/// A field of a row in the archive.
#[derive(Clone, Copy, Debug)]
pub(super) struct Field {
    pub name: &'static str,
    pub label: &'static str,
    pub what: What,
}

/// The fields of a table's rows, in the order of the schema.
pub(super) fn fields(table: &'static Table, rows: Rows) -> Vec<Field> {
    let mut all: Vec<Field> = taken(table, rows).map(|column| field(table, column)).collect();
    let opened = |name, label| Field { name, label, what: What::Opened };
    all.retain(|field| field.name != "sealed");
    match rows.sealed {
        Sealed::Nothing => {}
        Sealed::Values => all.extend([
            opened("salt", "Salt of the commitment; nothing where the values were erased"),
            opened("values", "What changed, as the text that the commitment is over"),
        ]),
        Sealed::Request => all.push(opened("particulars", "Who asks, and what they wrote")),
        Sealed::Message => all.push(opened("text", "Text")),
        Sealed::Answer => all.push(opened("content", "Content: text, or Base64 where it is no text")),
    }
    all
}

fn field(table: &'static Table, column: &'static Column) -> Field {
    let json = JSON.contains(&(table.name, column.name));
    let what = match column.kind {
        _ if json => What::Json,
        Kind::Time => What::Moment,
        Kind::Plain => What::Plain,
    };
    Field { name: column.name, label: column.label, what }
}

/// The columns that are read.
pub(super) fn taken(table: &'static Table, rows: Rows) -> impl Iterator<Item = &'static Column> {
    // Of an account nothing goes in by itself, whatever it may hold one day.
    let given = move |name: &str| rows.of != Of::Members || matches!(name, "id" | "name" | "email");
    table.columns.iter().filter(move |column| given(column.name) && rows.without.iter().all(|(name, _)| *name != column.name))
}

/// Reads the rows of an organisation, in their order. Sealed values of the record come with the key of their subject.
pub(super) fn select(table: &'static Table, rows: Rows, org: uuid::Uuid, postgres: bool) -> Sketch {
    let mut sketch = begun(rows, "select ");
    for (at, column) in taken(table, rows).enumerate() {
        sketch.push(if at == 0 { "" } else { ", " });
        match (rows.of, column.name) {
            // Of people who have left the organisation knows the name, and no longer the address.
            (Of::Members, "email") => sketch.push("case when m.left_at is null then t.email end"),
            _ => sketch.push("t.").push(column.name),
        };
    }
    if rows.sealed == Sealed::Values {
        sketch.push(", k.wrapped");
    }
    from(&mut sketch, table, rows, org);
    for (at, by) in rows.order.iter().enumerate() {
        sketch.push(if at == 0 { " order by t." } else { ", t." });
        match by {
            By::Id(name) => sketch.push(name),
            By::Text(name) => sketch.push(name).push(if postgres { " collate \"C\"" } else { "" }),
        };
    }
    sketch
}

/// How many there are.
pub(super) fn count(table: &'static Table, rows: Rows, org: uuid::Uuid) -> Sketch {
    let mut sketch = begun(rows, "select count(*)");
    from(&mut sketch, table, rows, org);
    sketch
}

fn begun(rows: Rows, text: &'static str) -> Sketch {
    if rows.of == Of::Tenant { Sketch::new(text) } else { Sketch::global(text) }
}

fn from(sketch: &mut Sketch, table: &'static Table, rows: Rows, org: uuid::Uuid) {
    sketch.push(" from ").push(table.name).push(" t");
    if rows.sealed == Sealed::Values {
        sketch.push(" left join subject_keys k on k.org_id = t.org_id and k.subject_id = t.subject_id");
    }
    match rows.of {
        Of::Tenant => sketch.push(" where t.org_id = $1"),
        Of::Plain => sketch.bind(" where t.org_id = ", org, ""),
        Of::Itself => sketch.bind(" where t.id = ", org, ""),
        Of::Members => sketch.push(" join memberships m on m.user_id = t.id").bind(" where m.org_id = ", org, ""),
    };
}
