//! Forms that post without script and do better with it.
//!
//! A form is a plain `<form>` whose action is a server function. The server answers with a redirect, and what was
//! refused comes back with the page ([`Returned`]): the complaint at its field, and whatever was typed. With script the
//! very same exchange goes by `fetch` and the answer is merged into the page that is there (`ui::live`): nothing
//! reloads, and nothing about a form is written twice.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::{context::Provider, prelude::*};

use super::{Icon, Notice, Tone, fault_view::reference, fold::unfold};
use crate::{
    fault::{Difference, Fault},
    form::{AS_SHOWN, AsShown},
};

/// A form that was refused. Lies in the context of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Returned {
    /// The action it was posted to.
    pub action: String,
    /// Why it was refused.
    pub fault: Option<Fault>,
    /// What had been typed, secrets left out.
    pub fields: Vec<(String, String)>,
}

/// The field in which a form says for whom and for which organisation its page was made.
pub const SHOWN_FOR: &str = "shown_for";

/// For whom and for which organisation this page is made. Lies in the context of a page for somebody who is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShownFor(pub String);

/// Whether a form of the page has taken up what was returned. What none has must be shown all the same.
#[derive(Clone, Default)]
pub struct Placed(Arc<AtomicBool>);

impl Placed {
    /// Whether one has.
    pub fn is(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Returned {
    fn is_of(&self, action: &str, key: &str) -> bool {
        let of = self.action == action && (key.is_empty() || self.value("form") == Some(key));
        of && self.is_from_here()
    }

    /// Whether it was made for the organisation of this page: a text for one must not turn up in a form of another.
    fn is_from_here(&self) -> bool {
        let here = use_context::<ShownFor>();
        match self.value(SHOWN_FOR) {
            Some(said) => here.is_some_and(|here| here.0 == said),
            None => !matches!(self.fault, Some(Fault::Elsewhere { .. })),
        }
    }

    /// A field of it.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.fields.iter().find(|(name, _)| name == field).map(|(_, value)| value.as_str())
    }
}

/// What the fields of a form share.
#[derive(Clone, Copy)]
pub struct FormState(StoredValue<Inner>);

struct Inner {
    returned: Returned,
    prefix: String,
    /// What the fields showed when the form was made that has been returned.
    before: Option<AsShown>,
    /// What they would show now.
    now: AsShown,
}

impl FormState {
    /// The form around this component. It is found only from inside: a field that is made before its form belongs to none.
    pub fn here() -> Self {
        use_context::<Self>().unwrap_or_else(|| {
            leptos::logging::warn!("a field stands outside of its form");
            Self::new(Returned::default(), String::new())
        })
    }

    fn new(returned: Returned, prefix: String) -> Self {
        let before = returned.value(AS_SHOWN).and_then(AsShown::parse);
        Self(StoredValue::new(Inner { returned, prefix, before, now: AsShown::default() }))
    }

    /// Why the last attempt was refused.
    pub fn fault(self) -> Option<Fault> {
        self.0.with_value(|inner| inner.returned.fault.clone())
    }

    /// The complaint about a field.
    pub fn complaint(self, field: &str) -> Option<String> {
        self.0.with_value(|inner| inner.returned.fault.as_ref().and_then(|fault| fault.about(field)).map(str::to_owned))
    }

    /// What a field shows at first: what was typed before, or `otherwise`. What was returned untouched gives way to what is
    /// stored now.
    pub fn value(self, field: &str, otherwise: String) -> String {
        let typed = self.0.with_value(|inner| {
            let typed = inner.returned.value(field)?;
            let untouched = inner.before.as_ref().is_some_and(|before| before.is_one(field, typed));
            (!untouched).then(|| typed.to_owned())
        });
        self.note(field, vec![otherwise.clone()]);
        typed.unwrap_or(otherwise)
    }

    /// The same for a field with several values.
    pub fn values(self, field: &str, otherwise: Vec<String>) -> Vec<String> {
        let typed = self.0.with_value(|inner| {
            let all = &inner.returned.fields;
            let typed: Vec<String> = all.iter().filter(|(name, _)| name == field).map(|(_, value)| value.clone()).collect();
            let untouched = inner.before.as_ref().is_some_and(|before| before.is(field, &typed));
            (!all.is_empty() && !untouched).then_some(typed)
        });
        self.note(field, otherwise.clone());
        typed.unwrap_or(otherwise)
    }

    fn note(self, field: &str, values: Vec<String>) {
        self.0.update_value(|inner| inner.now.note(field, values));
    }

    /// What the fields made so far would show without what was typed, as the form sends it along.
    fn as_shown(self) -> String {
        self.0.with_value(|inner| inner.now.text())
    }

