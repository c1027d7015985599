//! The list against the registry and the schema.

use std::collections::BTreeSet;

use super::super::parts::{By, JSON, Of, PARTS, Part, Sealed, going_in, staying_out};
use crate::{
    privacy::registry::{
        self,
        model::{Access, Category},
    },
    server::testing::TestApp,
};

#[test]
fn pp_2_every_table_goes_into_the_archive_or_stays_out_for_a_reason() {
    let listed: Vec<&str> = PARTS.iter().map(|(name, _)| *name).collect();
    let unique: BTreeSet<&str> = listed.iter().copied().collect();
    assert_eq!(unique.len(), listed.len(), "a table stands there twice");
    let known: BTreeSet<&str> = registry::tables().map(|table| table.name).collect();
    let missing: Vec<_> = known.difference(&unique).collect();
    let stale: Vec<_> = unique.difference(&known).collect();
    assert!(missing.is_empty(), "tables that are neither in the archive nor left out, see src/privacy/archive/parts.rs: {missing:?}");
    assert!(stale.is_empty(), "there are no such tables: {stale:?}");
    for (what, why) in staying_out() {
        assert!(why.ends_with('.') && why.len() > 20, "{what}: {why}");
    }
    // What is the organisation's goes in, but for a few that are named here as well.
    let mut out: Vec<&str> = registry::tables()
        .filter(|table| table.tenant && !going_in().any(|(other, _)| other.name == table.name))
        .map(|table| table.name)
        .collect();
    out.sort_unstable();
    assert_eq!(
        out,
        [
            "archive_pieces",
            "archives",
            "drafts",
            "form_keys",
            "import_chunks",
            "list_columns",
            "rights_enclosure_pieces",
            "rights_enclosures",
            "subject_keys"
        ]
    );
}

#[test]
fn pp_2_no_secret_goes_into_the_archive() {
    for (table, rows) in going_in() {
        let has = |name: &str| table.columns.iter().any(|column| column.name == name);
        for facts in table.all() {
            let left_out = rows.without.iter().any(|(name, _)| *name == facts.column.name);
            let secret = facts.category == Category::Credentials && facts.access != Access::Yes;
            assert!(!secret || left_out, "{}.{} is a secret", table.name, facts.column.name);
        }
        assert_eq!(has("sealed"), rows.sealed != Sealed::Nothing, "{}: what does its sealed column hold?", table.name);
        assert!(rows.without.iter().all(|(name, _)| has(name)), "{}", table.name);
        assert!(rows.order.iter().all(|(By::Id(name) | By::Text(name))| has(name)) && !rows.order.is_empty(), "{}", table.name);
        let given = super::super::parts::taken(table, rows).count();
        assert_eq!(given + rows.without.len(), table.columns.len(), "{}: a column goes in, or there is a reason why not", table.name);
        assert_eq!(rows.of == Of::Tenant, table.tenant, "{}: behind row-level security or not?", table.name);
    }
    assert!(PARTS.iter().any(|(name, part)| *name == "subject_keys" && matches!(part, Part::Out(_))));
}

#[tokio::test]
async fn what_is_json_in_the_schema_is_json_in_the_archive() {
    let Some(app) = TestApp::postgres().await else { return };
    let schema = app.state.db.schema().await.unwrap();
    for (table, rows) in going_in() {
        for column in super::super::parts::taken(table, rows) {
            let found = schema.iter().find(|found| found.table_name == table.name && found.column_name == column.name).unwrap();
            assert_eq!(found.kind.starts_with("json"), JSON.contains(&(table.name, column.name)), "{}.{}", table.name, column.name);
        }
    }
}
