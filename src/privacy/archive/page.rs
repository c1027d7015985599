//! `/settings/export`: take everything along.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    PAGE, SCHEMA_PATH,
    api::{AskArchive, OpenArchive, RemoveArchive, StopArchive},
    model::{A_DAY, DAYS, DOWNLOADS, Status},
    parts,
    store::{self, Row},
};
use crate::{
    accounts::{Permission, Scope},
    fault::Answer,
    privacy::mine::KEY_PATH,
    settings::Split,
    ui::{Badge, FaultView, Form, Hidden, Notice, PasswordField, Progress, Submit, Tone, grouped, sized},
};

/// See the module.
pub struct ExportPage;

impl ExportPage {
    pub(crate) async fn view() -> AnyView {
        match gather().await {
            Ok((scope, rows)) => show(&scope, rows),
            Err(fault) => view! { <FaultView fault=fault /> }.into_any(),
        }
    }
}

async fn gather() -> Answer<(Scope, Vec<Row>)> {
    let scope = Scope::require(Permission::OrgExport)?;
    let rows = store::all(&scope).await?;
    Ok((scope, rows))
}

fn show(scope: &Scope, rows: Vec<Row>) -> AnyView {
    let busy = rows.iter().find(|row| row.status.is_busy()).cloned();
    let closing = scope.actor.closing_at.map(|at| scope.actor.zone.show(at).day).map(|day| {
        view! {
            <Notice tone=Tone::Warning>
                "The organisation is being closed. You can take everything along until it is erased on " {day} "."
            </Notice>
        }
    });
    let act = match busy {
        Some(row) => working(&row),
        None => ask(),
    };
    let ended: Vec<AnyView> = rows.iter().filter(|row| !row.status.is_busy()).map(|row| archive(scope, row)).collect();
    let earlier = if ended.is_empty() {
        view! { <p class="muted">"No archive has been made in the last ninety days."</p> }.into_any()
    } else {
        view! { <ul class="archives">{ended}</ul> }.into_any()
    };
    view! {
        <Title text="Export everything" />
        <Split current=PAGE>
            <div class="page-head">
                <h1>"Export everything"</h1>
                <p>"What your organisation has entered is yours. Take all of it along at any time, in one file that you can read, load elsewhere and check."</p>
            </div>
            {closing}
            {act}
            <section>
                <h2>"Archives"</h2>
                {earlier}
            </section>
            {contents()}
        </Split>
    }
    .into_any()
}

fn ask() -> AnyView {
    view! {
        <section class="stack">
            <h2>"Make an archive"</h2>
            <p>
                "It is made in the background, and you get a mail when it is ready. It can be downloaded for " {DAYS.to_string()} " days, "
                {DOWNLOADS.to_string()} " times at most, and each time is in the record. An organisation can have " {A_DAY.to_string()} " made a day."
            </p>
            <Notice tone=Tone::Warning>
                "Everything means everything: restricted cases are in it, whoever may see them here, and notes that are for supervisors or for their author alone."
            </Notice>
            <Form action={<AskArchive as ServerFn>::PATH} key="ask" class="form-narrow">
                <PasswordField name="password" label="Your password" autocomplete="current-password" hint="Asked again, because the file holds everything." />
                <div class="form-actions"><Submit>"Make the archive"</Submit></div>
            </Form>
        </section>
    }
    .into_any()
}

fn working(row: &Row) -> AnyView {
    let count = |number: i64| u64::try_from(number).unwrap_or_default();
    // Each row is written twice: as JSON and as CSV.
    let (done, total) = (row.rows_done / 2, row.rows_total / 2);
    let told =
        if row.rows_total == 0 { "It begins in a moment.".to_owned() } else { format!("{} of {} rows", grouped(done), grouped(total)) };
    let id = row.id.to_string();
    view! {
        // With script the page is looked at again every second.
        <section class="stack" data-refresh="1000">
            <h2>"The archive is being made"</h2>
            <Progress done=count(done) total=count(total) text=told />
            <p class="muted">"You can leave this page; the work goes on, and you get a mail when it is done."</p>
            <div class="form-actions">
                <Form action={<StopArchive as ServerFn>::PATH} key="stop">
                    <Hidden name="archive" value=id />
                    <Submit class="button">"Stop"</Submit>
                </Form>
                <noscript><a class="button" href=PAGE>"Show how far it is now"</a></noscript>
            </div>
        </section>
    }
    .into_any()
}

