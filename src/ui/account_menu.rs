use leptos::prelude::*;

use super::Icon;

/// The menu behind a person's name at the end of the top bar. The links are
/// children, `leave` is the form that signs out; the shortcuts that have no other home on the
/// page are here too, where whoever looks for them finds them.
#[component]
pub fn AccountMenu(#[prop(into)] name: String, #[prop(into)] email: String, leave: AnyView, children: Children) -> impl IntoView {
    let initials = initials(&name);
    view! {
        <details class="menu">
            <summary class="button quiet">
                <span class="initials" aria-hidden="true">
                    {initials}
                </span>
                <span class="account-name">{name}</span>
            </summary>
            <div class="menu-list">
                <p>{email}</p>
                {children()}
                <button type="button" class="scripted" data-key="ctrl-k" data-opens="palette">
                    <Icon name="search" />
                    "Go to"
                    <kbd class="kbd">"Ctrl K"</kbd>
                </button>
                <button type="button" class="scripted" data-key="?" data-opens="shortcuts">
                    <Icon name="keyboard" />
                    "Keyboard shortcuts"
                    <kbd class="kbd">"?"</kbd>
                </button>
                {leave}
            </div>
        </details>
    }
}

/// The first letters of the first and the last name.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|word| word.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_are_first_and_last() {
        assert_eq!(initials("Maria de la Cruz"), "MC");
        assert_eq!(initials("åsa"), "Å");
        assert_eq!(initials(" "), "");
    }
}
