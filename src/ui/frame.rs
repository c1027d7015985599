use leptos::prelude::*;

use super::{About, Icon, SkipLinks, ToastRegion};

/// A place in the rail.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NavItem {
    pub label: &'static str,
    pub href: &'static str,
    pub icon: &'static str,
    /// What waits there unseen; nothing is shown for zero.
    pub unseen: u32,
}

/// How many places the bottom bar of a phone holds beside "More".
const ON_PHONES: usize = 4;

/// The frame around every signed-in page: the rail, the top bar, and the page
/// itself as children. `nav` is the daily work, `desk` what stands at the foot
/// of the rail; on a phone the first four stay in sight and the rest is behind
/// "More", unless all of it fits.
#[component]
pub fn Frame(
    nav: Vec<NavItem>,
    desk: Vec<NavItem>,
    /// The path of the page.
    path: String,
    #[prop(into)] organisation: String,
    /// What the New button makes, and where.
    #[prop(optional_no_strip)]
    create: Option<(&'static str, &'static str)>,
    /// The account menu.
    account: AnyView,
    /// What comes before everything else: a question, or nothing.
    first: AnyView,
    /// Whether the browser's opt-out signal holds.
    honoured: bool,
    children: Children,
) -> impl IntoView {
    let few = nav.len() <= ON_PHONES && nav.len() + desk.len() <= ON_PHONES + 1;
    let rest = (!few).then(|| nav.iter().skip(ON_PHONES).chain(&desk).cloned().collect());
    // Told from the start: a bar that shared its width among what has come would move with each place that comes.
    let on_phones = if few { nav.len() + desk.len() } else { nav.len().min(ON_PHONES) + 1 };
    view! {
        <div class="app">
            <SkipLinks />
            {first}
            <div class="frame">
                <nav class="rail" class:few=few data-places=on_phones.to_string() aria-label="Main">
                    <a class="brand" href="/home">
                        <Icon name="brand" />
                        <span>{organisation}</span>
                    </a>
                    <Places items=nav path=path.clone() />
                    <Places items=desk path=path.clone() />
                    {rest.map(|items| view! { <More items=items path=path.clone() /> })}
                </nav>
                <div class="main-column">
                    <header class="topbar">
                        <SearchForm />
                        {create
                            .map(|(label, href)| {
                                view! {
                                    <a class="button primary" href=href data-key="c">
                                        <Icon name="plus" />
                                        <span>{label}</span>
                                    </a>
                                }
                            })}
                        {account}
                    </header>
                    <main class="page" id="main" tabindex="-1">
                        {children()}
                    </main>
                    <footer class="colophon">
                        <About honoured=honoured />
                    </footer>
                </div>
            </div>
            <ToastRegion />
        </div>
    }
}

#[component]
fn Places(items: Vec<NavItem>, path: String) -> impl IntoView {
    let place = move |item: NavItem| view! { <li><Place item=item path=path.clone() /></li> };
    view! { <ul>{items.into_iter().map(place).collect_view()}</ul> }
}

#[component]
fn Place(item: NavItem, path: String) -> impl IntoView {
    let here = is_within(&path, item.href).then_some("page");
    let unseen = (item.unseen > 0).then(|| {
        view! {
            <span class="rail-count">
                {item.unseen.to_string()} <span class="visually-hidden">" unseen"</span>
            </span>
        }
    });
    view! {
        <a href=item.href aria-current=here>
            <Icon name=item.icon />
            <span>{item.label}</span>
            {unseen}
        </a>
    }
}

/// What does not fit into the bottom bar of a phone. Elsewhere it is not shown.
#[component]
fn More(items: Vec<NavItem>, path: String) -> impl IntoView {
    let place = move |item: NavItem| view! { <Place item=item path=path.clone() /> };
    view! {
        <details class="menu rail-more">
            <summary>
                <Icon name="menu" />
                <span>"More"</span>
            </summary>
            <div class="menu-list">{items.into_iter().map(place).collect_view()}</div>
        </details>
    }
}

#[component]
fn SearchForm() -> impl IntoView {
    view! {
        <form class="search-form" role="search" action="/cases">
            <Icon name="search" />
            <input
                type="search"
                name="q"
                aria-label="Search cases by number or title"
                placeholder="Search cases"
                autocomplete="off"
                data-key="/"
            />
            <kbd class="kbd" aria-hidden="true">
                "/"
            </kbd>
        </form>
    }
}

/// True on a page and on the pages below it.
fn is_within(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::is_within;

    #[test]
    fn a_place_holds_its_pages_and_no_namesake() {
        assert!(is_within("/cases", "/cases"));
        assert!(is_within("/cases/LA-2026-00042", "/cases"));
        assert!(!is_within("/casework", "/cases"));
        assert!(!is_within("/", "/cases"));
    }
}
