//! What account holders decide about their own data, what must be held back, and what retention has done.

use super::model::{Act, Category, Erasure, Purpose, Rows, Subject, Sweep, Table, fact, moment, secret, time, value};

const LEDGER: Erasure = Erasure::Keep("It says that a number was erased, and no longer who it was.");

pub(super) static TABLES: &[Table] = &[
    Table::of("mails", "Messages sent to you")
        .whose(Subject::User, Rows::OfUserOrAddress("user_id", "recipient_folded"))
        .what(Category::Correspondence, Purpose::Service)
        .erase(Erasure::Row)
        .keep(
            "30 days: to whom, about what and when. The text is not kept.",
            &[Sweep { id: "mails.rows", says: "Notes of messages are deleted.", since: "queued_at", days: 30, act: Act::Delete }],
        )
        .columns(&[
            fact("id", "Message"),
            value("user_id", "Account").what(Category::Technical),
            value("recipient", "To"),
            value("recipient_folded", "To, as it is compared"),
            value("subject", "Subject"),
            time("queued_at", "Written"),
            time("sent_at", "Sent"),
            time("failed_at", "Given up"),
        ]),
    Table::of("email_changes", "Changes of your address")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Identity, Purpose::Account)
        .erase(Erasure::Row)
        .keep(
            "The link works for one day; the row is deleted 7 days later.",
            &[Sweep {
                id: "email_changes.rows",
                says: "Addresses that were never confirmed are deleted.",
                since: "expires_at",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            secret("token_hash", "Link"),
            value("user_id", "Account").what(Category::Technical),
            value("email", "New address"),
            value("email_folded", "New address as it is compared"),
            time("created_at", "Asked for").what(Category::Activity),
            time("expires_at", "Ran out").what(Category::Activity),
            time("used_at", "Confirmed").what(Category::Activity),
        ]),
    Table::of("account_deletions", "Accounts to be erased")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Requests, Purpose::Duty)
        .erase(LEDGER)
        .keep(
            "60 days after the erasure: for as long as a backup could bring the data back.",
            &[Sweep {
                id: "account_deletions.rows",
                says: "Notes of erased accounts are deleted.",
                since: "erased_at",
                days: 60,
                act: Act::Delete,
            }],
        )
        .columns(&[
            value("user_id", "Account"),
            time("asked_at", "Asked for"),
            time("erase_after", "Erased after"),
            time("erased_at", "Erased"),
            value("certificate", "What was erased, in numbers").like("0"),
        ]),
    Table::of("objections", "Purposes that you objected to")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Consent, Purpose::Duty)
        .erase(Erasure::Row)
        .keep("Until you take them back or delete your account.", &[])
        .columns(&[value("user_id", "Account"), value("purpose", "Purpose"), time("objected_at", "Objected")]),
    Table::of("organisation_closures", "Organisations that you closed")
        .whose(Subject::User, Rows::OfUser("closed_by"))
        .what(Category::Requests, Purpose::Duty)
        .erase(LEDGER)
        .keep(
            "3 years after the organisation was erased, as proof.",
            &[Sweep {
                id: "organisation_closures.rows",
                says: "Certificates of erased organisations are deleted.",
                since: "erased_at",
                days: 1_096,
                act: Act::Delete,
            }],
        )
        .columns(&[
            value("organisation", "Organisation"),
            value("closed_by", "Closed by"),
            time("closed_at", "Closed"),
            time("erase_after", "Erased after"),
            time("erased_at", "Erased"),
            value("certificate", "What was erased, in numbers").like("0"),
        ]),
    Table::of("legal_holds", "Data that must not be erased for now")
        .whose(Subject::User, Rows::OfUser("subject_id"))
        .what(Category::Requests, Purpose::Duty)
        .erase(Erasure::Keep("While a hold is in force nothing is erased; afterwards it says who decided what and why."))
        .keep(
            "3 years after the hold was released.",
            &[Sweep {
                id: "legal_holds.rows",
                says: "Legal holds that were released are deleted.",
                since: "released_at",
                days: 1_096,
                act: Act::Delete,
            }],
        )
        .columns(&[
            fact("id", "Hold"),
            value("scope", "What is held").like("account"),
            value("subject_id", "Which"),
            fact("organisation", "Organisation"),
            value("reason", "Reason"),
            value("authority", "On whose word"),
            value("placed_by", "Placed by").withheld("It names somebody else."),
            time("placed_at", "Placed"),
            value("review_on", "To be looked at again"),
            time("confirm_by", "Ends then without a second person"),
            time("released_at", "Released"),
            value("released_by", "Released by").withheld("It names somebody else."),
            value("release_reason", "Why it was released"),
        ]),
    Table::of("retention_runs", "What each day's run has removed")
        .keep(
            "One year.",
            &[Sweep { id: "retention_runs.rows", says: "Notes of daily runs are deleted.", since: "ran_at", days: 365, act: Act::Delete }],
        )
        .columns(&[fact("day", "Day"), moment("ran_at", "When"), fact("removed", "What, in numbers")]),
];
