//! A job at work, and the button that stops it.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{CancelImport, SummaryView},
    model::Status,
};
use crate::ui::{Form, Hidden, Progress, Submit, grouped};

/// Shows how far it is; with script by itself, without it at the press of a link.
#[component]
pub(super) fn Working(summary: SummaryView) -> impl IntoView {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let (heading, stop) = match summary.status {
        Status::Running => ("Importing", "Stop importing"),
        _ => ("Trying it out", "Stop trying"),
    };
    view! {
        // With script the page is looked at again every second.
        <section class="stack" data-refresh="1000">
            <h2>{heading}</h2>
            <Progress done=count(summary.rows_done) total=count(summary.rows_total) text=sentence(&summary) />
            <p class="muted">"You can leave this page; the work goes on."</p>
            <div class="form-actions">
                <Form action={<CancelImport as ServerFn>::PATH}>
                    <Hidden name="id" value=summary.id.to_string() />
                    <Submit class="button">{stop}</Submit>
                </Form>
                <noscript>
                    <a class="button" href=format!("/settings/import/{}", summary.id)>
                        "Show how far it is now"
                    </a>
                </noscript>
            </div>
        </section>
    }
}

fn sentence(summary: &SummaryView) -> String {
    if summary.rows_done == 0 {
        return "It begins in a moment.".into();
    }
    format!("{} of {} rows", grouped(summary.rows_done), grouped(summary.rows_total))
}
