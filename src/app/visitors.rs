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
    Ask: privacy::requests::AskPage,
    Asked: privacy::requests::AskedPage,
    Confirm: privacy::requests::ConfirmPage,
    Track: privacy::requests::TrackPage,
    Operator: privacy::requests::OperatorPage,
    OperatorRequest: privacy::requests::OperatorRequestPage,
    Desk: privacy::requests::DeskPage,
    DeskRequest: privacy::requests::DeskRequestPage,
}
