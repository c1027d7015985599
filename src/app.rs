//! The shell, the frame, and THE table of routes: the map of the product.

mod render;

pub use render::render;

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    accounts::{self, Permission, SessionSlot, ShownFor, Viewer},
    audit, cases, import,
    privacy::{
        self,
        consent::{Banner, ConsentFacts},
        policy::{News, PolicyNews},
    },
    server::visit::{Kept, Visit},
    settings,
    ui::{
        self, AccountMenu, FaultView, ForField, Form, Frame, Hidden, Icon, Instance, NavItem, Notice, Notices, Palette, Reference,
        Returned, ShortcutHelp, Submit, Tone, Unplaced, Visitor, address,
    },
};

/// What every page knows from the start.
#[derive(Clone, Debug, Default)]
struct PageFacts {
    /// Who is signed in.
    viewer: Option<Viewer>,
    /// For whom and for which organisation the page is made, as its forms say it.
    shown_for: Option<String>,
    /// Who runs this instance.
    instance: Instance,
    /// The request's id, for error pages.
    reference: String,
    /// A refused form whose text comes back.
    returned: Returned,
    /// What was chosen about cookies.
    consent: ConsentFacts,
    /// A version of the privacy policy that the person has not acknowledged.
    policy_news: Option<News>,
}

/// Addresses that need no sign-in. Everything else leads to the sign-in page first.
pub fn is_public(path: &str) -> bool {
    let first = path.split('/').nth(1).unwrap_or_default();
    matches!(
        first,
        "" | "login"
            | "signup"
            | "forgot"
            | "reset"
            | "invite"
            | "verify-email"
            | "privacy"
            | "cookies"
            | "accessibility"
            | "security"
            | "appearance"
            | "subprocessors"
            | "trust"
            | "ui"
    )
}

/// Whether a page is one for visitors: complete without script, so that none is sent with it.
pub fn needs_no_script(path: &str) -> bool {
    (is_public(path) && path != "/ui") || is_plain(path)
}

/// Pages behind the sign-in that are complete without script as well: forms and links, worked through now and then.
fn is_plain(path: &str) -> bool {
    let section = path.split('/').nth(1).unwrap_or_default();
    matches!(section, "desk" | "operator")
        || path == "/me/privacy"
        || path.starts_with("/me/privacy/")
        || matches!(path, "/settings/usage" | "/settings/close" | "/settings/processing" | "/settings/retention")
}

/// The whole document.
pub fn shell(assets: &crate::server::http::assets::Assets, alive: bool) -> impl IntoView + use<> {
    let nonce = leptos::nonce::use_nonce();
    let looks = use_context::<crate::server::visit::Visit>().map(|visit| visit.facts.looks).unwrap_or_default();
    let named = |name: &'static str| (!name.is_empty()).then_some(name);
    // Script merges no page into one that was made for somebody else or for another organisation.
    let shown_for = use_context::<SessionSlot>().and_then(|slot| slot.get().map(|session| ShownFor::of(session).text()));
    // Pages for visitors need no script at all, so none is sent: their first visit is HTML and CSS.
    let (css, script, wasm, built) = (assets.stylesheet(), assets.script(), assets.wasm(), assets.built() && alive);
    // After first paint and at low priority: the page is complete without it. An island is woken by its own function.
    let start =
        format!("import({script:?}).then(m=>m.default({{module_or_path:{wasm:?}}}).then(()=>m.start(e=>m[e.dataset.component](e))))");
    let boot = built.then(|| {
        view! {
            <link rel="modulepreload" href=script fetchpriority="low" />
            <link rel="preload" href=wasm r#as="fetch" r#type="application/wasm" crossorigin="anonymous" fetchpriority="low" />
            <script type="module" nonce=nonce.clone()>{start}</script>
        }
    });
    // Rules for what only works with script apply from the first paint, so that nothing jumps.
    let scripted = built.then(|| view! { <script nonce=nonce.clone()>"document.documentElement.dataset.script=''"</script> });
    view! {
        <!DOCTYPE html>
        <html lang="en" data-alive=built.then_some("") data-for=shown_for data-theme=named(looks.theme) data-density=named(looks.density)>
            <head>
                <meta charset="utf-8" />
                <meta name="viewport" content="width=device-width, initial-scale=1" />
                <meta name="color-scheme" content="light dark" />
                {scripted}
                <link rel="stylesheet" href=css />
                <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
                <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
                <meta name="theme-color" content="#fdfdfc" media="(prefers-color-scheme: light)" />
                <meta name="theme-color" content="#151918" media="(prefers-color-scheme: dark)" />
                <link rel="manifest" href="/manifest.webmanifest" />
                {boot}
                <leptos_meta::MetaTags />
            </head>
            <body>
                <App />
            </body>
        </html>
    }
}

