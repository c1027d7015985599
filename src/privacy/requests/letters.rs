//! What the requester reads: in a letter without the matter itself, which stands behind the link, and on their page.

use super::{
    model::{Kind, Proof, Regime},
    place::Place,
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
                "Somebody, most likely you, made a privacy request ({}) to {} with this address. Open this link to confirm that it was you. \
                 It works once, for 24 hours. If it was not you, ignore this message; nothing happens then.",
                row.kind.noun(),
                place.name
            ),
        ),
        Event::Confirm(_) | Event::Verify(_) | Event::SkipIdentity => (
            "We have your privacy request",
            format!("{} has your request and answers it by {}. Here you see at any time where it stands.", place.name, row.due_on),
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
        Event::Refuse(..) => {
            ("A decision on your privacy request", "Your request was refused. Here you read why, and where you can complain.".into())
        }
        Event::Deliver => {
            ("The answer to your privacy request", "The answer is ready. You can read and keep it here for seven days.".into())
        }
        Event::Honour => {
            ("Your opt-out is recorded", "Nothing is sold or shared for advertising here, and you are on record as having said so.".into())
        }
        Event::Forward(name) => (
            "Your privacy request was forwarded",
            format!(
                "Your request is about data for which {name} is responsible, so we passed it on. They answer it; their time runs from today. Here you see where it stands."
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
    format!("Sent for {} because this address was given with the request.", place.name)
}

/// What an event says on the requester's page.
pub(super) fn told(event: &Event, row: &Row) -> String {
    let words = event.words().unwrap_or_default().trim();
    match event {
        Event::Refuse(ground, _) => format!("Refused. {}.\n{words}\n\n{}", ground.label(), remedies(row.regime)),
        Event::RefusePartly(ground, _) => {
            format!("Refused in part; the rest is carried out. {}.\n{words}\n\n{}", ground.label(), remedies(row.regime))
        }
        Event::Extend(_) => format!("We need longer, until {}.\n{words}", row.due_on),
        Event::Hold(_) => format!("On hold.\n{words}"),
        Event::FailIdentity(_) => format!("Not confirmed.\n{words}\nYou can make the request again at any time."),
        _ => words.to_owned(),
    }
}

/// Where somebody goes who does not agree. It stands in every refusal.
pub(super) const fn remedies(regime: Regime) -> &'static str {
    match regime {
        Regime::Gdpr => {
            "If you do not agree, you can complain to the data protection authority of the country where you live or work, or where it happened, and you can go to court. You need no lawyer to complain."
        }
        Regime::UkGdpr => {
            "If you do not agree, you can complain to us, to the Information Commissioner\u{2019}s Office, and you can go to court. You need no lawyer to complain."
        }
        Regime::Ccpa => {
            "If you do not agree, you can appeal by making a complaint here, complain to the California Privacy Protection Agency or the Attorney General, and you can go to court."
        }
    }
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
        State::Delivered if row.kind == Kind::OptOut => {
            ("Your opt-out is in force.", "Nothing is sold or shared for advertising here. There is nothing more that you need to do.")
        }
        State::Delivered => ("It is answered.", "Take the answer below. If something is missing or wrong in it, make a complaint."),
        State::Refused => ("It was refused.", "You read the reason below, and where you can complain."),
        State::Forwarded => ("It was passed on to whoever is responsible.", "They answer you."),
        State::Duplicate => ("The same request was there already.", "You get one answer to both."),
        State::Withdrawn => ("You took it back.", "Nothing more happens with it."),
        State::Closed => ("It is closed.", "Nothing more happens with it. You can make a new request at any time."),
    }
}

/// How it was shown who asks, for the controller.
pub(super) fn proof(row: &Row) -> &'static str {
    row.confirmed_how.map_or("Not yet", Proof::label)
}
