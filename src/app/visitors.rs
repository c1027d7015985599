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
}
