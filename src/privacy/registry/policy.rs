//! The published policy and the register of sub-processors: public, and about nobody.

use super::model::{Table, fact, moment};

pub(super) static TABLES: &[Table] = &[
    Table::of("policy_versions", "Published versions of the privacy policy")
        .keep("For ever: what was published stays as it was.", &[])
        .columns(&[
            fact("hash", "Hash"),
            fact("number", "Number"),
            fact("edition", "Edition"),
            moment("published_at", "Published"),
            moment("effective_at", "In force"),
            fact("weight", "Material or minor"),
            fact("changes", "What changed"),
            fact("document", "Text"),
            fact("page", "Page"),
        ]),
    Table::of("subprocessor_changes", "Changes in the register of sub-processors")
        .keep("For ever: the register shows what it said before.", &[])
        .columns(&[
            fact("number", "Number"),
            fact("change", "What happened"),
            fact("name", "Company"),
            fact("entry", "Entry"),
            moment("at", "When"),
        ]),
];
