//! The policy as a page: each clause with its id in the margin, which is also its address.

use leptos::prelude::*;
use leptos_meta::Title;

use super::text::{HEAD, SECTIONS, Section};
use crate::{
    app::PageFacts,
    ui::{Notice, Tone},
};

/// The date of the version in force, as people write it. `accounts::model::POLICY_VERSION` is the same for machines.
pub const LAST_UPDATED: &str = "19 January 2026";

/// `/privacy`
pub struct PolicyPage {}

impl PolicyPage {
    pub(crate) fn data() -> Self {
        Self {}
    }

    pub(crate) fn view(_this: Self) -> AnyView {
        let names = Names::here();
        let nameless = names.missing.then(|| {
            view! {
                <Notice tone=Tone::Warning>
                    "Whoever runs this installation has not entered their name and e-mail address yet. Until then this text names nobody who answers for it."
                </Notice>
            }
        });
        let head = HEAD.iter().map(|clause| names.clause(clause)).collect_view();
        let sections = SECTIONS.iter().map(|section| names.section(section)).collect_view();
        view! {
            <Title text="Privacy policy" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Privacy policy"</h1>
                    <p>
                        "Last updated " <time datetime="2026-01-19">{LAST_UPDATED}</time>
                        ". The number before a clause is its address: a link to it stays good in later versions."
                    </p>
                </div>
                {nameless}
                <nav aria-label="Sections">
                    <ol>
                        {SECTIONS
                            .iter()
                            .map(|section| {
                                view! {
                                    <li>
                                        <a rel="external" href=format!("#s-{}", section.number)>
                                            {section.title}
                                        </a>
                                    </li>
                                }
                            })
                            .collect_view()}
                    </ol>
                </nav>
                <div class="prose">{head} {sections}</div>
            </div>
        }
        .into_any()
    }
}

/// What the policy calls the people who run this installation.
struct Names {
    operator: String,
    contact: String,
    missing: bool,
}

impl Names {
    fn here() -> Self {
        let facts = use_context::<PageFacts>().unwrap_or_default();
        let or = |value: String, otherwise: &str| if value.is_empty() { otherwise.to_owned() } else { value };
        Self {
            missing: facts.operator.is_empty() || facts.operator_email.is_empty(),
            operator: or(facts.operator, "the operator of this installation"),
            contact: or(facts.operator_email, "the address that the operator gave you"),
        }
    }

    fn section(&self, section: &Section) -> impl IntoView + use<> {
        view! {
            <h2 id=format!("s-{}", section.number)>{format!("{}. {}", section.number, section.title)}</h2>
            {section.clauses.iter().map(|clause| self.clause(clause)).collect_view()}
        }
    }

    fn clause(&self, (id, text): &(&'static str, &'static str)) -> impl IntoView + use<> {
        let anchor = format!("c-{id}");
        let text = text.replace("{operator}", &self.operator).replace("{contact}", &self.contact);
        view! {
            <p class="clause" id=anchor.clone()>
                <a class="anchor" rel="external" href=format!("#{anchor}") aria-label=format!("Clause {id}")>
                    {*id}
                </a>
                " "
                {text}
            </p>
        }
    }
}
