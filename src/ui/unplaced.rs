//! What was typed into a form that the page does not have any more: a case that somebody else closed has no form to close
//! it, and a text for one organisation has no place in another. It is shown all the same, to be copied.

use leptos::prelude::*;

use super::{Notice, Returned, SHOWN_FOR, Tone, fault_view::reference, form::Conflict};
use crate::{fault::Fault, form::AS_SHOWN};

/// Fields that say where something goes and not what.
const WHERE: [&str; 18] = [
    SHOWN_FOR,
    AS_SHOWN,
    "form",
    "key",
    "version",
    "number",
    "request",
    "entry",
    "user",
    "id",
    "org",
    "to",
    "from",
    "act",
    "case_type",
    "kind",
    "visibility",
    "next",
];

/// Why it was refused, what had been typed, and a way on where there is one.
#[component]
pub fn Unplaced(returned: Returned, way: Option<AnyView>) -> impl IntoView {
    let said = match returned.fault {
        Some(Fault::Conflict(differences)) => {
            let words = "The form that yours was for is not here any more. Yours is below: copy what you still need, such as into a note.";
            view! { <Conflict differences=differences words=words /> }.into_any()
        }
        Some(fault) => {
            view! { <Notice tone=Tone::Danger><strong>{fault.title()}</strong><p>{fault.sentence()}</p>{way}{reference()}</Notice> }
                .into_any()
        }
        None => ().into_any(),
    };
    let is_text = |(name, value): &(String, String)| {
        !WHERE.contains(&name.as_str()) && !value.trim().is_empty() && uuid::Uuid::try_parse(value).is_err()
    };
    let typed = returned.fields.into_iter().filter(is_text).enumerate().map(|(nth, (name, value))| {
        let id = format!("typed-{nth}");
        let rows = value.lines().count().clamp(1, 12).to_string();
        view! {
            <div class="field">
                <label for=id.clone()>{label(&name)}</label>
                <textarea id=id rows=rows readonly>{super::inside_textarea(value)}</textarea>
            </div>
        }
    });
    let typed = typed.collect_view();
    view! {
        <section class="stack" aria-labelledby="unplaced-title">
            <h2 id="unplaced-title">"What you sent is not saved"</h2>
            {said}
            {typed}
        </section>
    }
}

/// The name of a field as a word: `fields[area][]` is about an area.
fn label(name: &str) -> String {
    if name == "body" {
        return "Text".to_owned();
    }
    let word = name.trim_end_matches("[]").trim_end_matches(']').rsplit('[').next().unwrap_or_default().replace('_', " ");
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::label;

    #[test]
    fn a_field_is_called_by_its_name() {
        assert_eq!(["outcome", "fields[close_reason][]", "viewers[]", "body"].map(label), ["Outcome", "Close reason", "Viewers", "Text"]);
    }
}
