//! In the browser the pages for visitors are somewhere else: on the server. Whoever follows a link to one loads it whole.

use leptos::prelude::*;
use leptos_router::{LazyRoute, hooks::use_location};

use crate::ui::browser;

/// Any page for visitors.
pub struct Elsewhere;

impl LazyRoute for Elsewhere {
    fn data() -> Self {
        Self
    }

    async fn view(_this: Self) -> AnyView {
        let here = use_location();
        Effect::new(move |_| browser::go(&format!("{}{}", here.pathname.get_untracked(), here.search.get_untracked())));
        ().into_any()
    }
}

pub use Elsewhere as Landing;
pub use Elsewhere as SignUp;
pub use Elsewhere as Sent;
pub use Elsewhere as Login;
pub use Elsewhere as Forgotten;
pub use Elsewhere as Reset;
pub use Elsewhere as Verify;
pub use Elsewhere as Invite;
pub use Elsewhere as Policy;
pub use Elsewhere as Cookies;
pub use Elsewhere as Accessibility;
pub use Elsewhere as Ask;
pub use Elsewhere as Asked;
pub use Elsewhere as Confirm;
pub use Elsewhere as Track;
pub use Elsewhere as Operator;
pub use Elsewhere as OperatorRequest;
pub use Elsewhere as Desk;
pub use Elsewhere as DeskRequest;
