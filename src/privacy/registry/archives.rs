//! Archives of whole organisations: the organisation's own, made for its owners to take along.

use super::model::{Act, Category, Column, Erasure, Purpose, Rows, Subject, Sweep, Table, author, fact, time, value};

const fn part(name: &'static str, about: &'static str) -> Table {
    Table::of(name, about)
        .whose(Subject::Organisation, Rows::OfOrganisation)
        .what(Category::CaseContent, Purpose::Casework)
        .erase(Erasure::Keep("It belongs to the organisation."))
}

const fn org() -> Column {
    fact("org_id", "Organisation")
}

pub(super) static TABLES: &[Table] = &[
    part("archives", "Notes of archives of the whole organisation")
        .keep(
            "90 days: who asked for one and when, and how it went.",
            &[Sweep { id: "archives.rows", says: "Notes of archives are deleted.", since: "asked_at", days: 90, act: Act::Delete }],
        )
        .columns(&[
            org(),
            fact("id", "Archive"),
            fact("status", "Status"),
            author("asked_by", "Asked for by"),
            time("asked_at", "Asked for").what(Category::Activity),
            fact("rows_done", "Rows done"),
            fact("rows_total", "Rows to be done"),
            fact("rows_in", "Rows in it"),
            fact("bytes", "Size"),
            fact("sha256", "Check sum"),
            time("expires_at", "There until").what(Category::Activity),
            time("ended_at", "Ended").what(Category::Activity),
            fact("downloads", "Times downloaded"),
            fact("failure", "Why it failed"),
        ]),
    part("archive_pieces", "Archives of the whole organisation")
        .keep(
            "7 days, sealed. An owner can take them five times and remove them sooner.",
            &[Sweep {
                id: "archive_pieces.rows",
                says: "Archives of whole organisations are deleted.",
                since: "made_at",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            org(),
            fact("archive_id", "Archive"),
            fact("part", "Piece"),
            value("sealed", "Content"),
            time("made_at", "Made").what(Category::Activity),
        ]),
];
