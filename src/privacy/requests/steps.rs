//! The steps that a request's state allows, each a form that posts by itself.

use leptos::{prelude::*, server_fn::ServerFn};

use super::{
    RequestId, answering,
    api::{DeskAct, OperatorAct},
    desk::RequestView,
    inbox_page::At,
    model::{Concern, Ground, Kind, State},
    track_page::ActComplaint,
};
use crate::{
    server::http::ANSWER_PATHS,
    ui::{Fold, ForField, Form, Hidden, Notice, SelectField, Submit, TextArea, TextField},
};

/// Whose hand takes a step, on which request as they see it.
#[derive(Clone, Copy)]
pub(super) struct Hand {
    pub at: At,
    pub request: RequestId,
    pub version: i64,
}

impl Hand {
    const fn action(self) -> &'static str {
        match self.at {
            At::Operator => <OperatorAct as ServerFn>::PATH,
            At::Desk => <DeskAct as ServerFn>::PATH,
        }
    }

    /// Where a written answer goes with its files.
    pub(super) const fn answer_path(self) -> &'static str {
        let [desk, operator] = ANSWER_PATHS;
        match self.at {
            At::Operator => operator,
            At::Desk => desk,
        }
    }

    /// A form of this step around its fields.
    pub(super) fn form(
        self,
        act: &'static str,
        button: &'static str,
        class: &'static str,
        fields: impl FnOnce() -> AnyView + Send + 'static,
    ) -> AnyView {
        view! {
            <Form action=self.action() key=act class="form-narrow">
                <Hidden name="request" value=self.request.to_string() />
                <Hidden name="version" value=self.version.to_string() />
                <Hidden name="act" value=act />
                {fields()}
                <ActComplaint />
                <div class="form-actions">
                    <Submit class=class>{button}</Submit>
                </div>
            </Form>
        }
        .into_any()
    }

    /// The same behind its name, for what is not the usual next step.
    fn folded(
        self,
        act: &'static str,
        title: &'static str,
        button: &'static str,
        fields: impl FnOnce() -> AnyView + Send + 'static,
    ) -> AnyView {
        view! {
            <Fold class="step" heading=move || title>
                {self.form(act, button, "button", fields)}
            </Fold>
        }
        .into_any()
    }

    /// A step with nothing to write.
    pub(super) fn small(self, act: &'static str, more: Vec<(&'static str, String)>, words: &'static str, label: String) -> AnyView {
        let more = more.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value /> }).collect_view();
        view! {
            <form method="post" action=self.action()>
                <ForField />
                <input type="hidden" name="request" value=self.request.to_string() />
                <input type="hidden" name="version" value=self.version.to_string() />
                <input type="hidden" name="act" value=act />
                {more}
                <button class="button small" type="submit" aria-label=label>{words}</button>
            </form>
        }
        .into_any()
    }

    /// Links a case by its number.
    pub(super) fn case_form(self) -> AnyView {
        self.form("link_case", "Link the case", "button", || {
            view! { <TextField name="case" label="Number of a case" hint="Such as LA-2026-00042. The requester does not see it." class="short" /> }.into_any()
        })
    }

    /// A note of one's own.
    pub(super) fn note_form(self) -> AnyView {
        self.folded("note", "Write a note", "Write the note", || {
            view! {
                <Hidden name="key" value=RequestId::fresh().to_string() />
                {words("Note", "What was done, whom you asked, how you helped. The requester does not see it; it stays in the record.")}
            }
            .into_any()
        })
    }
}

fn words(label: &'static str, hint: &'static str) -> AnyView {
    view! { <TextArea name="words" label=label hint=hint rows=3 /> }.into_any()
}

fn ground(label: &'static str) -> AnyView {
    let mut options = vec![(String::new(), "Choose".to_owned())];
    options.extend(Ground::ALL.iter().map(|it| (it.key().to_owned(), it.label().to_owned())));
    view! {
        <SelectField name="ground" label="Ground" options=options />
        <TextArea name="words" label=label hint="The requester reads it, and below it where they can complain and go to court." rows=4 />
    }
    .into_any()
}