/// The application: what it knows, its frame, its routes.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    let facts = gather();
    provide_context(StoredValue::new(facts.returned.clone()));
    provide_context(Reference(facts.reference.clone()));
    provide_context(facts.instance.clone());
    provide_context(facts.viewer.clone());
    if let Some(here) = &facts.shown_for {
        provide_context(ui::ShownFor(here.clone()));
    }
    view! {
        <Title formatter=|title: String| if title.is_empty() { "CaseTrakr".to_owned() } else { format!("{title} · CaseTrakr") } />
        <Router>
            <Around facts=facts>
                <Notices />
                <FlatRoutes fallback=|| view! { <Title text="Not found" /> <FaultView fault=crate::fault::Fault::NotFound /> }>
                    <Route path=path!("/") view=settings::LandingPage::view />
                    <Route path=path!("/signup") view=accounts::SignUpPage::view />
                    <Route path=path!("/signup/sent") view=accounts::SentPage::view />
                    <Route path=path!("/login") view=accounts::LoginPage::view />
                    <Route path=path!("/forgot") view=accounts::ForgottenPage::view />
                    <Route path=path!("/forgot/sent") view=accounts::SentPage::view />
                    <Route path=path!("/reset/:token") view=accounts::ResetPage::view />
                    <Route path=path!("/verify-email/:token") view=accounts::VerifyPage::view />
                    <Route path=path!("/invite/:token") view=accounts::InvitePage::view />
                    <Route path=path!("/privacy") view=privacy::policy::PolicyPage::view />
                    <Route path=path!("/privacy/versions") view=privacy::policy::VersionsPage::view />
                    <Route path=path!("/privacy/changes") view=privacy::policy::ChangesPage::view />
                    <Route path=path!("/trust") view=privacy::trust::TrustPage::view />
                    <Route path=path!("/security") view=privacy::trust::SecurityPage::view />
                    <Route path=path!("/subprocessors") view=privacy::trust::SubprocessorsPage::view />
                    <Route path=path!("/privacy/request") view=privacy::requests::AskPage::view />
                    <Route path=path!("/privacy/request/sent") view=privacy::requests::AskedPage::view />
                    <Route path=path!("/privacy/confirm/:token") view=privacy::requests::ConfirmPage::view />
                    <Route path=path!("/privacy/track/:token") view=privacy::requests::TrackPage::view />
                    <Route path=path!("/operator/requests") view=privacy::requests::OperatorPage::view />
                    <Route path=path!("/operator/requests/:id") view=privacy::requests::OperatorRequestPage::view />
                    <Route path=path!("/desk") view=privacy::requests::DeskPage::view />
                    <Route path=path!("/desk/:id") view=privacy::requests::DeskRequestPage::view />
                    <Route path=path!("/cookies") view=privacy::CookiesPage::view />
                    <Route path=path!("/privacy/choices") view=privacy::consent::ChoicesPage::view />
                    <Route path=path!("/appearance") view=privacy::consent::AppearancePage::view />
                    <Route path=path!("/settings/usage") view=privacy::consent::UsagePage::view />
                    <Route path=path!("/accessibility") view=privacy::AccessibilityPage::view />
                    <Route path=path!("/privacy/retention") view=|| gathered(privacy::retention::RetentionPage::view()) />
                    <Route path=path!("/me/privacy") view=|| gathered(privacy::mine::MinePage::view()) />
                    <Route path=path!("/me/privacy/delete") view=|| gathered(privacy::mine::DeletePage::view()) />
                    <Route path=path!("/settings/close") view=|| gathered(privacy::mine::ClosePage::view()) />
                    <Route path=path!("/settings/export") view=|| gathered(privacy::archive::ExportPage::view()) />
                    <Route path=path!("/settings/processing") view=|| gathered(privacy::registry::ProcessingPage::view()) />
                    <Route path=path!("/settings/retention") view=|| gathered(privacy::retention::ForecastPage::view()) />
                    <Route path=path!("/onboarding") view=settings::OnboardingPage::view />
                    <Route path=path!("/home") view=cases::HomePage::view />
                    <Route path=path!("/cases") view=cases::ListPage::view />
                    <Route path=path!("/cases/new") view=cases::NewPage::view />
                    <Route path=path!("/cases/:number") view=cases::CasePage::view />
                    <Route path=path!("/cases/:number/access") view=cases::AccessPage::view />
                    <Route path=path!("/cases/:number/history") view=audit::CaseHistoryPage::view />
                    <Route path=path!("/me") view=accounts::MePage::view />
                    <Route path=path!("/me/security") view=accounts::SecurityPage::view />
                    <Route path=path!("/settings") view=settings::SettingsPage::view />
                    <Route path=path!("/settings/organisation") view=settings::OrganisationPage::view />
                    <Route path=path!("/settings/members") view=accounts::MembersPage::view />
                    <Route path=path!("/settings/case-types") view=settings::CaseTypesPage::view />
                    <Route path=path!("/settings/import") view=import::ImportsPage::view />
                    <Route path=path!("/settings/import/:id") view=import::ImportPage::view />
                    <Route path=path!("/ui") view=ui::GalleryPage::view />
                    <Route path=path!("/settings/record") view=audit::RecordPage::view />
                </FlatRoutes>
            </Around>
        </Router>
    }
}

