//! `/trust`: clause by clause what makes it hold, which tests show that and how they went; and what can be looked at now.

use leptos::prelude::*;
use leptos_meta::Title;

use super::{
    clauses::{self, ClauseEvidence},
    first_day, register,
    results::{Outcome, Record, SOURCE},
};
use crate::{
    audit::{self, Checkpoint},
    clock::Instant,
    fault::Answer,
    privacy::{
        policy::{
            Version,
            editions::{Clause, EDITIONS, Edition},
            in_force,
        },
        retention::{Removed, last_runs},
    },
    server::{
        http::content_security_policy,
        secret::hex,
        time::Zone,
        visit::{Visit, visit},
    },
    ui::{Badge, Notice, Tone, counted, loaded},
};

/// `/trust`
pub struct TrustPage;

/// What can be looked at now.
struct Evidence {
    version: Option<Version>,
    checkpoint: Option<Checkpoint>,
    subprocessors: usize,
    changes: i64,
    retention: Option<(Instant, Removed)>,
    outbound: Vec<String>,
    policy: String,
}

impl TrustPage {
    pub(crate) fn view() -> AnyView {
        let subject = visit();
        let evidence = loaded(async move { gather(subject?).await }, show_evidence);
        let record = Record::here();
        let entries: Vec<&ClauseEvidence> = clauses::all().collect();
        let parts = parts(&entries);
        let contents =
            parts.iter().enumerate().map(|(nth, part)| view! { <li><a rel="external" href=format!("#part-{nth}")>{part.title}</a></li> });
        let contents = contents.collect_view();
        let rows = parts.into_iter().enumerate().map(|(nth, part)| show_part(nth, part, record)).collect_view();
        view! {
            <Title text="Trust" />
            <div class="policy">
                <div class="page-head">
                    <h1>"Does the policy hold?"</h1>
                    <p>
                        "Each clause of the " <a href="/privacy">"privacy policy"</a>
                        ", what makes it hold in this software, the tests that prove it, and how they went. What is not built yet is said."
                    </p>
                </div>
                {summary(record, &entries)}
                <nav class="policy-contents" id="contents" aria-label="On this page">
                    <ul>
                        <li><a rel="external" href="#evidence">"What can be seen now"</a></li>
                        {contents}
                    </ul>
                </nav>
                <section id="evidence">
                    <h2>"What can be seen now"</h2>
                    {evidence}
                </section>
                {rows}
            </div>
        }
        .into_any()
    }
}

/// The clauses of one section of the policy.
struct Part {
    title: &'static str,
    clauses: Vec<(&'static Clause, &'static ClauseEvidence)>,
}

/// All clauses by the section under which they stand, in their order.
fn parts(entries: &[&'static ClauseEvidence]) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    for kept in entries {
        let Some((section, clause)) = clause(kept.id) else { continue };
        let title = match (section, parts.is_empty()) {
            ("", true) => "Who stands behind it",
            ("", false) => "In general",
            _ => section,
        };
        match parts.iter_mut().find(|part| part.title == title) {
            Some(part) => part.clauses.push((clause, kept)),
            None => parts.push(Part { title, clauses: vec![(clause, kept)] }),
        }
    }
    parts
}

fn show_part(nth: usize, part: Part, record: Option<&'static Record>) -> impl IntoView {
    let rows = part.clauses.into_iter().map(|(clause, kept)| row(clause, kept, record)).collect_view();
    view! {
        <section id=format!("part-{nth}")>
            <h2>{part.title}</h2>
            {rows}
            <p class="to-contents"><a rel="external" href="#contents">"To the contents"</a></p>
        </section>
    }
}

/// A clause in the newest edition that has it, with its section.
fn clause(id: &str) -> Option<(&'static str, &'static Clause)> {
    let find = |edition: &'static Edition| {
        let inner = edition.sections.iter().flat_map(|section| section.clauses.iter().map(|clause| (section.title, clause)));
        edition.head.iter().chain(edition.foot).map(|clause| ("", clause)).chain(inner).find(|(_, clause)| clause.id == id)
    };
    EDITIONS.into_iter().rev().find_map(find)
}

