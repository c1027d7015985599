//! What is different between two versions: clause by clause, with the words marked.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    diff::{self, Change, Kind, Mark},
    store::{self, Version},
    versions::compare,
};
use crate::{
    fault::{Answer, Fault},
    server::visit::{Visit, visit},
    ui::{Badge, Tone, address, counted, loaded},
};

/// `/privacy/changes?from=HASH&to=HASH`. Without `to` the newest is meant, without `from` the one before.
pub struct ChangesPage;

struct Subject {
    all: Vec<Version>,
    older: Version,
    newer: Version,
}

impl ChangesPage {
    pub(crate) fn view() -> AnyView {
        let (from, to) = (address::query("from"), address::query("to"));
        let subject = visit();
        let page = loaded(async move { read(subject?, &from, &to).await }, show);
        view! {
            <Title text="What changed in the privacy policy" />
            <div class="policy">{page}</div>
        }
        .into_any()
    }
}

async fn read(visit: Visit, from: &str, to: &str) -> Answer<Subject> {
    let all = store::all(&visit.db).await?;
    let at = |hash: &str| all.iter().position(|version| version.hash == hash);
    let newer = if to.is_empty() { 0 } else { at(to).ok_or(Fault::NotFound)? };
    let older = if from.is_empty() { newer + 1 } else { at(from).ok_or(Fault::NotFound)? };
    let newer = all.get(newer).ok_or(Fault::NotFound)?.clone();
    // The first version has nothing before it: it is compared with itself.
    let older = all.get(older).unwrap_or(&newer).clone();
    Ok(Subject { older, newer, all })
}

fn show(subject: Subject) -> AnyView {
    let Subject { all, older, newer } = subject;
    let (changes, same) = diff::changes(&older.document(), &newer.document());
    let count = |kind: Kind| changes.iter().filter(|change| change.kind == kind).count();
    let sum = format!("{} changed, {} added, {} removed, {same} as before", count(Kind::Changed), count(Kind::Added), count(Kind::Removed));
    let clauses = i64::try_from(changes.len()).unwrap_or_default();
    let form = compare(&all, Some((&older.hash, &newer.hash)));
    let contents = contents(&changes);
    let rows = changes.into_iter().map(|change| view! { <Changed change=change /> }).collect_view();
    view! {
        <div class="page-head">
            <h1>"What changed in the privacy policy"</h1>
            <p>
                "From " <a href=older.path()>{format!("version {} of {}", older.number, older.day())}</a> " to "
                <a href=newer.path()>{format!("version {} of {}", newer.number, newer.day())}</a> ": "
                {counted(clauses, "clause differs", "clauses differ")} " (" {sum} ")."
            </p>
        </div>
        {form}
        <p class="hint">
            "Removed words are " <del>"struck through"</del> ", added words are " <ins>"underlined"</ins> "."
        </p>
        {contents}
        {rows}
    }
    .into_any()
}

/// Where there are many: which clauses, each with a link to it.
fn contents(changes: &[Change]) -> Option<AnyView> {
    let entry = |change: &Change| view! { <li><a rel="external" href=format!("#c-{}", change.id)>{change.id.clone()}</a></li> };
    (changes.len() > 3).then(|| {
        view! {
            <nav class="policy-contents" aria-label="Clauses that differ">
                <ul class="numbers">{changes.iter().map(entry).collect_view()}</ul>
            </nav>
        }
        .into_any()
    })
}

#[component]
fn Changed(change: Change) -> impl IntoView {
    let (tone, label) = match change.kind {
        Kind::Added => (Tone::Success, "Added"),
        Kind::Removed => (Tone::Danger, "Removed"),
        Kind::Changed => (Tone::Warning, "Changed"),
    };
    let words = change
        .words
        .into_iter()
        .map(|(mark, text)| match mark {
            Mark::Kept => text.into_any(),
            Mark::Removed => view! { <del>{text}</del> }.into_any(),
            Mark::Added => view! { <ins>{text}</ins> }.into_any(),
        })
        .collect_view();
    let section = if change.section.is_empty() { String::new() } else { format!(", {}", change.section) };
    let anchor = format!("c-{}", change.id);
    view! {
        <section class="policy-change" id=anchor>
            <h2>"Clause " {change.id} {section} " " <Badge tone=tone>{label}</Badge></h2>
            <p>{words}</p>
        </section>
    }
}
