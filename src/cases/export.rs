//! The list of cases as a file: what `/cases` shows with the same address, all pages of it, with the facts that no column
//! of the list shows. It can be imported again, here or elsewhere: ids and versions say which case it was, and when.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State as AxumState},
    middleware::from_fn,
    response::Response,
    routing::get,
};
use futures::{StreamExt as _, stream};
use serde_json::{Map, Value};
use sqlx::{FromRow, types::Json};

use super::{
    api::CaseRow,
    filter::ListQuery,
    model::{Catalogue, FieldDef},
    parse::show_field,
    read,
};
use crate::{
    accounts::{Permission, Scope, SessionSlot},
    audit::{self, Event},
    clock::Instant,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    locale::Locale,
    server::{
        csv,
        db::Sketch,
        http::{bare, deliberate, refusal, wants_html},
        state::State,
        time::iso,
        visit::Visit,
    },
};

/// Rows that are read at once.
const EXTENT: read::Extent = read::Extent { rows: 500, tags: true };

/// The routes of cases that are no pages and no server functions.
pub fn routes() -> Router<State> {
    Router::new().route("/cases.csv", get(download).layer(from_fn(deliberate)))
}

async fn download(AxumState(state): AxumState<State>, request: Request) -> Response {
    let html = wants_html(request.headers());
    let Some(visit) = request.extensions().get::<Visit>().cloned() else { return bare(&Fault::Malformed) };
    let session = request.extensions().get::<SessionSlot>().cloned().unwrap_or_default();
    let scope = Scope::for_request(&visit, &session, Permission::CaseExport);
    let query = ListQuery::parse(request.uri().query().unwrap_or_default());
    match answer(scope, query).await {
        Ok(response) => response,
        Err(fault) => refusal(&state, &visit.facts, &fault, html),
    }
}

async fn answer(scope: Answer<Scope>, mut query: ListQuery) -> Answer<Response> {
    let scope = scope?;
    query.after.clear();
    let first = read::list(&scope, query.clone(), EXTENT).await?;
    // Before anything leaves: whoever breaks off has taken some of it.
    record(&scope, &query, first.total).await?;
    let fields = Arc::new(fields(&first.catalogue));
    let head = HEAD.into_iter().map(str::to_owned).chain(fields.iter().map(|field| field.heading.clone())).chain(TAIL.map(str::to_owned));
    let head = [csv::BOM.as_bytes(), &csv::line(head)].concat();
    let begin = lines(&scope, &first.catalogue, &fields, head, Arc::unwrap_or_clone(first.rows)).await?;
    let rest = stream::unfold(first.next, move |after| {
        let (scope, catalogue, fields, query) = (scope.clone(), first.catalogue.clone(), fields.clone(), query.clone());
        async move {
            let query = ListQuery { after: after?, ..query };
            // Whoever is removed while the file is on its way gets no more of it.
            if Scope::of_member(&scope.state, scope.actor.org, scope.actor.user, Permission::CaseExport).await.is_err() {
                return Some((Err(std::io::Error::other("the file is not theirs any more")), None));
            }
            let page = async {
                let (rows, next) = read::rows(&scope, &catalogue, &query, EXTENT, read::Way::Order).await?;
                Answer::Ok((lines(&scope, &catalogue, &fields, Vec::new(), rows).await?, next))
            };
            Some(match page.await {
                Ok((lines, next)) => (Ok(lines), next),
                // The file breaks off, which a browser notices; the status is out already.
                Err(_) => (Err(std::io::Error::other("the database is away")), None),
            })
        }
    });
    Ok(csv::download("cases.csv", stream::iter([Ok(begin)]).chain(rest)))
}

/// What every case has.
const HEAD: [&str; 16] = [
    "Number",
    "Title",
    "Type",
    "State",
    "State kind",
    "Assignee",
    "Priority",
    "Due",
    "Late",
    "Opened",
    "Closed",
    "Outcome",
    "Changed",
    "Channel",
    "Tags",
    "Restricted",
];
/// By what an import knows it again.
const TAIL: [&str; 2] = ["CaseTrakr id", "CaseTrakr version"];

/// A custom field that some type has.
struct Field {
    heading: String,
    def: FieldDef,
}

