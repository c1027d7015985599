//! One case: what it is now, its timeline, and its facts at the side.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    access::who_sees,
    api::{CaseView, case},
    composer::Composer,
    looking::Looking,
    model::{Priority as Level, StateKind},
    side::Side,
    steps::{Closing, Moves},
    timeline::Timeline,
};
use crate::ui::{Icon, Menu, Overdue, Priority, State, Subject, Time};

/// `/cases/:number`
pub struct CasePage;

impl CasePage {
    pub(crate) fn view() -> AnyView {
        let at = Looking::here();
        let subject = case(at.number.clone(), at.show.clone(), at.before.clone());
        let number = at.number.clone();
        let show = move |case: CaseView| {
            let case = Arc::new(case);
            view! {
                <div class="case-layout">
                    <Head case=case.clone() at=at.clone() />
                    <div class="case-main">
                        <Closing case=case.clone() at=at.clone() />
                        <h2 class="visually-hidden">"Timeline"</h2>
                        <Composer case=case.clone() />
                        <Timeline case=case.clone() at=at.clone() />
                    </div>
                    <Side case=case at=at />
                </div>
            }
        };
        view! {
            <Title text=number />
            <Subject of=subject show=show />
        }
        .into_any()
    }
}

#[component]
fn Head(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let same_type = format!("/cases?type={}", case.case_type.id);
    view! {
        <header class="case-head">
            <div>
                <p class="crumbs">
                    <a href=same_type>{case.case_type.name.clone()}</a>
                    " / "
                    <span class="number">{case.number.clone()}</span>
                </p>
                <h1>{case.title.clone()}</h1>
            </div>
            <div class="actions">
                <Moves case=case.clone() at=at.clone() />
                <More case=case.clone() at=at />
            </div>
            <Now case=case />
        </header>
    }
}

#[component]
fn More(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let page = |name: &str| format!("/cases/{}/{name}", case.number);
    let history = page("history");
    let edit = case.may_write.then(|| {
        view! {
            <a href=at.editing_facts() data-key="e" data-stays>
                <Icon name="edit" />
                "Edit the facts"
                <kbd class="kbd">"e"</kbd>
            </a>
        }
    });
    let access = case.may_restrict.then(|| {
        view! {
            <a href=page("access")>
                <Icon name="eye" />
                "Who sees it"
            </a>
        }
    });
    view! {
        <Menu label="More" icon="more" icon_only=true>
            {edit}
            {access}
            <a href=history>
                <Icon name="clock" />
                "History"
            </a>
        </Menu>
    }
}

/// One line of what matters now: state, urgency, next deadline, who holds it, who sees it.
#[component]
fn Now(case: Arc<CaseView>) -> impl IntoView {
    let urgency =
        (case.priority != Level::Normal).then(|| view! { <li><Priority level=case.priority.key() label=case.priority.label() /></li> });
    let open = case.state.kind != StateKind::Closed;
    let due = case.due.clone().filter(|due| open || due.late).map(|due| {
        let time = view! { <Time iso=due.on.to_string() text=due.on.shown() /> };
        let words = match (due.late, open) {
            (false, _) => view! { "Due " {time} }.into_any(),
            (true, true) => view! { <Overdue>"Was due " {time}</Overdue> }.into_any(),
            (true, false) => view! { <Overdue>"Closed after its due date, " {time}</Overdue> }.into_any(),
        };
        view! { <li>{words}</li> }
    });
    let assignee = if case.assignee.is_empty() {
        view! { <span class="muted">"Assigned to nobody"</span> }.into_any()
    } else {
        let same = case.assignee_id.map(|id| format!("/cases?assignee={id}&kind=open&kind=waiting"));
        match same {
            Some(href) => view! { "Assigned to " <a href=href>{case.assignee.clone()}</a> }.into_any(),
            None => view! { "Assigned to " {case.assignee.clone()} <span class="muted">" (imported)"</span> }.into_any(),
        }
    };
    let sight = format!("Seen by {}", who_sees(&case));
    let sight = if case.may_restrict {
        view! { <a href=format!("/cases/{}/access", case.number)>{sight}</a> }.into_any()
    } else {
        sight.into_any()
    };
    view! {
        <ul class="case-now" role="list">
            <li>
                <State kind=case.state.kind.key() label=case.state.name.clone() />
            </li>
            {urgency}
            {due}
            <li>{assignee}</li>
            <li>
                <Icon name=if case.restricted { "lock" } else { "eye" } />
                " "
                {sight}
            </li>
        </ul>
    }
}
