//! What may come back of a refused form to somebody who is not signed in.

use leptos::server_fn::ServerFn;

use super::api::{Appeal, Ask, Confirm, OptOut, Reply, Withdraw};
use crate::server::http::VisitorForm;

const SMALL: usize = 8_000;
/// The words of a request, in any script, and somewhat more than is taken, so that whoever wrote too much can shorten it.
const LETTER: usize = 64_000;

/// The forms of this feature on pages for visitors.
pub const VISITOR_FORMS: &[VisitorForm] = &[
    VisitorForm {
        path: <Ask as ServerFn>::PATH,
        fields: &["key", "kind", "concern", "email", "name", "words", "organisation", "to", "agent", "permission"],
        bytes: LETTER,
    },
    VisitorForm { path: <OptOut as ServerFn>::PATH, fields: &["address"], bytes: SMALL },
    VisitorForm { path: <Confirm as ServerFn>::PATH, fields: &[], bytes: SMALL },
    VisitorForm { path: <Reply as ServerFn>::PATH, fields: &["words"], bytes: LETTER },
    VisitorForm { path: <Appeal as ServerFn>::PATH, fields: &["words"], bytes: LETTER },
    VisitorForm { path: <Withdraw as ServerFn>::PATH, fields: &[], bytes: SMALL },
];
