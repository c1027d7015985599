use std::borrow::Cow;

use leptos::{prelude::*, tachys::html::InertElement};

/// One of our drawings from `public/icons.svg`, as high as the text around it.
///
/// It is always decoration: the word beside it, or the `aria-label` of the
/// button around it, is what says the thing.
#[component]
pub fn Icon(#[prop(into)] name: Cow<'static, str>) -> impl IntoView {
    InertElement::new(drawing(&name))
}

/// The same as text: it never changes, and a page has dozens. Names are our
/// own and need no escaping.
pub fn drawing(name: &str) -> String {
    // The number changes whenever a drawing does, because the file is cached
    // for long and its name carries no hash.
    format!("<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/icons.svg?1#{name}\"></use></svg>")
}