/// What was typed into a form that has no place on the page at this address: one made for another organisation can be taken
/// back there.
pub fn unplaced(kept: Kept, here: Option<ShownFor>, place: &str) -> String {
    let said = kept.fields.iter().find(|(name, _)| name == ui::SHOWN_FOR).and_then(|(_, said)| ShownFor::parse(said));
    let there =
        said.filter(|said| matches!(kept.fault, crate::fault::Fault::Elsewhere { .. }) && Some(*said) != here).and_then(|said| said.org);
    let place = place.to_owned();
    Owner::new().with(|| {
        if let Some(here) = here {
            provide_context(ui::ShownFor(here.text()));
        }
        let way = there.map(|org| {
            view! {
                <Form action={<accounts::api::SwitchOrganisation as leptos::server_fn::ServerFn>::PATH} key="back" leave=true>
                    <Hidden name="org" value=org.to_string() />
                    <Hidden name="next" value=place />
                    <Submit class="button">"Change back, and put it in its place"</Submit>
                </Form>
            }
            .into_any()
        });
        let returned = Returned { action: kept.action, fault: Some(kept.fault), fields: kept.fields };
        view! { <Unplaced returned=returned way=way /> }.to_html().replace("<!>", "")
    })
}

/// A page that reads what it shows before it shows it. The router itself waits for nothing.
fn gathered(page: impl Future<Output = AnyView> + Send + 'static) -> AnyView {
    Suspend::new(page).into_any()
}

