//! What legal holds cover, as conditions: a row that a hold covers is neither swept nor erased, and no other row is kept.
//!
//! A hold on an account covers the rows that the registry finds by it, but for those that are part of a case. A hold on a
//! case covers the case with all that hangs on it. A hold on an organisation covers everything that belongs to it. What
//! a kept row refers to stays with it, bare.

use crate::{
    privacy::registry::model::{Rows, Table},
    server::db::Sketch,
};

const ACCOUNT: &str = "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'account' and h.subject_id = ";
const ADDRESS: &str = "exists (select 1 from legal_holds h join users u on u.id = h.subject_id \
                       where h.released_at is null and h.scope = 'account' and u.email_folded = ";
const REQUEST: &str = "exists (select 1 from legal_holds h join rights_requests r on r.user_id = h.subject_id \
                       where h.released_at is null and h.scope = 'account' and r.org_id = ";
const CASE: &str = "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'case' and h.subject_id = ";
const ORGANISATION: &str =
    "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'organisation' and h.subject_id = ";

/// Leaves out what a hold on an account covers, and what is part of a held case.
pub(in crate::privacy) fn unless_held(sketch: &mut Sketch, table: &'static Table) {
    account(sketch, table);
    case(sketch, table);
}

/// Leaves out the rows of held organisations.
pub(in crate::privacy) fn unless_organisation_held(sketch: &mut Sketch, table: &'static Table) {
    if table.belongs_to_organisations() {
        sketch.push(" and not ").push(ORGANISATION).push(table.name).push(".org_id)");
    }
}

/// Leaves out what something that is kept refers to.
pub(in crate::privacy) fn unless_needed(sketch: &mut Sketch, table: &'static Table) {
    if let Some(condition) = table.needed {
        sketch.push(" and not (").push(condition).push(")");
    }
}

fn account(sketch: &mut Sketch, table: &'static Table) {
    // A row that is part of a case goes and stays with the case.
    if !table.cases.is_empty() {
        return;
    }
    let mut by = |condition: &'static str, column: &'static str| {
        sketch.push(" and not ").push(condition).push(table.name).push(".").push(column).push(")");
    };
    match table.rows {
        Rows::OfNobody | Rows::OfOrganisation => {}
        Rows::OfUser(column) | Rows::OfMember(column) => by(ACCOUNT, column),
        Rows::OfAddress(column) => by(ADDRESS, column),
        Rows::OfUserOrAddress(id, address) => {
            by(ACCOUNT, id);
            by(ADDRESS, address);
        }
        Rows::OfRequest(column) => {
            sketch.push(" and not ").push(REQUEST).push(table.name).push(".org_id and r.id = ");
            sketch.push(table.name).push(".").push(column).push(")");
        }
    }
}

/// A row that belongs to several cases is covered where all of them are.
fn case(sketch: &mut Sketch, table: &'static Table) {
    for (at, id) in table.cases.iter().enumerate() {
        sketch.push(if at == 0 { " and not (" } else { " and " }).push(CASE).push(id).push(")");
    }
    if !table.cases.is_empty() {
        sketch.push(")");
    }
}
