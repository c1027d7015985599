//! Light or dark, near or far: chosen by hand, with or without an account.

use leptos::prelude::*;
use leptos_meta::Title;

use super::looks::{DENSITIES, THEMES};
use crate::server::visit::Visit;

/// `/appearance`
pub struct AppearancePage;

impl AppearancePage {
    pub(crate) fn view() -> AnyView {
        let Some(visit) = use_context::<Visit>() else { return ().into_any() };
        let (looks, allowed) = (visit.facts.looks, visit.facts.consent.allowed().preferences);
        let or = |chosen: &'static str, otherwise: &'static str| if chosen.is_empty() { otherwise } else { chosen };
        let how_long = if allowed {
            "You allow preferences, so this browser remembers it for 182 days."
        } else {
            "This browser forgets it when it is closed, since you have not allowed preferences."
        };
        view! {
            <Title text="Appearance" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Appearance"</h1>
                    <p>"How this site looks in this browser."</p>
                </div>
                <form class="keep stack" method="post" action="/appearance/choose">
                    <Radios name="theme" legend="Colours" options=&THEMES chosen=or(looks.theme, "system") />
                    <Radios name="density" legend="Density" options=&DENSITIES chosen=or(looks.density, "comfortable") />
                    <div class="form-actions">
                        <button class="button primary">"Use this appearance"</button>
                    </div>
                </form>
                <p class="hint">
                    {how_long} " You decide under " <a href="/privacy/choices">"Your privacy choices"</a> "."
                </p>
            </div>
        }
        .into_any()
    }
}

#[component]
fn Radios(
    name: &'static str,
    legend: &'static str,
    options: &'static [(&'static str, &'static str)],
    chosen: &'static str,
) -> impl IntoView {
    let radio = move |(value, label): &(&'static str, &'static str)| {
        view! {
            <label class="check">
                <input type="radio" name=name value=*value checked=*value == chosen />
                <span>{*label}</span>
            </label>
        }
    };
    view! {
        <fieldset class="fieldset">
            <legend>{legend}</legend>
            {options.iter().map(radio).collect_view()}
        </fieldset>
    }
}
