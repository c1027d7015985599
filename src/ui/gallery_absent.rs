//! Release builds have no gallery: its address leads to nothing.

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use super::FaultView;
use crate::fault::Fault;

/// `/ui`
pub struct GalleryPage;

#[lazy_route]
impl LazyRoute for GalleryPage {
    fn data() -> Self {
        Self
    }

    fn view(_this: Self) -> AnyView {
        view! { <FaultView fault=Fault::NotFound /> }.into_any()
    }
}
