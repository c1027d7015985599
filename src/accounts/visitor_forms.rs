//! What may come back of a refused form to somebody who is not signed in.

use leptos::server_fn::ServerFn;

use super::api::{AcceptNew, Forgot, Reset, SignIn, SignUp, VerifyEmail};
use crate::server::http::VisitorForm;

const SMALL: usize = 8_000;

/// The forms of this feature on pages for visitors.
pub const VISITOR_FORMS: &[VisitorForm] = &[
    VisitorForm {
        path: <SignUp as ServerFn>::PATH,
        fields: &["name", "email", "organisation", "adult", "policy", "time_zone"],
        bytes: SMALL,
    },
    VisitorForm { path: <SignIn as ServerFn>::PATH, fields: &["email", "next", "here"], bytes: SMALL },
    VisitorForm { path: <Forgot as ServerFn>::PATH, fields: &["email"], bytes: SMALL },
    VisitorForm { path: <Reset as ServerFn>::PATH, fields: &[], bytes: SMALL },
    VisitorForm { path: <VerifyEmail as ServerFn>::PATH, fields: &[], bytes: SMALL },
    VisitorForm { path: <AcceptNew as ServerFn>::PATH, fields: &["name", "adult", "policy"], bytes: SMALL },
];
