//! All imports, and the door for a new one.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::{
    api::{ImportsView, SummaryView, imports},
    model::Status,
};
use crate::{
    settings::Split,
    ui::{Empty, ForField, Subject, Time, grouped},
};

/// `/settings/import`
pub struct ImportsPage;

impl ImportsPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Import cases" />
            <Split current="/settings/import">
                <Subject of=imports() show=|view| view! { <Imports view=view /> } />
            </Split>
        }
        .into_any()
    }
}

#[component]
fn Imports(view: ImportsView) -> impl IntoView {
    let rows = view.imports.into_iter().map(|import| view! { <Line import=import /> }).collect_view();
    let list = if rows.is_empty() {
        Either::Left(
            view! { <Empty icon="upload" title="No imports yet" text="Upload a CSV file to bring in the cases that you have elsewhere." /> },
        )
    } else {
        Either::Right(view! {
            <h2>"Earlier imports"</h2>
            <div class="table-wrap" data-wide>
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"File"</th>
                            <th scope="col">"Uploaded"</th>
                            <th scope="col">"By"</th>
                            <th scope="col">"State"</th>
                            <th scope="col" class="num">"Rows"</th>
                            <th scope="col" class="num">"New cases"</th>
                            <th scope="col" class="num">"Rows left out"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        })
    };
    view! {
        <div class="page-head">
            <h1>"Import cases"</h1>
            <p>"From a table with one row per case, or one row per thing that happened in a case."</p>
        </div>
        <Upload limit=view.limit_megabytes />
        <section class="stack">{list}</section>
    }
}

/// A plain form: a file is sent by the browser itself, with script or without.
#[component]
fn Upload(limit: u64) -> impl IntoView {
    let hint =
        format!("Columns separated by any sign; UTF-8 or Windows-1252; up to {limit} MB. Nothing is imported before you have seen it.");
    view! {
        <form class="stack" method="post" action="/settings/import/upload" enctype="multipart/form-data">
            <ForField />
            <div class="field">
                <label for="file">"CSV file"</label>
                <p class="hint" id="file-hint">{hint}</p>
                <input id="file" name="file" type="file" accept=".csv,.tsv,.txt,text/csv,text/plain" aria-describedby="file-hint" required />
            </div>
            <div class="form-actions">
                <button class="button primary" type="submit">"Upload file"</button>
            </div>
        </form>
    }
}

#[component]
fn Line(import: SummaryView) -> impl IntoView {
    let counted = matches!(import.status, Status::Running | Status::Done | Status::Cancelled | Status::Failed);
    let of_import = |number: i64| if counted { grouped(number) } else { String::new() };
    view! {
        <tr>
            <th scope="row" class="lead" data-label="File">
                <a href=format!("/settings/import/{}", import.id)>{import.file_name}</a>
            </th>
            <td data-label="Uploaded"><Time iso=import.at.iso text=import.at.text /></td>
            <td data-label="By">{import.by}</td>
            <td data-label="State">{import.status.label()}</td>
            <td class="num" data-label="Rows">{grouped(import.rows_total)}</td>
            <td class="num" data-label="New cases">{of_import(import.report.created)}</td>
            <td class="num" data-label="Rows left out">{of_import(import.report.rejected)}</td>
        </tr>
    }
}
