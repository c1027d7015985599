use leptos::prelude::*;

use super::Icon;

/// Which way a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    Ascending,
    Descending,
}

impl Sort {
    const fn aria(self) -> &'static str {
        match self {
            Self::Ascending => "ascending",
            Self::Descending => "descending",
        }
    }

    const fn icon(self) -> &'static str {
        match self {
            Self::Ascending => "sort-up",
            Self::Descending => "sort-down",
        }
    }
}

/// The head of a column that can be sorted: the whole `<th>`, since `aria-sort`
/// stands on it. The link carries the next state of the list in its address,
/// and so works without script, can be opened in a tab, and goes back.
#[component]
pub fn SortLink(
    #[prop(into)] label: String,
    #[prop(into)] href: String,
    /// How the list is sorted by this column now, if it is.
    #[prop(optional_no_strip)]
    sort: Option<Sort>,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    view! {
        <th scope="col" class=class aria-sort=sort.map(Sort::aria)>
            <a href=href>{label} {sort.map(|sort| view! { <Icon name=sort.icon() /> })}</a>
        </th>
    }
}
