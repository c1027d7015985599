//! `/privacy/retention`: how long everything is kept, for everybody. `/settings/retention`: what the daily run does here.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{Hold, Line, forecast, holds::known_to, last_runs, run::Removed};
use crate::{
    accounts::{Permission, Scope},
    clock::Instant,
    count::counted,
    fault::Answer,
    privacy::registry::{
        self,
        model::{Facts, Table},
    },
    server::{config::Config, visit::Visit},
    settings::Split,
    ui::FaultView,
};

/// `/privacy/retention`
pub struct RetentionPage;

impl RetentionPage {
    #[expect(clippy::unused_async, reason = "pages of its kind gather what they show")]
    pub(crate) async fn view() -> AnyView {
        let personal: Vec<_> = registry::tables().filter(|table| table.all().any(|facts| facts.personal())).collect();
        let (letters, kept) = use_context::<Visit>().map(|visit| log(&visit.state.config)).unwrap_or_default();
        let contents = personal.iter().map(|table| view! { <li><a rel="external" href=format!("#{}", table.name)>{table.about}</a></li> });
        view! {
            <Title text="What is kept, and for how long" />
            <div class="reading wide-reading">
                <div class="page-head">
                    <h1>"What is kept, and for how long"</h1>
                    <p>
                        "Every kind of personal data in this installation. The list is made by the software from the same description by which it deletes: what is not here is in no table. The server\u{2019}s log is none: it is said " <a href="#log">"at the end"</a> "."
                    </p>
                </div>
                <nav class="policy-contents" aria-label="On this page">
                    <ul>
                        {contents.collect_view()}
                        <li><a rel="external" href="#daily">"How it is carried out"</a></li>
                        <li><a rel="external" href="#log">"The server\u{2019}s log"</a></li>
                    </ul>
                </nav>
                <div class="table-wrap">
                    <table class="table" id="retention">
                        <thead>
                            <tr>
                                <th scope="col">"What"</th>
                                <th scope="col">"Whose"</th>
                                <th scope="col">"Which data"</th>
                                <th scope="col">"What for, on which basis"</th>
                                <th scope="col">"How long"</th>
                            </tr>
                        </thead>
                        <tbody>{personal.into_iter().map(row).collect_view()}</tbody>
                    </table>
                </div>
                <section class="prose" id="daily">
                    <h2>"How it is carried out"</h2>
                    <p>"Once a day the software does by itself:"</p>
                    <ul>
                        {registry::sweeps()
                            .map(|(table, sweep)| view! { <li>{sweep.says} {format!(" (After {}.)", sweep.period(table))}</li> })
                            .collect_view()}
                        <li>"Accounts and organisations whose thirty days have passed are erased."</li>
                    </ul>
                    <p>
                        "Two things stop it. A legal hold: somebody names what must be kept, why, on whose word, and when that is looked at again, within twelve months. And a restriction: while somebody's data is restricted, nothing of theirs is deleted by itself, since they may need it for a claim; once that has ended, it goes. Cases are kept as the organisation decides that works on them."
                    </p>
                    <p>"What is held about you, and how to have it deleted: " <a href="/me/privacy">"your data"</a> "."</p>
                </section>
                <section class="prose" id="log">
                    <h2>"The server\u{2019}s log"</h2>
                    <p>"For each request it holds the time, the kind of page and the outcome: no address, no name, nothing from cases. " {letters}</p>
                    <p>{kept}</p>
                </section>
            </div>
        }
        .into_any()
    }
}

/// What the log holds of people, and for how long. The program writes it, and whatever collects it keeps it.
fn log(config: &Config) -> (&'static str, String) {
    let letters = if config.smtp.host.is_empty() {
        "This installation sends no mail: a message that somebody would get, with their address, stands there for the operator to pass on."
    } else {
        "Letters go to the mail server and are not in it."
    };
    let kept = match config.operator.log_days {
        0 => "The software keeps none of it. The operator has not said how long it is kept where it is collected.".to_owned(),
        days => format!(
            "The software keeps none of it. Where the operator collects it, it is deleted after {}.",
            counted(days.into(), "day", "days")
        ),
    };
    (letters, kept)
}

