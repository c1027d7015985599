//! THE closed list of what may be counted.
//!
//! A name is one of the constants below and nothing else: an [`Event`] cannot be made from text, so neither a number
//! of a case nor a word that somebody typed can become one. Links with a token are counted by their kind. A page
//! counts each time that it is asked for, by going there or after a form.

use axum::http::Method;

/// Something that happened, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event(&'static str);

/// Pages, by their route.
pub const PAGES: [&str; 52] = [
    "/",
    "/accessibility",
    "/appearance",
    "/cases",
    "/cases/:number",
    "/cases/:number/access",
    "/cases/:number/history",
    "/cases/new",
    "/cookies",
    "/desk",
    "/desk/:id",
    "/forgot",
    "/forgot/sent",
    "/home",
    "/invite/:token",
    "/login",
    "/me",
    "/me/privacy",
    "/me/privacy/delete",
    "/me/security",
    "/onboarding",
    "/operator/requests",
    "/operator/requests/:id",
    "/privacy",
    "/privacy/changes",
    "/privacy/choices",
    "/privacy/confirm/:token",
    "/privacy/request",
    "/privacy/request/sent",
    "/privacy/retention",
    "/privacy/track/:token",
    "/privacy/versions",
    "/reset/:token",
    "/security",
    "/settings",
    "/settings/case-types",
    "/settings/close",
    "/settings/export",
    "/settings/import",
    "/settings/import/:id",
    "/settings/members",
    "/settings/organisation",
    "/settings/processing",
    "/settings/record",
    "/settings/retention",
    "/settings/usage",
    "/signup",
    "/signup/sent",
    "/subprocessors",
    "/trust",
    "/ui",
    "/verify-email/:token",
];

/// Actions, by the function that carries them out.
const FUNCTIONS: [(&str, &str); 14] = [
    ("accounts/create_organisation", "organisation created"),
    ("accounts/invite", "member invited"),
    ("accounts/sign_in", "signed in"),
    ("accounts/sign_out", "signed out"),
    ("accounts/sign_up", "signed up"),
    ("cases/assign", "case assigned"),
    ("cases/create", "case opened"),
    ("cases/edit", "case edited"),
    ("cases/link", "cases linked"),
    ("cases/move", "case moved"),
    ("cases/set_access", "access changed"),
    ("cases/write_entry", "entry written"),
    ("import/import", "import started"),
    ("settings/choose_presets", "case types chosen"),
];

impl Event {
    /// Its name.
    pub const fn name(self) -> &'static str {
        self.0
    }

    /// What a request is, if it is something that may be counted.
    pub fn of(method: &Method, path: &str) -> Option<Self> {
        if let Some(function) = path.strip_prefix("/api/") {
            return FUNCTIONS.iter().find(|(name, _)| *name == function).map(|(_, event)| Self(event));
        }
        if *method != Method::GET {
            return None;
        }
        // A page with a name of its own comes before one with a parameter in the same place.
        let exact = PAGES.iter().find(|page| **page == path);
        exact.or_else(|| PAGES.iter().find(|page| fits(page, path))).map(|page| Self(page))
    }

    /// Every name there is.
    #[cfg(test)]
    pub fn names() -> impl Iterator<Item = &'static str> {
        PAGES.into_iter().chain(FUNCTIONS.into_iter().map(|(_, event)| event))
    }
}

fn fits(page: &str, path: &str) -> bool {
    let (mut wanted, mut has) = (page.split('/'), path.split('/'));
    loop {
        match (wanted.next(), has.next()) {
            (None, None) => return true,
            (Some(wanted), Some(has)) if wanted == has || (wanted.starts_with(':') && !has.is_empty()) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opened(path: &str) -> Option<&'static str> {
        Event::of(&Method::GET, path).map(Event::name)
    }

    #[test]
    fn a_page_is_counted_by_its_route_and_never_by_its_address() {
        assert_eq!(opened("/cases/LA-2026-00001"), Some("/cases/:number"));
        assert_eq!(opened("/cases/new"), Some("/cases/new"));
        assert_eq!(opened("/reset/SECRET"), Some("/reset/:token"));
        assert_eq!(opened("/cases/a/b/c"), None);
        assert_eq!(opened("/nothing"), None);
        assert_eq!(Event::of(&Method::POST, "/cases"), None);
        assert_eq!(Event::of(&Method::POST, "/api/cases/create").map(Event::name), Some("case opened"));
        assert_eq!(Event::of(&Method::POST, "/api/cases/save_draft"), None);
    }

    #[test]
    fn every_route_of_the_app_is_in_the_list() {
        let app = std::fs::read_to_string("src/app.rs").unwrap();
        let routes: Vec<_> = app.split("path!(\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(routes.len() > 25, "{}", routes.len());
        let missing: Vec<_> = routes.into_iter().filter(|route| !PAGES.contains(route)).collect();
        assert!(missing.is_empty(), "pages that would not be counted: {missing:?}");
    }

    proptest! {
        #[test]
        fn pp_4_no_event_holds_a_word_of_a_person(path in "/[a-z]{0,12}/\\PC{0,40}") {
            if let Some(event) = Event::of(&Method::GET, &path) {
                prop_assert!(Event::names().any(|name| name == event.name()));
            }
        }
    }
}
