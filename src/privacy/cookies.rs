//! What this site keeps in a browser: the whole list.

use leptos::prelude::*;
use leptos_meta::Title;

/// `/cookies`
pub struct CookiesPage {}

impl CookiesPage {
    pub(crate) fn data() -> Self {
        Self {}
    }

    pub(crate) fn view(_this: Self) -> AnyView {
        view! {
            <Title text="Cookies" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Cookies"</h1>
                    <p>"Everything that this site keeps in your browser. There is nothing else, and nothing of anybody else."</p>
                </div>
                <div class="table-wrap">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Name"</th>
                                <th scope="col">"Kind"</th>
                                <th scope="col">"What it is for"</th>
                                <th scope="col">"How long"</th>
                            </tr>
                        </thead>
                        <tbody>
                            <tr>
                                <th scope="row" class="lead">
                                    <code>"__Host-ct_session"</code>
                                    " or "
                                    <code>"ct_session"</code>
                                </th>
                                <td data-label="Kind">"Cookie, necessary"</td>
                                <td class="wide">
                                    "Keeps you signed in. It is set when you sign in and not before. The second name is used where this site is reached without encryption, such as on your own machine."
                                </td>
                                <td data-label="How long">"Until you sign out, or at the latest when the sign-in expires"</td>
                            </tr>
                            <tr>
                                <th scope="row" class="lead">
                                    "Drafts"
                                </th>
                                <td data-label="Kind">"Local storage, necessary"</td>
                                <td class="wide">
                                    "Keeps what you type into a case until it is saved, so that a crash or a lost connection costs you nothing. It stays on this device."
                                </td>
                                <td data-label="How long">"Until the text is saved or thrown away"</td>
                            </tr>
                        </tbody>
                    </table>
                </div>
                <section class="prose">
                    <h2>"Your choice"</h2>
                    <p>
                        "Both are needed for what you came to do, so nobody asks you for consent to them. You can delete them in your browser at any time: you are then signed out, and unsaved drafts on this device are gone."
                    </p>
                    <p>
                        "What the policy says about cookies stands in " <a href="/privacy#c-9.1">"section 9"</a>
                        ". Cookies for preferences or for analytics, which it mentions, are not in use."
                    </p>
                </section>
            </div>
        }
        .into_any()
    }
}
