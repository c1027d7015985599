//! The public form, in two steps, so that each asks only what that request needs: first what and about what, then who.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    RequestId,
    api::{Ask, OptOut, addressee},
    model::{Concern, Kind},
};
use crate::{
    accounts::Viewer,
    ui::{CheckField, Form, Hidden, Instance, Notice, Submit, TextArea, TextField, Tone, address, loaded},
};

/// `/privacy/request`
pub struct AskPage;

/// What the address says already.
#[derive(Clone)]
struct Chosen {
    kind: Option<Kind>,
    concern: Option<Concern>,
    to: String,
}

impl Chosen {
    fn here() -> Self {
        Self { kind: Kind::parse(&address::query("kind")), concern: Concern::parse(&address::query("concern")), to: address::query("to") }
    }
}

impl AskPage {
    pub(crate) fn view() -> AnyView {
        let chosen = Chosen::here();
        let to = chosen.to.clone();
        let shown = loaded(addressee(to), move |organisation| step(chosen, organisation));
        view! {
            <Title text="Privacy request" />
            <div class="reading rights">
                {shown}
            </div>
        }
        .into_any()
    }
}

fn step(chosen: Chosen, organisation: Option<String>) -> AnyView {
    // A link of an organisation says what it is about.
    let concern = if organisation.is_some() { Some(Concern::Case) } else { chosen.concern };
    let to = if organisation.is_some() { chosen.to } else { String::new() };
    match (chosen.kind, concern) {
        (Some(Kind::OptOut), _) => view! { <OptOutForm /> }.into_any(),
        (Some(kind), Some(concern)) => view! { <AskForm kind=kind concern=concern to=to organisation=organisation /> }.into_any(),
        (kind, concern) => view! { <Choose kind=kind concern=concern to=to organisation=organisation /> }.into_any(),
    }
}

#[component]
fn Choose(kind: Option<Kind>, concern: Option<Concern>, to: String, organisation: Option<String>) -> impl IntoView {
    let linked = organisation.clone();
    let kinds = Kind::ALL.iter().filter(|kind| linked.is_none() || **kind != Kind::OptOut);
    let options = kinds.map(|it| option("kind", it.key(), it.label(), it.explanation(), kind == Some(*it))).collect_view();
    let about = organisation.is_none().then(|| {
        let says = |it: &Concern| match it {
            Concern::Account => "It goes to the operator of this installation.",
            Concern::Case => "It goes to that organisation, which is responsible for its cases. You write its name on the next page.",
        };
        let options = Concern::ALL.iter().map(|it| option("concern", it.key(), it.label(), says(it), concern == Some(*it))).collect_view();
        view! { <fieldset class="fieldset"><legend>"What is it about?"</legend>{options}</fieldset> }
    });
    let whom = organisation.unwrap_or_else(|| "whoever is responsible for it".to_owned());
    view! {
        <div class="page-head">
            <h1>"Ask about your personal data"</h1>
            <p>"You can ask " {whom} " without an account, without a reason, and it costs nothing. First say what you want; on the next page, where the answer goes."</p>
        </div>
        <form method="get" action="/privacy/request">
            {(!to.is_empty()).then(|| view! { <input type="hidden" name="to" value=to /> })}
            {about}
            <fieldset class="fieldset">
                <legend>"What do you want?"</legend>
                {options}
            </fieldset>
            <div class="form-actions">
                <button class="button primary" type="submit">
                    "Go on"
                </button>
            </div>
        </form>
    }
}

fn option(name: &'static str, value: &'static str, label: &'static str, says: &'static str, checked: bool) -> impl IntoView {
    view! {
        <label class="option">
            <input type="radio" name=name value=value checked=checked required />
            <b>{label}</b>
            <span>{says}</span>
        </label>
    }
}

#[component]
fn AskForm(kind: Kind, concern: Concern, to: String, organisation: Option<String>) -> impl IntoView {
    let case = concern == Concern::Case;
    let whom = match (&organisation, case) {
        (Some(name), _) => format!("It goes to {name}."),
        (None, true) => "The operator of this installation passes it on to the organisation, and sees none of its cases.".to_owned(),
        (None, false) => "It goes to the operator of this installation.".to_owned(),
    };
    let back = if to.is_empty() { format!("/privacy/request?kind={}", kind.key()) } else { format!("/privacy/request?to={to}") };
    let here = (kind == Kind::Withdrawal && !case).then(|| {
        view! {
            <Notice>
                "What you allowed in this browser, you take back at once and without this form: " <a href="/privacy/choices">"your privacy choices"</a> "."
            </Notice>
        }
    });
    let unnamed = case && organisation.is_none();
    let mine = use_context::<Option<Viewer>>().flatten().map(|viewer| viewer.email).unwrap_or_default();
    let words = if kind.needs_words() { "What is it about?" } else { "What is it about? (if you want to say more)" };
    view! {
        <div class="page-head">
            <h1>{kind.label()}</h1>
            <p>{kind.explanation()} " " {whom} " " <a href=back>"Choose something else"</a></p>
        </div>
        {here}
        <Form action={<Ask as ServerFn>::PATH} class="form-narrow">
            <Hidden name="key" value=RequestId::fresh().to_string() />
            <Hidden name="kind" value=kind.key() />
            <Hidden name="concern" value=concern.key() />
            <Hidden name="to" value=to />
            <TextField name="email" label="Your e-mail address" hint=proof(kind, case) kind="email" value=mine autocomplete="email" required=true />
            <CaseFields case=case unnamed=unnamed />
            <TextArea name="words" label=words hint="Leave out what is not needed for it." rows=4 />
            <Agent />
            <div class="form-actions">
                <Submit>"Send the request"</Submit>
            </div>
        </Form>
        <After proof=kind.needs_proof() />
    }
}

