//! What a person typed into a refused form, for ten minutes.
//!
//! A form that was posted without script is answered with a redirect, and a redirect carries no text. So the text is
//! sealed, stored under a random token, and comes back with the page that the redirect leads to. Secrets are left out.
//!
//! It comes back to its account only. Of whoever has none, it is the fields of a visitors' form and no more
//! ([`VisitorForm`]). Each account and each network may keep so many forms and bytes, and all of them together so many:
//! what is oldest goes.

use uuid::Uuid;

use crate::{
    fault::Answer,
    form,
    ids::{Id, kinds},
    server::{
        db::{Tx, global_sql},
        jobs::{self, Failure, Leased},
        secret,
        state::State,
        visit::{Kept, Visit},
    },
};

const KEPT_SECONDS: i64 = 600;

/// A form on a page for visitors.
pub struct VisitorForm {
    /// The function that it posts to.
    pub path: &'static str,
    /// The fields that may be kept, besides the one that tells forms apart.
    pub fields: &'static [&'static str],
    /// Bytes of what is typed into them at most.
    pub bytes: usize,
}

/// Whose a kept form is.
#[derive(Clone, Copy)]
pub(super) enum Owner {
    Account(Id<kinds::User>),
    /// A stranger, known by the network alone.
    Network,
}

/// How much may be kept.
struct Quota {
    rows: i64,
    bytes: i64,
}

impl Owner {
    fn hash(self, visit: &Visit) -> Vec<u8> {
        let key = visit.state.key.derive("kept-form-owner");
        match self {
            Self::Account(user) => key.sign(user.uuid().as_bytes()),
            Self::Network => key.sign(visit.facts.network().as_bytes()),
        }
    }

    /// For one of them, and for all of their kind together. A member's largest form comes back whole.
    fn quotas(self, state: &State) -> (Quota, Quota) {
        let body = i64::try_from(state.config.limits.body_bytes).unwrap_or(i64::MAX / 1_024);
        match self {
            Self::Account(_) => (Quota { rows: 20, bytes: 16 * body }, Quota { rows: 5_000, bytes: 256 * body }),
            Self::Network => (Quota { rows: 64, bytes: 512_000 }, Quota { rows: 2_000, bytes: 16_000_000 }),
        }
    }
}

/// Stores the form; answers the token for the address.
pub(super) async fn keep(visit: &Visit, kept: &Kept, owner: Owner) -> Answer<String> {
    let (token, hash) = secret::token();
    let sealed = visit.state.key.derive("kept-form").seal(&hash, &serde_json::to_vec(kept).unwrap_or_default());
    let now = visit.state.clock.now();
    let of_account = i64::from(matches!(owner, Owner::Account(_)));
    let (each, all) = owner.quotas(&visit.state);
    let mut tx = visit.state.db.begin().await?;
    forget_expired(&visit.state, &mut tx).await?;
    tx.global(global_sql!("insert into kept_forms (token_hash, sealed, expires_at, owner, of_account) values ($1, $2, $3, $4, $5)"))
        .bind(hash)
        .bind(sealed)
        .bind(now.plus_seconds(KEPT_SECONDS))
        .bind(owner.hash(visit))
        .bind(of_account)
        .execute()
        .await?;
    tx.global(global_sql!(
        "delete from kept_forms where token_hash in (
           select token_hash from (
             select token_hash,
                    row_number() over (partition by owner order by expires_at desc, token_hash) as place,
                    sum(length(sealed)) over (partition by owner order by expires_at desc, token_hash) as bytes,
                    row_number() over (order by expires_at desc, token_hash) as place_of_all,
                    sum(length(sealed)) over (order by expires_at desc, token_hash) as bytes_of_all
             from kept_forms where of_account = $1) newest
           where place > $2 or bytes > $3 or place_of_all > $4 or bytes_of_all > $5)"
    ))
    .bind(of_account)
    .bind(each.rows)
    .bind(each.bytes)
    .bind(all.rows)
    .bind(all.bytes)
    .execute()
    .await?;
    ask_to_forget(&visit.state, &mut tx).await?;
    tx.commit().await?;
    Ok(token)
}

/// The job that deletes what nobody came back for.
pub const FORGET_JOB: &str = "kept-forms-end";

/// Deletes forms whose ten minutes are over.
///
/// # Errors
/// When the database is away.
pub async fn run_forget(state: State, _: Leased) -> Result<(), Failure> {
    let mut tx = state.db.begin().await?;
    forget_expired(&state, &mut tx).await?;
    Ok(tx.commit().await?)
}

async fn forget_expired(state: &State, tx: &mut Tx) -> Answer<()> {
    tx.global(global_sql!("delete from kept_forms where expires_at < $1")).bind(state.clock.now()).execute().await?;
    Ok(())
}

