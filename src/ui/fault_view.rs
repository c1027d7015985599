//! A fault in place of a page or of a part of one, and the loading of a page's subject.

use std::{
    future::{Future, IntoFuture, poll_fn},
    pin::pin,
};

use leptos::prelude::*;

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
    let sign_in = (fault == Fault::SignIn).then(|| view! { <a class="button primary" href="/login" rel="external">"Sign in"</a> });
    view! {
        <section class="fault">
            <p class="fault-code">{fault.status().to_string()}</p>
            <h1>{fault.title()}</h1>
            <p>{fault.sentence()}</p>
            {reference}
            <p class="form-actions">{sign_in} <a class="button" href="/" rel="external">"Go to the start page"</a></p>
        </section>
    }
}

/// A page's subject: the page when it is there, the fault when it is not, and grey lines meanwhile. Fetching it anew
/// keeps what is shown, alive, until the new one is there: whoever types or clicks in the meantime finds it working.
#[component]
pub fn Subject<T, F, V>(of: Resource<Answer<T>>, show: F) -> impl IntoView
where
    T: Clone + PartialEq + Send + Sync + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let shown = StoredValue::new(None::<Answer<T>>);
    let newer = RwSignal::new(None::<Answer<T>>);
    Effect::new(move |_| {
        let Some(now) = of.get() else { return };
        if shown.with_value(|shown| shown.as_ref().is_some_and(|shown| *shown != now)) {
            shown.set_value(Some(now.clone()));
            newer.set(Some(now));
        }
    });
    let first = move || {
        let show = show.clone();
        Suspend::new(async move {
            let first = once(of).await;
            shown.set_value(Some(first.clone()));
            move || match newer.get().unwrap_or_else(|| first.clone()) {
                Ok(subject) => show(subject).into_any(),
                Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
            }
        })
    };
    view! { <Suspense fallback=|| view! { <Skeleton /> }>{first}</Suspense> }
}

/// Waits for the first value only. Awaiting it in the open would run the view again as soon as another is asked for,
/// and its signals would be gone while it is still on the screen.
async fn once<T: Clone + Send + Sync + 'static>(of: Resource<Answer<T>>) -> Answer<T> {
    let mut waiting = pin!(of.into_future());
    poll_fn(|context| untrack(|| waiting.as_mut().poll(context))).await
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
