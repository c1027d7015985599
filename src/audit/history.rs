//! The record as people read it: a case's history, and the organisation's.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    api::{RecordView, case_history, organisation_record},
    model::{Change, Told},
};
use crate::{
    settings::Split,
    ui::{Empty, Subject, Time, address},
};

/// `/cases/{number}/history`
pub struct CaseHistoryPage;

impl CaseHistoryPage {
    pub(crate) fn view() -> AnyView {
        let number = address::param("number");
        let record = case_history(number.clone(), before());
        let (back, address) = (format!("/cases/{number}"), format!("/cases/{number}/history"));
        view! {
            <Title text=format!("{number} history") />
            <p class="crumbs"><a href=back>{number.clone()}</a></p>
            <div class="page-head">
                <h1>"History of " <span class="number">{number}</span></h1>
                <p>"Every change with its author and time. Each line is sealed into a chain: changing, removing or reordering one would show."</p>
            </div>
            <Subject of=record show=move |view| view! { <Record view=view address=address.clone() /> } />
        }
        .into_any()
    }
}

/// `/settings/record`
pub struct RecordPage;

impl RecordPage {
    pub(crate) fn view() -> AnyView {
        let record = organisation_record(before());
        view! {
            <Title text="Record" />
            <Split current="/settings/record">
                <div class="page-head">
                    <h1>"Record of the organisation"</h1>
                    <p>"What happened apart from the cases. Each case has its history on its own page. The record also commits to what cases, entries, members and settings hold, so that a change past the product shows when it is verified. It cannot show what is done by somebody who has both the database and the server\u{2019}s key."</p>
                </div>
                <Subject of=record show=|view| view! { <Record view=view address="/settings/record".to_owned() /> } />
            </Split>
        }
        .into_any()
    }
}

fn before() -> i64 {
    address::query("before").parse().unwrap_or_default()
}

#[component]
fn Record(view: RecordView, address: String) -> impl IntoView {
    if view.events.is_empty() {
        return view! { <Empty icon="clock" title="Nothing yet" text="What happens from now on appears here.">""</Empty> }.into_any();
    }
    let earlier = view.before.map(|seq| view! { <p><a class="button" href=format!("{address}?before={seq}")>"Earlier events"</a></p> });
    let lines = view.events.into_iter().map(|event| view! { <Line event=event /> }).collect_view();
    view! {
        <ol class="history" reversed>{lines}</ol>
        {earlier}
    }
    .into_any()
}

#[component]
fn Line(event: Told) -> impl IntoView {
    let erased = event.erased.then(|| view! { <p class="hint">"The values were erased; the event and its seal remain."</p> });
    let changes = (!event.changes.is_empty())
        .then(|| view! { <ul>{event.changes.into_iter().map(|change| view! { <Values change=change /> }).collect_view()}</ul> });
    view! {
        <li>
            <p>
                <strong>{event.who}</strong> " " {event.what} ", " <Time iso=event.at.iso text=event.at.text />
                " " <span class="hint">"#" {event.seq.to_string()} " " <code>{event.seal}</code></span>
            </p>
            {changes}
            {erased}
        </li>
    }
}

#[component]
fn Values(change: Change) -> impl IntoView {
    let from = (!change.from.is_empty()).then(|| view! { <del>{change.from}</del> " " });
    let to = if change.to.is_empty() { view! { <em>"removed"</em> }.into_any() } else { view! { <ins>{change.to}</ins> }.into_any() };
    view! { <li>{change.label} ": " {from} {to}</li> }
}