/// What has become of an archive.
enum Fate {
    Ready,
    UsedUp,
    Expired,
    Failed,
    Stopped,
    Removed,
}

fn fate(scope: &Scope, row: &Row) -> Fate {
    let now = scope.state.clock.now();
    match row.status {
        Status::Ready if row.expires_at.is_none_or(|until| until <= now) => Fate::Expired,
        Status::Ready if row.downloads >= DOWNLOADS => Fate::UsedUp,
        Status::Ready => Fate::Ready,
        Status::Failed | Status::Waiting | Status::Working => Fate::Failed,
        Status::Stopped => Fate::Stopped,
        Status::Removed => Fate::Removed,
    }
}

fn archive(scope: &Scope, row: &Row) -> AnyView {
    let asked = scope.actor.zone.show(row.asked_at);
    let fate = fate(scope, row);
    let (tone, word, says) = match fate {
        Fate::Ready => (Tone::Success, "Ready", String::new()),
        Fate::UsedUp => (Tone::Info, "Used up", format!("It was downloaded {DOWNLOADS} times. Make a new one if you need it again.")),
        Fate::Expired => (Tone::Info, "Expired", format!("It was removed after {DAYS} days. Make a new one if you need it again.")),
        Fate::Failed => (Tone::Danger, "Failed", row.failure.clone().unwrap_or_default()),
        Fate::Stopped => (Tone::Info, "Stopped", "It was stopped before it was done.".to_owned()),
        Fate::Removed => (Tone::Info, "Removed", row.failure.clone().unwrap_or_else(|| "It was removed before its time.".to_owned())),
    };
    let says = (!says.is_empty()).then(|| view! { <p>{says}</p> });
    let ready = matches!(fate, Fate::Ready).then(|| ready(scope, row));
    view! {
        <li id=format!("archive-{}", row.id) class="stack">
            <h3>{asked.text} " " <Badge tone=tone>{word}</Badge></h3>
            <p class="muted">"Asked for by " {row.asked_by.clone()} "."</p>
            {says}
            {ready}
        </li>
    }
    .into_any()
}

fn ready(scope: &Scope, row: &Row) -> AnyView {
    let until = row.expires_at.map(|until| scope.actor.zone.show(until).text).unwrap_or_default();
    let left = (DOWNLOADS - row.downloads).max(0);
    let (open, gone) = (row.id.to_string(), row.id.to_string());
    view! {
        <dl class="topics">
            <dt>"Contents"</dt>
            <dd>{grouped(row.rows_in)} " rows, " {sized(row.bytes)}</dd>
            <dt>"There until"</dt>
            <dd>{until} ", for " {left.to_string()} " more " {if left == 1 { "download" } else { "downloads" }}</dd>
            <dt>"SHA-256 of the file"</dt>
            <dd><code class="hash">{row.sha256.clone().unwrap_or_default()}</code></dd>
        </dl>
        <Form action={<OpenArchive as ServerFn>::PATH} key=format!("open-{}", row.id) class="form-narrow" leave=true>
            <Hidden name="archive" value=open />
            <PasswordField name="password" label="Your password" autocomplete="current-password" />
            <div class="form-actions"><Submit>"Download the archive"</Submit></div>
        </Form>
        <Form action={<RemoveArchive as ServerFn>::PATH} key=format!("remove-{}", row.id)>
            <Hidden name="archive" value=gone />
            <Submit class="button small">"Remove it now"</Submit>
        </Form>
    }
    .into_any()
}

fn contents() -> AnyView {
    let inside = parts::going_in().map(|(table, _)| view! { <li>{parts::title(table)}</li> }).collect_view();
    let outside = parts::reasons()
        .into_iter()
        .map(|(why, what)| view! { <li>{what.join(", ")} ". " <span class="muted">{why}</span></li> })
        .collect_view();
    view! {
        <section class="stack">
            <h2>"What is in an archive"</h2>
            <p>
                "Every table of the organisation, as CSV for spreadsheets and as JSON for programs, with a page to read, a list of all files with their check sums, and a signature. "
                <a href=SCHEMA_PATH>"How it is built"</a> " and " <a href=KEY_PATH>"the key of the signature"</a> " are published. An empty installation of CaseTrakr takes it back in."
            </p>
            <details>
                <summary>"What goes in"</summary>
                <ul>{inside}</ul>
            </details>
            <details>
                <summary>"What stays out, and why"</summary>
                <ul>{outside}</ul>
            </details>
        </section>
    }
    .into_any()
}