fn summary(record: Option<&'static Record>, entries: &[&ClauseEvidence]) -> AnyView {
    let Some(record) = record else {
        return view! {
            <Notice tone=Tone::Warning>
                "There is no record of a run of the tests for this build (source " <code>{SOURCE}</code>
                "), so no result is shown. " <code>"make test"</code> " makes one."
            </Notice>
        }
        .into_any();
    };
    let whole = |kept: &&&ClauseEvidence| kept.tests.iter().all(|test| !matches!(record.outcome(test), Outcome::Failed | Outcome::NotRun));
    let passed = entries.iter().filter(whole).count();
    let tests = record.tests.values().filter(|went| *went == "ok").count();
    let day = Zone::utc().parse(&record.at).map(|at| Zone::utc().show(at));
    view! {
        <p class="policy-standing">
            <b>{format!("{passed} of {} clauses passed all their tests", entries.len())}</b>
            {format!(" in a run of {tests} tests")}
            {day.map(|day| view! { " on " <time datetime=day.iso>{day.text} " UTC"</time> })}
            ", commit "
            <code>{record.commit.clone()}</code>
            ", source "
            <code>{SOURCE}</code>
            "."
        </p>
    }
    .into_any()
}

async fn gather(visit: Visit) -> Answer<Evidence> {
    let state = &visit.state;
    let smtp = &state.config.smtp;
    let outbound = if smtp.host.is_empty() { Vec::new() } else { vec![format!("{}:{} (mail)", smtp.host, smtp.port)] };
    Ok(Evidence {
        version: in_force(&visit.db, state.clock.now()).await?,
        checkpoint: audit::checkpoint(state).await?,
        subprocessors: state.config.subprocessors.len(),
        changes: i64::try_from(register::changes(&visit.db).await?.len()).unwrap_or_default(),
        retention: last_runs(state).await?.into_iter().next(),
        outbound,
        policy: content_security_policy(state.config.tls(), "…"),
    })
}

fn show_evidence(evidence: Evidence) -> AnyView {
    let version = match evidence.version {
        Some(version) => {
            let words = format!("Version {} of {}", version.number, version.day());
            view! { <a href=version.path()>{words}</a> ", SHA-256 " <code>{version.hash.clone()}</code> }.into_any()
        }
        None => "None is published yet.".into_any(),
    };
    let checkpoint = match evidence.checkpoint {
        Some(checkpoint) => view! {
            {format!("{} events, newest hash ", checkpoint.seq)}
            <code>{hex(&checkpoint.hash)}</code>
            ". Keep it: if the chain is ever cut or rewritten, it no longer leads there. This chain also knows of those of all organisations, and they commit to what the database holds."
        }
        .into_any(),
        None => "Nothing has happened yet.".into_any(),
    };
    let retention = match evidence.retention {
        Some((at, removed)) => {
            let rows = i64::try_from(removed.values().sum::<u64>()).unwrap_or(i64::MAX);
            let at = Zone::utc().show(at);
            view! {
                <a href="/privacy/retention">"The table"</a>
                ", carried out last on "
                <time datetime=at.iso>{at.text} " UTC"</time>
                {format!(": {} removed or shortened", counted(rows, "row", "rows"))}
            }
            .into_any()
        }
        None => view! { <a href="/privacy/retention">"The table"</a> ", to be carried out within a day for the first time" }.into_any(),
    };
    let outbound = if evidence.outbound.is_empty() {
        "None. This server connects to its own database and to nobody else.".to_owned()
    } else {
        format!("{}. Besides it, this server connects to its own database and to nobody else.", evidence.outbound.join(", "))
    };
    view! {
        <dl class="evidence">
            <dt>"Policy in force"</dt>
            <dd>{version}</dd>
            <dt>"Sub-processors"</dt>
            <dd>
                <a href="/subprocessors">{format!("{} listed", evidence.subprocessors)}</a>
                ", "
                {counted(evidence.changes, "change on record", "changes on record")}
            </dd>
            <dt>"An account on its first day"</dt>
            <dd>{first_day::show()}</dd>
            <dt>"Periods"</dt>
            <dd>{retention}</dd>
            <dt>"Cookies"</dt>
            <dd><a href="/cookies">"The whole list"</a></dd>
            <dt>"Outbound connections"</dt>
            <dd>{outbound}</dd>
            <dt>"Record of the operator"</dt>
            <dd>{checkpoint}</dd>
            <dt>"What a browser may load"</dt>
            <dd><code>{evidence.policy}</code></dd>
            <dt>"Security"</dt>
            <dd><a href="/security">"Controls and their tests"</a></dd>
        </dl>
    }
    .into_any()
}

