//! Who sees a case.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{CaseView, SetAccess, case},
    fields::Boxes,
};
use crate::{
    accounts::{Permission, Viewer},
    fault::Fault,
    ui::{ChoiceField, FaultView, Form, Hidden, Subject, Submit, address},
};

/// `/cases/:number/access`
pub struct AccessPage;

impl AccessPage {
    pub(crate) fn view() -> AnyView {
        let number = address::param("number");
        view! {
            <Title text=format!("Access to {number}") />
            <Subject of=case(number, String::new(), String::new()) show=access />
        }
        .into_any()
    }
}

fn access(case: CaseView) -> AnyView {
    if case.may_restrict {
        view! { <AccessForm case=case /> }.into_any()
    } else {
        view! { <MayNot permission=Permission::CaseRestrict /> }.into_any()
    }
}

/// Why the viewer cannot do it, before they try.
#[component]
fn MayNot(permission: Permission) -> impl IntoView {
    let role = use_context::<Option<Viewer>>().flatten().and_then(|viewer| viewer.org).map(|org| org.role);
    let reason = role.map_or_else(|| Fault::SignIn, |role| Fault::forbidden(permission.refusal(role)));
    view! { <FaultView fault=reason /> }
}

/// Who sees the case now, and why, in one sentence.
pub(super) fn who_sees(case: &CaseView) -> String {
    let organisation = use_context::<Option<Viewer>>()
        .flatten()
        .and_then(|viewer| viewer.org)
        .map_or_else(|| "the organisation".to_owned(), |org| org.name);
    if !case.restricted {
        return format!("everybody in {organisation}");
    }
    let mut names: Vec<&str> = case.viewers.iter().map(|viewer| viewer.name.as_str()).collect();
    let last = names.pop().unwrap_or("nobody");
    if names.is_empty() { format!("only {last}") } else { format!("only {} and {last}", names.join(", ")) }
}

#[component]
fn AccessForm(case: CaseView) -> impl IntoView {
    let back = format!("/cases/{}", case.number);
    let now = who_sees(&case);
    let options = vec![
        (String::new(), "Everybody in the organisation".to_owned(), "It shows in lists, counts and search like any other case.".to_owned()),
        (
            "yes".to_owned(),
            "Only the members named below".to_owned(),
            "To everybody else it does not exist: not in lists, not in counts, not in search, not as a link. Supervisors and owners are no exception."
                .to_owned(),
        ),
    ];
    let chosen = vec![if case.restricted { "yes".to_owned() } else { String::new() }];
    let members = case.members.iter().map(|m| (m.id.to_string(), m.name.clone())).collect();
    let viewers = case.viewers.iter().map(|m| m.id.to_string()).collect();
    view! {
        <div class="page-head">
            <h1>"Who sees " <span class="number">{case.number.clone()}</span></h1>
            <p>"Now it is seen by " {now} ". Being assigned gives work; being named here gives sight."</p>
        </div>
        <Form action={SetAccess::PATH} class="case-form" merges=true>
            <Hidden name="number" value=case.number />
            <Hidden name="version" value=case.version.to_string() />
            <ChoiceField name="restricted" label="Access" options=options chosen=chosen />
            <Boxes name="viewers[]" label="Members who see it when it is restricted" options=members chosen=viewers />
            <p class="hint">"You, and whoever works on the case, are always among them."</p>
            <div class="form-actions">
                <Submit>"Save"</Submit>
                <a class="button quiet" href=back>
                    "Cancel"
                </a>
            </div>
        </Form>
    }
}
