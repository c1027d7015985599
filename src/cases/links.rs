//! The other cases that belong to this one.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    api::{Link, LinkView, Unlink},
    model::LinkKind,
};
use crate::ui::{Fold, Form, Hidden, Icon, SelectField, State, Submit, TextField};

/// The links, each with the way to remove it, and the form for another.
#[component]
pub(super) fn Links(number: String, links: Vec<LinkView>, may_write: bool) -> impl IntoView {
    if links.is_empty() && !may_write {
        return None;
    }
    let lines = links.into_iter().map(|link| view! { <Line link=link may_write=may_write /> }).collect_view();
    let forms = may_write.then(|| {
        let here = number.clone();
        let kinds = LinkKind::ALL.into_iter().map(|kind| (kind.key().to_owned(), kind.label(true).to_owned())).collect();
        view! {
            <Form action={Unlink::PATH} id="unlink" key="unlink">
                <Hidden name="number" value=here />
            </Form>
            <Fold class="handing" button="button small" heading=|| "Link a case">
                <Form action={Link::PATH} key="link" class="stack" clear=true>
                    <Hidden name="number" value=number />
                    <SelectField name="kind" label="This case is" options=kinds />
                    <TextField name="other" label="Number of the other case" autocomplete="off" />
                    <div>
                        <Submit class="button">"Link"</Submit>
                    </div>
                </Form>
            </Fold>
        }
    });
    Some(view! {
        <section>
            <h2>"Linked cases"</h2>
            <ul class="links" role="list">
                {lines}
            </ul>
            {forms}
        </section>
    })
}

#[component]
fn Line(link: LinkView, may_write: bool) -> impl IntoView {
    let remove = may_write.then(|| {
        let label = format!("Remove the link to {}", link.number);
        view! {
            <button class="button quiet square small" type="submit" form="unlink" name="other" value=link.number.clone() aria-label=label>
                <Icon name="close" />
            </button>
        }
    });
    view! {
        <li>
            <p>
                {link.words} " " <a class="number" href=format!("/cases/{}", link.number)>{link.number.clone()}</a>
                <br />
                {link.title} " " <State kind=link.state.key() label=link.state.label() />
            </p>
            {remove}
        </li>
    }
}
