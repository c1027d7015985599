//! Who sees a case.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// `/cases/:number/access`
pub struct AccessPage;

#[lazy_route]
impl LazyRoute for AccessPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Title text="Cases" /> }.into_any()
    }
}
