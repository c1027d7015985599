//! Forms that post without script and do better with it.
//!
//! A form is a plain `<form>` whose action is a server function. Without script the browser posts it, and what was
//! refused comes back with the page ([`Returned`]). With script the same body goes by `fetch`: nothing reloads, the
//! complaint appears at its field, and whatever was typed stays where it is. One piece of code serves every form, so a
//! form costs the WASM next to nothing.

use leptos::{context::Provider, ev, prelude::*};
use leptos_router::hooks::use_navigate;
use serde::{Deserialize, Serialize};

use super::{Icon, Notice, SignInAgain, Tone, browser};
use crate::fault::{Difference, Fault};

/// A form that was refused while there was no script. Lies in the context of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Returned {
    /// The action it was posted to.
    pub action: String,
    /// Why it was refused.
    pub fault: Option<Fault>,
    /// What had been typed, secrets left out.
    pub fields: Vec<(String, String)>,
}

impl Returned {
    fn is_of(&self, action: &str, key: &str) -> bool {
        self.action == action && (key.is_empty() || self.fields.iter().any(|(name, value)| name == "form" && value == key))
    }
}

/// What the fields of a form share.
#[derive(Clone, Copy)]
pub struct FormState {
    /// Why the last attempt was refused.
    pub fault: RwSignal<Option<Fault>>,
    /// Whether an attempt is on its way.
    pub busy: RwSignal<bool>,
    /// Sends the form once more, as it is now.
    again: Callback<()>,
    typed: StoredValue<Vec<(String, String)>>,
    prefix: StoredValue<String>,
}

impl FormState {
    /// The form around this component. It is found only from inside: a field that is made before its form belongs to none.
    pub fn here() -> Self {
        use_context::<Self>().unwrap_or_else(|| {
            leptos::logging::warn!("a field stands outside of its form");
            Self::new(Returned::default(), String::new(), Callback::new(|()| {}))
        })
    }

    fn new(returned: Returned, prefix: String, again: Callback<()>) -> Self {
        Self {
            fault: RwSignal::new(returned.fault),
            busy: RwSignal::new(false),
            again,
            typed: StoredValue::new(returned.fields),
            prefix: StoredValue::new(prefix),
        }
    }

    /// The complaint about a field.
    pub fn complaint(self, field: String) -> Signal<Option<String>> {
        Signal::derive(move || self.fault.with(|fault| fault.as_ref().and_then(|f| f.about(&field)).map(str::to_owned)))
    }

    /// What a field shows at first: what was typed before, or `otherwise`.
    pub fn value(self, field: &str, otherwise: String) -> String {
        self.typed.with_value(|typed| typed.iter().find(|(name, _)| name == field).map(|(_, value)| value.clone())).unwrap_or(otherwise)
    }

    /// Every value typed for a field with several.
    pub fn values(self, field: &str) -> Option<Vec<String>> {
        self.typed.with_value(|typed| {
            (!typed.is_empty()).then(|| typed.iter().filter(|(name, _)| name == field).map(|(_, value)| value.clone()).collect())
        })
    }

    /// The element id of a field: unique where several forms share a page.
    pub fn id(self, field: &str) -> String {
        self.prefix.with_value(|prefix| if prefix.is_empty() { field.to_owned() } else { format!("{prefix}-{field}") })
    }
}

