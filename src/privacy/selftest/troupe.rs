//! The synthetic people: who takes part, and how all trace of them is taken away again.

use uuid::Uuid;

use super::plant::{MARK, Planted, Player, Stage};
#[cfg(test)]
use crate::accounts::Person;
use crate::{
    accounts::{Permission, Role, Scope, operator},
    cases::{self, Arrival, Certainty, EntryKind, Incoming, IncomingEntry},
    fault::{Answer, Fault},
    ids::{Id, kinds},
    privacy::{mine, requests, retention},
    server::{
        db::{global_sql, sql},
        state::State,
    },
};

/// Everybody who takes part.
pub(super) struct Troupe {
    org: Id<kinds::Org>,
    pub(super) owner: Id<kinds::User>,
    case: Uuid,
    pub(super) subject: Player,
    pub(super) other: Player,
}

impl Troupe {
    /// Makes an organisation with its owner, the person to be erased, and another one.
    pub(super) async fn engage(state: &State) -> Answer<Self> {
        let run = Uuid::now_v7().simple().to_string();
        let name = |who: &str| format!("{MARK}-{who}-name-{run}");
        let email = |who: &str| format!("{MARK}-{who}-email-{run}@selftest.invalid");
        let members = [
            (format!("Selftest {run}"), format!("owner-{run}@selftest.invalid"), Role::Owner),
            (name("subject"), email("subject"), Role::Caseworker),
            (name("other"), email("other"), Role::Caseworker),
        ];
        let members: Vec<(&str, &str, Role)> = members.iter().map(|(name, email, role)| (name.as_str(), email.as_str(), *role)).collect();
        let password = format!("{run} {}", Uuid::now_v7());
        let (org, users) = operator::found(state, &format!("Selftest {run}"), "UTC", &members, &password).await?;
        let &[owner, subject, other] = users.as_slice() else { return Err(Fault::Malformed) };
        let case = case(state, org, owner, subject).await?;
        let stage = Stage::of(state, org, case).await?;
        let mut subject = stage.cast(subject, "subject", &run).await?;
        subject.planted.push(stage.archive(owner, &run).await?);
        let other = stage.cast(other, "other", &run).await?;
        Ok(Self { org, owner, case, subject, other })
    }

    /// Adds bystanders to the organisation, each with everything that the two have. All in two transactions.
    #[cfg(test)]
    pub(super) async fn crowd(&self, state: &State, many: usize) -> Answer<Vec<Person>> {
        let run = Uuid::now_v7().simple().to_string();
        let who = |nth: usize| format!("bystander{nth}");
        let members: Vec<(String, String)> = (0..many)
            .map(|nth| (format!("{MARK}-{}-name-{run}", who(nth)), format!("{MARK}-{}-email-{run}@selftest.invalid", who(nth))))
            .collect();
        let members: Vec<(&str, &str, Role)> =
            members.iter().map(|(name, email)| (name.as_str(), email.as_str(), Role::Caseworker)).collect();
        let (_, users) = operator::found(state, &format!("Bystanders {run}"), "UTC", &members, &run).await?;
        let stage = Stage::of(state, self.org, self.case).await?;
        let mut crowd = Vec::new();
        for user in users {
            crowd.push(Person::of(&state.db, user).await?);
        }
        let mut tx = state.db.begin().await?;
        for (nth, person) in crowd.iter().enumerate() {
            tx.global(global_sql!(
                "insert into memberships (org_id, user_id, role, joined_at, version) values ($1, $2, 'caseworker', 1, 1)"
            ))
            .bind(self.org)
            .bind(person.id)
            .execute()
            .await?;
            stage.cast_in(&mut tx, person.clone(), &who(nth), &run).await?;
        }
        stage.fix(&mut tx).await?;
        tx.commit().await?;
        Ok(crowd)
    }

    /// Every planted string of everybody.
    pub(super) fn planted(&self) -> impl Iterator<Item = &Planted> {
        self.subject.planted.iter().chain(&self.other.planted)
    }

    /// The name under which the note of the erased person stands.
    pub(super) async fn author_of_note(&self, state: &State) -> Answer<Option<String>> {
        let mut tx = state.db.begin().await?;
        tx.confine(self.org.uuid()).await?;
        Ok(tx
            .query(sql!("select u.name from entries e join users u on u.id = e.author_id where e.org_id = $1 and e.case_id = $2 and e.kind = 'note' limit 1"))
            .bind(self.case)
            .optional_scalar()
            .await?)
    }

    /// Takes everything away again, whatever happened in between.
    pub(super) async fn dismiss(&self, state: &State) -> Answer<()> {
        close(state, self.org, self.owner).await?;
        for user in [self.subject.person.id, self.other.person.id, self.owner] {
            remove(state, user).await?;
        }
        Ok(())
    }
}

