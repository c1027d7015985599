//! A string of its own in every column about a synthetic person.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::{
    accounts::{self, Person},
    audit,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::{
        archive,
        mine::begin,
        registry::{
            self,
            model::{Access, Erasure, Facts, Kind, Rows, Table},
        },
        requests::{self, Specimen},
    },
    server::{
        db::{Found, Tx, global_sql},
        mail::{self, Mail},
        secret,
        state::State,
        visit::Kept,
    },
};

/// Stands in every planted string, and hardly anywhere else.
pub(super) const MARK: &str = "zq7canary";

/// A planted string.
#[derive(Clone, Debug)]
pub(super) struct Planted {
    pub(super) table: String,
    column: String,
    /// The string.
    pub(super) canary: String,
    /// Whether the copy of the person's data must hold it.
    pub(super) given: bool,
    /// Whether erasing the person must take it away.
    pub(super) goes: bool,
}

impl Planted {
    pub(super) fn place(&self) -> String {
        format!("{}.{}", self.table, self.column)
    }
}

/// Somebody made up.
pub(super) struct Player {
    pub(super) person: Person,
    pub(super) planted: Vec<Planted>,
}

type Schema = BTreeMap<(String, String), String>;

/// Where people are planted.
pub(super) struct Stage<'a> {
    state: &'a State,
    org: Id<kinds::Org>,
    case: Uuid,
    schema: Schema,
}

impl<'a> Stage<'a> {
    pub(super) async fn of(state: &'a State, org: Id<kinds::Org>, case: Uuid) -> Answer<Self> {
        let found = state.db.schema().await?.into_iter();
        let schema = found.map(|Found { table_name, column_name, kind }| ((table_name, column_name), kind)).collect();
        Ok(Self { state, org, case, schema })
    }

    pub(super) async fn cast(&self, user: Id<kinds::User>, who: &str, run: &str) -> Answer<Player> {
        let person = Person::of(&self.state.db, user).await?;
        let mut tx = self.state.db.begin().await?;
        let player = self.cast_in(&mut tx, person, who, run).await?;
        self.fix(&mut tx).await?;
        tx.commit().await?;
        Ok(player)
    }

    /// Rows are planted past everything that records them, so the record takes them as they are.
    pub(super) async fn fix(&self, tx: &mut Tx) -> Answer<()> {
        tx.confine(self.org.uuid()).await?;
        audit::fix(self.state, tx).await
    }

    pub(super) async fn cast_in(&self, tx: &mut Tx, person: Person, who: &str, run: &str) -> Answer<Player> {
        let mut planted = Vec::new();
        accounts::add_operator(self.state, tx, person.id).await?;
        tx.confine(self.org.uuid()).await?;
        for table in registry::tables().filter(|table| row_by_row(table)) {
            planted.extend(self.row(tx, &person, table, &format!("{who}-{run}")).await?);
        }
        planted.extend(self.machinery(tx, &person, who, run).await?);
        planted.extend(self.request(tx, &person, who, run).await?);
        consent(tx, &person).await?;
        Ok(Player { person, planted })
    }

    /// An archive of the organisation that is there to be taken, with the subject in it.
    pub(super) async fn archive(&self, owner: Id<kinds::User>, run: &str) -> Answer<Planted> {
        let canary = format!("{MARK}-subject-archive-{run}");
        let mut tx = self.state.db.begin().await?;
        tx.confine(self.org.uuid()).await?;
        archive::store_specimen(self.state, &mut tx, owner, &canary).await?;
        tx.commit().await?;
        Ok(Planted { table: "archive_pieces".into(), column: "sealed".into(), canary, given: false, goes: true })
    }

    /// A request that was answered, with its messages, a note, and its evidence.
    async fn request(&self, tx: &mut Tx, person: &Person, who: &str, run: &str) -> Answer<Vec<Planted>> {
        let canary = |what: &str| format!("{MARK}-{who}-request-{what}-{run}");
        let specimen = Specimen {
            name: canary("name"),
            words: canary("words"),
            question: canary("question"),
            reply: canary("reply"),
            note: canary("note"),
            answer: canary("answer"),
            file_name: canary("file-name"),
            file: canary("file"),
        };
        requests::store_specimen(self.state, tx, person.id, &person.email, &specimen).await?;
        let planted = |table: &str, column: &str, canary: &str, given: bool| Planted {
            table: table.to_owned(),
            column: column.to_owned(),
            canary: canary.to_owned(),
            given,
            goes: true,
        };
        Ok(vec![
            planted("rights_requests", "sealed", &specimen.name, true),
            planted("rights_requests", "sealed", &specimen.words, true),
            planted("rights_messages", "sealed", &specimen.question, true),
            planted("rights_messages", "sealed", &specimen.reply, true),
            planted("rights_messages", "sealed", &specimen.note, false),
            planted("rights_answers", "sealed", &specimen.answer, true),
            planted("rights_enclosures", "sealed_name", &specimen.file_name, true),
            planted("rights_enclosure_pieces", "sealed", &specimen.file, false),
        ])
    }

