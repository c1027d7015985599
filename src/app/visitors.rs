//! The pages for visitors. They are HTML and forms, no script is sent with them, and so they are no part of the WASM.

use leptos::prelude::*;
use leptos_router::LazyRoute;

use crate::{accounts, privacy, settings};

macro_rules! page {
    ($($name:ident: $page:ty),+ $(,)?) => { $(
        #[doc = concat!("The route of `", stringify!($page), "`.")]
        pub struct $name;

        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> AnyView {
                <$page>::view(<$page>::data())
            }
        }
    )+ };
}

/// Pages that gather what they show before they show it.
macro_rules! gathered {
    ($($name:ident: $page:ty),+ $(,)?) => { $(
        #[doc = concat!("The route of `", stringify!($page), "`.")]
        pub struct $name;

        impl LazyRoute for $name {
            fn data() -> Self {
                Self
            }

            async fn view(_this: Self) -> AnyView {
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
    Policy: privacy::PolicyPage,
    Cookies: privacy::CookiesPage,
    Accessibility: privacy::AccessibilityPage,
}