/// The custom fields of all types, those of one key once. Two of one name are told apart by their keys.
fn fields(catalogue: &Catalogue) -> Vec<Field> {
    let mut all: Vec<Field> = Vec::new();
    for def in catalogue.types.iter().flat_map(|t| &t.fields) {
        if all.iter().any(|known| known.def.key == def.key) {
            continue;
        }
        let taken = HEAD.iter().chain(&TAIL).any(|head| head.eq_ignore_ascii_case(&def.label))
            || all.iter().any(|known| known.def.label.eq_ignore_ascii_case(&def.label));
        let heading = if taken { format!("{} [{}]", def.label, def.key) } else { def.label.clone() };
        all.push(Field { heading, def: def.clone() });
    }
    all
}

/// What of a case no list shows.
#[derive(FromRow)]
struct Detail {
    number: String,
    id: Id<kinds::Case>,
    version: i64,
    opened_at: Instant,
    closed_at: Option<Instant>,
    updated_at: Instant,
    fields: Json<Map<String, Value>>,
    outcome: Option<String>,
}

/// The details of cases that were found for the actor.
async fn details(scope: &Scope, rows: &[CaseRow]) -> Answer<HashMap<String, Detail>> {
    let mut sketch = Sketch::new(
        "select c.number, c.id, c.version, c.opened_at, c.closed_at, c.updated_at, c.fields,
           (select x.outcome from case_closures x where x.org_id = c.org_id and x.case_id = c.id and x.reopened_at is null
            order by x.closed_at desc limit 1) as outcome
         from cases c where c.org_id = $1",
    );
    sketch.any_text(" and c.number", rows.iter().map(|row| row.number.clone()));
    let found: Vec<Detail> = scope.sketch(sketch).all().await?;
    Ok(found.into_iter().map(|detail| (detail.number.clone(), detail)).collect())
}

async fn record(scope: &Scope, query: &ListQuery, rows: i64) -> Answer<()> {
    let facts = serde_json::json!({ "rows": rows, "filtered": query.is_filtered() });
    let mut tx = scope.begin().await?;
    let event = Event { action: "cases.exported", subject_kind: "org", subject: scope.actor.org.uuid(), facts, values: Vec::new() };
    audit::record(&mut tx, event).await?;
    tx.commit().await
}

async fn lines(scope: &Scope, catalogue: &Catalogue, fields: &[Field], mut bytes: Vec<u8>, rows: Vec<CaseRow>) -> Answer<Bytes> {
    let mut details = details(scope, &rows).await?;
    for row in rows {
        // A case that went meanwhile is in no file.
        let Some(detail) = details.remove(&row.number) else { continue };
        bytes.extend_from_slice(&line(catalogue, fields, row, detail));
    }
    Ok(bytes.into())
}

fn line(catalogue: &Catalogue, fields: &[Field], row: CaseRow, detail: Detail) -> Bytes {
    let (due, late) = row.due.map(|due| (due.on.to_string(), if due.late { "yes" } else { "no" })).unwrap_or_default();
    let head = [
        row.number,
        row.title,
        row.case_type,
        row.state,
        row.kind.label().to_owned(),
        row.assignee,
        row.priority.label().to_owned(),
        due,
        late.to_owned(),
        iso(detail.opened_at),
        detail.closed_at.map(iso).unwrap_or_default(),
        detail.outcome.filter(|_| detail.closed_at.is_some()).unwrap_or_default(),
        iso(detail.updated_at),
        row.channel,
        row.tags.join(", "),
        if row.restricted { "yes" } else { "no" }.to_owned(),
    ];
    let own =
        fields.iter().map(|field| detail.fields.get(&field.def.key).map(|value| shown(value, catalogue, &field.def)).unwrap_or_default());
    let tail = [detail.id.to_string(), detail.version.to_string()];
    csv::line(head.into_iter().chain(own.collect::<Vec<_>>()).chain(tail))
}

/// A value of a custom field. Choices that have commas in their names are separated by semicolons.
fn shown(value: &Value, catalogue: &Catalogue, def: &FieldDef) -> String {
    match value {
        Value::Array(all) if def.options.iter().any(|option| option.contains(',')) => {
            all.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; ")
        }
        _ => show_field(value, catalogue, def.kind, Locale::default()),
    }
}