/// One job does for all forms of the same ten minutes.
async fn ask_to_forget(state: &State, tx: &mut Tx) -> Answer<()> {
    let span = KEPT_SECONDS * 1_000_000;
    let spans = state.clock.now().0.div_euclid(span) + 2;
    let hash = secret::sha256(&[FORGET_JOB.as_bytes(), &spans.to_be_bytes()]);
    let id = hash.iter().take(16).fold(0_u128, |id, byte| (id << 8) | u128::from(*byte));
    let at = crate::clock::Instant(spans.saturating_mul(span)).plus_seconds(1);
    jobs::enqueue_as(state, tx, (Uuid::from_u128(id), at), FORGET_JOB, None, "").await
}

/// Finds the form again. A member's form comes back to the same account only, also after the session in which it was made:
/// whoever sits at this device next does not read it.
pub async fn find(visit: &Visit, token: &str, viewer: Option<Id<kinds::User>>, session: Option<&[u8]>) -> Option<Kept> {
    let hash = secret::token_hash(token);
    let sealed: Vec<u8> = visit
        .db
        .global(global_sql!("select sealed from kept_forms where token_hash = $1 and expires_at > $2"))
        .bind(hash.clone())
        .bind(visit.state.clock.now())
        .optional_scalar()
        .await
        .ok()??;
    let plain = visit.state.key.derive("kept-form").open(&hash, &sealed)?;
    let kept: Kept = serde_json::from_slice(&plain).ok()?;
    let same = match (kept.person, &kept.session) {
        (Some(person), _) => viewer == Some(person),
        (None, Some(hash)) => session == Some(hash.as_slice()),
        (None, None) => true,
    };
    same.then_some(kept)
}

/// Bytes of a form that says whose it is, where nobody can tell any more: the cookie has run out as well.
const UNPROVED: usize = 64_000;

/// What somebody without a session typed into this form, as far as it may be kept; `None` is a form of members.
///
/// # Errors
/// The most bytes, where it is more.
pub(super) fn of_stranger(form: Option<&VisitorForm>, fields: Vec<(String, String)>) -> Result<Vec<(String, String)>, usize> {
    let known = |name: &str| form.is_none_or(|form| name == "form" || form.fields.contains(&name));
    let known: Vec<_> = fields.into_iter().filter(|(name, _)| known(name)).collect();
    let (bytes, most) =
        (known.iter().map(|(name, value)| name.len() + value.len()).sum::<usize>(), form.map_or(UNPROVED, |form| form.bytes));
    if bytes > most { Err(most) } else { Ok(known) }
}

/// The fields of a posted form that may be kept.
pub(super) fn fields(body: &[u8]) -> Vec<(String, String)> {
    form_pairs(body).into_iter().filter(|(name, _)| !name.contains("password") && !name.contains("token")).collect()
}

/// One field of a posted form.
pub(super) fn field(body: &[u8], name: &str) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    form::pairs(&text).find(|(known, _)| *known == name).map(|(_, value)| form::decode(value))
}

/// The page on which a form with a single-use token stands.
pub(super) fn token_page(body: &[u8]) -> Option<String> {
    let (_, page) = form_pairs(body).into_iter().find(|(name, _)| name == "token_page")?;
    let plain = page.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'/' | b'-' | b'_'));
    (plain && super::headers::is_token_page(&page)).then_some(page)
}

fn form_pairs(body: &[u8]) -> Vec<(String, String)> {
    let text = String::from_utf8_lossy(body);
    form::pairs(&text).map(|(name, value)| (form::decode(name), form::decode(value))).collect()
}

/// Whether a form is text in the encoding that it claims, without the one character that no database keeps. The bytes say
/// so: a text may hold U+FFFD of its own, as pasted ones do.
pub(super) fn is_text(body: &[u8]) -> bool {
    let Ok(body) = std::str::from_utf8(body) else { return false };
    let text = |piece: &str| std::str::from_utf8(&form::decoded(piece)).is_ok_and(|text| !text.contains('\0'));
    form::pairs(body).all(|(name, value)| text(name) && text(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_kept() {
        let kept = fields(b"email=a%40b.example&password=x&new_password=y&name=J%C3%BCrgen+M&token=t");
        assert_eq!(kept, [("email".into(), "a@b.example".into()), ("name".into(), "Jürgen M".into())]);
    }

    #[test]
    fn only_a_token_page_is_gone_back_to() {
        assert_eq!(token_page(b"token_page=%2Freset%2Fa_B-9&token=a_B-9").as_deref(), Some("/reset/a_B-9"));
        for bad in [
            &b"token=a"[..],
            b"token_page=%2Fcases",
            b"token_page=%2F%2Fevil.example",
            b"token_page=%2Freset%2Fa%3Fx%3D1",
            b"token_page=%2Freset%2Fa%0D%0A",
        ] {
            assert_eq!(token_page(bad), None);
        }
    }

    #[test]
    fn broken_text_is_told_from_text() {
        assert!(!is_text(b"a=%E4") && !is_text(b"a=x%00") && !is_text(b"%E4=a") && !is_text(b"a=\xE4"));
        assert!(is_text(b"a=%EF%BF%BD") && is_text("a=\u{fffd}\u{feff}\u{2028}".as_bytes()));
        assert!(is_text(b"a=%C3%A4&b=%zz&c=%"));
    }
}
