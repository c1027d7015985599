//! When an account is erased: its name in what the software wrote about cases before it mentioned members by their id.
//! In what is written now there is no name to be found.

use sqlx::FromRow;
use uuid::Uuid;

use super::{
    held::{EntryRow, entry_row},
    store::line_html,
};
use crate::{
    audit::{self, Change},
    fault::Answer,
    server::{
        db::{Tx, sql},
        state::State,
    },
};

#[derive(FromRow)]
struct Line {
    id: Uuid,
    case_id: Uuid,
    body: String,
}

/// Puts another name in place of one in the lines that note a change of facts, in the organisation to which the
/// transaction is confined: where it is the whole value, or one of several. What people wrote themselves is theirs and
/// stays, as does what an import brought and what a legal hold covers. Answers how many entries changed.
///
/// # Errors
/// When the database is away.
pub async fn forget_name(state: &State, tx: &mut Tx, name: &str, instead: &str) -> Answer<u64> {
    let found: Vec<Line> = tx
        .query(sql!(
            "select id, case_id, body from entries
             where org_id = $1 and kind = 'field' and external_id is null and replace(body, $2, '') <> body and not exists (
               select 1 from legal_holds h where h.released_at is null and h.scope = 'case' and h.subject_id = entries.case_id)"
        ))
        .bind(name.to_owned())
        .all()
        .await?;
    let mut changed = 0;
    for line in found {
        let body = without(&line.body, name, instead);
        if body == line.body {
            continue;
        }
        let row: EntryRow = tx
            .query(sql!(concat!("update entries set body = $3, body_html = $4 where org_id = $1 and id = $2 returning ", entry_row!())))
            .bind(line.id)
            .bind(body.clone())
            .bind(line_html(&body))
            .one()
            .await?;
        let before = EntryRow { body: line.body.clone(), ..row.clone() };
        row.hold_change(&before, tx, line.case_id, line.id);
        audit::note_erased_name(state, tx, line.case_id, line.id).await?;
        changed += 1;
    }
    Ok(changed)
}

/// The events whose values could hold a name.
const NAMING: &[&str] = &["case.assigned", "case.restricted", "case.viewers_changed", "case.created", "case.changed"];

/// Takes the values away from events in the record that hold the name as a value. Answers how many events it were.
///
/// # Errors
/// When the database is away.
pub async fn forget_in_record(state: &State, tx: &mut Tx, name: &str) -> Answer<u64> {
    let fields: Vec<String> =
        tx.query(sql!("select distinct label from case_fields where org_id = $1 and kind = 'member'")).scalars().await?;
    // A title may be a name as well, and belongs to the organisation.
    let of_members = |action: &str, label: &str| match action {
        "case.created" | "case.changed" => fields.iter().any(|field| field == label),
        _ => true,
    };
    let holds = |action: &str, change: &Change| {
        of_members(action, &change.label) && change.from.split(", ").chain(change.to.split(", ")).any(|value| value == name)
    };
    audit::blank_values(state, tx, NAMING, holds).await
}

/// The text with the name exchanged wherever it is a value.
fn without(body: &str, name: &str, instead: &str) -> String {
    let value = |value: &str| value.split(", ").map(|one| if one == name { instead } else { one }).collect::<Vec<_>>().join(", ");
    let line = |line: &str| {
        let Some((label, values)) = line.split_once(": ") else { return line.to_owned() };
        if let Some(gone) = values.strip_prefix("removed (").and_then(|rest| rest.strip_suffix(')')) {
            return format!("{label}: removed ({})", value(gone));
        }
        format!("{label}: {}", values.split(" \u{2192} ").map(value).collect::<Vec<_>>().join(" \u{2192} "))
    };
    body.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::without;

    #[test]
    fn a_name_goes_where_it_is_a_value_and_nowhere_else() {
        let before = "Assignee: Ann \u{2192} Anna\nTitle: Ann and the annual report\nWho sees the case: Sam, Ann, Lee\nBy: removed (Ann)";
        let after = "Assignee: X \u{2192} Anna\nTitle: Ann and the annual report\nWho sees the case: Sam, X, Lee\nBy: removed (X)";
        assert_eq!(without(before, "Ann", "X"), after);
    }
}
