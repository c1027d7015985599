//! Release builds have no gallery: its address leads to nothing.

use leptos::prelude::*;

use super::FaultView;
use crate::fault::Fault;

/// `/ui`
pub struct GalleryPage;

impl GalleryPage {
    pub(crate) fn view() -> AnyView {
        view! { <FaultView fault=Fault::NotFound /> }.into_any()
    }
}
