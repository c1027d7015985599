//! The record of who did what. The chain holds ids and facts that name nobody; what is personal lies beside it, sealed
//! with the key of its subject.

use super::model::{Category, Column, Erasure, Purpose, Rows, Subject, Table, fact, moment, secret, time, value};

const LIFE: &str =
    "As long as the organisation exists. The chain names nobody; destroying a person's key makes what it says of them unreadable.";
const CHAIN: Erasure = Erasure::Keep("The chain holds it, and it names nobody.");

const fn org() -> Column {
    fact("org_id", "Organisation")
}

pub(super) static TABLES: &[Table] = &[
    Table::of("audit_heads", "Ends of the chains").tenant().keep(LIFE, &[]).columns(&[
        org(),
        fact("seq", "Number of the last event"),
        fact("hash", "Its hash"),
        fact("mac", "Signature"),
    ]),
    Table::of("audit_events", "What you did and what was done to your account")
        .whose(Subject::Member, Rows::OfMember("actor_id"))
        .what(Category::Activity, Purpose::Evidence)
        .erase(CHAIN)
        .keep(LIFE, &[])
        .columns(&[
            org().whose(Subject::Member),
            value("seq", "Number"),
            fact("id", "Event"),
            time("at", "When"),
            value("actor_id", "Who"),
            value("action", "What"),
            value("subject_kind", "To what kind of thing"),
            value("subject_id", "To what"),
            value("facts", "Facts"),
            fact("commitment", "Commitment to what is sealed"),
            fact("previous", "Hash of the event before"),
            fact("hash", "Hash"),
        ]),
    Table::of("audit_values", "Sealed values of the record about you")
        .whose(Subject::Member, Rows::OfMember("subject_id"))
        .what(Category::Identity, Purpose::Evidence)
        .erase(Erasure::Shred)
        .keep(LIFE, &[])
        .columns(&[org().whose(Subject::Member), value("seq", "Number"), value("subject_id", "About"), value("sealed", "Values")]),
    Table::of("subject_keys", "Keys that seal the record")
        .whose(Subject::Member, Rows::OfMember("subject_id"))
        .what(Category::Credentials, Purpose::Evidence)
        .erase(Erasure::Shred)
        .keep(LIFE, &[])
        .columns(&[
            org().whose(Subject::Member).withheld("It is part of a key."),
            value("subject_id", "About").withheld("It is part of a key."),
            secret("wrapped", "Key").erase(Erasure::Shred),
            moment("created_at", "Made"),
        ]),
];
