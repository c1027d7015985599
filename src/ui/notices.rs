use leptos::prelude::*;

use super::{Notice, address};

/// Says at the top of a page what a form that led here has done. The address names it by a code.
#[component]
pub fn Notices() -> impl IntoView {
    sentence(&address::query("notice")).map(|text| view! { <Notice>{text}</Notice> })
}

fn sentence(code: &str) -> Option<&'static str> {
    Some(match code {
        "signed-out" => "You are signed out.",
        "password-changed" => "Your password is changed. Other sessions have ended.",
        "address-confirmed" => "The address is confirmed.",
        "joined" => "Welcome. You are a member now.",
        "moved-on" => "You do not belong to the organisation any more in which you acted. You are in another of yours now.",
        "no-organisation" => "You belong to no organisation at present. Open an invitation, or create an organisation below.",
        "left" => "You have left the organisation.",
        "removed" => "The member is removed and their cases are handed over.",
        "saved" => "Saved.",
        "link-sent" => "A new link is on its way.",
        "leaving" => "Your account will be deleted. You can still keep it.",
        "account-kept" => "Your account is kept.",
        "closing" => "The organisation is being closed. You can still keep it open.",
        "organisation-kept" => "The organisation stays open.",
        _ => return None,
    })
}
