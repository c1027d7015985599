use leptos::prelude::*;

/// The sprite's address. The number changes whenever a drawing does, because
/// the file is cached for long and its name carries no hash.
const SPRITE: &str = "/icons.svg?1";

/// One of our drawings from `public/icons.svg`, as high as the text around it.
///
/// It is always decoration: the word beside it, or the `aria-label` of the
/// button around it, is what says the thing.
#[component]
pub fn Icon(#[prop(into)] name: std::borrow::Cow<'static, str>) -> impl IntoView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use_ href=format!("{SPRITE}#{name}")></use_>
        </svg>
    }
}