/// Takes away what runs have left that were killed. An address of theirs can be nobody's: no mail gets there, so no
/// account with it was ever confirmed by a person.
pub(super) async fn clear(state: &State) -> Answer<()> {
    let owned: Vec<(Id<kinds::Org>, Id<kinds::User>)> = state
        .db
        .global(global_sql!(
            "select m.org_id, m.user_id from memberships m
             join users u on u.id = m.user_id join organisations o on o.id = m.org_id
             where m.role = 'owner' and u.email like 'owner-%@selftest.invalid' and o.name like 'Selftest %'"
        ))
        .all()
        .await?;
    let users = global_sql!("select id from users where email like '%@selftest.invalid' order by id");
    let mut users: Vec<Id<kinds::User>> = state.db.global(users).scalars().await?;
    for (org, _) in &owned {
        // Whoever was erased already has another address.
        let erased = global_sql!(
            "select m.user_id from memberships m join users u on u.id = m.user_id where m.org_id = $1 and u.email like '%@erased.invalid'"
        );
        users.extend(state.db.global(erased).bind(*org).scalars::<Id<kinds::User>>().await?);
    }
    // Holds first: they would keep the organisation of the held.
    let mut tx = state.db.begin().await?;
    for user in &users {
        retention::remove_holds(state, &mut tx, *user).await?;
    }
    tx.commit().await?;
    for (org, owner) in owned {
        close(state, org, owner).await?;
    }
    for user in users {
        remove(state, user).await?;
    }
    Ok(())
}

async fn close(state: &State, org: Id<kinds::Org>, owner: Id<kinds::User>) -> Answer<()> {
    let scope = Scope::of_member(state, org, owner, Permission::OrgClose).await?;
    mine::close_organisation(&scope).await?;
    mine::erase_organisation(state, org).await?;
    Ok(())
}

/// Erases somebody, and takes away what stays then: the account, the receipt without it, and the requests without words.
async fn remove(state: &State, user: Id<kinds::User>) -> Answer<()> {
    mine::erase(state, user).await?;
    let mut tx = state.db.begin().await?;
    for request in requests::specimens_of(&mut tx, user).await? {
        requests::remove_specimen(&mut tx, request).await?;
    }
    // It names no account any more, and none goes by it.
    let receipts = tx.global(global_sql!(
        "delete from consent_receipts where language like $1 and user_id is null
           and not exists (select 1 from account_consents a where a.receipt_id = consent_receipts.id)"
    ));
    receipts.bind(format!("{MARK}-%")).execute().await?;
    tx.global(global_sql!("delete from account_deletions where user_id = $1")).bind(user).execute().await?;
    tx.global(global_sql!("delete from organisation_closures where closed_by = $1")).bind(user).execute().await?;
    retention::remove_holds(state, &mut tx, user).await?;
    tx.global(global_sql!("delete from memberships where user_id = $1")).bind(user).execute().await?;
    tx.global(global_sql!("delete from invitations where invited_by = $1")).bind(user).execute().await?;
    tx.global(global_sql!("delete from users where id = $1")).bind(user).execute().await?;
    Ok(tx.commit().await?)
}

/// A case with a note of the person.
async fn case(state: &State, org: Id<kinds::Org>, owner: Id<kinds::User>, author: Id<kinds::User>) -> Answer<Uuid> {
    let scope = Scope::of_member(state, org, owner, Permission::CaseImport).await?;
    let mut tx = scope.begin().await?;
    cases::add_presets(&mut tx, &["advice".to_owned()]).await?;
    tx.commit().await?;
    let catalogue = cases::catalogue(&scope).await?;
    let case_type = catalogue.types.first().ok_or(Fault::Malformed)?;
    let note = IncomingEntry {
        external_id: "selftest-note".into(),
        kind: EntryKind::Note,
        occurred_at: state.clock.now(),
        author_label: None,
        author_id: Some(author),
        body: "A note that stays.".into(),
    };
    let incoming = Incoming {
        external_id: "selftest".into(),
        title: "Selftest".into(),
        channel: None,
        fields: serde_json::Map::new(),
        assignee: Some(author),
        assignee_label: None,
        priority: None,
        state: None,
        opened_at: Some(state.clock.now()),
        closed_at: None,
        due_on: None,
        outcome: String::new(),
        tags: Vec::new(),
        entries: vec![note],
        ..Incoming::default()
    };
    let mut tx = scope.begin().await?;
    let source = cases::source(&mut tx, "Selftest").await?;
    let how = Arrival { case_type, catalogue: &catalogue, source, certain: Certainty::Given, update: false };
    cases::bring_in(&mut tx, &how, incoming).await?;
    let case: Uuid = tx.query(sql!("select id from cases where org_id = $1 limit 1")).scalar().await?;
    tx.commit().await?;
    Ok(case)
}
