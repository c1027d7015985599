//! Requests about personal data, each at its controller: the operator for accounts and visits, an organisation for its
//! cases. What people wrote is sealed with the key of the installation.
//!
//! Only requests at the operator's place name an account, once it is proved to be the requester's; what hangs on a
//! request is found through it. Once that account is erased nothing that was written in it can be read any more: what
//! the requester and the controller wrote is emptied, the answer is deleted, and the key of the request in the audit
//! record is destroyed. What stays as proof that it was dealt with: the kind, the days, the steps, and the outcome. All but what is sealed counts as activity: words such as `kind` say nothing of a person.

use super::model::{Act, Category, Column, Erasure, Purpose, Rows, Subject, Sweep, Table, With, author, fact, moment, secret, time, value};

const PROOF: Erasure = Erasure::Keep(
    "Proof of how the request was dealt with: its kind, its days and its outcome. Without the account and the words it names nobody.",
);
const WITH_REQUEST: Erasure = Erasure::Keep("It is part of the record of the request and is kept as long.");
const AS_LONG: &str = "As long as the request: 36 months after it was closed, or until 30 days after the organisation is closed.";
const OPENED: &str = "It is sealed. What is in it stands, opened, under what was written about your requests.";
const SOMEBODY_ELSE: &str = "It names somebody else.";

/// What hangs on a request and goes with it, what refers first.
const PARTS: &[&str] = &[
    "rights_links",
    "rights_cases",
    "rights_steps",
    "rights_outcomes",
    "rights_enclosure_pieces",
    "rights_enclosures",
    "rights_answers",
    "rights_messages",
];

const fn org() -> Column {
    fact("org_id", "Organisation")
}

/// What hangs on a request.
const fn part(name: &'static str, about: &'static str) -> Table {
    Table::of(name, about)
        .whose(Subject::Requester, Rows::OfRequest("request_id"))
        .what(Category::Activity, Purpose::Duty)
        .erase(WITH_REQUEST)
        .keep(AS_LONG, &[])
}

