//! When an account is erased: its name in lines that the software wrote into timelines.

use crate::{
    fault::Answer,
    server::db::{Tx, sql},
};

/// Puts another name in place of one in the lines that note a change of facts, in the organisation to which the
/// transaction is confined. What people wrote themselves is theirs and stays. Answers how many lines changed.
///
/// # Errors
/// When the database is away.
pub async fn forget_name(tx: &mut Tx, name: &str, instead: &str) -> Answer<u64> {
    Ok(tx
        .query(sql!(
            "update entries set
               body = replace(body, $2, $3),
               body_html = replace(replace(body_html, $4, $3), $2, $3)
             where org_id = $1 and kind = 'field' and replace(body, $2, '') <> body"
        ))
        .bind(name.to_owned())
        .bind(instead.to_owned())
        .bind(name.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;"))
        .execute()
        .await?)
}
