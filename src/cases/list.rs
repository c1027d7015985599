//! The list of cases. Its whole state is in the address.

use leptos::{either::Either, prelude::*};
use leptos_meta::{Link, Title};

use super::{
    api::{ListView, list_cases},
    columns::ColumnChoice,
    filter::{COLUMNS, ListQuery},
    filters::Filters,
    model::StateKind,
    row,
};
use crate::{
    accounts::{Permission, Viewer},
    ui::{Chip, Chips, Empty, Icon, Pager, Sort, SortLink, Subject, Tab, Tabs, address, counted, grouped},
};

/// `/cases`
pub struct ListPage;

impl ListPage {
    pub(crate) fn view() -> AnyView {
        let search = address::search();
        let query = ListQuery::parse(&search);
        view! {
            <Title text="Cases" />
            // However it was asked for, this is the list's own address.
            <Link rel="canonical" href=query.href() />
            <Subject of=list_cases(search) show=move |view| view! { <Listing view=view query=query /> } />
        }
        .into_any()
    }
}

#[component]
fn Listing(view: ListView, query: ListQuery) -> impl IntoView {
    let nothing_yet = view.total == 0 && !query.is_filtered();
    let has_types = !view.catalogue.types.is_empty();
    let body = if nothing_yet {
        view! { <NothingYet has_types=has_types /> }.into_any()
    } else {
        let tabs = kinds(&view, &query);
        let chips =
            view.chips.iter().cloned().map(|chip| view! { <Chip name=chip.label value=chip.value without=chip.without /> }).collect_view();
        let filters = view! { <Filters catalogue=view.catalogue.clone() query=query.clone() /> };
        let lead = if view.chips.is_empty() { "All cases" } else { "Cases" };
        view! {
            <Tabs label="Kinds of state" tabs=tabs />
            <Chips lead=lead>
                {chips} {filters}
            </Chips>
            <Table view=view.clone() query=query.clone() />
        }
        .into_any()
    };
    let count = grouped(view.total);
    view! {
        <div class="page-head">
            <h1>"Cases"</h1>
            <span class="count" role="status">
                {count}
                <span class="visually-hidden">" match"</span>
            </span>
            {(!nothing_yet).then(|| view! { <Actions view=view query=query /> })}
        </div>
        {body}
    }
}

#[component]
fn Actions(view: ListView, query: ListQuery) -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let import = viewer.is_some_and(|viewer| viewer.may(Permission::CaseImport)).then(|| {
        view! {
            <a class="button" href="/settings/import">
                <Icon name="upload" />
                "Import"
            </a>
        }
    });
    let export = view.may_export.then(|| {
        let href = format!("/cases.csv?{}", query.from_place(String::new()).to_query());
        // A file is no page of the app: the browser fetches it itself.
        view! {
            <a class="button" href=href rel="external" download="cases.csv">
                <Icon name="download" />
                "Export CSV"
            </a>
        }
    });
    view! {
        <div class="actions">
            {import} {export} <ColumnChoice shown=view.columns query=query />
        </div>
    }
}

/// All, open, waiting, closed: the same list by kind of state, with counts where they are kept.
fn kinds(view: &ListView, query: &ListQuery) -> Vec<Tab> {
    let count = |kind: Option<StateKind>| {
        let of_kind = view.by_kind.iter().filter(|(k, _)| kind.is_none_or(|kind| *k == kind)).map(|(_, n)| *n).sum();
        (!view.by_kind.is_empty()).then(|| grouped(of_kind))
    };
    let tab = |label: &str, kind: Option<StateKind>| {
        let target = query.of_kind(kind.map(StateKind::key));
        Tab { label: label.to_owned(), current: target.kind == query.kind, href: target.href(), count: count(kind) }
    };
    let mut tabs = vec![tab("All", None)];
    tabs.extend(StateKind::ALL.into_iter().map(|kind| tab(kind.label(), Some(kind))));
    tabs
}

#[component]
fn Table(view: ListView, query: ListQuery) -> impl IntoView {
    if view.rows.is_empty() {
        return Either::Left(view! { <NothingFound query=query /> });
    }
    let columns = view.columns;
    let heads = COLUMNS
        .iter()
        .filter(|(key, _)| columns.iter().any(|c| c == key))
        .map(|(key, label)| {
            let sort = (query.sort_column() == *key).then_some(if query.ascending { Sort::Ascending } else { Sort::Descending });
            view! { <SortLink label=*label href=query.sorted_by(key).href() sort=sort /> }
        })
        .collect_view();
    let order = COLUMNS.iter().find(|(key, _)| *key == query.sort_column()).map_or("opened", |(_, label)| *label).to_lowercase();
    let caption = format!("Cases by {order}, {}", if query.ascending { "ascending" } else { "descending" });
    let shown = i64::try_from(view.rows.len()).unwrap_or_default();
    let all_here = shown == view.total;
    let summary =
        if all_here { counted(shown, "case", "cases") } else { format!("{} of {}", grouped(shown), counted(view.total, "case", "cases")) };
    let first = (!query.after.is_empty()).then(|| query.from_place(String::new()).href());
    let later = view.next.map(|place| query.from_place(place).href());
    let rows = row::body(&view.rows, &columns);
    Either::Right(view! {
        <div class="table-wrap">
            <table class="table">
                <caption class="visually-hidden">{caption}</caption>
                <thead>
                    <tr>{heads}</tr>
                </thead>
                {rows}
            </table>
        </div>
        <Pager summary=summary first=first later=later />
    })
}

#[component]
fn NothingYet(has_types: bool) -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    let may = |permission| viewer.as_ref().is_some_and(|viewer| viewer.may(permission));
    if !has_types && may(Permission::OrgManage) {
        return Either::Left(view! {
            <Empty icon="cases" title="First, what do you work on?" text="A case has a type, and the type brings its states and fields. Choose among six, or several of them.">
                <a class="button primary" href="/onboarding">
                    "Choose case types"
                </a>
            </Empty>
        });
    }
    let new = may(Permission::CaseCreate).then(|| {
        view! {
            <a class="button primary" href="/cases/new">
                <Icon name="plus" />
                "New case"
            </a>
        }
    });
    let import = may(Permission::CaseImport).then(|| {
        view! {
            <a class="button" href="/settings/import">
                <Icon name="upload" />
                "Import cases"
            </a>
        }
    });
    Either::Right(view! {
        <Empty
            icon="cases"
            title="No cases yet"
            text="A case needs only a title. Cases that you have elsewhere can be brought in from a CSV file; nothing is stored before you have seen what would happen."
        >
            {new}
            {import}
        </Empty>
    })
}

#[component]
fn NothingFound(query: ListQuery) -> impl IntoView {
    view! {
        <Empty icon="filter" title="No case is like that" text="Remove one of the filters above, or all of them.">
            <a class="button" href=query.unfiltered().href()>
                "Show all cases"
            </a>
        </Empty>
    }
}