pub(super) static TABLES: &[Table] = &[
    Table::of("operators", "Accounts that answer requests for the operator")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Membership, Purpose::Account)
        .erase(Erasure::Row)
        .keep("As long as you do that, or until you delete your account.", &[])
        .columns(&[value("user_id", "Account").what(Category::Technical), time("added_at", "Added").what(Category::Activity)]),
    Table::of("rights_settings", "Law and holidays that set the clock of requests")
        .tenant()
        .keep("As the organisation decides. It is deleted 30 days after the organisation is closed.", &[])
        .columns(&[org(), fact("regime", "Law"), fact("holidays", "Holidays"), fact("version", "Version")]),
    Table::of("rights_requests", "Requests about personal data")
        .whose(Subject::Requester, Rows::OfMember("user_id"))
        .what(Category::Activity, Purpose::Duty)
        .erase(PROOF)
        .keep(
            "36 months after they were closed, as proof that they were answered; then they go with every message, and what the record says of them becomes unreadable. Those at an organisation are deleted 30 days after it is closed. No copy of an identity paper is ever asked for or kept.",
            &[Sweep {
                id: "rights_requests.rows",
                says: "Requests about personal data go 36 months after they were closed, with their messages, answers, steps and links.",
                since: "closed_at",
                days: 1_096,
                act: Act::DeleteWithParts("id", PARTS),
            }],
        )
        .columns(&[
            org(),
            value("id", "Request").what(Category::Technical),
            value("reference", "Reference"),
            value("kind", "What is asked").like("access"),
            value("concern", "Account or case").like("account"),
            value("regime", "Law").like("gdpr"),
            value("state", "State").like("received"),
            value("by_agent", "Asked on behalf of somebody").like("1"),
            value("sealed", "Who asks, and what they wrote").what(Category::Requests).withheld(OPENED).erase(Erasure::Null),
            value("user_id", "Account").whose(Subject::User).what(Category::Technical).erase(Erasure::Null),
            time("confirmed_at", "Confirmed"),
            value("confirmed_how", "How it was confirmed").like("link"),
            time("received_at", "Received"),
            value("received_on", "Day of receipt").like("2026-01-31"),
            value("first_due_on", "First due").like("2026-02-28"),
            value("extension_on", "Due if extended").like("2026-04-30"),
            value("due_on", "Due").like("2026-02-28"),
            time("extended_at", "Extended"),
            value("paused_on", "Clock stopped").like("2026-02-01"),
            value("partly_refused", "Refused in part").like("1"),
            fact("alerted", "Part of the time of which was warned"),
            value("forwarded_to", "Passed on to"),
            value("forwarded_from", "Passed on from"),
            value("duplicate_of", "Same as"),
            time("closed_at", "Closed"),
            value("appeal_of", "Appeal against"),
            author("decided_by", "Refused by"),
            time("refused_at", "Refused"),
            value("forward_by", "To be passed on by").like("2026-02-03"),
            time("forward_alerted_at", "Warned that it was not passed on"),
            fact("next_on", "Day that counts next"),
            fact("version", "Version"),
        ]),
    part("rights_messages", "Messages about requests").columns(&[
        org(),
        fact("request_id", "Request"),
        fact("id", "Message"),
        time("at", "When"),
        fact("side", "From which side"),
        fact("kind", "Question, answer, notice or note"),
        author("author_id", "Written by").withheld(SOMEBODY_ELSE),
        value("sealed", "Text").what(Category::Requests).withheld(OPENED).erase(Erasure::Replace(With::NoBytes)),
    ]),
    part("rights_answers", "Answers to requests")
        .erase(Erasure::Row)
        .keep(
            "A package: 7 days after it went out, or after its request ended without it. A written answer: as long as the request. Both can be taken for 7 days, five times.",
            &[Sweep {
                id: "rights_answers.packages",
                says: "Packages that were made for requests are deleted.",
                since: "case when media_type = 'application/zip' then coalesce(expires_at - 604800000000, (select r.closed_at from rights_requests r where r.org_id = rights_answers.org_id and r.id = rights_answers.request_id)) end",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            org(),
            fact("request_id", "Request"),
            fact("file_name", "Name of the file"),
            fact("media_type", "Kind of file"),
            value("sealed", "Content").what(Category::Requests).withheld(OPENED),
            time("made_at", "Made"),
            time("expires_at", "Can be downloaded until"),
            value("downloads", "Times downloaded"),
        ]),
    part("rights_enclosures", "Files with answers to requests")
        .erase(Erasure::Row)
        .keep(
            "7 days after the answer went out, or after its request ended without it: they are copies. Each can be taken for as long as the answer, five times.",
            &[Sweep {
                id: "rights_enclosures.rows",
                says: "Files that went along with answers to requests are deleted.",
                since: "coalesce((select a.expires_at - 604800000000 from rights_answers a where a.org_id = rights_enclosures.org_id and a.request_id = rights_enclosures.request_id), (select r.closed_at from rights_requests r where r.org_id = rights_enclosures.org_id and r.id = rights_enclosures.request_id))",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            org(),
            fact("request_id", "Request"),
            fact("id", "File"),
            value("sealed_name", "Name").what(Category::Requests).withheld(OPENED),
            value("size", "Size in bytes"),
            fact("fingerprint", "What tells it from others"),
            author("added_by", "Added by").withheld(SOMEBODY_ELSE),
            time("added_at", "Added"),
            value("downloads", "Times downloaded"),
        ]),
    part("rights_enclosure_pieces", "Content of files with answers to requests")
        .erase(Erasure::Row)
        .keep("As long as the file.", &[])
        .columns(&[
            org(),
            fact("request_id", "Request"),
            fact("enclosure_id", "File"),
            fact("part", "Piece"),
            value("sealed", "Content").what(Category::Requests).withheld(
                "It is of a copy that was made for you. You take it from the page of your request, once the answer has gone out.",
            ),
        ]),
    part("rights_outcomes", "What became of requests, in numbers").columns(&[
        org(),
        fact("request_id", "Request"),
        time("at", "When"),
        fact("certificate", "What was erased, in numbers"),
    ]),
    part("rights_steps", "Steps that were done for requests").columns(&[
        org(),
        fact("request_id", "Request"),
        fact("step", "Step"),
        author("done_by", "Done by").withheld(SOMEBODY_ELSE),
        time("done_at", "Done"),
    ]),
    part("rights_cases", "Cases that requests are about").columns(&[
        org(),
        fact("request_id", "Request"),
        value("case_id", "Case"),
        author("linked_by", "Linked by").withheld(SOMEBODY_ELSE),
        time("linked_at", "Linked"),
    ]),
    Table::of("rights_links", "Links to requests")
        .whose(Subject::Requester, Rows::OfNobody)
        .what(Category::Credentials, Purpose::Duty)
        .erase(Erasure::Keep("A hash that leads back to nobody."))
        .keep(
            "One to confirm works for one day, one to follow a request for 36 months; they are deleted 7 days later.",
            &[Sweep {
                id: "rights_links.rows",
                says: "Links to requests that ran out are deleted.",
                since: "expires_at",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            secret("token_hash", "Link"),
            fact("org_id", "Organisation"),
            fact("request_id", "Request"),
            fact("purpose", "What for"),
            moment("created_at", "Made"),
            moment("expires_at", "Runs out"),
            moment("used_at", "Used"),
        ]),
];
