//! The policy in force as a page: each clause with its id in the margin, which is also its address, and the same in
//! plain words beside it.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    editions::Edition,
    model::{Clause, Document, Piece, Section, pieces},
    publish::values,
    render,
    store::{self, Version},
};
use crate::{
    day::Day,
    fault::Answer,
    server::{
        time::Zone,
        visit::{Visit, visit},
    },
    ui::{Notice, Tone, loaded},
};

/// `/privacy`
pub struct PolicyPage;

/// What the page shows.
struct Subject {
    version: Option<Version>,
    coming: Option<Version>,
    document: Document,
    operator: String,
}

impl PolicyPage {
    pub(crate) fn view() -> AnyView {
        let subject = visit();
        let page = loaded(async move { read(subject?).await }, show);
        view! {
            <Title text="Privacy policy" />
            <div class="policy">{page}</div>
        }
        .into_any()
    }
}

async fn read(visit: Visit) -> Answer<Subject> {
    let operator = &visit.state.config.operator;
    let (all, now) = (store::all(&visit.db).await?, visit.state.clock.now());
    let version = all.iter().find(|version| version.effective_at <= now).cloned();
    let coming = all.into_iter().next().filter(|newest| newest.effective_at > now);
    let document = version.as_ref().map_or_else(|| Edition::newest().template().filled(&values(operator)), Version::document);
    Ok(Subject { version, coming, document, operator: operator.name.clone() })
}

fn show(subject: Subject) -> AnyView {
    let Subject { version, coming, document, operator } = subject;
    let standing = match &version {
        Some(version) => view! { <Standing version=version.clone() operator=operator /> }.into_any(),
        None => view! { <Unpublished open=!document.open().is_empty() /> }.into_any(),
    };
    let contents = document.sections.iter().filter(|section| !section.title.is_empty()).map(entry).collect_view();
    let sections = document.sections.iter().map(section).collect_view();
    view! {
        <div class="page-head">
            <h1>"Privacy policy"</h1>
        </div>
        {standing}
        {coming.map(|coming| view! { <Coming version=coming since=version.map(|v| v.hash) /> })}
        <nav class="policy-contents" id="contents" aria-label="Sections">
            <ol>{contents}</ol>
        </nav>
        {sections}
    }
    .into_any()
}

/// Which version this is, for people and for machines.
#[component]
fn Standing(version: Version, operator: String) -> impl IntoView {
    let zone = Zone::utc();
    let (published, effective) = (zone.show(version.published_at), zone.show(version.effective_at));
    let about = render::about(&version, &operator);
    view! {
        <p class="policy-standing">
            "Last updated " <time datetime=published.iso>{published.day}</time> ", in force since "
            <time datetime=effective.iso>{effective.day}</time> ". This is "
            <a href=version.path()>{format!("version {}", version.number)}</a> " as it was published; its address is its fingerprint. "
            <a href="/privacy/versions">"All versions and what changed"</a> "."
        </p>
        <script type="application/ld+json">{about}</script>
    }
}

/// Nobody stands behind this text yet, and it says so.
#[component]
fn Unpublished(open: bool) -> impl IntoView {
    let day = Edition::newest().date.parse().ok().map(Day::shown);
    view! {
        <Notice tone=Tone::Warning>
            <p>
                <b>"Whoever runs this installation has not published a policy in their own name yet."</b>
                " This is the text that CaseTrakr brings along, of " {day} "."
                {open.then_some(" What they have not entered is marked.")}
                " Until they publish it, nobody is bound by it."
            </p>
        </Notice>
    }
}

/// A version that is announced and not in force yet.
#[component]
fn Coming(version: Version, since: Option<String>) -> impl IntoView {
    let effective = Zone::utc().show(version.effective_at);
    let path = version.path();
    let differs = since.map(|since| {
        view! {
            " or look at "
            <a href=format!("/privacy/changes?from={since}&to={}", version.hash)>"what changes"</a>
        }
    });
    view! {
        <Notice>
            <p>
                "A new version takes effect on " <time datetime=effective.iso>{effective.day}</time> ". "
                <a href=path>"Read it"</a> {differs} "."
            </p>
        </Notice>
    }
}

fn entry(section: &Section) -> impl IntoView + use<> {
    view! {
        <li>
            <a rel="external" href=format!("#s-{}", section.number)>
                {section.title.clone()}
            </a>
        </li>
    }
}

fn section(section: &Section) -> impl IntoView + use<> {
    let head = (!section.title.is_empty()).then(|| {
        view! { <h2 id=format!("s-{}", section.number)>{format!("{}. {}", section.number, section.title)}</h2> }
    });
    let back = head.is_some().then(|| view! { <p class="to-contents"><a rel="external" href="#contents">"To the contents"</a></p> });
    view! { <section>{head} {section.clauses.iter().map(clause).collect_view()} {back}</section> }
}

fn clause(clause: &Clause) -> impl IntoView + use<> {
    let (anchor, id) = (format!("c-{}", clause.id), clause.id.clone());
    let plain = (!clause.plain.is_empty()).then(|| {
        view! {
            <p class="plain">
                <span class="visually-hidden">"In plain words: "</span>
                {text(&clause.plain)}
            </p>
        }
    });
    view! {
        <div class="policy-clause" id=anchor.clone()>
            <p>
                <a class="anchor" rel="external" href=format!("#{anchor}") aria-label=format!("Clause {id}")>
                    {id.clone()}
                </a>
                " "
                {text(&clause.text)}
            </p>
            {plain}
        </div>
    }
}

/// A text with its addresses as links and what is open marked.
fn text(text: &str) -> Vec<AnyView> {
    let draw = |piece: Piece<'_>| match piece {
        Piece::Text(words) => words.to_owned().into_any(),
        Piece::Path(path) => view! { <a href=path.to_owned()>{path.to_owned()}</a> }.into_any(),
        Piece::Mail(mail) => view! { <a href=format!("mailto:{mail}")>{mail.to_owned()}</a> }.into_any(),
        Piece::Blank(called) => view! { <mark>{called.to_owned()}</mark> }.into_any(),
    };
    pieces(text).into_iter().map(draw).collect()
}