    /// One row of a table, with a string of its own in each column that takes one.
    async fn row(&self, tx: &mut Tx, person: &Person, table: &'static Table, whose: &str) -> Answer<Vec<Planted>> {
        let mut planted = Vec::new();
        let mut sketch = begin(table, "insert into ");
        sketch.push(table.name).push(" (");
        for (at, column) in table.columns.iter().enumerate() {
            sketch.push(if at == 0 { "" } else { ", " }).push(column.name);
        }
        sketch.push(") values (");
        for (at, facts) in table.all().enumerate() {
            let between = if at == 0 { "" } else { ", " };
            let name = facts.column.name;
            let kind = self.schema.get(&(table.name.to_owned(), name.to_owned())).map(String::as_str).unwrap_or_default();
            let is_id = self.id(table, &facts, person);
            match (kind, is_id) {
                _ if table.tenant && name == "org_id" => sketch.push(between).push("$1"),
                (_, Some(id)) => sketch.bind(between, id, ""),
                ("blob" | "bytea", None) => sketch.bind(between, secret::random::<32>().to_vec(), ""),
                ("integer" | "bigint", None) => {
                    sketch.bind(between, if facts.column.kind == Kind::Time { self.state.clock.now().0 } else { 1 }, "")
                }
                (kind, None) => {
                    let (text, canary) = text(&facts, person, whose);
                    planted.extend(canary.map(|canary| plant(&facts, canary)));
                    sketch.bind(between, text, if kind == "jsonb" { "::jsonb" } else { "" })
                }
            };
        }
        // Where the person has such a row already, that one is theirs.
        sketch.push(") on conflict do nothing");
        let rows = tx.sketch(sketch).execute().await?;
        Ok(if rows > 0 { planted } else { Vec::new() })
    }

    /// What stands in a column of ids.
    fn id(&self, table: &'static Table, facts: &Facts, person: &Person) -> Option<Uuid> {
        let name = facts.column.name;
        let of_person = match table.rows {
            Rows::OfUser(column) | Rows::OfMember(column) | Rows::OfUserOrAddress(column, _) => column == name,
            Rows::OfAddress(_) | Rows::OfRequest(_) | Rows::OfNobody | Rows::OfOrganisation => false,
        };
        match name {
            _ if of_person || facts.column.author => Some(person.id.uuid()),
            "org_id" => Some(self.org.uuid()),
            "user_id" => Some(person.id.uuid()),
            "case_id" => Some(self.case),
            _ if name == "id" || name.ends_with("_id") || ["organisation", "replaces"].contains(&name) => Some(Uuid::now_v7()),
            _ => None,
        }
    }

    /// What takes more than a row: the account itself, messages, forms, and the record.
    async fn machinery(&self, tx: &mut Tx, person: &Person, who: &str, run: &str) -> Answer<Vec<Planted>> {
        let known = |table: &str, column: &str, canary: String, given: bool| Planted {
            table: table.to_owned(),
            column: column.to_owned(),
            canary,
            given,
            goes: true,
        };
        let email = format!("{MARK}-{who}-email-{run}");
        let mut planted =
            vec![known("users", "name", format!("{MARK}-{who}-name-{run}"), true), known("users", "email", email.clone(), true)];
        planted.push(known("users", "email_folded", email, true));
        let canary = |what: &str| format!("{MARK}-{who}-{what}-{run}");
        let (subject, body) = (canary("mail-subject"), canary("mail-body"));
        mail::send(self.state, tx, &Mail { to: person.email.clone(), subject: subject.clone(), body: body.clone() }).await?;
        // A worker of this installation must not carry it off before it has been looked for.
        tx.global(global_sql!("update jobs set run_at = run_at + $2 where id in (select id from mails where subject = $1)"))
            .bind(subject.clone())
            .bind(86_400_000_000_i64)
            .execute()
            .await?;
        planted.extend([known("mails", "subject", subject, true), known("jobs", "payload", body, false)]);
        // An address that was asked for and not confirmed, and the message that went there.
        let asked = canary("wanted");
        let wanted = format!("{asked}@wanted.example");
        accounts::ask_change(self.state, tx, person.id, &wanted).await?;
        tx.global(global_sql!("update jobs set run_at = run_at + $2 where id in (select id from mails where recipient = $1)"))
            .bind(wanted.clone())
            .bind(86_400_000_000_i64)
            .execute()
            .await?;
        planted.extend([known("mails", "recipient", asked.clone(), true), known("email_changes", "email", asked, true)]);
        let typed = canary("form");
        self.form(tx, person, &typed).await?;
        planted.push(known("kept_forms", "sealed", typed, false));
        for org in [self.org.uuid(), Uuid::nil()] {
            let value = canary(if org.is_nil() { "operator-record" } else { "record" });
            tx.confine(org).await?;
            audit::start_chain(self.state, tx).await?;
            let change = audit::Change { label: "Selftest".into(), from: String::new(), to: value.clone() };
            let event = audit::Event {
                action: "account.selftest",
                subject_kind: "user",
                subject: person.id.uuid(),
                facts: serde_json::json!({}),
                values: vec![change],
            };
            audit::record_in(self.state, tx, Some(person.id), event).await?;
            planted.push(known("audit_values", "sealed", value, true));
        }
        Ok(planted)
    }

