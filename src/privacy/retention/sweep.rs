//! One rule of the registry as statements.

use sqlx::FromRow;
use uuid::Uuid;

use crate::{
    audit,
    clock::Instant,
    fault::Answer,
    privacy::{
        mine::begin,
        registry::model::{Act, Rows, Sweep, Table},
    },
    server::{
        db::{Sketch, Tx, global_sql},
        state::State,
    },
};

const DAY_SECONDS: i64 = 86_400;

/// How many rows a rule would touch at that moment.
///
/// # Errors
/// When the database is away.
pub(super) async fn count(tx: &mut Tx, table: &'static Table, sweep: &Sweep, at: Instant) -> Answer<i64> {
    let mut all = 0;
    for place in places(tx, table).await? {
        tx.confine(place).await?;
        all += tx.sketch(due(begin(table, "select count(*)"), " from ", table, sweep, at)).scalar::<i64>().await?;
    }
    Ok(all)
}

/// Where its rows are: what lies behind row-level security is seen in one organisation after the other.
async fn places(tx: &mut Tx, table: &'static Table) -> Answer<Vec<Uuid>> {
    if !table.tenant {
        return Ok(vec![Uuid::nil()]);
    }
    Ok(tx.global(global_sql!("select id from organisations order by id")).scalars().await?)
}

/// Carries a rule out; answers how many rows it touched.
///
/// # Errors
/// When the database is away.
pub(super) async fn carry_out(state: &State, tx: &mut Tx, table: &'static Table, sweep: &Sweep) -> Answer<u64> {
    let mut all = 0;
    for place in places(tx, table).await? {
        tx.confine(place).await?;
        all += carry_out_here(state, tx, table, sweep).await?;
    }
    Ok(all)
}

async fn carry_out_here(state: &State, tx: &mut Tx, table: &'static Table, sweep: &Sweep) -> Answer<u64> {
    let now = state.clock.now();
    match sweep.act {
        Act::Delete => Ok(tx.sketch(due(begin(table, "delete"), " from ", table, sweep, now)).execute().await?),
        Act::Empty(column) => {
            let mut sketch = begin(table, "update ");
            sketch.push(table.name).push(" set ").push(column).push(" = ''");
            Ok(tx.sketch(due(sketch, "", table, sweep, now)).execute().await?)
        }
        Act::DeleteAndShred(id) => {
            let mut sketch = begin(table, "select org_id, ");
            sketch.push(id).push(" as id");
            let things: Vec<Thing> = tx.sketch(due(sketch, " from ", table, sweep, now)).all().await?;
            for thing in &things {
                tx.confine(thing.org_id).await?;
                audit::shred(state, tx, thing.id).await?;
            }
            Ok(tx.sketch(due(begin(table, "delete"), " from ", table, sweep, now)).execute().await?)
        }
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

/// `… from table where` its time has come and no hold covers it.
fn due(mut sketch: Sketch, from: &'static str, table: &'static Table, sweep: &Sweep, at: Instant) -> Sketch {
    if !from.is_empty() {
        sketch.push(from).push(table.name);
    }
    sketch.push(if table.tenant { " where org_id = $1 and (" } else { " where (" }).push(sweep.since).bind(
        ") < ",
        at.plus_seconds(-sweep.days * DAY_SECONDS).0,
        "",
    );
    match sweep.act {
        Act::Delete | Act::DeleteAndShred(_) => {}
        // What is short or empty already is done.
        Act::Shorten(column) => {
            sketch.push(" and ").push(column).push(" <> '' and ").push(column).push(" not like '%/%'");
        }
        Act::Empty(column) => {
            sketch.push(" and ").push(column).push(" <> ''");
        }
    }
    unheld(&mut sketch, table);
    sketch
}

/// Leaves out what a hold covers: the rows of a held account, and those of a held organisation.
fn unheld(sketch: &mut Sketch, table: &'static Table) {
    const HELD: &str =
        " and not exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'account' and h.subject_id = ";
    const HELD_ADDRESS: &str = " and not exists (select 1 from legal_holds h join users u on u.id = h.subject_id \
                                where h.released_at is null and h.scope = 'account' and u.email_folded = ";
    match table.rows {
        Rows::OfNobody | Rows::OfOrganisation => {}
        Rows::OfUser(column) | Rows::OfMember(column) => {
            sketch.push(HELD).push(table.name).push(".").push(column).push(")");
        }
        Rows::OfAddress(column) => {
            sketch.push(HELD_ADDRESS).push(table.name).push(".").push(column).push(")");
        }
        Rows::OfUserOrAddress(id, address) => {
            sketch.push(HELD).push(table.name).push(".").push(id).push(")");
            sketch.push(HELD_ADDRESS).push(table.name).push(".").push(address).push(")");
        }
    }
    if table.columns.iter().any(|column| column.name == "org_id") {
        sketch
            .push(
                " and not exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'organisation' and h.subject_id = ",
            )
            .push(table.name)
            .push(".org_id)");
    }
}

/// The network of an address: /24 or /48. What is no address becomes nothing.
pub fn network(address: &str) -> String {
    address.parse().map(crate::server::visit::network).unwrap_or_default()
}
