//! The requester's own pages: one confirms their address, the other shows where the request stands.

use leptos::{prelude::*, server_fn::ServerFn};
use leptos_meta::Title;

use super::{
    api::{Appeal, Confirm, Reply, Withdraw, to_confirm, tracked},
    enclosures::FileView,
    requester::{AnswerView, ConfirmView, Due, MessageView, TrackView},
};
use crate::{
    clock::Shown,
    ui::{Complaint, Fold, Form, FormState, Notice, Overdue, Steps, Submit, TextArea, Time, TokenFields, Tone, address, loaded},
};

fn token() -> String {
    address::param("token")
}

/// `/privacy/confirm/:token`. Opening it changes nothing: mail scanners open links too.
pub struct ConfirmPage;

impl ConfirmPage {
    pub(crate) fn view() -> AnyView {
        let token = token();
        let held = token.clone();
        let show = move |view: ConfirmView| {
            view! {
                <div class="page-head">
                    <h1>"Confirm your request"</h1>
                    <p>"A privacy request (" {view.kind} ") to " {view.controller} " was made with your address. One click says that it was you."</p>
                </div>
                <Form action={<Confirm as ServerFn>::PATH} leave=true>
                    <TokenFields page="/privacy/confirm/" token=token />
                    <div class="form-actions">
                        <Submit>"It was me"</Submit>
                    </div>
                </Form>
                <p class="aside">"It was not you? Then close this page. Nothing happens, and nobody learns anything about you."</p>
            }
            .into_any()
        };
        view! {
            <Title text="Confirm your request" />
            <div class="page-narrow">
                {loaded(to_confirm(held), show)}
            </div>
        }
        .into_any()
    }
}

/// `/privacy/track/:token`
pub struct TrackPage;

impl TrackPage {
    pub(crate) fn view() -> AnyView {
        let token = token();
        view! {
            <Title text="Your request" />
            <div class="reading rights">
                {loaded(tracked(token.clone()), move |view| view! { <Track view=view token=token /> }.into_any())}
            </div>
        }
        .into_any()
    }
}

#[component]
fn Track(view: TrackView, token: String) -> impl IntoView {
    let answer = view.answer.map(|answer| view! { <TakeAnswer answer=answer token=token.clone() /> });
    let asked = view.asked.then(|| view! { <AnswerForm token=token.clone() /> });
    let appeal = view.can_appeal.then(|| view! { <AppealForm token=token.clone() /> });
    let about = view.appeal.map(|(against, reference)| {
        if against {
            view! { <p>"You appealed this decision. The appeal is " <span class="number">{reference}</span> "; the link to its page was sent to you."</p> }.into_any()
        } else {
            view! { <p>"It appeals the decision on " <span class="number">{reference}</span> "."</p> }.into_any()
        }
    });
    let stages = view.stage.map(|stage| {
        let mut names = vec!["Received", "Confirmed", "Reviewed", "Carried out", "Answered"];
        if view.erases {
            names.push("Erased");
        }
        view! { <Steps steps=names current=stage /> }
    });
    let certificate = view.certificate.then(|| {
        let href = format!("/privacy/track/{token}/certificate");
        view! { <p><a class="button" rel="external" href=href download="certificate.json">"Download the certificate"</a></p> }
    });
    let outcome = (!view.outcome.is_empty()).then(|| {
        let sentences = view.outcome.into_iter().map(|sentence| view! { <p>{sentence}</p> }).collect_view();
        view! {
            <section>
                <h2>"Your account"</h2>
                {sentences}
                {certificate}
            </section>
        }
    });
    let withdraw = view.can_withdraw.then(|| view! { <WithdrawForm token=token.clone() /> });
    let messages = (!view.messages.is_empty()).then(|| {
        view! {
            <section>
                <h2>"What was said"</h2>
                <Conversation messages=view.messages />
            </section>
        }
    });
    let passed_on = view.passed_on.then(|| view! { <p>"It was passed on to them, because they are responsible for what it is about. Their time runs from the day on which it reached them."</p> });
    view! {
        <div class="page-head">
            <h1>"Your request " <span class="number">{view.reference}</span></h1>
            <p>"For " {view.kind} ", to " {view.controller} ". Keep the address of this page: it is the only way here."</p>
        </div>
        {stages}
        <section class="standing">
            <p><strong>{view.standing}</strong> " " {view.next}</p>
            {passed_on}
            {about}
            <dl class="facts">
                <dt>"Received"</dt>
                <dd><Time iso=view.received.iso text=view.received.day /></dd>
                {view.due.map(|due| view! { <dt>"Answered by"</dt><dd><DueDay due=due /></dd> })}
            </dl>
        </section>
        {outcome}
        {answer}
        {asked}
        {messages}
        {appeal}
        {withdraw}
    }
}

/// The day that counts, and honestly when it has passed.
#[component]
pub(super) fn DueDay(due: Due) -> impl IntoView {
    let left = if due.overdue {
        view! { <Overdue>{due.left}</Overdue> }.into_any()
    } else {
        view! { <span class="muted">{due.left}</span> }.into_any()
    };
    view! { <Time iso=due.iso text=due.day /> " " {left} }
}

