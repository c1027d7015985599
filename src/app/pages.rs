//! The pages of people who are signed in.

use crate::{accounts, app::visitors::page, audit, cases, import, settings, ui};

page! {
    Home: cases::HomePage,
    List: cases::ListPage,
    New: cases::NewPage,
    Case: cases::CasePage,
    Edit: cases::EditPage,
    Access: cases::AccessPage,
    History: audit::CaseHistoryPage,
    Onboarding: settings::OnboardingPage,
    Me: accounts::MePage,
    Security: accounts::SecurityPage,
    Settings: settings::SettingsPage,
    Organisation: settings::OrganisationPage,
    Members: accounts::MembersPage,
    CaseTypes: settings::CaseTypesPage,
    Imports: import::ImportsPage,
    Import: import::ImportPage,
    Record: audit::RecordPage,
    Gallery: ui::GalleryPage,
}
