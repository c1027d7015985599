//! What the requester reads: in a letter without the matter itself, which stands behind the link, and on their page.

use super::{
    model::{Kind, Proof, Regime},
    place::{OPERATOR, Place},
    progress::Event,
    store::Row,
};

/// A letter without its link.
pub(super) struct Letter {
    pub subject: String,
    pub body: String,
}

/// The letter of an event, if it has one.
pub(super) fn to_requester(event: &Event, row: &Row, place: &Place) -> Option<Letter> {
    let (subject, body) = match event {
        Event::AskIdentity => (
            "Confirm your privacy request",
            format!(
                "Somebody, most likely you, made a privacy request ({}) to \u{201c}{}\u{201d} with this address. Open this link to confirm that it was you. \
                 It works once, for 24 hours. If it was not you, ignore this message; nothing happens then.",
                row.kind.noun(),
                place.name
            ),
        ),
        Event::Confirm(_) | Event::Verify(_) | Event::SkipIdentity => (
            "We have your privacy request",
            format!(
                "Your request has come in at \u{201c}{}\u{201d}, to be answered by {}. Here you see at any time where it stands.",
                place.name, row.due_on
            ),
        ),
        Event::FailIdentity(_) => (
            "Your privacy request was not confirmed",
            "We could not see that the request came from you, so nothing was done. Here you read why, and what you can do.".to_owned(),
        ),
        Event::Ask(_) => {
            ("A question about your privacy request", "To go on we need something from you. Read the question and answer it here.".into())
        }
        Event::Extend(_) => {
            ("Your privacy request takes longer", format!("We need more time and answer by {}. Here you read why.", row.due_on))
        }
        Event::Hold(_) => ("Your privacy request is on hold", "A law makes us wait. Here you read which, and why.".into()),
        Event::Refuse(..) => (
            "A decision on your privacy request",
            "Your request was refused. Here you read why, where you can appeal, and where you can complain.".into(),
        ),
        Event::Deliver => {
            ("The answer to your privacy request", "The answer is ready. You can read and keep it here for seven days.".into())
        }
        Event::Honour if row.kind == Kind::Withdrawal => {
            ("Your consent is withdrawn", "It is in force. Here you read what that means.".into())
        }
        Event::Honour => {
            ("Your opt-out is recorded", "Nothing is sold or shared for advertising here, and you are on record as having said so.".into())
        }
        Event::Forward(name) => (
            "Your privacy request was forwarded",
            format!(
                "Your request is about data for which \u{201c}{name}\u{201d} is responsible, so we passed it on. They answer it; their time runs from today. Here you see where it stands."
            ),
        ),
        Event::Duplicate(_) => ("Your privacy request", "The same request is being worked on already. You get one answer to both.".into()),
        Event::Withdraw => ("Your privacy request is withdrawn", "You took your request back. Nothing more happens with it.".into()),
        Event::Answer(_) | Event::Resume(_) | Event::Release(_) | Event::RefusePartly(..) | Event::Fulfil | Event::Check | Event::Close => {
            return None;
        }
    };
    Some(Letter { subject: format!("{subject} ({})", row.reference), body })
}

/// What stands below every letter.
pub(super) fn foot(place: &Place) -> String {
    format!("Sent for \u{201c}{}\u{201d} because this address was given with the request.", place.name)
}

/// The letter that an appeal has come in.
pub(super) fn appeal_received(row: &Row, place: &Place) -> Letter {
    Letter {
        subject: format!("We have your appeal ({})", row.reference),
        body: format!(
            "Your appeal has come in at \u{201c}{}\u{201d}, to be answered by {}. Whoever decided the first time does not decide again, as long as there is somebody else. Here you see at any time where it stands.",
            place.name, row.due_on
        ),
    }
}

/// The letter that a restriction is going to end.
pub(super) fn restriction_ends(row: &Row, place: &Place, day: &str) -> Letter {
    Letter {
        subject: format!("The restriction of your account ends on {day} ({})", row.reference),
        body: format!(
            "The restriction of your account ends on {day}, as \u{201c}{}\u{201d} has decided. Here you read why. If you do not agree, say so before that day, by a new request or a complaint.",
            place.name
        ),
    }
}

/// The answer about automated decisions, the same for everybody.
pub(super) const NO_AUTOMATED_DECISION: &str = "No decision about you is made here by a program alone. CaseTrakr scores and ranks nobody and has no rules that decide a case: it computes days, sorts lists and sends messages, and what is decided about a person is decided by people.\n\nAn organisation that works with CaseTrakr may use other programs. If your question is about a case, ask the organisation that works on it; by the form for requests about a case it reaches them.";

/// What is said of a withdrawal that is in force, whether or not anything was stored.
pub(super) const WITHDRAWN: &str = "Every consent that was stored for an account with your address is withdrawn, on every device on which you sign in with it. For a browser in which you are not signed in, use its page \u{201c}Privacy choices\u{201d}.";

/// The same to an agent who asked for somebody.
pub(super) const WITHDRAWN_FOR_ANOTHER: &str = "Every consent that was stored for the account of the person for whom you ask is withdrawn, on every device on which they sign in. For a browser in which they are not signed in, they use its page \u{201c}Privacy choices\u{201d}.";

