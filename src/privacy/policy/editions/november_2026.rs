//! The policy of 24 November 2026. It corrects the first: whom the rule on age is about, which rights there are, one
//! switch for everything that measures use, the one exception to not reading cases, the published table of periods, and
//! who "we" are.

use super::edition::{Edition, Section, clause};

/// The second edition.
pub(super) const EDITION: Edition = Edition {
    date: "2026-11-24",
    material: true,
    changes: "Says who answers for this installation and where it is hosted. Adds the rights to restriction, to no solely automated \
              decisions, to complain to an authority and to appeal. Nothing about use is recorded without consent. Points to the published \
              table of periods. Names the one exception to not reading cases. The rule on age is about accounts. A change that matters is \
              announced 30 days ahead, and using the service is never taken for consent.",
    head: &[
        clause(
            "0.1",
            "This policy says what {operator}, {address} (\u{201c}we\u{201d}), does with personal data when you use this installation of CaseTrakr. CaseTrakr is software that anybody may run. What is promised here is promised by us, who run this installation, and by nobody else. We are reached at {contact}.",
            "{operator} answers for what happens here. Others who run the same software answer for theirs.",
        ),
        clause(
            "0.2",
            "When you make an account we note which version of this policy you were shown, and when. That is an acknowledgement: it says that you could read it. It is not consent, and using the service is never taken for consent either. Where we need your consent we ask for it by itself.",
            "Reading is not agreeing. We ask before we do what needs your yes.",
        ),
    ],
    sections: &[
        Section {
            number: "1",
            title: "What we collect",
            clauses: &[
                clause(
                    "1.1a",
                    "From you, to make an account: your name, your e-mail address and the name of your organisation. Also a password, of which we keep only a hash.",
                    "Three facts and a password that we cannot read.",
                ),
                clause(
                    "1.1b",
                    "From you, only where this installation charges for the service: billing and payment details. Stripe takes them on pages of its own and processes them. Card numbers never pass through this software and are not stored by us.",
                    "We never see your card.",
                ),
                clause(
                    "1.1c",
                    "From you and your colleagues: what you enter into cases. It may be about other people and may be sensitive; section 3 says whose it is.",
                    "Your casework, which stays your organisation\u{2019}s.",
                ),
                clause("1.1d", "From you, when you ask us for help: your messages and our answers.", "What you write to support."),
                clause(
                    "1.2a",
                    "By itself, while you are signed in: the IP address from which you connect, and the browser and system that your browser says it is. You see both for each of your sign-ins at /me/security. How long they are kept stands in the table of section 7.",
                    "Where you sign in from. You can look at it.",
                ),
                clause(
                    "1.2b",
                    "Only with your consent: how the service is used, which means pages opened and actions taken, from a fixed list of events. Without your consent nothing of this is recorded, neither in your browser nor on the server. The switch is the one of clause 9.3.",
                    "We do not watch you work unless you let us.",
                ),
                clause(
                    "1.2c",
                    "By itself: log files with the time, the kind of page and the outcome of each request. They hold nothing from cases and no search words. Where this installation sends no mail, a message meant for you, such as a link to confirm your address, stands there for us to pass on.",
                    "Technical logs without your content.",
                ),
            ],
        },
        Section {
            number: "2",
            title: "What we use it for",
            clauses: &[
                clause("2.1", "To provide the service and keep it running, on the basis of 4.1.", "To make it work."),
                clause(
                    "2.2",
                    "To manage subscriptions and payments where this installation charges, on the basis of 4.1.",
                    "To bill, where anything costs.",
                ),
                clause(
                    "2.3",
                    "To write to you about your account: confirmations, security, changes of this policy. On the basis of 4.1.",
                    "Mail about your account, no advertising.",
                ),
                clause("2.4", "To help you when you ask, on the basis of 4.1.", "To help you."),
                clause(
                    "2.5",
                    "To make the service faster and better. Where that takes data about how you use it, only on the basis of your consent (4.4).",
                    "To improve, with your permission.",
                ),
                clause("2.6", "To do what the law asks of us, on the basis of 4.3.", "To obey the law."),
                clause("2.7", "To notice and stop fraud, misuse and attacks, on the basis of 4.2.", "To keep intruders out."),
                clause(
                    "2.8",
                    "We do not sell personal data, do not share it for advertising, and let nobody collect it through our pages. Where your browser sends the Global Privacy Control signal, we honour it.",
                    "Your data is not for sale.",
                ),
            ],
        },
        Section {
            number: "3",
            title: "Case data is yours",
            clauses: &[
                clause(
                    "3.1",
                    "What you and your colleagues enter into cases stays yours or your organisation\u{2019}s. Your organisation decides about it and answers for it; we process it on its behalf, and it can take it away at any time.",
                    "Your cases belong to your organisation.",
                ),
                clause(
                    "3.2",
                    "We process case data to provide the service to your organisation and for nothing else. We do not read it, share it or use it for marketing. The only exception is access that your organisation itself grants us, for a stated reason and a limited time, and that it sees in its own record. Where it grants none there is none.",
                    "We do not look into your cases unless your organisation opens the door.",
                ),
                clause(
                    "3.3",
                    "You need the legal authority to enter and manage data of other people. Your organisation, and not we, decides whom to record and why, and informs them.",
                    "Your organisation answers for whom it writes about.",
                ),
            ],
        },
        Section {
            number: "4",
            title: "On what legal basis",
            clauses: &[
                clause(
                    "4.1",
                    "The contract with you or your organisation, for what is needed to provide the service.",
                    "Because you asked for the service.",
                ),
                clause(
                    "4.2",
                    "Our legitimate interests, such as keeping the service safe and working. You may object to it (8.4).",
                    "Because it must be safe.",
                ),
                clause("4.3", "Legal obligations, such as those of accounting.", "Because the law says so."),
                clause(
                    "4.4",
                    "Your consent, where we ask for it. You can withdraw it at any time, as easily as you gave it.",
                    "Because you said yes, for as long as you do.",
                ),
            ],
        },
        Section {
            number: "5",
            title: "Whom we share it with",
            clauses: &[
                clause("5.1", "Stripe, for payments, only where this installation charges.", "Stripe, if you pay."),
                clause("5.2", "Whoever provides the machines on which the service runs.", "The hosting company."),
                clause("5.3", "Whoever provides tools for analytics and monitoring, only where one is in use.", "Tools, only if in use."),
                clause(
                    "5.4",
                    "Whoever provides tools for support, only where one is in use. All of these are bound by contract to protect the data and to use it only for us; nobody else gets it. Those in use are named at /subprocessors, and a new one is announced there 30 days before it starts.",
                    "There is a public list, and you hear of a new name in time.",
                ),
            ],
        },
        Section {
            number: "6",
            title: "In which countries",
            clauses: &[clause(
                "6.1",
                "The service is hosted in {country}. For data that leaves it: {transfers}. Where the law asks for safeguards, they are in place before anything is transferred; /subprocessors names them for each recipient.",
                "Hosted in {country}. What leaves it is protected.",
            )],
        },
        Section {
            number: "7",
            title: "For how long",
            clauses: &[
                clause(
                    "7.1",
                    "We keep personal data no longer than the table at /privacy/retention says. This installation makes the table from the rules that it carries out. Longer only where the law, accounting or a regulator asks for it, or where a legal hold covers it.",
                    "There is a table, and it is what the software does.",
                ),
                clause(
                    "7.2",
                    "You may ask for your account and your data to be deleted. We make sure that it is you, leave you 30 days to change your mind, delete, and say what we kept and by which law.",
                    "Ask, and it goes.",
                ),
            ],
        },
        Section {
            number: "8",
            title: "Your rights",
            clauses: &[
                clause("8.1", "You may see the personal data that we hold about you, and have a copy.", "See it."),
                clause("8.2", "You may have what is wrong corrected and what is missing added.", "Correct it."),
                clause("8.3", "You may ask for it to be deleted, as 7.2 says.", "Delete it."),
                clause("8.4", "You may object to what we do with it, purpose by purpose.", "Object."),
                clause("8.5", "You may take it with you in a form that a machine can read.", "Take it along."),
                clause(
                    "8.6",
                    "You may withdraw a consent that you gave, as easily as you gave it and with effect at once.",
                    "Change your mind.",
                ),
                clause(
                    "8.7",
                    "To use any of these rights, write to {contact}, or use the form at /privacy/request, which needs no account. Both lead to the same request, and you can follow it. What concerns a case goes to the organisation that keeps the case, since it decides about it.",
                    "Write to us, or use the form.",
                ),
                clause(
                    "8.8",
                    "You may ask us to restrict processing: to keep your data and not to use it, for instance while it is being checked.",
                    "Freeze it.",
                ),
                clause(
                    "8.9",
                    "No decision with legal or similarly important consequences for you is made by a machine alone.",
                    "People decide.",
                ),
                clause(
                    "8.10",
                    "You may complain to a supervisory authority, in particular {authority}. In the United Kingdom you may also complain to us; we confirm within 30 days that we have it.",
                    "Complain about us.",
                ),
                clause(
                    "8.11",
                    "Where the law of your state in the USA gives you an appeal against our answer, say so in a reply to it; somebody else then looks at it again.",
                    "Ask for a second look.",
                ),
            ],
        },
        Section {
            number: "9",
            title: "Cookies",
            clauses: &[
                clause(
                    "9.1",
                    "We use a cookie to keep you signed in while you work. It is necessary for that and always on.",
                    "One cookie, to stay signed in.",
                ),
                clause("9.2", "To remember what you prefer, only after you allowed it.", "Comfort, if you want it."),
                clause(
                    "9.3",
                    "To learn how the service is used, only after you allowed it. This switch decides for your browser and for the server alike (1.2b).",
                    "Measuring, if you let us.",
                ),
                clause(
                    "9.4",
                    "You decide about cookies: in the banner, at /privacy/choices at any time, and in your browser. Every cookie is listed at /cookies.",
                    "You choose, and can choose again.",
                ),
            ],
        },
        Section {
            number: "10",
            title: "Security",
            clauses: &[clause(
                "10.1",
                "We protect data by technical and organisational measures. What the software does is listed with its tests at /security. No system is absolutely secure, and we do not claim that ours is.",
                "We take care, and show how.",
            )],
        },
        Section {
            number: "11",
            title: "Children",
            clauses: &[clause(
                "11.1",
                "An account is for people of 18 and older. Whoever makes one confirms that they are; we do not ask for a date of birth. Where we learn that a child has an account, we close it and delete its data. This is about accounts: a case may be about a child, which is for the organisation that keeps it to decide.",
                "Accounts are for adults. Cases may be about anybody.",
            )],
        },
        Section {
            number: "12",
            title: "When this policy changes",
            clauses: &[clause(
                "12.1",
                "A changed policy is published at /privacy with its date; every earlier version stays at /privacy/versions, with what changed. Everybody with an account is told, here and by mail, and asked to acknowledge it. A change that matters is announced at least 30 days before it takes effect. Going on using the service is not taken for consent.",
                "You hear of changes before they count.",
            )],
        },
        Section {
            number: "13",
            title: "How to reach us",
            clauses: &[clause("13.1", "{operator}, {address}, {contact}. Data protection officer: {officer}.", "Write to {contact}.")],
        },
    ],
    foot: &[clause(
        "14.1",
        "A banner asks for your choice about cookies when you first come. Refusing takes as many clicks as accepting, and until you choose only what is necessary is set.",
        "Saying no is as easy as saying yes.",
    )],
};
