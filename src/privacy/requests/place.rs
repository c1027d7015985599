//! A controller, as a request sees it: its name, its clock, and who looks after requests there.

use jiff::civil::Date;
use sqlx::FromRow;

use super::{OrgId, UserId, deadline::Calendar, model::Regime};
use crate::{
    accounts, audit,
    clock::Instant,
    fault::{Answer, Fault},
    ids::Id,
    server::{
        db::{Db, Tx, global_sql, sql},
        mail::{self, Mail},
        state::State,
        time::Zone,
    },
};

/// The operator's own place, which is the organisation whose id is nil.
pub(super) const OPERATOR: OrgId = Id::nil();

/// A controller.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub org: OrgId,
    pub name: String,
    pub zone: Zone,
    pub time_zone: String,
    pub regime: Regime,
    pub calendar: Calendar,
    pub version: i64,
    /// The authority that supervises the operator; empty at an organisation, which names its own.
    pub authority: String,
}

#[derive(FromRow)]
struct Row {
    name: String,
    time_zone: String,
    regime: Option<Regime>,
    holidays: Option<String>,
    version: Option<i64>,
}

impl Place {
    /// Enters a controller's place: the transaction is its from here on.
    pub(super) async fn enter(state: &State, tx: &mut Tx, org: OrgId) -> Answer<Self> {
        tx.confine(org.uuid()).await?;
        if org == OPERATOR {
            audit::start_chain(state, tx).await?;
        }
        let row: Option<Row> = tx
            .query(sql!(
                "select o.name, o.time_zone, s.regime, s.holidays, s.version
                 from organisations o
                 left join rights_settings s on s.org_id = o.id
                 where o.id = $1"
            ))
            .optional()
            .await?;
        Ok(Self::of(state, org, row.ok_or(Fault::NotFound)?))
    }

    /// The same, and nobody else changes how it counts its days until the transaction ends.
    pub(super) async fn hold(state: &State, tx: &mut Tx, org: OrgId) -> Answer<Self> {
        tx.confine(org.uuid()).await?;
        tx.query(sql!("update organisations set version = version where id = $1")).execute().await?;
        Self::enter(state, tx, org).await
    }

    /// The same for reading.
    pub(super) async fn read(state: &State, org: OrgId) -> Answer<Self> {
        let row: Option<Row> = state
            .db
            .tenant(
                org.uuid(),
                sql!(
                    "select o.name, o.time_zone, s.regime, s.holidays, s.version
                     from organisations o
                     left join rights_settings s on s.org_id = o.id
                     where o.id = $1"
                ),
            )
            .optional()
            .await?;
        Ok(Self::of(state, org, row.ok_or(Fault::NotFound)?))
    }

    fn of(state: &State, org: OrgId, row: Row) -> Self {
        let operator = &state.config.operator.name;
        let named = if operator.is_empty() { "the operator of this installation" } else { operator };
        Self {
            org,
            name: if org == OPERATOR { named.to_owned() } else { row.name },
            zone: Zone::named(&row.time_zone),
            time_zone: row.time_zone,
            regime: row.regime.unwrap_or(Regime::Gdpr),
            calendar: Calendar::parse(&row.holidays.unwrap_or_default()).unwrap_or_default(),
            version: row.version.unwrap_or(0),
            authority: if org == OPERATOR { state.config.operator.authority.clone() } else { String::new() },
        }
    }

    /// The date of a moment here.
    pub(super) fn date(&self, at: Instant) -> Date {
        // `show` writes every moment as a date; the year 1970 stands where it could not.
        self.zone.show(at).input.parse().unwrap_or(Date::constant(1970, 1, 1))
    }

    /// Where those who look after requests find them.
    pub(super) fn inbox(&self) -> &'static str {
        if self.org == OPERATOR { "/operator/requests" } else { "/desk" }
    }

    /// How many others than this one look after requests here.
    pub(super) async fn others(&self, tx: &mut Tx, than: UserId) -> Answer<usize> {
        Ok(keepers(tx, self.org).await?.iter().filter(|keeper| keeper.id != than).count())
    }

    /// Tells them something that names nobody.
    pub(super) async fn tell(&self, state: &State, tx: &mut Tx, subject: &str, body: &str, page: &str) -> Answer<()> {
        for to in addresses(tx, self.org).await? {
            let body = format!("{body}\n\n{}", mail::link(state, page));
            mail::send(state, tx, &Mail { to, subject: subject.to_owned(), body }).await?;
        }
        Ok(())
    }
}

/// Somebody who looks after requests.
#[derive(FromRow)]
struct Keeper {
    id: UserId,
    email: String,
    restricted_at: Option<Instant>,
}

/// The addresses of those who look after requests. Whose account is restricted gets no mail about work, unless there is
/// nobody else to get it.
async fn addresses(tx: &mut Tx, org: OrgId) -> Answer<Vec<String>> {
    let all = keepers(tx, org).await?;
    let working = all.iter().any(|keeper| keeper.restricted_at.is_none());
    Ok(all.into_iter().filter(|keeper| !working || keeper.restricted_at.is_none()).map(|keeper| keeper.email).collect())
}

/// Operators here, owners and admins there.
async fn keepers(tx: &mut Tx, org: OrgId) -> Answer<Vec<Keeper>> {
    if org == OPERATOR {
        return Ok(tx
            .global(global_sql!("select u.id, u.email, u.restricted_at from operators p join users u on u.id = p.user_id order by u.email"))
            .all()
            .await?);
    }
    Ok(tx
        .global(global_sql!(
            "select u.id, u.email, u.restricted_at from memberships m join users u on u.id = m.user_id
             where m.org_id = $1 and m.role in ('owner', 'admin') and m.left_at is null
             order by u.email"
        ))
        .bind(org)
        .all()
        .await?)
}

/// An organisation by its id, as a public form may name it.
pub(super) async fn organisation(db: &Db, org: OrgId) -> Answer<Option<String>> {
    if org == OPERATOR {
        return Ok(None);
    }
    Ok(db.global(global_sql!("select name from organisations where id = $1")).bind(org).optional_scalar().await?)
}

/// Organisations of exactly that name.
pub(super) async fn named(tx: &mut Tx, name: &str) -> Answer<Vec<OrgId>> {
    Ok(tx
        .global(global_sql!("select id from organisations where name = $1 and id <> $2 limit 2"))
        .bind(name.trim().to_owned())
        .bind(OPERATOR)
        .scalars()
        .await?)
}

/// Sets the law and the holidays of a place.
pub(super) async fn set(tx: &mut Tx, regime: Regime, holidays: &str) -> Answer<()> {
    tx.query(sql!(
        "insert into rights_settings (org_id, regime, holidays, version) values ($1, $2, $3, 1)
         on conflict (org_id) do update set regime = excluded.regime, holidays = excluded.holidays, version = rights_settings.version + 1"
    ))
    .bind(regime)
    .bind(holidays.to_owned())
    .execute()
    .await?;
    Ok(())
}

/// Sets the zone in which the operator's days end.
pub(super) async fn set_zone(tx: &mut Tx, zone: &str) -> Answer<()> {
    let org = tx.org().unwrap_or_default();
    accounts::hold_zone(tx, org, zone);
    tx.query(sql!("update organisations set time_zone = $2 where id = $1")).bind(zone.to_owned()).execute().await?;
    Ok(())
}
