//! One case: its facts and its timeline.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::{LazyRoute, lazy_route};

/// `/cases/:number`
pub struct CasePage;

#[lazy_route]
impl LazyRoute for CasePage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <Title text="Cases" /> }.into_any()
    }
}
