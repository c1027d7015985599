//! What is mine: name and address, organisations, open sign-ins, password.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    Viewer,
    api::{
        BelongingView, ChangeName, ChangePassword, CreateOrganisation, EndOtherSessions, EndSession, ResendVerification, SessionView,
        SwitchOrganisation, my_organisations, my_sessions,
    },
};
use crate::{
    ids::{Id, kinds},
    ui::{Badge, Form, Hidden, PasswordField, Subject, Submit, TextField, Time, Tone},
};

/// `/me`
pub struct MePage;

impl MePage {
    pub(crate) fn view() -> AnyView {
        let viewer = use_context::<Option<Viewer>>().flatten();
        view! {
            <Title text="My account" />
            <div class="page-head">
                <h1>"My account"</h1>
                <div class="actions">
                    <a class="button" href="/me/security">
                        "Sign-ins and password"
                    </a>
                </div>
            </div>
            {viewer.map(|viewer| view! { <AboutMe viewer=viewer /> })}
            <Subject of=my_organisations() show=|all| view! { <Organisations all=all /> } />
            <section>
                <h2>"One more organisation"</h2>
                <p>"It starts empty, apart from the others, and you are its owner."</p>
                <Form action={<CreateOrganisation as ServerFn>::PATH} class="form-narrow" leave=true>
                    <Hidden name="key" value={Id::<kinds::Org>::fresh().to_string()} />
                    <TextField name="organisation" label="Name of the organisation" required=true />
                    <TimeZone />
                    <div class="form-actions">
                        <Submit class="button">"Create organisation"</Submit>
                    </div>
                </Form>
            </section>
        }
        .into_any()
    }
}

#[component]
fn AboutMe(viewer: Viewer) -> impl IntoView {
    let confirmed = viewer.verified;
    view! {
        <section>
            <h2>"Name"</h2>
            <Form action={<ChangeName as ServerFn>::PATH} class="form-narrow" leave=true>
                <TextField
                    name="name"
                    label="Your name"
                    hint="Your colleagues see it on cases and in the record."
                    value=viewer.name
                    autocomplete="name"
                    required=true
                />
                <div class="form-actions">
                    <Submit class="button">"Save name"</Submit>
                </div>
            </Form>
        </section>
        <section>
            <h2>"E-mail"</h2>
            <p>
                {viewer.email} " "
                {if confirmed {
                    view! { <Badge tone=Tone::Success>"Confirmed"</Badge> }
                } else {
                    view! { <Badge tone=Tone::Warning>"Not confirmed"</Badge> }
                }}
            </p>
            {(!confirmed)
                .then(|| {
                    view! {
                        <p>"Open the link that was sent to this address. Until then you cannot choose a new password by mail."</p>
                        <Form action={<ResendVerification as ServerFn>::PATH}>
                            <Submit class="button">"Send the link again"</Submit>
                        </Form>
                    }
                })}
        </section>
    }
}

#[component]
fn Organisations(all: Vec<BelongingView>) -> impl IntoView {
    let rows = all.into_iter().map(|one| view! { <Organisation one=one /> }).collect_view();
    view! {
        <section>
            <h2>"My organisations"</h2>
            {rows}
        </section>
    }
}

#[component]
fn Organisation(one: BelongingView) -> impl IntoView {
    let name = one.name.clone();
    let way = if one.current {
        view! { <Badge tone=Tone::Info>"You act here now"</Badge> }.into_any()
    } else {
        view! {
            <Form action={<SwitchOrganisation as ServerFn>::PATH} key=one.org.to_string() leave=true>
                <Hidden name="org" value=one.org.to_string() />
                <Submit class="button small">"Switch to " {one.name}</Submit>
            </Form>
        }
        .into_any()
    };
    view! {
        <div class="session">
            <b>{name}</b>
            <p class="hint">{one.role.label()}</p>
            <div>{way}</div>
        </div>
    }
}

/// `/me/security`
pub struct SecurityPage;

impl SecurityPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Sign-ins and password" />
            <div class="page-head">
                <h1>"Sign-ins and password"</h1>
                <div class="actions">
                    <a class="button" href="/me">
                        "My account"
                    </a>
                </div>
            </div>
            <Subject of=my_sessions() show=move |all| view! { <Sessions all=all /> } />
            <section>
                <h2>"Change password"</h2>
                <p>"Your other sign-ins end, and you get a note by mail."</p>
                <Form action={<ChangePassword as ServerFn>::PATH} class="form-narrow" leave=true>
                    <PasswordField name="current_password" label="Current password" autocomplete="current-password" />
                    <PasswordField name="password" label="New password" hint=PASSWORD_HINT autocomplete="new-password" />
                    <div class="form-actions">
                        <Submit class="button">"Change password"</Submit>
                    </div>
                </Form>
            </section>
        }
        .into_any()
    }
}

#[component]
fn Sessions(all: Vec<SessionView>) -> impl IntoView {
    let others = all.len() > 1;
    let rows = all.into_iter().map(|session| view! { <Session session=session /> }).collect_view();
    view! {
        <section>
            <h2>"Where you are signed in"</h2>
            <p>"End what you do not know. It is refused from its next request on."</p>
            {rows}
            {others
                .then(|| {
                    view! {
                        <Form action={<EndOtherSessions as ServerFn>::PATH}>
                            <div class="form-actions">
                                <Submit class="button danger">"End all others"</Submit>
                            </div>
                        </Form>
                    }
                })}
        </section>
    }
}

#[component]
fn Session(session: SessionView) -> impl IntoView {
    let end = format!("End the sign-in of {}", session.device);
    view! {
        <div class="session">
            <b>{session.device} {session.current.then(|| view! { " " <Badge tone=Tone::Info>"This one"</Badge> })}</b>
            <p class="hint">
                "From " {session.address} ", began " <Time iso=session.began.iso text=session.began.text /> ", last used "
                <Time iso=session.seen.iso text=session.seen.text />
            </p>
            <Form action={<EndSession as ServerFn>::PATH} key=session.id.to_string() leave=session.current>
                <Hidden name="session" value=session.id.to_string() />
                <Submit class="button small">
                    "End" <span class="visually-hidden">{end.strip_prefix("End").unwrap_or_default().to_owned()}</span>
                </Submit>
            </Form>
        </div>
    }
}

/// What a new password must be.
pub(super) const PASSWORD_HINT: &str = "At least 15 characters. A few words in a row are good; pasting is welcome.";

/// The zone that this browser is set to, so that nobody has to look for theirs in a list. Settings can change it.
#[component]
pub(super) fn TimeZone() -> impl IntoView {
    view! { <input type="hidden" name="time_zone" data-zone /> }
}
