//! On every page of somebody with an account: a new version, until they acknowledge it.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{
    accounts::api::AcknowledgePolicy,
    ui::{Form, Hidden, Notice, Submit},
};

/// A version that somebody has not acknowledged.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    let begins = if news.ahead { "takes effect on" } else { "has been in force since" };
    view! {
        <Notice>
            <p>
                "A new version of the privacy policy " {begins} " " {news.from} ". "
                <a href=format!("/privacy/changes?to={}", news.hash) rel="external">
                    "See what changed"
                </a> " or " <a href=format!("/privacy/versions/{}", news.hash) rel="external">"read it whole"</a> "."
            </p>
            <Form action={<AcknowledgePolicy as ServerFn>::PATH} key="policy-news">
                <Hidden name="policy" value=news.hash />
                <div class="form-actions">
                    <Submit class="button small">"I have seen it"</Submit>
                    <span class="hint">"This is no consent to anything."</span>
                </div>
            </Form>
        </Notice>
    }
}