/// A form around its fields.
#[component]
pub fn Form(
    /// Path of the server function: `<SignIn as ServerFn>::PATH`.
    action: &'static str,
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
    /// What to do when it went through and the page stays.
    #[prop(optional, into)]
    done: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let returned =
        use_context::<StoredValue<Returned>>().map(|returned| returned.get_value()).filter(|r| r.is_of(action, &key)).unwrap_or_default();
    let element = NodeRef::<leptos::html::Form>::new();
    let once_more = Callback::new(move |()| {
        if let Some(form) = element.get_untracked() {
            browser::submit(&form);
        }
    });
    let state = FormState::new(returned, key.clone(), once_more);
    let session = use_context::<SignInAgain>();
    let navigate = use_navigate();
    let submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if state.busy.get_untracked() {
            return;
        }
        state.busy.set(true);
        let navigate = navigate.clone();
        browser::post_form(action, &event, move |outcome| {
            state.busy.set(false);
            match outcome {
                Ok(Some(path)) if leave => browser::go(&path),
                Ok(path) => {
                    state.fault.set(None);
                    if let Some(path) = path {
                        navigate(&path, leptos_router::NavigateOptions::default());
                    }
                    if let Some(form) = element.get_untracked().filter(|_| clear) {
                        form.reset();
                    }
                    if let Some(done) = done {
                        done.run(());
                    }
                }
                Err(fault) => {
                    let ended = fault == Fault::SignIn;
                    state.fault.set(Some(fault));
                    if let Some(session) = session.filter(|_| ended) {
                        session.ask(state.again);
                    } else if let Some(form) = element.get_untracked() {
                        browser::show_complaint(&form);
                    }
                }
            }
        });
    };
    let marked = (!key.is_empty()).then(|| view! { <input type="hidden" name="form" value=key /> });
    view! {
        <form node_ref=element id=(!id.is_empty()).then_some(id) class=class method="post" action=action novalidate on:submit=submit aria-busy=move || state.busy.get().to_string()>
            {marked}
            <Summary state=state />
            // Its own scope: what is made later, in here, still finds this form and not the last one of the page.
            <Provider value=state>{children()}</Provider>
        </form>
    }
}

/// What the form as a whole hears: links to the fields, or the one sentence.
#[component]
fn Summary(state: FormState) -> impl IntoView {
    move || {
        state.fault.get().map(|fault| match fault {
            Fault::Invalid(fields) if fields.len() > 1 => {
                let title = format!("{} fields need your attention", fields.len());
                let links = fields
                    .into_iter()
                    .map(|f| view! { <li><a rel="external" href=format!("#{}", state.id(&f.field))>{f.message}</a></li> })
                    .collect_view();
                view! { <div class="form-summary" role="alert" tabindex="-1"><h2>{title}</h2><ul>{links}</ul></div> }.into_any()
            }
            // The one complaint stands at its field.
            Fault::Invalid(_) => ().into_any(),
            Fault::Conflict(differences) => view! { <Conflict differences=differences /> }.into_any(),
            Fault::SignIn => view! { <Ended again=state.again /> }.into_any(),
            fault => view! { <Notice tone=Tone::Danger><strong>{fault.title()}</strong><p>{fault.sentence()}</p></Notice> }.into_any(),
        })
    }
}

/// The session has ended. Signing in happens above the page, and then the form goes once more.
#[component]
fn Ended(again: Callback<()>) -> impl IntoView {
    let session = use_context::<SignInAgain>();
    let button = session.map(|session| {
        view! {
            <button class="button small" type="button" on:click=move |_| session.ask(again)>
                "Sign in"
            </button>
        }
    });
    view! {
        <Notice tone=Tone::Danger>
            <strong>{Fault::SignIn.title()}</strong>
            <p>{Fault::SignIn.sentence()}</p>
            {button}
        </Notice>
    }
}

/// Both values side by side. The form's own hidden `version` renews itself, so that saving again is a decision.
#[component]
fn Conflict(differences: Vec<Difference>) -> impl IntoView {
    let rows = differences
        .into_iter()
        .filter(|d| d.field != "version")
        .map(|d| {
            view! {
                <tr>
                    <th scope="row">{d.label}</th>
                    <td data-label="Stored now">{or_nothing(d.theirs)}</td>
                    <td data-label="Yours">{or_nothing(d.yours)}</td>
                </tr>
            }
        })
        .collect_view();
    view! {
        <div class="form-summary" role="alert" tabindex="-1">
            <h2>"Somebody else saved first"</h2>
            <p>"Nothing of yours is lost: it is still in the form. Compare, change what you want, and save again."</p>
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
        </div>
    }
}

fn or_nothing(value: String) -> String {
    if value.is_empty() { "(nothing)".into() } else { value }
}

/// The line under a field that says what is wrong with it.
#[component]
pub fn Complaint(#[prop(into)] id: String, text: Signal<Option<String>>) -> impl IntoView {
    move || {
        text.get().map(|message| {
            view! {
                <p class="field-error" id=id.clone()>
                    <Icon name="danger" />
                    <span>{message}</span>
                </p>
            }
        })
    }
}
