//! The pages for visitors: HTML and forms, with which no script is sent.

use crate::{accounts, privacy, settings};

macro_rules! page {
    ($($name:ident: $page:ty),+ $(,)?) => { $(
        #[doc = concat!("The route of `", stringify!($page), "`.")]
        pub struct $name;

        impl leptos_router::LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> leptos::prelude::AnyView {
                <$page>::view(<$page>::data())
            }
        }
    )+ };
}
pub(super) use page;

/// Pages that gather what they show before they show it.
macro_rules! gathered {
    ($($name:ident: $page:ty),+ $(,)?) => { $(
        #[doc = concat!("The route of `", stringify!($page), "`.")]
        pub struct $name;

        impl leptos_router::LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> leptos::prelude::AnyView {
                use leptos::prelude::*;
                // The router's own future may not change threads, so nothing real is awaited in it.
                view! { <Suspense>{move || Suspend::new(<$page>::view())}</Suspense> }.into_any()
            }
        }
    )+ };
}

gathered! {
    Mine: privacy::mine::MinePage,
    Delete: privacy::mine::DeletePage,
    Close: privacy::mine::ClosePage,
    Processing: privacy::registry::ProcessingPage,
    Retention: privacy::retention::RetentionPage,
    Forecast: privacy::retention::ForecastPage,
}

page! {
    Landing: settings::LandingPage,
    SignUp: accounts::SignUpPage,
    Sent: accounts::SentPage,
    Login: accounts::LoginPage,
    Forgotten: accounts::ForgottenPage,
    Reset: accounts::ResetPage,
    Verify: accounts::VerifyPage,
    Invite: accounts::InvitePage,
    Policy: privacy::policy::PolicyPage,
    Versions: privacy::policy::VersionsPage,
    Changes: privacy::policy::ChangesPage,
    Trust: privacy::trust::TrustPage,
    Security: privacy::trust::SecurityPage,
    Subprocessors: privacy::trust::SubprocessorsPage,
    Cookies: privacy::CookiesPage,
    Accessibility: privacy::AccessibilityPage,
    Choices: privacy::consent::ChoicesPage,
    Appearance: privacy::consent::AppearancePage,
    Usage: privacy::consent::UsagePage,
    Ask: privacy::requests::AskPage,
    Asked: privacy::requests::AskedPage,
    Confirm: privacy::requests::ConfirmPage,
    Track: privacy::requests::TrackPage,
    Operator: privacy::requests::OperatorPage,
    OperatorRequest: privacy::requests::OperatorRequestPage,
    Desk: privacy::requests::DeskPage,
    DeskRequest: privacy::requests::DeskRequestPage,
}
