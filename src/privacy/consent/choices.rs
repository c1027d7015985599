//! The second layer: every category with what it holds, unticked until somebody ticks it; and the receipts.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;
use serde::{Deserialize, Serialize};

use super::{
    banner::ACTION,
    jar,
    model::{Category, Choice, RowView},
    notice::LANGUAGE,
    receipt::Receipt,
    registry::{self, Item},
    store,
    usage::{RowTable, row},
};
use crate::{
    clock::Shown,
    fault::Answer,
    server::{
        time::Zone,
        visit::{Visit, visit},
    },
    ui::{Instance, Notice, Subject, Time, Tone},
};

/// What the page knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ChoicesView {
    allowed: Choice,
    chosen: bool,
    signal: bool,
    honoured: bool,
    signed_in: bool,
    receipts: Vec<ReceiptLine>,
    counted: Vec<RowView>,
}

/// One receipt as a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ReceiptLine {
    id: String,
    at: Shown,
    until: Shown,
    told: String,
    choice: Choice,
    notice: i64,
    seal: String,
}

async fn gather(browser: Option<String>) -> Answer<ChoicesView> {
    let visit = visit()?;
    let consent = &visit.facts.consent;
    let allowed = consent.allowed();
    let counted = match browser.and_then(|browser| browser.parse().ok()).filter(|_| allowed.analytics) {
        Some(browser) => store::counted_from(&visit, browser).await?,
        None => Vec::new(),
    };
    Ok(ChoicesView {
        allowed,
        chosen: consent.is_chosen(),
        signal: consent.has_signal(),
        honoured: consent.is_honoured(),
        signed_in: consent.user().is_some(),
        receipts: store::receipts(&visit).await?.iter().map(line).collect(),
        counted: counted.into_iter().map(row).collect(),
    })
}

fn line(receipt: &Receipt) -> ReceiptLine {
    let zone = Zone::utc();
    ReceiptLine {
        id: receipt.id.to_string(),
        at: zone.show(receipt.chosen_at),
        until: zone.show(receipt.expires_at),
        told: receipt.told().to_owned(),
        choice: receipt.choice(),
        notice: receipt.notice_version,
        seal: receipt.seal().chars().take(8).collect(),
    }
}

/// The random number in this request's cookie.
fn browser() -> Option<String> {
    let (visit, parts) = (use_context::<Visit>()?, use_context::<axum::http::request::Parts>()?);
    jar::read(&parts.headers, &visit.state.config, &registry::AID).map(str::to_owned)
}

/// `/privacy/choices`
pub struct ChoicesPage;

impl ChoicesPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Your privacy choices" />
            <div class="reading">
                <div class="page-head">
                    <h1>"Your privacy choices"</h1>
                    <p>
                        "What this site may keep in your browser and count. You can change it here at any time; saying no is as good as saying yes, and everything works either way."
                    </p>
                </div>
                <Subject of=gather(browser()) show=|view| view! { <Choices view=view /> } />
            </div>
        }
        .into_any()
    }
}

#[component]
fn Choices(view: ChoicesView) -> impl IntoView {
    let has_yes = view.allowed != Choice::NOTHING;
    let boxes = Category::ALL.into_iter().map(|category| view! { <CategoryBox category=category allowed=view.allowed /> }).collect_view();
    view! {
        <Standing view=view.clone() />
        <form class="keep choices" method="post" action=ACTION>
            <input type="hidden" name="back" value="/privacy/choices" />
            {boxes}
            <div class="consent-buttons">
                <button class="button" name="choice" value=if has_yes { "withdraw" } else { "reject" }>
                    {if has_yes { "Withdraw all" } else { "Reject all" }}
                </button>
                <button class="button" name="choice" value="accept">
                    "Accept all"
                </button>
                <button class="button" name="choice" value="save">
                    "Save my choice"
                </button>
            </div>
        </form>
        <p class="hint">
            "A choice holds for 182 days, a no as long as a yes. "
            {if view.signed_in {
                "You are signed in, so it holds on your other devices too; what a device has refused stays refused there."
            } else {
                "It holds for this browser."
            }}
        </p>
        <Receipts receipts=view.receipts signed_in=view.signed_in />
        <Counted counted=view.counted allowed=view.allowed.analytics />
        <section class="prose">
            <h2>"More about this"</h2>
            <p>
                <a href="/cookies">"The list of cookies"</a>
                " says what each one holds. "
                <a href="/appearance">"Appearance"</a>
                " lets you choose light or dark. What we promise about personal data stands in the "
                <a href="/privacy">"privacy policy"</a>
                "."
            </p>
        </section>
    }
}

