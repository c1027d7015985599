//! What legal holds cover, as conditions: a row that a hold covers is neither swept nor erased, and no other row is kept.
//! And what is a person's whose data is restricted: it is not swept, since they may need it for a claim.
//!
//! A hold on an account covers the rows that the registry finds by it, but for those that are part of a case. A hold on a
//! case covers the case with all that hangs on it. A hold on an organisation covers everything that belongs to it. What
//! a kept row refers to stays with it, bare.

use crate::{
    privacy::registry::model::{Rows, Table},
    server::db::Sketch,
};

/// That a row is a certain person's, by what it names: each ends where the column follows.
struct Whose {
    account: &'static str,
    address: &'static str,
    request: &'static str,
}

const HELD: Whose = Whose {
    account: "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'account' and h.subject_id = ",
    address: "exists (select 1 from legal_holds h join users u on u.id = h.subject_id \
              where h.released_at is null and h.scope = 'account' and u.email_folded = ",
    request: "exists (select 1 from legal_holds h join rights_requests r on r.user_id = h.subject_id \
              where h.released_at is null and h.scope = 'account' and r.org_id = ",
};
const RESTRICTED: Whose = Whose {
    account: "exists (select 1 from users u where u.restricted_at is not null and u.id = ",
    address: "exists (select 1 from users u where u.restricted_at is not null and u.email_folded = ",
    request: "exists (select 1 from users u join rights_requests r on r.user_id = u.id where u.restricted_at is not null and r.org_id = ",
};
const CASE: &str = "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'case' and h.subject_id = ";
const ORGANISATION: &str =
    "exists (select 1 from legal_holds h where h.released_at is null and h.scope = 'organisation' and h.subject_id = ";

/// Leaves out what a hold on an account covers, and what is part of a held case.
pub(in crate::privacy) fn unless_held(sketch: &mut Sketch, table: &'static Table) {
    // A row that is part of a case goes and stays with the case.
    if table.cases.is_empty() {
        person(sketch, table, &HELD);
    }
    case(sketch, table);
}

/// Leaves out what is a person's whose data is restricted.
pub(super) fn unless_restricted(sketch: &mut Sketch, table: &'static Table) {
    person(sketch, table, &RESTRICTED);
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

fn person(sketch: &mut Sketch, table: &'static Table, whose: &Whose) {
    let mut by = |condition: &'static str, column: &'static str| {
        sketch.push(" and not ").push(condition).push(table.name).push(".").push(column).push(")");
    };
    match table.rows {
        Rows::OfNobody | Rows::OfOrganisation => {}
        Rows::OfUser(column) | Rows::OfMember(column) => by(whose.account, column),
        Rows::OfAddress(column) => by(whose.address, column),
        Rows::OfUserOrAddress(id, address) => {
            by(whose.account, id);
            by(whose.address, address);
        }
        Rows::OfRequest(column) => {
            sketch.push(" and not ").push(whose.request).push(table.name).push(".org_id and r.id = ");
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
