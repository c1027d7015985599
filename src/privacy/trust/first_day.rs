//! What is held about an account on its first day: nobody who asks for "everything" could be given more.
//!
//! The list is what a test finds when somebody signs up, confirms their address and signs in once; it fails when more is
//! held, or less. That no column is missing from it is the registry's doing, which knows them all.

use leptos::prelude::*;

use crate::{privacy::registry, ui::counted};

/// The tables with rows about that person, each with its columns that hold something.
pub(super) const FIRST_DAY: &[(&str, &[&str])] = &[
    ("users", &["id", "email", "email_folded", "name", "email_verified_at", "adult_attested_at", "created_at"]),
    ("acknowledgements", &["user_id", "document", "document_version", "acknowledged_at"]),
    ("memberships", &["org_id", "user_id", "role", "joined_at"]),
    ("sessions", &["id", "user_id", "org_id", "created_at", "last_seen_at", "expires_at", "address", "user_agent"]),
    ("tokens", &["user_id", "purpose", "created_at", "expires_at", "used_at"]),
    ("audit_events", &["org_id", "seq", "at", "actor_id", "action", "subject_kind", "subject_id", "facts"]),
    ("mails", &["user_id", "recipient", "recipient_folded", "subject", "queued_at"]),
];

/// How many thousand bytes all these values take as text, rounded up.
pub(super) const KILOBYTES: usize = 2;

/// The list, folded, under the sum of it.
pub(super) fn show() -> AnyView {
    let values: usize = FIRST_DAY.iter().map(|(_, columns)| columns.len()).sum();
    let tables = FIRST_DAY.iter().filter_map(|(name, columns)| Some((registry::table(name)?, columns)));
    let rows = tables
        .map(|(table, columns)| {
            let labels = table.columns.iter().filter(|column| columns.contains(&column.name)).map(|column| column.label);
            view! {
                <li>
                    <b>{table.about}</b>
                    ": "
                    {labels.collect::<Vec<_>>().join(", ")}
                </li>
            }
        })
        .collect_view();
    let sum = format!(
        "{} in {}, less than {KILOBYTES} kB",
        counted(i64::try_from(values).unwrap_or_default(), "value", "values"),
        counted(i64::try_from(FIRST_DAY.len()).unwrap_or_default(), "table", "tables"),
    );
    view! {
        <details>
            <summary>{sum}</summary>
            <ul>{rows}</ul>
            <p>"Besides them, hashes of the password, of the sign-in\u{2019}s cookie and of the link: they lead back to none of these."</p>
        </details>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::{Person, model::POLICY_VERSION},
        privacy::mine,
        server::testing::on_either_engine,
    };

    on_either_engine! {
        async fn dr_40_what_is_held_about_an_account_on_its_first_day_is_published(app) {
            let (email, password) = ("nova@first-day.example", "violet harbour counts nine lamps");
            app.organisation("somebody-before").await;
            let mut browser = app.browser();
            let form = [
                ("name", "Nova Lindqvist"), ("email", email), ("organisation", "First Day Advice"), ("password", password),
                ("adult", "on"), ("policy", POLICY_VERSION), ("time_zone", "Europe/Amsterdam"),
            ];
            assert_eq!(browser.call("/api/accounts/sign_up", &form).await.status, 200);
            let link = app.mailed_link(email).await;
            let token = link.rsplit('/').next().unwrap();
            assert_eq!(browser.call("/api/accounts/verify_email", &[("token", token)]).await.status, 200);
            assert_eq!(browser.call("/api/accounts/sign_in", &[("email", email), ("password", password)]).await.status, 200);

            let person = Person::by_address(&app.state.db, email).await.unwrap().unwrap();
            let held = mine::held(&app.state, &person).await.unwrap();
            let (mut found, mut bytes) = (Vec::new(), 0);
            for section in held.sections.iter().filter(|section| !section.rows.is_empty()) {
                let filled = |at: usize| section.rows.iter().any(|row| !row[at].is_empty());
                let columns: Vec<&str> = section.columns.iter().enumerate().filter(|(at, _)| filled(*at)).map(|(_, (name, _))| *name).collect();
                bytes += section.rows.iter().flatten().map(String::len).sum::<usize>();
                found.push((section.name, columns));
            }
            let published: Vec<_> = FIRST_DAY.iter().map(|(name, columns)| (*name, columns.to_vec())).collect();
            assert_eq!(found, published, "{bytes} bytes");
            assert_eq!(bytes.div_ceil(1_000), KILOBYTES, "{bytes} bytes");
        }
    }
}
