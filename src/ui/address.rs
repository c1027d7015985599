//! What the address of the page says. A page is made once for each address, so it is read once.

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_params_map, use_query_map};

/// The part of the path that the route calls `name`.
pub fn param(name: &str) -> String {
    use_params_map().with_untracked(|params| params.get(name)).unwrap_or_default()
}

/// What is asked for as `name`; empty where nothing is.
pub fn query(name: &str) -> String {
    use_query_map().with_untracked(|query| query.get(name)).unwrap_or_default()
}

/// All that is asked for, as it stands in the address.
pub fn search() -> String {
    use_location().search.get_untracked()
}

/// The path.
pub fn path() -> String {
    use_location().pathname.get_untracked()
}
