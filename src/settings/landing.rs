//! The front page: what the product is, shown by a piece of it, and nothing that it is not.

use leptos::{either::Either, prelude::*};
use leptos_meta::Title;

use crate::{
    accounts::Viewer,
    ui::{Icon, Overdue, State},
};

/// `/`
pub struct LandingPage;

impl LandingPage {
    pub(crate) fn view() -> AnyView {
        view! {
            <Title text="Case management that keeps its promises" />
            <div class="landing">
                <section class="hero">
                    <h1>"Do the casework." <br /> "Keep the promise." <br /> "Prove it."</h1>
                    <p>
                        "CaseTrakr holds each case on one page: what happened, who works on it, when it is due. What it promises about personal data is not a document beside the product but a part of it, clause by clause."
                    </p>
                    <Ways />
                    <Specimen />
                </section>
                <section>
                    <h2>"Made for people who read it all day"</h2>
                    <div class="points">
                        <Point
                            title="What you type is kept"
                            says="While you write, the text is kept on your device and on the server. After a crash, a lost session or a lost line it is there again."
                        />
                        <Point
                            title="Nothing is overwritten unseen"
                            says="When two people change the same case, the second sees both values and decides."
                        />
                        <Point
                            title="Bring the cases that you have"
                            says="Any CSV file. See what would happen first, take the good rows in, and get the others back with the reason for each."
                        />
                        <Point
                            title="Who may see is a decision of its own"
                            says="A restricted case shows to the members named on it and to nobody else: in no list, no search and no count."
                        />
                        <Point
                            title="A record that shows tampering"
                            says="Every change is an event in a chain. A changed, removed or moved event is found, with its place."
                        />
                        <Point
                            title="Yours to run"
                            says="One program and one folder on a machine of your own; or several machines and PostgreSQL, when you outgrow it."
                        />
                    </div>
                </section>
                <section>
                    <h2>"What it does not do"</h2>
                    <ul class="does-not">
                        <Not says="No trackers, no advertising, nothing of a third party in the page." />
                        <Not says="No artificial intelligence reads your cases." />
                        <Not says="No sale of personal data, and no privacy feature that costs extra." />
                    </ul>
                </section>
            </div>
        }
        .into_any()
    }
}

#[component]
fn Ways() -> impl IntoView {
    let signed_in = use_context::<Option<Viewer>>().flatten().is_some();
    let first = if signed_in {
        Either::Left(view! {
            <a class="button primary" href="/home">
                "Go to your work"
            </a>
        })
    } else {
        Either::Right(view! {
            <a class="button primary" href="/signup">
                "Create an organisation"
            </a>
        })
    };
    view! {
        <p class="row">
            {first} <a class="button" href="/privacy">
                "Read the privacy policy"
            </a>
        </p>
    }
}

/// A case that was made up.
struct Example {
    number: &'static str,
    title: &'static str,
    kind: &'static str,
    state: &'static str,
    who: &'static str,
    due: &'static str,
    late: bool,
}

const EXAMPLES: [Example; 3] = [
    Example {
        number: "LA-2026-00342",
        title: "Eviction notice, tenant with two children",
        kind: "open",
        state: "In progress",
        who: "Maria Okafor",
        due: "20 Nov, 3 days late",
        late: true,
    },
    Example {
        number: "SU-2026-00117",
        title: "Rent arrears and a heating debt",
        kind: "waiting",
        state: "Waiting for the client",
        who: "Ines Duarte",
        due: "2 Dec",
        late: false,
    },
    Example {
        number: "CO-2026-00029",
        title: "Complaint about a home visit",
        kind: "closed",
        state: "Closed: upheld",
        who: "Ruth Abara",
        due: "27 Nov",
        late: false,
    },
];

/// The product itself, in small.
#[component]
fn Specimen() -> impl IntoView {
    let row = |example: Example| {
        let due = if example.late { view! { <Overdue>{example.due}</Overdue> }.into_any() } else { example.due.into_any() };
        view! {
            <tr>
                <td class="number">{example.number}</td>
                <th scope="row" class="lead">
                    {example.title}
                </th>
                <td>
                    <State kind=example.kind label=example.state />
                </td>
                <td>{example.who}</td>
                <td>{due}</td>
            </tr>
        }
    };
    view! {
        <figure class="specimen">
            <div class="table-wrap">
                <table class="table">
                    <thead>
                        <tr>
                            <th scope="col">"Number"</th>
                            <th scope="col">"Title"</th>
                            <th scope="col">"State"</th>
                            <th scope="col">"Assigned to"</th>
                            <th scope="col">"Due"</th>
                        </tr>
                    </thead>
                    <tbody>{EXAMPLES.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
            <figcaption>"An example. People and cases are invented."</figcaption>
        </figure>
    }
}

#[component]
fn Point(title: &'static str, says: &'static str) -> impl IntoView {
    view! {
        <div>
            <h3>{title}</h3>
            <p>{says}</p>
        </div>
    }
}

#[component]
fn Not(says: &'static str) -> impl IntoView {
    view! {
        <li>
            <Icon name="close" />
            <span>{says}</span>
        </li>
    }
}
