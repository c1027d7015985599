//! A job at work, and the button that stops it.

use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{
    api::{CancelImport, SummaryView, progress},
    model::Status,
};
use crate::{
    ids::{Id, kinds},
    ui::{Form, Hidden, Progress, Submit, browser::Pause, grouped},
};

/// How often the browser looks.
const MILLIS: u32 = 1_000;

/// Shows how far it is; with script by itself, without it at the press of a link.
#[component]
pub(super) fn Working(summary: SummaryView, again: Callback<()>) -> impl IntoView {
    let (id, status) = (summary.id, summary.status);
    let now = RwSignal::new(summary);
    let pause: StoredValue<Pause> = StoredValue::new(Default::default());
    Effect::new(move |_| watch(id, now, again, pause));
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    let (heading, stop) = match status {
        Status::Running => ("Importing", "Stop importing"),
        _ => ("Trying it out", "Stop trying"),
    };
    view! {
        <section class="stack">
            <h2>{heading}</h2>
            <Progress
                done=Signal::derive(move || now.with(|s| count(s.rows_done)))
                total=Signal::derive(move || now.with(|s| count(s.rows_total)))
                text=Signal::derive(move || now.with(sentence))
            />
            <p class="muted">"You can leave this page; the work goes on."</p>
            <div class="form-actions">
                <Form action={<CancelImport as ServerFn>::PATH} done=again>
                    <Hidden name="id" value=id.to_string() />
                    <Submit class="button">{stop}</Submit>
                </Form>
                <noscript>
                    <a class="button" href=format!("/settings/import/{id}")>
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

/// Looks again after a pause, until the job has ended or the page is left.
fn watch(id: Id<kinds::Import>, now: RwSignal<SummaryView>, again: Callback<()>, pause: StoredValue<Pause>) {
    pause.try_update_value(|timer| {
        timer.then(MILLIS, move || {
            spawn_local(async move {
                let busy = match progress(id).await {
                    Ok(fresh) => {
                        let busy = fresh.status.is_busy();
                        // `Some`: the page was left meanwhile.
                        if now.try_set(fresh).is_some() {
                            return;
                        }
                        busy
                    }
                    // Perhaps the network is away for a moment.
                    Err(_) => true,
                };
                if busy {
                    watch(id, now, again, pause);
                } else {
                    again.try_run(());
                }
            });
        });
    });
}
