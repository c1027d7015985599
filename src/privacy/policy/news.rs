//! On every page of somebody with an account: a new version, until they acknowledge it.

use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Deserialize, Serialize};

use crate::{
    accounts::api::AcknowledgePolicy,
    ui::{Form, Hidden, Notice, Submit},
};

/// A version that somebody has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct News {
    /// Its hash.
    pub hash: String,
    /// The day from which it is in force, as people write it.
    pub from: String,
    /// Whether that day is still to come.
    pub ahead: bool,
}

/// Says so, and what acknowledging means.
#[component]
pub fn PolicyNews(news: News) -> impl IntoView {
    let seen = RwSignal::new(false);
    let done = Callback::new(move |()| seen.set(true));
    let begins = if news.ahead { "takes effect on" } else { "has been in force since" };
    let hash = StoredValue::new(news.hash);
    let from = StoredValue::new(news.from);
    let notice = move || {
        view! {
            <Notice>
                <p>
                    "A new version of the privacy policy " {begins} " " {from.get_value()} ". "
                    <a href=format!("/privacy/changes?to={}", hash.get_value()) rel="external">
                        "See what changed"
                    </a> " or " <a href=format!("/privacy/versions/{}", hash.get_value()) rel="external">"read it whole"</a> "."
                </p>
                <Form action={<AcknowledgePolicy as ServerFn>::PATH} key="policy-news" done=done>
                    <Hidden name="policy" value=hash.get_value() />
                    <div class="form-actions">
                        <Submit class="button small">"I have seen it"</Submit>
                        <span class="hint">"This is no consent to anything."</span>
                    </div>
                </Form>
            </Notice>
        }
    };
    view! { <Show when=move || !seen.get()>{notice()}</Show> }
}
