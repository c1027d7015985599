//! The catalogue of an organisation: everything that forms and filters choose from. Every page needs it and it changes
//! once in a while, so it is read once and kept until its number in the database moves (a trigger counts it up).

use std::sync::Arc;

use serde::Deserialize;

use super::gathered;
use crate::{
    accounts::{Permission, Role, Scope, told_apart},
    cases::model::{CaseType, Catalogue, Colleague, FieldDef, FieldKind, State, Transition},
    fault::Answer,
    ids::{Id, kinds},
    server::db::sql,
};

/// The catalogue as it was when the request began, or newer.
///
/// # Errors
/// When the database is away.
pub async fn catalogue(scope: &Scope) -> Answer<Arc<Catalogue>> {
    let (org, version) = (scope.actor.org, scope.actor.catalogue_version);
    if let Some(kept) = version.and_then(|version| scope.state.catalogues.get(org, version)) {
        return Ok(kept);
    }
    let fresh = Arc::new(read(scope).await?);
    if let Some(version) = version {
        scope.state.catalogues.put(org, version, fresh.clone());
    }
    Ok(fresh)
}

async fn read(scope: &Scope) -> Answer<Catalogue> {
    #[derive(Deserialize)]
    struct Raw {
        types: Vec<RawType>,
        states: Vec<RawState>,
        transitions: Vec<RawTransition>,
        fields: Vec<RawField>,
        members: Vec<RawMember>,
        terms: Vec<(String, String)>,
    }
    #[derive(Deserialize)]
    struct RawMember {
        id: Id<kinds::User>,
        name: String,
        email: String,
        role: Role,
        resting: i64,
    }
    #[derive(Deserialize)]
    struct RawType {
        id: Id<kinds::CaseType>,
        key: String,
        name: String,
        format: String,
        due: Option<i64>,
    }
    #[derive(Deserialize)]
    struct RawState {
        t: Id<kinds::CaseType>,
        #[serde(flatten)]
        state: State,
    }
    #[derive(Deserialize)]
    struct RawTransition {
        t: Id<kinds::CaseType>,
        #[serde(flatten)]
        transition: Transition,
    }
    #[derive(Deserialize)]
    struct RawField {
        t: Id<kinds::CaseType>,
        key: String,
        label: String,
        kind: FieldKind,
        options: Vec<String>,
        required: i64,
    }
    let text: String = scope
        .query(sql!(
            sqlite: "select json_object(
               'types', (select json_group_array(json_object('id', hex(id), 'key', key, 'name', name, 'format', number_format, 'due', default_due_days))
                         from (select * from case_types where org_id = $1 and archived_at is null order by position, key)),
               'states', (select json_group_array(json_object('t', hex(type_id), 'key', key, 'name', name, 'kind', kind))
                          from (select * from case_states where org_id = $1 order by type_id, position)),
               'transitions', (select json_group_array(json_object('t', hex(type_id), 'from', from_key, 'to', to_key, 'name', name, 'required', json(required)))
                               from (select * from case_transitions where org_id = $1 order by type_id, position)),
               'fields', (select json_group_array(json_object('t', hex(type_id), 'key', key, 'label', label, 'kind', kind, 'options', json(options), 'required', required))
                          from (select * from case_fields where org_id = $1 and archived_at is null order by type_id, position)),
               'members', (select json_group_array(json_object('id', hex(id), 'name', name, 'email', email, 'role', role, 'resting', resting))
                           from (select u.id, u.name, u.email, m.role, u.restricted_at is not null as resting from memberships m join users u on u.id = m.user_id
                                 where m.org_id = $1 and m.left_at is null order by u.name, u.id)),
               'terms', (select json_group_array(json_array(kind, term))
                         from (select kind, term from case_terms where org_id = $1 order by kind, term limit 2000)))",
            postgres: "select cast(json_build_object(
               'types', (select coalesce(json_agg(json_build_object('id', id, 'key', key, 'name', name, 'format', number_format, 'due', default_due_days) order by position, key), '[]')
                         from case_types where org_id = $1 and archived_at is null),
               'states', (select coalesce(json_agg(json_build_object('t', type_id, 'key', key, 'name', name, 'kind', kind) order by type_id, position), '[]')
                          from case_states where org_id = $1),
               'transitions', (select coalesce(json_agg(json_build_object('t', type_id, 'from', from_key, 'to', to_key, 'name', name, 'required', required) order by type_id, position), '[]')
                               from case_transitions where org_id = $1),
               'fields', (select coalesce(json_agg(json_build_object('t', type_id, 'key', key, 'label', label, 'kind', kind, 'options', options, 'required', cast(required as int)) order by type_id, position), '[]')
                          from case_fields where org_id = $1 and archived_at is null),
               'members', (select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name, 'email', u.email, 'role', m.role, 'resting', cast(u.restricted_at is not null as int)) order by u.name, u.id), '[]')
                           from memberships m join users u on u.id = m.user_id where m.org_id = $1 and m.left_at is null),
               'terms', (select coalesce(json_agg(json_build_array(kind, term) order by kind, term), '[]')
                         from (select kind, term from case_terms where org_id = $1 order by kind, term limit 2000) t)) as text)",
        ))
        .scalar()
        .await?;
    let raw: Raw = gathered(&text)?;
    let types = raw
        .types
        .into_iter()
        .map(|t| CaseType {
            states: raw.states.iter().filter(|s| s.t == t.id).map(|s| s.state.clone()).collect(),
            transitions: raw.transitions.iter().filter(|s| s.t == t.id).map(|s| s.transition.clone()).collect(),
            fields: raw
                .fields
                .iter()
                .filter(|f| f.t == t.id)
                .map(|f| FieldDef {
                    key: f.key.clone(),
                    label: f.label.clone(),
                    kind: f.kind,
                    options: f.options.clone(),
                    required: f.required != 0,
                })
                .collect(),
            id: t.id,
            key: t.key,
            name: t.name,
            number_format: t.format,
            default_due_days: t.due,
        })
        .collect();
    let terms = |kind: &str| raw.terms.iter().filter(|(k, _)| k == kind).map(|(_, term)| term.clone()).collect();
    let resting = raw.members.iter().filter(|member| member.resting == 1).map(|member| member.id).collect();
    let apart = told_apart(raw.members.iter().map(|member| (member.name.as_str(), member.email.as_str())));
    let members = raw
        .members
        .iter()
        .zip(apart)
        .map(|(member, name)| Colleague { id: member.id, name, works: member.role.may(Permission::CaseWrite) })
        .collect();
    Ok(Catalogue { types, members, resting, channels: terms("channel"), tags: terms("tag"), assignee_labels: terms("assignee") })
}

