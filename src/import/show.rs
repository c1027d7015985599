//! One import, step by step: match the columns, try it out, import.

use leptos::{either::EitherOf3, prelude::*};
use leptos_meta::Title;

use super::{
    api::{ImportView, import},
    columns::Columns,
    model::Status,
    outcome::{Ended, TriedOut},
    working::Working,
};
use crate::{
    fault::Fault,
    ui::{Fold, Steps, Subject, address, counted},
};

/// `/settings/import/:id`
pub struct ImportPage;

impl ImportPage {
    pub(crate) fn view() -> AnyView {
        let id = address::param("id");
        let asked = async move {
            match id.parse() {
                Ok(id) => import(id, String::new()).await,
                Err(_) => Err(Fault::NotFound),
            }
        };
        view! {
            <Title text="Import cases" />
            <Subject of=asked show=|view| view! { <Import view=view /> } />
        }
        .into_any()
    }
}

#[component]
fn Import(view: ImportView) -> impl IntoView {
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
        view.separated_by,
        view.encoding
    );
    let body = match summary.status {
        Status::Uploading | Status::Uploaded => EitherOf3::A(view! { <Columns view=view /> }),
        Status::Checking | Status::Running => EitherOf3::B(view! { <Working summary=summary /> }),
        Status::Checked | Status::Done | Status::Cancelled | Status::Failed => EitherOf3::C(view! { <Afterwards view=view /> }),
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
fn Afterwards(view: ImportView) -> impl IntoView {
    if view.summary.status.has_ended() {
        return view! { <Ended view=view /> }.into_any();
    }
    // What only an answer can bring in is asked at once.
    let asks = !view.summary.report.words.is_empty() || view.asks_same;
    view! {
        <TriedOut view=view.clone() />
        <Fold class="import-again" open=asks heading=|| "Match the columns differently">
            <Columns view=view />
        </Fold>
    }
    .into_any()
}