fn row(table: &'static Table) -> impl IntoView {
    let personal: Vec<Facts> = table.all().filter(|facts| facts.personal()).collect();
    let unique = |mut all: Vec<String>| {
        all.sort();
        all.dedup();
        all.join(", ")
    };
    let whose = unique(personal.iter().map(|facts| facts.subject.label().to_owned()).collect());
    let columns = personal.iter().map(|facts| facts.column.label).collect::<Vec<_>>().join(", ");
    let why = unique(personal.iter().map(|facts| format!("{} ({})", facts.purpose.label(), facts.basis.label().to_lowercase())).collect());
    view! {
        <tr id=table.name>
            <th scope="row" class="lead">{table.about}</th>
            <td data-label="Whose">{whose}</td>
            <td data-label="Which data" class="wide">{columns}</td>
            <td data-label="What for" class="wide">{why}</td>
            <td data-label="How long" class="wide">{table.keep}</td>
        </tr>
    }
}

/// `/settings/retention`
pub struct ForecastPage;

struct Gathered {
    scope: Scope,
    lines: Vec<Line>,
    runs: Vec<(Instant, Removed)>,
    holds: Vec<Hold>,
}

impl ForecastPage {
    pub(crate) async fn view() -> AnyView {
        match Self::gather().await {
            Ok(gathered) => Self::show(gathered),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    }

    async fn gather() -> Answer<Gathered> {
        let scope = Scope::require(Permission::AuditRead)?;
        let lines = forecast(&scope.state).await?;
        let runs = last_runs(&scope.state).await?;
        // Holds of other organisations and of accounts are the operator's matter.
        let holds = known_to(&scope).await?;
        Ok(Gathered { scope, lines, runs, holds })
    }

    fn show(gathered: Gathered) -> AnyView {
        let zone = gathered.scope.actor.zone.clone();
        let line = |line: Line| {
            let kept =
                (line.restricted > 0).then(|| format!(" ({} more stay while the data of their person is restricted.)", line.restricted));
            view! {
                <tr>
                    <th scope="row" class="lead">{line.says} {kept}</th>
                    <td data-label="After">{line.after}</td>
                    <td data-label="Now" class="num">{line.today.to_string()}</td>
                    <td data-label="Within 30 days" class="num">{line.soon.to_string()}</td>
                </tr>
            }
        };
        let run = |(at, removed): (Instant, Removed)| {
            let what: Vec<String> = removed.into_iter().map(|(what, rows)| format!("{what}: {rows}")).collect();
            let what = if what.is_empty() { "nothing was due".to_owned() } else { what.join(", ") };
            view! { <li><b>{zone.show(at).text}</b> ": " {what}</li> }
        };
        let runs = if gathered.runs.is_empty() {
            view! { <p>"It has not run yet."</p> }.into_any()
        } else {
            view! { <ul>{gathered.runs.into_iter().map(run).collect_view()}</ul> }.into_any()
        };
        let hold = |hold: Hold| {
            view! { <li><b>{hold.scope}</b> ": " {hold.reason} " (" {hold.authority} "). Looked at again on " {hold.review_on} "."</li> }
        };
        let holds = if gathered.holds.is_empty() {
            view! { <p>"Nothing in your organisation is held back."</p> }.into_any()
        } else {
            view! { <ul>{gathered.holds.into_iter().map(hold).collect_view()}</ul> }.into_any()
        };
        view! {
            <Title text="Retention" />
            <Split current="/settings/retention">
                <div class="page-head">
                    <h1>"Retention"</h1>
                    <p>"What this installation removes by itself, in numbers. " <a href="/privacy/retention">"The rules and their reasons"</a></p>
                </div>
                <h2>"What is due"</h2>
                <div class="table-wrap">
                    <table class="table">
                        <thead>
                            <tr>
                                <th scope="col">"Rule"</th>
                                <th scope="col">"After"</th>
                                <th scope="col" class="num">"Now"</th>
                                <th scope="col" class="num">"Within 30 days"</th>
                            </tr>
                        </thead>
                        <tbody>{gathered.lines.into_iter().map(line).collect_view()}</tbody>
                    </table>
                </div>
                <h2>"What was removed"</h2>
                {runs}
                <h2>"Legal holds"</h2>
                {holds}
            </Split>
        }
        .into_any()
    }
}
