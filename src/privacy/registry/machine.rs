//! What the machine room keeps: work that waits, forms that were refused, attempts that failed.

use super::model::{Act, Category, Erasure, Purpose, Rows, Subject, Sweep, Table, fact, moment, value};

pub(super) static TABLES: &[Table] = &[
    Table::of("throttles", "Counts of attempts and of messages")
        .whose(Subject::Visitor, Rows::OfNobody)
        .what(Category::Network, Purpose::Security)
        .erase(Erasure::Keep("A hash that leads back to nobody; it is deleted within two days."))
        .keep(
            "One day after the last attempt. Kept under a number made with a secret, which cannot be turned back into an address.",
            &[Sweep {
                id: "throttles.rows",
                says: "Counts of attempts and of messages are deleted.",
                since: "last_at",
                days: 1,
                act: Act::Delete,
            }],
        )
        .columns(&[
            value("bucket", "Number made from account, network or device").withheld("It cannot be turned back into a person."),
            fact("failures", "Attempts or messages"),
            moment("blocked_until", "Blocked until"),
            moment("last_at", "Last attempt"),
        ]),
    Table::of("kept_forms", "Forms that were refused and come back")
        .whose(Subject::Visitor, Rows::OfNobody)
        .what(Category::Correspondence, Purpose::Account)
        .erase(Erasure::Row)
        .keep(
            "Ten minutes, sealed.",
            &[Sweep {
                id: "kept_forms.rows",
                says: "Forms that were refused and not sent again are deleted.",
                since: "expires_at",
                days: 0,
                act: Act::Delete,
            }],
        )
        .columns(&[
            fact("token_hash", "Key"),
            value("sealed", "What had been typed").withheld("It is sealed, comes back with the form and is gone after ten minutes."),
            moment("expires_at", "Gone after"),
            value("owner", "Hash of account or network").withheld("It cannot be turned back into a person."),
            fact("of_account", "Whether whoever typed it had an account"),
        ]),
    Table::of("jobs", "Work that waits, such as messages to send")
        .whose(Subject::User, Rows::OfNobody)
        .what(Category::Correspondence, Purpose::Service)
        .erase(Erasure::Row)
        .keep(
            "Until the work is done, which takes seconds. What could not be done is deleted after 14 days.",
            &[Sweep { id: "jobs.rows", says: "Work that was given up is deleted.", since: "finished_at", days: 14, act: Act::Delete }],
        )
        .columns(&[
            fact("id", "Work"),
            fact("org_id", "Organisation"),
            fact("kind", "Kind"),
            value("payload", "What is to be done, sealed where it is a message")
                .withheld("A message that waits is on its way to you; that it was sent is listed with your messages."),
            moment("run_at", "Due"),
            fact("attempts", "Attempts"),
            moment("leased_until", "Being done until"),
            moment("created_at", "Made"),
            moment("finished_at", "Given up"),
            fact("last_error", "Why"),
        ]),
    Table::of("form_keys", "Keys of forms that were sent")
        .tenant()
        .keep(
            "For 30 days. A form that is sent once more by then is known, and has one effect.",
            &[Sweep {
                id: "form_keys.rows",
                says: "Keys of forms that were sent are deleted.",
                since: "sent_at",
                days: 30,
                act: Act::Delete,
            }],
        )
        .columns(&[
            fact("org_id", "Organisation"),
            fact("key", "Key"),
            fact("fingerprint", "Keyed hash of what was sent"),
            moment("sent_at", "Sent"),
        ]),
];
