//! How an organisation sets itself up: what it works on, what it is called, when its day begins.
//!
//! A setting is owned by the feature that it governs; the pages here gather them, so that an admin finds each one in one
//! place and reads in a sentence what it does. What only this folder owns is the organisation itself. The front page
//! of the installation stands here too, since it is where setting up begins.
//!
//! Whoever may not change a setting may still read it, and is told whom to ask.

pub mod api;

mod case_types;
mod general;
mod index;
mod onboarding;

pub use case_types::CaseTypesPage;
pub use general::OrganisationPage;
pub use index::{SettingsPage, Split, commands};
pub use onboarding::OnboardingPage;

mod landing;
pub use landing::LandingPage;

mod organisation;
mod store;

#[cfg(test)]
mod tests;
