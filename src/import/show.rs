//! One import, step by step: match the columns, try it out, import.

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};

use super::{
    api::{ImportView, import},
    columns::Columns,
    model::Status,
    outcome::{Ended, TriedOut},
    working::Working,
};
use crate::{
    fault::{Answer, Fault},
    ui::{Steps, Subject, counted},
};

/// `/settings/import/:id`
pub struct ImportPage {
    import: Resource<Answer<ImportView>>,
}

impl ImportPage {
    pub(crate) fn data() -> Self {
        let (params, query) = (use_params_map(), use_query_map());
        let asked = move || (params.read().get("id").unwrap_or_default(), query.read().get("type").unwrap_or_default());
        let fetch = |(id, case_type): (String, String)| async move {
            match id.parse() {
                Ok(id) => import(id, case_type).await,
                Err(_) => Err(Fault::NotFound),
            }
        };
        Self { import: Resource::new_blocking(asked, fetch) }
    }

    pub(crate) fn view(this: Self) -> AnyView {
        let again = Callback::new(move |()| this.import.refetch());
        view! {
            <Title text="Import cases" />
            <Subject of=this.import show=move |view| view! { <Import view=view again=again /> } />
        }
        .into_any()
    }
}

#[component]
fn Import(view: ImportView, again: Callback<()>) -> impl IntoView {
    let summary = view.summary.clone();
    let step = match summary.status {
        Status::Uploading | Status::Uploaded => 1,
        Status::Checking | Status::Checked => 2,
        Status::Running => 3,
        Status::Done | Status::Cancelled | Status::Failed => 4,
    };
    let about = format!(
        "{}, {}, separated by {}, {}",
        summary.file_name,
        counted(summary.rows_total, "row", "rows"),
        view.delimiter,
        view.encoding
    );
    let body = match summary.status {
        Status::Uploading | Status::Uploaded => EitherOf3::A(view! { <Columns view=view again=again /> }),
        Status::Checking | Status::Running => EitherOf3::B(view! { <Working summary=summary again=again /> }),
        Status::Checked | Status::Done | Status::Cancelled | Status::Failed => EitherOf3::C(view! { <Afterwards view=view again=again /> }),
    };
    view! {
        <div class="page-head">
            <h1>"Import cases"</h1>
            <p>{about}</p>
        </div>
        <Steps steps=vec!["Upload", "Match columns", "Try it out", "Import"] current=step />
        {body}
    }
}

/// What came of trying out, with the way on and the way back; or of the import.
#[component]
fn Afterwards(view: ImportView, again: Callback<()>) -> impl IntoView {
    if view.summary.status.has_ended() {
        return view! { <Ended view=view again=again /> }.into_any();
    }
    view! {
        <TriedOut view=view.clone() again=again />
        <details class="import-again">
            <summary>"Match the columns differently"</summary>
            <Columns view=view again=again />
        </details>
    }
    .into_any()
}
