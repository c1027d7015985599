//! What people chose about cookies, and what is counted with their permission. The operator is controller.
//!
//! All of it runs out by the rules here.

use super::model::{Act, Category, Erasure, Purpose, Rows, Subject, Sweep, Table, fact, time, value};
use crate::privacy::consent::{COUNT_DAYS, EVENT_DAYS, RECEIPT_YEARS};

const PROOF: Erasure = Erasure::Keep("Proof of what was chosen; without the account it hangs on a random number of a browser.");
const OF_A_BROWSER: &str =
    "It hangs on a random number of a browser and leads to no account; the browser itself shows it under your privacy choices.";

// The sentences below say what the rules do.
const _: () = assert!(EVENT_DAYS == 90 && COUNT_DAYS == 758 && RECEIPT_YEARS == 3);

pub(super) static TABLES: &[Table] = &[
    Table::of("consent_receipts", "Receipts of your choices about cookies")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Consent, Purpose::Duty)
        .erase(PROOF)
        .keep(
            "3 years after the choice ran out, as proof; longer only while it is the one that your account goes by. A choice made without signing in belongs to no account: it stays with its browser, which alone shows it, by its cookie, and it is deleted after the same time. No internet address and no browser name is kept with it.",
            &[Sweep {
                id: "consent_receipts.rows",
                says: "Receipts of choices about cookies that ran out are deleted, of accounts and of browsers alike.",
                since: "case when exists (select 1 from account_consents a where a.receipt_id = consent_receipts.id) then null else expires_at end",
                days: RECEIPT_YEARS * 366,
                act: Act::Delete,
            }],
        )
        .columns(&[
            value("id", "Receipt").what(Category::Technical),
            value("device_id", "Random number of the browser").what(Category::Technical),
            value("user_id", "Account").what(Category::Technical).erase(Erasure::Null),
            value("replaces", "Receipt before").what(Category::Technical),
            value("notice_version", "Version of the notice").like("1"),
            value("notice_sha256", "Hash of the notice"),
            value("ui_version", "Version of the banner").like("1"),
            value("language", "Language of the notice"),
            value("preferences", "Preferences allowed").like("1"),
            value("analytics", "Analytics allowed").like("1"),
            value("method", "How it was chosen").like("accept"),
            value("opt_out_signal", "The browser sent a signal to opt out").like("1"),
            time("chosen_at", "Chosen"),
            time("expires_at", "Runs out"),
            value("sha256", "Hash of the receipt").what(Category::Technical),
        ]),
    Table::of("account_consents", "The choice about cookies that your account goes by")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Consent, Purpose::Duty)
        .erase(Erasure::Row)
        .keep("Until you choose anew or delete your account.", &[])
        .columns(&[
            value("user_id", "Account").what(Category::Technical),
            value("receipt_id", "Receipt").what(Category::Technical),
            value("notice_version", "Version of the notice").like("1"),
            value("preferences", "Preferences allowed").like("1"),
            value("analytics", "Analytics allowed").like("1"),
            value("method", "How it was chosen").like("accept"),
            time("chosen_at", "Chosen"),
        ]),
    Table::of("usage_events", "What browsers did whose people allowed analytics")
        .whose(Subject::Visitor, Rows::OfNobody)
        .what(Category::Activity, Purpose::Analytics)
        .erase(Erasure::Keep("It leads to no account, and it is deleted when its browser withdraws, or after 90 days."))
        .keep(
            "90 days, or until analytics is withdrawn in that browser. A name from a closed list and the hour, nothing else.",
            &[Sweep {
                id: "usage_events.rows",
                says: "What browsers did whose people allowed analytics is deleted, row by row.",
                since: "at",
                days: EVENT_DAYS,
                act: Act::Delete,
            }],
        )
        .columns(&[
            fact("id", "Event"),
            value("browser_id", "Random number of the browser").withheld(OF_A_BROWSER),
            value("event", "What").withheld(OF_A_BROWSER),
            time("at", "Hour").withheld(OF_A_BROWSER),
        ]),
    Table::of("usage_counts", "How often things were done, a day")
        .keep(
            "25 months.",
            &[Sweep {
                id: "usage_counts.rows",
                says: "Sums of what was done a day, which name nobody, are deleted.",
                since: "day",
                days: COUNT_DAYS,
                act: Act::DeleteByDay,
            }],
        )
        .columns(&[fact("day", "Day"), fact("event", "What"), fact("events", "How often")]),
];
