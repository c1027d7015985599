//! Accounts: who uses the product. The operator is controller.

use super::model::{Act, Category, Erasure, Purpose, Rows, Subject, Sweep, Table, With, author, fact, moment, secret, time, value};

const NO_PERSON: Erasure = Erasure::Keep("Without name and address it tells of nobody.");

pub(super) static TABLES: &[Table] = &[
    Table::of("organisations", "Organisations")
        .keep("Until the organisation is closed, and 30 days more.", &[])
        .columns(&[
            fact("id", "Organisation"),
            fact("name", "Name of the organisation"),
            fact("time_zone", "Time zone"),
            fact("locale", "How numbers and dates are written"),
            moment("created_at", "Created"),
            fact("version", "Version"),
            fact("catalogue_version", "Number of changes to what forms choose from"),
        ]),
    Table::of("users", "Accounts")
        .whose(Subject::User, Rows::OfUser("id"))
        .what(Category::Identity, Purpose::Account)
        .erase(NO_PERSON)
        .keep("As long as you have the account, and 30 days after you delete it.", &[])
        .columns(&[
            value("id", "Account").what(Category::Technical).erase(Erasure::Keep("A number, so that work keeps its one author.")),
            value("email", "E-mail address").erase(Erasure::Replace(With::Address)),
            value("email_folded", "E-mail address as it is compared").erase(Erasure::Replace(With::Address)),
            value("name", "Name").erase(Erasure::Replace(With::Name)),
            secret("password_hash", "Password").erase(Erasure::Replace(With::Blank)),
            time("email_verified_at", "Address confirmed").what(Category::Activity).erase(Erasure::Null),
            time("adult_attested_at", "Said to be 18 or older").what(Category::Consent).erase(NO_PERSON),
            time("created_at", "Account created").what(Category::Activity).erase(NO_PERSON),
            time("restricted_at", "Use restricted since").what(Category::Requests).why(Purpose::Duty).erase(Erasure::Null),
            time("restriction_ends_at", "Restriction ends").what(Category::Requests).why(Purpose::Duty).erase(Erasure::Null),
            fact("version", "Version"),
        ]),
    Table::of("acknowledgements", "Texts you were shown and acknowledged")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Consent, Purpose::Duty)
        .erase(Erasure::Row)
        .keep("As long as you have the account.", &[])
        .columns(&[
            value("user_id", "Account"),
            value("document", "Document"),
            value("document_version", "Version of the document"),
            time("acknowledged_at", "Acknowledged"),
        ]),
    Table::of("memberships", "Memberships in organisations")
        .needed_while(
            "exists (select 1 from cases c where c.org_id = memberships.org_id and c.assignee_id = memberships.user_id)
             or exists (select 1 from case_viewers v where v.org_id = memberships.org_id and v.user_id = memberships.user_id)",
        )
        .whose(Subject::Member, Rows::OfUser("user_id"))
        .what(Category::Membership, Purpose::Account)
        .erase(Erasure::Keep("The organisation's list of who belonged to it; your name in it is gone."))
        .keep("As long as the organisation exists, so that its record stays readable.", &[])
        .columns(&[
            value("org_id", "Organisation"),
            value("user_id", "Account"),
            value("role", "Role").like("caseworker"),
            time("joined_at", "Joined"),
            time("left_at", "Left"),
            fact("version", "Version"),
        ]),
    Table::of("invitations", "Invitations")
        .whose(Subject::User, Rows::OfAddress("email_folded"))
        .what(Category::Identity, Purpose::Account)
        .erase(Erasure::Row)
        .keep(
            "Open for 7 days, deleted 30 days after they were answered, taken back or ran out.",
            &[Sweep {
                id: "invitations.rows",
                says: "Invitations that were answered, taken back or ran out are deleted, with the address in the record.",
                since: "coalesce(accepted_at, revoked_at, expires_at)",
                days: 30,
                act: Act::DeleteAndShred("id"),
            }],
        )
        .columns(&[
            value("org_id", "Organisation").what(Category::Membership),
            fact("id", "Invitation"),
            value("email", "E-mail address"),
            value("email_folded", "E-mail address as it is compared"),
            value("role", "Role").like("caseworker").what(Category::Membership),
            secret("token_hash", "Link"),
            author("invited_by", "Invited by"),
            time("created_at", "Invited").what(Category::Activity),
            time("expires_at", "Ran out").what(Category::Activity),
            time("accepted_at", "Accepted").what(Category::Activity),
            time("revoked_at", "Taken back").what(Category::Activity),
        ]),
    Table::of("sessions", "Sign-ins")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Activity, Purpose::Security)
        .erase(Erasure::Row)
        .keep(
            "The full internet address and the browser for 30 days after the last use, then only the network. All of it is deleted 30 days after the sign-in ended.",
            &[
                Sweep {
                    id: "sessions.address",
                    says: "Internet addresses of sign-ins are shortened to their network.",
                    since: "last_seen_at",
                    days: 30,
                    act: Act::Shorten("address"),
                },
                Sweep {
                    id: "sessions.user_agent",
                    says: "The names of browsers are removed from sign-ins.",
                    since: "last_seen_at",
                    days: 30,
                    act: Act::Empty("user_agent"),
                },
                Sweep {
                    id: "sessions.rows",
                    says: "Sign-ins that ended are deleted.",
                    since: "coalesce(revoked_at, expires_at)",
                    days: 30,
                    act: Act::Delete,
                },
            ],
        )
        .columns(&[
            value("id", "Sign-in").what(Category::Technical),
            secret("token_hash", "Cookie"),
            value("user_id", "Account"),
            value("org_id", "Organisation").what(Category::Membership),
            time("created_at", "Signed in"),
            time("last_seen_at", "Last seen"),
            time("expires_at", "Ends at the latest"),
            value("address", "Internet address").what(Category::Network),
            value("user_agent", "Browser").what(Category::Network),
            time("revoked_at", "Ended"),
        ]),
    Table::of("tokens", "Links sent to you")
        .whose(Subject::User, Rows::OfUser("user_id"))
        .what(Category::Activity, Purpose::Security)
        .erase(Erasure::Row)
        .keep(
            "They work for one hour or one day and are deleted 7 days later.",
            &[Sweep {
                id: "tokens.rows",
                says: "Single-use links that ran out are deleted.",
                since: "expires_at",
                days: 7,
                act: Act::Delete,
            }],
        )
        .columns(&[
            secret("token_hash", "Link"),
            value("user_id", "Account"),
            value("purpose", "What for").like("verify_email"),
            time("created_at", "Sent"),
            time("expires_at", "Ran out"),
            time("used_at", "Used"),
        ]),
];
