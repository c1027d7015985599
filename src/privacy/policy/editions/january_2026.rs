//! The policy of 19 January 2026: the text that the user of this project gave us, clause by clause, in our own words.
//! It came without plain summaries.

use super::edition::{Edition, Section, clause};

/// The first edition.
pub(super) const EDITION: Edition = Edition {
    date: "2026-01-19",
    material: true,
    changes: "The first version.",
    head: &[
        clause(
            "0.1",
            "This policy tells you what {operator} (\u{201c}we\u{201d}) does with personal data when you use CaseTrakr. We are reached at {contact}.",
            "",
        ),
        clause(
            "0.2",
            "By using the service you agree to this policy. When you make an account we store which version you were shown and when; we never take that for your consent to anything that needs consent of its own.",
            "",
        ),
    ],
    sections: &[
        Section {
            number: "1",
            title: "What we collect",
            clauses: &[
                clause("1.1a", "From you, to make an account: your name, your e-mail address and the name of your organisation.", ""),
                clause(
                    "1.1b",
                    "From you, where the service is paid for: billing and payment details. Stripe takes and processes them; we do not store them.",
                    "",
                ),
                clause("1.1c", "From you and your colleagues: what you enter into cases.", ""),
                clause("1.1d", "From you, when you ask for help: the messages that you exchange with support.", ""),
                clause("1.2a", "By itself, when you use the service: your IP address, and the kind of browser and device.", ""),
                clause("1.2b", "By itself: how the service is used, which means pages opened and actions taken.", ""),
                clause("1.2c", "By itself: log files with the times of requests.", ""),
            ],
        },
        Section {
            number: "2",
            title: "What we use it for",
            clauses: &[
                clause("2.1", "To provide the service and keep it running.", ""),
                clause("2.2", "To manage subscriptions and payments.", ""),
                clause("2.3", "To write to you about your account.", ""),
                clause("2.4", "To help you when you ask.", ""),
                clause("2.5", "To make the service faster and better.", ""),
                clause("2.6", "To do what the law asks of us.", ""),
                clause("2.7", "To notice and stop fraud and misuse.", ""),
                clause("2.8", "We do not sell personal data.", ""),
            ],
        },
        Section {
            number: "3",
            title: "Case data is yours",
            clauses: &[
                clause("3.1", "What you enter into cases stays yours or your organisation\u{2019}s.", ""),
                clause(
                    "3.2",
                    "We process it to provide the service to you and for nothing else. We do not read it, share it or use it for marketing.",
                    "",
                ),
                clause("3.3", "You are responsible for having the legal authority to enter and manage the data of other people.", ""),
            ],
        },
        Section {
            number: "4",
            title: "On what legal basis",
            clauses: &[
                clause("4.1", "The contract with you, for what is needed to provide the service.", ""),
                clause("4.2", "Our legitimate interests, such as keeping the service safe and working.", ""),
                clause("4.3", "Legal obligations, such as those of accounting.", ""),
                clause("4.4", "Your consent, where we ask for it. You can withdraw it at any time.", ""),
            ],
        },
        Section {
            number: "5",
            title: "Whom we share it with",
            clauses: &[
                clause("5.1", "Stripe, for payments.", ""),
                clause("5.2", "The providers whose machines the service runs on.", ""),
                clause("5.3", "Tools for analytics and monitoring, where they are in use.", ""),
                clause(
                    "5.4",
                    "Tools for support. All of these are bound by contract to protect the data and to use it only for us; nobody else gets it.",
                    "",
                ),
            ],
        },
        Section {
            number: "6",
            title: "In which countries",
            clauses: &[clause(
                "6.1",
                "Data may be processed in the United States or in other countries than yours. Where the law asks for safeguards for such a transfer, we put them in place.",
                "",
            )],
        },
        Section {
            number: "7",
            title: "For how long",
            clauses: &[
                clause(
                    "7.1",
                    "We keep personal data only as long as the service needs it, or the law, accounting or a regulator asks for it.",
                    "",
                ),
                clause(
                    "7.2",
                    "You may ask for your account and your data to be deleted. We do so, except for what the law makes us keep.",
                    "",
                ),
            ],
        },
        Section {
            number: "8",
            title: "Your rights",
            clauses: &[
                clause("8.1", "You may see the personal data that we hold about you.", ""),
                clause("8.2", "You may have what is wrong corrected.", ""),
                clause("8.3", "You may ask for it to be deleted.", ""),
                clause("8.4", "You may object to what we do with it.", ""),
                clause("8.5", "You may take it with you in a form that a machine can read.", ""),
                clause("8.6", "You may withdraw a consent that you gave.", ""),
                clause("8.7", "To use any of these rights, write to {contact}.", ""),
            ],
        },
        Section {
            number: "9",
            title: "Cookies",
            clauses: &[
                clause("9.1", "We use cookies to keep you signed in while you work.", ""),
                clause("9.2", "We may use cookies to remember what you prefer.", ""),
                clause("9.3", "We may use cookies to learn how the service is used.", ""),
                clause("9.4", "You decide about cookies in your browser. Which ones are in use now stands on the page about cookies.", ""),
            ],
        },
        Section {
            number: "10",
            title: "Security",
            clauses: &[clause(
                "10.1",
                "We take reasonable technical and organisational measures to protect data. No system is absolutely secure, and we do not claim that ours is.",
                "",
            )],
        },
        Section {
            number: "11",
            title: "Children",
            clauses: &[clause(
                "11.1",
                "The service is not for people under 18, and we do not knowingly collect their data. When you make an account you confirm that you are 18 or older.",
                "",
            )],
        },
        Section {
            number: "12",
            title: "When this policy changes",
            clauses: &[clause(
                "12.1",
                "We publish a changed policy here with its new date. Whoever goes on using the service then accepts it.",
                "",
            )],
        },
        Section {
            number: "13",
            title: "How to reach us",
            clauses: &[clause("13.1", "Questions about this policy or about your data: {operator}, {contact}.", "")],
        },
    ],
    foot: &[clause("14.1", "This website uses cookies. A banner says so.", "")],
};