/// What can be done now: the usual next step in sight, the others folded.
#[component]
pub(super) fn StepForms(view: RequestView, hand: Hand) -> impl IntoView {
    let next = next(&view, hand);
    let others = others(&view, hand);
    let others = (!others.is_empty()).then(|| view! { <div class="steps-else"><h3>"Or"</h3> {others}</div> });
    view! {
        <section>
            <h2>"Next step"</h2>
            {next}
            {others}
        </section>
    }
}

/// Whether whoever looks at an appeal decided the first time and somebody else is there to decide now.
fn may_not_decide(view: &RequestView) -> bool {
    view.row.state == State::InReview && view.appeals.as_ref().is_some_and(|first| first.mine && !first.alone)
}

fn next(view: &RequestView, hand: Hand) -> AnyView {
    match view.row.state {
        State::InReview if may_not_decide(view) => view! {
            <Notice>"This appeals your own decision, so somebody else decides it now. You can still write a note for them, below."</Notice>
        }
        .into_any(),
        State::Received | State::IdentityPending => view! {
            <Notice>"A link waits at the requester\u{2019}s address, for 24 hours. The time for the answer runs already."</Notice>
            {hand.small("send_link", Vec::new(), "Send a new link", "Send a new link".into())}
        }
        .into_any(),
        State::IdentityFailed => {
            view! { <p>"It was not shown who made the request. If you see it in some other way, it goes on."</p> }.into_any()
        }
        State::InReview if is_theirs(view, hand) => view! {
            <p>"It is about a case, so its organisation answers it. Pass it on within two working days; the requester keeps their page and is told whom it went to."</p>
            {forward_form(view, hand)}
        }
        .into_any(),
        State::InReview => view! {
            {alone(view)}
            <p>"Is it clear who asks, and what for? Then accept it; after that it is carried out and answered."</p>
            {hand.form("fulfil", "Accept the request", "button primary", || ().into_any())}
        }
        .into_any(),
        State::NeedsInfo => view! { <p>"The requester was asked something. Their answer brings the request back here."</p> }.into_any(),
        State::OnHold => {
            hand.form("release", "End the hold", "button primary", || words("Why the hold is over", "It goes into the record."))
        }
        State::Fulfilling | State::QualityCheck => answering::answering(view, hand),
        State::Delivered if view.answer.is_none() => {
            let says = if matches!(view.row.kind, Kind::OptOut | Kind::Withdrawal) {
                "It is in force, and nothing had to be handed out."
            } else if view.erased {
                "It is answered, and what was written was erased after its time."
            } else {
                "It is answered. The package was there for seven days and has been deleted. Whoever still needs it makes the request again for a new one."
            };
            view! {
                <p>{says}</p>
                {hand.small("close", Vec::new(), "Close the request", "Close the request".into())}
            }
            .into_any()
        }
        State::Delivered => view! {
            <p>"The answer has gone out. The requester can take it for seven days and five times."</p>
            <div class="row">
                {hand.small("renew", Vec::new(), "Open the answer for another seven days", "Open the answer for another seven days".into())}
                {hand.small("close", Vec::new(), "Close the request", "Close the request".into())}
            </div>
        }
        .into_any(),
        State::Refused => hand.small("close", Vec::new(), "Close the request", "Close the request".into()),
        State::Forwarded | State::Duplicate | State::Withdrawn | State::Closed => view! { <p>"Nothing is left to do."</p> }.into_any(),
    }
}

/// Whether it is an organisation's to answer.
fn is_theirs(view: &RequestView, hand: Hand) -> bool {
    hand.at == At::Operator && view.row.concern == Concern::Case
}

fn forward_form(view: &RequestView, hand: Hand) -> AnyView {
    let named = view.asked.organisation.clone();
    hand.form("forward", "Pass it on", "button primary", move || organisation(named))
}

fn organisation(named: String) -> AnyView {
    view! { <TextField name="organisation" label="Name of the organisation" hint="Exactly as it is called here. It learns what was asked, and you do not learn what it holds." value=named /> }.into_any()
}

/// Said before it is decided, and afterwards to the requester.
fn alone(view: &RequestView) -> Option<AnyView> {
    let same = view.appeals.as_ref().is_some_and(|first| first.mine && first.alone);
    same.then(|| {
        view! {
            <Notice>"You decided the first time, and nobody else looks after requests here. You can decide again; the requester is told that it was the same person."</Notice>
        }
        .into_any()
    })
}

