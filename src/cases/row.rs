//! One case as a row of a table.

use leptos::prelude::*;

use super::{
    api::CaseRow,
    model::{Due, Priority as Level},
};
use crate::ui::{Icon, Overdue, Priority, State, Time};

/// The row, with the columns named.
#[component]
pub(super) fn Row(row: CaseRow, columns: Vec<String>) -> impl IntoView {
    let href = format!("/cases/{}", row.number);
    let cells = columns.iter().map(|column| cell(column, &row, &href)).collect_view();
    view! { <tr data-row-href=href.clone()>{cells}</tr> }
}

fn cell(column: &str, row: &CaseRow, href: &str) -> AnyView {
    match column {
        "number" => view! { <td class="number">{row.number.clone()}</td> }.into_any(),
        "type" => view! { <td>{row.case_type.clone()}</td> }.into_any(),
        "state" => view! { <td><State kind=row.kind.key() label=row.state.clone() /></td> }.into_any(),
        "assignee" => view! { <td class="nowrap">{who(&row.assignee)}</td> }.into_any(),
        "priority" => view! { <td>{urgency(row.priority)}</td> }.into_any(),
        "due" => view! { <td class="nowrap" data-label=row.due.is_some().then_some("Due")>{row.due.clone().map(deadline)}</td> }.into_any(),
        "opened" => {
            view! { <td class="nowrap" data-label="Opened"><Time iso=row.opened.iso.clone() text=row.opened.day.clone() /></td> }.into_any()
        }
        "updated" => {
            view! { <td class="nowrap" data-label="Changed"><Time iso=row.updated.iso.clone() text=row.updated.text.clone() /></td> }
                .into_any()
        }
        "channel" => view! { <td>{row.channel.clone()}</td> }.into_any(),
        _ => {
            let lock = row.restricted.then(|| {
                view! {
                    " "
                    <span class="muted">
                        <Icon name="lock" />
                        <span class="visually-hidden">"Restricted"</span>
                    </span>
                }
            });
            view! { <th scope="row" class="lead"><a href=href.to_owned()>{row.title.clone()}</a>{lock}</th> }.into_any()
        }
    }
}

/// What comes as it comes needs no word: only what stands out does.
fn urgency(level: Level) -> impl IntoView {
    (level != Level::Normal).then(|| view! { <Priority level=level.key() label=level.label() /> })
}

/// A due date, marked when it has passed.
pub(super) fn deadline(due: Due) -> AnyView {
    let time = view! { <Time iso=due.at.iso text=due.at.day /> };
    if due.late { view! { <Overdue>{time}<span class="visually-hidden">", late"</span></Overdue> }.into_any() } else { time.into_any() }
}

/// Who works on it, or nobody.
pub(super) fn who(name: &str) -> AnyView {
    if name.is_empty() { view! { <span class="muted">"Nobody"</span> }.into_any() } else { name.to_owned().into_any() }
}
