//! Who acts, where, and the only way to that organisation's data.
//!
//! A [`Scope`] exists only behind a permission check. Every statement that it runs gets the organisation as `$1`, and on
//! PostgreSQL row-level security is set to the same, so a query without a tenant does not compile and one of another
//! tenant finds nothing.

use leptos::prelude::use_context;

use super::{
    authority::Authority,
    model::{Permission, Role},
    session::{self, SessionSlot},
    shown_for::Sent,
    store,
};
use crate::{
    clock::Instant,
    day::Day,
    fault::{Answer, Fault},
    ids::{Id, kinds},
    locale::Locale,
    server::{
        db::{Db, Query, Reads, Sketch, Sql, Tx},
        state::State,
        time::Zone,
        visit::{Visit, visit},
    },
};

/// A member acting in an organisation. Made from the session or, for background work, from the membership.
#[derive(Clone, Debug)]
pub struct Actor {
    /// The person.
    pub user: Id<kinds::User>,
    /// Their name, for the timeline.
    pub name: String,
    /// The organisation.
    pub org: Id<kinds::Org>,
    /// What they are there.
    pub role: Role,
    /// The organisation's time zone.
    pub zone: Zone,
    /// How the organisation writes numbers and dates.
    pub locale: Locale,
    /// The number of the catalogue's present state, where a request has just read it.
    pub catalogue_version: Option<i64>,
    /// When the organisation is erased, where it is being closed.
    pub closing_at: Option<Instant>,
}

impl Actor {
    /// THE decision function. Its refusal is the sentence that the interface shows.
    ///
    /// # Errors
    /// [`Fault::Forbidden`] with the reason.
    pub fn may(&self, permission: Permission) -> Answer<()> {
        match self.closing_at {
            _ if !self.role.may(permission) => Err(Fault::forbidden(permission.refusal(self.role))),
            Some(at) if permission.writes() => Err(Fault::forbidden(format!(
                "This organisation is being closed, so nothing in it can be changed. It is erased on {}. Until then an owner can keep it open.",
                self.zone.show(at).day
            ))),
            Some(_) | None => Ok(()),
        }
    }
}

/// Why somebody who was a member may do nothing.
pub(super) const NO_MEMBER: &str = "You do not belong to this organisation any more. Go to the start page to go on.";

/// An actor who may, and the organisation's data: to be read at once, and to be changed in a transaction that reads again
/// whether the actor still may.
#[derive(Clone)]
pub struct Scope {
    /// Who acts.
    pub actor: Actor,
    /// The instance.
    pub state: State,
    db: Db,
    authority: Authority,
}

impl Scope {
    /// The scope of the request in hand, if its person has this permission and, where it changes something, its page was
    /// made for them and for the organisation in which they act.
    ///
    /// # Errors
    /// [`Fault::SignIn`], [`Fault::Forbidden`] or [`Fault::Elsewhere`].
    pub fn require(permission: Permission) -> Answer<Self> {
        let scope = Self::for_request(&visit()?, &use_context::<SessionSlot>().unwrap_or_default(), permission)?;
        Sent::check(&scope.actor)?;
        Ok(scope)
    }

    /// The scope of the operator's own place, for those who look after the installation's requests. It is the
    /// organisation whose id is nil: no case is ever there, so it opens no way to any.
    ///
    /// # Errors
    /// [`Fault::SignIn`] or [`Fault::Forbidden`].
    pub fn require_operator() -> Answer<Self> {
        let scope = Self::operator_for_request(&visit()?, &use_context::<SessionSlot>().unwrap_or_default())?;
        Sent::check(&scope.actor)?;
        Ok(scope)
    }

    /// The same for a handler outside of Leptos.
    ///
    /// # Errors
    /// [`Fault::SignIn`] or [`Fault::Forbidden`].
    pub fn operator_for_request(visit: &Visit, session: &SessionSlot) -> Answer<Self> {
        let session = session.get().ok_or(Fault::SignIn)?;
        if !session.operator {
            return Err(Fault::forbidden(
                "This is for those who run this installation. They name each other with casetrakr user operator.",
            ));
        }
        let actor = Actor {
            user: session.user_id,
            name: session.name.clone(),
            org: Id::nil(),
            role: Role::ReadOnly,
            zone: Zone::utc(),
            locale: Locale::default(),
            catalogue_version: None,
            closing_at: None,
        };
        let authority = Authority::Operator { session: session.id };
        Ok(Self { actor, state: visit.state.clone(), db: visit.db.clone(), authority })
    }

    /// The scope of a request to a handler outside of Leptos, from its extensions.
    ///
    /// # Errors
    /// [`Fault::SignIn`] or [`Fault::Forbidden`].
    pub fn for_request(visit: &Visit, session: &SessionSlot, permission: Permission) -> Answer<Self> {
        let session = session.get().ok_or(Fault::SignIn)?;
        let actor = actor_of(session)?;
        actor.may(permission)?;
        let authority = Authority::Member { session: session.id, needs: permission };
        Ok(Self { actor, state: visit.state.clone(), db: visit.db.clone(), authority })
    }

