//! What was counted, all of it, for whoever runs this instance.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    api,
    model::{DayView, EVENT_DAYS, RowView, UsageView},
    store,
};
use crate::{
    accounts::SessionSlot,
    fault::Answer,
    server::{time::iso, visit::visit},
    settings::Split,
    ui::{Subject, grouped},
};

/// Days of sums that the page shows.
const DAYS_SHOWN: i64 = 31;

pub(super) async fn usage() -> Answer<UsageView> {
    let visit = visit()?;
    let from = iso(visit.state.clock.now().plus_seconds(-DAYS_SHOWN * 86_400));
    let days = store::daily(&visit, from.get(..10).unwrap_or_default()).await?;
    let operator = use_context::<SessionSlot>().and_then(|slot| slot.get().map(|session| session.operator)).unwrap_or_default();
    let rows = if operator { Some(store::last_counted(&visit).await?) } else { None };
    Ok(UsageView {
        days: days.into_iter().map(|day| DayView { day: day.day, event: day.event, events: day.events }).collect(),
        rows: rows.map(|rows| rows.into_iter().map(row).collect()),
    })
}

pub(super) fn row(row: store::Counted) -> RowView {
    let hour = iso(row.at).get(..16).unwrap_or_default().replace('T', " ");
    RowView { hour, event: row.event, browser: row.browser_id.simple().to_string() }
}

/// `/settings/usage`
pub struct UsagePage;

impl UsagePage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Usage data" />
            <Split current="/settings/usage">
                <Subject of=api::usage() show=|view| view! { <Usage view=view /> } />
            </Split>
        }
        .into_any()
    }
}

#[component]
fn Usage(view: UsageView) -> impl IntoView {
    let total: i64 = view.days.iter().map(|day| day.events).sum();
    let days = view
        .days
        .into_iter()
        .map(|day| {
            view! {
                <tr>
                    <th scope="row" class="lead">
                        {day.event}
                    </th>
                    <td data-label="Day">
                        <time datetime=day.day.clone()>{day.day.clone()}</time>
                    </td>
                    <td data-label="Times">{grouped(day.events)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="page-head">
            <h1>"Usage data"</h1>
            <p>
                "Which pages were opened and what was done, counted only from browsers whose people allowed analytics. This is all of it: a name from a closed list, the hour, and a random number of the browser. No organisation, no case, no account, no address."
            </p>
        </div>
        <section>
            <h2>{format!("{} events in the last {DAYS_SHOWN} days", grouped(total))}</h2>
            <p class="hint">"Sums a day, in UTC, of everybody on this instance. They are kept for 25 months."</p>
            {(total == 0).then(|| view! { <p>"Nothing was counted. Nobody has allowed it, or nobody was here."</p> })}
            {(total > 0)
                .then(|| {
                    view! {
                        <div class="table-wrap">
                            <table class="table">
                                <thead>
                                    <tr>
                                        <th scope="col">"Event"</th>
                                        <th scope="col">"Day"</th>
                                        <th scope="col">"Times"</th>
                                    </tr>
                                </thead>
                                <tbody>{days}</tbody>
                            </table>
                        </div>
                    }
                })}
        </section>
        <section>
            <h2>"The rows themselves"</h2>
            {match view.rows {
                Some(rows) => view! { <Rows rows=rows /> }.into_any(),
                None => {
                    view! {
                        <p>
                            "Rows can tell what one browser did within ninety days. Only those who run this instance see them. Everybody sees those of their own browser under "
                            <a href="/privacy/choices">"Your privacy choices"</a> "."
                        </p>
                    }
                        .into_any()
                }
            }}
        </section>
    }
}

#[component]
fn Rows(rows: Vec<RowView>) -> impl IntoView {
    let nothing = rows.is_empty();
    view! {
        <p class="hint">{format!("The last hundred, as they are stored. A row is deleted after {EVENT_DAYS} days, or when its person withdraws.")}</p>
        {if nothing { view! { <p>"There are none."</p> }.into_any() } else { view! { <RowTable rows=rows /> }.into_any() }}
    }
}

/// Stored rows as a table; also for a person's own.
#[component]
pub(super) fn RowTable(rows: Vec<RowView>) -> impl IntoView {
    let line = |row: RowView| {
        view! {
            <tr>
                <th scope="row" class="lead">
                    {row.event}
                </th>
                <td data-label="Hour (UTC)">{row.hour}</td>
                <td data-label="Browser">
                    <code>{row.browser}</code>
                </td>
            </tr>
        }
    };
    view! {
        <div class="table-wrap">
            <table class="table">
                <thead>
                    <tr>
                        <th scope="col">"Event"</th>
                        <th scope="col">"Hour (UTC)"</th>
                        <th scope="col">"Browser"</th>
                    </tr>
                </thead>
                <tbody>{rows.into_iter().map(line).collect_view()}</tbody>
            </table>
        </div>
    }
}
