use leptos::prelude::*;

use super::Icon;

/// Paging by cursor: a sentence ("50 of 105 cases") and two links. A side with
/// nothing behind it is left out; a link that cannot be followed helps nobody.
#[component]
pub fn Pager(
    /// Names the links to screen readers where a page has several.
    #[prop(default = "Pages")]
    label: &'static str,
    #[prop(into)] summary: String,
    /// Back to the beginning, where a cursor only knows the way on.
    #[prop(optional_no_strip)]
    first: Option<String>,
    #[prop(optional_no_strip)] earlier: Option<String>,
    #[prop(optional_no_strip)] later: Option<String>,
) -> impl IntoView {
    view! {
        <nav class="pager" aria-label=label>
            <p>{summary}</p>
            {first.map(|href| view! { <a class="button" href=href>"First page"</a> })}
            {earlier
                .map(|href| {
                    view! {
                        <a class="button" href=href rel="prev">
                            <Icon name="left" />
                            "Previous"
                        </a>
                    }
                })}
            {later
                .map(|href| {
                    view! {
                        <a class="button" href=href rel="next">
                            "Next"
                            <Icon name="right" />
                        </a>
                    }
                })}
        </nav>
    }
}