/// What is in force, and why.
#[component]
fn Standing(view: ChoicesView) -> impl IntoView {
    let now = match (view.chosen, view.allowed) {
        (false, _) => "You have not chosen yet. Until you do, only what is necessary is in use.",
        (true, Choice { preferences: false, analytics: false }) => "Only what is necessary is in use.",
        (true, Choice { preferences: true, analytics: true }) => "You allow preferences and analytics.",
        (true, Choice { preferences: true, analytics: false }) => "You allow preferences. Nothing is counted.",
        (true, Choice { preferences: false, analytics: true }) => "You allow analytics. Preferences are not kept.",
    };
    let signal = view.signal.then(|| {
        if view.honoured {
            Either::Left(view! {
                <p>
                    <strong>"Opt-out preference signal honoured."</strong>
                    " Your browser says that it does not want to be tracked. Nothing is counted, and nothing is sold or shared, which we do for nobody."
                </p>
            })
        } else {
            Either::Right(view! {
                <p>"Your browser sends an opt-out signal. You said yes to analytics on this browser, so for that your yes holds. Nothing is sold or shared."</p>
            })
        }
    });
    view! {
        <Notice tone=Tone::Info>
            <p>
                <strong>{now}</strong>
            </p>
            {signal}
        </Notice>
    }
}

#[component]
fn CategoryBox(category: Category, allowed: Choice) -> impl IntoView {
    let locked = category == Category::Necessary;
    let id = format!("choice-{}", category.key());
    let about = format!("{id}-about");
    let name = if locked { None } else { Some(category.key()) };
    view! {
        <div class="choice">
            <label class="check">
                <input type="checkbox" id=id.clone() name=name value="on" checked=allowed.allows(category) disabled=locked aria-describedby=about.clone() />
                <strong>{category.label()} {locked.then_some(" (always on)")}</strong>
            </label>
            <p id=about>{category.purpose()}</p>
            <ul>{registry::of(category).map(|item| view! { <Entry item=item /> }).collect_view()}</ul>
        </div>
    }
}

#[component]
fn Entry(item: &'static Item) -> impl IntoView {
    let tls = use_context::<Visit>().is_some_and(|visit| visit.state.config.tls());
    let operator = use_context::<Instance>().map(|instance| instance.operator).unwrap_or_default();
    view! {
        <li>
            <code>{item.name(tls)}</code>
            {format!(" ({}). {}. Who reads it: {}.", item.kind.label().to_lowercase(), item.lifetime, item.recipient.named(&operator))}
        </li>
    }
}

#[component]
fn Receipts(receipts: Vec<ReceiptLine>, signed_in: bool) -> impl IntoView {
    let nothing = receipts.is_empty();
    let whose = if signed_in { "of your account, and of this browser before you signed in" } else { "of this browser" };
    let lines = receipts
        .into_iter()
        .map(|receipt| {
            let given = |on: bool, name: &str| format!("{name}: {}", if on { "yes" } else { "no" });
            let about = format!("{}, {}", given(receipt.choice.preferences, "Preferences"), given(receipt.choice.analytics, "analytics"));
            let when = receipt.at.text;
            view! {
                <li>
                    <p>
                        <strong>{receipt.told}</strong>
                        ", "
                        <Time iso=receipt.at.iso text=when.clone() />
                        " UTC"
                    </p>
                    <p>
                        {format!("{about}. Holds until {}. Notice {}, in {LANGUAGE}. Seal ", receipt.until.day, receipt.notice)}
                        <code>{receipt.seal}</code>
                        ". "
                        <a href=format!("/privacy/choices/receipts/{}", receipt.id) rel="external" download="">
                            "Download as JSON"
                            <span class="visually-hidden">{format!(" the receipt of {when}")}</span>
                        </a>
                    </p>
                </li>
            }
        })
        .collect_view();
    view! {
        <section>
            <h2>"Receipts"</h2>
            <p>{format!("Every choice {whose} leaves a receipt: what was asked, what you answered, and when. It holds no address and no name of your browser. The same is noted in a record that cannot be changed unseen.")}</p>
            {if nothing {
                Either::Left(view! { <p>"There is none, since you have not chosen here yet."</p> })
            } else {
                Either::Right(
                    view! {
                        <ul class="receipts" role="list">
                            {lines}
                        </ul>
                        <p>
                            <a class="button" href="/privacy/choices/receipts.json" rel="external" download="">
                                "Download all receipts"
                            </a>
                        </p>
                    },
                )
            }}
        </section>
    }
}

#[component]
fn Counted(counted: Vec<RowView>, allowed: bool) -> impl IntoView {
    let body = match (allowed, counted.is_empty()) {
        (false, _) => view! { <p>"Nothing. You do not allow analytics on this browser."</p> }.into_any(),
        (true, true) => view! { <p>"Nothing yet."</p> }.into_any(),
        (true, false) => view! {
            <p>"Up to a hundred of the last rows, as they are stored. Withdrawing deletes them at once."</p>
            <RowTable rows=counted />
        }
        .into_any(),
    };
    view! {
        <section>
            <h2>"What was counted from this browser"</h2>
            {body}
        </section>
    }
}