/// What a request about a case needs besides. Its own component, so that the fields are made inside of their form.
#[component]
fn CaseFields(case: bool, unnamed: bool) -> impl IntoView {
    let organisation = unnamed.then(|| {
        view! {
            <TextField
                name="organisation"
                label="Which organisation"
                hint="As it calls itself, for example in a letter to you."
                autocomplete="organization"
                required=true
            />
        }
    });
    let name = case.then(|| {
        view! { <TextField name="name" label="Your name" hint="So that the organisation can find what is about you." autocomplete="name" required=true /> }
    });
    view! { {organisation} {name} }
}

fn proof(kind: Kind, case: bool) -> &'static str {
    match (kind.needs_proof(), case) {
        (true, false) => "You get a link to it that shows that the request is yours. If you have an account, use its address.",
        (true, true) => "You get a link to it that shows that the request is yours.",
        (false, _) => "You get the answer there. Nothing has to be proved for this.",
    }
}

#[component]
fn Agent() -> impl IntoView {
    view! {
        <CheckField name="agent">"I ask for somebody else, with their permission"</CheckField>
        <div class="only-agent">
        <TextArea
            name="permission"
            label="Only then: for whom, and with what permission"
            hint="Their name and address, and the words in which they gave you permission, or the law that gives it to you."
            rows=3
        />
        </div>
    }
}

#[component]
fn After(proof: bool) -> impl IntoView {
    let confirm = proof.then(|| view! { <li>"You get a mail with a link, and confirm with it that the request is yours."</li> });
    view! {
        <section class="aside">
            <h2>"What happens then"</h2>
            <ol>
                {confirm}
                <li>"From then on a page of your own shows where it stands and until when it is answered."</li>
                <li>"You get the answer there. If it is refused, you read why, appeal on the same page, or complain elsewhere."</li>
            </ol>
        </section>
    }
}

#[component]
fn OptOutForm() -> impl IntoView {
    view! {
        <div class="page-head">
            <h1>{Kind::OptOut.label()}</h1>
            <p>
                "No personal data is sold here, and none is shared for advertising. You can put on record that it shall stay so for you. It is in force at once, and you have to prove nothing."
            </p>
        </div>
        <Form action={<OptOut as ServerFn>::PATH} class="form-narrow">
            <TextField name="address" label="E-mail address (if you want a note about it)" kind="email" autocomplete="email" />
            <div class="form-actions">
                <Submit>"Opt out"</Submit>
            </div>
        </Form>
        <p class="aside">"If your browser sends a Global Privacy Control signal, that is honoured as well, without this form."</p>
    }
}

/// `/privacy/request/sent`: the same words for every address and every organisation. A kind that needs no proof is named
/// in the address of the page.
pub struct AskedPage;

impl AskedPage {
    pub(crate) fn view() -> AnyView {
        let mails = use_context::<Instance>().is_some_and(|instance| instance.sends_mail);
        let kind = Kind::parse(&address::query("kind")).filter(|kind| !kind.needs_proof());
        let next = if mails {
            view! { <p>"Nothing there after a few minutes? Look among the unwanted mail, or check that the address was written as you meant it."</p> }.into_any()
        } else {
            view! {
                <Notice tone=Tone::Warning>
                    "This installation sends no mail. Whoever runs it finds the link in the server\u{2019}s log. Ask them for it."
                </Notice>
            }
            .into_any()
        };
        view! {
            <Title text="Request received" />
            <div class="page-narrow">
                <div class="page-head">
                    <h1>"We have your request"</h1>
                    <p>{sent(kind)}</p>
                </div>
                {next}
                <p class="aside">
                    <a href="/privacy">"Privacy policy"</a>
                </p>
            </div>
        }
        .into_any()
    }
}

/// What the message is and what it is for.
fn sent(unproved: Option<Kind>) -> &'static str {
    match unproved {
        None => {
            "A message to the address that you gave is on its way. Open the link in it: it works for 24 hours and shows that the request is yours. The time for the answer runs from today."
        }
        Some(Kind::OptOut) => "It is in force from now on, and you have nothing to confirm.",
        Some(_) => {
            "You have nothing to confirm. For your own account here, the withdrawal takes effect by itself; nobody has to accept it. A message to the address that you gave leads to a page that shows where your request stands."
        }
    }
}
