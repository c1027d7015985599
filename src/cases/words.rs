//! What the composer says of itself: what its button will add, and who will see it.

use leptos::{ev, leptos_dom::helpers::WindowListenerHandle, prelude::*, wasm_bindgen::JsCast, web_sys};

use super::model::{EntryKind, Visibility};
use crate::ui::toast;

/// The button and the sentence below it. They follow the two lists beside them.
#[island]
pub fn ComposerWords(
    /// Who sees the case, such as "everybody in the office".
    everybody: String,
) -> impl IntoView {
    let kind = RwSignal::new(EntryKind::Note);
    let visibility = RwSignal::new(Visibility::Everyone);
    // The page may be another by the time that a timer or a form's answer leads here.
    let read = move || {
        kind.try_set(chosen("kind").and_then(|key| EntryKind::parse(&key)).unwrap_or(EntryKind::Note));
        visibility.try_set(chosen("visibility").and_then(|key| Visibility::parse(&key)).unwrap_or(Visibility::Everyone));
    };
    let kind_now = move || kind.try_get().unwrap_or(EntryKind::Note);
    Effect::new(move |_| {
        read();
        let listeners = [
            window_event_listener(ev::change, move |_| read()),
            // The lists show their first choice again only after this.
            window_event_listener(ev::reset, move |_| set_timeout(read, std::time::Duration::ZERO)),
            window_event_listener_untyped("done", move |event| {
                let form = event.target().and_then(|it| it.dyn_into::<web_sys::Element>().ok());
                if form.is_some_and(|form| form.matches(".composer").unwrap_or(false)) {
                    toast::say(format!("{} added", kind.try_get_untracked().unwrap_or(EntryKind::Note).label()));
                }
            }),
        ];
        on_cleanup(move || listeners.into_iter().for_each(WindowListenerHandle::remove));
    });
    let audience = move || match visibility.try_get().unwrap_or(Visibility::Everyone) {
        Visibility::Everyone => format!("Will be seen by {everybody}."),
        Visibility::Supervisors => "Will be seen by you and by supervisors, admins and owners with access to this case.".to_owned(),
        Visibility::Author => "Will be seen by you alone.".to_owned(),
    };
    view! {
        <button class="button primary" type="submit">
            "Add " {move || kind_now().label().to_lowercase()}
        </button>
        <p class="audience">{audience}</p>
    }
}

/// What a list of the page is set to.
fn chosen(id: &str) -> Option<String> {
    Some(document().get_element_by_id(id)?.dyn_into::<web_sys::HtmlSelectElement>().ok()?.value())
}