fn others(view: &RequestView, hand: Hand) -> Vec<AnyView> {
    let (state, regime) = (view.row.state, view.regime);
    let mut all = Vec::new();
    if matches!(state, State::IdentityPending | State::IdentityFailed) {
        all.push(hand.folded("verify", "I know in some other way who asks", "Confirm the requester", || {
            words("How you know", "Such as: a call back on the number on file. Never ask for more than you hold.")
        }));
    }
    if state == State::IdentityPending {
        all.push(hand.folded("fail_identity", "It cannot be shown who asks", "Note that it is not confirmed", || {
            words("Why", "The requester reads it.")
        }));
    }
    if may_not_decide(view) {
        return all;
    }
    if hand.at == At::Operator && view.row.concern == Concern::Account && state == State::InReview {
        all.push(hand.folded("name_account", "It is about another account", "Name the account", || {
            view! {
                <TextField name="other" label="Address of the account" kind="email" hint="For an agent, or where the request came from another address. The program can then carry it out." />
                {words("How you know", "It goes into the record.")}
            }
            .into_any()
        }));
    }
    if hand.at == At::Operator
        && matches!(state, State::Delivered | State::Closed)
        && view.restricted.as_ref().is_some_and(|(_, ends)| ends.is_none())
        && view.row.kind == Kind::Restriction
    {
        all.push(hand.folded("end_restriction", "End the restriction of the account", "End it in seven days", || {
            words(
                "Why",
                "The requester reads it now, and the restriction ends seven days later. They can also end it themselves at any time.",
            )
        }));
    }
    if state == State::InReview {
        all.push(hand.folded("ask", "Ask the requester something", "Send the question", move || words("Question", pause(regime))));
    }
    if state == State::NeedsInfo {
        all.push(hand.folded("resume", "Go on without waiting", "Go on", || words("Why", "It goes into the record.")));
    }
    if state.is_open()
        && let Some(until) = view.can_extend.clone()
    {
        all.push(hand.folded("extend", "Take longer", "Extend and tell the requester", move || {
            view! { <p class="hint">"Once, until " {until} ", and only before the first day is over. The requester gets a message at the same time."</p> {words("Why", "The requester reads it.")} }.into_any()
        }));
    }
    if state == State::InReview {
        all.push(hand.folded("refuse_partly", "Refuse a part of it", "Refuse the part, accept the rest", || ground("Which part, and why")));
        all.push(hand.folded("hold", "A law says wait", "Put on hold", || {
            words("Which law, and why", "The requester reads it. The time for the answer runs on.")
        }));
    }
    if matches!(state, State::IdentityPending | State::IdentityFailed | State::InReview | State::NeedsInfo) {
        all.push(hand.folded("refuse", "Refuse it", "Refuse the request", || ground("Why")));
        all.push(hand.folded("duplicate", "It is the same as another one", "Mark as duplicate", || {
            view! { <TextField name="other" label="Reference of the other" hint="Of the same person, such as R-2345-6789." class="short" /> }.into_any()
        }));
    }
    let in_sight = state == State::InReview && is_theirs(view, hand);
    if in_sight {
        all.push(hand.folded("fulfil", "It is the operator\u{2019}s after all", "Accept the request", || ().into_any()));
    }
    if hand.at == At::Operator && !in_sight && matches!(state, State::IdentityPending | State::IdentityFailed | State::InReview) {
        let named = view.asked.organisation.clone();
        all.push(hand.folded("forward", "It is an organisation\u{2019}s to answer", "Pass it on", move || organisation(named)));
    }
    if state == State::IdentityFailed {
        all.push(hand.small("close", Vec::new(), "Close the request", "Close the request".into()));
    }
    all
}

fn pause(regime: super::model::Regime) -> &'static str {
    use super::model::Regime;
    match regime {
        Regime::Gdpr => "Ask only what you need. If you ask within seven days of receipt, the clock stands still until the answer.",
        Regime::UkGdpr => "Ask only what you need. The clock stands still until the answer.",
        Regime::Ccpa | Regime::UsState | Regime::Lgpd => "Ask only what you need. The clock runs on.",
    }
}
