//! What is read of cases. A page is one statement for the catalogue and one or two for its subject.

mod case;
mod home;
mod list;

pub(super) use case::case;
pub(super) use home::home;
pub(super) use list::{Way, as_liked, list, rows};

use serde::Deserialize;
use sqlx::FromRow;

use super::model::{CaseType, Catalogue, Colleague, FieldDef, FieldKind, State, Transition};
use crate::{
    accounts::{Names, Scope},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    server::db::sql,
};

/// Everything that forms and filters choose from.
///
/// # Errors
/// When the database is away.
pub async fn catalogue(scope: &Scope) -> Answer<Catalogue> {
    #[derive(Deserialize)]
    struct Raw {
        types: Vec<RawType>,
        states: Vec<RawState>,
        transitions: Vec<RawTransition>,
        fields: Vec<RawField>,
        members: Vec<Colleague>,
        terms: Vec<(String, String)>,
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
               'members', (select json_group_array(json_object('id', hex(id), 'name', name))
                           from (select u.id, u.name from memberships m join users u on u.id = m.user_id
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
               'members', (select coalesce(json_agg(json_build_object('id', u.id, 'name', u.name) order by u.name, u.id), '[]')
                           from memberships m join users u on u.id = m.user_id where m.org_id = $1 and m.left_at is null),
               'terms', (select coalesce(json_agg(json_build_array(kind, term) order by kind, term), '[]')
                         from (select kind, term from case_terms where org_id = $1 order by kind, term limit 2000) t)) as text)",
        ))
        .scalar()
        .await?;
    let raw: Raw = serde_json::from_str(&text).map_err(|_| Fault::Internal { reference: String::new() })?;
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
    Ok(Catalogue { types, members: raw.members, channels: terms("channel"), tags: terms("tag"), assignee_labels: terms("assignee") })
}

/// What every action on a case begins with: the case, if it exists and the actor may see it.
#[derive(Clone, Debug, FromRow)]
pub struct Seen {
    /// Its id.
    pub id: Id<kinds::Case>,
    /// Its number.
    pub number: String,
    /// Its version.
    pub version: i64,
    /// Whether it is restricted.
    pub restricted: bool,
}

/// The case of that number, unless it is hidden from the actor: then it does not exist.
///
/// # Errors
/// [`Fault::NotFound`].
pub async fn visible_case(scope: &Scope, number: &str) -> Answer<Seen> {
    scope
        .query(sql!(
            "select c.id, c.number, c.version, c.restricted from cases c
             where c.org_id = $1 and c.number = $2 and (not c.restricted or exists (
               select 1 from case_viewers v where v.org_id = c.org_id and v.case_id = c.id and v.user_id = $3))"
        ))
        .bind(number.to_owned())
        .bind(scope.actor.user)
        .optional()
        .await?
        .ok_or(Fault::NotFound)
}

/// The names of the members of a catalogue, for texts that mention them.
pub(super) fn names(catalogue: &Catalogue) -> Names {
    Names::known(catalogue.members.iter().map(|member| (member.id.uuid(), member.name.clone())))
}

/// Who works on a case, by name; empty for nobody.
fn assignee_name(catalogue: &Catalogue, id: Option<Id<kinds::User>>, label: Option<&str>) -> String {
    match (id, label) {
        (Some(id), _) => catalogue.members.iter().find(|m| m.id == id).map_or_else(|| "A former member".into(), |m| m.name.clone()),
        (None, Some(label)) => label.to_owned(),
        (None, None) => String::new(),
    }
}
