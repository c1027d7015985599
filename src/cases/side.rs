//! The facts of a case, beside its timeline.

use std::sync::Arc;

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{Assign, CaseView, ClosureView, FieldView, LinkView},
    edit::FactsForm,
    fields::workers,
    links::Links,
    looking::Looking,
    model::FieldKind,
    row::{deadline, who},
};
use crate::{
    accounts::Viewer,
    day::Day,
    ui::{Fold, Form, Hidden, SelectField, Submit, Tag, Time},
};

/// Everything that is known about it.
#[component]
pub(super) fn Side(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let links: Vec<LinkView> = case.links.clone();
    let history = format!("/cases/{}/history", case.number);
    let facts = if at.facts && case.may_write {
        view! { <FactsForm case=case.clone() at=at /> }.into_any()
    } else {
        view! { <Facts case=case.clone() at=at /> }.into_any()
    };
    view! {
        <aside class="case-side" aria-label="Facts">
            {case.closure.clone().map(|closure| view! { <Outcome closure=closure /> })}
            <Assignment case=case.clone() />
            {facts}
            <Links number=case.number.clone() links=links may_write=case.may_write />
            <section>
                <h2>"Record"</h2>
                <p class="hint">
                    "Every change is kept, with who and when. " <a href=history>"History"</a>
                </p>
            </section>
        </aside>
    }
}

#[component]
fn Outcome(closure: ClosureView) -> impl IntoView {
    let by = if closure.by.is_empty() { String::new() } else { format!(" by {}", closure.by) };
    view! {
        <section>
            <h2>"Outcome"</h2>
            <p>
                <b>{closure.outcome}</b>
            </p>
            {(!closure.reason.is_empty()).then(|| view! { <p>{closure.reason}</p> })}
            <p class="hint">
                "Closed" {by} " on " <Time iso=closure.at.iso text=closure.at.day />
            </p>
        </section>
    }
}

/// Who works on it, and handing it over. The list and its button are one form, so a slip of the wheel changes nothing.
#[component]
fn Assignment(case: Arc<CaseView>) -> impl IntoView {
    let me = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.user);
    let name = who(&case.assignee);
    let form = case.may_write.then(|| {
        let mut options = vec![(String::new(), "Nobody".to_owned())];
        options.extend(workers(&case.members, case.assignee_id));
        let now = case.assignee_id.map(|id| id.to_string()).unwrap_or_default();
        let (number, version) = (case.number.clone(), case.version.to_string());
        let from = if now.is_empty() { "nobody".to_owned() } else { now.clone() };
        let before = from.clone();
        let take = (me.is_some() && me != case.assignee_id).then(|| {
            let (number, version) = (number.clone(), version.clone());
            let me = me.map(|id| id.to_string()).unwrap_or_default();
            view! {
                <Form action={Assign::PATH} key="take">
                    <Hidden name="number" value=number />
                    <Hidden name="version" value=version />
                    <Hidden name="from" value=before />
                    <Hidden name="assignee" value=me />
                    <Submit class="button small">"Assign to me"</Submit>
                </Form>
            }
        });
        view! {
            <div class="row">
                {take}
                <Fold class="handing" button="button small" heading=|| "Assign">
                    <Form action={Assign::PATH} key="assign" class="stack">
                        <Hidden name="number" value=number />
                        <Hidden name="version" value=version />
                        <Hidden name="from" value=from />
                        <SelectField name="assignee" label="Who works on it" options=options value=now />
                        <div>
                            <Submit class="button">"Hand over"</Submit>
                        </div>
                    </Form>
                </Fold>
            </div>
        }
    });
    view! {
        <section>
            <h2>"Assigned to"</h2>
            <div class="stack">
                <p>{name}</p>
                {form}
            </div>
        </section>
    }
}

/// A custom field. A day is written as every other one.
fn custom(field: &FieldView) -> impl IntoView + use<> {
    let day = (field.def.kind == FieldKind::Date).then(|| field.shown.parse::<Day>().ok()).flatten();
    let value = match day {
        Some(day) => view! { <Time iso=day.to_string() text=day.shown() /> }.into_any(),
        None => field.shown.clone().into_any(),
    };
    view! { <dt>{field.def.label.clone()}</dt><dd>{value}</dd> }
}

#[component]
fn Facts(case: Arc<CaseView>, at: Looking) -> impl IntoView {
    let edit = case.may_write.then(|| view! { <a href=at.editing_facts() data-stays>"Edit"</a> });
    let line = |label: &str, value: &str| (!value.is_empty()).then(|| view! { <dt>{label.to_owned()}</dt><dd>{value.to_owned()}</dd> });
    let custom = case.fields.iter().filter(|field| !field.shown.is_empty()).map(custom).collect_view();
    let due = case.due.clone().map(|due| view! { <dt>"Due"</dt><dd>{deadline(due)}</dd> });
    let closed = case.closed.clone().map(|at| view! { <dt>"Closed"</dt><dd><Time iso=at.iso text=at.day /></dd> });
    let tags = (!case.tags.is_empty()).then(|| {
        let tags = case.tags.iter().map(|tag| view! { <Tag name=tag.clone() href=super::filter::tagged(tag) /> }).collect_view();
        view! { <dt>"Tags"</dt><dd class="tags">{tags}</dd> }
    });
    view! {
        <section>
            <h2>"Facts" {edit}</h2>
            <dl class="facts">
                {due}
                <dt>"Priority"</dt>
                <dd>{case.priority.label()}</dd>
                <dt>"Opened"</dt>
                <dd>
                    <Time iso=case.opened.iso.clone() text=case.opened.day.clone() />
                </dd>
                {closed}
                <dt>"Changed"</dt>
                <dd>
                    <Time iso=case.updated.iso.clone() text=case.updated.text.clone() />
                </dd>
                {line("Came by", &case.channel)}
                {custom}
                {tags}
                {line("Imported id", &case.external_id)}
            </dl>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use leptos::reactive::owner::Owner;

    use super::*;
    use crate::cases::model::FieldDef;

    #[test]
    fn a_custom_day_is_written_as_every_other_day() {
        let field = |kind, shown: &str| FieldView {
            def: FieldDef { key: "moved_in".into(), label: "Moved in".into(), kind, options: Vec::new(), required: false },
            value: serde_json::Value::Null,
            shown: shown.into(),
        };
        let drawn = |kind, shown: &str| Owner::new().with(|| custom(&field(kind, shown)).to_html().replace("<!>", ""));
        assert!(drawn(FieldKind::Date, "2026-07-01").contains("<time datetime=\"2026-07-01\">1 Jul 2026</time>"));
        // What an import brought along and a text that only looks like a day stand as they are.
        assert!(drawn(FieldKind::Date, "soon").contains("<dd>soon</dd>"));
        assert!(drawn(FieldKind::Text, "2026-07-01").contains("<dd>2026-07-01</dd>"));
    }
}
