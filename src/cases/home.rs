//! The start of a day: what is mine, what is late, what nobody has, and what I had begun to write.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use super::{
    api::{HomeView, home},
    row,
};
use crate::{
    accounts::{Permission, Viewer},
    ui::{Empty, Icon, Subject, Tab, Tabs, counted, grouped},
};

/// `/home`
pub struct HomePage;

impl HomePage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Home" />
            <Subject of=home() show=|view| view! { <Day view=view /> } />
        }
        .into_any()
    }
}

const MINE: &str = "/cases?kind=open&kind=waiting&assignee=me&sort=due&dir=asc";
const LATE: &str = "/cases?kind=open&kind=waiting&overdue=yes&sort=due&dir=asc";
const NOBODYS: &str = "/cases?kind=open&kind=waiting&assignee=none";
/// The columns of my cases: whose they are, I know.
const COLUMNS: [&str; 5] = ["number", "title", "state", "priority", "due"];

#[component]
fn Day(view: HomeView) -> impl IntoView {
    let name = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.name).unwrap_or_default();
    let first = name.split_whitespace().next().unwrap_or("there").to_owned();
    let body = if view.has_types {
        let tab = |label: &str, href: &str, count: i64| Tab {
            label: label.to_owned(),
            href: href.to_owned(),
            count: Some(grouped(count)),
            current: false,
        };
        let tabs = vec![tab("Mine", MINE, view.mine_total), tab("Late", LATE, view.late), tab("Nobody\u{2019}s", NOBODYS, view.unassigned)];
        Either::Left(view! {
            <Tabs label="Cases to look at" tabs=tabs />
            <Drafts drafts=view.drafts.clone() />
            <Mine view=view />
        })
    } else {
        Either::Right(view! { <Beginning /> })
    };
    view! {
        <div class="page-head">
            <h1>"Hello, " {first}</h1>
        </div>
        {body}
    }
}

#[component]
fn Mine(view: HomeView) -> impl IntoView {
    if view.mine.is_empty() {
        return Either::Left(view! {
            <Empty icon="check" title="Nothing is waiting for you" text="Open cases that are assigned to you show here, the first due first.">
                <a class="button" href=NOBODYS>
                    "Look at what nobody has"
                </a>
            </Empty>
        });
    }
    let shown = i64::try_from(view.mine.len()).unwrap_or_default();
    let more = (view.mine_total > shown).then(|| {
        view! {
            <p class="table-note">
                <a href=MINE>{format!("All {} of yours", counted(view.mine_total, "case", "cases"))}</a>
            </p>
        }
    });
    let rows = row::body(&view.mine, &COLUMNS);
    Either::Right(view! {
        <section>
            <h2>"My cases, the first due first"</h2>
            <div class="table-wrap">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Number"</th>
                            <th scope="col">"Title"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Priority"</th>
                            <th scope="col">"Due"</th>
                        </tr>
                    </thead>
                    {rows}
                </table>
            </div>
            {more}
        </section>
    })
}

#[component]
fn Drafts(drafts: Vec<(String, String, String, String)>) -> impl IntoView {
    if drafts.is_empty() {
        return None;
    }
    let lines = drafts
        .into_iter()
        .map(|(number, title, beginning, href)| {
            view! {
                <li>
                    <a href=href>{title}</a>
                    " "
                    <span class="number muted">{number}</span>
                    <p class="hint">{beginning}</p>
                </li>
            }
        })
        .collect_view();
    Some(view! {
        <section>
            <h2>"Notes that you have not finished"</h2>
            <ul class="stack" role="list">
                {lines}
            </ul>
        </section>
    })
}

/// An organisation that has just been founded.
#[component]
fn Beginning() -> impl IntoView {
    let viewer = use_context::<Option<Viewer>>().flatten();
    if !viewer.is_some_and(|viewer| viewer.may(Permission::OrgManage)) {
        let text = "Your organisation has not chosen yet what it works on. Ask an admin of yours to do so.";
        return Either::Left(view! { <Empty icon="cases" title="Almost there" text=text /> });
    }
    Either::Right(view! {
        <Empty icon="cases" title="First, what do you work on?" text="Choose the case types that you need. Then bring in the cases that you have, or open the first.">
            <a class="button primary" href="/onboarding">
                "Choose case types"
            </a>
            <a class="button" href="/settings/import">
                <Icon name="upload" />
                "Import cases"
            </a>
            <a class="button" href="/settings/members">
                <Icon name="people" />
                "Invite colleagues"
            </a>
        </Empty>
    })
}
