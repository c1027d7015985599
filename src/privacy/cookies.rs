//! What this site keeps in a browser: the whole list, from the registry that the tests hold the code to.

use leptos::prelude::*;
use leptos_meta::Title;

use super::consent::{
    model::Category,
    registry::{self, Item, Kind},
};
use crate::ui::Instance;

/// `/cookies`
pub struct CookiesPage;

impl CookiesPage {
    pub(crate) fn view() -> AnyView {
        let operator = use_context::<Instance>().map(|instance| instance.operator).unwrap_or_default();
        let sections =
            Category::ALL.into_iter().map(|category| view! { <OfCategory category=category operator=operator.clone() /> }).collect_view();
        view! {
            <Title text="Cookies" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Cookies"</h1>
                    <p>
                        "Everything that this site keeps in your browser. There is nothing else, and nothing of anybody else: no advertising, no foreign script, no picture that counts."
                    </p>
                </div>
                {sections}
                <section class="prose">
                    <h2>"Your choice"</h2>
                    <p>
                        "What is necessary needs no consent. The rest is off until you say yes, and off again when you say no. You choose under "
                        <a href="/privacy/choices">"Your privacy choices"</a>
                        ", where each choice also leaves a receipt. You can delete everything in your browser at any time: you are then signed out, and unsaved drafts on this device are gone."
                    </p>
                    <p>"What the policy says about cookies stands in " <a href="/privacy#c-9.1">"section 9"</a> "."</p>
                    <p>
                        "The cookies can be read by this server and by no script, not even our own. Over an encrypted connection their names begin with "
                        <code>"__Host-"</code> ", which ties them to this address; on your own machine they go without."
                    </p>
                </section>
            </div>
        }
        .into_any()
    }
}

#[component]
fn OfCategory(category: Category, operator: String) -> impl IntoView {
    let rows = registry::of(category).map(|item| view! { <Row item=item operator=operator.clone() /> }).collect_view();
    view! {
        <section>
            <h2>{category.label()}</h2>
            <p>{category.purpose()}</p>
            <div class="table-wrap">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Name"</th>
                            <th scope="col">"Kind"</th>
                            <th scope="col">"What it is for"</th>
                            <th scope="col">"How long"</th>
                            <th scope="col">"Who reads it"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

#[component]
fn Row(item: &'static Item, operator: String) -> impl IntoView {
    let name = match item.kind {
        Kind::Cookie => item.hosted.to_owned(),
        Kind::LocalStorage => format!("{}…", item.plain),
    };
    let plain = (item.plain != item.hosted).then(|| view! { " or " <code>{item.plain}</code> });
    view! {
        <tr>
            <th scope="row" class="lead">
                <code>{name}</code>
                {plain}
            </th>
            <td data-label="Kind">{item.kind.label()}</td>
            <td class="wide">{item.purpose}</td>
            <td data-label="How long">{item.lifetime}</td>
            <td data-label="Who reads it">{item.recipient.named(&operator)}</td>
        </tr>
    }
}