fn row(clause: &'static Clause, kept: &'static ClauseEvidence, record: Option<&'static Record>) -> impl IntoView {
    let said = if clause.plain.is_empty() { clause.text } else { clause.plain };
    let see =
        kept.see.iter().map(|(name, path)| view! { <li><a href=*path rel=(path.contains('.')).then_some("external")>{*name}</a></li> });
    let see = (!kept.see.is_empty()).then(|| view! { <ul class="look" aria-label="Look at">{see.collect_view()}</ul> });
    view! {
        <article class="promise" id=format!("t-{}", kept.id)>
            <h3>
                <a href=format!("/privacy#c-{}", kept.id) rel="external">
                    {kept.id}
                </a>
                " "
                {open_ended(said)}
            </h3>
            <p>{kept.how}</p>
            {(!kept.missing.is_empty()).then(|| view! { <p class="missing"><Badge tone=Tone::Warning>"Not yet"</Badge> " " {kept.missing}</p> })}
            <Tests tests=kept.tests record=record />
            {see}
        </article>
    }
}

/// A promise without the operator's own words, which the policy itself shows.
fn open_ended(text: &str) -> String {
    text.replace("{operator}", "The operator")
        .replace("{country}", "a country that is named")
        .replace("{contact}", "the operator\u{2019}s address")
}

/// Tests with how they went.
#[component]
pub(super) fn Tests(tests: &'static [&'static str], record: Option<&'static Record>) -> impl IntoView {
    let one = move |test: &&'static str| {
        let (tone, went) = match record.map_or(Outcome::NotRun, |record| record.outcome(test)) {
            Outcome::Passed(1) => (Some(Tone::Success), "Passed".to_owned()),
            Outcome::Passed(times) => (Some(Tone::Success), format!("Passed {times} times")),
            Outcome::Failed => (Some(Tone::Danger), "Failed".to_owned()),
            Outcome::NotRun => (None, "Not run in this build".to_owned()),
        };
        let badge = match tone {
            Some(tone) => view! { <Badge tone=tone>{went}</Badge> }.into_any(),
            None => view! { <Badge>{went}</Badge> }.into_any(),
        };
        let name = test
            .strip_prefix("browser(")
            .and_then(|rest| rest.strip_suffix(')'))
            .map_or_else(|| (*test).to_owned(), |title| format!("in a browser: {title}"));
        view! {
            <li>
                {badge} " " <code>{name}</code>
            </li>
        }
    };
    let went = |wanted: fn(&Outcome) -> bool| {
        tests.iter().filter(|test| wanted(&record.map_or(Outcome::NotRun, |record| record.outcome(test)))).count()
    };
    let (failed, unknown) = (went(|it| matches!(it, Outcome::Failed)), went(|it| matches!(it, Outcome::NotRun)));
    let all = match (failed, unknown) {
        (0, 0) => view! { <Badge tone=Tone::Success>"Passed"</Badge> }.into_any(),
        (0, _) => view! { <Badge>"Not run in this build"</Badge> }.into_any(),
        (_, _) => view! { <Badge tone=Tone::Danger>"Failed"</Badge> }.into_any(),
    };
    let many = counted(i64::try_from(tests.len()).unwrap_or_default(), "test", "tests");
    view! {
        <details>
            <summary>{all} " " {many}</summary>
            <ul class="tests" aria-label="Tests">
                {tests.iter().map(one).collect_view()}
            </ul>
        </details>
    }
}