    /// A refused form of the person, as the machine keeps it.
    async fn form(&self, tx: &mut Tx, person: &Person, typed: &str) -> Answer<()> {
        let session: Option<Vec<u8>> =
            tx.global(global_sql!("select token_hash from sessions where user_id = $1 limit 1")).bind(person.id).optional_scalar().await?;
        let fields = vec![("body".to_owned(), typed.to_owned())];
        let kept = Kept { action: "/api/selftest".into(), fault: Fault::Malformed, fields, session, person: Some(person.id) };
        let (_, hash) = secret::token();
        let sealed = self.state.key.derive("kept-form").seal(&hash, &serde_json::to_vec(&kept).unwrap_or_default());
        tx.global(global_sql!("insert into kept_forms (token_hash, sealed, expires_at) values ($1, $2, $3)"))
            .bind(hash)
            .bind(sealed)
            .bind(self.state.clock.now().plus_seconds(600))
            .execute()
            .await?;
        Ok(())
    }
}

/// The account goes by the choice on its receipt.
async fn consent(tx: &mut Tx, person: &Person) -> Answer<()> {
    tx.global(global_sql!(
        "insert into account_consents (user_id, receipt_id, notice_version, preferences, analytics, method, chosen_at)
         select user_id, id, notice_version, preferences, analytics, method, chosen_at from consent_receipts where user_id = $1"
    ))
    .bind(person.id)
    .execute()
    .await?;
    Ok(())
}

/// Tables whose rows cannot be made from their columns alone: they are there already, are written by the record, or point
/// at each other.
const NOT_BY_ROW: [&str; 8] =
    ["users", "memberships", "operators", "audit_events", "audit_values", "subject_keys", "account_consents", "rights_requests"];

/// Whether a row of a person can simply be put into a table. The account itself and the record are made by their own doors.
fn row_by_row(table: &Table) -> bool {
    let of_person = matches!(table.rows, Rows::OfUser(_) | Rows::OfMember(_) | Rows::OfAddress(_) | Rows::OfUserOrAddress(..));
    of_person && !NOT_BY_ROW.contains(&table.name)
}

/// What is written into a column of text, and the planted string where one fits.
fn text(facts: &Facts, person: &Person, whose: &str) -> (String, Option<String>) {
    let addressed = match facts.table.rows {
        Rows::OfAddress(column) | Rows::OfUserOrAddress(_, column) => column == facts.column.name,
        Rows::OfUser(_) | Rows::OfMember(_) | Rows::OfRequest(_) | Rows::OfNobody | Rows::OfOrganisation => false,
    };
    if addressed {
        // By this very value the row is found; it is the person's address, which is planted itself.
        return (person.folded.clone(), None);
    }
    if !facts.column.like.contains("{}") {
        return (facts.column.like.to_owned(), None);
    }
    let canary = format!("{MARK}-{}-{}-{whose}", facts.table.name.replace('_', "-"), facts.column.name.replace('_', "-"));
    (facts.column.like.replace("{}", &canary), Some(canary))
}

fn plant(facts: &Facts, canary: String) -> Planted {
    Planted {
        table: facts.table.name.to_owned(),
        column: facts.column.name.to_owned(),
        canary,
        given: facts.access == Access::Yes,
        goes: facts.erasure != Erasure::Untouched && !matches!(facts.erasure, Erasure::Keep(_)),
    }
}

/// Columns about account holders that take text and into which nothing was planted.
pub(super) fn forgotten(planted: &[Planted]) -> Vec<String> {
    let has = |facts: &Facts| planted.iter().any(|planted| planted.table == facts.table.name && planted.column == facts.column.name);
    let takes_text = |facts: &Facts| {
        let id = facts.column.name.ends_with("id")
            || facts.column.author
            || ["organisation", "closed_by", "replaces", "sha256"].contains(&facts.column.name);
        let found_by = match facts.table.rows {
            Rows::OfAddress(column) | Rows::OfUserOrAddress(_, column) => column == facts.column.name,
            Rows::OfUser(_) | Rows::OfMember(_) | Rows::OfRequest(_) | Rows::OfNobody | Rows::OfOrganisation => false,
        };
        row_by_row(facts.table)
            && facts.personal()
            && facts.access == Access::Yes
            && facts.column.kind == Kind::Plain
            && facts.column.like.contains("{}")
            && !id
            && !found_by
    };
    registry::columns()
        .filter(|facts| takes_text(facts) && !has(facts))
        .map(|facts| format!("{}.{}", facts.table.name, facts.column.name))
        .collect()
}
