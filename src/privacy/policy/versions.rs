//! Every version that was ever published here, and the choice of two to compare.

use leptos::prelude::*;
use leptos_meta::Title;

use super::store::{self, Version};
use crate::{
    clock::Instant,
    server::{time::Zone, visit::visit},
    ui::{Badge, Tone, loaded},
};

/// `/privacy/versions`
pub struct VersionsPage;

impl VersionsPage {
    pub(crate) fn view() -> AnyView {
        let subject = visit();
        let read = async move {
            let visit = subject?;
            Ok((store::all(&visit.db).await?, visit.state.clock.now()))
        };
        view! {
            <Title text="Versions of the privacy policy" />
            <div class="policy">
                <div class="page-head">
                    <h1>"Versions of the privacy policy"</h1>
                    <p>
                        "Each stays as it was published. The last part of its address is the SHA-256 of the page, so anybody can check it. "
                        <a href="/privacy">"The policy in force"</a> " \u{b7} " <a href="/privacy.atom" rel="external">"Feed"</a> " \u{b7} "
                        <a href="/privacy.json" rel="external">"JSON"</a>
                    </p>
                </div>
                {loaded(read, |(all, now)| show(all, now))}
            </div>
        }
        .into_any()
    }
}

fn show(all: Vec<Version>, now: Instant) -> AnyView {
    if all.is_empty() {
        return view! { <p>"None has been published yet."</p> }.into_any();
    }
    let in_force = all.iter().find(|version| version.effective_at <= now).map(|version| version.hash.clone());
    let before = |at: usize| all.get(at + 1).map(|older| older.hash.clone());
    let rows = all.iter().enumerate().map(|(at, version)| row(version, before(at), in_force.as_ref(), now)).collect_view();
    view! {
        <ol class="versions" role="list">
            {rows}
        </ol>
        {(all.len() > 1).then(|| compare(&all, None))}
    }
    .into_any()
}

fn row(version: &Version, older: Option<String>, in_force: Option<&String>, now: Instant) -> impl IntoView + use<> {
    let zone = Zone::utc();
    let (published, effective) = (zone.show(version.published_at), zone.show(version.effective_at));
    let badge = if in_force == Some(&version.hash) {
        Some(view! { <Badge tone=Tone::Success>"In force"</Badge> }.into_any())
    } else if version.effective_at > now {
        Some(view! { <Badge tone=Tone::Info>"Announced"</Badge> }.into_any())
    } else {
        None
    };
    let differs = older.map(|older| {
        view! {
            " \u{b7} "
            <a href=format!("/privacy/changes?from={older}&to={}", version.hash)>"What changed"</a>
        }
    });
    view! {
        <li>
            <h2>
                <a href=version.path() rel="external">{format!("Version {}", version.number)}</a>
                " "
                {badge}
            </h2>
            <p class="hint">
                "Published " <time datetime=published.iso>{published.day}</time> ", in force from "
                <time datetime=effective.iso>{effective.day}</time>
                {(version.number > 1 && version.weight == "material").then_some(", a change that matters")}
                {differs}
            </p>
            <p>{version.changes.clone()}</p>
            <p class="hint"><code>{version.hash.clone()}</code></p>
        </li>
    }
}

/// The form that compares two versions. It is read only, so it goes by GET.
pub(super) fn compare(all: &[Version], chosen: Option<(&str, &str)>) -> AnyView {
    let options = |chosen: String| {
        all.iter()
            .map(|version| {
                let label = format!("Version {} of {}", version.number, version.day());
                let selected = version.hash == chosen;
                view! { <option value=version.hash.clone() selected=selected>{label}</option> }
            })
            .collect_view()
    };
    let (first, last) = (all.last().map(|v| v.hash.clone()).unwrap_or_default(), all.first().map(|v| v.hash.clone()).unwrap_or_default());
    let (from, to) = chosen.map_or((first, last), |(from, to)| (from.to_owned(), to.to_owned()));
    view! {
        <form class="compare" action="/privacy/changes">
            <label for="from">"From"</label>
            <select id="from" name="from">
                {options(from)}
            </select>
            <label for="to">"to"</label>
            <select id="to" name="to">
                {options(to)}
            </select>
            <button class="button">"Compare"</button>
        </form>
    }
    .into_any()
}
