//! One rule of the registry as statements.

use sqlx::FromRow;
use uuid::Uuid;

use super::cover;
use crate::{
    audit,
    clock::Instant,
    fault::Answer,
    privacy::{
        mine::begin,
        registry::{
            self,
            model::{Act, Sweep, Table},
        },
    },
    server::{
        db::{Sketch, Tx, global_sql},
        state::State,
        time::iso,
    },
};

const DAY_SECONDS: i64 = 86_400;

/// What a rule would do.
pub(super) struct Count {
    /// Rows that it would touch.
    pub due: i64,
    /// Rows whose time has come as well, and that stay while the data of their person is restricted.
    pub restricted: i64,
}

/// How many rows a rule would touch at that moment.
///
/// # Errors
/// When the database is away.
pub(super) async fn count(tx: &mut Tx, table: &'static Table, sweep: &Sweep, at: Instant) -> Answer<Count> {
    let (mut due, mut all) = (0, 0);
    for org in places(tx, table).await? {
        tx.confine(org).await?;
        let (every, free) = (begin(table, "select count(*)"), begin(table, "select count(*)"));
        all += tx.sketch(whose_time_has_come(every, " from ", table, sweep, at)).scalar::<i64>().await?;
        due += tx.sketch(self::due(free, " from ", table, sweep, at)).scalar::<i64>().await?;
    }
    Ok(Count { due, restricted: all - due })
}

/// Carries a rule out; answers how many rows it touched.
///
/// # Errors
/// When the database is away.
pub(super) async fn carry_out(state: &State, tx: &mut Tx, table: &'static Table, sweep: &Sweep) -> Answer<u64> {
    let mut touched = 0;
    for org in places(tx, table).await? {
        tx.confine(org).await?;
        touched += carry_out_here(state, tx, table, sweep).await?;
    }
    Ok(touched)
}

/// Where rows of a table lie: in every organisation, or in none.
async fn places(tx: &mut Tx, table: &'static Table) -> Answer<Vec<Uuid>> {
    if !table.tenant {
        return Ok(vec![Uuid::nil()]);
    }
    Ok(tx.global(global_sql!("select id from organisations order by id")).scalars().await?)
}

async fn carry_out_here(state: &State, tx: &mut Tx, table: &'static Table, sweep: &Sweep) -> Answer<u64> {
    let now = state.clock.now();
    match sweep.act {
        Act::Delete | Act::DeleteByDay => Ok(tx.sketch(due(begin(table, "delete"), " from ", table, sweep, now)).execute().await?),
        Act::Empty(column) => {
            let mut sketch = begin(table, "update ");
            sketch.push(table.name).push(" set ").push(column).push(" = ''");
            Ok(tx.sketch(due(sketch, "", table, sweep, now)).execute().await?)
        }
        Act::DeleteAndShred(id) => shred(state, tx, table, sweep, id, &[]).await,
        Act::DeleteWithParts(id, parts) => shred(state, tx, table, sweep, id, parts).await,
        Act::Shorten(column) => {
            let mut sketch = begin(table, "select distinct ");
            sketch.push(column);
            let addresses: Vec<String> = tx.sketch(due(sketch, " from ", table, sweep, now)).scalars().await?;
            let mut touched = 0;
            for address in addresses {
                let mut sketch = begin(table, "update ");
                sketch.push(table.name).push(" set ").push(column).bind(" = ", network(&address), "");
                let mut sketch = due(sketch, "", table, sweep, now);
                sketch.push(" and ").push(column).bind(" = ", address, "");
                touched += tx.sketch(sketch).execute().await?;
            }
            Ok(touched)
        }
    }
}

#[derive(FromRow)]
struct Thing {
    org_id: Uuid,
    id: Uuid,
}

/// Deletes things with what hangs on them, and the keys that sealed what the record says about them.
async fn shred(
    state: &State,
    tx: &mut Tx,
    table: &'static Table,
    sweep: &Sweep,
    id: &'static str,
    parts: &'static [&'static str],
) -> Answer<u64> {
    let now = state.clock.now();
    let mut sketch = begin(table, "select org_id, ");
    sketch.push(id).push(" as id");
    let things: Vec<Thing> = tx.sketch(due(sketch, " from ", table, sweep, now)).all().await?;
    for thing in &things {
        tx.confine(thing.org_id).await?;
        for part in parts.iter().filter_map(|part| registry::table(part)) {
            let mut sketch = begin(part, "delete from ");
            sketch.push(part.name);
            if part.tenant {
                sketch.push(" where org_id = $1");
            } else {
                sketch.bind(" where org_id = ", thing.org_id, "");
            }
            sketch.bind(" and request_id = ", thing.id, "");
            tx.sketch(sketch).execute().await?;
        }
        audit::shred(state, tx, thing.id, sweep.id).await?;
    }
    Ok(tx.sketch(due(begin(table, "delete"), " from ", table, sweep, now)).execute().await?)
}

/// `… from table where` its time has come, no hold covers it, and it is nobody's whose data is restricted.
fn due(sketch: Sketch, from: &'static str, table: &'static Table, sweep: &Sweep, at: Instant) -> Sketch {
    let mut sketch = whose_time_has_come(sketch, from, table, sweep, at);
    cover::unless_restricted(&mut sketch, table);
    sketch
}

/// `… from table where` its time has come and no hold covers it.
fn whose_time_has_come(mut sketch: Sketch, from: &'static str, table: &'static Table, sweep: &Sweep, at: Instant) -> Sketch {
    if !from.is_empty() {
        sketch.push(from).push(table.name);
    }
    sketch.push(if table.tenant { " where org_id = $1 and (" } else { " where (" });
    let before = at.plus_seconds(-sweep.days * DAY_SECONDS);
    sketch.push(sweep.since);
    match sweep.act {
        Act::DeleteByDay => sketch.bind(") < ", iso(before).chars().take(10).collect::<String>(), ""),
        _ => sketch.bind(") < ", before.0, ""),
    };
    match sweep.act {
        Act::Delete | Act::DeleteByDay | Act::DeleteAndShred(_) | Act::DeleteWithParts(..) => {}
        // What is short or empty already is done.
        Act::Shorten(column) => {
            sketch.push(" and ").push(column).push(" <> '' and ").push(column).push(" not like '%/%'");
        }
        Act::Empty(column) => {
            sketch.push(" and ").push(column).push(" <> ''");
        }
    }
    cover::unless_held(&mut sketch, table);
    cover::unless_organisation_held(&mut sketch, table);
    sketch
}

/// The network of an address: /24 or /48. What is no address becomes nothing.
pub fn network(address: &str) -> String {
    address.parse().map(crate::server::visit::network).unwrap_or_default()
}
