//! The fields of a [`Form`](super::Form): label above, hint between, what is wrong below and tied to the control.
//!
//! A field finds its complaint and what had been typed by its name, in the form around it.

use leptos::prelude::*;

use super::form::{Complaint, FormState};
use crate::fault::Fault;

/// What every field has.
struct Parts {
    id: String,
    hint_id: String,
    error_id: String,
    complaint: Option<String>,
}

impl Parts {
    fn of(name: &str) -> Self {
        let state = FormState::here();
        let id = state.id(name);
        Self { hint_id: format!("{id}-hint"), error_id: format!("{id}-error"), complaint: state.complaint(name), id }
    }

    /// What describes the control: the hint, and the complaint where there is one.
    fn described_by(&self, hint: bool) -> Option<String> {
        match (hint, self.complaint.is_some()) {
            (true, true) => Some(format!("{} {}", self.hint_id, self.error_id)),
            (true, false) => Some(self.hint_id.clone()),
            (false, true) => Some(self.error_id.clone()),
            (false, false) => None,
        }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.complaint.is_some().then_some("true")
    }
}

#[component]
fn Hint(id: String, #[prop(into)] text: String) -> impl IntoView {
    (!text.is_empty()).then(|| view! { <p class="hint" id=id>{text}</p> })
}

