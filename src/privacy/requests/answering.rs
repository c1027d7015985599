//! The step in which a request is answered: what the program does, the words and the files, looking over, sending.

use leptos::prelude::*;

use super::{
    desk::RequestView,
    enclosures::EnclosureView,
    model::{Kind, State},
    steps::Hand,
};
use crate::{
    server::http::ANSWER_FILES,
    ui::{FileField, Form, Hidden, Notice, SelectField, Submit, TextArea, TextField, Time},
};

/// Carrying out, writing, looking over, sending.
pub(super) fn answering(view: &RequestView, hand: Hand) -> AnyView {
    let checking = view.row.state == State::QualityCheck;
    let (named, written) = view.answer.clone().unwrap_or_default();
    let made = !named.is_empty();
    let package = is_package(view)
        .then(|| view! { <Notice>"The package " <code>{named}</code> " was made by program and goes out as the answer."</Notice> });
    let write = package.is_none().then(|| view! { <Writing hand=hand written=written limit=view.file_limit.clone() /> });
    let on = made.then(|| {
        if checking {
            hand.form("deliver", "Send the answer", "button primary", || {
                view! { <p>"Read it once more, and look into each file: is it complete, is it about the right person, and about nobody else?"</p> }.into_any()
            })
        } else {
            hand.form("check", "Put it up for checking", "button primary", || ().into_any())
        }
    });
    let tool = (!checking).then(|| tool(view, hand)).flatten();
    view! { {package} {tool} {write} {on} }.into_any()
}

/// Whether the program made the answer, so that there are no words to write.
fn is_package(view: &RequestView) -> bool {
    view.answer.as_ref().is_some_and(|(_, written)| written.is_empty())
}

/// What the program does for an account once its request is accepted.
fn tool(view: &RequestView, hand: Hand) -> Option<AnyView> {
    let (name, _) = view.person.clone()?;
    let purposes = view.purposes.clone();
    match view.row.kind {
        Kind::Rectification => Some(hand.form("correct", "Correct the name", "button", move || {
            view! { <TextField name="other" label="Name of the account" hint="It is changed at once, and the answer is written: what it was and what it is. Anything else you correct by hand." value=name /> }.into_any()
        })),
        Kind::Objection => Some(hand.form("switch_off", "Switch it off", "button", move || {
            view! { <SelectField name="other" label="Purpose that can be switched off" options=purposes hint="It is off at once, and the answer is written. Where the objection is about another one, weigh it and write the answer yourself." /> }.into_any()
        })),
        Kind::Access | Kind::Portability | Kind::Erasure | Kind::Restriction => None,
        Kind::Withdrawal | Kind::Complaint | Kind::AutomatedDecision | Kind::OptOut => None,
    }
}

/// Buttons elsewhere send the form of the words with what is typed in it.
const FORM: &str = "answer";

/// The words of the answer, with the files that go along with it: one form, so that neither is lost over the other.
#[component]
fn Writing(hand: Hand, written: String, limit: String) -> impl IntoView {
    let button = if written.is_empty() { "Save the answer" } else { "Save the changed answer" };
    let class = if written.is_empty() { "button primary" } else { "button" };
    let files = format!(
        "Such as copies of what was asked for: at most {ANSWER_FILES}, each up to {limit}. They are sealed, go out with the answer, and are deleted seven days after it went out."
    );
    view! {
        <Form action=hand.answer_path() key="write_answer" id=FORM class="form-narrow" files=true>
            <Hidden name="request" value=hand.request.to_string() />
            <Hidden name="version" value=hand.version.to_string() />
            <TextArea name="words" label="The answer" hint="What was done, and what was not and why. The requester gets it as a file." value=written rows=8 />
            <FileField name="file" label="Files with it" hint=files />
            <div class="form-actions">
                <Submit class=class>{button}</Submit>
            </div>
        </Form>
    }
}

/// The files that go along with the answer.
#[component]
pub(super) fn Enclosures(view: RequestView, hand: Hand) -> impl IntoView {
    let (open, package) = (matches!(view.row.state, State::Fulfilling | State::QualityCheck), is_package(&view));
    let says = if open {
        "They go out with the answer. The requester can take each for seven days and five times; then they are deleted here, because they are copies. The written answer stays with the request."
    } else {
        "The requester can take each for as long as the answer, five times. When its seven days are over they are deleted here, because they are copies. The written answer stays with the request."
    };
    let line = move |file: EnclosureView| {
        let href = format!("{}/{}/files/{}", hand.at.path(), hand.request, file.id);
        let taken = (!open).then(|| format!(", taken {} times", file.taken));
        let remove = open.then(|| {
            let label = format!("Remove the file {}", file.name);
            if package {
                return hand.small("remove_file", vec![("other", file.id.clone())], "Remove", label);
            }
            view! { <button class="button small" type="submit" form=FORM name="remove" value=file.id.clone() aria-label=label>"Remove"</button> }
                .into_any()
        });
        view! {
            <li id=format!("file-{}", file.id)>
                <div>
                    <a rel="external" href=href download=file.name.clone()>{file.name.clone()}</a>
                    <p class="hint">{file.size} ", added by " {file.by} ", " <Time iso=file.at.iso text=file.at.text /> {taken}</p>
                </div>
                {remove}
            </li>
        }
    };
    (!view.enclosures.is_empty()).then(|| {
        view! {
            <section>
                <h2>"Files with the answer"</h2>
                <p class="hint">{says}</p>
                <ul class="enclosures" role="list">{view.enclosures.into_iter().map(line).collect_view()}</ul>
            </section>
        }
    })
}