#[cfg(test)]
mod tests {
    use crate::{
        accounts::Role,
        cases::testing::Desk,
        ids::{Id, kinds},
        server::{
            db::{global_sql, sql},
            state::State,
            testing::on_both_engines,
        },
    };

    async fn version(state: &State, org: Id<kinds::Org>) -> i64 {
        let asked = global_sql!("select catalogue_version from organisations where id = $1");
        state.db.global(asked).bind(org).scalar().await.unwrap()
    }

    on_both_engines! {
        async fn whatever_writes_to_what_forms_choose_from_moves_its_number(app) {
            let desk = Desk::open(&app, "moves", Role::Owner).await;
            let other = Desk::open(&app, "other", Role::Owner).await;
            let (org, untouched) = (desk.organisation.id, version(&app.state, other.organisation.id).await);
            let mut before = version(&app.state, org).await;
            assert!(before > 0, "presets and members are written to it");
            for (nth, statement) in [
                sql!("update case_types set name = 'Other' where org_id = $1"),
                sql!("update case_states set name = 'Other' where org_id = $1"),
                sql!("update case_transitions set name = 'Other' where org_id = $1"),
                sql!("update case_fields set label = 'Other' where org_id = $1"),
                sql!("insert into case_terms (org_id, kind, term) values ($1, 'tag', 'court')"),
                sql!("update case_terms set term = 'courts' where org_id = $1"),
                sql!("delete from case_terms where org_id = $1"),
                sql!("delete from case_transitions where org_id = $1"),
                sql!("delete from case_fields where org_id = $1"),
                sql!("update memberships set left_at = 1 where org_id = $1 and role = 'read_only'"),
                sql!("delete from memberships where org_id = $1 and role = 'read_only'"),
            ]
            .into_iter()
            .enumerate()
            {
                app.state.db.tenant(org.uuid(), statement).execute().await.unwrap();
                let after = version(&app.state, org).await;
                assert!(after > before, "statement {nth}");
                before = after;
            }
            let user = desk.organisation.user(Role::Caseworker);
            for statement in [
                global_sql!("update users set name = 'Renamed' where id = $1"),
                global_sql!("update users set restricted_at = 1 where id = $1"),
            ] {
                app.state.db.global(statement).bind(user).execute().await.unwrap();
                let after = version(&app.state, org).await;
                assert!(after > before);
                before = after;
            }
            assert_eq!(version(&app.state, other.organisation.id).await, untouched, "another organisation's stays");
        }

        async fn what_is_kept_is_never_older_than_the_request(app) {
            let mut desk = Desk::open(&app, "kept", Role::Owner).await;
            let number = desk.case("Deposit withheld").await;
            let user = desk.organisation.user(Role::Caseworker);
            for round in 0..3 {
                let name = format!("Name {round}");
                let renamed = global_sql!("update users set name = $2 where id = $1");
                app.state.db.global(renamed).bind(user).bind(name.clone()).execute().await.unwrap();
                for _ in 0..2 {
                    assert!(desk.list("").await.catalogue.members.iter().any(|member| member.name == name));
                }
                let version = desk.read(&number).await.version.to_string();
                let tag = format!("tag-{round}");
                let edit = [("number", number.as_str()), ("version", &version), ("title", "Deposit withheld"), ("tags", &tag)];
                assert_eq!(desk.browser.call("/api/cases/edit", &edit).await.status, 200);
                assert!(desk.list("").await.catalogue.tags.contains(&tag));
            }
        }
    }
}
