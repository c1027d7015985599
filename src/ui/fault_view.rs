//! A fault in place of a page or of a part of one, and the subject of a page.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::fault::{Answer, Fault};

/// The id of the request that made the page, for whoever asks for help.
#[derive(Clone)]
pub struct Reference(pub String);

/// What somebody does whose link does not work any more. Lies in the context of a page that is opened by a link.
#[derive(Clone, Copy)]
pub struct WayOn {
    /// What to do, in a sentence.
    pub words: &'static str,
    /// Where that is done, and what the button says.
    pub place: (&'static str, &'static str),
}

/// Says what went wrong and what to do. It also sets the status of the page, and its title.
#[component]
pub fn FaultView(fault: Fault) -> impl IntoView {
    set_status(&fault);
    let reference = reference();
    let sign_in = (fault == Fault::SignIn).then(|| view! { <a class="button primary" href="/login" rel="external">"Sign in"</a> });
    // No address, so that it leads to this page once more.
    let again =
        matches!(fault, Fault::Unavailable { .. }).then(|| view! { <a class="button primary" href="" rel="external">"Try again"</a> });
    let way = use_context::<WayOn>().filter(|_| fault == Fault::Gone);
    let sentence = way.map_or_else(|| fault.sentence(), |way| way.words.to_owned());
    let way = way.map(|WayOn { place: (href, label), .. }| view! { <a class="button primary" href=href rel="external">{label}</a> });
    view! {
        <Title text=fault.title() />
        <section class="fault">
            <p class="fault-code">{fault.status().to_string()}</p>
            <h1>{fault.title()}</h1>
            <p>{sentence}</p>
            <p class="form-actions">{sign_in} {again} {way} <a class="button" href="/" rel="external">"Go to the start page"</a></p>
            {reference}
        </section>
    }
}

/// The id of the request, where it is known.
pub(super) fn reference() -> Option<impl IntoView> {
    use_context::<Reference>().map(|id| view! { <p class="request">"Reference " <code>{id.0}</code></p> })
}

/// A page's subject: the page where it could be had, the fault with its status where not.
#[component]
pub fn Subject<T, O, F, V>(of: O, show: F) -> impl IntoView
where
    T: Send + 'static,
    O: Future<Output = Answer<T>> + Send + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    loaded(of, show)
}

/// The same where no component stands.
pub fn loaded<T, O, F, V>(of: O, show: F) -> AnyView
where
    T: Send + 'static,
    O: Future<Output = Answer<T>> + Send + 'static,
    F: FnOnce(T) -> V + Send + 'static,
    V: IntoView + 'static,
{
    // A page's future is tens of kilobytes, and it changes hands several times before it is asked.
    Suspend::new(Box::pin(async move {
        match of.await {
            Ok(subject) => show(subject).into_any(),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    }))
    .into_any()
}

fn set_status(fault: &Fault) {
    if let (Some(options), Ok(code)) = (use_context::<leptos_axum::ResponseOptions>(), axum::http::StatusCode::from_u16(fault.status())) {
        options.set_status(code);
    }
}