    /// The scope for background work that a member started, if they still may.
    ///
    /// # Errors
    /// [`Fault::Forbidden`] when they have left or lost the permission.
    pub async fn of_member(state: &State, org: Id<kinds::Org>, user: Id<kinds::User>, permission: Permission) -> Answer<Self> {
        let actor = store::actor(&state.db, org, user).await?.ok_or_else(|| Fault::forbidden("This person is no longer a member."))?;
        actor.may(permission)?;
        Ok(Self { actor, state: state.clone(), db: state.db.clone(), authority: Authority::Background { needs: permission } })
    }

    /// The same scope, acting by another permission that its member has as well.
    ///
    /// # Errors
    /// [`Fault::Forbidden`] without that permission.
    pub fn acting_by(&self, permission: Permission) -> Answer<Self> {
        self.actor.may(permission)?;
        let authority = match self.authority {
            Authority::Member { session, .. } => Authority::Member { session, needs: permission },
            Authority::Background { .. } => Authority::Background { needs: permission },
            operator @ Authority::Operator { .. } => operator,
        };
        Ok(Self { authority, ..self.clone() })
    }

    /// A statement of this organisation that reads; it becomes `$1`.
    pub fn query(&self, statement: Sql) -> Query<'_, Reads> {
        self.db.tenant(self.actor.org.uuid(), statement).reading()
    }

    /// A statement put together for this organisation, which reads.
    pub fn sketch(&self, sketch: Sketch) -> Query<'_, Reads> {
        self.db.sketch(self.actor.org.uuid(), sketch).reading()
    }

    /// The dialect of the database, for the few statements that differ.
    pub fn is_postgres(&self) -> bool {
        self.db.is_postgres()
    }

    /// A transaction confined to this organisation, if the actor still may. Its own scope is the actor as they are now.
    ///
    /// # Errors
    /// [`Fault::SignIn`] or [`Fault::Forbidden`] where the session, the membership or the permission has ended since the
    /// scope was made; and when the database is away.
    pub async fn begin(&self) -> Answer<ScopedTx> {
        self.within(self.db.begin_in_turn(self.actor.org.uuid()).await?).await
    }

    /// The same for what takes away that others may act here: it waits for what they have under way.
    ///
    /// # Errors
    /// Those of [`Scope::begin`].
    pub async fn begin_alone(&self) -> Answer<ScopedTx> {
        self.enter(self.db.begin_in_turn(self.actor.org.uuid()).await?, true).await
    }

    /// The same as a part of a transaction that has begun.
    ///
    /// # Errors
    /// Those of [`Scope::begin`].
    pub async fn within(&self, tx: Tx) -> Answer<ScopedTx> {
        self.enter(tx, false).await
    }

    async fn enter(&self, mut tx: Tx, alone: bool) -> Answer<ScopedTx> {
        tx.enter(self.actor.org.uuid(), alone).await?;
        let actor = self.authority.confirm(&self.state, &mut tx, &self.actor).await?;
        Ok(ScopedTx { tx, scope: Self { actor, ..self.clone() } })
    }

    /// The day that it is where the organisation is.
    pub fn today(&self) -> Day {
        self.actor.zone.day(self.state.clock.now())
    }

    /// Whether the actor also has another permission.
    pub fn may(&self, permission: Permission) -> bool {
        self.actor.may(permission).is_ok()
    }
}

/// A transaction of one organisation, with the actor in whose name it writes.
pub struct ScopedTx {
    tx: Tx,
    /// Who writes.
    pub scope: Scope,
}

impl ScopedTx {
    /// A statement of this organisation; it becomes `$1`.
    pub fn query(&mut self, statement: Sql) -> Query<'_> {
        self.tx.query(statement)
    }

    /// The transaction itself, for the outbox and for rows of no organisation.
    pub fn raw(&mut self) -> &mut Tx {
        &mut self.tx
    }

    /// The transaction, for whoever goes on with it elsewhere.
    pub fn released(self) -> Tx {
        self.tx
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// When the database is away; then nothing is known to be stored.
    pub async fn commit(self) -> Answer<()> {
        Ok(self.tx.commit().await?)
    }
}

/// The request in hand, where anybody may make it: said aloud, so that it is a decision and not an omission.
///
/// # Errors
/// [`Fault::Internal`] outside a request.
pub fn anybody() -> Answer<Visit> {
    visit()
}

fn actor_of(session: &session::Session) -> Answer<Actor> {
    match (session.org_id, session.role) {
        (Some(org), Some(role)) => {
            let (user, name) = (session.user_id, session.name.clone());
            let (catalogue_version, closing_at) = (session.catalogue_version, session.closing_at);
            Ok(Actor { user, name, org, role, zone: session.zone(), locale: session.locale(), catalogue_version, closing_at })
        }
        _ => Err(Fault::forbidden(NO_MEMBER)),
    }
}