    /// The element id of a field: unique where several forms share a page.
    pub fn id(self, field: &str) -> String {
        self.0.with_value(|inner| if inner.prefix.is_empty() { field.to_owned() } else { format!("{}-{field}", inner.prefix) })
    }
}

/// A form around its fields.
#[component]
pub fn Form(
    /// Path of the server function: `<SignIn as ServerFn>::PATH`.
    #[prop(into)]
    action: String,
    /// Tells forms of one action on one page apart, and their fields.
    #[prop(optional, into)]
    key: String,
    /// Buttons elsewhere on the page that carry it as `form` send this form.
    #[prop(optional)]
    id: &'static str,
    #[prop(optional)] class: &'static str,
    /// Whether going through changes who is signed in, so that the next page must be loaded whole.
    #[prop(optional)]
    leave: bool,
    /// Whether the fields are empty again after it went through and the page stays.
    #[prop(optional)]
    clear: bool,
    /// Whether there are files among its fields. The browser sends it by itself then, to a door that reads such forms.
    #[prop(optional)]
    files: bool,
    /// Whether it says what its fields showed, so that only what was changed is saved, and what others changed meanwhile
    /// stays.
    #[prop(optional)]
    merges: bool,
    children: Children,
) -> impl IntoView {
    let returned = use_context::<StoredValue<Returned>>()
        .and_then(|all| all.with_value(|it| it.is_of(&action, &key).then(|| it.clone())))
        .unwrap_or_default();
    if !returned.action.is_empty()
        && let Some(placed) = use_context::<Placed>()
    {
        placed.0.store(true, Ordering::Relaxed);
    }
    let state = FormState::new(returned, key.clone());
    let marked = (!key.is_empty()).then(|| view! { <input type="hidden" name="form" value=key /> });
    let summary = state.fault().map(|fault| {
        unfold();
        summary(state, fault)
    });
    view! {
        <form
            id=(!id.is_empty()).then_some(id)
            class=class
            method="post"
            action=action
            enctype=files.then_some("multipart/form-data")
            novalidate
            data-live=(!leave && !files).then_some("")
            data-clear=clear.then_some("")
        >
            {marked}
            <ForField />
            {summary}
            // Its own scope, so that what is made in here finds this form and not the last one of the page.
            <Provider value=state>{children()}</Provider>
            // After the fields, which have said by now what they show.
            {merges.then(|| view! { <input type="hidden" name=AS_SHOWN value=state.as_shown() /> })}
        </form>
    }
}

/// Goes along with every form of somebody who is signed in.
#[component]
pub fn ForField() -> impl IntoView {
    use_context::<ShownFor>().map(|it| view! { <input type="hidden" name=SHOWN_FOR value=it.0 /> })
}

/// What the form as a whole hears: links to the fields, or the one sentence.
fn summary(state: FormState, fault: Fault) -> AnyView {
    match fault {
        Fault::Invalid(fields) if fields.len() > 1 => {
            let title = format!("{} fields need your attention", fields.len());
            let links =
                fields.into_iter().map(|f| view! { <li><a href=format!("#{}", state.id(&f.field))>{f.message}</a></li> }).collect_view();
            view! { <div class="form-summary" role="alert" tabindex="-1"><h2>{title}</h2><ul>{links}</ul></div> }.into_any()
        }
        // The one complaint stands at its field.
        Fault::Invalid(_) => ().into_any(),
        Fault::Conflict(differences) => {
            let words = "Nothing of yours is lost: it is still here. Compare, change what you want, and save again.";
            view! { <Conflict differences=differences words=words /> }.into_any()
        }
        // They have signed in since.
        Fault::SignIn if use_context::<ShownFor>().is_some() => {
            view! { <Notice>"You are signed in again. What you typed is here and not saved yet: send it now."</Notice> }.into_any()
        }
        // The person has come back to the organisation for which it was written.
        Fault::Elsewhere { .. } => {
            view! { <Notice>"Your text is back where it belongs. It is not saved yet: send it now."</Notice> }.into_any()
        }
        fault => {
            view! { <Notice tone=Tone::Danger><strong>{fault.title()}</strong><p>{fault.sentence()}</p>{reference()}</Notice> }.into_any()
        }
    }
}

/// Both values side by side, with who stored the one. The form's own hidden `version` renews itself, so that saving again
/// is a decision.
#[component]
pub(super) fn Conflict(differences: Vec<Difference>, words: &'static str) -> impl IntoView {
    let rows = differences
        .into_iter()
        .filter(|d| d.field != "version")
        .map(|d| {
            let saved = (!d.saved.is_empty()).then(|| view! { <p class="hint">"Saved by " {d.saved}</p> });
            view! {
                <tr>
                    <th scope="row">{d.label}</th>
                    <td data-label="Stored now">{or_nothing(d.theirs)} {saved}</td>
                    <td data-label="Yours">{or_nothing(d.yours)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="form-summary" role="alert" tabindex="-1">
            <h2>"Changed since you opened it"</h2>
            <p>{words}</p>
            <table class="table diff">
                <thead>
                    <tr>
                        <th scope="col">"Field"</th>
                        <th scope="col">"Stored now"</th>
                        <th scope="col">"Yours"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
            {reference()}
        </div>
    }
}

fn or_nothing(value: String) -> String {
    if value.is_empty() { "(nothing)".into() } else { value }
}

/// The line under a field that says what is wrong with it.
#[component]
pub fn Complaint(#[prop(into)] id: String, text: Option<String>) -> impl IntoView {
    text.map(|message| {
        unfold();
        view! {
            <p class="field-error" id=id>
                <Icon name="danger" />
                <span>{message}</span>
            </p>
        }
    })
}
