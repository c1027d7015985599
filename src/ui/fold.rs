//! What is folded away until somebody opens it.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use leptos::{context::Provider, prelude::*};

/// Whether something inside of a fold is to be seen at once, as a complaint is. It tells the folds around its own as well.
#[derive(Clone, Default)]
struct Attention(Arc<AtomicBool>, Option<Arc<Self>>);

/// Opens the folds around this place: what stands here must be seen.
pub(super) fn unfold() {
    let mut next = use_context::<Attention>();
    while let Some(here) = next {
        here.0.store(true, Ordering::Relaxed);
        next = here.1.as_deref().cloned();
    }
}

/// A heading that opens what is below it. It works without script, and is open from the start where a form inside was
/// refused.
#[component]
pub fn Fold(
    #[prop(optional)] class: &'static str,
    /// Classes of the heading, such as those of a button.
    #[prop(optional, into)]
    button: String,
    #[prop(into)] heading: ViewFn,
    #[prop(optional)] open: bool,
    children: Children,
) -> impl IntoView {
    let attention = Attention(Arc::default(), use_context::<Attention>().map(Arc::new));
    let asked = attention.0.clone();
    // Made before the element around it: only then is it known whether something was refused.
    let inside = view! { <Provider value=attention>{children()}</Provider> };
    let open = open || asked.load(Ordering::Relaxed);
    let class_of = |class: &str| (!class.is_empty()).then(|| class.to_owned());
    view! {
        <details class=class_of(class) open=open>
            <summary class=class_of(&button)>{heading.run()}</summary>
            {inside}
        </details>
    }
}
