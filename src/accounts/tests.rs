//! Accounts over HTTP, on both engines.

mod invitations;
mod limits;
mod links;
mod members;
mod own;
mod passwords;
mod quotas;
mod sign;

use super::model::POLICY_VERSION;

/// A password that passes, and that no test account has from the start.
const NEW_PASSWORD: &str = "violet harbour counts nine lamps";

/// The sign-up form, filled in.
fn sign_up<'a>(name: &'a str, email: &'a str, organisation: &'a str) -> Vec<(&'static str, &'a str)> {
    vec![
        ("name", name),
        ("email", email),
        ("organisation", organisation),
        ("password", NEW_PASSWORD),
        ("adult", "on"),
        ("policy", POLICY_VERSION),
        ("time_zone", "Europe/Amsterdam"),
    ]
}

/// The same form with another value for one field.
fn with<'a>(mut form: Vec<(&'static str, &'a str)>, field: &str, value: &'a str) -> Vec<(&'static str, &'a str)> {
    form.iter_mut().filter(|(name, _)| *name == field).for_each(|pair| pair.1 = value);
    form
}