/// One line of text, or whatever `kind` makes of it (`email`, `date`, `number`, `search`).
#[component]
pub fn TextField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] autocomplete: &'static str,
    #[prop(optional)] required: bool,
    #[prop(optional)] class: &'static str,
    /// Names of a `<datalist>`'s values to propose.
    #[prop(optional)]
    proposals: Vec<String>,
    /// Whether the browser proposes the time zone that it is set to.
    #[prop(optional)]
    zone: bool,
) -> impl IntoView {
    let parts = Parts::of(&name);
    // What is no day, such as one that came from elsewhere in words, no browser shows in a field for days.
    let shown = if kind == "date" && value.parse::<jiff::civil::Date>().is_err() { String::new() } else { value };
    let value = FormState::here().value(&name, shown);
    let kind = kind_showing(kind, &value);
    let (described, invalid) = (parts.described_by(!hint.is_empty()), parts.invalid());
    let list = (!proposals.is_empty()).then(|| format!("{}-list", parts.id));
    let options = list.clone().map(|id| {
        view! { <datalist id=id>{proposals.into_iter().map(|p| view! { <option value=p></option> }).collect_view()}</datalist> }
    });
    view! {
        <div class=format!("field {class}")>
            <label for=parts.id.clone()>{label}</label>
            <Hint id=parts.hint_id text=hint />
            <input
                id=parts.id
                name=name
                type=kind
                value=value
                list=list
                data-zone=zone.then_some("")
                autocomplete=(!autocomplete.is_empty()).then_some(autocomplete)
                aria-required=required.then_some("true")
                aria-invalid=invalid
                aria-describedby=described
            />
            {options}
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// The kind of a field that shows this value. What somebody typed for a day and is none yet, no field for days shows.
pub fn kind_showing(kind: &'static str, value: &str) -> &'static str {
    let is_hidden = kind == "date" && !value.is_empty() && value.parse::<crate::day::Day>().is_err();
    if is_hidden { "text" } else { kind }
}

/// A password, with a button that shows it. Pasting is welcome.
#[component]
pub fn PasswordField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    autocomplete: &'static str,
    /// Whether a dialog that opens puts the focus here.
    #[prop(optional)]
    autofocus: bool,
) -> impl IntoView {
    let parts = Parts::of(&name);
    let (described, invalid) = (parts.described_by(!hint.is_empty()), parts.invalid());
    view! {
        <div class="field">
            <label for=parts.id.clone()>{label}</label>
            <Hint id=parts.hint_id text=hint />
            <div class="password">
                <input
                    id=parts.id
                    name=name
                    type="password"
                    autocomplete=autocomplete
                    autofocus=autofocus
                    aria-required="true"
                    aria-invalid=invalid
                    aria-describedby=described
                />
                // `ui::live` shows and hides.
                <button class="button quiet small scripted" type="button" aria-pressed="false" data-reveals>
                    "Show"
                </button>
            </div>
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// Several lines.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] value: String,
    #[prop(default = 5)] rows: u32,
) -> impl IntoView {
    let parts = Parts::of(&name);
    let value = FormState::here().value(&name, value);
    let (described, invalid) = (parts.described_by(!hint.is_empty()), parts.invalid());
    view! {
        <div class="field">
            <label for=parts.id.clone()>{label}</label>
            <Hint id=parts.hint_id text=hint />
            <textarea
                id=parts.id
                name=name
                rows=rows.to_string()
                aria-invalid=invalid
                aria-describedby=described
            >
                {inside_textarea(value)}
            </textarea>
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// Files from this machine, in a form that takes `files`. Which were chosen, no page can give back.
#[component]
pub fn FileField(#[prop(into)] name: String, #[prop(into)] label: String, #[prop(optional, into)] hint: String) -> impl IntoView {
    let parts = Parts::of(&name);
    let (described, invalid) = (parts.described_by(!hint.is_empty()), parts.invalid());
    view! {
        <div class="field">
            <label for=parts.id.clone()>{label}</label>
            <Hint id=parts.hint_id text=hint />
            <input id=parts.id name=name type="file" multiple aria-invalid=invalid aria-describedby=described />
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// One of several, each a pair of value and words.
#[component]
pub fn SelectField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    options: Vec<(String, String)>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] value: String,
    #[prop(optional)] class: &'static str,
) -> impl IntoView {
    let parts = Parts::of(&name);
    // A browser shows the first where the value is none of them.
    let first = options.first().map(|(key, _)| key.clone()).unwrap_or_default();
    let shown = if options.iter().any(|(key, _)| *key == value) { value } else { first };
    let value = FormState::here().value(&name, shown);
    let (described, invalid) = (parts.described_by(!hint.is_empty()), parts.invalid());
    let options = options
        .into_iter()
        .map(|(key, words)| {
            let selected = key == value;
            view! { <option value=key selected=selected>{words}</option> }
        })
        .collect_view();
    view! {
        <div class=format!("field {class}")>
            <label for=parts.id.clone()>{label}</label>
            <Hint id=parts.hint_id text=hint />
            <select id=parts.id name=name aria-invalid=invalid aria-describedby=described>
                {options}
            </select>
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// Yes or not; unticked it is not sent. The label may hold links, so it is children.
#[component]
pub fn CheckField(
    #[prop(into)] name: String,
    #[prop(default = "on".to_owned(), into)] value: String,
    #[prop(optional)] checked: bool,
    children: Children,
) -> impl IntoView {
    let parts = Parts::of(&name);
    let (described, invalid) = (parts.described_by(false), parts.invalid());
    let checked = FormState::here().values(&name, checked.then(|| value.clone()).into_iter().collect()).contains(&value);
    view! {
        <div class="check-field">
            <label class="check">
                <input id=parts.id type="checkbox" name=name value=value checked=checked aria-invalid=invalid aria-describedby=described />
                <span>{children()}</span>
            </label>
            <Complaint id=parts.error_id text=parts.complaint />
        </div>
    }
}

/// One or several of a few, all in sight.
#[component]
pub fn ChoiceField(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Value, words, and a sentence that explains.
    options: Vec<(String, String, String)>,
    #[prop(optional)] several: bool,
    #[prop(optional)] chosen: Vec<String>,
) -> impl IntoView {
    let parts = Parts::of(&name);
    let chosen = FormState::here().values(&name, chosen);
    let kind = if several { "checkbox" } else { "radio" };
    let (described, error_id) = (parts.described_by(false), parts.error_id);
    let options = options
        .into_iter()
        .enumerate()
        .map(|(index, (value, words, explanation))| {
            let checked = chosen.contains(&value);
            // The summary's link leads to the first.
            let id = if index == 0 { parts.id.clone() } else { format!("{}-{index}", parts.id) };
            view! {
                <label class="option">
                    <input id=id type=kind name=name.clone() value=value checked=checked />
                    <b>{words}</b>
                    <span>{explanation}</span>
                </label>
            }
        })
        .collect_view();
    view! {
        <fieldset class="fieldset" aria-describedby=described>
            <legend>{label}</legend>
            {options}
            <Complaint id=error_id text=parts.complaint />
        </fieldset>
    }
}

/// A value that goes along unseen. The version of a conflict replaces the one that the page was made with.
#[component]
pub fn Hidden(#[prop(into)] name: String, #[prop(into)] value: String) -> impl IntoView {
    let newer = match FormState::here().fault() {
        Some(Fault::Conflict(all)) if name == "version" => all.into_iter().find(|d| d.field == "version").map(|d| d.theirs),
        _ => None,
    };
    view! { <input type="hidden" name=name value=newer.unwrap_or(value) /> }
}

/// Goes along with a form on a page whose address is a secret, so that without script the server knows where to come back
/// to even from a browser that sends no referrer. The name keeps it out of what is stored of a refused form.
#[component]
pub fn TokenFields(page: &'static str, token: String) -> impl IntoView {
    view! {
        <Hidden name="token_page" value=format!("{page}{token}") />
        <Hidden name="token" value=token />
    }
}

/// The button that says what happens.
#[component]
pub fn Submit(
    #[prop(default = "button primary")] class: &'static str,
    #[prop(optional)] name: &'static str,
    #[prop(optional, into)] value: String,
    children: Children,
) -> impl IntoView {
    view! {
        <button class=class type="submit" name=(!name.is_empty()).then_some(name) value=(!value.is_empty()).then_some(value)>
            {children()}
        </button>
    }
}

/// Text inside a `<textarea>`: the framework writes it into the HTML as it is, so whatever was typed must not end the
/// element. A line break at the start would be swallowed by the parser, so it gets a second one.
pub fn inside_textarea(text: String) -> String {
    let safe = text.replace('&', "&amp;").replace('<', "&lt;");
    if safe.starts_with('\n') { format!("\n{safe}") } else { safe }
}
