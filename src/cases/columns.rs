//! The choice of columns. It is part of the list's address, like everything that the list shows.

use leptos::prelude::*;

use super::filter::{COLUMNS, ListQuery};
use crate::ui::Menu;

/// A menu of boxes. Without script it is a plain form that asks for the same list with other columns.
#[component]
pub(super) fn ColumnChoice(shown: Vec<String>, query: ListQuery) -> impl IntoView {
    let kept = ListQuery { columns: Vec::new(), after: String::new(), ..query }
        .pairs()
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value /> })
        .collect_view();
    let boxes = COLUMNS
        .iter()
        .map(|(key, label)| {
            let checked = shown.iter().any(|c| c == key);
            // The title leads to the case, so it stays.
            let fixed = *key == "title";
            view! {
                <label class="check">
                    <input type="checkbox" name="columns" value=*key checked=checked disabled=fixed />
                    <span>{*label}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <Menu label="Columns" icon="columns">
            <form action="/cases">
                {kept}
                <input type="hidden" name="columns" value="title" />
                {boxes}
                <button type="submit">"Show these columns"</button>
            </form>
        </Menu>
    }
}