/// What an event says on the requester's page.
pub(super) fn told(event: &Event, row: &Row, place: &Place) -> String {
    let words = event.words().unwrap_or_default().trim();
    match event {
        Event::Refuse(ground, _) if row.appeal_of.is_some() => {
            format!("Refused on appeal. {}.\n{words}\n\n{}", ground.label(), remedies(row, place))
        }
        Event::Refuse(ground, _) => format!("Refused. {}.\n{words}\n\n{}", ground.label(), remedies(row, place)),
        Event::RefusePartly(ground, _) => {
            format!("Refused in part; the rest is carried out. {}.\n{words}\n\n{}", ground.label(), remedies(row, place))
        }
        Event::Extend(_) => format!("We need longer, until {}.\n{words}", row.due_on),
        Event::Hold(_) => format!("On hold.\n{words}"),
        Event::FailIdentity(_) => format!("Not confirmed.\n{words}\nYou can make the request again at any time."),
        _ => words.to_owned(),
    }
}

/// Where somebody goes who does not agree. It stands in every refusal, and below the answer to a complaint or an appeal.
pub(super) fn remedies(row: &Row, place: &Place) -> String {
    let named = if place.authority.is_empty() { String::new() } else { format!(" For {} that is {}.", place.name, place.authority) };
    let next = match row.regime {
        Regime::Gdpr => {
            format!("you can complain to the data protection authority of the country where you live or work, or where it happened.{named}")
        }
        Regime::UkGdpr => format!("you can complain to the Information Commissioner\u{2019}s Office.{named}"),
        Regime::Ccpa => "you can complain to the California Privacy Protection Agency or the Attorney General.".to_owned(),
        Regime::UsState => "you can complain to the attorney general of your state.".to_owned(),
        Regime::Lgpd => "you can complain to the Autoridade Nacional de Prote\u{e7}\u{e3}o de Dados.".to_owned(),
    };
    let appeal = if row.appeal_of.is_none() && row.kind != Kind::Complaint {
        "You can appeal on the page of your request; whoever decided the first time does not decide again, as long as there is somebody else. "
    } else {
        ""
    };
    format!(
        "If you do not agree, {next} You can also go to court. {appeal}You need no lawyer to complain{}.",
        if appeal.is_empty() { "" } else { " or to appeal" }
    )
}

/// Where a request stands, for its requester, and what comes next.
pub(super) fn standing(row: &Row) -> (&'static str, &'static str) {
    use super::model::State;
    match row.state {
        State::Received | State::IdentityPending => (
            "Your address is not confirmed yet.",
            "Open the link that was sent to you. It works once, for 24 hours; after that, make the request again.",
        ),
        State::IdentityFailed => ("It was not shown that the request came from you.", "Nothing was done. You can make the request again."),
        State::InReview => ("Somebody is looking at it.", "You hear from us when it is answered, or when we need something from you."),
        State::NeedsInfo => ("We asked you something and wait for your answer.", "Answer below. Then we go on at once."),
        State::OnHold => ("It is on hold because a law says so.", "You hear from us as soon as it goes on."),
        State::Fulfilling => ("It was accepted and is being carried out.", "After that somebody looks it over, and you get the answer."),
        State::QualityCheck => ("It is done and is being looked over once more.", "You get the answer next."),
        State::Delivered if row.kind == Kind::Withdrawal && !row.answered => {
            ("Your withdrawal is in force.", "There is nothing more that you need to do. A consent can be given again at any time.")
        }
        State::Delivered if row.kind == Kind::OptOut => {
            ("Your opt-out is in force.", "Nothing is sold or shared for advertising here. There is nothing more that you need to do.")
        }
        State::Delivered if !row.answered && row.sealed.is_none() => ("It is answered.", "What was written was erased after its time."),
        // A written answer stays; only a package goes.
        State::Delivered if !row.answered => (
            "It is answered.",
            "The package was there for seven days and has been deleted. If you still need it, make the request again for a new one.",
        ),
        State::Delivered => ("It is answered.", "Take the answer below. If something is missing or wrong in it, make a complaint."),
        State::Refused if row.appeal_of.is_some() => {
            ("It was refused on appeal.", "You read the reason below, and which authority and which court come next.")
        }
        State::Refused => ("It was refused.", "You read the reason below. You can appeal on this page, or complain elsewhere."),
        State::Forwarded => ("It was passed on to whoever is responsible.", "They answer you."),
        State::Duplicate => ("The same request was there already.", "You get one answer to both."),
        State::Withdrawn => ("You took it back.", "Nothing more happens with it."),
        State::Closed => ("It is closed.", "Nothing more happens with it. You can make a new request at any time."),
    }
}

/// How it was shown who asks, for the controller. An organisation is not told of accounts.
pub(super) fn proof(row: &Row, place: &Place) -> &'static str {
    match row.confirmed_how {
        None => "Not yet",
        Some(Proof::Link | Proof::SignedIn) if place.org != OPERATOR => "Address confirmed",
        Some(proof) => proof.label(),
    }
}
