//! These pages are made on the server only: what they show is read there, and no data goes along with the page.

use std::future::Future;

use leptos::prelude::*;

use crate::{fault::Answer, ui::FaultView};

/// The page when its subject is there, or the fault with its status.
pub(super) fn loaded<T, F, V>(subject: F, show: V) -> AnyView
where
    T: Send + 'static,
    F: Future<Output = Answer<T>> + Send + 'static,
    V: FnOnce(T) -> AnyView + Send + 'static,
{
    Suspend::new(async move {
        match subject.await {
            Ok(subject) => show(subject),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    })
    .into_any()
}