/// What was said, the oldest first.
#[component]
pub(super) fn Conversation(messages: Vec<MessageView>) -> impl IntoView {
    let line = |message: MessageView| {
        let what = match message.kind.as_str() {
            "question" => "asked",
            "answer" => "answered",
            "note" => "noted, for the desk only",
            _ => "wrote",
        };
        let words = if message.words.is_empty() { "(erased)".to_owned() } else { message.words };
        view! {
            <li data-kind=message.kind>
                <p class="hint"><strong>{message.who}</strong> " " {what} ", " <Time iso=message.at.iso text=message.at.text /></p>
                <p class="words">{words}</p>
            </li>
        }
    };
    view! { <ol class="conversation" role="list">{messages.into_iter().map(line).collect_view()}</ol> }
}

#[component]
fn TakeAnswer(answer: AnswerView, token: String) -> impl IntoView {
    let AnswerView { file, until, left, files } = answer;
    let files = until.clone().filter(|_| !files.is_empty()).map(|until| view! { <Files files=files until=until token=token.clone() /> });
    let take = match until.filter(|_| left > 0) {
        Some(until) => {
            let times = if left == 1 { "once more".to_owned() } else { format!("{left} more times") };
            view! {
                <p>
                    <a class="button primary" rel="external" href=format!("/privacy/track/{token}/answer") download=file>
                        "Download the answer"
                    </a>
                </p>
                <p class="hint">"Until " <Time iso=until.iso text=until.text /> ", " {times} "."</p>
            }
            .into_any()
        }
        None => view! {
            <Notice tone=Tone::Warning>"The answer cannot be downloaded any more: that works for seven days and five times. Write to whoever answered, and they open it again."</Notice>
        }
        .into_any(),
    };
    view! {
        <section>
            <h2>"The answer"</h2>
            {take}
            {files}
        </section>
    }
}

/// The files that go along with the answer.
#[component]
fn Files(files: Vec<FileView>, until: Shown, token: String) -> impl IntoView {
    let line = move |file: FileView| {
        let times = match file.left {
            0 => "taken five times".to_owned(),
            1 => "once more".to_owned(),
            left => format!("{left} more times"),
        };
        let name = if file.left > 0 {
            let href = format!("/privacy/track/{token}/files/{}", file.id);
            view! { <a rel="external" href=href download=file.name.clone()>{file.name.clone()}</a> }.into_any()
        } else {
            view! { <span>{file.name}</span> }.into_any()
        };
        view! { <li>{name} <span class="hint">{file.size} ", " {times}</span></li> }
    };
    view! {
        <h3>"Files with it"</h3>
        <ul class="enclosures" role="list">{files.into_iter().map(line).collect_view()}</ul>
        <p class="hint">"They are copies, and are deleted on " <Time iso=until.iso text=until.text /> ". Keep what you need."</p>
    }
}

#[component]
fn AnswerForm(token: String) -> impl IntoView {
    view! {
        <section>
            <h2>"Your answer"</h2>
            <Form action={<Reply as ServerFn>::PATH} class="form-narrow">
                <TokenFields page="/privacy/track/" token=token />
                <TextArea name="words" label="What you want to say" hint="You find the question below, under \u{201c}What was said\u{201d}." rows=4 />
                <div class="form-actions">
                    <Submit>"Send the answer"</Submit>
                </div>
            </Form>
        </section>
    }
}

#[component]
fn AppealForm(token: String) -> impl IntoView {
    view! {
        <section>
            <h2>"Appeal the decision"</h2>
            <p>"It is decided again, with a time of its own. Whoever decided the first time does not do it again, as long as there is somebody else; where there is nobody else, you are told. It costs nothing."</p>
            <Form action={<Appeal as ServerFn>::PATH} key="appeal" class="form-narrow">
                <TokenFields page="/privacy/track/" token=token />
                <TextArea name="words" label="Why you do not agree" hint="What was overlooked, or understood wrongly." rows=4 />
                <ActComplaint />
                <div class="form-actions">
                    <Submit class="button">"Appeal"</Submit>
                </div>
            </Form>
        </section>
    }
}

#[component]
fn WithdrawForm(token: String) -> impl IntoView {
    view! {
        <section>
            <Fold heading=|| "Take the request back">
                <Form action={<Withdraw as ServerFn>::PATH} key="withdraw">
                    <TokenFields page="/privacy/track/" token=token />
                    <p>"Then nothing more happens with it. You can make it again at any time."</p>
                    <ActComplaint />
                    <div class="form-actions">
                        <Submit class="button">"Take it back"</Submit>
                    </div>
                </Form>
            </Fold>
        </section>
    }
}

/// Where a step that cannot be taken now says so.
#[component]
pub(super) fn ActComplaint() -> impl IntoView {
    let state = FormState::here();
    view! { <Complaint id=state.id("act-error") text=state.complaint("act") /> }
}
