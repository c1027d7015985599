//! The pages of people who are signed in, in two bundles: the daily work, and what is set up once.
//!
//! A bundle is one chunk of WASM. One a page would be dozens of small files, since what several pages share becomes a
//! chunk for each combination; with two, a first visit fetches a handful, and the next page is there already.

use leptos::prelude::*;
use leptos_router::LazyRoute;

use crate::{accounts, audit, cases, import, settings, ui};

macro_rules! bundle {
    ($(#[$meta:meta])* $bundle:ident, $preload:ident, $kind:ident { $($name:ident: $page:ty),+ $(,)? }) => {
        /// Which page of the bundle.
        #[derive(Clone, Copy)]
        enum $kind { $($name),+ }

        $(#[$meta])*
        #[leptos::lazy]
        fn $bundle(page: $kind) -> AnyView {
            match page { $($kind::$name => <$page>::view(<$page>::data())),+ }
        }

        $(
            #[doc = concat!("The route of `", stringify!($page), "`.")]
            pub struct $name;

            impl LazyRoute for $name {
                fn data() -> Self {
                    Self
                }

                async fn view(_this: Self) -> AnyView {
                    $bundle($kind::$name).await
                }

                async fn preload() {
                    #[cfg(target_arch = "wasm32")]
                    $preload().await;
                }
            }
        )+
    };
}

bundle! {
    /// The daily work.
    work, __preload_work, Work {
        Home: cases::HomePage,
        List: cases::ListPage,
        New: cases::NewPage,
        Case: cases::CasePage,
        Edit: cases::EditPage,
        Access: cases::AccessPage,
        History: audit::CaseHistoryPage,
    }
}

bundle! {
    /// What is set up once, and one's own account.
    setup, __preload_setup, Setup {
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
}
