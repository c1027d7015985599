//! The policy of 19 January 2026, clause by clause.
//!
//! `{operator}` and `{contact}` are who runs this installation and how they are reached: a policy whose "we" is somebody
//! else would promise nothing. Clause ids never change and are never given to another clause.

/// One of the thirteen sections.
pub(super) struct Section {
    /// Its number, which begins the ids of its clauses.
    pub number: &'static str,
    /// Its heading.
    pub title: &'static str,
    /// Its clauses in order: id and text.
    pub clauses: &'static [(&'static str, &'static str)],
}

/// What stands before the first section.
pub(super) const HEAD: &[(&str, &str)] = &[
    (
        "0.1",
        "This policy tells you what {operator} (\u{201c}we\u{201d}) does with personal data when you use CaseTrakr. We are reached at {contact}.",
    ),
    (
        "0.2",
        "By using the service you agree to this policy. When you make an account we store which version you were shown and when; we never take that for your consent to anything that needs consent of its own.",
    ),
];

/// The sections.
pub(super) const SECTIONS: &[Section] = &[
    Section {
        number: "1",
        title: "What we collect",
        clauses: &[
            ("1.1a", "From you, to make an account: your name, your e-mail address and the name of your organisation."),
            (
                "1.1b",
                "From you, where the service is paid for: billing and payment details. Stripe takes and processes them; we do not store them.",
            ),
            ("1.1c", "From you and your colleagues: what you enter into cases."),
            ("1.1d", "From you, when you ask for help: the messages that you exchange with support."),
            ("1.2a", "By itself, when you use the service: your IP address, and the kind of browser and device."),
            ("1.2b", "By itself: how the service is used, which means pages opened and actions taken."),
            ("1.2c", "By itself: log files with the times of requests."),
        ],
    },
    Section {
        number: "2",
        title: "What we use it for",
        clauses: &[
            ("2.1", "To provide the service and keep it running."),
            ("2.2", "To manage subscriptions and payments."),
            ("2.3", "To write to you about your account."),
            ("2.4", "To help you when you ask."),
            ("2.5", "To make the service faster and better."),
            ("2.6", "To do what the law asks of us."),
            ("2.7", "To notice and stop fraud and misuse."),
            ("2.8", "We do not sell personal data."),
        ],
    },
    Section {
        number: "3",
        title: "Case data is yours",
        clauses: &[
            ("3.1", "What you enter into cases stays yours or your organisation\u{2019}s."),
            (
                "3.2",
                "We process it to provide the service to you and for nothing else. We do not read it, share it or use it for marketing.",
            ),
            ("3.3", "You are responsible for having the legal authority to enter and manage the data of other people."),
        ],
    },
    Section {
        number: "4",
        title: "On what legal basis",
        clauses: &[
            ("4.1", "The contract with you, for what is needed to provide the service."),
            ("4.2", "Our legitimate interests, such as keeping the service safe and working."),
            ("4.3", "Legal obligations, such as those of accounting."),
            ("4.4", "Your consent, where we ask for it. You can withdraw it at any time."),
        ],
    },
    Section {
        number: "5",
        title: "Whom we share it with",
        clauses: &[
            ("5.1", "Stripe, for payments."),
            ("5.2", "The providers whose machines the service runs on."),
            ("5.3", "Tools for analytics and monitoring, where they are in use."),
            (
                "5.4",
                "Tools for support. All of these are bound by contract to protect the data and to use it only for us; nobody else gets it.",
            ),
        ],
    },
    Section {
        number: "6",
        title: "In which countries",
        clauses: &[(
            "6.1",
            "Data may be processed in the United States or in other countries than yours. Where the law asks for safeguards for such a transfer, we put them in place.",
        )],
    },
    Section {
        number: "7",
        title: "For how long",
        clauses: &[
            ("7.1", "We keep personal data only as long as the service needs it, or the law, accounting or a regulator asks for it."),
            ("7.2", "You may ask for your account and your data to be deleted. We do so, except for what the law makes us keep."),
        ],
    },
    Section {
        number: "8",
        title: "Your rights",
        clauses: &[
            ("8.1", "You may see the personal data that we hold about you."),
            ("8.2", "You may have what is wrong corrected."),
            ("8.3", "You may ask for it to be deleted."),
            ("8.4", "You may object to what we do with it."),
            ("8.5", "You may take it with you in a form that a machine can read."),
            ("8.6", "You may withdraw a consent that you gave."),
            ("8.7", "To use any of these rights, write to {contact}."),
        ],
    },
    Section {
        number: "9",
        title: "Cookies",
        clauses: &[
            ("9.1", "We use cookies to keep you signed in while you work."),
            ("9.2", "We may use cookies to remember what you prefer."),
            ("9.3", "We may use cookies to learn how the service is used."),
            ("9.4", "You decide about cookies in your browser. Which ones are in use now stands on the page about cookies."),
        ],
    },
    Section {
        number: "10",
        title: "Security",
        clauses: &[(
            "10.1",
            "We take reasonable technical and organisational measures to protect data. No system is absolutely secure, and we do not claim that ours is.",
        )],
    },
    Section {
        number: "11",
        title: "Children",
        clauses: &[(
            "11.1",
            "The service is not for people under 18, and we do not knowingly collect their data. When you make an account you confirm that you are 18 or older.",
        )],
    },
    Section {
        number: "12",
        title: "When this policy changes",
        clauses: &[("12.1", "We publish a changed policy here with its new date. Whoever goes on using the service then accepts it.")],
    },
    Section {
        number: "13",
        title: "How to reach us",
        clauses: &[("13.1", "Questions about this policy or about your data: {operator}, {contact}.")],
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thirteen_sections_and_every_clause_once_under_its_own_number() {
        assert_eq!(SECTIONS.len(), 13);
        let mut seen = std::collections::HashSet::new();
        for (index, section) in SECTIONS.iter().enumerate() {
            assert_eq!(section.number, (index + 1).to_string());
            for (id, text) in section.clauses {
                assert!(id.strip_prefix(section.number).is_some_and(|rest| rest.starts_with('.')), "{id} in {}", section.number);
                assert!(seen.insert(id), "{id} twice");
                assert!(text.ends_with('.'), "{id}");
            }
        }
        // 1.1a to 13.1 as the user of this project gave them to us.
        assert_eq!(seen.len(), 44);
    }
}
