//! How far everybody can use this, and whom to tell when somebody cannot.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::Instance;

/// `/accessibility`
pub struct AccessibilityPage;

impl AccessibilityPage {
    pub(crate) fn view() -> AnyView {
        let email = use_context::<Instance>().map(|instance| instance.email).unwrap_or_default();
        let whom = if email.is_empty() {
            "Tell whoever runs this installation.".into_any()
        } else {
            view! { "Write to " <a href=format!("mailto:{email}")>{email.clone()}</a> "." }.into_any()
        };
        view! {
            <Title text="Accessibility" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Accessibility"</h1>
                    <p>"CaseTrakr is made to be used by everybody who does casework, by whatever means they use a computer."</p>
                </div>
                <div class="prose">
                    <h2>"What we aim for"</h2>
                    <p>
                        "The Web Content Accessibility Guidelines 2.2 at level AA, on every page, on large screens and on phones, in light and in dark."
                    </p>
                    <h2>"How it is checked"</h2>
                    <ul>
                        <li>"Every page is examined by an automatic checker (axe) before a version is released. It finds some kinds of mistakes and not all."</li>
                        <li>"Everything can be reached with the keyboard. The shortcuts are listed under the question mark."</li>
                        <li>"Pages and forms work without JavaScript."</li>
                        <li>"State and priority are shown by words and shapes, never by colour alone. Motion is left out where your system asks for that."</li>
                    </ul>
                    <h2>"What we know is missing"</h2>
                    <ul>
                        <li>"No independent audit, and no test with people who use screen readers every day, has taken place yet."</li>
                        <li>"The interface is in English only."</li>
                    </ul>
                    <h2>"When something does not work for you"</h2>
                    <p>{whom} " Say which page it was and what you use; that is enough."</p>
                </div>
            </div>
        }
        .into_any()
    }
}
