//! A fault in place of a page or of a part of one, and the loading of a page's subject.

use leptos::{either::Either, prelude::*};

use super::Skeleton;
use crate::fault::{Answer, Fault};

/// The id of the request that made the page, for whoever asks for help.
#[derive(Clone)]
pub struct Reference(pub String);

/// Says what went wrong and what to do. On the server it also sets the status of the page.
#[component]
pub fn FaultView(fault: Fault) -> impl IntoView {
    status::set(&fault);
    let reference = use_context::<Reference>().map(|id| view! { <p class="hint">"Reference " {id.0}</p> });
    let sign_in = (fault == Fault::SignIn).then(|| view! { <a class="button primary" href="/login">"Sign in"</a> });
    view! {
        <section class="fault">
            <p class="fault-code">{fault.status().to_string()}</p>
            <h1>{fault.title()}</h1>
            <p>{fault.sentence()}</p>
            {reference}
            <p class="form-actions">{sign_in} <a class="button" href="/">"Go to the start page"</a></p>
        </section>
    }
}

/// A page's subject: the page when it is there, the fault when it is not, and grey lines meanwhile. Refetching keeps
/// what is shown.
#[component]
pub fn Subject<T, F, V>(of: Resource<Answer<T>>, show: F) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=|| view! { <Skeleton /> }>
            {move || {
                let show = show.clone();
                Suspend::new(async move {
                    match of.await {
                        Ok(subject) => Either::Left(show(subject)),
                        Err(fault) => Either::Right(view! { <FaultView fault=fault /> }),
                    }
                })
            }}
        </Transition>
    }
}

#[cfg(feature = "ssr")]
mod status {
    use leptos::prelude::use_context;

    use crate::fault::Fault;

    pub(super) fn set(fault: &Fault) {
        if let (Some(options), Ok(code)) = (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(fault.status()))
        {
            options.set_status(code);
        }
    }
}

#[cfg(not(feature = "ssr"))]
mod status {
    use crate::fault::Fault;

    pub(super) fn set(_: &Fault) {}
}