/// The frame: with the rail for members, plain for visitors. Signing in or out loads the page anew, so it never changes
/// under the feet.
#[component]
fn Around(facts: PageFacts, children: Children) -> impl IntoView {
    let path = address::path();
    let (asked, honoured) = (facts.consent.clone(), facts.consent.honoured);
    let first = view! { <Banner facts=asked operator=operator(&facts) /> }.into_any();
    let Some(viewer) = facts.viewer.clone() else {
        let masthead = match path.as_str() {
            "/login" => view! { <a href="/signup">"Create an organisation"</a> }.into_any(),
            _ => view! { <a href="/login">"Sign in"</a> }.into_any(),
        };
        return view! { <Visitor operator=operator(&facts) masthead=masthead first=first honoured=honoured>{children()}</Visitor> }
            .into_any();
    };
    let place = |label, href, icon| NavItem { label, href, icon, unseen: 0 };
    let nav = vec![place("Home", "/home", "home"), place("Cases", "/cases", "cases")];
    let privacy = viewer.may(Permission::PrivacyDesk).then(|| place("Privacy desk", "/desk", "shield"));
    let operator = viewer.operator.then(|| place("Operator", "/operator/requests", "inbox"));
    let desk = privacy.into_iter().chain(operator).chain([place("Settings", "/settings", "settings")]).collect();
    let create = viewer.may(Permission::CaseCreate).then_some(("New case", "/cases/new"));
    let organisation = viewer.org.as_ref().map_or_else(|| "CaseTrakr".to_owned(), |org| org.name.clone());
    let farewell = view! { <Farewell viewer=viewer.clone() /> };
    let leave = view! {
        <Form action={<accounts::api::SignOut as leptos::server_fn::ServerFn>::PATH} leave=true>
            <Submit class=""><Icon name="leave" />"Sign out"</Submit>
        </Form>
    }
    .into_any();
    let account = view! {
        <AccountMenu name=viewer.name.clone() email=viewer.email.clone() leave=leave>
            <a href="/me"><Icon name="person" />"My account"</a>
            <a href="/me/security"><Icon name="lock" />"Sign-ins and password"</a>
            <a href="/appearance" rel="external"><Icon name="theme" />"Appearance"</a>
            <a href="/me/privacy"><Icon name="shield" />"Your data"</a>
        </AccountMenu>
        <Palette commands=ui::Command::lines(&settings::commands(&viewer)) />
        <ShortcutHelp />
        <accounts::SignInHere email=viewer.email.clone() shown_for=facts.shown_for.clone().unwrap_or_default() />
    }
    .into_any();
    view! {
        <Frame nav=nav desk=desk path=path organisation=organisation create=create account=account first=first honoured=honoured>
            {facts.policy_news.map(|news| view! { <PolicyNews news=news /> })}
            {farewell}
            {children()}
        </Frame>
    }
    .into_any()
}

/// What is to be erased soon, on every page, with the way to keep it.
#[component]
fn Farewell(viewer: Viewer) -> impl IntoView {
    let leaving = viewer.leaving.map(|day| {
        view! {
            <Notice tone=Tone::Warning>
                "Your account is erased on " {day} ". "
                // A plain form: it works the same with and without script, and loads the page anew.
                <form method="post" action="/api/privacy/keep_account">
                    <ForField />
                    <button class="button small" type="submit">"Keep my account"</button>
                </form>
            </Notice>
        }
    });
    let closing = viewer.org.and_then(|org| org.closing).map(|day| {
        view! {
            <Notice tone=Tone::Warning>
                "This organisation is being closed: everything can be read and exported, nothing changed. It is erased on " {day} ". "
                <a href="/settings/close">"What that means"</a>
            </Notice>
        }
    });
    view! {
        {leaving}
        {closing}
    }
}

fn operator(facts: &PageFacts) -> String {
    if facts.instance.operator.is_empty() { "the operator of this installation".to_owned() } else { facts.instance.operator.clone() }
}

/// From the request in hand.
fn gather() -> PageFacts {
    let Some(visit) = use_context::<Visit>() else { return PageFacts::default() };
    let slot = use_context::<SessionSlot>();
    let session = slot.as_ref().and_then(SessionSlot::get);
    let returned = visit.kept.map(|kept| Returned { action: kept.action, fault: Some(kept.fault), fields: kept.fields });
    PageFacts {
        viewer: session.map(accounts::Session::viewer),
        shown_for: session.map(|session| ShownFor::of(session).text()),
        instance: Instance {
            operator: visit.state.config.operator.name.clone(),
            email: visit.state.config.operator.email.clone(),
            sends_mail: !visit.state.config.smtp.host.is_empty(),
        },
        reference: visit.facts.request_id,
        returned: returned.unwrap_or_default(),
        consent: visit.facts.consent.facts(),
        policy_news: session.and_then(|session| session.policy_news(visit.state.clock.now())),
    }
}
